"""Headers of tables whose words say nothing: proven by sums of rows and columns, or assumed over a list of names and numbers."""

from __future__ import annotations

from decimal import Decimal

from core.sheets.reading.grid import Grid, decimal_of, is_number, text_of
from core.sheets.reading.headers import ColumnHeader, HeaderBlock, header_block
from core.sheets.reading.lexicon import says_total
from core.sheets.reading.roles import UNKNOWN, Role

_DEEP = 60


def implied_header(grid: Grid) -> HeaderBlock | None:
    """Give the header of a tab that has none by its words."""
    return _proven_header(grid) or _assumed_header(grid)


def _proven_header(grid: Grid) -> HeaderBlock | None:
    """Give a row of texts over columns of numbers that add up: to a last column that says total, or to a row that does."""
    rows = grid.row_numbers
    for at, row in enumerate(rows[:_DEEP]):
        columns = [c for c, cell in sorted(grid.rows[row].items()) if text_of(cell.value)]
        body = rows[at + 1 : at + 1 + _DEEP]
        numbers = [c for c in columns if sum(is_number(grid.cell(below, c).value) for below in body) >= 2]
        if len(numbers) >= 2 and len(columns) >= 3 and (_rows_add_up(grid, row, numbers, body) or _columns_add_up(grid, numbers, body)):
            return header_block(grid, row, row)
    return None


def _amounts(grid: Grid, row: int, columns: list[int]) -> list[Decimal]:
    return [decimal_of(grid.cell(row, c).value, None) or Decimal(0) for c in columns]


def _rows_add_up(grid: Grid, header: int, columns: list[int], body: list[int]) -> bool:
    *parts, last = columns
    lines = [(_amounts(grid, row, parts), _amounts(grid, row, [last])[0]) for row in body]
    lines = [(amounts, whole) for amounts, whole in lines if whole]
    said = says_total(text_of(grid.cell(header, last).value))
    return bool(said) and len(parts) >= 2 and len(lines) >= 2 and all(abs(sum(a) - whole) <= Decimal("0.02") for a, whole in lines)


def _columns_add_up(grid: Grid, columns: list[int], body: list[int]) -> bool:
    above: list[list[Decimal]] = []
    for row in body:
        amounts = _amounts(grid, row, columns)
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
