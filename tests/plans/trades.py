"""Plans with the columns of the trades and what hides or repeats money in them, with their truth."""

from __future__ import annotations

from datetime import date

from tests.plans.paper import Book, Case, F, line


def package_price_merged() -> Case:
    """One package price merged over three placements; others priced alone."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Publisher", "Placement", "Impressions", "Net cost (SEK)"],
            ["Schibsted", "Wallpaper", 500000, 240000],
            [None, "Mobile banner", 900000],
            [None, "Newsletter", 80000],
            ["Bonnier", "Halfpage", 600000, 110000],
            ["Total", None, 2080000, 350000],
        ],
    )
    tab.merges += ["A2:A4", "D2:D4"]
    return Case(
        "plan.xlsx", book.xlsx(), "SEK", [line("Schibsted|Wallpaper", 240000, "D2"), line("Bonnier|Halfpage", 110000, "D5")], basis="net"
    )


def bold_subtotals_above() -> Case:
    """Channel rows carry the sum of the rows below them; no word says total."""
    book = Book()
    tab = book.tab("Detail")
    tab.rows(
        "A1",
        [
            ["Channel", "Tactic", "FY26 Budget ($000)"],
            ["Paid Media", None, 900],
            [None, "Search", 400],
            [None, "Social", 350],
            [None, "Retail media", 150],
            ["Sponsorship", None, 300],
            [None, "Festival", 180],
            [None, "Podcast", 120],
            ["Grand total", None, 1200],
        ],
    )
    lines = [
        line("Paid Media|Search", 400000, "C3"),
        line("Social", 350000, "C4"),
        line("Retail media", 150000, "C5"),
        line("Sponsorship|Festival", 180000, "C7"),
        line("Podcast", 120000, "C8"),
    ]
    return Case("detail.xlsx", book.xlsx(), "USD", lines)


def mute_net_beside_gross() -> Case:
    """Gross is named, a mute column beside it is 85% of it, and the total says it is net."""
    book = Book()
    tab = book.tab("Plan")
    plan = [("ATV", "Spot 20s", 50000), ("ORF", "Spot 20s", 80000), ("Krone.at", "Sitebar", 12000)]
    tab.rows(
        "A1", [["Medium", "Format", "Brutto €", None], *[[m, f, g, g * 0.85] for m, f, g in plan], ["Summe netto", None, None, 120700]]
    )
    return Case("plan.xlsx", book.xlsx(), "EUR", [line(f"{m}|{f}", g * 0.85, f"D{r}") for r, (m, f, g) in enumerate(plan, 2)])


def ooh_rent_and_print() -> Case:
    """Panels times rent, production apart, both in a total."""
    book = Book()
    tab = book.tab("OOH")
    plan = [("Lyon", "Abribus 2m²", 120, 95, 18), ("Paris", "Métro 4x3", 40, 410, 60), ("Lille", 'Digital 75"', 25, 520, 0)]
    tab.rows(
        "A1",
        [
            [
                "Ville",
                "Format",
                "Nb faces",
                "Tarif / face (€)",
                "Total affichage (€)",
                "Impression / face (€)",
                "Total impression (€)",
                "TOTAL HT (€)",
            ]
        ],
    )
    tab.rows("A2", [[v, f, n, t, n * t, p, n * p, n * (t + p)] for v, f, n, t, p in plan])
    tab.rows(
        "A5",
        [
            [
                "TOTAL",
                None,
                185,
                None,
                sum(p[2] * p[3] for p in plan),
                None,
                sum(p[2] * p[4] for p in plan),
                sum(p[2] * (p[3] + p[4]) for p in plan),
            ]
        ],
    )
    return Case("ooh.xlsx", book.xlsx(), "EUR", [line(f"{v}|{f}", n * (t + p), f"H{r}") for r, (v, f, n, t, p) in enumerate(plan, 2)])


def print_discounts() -> Case:
    """Insertions, list price, discount, net price, advertising tax, amount to pay."""
    book = Book()
    tab = book.tab("Print")
    plan = [
        ("Kurier", "1/1 4c", date(2026, 10, 5), 3, 18000, 0.3),
        ("Standard", "1/2 4c", date(2026, 10, 7), 2, 11000, 0.25),
        ("News", "U4", date(2026, 10, 15), 1, 24000, 0.4),
    ]
    tab.rows(
        "A1", [["Titel", "Format", "ET", "Schaltungen", "Tarif", "Rabatt", "Netto/Schaltung", "Netto gesamt", "WA 5%", "Gesamt inkl. WA"]]
    )
    rows = [[t, f, d, n, p, r, p * (1 - r), n * p * (1 - r), n * p * (1 - r) * 0.05, n * p * (1 - r) * 1.05] for t, f, d, n, p, r in plan]
    tab.rows("A2", rows)
    tab.rows("A5", [["Summe", None, None, 6, None, None, None, *[sum(r[i] for r in rows) for i in (7, 8, 9)]]])
    tab.style("E2:E5", '#,##0.00 "€"')
    tab.style("G2:J5", '#,##0.00 "€"')
    return Case("print.xlsx", book.xlsx(), "EUR", [line(f"{p[0]}|{p[1]}", rows[i][7], f"H{i + 2}") for i, p in enumerate(plan)])


def retail_media_coop() -> Case:
    """Brand's share and retailer's share of each activity, and their sum."""
    book = Book()
    tab = book.tab("JBP 2026")
    plan = [
        ("Tesco", "Clubcard mailer", 30000, 10000),
        ("Sainsbury's", "Nectar360 onsite", 24000, 0),
        ("Boots", "BMG offsite", 18000, 6000),
    ]
    tab.rows("A1", [["Retailer", "Activity", "Live date", "Brand funding £", "Retailer funding £", "Total investment £"]])
    tab.rows("A2", [[r, a, date(2026, 5, 1), b, x or None, b + x] for r, a, b, x in plan])
    tab.rows("A5", [["Total", None, None, 72000, 16000, 88000]])
    return Case("jbp.xlsx", book.xlsx(), "GBP", [line(f"{r}|{a}", b + x, f"F{i}") for i, (r, a, b, x) in enumerate(plan, 2)])


def hidden_column_copy() -> Case:
    """A hidden column keeps the old budget."""
    book = Book()
    tab = book.tab("Plan")
    plan = [("Search", "Google", 9000, 10000), ("Social", "Meta", 7000, 6500), ("Display", "Criteo", 4000, 4200)]
    tab.rows("A1", [["Channel", "Vendor", "Budget", "Budget"], *map(list, plan), ["Total", None, 20000, 20700]])
    tab.hidden_columns.add(3)
    tab.style("C2:D5", "$#,##0")
    return Case("plan.xlsx", book.xlsx(), "USD", [line(f"{c}|{v}", n, f"D{r}") for r, (c, v, _, n) in enumerate(plan, 2)])


def assumptions_below() -> Case:
    """Assumptions with figures under the plan: CPM, CTR, a monthly cap."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Objective", "Budget", "Est. impressions", "Est. clicks"],
            ["Meta", "Traffic", 12000, 1500000, 15000],
            ["Google", "Sales", 20000, 400000, 16000],
            ["Total", None, 32000, 1900000, 31000],
            [],
            ["Assumptions"],
            ["Meta CPM", "8.00"],
            ["Max monthly budget", 15000],
            ["FX EUR/USD", 1.08],
            ["Budget excludes production (est. 4,500)"],
        ],
    )
    tab.style("C2:C4", "$#,##0.00")
    return Case("plan.xlsx", book.xlsx(), "USD", [line("Meta", 12000, "C2"), line("Google", 20000, "C3")])


def crosstab_markets() -> Case:
    """Channels down, markets across, sums both ways."""
    book = Book()
    tab = book.tab("Split")
    tab.rows(
        "A1",
        [
            ["EUR '000", "Germany", "France", "Italy", "Total"],
            ["TV", 500, 400, 300, 1200],
            ["Digital video", 200, 150, 100, 450],
            ["Search", 80, 60, 40, 180],
            ["Total", 780, 610, 440, 1830],
        ],
    )
    lines = [line("TV", 1200000), line("Digital video", 450000), line("Search", 180000)]
    return Case("split.xlsx", book.xlsx(), "EUR", lines)


def fees_under_subtotal() -> Case:
    """Subtotal, ad serving and agency fee under it, then what the client pays."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows(
        "A1",
        [
            ["Channel", "Publisher", "Start", "End", "Investment AED"],
            ["Social", "Snapchat", date(2026, 2, 15), date(2026, 3, 20), 150000],
            ["Video", "Shahid", date(2026, 2, 15), date(2026, 3, 20), 220000],
            ["Sub total media", None, None, None, 370000],
            ["Ad serving 3%", None, None, None, 11100],
            ["Agency commission 7.5%", None, None, None, 27750],
            ["Total excl. VAT", None, None, None, 408850],
            ["VAT 5%", None, None, None, 20442.5],
            ["Grand total incl. VAT", None, None, None, 429292.5],
        ],
    )
    return Case(
        "plan.xlsx",
        book.xlsx(),
        "AED",
        [
            line("Social|Snapchat", 150000, "E2", dates="2026-02-15..2026-03-20"),
            line("Video|Shahid", 220000, "E3", dates="2026-02-15..2026-03-20"),
        ],
    )


def rate_card_is_no_plan() -> Case:
    """A publisher's rate card: prices a thousand, minimum spends, no purchase."""
    book = Book()
    tab = book.tab("Rates")
    tab.rows(
        "A1",
        [
            ["Rate card 2026"],
            ["Format", "Size", "CPM €", "Minimum booking €"],
            ["Billboard", "970x250", 28, 5000],
            ["Halfpage", "300x600", 25, 5000],
            ["Interstitial", "320x480", 32, 8000],
        ],
    )
    return Case("rates.xlsx", book.xlsx(), "EUR", plan=False)


def blank_template_zeros() -> Case:
    """A template with a head, empty lines and totals of nought."""
    book = Book()
    tab = book.tab("Template")
    tab.rows(
        "A1",
        [
            ["Channel", "Publisher", "Start", "End", "Budget"],
            ["TV"],
            ["Radio"],
            ["Online"],
            ["Total", None, None, None, F("=SUM(E2:E4)", 0)],
        ],
    )
    return Case("template.xlsx", book.xlsx(), "USD", [], warns=frozenset({"blank_template"}), asks=frozenset())


def market_pairs_across() -> Case:
    """Under each market a budget and its impressions."""
    book = Book()
    tab = book.tab("Markets")
    tab.rows(
        "A1",
        [
            ["Channel", "Poland", None, "Czechia", None, "All markets", None],
            [None, "Budget €", "Impressions", "Budget €", "Impressions", "Budget €", "Impressions"],
            ["Search", 10000, 200000, 6000, 120000, 16000, 320000],
            ["Social", 8000, 1600000, 5000, 1000000, 13000, 2600000],
            ["Total", 18000, 1800000, 11000, 1120000, 29000, 2920000],
        ],
    )
    tab.merges += ["B1:C1", "D1:E1", "F1:G1"]
    lines = [line("Search|Poland", 10000, "B3"), line("Social|Poland", 8000, "B4")]
    return Case("markets.xlsx", book.xlsx(), "EUR", [*lines, line("Search|Czechia", 6000, "D3"), line("Social|Czechia", 5000, "D4")])
