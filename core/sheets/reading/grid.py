"""One tab as rows of cells, with merged headers spread and the same grid turned on its side for plans whose line items are columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite

from core.model.workbook import Cell, CellError, CellValue, Span, Tab, a1, column_letters
from core.sheets.reading.numbers import DecimalMark, NumberText, is_placeholder, read_number

EMPTY = Cell()
Number = int | float | Decimal
"""A number as a cell stores it, or as a text shows it."""


class Grid:
    """A tab by rows.

    Attributes:
        rows: filled cells by row and column; cells that only have a fill are left out.
        transposed: rows and columns have changed places; `address` still gives the sheet's own cell.
    """

    def __init__(self, tab: Tab, *, transposed: bool = False) -> None:
        self.tab = tab
        self.transposed = transposed
        self.rows: dict[int, Mapping[int, Cell]] = _turned(tab) if transposed else _filled(tab)
        self.merges = tuple(Span(m.left, m.top, m.right, m.bottom) if transposed else m for m in tab.merges)
        self._anchors: dict[tuple[int, int], tuple[int, int]] = {}
        for span in self.merges:
            if (span.bottom - span.top + 1) * (span.right - span.left + 1) <= 20000:
                for row in range(span.top, span.bottom + 1):
                    for column in range(span.left, span.right + 1):
                        self._anchors[row, column] = (span.top, span.left)

    @property
    def row_numbers(self) -> list[int]:
        return sorted(self.rows)

    def cell(self, row: int, column: int) -> Cell:
        return self.rows.get(row, {}).get(column, EMPTY)

    def spread(self, row: int, column: int) -> Cell:
        """Give the cell, or the one whose merged range covers it."""
        cell = self.rows.get(row, {}).get(column)
        if cell is None and (anchor := self._anchors.get((row, column))) is not None:
            cell = self.rows.get(anchor[0], {}).get(anchor[1])
        return cell or EMPTY

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """Give the top left of the merged range that covers a cell, or the cell itself."""
        return self._anchors.get((row, column), (row, column))

    def address(self, row: int, column: int) -> str:
        return a1(column, row) if self.transposed else a1(row, column)

    def name_of(self, column: int) -> str:
        """Give what names a column in an address."""
        return str(column) if self.transposed else column_letters(column)

    def around_name(self, row: int) -> tuple[str, str]:
        """Give what stands before and behind the name of a column in the addresses of a row."""
        return (column_letters(row), "") if self.transposed else ("", str(row))

    def is_hidden(self, column: int) -> bool:
        return column in (self.tab.hidden_rows if self.transposed else self.tab.hidden_columns)

    def fill(self, row: int, column: int) -> str | None:
        at = (column, row) if self.transposed else (row, column)
        cell = self.tab.cells.get(at)
        return cell.fill if cell else None

    def is_struck(self, row: int, columns: Iterable[int]) -> bool:
        """Tell whether what a row says in some columns is all crossed out."""
        cells, struck = self.rows.get(row, {}), False
        for column in columns:
            cell = cells.get(column)
            if cell is not None and not is_blank(cell.value):
                if not cell.struck:
                    return False
                struck = True
        return struck

    def column_cells(self, column: int, rows: range) -> Iterator[tuple[int, Cell]]:
        for row in rows:
            cell = self.rows.get(row, {}).get(column)
            if cell is not None:
                yield row, cell


def _filled(tab: Tab) -> dict[int, Mapping[int, Cell]]:
    """Give the rows without cells that only have a fill; rows that have none of those are not copied."""
    if tab.all_valued:
        return dict(tab.by_row())
    kept = {
        row: {c: cell for c, cell in line.items() if cell.value is not None or cell.formula is not None}
        for row, line in tab.by_row().items()
    }
    return {row: line for row, line in kept.items() if line}


def _turned(tab: Tab) -> dict[int, Mapping[int, Cell]]:
    columns: dict[int, dict[int, Cell]] = {}
    for row, line in tab.by_row().items():
        for column, cell in line.items():
            if cell.value is not None or cell.formula is not None:
                columns.setdefault(column, {})[row] = cell
    return dict(columns)


def text_of(value: CellValue) -> str:
    """Give a cell's words: a text that is neither a number nor a placeholder, trimmed, or a time of day; else an empty string."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if not isinstance(value, str):
        return ""
    text = value.strip()
    return "" if is_placeholder(text) or read_number(text) is not None else text


def number_text(value: CellValue) -> NumberText | None:
    """Give what a text cell can mean as a number."""
    return read_number(value) if isinstance(value, str) else None


def is_number(value: CellValue) -> bool:
    """Tell whether a cell counts or measures something: a number, or a text that reads as one."""
    return (isinstance(value, (int, float)) and not isinstance(value, bool)) or number_text(value) is not None


def is_day(value: CellValue) -> bool:
    return isinstance(value, date)


def day_of(value: CellValue) -> date | None:
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def day_of_number(value: CellValue) -> date | None:
    """Give the day behind a bare number in a column of days: a spreadsheet's serial of 2000 to 2058, or `20260302`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        return None
    if 36_526 <= value < 58_000:
        return date(1899, 12, 30) + timedelta(days=int(value))
    try:
        return date.fromisoformat(str(int(value))) if 20_000_101 <= value <= 20_581_231 else None
    except ValueError:
        return None


def number_of(value: CellValue, mark: DecimalMark | None) -> Number | None:
    """Give the number of a cell under a decimal mark as it is stored; None for anything else, also where the text stays ambiguous."""
    if type(value) is int:
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    reading = read_number(value) if isinstance(value, str) else None
    return reading.under(mark) if reading else None


def exact(number: Number) -> Decimal:
    """Give a number as what it shows: 0.1 is a tenth."""
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def decimal_of(value: CellValue, mark: DecimalMark | None) -> Decimal | None:
    """Give the exact number of a cell under a decimal mark; None for anything else, also where the text stays ambiguous."""
    number = number_of(value, mark)
    return None if number is None else exact(number)


def is_blank(value: CellValue) -> bool:
    """Tell whether a cell holds nothing or a sign for nothing."""
    return value is None or isinstance(value, CellError) or (isinstance(value, str) and is_placeholder(value))
