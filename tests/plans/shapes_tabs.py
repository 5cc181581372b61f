"""Plans of several tables or tabs: beside, below, hidden, alternatives, details, summaries."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.plans.make import Maker, Plan, Sheet, TrueItem
from tests.plans.tables import CENT, CHANNEL_POOL, write_cell, write_table


def hidden_stale(m: Maker) -> Plan:
    """A hidden older copy with other amounts, and a visible tab of plain words."""
    sheet, stale, words = Sheet("Plan"), Sheet("Plan old", hidden=True), Sheet("Notes")
    items = m.draw_items()
    names = [*m.columns([]), "budget"]
    write_table(m, sheet, m.top(sheet), names, items, dates="columns")
    write_table(m, stale, 1, names, [replace(i, budget=m.amount()) for i in items], dates="columns")
    for row in range(12):
        words.put(row, 0, m.word("note"))
    return m.finish([sheet, words, stale], items, dated=True)


def side_by_side(m: Maker) -> Plan:
    """Two tables with other rows beside each other."""
    sheet = Sheet("Plan")
    one, two = m.draw_items(m.rng.randint(3, 7)), m.draw_items(m.rng.randint(3, 7))
    names = ["channel", "campaign", "budget"]
    heads = {name: m.header(name) for name in names}
    row = m.top(sheet) + 1
    write_table(m, sheet, row, names, one, headers=dict(heads))
    write_table(m, sheet, row, names, two, left=len(names) + 1, headers=dict(heads))
    return m.finish([sheet], one + two)


def stacked(m: Maker) -> Plan:
    """Two tables under each other, each with its header and total."""
    sheet = Sheet("Plan")
    names = [*m.columns([]), "budget"]
    one, two = m.draw_items(m.rng.randint(2, 6)), m.draw_items(m.rng.randint(2, 6))
    heads = {name: m.header(name) for name in names}
    row = m.top(sheet)
    end = write_table(m, sheet, row, names, one, headers=dict(heads))
    end += 1
    sheet.put(end, 0, f"{m.word('market')} 2")
    write_table(m, sheet, end + 1, names, two, headers=dict(heads))
    return m.finish([sheet], one + two)


def alternatives(m: Maker) -> Plan:
    """Two or three versions of one plan on tabs of their own."""
    name = {"ru": "Вариант {}", "uk": "Варіант {}", "de": "Variante {}", "pl": "Wariant {}", "fr": "Scénario {}"}.get(
        m.language, "Option {}"
    )
    base = m.draw_items(m.rng.randint(3, 7))
    names = [*m.columns([]), "budget"]
    heads = {n: m.header(n) for n in names}
    sheets, versions = [], []
    for number in range(m.rng.randint(2, 3)):
        sheet = Sheet(name.format(number + 1))
        items = [replace(i, budget=i.budget * (number + 1)) for i in base]
        write_table(m, sheet, 1, names, items, headers=dict(heads), dates="columns")
        sheet.put(0, 0, m.currency if m.shown == "title" else m.word("title").format(m.year))
        sheets.append(sheet)
        versions.append(items)
    return m.finish(sheets, versions[0], alternatives=versions, dated=True)


def detail_tabs(m: Maker) -> Plan:
    """A summary tab whose lines repeat the totals of detail tabs: the details count."""
    summary = Sheet("Summary")
    channels = m.rng.sample(CHANNEL_POOL, 3)
    sheets = []
    items = []
    details: list[TrueItem] = []
    names = ["publisher", "format", "budget"]
    heads = {n: m.header(n) for n in names}
    for channel in channels:
        rows = [replace(i, names={**i.names, "channel": channel}) for i in m.draw_items(1)]
        rows = rows + [
            replace(rows[0], budget=m.amount(), names={**rows[0].names, "format": f})
            for f in m.rng.sample(["Banner", "Video", "Native"], 2)
        ]
        sheet = Sheet(channel)
        write_table(m, sheet, 1, names, rows, headers=dict(heads))
        sheet.put(0, 0, m.currency if m.shown == "title" else m.word("title").format(m.year))
        sheets.append(sheet)
        items.append(TrueItem({"channel": channel}, sum((r.budget for r in rows), Decimal(0))))
        details += rows
    write_table(m, summary, m.top(summary), ["channel", "budget"], items)
    return m.finish([summary, *sheets], details)


def busy(m: Maker) -> Plan:
    """Many numeric columns: list price, discount, cost before and after it, share, cumulative, reach, frequency, rates."""
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(3, 9))
    words = BUSY.get(m.language, BUSY["en"])
    names = m.columns([])
    keys = [*names, "list", "discount", "budget", "share", "cumulative", "impressions", "reach", "frequency", "clicks", "ctr", "cpc"]
    row = m.top(sheet)
    for column, key in enumerate(keys):
        sheet.put(row, column, words[key] if key in words else m.header(key))
    whole, running = sum((i.budget for i in items), Decimal(0)), Decimal(0)
    for number, item in enumerate(items, start=1):
        running += item.budget
        impressions = m.rng.randint(10_000, 2_000_000)
        clicks = m.rng.randint(100, 9000)
        values = {
            "list": float(item.budget / Decimal("0.8")), "discount": 0.2,
            "budget": float(item.budget), "share": float(item.budget / whole), "cumulative": float(running),
            "impressions": impressions, "reach": impressions // 3, "frequency": 3,
            "clicks": clicks, "ctr": clicks / impressions, "cpc": float(item.budget / clicks),
        }  # fmt: skip
        styles = {
            "discount": "0%",
            "share": "0.0%",
            "ctr": "0.00%",
            "frequency": "0.0",
            "impressions": "#,##0",
            "reach": "#,##0",
            "clicks": "#,##0",
        }
        for column, key in enumerate(keys):
            if key in names:
                write_cell(m, sheet, row + number, column, key, item)
            else:
                sheet.put(row + number, column, values[key], style=styles.get(key, m.money_style() if m.shown == "format" else "#,##0.00"))
    end = row + len(items) + 1
    sheet.put(end, 0, m.word("total"))
    sheet.put(end, keys.index("list"), float(whole / Decimal("0.8")), style=m.money_style())
    sheet.put(end, keys.index("budget"), float(whole), style=m.money_style())
    sheet.put(end, keys.index("share"), 1, style="0%")
    if m.shown == "cells":
        sheet.put(0, len(keys) + 1, m.currency)
    return m.finish([sheet], items)


BUSY = {
    "en": {
        "list": "Rate card cost",
        "discount": "Discount",
        "share": "Share",
        "cumulative": "Cumulative",
        "reach": "Reach",
        "frequency": "Frequency",
        "ctr": "CTR",
        "cpc": "CPC",
    },
    "de": {
        "list": "Kosten brutto (Tarif)",
        "discount": "Rabatt",
        "share": "Anteil",
        "cumulative": "Kumuliert",
        "reach": "Reichweite",
        "frequency": "Frequenz",
        "ctr": "CTR",
        "cpc": "CPC",
    },
    "ru": {
        "list": "Стоимость до скидки",
        "discount": "Скидка",
        "share": "Доля",
        "cumulative": "Накопительно",
        "reach": "Охват",
        "frequency": "Частота",
        "ctr": "CTR",
        "cpc": "CPC",
    },
    "pl": {
        "list": "Koszt przed rabatem",
        "discount": "Rabat",
        "share": "Udział",
        "cumulative": "Narastająco",
        "reach": "Zasięg",
        "frequency": "Częstotliwość",
        "ctr": "CTR",
        "cpc": "CPC",
    },
    "fr": {
        "list": "Tarif brut",
        "discount": "Remise",
        "share": "Part",
        "cumulative": "Cumul",
        "reach": "Couverture",
        "frequency": "Répétition",
        "ctr": "CTR",
        "cpc": "CPC",
    },
    "es": {
        "list": "Tarifa bruta",
        "discount": "Descuento",
        "share": "Peso",
        "cumulative": "Acumulado",
        "reach": "Alcance",
        "frequency": "Frecuencia",
        "ctr": "CTR",
        "cpc": "CPC",
    },
}


SUMMARY = {
    "en": ("Total excl. VAT", "VAT 20%", "Total incl. VAT", "Agency fee"),
    "de": ("Summe netto", "MwSt. 20%", "Summe inkl. MwSt.", "Agenturprovision"),
    "ru": ("Сумма без НДС", "НДС 20%", "Сумма с НДС 20%", "Агентская комиссия"),
    "uk": ("Разом без ПДВ", "ПДВ 20%", "Разом з ПДВ", "Агентська комісія"),
    "pl": ("Razem netto", "VAT 20%", "Razem z VAT", "Prowizja agencyjna"),
    "fr": ("Total HT", "TVA 20%", "Total TTC", "Honoraires"),
    "es": ("Total sin IVA", "IVA 20%", "Total con IVA", "Comisión agencia"),
    "it": ("Totale IVA esclusa", "IVA 20%", "Totale IVA inclusa", "Fee agenzia"),
    "pt": ("Total sem IVA", "IVA 20%", "Total com IVA", "Comissão"),
    "nl": ("Totaal excl. btw", "Btw 20%", "Totaal incl. btw", "Bureaucommissie"),
    "tr": ("Toplam KDV hariç", "KDV 20%", "Toplam KDV dahil", "Ajans komisyonu"),
    "sv": ("Totalt exkl. moms", "Moms 20%", "Totalt inkl. moms", "Arvode"),
}


def summary_block(m: Maker) -> Plan:
    """Key and value lines with VAT under the table, in the money column or beside the labels."""
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(2, 8))
    names = m.columns([])
    end = write_table(m, sheet, m.top(sheet), [*names, "budget"], items, total=m.rng.random() < 0.5)
    whole = sum((i.budget for i in items), Decimal(0))
    net, vat, gross, _ = SUMMARY[m.language]
    column = m.rng.choice([1, len(names)])
    end += m.rng.randint(0, 1)
    for at, (label, value) in enumerate(
        ((net, whole), (vat, (whole * Decimal("0.2")).quantize(CENT)), (gross, whole + (whole * Decimal("0.2")).quantize(CENT)))
    ):
        sheet.put(end + at, 0, label)
        sheet.put(end + at, column, m.money(value), style=m.money_style())
    m.notes(sheet, end + 3)
    return m.finish([sheet], items)


def fees(m: Maker) -> Plan:
    """Total, agency fee and total with fee under the items, in the money column."""
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(2, 8))
    names = m.columns([])
    end = write_table(m, sheet, m.top(sheet), [*names, "budget"], items, total=True)
    whole = sum((i.budget for i in items), Decimal(0))
    fee = (whole * Decimal("0.1")).quantize(CENT)
    sheet.put(end, 0, f"{SUMMARY[m.language][3]} 10%" if m.rng.random() < 0.5 else SUMMARY[m.language][3])
    sheet.put(end, len(names), m.money(fee), style=m.money_style())
    sheet.put(end + 1, 0, m.word("total"))
    sheet.put(end + 1, len(names), m.money(whole + fee), style=m.money_style())
    return m.finish([sheet], items)
