"""Plans beside what was spent, versions under letters, months down under a scale, and dates over some of the columns."""

from __future__ import annotations

from datetime import date

from tests.plans.paper import Book, Case, line


def dk_budget_above_what_was_spent() -> Case:
    book = Book()
    tab = book.tab("Status")
    heads = ["Kanal", "Jan", "Feb", "Mar", "Total"]
    tab.rows("A1", [["Budget 2026 (DKK)"], heads, ["Search", 10000, 10000, 12000, 32000], ["Social", 8000, 9000, 9000, 26000]])
    tab.rows("A5", [["Total", 18000, 19000, 21000, 58000], [], ["Forbrug 2026 (DKK)"], heads, ["Search", 9800, 10100, 0, 19900]])
    tab.rows("A10", [["Social", 7900, 8800, 0, 16700], ["Total", 17700, 18900, 0, 36600]])
    return Case("status.xlsx", book.xlsx(), "DKK", [line("Search", 32000, "E3"), line("Social", 26000, "E4")])


def ru_months_down_in_thousands_with_fee_across() -> Case:
    book = Book()
    tab = book.tab("Бюджет 2026")
    heads = ["Месяц", "Яндекс.Директ", "VK Ads", "Telegram", "Итого медиа", "АК 10%", "Всего"]
    months = [["Март", 300, 150, 50, 500, 50, 550], ["Апрель", 320, 150, 80, 550, 55, 605], ["Май", 280, 170, 50, 500, 50, 550]]
    tab.rows("A1", [["Рекламный бюджет 2026, тыс. руб. без НДС"], heads, *months, ["Итого", 900, 470, 180, 1550, 155, 1705]])
    lines = [line("Яндекс.Директ", 900000), line("VK Ads", 470000), line("Telegram", 180000)]
    return Case("бюджет.xlsx", book.xlsx(), "RUB", lines)


def uk_panels_under_dates_beside_their_cost() -> Case:
    book = Book()
    tab = book.tab("OOH Laydown")
    tab.rows("A1", [["OOH laydown", None, None, "w/c", date(2026, 4, 6), date(2026, 4, 20), date(2026, 5, 4)]])
    tab.rows("A2", [["Format", "Owner", "Panels", "Cost per panel", "In-charge 1", "In-charge 2", "In-charge 3", "Media cost"]])
    tab.rows("A3", [["48 sheet", "Global", 40, 310, "X", None, "X", 24800], ["6 sheet", "JCDecaux", 100, 125, "X", "X", None, 25000]])
    tab.rows("A5", [["Total", None, 140, None, None, None, None, 49800]])
    tab.style("H3:H5", "£#,##0")
    return Case("ooh plan.xlsx", book.xlsx(), "GBP", [line("48 sheet|Global", 24800, "H3"), line("6 sheet", 25000, "H4")])


def pl_versions_under_single_letters() -> Case:
    book = Book()
    tab = book.tab("Warianty")
    plan = {"Google Ads": (30000, 40000, 60000), "Meta Ads": (20000, 30000, 40000)}
    tab.rows("A1", [["Propozycja budżetu 2026 – 3 warianty (PLN netto)"], ["Kanał", "A", "B", "C"]])
    tab.rows("A3", [*[[name, *amounts] for name, amounts in plan.items()], ["Razem", 50000, 70000, 100000]])
    return Case("propozycja.xlsx", book.xlsx(), "PLN", versions=[[line(n, a[at]) for n, a in plan.items()] for at in range(3)])


def fi_cancelled_booking() -> Case:
    book = Book()
    plan = [["MTV", "vko 10-12", "vahvistettu", 42000], ["Sanoma Outdoor", "vko 11-12", "vahvistettu", 26500]]
    tab = book.tab("Varaukset")
    tab.rows("A1", [["Mediavaraukset kevät 2026, EUR"], ["Media", "Aika", "Status", "Hinta"], *plan])
    tab.rows("A5", [["Nelonen", "vko 13", "peruttu", 15000], ["Yhteensä", None, None, 68500]])
    lines = [line("MTV", 42000, "D3", dates="2026-03-02..2026-03-22"), line("Sanoma", 26500, "D4")]
    return Case("varaukset.xlsx", book.xlsx(), "EUR", lines, warns=frozenset({"rows_left_out"}))


def us_gross_and_net_rows_in_pairs() -> Case:
    book = Book()
    tab = book.tab("Buy")
    rows = [["WABC", "Gross", 20000, 24000, 44000], ["WABC", "Net", 17000, 20400, 37400], ["WNBC", "Gross", 30000, 30000, 60000]]
    tab.rows("A1", [["Station", "Basis", "Jan 2026", "Feb 2026", "Total"], *rows, ["WNBC", "Net", 25500, 25500, 51000]])
    tab.style("C2:E5", "$#,##0")
    return Case("spot media buy.xlsx", book.xlsx(), "USD", [line("WABC", 37400, "E3"), line("WNBC", 51000, "E5")])


def cz_months_under_bare_years() -> Case:
    book = Book()
    tab = book.tab("Rozpočet")
    tab.rows("A1", [["Kanál", 2025, None, 2026, None, "Celkem Kč"], [None, "Listopad", "Prosinec", "Leden", "Únor", None]])
    tab.rows("A3", [["TV", 500000, 700000, 0, 300000, 1500000], ["Online", 100000, 150000, 100000, 100000, 450000]])
    tab.rows("A5", [["Celkem", 600000, 850000, 100000, 400000, 1950000]])
    tab.merges += ["B1:C1", "D1:E1"]
    months = {"2025-11-01": 500000, "2025-12-01": 700000, "2026-02-01": 300000}
    lines = [line("TV", 1500000, "F3", periods=months), line("Online", 450000)]
    return Case("rozpocet mediaplan.xlsx", book.xlsx(), "CZK", lines)


def us_plan_beside_a_rate_card() -> Case:
    book = Book()
    plan, card = book.tab("Plan"), book.tab("Rate card")
    plan.rows(
        "A1", [["Channel", "Partner", "Budget"], ["Streaming", "Hulu", 30000], ["Streaming", "Peacock", 20000], ["Total", None, 50000]]
    )
    plan.style("C2:C4", "$#,##0")
    card.rows("A1", [["Partner", "Product", "CPM", "Min. spend"], ["Hulu", "Video", 30, 10000], ["Roku", "Video", 25, 25000]])
    return Case("streaming plan.xlsx", book.xlsx(), "USD", [line("Hulu", 30000, "C2"), line("Peacock", 20000, "C3")])


def fr_offer_of_a_client_by_the_lake() -> Case:
    book = Book()
    tab = book.tab("Devis")
    tab.rows(
        "A1", [["DEVIS N° 2026-045"], ["Annonceur :", "Thermes du Lac"], [], ["Prestation", "Emplacement", "Volume", "PU HT", "Montant HT"]]
    )
    tab.rows("A5", [["Bannières", "Home", 400, 12, 4800], ["Vidéo pre-roll", "Rubrique santé", 250, 22, 5500]])
    tab.rows("A7", [["Total HT", None, None, None, 10300], ["TVA 20%", None, None, None, 2060], ["Total TTC", None, None, None, 12360]])
    tab.style("D5:E9", "#,##0.00 €")
    return Case("devis plan média.xlsx", book.xlsx(), "EUR", [line("Bannières", 4800, "E5"), line("Vidéo", 5500, "E6")])


def ru_pieces_below_the_budget() -> Case:
    book = Book()
    tab = book.tab("План")
    heads = ["Канал", "Июль", "Август", "Сентябрь", "Итого"]
    tab.rows(
        "A1",
        [["Медиаплан, 3 кв. 2026"], [], ["Бюджет по месяцам, руб. (без НДС)"], heads, ["Яндекс.Директ", 400000, 450000, 500000, 1350000]],
    )
    tab.rows(
        "A6", [["VK Реклама", 300000, 300000, 350000, 950000], ["Итого", 700000, 750000, 850000, 2300000], [], ["Прогноз заявок, шт."]]
    )
    tab.rows(
        "A10",
        [heads, ["Яндекс.Директ", 2000, 2300, 2600, 6900], ["VK Реклама", 1700, 1700, 2000, 5400], ["Итого", 3700, 4000, 4600, 12300]],
    )
    return Case("медиаплан.xlsx", book.xlsx(), "RUB", [line("Яндекс.Директ", 1350000, "E5"), line("VK Реклама", 950000, "E6")])


def us_halves_beside_their_fiscal_year() -> Case:
    book = Book()
    tab = book.tab("Plan")
    plan = [["Paid search", "In-house", 120000, 140000, 260000], ["Paid social", "Agency", 80000, 100000, 180000]]
    tab.rows("A1", [["Channel", "Owner", "H1", "H2", "FY 2026"], *plan, ["Total", None, 200000, 240000, 440000]])
    tab.style("C2:E4", "$#,##0")
    lines = [line("Paid search", 260000, "E2"), line("Paid social", 180000, "E3")]
    return Case("FY2026 media plan.xlsx", book.xlsx(), "USD", lines)
