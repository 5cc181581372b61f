"""Numbers that can be read in two ways: settled by the locale or an earlier answer, else asked once a column."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from core.model.reading import Option
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import number_text
from core.sheets.reading.numbers import DecimalMark, NumberText, has_third_decimal
from core.sheets.reading.regions import Region


def settle_ambiguous(region: Region, money: Collection[int | None], findings: Findings, *, locale: str | None) -> None:
    """Give each column of ambiguous texts a decimal mark where something decides; ask about the columns of money where nothing does.

    Args:
        money: the columns of amounts.
        locale: one under which money would have a third decimal decides nothing.
    """
    for column, mark in list(region.marks.items()):
        found = _first_ambiguous(region, column) if mark is None else None
        if found is None:
            continue
        row, text, reading = found
        spoken = _mark_of_locale(locale)
        region.marks[column] = None if column in money and has_third_decimal(reading, spoken) else spoken
        if region.marks[column] is None and column in money:
            options = [Option(float(value), f"{value:f}") for value in (reading.comma, reading.point) if value is not None]
            cell = region.grid.address(row, column)
            why = "no other cell in the column decides what `.` or `,` means"
            region.marks[column] = _mark_of_answer(
                findings.ask("ambiguous_number", f"column:{column}", text, options, why=why, cell=cell), reading
            )


def _first_ambiguous(region: Region, column: int) -> tuple[int, str, NumberText] | None:
    for row in region.body:
        value = region.grid.cell(row, column).value
        reading = number_text(value)
        if reading is not None and reading.is_ambiguous:
            return row, str(value), reading
    return None


def _mark_of_answer(answer: object, reading: NumberText) -> DecimalMark | None:
    try:
        value = Decimal(str(answer)) if answer is not None else None
    except InvalidOperation:
        return None
    return "," if value == reading.comma else "." if value == reading.point else None


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
