"""Amounts that no table holds: a plan, or a part of one, whose layout is not known must not pass in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.model.reading import ReadingWarning
from core.model.workbook import Cell, Tab, Workbook
from core.sheets.reading.currency import currency_in_text, currency_of_format
from core.sheets.reading.grid import Grid, decimal_of, text_of
from core.sheets.reading.lexicon import says
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.tables import Draft

_ROWS = 400


def say_unread(workbook: Workbook, drafts: list[Draft], exports: set[str], *, is_plan: bool) -> list[ReadingWarning]:
    """Name the visible tabs with amounts that gave no line items, and the rows and tables beside line items that name media and amounts."""
    found: list[ReadingWarning] = []
    for tab in workbook.tabs:
        if tab.visibility != "visible" or tab.name in exports:
            continue
        mine = [draft for draft in drafts if draft.table.tab == tab.name]
        if any(draft.table.line_items for draft in mine):
            found += _beside(tab, mine)
        elif _holds_money(Grid(tab), least=2 if is_plan else 1, file=workbook.name) or (
            not any(d.table.line_items for d in drafts) and any(map(_names_lines, mine))
        ):
            told = "Amounts stand in this tab, but no table of line items could be read there; it was not counted."
            found.append(ReadingWarning("unread_table", None, told, tab.name))
    return found


def _beside(tab: Tab, drafts: list[Draft]) -> Iterator[ReadingWarning]:
    """Give a warning for each table without line items, and for rows outside all tables, that name media beside amounts."""
    for draft in drafts:
        rows = [row.number for row in draft.rows if row.kind in ("pair", "no_amount")]
        if not draft.table.line_items and not draft.layout.metrics and _media_rows(draft.region.grid, rows, draft.region.columns) >= 2:
            told = f"{draft.table.range} names lines beside numbers, but none was read as money."
            yield ReadingWarning("unread_table", None, told, tab.name)
    if any(draft.region.grid.transposed for draft in drafts):
        return
    grid = drafts[0].region.grid
    held = {row for draft in drafts for row in draft.region.body}
    free = [row for row in grid.row_numbers if row not in held][:_ROWS]
    if _media_rows(grid, free, None) >= 2:
        told = f"Rows {free[0]} to {free[-1]} name lines beside numbers outside every table that was read; they were not counted."
        yield ReadingWarning("unread_table", None, told, tab.name)


def _names_lines(draft: Draft) -> bool:
    """Tell whether a table has two columns that media plans have, and numbers that were read as nothing known."""
    labels = [use for use in draft.layout.uses.values() if use.name in ("channel", "publisher", "format", "campaign", "placement")]
    return len(labels) >= 2 and bool(draft.layout.named("number")) and any(row.kind in ("pair", "no_amount") for row in draft.rows)


def _media_rows(grid: Grid, rows: Iterable[int], columns: Iterable[int] | None) -> int:
    """Count the rows that name a medium and hold an amount."""
    inside = None if columns is None else set(columns)
    lines = ([cell for c, cell in grid.rows.get(row, {}).items() if inside is None or c in inside] for row in rows)
    return sum(any(_says_media(cell) for cell in cells) and any(_is_amount(cell) for cell in cells) for cells in lines)


def _holds_money(grid: Grid, *, least: int, file: str) -> bool:
    """Tell whether a tab looks like money by name: rows with media and amounts, or with words and amounts and a sign for money."""
    rows = grid.row_numbers[:_ROWS]
    if _media_rows(grid, rows, None) >= least:
        return True
    lines = [grid.rows[row].values() for row in rows]
    lines_named = sum(any(text_of(c.value) for c in cells) and any(_is_amount(c) for c in cells) for cells in lines)
    if least == 1 and (says(file, "title") or says(grid.tab.name, "title")):
        return lines_named > 0
    return lines_named >= 3 and any(_says_money(cell) for cells in lines for cell in cells)


def _says_media(cell: Cell) -> bool:
    text = text_of(cell.value)
    return bool(text) and len(text) <= 80 and says(text, "media")


def _is_amount(cell: Cell) -> bool:
    values = [decimal_of(cell.value, mark) for mark in (None, ",", ".")]
    return any(value is not None and value >= 100 for value in values)


def _says_money(cell: Cell) -> bool:
    if isinstance(cell.value, str):
        return len(cell.value) <= 60 and (role_of_header(cell.value).is_budget or bool(currency_in_text(cell.value)))
    return bool(cell.number_format and currency_of_format(cell.number_format))
