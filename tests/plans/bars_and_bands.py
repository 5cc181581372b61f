"""Plans with bars, bands and waves across, and blocks of metrics, with their truth."""

from __future__ import annotations

from datetime import date, timedelta

from tests.plans.paper import Book, Case, line


def bars_hold_the_amount() -> Case:
    """Weeks across; merged bars run over several weeks and hold the money of the burst, the sum at the right."""
    book = Book()
    tab = book.tab("Schedule")
    mondays = [date(2026, 9, 7) + timedelta(7 * i) for i in range(12)]
    tab.rows("A1", [["Autumn schedule (£ net)"], ["Channel", "Supplier", *mondays, "Total"]])
    tab.style("C2:N2", "dd-mmm")
    plan = [
        ("TV", "ITV", [(0, 3, 60000), (7, 10, 45000)]),
        ("Radio", "Global", [(2, 5, 18000)]),
        ("OOH", "Ocean", [(1, 2, 30000), (6, 7, 30000)]),
    ]
    lines = []
    for r, (c, s, bars) in enumerate(plan, 3):
        tab.rows(f"A{r}", [[c, s]])
        for a, b, m in bars:
            tab.cells[r, 3 + a] = m
            tab.merges.append(f"{'CDEFGHIJKLMN'[a]}{r}:{'CDEFGHIJKLMN'[b]}{r}")
        total = sum(m for *_, m in bars)
        tab.cells[r, 15] = total
        lines.append(line(f"{c}|{s}", total))
    tab.rows("A6", [["Total", None, *[None] * 12, 183000]])
    return Case("schedule.xlsx", book.xlsx(), "GBP", lines)


def bars_hold_the_creative() -> Case:
    """Merged bars with the name of the creative in them, month bands over week starts, cost at the right."""
    book = Book()
    tab = book.tab("Gantt 2026")
    mondays = [date(2026, 2, 2) + timedelta(7 * i) for i in range(8)]
    tab.rows(
        "A1",
        [
            ["Campaign plan 2026"],
            [],
            ["Channel", "Placement", "Feb", None, None, None, "Mar", None, None, None, "Budget (USD)"],
            [None, None, *[d.day for d in mondays]],
        ],
    )
    tab.merges += ["C3:F3", "G3:J3"]
    plan = [
        ("Display", "Takeover", 0, 1, "Hero 15s", 22000),
        ("Video", "Pre-roll", 1, 5, "Cutdown", 31000),
        ("Social", "Stories", 3, 7, "UGC set", 12500),
    ]
    lines = []
    for r, (c, p, a, b, text, m) in enumerate(plan, 5):
        tab.rows(f"A{r}", [[c, p]])
        tab.cells[r, 3 + a], tab.cells[r, 11] = text, m
        tab.merges.append(f"{'CDEFGHIJ'[a]}{r}:{'CDEFGHIJ'[b]}{r}")
        lines.append(line(f"{c}|{p}", m, f"K{r}", dates=f"{mondays[a]}..{mondays[b] + timedelta(6)}"))
    tab.rows("A8", [["Total", *[None] * 9, 65500]])
    return Case("gantt.xlsx", book.xlsx(), "USD", lines)


def weeks_numbered_within_months() -> Case:
    """W1 to W4 under each month: weeks of the month, not of the year."""
    book = Book()
    tab = book.tab("2026")
    tab.rows(
        "A1",
        [
            ["Channel", "Platform", "April", None, None, None, "May", None, None, None, "Total ($)"],
            [None, None, *["W1", "W2", "W3", "W4"] * 2],
        ],
    )
    tab.merges += ["C1:F1", "G1:J1"]
    plan = [("Social", "Meta", [500, 500, 700, 700, 800, 800, 600, 600]), ("Search", "Google", [300] * 8)]
    tab.rows("A3", [[c, p, *a, sum(a)] for c, p, a in plan])
    tab.rows("A5", [["Total", None, *[sum(p[2][i] for p in plan) for i in range(8)], 7600]])
    lines = [line(f"{c}|{p}", sum(a), dates="2026-04-01..2026-05-31") for c, p, a in plan]
    return Case("plan.xlsx", book.xlsx(), "USD", lines)


def half_months_across() -> Case:
    """Half months as ranges across, the year only in the title."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Plan de medios 2026"], [], ["Medio", "Soporte", "1-15 mar", "16-31 mar", "1-15 abr", "16-30 abr", "Total €"]])
    plan = [("Televisión", "Atresmedia", [20000, 30000, 30000, 0]), ("Digital", "El País", [4000, 4000, 5000, 5000])]
    tab.rows("A4", [[c, p, *a, sum(a)] for c, p, a in plan])
    tab.rows("A6", [["Total", None, 24000, 34000, 35000, 5000, 98000]])
    firsts = ["2026-03-01", "2026-03-16", "2026-04-01", "2026-04-16"]
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(f"{c}|{p}", sum(a), periods=dict(zip(firsts, a, strict=True))) for c, p, a in plan])


def blocks_by_metric() -> Case:
    """A block for money, one for impressions and one for clicks, all by the same channels and months."""
    book = Book()
    tab = book.tab("Media plan")
    months = [date(2026, m, 1) for m in (5, 6, 7)]
    spend = {"Search": [9000, 9500, 9900], "Social": [7000, 7000, 6500], "Programmatic": [5000, 0, 5000]}
    row = 1
    for title, k in (("Budget (EUR)", 1), ("Impressions", 120), ("Clicks", 1.4)):
        tab.rows(
            f"A{row}",
            [
                [title],
                ["Channel", *months, "Total"],
                *[[c, *[x * k for x in a], sum(a) * k] for c, a in spend.items()],
                ["Total", *[sum(a[i] for a in spend.values()) * k for i in range(3)], 58900 * k],
                [],
            ],
        )
        tab.style(f"B{row + 1}:D{row + 1}", "mmm-yy")
        row += 7
    firsts = [str(m) for m in months]
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(c, sum(a), periods=dict(zip(firsts, a, strict=True))) for c, a in spend.items()])


def plan_over_actuals() -> Case:
    """The plan, and under it the same table with what was spent."""
    book = Book()
    tab = book.tab("Q1 2026")
    rows = {
        "PLAN": [("Search", "Google", 12000), ("Social", "Meta", 9000), ("Video", "YouTube", 7000)],
        "ACTUAL": [("Search", "Google", 11820.4), ("Social", "Meta", 9110), ("Video", "YouTube", 5500.25)],
    }
    row = 1
    for title, plan in rows.items():
        tab.rows(f"A{row}", [[title], ["Channel", "Partner", "Amount USD"], *map(list, plan), ["Total", None, sum(p[2] for p in plan)], []])
        row += 8
    return Case("q1.xlsx", book.xlsx(), "USD", [line(f"{c}|{p}", a, f"C{r}") for r, (c, p, a) in enumerate(rows["PLAN"], 3)])


def summary_beside_detail() -> Case:
    """A small table of sums by channel stands at the right of the detail."""
    book = Book()
    tab = book.tab("Plan")
    plan = [
        ("TV", "RAI", 80000),
        ("TV", "Mediaset", 70000),
        ("Radio", "RTL 102.5", 20000),
        ("Web", "Corriere.it", 15000),
        ("Web", "Meta", 25000),
    ]
    tab.rows("A1", [["Mezzo", "Editore", "Budget netto €"], *map(list, plan), ["Totale", None, 210000]])
    tab.rows(
        "F1",
        [
            ["Mezzo", "Budget netto €", "%"],
            ["TV", 150000, 150 / 210],
            ["Radio", 20000, 20 / 210],
            ["Web", 40000, 40 / 210],
            ["Totale", 210000, 1],
        ],
    )
    return Case("piano.xlsx", book.xlsx(), "EUR", [line(f"{c}|{p}", a, f"C{r}") for r, (c, p, a) in enumerate(plan, 2)], basis="net")


def months_summed_below() -> Case:
    """Under the detail a table of the same money by month."""
    book = Book()
    tab = book.tab("Plan")
    plan = [
        ("Search", "Google", date(2026, 4, 1), date(2026, 4, 30), 8000),
        ("Social", "Meta", date(2026, 4, 1), date(2026, 4, 30), 4000),
        ("Search", "Google", date(2026, 5, 1), date(2026, 5, 31), 9000),
    ]
    tab.rows(
        "A1",
        [
            ["Channel", "Vendor", "Start", "End", "Cost GBP"],
            *map(list, plan),
            ["Total", None, None, None, 21000],
            [],
            ["Month", "Cost GBP"],
            ["April 2026", 12000],
            ["May 2026", 9000],
            ["Total", 21000],
        ],
    )
    return Case(
        "plan.xlsx", book.xlsx(), "GBP", [line(f"{p[0]}|{p[1]}", p[4], f"E{r}", dates=f"{p[2]}..{p[3]}") for r, p in enumerate(plan, 2)]
    )


def markets_over_quarters() -> Case:
    """Bands of markets over quarters, the year's sum at the right: a line for each market."""
    book = Book()
    tab = book.tab("2026")
    tab.rows(
        "A1", [["Channel", "Germany", None, None, "France", None, None, "Total EUR"], [None, "Q1", "Q2", "FY", "Q1", "Q2", "FY", None]]
    )
    tab.merges += ["B1:D1", "E1:G1"]
    plan = [("TV", 100000, 80000, 60000, 40000), ("Search", 30000, 30000, 15000, 18000), ("Social", 20000, 25000, 9000, 9500)]
    tab.rows("A3", [[c, a, b, a + b, d, e, d + e, a + b + d + e] for c, a, b, d, e in plan])
    tab.rows("A6", [["Total", 150000, 135000, 285000, 84000, 67500, 151500, 436500]])
    lines = [line(f"{c}|Germany", a + b, f"D{r}") for r, (c, a, b, _, _) in enumerate(plan, 3)]
    lines += [line(f"{c}|France", d + e, f"G{r}") for r, (c, _, _, d, e) in enumerate(plan, 3)]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def months_down_channels_across() -> Case:
    """Months down, channels across, sums both ways: each cell is a channel's month."""
    book = Book()
    tab = book.tab("Budget 2026")
    tab.rows("A1", [["Month", "Google Ads", "Meta Ads", "LinkedIn", "Total €"]])
    plan = {"January": (4000, 2500, 1000), "February": (4200, 2600, 1100), "March": (5000, 3000, 1200)}
    tab.rows("A2", [[m, *a, sum(a)] for m, a in plan.items()])
    tab.rows("A5", [["Total", 13200, 8100, 3300, 24600]])
    firsts = ("2026-01-01", "2026-02-01", "2026-03-01")
    channels = ("Google Ads", "Meta Ads", "LinkedIn")
    lines = [
        line(c, sum(a[i] for a in plan.values()), periods={d: a[i] for d, a in zip(firsts, plan.values(), strict=True)})
        for i, c in enumerate(channels)
    ]
    return Case("budget.xlsx", book.xlsx(), "EUR", lines)


def money_word_in_the_band() -> Case:
    """Investment over its months and sum, impressions over the same months."""
    book = Book()
    tab = book.tab("Plan 2026")
    months = ["Jan", "Feb", "Mar", "Total"]
    tab.rows(
        "A1",
        [
            ["Kanal", "Medium", "Investition (€ netto)", None, None, None, "Impressionen (000)", None, None, None],
            [None, None, *months, *months],
        ],
    )
    tab.merges += ["C1:F1", "G1:J1"]
    plan = [("Online", "Spiegel", [8000, 8000, 9000], [900, 900, 1000]), ("Online", "YouTube", [12000, 0, 14000], [2400, 0, 2800])]
    tab.rows("A3", [[c, m, *a, sum(a), *i, sum(i)] for c, m, a, i in plan])
    tab.rows("A5", [["Summe", None, 20000, 8000, 23000, 51000, 3300, 900, 3800, 8000]])
    firsts = ["2026-01-01", "2026-02-01", "2026-03-01"]
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "EUR",
        [line(f"{c}|{m}", sum(a), periods=dict(zip(firsts, a, strict=True))) for c, m, a, _ in plan],
        basis="net",
    )


def marks_over_new_year() -> Case:
    """Squares in weeks from November to February, costs at the left, the title names both years."""
    book = Book()
    tab = book.tab("Winter 26-27")
    mondays = [date(2026, 11, 2) + timedelta(7 * i) for i in range(16)]
    tab.rows("A1", [["Winter campaign 2026-2027"], ["Media", "Vehicle", "Cost (CHF)", *[d.strftime("%d.%m.") for d in mondays]]])
    plan = [("TV", "SRF", 95000, 0, 4), ("Plakat", "APG", 60000, 3, 6), ("Online", "20min.ch", 22000, 8, 13)]
    lines = []
    for r, (c, v, m, a, b) in enumerate(plan, 3):
        tab.rows(f"A{r}", [[c, v, m, *["■" if a <= i <= b else None for i in range(16)]]])
        lines.append(line(f"{c}|{v}", m, f"C{r}", dates=f"{mondays[a]}..{mondays[b] + timedelta(6)}"))
    tab.rows("A6", [["Total", None, 177000]])
    return Case("winter.xlsx", book.xlsx(), "CHF", lines)


def media_and_production_quarters() -> Case:
    """Under each quarter media, production and their sum; the year at the right."""
    book = Book()
    tab = book.tab("2026")
    tab.rows(
        "A1",
        [["Activity", "Q1 2026", None, None, "Q2 2026", None, None, "Total 2026 EUR"], [None, *["Media", "Production", "Sum"] * 2, None]],
    )
    tab.merges += ["B1:D1", "E1:G1"]
    plan = [("Always-on social", 12000, 2000, 12000, 1000), ("TV burst", 80000, 25000, 0, 0), ("Search", 9000, 0, 9500, 0)]
    tab.rows("A3", [[n, a, b, a + b, c, d, c + d, a + b + c + d] for n, a, b, c, d in plan])
    tab.rows("A6", [["Total", 101000, 27000, 128000, 21500, 1000, 22500, 150500]])
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(n, a + b + c + d) for n, a, b, c, d in plan])


def waves_of_panels() -> Case:
    """Waves with dates in their heads, each with panels and cost; sums at the right."""
    book = Book()
    tab = book.tab("OOH waves")
    tab.rows(
        "A1",
        [
            ["City", "Network", "Wave 1 (02.03.-15.03.2026)", None, "Wave 2 (30.03.-12.04.2026)", None, "Total panels", "Total cost €"],
            [None, None, "Panels", "Cost €", "Panels", "Cost €"],
        ],
    )
    tab.merges += ["C1:D1", "E1:F1"]
    plan = [
        ("Berlin", "City Light Poster", 250, 41000, 200, 33000),
        ("Hamburg", "Mega-Light", 90, 28000, 0, 0),
        ("Köln", "Infoscreen", 40, 12500, 40, 12500),
    ]
    tab.rows("A3", [[c, n, a, b, d, e, a + d, b + e] for c, n, a, b, d, e in plan])
    tab.rows("A6", [["Total", None, 380, 81500, 240, 45500, 620, 127000]])
    return Case("ooh.xlsx", book.xlsx(), "EUR", [line(f"{c}|{n}", b + e, f"H{r}") for r, (c, n, a, b, d, e) in enumerate(plan, 3)])


def last_year_months_above() -> Case:
    """Two rows a channel: last year's spend and this year's plan, by month."""
    book = Book()
    tab = book.tab("Plan vs LY")
    tab.rows("A1", [["Channel", "Year", "Jan", "Feb", "Mar", "Total (SEK)"]])
    plan = [("Search", [40, 42, 44], [45, 46, 50]), ("Social", [30, 30, 30], [33, 33, 36])]
    row, lines = 2, []
    for c, before, now in plan:
        for label, a in (("2025 actual", before), ("2026 plan", now)):
            a = [x * 1000 for x in a]
            tab.rows(f"A{row}", [[c, label, *a, sum(a)]])
            if label == "2026 plan":
                lines.append(line(c, sum(a), f"F{row}"))
            row += 1
    tab.rows(f"A{row}", [["Total", "2026 plan", 78000, 79000, 86000, 243000]])
    return Case("plan.xlsx", book.xlsx(), "SEK", lines)


def spots_by_week_price_a_spot() -> Case:
    """Radio: spots a week as counts, price a spot, cost; no total anywhere."""
    book = Book()
    tab = book.tab("Radio")
    tab.rows("A1", [["Station", "Daypart", "wk 10", "wk 11", "wk 12", "wk 13", "# spots", "Cost/spot", "Cost"]])
    plan = [
        ("Capital FM", "Breakfast", [20, 20, 15, 15], 240),
        ("Heart", "Drive", [25, 0, 25, 0], 180),
        ("Kiss", "Mid-morning", [30, 30, 30, 30], 95),
    ]
    tab.rows("A2", [[s, d, *n, sum(n), p, sum(n) * p] for s, d, n, p in plan])
    tab.style("H2:I4", "£#,##0.00")
    return Case("radio 2026.xlsx", book.xlsx(), "GBP", [line(f"{s}|{d}", sum(n) * p, f"I{r}") for r, (s, d, n, p) in enumerate(plan, 2)])
