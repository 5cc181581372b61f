"""Arithmetic that proves what a column holds: what its periods add up to, and what a discount leaves."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from core.sheets.reading.grid import decimal_of
from core.sheets.reading.lexicon import says_total
from core.sheets.reading.regions import Region

_DEEP, _MANY = 1000, 200
_CENTS = Decimal("0.02")


def row_sums(region: Region, columns: list[int]) -> dict[int, Decimal]:
    """Give what columns add up to in each row where any of them holds more than 0."""
    sums: dict[int, Decimal] = {}
    values = [column_values(region, c) for c in columns]
    for row in region.body[:_MANY]:
        known = [column[row] for column in values if row in column]
        if any(known):
            sums[row] = sum(known, Decimal(0))
    return sums


def agrees(region: Region, column: int, expected: dict[int, Decimal]) -> bool:
    """Tell whether a column holds the expected amount in nearly every row that states one, and states enough of them."""
    values = column_values(region, column)
    stated = [(values[row], amount) for row, amount in expected.items() if row in values]
    hits = len(stated)
    for value, amount in stated:
        gap = abs(value - amount)
        hits -= gap > _CENTS and gap > abs(amount) / 100000
        if hits < 0.7 * len(stated):
            return False
    return hits >= 1 and len(stated) >= 0.3 * len(expected)


def is_of_size(region: Region, column: int, sums: dict[int, Decimal]) -> bool:
    """Tell whether a column's amounts are about as large as sums that they do not equal: two statements of the same money."""
    pairs = [(value, sums[row]) for row, value in column_values(region, column).items() if row in sums and value]
    close = sum(Decimal("0.15") <= total / value <= Decimal("1.6") for value, total in pairs)
    return len(pairs) >= 2 and close == len(pairs)


def column_values(region: Region, column: int) -> dict[int, Decimal]:
    """Give the numbers of a column's first 200 rows; looked up once under each decimal mark."""
    mark = region.marks.get(column)
    if (column, mark) not in region.numbers:
        cells = ((row, region.grid.rows[row].get(column)) for row in region.body[:_MANY])
        values = ((row, decimal_of(cell.value, mark)) for row, cell in cells if cell is not None)
        region.numbers[column, mark] = {row: value for row, value in values if value is not None}
    return region.numbers[column, mark]


def discounted(region: Region, amounts: int | dict[int, Decimal], discount: int) -> dict[int, Decimal]:
    """Give each row's amount less its discount, empty where no row has a discount. A column with any rate over 1 is in points."""
    rates = column_values(region, discount)
    points = not region.content(discount).percents and any(abs(rate) > 1 for rate in rates.values())
    shares = {row: rate / 100 if points else rate for row, rate in rates.items()}
    known = column_values(region, amounts) if isinstance(amounts, int) else amounts
    paid = {row: amount * (1 - shares[row]) for row, amount in known.items() if amount and row in shares}
    return paid if len(paid) >= 2 and any(0 < shares[row] < 1 for row in paid) else {}


def products(region: Region, columns: list[int]) -> Iterator[dict[int, Decimal]]:
    """Yield what any two columns multiply to, as they are and by the thousand, and what any three do."""
    values = {column: column_values(region, column) for column in columns}
    for one, two in combinations(columns, 2):
        both = {row: values[one][row] * values[two][row] for row in values[one].keys() & values[two].keys()}
        both = {row: value for row, value in both.items() if value}
        if len(both) >= 2:
            yield both
            yield {row: value / 1000 for row, value in both.items()}
            yield from (
                {row: value * values[c][row] for row, value in both.items() if row in values[c]} for c in columns if c not in (one, two)
            )


def total_rows(region: Region) -> frozenset[int]:
    """Give the rows of a table's first thousand that say total in any of its columns; looked up once."""
    if region.totals is None:
        columns = [c for c in region.columns if region.content(c).texts]
        lines = ((row, region.grid.rows[row]) for row in region.body[:_DEEP])
        values = ((row, cells[c].value) for row, cells in lines for c in columns if c in cells)
        region.totals = frozenset(row for row, value in values if isinstance(value, str) and says_total(value))
    return region.totals


def adds_up_to_its_total(region: Region, column: int) -> bool:
    """Tell whether a row that says total states what the two or more rows above it add up to."""
    totals, above = total_rows(region), list[Decimal]()
    for row in region.body[:_DEEP] if totals else ():
        value = decimal_of(region.grid.cell(row, column).value, region.marks.get(column))
        if value is None:
            continue
        if row in totals:
            if len(above) >= 2 and abs(sum(above) - value) <= Decimal("0.02"):
                return True
            continue
        above.append(value)
    return False
