"""Plans as networks, broadcasters, shops and small firms lay them out, with their truth."""

from __future__ import annotations

from datetime import date, timedelta

from tests.plans.paper import Book, Case, F, line


def client_block_and_agency_footer() -> Case:
    """Client block on the left, legend on the right, plan below, signatures and conditions under it."""
    book = Book()
    tab = book.tab("MP_2026_03")
    tab.rows(
        "A1",
        [
            ["Kunde:", "Muster GmbH", None, None, "Stand:", date(2026, 2, 11)],
            ["Kampagne:", "Frühjahr", None, None, "Version:", "3"],
            ["Zeitraum:", "02.03.2026 - 26.04.2026"],
            [],
            ["Pos.", "Werbeträger", "Werbeform", "von", "bis", "TKP", "AIs (Tsd.)", "Brutto €", "Rabatt", "Netto €"],
        ],
    )
    plan = [
        ("T-Online", "Wallpaper", date(2026, 3, 2), date(2026, 3, 29), 35, 800, 0.2),
        ("Chefkoch", "Rectangle", date(2026, 3, 16), date(2026, 4, 26), 22, 1200, 0.25),
        ("wetter.de", "Sitebar", date(2026, 4, 1), date(2026, 4, 26), 40, 500, 0.2),
    ]
    rows = [[i, w, f, a, b, t, n, t * n, r, t * n * (1 - r)] for i, (w, f, a, b, t, n, r) in enumerate(plan, 1)]
    tab.rows(
        "A6",
        [
            *rows,
            [None, "Summe", None, None, None, None, 2500, sum(r[7] for r in rows), None, sum(r[9] for r in rows)],
            [],
            [None, "Agenturprovision 15%", *[None] * 7, -0.15 * sum(r[9] for r in rows)],
            [None, "Kundennetto", *[None] * 7, 0.85 * sum(r[9] for r in rows)],
            [],
            ["Stornofrist: 4 Wochen vor Schaltbeginn", None],
            ["Datum, Unterschrift"],
        ],
    )
    tab.style("I6:I8", "0%")
    lines = [line(f"{p[0]}|{p[1]}", r[9], f"J{i}", dates=f"{p[2]}..{p[3]}") for i, (p, r) in enumerate(zip(plan, rows, strict=True), 6)]
    return Case("mp.xlsx", book.xlsx(), "EUR", lines)


def weekly_cost_row_per_station() -> Case:
    """Two rows a station: spots a week and cost a week, named in a column; the station stands in both."""
    book = Book()
    tab = book.tab("Radio 2026")
    weeks = [date(2026, 4, 6) + timedelta(7 * i) for i in range(4)]
    tab.rows("A1", [["Station", "Metric", *weeks, "Total"]])
    plan = [("Magic FM", [10, 10, 8, 8], 150), ("LBC", [6, 0, 6, 6], 320)]
    row, lines = 2, []
    for s, n, p in plan:
        tab.rows(f"A{row}", [[s, "Spots", *n, sum(n)], [s, "Cost £", *[x * p for x in n], sum(n) * p]])
        lines.append(line(s, sum(n) * p, periods={str(w): x * p for w, x in zip(weeks, n, strict=True)}))
        row += 2
    tab.rows(
        f"A{row}",
        [
            ["Total", "Spots", *[sum(p[1][i] for p in plan) for i in range(4)], 54],
            ["Total", "Cost £", *[sum(p[1][i] * p[2] for p in plan) for i in range(4)], 36 * 150 + 18 * 320],
        ],
    )
    return Case("radio.xlsx", book.xlsx(), "GBP", lines)


def total_column_between() -> Case:
    """The total stands between the labels and the months; last year's total stands after them."""
    book = Book()
    tab = book.tab("2026")
    months = ["Jan", "Feb", "Mar", "Apr"]
    plan = [
        ("Paid social", "Meta", [3000, 3000, 4000, 4000], 12000),
        ("Search", "Google", [5000, 5000, 5500, 6000], 19000),
        ("Video", "YouTube", [0, 2000, 0, 2500], 3000),
    ]
    tab.rows(
        "A1",
        [
            ["Channel", "Platform", "Total 2026 ($)", *months, "Total 2025 ($)", "YoY"],
            *[[c, p, sum(a), *a, o, sum(a) / o - 1] for c, p, a, o in plan],
            ["Total", None, 40000, 8000, 10000, 9500, 12500, 34000, 40 / 34 - 1],
        ],
    )
    tab.style("I2:I5", "0%")
    firsts = [f"2026-0{m}-01" for m in range(1, 5)]
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "USD",
        [line(f"{c}|{p}", sum(a), f"C{r}", periods=dict(zip(firsts, a, strict=True))) for r, (c, p, a, _) in enumerate(plan, 2)],
    )


def two_months_side_by_side() -> Case:
    """A table for April and one for May beside each other, with the same lines."""
    book = Book()
    tab = book.tab("Apr-May 2026")
    april = [("Search", "Google", 4000), ("Social", "Meta", 3000)]
    may = [("Search", "Google", 4500), ("Social", "Meta", 2500)]
    for where, title, plan in (("A1", "April 2026", april), ("E1", "May 2026", may)):
        tab.rows(where, [[title], ["Channel", "Platform", "Budget €"], *map(list, plan), ["Total", None, 7000]])
    lines = [line(f"{c}|{p}", b + d, periods={"2026-04-01": b, "2026-05-01": d}) for (c, p, b), (_, _, d) in zip(april, may, strict=True)]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def weeks_as_ranges() -> Case:
    """Weeks across as ranges of days in words, some over the month's end."""
    book = Book()
    tab = book.tab("Plan")
    heads = ["27 Apr-3 May", "4-10 May", "11-17 May", "18-24 May"]
    plan = [("TV", "Sky", [12000, 12000, 0, 8000]), ("VOD", "All4", [4000, 4000, 4000, 4000])]
    tab.rows(
        "A1",
        [
            ["TV & VOD plan, spring 2026"],
            [],
            ["Channel", "Supplier", *heads, "Total £"],
            *[[c, s, *a, sum(a)] for c, s, a in plan],
            ["Total", None, 16000, 16000, 4000, 12000, 48000],
        ],
    )
    firsts = ["2026-04-27", "2026-05-04", "2026-05-11", "2026-05-18"]
    return Case("plan.xlsx", book.xlsx(), "GBP", [line(f"{c}|{s}", sum(a), periods=dict(zip(firsts, a, strict=True))) for c, s, a in plan])


def budget_by_product_and_channel_pivot() -> Case:
    """Products merged down over channels, their sums in a row `Σ`, quarters across."""
    book = Book()
    tab = book.tab("Pivot")
    tab.rows(
        "A1",
        [
            ["Produkt", "Kanal", "Q1 2026", "Q2 2026", "Gesamt €"],
            ["Bier", "TV", 50000, 60000, 110000],
            [None, "OOH", 20000, 25000, 45000],
            [None, "Σ", 70000, 85000, 155000],
            ["Limonade", "TV", 30000, 0, 30000],
            [None, "Social", 8000, 9000, 17000],
            [None, "Σ", 38000, 9000, 47000],
            ["Σ gesamt", None, 108000, 94000, 202000],
        ],
    )
    tab.merges += ["A2:A4", "A5:A7"]
    lines = [line("Bier|TV", 110000), line("Bier|OOH", 45000), line("Limonade|TV", 30000), line("Limonade|Social", 17000)]
    return Case("pivot.xlsx", book.xlsx(), "EUR", lines)


def monthly_budget_and_flight_months() -> Case:
    """Crosses in months and the monthly cost; the whole is crosses times cost, stated at the right."""
    book = Book()
    tab = book.tab("Always on 2026")
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]
    plan = [("LinkedIn", "x x x   ", 2500), ("Bing", "xxxxxx", 800), ("YouTube", "  xx  ", 6000)]
    tab.rows("A1", [["Channel", "Cost per month (€)", *months, "Total (€)"]])
    lines = []
    for r, (c, marks, m) in enumerate(plan, 2):
        on = [ch == "x" for ch in marks[:6]]
        tab.rows(f"A{r}", [[c, m, *["x" if o else None for o in on], m * sum(on)]])
        lines.append(line(c, m * sum(on), f"I{r}"))
    tab.rows("A5", [["Total", None, *[None] * 6, 2500 * 3 + 4800 + 12000]])
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def thousands_without_a_sign() -> Case:
    """Budgets in thousands by the subtitle, the currency in the client block."""
    book = Book()
    tab = book.tab("Budget")
    tab.rows(
        "A1",
        [
            ["Mediabudget 2026"],
            ["Alle Angaben in TEUR"],
            [],
            ["Medium", "H1", "H2", "Gesamt"],
            ["TV", 450, 380, 830],
            ["Online", 220.5, 240, 460.5],
            ["Plakat", 90, 110, 200],
            ["Summe", 760.5, 730, 1490.5],
        ],
    )
    return Case("budget.xlsx", book.xlsx(), "EUR", [line("TV", 830000), line("Online", 460500), line("Plakat", 200000)])


def calendar_with_amounts_in_words() -> Case:
    """A calendar of activities: one cell a month with `activity: amount`; nothing to read line by line."""
    book = Book()
    tab = book.tab("Calendar")
    tab.rows(
        "A1",
        [
            ["Marketing calendar 2026"],
            ["Channel", "January", "February", "March"],
            ["Social", "Launch posts: 2,000 €", "Giveaway: 1,500 €", "-"],
            ["Events", "-", "Trade fair: 12,000 €", "-"],
        ],
    )
    return Case("calendar.xlsx", book.xlsx(), "EUR", [], plan=False)


def invoice_status_columns() -> Case:
    """Budget, invoiced so far, open: the plan is the budget; the open amount is their difference."""
    book = Book()
    tab = book.tab("Q2")
    plan = [("Influencer", "Agency X", 15000, 5000), ("Google Ads", "Google", 20000, 20000), ("Podcast", "Acast", 9000, 0)]
    tab.rows(
        "A1",
        [
            ["Activity", "Supplier", "Budget (€)", "Invoiced (€)", "Open (€)"],
            *[[a, s, b, i, b - i] for a, s, b, i in plan],
            ["Total", None, 44000, 25000, 19000],
        ],
    )
    return Case("q2.xlsx", book.xlsx(), "EUR", [line(f"{a}|{s}", b, f"C{r}") for r, (a, s, b, _) in enumerate(plan, 2)])


def subtotal_above_each_group_bold() -> Case:
    """Group line with its sum first, indented lines below, months across, everything in one label column."""
    book = Book()
    tab = book.tab("Plan")
    rows = [
        ["Activity", "Jan 2026", "Feb 2026", "Total (€)"],
        ["PAID SEARCH", 9000, 9500, 18500],
        ["   Google brand", 3000, 3000, 6000],
        ["   Google generic", 6000, 6500, 12500],
        ["PAID SOCIAL", 7000, 4000, 11000],
        ["   Meta", 5000, 4000, 9000],
        ["   TikTok", 2000, 0, 2000],
        ["TOTAL", 16000, 13500, 29500],
    ]
    tab.rows("A1", rows)
    lines = [line(r[0].strip(), r[3], periods={"2026-01-01": r[1], "2026-02-01": r[2]}) for r in rows if r[0].startswith("  ")]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def text_dates_in_one_cell_flights() -> Case:
    """Several flights in one cell, amounts for all of them."""
    book = Book()
    tab = book.tab("OOH")
    plan = [("Wall Decaux", "City lights", "KW 10+11, KW 14", 64000), ("Blow Up", "Giant poster", "KW 12", 38000)]
    tab.rows(
        "A1", [["OOH-Plan 2026"], ["Anbieter", "Medium", "Belegung", "Kosten netto EUR"], *map(list, plan), ["Summe", None, None, 102000]]
    )
    return Case("ooh.xlsx", book.xlsx(), "EUR", [line("Wall Decaux", 64000, "D3"), line("Blow Up", 38000, "D4")])


def three_tables_stacked_by_quarter_and_year_total() -> Case:
    """Quarter tables under each other, each with the lines, and the year's sum at the very end with its name alone."""
    book = Book()
    tab = book.tab("2026")
    row, lines = 1, []
    for q, k in ((1, 1.0), (2, 1.2), (3, 0.8)):
        plan = [("Search", "Google", 10000 * k), ("Display", "Taboola", 4000 * k)]
        tab.rows(
            f"A{row}", [[f"Q{q} 2026"], ["Channel", "Partner", "Net cost (€)"], *map(list, plan), [f"Total Q{q}", None, 14000 * k], []]
        )
        lines += [line(f"{c}|{p}", b) for c, p, b in plan]
        row += 6
    tab.rows(f"A{row}", [["Total 2026", None, 42000]])
    return Case("plan.xlsx", book.xlsx(), "EUR", lines, basis="net")


def uncached_subtotals_and_shares() -> Case:
    """Formulas without values: rows of sums by channel, share of the whole, a grand total of the sums."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Vendor", "Cost ($)", "Share"],
            ["Search", "Google", 6000, F("=C2/C$8")],
            ["Search", "Bing", 1500, F("=C3/C$8")],
            ["Search total", None, F("=SUM(C2:C3)"), F("=C4/C$8")],
            ["Social", "Meta", 4000, F("=C5/C$8")],
            ["Social", "Snap", 1000, F("=C6/C$8")],
            ["Social total", None, F("=SUM(C5:C6)"), F("=C7/C$8")],
            ["Total", None, F("=C4+C7"), F("=C8/C$8")],
        ],
    )
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "USD",
        [
            line("Search|Google", 6000, "C2"),
            line("Search|Bing", 1500, "C3"),
            line("Social|Meta", 4000, "C5"),
            line("Social|Snap", 1000, "C6"),
        ],
    )


def budget_of_a_year_by_month_rows() -> Case:
    """Months down, and for each the budget by channel across with impressions beside each."""
    book = Book()
    tab = book.tab("2026")
    tab.rows(
        "A1",
        [
            ["Month", "Google Ads", None, "Meta Ads", None, "Total"],
            [None, "Budget (€)", "Clicks", "Budget (€)", "Clicks", "Budget (€)"],
            ["Jan 2026", 3000, 2000, 2000, 2500, 5000],
            ["Feb 2026", 3200, 2100, 2100, 2600, 5300],
            ["Mar 2026", 3500, 2400, 2500, 3000, 6000],
            ["Total", 9700, 6500, 6600, 8100, 16300],
        ],
    )
    tab.merges += ["B1:C1", "D1:E1"]
    firsts = ("2026-01-01", "2026-02-01", "2026-03-01")
    amounts = {"Google Ads": (3000, 3200, 3500), "Meta Ads": (2000, 2100, 2500)}
    return Case("budget.xlsx", book.xlsx(), "EUR", [line(c, sum(a), periods=dict(zip(firsts, a, strict=True))) for c, a in amounts.items()])
