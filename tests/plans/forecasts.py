"""Plans with weekly and brand tabs, hidden months, totals above or between lines, and dates by formula, with their truth."""

from __future__ import annotations

from datetime import date, timedelta

from tests.plans.paper import Book, Case, F, line


def weekly_tabs() -> Case:
    """A tab a week named by its number, the same columns."""
    book = Book()
    lines = []
    for w, (a, b) in ((10, (1000, 700)), (11, (1100, 700)), (12, (1200, 650))):
        tab = book.tab(f"KW{w} 2026")
        tab.rows("A1", [["Kanal", "Plattform", "Budget €"], ["Search", "Google", a], ["Social", "Meta", b], ["Summe", None, a + b]])
        lines += [line("Search|Google", a), line("Social|Meta", b)]
    return Case("wochen.xlsx", book.xlsx(), "EUR", lines)


def plan_then_forecast_tab() -> Case:
    """Budget tab and reforecast tab with the same lines: one of them counts."""
    book = Book()
    a = [("Search", "Google", 50000), ("Social", "Meta", 30000), ("Video", "YouTube", 20000)]
    b = [("Search", "Google", 52000), ("Social", "Meta", 24000), ("Video", "YouTube", 26000)]
    for name, plan in (("Budget", a), ("Reforecast", b)):
        book.tab(name).rows("A1", [["Channel", "Platform", "Amount (USD)"], *map(list, plan), ["Total", None, sum(p[2] for p in plan)]])
    return Case("plan.xlsx", book.xlsx(), "USD", versions=[[line(f"{c}|{p}", x) for c, p, x in plan] for plan in (a, b)])


def brand_tabs_and_total_tab() -> Case:
    """Tabs by brand with different lines; a total tab adds the brands."""
    book = Book()
    brands = {"Aqua": [("TV", "RTL", 50000), ("Social", "Meta", 9000)], "Terra": [("OOH", "Ströer", 33000), ("Search", "Google", 8000)]}
    for name, plan in brands.items():
        book.tab(name).rows("A1", [["Channel", "Supplier", "Net €"], *map(list, plan), ["Total", None, sum(p[2] for p in plan)]])
    book.tab("Total").rows("A1", [["Brand", "Net €"], ["Aqua", 59000], ["Terra", 41000], ["Total", 100000]])
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(f"{c}|{p}", b) for plan in brands.values() for c, p, b in plan])


def flight_dates_by_line_over_months() -> Case:
    """Start, end, total and months; the months of a line add up to its total."""
    book = Book()
    tab = book.tab("Plan")
    plan = [
        ("Teads", "inRead", date(2026, 3, 15), date(2026, 4, 30), (4000, 8000)),
        ("Ogury", "Interstitial", date(2026, 3, 1), date(2026, 3, 31), (6000, 0)),
    ]
    tab.rows(
        "A1",
        [
            ["Site", "Format", "Start", "End", "Net total €", "Mar-26", "Apr-26"],
            *[[a, b, s, e, sum(m), *m] for a, b, s, e, m in plan],
            ["Total", None, None, None, 18000, 10000, 8000],
        ],
    )
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "EUR",
        [
            line(f"{a}|{b}", sum(m), f"E{r}", dates=f"{s}..{e}", periods={"2026-03-01": m[0], "2026-04-01": m[1]})
            for r, (a, b, s, e, m) in enumerate(plan, 2)
        ],
    )


def total_row_between_head_and_lines_twice() -> Case:
    """Two stacked tables, each with its total right under the head."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["ATL"],
            ["Channel", "Vendor", "Budget £"],
            ["Total ATL", None, 90000],
            ["TV", "ITV", 60000],
            ["Radio", "Global", 30000],
            [],
            ["BTL"],
            ["Channel", "Vendor", "Budget £"],
            ["Total BTL", None, 25000],
            ["Search", "Google", 15000],
            ["Social", "Meta", 10000],
        ],
    )
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "GBP",
        [
            line("TV|ITV", 60000, "C4"),
            line("Radio|Global", 30000, "C5"),
            line("Search|Google", 15000, "C10"),
            line("Social|Meta", 10000, "C11"),
        ],
    )


def reach_goal_rows_in_the_table() -> Case:
    """Rows of goals (reach, frequency) inside the table under the lines' columns."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Format", "Jan-26", "Feb-26", "Total (NOK)"],
            ["TV", "20 sek", 200000, 150000, 350000],
            ["Online", "Video", 80000, 90000, 170000],
            ["Sum", None, 280000, 240000, 520000],
            ["Reach %", None, 62, 58, None],
            ["Frequency", None, 4.1, 3.8, None],
        ],
    )
    lines = [
        line("TV|20 sek", 350000, periods={"2026-01-01": 200000, "2026-02-01": 150000}),
        line("Online|Video", 170000, periods={"2026-01-01": 80000, "2026-02-01": 90000}),
    ]
    return Case("plan.xlsx", book.xlsx(), "NOK", lines)


def months_hidden_behind_quarters() -> Case:
    """Months hidden behind their visible quarters."""
    book = Book()
    tab = book.tab("2026")
    plan = [("Search", "Google", [10, 11, 12, 13, 14, 15]), ("Social", "Meta", [5, 5, 5, 6, 6, 6])]
    rows = []
    for c, p, a in plan:
        a = [x * 1000 for x in a]
        rows.append([c, p, *a[:3], sum(a[:3]), *a[3:], sum(a[3:]), sum(a)])
    tab.rows(
        "A1",
        [
            ["Channel", "Platform", "Jan 2026", "Feb 2026", "Mar 2026", "Q1 2026", "Apr 2026", "May 2026", "Jun 2026", "Q2 2026", "H1 (€)"],
            *rows,
            ["Total", None, *[rows[0][i] + rows[1][i] for i in range(2, 11)]],
        ],
    )
    tab.hidden_columns |= {3, 4, 5, 7, 8, 9}
    firsts = [f"2026-0{m}-01" for m in range(1, 7)]
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "EUR",
        [line(f"{c}|{p}", sum(a) * 1000, periods={d: x * 1000 for d, x in zip(firsts, a, strict=True)}) for c, p, a in plan],
    )


def split_by_gender_rows() -> Case:
    """Each line twice, by target group, with the sum of both on a third row that repeats the name with `all`."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Target group", "Budget €"],
            ["Meta", "Women", 8000],
            ["Meta", "Men", 6000],
            ["Meta", "all", 14000],
            ["TikTok", "Women", 5000],
            ["TikTok", "Men", 5000],
            ["TikTok", "all", 10000],
            ["Total", None, 24000],
        ],
    )
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "EUR",
        [line("Meta|Women", 8000, "C2"), line("Meta|Men", 6000, "C3"), line("TikTok|Women", 5000, "C5"), line("TikTok|Men", 5000, "C6")],
    )


def schedule_as_start_and_weeks() -> Case:
    """Start week and number of weeks, weekly budget, total."""
    book = Book()
    tab = book.tab("Plan")
    plan = [("Radio", "SWR3", date(2026, 4, 6), 3, 8000), ("DOOH", "Infoscreen", date(2026, 4, 13), 2, 11000)]
    tab.rows(
        "A1",
        [
            ["Medium", "Sender", "Startwoche", "Anzahl Wochen", "Budget/Woche €", "Budget gesamt €"],
            *[[*p, p[3] * p[4]] for p in plan],
            ["Summe", None, None, None, None, 46000],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(f"{p[0]}|{p[1]}", p[3] * p[4], f"F{r}") for r, p in enumerate(plan, 2)])


def notes_between_lines() -> Case:
    """Remarks as rows of their own between the lines, some with figures."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Vendor", "Start", "End", "Cost €"],
            ["TV", "Sat.1", date(2026, 5, 1), date(2026, 5, 31), 70000],
            ["incl. 10% early booking discount (7,000 €)"],
            ["Print", "Bild", date(2026, 5, 4), date(2026, 5, 4), 32000],
            ["Option until 15 March"],
            ["Online", "gmx", date(2026, 5, 1), date(2026, 5, 14), 18000],
            ["Total", None, None, None, 120000],
        ],
    )
    return Case(
        "plan.xlsx", book.xlsx(), "EUR", [line("TV|Sat.1", 70000, "E2"), line("Print|Bild", 32000, "E4"), line("Online|gmx", 18000, "E6")]
    )


def year_columns() -> Case:
    """Three years across: only the sheet's own year is the plan; or it is asked."""
    book = Book()
    tab = book.tab("Media plan 2026")
    plan = [("Search", 40000, 45000, 50000), ("Social", 20000, 26000, 30000), ("CTV", 0, 10000, 25000)]
    tab.rows(
        "A1", [["Channel", "2024 actual ($)", "2025 estimate ($)", "2026 plan ($)"], *map(list, plan), ["Total", 60000, 81000, 105000]]
    )
    return Case("plan.xlsx", book.xlsx(), "USD", [line(p[0], p[3], f"D{r}") for r, p in enumerate(plan, 2)])


def cost_by_week_in_long_form() -> Case:
    """Long form: week start, channel, cost; the weeks' sums between them."""
    book = Book()
    tab = book.tab("Weekly")
    rows, lines = [["Week starting", "Channel", "Spend (AUD)"]], []
    for i in range(3):
        d = date(2026, 2, 2) + timedelta(7 * i)
        for c, b in (("Search", 1500 + i * 100), ("Social", 900)):
            rows.append([d, c, b])
            lines.append(line(c, b, f"C{len(rows)}"))
        rows.append([None, "Week total", 2400 + i * 100])
    rows.append([None, "Grand total", 7500])
    tab.rows("A1", rows)
    return Case("weekly.xlsx", book.xlsx(), "AUD", lines)


def merged_total_label_with_vat_rows() -> Case:
    """Totals labelled in a merged cell at the right, net, VAT and gross."""
    book = Book()
    tab = book.tab("Предложение")
    tab.rows(
        "A1",
        [
            ["Медиаплан"],
            [],
            ["Площадка", "Формат", "Период", "Кол-во показов", "CPM", "Стоимость до НДС, руб."],
            ["VK", "Видео", "01.06.2026-30.06.2026", 3000000, 150, 450000],
            ["Дзен", "Нативный", "01.06.2026-30.06.2026", 2000000, 120, 240000],
            [None, None, None, None, "Итого до НДС", 690000],
            [None, None, None, None, "НДС 20%", 138000],
            [None, None, None, None, "Итого с НДС", 828000],
        ],
    )
    return Case(
        "mp.xlsx",
        book.xlsx(),
        "RUB",
        [
            line("VK|Видео", 450000, "F4", dates="2026-06-01..2026-06-30"),
            line("Дзен|Нативный", 240000, "F5", dates="2026-06-01..2026-06-30"),
        ],
        vat=False,
    )


def budget_and_bonus_value() -> Case:
    """Paid cost beside added value (free of charge) and the sum of both as total value."""
    book = Book()
    tab = book.tab("Plan")
    plan = [("CNN", "Pre-roll", 40000, 8000), ("BBC", "Display", 25000, 5000), ("Euronews", "Sponsorship", 30000, 10000)]
    tab.rows(
        "A1",
        [
            ["Publisher", "Format", "Net cost (USD)", "Added value (USD)", "Total value (USD)"],
            *[[p, f, c, v, c + v] for p, f, c, v in plan],
            ["Total", None, 95000, 23000, 118000],
        ],
    )
    return Case("plan.xlsx", book.xlsx(), "USD", [line(f"{p}|{f}", c, f"C{r}") for r, (p, f, c, _) in enumerate(plan, 2)], basis="net")


def uncached_days_long() -> Case:
    """Dates by formula from the first, days across without stored values."""
    book = Book()
    tab = book.tab("Daily")
    tab.rows(
        "A1",
        [
            ["Platform", "Campaign", date(2026, 7, 1), F("=C1+1"), F("=D1+1"), F("=E1+1"), "Total €"],
            ["Meta", "Sale", 100, 120, 130, 150, F("=SUM(C2:F2)")],
            ["Google", "Sale", 80, 80, 90, 90, F("=SUM(C3:F3)")],
            ["Total", None, *[F(f"=SUM({c}2:{c}3)") for c in "CDEFG"]],
        ],
    )
    tab.style("C1:F1", "dd.mm.")
    lines = [
        line("Meta|Sale", 500, periods={f"2026-07-0{i + 1}": x for i, x in enumerate((100, 120, 130, 150))}),
        line("Google|Sale", 340, periods={f"2026-07-0{i + 1}": x for i, x in enumerate((80, 80, 90, 90))}),
    ]
    return Case("daily.xlsx", book.xlsx(), "EUR", lines)
