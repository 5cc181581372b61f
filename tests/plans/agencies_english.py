"""Plans as agencies in Britain and America make them, with their truth."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests.plans.paper import Book, Case, F, Line, line


def us_flowchart() -> Case:
    """American flowchart: Mondays across with fills and x, and net and gross cost at the right."""
    book = Book()
    tab = book.tab("Flowchart")
    tab.rows("A1", [["Harbor Coffee | 2026 Media Flowchart"], ["Prepared by: Beacon Media"], []])
    mondays = [date(2026, 3, 2) + timedelta(weeks=w) for w in range(8)]
    tab.rows("A4", [["Media", "Vendor", "Placement", *mondays, "Impressions", "Net Cost", "Gross Cost"]])
    tab.style("D4:K4", "m/d")
    plan = [
        ("CTV", "Hulu", ":30 Non-skip", (0, 3), 1200000, 34000),
        ("Audio", "Spotify", ":15 Audio", (2, 7), 2500000, 25500),
        ("OOH", "Lamar", "Digital Bulletins", (4, 7), 4000000, 61200),
    ]
    lines = []
    for row, (media, vendor, place, (first, last), imps, net) in enumerate(plan, start=5):
        tab.rows(f"A{row}", [[media, vendor, place]])
        for week in range(first, last + 1):
            tab.fill(f"{chr(68 + week)}{row}", "4472C4")
        tab.rows(f"L{row}", [[imps, net, round(net / 0.85, 2)]])
        lines.append(line(vendor, net, f"M{row}", dates=f"{mondays[first]}..{mondays[last] + timedelta(days=6)}"))
    tab.rows("A9", [["TOTAL"]])
    tab.rows("L9", [[7700000, 120700, 142000]])
    tab.style("M5:N9", '"$"#,##0.00')
    return Case("flowchart.xlsx", book.xlsx(), "USD", lines, basis="net")


def uk_scenarios() -> Case:
    """Low, mid and high budgets on three tabs after an overview."""
    book = Book()
    top = book.tab("Overview")
    base = [("Search", "Google", 20000), ("Social", "Meta", 30000), ("Video", "YouTube", 10000)]
    levels = {"Low": Decimal("0.5"), "Mid": Decimal(1), "High": Decimal("1.5")}
    top.rows("A1", [["Scenario", "Total budget (GBP)"], *[[n, float(60000 * f)] for n, f in levels.items()]])
    versions = []
    for name, factor in levels.items():
        tab = book.tab(f"Scenario {name}")
        tab.rows("A1", [[f"{name} scenario - all figures GBP excl. VAT"], [], ["Channel", "Platform", "Start", "End", "Budget"]])
        tab.rows("A4", [[c, p, date(2026, 9, 1), date(2026, 11, 30), float(b * factor)] for c, p, b in base])
        tab.rows("A7", [["Total", None, None, None, float(60000 * factor)]])
        versions.append([line(p, b * factor, dates="2026-09-01..2026-11-30") for _, p, b in base])
    return Case("scenarios.xlsx", book.xlsx(), "GBP", versions=versions)


def us_uncached_cpm() -> Case:
    """Cost = impressions / 1000 x CPM, written by a script: no value in any formula."""
    book = Book()
    tab = book.tab("IO")
    tab.rows(
        "A1", [["Insertion Order 2026-114"], [], ["Site", "Ad Unit", "Flight Start", "Flight End", "Impressions", "CPM ($)", "Cost ($)"]]
    )
    plan = [("nytimes.com", "Billboard", 2000000, 18), ("espn.com", "Half page", 1500000, 12.5), ("weather.com", "Mobile", 900000, 7)]
    for row, (site, unit, imps, cpm) in enumerate(plan, start=4):
        tab.rows(f"A{row}", [[site, unit, F("=DATE(2026,4,1)"), F(f"=EOMONTH(C{row},1)"), imps, cpm, F(f"=ROUND(E{row}/1000*F{row},2)")]])
    tab.style("C4:D6", "mm/dd/yyyy")
    tab.rows("A7", [["Total", None, None, None, F("=SUM(E4:E6)"), None, F("=SUM(G4:G6)")]])
    lines = [line(s, i / 1000 * c, f"G{r}", dates="2026-04-01..2026-05-31") for r, (s, _, i, c) in enumerate(plan, start=4)]
    return Case("io.xlsx", book.xlsx(), "USD", lines)


def uk_two_currencies() -> Case:
    """Local budgets in each row's own currency beside their euro value."""
    book = Book()
    tab = book.tab("EMEA")
    tab.rows("A1", [["EMEA launch plan 2026"], [], ["Market", "Channel", "Currency", "Budget (local)", "FX rate", "Budget (EUR)"]])
    plan = [("UK", "Meta", "GBP", 42000, 1.16), ("Switzerland", "Google", "CHF", 30000, 1.05), ("Germany", "Meta", "EUR", 55000, 1.0)]
    tab.rows("A4", [[m, c, cur, b, fx, round(b * fx, 2)] for m, c, cur, b, fx in plan])
    tab.rows("A7", [["Total", None, None, None, None, 135220]])
    lines = [line(m, round(b * fx, 2), f"F{r}") for r, (m, _, _, b, fx) in enumerate(plan, start=4)]
    return Case("emea.xlsx", book.xlsx(), "EUR", lines)


def us_title_on_header() -> Case:
    """The title stands directly above the header, no row between."""
    book = Book()
    tab = book.tab("Budget")
    tab.rows("A1", [["Q2 Paid Media Budget - Trailhead Outdoors"]])
    tab.rows("A2", [["Channel", "Campaign", "Start Date", "End Date", "Budget"]])
    plan = [("Paid Search", "Brand", 15000), ("Paid Social", "Prospecting", 27500), ("Affiliate", "Q2 push", 6000)]
    tab.rows("A3", [[c, n, date(2026, 4, 1), date(2026, 6, 30), b] for c, n, b in plan])
    tab.style("E3:E6", "$#,##0")
    tab.style("C3:D5", "m/d/yyyy")
    tab.rows("A6", [["Total", None, None, None, 48500]])
    lines = [line(f"{c}|{n}", b, f"E{r}", dates="2026-04-01..2026-06-30") for r, (c, n, b) in enumerate(plan, start=3)]
    return Case("budget.xlsx", book.xlsx(), "USD", lines)


def uk_shares_only() -> Case:
    """A labelled total on top and a share a line, no amounts."""
    book = Book()
    tab = book.tab("Split")
    tab.rows("A1", [["Channel split - Autumn 2026"], ["Total budget", 80000], [], ["Channel", "Platform", "Share of budget"]])
    tab.style("B2", "£#,##0")
    plan = [("Search", "Google", 0.35), ("Social", "Meta", 0.4), ("Video", "YouTube", 0.15), ("Audio", "Spotify", 0.1)]
    tab.rows("A5", [list(p) for p in plan])
    tab.style("C5:C9", "0%")
    tab.rows("A9", [["Total", None, 1]])
    return Case("split.xlsx", book.xlsx(), "GBP", [line(p, 80000 * Decimal(str(s))) for _, p, s in plan])


def uk_shares_short() -> Case:
    """Shares that add up to 90% only: nobody can know where the rest goes."""
    book = Book()
    tab = book.tab("Split")
    tab.rows("A1", [["Channel split - Autumn 2026"], ["Total budget", 80000], [], ["Channel", "Platform", "Share of budget"]])
    tab.style("B2", "£#,##0")
    plan = [("Search", "Google", 0.35), ("Social", "Meta", 0.3), ("Video", "YouTube", 0.15), ("Audio", "Spotify", 0.1)]
    tab.rows("A5", [list(p) for p in plan])
    tab.style("C5:C8", "0%")
    return Case("split.xlsx", book.xlsx(), "GBP", [], asks=frozenset({"shares_only"}))


def us_months_against_budget() -> Case:
    """Every line's months add up to something else than its budget: nobody can know which is meant."""
    book = Book()
    tab = book.tab("FY26")
    tab.rows("A1", [["Channel", "Partner", "Budget", "Jan 2026", "Feb 2026", "Mar 2026"]])
    plan = [
        ("Search", "Google", 10000, [3000, 3000, 3500]),
        ("Social", "Meta", 20000, [8000, 7000, 7200]),
        ("CTV", "Roku", 15000, [4000, 4000, 4100]),
    ]
    tab.rows("A2", [[c, p, b, *m] for c, p, b, m in plan])
    tab.style("C2:F4", "$#,##0")
    return Case("fy26.xlsx", book.xlsx(), "USD", [line(p, b) for _, p, b, _ in plan], asks=frozenset({"which_budget"}))


def us_blank_template() -> Case:
    """A template nobody filled in."""
    book = Book()
    tab = book.tab("Media Plan Template")
    tab.rows("A1", [["MEDIA PLAN TEMPLATE"], ["Client:", ""], ["Campaign:", ""], []])
    tab.rows(
        "A5", [["Channel", "Publisher", "Start Date", "End Date", "Impressions", "CPM", "Budget"], ["e.g. Social"], ["e.g. Search"], [], []]
    )
    tab.rows("A12", [["TOTAL", None, None, None, F("=SUM(E6:E11)", 0), None, F("=SUM(G6:G11)", 0)]])
    return Case("template.xlsx", book.xlsx(), None, [], warns=frozenset({"blank_template"}))


def uk_kpi_targets() -> Case:
    """Target revenue and target CPA beside the budget; the targets are money too and larger."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            [
                "Channel",
                "Platform",
                "Objective",
                "Target revenue (£)",
                "Target CPA (£)",
                "Target ROAS",
                "Monthly budget (£)",
                "Months",
                "Total budget (£)",
            ]
        ],
    )
    plan = [
        ("Search", "Google", "Sales", 240000, 18, 4, 10000, 6),
        ("Social", "Meta", "Sales", 150000, 22, 2.5, 10000, 6),
        ("Video", "YouTube", "Awareness", 30000, 40, 1, 6000, 5),
    ]
    tab.rows("A2", [[*p, p[6] * p[7]] for p in plan])
    tab.rows("A5", [["Total", None, None, 420000, None, None, None, None, 150000]])
    return Case("kpi.xlsx", book.xlsx(), "GBP", [line(p[1], p[6] * p[7], f"I{r}") for r, p in enumerate(plan, start=2)])


def _spread(months: list[str], parts: list[int]) -> dict[str, int]:
    return dict(zip(months, parts, strict=True))


def us_quarters_and_year() -> Case:
    """Months with quarter sums between them and a full-year column, all labelled in two header rows."""
    book = Book()
    tab = book.tab("FY2026")
    tab.rows("A1", [["FY2026 Marketing Budget (USD)"], []])
    tab.rows("A3", [[None, None, "Q1", None, None, None, "Q2", None, None, None, "FY"]])
    tab.merges += ["C3:F3", "G3:J3"]
    tab.rows("A4", [["Channel", "Vendor", "Jan-26", "Feb-26", "Mar-26", "Q1 Total", "Apr-26", "May-26", "Jun-26", "Q2 Total", "Total"]])
    plan = [("Search", "Google", [5000, 5200, 5400, 6000, 6100, 6300]), ("Social", "Meta", [7000, 7000, 7500, 0, 0, 9000])]
    months = [f"2026-0{m}-01" for m in range(1, 7)]
    lines: list[Line] = []
    for row, (c, v, p) in enumerate(plan, start=5):
        tab.rows(f"A{row}", [[c, v, *p[:3], sum(p[:3]), *p[3:], sum(p[3:]), sum(p)]])
        lines.append(line(v, sum(p), f"K{row}", periods=_spread(months, p)))
    columns = [sum(tab.cells[r, c] for r in (5, 6)) for c in range(3, 12)]
    tab.rows("A7", [["Total", None, *columns]])
    return Case("fy.xlsx", book.xlsx(), "USD", lines)
