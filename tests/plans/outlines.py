"""Plans on several tabs and in outlines, with shares, options, codes and lines that are no purchase, with their truth."""

from __future__ import annotations

from datetime import date

from tests.plans.paper import Book, Case, F, line


def channel_tabs_with_their_own_columns() -> Case:
    """A tab a medium with columns of its own, and a summary of their sums: the tabs tell more."""
    book = Book()
    book.tab("Summary").rows(
        "A1",
        [
            ["Media", "Investment (PLN)", "%"],
            ["TV", 400000, 0.5],
            ["Internet", 250000, 0.3125],
            ["OOH", 150000, 0.1875],
            ["Total", 800000, 1],
        ],
    )
    book.tab("TV").rows(
        "A1",
        [
            ["Station", "Daypart", 'GRP 30"', "CPP", "Net cost (PLN)"],
            ["TVN", "Prime", 120, 2000, 240000],
            ["Polsat", "Day", 100, 1600, 160000],
            ["Total", None, 220, None, 400000],
        ],
    )
    book.tab("Internet").rows(
        "A1",
        [
            ["Publisher", "Format", "Impressions", "CPM", "Net cost (PLN)"],
            ["Onet", "Display", 5000000, 30, 150000],
            ["YouTube", "Bumper", 4000000, 25, 100000],
            ["Total", None, 9000000, None, 250000],
        ],
    )
    book.tab("OOH").rows(
        "A1",
        [
            ["Operator", "City", "Panels", "Net cost (PLN)"],
            ["AMS", "Warszawa", 60, 90000],
            ["Ströer", "Kraków", 50, 60000],
            ["Total", None, 110, 150000],
        ],
    )
    lines = [line("TV|TVN", 240000, "E2"), line("TV|Polsat", 160000, "E3"), line("Internet|Onet", 150000), line("YouTube", 100000)]
    lines += [line("OOH|AMS", 90000), line("OOH|Ströer", 60000)]
    return Case("plan.xlsx", book.xlsx(), "PLN", lines, warns=frozenset({"repeats_money"}))


def copied_tab() -> Case:
    """A tab and its copy with other amounts; nothing says which counts."""
    book = Book()
    versions = []
    for name, b in (("Media Plan", (10000, 8000, 4000)), ("Media Plan (2)", (10000, 9000, 3500))):
        plan = list(zip(("Search", "Social", "Video"), ("Google", "Meta", "YouTube"), b, strict=True))
        book.tab(name).rows("A1", [["Channel", "Platform", "Budget £"], *map(list, plan), ["Total", None, sum(b)]])
        versions.append([line(f"{c}|{p}", a) for c, p, a in plan])
    return Case("plan.xlsx", book.xlsx(), "GBP", versions=versions)


def equal_quarter_tabs() -> Case:
    """A tab a quarter with the very same amounts: four parts of a year, not copies."""
    book = Book()
    lines = []
    for q in range(1, 5):
        tab = book.tab(f"Q{q} 2026")
        tab.rows("A1", [["Channel", "Vendor", "Budget USD"], ["Search", "Google", 15000], ["Social", "Meta", 9000], ["Total", None, 24000]])
        lines += [line("Search|Google", 15000, "C2"), line("Social|Meta", 9000, "C3")]
    return Case("plan.xlsx", book.xlsx(), "USD", lines)


def stale_hidden_tab() -> Case:
    """The old plan on a hidden tab, data for a chart on a visible one."""
    book = Book()
    head = ["Channel", "Partner", "Start", "End", "Budget CHF"]
    days = [date(2026, 10, 1), date(2026, 12, 31)]
    book.tab("Plan").rows("A1", [head, ["TV", "SRF", *days, 105000], ["Social", "Meta", *days, 24000], ["Total", None, None, None, 129000]])
    book.tab("old", hidden=True).rows(
        "A1", [head, ["TV", "SRF", *days, 99000], ["Social", "Meta", *days, 20000], ["Total", None, None, None, 119000]]
    )
    book.tab("Reach curve").rows("A1", [["GRP", "Reach 1+ %"], [100, 41.5], [200, 55.2], [300, 61.8]])
    lines = [line("TV|SRF", 105000, "E2", dates="2026-10-01..2026-12-31"), line("Social|Meta", 24000, "E3", dates="2026-10-01..2026-12-31")]
    return Case("plan.xlsx", book.xlsx(), "CHF", lines, warns=frozenset({"hidden_tab"}))


def share_of_a_total_above() -> Case:
    """The whole stands on top; each line has its share and the amount that makes."""
    book = Book()
    tab = book.tab("Allocation")
    tab.rows(
        "A1",
        [
            ["Total budget", 120000],
            ["Currency", "EUR"],
            [],
            ["Channel", "Funnel", "% of budget", "Amount"],
            ["Meta", "Upper", 0.35, 42000],
            ["Google Search", "Lower", 0.4, 48000],
            ["TikTok", "Upper", 0.25, 30000],
            [None, None, 1, 120000],
        ],
    )
    tab.style("C5:C8", "0%")
    return Case(
        "alloc.xlsx", book.xlsx(), "EUR", [line("Meta", 42000, "D5"), line("Google Search", 48000, "D6"), line("TikTok", 30000, "D7")]
    )


def sections_with_blank_rows() -> Case:
    """Sections over blank rows, their sums with the section's name."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Kampagne Herbst 2026"],
            [],
            ["Kanal", "Umfeld", "Kosten (EUR)"],
            [],
            ["Always-on"],
            ["Search", "Google", 20000],
            ["Social", "Meta", 15000],
            ["Summe Always-on", None, 35000],
            [],
            ["Kampagne"],
            ["TV", "ProSieben", 90000],
            ["Addressable TV", "RTL+", 25000],
            ["Summe Kampagne", None, 115000],
            [],
            ["Gesamtsumme", None, 150000],
        ],
    )
    lines = [
        line("Search|Google|Always-on", 20000, "C6"),
        line("Social|Meta", 15000, "C7"),
        line("TV|ProSieben|Kampagne", 90000, "C11"),
        line("RTL+", 25000, "C12"),
    ]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def codes_beside_money() -> Case:
    """Line and order numbers as large as money; the money is called net net."""
    book = Book()
    tab = book.tab("IO lines")
    plan = [
        (100231, 45001877, "ZDF Werbung", "Spot", 64000),
        (100232, 45001878, "Seven.One", "Spot", 58500),
        (100233, 45001901, "Ad Alliance", "Online video", 31000),
    ]
    tab.rows("A1", [["Line ID", "PO Number", "Vendor", "Type", "Net Net €"], *map(list, plan), ["Total", None, None, None, 153500]])
    return Case("io.xlsx", book.xlsx(), "EUR", [line(f"{p[2]}|{p[3]}", p[4], f"E{r}") for r, p in enumerate(plan, 2)])


def channels_as_merged_sections() -> Case:
    """The channel stands merged over the whole width above its lines, no column of its own."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Site", "Format", "Impressions", "CPM", "Cost, RUB"],
            ["Онлайн-видео"],
            ["VK Видео", "Preroll", 2000000, 350, 700000],
            ["Rutube", "Preroll", 1500000, 300, 450000],
            ["Баннеры"],
            ["Яндекс", "Billboard", 4000000, 120, 480000],
            ["Mail.ru", "Banner", 3000000, 90, 270000],
            ["Итого", None, 10500000, None, 1900000],
        ],
    )
    tab.merges += ["A2:E2", "A5:E5"]
    lines = [
        line("Онлайн-видео|VK Видео", 700000, "E3"),
        line("Rutube", 450000, "E4"),
        line("Баннеры|Яндекс", 480000, "E6"),
        line("Mail.ru", 270000, "E7"),
    ]
    return Case("план.xlsx", book.xlsx(), "RUB", lines)


def spot_list() -> Case:
    """One row a spot: day, time, programme, rating, price."""
    book = Book()
    tab = book.tab("Spotlist")
    spots = [
        (date(2026, 3, 2), "19:58", "Tagesthemen", 4.1, 12400),
        (date(2026, 3, 3), "20:14", "Wetter", 5.2, 15800),
        (date(2026, 3, 5), "18:45", "Quiz", 3.3, 9100),
        (date(2026, 3, 8), "21:40", "Krimi", 6.0, 21000),
    ]
    tab.rows("A1", [["Datum", "Uhrzeit", "Sendung", "GRP", "Preis netto €"], *map(list, spots), ["Summe", None, None, 18.6, 58300]])
    return Case("spots.xlsx", book.xlsx(), "EUR", [line(s[2], s[4], f"E{r}", dates=f"{s[0]}..{s[0]}") for r, s in enumerate(spots, 2)])


def requested_and_approved() -> Case:
    """What was asked for and what was granted; the granted is the plan, and its total says so."""
    book = Book()
    tab = book.tab("Budget requests")
    plan = [("Search", "Google", 30000, 25000), ("Social", "Meta", 20000, 20000), ("Events", "Expo booth", 15000, 0)]
    tab.rows("A1", [["Channel", "Partner", "Requested budget ($)", "Approved budget ($)"], *map(list, plan), ["Total", None, 65000, 45000]])
    return Case("req.xlsx", book.xlsx(), "USD", [line(f"{c}|{p}", a, f"D{r}") for r, (c, p, _, a) in enumerate(plan, 2)])


def rebate_line() -> Case:
    """A rebate as a negative line that the total takes off."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Media", "Publisher", "Net cost (DKK)"],
            ["Print", "Politiken", 85000],
            ["Print", "Børsen", 64000],
            ["Online", "DR.dk", 41000],
            ["Volume rebate", None, -9500],
            ["Total", None, 180500],
        ],
    )
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "DKK",
        [line("Print|Politiken", 85000, "C2"), line("Print|Børsen", 64000, "C3"), line("Online|DR.dk", 41000, "C4")],
    )


def low_base_high() -> Case:
    """Three scenarios as money columns: alternatives."""
    book = Book()
    tab = book.tab("Scenarios")
    plan = [("Search", 20000, 30000, 45000), ("Social", 10000, 18000, 25000), ("CTV", 0, 12000, 30000)]
    tab.rows("A1", [["Budget scenarios 2026 (USD)"], ["Channel", "Low", "Base", "High"], *map(list, plan), ["Total", 30000, 60000, 100000]])
    return Case("scen.xlsx", book.xlsx(), "USD", versions=[[line(p[0], p[i]) for p in plan] for i in (1, 2, 3)])


def scenario_blocks() -> Case:
    """Two scenarios under each other, each with a head and a total."""
    book = Book()
    tab = book.tab("Plan")
    versions, row = [], 1
    for title, k in (("Szenario 1: 50.000 €", 1), ("Szenario 2: 80.000 €", 1.6)):
        plan = [("Social", "Meta", 20000 * k), ("Search", "Google", 30000 * k)]
        tab.rows(f"A{row}", [[title], ["Kanal", "Plattform", "Budget €"], *map(list, plan), ["Summe", None, 50000 * k], []])
        versions.append([line(f"{c}|{p}", a) for c, p, a in plan])
        row += 7
    return Case("szenarien.xlsx", book.xlsx(), "EUR", versions=versions)


def of_which_lines() -> Case:
    """A line and, under it, what it is made of: only the parts are bought."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Position", "Budget (EUR)"],
            ["Digital total", 50000],
            ["  of which Google Search", 30000],
            ["  of which Meta", 20000],
            ["Offline total", 70000],
            ["  of which Radio", 25000],
            ["  of which Print", 45000],
            ["Total", 120000],
        ],
    )
    lines = [line("Google Search", 30000, "B3"), line("Meta", 20000, "B4"), line("Radio", 25000, "B6"), line("Print", 45000, "B7")]
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def numbered_outline() -> Case:
    """Three levels by number: each level's sum stands on its own line above its parts."""
    book = Book()
    tab = book.tab("Budget")
    tab.rows(
        "A1",
        [
            ["No.", "Item", "Amount, USD"],
            ["1", "Paid media", 90000],
            ["1.1", "Search", 50000],
            ["1.1.1", "Google brand", 20000],
            ["1.1.2", "Google generic", 30000],
            ["1.2", "Social", 40000],
            ["1.2.1", "Meta", 25000],
            ["1.2.2", "TikTok", 15000],
            ["2", "Sponsorship", 30000],
            ["2.1", "Podcast", 12000],
            ["2.2", "Newsletter", 18000],
            ["Total", None, 120000],
        ],
    )
    lines = [
        line("Google brand", 20000),
        line("Google generic", 30000),
        line("Meta", 25000),
        line("TikTok", 15000),
        line("Podcast", 12000),
        line("Newsletter", 18000),
    ]
    return Case("budget.xlsx", book.xlsx(), "USD", lines)


def table_far_down_with_legend() -> Case:
    """A legend at the left and a head far down and to the right."""
    book = Book()
    tab = book.tab("Media")
    tab.rows("A12", [["Legend"], ["TV"], ["Digital"], ["Print"]])
    plan = [
        ("TV", "RTL NL", date(2026, 1, 12), date(2026, 2, 8), 88000),
        ("Digital", "NU.nl", date(2026, 1, 12), date(2026, 3, 1), 21000),
        ("Print", "De Telegraaf", date(2026, 1, 17), date(2026, 1, 17), 19500),
    ]
    tab.rows("D14", [["Medium", "Titel", "Van", "Tot", "Netto kosten €"], *map(list, plan), ["Totaal", None, None, None, 128500]])
    return Case(
        "mediaplan.xlsx",
        book.xlsx(),
        "EUR",
        [line(f"{p[0]}|{p[1]}", p[4], f"H{r}", dates=f"{p[2]}..{p[3]}") for r, p in enumerate(plan, 15)],
    )


def tab_of_month_totals_only() -> Case:
    """No channels at all: a month a row with what is to be spent."""
    book = Book()
    tab = book.tab("Ad budget 2026")
    plan = {"January": 8000, "February": 8500, "March": 12000}
    tab.rows(
        "A1",
        [
            ["Month", "Ad budget (EUR)", "Cumulative"],
            ["January", 8000, 8000],
            ["February", 8500, 16500],
            ["March", 12000, 28500],
            ["Total", 28500, None],
        ],
    )
    firsts = ("2026-01-01", "2026-02-01", "2026-03-01")
    return Case("budget.xlsx", book.xlsx(), "EUR", [line("Ad budget", 28500, periods=dict(zip(firsts, plan.values(), strict=True)))])


def newline_heads_and_notes_column() -> Case:
    """Heads with line breaks, rate card beside net rate, remarks with figures."""
    book = Book()
    tab = book.tab("Plan")
    plan = [
        ("LinkedIn", "Sponsored content", 450000, 42, 38, "min. 15,000 per IO"),
        ("Reddit", "Promoted post", 900000, 9, 7.5, "CPM guaranteed until 30.06."),
        ("Quora", "Text ad", 300000, 11, 10, None),
    ]
    tab.rows(
        "A1",
        [
            ["Platform", "Ad\nformat", "Planned\nimpressions", "Rate card\nCPM", "Net\nCPM", "Media cost\n(net, EUR)", "Remarks"],
            *[[a, b, c, d, e, c * e / 1000, n] for a, b, c, d, e, n in plan],
            ["Total", None, 1650000, None, None, 26850, None],
        ],
    )
    return Case(
        "plan.xlsx", book.xlsx(), "EUR", [line(f"{p[0]}|{p[1]}", p[2] * p[4] / 1000, f"F{r}") for r, p in enumerate(plan, 2)], basis="net"
    )


def visible_subtotal_formula() -> Case:
    """Rows that a filter hides; the total counts only what is visible."""
    book = Book()
    tab = book.tab("Plan")
    plan = [
        ("Search", "Google", 10000),
        ("Social", "Snap (cancelled)", 6000),
        ("Social", "Meta", 8000),
        ("Video", "Twitch (cancelled)", 5000),
        ("Video", "YouTube", 9000),
    ]
    tab.rows("A1", [["Channel", "Partner", "Budget £"], *map(list, plan), ["Total", None, F("=SUBTOTAL(109,C2:C6)", 27000)]])
    tab.hidden_rows |= {3, 5}
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "GBP",
        [line(f"{c}|{p}", a, f"C{r}") for r, (c, p, a) in enumerate(plan, 2) if "cancelled" not in p],
        warns=frozenset({"hidden_rows"}),
    )
