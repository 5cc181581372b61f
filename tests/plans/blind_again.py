"""What a second round of plans made blind showed, and its like in other languages and layouts."""

from __future__ import annotations

from tests.plans.paper import Book, Case, F, line


def quarters_of_plan_and_actual_with_their_year() -> Case:
    """Budget, actual and variance under each quarter and under the year: the year only sums the quarters up."""
    book = Book()
    tab = book.tab("FY2025")
    bands = [None, *(cell for q in ("Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025", "Total 2025") for cell in (q, None, None))]
    tab.rows("A1", [["Marketing budget, plan vs. actual, USD"], [], bands, ["Line", *["Budget", "Actual", "Variance"] * 5]])
    plan = {
        "Google Ads": (18000, 18000, 21000, 24000),
        "LinkedIn Ads": (12500, 12500, 12500, 15000),
        "PR retainer": (9000, 9000, 9000, 9000),
    }
    for row, (name, quarters) in enumerate(plan.items(), 5):
        cells = [cell for amount in quarters for cell in (amount, amount - 210, -210)]
        tab.rows(f"A{row}", [[name, *cells, sum(quarters), sum(quarters) - 840, -840]])
    starts = ["2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01"]
    lines = [line(name, sum(quarters), periods=dict(zip(starts, quarters, strict=True))) for name, quarters in plan.items()]
    return Case("budget.xlsx", book.xlsx(), "USD", lines)


def production_below_the_total_of_the_media() -> Case:
    """The fee and the production below the media's total, which adds subtotals up, are no lines."""
    book = Book()
    tab = book.tab("Plan média")
    tab.rows(
        "A1",
        [
            ["Support", "Période", "Qté", "Montant HT €"],
            ["PRESSE"],
            ["La Voix", "juin 2026", 1, 2280],
            ["Le Routard", "juillet 2026", 1, 2990],
        ],
    )
    tab.rows("A5", [["Sous-total presse", None, None, F("=SUM(D3:D4)", 5270)], ["DIGITAL"], ["Meta", "juin 2026", 1, 6000]])
    tab.rows("A8", [["Google", "juin 2026", 1, 3500], ["Sous-total digital", None, None, F("=SUM(D7:D8)", 9500)]])
    tab.rows("A10", [["TOTAL ACHAT MÉDIA", None, None, F("=D5+D9", 14770)], ["Frais d'agence 10 %", None, None, 1477]])
    tab.rows("A12", [["Création (visuels)", None, None, 2500], ["TOTAL GÉNÉRAL", None, None, F("=D10+D11+D12", 18747)]])
    told = [("La Voix", 2280, "D3"), ("Le Routard", 2990, "D4"), ("Meta", 6000, "D7"), ("Google", 3500, "D8")]
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(*one) for one in told])


def a_budget_approved_below_the_total() -> Case:
    """What the board approved, below the total, buys nothing."""
    book = Book()
    tab = book.tab("Budget")
    tab.rows("A1", [["Item", "Vendor", "Estimated USD"], ["Facebook ads", "Meta", 1200], ["Radio spots", "KRVR", 1800]])
    tab.rows("A4", [["Subtotal", None, F("=SUM(C2:C3)", 3000)], ["Posters", "QuickPrint", 310], ["Postcards", "USPS", 1475.5]])
    tab.rows(
        "A7", [["Subtotal", None, F("=SUM(C5:C6)", 1785.5)], ["TOTAL", None, F("=C4+C7", 4785.5)], ["Budget approved by board", None, 9000]]
    )
    told = [("Meta", 1200), ("KRVR", 1800), ("QuickPrint", 310), ("USPS", 1475.5)]
    return Case("budget.xlsx", book.xlsx(), "USD", [line(*one) for one in told])


def a_printed_sum_that_misses_the_last_rows() -> Case:
    """A sum whose range was not extended is named, and all lines count."""
    book = Book()
    tab = book.tab("Mediaplan")
    rows = [
        ["Medium", "Format", "Netto €"],
        ["Tageblatt", "1/4 Seite", 1132.2],
        ["Radio Mitte", "20 Sek.", 1432],
        ["Kino", "15 Sek.", 634.7],
    ]
    tab.rows("A1", [*rows, ["Plakat", "18/1", 447], ["Summe", None, F("=SUM(C2:C3)", 2564.2)]])
    told = [("Tageblatt", 1132.2), ("Radio Mitte", 1432), ("Kino", 634.7), ("Plakat", 447)]
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(*one) for one in told], warns=frozenset({"total_mismatch"}))


def what_sponsors_pay_below_the_plan() -> Case:
    """A table whose total adds income up is no part of the plan."""
    book = Book()
    tab = book.tab("Foglio1")
    heads = ["Descrizione", "Periodo", "Imponibile €"]
    tab.rows("A1", [["Piano pubblicitario 2026"], [], ["Mezzo", *heads], ["Radio Valle", "spot", "ottobre 2026", 546]])
    tab.rows(
        "A5",
        [["Facebook", "evento", "ottobre 2026", 350], ["Totale spese", None, None, 896], [], ["SPONSOR (entrate)"], ["Sponsor", *heads]],
    )
    tab.rows(
        "A10", [["Banca della Valle", "Gold", "2026", 1500], ["Bar Centrale", "Bronze", "2026", 150], ["Totale entrate", None, None, 1650]]
    )
    lines = [line("Radio Valle", 546, "D4"), line("Facebook", 350, "D5")]
    return Case("piano.xlsx", book.xlsx(), "EUR", lines, warns=frozenset({"other_table"}))


def two_weeks_in_one_cell() -> Case:
    """Weeks that follow each other beyond any year of a plan are weeks; so are days without a year in a list."""
    book = Book()
    tab = book.tab("Plan 2026")
    tab.rows("A1", [["Mediaplan Advent 2026"], [], ["Medium", "Termin", "Netto €"], ["City-Light-Poster", "KW 48/49", 1795.2]])
    tab.rows("A5", [["Tageblatt", "9., 16. und 23. Okt", 1333], ["Kurier", "Do 5., 12. November 2026", 900]])
    lines = [
        line("City-Light-Poster", 1795.2, "C4", dates="2026-11-23..2026-12-06"),
        line("Tageblatt", 1333, dates="2026-10-09..2026-10-23"),
    ]
    return Case("plan.xlsx", book.xlsx(), "EUR", [*lines, line("Kurier", 900, dates="2026-11-05..2026-11-12")])


def months_and_millions_in_vietnamese() -> Case:
    """`T12/2025` and `T1/2026` are months, amounts count in millions of dong."""
    book = Book()
    tab = book.tab("Kế hoạch")
    tab.rows(
        "A1",
        [["KẾ HOẠCH TRUYỀN THÔNG 2026"], ["ĐVT: triệu đồng"], [], ["Kênh", "Hạng mục", "T12/2025", "T1/2026", "T2/2026", "Thành tiền"]],
    )
    tab.rows("A5", [["Facebook Ads", "Tương tác", 35, 60, 22.5, 117.5], ["TikTok Ads", "TopView", None, 145.5, 40, 185.5]])
    one = {"2025-12-01": 35000000, "2026-01-01": 60000000, "2026-02-01": 22500000}
    two = {"2026-01-01": 145500000, "2026-02-01": 40000000}
    lines = [line("Facebook Ads", 117500000, "F5", periods=one), line("TikTok Ads", 185500000, "F6", periods=two)]
    return Case("ke hoach.xlsx", book.xlsx(), "VND", lines)


def daily_and_monthly_budgets_with_the_whole() -> Case:
    """What the campaign costs in all counts, not what it costs a day or a month."""
    book = Book()
    tab = book.tab("Forecast")
    tab.rows(
        "A1",
        [
            ["Campaign", "Network", "Daily budget", "Monthly budget", "Campaign total (3 months)"],
            ["Brand", "Google Search", 19.74, 600, 1800],
        ],
    )
    tab.rows("A3", [["Sofas", "Meta", 78.95, 2400, 7200], ["Total", None, 98.69, 3000, 9000]])
    tab.style("C2:E4", "£#,##0.00")
    return Case("forecast.xlsx", book.xlsx(), "GBP", [line("Brand", 1800, "E2"), line("Sofas", 7200, "E3")])


def a_rate_of_exchange_between_two_budgets() -> Case:
    """Budgets in two currencies, one made of the other by a rate: which one counts is asked."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Channel", "Publisher", "Cost (USD)", "FX", "Cost (CAD)"], ["Search", "Google", 10000, 1.36, 13600]])
    tab.rows("A3", [["Social", "Meta", 8000, 1.36, 10880]])
    return Case("plan.xlsx", book.xlsx(), "USD", [], asks=frozenset({"which_budget"}))
