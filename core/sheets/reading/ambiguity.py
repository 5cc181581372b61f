"""Numbers that can be read in two ways: settled by the locale or an earlier answer, else asked once a column."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from functools import partial

from core.model.reading import Option
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import decimal_of, number_text
from core.sheets.reading.numbers import DecimalMark, NumberText, has_third_decimal
from core.sheets.reading.proof import total_rows
from core.sheets.reading.regions import Region

_MARKS: tuple[DecimalMark, DecimalMark] = (",", ".")
_DEEP = 1000


def settle_ambiguous(region: Region, money: Collection[int | None], findings: Findings, *, locale: str | None) -> None:
    """Give each column of ambiguous texts a decimal mark where something decides; ask once about those of money where nothing does.

    Args:
        money: the columns of amounts.
        locale: one under which money would have a third decimal decides nothing.
    """
    asked: list[DecimalMark | None] = []
    for column, mark in list(region.marks.items()):
        found = _first_ambiguous(region, column) if mark is None else None
        if found is None:
            continue
        row, text, reading = found
        spoken = _mark_of_locale(locale)
        proven = _proven(region, column, money) if column in money else None
        region.marks[column] = proven or (None if column in money and has_third_decimal(reading, spoken) else spoken)
        if region.marks[column] is None and column in money and asked:
            region.marks[column] = asked[0]
        elif region.marks[column] is None and column in money:
            options = [Option(float(value), f"{value:f}") for value in (reading.comma, reading.point) if value is not None]
            cell = region.grid.address(row, column)
            why = "no other cell in the column decides what `.` or `,` means"
            accepts = partial(decimal_mark, text)
            region.marks[column] = findings.ask("ambiguous_number", f"column:{column}", text, options, why=why, cell=cell, accepts=accepts)
            asked.append(region.marks[column])


def decimal_mark(text: str, answer: object) -> DecimalMark | None:
    """Tell which mark is the decimal one: as it is said (`,` or `.`), or by the number that a text is said to mean; None for neither."""
    if answer in _MARKS:
        return "," if answer == "," else "."
    reading = number_text(text)
    try:
        value = Decimal(str(answer))
    except InvalidOperation:
        return None
    return None if reading is None else "," if value == reading.comma else "." if value == reading.point else None


def _proven(region: Region, column: int, money: Collection[int | None]) -> DecimalMark | None:
    """Give the one mark under which more amounts add up, across to another column of money or down to a total; None without one."""
    comma, point = (_sums(region, column, money, mark) for mark in _MARKS)
    return "," if comma > point else "." if point > comma else None


def _sums(region: Region, column: int, money: Collection[int | None], mark: DecimalMark) -> int:
    """Count the rows in which one amount is the sum of the others, and the totals that state the sum of the rows above, under a mark."""
    hits, above = 0, list[Decimal]()
    totals = total_rows(region)
    for row in region.body[:_DEEP]:
        values = {c: decimal_of(region.grid.cell(row, c).value, region.marks.get(c) or mark) for c in money if c is not None}
        parts = [value for value in values.values() if value]
        own = values.get(column)
        hits += own is not None and len(parts) > 2 and 2 * max(parts, key=abs) == sum(parts)
        if own is not None and row in totals:
            hits += len(above) > 1 and sum(above) == own
        elif own is not None:
            above.append(own)
    return hits


def _first_ambiguous(region: Region, column: int) -> tuple[int, str, NumberText] | None:
    for row in region.body:
        value = region.grid.cell(row, column).value
        reading = number_text(value)
        if reading is not None and reading.is_ambiguous:
            return row, str(value), reading
    return None


def _mark_of_locale(locale: str | None) -> DecimalMark | None:
    if not locale:
        return None
    from babel import UnknownLocaleError  # imported here: only readings with a locale need its data
    from babel.numbers import get_decimal_symbol

    try:
        symbol = get_decimal_symbol(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
    return "," if symbol == "," else "." if symbol == "." else None
