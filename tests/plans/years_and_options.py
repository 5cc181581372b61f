"""Plans with years, flights, options and discounts in unusual rows and columns, with their truth."""

from __future__ import annotations

from datetime import date, timedelta

from tests.plans.paper import Book, Case, F, line


def ch_trilingual_heads() -> Case:
    """Heads in two languages each."""
    book = Book()
    tab = book.tab("Mediaplan 2026")
    plan = [("Online", "20 Minuten", 24000, 26000), ("TV", "SRF zwei", 90000, 0), ("Radio", "Energy Zürich", 15000, 15000)]
    tab.rows(
        "B3",
        [
            ["Gattung / Genre", "Titel / Titre", "Mai / mai", "Juni / juin", "Total CHF"],
            *[[g, t, a, b, a + b] for g, t, a, b in plan],
            ["Total", None, 129000, 41000, 170000],
        ],
    )
    return Case("mp.xlsx", book.xlsx(), "CHF", [line(f"{g}|{t}", a + b) for g, t, a, b in plan])


def nl_week_numbers_and_year_row() -> Case:
    """A row of years over week numbers."""
    book = Book()
    tab = book.tab("Planning")
    plan = [("Radio 538", 'Spot 20"', [4000, 4000, 0, 4000]), ("NPO", 'Spot 15"', [6000, 0, 6000, 0])]
    tab.rows(
        "A1",
        [
            ["Planning voorjaar"],
            [None, None, 2026, 2026, 2026, 2026],
            ["Zender", "Uiting", "Week 12", "Week 13", "Week 14", "Week 15", "Totaal netto €"],
            *[[z, u, *a, sum(a)] for z, u, a in plan],
            ["Totaal", None, 10000, 4000, 6000, 4000, 24000],
        ],
    )
    firsts = [str(date.fromisocalendar(2026, w, 1)) for w in (12, 13, 14, 15)]
    return Case(
        "planning.xlsx",
        book.xlsx(),
        "EUR",
        [line(f"{z}|{u}", sum(a), periods=dict(zip(firsts, a, strict=True))) for z, u, a in plan],
        basis="net",
    )


def us_dayparts_by_market_blocks() -> Case:
    """Spots times average rate in a block a market, sums named by market."""
    book = Book()
    tab = book.tab("Spot TV")
    lines, row = [], 1
    for market, k in (("Boston", 1), ("Denver", 0.6)):
        plan = [("Early AM", 12, 450 * k), ("Prime", 8, 3200 * k), ("Late News", 10, 900 * k)]
        tab.rows(
            f"A{row}",
            [
                [f"DMA: {market}"],
                ["Daypart", "Spots", "Avg. rate ($)", "Total ($)"],
                *[[d, n, p, n * p] for d, n, p in plan],
                [f"{market} total", 30, None, sum(n * p for _, n, p in plan)],
                [],
            ],
        )
        lines += [line(d, n * p) for d, n, p in plan]
        row += 7
    tab.rows(f"A{row}", [["Grand total", 60, None, sum(float(x.budget) for x in lines)]])
    return Case("spot tv media plan.xlsx", book.xlsx(), "USD", lines)


def es_columns_for_each_brand() -> Case:
    """Brands across, their sum at the right."""
    book = Book()
    tab = book.tab("Inversión")
    plan = [("Televisión", 120000, 80000), ("Exterior", 40000, 25000), ("Digital", 60000, 70000)]
    tab.rows(
        "A1",
        [
            ["Inversión por marca 2026 (€)"],
            ["Medio", "Marca Norte", "Marca Sur", "Total"],
            *[[m, a, b, a + b] for m, a, b in plan],
            ["Total", 220000, 175000, 395000],
        ],
    )
    return Case("inversion.xlsx", book.xlsx(), "EUR", [line(m, a + b) for m, a, b in plan])


def uk_phased_with_contingency() -> Case:
    """Phases with their months in the head, a contingency that the total holds."""
    book = Book()
    tab = book.tab("Budget")
    tab.rows(
        "A1",
        [
            ["Activity", "Owner", "Phase 1 (Jan-Mar)", "Phase 2 (Apr-Jun)", "Total £"],
            ["PPC", "In-house", 12000, 15000, 27000],
            ["Paid social", "Agency", 9000, 9000, 18000],
            ["PR", "Agency", 6000, 0, 6000],
            ["Contingency 5%", None, 1350, 1200, 2550],
            ["TOTAL", None, 28350, 25200, 53550],
        ],
    )
    return Case(
        "budget.xlsx", book.xlsx(), "GBP", [line("PPC", 27000), line("Paid social", 18000), line("PR", 6000), line("Contingency", 2550)]
    )


def ru_two_total_columns() -> Case:
    """Budget, commission and VAT with a sum after each."""
    book = Book()
    tab = book.tab("Медиаплан")
    plan = [("Яндекс.Директ", "Поиск", 300000), ("VK Реклама", "Таргет", 200000), ("Telegram Ads", "Посты", 150000)]
    tab.rows(
        "A1",
        [
            ["Площадка", "Формат", "Бюджет, руб. без НДС", "АК 10%", "Итого без НДС", "НДС 20%", "Итого с НДС"],
            *[[p, f, b, b * 0.1, b * 1.1, b * 0.22, b * 1.32] for p, f, b in plan],
            ["Итого", None, 650000, 65000, 715000, 143000, 858000],
        ],
    )
    return Case("mp.xlsx", book.xlsx(), "RUB", [line(f"{p}|{f}", b, f"C{r}") for r, (p, f, b) in enumerate(plan, 2)])


def de_months_as_numbers() -> Case:
    """Months as the numbers 1 to 12."""
    book = Book()
    tab = book.tab("Budget 2026")
    plan = [("Search", [1000, 1100, 1200, 1000, 900, 800, 700, 700, 900, 1000, 1400, 1600]), ("Social", [500] * 12)]
    tab.rows(
        "A1",
        [
            ["Kanal", *range(1, 13), "Summe €"],
            *[[k, *a, sum(a)] for k, a in plan],
            ["Summe", *[a + 500 for a in plan[0][1]], sum(plan[0][1]) + 6000],
        ],
    )
    return Case("budget.xlsx", book.xlsx(), "EUR", [line(k, sum(a)) for k, a in plan])


def it_flights_two_rows_of_dates() -> Case:
    """First and last day of each flight above each other."""
    book = Book()
    tab = book.tab("Piano")
    starts = [date(2026, 3, 2), date(2026, 3, 16), date(2026, 3, 30)]
    plan = [("Affissione", "IGPDecaux", [20000, 20000, 0]), ("Radio", "RDS", [9000, 0, 9000])]
    tab.rows(
        "A1",
        [
            ["Mezzo", "Concessionaria", *starts, "Totale €"],
            [None, None, *[d + timedelta(13) for d in starts], None],
            *[[m, c, *a, sum(a)] for m, c, a in plan],
            ["Totale", None, 29000, 20000, 9000, 58000],
        ],
    )
    return Case("piano.xlsx", book.xlsx(), "EUR", [line(f"{m}|{c}", sum(a)) for m, c, a in plan])


def se_budget_with_remaining_months() -> Case:
    """The year's budget, what was used and what is left."""
    book = Book()
    tab = book.tab("Budget")
    plan = [("Google", 60000, 15000, 45000), ("Meta", 40000, 12000, 28000), ("Schibsted", 30000, 0, 30000)]
    tab.rows("A1", [["Kanal", "Årsbudget 2026 (SEK)", "Förbrukat", "Kvar"], *map(list, plan), ["Summa", 130000, 27000, 103000]])
    return Case("budget.xlsx", book.xlsx(), "SEK", [line(p[0], p[1], f"B{r}") for r, p in enumerate(plan, 2)])


def us_io_with_line_ids_uncached() -> Case:
    """An insertion order with line numbers and costs by formula."""
    book = Book()
    tab = book.tab("IO")
    plan = [
        (1, "Homepage takeover", date(2026, 9, 14), date(2026, 9, 14), 1, 25000),
        (2, "Newsletter", date(2026, 9, 1), date(2026, 9, 30), 4, 3000),
    ]
    tab.rows(
        "A1",
        [
            ["Insertion order #4471", None, None, None, None, None],
            ["Line", "Placement", "Start", "End", "Units", "Unit cost", "Net cost"],
            *[[*p, F(f"=E{r}*F{r}")] for r, p in enumerate(plan, 3)],
            ["Total", None, None, None, None, None, F("=SUM(G3:G4)")],
        ],
    )
    tab.style("F3:G5", "$#,##0.00")
    return Case("io.xlsx", book.xlsx(), "USD", [line(p[1], p[4] * p[5], f"G{r}", dates=f"{p[2]}..{p[3]}") for r, p in enumerate(plan, 3)])


def fr_groups_with_total_lines_named_after_them() -> Case:
    """Sections with sums named after them."""
    book = Book()
    tab = book.tab("Plan média")
    tab.rows(
        "A1",
        [
            ["Média", "Support", "Budget net (€)"],
            ["TELEVISION"],
            [None, "TF1", 150000],
            [None, "M6", 90000],
            ["Total TELEVISION", None, 240000],
            ["PRESSE"],
            [None, "Le Figaro", 35000],
            [None, "Elle", 28000],
            ["Total PRESSE", None, 63000],
            ["TOTAL GENERAL", None, 303000],
        ],
    )
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "EUR",
        [line("TF1", 150000, "C3"), line("M6", 90000, "C4"), line("Le Figaro", 35000, "C7"), line("Elle", 28000, "C8")],
        basis="net",
    )


def en_csv_months_with_k() -> Case:
    """CSV with amounts in `k`."""
    book = Book()
    book.tab("x").rows(
        "A1",
        [
            ["Channel", "Jan 2026", "Feb 2026", "Mar 2026", "Total"],
            ["TV", "$120k", "$80k", "$0", "$200k"],
            ["Social", "$12.5k", "$12.5k", "$15k", "$40k"],
            ["Total", "$132.5k", "$92.5k", "$15k", "$240k"],
        ],
    )
    return Case(
        "plan.csv",
        book.csv(),
        "USD",
        [
            line("TV", 200000, periods={"2026-01-01": 120000, "2026-02-01": 80000}),
            line("Social", 40000, periods={"2026-01-01": 12500, "2026-02-01": 12500, "2026-03-01": 15000}),
        ],
    )


def en_regions_as_tabs_with_total_formulas() -> Case:
    """Tabs by region and one that adds them up line by line."""
    book = Book()
    lines = []
    for name, a in (("North", (8000, 5000)), ("South", (6000, 7000))):
        book.tab(name).rows(
            "A1", [["Channel", "Vendor", "Budget ($)"], ["Radio", "iHeart", a[0]], ["OOH", "Lamar", a[1]], ["Total", None, sum(a)]]
        )
        lines += [line("iHeart", a[0]), line("Lamar", a[1])]
    book.tab("All").rows(
        "A1", [["Channel", "Vendor", "Budget ($)"], ["Radio", "iHeart", 14000], ["OOH", "Lamar", 12000], ["Total", None, 26000]]
    )
    return Case("plan.xlsx", book.xlsx(), "USD", lines)


def tr_gross_and_net_months() -> Case:
    """Gross months beside net months."""
    book = Book()
    tab = book.tab("Plan 2026")
    plan = [("TV", "Kanal D", [100000, 120000]), ("Dijital", "Google", [40000, 40000])]
    tab.rows(
        "A1",
        [
            ["Mecra", "Yayıncı", "Brüt (TL)", None, "Net (TL)", None, "Net toplam (TL)"],
            [None, None, "Ocak", "Şubat", "Ocak", "Şubat", None],
            *[[m, y, *[x / 0.8 for x in a], *a, sum(a)] for m, y, a in plan],
            ["Toplam", None, 175000, 200000, 140000, 160000, 300000],
        ],
    )
    tab.merges += ["C1:D1", "E1:F1"]
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "TRY",
        [line(f"{m}|{y}", sum(a), periods={"2026-01-01": a[0], "2026-02-01": a[1]}) for m, y, a in plan],
        basis="net",
    )


def en_ratecard_discount_two_steps() -> Case:
    """Rate card, discount, gross, and net after commission."""
    book = Book()
    tab = book.tab("Press")
    plan = [("Guardian", 2, 20000, 0.3), ("Times", 1, 28000, 0.4), ("FT", 3, 15000, 0.2)]
    tab.rows(
        "A1",
        [
            ["Title", "Insertions", "Rate card £", "Discount", "Gross £", "Net cost £"],
            *[[t, n, r, d, n * r * (1 - d), n * r * (1 - d) * 0.85] for t, n, r, d in plan],
            ["Total", 6, None, None, *[sum(n * r * (1 - d) * k for _, n, r, d in plan) for k in (1, 0.85)]],
        ],
    )
    tab.style("D2:D4", "0%")
    return Case("press.xlsx", book.xlsx(), "GBP", [line(t, n * r * (1 - d) * 0.85, f"F{i}") for i, (t, n, r, d) in enumerate(plan, 2)])
