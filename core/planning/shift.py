"""Moves money between places of a distribution, to the cent: some rows in some periods give, others get."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.errors import InvalidInput
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.money import split_minor


@dataclass(frozen=True, slots=True)
class Place:
    """Some rows, in groups that count alike when money is shared out evenly, in some periods (None for all)."""

    groups: tuple[frozenset[str], ...]
    periods: frozenset[str] | None = None
    evenly: bool = False

    @property
    def rows(self) -> frozenset[str]:
        return frozenset[str]().union(*self.groups)


def held(distribution: Distribution, place: Place) -> int:
    """Give what stands in a place, in minor units."""
    return sum(cell.budget_minor for _, cell in _cells(distribution, place))


def added(distribution: Distribution, place: Place, minor: int) -> Distribution:
    """Add an amount (or take it, below zero) in proportion to what the cells hold, or the same for each group; nothing goes below zero.

    Raises:
        InvalidInput: there is less than is to be taken, or the sheet has no cell there to hold it.
    """
    if not place.evenly:
        return _in_proportion(distribution, place, minor)
    for group, part in zip(place.groups, split_minor(minor, [1] * len(place.groups)), strict=True):
        distribution = _in_proportion(distribution, Place((group,), place.periods), part)
    return distribution


def _in_proportion(distribution: Distribution, place: Place, minor: int) -> Distribution:
    cells = list(_cells(distribution, place))
    weights = [cell.budget_minor for _, cell in cells]
    if minor < 0 and sum(weights) < -minor:
        raise InvalidInput("There is not enough to take from every one of these lines.", hint="Take less, or name other lines.")
    if not any(weights):
        weights = [int(cell.source_cell is not None or row.source_tab is None) for row, cell in cells]
    if minor and not any(weights):
        raise InvalidInput("The sheet has no cell there that could hold it.", hint="Name other months or another line.")
    parts = dict(zip([(row.id, cell.period) for row, cell in cells], split_minor(minor, weights), strict=True)) if weights else {}
    rows = tuple(
        replace(row, cells=tuple(replace(c, budget_minor=c.budget_minor + parts.get((row.id, c.period), 0)) for c in row.cells))
        for row in distribution.rows
    )
    return replace(distribution, rows=rows)


def _cells(distribution: Distribution, place: Place) -> Iterator[tuple[DistributionRow, DistributionCell]]:
    rows = place.rows
    for row in distribution.rows:
        if row.id in rows:
            yield from ((row, cell) for cell in row.cells if place.periods is None or cell.period in place.periods)


def with_locks(distribution: Distribution, locked: Sequence[str]) -> Distribution:
    """Mark exactly these rows as locked."""
    ids = set(locked)
    rows = tuple(
        replace(row, locked=row.id in ids, cells=tuple(replace(cell, locked=row.id in ids) for cell in row.cells))
        for row in distribution.rows
    )
    return replace(distribution, rows=rows)
