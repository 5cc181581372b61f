"""The shapes of generated plans: each writes its sheets and knows its truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.plans.make import KINDS, Maker, Plan, TrueItem, _Sheet

CENT = Decimal("0.01")


def make_plan(seed: int, kind: str | None = None) -> Plan:
    """Make the plan of a seed; the same seed always gives the same plan."""
    maker = Maker(seed, kind)
    return SHAPES[maker.kind](maker)


def _table(
    m: Maker,
    sheet: _Sheet,
    row: int,
    names: list[str],
    items: list[TrueItem],
    *,
    dates: str = "",
    left: int = 0,
    total: bool = True,
    headers: dict[str, str] | None = None,
) -> int:
    """Write a plain table with a labelled total; gives the row after it."""
    heads = headers or {name: m.header(name) for name in names}
    keys = (
        [n for n in names if n != "budget"]
        + (["start", "end"] if dates == "columns" else ["period"] if dates == "words" else [])
        + ["budget"]
    )
    for column, key in enumerate(keys):
        sheet.put(row, left + column, heads.setdefault(key, m.header(key)))
    for number, item in enumerate(items, start=1):
        for column, key in enumerate(keys):
            _cell(m, sheet, row + number, left + column, key, item)
    end = row + len(items) + 1
    if total:
        sheet.put(end, left, m.word("total"))
        first, last = row + 2, row + 1 + len(items)
        letter = chr(65 + left + len(keys) - 1)
        formula = f"=SUM({letter}{first}:{letter}{last})" if not m.csv and m.shown != "cells" and m.rng.random() < 0.6 else None
        sheet.put(end, left + len(keys) - 1, m.money(sum((i.budget for i in items), Decimal(0))), style=m.money_style(), formula=formula)
        end += 1
    return end


def _heads(m: Maker, sheet: _Sheet, row: int, keys: list[str]) -> None:
    for column, key in enumerate(keys):
        sheet.put(row, column, m.header(key))


def _cells(m: Maker, sheet: _Sheet, row: int, keys: list[str], item: TrueItem) -> None:
    for column, key in enumerate(keys):
        _cell(m, sheet, row, column, key, item)


def _sum(m: Maker, sheet: _Sheet, place: tuple[int, int], items: list[TrueItem]) -> None:
    """Write what the items cost in all."""
    sheet.put(*place, m.money(sum((i.budget for i in items), Decimal(0))), style=m.money_style())


def _cell(m: Maker, sheet: _Sheet, row: int, column: int, key: str, item: TrueItem) -> None:
    if key == "budget":
        sheet.put(row, column, m.money(item.budget), style=m.money_style())
    elif key in ("start", "end"):
        sheet.put(row, column, item.start if key == "start" else item.end)
    elif key == "period":
        sheet.put(row, column, _words(m, item))
    else:
        sheet.put(row, column, item.names.get(key, ""))


def _words(m: Maker, item: TrueItem) -> str:
    assert item.start and item.end
    style = m.rng.randint(0, 3)
    if style == 0:
        return f"{item.start:%d.%m.%y}-{item.end:%d.%m.%y}"
    if style == 1:
        return f"{item.start:%d.%m.%Y} - {item.end:%d.%m.%Y}"
    if style == 2 and item.start.year == item.end.year:
        return f"{item.start:%d.%m}-{item.end:%d.%m.%y}"
    return f"{item.start:%d.%m.%Y} – {item.end:%d.%m.%Y}"


def plain(m: Maker) -> Plan:
    sheet = _Sheet("Plan")
    items = m.draw_items()
    dates = m.rng.choice(["", "columns", "words"])
    row = m.top(sheet)
    end = _table(m, sheet, row, [*m.columns([]), "budget"], items, dates=dates, total=m.rng.random() < 0.7)
    m.notes(sheet, end)
    return m.finish([sheet], items, dated=bool(dates))


def text_numbers(m: Maker) -> Plan:
    return plain(m)


def periods_in_words(m: Maker) -> Plan:
    sheet = _Sheet("Plan")
    items = m.draw_items()
    end = _table(m, sheet, m.top(sheet), [*m.columns([]), "budget"], items, dates="words")
    m.notes(sheet, end)
    return m.finish([sheet], items, dated=True)


def subtotals(m: Maker) -> Plan:
    """Groups by channel with subtotals, labelled or not, and a grand total."""
    sheet = _Sheet("Plan")
    items = m.draw_items(m.rng.randint(5, 14), groups=True)
    names = m.columns([])
    row = m.top(sheet)
    _heads(m, sheet, row, [*names, "budget"])
    width, row = len(names), row + 1
    label = m.rng.choice(m.words["subtotal"])
    gap = m.rng.random() < 0.3
    for channel in dict.fromkeys(i.names["channel"] for i in items):
        group = [i for i in items if i.names["channel"] == channel]
        for item in group:
            _cells(m, sheet, row, [*names, "budget"], item)
            row += 1
        sheet.put(row, 0, label.format(channel))
        _sum(m, sheet, (row, width), group)
        row += 2 if gap else 1
    sheet.put(row, 0, m.word("total"))
    _sum(m, sheet, (row, width), items)
    m.notes(sheet, row + 1)
    return m.finish([sheet], items)


def unlabelled_total(m: Maker) -> Plan:
    sheet = _Sheet("Plan")
    items = m.draw_items(m.rng.randint(3, 10))
    names = m.columns([])
    end = _table(m, sheet, m.top(sheet), [*names, "budget"], items, total=False)
    end += m.rng.randint(0, 1)
    _sum(m, sheet, (end, len(names)), items)
    return m.finish([sheet], items)


def sections(m: Maker) -> Plan:
    """Channels as section lines instead of a column."""
    sheet = _Sheet("Plan")
    items = m.draw_items(m.rng.randint(5, 12), groups=True)
    names = ["publisher", "format", "campaign"]
    row = m.top(sheet)
    _heads(m, sheet, row, [*names, "budget"])
    row += 1
    for channel in dict.fromkeys(i.names["channel"] for i in items):
        sheet.put(row, 0, channel)
        row += 1
        for item in [i for i in items if i.names["channel"] == channel]:
            _cells(m, sheet, row, [*names, "budget"], item)
            row += 1
    sheet.put(row, 0, m.word("total"))
    _sum(m, sheet, (row, len(names)), items)
    return m.finish([sheet], items)


def carried_channel(m: Maker) -> Plan:
    """The channel stands only in the first row of its group, merged or not."""
    sheet = _Sheet("Plan")
    items = m.draw_items(m.rng.randint(5, 12), groups=True)
    names = ["channel", "publisher", "format"]
    row = m.top(sheet)
    _heads(m, sheet, row, [*names, "budget"])
    row += 1
    merged = m.rng.random() < 0.5
    for channel in dict.fromkeys(i.names["channel"] for i in items):
        group = [i for i in items if i.names["channel"] == channel]
        if merged and len(group) > 1:
            sheet.merges.append((row, 0, row + len(group) - 1, 0))
        for number, item in enumerate(group):
            for column, key in enumerate([*names, "budget"]):
                if column or not number:
                    _cell(m, sheet, row, column, key, item)
            row += 1
    sheet.put(row, 0, m.word("total"))
    _sum(m, sheet, (row, 3), items)
    return m.finish([sheet], items)


def _split(m: Maker, total: Decimal, spans: list[tuple[date, date]]) -> dict[tuple[date, date], Decimal]:
    used = [s for s in spans if m.rng.random() < 0.75] or spans[:1]
    share = (total / len(used)).quantize(CENT, ROUND_HALF_UP)
    parts = dict.fromkeys(used, share)
    parts[used[-1]] += total - share * len(used)
    return parts


def _wide(
    m: Maker, spans: list[tuple[date, date]], label: Callable[[tuple[date, date]], object], style: str | None, *, dated: bool
) -> Plan:
    sheet = _Sheet("Plan")
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
    _heads(m, sheet, row, heads)
    for column, span in enumerate(spans):
        sheet.put(row, first + column, label(span), style=style)
    sheet.put(row, total_at, m.word("total") if banded else m.header("budget"))
    for number, item in enumerate(items, start=1):
        _cells(m, sheet, row + number, names, item)
        for column, span in enumerate(spans):
            if span in item.by_period:
                sheet.put(row + number, first + column, m.money(item.by_period[span]), style=m.money_style())
        sheet.put(row + number, total_at, m.money(item.budget), style=m.money_style())
    end = row + len(items) + 1
    sheet.put(end, 0, m.word("total"))
    for column, span in enumerate(spans):
        sheet.put(end, first + column, m.money(sum((i.by_period.get(span, Decimal(0)) for i in items), Decimal(0))), style=m.money_style())
    _sum(m, sheet, (end, total_at), items)
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


def long_months(m: Maker) -> Plan:
    """One row a month and channel."""
    sheet = _Sheet("Plan")
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
    _sum(m, sheet, (row + len(items) + 1, 2), items)
    return m.finish([sheet], items, dated=True)


CHANNEL_POOL = ["Google Ads", "Meta", "TikTok", "TV", "Radio", "OOH"]


def units_price(m: Maker) -> Plan:
    """Units times price equals cost, with formulas; impressions and clicks beside."""
    sheet = _Sheet("Plan")
    items = []
    rows = []
    for item in m.draw_items(m.rng.randint(2, 9)):
        units, price = m.rng.randint(100, 90_000), Decimal(m.rng.randint(50, 90_000)) / 100
        items.append(replace(item, budget=units * price))
        rows.append((units, price))
    names = m.columns([])
    row = m.top(sheet)
    keys = [*names, "price", "units", "budget", "impressions", "clicks"]
    _heads(m, sheet, row, keys)
    at = len(names)
    for number, (item, (units, price)) in enumerate(zip(items, rows, strict=True), start=1):
        _cells(m, sheet, row + number, names, item)
        sheet.put(row + number, at, float(price), style="#,##0.00")
        sheet.put(row + number, at + 1, units, style="#,##0")
        formula = f"={chr(65 + at)}{row + number + 1}*{chr(66 + at)}{row + number + 1}" if m.shown != "cells" else None
        sheet.put(row + number, at + 2, m.money(item.budget), style=m.money_style(), formula=formula)
        sheet.put(row + number, at + 3, units * 1000, style="#,##0")
        sheet.put(row + number, at + 4, units * 3, style="#,##0")
    end = row + len(items) + 1
    sheet.put(end, 0, m.word("total"))
    _sum(m, sheet, (end, at + 2), items)
    sheet.put(end, at + 3, sum(u for u, _ in rows) * 1000, style="#,##0")
    return m.finish([sheet], items)


def _vat(m: Maker, keys: tuple[str, ...]) -> Plan:
    sheet = _Sheet("Plan")
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
        _cells(m, sheet, row + number, names, item)
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
    sheet = _Sheet("Plan")
    items = [replace(i, budget=Decimal(m.rng.randint(5, 9000)) * 100) for i in m.draw_items(m.rng.randint(3, 9))]
    names = m.columns([])
    row = m.top(sheet)
    _heads(m, sheet, row, [*names, "thousands"])
    for number, item in enumerate(items, start=1):
        _cells(m, sheet, row + number, names, item)
        sheet.put(row + number, len(names), float(item.budget / 1000), style="#,##0.0")
    sheet.put(row + len(items) + 1, 0, m.word("total"))
    sheet.put(row + len(items) + 1, len(names), float(sum((i.budget for i in items), Decimal(0)) / 1000), style="#,##0.0")
    return m.finish([sheet], items)


def sideways(m: Maker) -> Plan:
    """Metrics down the rows, months across, one group a channel."""
    m.shown = m.rng.choice(["format", "title"])
    sheet = _Sheet("Tracker")
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
    sheet = _Sheet("Plan")
    items = m.draw_items(m.rng.randint(3, 8))
    row = m.top(sheet)
    for at, key in enumerate(["channel", "publisher", "format", "start", "end", "budget"]):
        sheet.put(row + at, 0, m.header(key))
        for number, item in enumerate(items, start=1):
            _cell(m, sheet, row + at, number, key, item)
    return m.finish([sheet], items, dated=True)


def banded(m: Maker) -> Plan:
    """A header of two lines with merged bands."""
    sheet = _Sheet("Plan")
    items = m.draw_items(m.rng.randint(3, 9))
    row = m.top(sheet)
    names = ["channel", "publisher", "format"]
    _heads(m, sheet, row, names)
    sheet.merges += [(row, column, row + 1, column) for column in range(len(names))]
    sheet.put(row, 3, {"ru": "Прогноз", "de": "Prognose"}.get(m.language, "Forecast"))
    sheet.merges.append((row, 3, row, 4))
    sheet.put(row, 5, {"ru": "Стоимость размещения", "de": "Kosten", "en": "Costs"}.get(m.language, m.words["budget"][0]))
    sheet.merges.append((row, 5, row, 6))
    for column, key in ((3, "impressions"), (4, "clicks"), (5, "net"), (6, "gross")):
        sheet.put(row + 1, column, m.header(key))
    row += 2
    for number, item in enumerate(items):
        _cells(m, sheet, row + number, names, item)
        sheet.put(row + number, 3, m.rng.randint(10_000, 900_000), style="#,##0")
        sheet.put(row + number, 4, m.rng.randint(100, 9000), style="#,##0")
        sheet.put(row + number, 5, m.money(item.budget), style=m.money_style())
        sheet.put(row + number, 6, m.money((item.budget * Decimal("1.2")).quantize(CENT)), style=m.money_style())
    end = row + len(items)
    sheet.put(end, 0, m.word("total"))
    _sum(m, sheet, (end, 5), items)
    return m.finish([sheet], items, vat=False)


def hidden_stale(m: Maker) -> Plan:
    """A hidden older copy with other amounts, and a visible tab of plain words."""
    sheet, stale, words = _Sheet("Plan"), _Sheet("Plan old", hidden=True), _Sheet("Notes")
    items = m.draw_items()
    names = [*m.columns([]), "budget"]
    _table(m, sheet, m.top(sheet), names, items, dates="columns")
    _table(m, stale, 1, names, [replace(i, budget=m.amount()) for i in items], dates="columns")
    for row in range(12):
        words.put(row, 0, m.word("note"))
    return m.finish([sheet, words, stale], items, dated=True)


def side_by_side(m: Maker) -> Plan:
    """Two tables with other rows beside each other."""
    sheet = _Sheet("Plan")
    one, two = m.draw_items(m.rng.randint(3, 7)), m.draw_items(m.rng.randint(3, 7))
    names = ["channel", "campaign", "budget"]
    heads = {name: m.header(name) for name in names}
    row = m.top(sheet) + 1
    _table(m, sheet, row, names, one, headers=dict(heads))
    _table(m, sheet, row, names, two, left=len(names) + 1, headers=dict(heads))
    return m.finish([sheet], one + two)


def stacked(m: Maker) -> Plan:
    """Two tables under each other, each with its header and total."""
    sheet = _Sheet("Plan")
    names = [*m.columns([]), "budget"]
    one, two = m.draw_items(m.rng.randint(2, 6)), m.draw_items(m.rng.randint(2, 6))
    heads = {name: m.header(name) for name in names}
    row = m.top(sheet)
    end = _table(m, sheet, row, names, one, headers=dict(heads))
    end += 1
    sheet.put(end, 0, f"{m.word('market')} 2")
    _table(m, sheet, end + 1, names, two, headers=dict(heads))
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
        sheet = _Sheet(name.format(number + 1))
        items = [replace(i, budget=i.budget * (number + 1)) for i in base]
        _table(m, sheet, 1, names, items, headers=dict(heads), dates="columns")
        sheet.put(0, 0, m.currency if m.shown == "title" else m.word("title").format(m.year))
        sheets.append(sheet)
        versions.append(items)
    return m.finish(sheets, versions[0], alternatives=versions, dated=True)


def gantt(m: Maker) -> Plan:
    """Weeks across only mark when a line runs."""
    sheet = _Sheet("Plan")
    monday = date.fromisocalendar(m.year, 10, 1)
    weeks = [monday + timedelta(weeks=n) for n in range(8)]
    items = []
    names = ["channel", "publisher", "format"]
    row = m.top(sheet)
    _heads(m, sheet, row, [*names, "budget"])
    for column, week in enumerate(weeks):
        sheet.put(row, 4 + column, f"{week:%d.%m}-{week + timedelta(days=6):%d.%m.%Y}")
    for number, item in enumerate(m.draw_items(m.rng.randint(3, 8)), start=1):
        first = m.rng.randint(0, 5)
        last = m.rng.randint(first, 7)
        item = replace(item, start=weeks[first], end=weeks[last] + timedelta(days=6))
        items.append(item)
        _cells(m, sheet, row + number, [*names, "budget"], item)
        for week in range(first, last + 1):
            sheet.put(row + number, 4 + week, m.mark)
    return m.finish([sheet], items, dated=True)


def detail_tabs(m: Maker) -> Plan:
    """A summary tab whose lines repeat the totals of detail tabs."""
    summary = _Sheet("Summary")
    channels = m.rng.sample(CHANNEL_POOL, 3)
    sheets = []
    items = []
    names = ["publisher", "format", "budget"]
    heads = {n: m.header(n) for n in names}
    for channel in channels:
        rows = [replace(i, names={**i.names, "channel": channel}) for i in m.draw_items(1)]
        rows = rows + [
            replace(rows[0], budget=m.amount(), names={**rows[0].names, "format": f})
            for f in m.rng.sample(["Banner", "Video", "Native"], 2)
        ]
        sheet = _Sheet(channel)
        _table(m, sheet, 1, names, rows, headers=dict(heads))
        sheet.put(0, 0, m.currency if m.shown == "title" else m.word("title").format(m.year))
        sheets.append(sheet)
        items.append(TrueItem({"channel": channel}, sum((r.budget for r in rows), Decimal(0))))
    _table(m, summary, m.top(summary), ["channel", "budget"], items)
    return m.finish([summary, *sheets], items)


def busy(m: Maker) -> Plan:
    """Many numeric columns: list price, discount, cost before and after it, share, cumulative, reach, frequency, rates."""
    sheet = _Sheet("Plan")
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
                _cell(m, sheet, row + number, column, key, item)
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
    sheet = _Sheet("Plan")
    items = m.draw_items(m.rng.randint(2, 8))
    names = m.columns([])
    end = _table(m, sheet, m.top(sheet), [*names, "budget"], items, total=m.rng.random() < 0.5)
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
    sheet = _Sheet("Plan")
    items = m.draw_items(m.rng.randint(2, 8))
    names = m.columns([])
    end = _table(m, sheet, m.top(sheet), [*names, "budget"], items, total=True)
    whole = sum((i.budget for i in items), Decimal(0))
    fee = (whole * Decimal("0.1")).quantize(CENT)
    sheet.put(end, 0, f"{SUMMARY[m.language][3]} 10%" if m.rng.random() < 0.5 else SUMMARY[m.language][3])
    sheet.put(end, len(names), m.money(fee), style=m.money_style())
    sheet.put(end + 1, 0, m.word("total"))
    sheet.put(end + 1, len(names), m.money(whole + fee), style=m.money_style())
    return m.finish([sheet], items)


def bonus(m: Maker) -> Plan:
    """Bonus lines at zero and lines whose amount is a word."""
    sheet = _Sheet("Plan")
    items = m.draw_items(m.rng.randint(4, 9))
    items = [replace(i, budget=Decimal(0)) if n % 4 == 2 else i for n, i in enumerate(items)]
    names = m.columns([])
    end = _table(m, sheet, m.top(sheet), [*names, "budget"], items, dates="columns", total=True)
    m.notes(sheet, end)
    return m.finish([sheet], items, dated=True)


def repeated_header(m: Maker) -> Plan:
    """The header comes again in the middle, as after a page break."""
    sheet = _Sheet("Plan")
    items = m.draw_items(m.rng.randint(6, 12))
    names = [*m.columns([]), "budget"]
    heads = {name: m.header(name) for name in names}
    half = len(items) // 2
    row = m.top(sheet)
    end = _table(m, sheet, row, names, items[:half], headers=dict(heads), total=False)
    end = _table(m, sheet, end, names, items[half:], headers=dict(heads), total=False)
    sheet.put(end, 0, m.word("total"))
    _sum(m, sheet, (end, len(names) - 1), items)
    return m.finish([sheet], items)


def units_per_month(m: Maker) -> Plan:
    """A monthly amount, a number of months and their product."""
    sheet = _Sheet("Plan")
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
        _cells(m, sheet, row + number, names, item)
        sheet.put(row + number, len(names), m.money(monthly), style=m.money_style())
        sheet.put(row + number, len(names) + 1, months)
        sheet.put(row + number, len(names) + 2, m.money(item.budget), style=m.money_style())
    end = row + len(items) + 1
    sheet.put(end, 0, m.word("total"))
    _sum(m, sheet, (end, len(names) + 2), items)
    return m.finish([sheet], items)


PER_MONTH = {
    "en": ("Monthly cost", "Months"),
    "de": ("Kosten pro Monat", "Anzahl Monate"),
    "ru": ("Стоимость в месяц", "Количество месяцев"),
    "fr": ("Coût mensuel", "Nombre de mois"),
    "es": ("Coste mensual", "Meses"),
    "uk": ("Вартість на місяць", "Кількість місяців"),
}


def shifted(m: Maker) -> Plan:
    """A table that begins away from the corner, with a narrow empty column inside and stray texts beside it."""
    sheet = _Sheet("Plan")
    items = m.draw_items(m.rng.randint(3, 9))
    left = m.rng.randint(1, 4)
    row = m.rng.randint(2, 12)
    sheet.put(0, left, m.word("title").format(m.year))
    if m.shown == "title":
        sheet.put(1, left, m.currency)
    end = _table(m, sheet, row, [*m.columns([]), "budget"], items, left=left, dates=m.rng.choice(["", "columns"]))
    sheet.put(row + 2, left + 12, "approved by client")
    m.notes(sheet, end)
    return m.finish([sheet], items)


def variant_columns(m: Maker) -> Plan:
    """One row a line item and one money column a version: alternatives side by side."""
    sheet = _Sheet("Plan")
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
        _cells(m, sheet, row + number, names, item)
        for n in range(count):
            sheet.put(row + number, len(names) + n, m.money(versions[n][number - 1].budget), style=m.money_style())
    end = row + len(base) + 1
    sheet.put(end, 0, m.word("total"))
    for n in range(count):
        _sum(m, sheet, (end, len(names) + n), versions[n])
    return m.finish([sheet], versions[0], alternatives=versions)


SHAPES: dict[str, Callable[[Maker], Plan]] = {kind: globals()[kind] for kind in KINDS}
