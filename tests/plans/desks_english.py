"""Larger plans as desks in Britain and America make them, with their truth."""

from __future__ import annotations

from datetime import date, timedelta

from tests.plans.paper import Book, Case, F, line


def us_tv_buy() -> Case:
    """Television buy: spots a week across, rate a spot, rating, total cost; weeks count spots, not money."""
    book = Book()
    tab = book.tab("WXYZ")
    tab.rows("A1", [["Spot TV Buy - Detroit DMA"], ["Flight: 9/7/2026 - 10/4/2026"], []])
    tab.rows("A4", [["Station", "Daypart", "Program", "Rate", "Rtg", "9/7", "9/14", "9/21", "9/28", "Total Spots", "Total Cost"]])
    plan = [
        ("WXYZ", "EN", "News at 6", 450, 3.2, [4, 4, 3, 3]),
        ("WDIV", "PR", "Prime rotator", 1800, 5.1, [2, 2, 2, 0]),
        ("WJBK", "EM", "Morning", 250, 1.8, [5, 5, 5, 5]),
    ]
    lines = []
    for row, (s, d, p, rate, rtg, spots) in enumerate(plan, start=5):
        tab.rows(f"A{row}", [[s, d, p, rate, rtg, *spots, sum(spots), rate * sum(spots)]])
        lines.append(line(s, rate * sum(spots), f"K{row}"))
    sums = [sum(p[5][i] for p in plan) for i in range(4)]
    tab.rows("A8", [["TOTAL", None, None, None, None, *sums, sum(sums), sum(p[3] * sum(p[5]) for p in plan)]])
    tab.style("D5:D7", "$#,##0")
    tab.style("K5:K8", "$#,##0")
    return Case("buy.xlsx", book.xlsx(), "USD", lines)


def us_quarter_columns_usd() -> Case:
    """Quarters across with the year in each, annual total, and share of budget at the right."""
    book = Book()
    tab = book.tab("2026")
    tab.rows("A1", [["Channel", "Agency lead", "Q1 2026", "Q2 2026", "Q3 2026", "Q4 2026", "2026 Total", "% of total"]])
    plan = [("Paid search", "Kim", [100000, 110000, 90000, 150000]), ("Linear TV", "Joe", [500000, 0, 250000, 600000])]
    lines = []
    for row, (c, who, p) in enumerate(plan, start=2):
        tab.rows(f"A{row}", [[c, who, *p, sum(p), sum(p) / 1800000]])
        lines.append(
            line(c, sum(p), f"G{row}", periods=dict(zip(["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"], p, strict=True)))
        )
    tab.rows("A4", [["Total", None, 600000, 110000, 340000, 750000, 1800000, 1]])
    tab.style("C2:G4", "$#,##0")
    tab.style("H2:H4", "0.0%")
    return Case("annual.xlsx", book.xlsx(), "USD", lines)


def us_long_codes() -> Case:
    """Exports of a planning tool: ids, codes, ISO dates, a cost method, gross and net, no total."""
    book = Book()
    tab = book.tab("placements")
    head = [
        "placement_id",
        "campaign_name",
        "site_name",
        "placement_name",
        "start_date",
        "end_date",
        "cost_method",
        "rate",
        "units",
        "gross_cost",
        "net_cost",
        "currency",
    ]
    tab.rows("A1", [head])
    plan = [
        ("P100", "Fall", "hulu.com", "HULU_CTV_30", "CPM", 28, 1500000, 42000),
        ("P101", "Fall", "nyt.com", "NYT_BB", "CPM", 18, 1000000, 18000),
    ]
    tab.rows(
        "A2",
        [[i, c, s, n, "2026-09-01", "2026-11-30", m, rate, u, round(net / 0.85, 2), net, "USD"] for i, c, s, n, m, rate, u, net in plan],
    )
    lines = [line(p[2], p[7], dates="2026-09-01..2026-11-30") for p in plan]
    return Case("placements.csv", book.csv(), "USD", lines, basis="net")


def us_uncached_unknown() -> Case:
    """A formula that nothing here computes: named, never nought."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Platform", "Budget USD"],
            ["Search", "Google", F('=GETPIVOTDATA("x",A9)')],
            ["Social", "Meta", 5000],
            ["Video", "YouTube", 2500],
        ],
    )
    return Case(
        "plan.xlsx", book.xlsx(), "USD", [line("Meta", 5000, "C3"), line("YouTube", 2500, "C4")], warns=frozenset({"formula_without_value"})
    )


def uk_weekly_amounts_monthly_band() -> Case:
    """Months over week-commencing days, amounts in the weeks."""
    book = Book()
    tab = book.tab("Phasing")
    weeks = [date(2026, 8, 31) + timedelta(weeks=w) for w in range(8)]
    tab.rows(
        "A1",
        [
            ["Q4 phasing, GBP ex VAT"],
            [],
            [None, None, "September 2026", None, None, None, "October 2026"],
            ["Channel", "Platform", *weeks, "Total"],
        ],
    )
    tab.merges += ["C3:F3", "G3:J3"]
    tab.style("C4:J4", "dd-mmm")
    lines = []
    for row, (c, p, b) in enumerate([("Social", "Meta", 1000), ("Search", "Google", 700)], start=5):
        parts = [b + 50 * i for i in range(8)]
        tab.rows(f"A{row}", [[c, p, *parts, sum(parts)]])
        lines.append(line(p, sum(parts), f"K{row}", periods={str(d): v for d, v in zip(weeks, parts, strict=True)}))
    sums = [sum(tab.cells[r, c] for r in (5, 6)) for c in range(3, 12)]
    tab.rows("A7", [["Total", None, *sums]])
    return Case("phasing.xlsx", book.xlsx(), "GBP", lines, basis="net")
