"""Samples in French, Polish and Japanese: thousands, the long form, units times price, months down and channels across."""

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

_AUTUMN: dict[str, list[tuple[str, str, str, tuple[float, ...]]]] = {
    "Offline": [
        ("Télévision", "TF1", "Spot 20s", (85.5, 120, 64, 0)),
        ("Affichage", "JCDecaux", "Abribus", (42, 42, 0, 0)),
        ("Radio", "NRJ", "Spot 30s", (18.4, 22.6, 12, 15)),
    ],
    "Digital": [
        ("Search", "Google Ads", "Texte", (24, 26.5, 31, 36.75)),
        ("Social", "Meta", "Vidéo courte", (19, 22, 27.5, 33)),
        ("Vidéo", "YouTube", "Bumper 6s", (15, 18, 18, 12.25)),
    ],
}


def fr_autumn() -> Sample:
    """French, thousands of EUR: months across, a subtotal for offline and one for digital."""
    money, paper = Money("EUR", 1000), Paper("Plan média")
    paper.put("A1", "Vent du Nord – plan média rentrée 2027", BOLD)
    paper.put("A2", "Montants en k€ HT")
    paper.line(4, "A", ["Levier", "Support", "Format", "Sept. 2027", "Oct. 2027", "Nov. 2027", "Déc. 2027", "Total k€"], HEAD)
    months, items, totals, row = [month(YEAR, m) for m in (9, 10, 11, 12)], [], [], 5
    for block, lines in _AUTUMN.items():
        first = row
        for channel, publisher, form, amounts in lines:
            paper.line(row, "A", [channel, publisher, form])
            paper.line(row, "D", [amount or None for amount in amounts], number("#,##0.00"))
            paper.put(f"H{row}", f"=SUM(D{row}:G{row})", number("#,##0.00"))
            by_period = periods(amounts, months, across(row, "D", 4), money)
            facts = {"channel": channel, "publisher": publisher, "format": form, "by_period": by_period, "block": block}
            items.append(item(row, money.minor(sum(amounts)), f"H{row}", **facts))
            row += 1
        paper.put(f"A{row}", f"Sous-total {block.lower()}", SUM)
        paper.line(row, "D", [f"=SUM({c}{first}:{c}{row - 1})" for c in "DEFGH"], SUM | number("#,##0.00"))
        totals.append(total(f"H{row}", sum(i["budget_minor"] for i in items if i["block"] == block), "subtotal"))
        row += 1
    paper.put(f"A{row}", "Total général HT", SUM)
    paper.line(row, "D", [f"={c}8+{c}12" for c in "DEFGH"], SUM | number("#,##0.00"))
    totals.append(total(f"H{row}", sum(i["budget_minor"] for i in items)))
    found = table(paper.title, [4], items, money, totals=totals, vat_included=False)
    notes = ["amounts in thousands (k€)", "two blocks with a subtotal each"]
    return sample("fr_autumn", document("Plan média rentrée 2027", [paper], locale="fr_FR"), [found], notes)


_FLIGHTS = [
    ("Printemps", "Search", "Google Ads", "GE", date(2027, 3, 1), date(2027, 3, 31), 8400.0, 280000),
    ("Printemps", "Search", "Google Ads", "VD", date(2027, 3, 1), date(2027, 3, 31), 7650.5, 255000),
    ("Printemps", "Social", "Meta", "GE", date(2027, 3, 8), date(2027, 4, 4), 6200.0, 620000),
    ("Printemps", "Social", "Meta", "VD", date(2027, 3, 8), date(2027, 4, 4), 5900.0, 590000),
    ("Printemps", "Affichage", "APG|SGA", "GE", date(2027, 3, 15), date(2027, 3, 28), 18500.0, 1100000),
    ("Été", "Search", "Google Ads", "GE", date(2027, 6, 1), date(2027, 6, 30), 9100.0, 303000),
    ("Été", "Search", "Google Ads", "VD", date(2027, 6, 1), date(2027, 6, 30), 8300.25, 276000),
    ("Été", "Vidéo", "YouTube", "Romandie", date(2027, 6, 7), date(2027, 7, 4), 12400.0, 1550000),
    ("Été", "Audio", "Spotify", "Romandie", date(2027, 6, 7), date(2027, 6, 27), 4300.0, 215000),
    ("Été", "Affichage", "APG|SGA", "VD", date(2027, 6, 14), date(2027, 6, 27), 16900.0, 1000000),
]


def ch_long_form() -> Sample:
    """French, CHF: the long form, one row a flight with its dates, budget and impressions; no total row."""
    money, paper = Money("CHF"), Paper("Flights")
    heads = ["Campagne", "Canal", "Support", "Région", "Début", "Fin", "Budget (CHF)", "Impressions", "CPM (CHF)"]
    paper.line(1, "A", heads, HEAD)
    items = []
    for row, (campaign, channel, publisher, region, start, end, budget, impressions) in enumerate(_FLIGHTS, start=2):
        paper.line(row, "A", [campaign, channel, publisher, region, start, end])
        paper.put(f"G{row}", budget, number("#,##0.00"))
        paper.put(f"H{row}", impressions, number("#,##0"))
        paper.put(f"I{row}", f"=ROUND(G{row}/H{row}*1000,2)", number("0.00"))
        facts: Json = {"campaign": campaign, "channel": channel, "publisher": publisher, "market": region, "by_period": []}
        facts |= {"start": start.isoformat(), "end": end.isoformat(), "metrics": {"impressions": impressions}}
        items.append(item(row, money.minor(budget), f"G{row}", **facts))
    found = table(paper.title, [1], items, money, totals=[])
    notes = ["one row a flight, no total anywhere", "the computed CPM column is no budget"]
    return sample("ch_long_form", document("Romandie_flights_2027", [paper], locale="fr_CH"), [found], notes)


_UNITS = [
    ("Wyszukiwarka", "Google Ads", "Tekst", date(2027, 3, 1), date(2027, 5, 31), "CPC", 42000, 1.85),
    ("Social", "Meta", "Reels", date(2027, 3, 1), date(2027, 5, 31), "CPM", 5200, 14.5),
    ("Social", "TikTok", "In-Feed", date(2027, 4, 1), date(2027, 5, 15), "CPM", 3100, 16.2),
    ("Wideo", "YouTube", "Skippable", date(2027, 3, 15), date(2027, 5, 15), "CPV", 1450000, 0.06),
    ("Display", "Onet", "Billboard", date(2027, 4, 5), date(2027, 4, 30), "CPM", 2400, 28.0),
    ("OOH", "AMS", "Citylight", date(2027, 4, 1), date(2027, 4, 30), "szt.", 180, 640.0),
    ("Radio", "RMF FM", "Spot 30s", date(2027, 4, 12), date(2027, 5, 9), "emisja", 96, 1150.0),
]


def pl_units() -> Sample:
    """Polish, PLN: cost is units times price by formula; a hidden tab holds last year's plan."""
    money, paper = Money("PLN"), Paper("Plan mediów")
    paper.put("A1", "Północny Wiatr – plan mediów, wiosna 2027", BOLD)
    paper.put("A2", "Waluta: PLN, ceny netto bez VAT")
    heads = ["Kanał", "Wydawca", "Format", "Początek", "Koniec", "Model", "Liczba jednostek", "Cena jedn.", "Koszt netto"]
    paper.line(4, "A", heads, HEAD)
    items = []
    for row, (channel, publisher, form, start, end, model, units, price) in enumerate(_UNITS, start=5):
        paper.line(row, "A", [channel, publisher, form, start, end, model])
        paper.put(f"G{row}", units, number("#,##0"))
        paper.put(f"H{row}", price, number("#,##0.00"))
        paper.put(f"I{row}", f"=ROUND(G{row}*H{row},2)", number('#,##0.00 "zł"'))
        facts = {"channel": channel, "publisher": publisher, "format": form, "by_period": []}
        facts |= {"start": start.isoformat(), "end": end.isoformat()}
        items.append(item(row, money.minor(round(units * price, 2)), f"I{row}", **facts))
    last = 4 + len(_UNITS)
    paper.put(f"A{last + 1}", "Razem", SUM)
    paper.put(f"I{last + 1}", f"=SUMPRODUCT(G5:G{last},H5:H{last})", SUM | number('#,##0.00 "zł"'))
    old = Paper("2026 (archiwum)", hidden=True)
    old.line(1, "A", ["Kanał", "Wydawca", "Koszt netto"], HEAD)
    for row, (channel, publisher, cost) in enumerate((("Wyszukiwarka", "Google Ads", 61000), ("Social", "Meta", 58000)), start=2):
        old.line(row, "A", [channel, publisher, cost])
    stated = total(f"I{last + 1}", sum(i["budget_minor"] for i in items))
    found = table(paper.title, [4], items, money, totals=[stated], vat_included=False)
    notes = ["budgets are formulas: units times price", "prices per click, per thousand, per spot and per site", "a hidden archive tab"]
    return sample("pl_units", document("Plan mediów wiosna 2027", [paper, old], locale="pl_PL"), [found], notes)


_CHANNELS = [
    ("リスティング広告", "Google", (1_800_000, 2_000_000, 2_200_000, 1_900_000, 1_700_000, 2_100_000)),
    ("SNS広告", "LINE", (1_200_000, 1_350_000, 1_500_000, 1_350_000, 1_200_000, 1_450_000)),
    ("SNS広告", "Instagram", (900_000, 1_050_000, 1_150_000, 1_000_000, 850_000, 1_100_000)),
    ("動画広告", "YouTube", (0, 2_500_000, 3_000_000, 0, 0, 2_800_000)),
    ("交通広告", "JR東日本", (0, 4_200_000, 4_200_000, 0, 0, 0)),
]


def ja_transposed() -> Sample:
    """Japanese, JPY: months down, channels across; totals on both edges."""
    money, paper = Money("JPY"), Paper("媒体計画")
    paper.put("A1", "ノースウィンド自転車 2027年度上期 媒体計画(単位:円、税抜)", BOLD)
    paper.put("A3", "媒体区分", HEAD)
    paper.line(3, "B", [channel for channel, _, _ in _CHANNELS], HEAD)
    paper.put("G3", "合計", HEAD)
    paper.put("A4", "媒体名", HEAD)
    paper.line(4, "B", [publisher for _, publisher, _ in _CHANNELS], HEAD)
    for position in range(6):
        row = 5 + position
        paper.put(f"A{row}", f"2027年{4 + position}月")
        paper.line(row, "B", [amounts[position] or None for _, _, amounts in _CHANNELS], number("¥#,##0"))
        paper.put(f"G{row}", f"=SUM(B{row}:F{row})", number("¥#,##0"))
    paper.put("A11", "合計", SUM)
    paper.line(11, "B", [f"=SUM({c}5:{c}10)" for c in "BCDEFG"], SUM | number("¥#,##0"))
    months, items = [month(YEAR, m) for m in range(4, 10)], []
    for column, (channel, publisher, amounts) in zip("BCDEF", _CHANNELS, strict=True):
        by_period = periods(amounts, months, [f"{column}{row}" for row in range(5, 11)], money)
        items.append(item(11, money.minor(sum(amounts)), f"{column}11", channel=channel, publisher=publisher, by_period=by_period))
    stated = total("G11", sum(i["budget_minor"] for i in items))
    found = table(paper.title, [3, 4], items, money, orientation="columns", totals=[stated], vat_included=False)
    notes = ["channels across, months down", "a currency without minor units"]
    return sample("ja_transposed", document("2027年度上期 媒体計画", [paper], locale="ja_JP"), [found], notes)
