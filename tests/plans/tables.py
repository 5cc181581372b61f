"""A table of a made plan: its headers, cells and total, as one hand writes them."""

from __future__ import annotations

from decimal import Decimal

from tests.plans.make import Maker, Sheet, TrueItem

CENT = Decimal("0.01")


def write_table(
    m: Maker,
    sheet: Sheet,
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
            write_cell(m, sheet, row + number, left + column, key, item)
    end = row + len(items) + 1
    if total:
        sheet.put(end, left, m.word("total"))
        first, last = row + 2, row + 1 + len(items)
        letter = chr(65 + left + len(keys) - 1)
        formula = f"=SUM({letter}{first}:{letter}{last})" if not m.csv and m.shown != "cells" and m.rng.random() < 0.6 else None
        sheet.put(end, left + len(keys) - 1, m.money(sum((i.budget for i in items), Decimal(0))), style=m.money_style(), formula=formula)
        end += 1
    return end


def write_heads(m: Maker, sheet: Sheet, row: int, keys: list[str]) -> None:
    for column, key in enumerate(keys):
        sheet.put(row, column, m.header(key))


def write_cells(m: Maker, sheet: Sheet, row: int, keys: list[str], item: TrueItem) -> None:
    for column, key in enumerate(keys):
        write_cell(m, sheet, row, column, key, item)


def write_sum(m: Maker, sheet: Sheet, place: tuple[int, int], items: list[TrueItem]) -> None:
    """Write what the items cost in all."""
    sheet.put(*place, m.money(sum((i.budget for i in items), Decimal(0))), style=m.money_style())


def write_cell(m: Maker, sheet: Sheet, row: int, column: int, key: str, item: TrueItem) -> None:
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


CHANNEL_POOL = ["Google Ads", "Meta", "TikTok", "TV", "Radio", "OOH"]
