"""Plans whose money stands in unusual places: cards, spacers, after the total, in pairs and triples, and their truth."""

from __future__ import annotations

from datetime import date, timedelta

from tests.plans.paper import Book, Case, F, line


def options_below_the_total() -> Case:
    """Lines under the total that are only offered."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Publisher", "Cost €"],
            ["TV", "VOX", 60000],
            ["Online", "Bild.de", 25000],
            ["Total", None, 85000],
            [],
            ["Optional (not included)"],
            ["Audio", "Podcast package", 12000],
            ["DOOH", "Airports", 18000],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "EUR", [line("TV|VOX", 60000, "C2"), line("Online|Bild.de", 25000, "C3")])


def second_block_without_head() -> Case:
    """A second block goes on under its title without a head of its own."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Spring burst"],
            ["Channel", "Vendor", "Start", "End", "Budget ($)"],
            ["Search", "Google", date(2026, 3, 1), date(2026, 3, 31), 8000],
            ["Social", "Meta", date(2026, 3, 1), date(2026, 3, 31), 6000],
            ["Total", None, None, None, 14000],
            [],
            ["Autumn burst"],
            ["Search", "Google", date(2026, 9, 1), date(2026, 9, 30), 9000],
            ["Social", "TikTok", date(2026, 9, 1), date(2026, 9, 30), 5000],
            ["Total", None, None, None, 14000],
            ["Grand total", None, None, None, 28000],
        ],
    )
    lines = [
        line("Search|Google", 8000, "E3", dates="2026-03-01..2026-03-31"),
        line("Social|Meta", 6000, "E4", dates="2026-03-01..2026-03-31"),
        line("Search|Google", 9000, "E8", dates="2026-09-01..2026-09-30"),
        line("Social|TikTok", 5000, "E9", dates="2026-09-01..2026-09-30"),
    ]
    return Case("plan.xlsx", book.xlsx(), "USD", lines)


def subtotals_named_by_channel_below() -> Case:
    """After the lines of a channel its name again with their sum."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Supplier", "Net €"],
            ["TV", "RTL", 50000],
            ["TV", "Sat.1", 40000],
            ["TV", None, 90000],
            ["Radio", "ffn", 12000],
            ["Radio", "Antenne", 9000],
            ["Radio", None, 21000],
            [None, None, 111000],
        ],
    )
    lines = [line("TV|RTL", 50000, "C2"), line("TV|Sat.1", 40000, "C3"), line("Radio|ffn", 12000, "C5"), line("Radio|Antenne", 9000, "C6")]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def months_in_triples() -> Case:
    """Under each month budget, impressions and CPM; no sums at the right."""
    book = Book()
    tab = book.tab("Programmatic 2026")
    tab.rows(
        "A1", [["Line", "DSP", "Jan 2026", None, None, "Feb 2026", None, None], [None, None, *["Budget (EUR)", "Impressions", "CPM"] * 2]]
    )
    tab.merges += ["C1:E1", "F1:H1"]
    plan = [("Prospecting", "DV360", 6000, 2000000, 7000, 2300000), ("Retargeting", "The Trade Desk", 3000, 600000, 3500, 700000)]
    tab.rows("A3", [[n, d, a, i, a / i * 1000, b, j, b / j * 1000] for n, d, a, i, b, j in plan])
    tab.rows("A5", [["Total", None, 9000, 2600000, None, 10500, 3000000, None]])
    lines = [line(f"{n}|{d}", a + b, periods={"2026-01-01": a, "2026-02-01": b}) for n, d, a, _, b, _ in plan]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def three_rows_of_head() -> Case:
    """Month, week number and Monday above each other."""
    book = Book()
    tab = book.tab("Weekly")
    mondays = [date(2026, 1, 26) + timedelta(7 * i) for i in range(6)]
    tab.rows(
        "A1",
        [
            ["Channel", "Partner", "Jan", "Feb", None, None, None, "Mar", "Total £"],
            [None, None, *[f"Wk {d.isocalendar().week}" for d in mondays], None],
            [None, None, *mondays, None],
        ],
    )
    tab.merges += ["D1:G1"]
    plan = [("Search", "Google", [1000, 1000, 1200, 1200, 1000, 900]), ("Social", "Pinterest", [0, 500, 500, 500, 0, 0])]
    tab.rows("A4", [[c, p, *[x or None for x in a], sum(a)] for c, p, a in plan])
    tab.rows("A6", [["Total", None, *[sum(p[2][i] for p in plan) for i in range(6)], 7800]])
    lines = [line(f"{c}|{p}", sum(a), periods={str(d): x for d, x in zip(mondays, a, strict=True)}) for c, p, a in plan]
    return Case("weekly.xlsx", book.xlsx(), "GBP", lines)


def days_down_platforms_across() -> Case:
    """A row a day, a column a platform, sums both ways."""
    book = Book()
    tab = book.tab("Daily pacing")
    days = [date(2026, 6, 1) + timedelta(i) for i in range(10)]
    tab.rows(
        "A1",
        [
            ["Date", "Meta", "Google", "TikTok", "Total USD"],
            *[[d, 100 + i, 200, 50, 350 + i] for i, d in enumerate(days)],
            ["Total", 1045, 2000, 500, 3545],
        ],
    )
    lines = [line(c, a) for c, a in (("Meta", 1045), ("Google", 2000), ("TikTok", 500))]
    return Case("pacing.xlsx", book.xlsx(), "USD", lines)


def unit_cost_times_quantity_mute() -> Case:
    """Quantity, cost (a unit), and the product in a column without a head; the total stands under it."""
    book = Book()
    tab = book.tab("Print order")
    plan = [("Gala", "1/1", 2, 21500), ("Bunte", "1/1", 3, 19800), ("Stern", "2/1", 1, 64000)]
    tab.rows("A1", [["Title", "Format", "Qty", "Cost (€)", None], *[[*p, p[2] * p[3]] for p in plan], ["Total", None, 6, None, 166400]])
    return Case("print.xlsx", book.xlsx(), "EUR", [line(f"{p[0]}|{p[1]}", p[2] * p[3], f"E{r}") for r, p in enumerate(plan, 2)])


def pivot_two_values_by_month() -> Case:
    """A pivot with two values under each month, and blanks called (blank)."""
    book = Book()
    tab = book.tab("Pivot")
    tab.rows(
        "A1",
        [
            [None, "Column Labels", None, None, None, None, None],
            [None, "2026-01", None, "2026-02", None, "Total Sum of Cost", "Total Sum of Clicks"],
            ["Row Labels", *["Sum of Cost", "Sum of Clicks"] * 2, None, None],
        ],
    )
    tab.rows(
        "A4",
        [
            ["Google", 1000.5, 400, 1100, 450, 2100.5, 850],
            ["Meta", 800, 900, 750.25, 880, 1550.25, 1780],
            ["(blank)", 20, 5, 0, 0, 20, 5],
            ["Grand Total", 1820.5, 1305, 1850.25, 1330, 3670.75, 2635],
        ],
    )
    tab.style("B4:B7", "[$€-2] #,##0.00")
    tab.style("D4:D7", "[$€-2] #,##0.00")
    tab.style("F4:F7", "[$€-2] #,##0.00")
    return Case("pivot.xlsx", book.xlsx(), "EUR", [line("Google", 2100.5), line("Meta", 1550.25), line("(blank)", 20)])


def csv_with_head_and_foot() -> Case:
    """CSV with lines of metadata above and remarks below."""
    book = Book()
    book.tab("x").rows(
        "A1",
        [
            ["Client:", "Contoso"],
            ["Campaign:", "Back to school 2026"],
            ["Currency:", "GBP"],
            [],
            ["Channel", "Site", "Start", "End", "Net cost"],
            ["Display", "Mumsnet", "2026-08-10", "2026-09-06", "14,500.00"],
            ["Social", "Snapchat", "2026-08-17", "2026-09-06", "9,250.50"],
            ["TOTAL", "", "", "", "23,750.50"],
            [],
            ["All rates valid until 31/07/2026."],
            ["Cancellation: 28 days, 50%"],
        ],
    )
    lines = [
        line("Display|Mumsnet", 14500, "E6", dates="2026-08-10..2026-09-06"),
        line("Social|Snapchat", "9250.50", "E7", dates="2026-08-17..2026-09-06"),
    ]
    return Case("plan.csv", book.csv(), "GBP", lines)


def original_revision_revised() -> Case:
    """Original budget, change, revised budget: the revised counts."""
    book = Book()
    tab = book.tab("Reforecast")
    plan = [("Search", "Google", 50000, -5000), ("Social", "Meta", 30000, 8000), ("CTV", "Roku", 20000, 0)]
    tab.rows(
        "A1",
        [
            ["Channel", "Partner", "Original budget (USD)", "Change", "Revised budget (USD)"],
            *[[c, p, a, d or None, a + d] for c, p, a, d in plan],
            ["Total", None, 100000, 3000, 103000],
        ],
    )
    return Case("ref.xlsx", book.xlsx(), "USD", [line(f"{c}|{p}", a + d, f"E{r}") for r, (c, p, a, d) in enumerate(plan, 2)])


def quarters_of_blocks_with_other_months() -> Case:
    """A block a quarter with the quarter's months; the same lines in each."""
    book = Book()
    tab = book.tab("H1 2026")
    lines, row = [], 1
    for q, months in ((1, (1, 2, 3)), (2, (4, 5, 6))):
        plan = [("Search", [1000 * q, 1100 * q, 1200 * q]), ("Social", [700 * q, 700 * q, 900 * q])]
        tab.rows(
            f"A{row}",
            [
                [f"Q{q}"],
                ["Channel", *[date(2026, m, 1) for m in months], "Total CHF"],
                *[[c, *a, sum(a)] for c, a in plan],
                ["Total", *[sum(p[1][i] for p in plan) for i in range(3)], 5600 * q],
                [],
            ],
        )
        tab.style(f"B{row + 1}:D{row + 1}", "mmm yy")
        lines += [line(c, sum(a), periods={f"2026-{m:02d}-01": x for m, x in zip(months, a, strict=True)}) for c, a in plan]
        row += 6
    return Case("h1.xlsx", book.xlsx(), "CHF", lines)


def spacer_columns() -> Case:
    """An empty column between any two, empty rows between lines."""
    book = Book()
    tab = book.tab("Plan")
    plan = [
        ("OOH", "Clear Channel", date(2026, 5, 4), date(2026, 5, 17), 42000),
        ("Cinema", "DCM", date(2026, 5, 4), date(2026, 5, 31), 31000),
        ("Radio", "Bauer", date(2026, 5, 11), date(2026, 5, 31), 27500),
    ]
    tab.rows(
        "A1",
        [
            ["Medium", None, "Owner", None, "From", None, "To", None, "Cost (£)"],
            [],
            *[x for m, o, a, b, c in plan for x in ([m, None, o, None, a, None, b, None, c], [])],
            ["Total", *[None] * 7, 100500],
        ],
    )
    return Case(
        "plan.xlsx", book.xlsx(), "GBP", [line(f"{m}|{o}", c, f"I{3 + 2 * i}", dates=f"{a}..{b}") for i, (m, o, a, b, c) in enumerate(plan)]
    )


def vertical_labels_merged() -> Case:
    """A narrow merged column at the left says online or offline; the head does not name it."""
    book = Book()
    tab = book.tab("Plan")
    plan = [("Meta", "Reels", 20000), ("YouTube", "Shorts", 15000), ("RTL", 'Spot 20"', 90000), ("Antenne", 'Spot 20"', 18000)]
    tab.rows(
        "A1",
        [
            [None, "Publisher", "Format", "Budget €"],
            ["ONLINE", *plan[0]],
            [None, *plan[1]],
            ["OFFLINE", *plan[2]],
            [None, *plan[3]],
            ["Total", None, None, 143000],
        ],
    )
    tab.merges += ["A2:A3", "A4:A5"]
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "EUR",
        [line(f"{p}|{f}|{'ONLINE' if i < 2 else 'OFFLINE'}", b, f"D{i + 2}") for i, (p, f, b) in enumerate(plan)],
    )


def share_under_each_line() -> Case:
    """Under every line a line with its shares of the months."""
    book = Book()
    tab = book.tab("Plan")
    plan = [("TV", [60000, 40000]), ("Digital", [20000, 30000])]
    rows = [["Media", "Jan-26", "Feb-26", "Total €"]]
    for c, a in plan:
        rows += [[c, *a, sum(a)], ["% of total", *[x / 150000 for x in a], sum(a) / 150000]]
    tab.rows("A1", [*rows, ["Total", 80000, 70000, 150000]])
    for r in (3, 5):
        tab.style(f"B{r}:D{r}", "0.0%")
    lines = [line(c, sum(a), periods={"2026-01-01": a[0], "2026-02-01": a[1]}) for c, a in plan]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def only_the_total_has_money() -> Case:
    """Lines with flights and formats, the money only as one sum: no line has an amount."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Publisher", "Start", "End", "Budget (EUR)"],
            ["TV", "RTL", date(2026, 2, 1), date(2026, 2, 28), None],
            ["Radio", "NRJ", date(2026, 2, 1), date(2026, 2, 28), None],
            ["Online", "Teads", date(2026, 2, 1), date(2026, 2, 28), None],
            ["Total", None, None, None, 200000],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "EUR", [], warns=frozenset({"blank_template"}))


def package_over_all_lines() -> Case:
    """One price merged over every line of a publisher and a lone one beside it; no total."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Publisher", "Placement", "Start", "Net €"],
            ["Axel Springer", "Bild Home", date(2026, 4, 1), 75000],
            ["Axel Springer", "Welt Home", date(2026, 4, 1)],
            ["Axel Springer", "Autobild Home", date(2026, 4, 8)],
            ["Ströer", "t-online Home", date(2026, 4, 1), 28000],
        ],
    )
    tab.merges.append("D2:D4")
    return Case("plan.xlsx", book.xlsx(), "EUR", [line("Axel Springer|Bild Home", 75000, "D2"), line("Ströer|t-online Home", 28000, "D5")])


def sum_first_then_quarters() -> Case:
    """The year's budget first, then the quarters, then remarks with figures."""
    book = Book()
    tab = book.tab("2026")
    plan = [
        ("Paid search", 100000, (20000, 25000, 25000, 30000), "CPC 1.20"),
        ("Paid social", 80000, (20000, 20000, 20000, 20000), "CPM 6.5"),
        ("Influencer", 40000, (0, 20000, 0, 20000), "10 creators"),
    ]
    tab.rows(
        "A1",
        [
            ["Channel", "Budget 2026 (AUD)", "Q1", "Q2", "Q3", "Q4", "Comment"],
            *[[c, t, *q, n] for c, t, q, n in plan],
            ["Total", 220000, 40000, 65000, 45000, 70000, None],
        ],
    )
    firsts = ["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"]
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "AUD",
        [line(c, t, f"B{r}", periods=dict(zip(firsts, q, strict=True))) for r, (c, t, q, _) in enumerate(plan, 2)],
    )


def cross_tab_formulas() -> Case:
    """Amounts that are taken from another tab by formulas without values."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Vendor", "Budget USD"],
            ["Search", "Google", F("=Inputs!B2*Inputs!C2")],
            ["Social", "Meta", F("=Inputs!B3*Inputs!C3")],
            ["Total", None, F("=SUM(C2:C3)")],
        ],
    )
    book.tab("Inputs").rows("A1", [["Channel", "Monthly", "Months"], ["Search", 4000, 3], ["Social", 2500, 4]])
    return Case("plan.xlsx", book.xlsx(), "USD", [line("Search|Google", 12000, "C2"), line("Social|Meta", 10000, "C3")])
