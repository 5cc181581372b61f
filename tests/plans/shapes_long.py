"""Plans with a row a line item: totals, sections, prices and taxes beside the budget."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from tests.plans.make import Maker, Plan, Sheet, TrueItem
from tests.plans.tables import CENT, CHANNEL_POOL, write_cell, write_cells, write_heads, write_sum, write_table


def plain(m: Maker) -> Plan:
    sheet = Sheet("Plan")
    items = m.draw_items()
    dates = m.rng.choice(["", "columns", "words"])
    row = m.top(sheet)
    end = write_table(m, sheet, row, [*m.columns([]), "budget"], items, dates=dates, total=m.rng.random() < 0.7)
    m.notes(sheet, end)
    return m.finish([sheet], items, dated=bool(dates))


def text_numbers(m: Maker) -> Plan:
    return plain(m)


def periods_in_words(m: Maker) -> Plan:
    sheet = Sheet("Plan")
    items = m.draw_items()
    end = write_table(m, sheet, m.top(sheet), [*m.columns([]), "budget"], items, dates="words")
    m.notes(sheet, end)
    return m.finish([sheet], items, dated=True)


def subtotals(m: Maker) -> Plan:
    """Groups by channel with subtotals, labelled or not, and a grand total."""
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(5, 14), groups=True)
    names = m.columns([])
    row = m.top(sheet)
    write_heads(m, sheet, row, [*names, "budget"])
    width, row = len(names), row + 1
    label = m.rng.choice(m.words["subtotal"])
    gap = m.rng.random() < 0.3
    for channel in dict.fromkeys(i.names["channel"] for i in items):
        group = [i for i in items if i.names["channel"] == channel]
        for item in group:
            write_cells(m, sheet, row, [*names, "budget"], item)
            row += 1
        sheet.put(row, 0, label.format(channel))
        write_sum(m, sheet, (row, width), group)
        row += 2 if gap else 1
    sheet.put(row, 0, m.word("total"))
    write_sum(m, sheet, (row, width), items)
    m.notes(sheet, row + 1)
    return m.finish([sheet], items)


def unlabelled_total(m: Maker) -> Plan:
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(3, 10))
    names = m.columns([])
    end = write_table(m, sheet, m.top(sheet), [*names, "budget"], items, total=False)
    end += m.rng.randint(0, 1)
    write_sum(m, sheet, (end, len(names)), items)
    return m.finish([sheet], items)


def sections(m: Maker) -> Plan:
    """Channels as section lines instead of a column."""
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(5, 12), groups=True)
    names = ["publisher", "format", "campaign"]
    row = m.top(sheet)
    write_heads(m, sheet, row, [*names, "budget"])
    row += 1
    for channel in dict.fromkeys(i.names["channel"] for i in items):
        sheet.put(row, 0, channel)
        row += 1
        for item in [i for i in items if i.names["channel"] == channel]:
            write_cells(m, sheet, row, [*names, "budget"], item)
            row += 1
    sheet.put(row, 0, m.word("total"))
    write_sum(m, sheet, (row, len(names)), items)
    return m.finish([sheet], items)


def carried_channel(m: Maker) -> Plan:
    """The channel stands only in the first row of its group, merged or not."""
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(5, 12), groups=True)
    names = ["channel", "publisher", "format"]
    row = m.top(sheet)
    write_heads(m, sheet, row, [*names, "budget"])
    row += 1
    merged = m.rng.random() < 0.5
    for channel in dict.fromkeys(i.names["channel"] for i in items):
        group = [i for i in items if i.names["channel"] == channel]
        if merged and len(group) > 1:
            sheet.merges.append((row, 0, row + len(group) - 1, 0))
        for number, item in enumerate(group):
            for column, key in enumerate([*names, "budget"]):
                if column or not number:
                    write_cell(m, sheet, row, column, key, item)
            row += 1
    sheet.put(row, 0, m.word("total"))
    write_sum(m, sheet, (row, 3), items)
    return m.finish([sheet], items)


def long_months(m: Maker) -> Plan:
    """One row a month and channel."""
    sheet = Sheet("Plan")
    items = []
    for span in m.month_spans(m.rng.randint(2, 5)):
        for channel in m.rng.sample(CHANNEL_POOL, 3):
            items.append(TrueItem({"channel": channel}, m.amount(), *span))
    row = m.top(sheet)
    head = {
        "en": "Month",
        "de": "Monat",
        "fr": "Mois",
        "es": "Mes",
        "it": "Mese",
        "pt": "Mês",
        "nl": "Maand",
        "pl": "Miesiąc",
        "ru": "Месяц",
        "uk": "Місяць",
        "tr": "Ay",
        "sv": "Månad",
    }[m.language]
    for column, text in enumerate([head, m.header("channel"), m.header("budget")]):
        sheet.put(row, column, text)
    for number, item in enumerate(items, start=1):
        assert item.start
        sheet.put(
            row + number,
            0,
            item.start if m.months_shown == "dates" else m.month_name(item.start, year=True),
            style="mmm yy" if m.months_shown == "dates" else None,
        )
        sheet.put(row + number, 1, item.names["channel"])
        sheet.put(row + number, 2, m.money(item.budget), style=m.money_style())
    sheet.put(row + len(items) + 1, 0, m.word("total"))
    write_sum(m, sheet, (row + len(items) + 1, 2), items)
    return m.finish([sheet], items, dated=True)


def units_price(m: Maker) -> Plan:
    """Units times price equals cost, with formulas; impressions and clicks beside."""
    sheet = Sheet("Plan")
    items = []
    rows = []
    for item in m.draw_items(m.rng.randint(2, 9)):
        units, price = m.rng.randint(100, 90_000), Decimal(m.rng.randint(50, 90_000)) / 100
        items.append(replace(item, budget=units * price))
        rows.append((units, price))
    names = m.columns([])
    row = m.top(sheet)
    keys = [*names, "price", "units", "budget", "impressions", "clicks"]
    write_heads(m, sheet, row, keys)
    at = len(names)
    for number, (item, (units, price)) in enumerate(zip(items, rows, strict=True), start=1):
        write_cells(m, sheet, row + number, names, item)
        sheet.put(row + number, at, float(price), style="#,##0.00")
        sheet.put(row + number, at + 1, units, style="#,##0")
        formula = f"={chr(65 + at)}{row + number + 1}*{chr(66 + at)}{row + number + 1}" if m.shown != "cells" else None
        sheet.put(row + number, at + 2, m.money(item.budget), style=m.money_style(), formula=formula)
        sheet.put(row + number, at + 3, units * 1000, style="#,##0")
        sheet.put(row + number, at + 4, units * 3, style="#,##0")
    end = row + len(items) + 1
    sheet.put(end, 0, m.word("total"))
    write_sum(m, sheet, (end, at + 2), items)
    sheet.put(end, at + 3, sum(u for u, _ in rows) * 1000, style="#,##0")
    return m.finish([sheet], items)


def _vat(m: Maker, keys: tuple[str, ...]) -> Plan:
    sheet = Sheet("Plan")
    rate = m.rng.choice([Decimal("0.2"), Decimal("0.19"), Decimal("0.21"), Decimal("0.25")])
    items = m.draw_items(m.rng.randint(2, 9))
    names = m.columns([])
    row = m.top(sheet)
    heads = [m.header(n) for n in names] + [m.header(k) for k in keys]
    for column, text in enumerate(heads):
        sheet.put(row, column, text)

    def values(net: Decimal) -> dict[str, Decimal]:
        vat = (net * rate).quantize(CENT, ROUND_HALF_UP)
        return {"net": net, "vat": vat, "gross": net + vat}

    for number, item in enumerate(items, start=1):
        write_cells(m, sheet, row + number, names, item)
        for column, key in enumerate(keys):
            sheet.put(row + number, len(names) + column, m.money(values(item.budget)[key]), style=m.money_style())
    end = row + len(items) + 1
    if m.rng.random() < 0.7:
        sheet.put(end, 0, m.word("total"))
        for column, key in enumerate(keys):
            sheet.put(end, len(names) + column, m.money(sum((values(i.budget)[key] for i in items), Decimal(0))), style=m.money_style())
    return m.finish([sheet], items, vat=False)


def net_gross(m: Maker) -> Plan:
    return _vat(m, ("net", "gross") if m.rng.random() < 0.7 else ("gross", "net"))


def vat_columns(m: Maker) -> Plan:
    return _vat(m, ("net", "vat", "gross"))


def thousands(m: Maker) -> Plan:
    """Money in thousands, said in the header."""
    m.shown = "header"
    m.currency = {"de": "EUR", "fr": "EUR", "es": "EUR", "it": "EUR", "pl": "PLN", "ru": "RUB", "uk": "UAH", "tr": "TRY", "sv": "SEK"}.get(
        m.language, m.currency
    )
    sheet = Sheet("Plan")
    items = [replace(i, budget=Decimal(m.rng.randint(5, 9000)) * 100) for i in m.draw_items(m.rng.randint(3, 9))]
    names = m.columns([])
    row = m.top(sheet)
    write_heads(m, sheet, row, [*names, "thousands"])
    for number, item in enumerate(items, start=1):
        write_cells(m, sheet, row + number, names, item)
        sheet.put(row + number, len(names), float(item.budget / 1000), style="#,##0.0")
    sheet.put(row + len(items) + 1, 0, m.word("total"))
    sheet.put(row + len(items) + 1, len(names), float(sum((i.budget for i in items), Decimal(0)) / 1000), style="#,##0.0")
    return m.finish([sheet], items)


def bonus(m: Maker) -> Plan:
    """Bonus lines at zero and lines whose amount is a word."""
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(4, 9))
    items = [replace(i, budget=Decimal(0)) if n % 4 == 2 else i for n, i in enumerate(items)]
    names = m.columns([])
    end = write_table(m, sheet, m.top(sheet), [*names, "budget"], items, dates="columns", total=True)
    m.notes(sheet, end)
    return m.finish([sheet], items, dated=True)


def repeated_header(m: Maker) -> Plan:
    """The header comes again in the middle, as after a page break."""
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(6, 12))
    names = [*m.columns([]), "budget"]
    heads = {name: m.header(name) for name in names}
    half = len(items) // 2
    row = m.top(sheet)
    end = write_table(m, sheet, row, names, items[:half], headers=dict(heads), total=False)
    end = write_table(m, sheet, end, names, items[half:], headers=dict(heads), total=False)
    sheet.put(end, 0, m.word("total"))
    write_sum(m, sheet, (end, len(names) - 1), items)
    return m.finish([sheet], items)


def shifted(m: Maker) -> Plan:
    """A table that begins away from the corner, with a narrow empty column inside and stray texts beside it."""
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(3, 9))
    left = m.rng.randint(1, 4)
    row = m.rng.randint(2, 12)
    sheet.put(0, left, m.word("title").format(m.year))
    if m.shown == "title":
        sheet.put(1, left, m.currency)
    end = write_table(m, sheet, row, [*m.columns([]), "budget"], items, left=left, dates=m.rng.choice(["", "columns"]))
    sheet.put(row + 2, left + 12, "approved by client")
    m.notes(sheet, end)
    return m.finish([sheet], items)


def variant_columns(m: Maker) -> Plan:
    """One row a line item and one money column a version: alternatives side by side."""
    sheet = Sheet("Plan")
    name = {"ru": "Вариант {}", "uk": "Варіант {}", "de": "Variante {}", "pl": "Wariant {}", "fr": "Scénario {}"}.get(
        m.language, "Option {}"
    )
    base = m.draw_items(m.rng.randint(3, 8))
    count = m.rng.randint(2, 3)
    versions = [[replace(i, budget=i.budget * (n + 1)) for i in base] for n in range(count)]
    names = m.columns([])
    row = m.top(sheet)
    word = m.words["budget"][0]
    heads = [m.header(n) for n in names] + [
        f"{word} {name.format(n + 1)}" + (f", {m.currency}" if m.shown == "header" else "") for n in range(count)
    ]
    for column, text in enumerate(heads):
        sheet.put(row, column, text)
    for number, item in enumerate(base, start=1):
        write_cells(m, sheet, row + number, names, item)
        for n in range(count):
            sheet.put(row + number, len(names) + n, m.money(versions[n][number - 1].budget), style=m.money_style())
    end = row + len(base) + 1
    sheet.put(end, 0, m.word("total"))
    for n in range(count):
        write_sum(m, sheet, (end, len(names) + n), versions[n])
    return m.finish([sheet], versions[0], alternatives=versions)
