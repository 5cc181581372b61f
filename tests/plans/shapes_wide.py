"""Plans with periods across or down: months, quarters, weeks, bands, bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.plans.make import Maker, Plan, Sheet, TrueItem
from tests.plans.tables import CENT, CHANNEL_POOL, write_cell, write_cells, write_heads, write_sum


def _split(m: Maker, total: Decimal, spans: list[tuple[date, date]]) -> dict[tuple[date, date], Decimal]:
    used = [s for s in spans if m.rng.random() < 0.75] or spans[:1]
    share = (total / len(used)).quantize(CENT, ROUND_HALF_UP)
    parts = dict.fromkeys(used, share)
    parts[used[-1]] += total - share * len(used)
    return parts


def _wide(
    m: Maker, spans: list[tuple[date, date]], label: Callable[[tuple[date, date]], object], style: str | None, *, dated: bool
) -> Plan:
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(3, 9))
    items = [
        replace(i, by_period=(parts := _split(m, i.budget, spans)), start=min(s for s, _ in parts), end=max(e for _, e in parts))
        for i in items
    ]
    names = m.columns([])
    row = m.top(sheet)
    banded = m.rng.random() < 0.5 and not m.csv
    if banded:
        row += 1
        sheet.put(row - 1, len(names), m.header("budget"))
        sheet.merges.append((row - 1, len(names), row - 1, len(names) + len(spans)))
    before = m.rng.random() < 0.4
    heads = list(names)
    first = len(names) + (1 if before else 0)
    total_at = len(names) if before else len(names) + len(spans)
    write_heads(m, sheet, row, heads)
    for column, span in enumerate(spans):
        sheet.put(row, first + column, label(span), style=style)
    sheet.put(row, total_at, m.word("total") if banded else m.header("budget"))
    for number, item in enumerate(items, start=1):
        write_cells(m, sheet, row + number, names, item)
        for column, span in enumerate(spans):
            if span in item.by_period:
                sheet.put(row + number, first + column, m.money(item.by_period[span]), style=m.money_style())
        sheet.put(row + number, total_at, m.money(item.budget), style=m.money_style())
    end = row + len(items) + 1
    sheet.put(end, 0, m.word("total"))
    for column, span in enumerate(spans):
        sheet.put(end, first + column, m.money(sum((i.by_period.get(span, Decimal(0)) for i in items), Decimal(0))), style=m.money_style())
    write_sum(m, sheet, (end, total_at), items)
    return m.finish([sheet], items, dated=dated)


def wide_months(m: Maker) -> Plan:
    spans = m.month_spans(m.rng.randint(3, 8))
    if m.months_shown == "dates" and not m.csv:
        return _wide(m, spans, lambda span: span[0], m.rng.choice(["mmm yy", "mmmm yyyy", "mm.yyyy"]), dated=True)
    return _wide(m, spans, lambda span: m.month_name(span[0], year=True), None, dated=True)


def wide_quarters(m: Maker) -> Plan:
    spans = [(date(m.year, 3 * q + 1, 1), m_end(m.year, 3 * q + 3)) for q in range(4)]
    own = {
        "es": "T{q} {y}",
        "fr": "T{q} {y}",
        "it": "Trim {q} {y}",
        "pt": "{q}T{y}",
        "ru": "{q} квартал {y}",
        "uk": "{q} квартал {y}",
        "pl": "{q} kwartał {y}",
        "de": "{q}. Quartal {y}",
    }
    shape = m.rng.choice(["Q{q} {y}", "Q{q}/{y}", own.get(m.language, "Q{q} {y}")])
    return _wide(m, spans, lambda span: shape.format(q=(span[0].month + 2) // 3, y=span[0].year), None, dated=True)


def m_end(year: int, month: int) -> date:
    return (date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)


def wide_weeks(m: Maker) -> Plan:
    monday = date.fromisocalendar(m.year, m.rng.randint(5, 30), 1)
    spans = [(monday + timedelta(weeks=n), monday + timedelta(weeks=n, days=6)) for n in range(m.rng.randint(4, 10))]
    style = m.rng.randint(0, 1)
    return _wide(m, spans, lambda s: f"{s[0]:%d.%m.%y}-{s[1]:%d.%m.%y}" if style else f"{s[0]:%d.%m}-{s[1]:%d.%m.%Y}", None, dated=True)


def sideways(m: Maker) -> Plan:
    """Metrics down the rows, months across, one group a channel."""
    m.shown = m.rng.choice(["format", "title"])
    sheet = Sheet("Tracker")
    spans = m.month_spans(m.rng.randint(3, 6))
    items = []
    row = m.top(sheet)
    sheet.put(row, 0, m.word("channel"))
    sheet.put(row, 1, {"en": "Metric"}.get(m.language, "KPI"))
    for column, span in enumerate(spans):
        sheet.put(row, 2 + column, span[0], style="mmm yy")
    row += 1
    for channel in m.rng.sample(CHANNEL_POOL, m.rng.randint(2, 4)):
        parts = {span: m.amount() for span in spans}
        items.append(TrueItem({"channel": channel}, sum(parts.values(), Decimal(0)), spans[0][0], spans[-1][1], parts))
        for at, key in enumerate(("budget", "impressions", "clicks")):
            sheet.put(row + at, 0, channel)
            sheet.put(row + at, 1, m.word(key) if key != "budget" else m.words["budget"][0])
            for column, span in enumerate(spans):
                value = float(parts[span]) if key == "budget" else m.rng.randint(1000, 90_000)
                sheet.put(row + at, 2 + column, value, style=m.money_style() if key == "budget" else "#,##0")
        row += 3 + (m.rng.random() < 0.5)
    return m.finish([sheet], items, dated=True)


def transposed(m: Maker) -> Plan:
    """Line items as columns, attributes as rows."""
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(3, 8))
    row = m.top(sheet)
    for at, key in enumerate(["channel", "publisher", "format", "start", "end", "budget"]):
        sheet.put(row + at, 0, m.header(key))
        for number, item in enumerate(items, start=1):
            write_cell(m, sheet, row + at, number, key, item)
    return m.finish([sheet], items, dated=True)


def banded(m: Maker) -> Plan:
    """A header of two lines with merged bands."""
    sheet = Sheet("Plan")
    items = m.draw_items(m.rng.randint(3, 9))
    row = m.top(sheet)
    names = ["channel", "publisher", "format"]
    write_heads(m, sheet, row, names)
    sheet.merges += [(row, column, row + 1, column) for column in range(len(names))]
    sheet.put(row, 3, {"ru": "Прогноз", "de": "Prognose"}.get(m.language, "Forecast"))
    sheet.merges.append((row, 3, row, 4))
    sheet.put(row, 5, {"ru": "Стоимость размещения", "de": "Kosten", "en": "Costs"}.get(m.language, m.words["budget"][0]))
    sheet.merges.append((row, 5, row, 6))
    for column, key in ((3, "impressions"), (4, "clicks"), (5, "net"), (6, "gross")):
        sheet.put(row + 1, column, m.header(key))
    row += 2
    for number, item in enumerate(items):
        write_cells(m, sheet, row + number, names, item)
        sheet.put(row + number, 3, m.rng.randint(10_000, 900_000), style="#,##0")
        sheet.put(row + number, 4, m.rng.randint(100, 9000), style="#,##0")
        sheet.put(row + number, 5, m.money(item.budget), style=m.money_style())
        sheet.put(row + number, 6, m.money((item.budget * Decimal("1.2")).quantize(CENT)), style=m.money_style())
    end = row + len(items)
    sheet.put(end, 0, m.word("total"))
    write_sum(m, sheet, (end, 5), items)
    return m.finish([sheet], items, vat=False)


def gantt(m: Maker) -> Plan:
    """Weeks across only mark when a line runs."""
    sheet = Sheet("Plan")
    monday = date.fromisocalendar(m.year, 10, 1)
    weeks = [monday + timedelta(weeks=n) for n in range(8)]
    items = []
    names = ["channel", "publisher", "format"]
    row = m.top(sheet)
    write_heads(m, sheet, row, [*names, "budget"])
    for column, week in enumerate(weeks):
        sheet.put(row, 4 + column, f"{week:%d.%m}-{week + timedelta(days=6):%d.%m.%Y}")
    for number, item in enumerate(m.draw_items(m.rng.randint(3, 8)), start=1):
        first = m.rng.randint(0, 5)
        last = m.rng.randint(first, 7)
        item = replace(item, start=weeks[first], end=weeks[last] + timedelta(days=6))
        items.append(item)
        write_cells(m, sheet, row + number, [*names, "budget"], item)
        for week in range(first, last + 1):
            sheet.put(row + number, 4 + week, m.mark)
    return m.finish([sheet], items, dated=True)


def units_per_month(m: Maker) -> Plan:
    """A monthly amount, a number of months and their product."""
    sheet = Sheet("Plan")
    words = PER_MONTH.get(m.language, PER_MONTH["en"])
    items, rows = [], []
    for item in m.draw_items(m.rng.randint(3, 8)):
        monthly, months = m.amount(), m.rng.randint(2, 12)
        items.append(replace(item, budget=monthly * months))
        rows.append((monthly, months))
    names = m.columns([])
    row = m.top(sheet)
    for column, text in enumerate([*(m.header(n) for n in names), words[0], words[1], m.header("budget")]):
        sheet.put(row, column, text)
    for number, (item, (monthly, months)) in enumerate(zip(items, rows, strict=True), start=1):
        write_cells(m, sheet, row + number, names, item)
        sheet.put(row + number, len(names), m.money(monthly), style=m.money_style())
        sheet.put(row + number, len(names) + 1, months)
        sheet.put(row + number, len(names) + 2, m.money(item.budget), style=m.money_style())
    end = row + len(items) + 1
    sheet.put(end, 0, m.word("total"))
    write_sum(m, sheet, (end, len(names) + 2), items)
    return m.finish([sheet], items)


PER_MONTH = {
    "en": ("Monthly cost", "Months"),
    "de": ("Kosten pro Monat", "Anzahl Monate"),
    "ru": ("Стоимость в месяц", "Количество месяцев"),
    "fr": ("Coût mensuel", "Nombre de mois"),
    "es": ("Coste mensual", "Meses"),
    "uk": ("Вартість на місяць", "Кількість місяців"),
}
