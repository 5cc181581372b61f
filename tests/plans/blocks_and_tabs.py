"""Plans in blocks, on several tabs, turned or pivoted, with their truth."""

from __future__ import annotations

from datetime import date

from tests.plans.paper import Book, Case, line


def transposed_fact_sheet() -> Case:
    """Line items as columns, attributes down the rows."""
    book = Book()
    tab = book.tab("Plan")
    cols = [
        ("Meta", "Reels", date(2026, 3, 2), date(2026, 3, 29), 12000, 1500000),
        ("YouTube", "Bumper 6s", date(2026, 3, 9), date(2026, 4, 5), 18000, 2400000),
        ("Spotify", "Audio 30s", date(2026, 3, 2), date(2026, 3, 15), 7500, 500000),
    ]
    names = ["Channel", "Format", "Start", "End", "Net budget (EUR)", "Impressions", "CPM"]
    table = [[n, *[c[i] for c in cols]] for i, n in enumerate(names[:6])]
    table[4].append(37500)
    table[5].append(4400000)
    table[0].append("Total")
    table.append(["CPM", *[c[4] / c[5] * 1000 for c in cols], 37500 / 4400])
    tab.rows("B3", table)
    lines = [line(f"{c[0]}|{c[1]}", c[4], f"{'CDE'[i]}7", dates=f"{c[2]}..{c[3]}") for i, c in enumerate(cols)]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines, basis="net")


def stacked_markets_mute_repeat() -> Case:
    """A block a market; the second head lacks its money word; sums by market and a total."""
    book = Book()
    tab = book.tab("Nordics")
    tab.rows("A1", [["DENMARK"], ["Channel", "Supplier", "Start", "End", "Cost (EUR)"]])
    dk = [("TV", "TV2", 40000), ("Social", "Snap", 9000)]
    se = [("TV", "TV4", 55000), ("OOH", "Ocean", 21000), ("Social", "Meta", 12500)]
    d = [date(2026, 9, 1), date(2026, 9, 30)]
    tab.rows(
        "A3",
        [[c, s, *d, b] for c, s, b in dk]
        + [["Total Denmark", None, None, None, 49000], [], ["SWEDEN"], ["Channel", "Supplier", "Start", "End", None]],
    )
    tab.rows(
        "A9", [[c, s, *d, b] for c, s, b in se] + [["Total Sweden", None, None, None, 88500], ["TOTAL NORDICS", None, None, None, 137500]]
    )
    lines = [
        line(f"{c}|{s}", b, f"E{r}", dates="2026-09-01..2026-09-30")
        for r, (c, s, b) in [(3, dk[0]), (4, dk[1]), (9, se[0]), (10, se[1]), (11, se[2])]
    ]
    return Case("nordics.xlsx", book.xlsx(), "EUR", lines)


def brands_side_by_side() -> Case:
    """Two brands beside each other, different row counts, own totals."""
    book = Book()
    tab = book.tab("Brands")
    a = [("Search", "Google", 10000), ("Social", "Meta", 8000), ("Video", "YouTube", 6000)]
    b = [("Social", "TikTok", 7000), ("OOH", "Ströer", 25000)]
    tab.rows("A1", [["Brand Alpha"], ["Channel", "Platform", "Budget €"], *map(list, a), ["Total", None, 24000]])
    tab.rows("F1", [["Brand Beta"], ["Channel", "Platform", "Budget €"], *map(list, b), ["Total", None, 32000]])
    lines = [line(f"{c}|{p}", v, f"C{r}") for r, (c, p, v) in enumerate(a, 3)] + [
        line(f"{c}|{p}", v, f"H{r}") for r, (c, p, v) in enumerate(b, 3)
    ]
    return Case("brands.xlsx", book.xlsx(), "EUR", lines)


def month_tabs_add_up() -> Case:
    """A tab a month with the same lines, an overview of totals first."""
    book = Book()
    top = book.tab("Overview")
    months = {"January": (1, [5000, 3000]), "February": (2, [5500, 2000]), "March": (3, [6000, 4000])}
    top.rows("A1", [["2026 Q1 overview"], ["Month", "Budget £"], *[[n, sum(v)] for n, (_, v) in months.items()], ["Total", 25500]])
    lines = []
    for name, (_m, amounts) in months.items():
        tab = book.tab(f"{name} 26")
        tab.rows(
            "A1",
            [
                ["Channel", "Platform", "Objective", "Budget £"],
                ["Search", "Google", "Sales", amounts[0]],
                ["Social", "Meta", "Traffic", amounts[1]],
                ["Total", None, None, sum(amounts)],
            ],
        )
        lines += [line("Search|Google", amounts[0], "D2"), line("Social|Meta", amounts[1], "D3")]
    return Case("q1.xlsx", book.xlsx(), "GBP", lines)


def option_tabs() -> Case:
    """Options at different money: alternatives."""
    book = Book()
    versions = []
    for name, k in (("Option A – 100k", 1.0), ("Option B – 150k", 1.5)):
        tab = book.tab(name)
        plan = [("TV", "RTL", 60000 * k), ("Radio", "FFH", 15000 * k), ("Online", "Meta", 25000 * k)]
        tab.rows("A1", [["Kanal", "Anbieter", "Budget netto in €"], *map(list, plan), ["Summe", None, 100000 * k]])
        versions.append([line(f"{c}|{s}", b) for c, s, b in plan])
    return Case("optionen.xlsx", book.xlsx(), "EUR", versions=versions)


def revision_tabs() -> Case:
    """V1, V2 and V3 of one plan on tabs; the one that is called final counts, the others are named."""
    book = Book()
    versions = []
    for name, b in (("Plan V1", [30000, 20000, 5000]), ("Plan V2", [28000, 22000, 5000]), ("Plan V3 FINAL", [28000, 24000, 6500])):
        tab = book.tab(name)
        plan = list(zip(("Search", "Social", "Native"), ("Google", "Meta", "Outbrain"), b, strict=False))
        tab.rows(
            "A1",
            [
                ["Channel", "Vendor", "Start", "End", "Budget USD"],
                *[[c, v, date(2026, 1, 1), date(2026, 3, 31), x] for c, v, x in plan],
                ["Total", None, None, None, sum(b)],
            ],
        )
        versions.append([line(f"{c}|{v}", x) for c, v, x in plan])
    return Case("plan.xlsx", book.xlsx(), "USD", versions[-1], warns=frozenset({"other_table"}))


def pivot_compact() -> Case:
    """Pivot in compact form: channels with their sums above their vendors, indented, Grand Total."""
    book = Book()
    tab = book.tab("Pivot")
    rows = [["Row Labels", "Sum of Net Budget"]]
    plan = {"Digital": [("Google", 42000), ("Meta", 31000), ("Teads", 9000)], "OOH": [("JCDecaux", 27000), ("Ströer", 15500)]}
    lines = []
    for ch, vs in plan.items():
        rows.append([ch, sum(b for _, b in vs)])
        for v, b in vs:
            rows.append(["   " + v, b])
            lines.append(line(v, b, f"B{len(rows) + 2}"))
    rows.append(["Grand Total", 124500])
    tab.rows("A3", rows)
    tab.style("B4:B12", '#,##0 "€"')
    return Case("pivot.xlsx", book.xlsx(), "EUR", lines)


def pivot_tabular_channel_totals() -> Case:
    """Pivot in tabular form: blanks for repeated labels, `Search Total` rows, months across."""
    book = Book()
    tab = book.tab("Sheet4")
    tab.rows("A1", [["Sum of Spend", None, "Month"], ["Channel", "Campaign", "Jan", "Feb", "Grand Total"]])
    tab.rows(
        "A3",
        [
            ["Search", "Brand", 1200, 1300, 2500],
            [None, "Generic", 4000, 4100, 8100],
            ["Search Total", None, 5200, 5400, 10600],
            ["Social", "Prospecting", 3000, 3500, 6500],
            [None, "Retargeting", 900, 800, 1700],
            ["Social Total", None, 3900, 4300, 8200],
            ["Grand Total", None, 9100, 9700, 18800],
        ],
    )
    tab.style("C3:E9", "[$$-409]#,##0.00")
    lines = [line("Search|Brand", 2500), line("Search|Generic", 8100), line("Social|Prospecting", 6500), line("Social|Retargeting", 1700)]
    return Case("pivot.xlsx", book.xlsx(), "USD", lines, asks=frozenset({"missing_year"}))


def summary_then_flowchart() -> Case:
    """A budget summary by channel, the flowchart with the same money by supplier below."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1", [["Budget summary"], ["Channel", "Budget", "Share"], ["TV", 90000, 0.6], ["Digital", 60000, 0.4], ["Total", 150000, 1.0], []]
    )
    tab.rows("A7", [["Flowchart"], ["Channel", "Supplier", "Format", "Cost", *[f"W{i}" for i in range(10, 20)]]])
    plan = [
        ("TV", "ITV", "30s", 60000, 10, 14),
        ("TV", "C4", "30s", 30000, 12, 16),
        ("Digital", "Meta", "Video", 35000, 10, 19),
        ("Digital", "DV360", "Display", 25000, 12, 19),
    ]
    for r, p in enumerate(plan, 9):
        tab.rows(f"A{r}", [list(p[:4])])
        for w in range(p[4], p[5] + 1):
            tab.fills[r, 5 + w - 10] = "00B050"
    tab.rows("A13", [["Total", None, None, 150000]])
    tab.style("B3:B5", "£#,##0")
    tab.style("D9:D13", "£#,##0")
    return Case("plan.xlsx", book.xlsx(), "GBP", [line(f"{p[0]}|{p[1]}", p[3], f"D{r}") for r, p in enumerate(plan, 9)])


def quarter_summary_month_detail() -> Case:
    """The summary in quarters, the detail tab in months with vendors; the same money."""
    book = Book()
    top = book.tab("Summary")
    top.rows(
        "A1",
        [
            ["Channel", "Q1 2026", "Q2 2026", "Total"],
            ["Search", 30000, 33000, 63000],
            ["Social", 15000, 18000, 33000],
            ["Total", 45000, 51000, 96000],
        ],
    )
    low = book.tab("Detail")
    months = [date(2026, m, 1) for m in range(1, 7)]
    plan = [
        ("Search", "Google", [8000, 8000, 8000, 9000, 9000, 9000]),
        ("Search", "Bing", [2000] * 6),
        ("Social", "Meta", [5000] * 3 + [6000] * 3),
    ]
    low.rows(
        "A1",
        [
            ["Channel", "Vendor", *months, "Total €"],
            *[[c, v, *a, sum(a)] for c, v, a in plan],
            ["Total", None, *[sum(p[2][i] for p in plan) for i in range(6)], 96000],
        ],
    )
    low.style("C1:H1", "mmm yy")
    lines = [line(f"{c}|{v}", sum(a), periods={f"2026-0{m + 1}-01": x for m, x in enumerate(a)}) for c, v, a in plan]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def csv_two_stacked() -> Case:
    """CSV with two tables, one a campaign, an empty line between."""
    book = Book()
    tab = book.tab("x")
    tab.rows(
        "A1",
        [
            ["Campaign: Spring"],
            ["Channel", "Vendor", "Start", "End", "Budget USD"],
            ["Search", "Google", "2026-03-01", "2026-03-31", "5,000.00"],
            ["Social", "Meta", "2026-03-01", "2026-03-31", "4,500.00"],
            ["Total", "", "", "", "9,500.00"],
            [],
            ["Campaign: Summer"],
            ["Channel", "Vendor", "Start", "End", "Budget USD"],
            ["Video", "YouTube", "2026-06-01", "2026-06-30", "12,000.00"],
            ["Total", "", "", "", "12,000.00"],
        ],
    )
    lines = [
        line("Search|Google", 5000, "E3", dates="2026-03-01..2026-03-31"),
        line("Social|Meta", 4500, "E4", dates="2026-03-01..2026-03-31"),
        line("Video|YouTube", 12000, "E9", dates="2026-06-01..2026-06-30"),
    ]
    return Case("plan.csv", tab and book.csv(), "USD", lines)
