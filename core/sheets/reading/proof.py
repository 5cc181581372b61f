"""Arithmetic that proves what a column holds: what its periods add up to, and what a discount leaves."""

from __future__ import annotations

from decimal import Decimal

from core.sheets.reading.grid import decimal_of
from core.sheets.reading.regions import Region


def row_sums(region: Region, columns: list[int]) -> dict[int, Decimal]:
    """Give what columns add up to in each row where any of them holds more than 0."""
    sums: dict[int, Decimal] = {}
    for row in region.body[:200]:
        values = [decimal_of(region.grid.cell(row, c).value, region.marks.get(c)) for c in columns]
        known = [value for value in values if value is not None]
        if known and any(known):
            sums[row] = sum(known, Decimal(0))
    return sums


def agrees(region: Region, column: int, expected: dict[int, Decimal]) -> bool:
    """Tell whether a column holds the expected amount in nearly every row that states one, and states enough of them."""
    stated = {row: v for row in expected if (v := decimal_of(region.grid.cell(row, column).value, region.marks.get(column))) is not None}
    hits = sum(abs(value - expected[row]) <= max(Decimal("0.02"), abs(expected[row]) / 100000) for row, value in stated.items())
    return bool(stated) and hits >= max(1, 0.7 * len(stated)) and len(stated) >= 0.3 * len(expected)


def discounted(region: Region, column: int, discount: int) -> dict[int, Decimal]:
    """Give each row's amount less its discount, empty where no row has a discount."""
    paid: dict[int, Decimal] = {}
    reduced = False
    for row in region.body[:200]:
        amount, rate = (decimal_of(region.grid.cell(row, c).value, region.marks.get(c)) for c in (column, discount))
        if amount and rate is not None:
            share = rate / 100 if abs(rate) > 1 else rate
            reduced = reduced or 0 < share < 1
            paid[row] = amount * (1 - share)
    return paid if reduced and len(paid) >= 2 else {}
