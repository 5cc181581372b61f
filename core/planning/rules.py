"""What a budget distribution has to keep: its rows and periods, locks, bounds and the fixed total."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.money import to_major


def violations_of(distribution: Distribution, *, before: Distribution | None = None, removed: Collection[str] = ()) -> tuple[str, ...]:
    """List every rule that a distribution breaks, in words; empty when it keeps all.

    Args:
        before: the version it was edited from: its locked amounts may not have moved, its rows and periods may not be missing.
        removed: rows of `before` that a person removed, by id: they may be missing unless they are locked.
    """
    found = [*_shape(distribution, before, removed), *_bounds(distribution), *_total(distribution)]
    if before is not None:
        found.extend(_locks(distribution, before))
    return tuple(found)


def _shape(distribution: Distribution, before: Distribution | None, removed: Collection[str]) -> Iterator[str]:
    keys = [period.key for period in distribution.periods]
    ids = [row.id for row in distribution.rows]
    if len(set(ids)) < len(ids):
        yield "Two line items have the same id."
    for row in distribution.rows:
        if [cell.period for cell in row.cells] != keys:
            yield f"{row.label} does not have one amount for each period."
    if before is None:
        return
    if distribution.currency != before.currency:
        yield f"The currency cannot change from {before.currency} to {distribution.currency} here."
    if distribution.periods != before.periods:
        yield "The periods differ from those of the version it was edited from."
    for row in before.rows:
        if row.id not in ids and row.id not in removed:
            yield f"{row.label} is missing."
        elif row.id not in ids and (row.locked or any(cell.locked for cell in row.cells)):
            yield f"{row.label} is locked and cannot be removed."


def _bounds(distribution: Distribution) -> Iterator[str]:
    for row in distribution.rows:
        for cell in row.cells:
            where = f"{row.label}, {cell.period}"
            yield from _within(where, cell.budget_minor, cell.min_minor, cell.max_minor, distribution.currency)
            if cell.source_cell is None and row.source_tab is not None and cell.budget_minor != 0:
                yield f"{where}: the sheet has no cell for this amount."
        yield from _within(row.label, row.total_minor, row.min_minor, row.max_minor, distribution.currency)


def _within(where: str, amount: int, least: int | None, most: int | None, currency: str | None) -> Iterator[str]:
    def money(minor: int) -> str:
        return f"{to_major(minor, currency):,}"

    if amount < 0:
        yield f"{where}: {money(amount)} is below zero."
    if least is not None and most is not None and least > most:
        yield f"{where}: the minimum {money(least)} is above the maximum {money(most)}."
    elif least is not None and amount < least:
        yield f"{where}: {money(amount)} is below the minimum {money(least)}."
    elif most is not None and amount > most:
        yield f"{where}: {money(amount)} is above the maximum {money(most)}."


def _total(distribution: Distribution) -> Iterator[str]:
    fixed = distribution.fixed_total_minor
    if fixed is not None and distribution.total_minor != fixed:
        difference = to_major(distribution.total_minor - fixed, distribution.currency)
        yield f"The plan is {difference:+,} off its fixed total of {to_major(fixed, distribution.currency):,}."


def _locks(distribution: Distribution, before: Distribution) -> Iterator[str]:
    """Yield amounts that moved although they were locked before and still are; unlocking first is allowed."""
    old = {row.id: row for row in before.rows}
    for row in distribution.rows:
        was = old.get(row.id)
        if was is None:
            continue
        held = {cell.period: cell for cell in was.cells}
        for cell in row.cells:
            earlier = held.get(cell.period)
            if earlier is not None and earlier.budget_minor != cell.budget_minor and _is_held(was, earlier) and _is_held(row, cell):
                yield f"{row.label}, {cell.period} is locked at {to_major(earlier.budget_minor, distribution.currency):,}."


def _is_held(row: DistributionRow, cell: DistributionCell) -> bool:
    return row.locked or cell.locked
