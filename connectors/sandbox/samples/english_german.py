"""Samples in English and German: wide months with subtotals, two-row headers, segments side by side, and the hardest of all."""

from __future__ import annotations

from datetime import date

from connectors.sandbox.samples.paper import (
    BOLD,
    HEAD,
    SUM,
    YEAR,
    Money,
    Paper,
    Sample,
    across,
    document,
    item,
    month,
    number,
    periods,
    sample,
    table,
    total,
)
from connectors.sandbox.wire import Json

_US = {
    "Paid Search": [
        ("Google Ads", "Brand", (12000, 11500, 14000, 16500, 18000, 17000, 14500, 13000, 12500, 12000, 19500, 21000)),
        ("Google Ads", "Generic", (20000, 18500, 26000, 31000, 34500, 33000, 27500, 24000, 21000, 20500, 36000, 38000)),
        ("Microsoft Ads", "Generic", (3200, 3000, 4100, 4900, 5400, 5100, 4300, 3800, 3400, 3200, 5600, 5900)),
    ],
    "Paid Social": [
        ("Meta", "Reels", (9500, 9500, 15250, 18400, 21000, 20500, 16000, 12500, 10500, 9500, 22000, 24500)),
        ("TikTok", "In-Feed", (0, 0, 8000, 10500, 12500, 12500, 9000, 6000, 0, 0, 11000, 13000)),
        ("Pinterest", "Promoted Pins", (2500, 2500, 3750, 4250, 4250, 3750, 2500, 2500, 2500, 2500, 4750, 5250)),
    ],
    "Video": [
        ("YouTube", "Skippable 15s", (0, 0, 24000, 32000, 32000, 24000, 0, 0, 0, 0, 28000, 30000)),
        ("Hulu", "CTV 30s", (0, 0, 0, 45000, 45000, 0, 0, 0, 0, 0, 52000, 52000)),
    ],
}


def us_annual() -> Sample:
    """English, USD: twelve months across, a subtotal after each channel, every total a formula."""
    money, paper = Money("USD"), Paper("Media Plan 2027")
    paper.put("A1", "Northwind Bikes | US Media Plan 2027", BOLD)
    paper.put("A2", "All figures net USD, working media")
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    paper.line(4, "A", ["Channel", "Publisher", "Format", *[f"{m} {YEAR}" for m in names], "Total"], HEAD)
    months, items, totals, subtotal_rows, row = [month(YEAR, m) for m in range(1, 13)], [], [], [], 5
    for channel, lines in _US.items():
        first = row
        for publisher, form, amounts in lines:
            paper.line(row, "A", [channel, publisher, form])
            paper.line(row, "D", [amount or None for amount in amounts], number("$#,##0"))
            paper.put(f"P{row}", f"=SUM(D{row}:O{row})", number("$#,##0"))
            by_period = periods(amounts, months, across(row, "D", 12), money)
            items.append(
                item(row, money.minor(sum(amounts)), f"P{row}", channel=channel, publisher=publisher, format=form, by_period=by_period)
            )
            row += 1
        paper.put(f"A{row}", f"{channel} subtotal", SUM)
        paper.line(row, "D", [f"=SUM({c}{first}:{c}{row - 1})" for c in "DEFGHIJKLMNOP"], SUM | number("$#,##0"))
        totals.append(total(f"P{row}", sum(i["budget_minor"] for i in items if i["channel"] == channel), "subtotal"))
        subtotal_rows.append(row)
        row += 1
    paper.put(f"A{row}", "Grand total", SUM)
    paper.line(row, "D", ["=" + "+".join(f"{c}{r}" for r in subtotal_rows) for c in "DEFGHIJKLMNOP"], SUM | number("$#,##0"))
    totals.append(total(f"P{row}", sum(i["budget_minor"] for i in items)))
    found = table(paper.title, [4], items, money, totals=totals)
    notes = ["subtotal rows between the channels", "months without spend are empty, not zero"]
    return sample("us_annual", document("Northwind Bikes - 2027 US Media Plan", [paper], locale="en_US"), [found], notes)


_SPRING = [
    ("Suche", "Google", "Textanzeige", "Kaufinteressierte", ((18500.0, 410000), (21250.5, 470000), (19400.0, 430000))),
    ("Social", "Meta", "Reels", "18–34", ((12400.0, 1550000), (16800.75, 2100000), (14250.0, 1780000))),
    ("Social", "TikTok", "In-Feed", "18–29", ((6000.0, 1000000), (9000.0, 1500000), (7500.0, 1250000))),
    ("Display", "Seedtag", "Kontext-Banner", "Radsport", ((4800.0, 800000), (5200.0, 866000), (4800.0, 800000))),
    ("Video", "YouTube", "Bumper 6s", "25–49", ((15000.0, 2140000), (22500.0, 3210000), (15000.0, 2140000))),
    ("Außenwerbung", "Ströer", "Public Video", "Großstädte", ((0.0, 0), (38000.0, 5200000), (0.0, 0))),
    ("Audio", "Spotify", "Audio-Spot 30s", "18–39", ((3500.0, 350000), (4250.0, 425000), (3500.0, 350000))),
]


def de_spring() -> Sample:
    """German, EUR: a merged two-row header, each month with budget and impressions."""
    money, paper = Money("EUR"), Paper("Mediaplan Q2")
    paper.put("B2", "Nordwind Fahrräder – Mediaplan Frühjahr 2027", BOLD)
    paper.put("B3", "Alle Beträge in EUR, netto (zzgl. MwSt.)")
    for column, title in zip("BCDE", ("Kanal", "Anbieter", "Werbeform", "Zielgruppe"), strict=True):
        paper.put(f"{column}5", title, HEAD)
        paper.merge(f"{column}5", f"{column}6")
    for (left, right), title in zip((("F", "G"), ("H", "I"), ("J", "K")), ("April 2027", "Mai 2027", "Juni 2027"), strict=True):
        paper.put(f"{left}5", title, HEAD)
        paper.merge(f"{left}5", f"{right}5")
        paper.line(6, left, ["Budget", "Impressions"], HEAD)
    paper.put("L5", "Summe", HEAD)
    paper.merge("L5", "L6")
    items, months = [], [month(YEAR, m) for m in (4, 5, 6)]
    for row, (channel, publisher, form, audience, cells) in enumerate(_SPRING, start=7):
        paper.line(row, "B", [channel, publisher, form, audience])
        for column, (budget, impressions) in zip("FHJ", cells, strict=True):
            paper.put(f"{column}{row}", budget or None, number("#,##0.00"))
            paper.put(f"{chr(ord(column) + 1)}{row}", impressions or None, number("#,##0"))
        paper.put(f"L{row}", f"=F{row}+H{row}+J{row}", number("#,##0.00"))
        amounts = [budget for budget, _ in cells]
        by_period = periods(amounts, months, across(row, "F", 3, step=2), money)
        metrics = {"impressions": sum(count for _, count in cells)}
        facts = {"channel": channel, "publisher": publisher, "format": form, "by_period": by_period, "metrics": metrics}
        items.append(item(row, money.minor(sum(amounts)), f"L{row}", **facts))
    last = 6 + len(_SPRING)
    paper.put(f"B{last + 1}", "Gesamt", SUM)
    paper.line(last + 1, "F", [f"=SUM({c}7:{c}{last})" for c in "FGHIJKL"], SUM | number("#,##0.00"))
    stated = total(f"L{last + 1}", sum(i["budget_minor"] for i in items))
    found = table(paper.title, [5, 6], items, money, totals=[stated], vat_included=False)
    notes = ["two header rows with merged months", "impressions stand between the budgets", "decimal comma by locale"]
    return sample("de_spring", document("Mediaplan Frühjahr 2027 Nordwind", [paper], locale="de_DE"), [found], notes)


_SEGMENTS = {
    "A": (
        "Commuter",
        [
            ("Paid Search", "Google Ads", (8200, 8200, 9600)),
            ("Paid Social", "Meta", (6400, 6400, 7200)),
            ("Audio", "Spotify", (2100, 2100, 2600)),
            ("OOH", "Clear Channel", (0, 14500, 14500)),
        ],
    ),
    "H": (
        "Sport",
        [
            ("Paid Search", "Google Ads", (4100, 4100, 5300)),
            ("Paid Social", "Strava", (3000, 3500, 4500)),
            ("Video", "YouTube", (5200, 5200, 7800)),
            ("Affiliates", "Awin", (1200, 1200, 1200)),
        ],
    ),
}


def uk_segments() -> Sample:
    """English, GBP: two segments side by side on one tab, each with its own total; together they are the plan."""
    money, paper = Money("GBP"), Paper("Q1 by segment")
    paper.put("A1", "Northwind UK, Q1 2027 (GBP, net of VAT)", BOLD)
    months, tables = [month(YEAR, m) for m in (1, 2, 3)], []
    for first, (segment, lines) in _SEGMENTS.items():
        letters = [chr(ord(first) + i) for i in range(6)]
        paper.put(f"{first}2", f"{segment} segment", BOLD)
        paper.line(4, first, ["Channel", "Supplier", "Jan 2027", "Feb 2027", "Mar 2027", "Total"], HEAD)
        items = []
        for row, (channel, publisher, amounts) in enumerate(lines, start=5):
            paper.line(row, first, [channel, publisher])
            paper.line(row, letters[2], [amount or None for amount in amounts], number("£#,##0"))
            paper.put(f"{letters[5]}{row}", f"=SUM({letters[2]}{row}:{letters[4]}{row})", number("£#,##0"))
            by_period = periods(amounts, months, across(row, letters[2], 3), money)
            facts = {"channel": channel, "publisher": publisher, "by_period": by_period}
            items.append(item(row, money.minor(sum(amounts)), f"{letters[5]}{row}", **facts))
        paper.put(f"{first}9", "Total", SUM)
        paper.line(9, letters[2], [f"=SUM({c}5:{c}8)" for c in letters[2:]], SUM | number("£#,##0"))
        stated = total(f"{letters[5]}9", sum(i["budget_minor"] for i in items))
        tables.append(table(paper.title, [4], items, money, totals=[stated], vat_included=False, segment=segment))
    paper.put("A11", "Both segments", SUM)
    paper.put("F11", "=F9+M9", SUM | number("£#,##0"))
    notes = ["two tables beside each other: they add up, they are not alternatives", "a sum of both totals stands below"]
    return sample("uk_segments", document("UK Q1 2027 plan - Commuter and Sport", [paper], locale="en_GB"), tables, notes)


def de_launch() -> Sample:
    """German, EUR, the hardest: sections, subtotals, fee and VAT apart, a cover tab that quotes the plan, a hidden stale copy."""
    money = Money("EUR")
    plan, items, rows = _launch_plan(money)
    stale, _, _ = _launch_plan(money, factor=0.8, title="Stand 12.10. (alt)")
    stale.hidden = True
    cover = Paper("Deckblatt")
    cover.put("B2", "Launch E-Bike „Polar“ 2027", BOLD)
    cover.line(4, "B", ["Kunde", "Nordwind Fahrräder GmbH"])
    cover.line(5, "B", ["Mediabudget netto", f"=Mediaplan!K{rows['media']}"])
    cover.line(6, "B", ["Kundenbudget brutto", f"=Mediaplan!K{rows['gross']}"])
    for cell in ("C5", "C6"):
        cover.cells[int(cell[1]), 3].format = number('#,##0.00 "€"')
    media = sum(i["budget_minor"] for i in items)
    totals = [
        total(f"K{row}", sum(i["budget_minor"] for i in items if i["section"] == section), "subtotal")
        for section, row in rows.items()
        if section not in ("media", "fee", "net", "vat", "gross")
    ]
    totals.append(total(f"K{rows['media']}", media))
    found = table(plan.title, [7, 8], items, money, totals=totals, vat_included=False)
    notes = [
        "a cover tab that only quotes the plan, and a hidden older copy of it",
        "section rows, subtotals, and below the media total an agency fee, net, VAT and gross that are no media",
        "two-row header with merged cells, a hidden column, a note row in the middle",
        "flights as dates, budgets by month",
    ]
    return sample("de_launch", document("Launch E-Bike 2027_v7_FINAL", [cover, plan, stale], locale="de_DE"), [found], notes)


_LAUNCH: dict[str, list[tuple[str, str, str, date, date, tuple[float, ...]]]] = {
    "Digital": [
        ("Suche", "Google Ads", "Textanzeige", date(2027, 3, 1), date(2027, 6, 30), (14250.0, 18400.5, 19800.0, 16500.25)),
        ("Social", "Meta", "Reels", date(2027, 3, 8), date(2027, 6, 20), (11200.0, 22400.0, 24150.8, 12600.0)),
        ("Social", "TikTok", "Spark Ads", date(2027, 4, 1), date(2027, 5, 31), (0.0, 15600.0, 15600.0, 0.0)),
        ("Video", "YouTube", "Skippable 20s", date(2027, 3, 15), date(2027, 6, 13), (18000.0, 31500.0, 31500.0, 9000.0)),
    ],
    "TV & CTV": [
        ("TV", "RTL", "Spot 20s", date(2027, 4, 5), date(2027, 5, 30), (0.0, 96400.0, 88250.0, 0.0)),
        ("CTV", "Joyn", "Pre-Roll 15s", date(2027, 4, 5), date(2027, 6, 13), (0.0, 21000.0, 24500.0, 8750.0)),
    ],
    "Außenwerbung & Print": [
        ("Außenwerbung", "WallDecaux", "City Light Poster", date(2027, 4, 12), date(2027, 5, 9), (0.0, 42750.0, 14250.0, 0.0)),
        ("Print", "TOUR Magazin", "1/1 Seite 4c", date(2027, 5, 1), date(2027, 6, 30), (0.0, 0.0, 9860.0, 9860.0)),
    ],
}


def _launch_plan(money: Money, *, factor: float = 1.0, title: str = "Mediaplan") -> tuple[Paper, list[Json], dict[str, int]]:
    paper = Paper(title, hidden_columns=["E"], hidden_rows=[])
    paper.put("A1", "Mediaplan Launch E-Bike „Polar“", BOLD)
    paper.line(3, "A", ["Kunde:", "Nordwind Fahrräder GmbH"])
    paper.line(4, "A", ["Stand:", date(2026, 11, 4)])
    paper.put("A5", "Beträge in EUR, netto, ohne Agenturhonorar")
    for column, text in zip("ABCDE", ("Kanal", "Anbieter", "Werbemittel", "Laufzeit", None), strict=True):
        if text:
            paper.put(f"{column}7", text, HEAD)
    paper.merge("D7", "F7")
    paper.line(8, "D", ["von", "intern", "bis"], HEAD)
    paper.put("G7", "Budget nach Monaten", HEAD)
    paper.merge("G7", "J7")
    paper.line(8, "G", ["Mrz 27", "Apr 27", "Mai 27", "Jun 27"], HEAD)
    paper.put("K7", "Gesamt", HEAD)
    paper.merge("K7", "K8")
    items, rows, row = [], {}, 9
    for section, lines in _LAUNCH.items():
        paper.put(f"A{row}", section, BOLD)
        row, first = row + 1, row + 1
        for channel, publisher, form, start, end, plain in lines:
            amounts = [round(amount * factor, 2) for amount in plain]
            paper.line(row, "A", [channel, publisher, form, start, "PO offen", end])
            paper.line(row, "G", [amount or None for amount in amounts], number('#,##0.00 "€"'))
            paper.put(f"K{row}", f"=SUM(G{row}:J{row})", number('#,##0.00 "€"'))
            by_period = periods(amounts, [month(YEAR, m) for m in (3, 4, 5, 6)], across(row, "G", 4), money)
            facts = {"channel": channel, "publisher": publisher, "format": form, "section": section, "by_period": by_period}
            facts |= {"start": start.isoformat(), "end": end.isoformat()}
            items.append(item(row, money.minor(round(sum(amounts), 2)), f"K{row}", **facts))
            row += 1
        paper.put(f"A{row}", f"Zwischensumme {section}", SUM)
        paper.line(row, "G", [f"=SUM({c}{first}:{c}{row - 1})" for c in "GHIJK"], SUM | number('#,##0.00 "€"'))
        rows[section] = row
        row += 1
        if section == "Digital":
            paper.put(f"A{row}", "Hinweis: TikTok vorbehaltlich Freigabe durch den Kunden")
            row += 1
    _launch_foot(paper, rows, row)
    return paper, items, rows


def _launch_foot(paper: Paper, rows: dict[str, int], row: int) -> None:
    """Media total by month, then fee, net, VAT and gross in the total's column only."""
    style = SUM | number('#,##0.00 "€"')
    sections = list(rows.values())
    paper.put(f"A{row}", "Summe Media netto", SUM)
    paper.line(row, "G", ["=" + "+".join(f"{c}{r}" for r in sections) for c in "GHIJK"], style)
    rows |= {"media": row, "fee": row + 1, "net": row + 2, "vat": row + 3, "gross": row + 4}
    formulas = {
        "fee": ("Agenturhonorar 8 %", f"=ROUND(K{row}*8%,2)"),
        "net": ("Gesamt netto inkl. Honorar", f"=K{row}+K{row + 1}"),
        "vat": ("MwSt. 19 %", f"=ROUND(K{row + 2}*0.19,2)"),
        "gross": ("Gesamt brutto", f"=K{row + 2}+K{row + 3}"),
    }
    for key, (label, formula) in formulas.items():
        paper.put(f"A{rows[key]}", label, BOLD)
        paper.put(f"K{rows[key]}", formula, style)
