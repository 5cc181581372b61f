"""Plans with months, weeks, days or phases across, with what agencies put between and beside them, and their truth."""

from __future__ import annotations

from datetime import date, timedelta

from tests.plans.paper import Book, Case, F, line


def _sum(values):
    return sum(v for v in values if v)


def fiscal_quarters_between() -> Case:
    """Fiscal year April to March, a quarter's sum after every third month, the year at the right."""
    book = Book()
    tab = book.tab("FY26-27 Plan")
    tab.rows("B2", [["ACME Beverages – Media Investment FY2026/27 (£, net)"]])
    months = ["Apr", "May", "Jun", "Q1", "Jul", "Aug", "Sep", "Q2", "Oct", "Nov", "Dec", "Q3", "Jan", "Feb", "Mar", "Q4", "FY Total"]
    tab.rows("B4", [["Channel", "Supplier", *months]])
    plan = {
        ("TV", "Sky Media"): [40, 55, 60, 0, 0, 45, 70, 80, 90, 30, 20, 25],
        ("OOH", "Global"): [0, 22, 22, 22, 0, 0, 18, 30, 30, 0, 0, 0],
        ("Paid Social", "Meta"): [8, 8, 8, 9, 9, 9, 10, 12, 14, 6, 6, 6],
    }
    firsts = [f"{2026 + (m < 4)}-{m:02d}-01" for m in (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)]
    lines, rows = [], []
    for (channel, supplier), amounts in plan.items():
        amounts = [a * 1000 for a in amounts]
        cells = []
        for q in range(4):
            part = amounts[q * 3 : q * 3 + 3]
            cells += [*[a or None for a in part], _sum(part)]
        rows.append([channel, supplier, *cells, _sum(amounts)])
        lines.append(line(f"{channel}|{supplier}", _sum(amounts), periods=dict(zip(firsts, amounts, strict=False))))
    rows.append(["Total", None, *[_sum(r[i] for r in rows) for i in range(2, len(rows[0]))]])
    tab.rows("B5", rows)
    return Case("fy.xlsx", book.xlsx(), "GBP", lines, basis="net")


def weeks_across_two_totals() -> Case:
    """Weeks by their Monday with money, no total column; gross row and net row under it."""
    book = Book()
    tab = book.tab("Laydown")
    mondays = [date(2026, 3, 2) + timedelta(7 * i) for i in range(10)]
    tab.rows("A1", [["Spring Laydown"], ["w/c", None, *mondays]])
    plan = [
        ("Radio", "Bauer", [5000, 5000, 5000, 0, 0, 5000, 5000, 0, 0, 0]),
        ("Display", "Ozone", [1200] * 10),
        ("Video", "YouTube", [0, 0, 3000, 3000, 3000, 3000, 0, 0, 0, 0]),
    ]
    tab.rows("A3", [[c, s, *[a or None for a in am]] for c, s, am in plan])
    sums = [_sum(p[2][i] for p in plan) for i in range(10)]
    tab.rows("A6", [["Total £", None, *sums]])
    lines = [line(f"{c}|{s}", sum(am), periods={str(d): a for d, a in zip(mondays, am, strict=False)}) for c, s, am in plan]
    return Case("laydown.xlsx", book.xlsx(), "GBP", lines)


def days_in_title_month() -> Case:
    """Days 1-31 across, the month only in the title; spend a day, total at the right."""
    book = Book()
    tab = book.tab("Flighting")
    tab.rows("A1", [["Daily spend plan – March 2026 (USD)"], [], ["Platform", "Campaign", *range(1, 32), "Total"]])
    plan = [
        ("Meta", "Prospecting", [100] * 10 + [150] * 11 + [0] * 10),
        ("Google", "Brand search", [60] * 31),
        ("TikTok", "Launch", [0] * 14 + [400] * 7 + [0] * 10),
    ]
    tab.rows("A4", [[p, c, *[a or None for a in am], sum(am)] for p, c, am in plan])
    tab.rows("A7", [["Total", None, *[_sum(p[2][i] for p in plan) for i in range(31)], _sum(_sum(p[2]) for p in plan)]])
    lines = [line(f"{p}|{c}", sum(am), periods={f"2026-03-{d + 1:02d}": a for d, a in enumerate(am)}) for p, c, am in plan]
    return Case("daily.xlsx", book.xlsx(), "USD", lines)


def gantt_fills_only() -> Case:
    """Bars by fill over week columns under month bands, dates nowhere else; cost at the left of the bars."""
    book = Book()
    tab = book.tab("Flowchart")
    mondays = [date(2026, 4, 6) + timedelta(7 * i) for i in range(12)]
    tab.rows("A1", [["2026 Media Flowchart – client: Northwind"], [], ["Medium", "Format", "Cost €"]])
    last = None
    for i, d in enumerate(mondays):
        if d.month != last:
            tab.cells[3, 5 + i] = d.strftime("%B")
            last = d.month
        tab.cells[4, 5 + i] = d.day
    plan = [
        ("TV", '20" spot', 84000, 0, 3),
        ("DOOH", "Roadside 48", 36000, 2, 5),
        ("Audio", "Spotify 30s", 15000, 4, 9),
        ("Social", "Reels", 22000, 0, 11),
    ]
    lines = []
    for r, (m, f, c, a, b) in enumerate(plan, start=5):
        tab.rows(f"A{r}", [[m, f, c]])
        for i in range(a, b + 1):
            tab.fills[r, 5 + i] = "4472C4"
        lines.append(line(f"{m}|{f}", c, f"C{r}", dates=f"{mondays[a]}..{mondays[b] + timedelta(6)}"))
    tab.rows("A9", [["Total", None, 157000]])
    return Case("flow.xlsx", book.xlsx(), "EUR", lines)


def actual_beside_plan_months() -> Case:
    """Under each month a plan and an actual column; only the plan counts."""
    book = Book()
    tab = book.tab("Tracker 2026")
    months = ["Jan 26", "Feb 26", "Mar 26"]
    tab.rows("A1", [["Channel", "Partner", *[x for m in months for x in (m, None)], "Total", None], [None, None, *["Plan", "Actual"] * 4]])
    for i in range(4):
        tab.merges.append(f"{'CEGI'[i]}1:{'DFHJ'[i]}1")
    plan = [
        ("Search", "Google", [5000, 6000, 7000], [4890.12, 6102.4, None]),
        ("Social", "Meta", [4000, 4000, 4500], [3999.9, 4020, None]),
        ("Affiliates", "Awin", [1000, 1500, 1500], [870.55, 1300, None]),
    ]
    rows = []
    for c, p, pl, ac in plan:
        rows.append([c, p, *[x for pair in zip(pl, ac, strict=False) for x in pair], sum(pl), _sum(ac)])
    rows.append(["Total", None, *[_sum(r[i] for r in rows) for i in range(2, 10)]])
    tab.rows("A3", rows)
    tab.style("C3:J6", "$#,##0.00")
    lines = [line(f"{c}|{p}", sum(pl), periods={f"2026-0{m + 1}-01": a for m, a in enumerate(pl)}) for c, p, pl, _ in plan]
    return Case("tracker.xlsx", book.xlsx(), "USD", lines)


def metrics_alternate_by_name() -> Case:
    """Three rows a channel, named: spend, impressions, clicks; months across; channel stands once."""
    book = Book()
    tab = book.tab("Forecast")
    tab.rows("A1", [["H1 forecast", None, "Jan-26", "Feb-26", "Mar-26", "Apr-26", "Total"]])
    plan = [
        ("Search", [1000, 1100, 1200, 1300], [40000, 44000, 48000, 52000], [2000, 2200, 2400, 2600]),
        ("Display", [800, 800, 900, 900], [400000, 400000, 450000, 450000], [800, 800, 900, 900]),
    ]
    r, lines = 2, []
    for name, spend, imp, clk in plan:
        tab.rows(
            f"A{r}", [[name, "Spend (CHF)", *spend, sum(spend)], [None, "Impressions", *imp, sum(imp)], [None, "Clicks", *clk, sum(clk)]]
        )
        r += 3
        lines.append(line(name, sum(spend), periods={f"2026-0{m + 1}-01": a for m, a in enumerate(spend)}))
    tot = [sum(p[1][m] for p in plan) for m in range(4)]
    tab.rows(f"A{r}", [["Total", "Spend (CHF)", *tot, sum(tot)]])
    return Case("forecast.xlsx", book.xlsx(), "CHF", lines)


def year_end_months_no_year() -> Case:
    """November to February without years, the years in the title."""
    book = Book()
    tab = book.tab("Winter")
    tab.rows("A1", [["Wintercampagne 2026/2027"], [], ["Kanaal", "Uitgever", "November", "December", "Januari", "Februari", "Totaal (€)"]])
    plan = [
        ("TV", "Ster", [30000, 45000, 0, 10000]),
        ("Online video", "YouTube", [8000, 8000, 4000, 4000]),
        ("Radio", "Q-music", [0, 12000, 12000, 0]),
    ]
    tab.rows("A4", [[c, u, *am, sum(am)] for c, u, am in plan])
    tab.rows("A7", [["Totaal", None, *[sum(p[2][i] for p in plan) for i in range(4)], sum(sum(p[2]) for p in plan)]])
    firsts = ["2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01"]
    lines = [line(f"{c}|{u}", sum(am), periods=dict(zip(firsts, am, strict=False))) for c, u, am in plan]
    return Case("winter.xlsx", book.xlsx(), "EUR", lines)


def phases_across() -> Case:
    """Phases with their dates as heads, a budget in each, the sum at the right."""
    book = Book()
    tab = book.tab("Phasing")
    tab.rows(
        "A1",
        [
            ["Model X launch – phasing"],
            [],
            ["Channel", "Teaser", "Launch", "Sustain", "Total budget EUR"],
            [None, "01.02.2026-14.02.2026", "15.02.2026-15.03.2026", "16.03.2026-30.04.2026"],
        ],
    )
    plan = [("Influencers", [15000, 10000, 0]), ("Paid social", [5000, 40000, 20000]), ("DOOH", [0, 60000, 0])]
    tab.rows("A5", [[c, *am, sum(am)] for c, am in plan])
    tab.rows("A8", [["Total", *[sum(p[1][i] for p in plan) for i in range(3)], 150000]])
    lines = [line(c, sum(am)) for c, am in plan]
    return Case("phasing.xlsx", book.xlsx(), "EUR", lines)


def periods_of_four_weeks() -> Case:
    """Retail calendar: thirteen periods P1 to P13, the year's sum; periods have no dates."""
    book = Book()
    tab = book.tab("Retail media FY26")
    tab.rows("A1", [["Retailer", "Placement", *[f"P{i}" for i in range(1, 14)], "FY26 $"]])
    plan = [
        ("Walmart Connect", "Sponsored Products", [10000] * 13),
        ("Kroger KPM", "Onsite display", [0, 0, 5000, 5000] + [0] * 5 + [8000, 8000, 8000, 0]),
        ("Instacart", "Sponsored", [2500] * 12 + [4000]),
    ]
    tab.rows("A2", [[a, b, *[x or None for x in am], sum(am)] for a, b, am in plan])
    tab.rows("A5", [["Total", None, *[sum(p[2][i] for p in plan) for i in range(13)], sum(sum(p[2]) for p in plan)]])
    tab.style("C2:P5", "$#,##0")
    return Case("rm.xlsx", book.xlsx(), "USD", [line(f"{a}|{b}", sum(am)) for a, b, am in plan])


def cumulative_below() -> Case:
    """Months across; under the totals a cumulative row and a share row."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Kanał", "Wydawca", "01.2026", "02.2026", "03.2026", "Suma netto PLN"]])
    plan = [("Wyszukiwarka", "Google", [10000, 12000, 14000]), ("Social", "Meta", [6000, 6000, 6000])]
    tab.rows("A2", [[c, w, *am, sum(am)] for c, w, am in plan])
    tab.rows(
        "A4",
        [
            ["Razem", None, 16000, 18000, 20000, 54000],
            ["Narastająco", None, 16000, 34000, 54000, None],
            ["Udział %", None, 16 / 54, 18 / 54, 20 / 54, 1],
        ],
    )
    lines = [line(f"{c}|{w}", sum(am), periods={f"2026-0{m + 1}-01": a for m, a in enumerate(am)}) for c, w, am in plan]
    return Case("plan.xlsx", book.xlsx(), "PLN", lines, basis="net")


def grp_weeks_cost_right() -> Case:
    """Weekly GRPs in the cells, cost a point and total cost at the right: the weeks are no money."""
    book = Book()
    tab = book.tab("TV Q1")
    weeks = [date(2026, 1, 5) + timedelta(7 * i) for i in range(8)]
    tab.rows("A1", [["Market", "Daypart", "Length", *weeks, "Total GRPs", "CPP ($)", "Total Cost ($)"]])
    plan = [
        ("Chicago", "Prime", ":30", [80, 80, 0, 60, 60, 0, 0, 0], 410),
        ("Chicago", "Early News", ":15", [40] * 8, 190),
        ("Dallas", "Prime", ":30", [70, 0, 70, 0, 70, 0, 70, 0], 330),
    ]
    tab.rows("A2", [[m, d, ln, *[g or None for g in gr], sum(gr), cpp, sum(gr) * cpp] for m, d, ln, gr, cpp in plan])
    tab.rows(
        "A5",
        [
            [
                "TOTAL",
                None,
                None,
                *[sum(p[3][i] for p in plan) for i in range(8)],
                sum(sum(p[3]) for p in plan),
                None,
                sum(sum(p[3]) * p[4] for p in plan),
            ]
        ],
    )
    return Case(
        "tv.xlsx", book.xlsx(), "USD", [line(f"{m}|{d}", sum(gr) * cpp, f"N{r}") for r, (m, d, _, gr, cpp) in enumerate(plan, start=2)]
    )


def long_by_month_blank_labels() -> Case:
    """Long form, a row a month and channel; the month stands once and blank below."""
    book = Book()
    tab = book.tab("Budget")
    tab.rows("A1", [["Month", "Channel", "Platform", "Budget ($)"]])
    r, lines = 2, []
    for m, name in ((1, "January 2026"), (2, "February 2026"), (3, "March 2026")):
        for i, (c, p, b) in enumerate((("Search", "Google", 5000), ("Social", "Meta", 3000), ("Video", "YouTube", 2000))):
            tab.rows(f"A{r}", [[name if i == 0 else None, c, p, b + m * 100]])
            last = {1: 31, 2: 28, 3: 31}[m]
            lines.append(line(f"{c}|{p}", b + m * 100, f"D{r}", dates=f"2026-0{m}-01..2026-0{m}-{last}"))
            r += 1
        tab.rows(f"A{r}", [[f"{name} Total", None, None, 10000 + m * 300]])
        r += 1
    tab.rows(f"A{r}", [["Grand Total", None, None, 31800]])
    return Case("budget.xlsx", book.xlsx(), "USD", lines)


def quarters_with_blank_months() -> Case:
    """Months are there but empty; only the quarters hold money."""
    book = Book()
    tab = book.tab("2026")
    head = ["Channel", "Jan", "Feb", "Mar", "Q1", "Apr", "May", "Jun", "Q2", "H1 2026 (USD)"]
    tab.rows("A1", [head])
    plan = [("Search", 30000, 35000), ("Social", 20000, 25000), ("Programmatic", 12000, 0)]
    tab.rows("A2", [[c, None, None, None, a, None, None, None, b or None, a + b] for c, a, b in plan])
    tab.rows("A5", [["Total", None, None, None, 62000, None, None, None, 60000, 122000]])
    return Case("plan.xlsx", book.xlsx(), "USD", [line(c, a + b) for c, a, b in plan])


def duration_in_days() -> Case:
    """Start and a number of days, no end."""
    book = Book()
    tab = book.tab("Placements")
    tab.rows("A1", [["Site", "Placement", "Start date", "Duration (days)", "Impressions", "CPM", "Net cost, EUR"]])
    plan = [
        ("Spiegel.de", "Billboard", date(2026, 5, 4), 14, 1000000, 12),
        ("Zeit.de", "Halfpage", date(2026, 5, 11), 21, 800000, 15.5),
        ("Kicker.de", "Sitebar", date(2026, 6, 1), 7, 500000, 9),
    ]
    tab.rows("A2", [[*p, p[4] * p[5] / 1000] for p in plan])
    tab.rows("A5", [["Total", None, None, None, 2300000, None, 28900]])
    lines = [
        line(f"{p[0]}|{p[1]}", p[4] * p[5] / 1000, f"G{r}", dates=f"{p[2]}..{p[2] + timedelta(p[3] - 1)}")
        for r, p in enumerate(plan, start=2)
    ]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines, basis="net")


def days_with_weekday_row() -> Case:
    """Dates across with a row of weekdays below; insertions as x, cost at the right."""
    book = Book()
    tab = book.tab("Print July")
    days = [date(2026, 7, 1) + timedelta(i) for i in range(31)]
    tab.rows(
        "A1", [["Title", "Size", *days, "Insertions", "Price per insertion £", "Cost £"], [None, None, *[d.strftime("%a") for d in days]]]
    )
    plan = [
        ("The Times", "Full page colour", (3, 10, 17), 16200),
        ("Metro", "Half page", (1, 8, 15, 22, 29), 9400),
        ("City AM", "Quarter page", (7, 21), 3100),
    ]
    lines = []
    for r, (t, s, on, price) in enumerate(plan, start=3):
        tab.rows(f"A{r}", [[t, s, *["x" if d.day in on else None for d in days], len(on), price, len(on) * price]])
        lines.append(line(f"{t}|{s}", len(on) * price, f"AJ{r}"))
    tab.rows("A6", [["Total", None, *[None] * 31, 10, None, sum(len(p[2]) * p[3] for p in plan)]])
    return Case("print.xlsx", book.xlsx(), "GBP", lines)


def mixed_blank_total_rows() -> Case:
    """Totals without any label, a blank row before; grand total only in the title block."""
    book = Book()
    tab = book.tab("Media")
    tab.rows(
        "A1",
        [["Client", "Globex"], ["Total budget", 61000, "EUR"], ["Period", "01/09/2026 - 31/10/2026"], [], ["Media", "Support", "Budget"]],
    )
    plan = [
        ("Affichage", "JCDecaux", 25000),
        ("Affichage", "Clear Channel", 11000),
        ("Digital", "Meta", 15000),
        ("Digital", "Seedtag", 10000),
    ]
    tab.rows("A6", [list(plan[0]), list(plan[1]), [], [None, None, 36000], list(plan[2]), list(plan[3]), [], [None, None, 25000]])
    cells = ["C6", "C7", "C10", "C11"]
    return Case("media.xlsx", book.xlsx(), "EUR", [line(f"{m}|{s}", b, c) for (m, s, b), c in zip(plan, cells, strict=False)])


def formulas_uncached_wide() -> Case:
    """Wide months with formulas for sums and no stored values."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Channel", date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), "Total", "% of total"]])
    tab.style("B1:D1", "mmm-yy")
    plan = [("Search", [1000, 2000, 3000]), ("Social", [500, 500, 500])]
    tab.rows("A2", [[c, *am, F(f"=SUM(B{r}:D{r})"), F(f"=E{r}/E$4")] for r, (c, am) in enumerate(plan, start=2)])
    tab.rows("A4", [["Total £", *[F(f"=SUM({x}2:{x}3)") for x in "BCDE"], F("=SUM(F2:F3)")]])
    lines = [line(c, sum(am), periods={f"2026-0{m + 1}-01": a for m, a in enumerate(am)}) for c, am in plan]
    return Case("plan.xlsx", book.xlsx(), "GBP", lines)
