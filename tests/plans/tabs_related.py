"""Plans on several tabs that relate in unusual ways, and trades with columns of their own, with their truth."""

from __future__ import annotations

from datetime import date, timedelta

from tests.plans.paper import Book, Case, line


def _plan_tab(book: Book, name: str, plan: list[tuple[str, str, float]]) -> None:
    rows = [["Channel", "Partner", "Budget €"], *map(list, plan), ["Total", None, sum(p[2] for p in plan)]]
    book.tab(name).rows("A1", rows)


def internal_and_client_tab() -> Case:
    """The same lines for the client, with a margin: never both."""
    book = Book()
    inside = [("Search", "Google", 40000), ("Social", "Meta", 30000), ("Video", "YouTube", 20000)]
    outside = [(c, p, b * 1.15) for c, p, b in inside]
    _plan_tab(book, "Internal", inside)
    _plan_tab(book, "Client", outside)
    return Case("plan.xlsx", book.xlsx(), "EUR", versions=[[line(f"{c}|{p}", b) for c, p, b in plan] for plan in (inside, outside)])


def two_years_on_tabs() -> Case:
    """Last year's plan and this year's: never both."""
    book = Book()
    old = [("Search", "Google", 38000), ("Social", "Meta", 22000)]
    new = [("Search", "Google", 42000), ("Social", "Meta", 30000)]
    _plan_tab(book, "2025", old)
    _plan_tab(book, "2026", new)
    return Case("plan.xlsx", book.xlsx(), "EUR", versions=[[line(f"{c}|{p}", b) for c, p, b in plan] for plan in (old, new)])


def country_tabs_with_equal_lines() -> Case:
    """A tab a country with the same lines and other amounts: parts of one plan."""
    book = Book()
    tabs = {"Germany": (50000, 30000), "Austria": (12000, 8000), "Switzerland": (15000, 9000)}
    for name, (a, b) in tabs.items():
        _plan_tab(book, name, [("Search", "Google", a), ("Social", "Meta", b)])
    return Case(
        "dach.xlsx", book.xlsx(), "EUR", [line(t, b) for pair in tabs.values() for t, b in zip(("Google", "Meta"), pair, strict=True)]
    )


def summary_tab_with_months() -> Case:
    """The first tab shows the months of all lines in one row; the second has the lines."""
    book = Book()
    months = [date(2026, m, 1) for m in (1, 2, 3)]
    top = book.tab("Overview")
    top.rows("A1", [["Campaign year 2026"], [None, *months, "Total"], ["Media budget (€)", 30000, 28000, 35000, 93000]])
    low = book.tab("Plan")
    plan = [("Search", "Google", [15000, 15000, 18000]), ("Social", "Meta", [10000, 8000, 12000]), ("Audio", "Spotify", [5000, 5000, 5000])]
    low.rows(
        "A1",
        [
            ["Channel", "Partner", *months, "Total €"],
            *[[c, p, *a, sum(a)] for c, p, a in plan],
            ["Total", None, 30000, 28000, 35000, 93000],
        ],
    )
    for tab, span in ((top, "B2:D2"), (low, "C1:E1")):
        tab.style(span, "mmm-yy")
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "EUR",
        [line(f"{c}|{p}", sum(a), periods={str(m): x for m, x in zip(months, a, strict=True)}) for c, p, a in plan],
    )


def budget_table_and_bars_apart() -> Case:
    """The budgets in one table, the bars of the same channels in another without money."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Budget"],
            ["Channel", "Budget £", "% split"],
            ["TV", 120000, 0.6],
            ["Radio", 50000, 0.25],
            ["Press", 30000, 0.15],
            ["Total", 200000, 1],
            [],
            ["Timing"],
        ],
    )
    mondays = [date(2026, 3, 2) + timedelta(7 * i) for i in range(8)]
    tab.rows("A9", [["Channel", *mondays]])
    for r, (c, a, b) in enumerate((("TV", 0, 3), ("Radio", 2, 6), ("Press", 5, 7)), 10):
        tab.cells[r, 1] = c
        for i in range(a, b + 1):
            tab.fills[r, 2 + i] = "FF9900"
    return Case("plan.xlsx", book.xlsx(), "GBP", [line("TV", 120000, "B3"), line("Radio", 50000, "B4"), line("Press", 30000, "B5")])


def cancelled_still_priced() -> Case:
    """A cancelled line keeps its price; the total leaves it out."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Site", "Status", "Cost $"],
            ["Display", "NYT", "booked", 30000],
            ["Display", "WSJ", "cancelled", 22000],
            ["Video", "Hulu", "booked", 41000],
            ["Total", None, None, 71000],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "USD", [line("NYT", 30000), line("Hulu", 41000)])


def media_fee_and_all_in() -> Case:
    """Media, fee and what the client pays, side by side: media is the plan or it is asked."""
    book = Book()
    tab = book.tab("Plan")
    plan = [("Search", "Google", 20000), ("Social", "LinkedIn", 12000)]
    tab.rows(
        "A1",
        [
            ["Channel", "Platform", "Media budget (€)", "Agency fee 10% (€)", "Total incl. fee (€)"],
            *[[c, p, b, b * 0.1, b * 1.1] for c, p, b in plan],
            ["Total", None, 32000, 3200, 35200],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(f"{c}|{p}", b, f"C{r}") for r, (c, p, b) in enumerate(plan, 2)])


def ctv_by_audience_blocks_across() -> Case:
    """Two audiences beside each other over the same lines, each with budget and impressions, then both."""
    book = Book()
    tab = book.tab("CTV")
    tab.rows("A1", [["Publisher", "A18-34", None, "A35-54", None, "Total", None], [None, *["Spend ($)", "Impressions"] * 3]])
    tab.merges += ["B1:C1", "D1:E1", "F1:G1"]
    plan = [("Hulu", 20000, 800000, 15000, 600000), ("Roku", 12000, 600000, 10000, 500000), ("Tubi", 5000, 400000, 4000, 300000)]
    tab.rows("A3", [[n, a, i, b, j, a + b, i + j] for n, a, i, b, j in plan])
    tab.rows("A6", [["Total", 37000, 1800000, 29000, 1400000, 66000, 3200000]])
    bands = (("A18-34", 1, "B"), ("A35-54", 3, "D"))
    return Case(
        "ctv.xlsx",
        book.xlsx(),
        "USD",
        [line(f"{p[0]}|{band}", p[at], f"{cell}{r}") for band, at, cell in bands for r, p in enumerate(plan, 3)],
    )


def cinema_weeks_and_screens() -> Case:
    """Cinema: screens times weeks times price a screen and week."""
    book = Book()
    tab = book.tab("Cinema")
    plan = [("Helsinki", "Finnkino", 12, 2, 310), ("Tampere", "Finnkino", 5, 2, 240), ("Turku", "BioRex", 4, 3, 190)]
    tab.rows(
        "A1",
        [
            ["City", "Chain", "Screens", "Weeks", "€/screen/week", "Total €"],
            *[[*p, p[2] * p[3] * p[4]] for p in plan],
            ["Total", None, 21, None, None, sum(p[2] * p[3] * p[4] for p in plan)],
        ],
    )
    return Case("cinema.xlsx", book.xlsx(), "EUR", [line(f"{p[0]}|{p[1]}", p[2] * p[3] * p[4], f"F{r}") for r, p in enumerate(plan, 2)])


def tv_grp_by_month_cost_by_month() -> Case:
    """TV: GRPs by month, then cost by month, then sums."""
    book = Book()
    tab = book.tab("TV 2026")
    months = ["Sep", "Oct", "Nov"]
    tab.rows(
        "A1",
        [["Station", "GRP", None, None, "Cost (EUR)", None, None, "Total GRP", "Total cost (EUR)"], [None, *months, *months, None, None]],
    )
    tab.merges += ["B1:D1", "E1:G1"]
    plan = [("RTL", [100, 120, 90], 700), ("Pro7", [60, 0, 80], 820), ("VOX", [40, 40, 40], 590)]
    tab.rows("A3", [[s, *g, *[x * c for x in g], sum(g), sum(g) * c] for s, g, c in plan])
    tab.rows(
        "A6", [["Total", 200, 160, 210, *[sum(p[1][i] * p[2] for p in plan) for i in range(3)], 570, sum(sum(p[1]) * p[2] for p in plan)]]
    )
    firsts = ["2026-09-01", "2026-10-01", "2026-11-01"]
    return Case(
        "tv.xlsx", book.xlsx(), "EUR", [line(s, sum(g) * c, periods={d: x * c for d, x in zip(firsts, g, strict=True)}) for s, g, c in plan]
    )


def plan_with_kpi_tab() -> Case:
    """A tab of targets by channel beside the plan: targets are no money."""
    book = Book()
    _plan_tab(book, "Media plan", [("Search", "Google", 25000), ("Social", "Meta", 18000)])
    book.tab("KPIs").rows(
        "A1",
        [
            ["Channel", "Impressions", "Clicks", "Conversions", "Target CPA (€)", "Revenue target (€)"],
            ["Search", 600000, 24000, 900, 27.8, 90000],
            ["Social", 2500000, 20000, 400, 45, 40000],
            ["Total", 3100000, 44000, 1300, None, 130000],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "EUR", [line("Search|Google", 25000), line("Social|Meta", 18000)])


def percent_of_budget_by_month() -> Case:
    """The budget at the left and the months as shares of it."""
    book = Book()
    tab = book.tab("Phasing")
    plan = [("TV", 300000, (0.5, 0.3, 0.2)), ("Digital", 120000, (0.25, 0.25, 0.5))]
    tab.rows(
        "A1",
        [
            ["Channel", "Budget 2026 €", "Jan", "Feb", "Mar", "Check"],
            *[[c, b, *s, 1] for c, b, s in plan],
            ["Total", 420000, None, None, None, None],
        ],
    )
    tab.style("C2:F3", "0%")
    return Case("phasing.xlsx", book.xlsx(), "EUR", [line("TV", 300000, "B2"), line("Digital", 120000, "B3")])


def totals_by_brand_below() -> Case:
    """Lines of two brands mixed; sums by brand and the whole under them."""
    book = Book()
    tab = book.tab("Plan")
    plan = [("Alfa", "Search", 10000), ("Beta", "Search", 7000), ("Alfa", "Social", 8000), ("Beta", "Social", 5000)]
    tab.rows(
        "A1",
        [
            ["Brand", "Channel", "Cost £"],
            *map(list, plan),
            [],
            ["Total Alfa", None, 18000],
            ["Total Beta", None, 12000],
            ["Total", None, 30000],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "GBP", [line(f"{b}|{c}", a, f"C{r}") for r, (b, c, a) in enumerate(plan, 2)])


def ledger_of_bookings() -> Case:
    """A row a booking with PO, invoice number and date, net, VAT and gross."""
    book = Book()
    tab = book.tab("Bookings")
    plan = [
        ("PO-1", date(2026, 1, 12), "Google Ireland", "Search Jan", 10000),
        ("PO-2", date(2026, 1, 20), "Meta Platforms", "Social Jan", 6000),
        ("PO-3", date(2026, 2, 9), "Google Ireland", "Search Feb", 11000),
    ]
    tab.rows(
        "A1",
        [
            ["PO", "Booking date", "Supplier", "Campaign", "Net (EUR)", "VAT 19%", "Gross (EUR)"],
            *[[*p, p[4] * 0.19, p[4] * 1.19] for p in plan],
            ["Total", None, None, None, 27000, 5130, 32130],
        ],
    )
    return Case("bookings.xlsx", book.xlsx(), "EUR", [line(p[3], p[4], f"E{r}") for r, p in enumerate(plan, 2)], basis="net")


def two_plans_for_two_products_stacked() -> Case:
    """Two products under each other on one tab, each head over its own months."""
    book = Book()
    tab = book.tab("Plan")
    row, lines = 1, []
    for product, months in (("Product: Shampoo", (2, 3)), ("Product: Soap", (5, 6))):
        plan = [("TV", [30000, 20000]), ("Social", [4000, 4000])]
        tab.rows(
            f"A{row}",
            [
                [product],
                ["Channel", *[date(2026, m, 1) for m in months], "Total €"],
                *[[c, *a, sum(a)] for c, a in plan],
                ["Total", 34000, 24000, 58000],
                [],
            ],
        )
        tab.style(f"B{row + 1}:C{row + 1}", "mmmm yyyy")
        lines += [line(c, sum(a), periods={f"2026-0{m}-01": x for m, x in zip(months, a, strict=True)}) for c, a in plan]
        row += 6
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)
