"""Parts of one plan beside each other, options in rows, and summaries with their details."""

from __future__ import annotations

from tests.plans.paper import Book, Case, line


def _months(*amounts: int) -> dict[str, int]:
    return {f"2026-0{at}-01": amount for at, amount in enumerate(amounts, 1)}


def countries_over_months() -> Case:
    """Three months and their sum under each country, all countries' sum at the right: a line for each channel and country."""
    book = Book()
    tab = book.tab("Gulf")
    plan = {"YouTube": ((20, 25, 30), (12, 12, 15)), "Snapchat": ((15, 15, 22), (6, 6, 9)), "TikTok": ((8, 0, 16), (5, 5, 5))}
    heads = [["Channel", "Oman", None, None, None, "Qatar", None, None, None, "Grand Total"], [None, *["Jan", "Feb", "Mar", "Total"] * 2]]
    tab.rows("A1", [["Gulf media budget 2026 (USD)"], [], *heads])
    tab.merges += ["B3:E3", "F3:I3"]
    tab.rows("A5", [[c, *one, sum(one), *two, sum(two), sum(one + two)] for c, (one, two) in plan.items()])
    tab.rows("A8", [["Total", 43, 40, 68, 151, 23, 23, 29, 75, 226]])
    lines = [line(f"{c}|Oman", sum(one), f"E{r}", periods=_months(*one)) for r, (c, (one, _)) in enumerate(plan.items(), 5)]
    lines += [line(f"{c}|Qatar", sum(two), f"I{r}", periods=_months(*two)) for r, (c, (_, two)) in enumerate(plan.items(), 5)]
    return Case("plan.xlsx", book.xlsx(), "USD", lines)


def countries_across_channels_down() -> Case:
    """A column for each country and their sum: a line for each cell."""
    book = Book()
    tab = book.tab("Benelux")
    tab.rows("A1", [["Mediaplan 2026, bedragen in €"], [], ["Kanaal", "Nederland", "België", "Totaal"], ["Search", 4000, 1500, 5500]])
    tab.rows("A5", [["Social", 6000, 2500, 8500], ["Totaal", 10000, 4000, 14000]])
    told = [
        ("Search|Nederland", 4000, "B4"),
        ("Social|Nederland", 6000, "B5"),
        ("Search|België", 1500, "C4"),
        ("Social|België", 2500, "C5"),
    ]
    return Case("mediaplan.xlsx", book.xlsx(), "EUR", [line(*one) for one in told])


def packages_in_a_column() -> Case:
    """A column names the package of each line, and a sum closes each: three alternatives."""
    book = Book()
    tab = book.tab("Proposal")
    packages = {"Bronze": (("Meta", 4000), ("Display", 2800)), "Silver": (("Meta", 7200), ("Display", 4200), ("Spotify", 5400))}
    tab.rows("A1", [["Media proposal 2026"], [], ["Package", "Channel", "Cost (USD)"]])
    row = 4
    for name, lines in packages.items():
        tab.rows(f"A{row}", [*[[name, *told] for told in lines], [f"{name} total", None, sum(cost for _, cost in lines)]])
        row += len(lines) + 1
    return Case("proposal.xlsx", book.xlsx(), "USD", versions=[[line(*told) for told in lines] for lines in packages.values()])


def options_under_section_lines() -> Case:
    """Lines between the rows open an option each; they are never added up, whatever media they hold."""
    book = Book()
    tab = book.tab("Angebot")
    tab.rows("A1", [["Mediaplan Herbst 2026"], [], ["Kanal", "Format", "Kosten netto €"], ["Option A"], ["TV", "20 Sek.", 90000]])
    tab.rows(
        "A6", [["Radio", "20 Sek.", 30000], ["Summe", None, 120000], ["Option B"], ["Meta", "Reels", 40000], ["YouTube", "Bumper", 35000]]
    )
    tab.rows("A11", [["Summe", None, 75000]])
    one, two = [line("TV", 90000, "C5"), line("Radio", 30000, "C6")], [line("Meta", 40000, "C9"), line("YouTube", 35000, "C10")]
    return Case("angebot.xlsx", book.xlsx(), "EUR", versions=[one, two])


def tiers_of_markets_in_a_column() -> Case:
    """A column of tiers says how much a market matters: all lines are one plan."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1", [["Campaign", "Tier", "Market", "Budget €"], ["City breaks", "Tier 1", "Germany", 50000], ["Golf", "Tier 2", "UK", 17000]]
    )
    tab.rows("A4", [["City breaks", "Tier 2", "Austria", 12000], ["Sun", "Tier 1", "UK", 20000], ["Total", None, None, 99000]])
    told = [("City breaks|Germany", 50000), ("Golf", 17000), ("City breaks|Austria", 12000), ("Sun", 20000)]
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(*one) for one in told])


def details_of_two_of_three_lines() -> Case:
    """A summary of three media, two of which have a tab of their own: those count there, the third in the summary, in its currency."""
    book = Book()
    book.tab("Summary").rows("A1", [["Medium", "Budget (CZK)"], ["TV", 500], ["Radio", 200], ["OOH", 300], ["Total", 1000]])
    book.tab("TV").rows("A1", [["Channel", "Format", "Net cost"], ["Nova", "30s", 350], ["Prima", "30s", 150], ["Total", None, 500]])
    book.tab("Radio plan").rows("A1", [["Channel", "Spots", "Net cost"], ["Impuls", 40, 120], ["Kiss", 30, 80], ["Total", 70, 200]])
    lines = [line("OOH", 300, "B4"), line("Nova", 350, "C2"), line("Prima", 150), line("Impuls", 120), line("Kiss", 80)]
    return Case("mediaplan.xlsx", book.xlsx(), "CZK", lines, warns=frozenset({"repeats_money"}))


def summary_that_differs_from_its_details() -> Case:
    """One tab states another amount than the summary's line: a person says which counts; the tabs do until then."""
    book = Book()
    book.tab("Summary").rows("A1", [["Medium", "Budget (CZK)"], ["TV", 510], ["Radio", 200], ["Total", 710]])
    book.tab("TV").rows("A1", [["Channel", "Format", "Net cost"], ["Nova", "30s", 350], ["Prima", "30s", 150], ["Total", None, 500]])
    book.tab("Radio").rows("A1", [["Channel", "Spots", "Net cost"], ["Impuls", 40, 120], ["Kiss", 30, 80], ["Total", 70, 200]])
    lines = [line("Nova", 350, "C2"), line("Prima", 150), line("Impuls", 120), line("Kiss", 80)]
    told = {"asks": frozenset({"alternatives"}), "warns": frozenset({"repeats_money"})}
    return Case("mediaplan.xlsx", book.xlsx(), "CZK", lines, **told)


def price_a_month_discounted_times_months() -> Case:
    """The list price of a month less its discount is a price; times the months it is what the line costs."""
    book = Book()
    tab = book.tab("Медиаплан")
    heads = ["Город", "Адрес", "Прайс в месяц, руб.", "Скидка", "Цена со скидкой, руб.", "Кол-во мес.", "Стоимость размещения, без НДС"]
    plan = [("Тула", "пр. Ленина, 5", 30000, 0.1, 2), ("Тула", "ул. Мира, 1", 20000, 0, 1), ("Орёл", "Московская, 9", 40000, 0.25, 1)]
    tab.rows("A1", [heads, *[[c, a, p, k, p * (1 - k), m, p * (1 - k) * m] for c, a, p, k, m in plan], ["Итого", *[None] * 5, 104000]])
    tab.style("D2:D4", "0%")
    return Case("щиты.xlsx", book.xlsx(), "RUB", [line(f"{c}|{a}", p * (1 - k) * m, f"G{r}") for r, (c, a, p, k, m) in enumerate(plan, 2)])


def rates_before_gst_and_their_totals() -> Case:
    """A rate, its tax and the sum of both: the line costs the rate, before the tax."""
    book = Book()
    tab = book.tab("Press")
    tab.rows("A1", [["Publication", "Insertion date", "Rate ex GST", "GST", "Total inc GST"], ["The Land", "7/05/2026", 3850, 385, 4235]])
    tab.rows("A3", [["Weekly Times", "13/05/2026", 4100, 410, 4510], ["Total", None, 7950, 795, 8745]])
    tab.style("C2:E4", '"A$"#,##0.00')
    lines = [line("The Land", 3850, "C2", dates="2026-05-07"), line("Weekly Times", 4100, "C3")]
    return Case("press plan.xlsx", book.xlsx(), "AUD", lines, basis="net")


def pesos_of_mexico() -> Case:
    """A bare `$` in a Spanish sheet whose total says `M.N.`, and capitals name the days."""
    book = Book()
    tab = book.tab("Pauta")
    tab.rows("A1", [["PAUTA DE RADIO"], ["VIGENCIA: DEL 2 AL 29 DE MARZO DE 2026"], ["CANAL", "HORARIO", "SPOTS", "TARIFA", "IMPORTE"]])
    tab.rows("A4", [["Exa", "07:00", 20, 900, 18000], ["Los 40", "18:00", 10, 1100, 11000], [None, None, None, "TOTAL M.N.", 29000]])
    tab.style("D4:E6", '"$"#,##0.00')
    return Case("pauta.xlsx", book.xlsx(), "MXN", [line("Exa", 18000, "E4", dates="2026-03-02..2026-03-29"), line("Los 40", 11000)])


def bills_of_months_and_years() -> Case:
    """A column says how often each amount is billed: whether they add up is asked."""
    book = Book()
    tab = book.tab("Budget")
    tab.rows("A1", [["Category", "Vendor", "Amount", "Billing"], ["Paid media", "Google Ads", 2500, "Monthly"]])
    tab.rows("A3", [["Events", "Booth", 9000, "Annual"], ["Content", "Writers", 1500, "Quarterly"]])
    tab.style("C2:C4", "$#,##0")
    lines = [line("Google Ads", 2500), line("Booth", 9000), line("Writers", 1500)]
    return Case("marketing budget.xlsx", book.xlsx(), "USD", lines, asks=frozenset({"mixed_frequency"}))


def form_with_zeros_in_every_cell() -> Case:
    """A form whose formulas all show 0: nobody filled it in, and nothing is asked about it."""
    book = Book()
    tab = book.tab("Радио")
    rows = [[f"{hour:02d}:20", *[None] * 30, 0, 0] for hour in range(7, 15, 2)]
    tab.rows("A1", [["Медиаплан на радио"], ["Заказчик:"], ["Время выхода", *range(1, 31), "Кол-во выходов", "Стоимость"], *rows])
    tab.rows("A8", [["Итого", *[0] * 32]])
    return Case("бланк.xlsx", book.xlsx(), None, warns=frozenset({"blank_template"}))


def brands_named_above_two_tabs() -> Case:
    """Two tabs of the same columns, whose lines above name different brands, are one plan without a question."""
    book = Book()
    for brand, cost in (("Fizz", 4800), ("Pop", 3000)):
        tab = book.tab(brand)
        tab.rows(
            "A1", [["Advertiser", "Cascade Drinks"], ["Brand", brand], [], ["Channel", "Vendor", "Net Cost"], ["Social", "Meta", cost]]
        )
        tab.rows("A6", [["Audio", "Spotify", 4000], ["Total", None, cost + 4000]])
        tab.style("C5:C7", "$#,##0")
    return Case("plan.xlsx", book.xlsx(), "USD", [line("Meta", 4800), line("Spotify", 4000), line("Meta", 3000), line("Spotify", 4000)])


def days_of_budget_and_spend_by_channel() -> Case:
    """Days down, a column of budget and one of spend for each channel, and the difference: a line for each budget."""
    book = Book()
    tab = book.tab("March")
    heads = ["Date", "Google Budget", "Google Actual", "Meta Budget", "Meta Actual", "Total Budget", "Total Actual", "Variance"]
    days = [(f"2026-03-{day:02d}", 300 + day, 290 + day, 200, 203) for day in range(1, 9)]
    tab.rows("A1", [heads, *[[day, g, ga, m, ma, g + m, ga + ma, g + m - ga - ma] for day, g, ga, m, ma in days]])
    tab.rows("A10", [["Total", 2436, 2356, 1600, 1624, 4036, 3980, 56]])
    tab.style("B2:H10", "$#,##0")
    google = line("Google", 2436, periods={day: g for day, g, *_ in days})
    return Case("daily budget.xlsx", book.xlsx(), "USD", [google, line("Meta", 1600)])


def two_countries_beside_each_other() -> Case:
    """A table for each country, named above its own columns: parts of a plan, each line in its market."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["UAE", *[None] * 4, "KSA"], [*["Platform", "Objective", "Budget ($)", "CPM", None], "Platform", "Objective"]])
    tab.rows("H2", [["Budget ($)", "CPM"], [80000, 6], [60000, 5], [140000]])
    tab.rows("A3", [["Meta", "Reach", 50000, 8, None, "Snapchat", "Reach"], ["Snapchat", "Views", 30000, 7, None, "TikTok", "Views"]])
    tab.rows("A5", [["Total", None, 80000, None, None, "Total"]])
    lines = [line("Meta|UAE", 50000, "C3"), line("Snapchat|UAE", 30000), line("Snapchat|KSA", 80000, "H3"), line("TikTok|KSA", 60000)]
    return Case("gcc plan.xlsx", book.xlsx(), "USD", lines)


def flights_beside_the_client() -> Case:
    """The flight stands behind its label in a cell beside another one; a title names days in brackets and their year before them."""
    book = Book()
    tab = book.tab("Spot buy")
    tab.rows("A1", [["Client: Valley Dealers", None, None, "Flight: 3/2/26 - 3/29/26"], []])
    tab.rows("A3", [["Station", "Daypart", "Rate", "# Spots", "Total Cost"], ["KSEE", "AM", 150, 20, 3000], ["KFSN", "PM", 450, 16, 7200]])
    tab.rows("A6", [["Total", None, None, 36, 10200]])
    tab.style("C4:E6", "$#,##0")
    lines = [line("KSEE", 3000, "E4", dates="2026-03-02..2026-03-29"), line("KFSN", 7200, dates="2026-03-02..2026-03-29")]
    return Case("spot buy.xlsx", book.xlsx(), "USD", lines)


def days_in_brackets_behind_their_month() -> Case:
    """A title names the month with its year, and in brackets the days without it."""
    book = Book()
    tab = book.tab("Радио")
    tab.rows(
        "A1", [["Радиокампания: ноябрь 2024 (с 05.11 по 24.11)"], ["Город", "Станция", "Выходов", "Цена выхода, руб.", "Стоимость, руб."]]
    )
    tab.rows("A3", [["Казань", "Авторадио", 160, 900, 144000], ["Уфа", "Юмор FM", 120, 500, 60000], ["ИТОГО", None, 280, None, 204000]])
    lines = [line("Авторадио", 144000, dates="2024-11-05..2024-11-24"), line("Юмор FM", 60000, dates="2024-11-05..2024-11-24")]
    return Case("радио.xlsx", book.xlsx(), "RUB", lines)


def bands_that_nothing_adds_up() -> Case:
    """Costs in bands that no sum adds up and whose names are no markets: whether they are versions is asked."""
    book = Book()
    tab = book.tab("Tiers")
    tab.rows("A1", [["2026 digital proposal"], ["Tactic", "Good", None, "Better", None], [None, *["Impressions", "Cost"] * 2]])
    tab.rows("A4", [["Display", 500000, 4000, 800000, 6400], ["CTV", 100000, 3500, 200000, 7000], ["Total", 600000, 7500, 1000000, 13400]])
    tab.merges += ["B2:C2", "D2:E2"]
    tab.style("C4:C6", "$#,##0")
    tab.style("E4:E6", "$#,##0")
    lines = [line("Display", 4000, "C4"), line("CTV", 3500), line("Display", 6400, "E4"), line("CTV", 7000)]
    return Case("proposal.xlsx", book.xlsx(), "USD", lines, asks=frozenset({"alternatives"}))


def points_and_costs_in_rows_by_turns() -> Case:
    """Under each station a row of rating points and one of costs, the medium written once: a line a station, by its cost."""
    book = Book()
    tab = book.tab("Flow")
    tab.rows("A1", [["Plan TV, PLN netto"], ["Medium", "Stacja", "Parametr", "2026-03-02", "2026-03-09", "2026-03-16", "Suma"]])
    tab.rows("A3", [["TV", "TVN", "GRP", 30, 30, 20, 80], [None, None, "Koszt", 60000, 60000, 40000, 160000]])
    tab.rows("A5", [[None, "Polsat", "GRP", 25, 25, 0, 50], [None, None, "Koszt", 42500, 42500, 0, 85000]])
    one = line("TV|TVN", 160000, "G4", periods={"2026-03-02": 60000, "2026-03-09": 60000, "2026-03-16": 40000})
    return Case("flow.xlsx", book.xlsx(), "PLN", [one, line("TV|Polsat", 85000, "G6")])


def insertions_numbered_like_rows() -> Case:
    """`No. ins` counts insertions: the price of each times them is the total."""
    book = Book()
    tab = book.tab("Press")
    heads = ["Title", "Size", "No. ins", "Rate card £", "Negotiated £ per ins", "Total £"]
    tab.rows("A1", [heads, ["The Times", "25x4", 3, 22000, 9500, 28500], ["Country Walking", "Page", 1, 3200, 2400, 2400]])
    tab.rows("A4", [["Guardian", "Half", 1, 11000, 6000, 6000], ["Total", None, 5, None, None, 36900]])
    lines = [line("The Times", 28500, "F2"), line("Country Walking", 2400, "F3"), line("Guardian", 6000, "F4")]
    return Case("press media plan.xlsx", book.xlsx(), "GBP", lines)


def thousands_of_tenge_and_a_period_in_the_title() -> Case:
    """A title counts in thousands of tenge and says the period behind a comma."""
    book = Book()
    tab = book.tab("План")
    tab.rows("A1", [["Медиаплан, клиент «Дом», период 01.05.2025-31.05.2025"], ["все суммы в тыс. тенге (без НДС)"], []])
    tab.rows("A4", [["Канал", "Площадка", "Стоимость"], ["ТВ", "Хабар", 1200], ["Digital", "Google", 400.5], ["Итого", None, 1600.5]])
    dates = "2025-05-01..2025-05-31"
    return Case("план.xlsx", book.xlsx(), "KZT", [line("Хабар", 1200000, dates=dates), line("Google", 400500, dates=dates)])


def budget_times_a_season_factor() -> Case:
    """A budget, a factor for the season, and the budget with it: the last is what the line costs."""
    book = Book()
    tab = book.tab("ТВ")
    tab.rows("A1", [["Региональное ТВ, 12.05.2025-08.06.2025, руб. без НДС"]])
    tab.rows("A2", [["Город", "Канал", 'CPP 30"', 'GRP 30"', "Бюджет", "Сезонный коэф.", "Бюджет с коэф."]])
    plan = [("Самара", "СТС", 3200, 120, 384000, 1.15, 441600), ("Пермь", "РЕН ТВ", 2100, 150, 315000, 1.1, 346500)]
    tab.rows("A3", [*plan, ["Всего", None, None, 270, 699000, None, 788100]])
    dates = "2025-05-12..2025-06-08"
    return Case("регТВ.xlsx", book.xlsx(), "RUB", [line("СТС", 441600, "G3", dates=dates), line("РЕН ТВ", 346500, "G4", dates=dates)])


def fees_added_to_a_price() -> Case:
    """A price, the commission on it and both together: the line costs the price, the commission stands apart."""
    book = Book()
    tab = book.tab("Посевы")
    tab.rows("A1", [["Канал", "Подписчики", "Дата", "Цена", "Комиссия 15%", "Итого с комиссией"]])
    tab.rows("A2", [["@novosti", 340000, "02.09.2025", 25000, 3750, 28750], ["@moda", 120000, "04.09.2025", 14000, 2100, 16100]])
    tab.rows("A4", [[None, 460000, None, 39000, 5850, 44850]])
    tab.style("D2:F4", "#,##0 ₽")
    return Case("посевы.xlsx", book.xlsx(), "RUB", [line("@novosti", 25000, "D2", dates="2025-09-02"), line("@moda", 14000, "D3")])


def heads_of_names_a_line_above_the_quarters() -> Case:
    """The heads of the naming columns stand one line above those of the quarters."""
    book = Book()
    tab = book.tab("Media Plan")
    tab.rows("A1", [["Media Plan 2026"], ["Category", "Vendor"], [None, None, "Q1", "Q2", "Q3", "Annual"]])
    tab.rows("A4", [["Radio", "iHeart", 5000, 5000, 0, 10000], [None, "Audacy", 2000, 2000, 0, 4000]])
    tab.rows("A6", [["Total Radio", None, 7000, 7000, 0, 14000], ["Outdoor", "Lamar", 9000, 9000, 9000, 27000]])
    tab.rows("A8", [["Total Outdoor", None, 9000, 9000, 9000, 27000], ["Grand total", None, 16000, 16000, 9000, 41000]])
    tab.style("C4:F9", "$#,##0")
    lines = [line("Radio|iHeart", 10000, "F4"), line("Radio|Audacy", 4000), line("Outdoor|Lamar", 27000)]
    return Case("media plan.xlsx", book.xlsx(), "USD", lines)


def leads_of_partner_networks() -> Case:
    """Rates and plans of leads by partner network, the quarter behind a comma in the title."""
    book = Book()
    tab = book.tab("Лист1")
    tab.rows("A1", [["CPA-размещение, Q2 2025"], ["Сеть", "Оффер", "Ставка за лид, ₽", "План лидов", "Бюджет, ₽"]])
    tab.rows("A3", [["Admitad", "Карта", 900, 1000, 900000], ["Лидгид", "Карта", 850, 600, 510000], ["Итого", None, None, 1600, 1410000]])
    dates = "2025-04-01..2025-06-30"
    return Case("cpa.xlsx", book.xlsx(), "RUB", [line("Admitad", 900000, "E3", dates=dates), line("Лидгид", 510000, dates=dates)])
