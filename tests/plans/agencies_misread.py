"""Plans of a round written apart from the reader that it had misread at first, with their truth."""

from __future__ import annotations

from datetime import date

from tests.plans.paper import Book, Case, line


def es_stacked_media() -> Case:
    """A block for each medium under one grand total; only one of the blocks names known media."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("B2", [["CLIENTE:", "Olivar del Sur"], ["PERIODO:", "01/03/2026 - 31/05/2026"], ["Importes en EUR"]])
    heads = ("Inversión bruta", "Dto. %", "Inversión neta")
    tab.rows("B6", [["TELEVISIÓN"], ["Cadena", "GRPs", "C/GRP", *heads]])
    tab.rows("B8", [["Canal Uno", 120, 310, 37200, 0.35, 24180], ["Canal Dos", 100, 295, 29500, 0.35, 19175]])
    tab.rows("B10", [["Subtotal TV", 220, None, 66700, None, 43355]])
    tab.rows("B12", [["DIGITAL"], ["Soporte", "Impresiones", "CPM", *heads]])
    tab.rows("B14", [["YouTube", 3000000, 9, 27000, 0.1, 24300], ["Meta", 5000000, 4.2, 21000, 0, 21000]])
    tab.rows("B16", [["Subtotal Digital", 8000000, None, 48000, None, 45300], [], ["TOTAL CAMPAÑA", None, None, 114700, None, 88655]])
    lines = [("Canal Uno", 24180, "G8"), ("Canal Dos", 19175, "G9"), ("YouTube", 24300, "G14"), ("Meta", 21000, "G15")]
    return Case("olivar.xlsx", book.xlsx(), "EUR", [line(*one) for one in lines])


def jp_platform_x() -> Case:
    """Japanese heads, and the platform X, which is no mark for nothing."""
    book = Book()
    tab = book.tab("媒体プラン")
    rows = [
        ("Yahoo! JAPAN", "ブランドパネル", date(2026, 4, 1), date(2026, 4, 7), 12000000, 6000000),
        ("LINE", "Talk Head View", date(2026, 4, 6), date(2026, 4, 6), 30000000, 12000000),
        ("X", "プロモビデオ", date(2026, 4, 1), date(2026, 4, 30), 8000000, 3500000),
    ]
    tab.rows("A1", [["2026年度 春キャンペーン 媒体計画"], ["単位:円(税別)"], ["媒体", "メニュー", "開始日", "終了日", "想定imp", "金額"]])
    tab.rows("A4", [*rows, ["合計", None, None, None, 50000000, 21500000]])
    lines = [line(f"{r[0]}|{r[1]}", r[5], f"F{at}", dates=f"{r[2]}..{r[3]}") for at, r in enumerate(rows, start=4)]
    return Case("haru.xlsx", book.xlsx(), "JPY", lines)


def us_options_with_sizes() -> Case:
    """Options as columns whose heads name their sizes."""
    book = Book()
    tab = book.tab("Options")
    names, columns = ("Paid Search", "Paid Social", "CTV", "Podcast"), ((90, 80, 50, 30), (130, 120, 100, 50), (180, 170, 160, 90))
    tab.rows("A1", [["Bluebird, spring 2026, USD net"], [], ["Channel", "Option A: $250K", "Option B: $400K", "Option C: $600K"]])
    tab.rows("A4", [[name, *(1000 * column[at] for column in columns)] for at, name in enumerate(names)])
    tab.rows("A8", [["Total", *(1000 * sum(column) for column in columns)]])
    versions = [[line(name, 1000 * part) for name, part in zip(names, column, strict=True)] for column in columns]
    return Case("options.xlsx", book.xlsx(), "USD", versions=versions)


def us_old_and_final_tab() -> Case:
    """The old version left visible beside the final one, with the same line items at other prices."""
    book, costs = Book(), (75000, 41000, 66000)
    for name, factor in (("v1 - OLD", 1.1), ("v2 - FINAL", 1.0)):
        tab = book.tab(name)
        tab.rows("A1", [["Placement", "Start", "End", "Cost (USD)"]])
        names = zip(("NYT Homepage", "WSJ Article", "Bloomberg Video"), costs, strict=True)
        tab.rows("A2", [[text, date(2026, 5, 4), date(2026, 5, 31), round(cost * factor, 2)] for text, cost in names])
        tab.rows("A5", [["Total", None, None, round(sum(costs) * factor, 2)]])
    names = ("NYT Homepage", "WSJ Article", "Bloomberg Video")
    versions = [[line(n, round(c * f, 2)) for n, c in zip(names, costs, strict=True)] for f in (1.1, 1.0)]
    return Case("final.xlsx", book.xlsx(), "USD", versions=versions)


def mx_outdoor_units() -> Case:
    """Outdoor sites: pieces, a price a month and months, under local names for the formats."""
    book = Book()
    tab = book.tab("OOH")
    sites = [
        ("Espectacular", "Av. Juárez", 2, 48000, 3),
        ("Parabús", "Reforma", 10, 9500, 2),
        ("Valla móvil", "Zona sur", 4, 15000, 1),
    ]
    tab.rows("A1", [["OOH Monterrey / CDMX 2026"], ["Tipo", "Ubicación", "Piezas", "Tarifa mensual MXN", "Meses", "Costo MXN"]])
    tab.rows("A3", [[*site, site[2] * site[3] * site[4]] for site in sites])
    tab.rows("A6", [["TOTAL", None, 16, None, None, 538000]])
    return Case("ooh.xlsx", book.xlsx(), "MXN", [line(s[0], s[2] * s[3] * s[4], f"F{at}") for at, s in enumerate(sites, start=3)])


def de_prices_in_text() -> Case:
    """Prices as texts with a grouping point and a euro sign, none of which could have a third decimal."""
    book = Book()
    tab = book.tab("Tabelle1")
    rows = [("Instagram Reels", "1.-15. Mai 2026", "4.500 €"), ("Podcast-Sponsoring", "1.-30. Juni 2026", "7.200 €")]
    tab.rows("A1", [["Maßnahme", "Zeitraum", "Budget"], *rows])
    lines = [line(rows[0][0], 4500, "C2", dates="2026-05-01..2026-05-15"), line(rows[1][0], 7200, "C3", dates="2026-06-01..2026-06-30")]
    return Case("massnahmen.xlsx", book.xlsx(), "EUR", lines)


def uk_clicks_below_spend() -> Case:
    """The same lines again in clicks: only the head over their names says so."""
    book = Book()
    tab = book.tab("Phasing")
    spend, clicks = ((5000, 5000, 6000), (12000, 12500, 14000)), ((10000, 10000, 12000), (8000, 8300, 9300))
    for top, head, plan in ((1, "Phasing (£)", spend), (5, "Phasing (clicks)", clicks)):
        tab.rows(f"A{top}", [[head, None, "Jan 26", "Feb 26", "Mar 26", "Total"]])
        names = (("Search", "Brand"), ("Search", "Generic"))
        tab.rows(f"A{top + 1}", [[*name, *parts, sum(parts)] for name, parts in zip(names, plan, strict=True)])
    return Case("phasing.xlsx", book.xlsx(), "GBP", [line("Search|Brand", 16000, "F2"), line("Search|Generic", 38500, "F3")])


def us_dollars_in_text() -> Case:
    """Months of whole thousands as texts with a dollar sign."""
    book = Book()
    tab = book.tab("Plan")
    tab.rows("A1", [["Market", "Channel", "Jan '26", "Feb '26", "YTD Total"], ["US", "Search", "$10,000", "$11,000", "$21,000"]])
    tab.rows("A3", [["CA", "Social", "$2,000", "$3,000", "$5,000"], ["Total", None, "$12,000", "$14,000", "$26,000"]])
    parts = {"2026-01-01": 10000, "2026-02-01": 11000}
    return Case("plan26.xlsx", book.xlsx(), "USD", [line("US|Search", 21000, periods=parts), line("CA|Social", 5000)])


def us_payroll() -> Case:
    """No plan: what people of a media agency earn by month."""
    book = Book()
    tab = book.tab("Payroll 2026")
    tab.rows("A1", [["Employee", "Department", "Jan", "Feb", "Total"], ["A. Smith", "Media", 5000, 5000, 10000]])
    tab.rows("A3", [["B. Jones", "Search", 5200, 5200, 10400], ["Total", None, 10200, 10200, 20400]])
    return Case("payroll.xlsx", book.xlsx(), None, plan=False)


def us_fees_on_working_media() -> Case:
    """Fees and a total investment beside the working media, which is the budget."""
    book = Book()
    tab = book.tab("Budget")
    tab.rows("A1", [["Channel", "Working Media", "Tech fee (5%)", "Agency fee (10%)", "Total investment"]])
    media = [("Programmatic", 100000), ("Paid Social", 80000), ("Search", 60000), ("Total", 240000)]
    tab.rows("A2", [[name, cost, cost * 0.05, cost * 0.1, cost * 1.15] for name, cost in media])
    tab.style("B2:E5", "$#,##0")
    return Case("fees.xlsx", book.xlsx(), "USD", [line(name, cost, f"B{at}") for at, (name, cost) in enumerate(media[:3], start=2)])


def kz_month_at_the_end_of_a_title() -> Case:
    """The month of the plan stands last in its title."""
    book = Book()
    tab = book.tab("МП")
    tab.rows("A1", [["Медиаплан, тенге без НДС, июль 2026"], ["Канал", "Формат", "Показы", "Бюджет"]])
    tab.rows("A3", [["Instagram", "Reels", 4500000, 2250000], ["Kaspi Ads", "Баннер", 3000000, 1800000]])
    july = "2026-07-01..2026-07-31"
    lines = [line("Instagram", 2250000, "D3", dates=july), line("Kaspi Ads", 1800000, "D4", dates=july)]
    return Case("kz.xlsx", book.xlsx(), "KZT", lines)


def kw_dinars_of_three_decimals() -> Case:
    """Dinars have thousandths: whether `1.250` is one and a quarter or a thousand is asked, the sign does not say."""
    book = Book()
    tab = book.tab("Media plan")
    tab.rows("A1", [["Channel", "Publisher", "Budget"], ["Radio", "Marina FM", "KWD 1.250"], ["OOH", "Mupi Kuwait", "KWD 3.500"]])
    return Case("kuwait.xlsx", book.xlsx(), "KWD", asks=frozenset({"ambiguous_number"}))
