"""Headers of tables whose words say nothing: proven by sums of rows and columns, or assumed over a list of names and numbers."""

from __future__ import annotations

from decimal import Decimal

from core.sheets.reading.grid import Grid, decimal_of, is_number, text_of
from core.sheets.reading.headers import ColumnHeader, HeaderBlock, header_block
from core.sheets.reading.lexicon import says_total
from core.sheets.reading.numbers import DecimalMark
from core.sheets.reading.roles import UNKNOWN, Role
from core.sheets.reading.stacked import rows_again

_DEEP = 60
_MARKS: tuple[DecimalMark | None, ...] = (None, ",", ".")


def implied_headers(grid: Grid) -> list[HeaderBlock]:
    """Give the header of a tab that has none by its words, and each row that repeats it."""
    if (proven := _proven_header(grid)) is not None:
        return [proven, *(header_block(grid, row, row) for row in rows_again(grid, proven.top)[1:])]
    return [assumed] if (assumed := _assumed_header(grid)) is not None else []


def _proven_header(grid: Grid) -> HeaderBlock | None:
    """Give a row of texts over columns of numbers that add up: to a last column that says total, or to a row that does."""
    rows = grid.row_numbers
    for at, row in enumerate(rows[:_DEEP]):
        columns = [c for c, cell in sorted(grid.rows[row].items()) if text_of(cell.value)]
        body = rows[at + 1 : at + 1 + _DEEP]
        numbers = [c for c in columns if sum(is_number(grid.cell(below, c).value) for below in body) >= 2]
        if len(numbers) >= 2 and len(columns) >= 3 and any(_adds_up(grid, row, numbers, body, mark) for mark in _MARKS):
            return header_block(grid, row, row)
    return None


def _adds_up(grid: Grid, header: int, columns: list[int], body: list[int], mark: DecimalMark | None) -> bool:
    amounts = {row: [decimal_of(grid.cell(row, c).value, mark) or Decimal(0) for c in columns] for row in body}
    said = says_total(text_of(grid.cell(header, columns[-1]).value))
    return (bool(said) and _rows_add_up(list(amounts.values()))) or _columns_add_up(grid, amounts)


def _rows_add_up(rows: list[list[Decimal]]) -> bool:
    lines = [(parts, whole) for *parts, whole in rows]
    lines = [(amounts, whole) for amounts, whole in lines if whole]
    many = all(len(parts) >= 2 for parts, _ in lines) and len(lines) >= 2
    return many and all(abs(sum(parts) - whole) <= Decimal("0.02") for parts, whole in lines)


def _columns_add_up(grid: Grid, rows: dict[int, list[Decimal]]) -> bool:
    above: list[list[Decimal]] = []
    for row, amounts in rows.items():
        if any(says_total(text_of(cell.value)) for cell in grid.rows[row].values()) and len(above) >= 2:
            sums = [sum(column, Decimal(0)) for column in zip(*above, strict=True)]
            return any(two and abs(one - two) <= Decimal("0.02") for one, two in zip(sums, amounts, strict=True))
        above.append(amounts)
    return False


def _assumed_header(grid: Grid) -> HeaderBlock | None:
    """Give a header without words for a list that has none: a column of texts beside a column of numbers, at least three rows deep."""
    rows = [row for row in grid.row_numbers if len(grid.rows[row]) == 2]
    pairs = {}
    for row in rows:
        (left, one), (right, two) = sorted(grid.rows[row].items())
        if text_of(one.value) and is_number(two.value):
            pairs[row] = (left, right)
    if len(pairs) < 3 or len(set(pairs.values())) != 1:
        return None
    left, right = next(iter(pairs.values()))
    top = min(pairs)
    columns = {left: ColumnHeader(left, "", "", Role("dim", "channel", certainty=0.4)), right: ColumnHeader(right, "", "", UNKNOWN)}
    return HeaderBlock(max(1, top - 1), max(1, top - 1), top, columns)
