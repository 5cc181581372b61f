"""Where no two totals cross: the best plan and a bound on every plan, by dynamic programming on a lattice of amounts.

Each curve is bounded from above by lines through lattice points (its chords, lifted by what the curve can rise over them). What cells can
bring together is then linear between lattice points too, so that joining them needs these points only. Months that are alike, which a
search over pieces tries in every order, cost nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, floor, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.planning.allocation.curves import Curves
from core.planning.allocation.grid import Grid, evaluated
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Domains, Model, Row
from core.planning.allocation.prices import Prices
from core.planning.allocation.relaxation import cell_prices

WORKS: Final = 4e7, 2.4e8
"""How many sums of two lattice points the joining of all cells may take: about 0.2 s, and 0.6 s where that leaves a gap."""
_FEWEST, _MOST = 200, 5_000
_START: Final = np.array([0.0, 1 / 4096, 1 / 1024, 1 / 256, 1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1.0])
"""Where in its first interval a curve is looked at, which may be upright at 0."""


@dataclass(frozen=True)
class Total:
    """A total in whole units (None where it is open), the cells that are directly in it, and the totals within it.

    Attributes:
        at_top: its most has a price, rather than its least.
    """

    low: int | None
    high: int | None
    at_top: bool
    cells: tuple[int, ...]
    parts: tuple[Total, ...]

    @property
    def is_fixed(self) -> bool:
        return self.low is not None and self.low == self.high

    @property
    def all_cells(self) -> tuple[int, ...]:
        return self.cells + tuple(cell for part in self.parts for cell in part.all_cells)


_End = tuple[frozenset[int], Row, bool]
"""The cells of a row, the row, and whether it is its most that has a price."""


@dataclass(frozen=True, eq=False)
class _Reach:
    """A bound on what cells can bring together with `offset + k * step` of money: those of one cell, of
    the two that were joined, or of the one that was moved to another offset."""

    offset: float
    values: Array
    cell: int | None = None
    joined: tuple[_Reach, _Reach] | None = None
    moved: _Reach | None = None


@dataclass(frozen=True)
class _Lattice:
    """The lattice of one fixed total: how far points are apart, and how many there can be."""

    step: float
    count: int
    reaches: dict[int, _Reach]


def nested_bound(model: Model, prices: Prices, work: float) -> tuple[Array, float] | None:
    """Bound by dynamic programming.

    Args:
        prices: about what the rules cost; the bound holds with any, and is tighter with good ones.
        work: sums of two lattice points that may be looked at; the lattice is the finer the more.
    Returns:
        amounts near the best, and a bound on the objective of every plan; None where totals cross or cells are coupled otherwise.
    """
    tree = None if model.max_live is not None or model.cost_cap is not None else _tree(model, prices)
    if tree is None:
        return None
    amounts = model.domains.least.astype(np.float64)
    bound = _solve(model, tree, cell_prices(model, prices), work, amounts)
    return None if bound is None else (amounts, bound + 1e-9 * abs(bound))


def _tree(model: Model, prices: Prices) -> Total | None:
    """Nest the totals, widest first; None where two cross."""
    ends = [
        (frozenset(row.members.tolist()), row, bool(upper >= lower))
        for row, upper, lower in zip(model.rows, prices.upper, prices.lower, strict=True)
    ]
    return _nested(Total(None, None, False, tuple(range(model.count)), ()), sorted(ends, key=lambda end: -len(end[0])))


def _nested(total: Total, rest: list[_End]) -> Total | None:
    """Give a total of cells with the totals that lie in it."""
    members, parts = frozenset(total.cells), list[Total]()
    free = set(members)
    while rest:
        (own, row, at_top), *rest = rest
        if own == members:
            total = replace(total, low=_tighter(max, total.low, row.low), high=_tighter(min, total.high, row.high), at_top=at_top)
            continue
        within, rest = [end for end in rest if end[0] <= own], [end for end in rest if not end[0] <= own]
        part = None if not own <= free else _nested(Total(row.low, row.high, at_top, tuple(sorted(own)), ()), within)
        if part is None:
            return None
        parts.append(part)
        free -= own
    return replace(total, cells=tuple(sorted(free)), parts=tuple(parts))


def _tighter(choose: Callable[[int, int], int], one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else choose(one, other)


def _solve(model: Model, tree: Total, charges: Array, work: float, amounts: Array) -> float | None:
    """Bound a total whose amount no other depends on, and fill in the amounts; fixed totals within it are bounded each for itself."""
    tree, fixed = _without_fixed(tree)
    bounds = [_solve(model, part, charges, work, amounts) for part in fixed]
    cells = list(tree.all_cells)
    if not cells:
        bounds.append(None if tree.is_fixed and tree.low != 0 else 0.0)
    else:
        lattice = _lattice(model, tree, cells, charges[cells], work)
        whole = _reach(tree, lattice)
        place = int(np.argmax(whole.values)) if not tree.is_fixed else ((tree.low or 0) - whole.offset) / lattice.step
        bounds.append(_at(whole, place))
        _trace(whole, min(floor(place), len(whole.values) - 1), lattice.step, amounts)
    return None if None in bounds else float(sum(bound for bound in bounds if bound is not None))


def _without_fixed(tree: Total) -> tuple[Total, list[Total]]:
    """Take out the topmost fixed totals and what they take of the totals around them."""
    loose, fixed = [], []
    for part in tree.parts:
        if part.is_fixed:
            fixed.append(part)
        else:
            inner, found = _without_fixed(part)
            loose.append(inner)
            fixed += found
    taken = sum(part.low or 0 for part in fixed)
    low, high = (None if bound is None else bound - taken for bound in (tree.low, tree.high))
    return replace(tree, low=low, high=high, parts=tuple(loose)), fixed


def _lattice(model: Model, tree: Total, cells: list[int], charges: Array, work: float) -> _Lattice:
    every = model.domains
    domains = Domains(every.low[cells], every.high[cells], every.step[cells], every.zero[cells])
    least = domains.least.astype(np.float64)
    room = np.maximum(domains.high - least, 0.0)
    whole = float(room.sum()) if tree.high is None else min(float(room.sum()), tree.high - float(least.sum()))
    count = int(np.clip(sqrt(2 * work / len(cells)), _FEWEST, _MOST))
    step = max(whole / count, 1.0)
    counts = np.ceil(np.minimum(room, max(whole, 0.0)) / step).astype(np.int64)
    curves = Curves([model.problem.cells[i].curve for i in cells])
    pressed = ~domains.zero & (room <= whole) & (curves.slopes(domains.high.astype(np.float64)) > charges)
    start = np.where(pressed, domains.high - step * counts, least)
    x = start[:, None] + step * np.minimum(np.arange(int(counts.max()) + 1), counts[:, None])
    values = _above(curves, domains, x, charges) - model.spend_price * x
    values = np.where(domains.zero[:, None] & (x > 0) & (x + step <= domains.low[:, None]), -np.inf, values)
    reaches = {
        cell: _Reach(float(offset), own[: n + 1], cell=cell) for cell, offset, own, n in zip(cells, start, values, counts, strict=True)
    }
    return _Lattice(step, count + 2 + 2 * len(cells), reaches)  # a cell or total that is pressed may start a step below its least


def _above(curves: Curves, domains: Domains, x: Array, charges: Array) -> Array:
    """Give values at x through which straight lines stay above the curves; below its least, a cell counts as at its least."""
    every = Domains(domains.low, domains.high, np.zeros_like(domains.step), np.zeros_like(domains.zero))
    reached = np.where(domains.zero[:, None] & (x <= 0), 0.0, np.maximum(x, domains.low[:, None]))
    grid = evaluated(curves, every, reached)
    if x.shape[1] == 1:
        return grid.values
    width = np.maximum(np.diff(grid.x, axis=1), 1e-300)
    chord = grid.values[:, :-1] + (grid.values[:, 1:] - grid.values[:, :-1]) * (grid.peak_x - grid.x[:, :-1]) / width
    lift = np.where(np.isfinite(grid.peak_values), np.maximum(grid.peak_values - chord, 0.0), 0.0)
    lift[domains.zero, 0] = 0.0
    padded = np.pad(lift, ((0, 0), (1, 1)))
    above: Array = grid.values + np.maximum(padded[:, :-1], padded[:, 1:])
    _start_lower(above, grid.values + padded[:, 1:], evaluated(curves, every, reached[:, :1] + np.diff(reached[:, :2]) * _START), charges)
    return above


def _start_lower(above: Array, without: Array, start: Grid, charges: Array) -> None:
    """Where a curve starts upright, bound its first interval by a line as steep as spend is charged: what stays small costs nothing."""
    from_start = start.outer_x - start.x[:, :1]
    first = (start.outer_values - charges[:, None] * from_start).max(axis=1)
    lower = first < above[:, 0]
    above[lower, 0] = first[lower]
    above[lower, 1] = np.maximum(first + charges * (start.x[:, -1] - start.x[:, 0]), without[:, 1])[lower]


def _reach(tree: Total, lattice: _Lattice) -> _Reach:
    """Join the cells and totals of a total, and cut what it forbids."""
    parts = [lattice.reaches[cell] for cell in tree.cells] + [_reach(part, lattice) for part in tree.parts if part.all_cells]
    whole = parts[0]
    for part in parts[1:]:
        whole = _join(whole, part, lattice.count)
    return _cut(whole, tree, lattice.step)


def _cut(whole: _Reach, tree: Total, step: float) -> _Reach:
    """Cut what a total forbids; the lattice is moved so that the bound with a price lies on it."""
    top = whole.offset + step * (len(whole.values) - 1)
    low, high = max(whole.offset, tree.low or 0), top if tree.high is None else min(top, tree.high)
    pressed = tree.high if tree.at_top else tree.low
    if tree.is_fixed or low > high or pressed is None or not low <= pressed <= high:
        values = whole.values[: max(ceil((high - whole.offset) / step), 0) + 1].copy()
        values[: max(floor((low - whole.offset) / step), 0)] = -np.inf
        return replace(whole, values=values)
    offset = pressed - step * ceil((pressed - low) / step)
    at: Array = (offset - whole.offset) / step + np.arange(ceil((high - offset) / step) + 1, dtype=np.float64)
    knots: NDArray[np.int64] = np.clip(np.floor(at) + 1, 0, len(whole.values) - 1).astype(np.int64)
    values = _between(whole.values, at)
    left, right = values[:-1], values[1:]
    with np.errstate(invalid="ignore"):
        over = whole.values[knots[:-1]] - (left + (right - left) * (knots[:-1] - at[:-1]))
    lift = np.pad(np.where(np.isfinite(over), np.maximum(over, 0.0), 0.0), 1)
    return _Reach(offset, values + np.maximum(lift[:-1], lift[1:]), moved=whole)


def _between(values: Array, at: Array) -> Array:
    """Read between lattice points; beside one that cannot be reached, the one that can counts."""
    places = np.clip(at, 0, len(values) - 1)
    left = values[np.floor(places).astype(np.int64)]
    right = values[np.ceil(places).astype(np.int64)]
    with np.errstate(invalid="ignore"):
        between = left + (right - left) * (places - np.floor(places))
    read: Array = np.where(np.isfinite(left) & np.isfinite(right), between, np.maximum(left, right))
    return read


def _join(one: _Reach, other: _Reach, most: int) -> _Reach:
    short, long = sorted((one.values, other.values), key=len)
    values = np.full(min(len(short) + len(long) - 1, most), -np.inf)
    for k, value in enumerate(short[: len(values)].tolist()):
        reached = values[k : k + len(long)]
        np.maximum(reached, value + long[: len(reached)], out=reached)
    return _Reach(one.offset + other.offset, values, joined=(one, other))


def _at(reach: _Reach, place: float) -> float | None:
    """Read between two lattice points; None beyond what can be reached."""
    if not 0 <= place < len(reach.values):
        return None
    value = float(_between(reach.values, np.array([place]))[0])
    return value if np.isfinite(value) else None


def _trace(reach: _Reach, place: int, step: float, amounts: Array) -> None:
    """Go back from a point of the whole to the amounts of the cells behind it."""
    waiting = [(reach, place)]
    while waiting:
        at, k = waiting.pop()
        if at.cell is not None:
            amounts[at.cell] = max(at.offset + k * step, 0.0)
        elif at.moved is not None:
            below = at.moved
            waiting.append((below, int(np.clip(round((at.offset - below.offset) / step + k), 0, len(below.values) - 1))))
        elif at.joined is not None and k >= 0:
            one, other = at.joined
            first, last = max(0, k - len(other.values) + 1), min(k, len(one.values) - 1)
            sums = one.values[first : last + 1] + other.values[k - last : k - first + 1][::-1]
            j = first + int(np.argmax(sums))
            waiting += [(one, j), (other, k - j)]
