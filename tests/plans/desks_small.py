"""Plans from the desks of small teams, trackers and freelancers: less order than an agency's, with their truth."""

from __future__ import annotations

from datetime import date

from tests.plans.paper import Book, Case, F, line


def us_budget_committed_remaining() -> Case:
    """Approved, committed, invoiced and remaining side by side: the plan is what was approved."""
    book = Book()
    tab = book.tab("Tracker")
    tab.rows("A1", [["Channel", "Vendor", "PO #", "Approved Budget", "Committed", "Invoiced", "Remaining", "Notes"]])
    plan = [
        ("Search", "Google", "PO-118", 60000, 45000, 30150.2),
        ("Social", "Meta", "PO-119", 40000, 40000, 38800),
        ("Audio", "Pandora", "", 15000, 0, 0),
    ]
    tab.rows("A2", [[c, v, po, a, k, i, a - k, "ok"] for c, v, po, a, k, i in plan])
    tab.rows("A5", [["Total", None, None, 115000, 85000, 68950.2, 30000]])
    tab.style("D2:G5", "$#,##0.00")
    return Case("tracker.xlsx", book.xlsx(), "USD", [line(v, a, f"D{r}") for r, (_, v, _, a, _, _) in enumerate(plan, start=2)])


def uk_last_year_this_year() -> Case:
    """Last year's budget, this year's and the change: only this year's is the plan."""
    book = Book()
    tab = book.tab("2026 budget")
    tab.rows("A1", [["Marketing budget 2026 (£)"], [], ["Channel", "Activity", "Budget 2025", "Budget 2026", "Change", "Change %"]])
    plan = [("PPC", "Google Ads", 20000, 24000), ("Social", "Meta", 12000, 18000), ("Print", "Local papers", 8000, 4000)]
    tab.rows("A4", [[c, a, b, n, n - b, (n - b) / b] for c, a, b, n in plan])
    tab.style("F4:F7", "0%")
    tab.rows("A7", [["Total", None, 40000, 46000, 6000, 0.15]])
    lines = [line(a, n, f"D{r}") for r, (_, a, _, n) in enumerate(plan, start=4)]
    return Case("budget.xlsx", book.xlsx(), "GBP", lines)


def au_daily_times_days() -> Case:
    """Daily budget times days gives the total; the daily amount is money too."""
    book = Book()
    tab = book.tab("Sheet1")
    tab.rows("A1", [["Campaign", "Platform", "Start", "End", "Days", "Daily budget (AUD)", "Total budget (AUD)"]])
    plan = [
        ("Launch", "Meta", date(2026, 2, 2), date(2026, 2, 15), 14, 150),
        ("Always on", "Google", date(2026, 2, 1), date(2026, 3, 31), 59, 80),
    ]
    tab.rows("A2", [[*p, p[4] * p[5]] for p in plan])
    tab.rows("A4", [["Total", None, None, None, None, 230, 6820]])
    lines = [line(p[1], p[4] * p[5], f"G{r}", dates=f"{p[2]}..{p[3]}") for r, p in enumerate(plan, start=2)]
    return Case("plan.xlsx", book.xlsx(), "AUD", lines)


def ca_total_on_top() -> Case:
    """The grand total stands directly under the header, before the lines."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Channel", "Placement", "Budget CAD"], ["TOTAL", None, F("=SUM(C3:C6)", 81500)]])
    plan = [("OOH", "Yonge-Dundas", 40000), ("Digital", "CBC.ca", 12500), ("Digital", "Weather Network", 9000), ("Radio", "CHUM", 20000)]
    tab.rows("A3", [list(p) for p in plan])
    return Case("plan.xlsx", book.xlsx(), "CAD", [line(p, b, f"C{r}") for r, (_, p, b) in enumerate(plan, start=3)])


def de_k_amounts() -> Case:
    """Amounts with a k behind them, some with decimals, typed as text."""
    book = Book()
    tab = book.tab("Grobplanung")
    tab.rows("A1", [["Grobplanung 2026"], [], ["Kanal", "Maßnahme", "Zeitraum", "Budget"]])
    plan = [
        ("Meta", "Prospecting", "März–Mai 2026", "25k €", 25000),
        ("Google", "Brand", "Q2 2026", "12,5k €", 12500),
        ("OOH", "City Light", "Mai 2026", "40k €", 40000),
    ]
    tab.rows("A4", [[k, m, z, b] for k, m, z, b, _ in plan])
    tab.rows("A7", [["Summe", None, None, "77,5k €"]])
    dates = ["2026-03-01..2026-05-31", "2026-04-01..2026-06-30", "2026-05-01..2026-05-31"]
    lines = [line(p[0], p[4], f"D{r}", dates=d) for r, (p, d) in enumerate(zip(plan, dates, strict=True), start=4)]
    return Case("grob.xlsx", book.xlsx(), "EUR", lines)


def de_week_ranges() -> Case:
    """Calendar weeks as ranges in one column, the year in the head."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Werbeplan", None, None, None], ["Medium", "Format", "KW 2026", "Kosten netto €"]])
    plan = [("Radio Hamburg", 'Spot 20"', "KW 10-13", 18400), ("Plakat", "18/1", "KW 12-15", 22100), ("Meta", "Reels", "KW 10-20", 9000)]
    tab.rows("A3", [list(p) for p in plan])
    tab.rows("A6", [["Gesamt", None, None, 49500]])
    spans = [(10, 13), (12, 15), (10, 20)]
    lines = []
    for row, (p, (a, b)) in enumerate(zip(plan, spans, strict=True), start=3):
        first, last = date.fromisocalendar(2026, a, 1), date.fromisocalendar(2026, b, 7)
        lines.append(line(p[0], p[3], f"D{row}", dates=f"{first}..{last}"))
    return Case("plan.xlsx", book.xlsx(), "EUR", lines, basis="net")


def us_influencers() -> Case:
    """Influencer plan: fee a post times posts, production apart, total."""
    book = Book()
    tab = book.tab("Creators")
    tab.rows("A1", [["Creator", "Platform", "Followers", "Posts", "Rate per post", "Usage rights", "Total cost"]])
    plan = [
        ("@annabakes", "Instagram", 210000, 3, 1200, 500),
        ("@mikeruns", "TikTok", 890000, 2, 3500, 0),
        ("@thelens", "YouTube", 430000, 1, 8000, 1000),
    ]
    tab.rows("A2", [[*p, p[3] * p[4] + p[5]] for p in plan])
    tab.rows("A5", [["Total", None, 1530000, 6, None, 1500, 20100]])
    tab.style("E2:G5", "$#,##0")
    return Case("creators.xlsx", book.xlsx(), "USD", [line(p[0], p[3] * p[4] + p[5], f"G{r}") for r, p in enumerate(plan, start=2)])


def uk_additive_market_tabs() -> Case:
    """A tab a market, all the same columns, that add up to the overview."""
    book = Book()
    top = book.tab("Summary")
    markets = {
        "UK": [("Search", "Google", 30000), ("Social", "Meta", 20000)],
        "Ireland": [("Search", "Google", 8000), ("Social", "Meta", 6000)],
    }
    top.rows("A1", [["Market", "Budget (GBP)"], ["UK", 50000], ["Ireland", 14000], ["Total", 64000]])
    lines = []
    for market, plan in markets.items():
        tab = book.tab(market)
        tab.rows("A1", [[f"{market} media plan 2026"], [], ["Channel", "Platform", "Budget (GBP)"]])
        for row, (c, p, b) in enumerate(plan, start=4):
            tab.rows(f"A{row}", [[c, p, b]])
            lines.append(line(p, b, f"C{row}"))
        tab.rows("A6", [["Total", None, sum(p[2] for p in plan)]])
    return Case("markets.xlsx", book.xlsx(), "GBP", lines)


def us_tbd_and_included() -> Case:
    """Words where amounts should stand: TBD, included, free of charge."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Partner", "Placement", "Cost"],
            ["NPR", "Podcast :30", 12000],
            ["NPR", "Newsletter", "Included"],
            ["Local TV", "Spot :15", "TBD"],
            ["Billboard", "I-95", 8500],
        ],
    )
    tab.rows("A6", [["Total", None, 20500]])
    tab.style("C2:C6", "$#,##0")
    return Case(
        "plan.xlsx", book.xlsx(), "USD", [line("Podcast", 12000, "C2"), line("I-95", 8500, "C5")], warns=frozenset({"amount_is_text"})
    )


def de_ca_amounts() -> Case:
    """Rough amounts (`ca.`, a range): no exact number, so nothing may be read in silence."""
    book = Book()
    tab = book.tab("Idee")
    tab.rows(
        "A1",
        [
            ["Kanal", "Plattform", "Budget"],
            ["Social", "Meta", "5.000 – 7.000 €"],
            ["Suche", "Google", "ca. 3.000 €"],
            ["OOH", "Plakat", "10.000,- €"],
        ],
    )
    return Case("idee.xlsx", book.xlsx(), "EUR", [line("Plakat", 10000, "C4")], warns=frozenset({"amount_is_text"}))


def us_mix_and_growth() -> Case:
    """Months down, channels across, with shares and growth in percent beside the money; the flight stands below without a colon."""
    book = Book()
    tab = book.tab("2026")
    tab.rows(
        "A1",
        [
            ["Month", "Paid Search", "Paid Social", "Total", "YoY"],
            ["Jan 2026", 10000, 8000, 18000, 0.1],
            ["Feb 2026", 11000, 8000, 19000, 0.08],
        ],
    )
    tab.rows("A4", [["Total", 21000, 16000, 37000], ["Mix", 0.57, 0.43, 1]])
    tab.style("B2:D4", "$#,##0")
    tab.style("E2:E3", "0%")
    tab.style("B5:D5", "0%")
    months = {"2026-01-01": 10000, "2026-02-01": 11000}
    return Case("mix.xlsx", book.xlsx(), "USD", [line("Paid Search", 21000, periods=months), line("Paid Social", 16000)])


def xx_ambiguous_number() -> Case:
    """Amounts such as 1.500 alone: a thousand and a half or one and a half."""
    book = Book()
    tab = book.tab("plan")
    tab.rows("A1", [["Campaign", "Channel", "Budget EUR"], ["Launch", "Meta", "1.500"], ["Retarget", "Google", "2.500"]])
    return Case("plan.csv", book.csv(), "EUR", [], asks=frozenset({"ambiguous_number"}))


def xx_no_currency() -> Case:
    """Nothing names a currency."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Channel", "Platform", "Budget"], ["Search", "Google", 1200], ["Social", "Meta", 2300], ["Total", None, 3500]])
    return Case("plan.xlsx", book.xlsx(), None, [line("Google", 1200, "C2"), line("Meta", 2300, "C3")], asks=frozenset({"currency"}))


def us_running_total() -> Case:
    """A cumulative column to the right of the cost."""
    book = Book()
    tab = book.tab("Media")
    tab.rows("A1", [["Week of", "Vendor", "Tactic", "Cost", "Running total"]])
    plan = [
        (date(2026, 1, 5), "Meta", "Reels", 4000),
        (date(2026, 1, 12), "Google", "PMax", 6500),
        (date(2026, 1, 19), "Hulu", "CTV", 12000),
    ]
    total = 0
    for row, (day, v, t, c) in enumerate(plan, start=2):
        total += c
        tab.rows(f"A{row}", [[day, v, t, c, total]])
    tab.style("D2:E4", "$#,##0")
    tab.style("A2:A4", "m/d/yyyy")
    return Case("media.xlsx", book.xlsx(), "USD", [line(v, c, f"D{r}") for r, (_, v, _, c) in enumerate(plan, start=2)])


def uk_rows_are_months() -> Case:
    """Months down, one line a month and channel, no total."""
    book = Book()
    tab = book.tab("Plan 2026")
    tab.rows("A1", [["Month", "Channel", "Spend (£)", "Clicks"]])
    rows = [
        (m, c, b)
        for m, base in (("January", 1000), ("February", 1100), ("March", 1300))
        for c, b in (("Google Ads", base), ("Meta", base * 2))
    ]
    tab.rows("A2", [[m, c, b, b * 2] for m, c, b in rows])
    ends = {"January": "2026-01-01..2026-01-31", "February": "2026-02-01..2026-02-28", "March": "2026-03-01..2026-03-31"}
    return Case("plan.xlsx", book.xlsx(), "GBP", [line(c, b, f"C{r}", dates=ends[m]) for r, (m, c, b) in enumerate(rows, start=2)])


def us_fiscal_year() -> Case:
    """A fiscal year that runs July to June over month names without years."""
    book = Book()
    tab = book.tab("FY27")
    names = ["Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun"]
    tab.rows("A1", [["FY27 Media Budget (July 2026 - June 2027)"], [], ["Channel", "Partner", *names, "FY27 Total"]])
    lines = []
    for row, (c, p, b) in enumerate([("Search", "Google", 1000), ("Social", "Meta", 1500)], start=4):
        parts = [b + 10 * i for i in range(12)]
        tab.rows(f"A{row}", [[c, p, *parts, sum(parts)]])
        days = [f"{2026 if i < 6 else 2027}-{(6 + i) % 12 + 1:02d}-01" for i in range(12)]
        lines.append(line(p, sum(parts), f"O{row}", periods=dict(zip(days, parts, strict=True))))
    sums = [sum(tab.cells[r, c] for r in (4, 5)) for c in range(3, 16)]
    tab.rows("A6", [["Total", None, *sums]])
    tab.style("C4:O6", "$#,##0")
    return Case("fy27.xlsx", book.xlsx(), "USD", lines)


def it_two_plans_beside() -> Case:
    """Two regions side by side, other rows in each, both count."""
    book = Book()
    tab = book.tab("Regioni")
    tab.rows("A1", [["NORD", None, None, None, "SUD"], ["Mezzo", "Testata", "Costo €", None, "Mezzo", "Testata", "Costo €"]])
    tab.rows(
        "A3",
        [
            ["Radio", "RTL 102.5", 12000, None, "Radio", "Kiss Kiss", 7000],
            ["Stampa", "Il Giorno", 8000, None, "Affissione", "Napoli centro", 9500],
            ["Totale", None, 20000, None, "Totale", None, 16500],
        ],
    )
    lines = [
        line("RTL 102.5", 12000, "C3"),
        line("Il Giorno", 8000, "C4"),
        line("Kiss Kiss", 7000, "G3"),
        line("Napoli centro", 9500, "G4"),
    ]
    return Case("regioni.xlsx", book.xlsx(), "EUR", lines)


def fr_sections_subtotals() -> Case:
    """Section titles in the first column, sous-totals after each, names indented in the second."""
    book = Book()
    tab = book.tab("Budget")
    tab.rows("A1", [["Budget média 2026 en k€"], [], ["", "Support", "Montant"]])
    tab.rows(
        "A4",
        [
            ["TV"],
            [None, "TF1", 450],
            [None, "M6", 210.5],
            ["Sous-total TV", None, 660.5],
            ["DIGITAL"],
            [None, "YouTube", 120],
            [None, "Meta", 95],
            ["Sous-total DIGITAL", None, 215],
            ["TOTAL GÉNÉRAL", None, 875.5],
        ],
    )
    lines = [line("TF1", 450000, "C5"), line("M6", 210500, "C6"), line("YouTube", 120000, "C9"), line("Meta", 95000, "C10")]
    return Case("budget.xlsx", book.xlsx(), "EUR", lines)


def us_event_budget_not_media() -> Case:
    """An event's household budget: money and totals, but no media plan."""
    book = Book()
    tab = book.tab("Event")
    tab.rows(
        "A1",
        [
            ["Summer party budget"],
            [],
            ["Item", "Quantity", "Unit cost", "Total"],
            ["Chairs", 100, 4, 400],
            ["Catering", 100, 35, 3500],
            ["DJ", 1, 800, 800],
            ["Total", None, None, 4700],
        ],
    )
    return Case("party.xlsx", book.xlsx(), None, [], plan=False)


def us_wrong_total() -> Case:
    """A typed total that forgot a line: both numbers must be named."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Platform", "Budget USD"],
            ["Search", "Google", 10000],
            ["Social", "Meta", 5000],
            ["Social", "TikTok", 2500],
            ["Total", None, 15000],
        ],
    )
    lines = [line("Google", 10000, "C2"), line("Meta", 5000, "C3"), line("TikTok", 2500, "C4")]
    return Case("plan.xlsx", book.xlsx(), "USD", lines, warns=frozenset({"total_mismatch"}))
