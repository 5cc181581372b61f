"""Budgets that the lines above tables state, beside what was read: a budget that no sum meets is named with both figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from core.model.money import to_major, to_minor
from core.model.reading import PlanTable, ReadingWarning
from core.sheets.reading.tables import Draft

_ROUNDED = 200
"""A budget in a title may be rounded: to half a percent."""
_CLOSE = Decimal("0.001")


def say_stated(plans: Sequence[Draft]) -> Iterator[ReadingWarning]:
    """Give a warning for each amount that a tab labels as its budget and that neither a table, nor a line, nor all of them come to."""
    whole = sum(draft.table.total_minor or 0 for draft in plans)
    for tab in dict.fromkeys(draft.table.tab for draft in plans):
        tables = [draft.table for draft in plans if draft.table.tab == tab]
        together = sum(table.total_minor or 0 for table in tables)
        sums = {whole, together, *(amount for table in tables for amount in _sums(table))}
        for stated in dict.fromkeys(total for draft in plans if draft.table.tab == tab for total in draft.around.totals):
            if any(_is_taxed(stated, other) for draft in plans for other in draft.around.totals if draft.table.tab == tab):
                continue
            meant = {to_minor(stated * scale, table.currency) for table in tables for scale in {1, table.scale}}
            if together and not any(abs(one - two) * _ROUNDED <= abs(two) for one in sums for two in meant):
                told = (
                    f"The lines above state a budget of {stated:,}; what was read comes to {to_major(together, tables[0].currency):,.2f}."
                )
                yield ReadingWarning("total_mismatch", None, told, tab)


def _is_taxed(stated: Decimal, other: Decimal) -> bool:
    """Tell whether an amount is another one with VAT of 5% to 27%, a whole number of percent."""
    percent = (stated / other - 1) * 100
    return 5 <= percent <= 27 and abs(percent - round(percent)) < _CLOSE


def _sums(table: PlanTable) -> Iterator[int]:
    """Give what a table comes to on each basis, what its totals state, and each of its lines."""
    yield table.total_minor or 0
    for name in {name for item in table.line_items for name in item.amounts}:
        yield sum(item.amounts.get(name, 0) for item in table.line_items)
    yield from (check.stated_minor or 0 for check in table.totals)
    yield from (item.budget_minor or 0 for item in table.line_items)
