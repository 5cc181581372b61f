"""Amounts written as text: each as the sheet writes its others, and as nothing where that is not known."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.model.changes import Scalar
from core.model.money import to_major
from core.model.reading import PlanTable
from core.model.workbook import Address, Workbook, parse_a1
from core.sheets.writing.amounts import mark_of, raw_amount, text_like
from core.sheets.writing.consequences import money_cells

TEXT_FILES = ("csv", "tsv")


def changed_text(table: PlanTable, workbook: Workbook, text: str, *, was: int, now: int) -> str | None:
    """Write an amount the way a cell of the table wrote another one; None where that is not understood. Minor units."""
    old, new = to_major(was, table.currency) / table.scale, to_major(now, table.currency) / table.scale
    return text_like(text, old, new, currency=table.currency, mark=_mark(table, workbook))


def amount_in_empty_cell(table: PlanTable, workbook: Workbook, place: Address, minor: int) -> Scalar:
    """Give what to put into an empty cell for an amount: a number, or in a text file a text like the nearest amount; None if unknown."""
    if workbook.kind not in TEXT_FILES:
        return raw_amount(minor, table.currency, table.scale)
    row, column = place
    known = sorted(_written(table, workbook), key=lambda one: (one[0][1] != column, abs(one[0][0] - row) + abs(one[0][1] - column)))
    new, mark = to_major(minor, table.currency) / table.scale, _mark(table, workbook)
    written = (text_like(sample, amount, new, currency=table.currency, mark=mark) for _, sample, amount in known)
    plain = str(int(new)) if new == int(new) else None
    return next((text for text in written if text is not None), plain)


def _mark(table: PlanTable, workbook: Workbook) -> str | None:
    """Give the sheet's decimal mark: as other amounts show it; a point where commas part the fields of a text file."""
    shown = mark_of((sample, amount) for _, sample, amount in _written(table, workbook))
    return "." if shown is None and workbook.delimiter == "," else shown


def _written(table: PlanTable, workbook: Workbook) -> Iterator[tuple[Address, str, Decimal]]:
    """Yield the amounts of line items that are texts: place, text, amount in the sheet's scale."""
    tab = workbook.tab(table.tab)
    for item in table.line_items:
        amounts = {part.cell: part.budget_minor for part in item.by_period}
        if item.budget_cell is not None and item.budget_minor is not None:
            amounts[item.budget_cell] = item.budget_minor
        for cell in sorted(money_cells(item) & set(amounts)):
            value = tab.value(*parse_a1(cell))
            if isinstance(value, str):
                yield parse_a1(cell), value, to_major(amounts[cell], table.currency) / table.scale
