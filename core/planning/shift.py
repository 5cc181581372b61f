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
    parts = [Place((group,), place.periods) for group in place.groups]
    weights = [1] * len(parts) if place.evenly else [held(distribution, part) for part in parts]
    if len(parts) < 2 or not any(weights):
        return _in_proportion(distribution, place, minor)
    for part, own in zip(parts, split_minor(minor, weights), strict=True):  # group by group, so that each total is right to the cent
        distribution = _in_proportion(distribution, part, own)
    return distribution


def exchanged(distribution: Distribution, one: Place, other: Place) -> Distribution:
    """Let two places exchange what they have, period by period.

    Raises:
        InvalidInput: the sheet has no cell on one side for what the other has there.
    """
    for period in distribution.periods:
        if one.periods is None or period.key in one.periods:
            sides = [Place(place.groups, frozenset({period.key})) for place in (one, other)]
            gap = held(distribution, sides[0]) - held(distribution, sides[1])
            distribution = added(added(distribution, sides[0], -gap), sides[1], gap)
    return distribution


def postponed(distribution: Distribution, place: Place, into: frozenset[str], share: float) -> Distribution:
    """Move a share of what each row has in the place's periods to its own cells in others.

    Raises:
        InvalidInput: a row has money there and the sheet has no cell for it in the others.
    """
    for row in [row for row in distribution.rows if row.id in place.rows]:
        own = Place((frozenset({row.id}),), place.periods)
        minor = round(held(distribution, own) * share)
        if minor:
            distribution = added(added(distribution, own, -minor), Place(own.groups, into), minor)
    return distribution


def rounded(distribution: Distribution, place: Place, unit_minor: int) -> Distribution:
    """Round the cells of a place to full units; their sum stays to the cent, what no full unit holds goes to the largest cell."""
    cells = [(row.id, cell.period, cell.budget_minor) for row, cell in _cells(distribution, place)]
    total = sum(minor for *_, minor in cells)
    units = [minor // unit_minor for *_, minor in cells]
    by_remainder = sorted(range(len(cells)), key=lambda n: -(cells[n][2] % unit_minor))
    for n in by_remainder[: total // unit_minor - sum(units)]:
        units[n] += 1
    parts = {(row, period): count * unit_minor for (row, period, _), count in zip(cells, units, strict=True)}
    if parts and total % unit_minor:
        largest = max(cells, key=lambda cell: cell[2])[:2]
        parts[largest] += total % unit_minor
    rows = tuple(
        replace(row, cells=tuple(replace(c, budget_minor=parts.get((row.id, c.period), c.budget_minor)) for c in row.cells))
        for row in distribution.rows
    )
    return replace(distribution, rows=rows)


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
