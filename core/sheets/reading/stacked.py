"""Grids of one head below each other (`Budget`, then `Leads`, by the same columns): each is turned on its side by itself."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from core.model.workbook import Cells, Tab
from core.sheets.reading.grid import Grid, is_blank, is_number, text_of

_HEADS = 2
_TITLE = 2
"""A row that fills so many cells at most is a title of what stands below it."""


def rows_again(grid: Grid, head: int) -> list[int]:
    """Give the rows that say what row `head` says, but for its first cell, and hold no number; `head` first where it is such a row."""
    wanted = _heads(grid, head)
    return [row for row in grid.row_numbers if row >= head and _heads(grid, row) == wanted] if wanted else []


def _first_again(grid: Grid) -> list[int]:
    """Give the rows of the first head that stands there again; none where none does. Each row is looked at once."""
    alike: dict[tuple[tuple[int, str], ...], list[int]] = defaultdict(list)
    for row in grid.row_numbers:
        if told := _heads(grid, row):
            alike[tuple(told.items())].append(row)
    return next((rows for rows in alike.values() if len(rows) > 1), [])


def _heads(grid: Grid, row: int) -> dict[int, str]:
    """Give the texts of a row after its first one; none where it holds numbers."""
    cells = {column: cell.value for column, cell in sorted(grid.rows[row].items()) if not is_blank(cell.value)}
    if any(is_number(value) for value in cells.values()) or len([v for v in cells.values() if text_of(v)]) <= _HEADS:
        return {}
    return {column: str(value).strip().casefold() for column, value in list(cells.items())[1:]}


def stacked_parts(tab: Tab) -> list[Tab]:
    """Cut a tab above each row that repeats its head, titles with what they stand over; the tab itself where none does."""
    grid = Grid(tab)
    heads = _first_again(grid)
    if not heads:
        return [tab]
    rows, first = grid.row_numbers, [0]
    for head in heads[1:]:
        at = rows.index(head)
        while rows[at - 1] not in heads and _is_title(grid, rows[at - 1]):
            at -= 1
        first.append(rows[at])
    ends = [*first[1:], tab.n_rows + 1]
    lines = tab.by_row()
    return [
        replace(
            tab,
            cells=Cells({row: dict(line) for row, line in lines.items() if top <= row < end}),
            merges=tuple(span for span in tab.merges if top <= span.top < end),
        )
        for top, end in zip(first, ends, strict=True)
    ]


def _is_title(grid: Grid, row: int) -> bool:
    values = [cell.value for cell in grid.rows[row].values() if not is_blank(cell.value)]
    return len(values) <= _TITLE and not any(is_number(value) for value in values)
