"""The program of a budget over time: what each place feels, by segments of its envelope, linked to the spends by carry-over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_array, hstack, vstack

from core.planning.allocation.felt import Felt
from core.planning.allocation.grid import Grid, envelope
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Model

_Sides = tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]
_IMPOSSIBLE = 2
"""What linprog calls a program without any answer."""


@dataclass(frozen=True)
class FeltPrices:
    """What one more minor unit is worth: felt in each place, and of slack in each row above and below; and one more live cell."""

    felt: Array
    upper: Array
    lower: Array
    live: float = 0.0

    def charged(self, model: Model) -> Array:
        """Give what a unit spent in each cell is charged by the rows."""
        charges: Array = (self.upper - self.lower) @ model.matrix
        return charges


@dataclass(frozen=True)
class Relaxation:
    """An answer under envelopes.

    Attributes:
        bound: holds for every plan in the ranges. credited: what envelopes give each place, no less than its curve.
    """

    amounts: Array
    bound: float
    prices: FeltPrices | None
    credited: Array


@dataclass(frozen=True)
class _Program:
    """Columns: spends in `unit`, then the share of each segment that is filled. Links hold with equality; rows between low and high."""

    cost: Array
    links: csr_array
    rests: Array
    rows: csr_array
    low: Array
    high: Array
    unit: float
    worth: float
    gains: csr_array
    start_values: Array


def relax_felt(model: Model, felt: Felt, grid: Grid) -> Relaxation | None:
    """Solve under the envelope of the proven upper bounds, with a bound on every plan; None when there is none.

    A cell that may be nothing is let be anything up to its most, and counts as live by the share of its most that it uses.
    """
    program = _program(model, felt, grid)
    columns = len(program.cost)
    spends = np.stack([model.domains.least, np.maximum(model.domains.high, 0)], axis=1) / program.unit
    equal = program.low == program.high
    above, below = ~equal & np.isfinite(program.high), ~equal & np.isfinite(program.low)
    found = linprog(
        program.cost,
        A_eq=vstack([program.links, program.rows[np.flatnonzero(equal)]], format="csr"),
        b_eq=np.concatenate([program.rests, program.low[equal]]),
        A_ub=vstack([program.rows[np.flatnonzero(above)], -program.rows[np.flatnonzero(below)]], format="csr"),
        b_ub=np.concatenate([program.high[above], -program.low[below]]),
        bounds=np.vstack([spends, np.tile([0.0, 1.0], (columns - model.count, 1))]),
        method="highs",
    )
    if found.status == _IMPOSSIBLE:
        return None
    if found.status != 0:  # not settled: nothing is known of these ranges
        return Relaxation(spends.mean(axis=1) * program.unit, np.inf, None, np.full(len(felt.curves), np.inf))
    prices = _prices(model, found, (equal, above, below), program)
    credited = program.start_values + program.gains @ found.x[model.count :]
    amounts = np.clip(found.x[: model.count] * program.unit, model.domains.least, np.maximum(model.domains.high, 0))
    return Relaxation(amounts, _dual(model, felt, grid, prices), prices, credited)


def _program(model: Model, felt: Felt, grid: Grid) -> _Program:
    segments = envelope(grid.outer())
    count, filled, places = model.count, len(segments.cell), len(felt.curves)
    unit = max(1.0, float(model.domains.high.sum()) / count)
    worth = max(float(np.abs(segments.gain).max(initial=0.0)), 1e-300)
    of_place = (segments.cell, np.arange(filled))
    fills = csr_array((segments.width / unit, of_place), shape=(places, filled))
    rows, low, high = _rows(model, unit)
    return _Program(
        cost=np.concatenate([np.zeros(count), -segments.gain / worth]),
        links=csr_array(hstack([csr_array(-felt.matrix), fills])),
        rests=(felt.offset - segments.start) / unit,
        rows=csr_array(hstack([csr_array(rows), csr_array((len(rows), filled))])),
        low=low,
        high=high,
        unit=unit,
        worth=worth,
        gains=csr_array((segments.gain, of_place), shape=(places, filled)),
        start_values=segments.start_values,
    )


def _rows(model: Model, unit: float) -> tuple[Array, Array, Array]:
    """Lay out the totals, and the count of live cells last, over spends in `unit`."""
    low = np.array([-np.inf if row.low is None else row.low for row in model.rows]) / unit
    high = np.array([np.inf if row.high is None else row.high for row in model.rows]) / unit
    if model.max_live is None:
        return model.matrix, low, high
    shares = np.where(model.domains.zero, unit / np.maximum(model.domains.high, 1), 0.0)
    return np.vstack([model.matrix, shares]), np.append(low, -np.inf), np.append(high, live_room(model))


def live_room(model: Model) -> float:
    """Give how many of the cells that may be nothing may be live."""
    return 0.0 if model.max_live is None else float(model.max_live - int((model.domains.least > 0).sum()))


def _prices(model: Model, found: OptimizeResult, sides: _Sides, program: _Program) -> FeltPrices:
    """Read the marginals back as what one more minor unit (or live cell) is worth."""
    equal, above, below = sides
    places, scale = len(program.rests), program.worth / program.unit
    marginals = -found.eqlin.marginals * scale
    upper, lower = np.zeros(len(equal)), np.zeros(len(equal))
    upper[equal], lower[equal] = np.maximum(marginals[places:], 0.0), np.maximum(-marginals[places:], 0.0)
    rest = np.maximum(-found.ineqlin.marginals * scale, 0.0)
    upper[above], lower[below] = rest[: int(above.sum())], rest[int(above.sum()) :]
    count = len(model.rows)
    return FeltPrices(marginals[:places], upper[:count], lower[:count], float(upper[count:].sum()) * program.unit)


def _dual(model: Model, felt: Felt, grid: Grid, prices: FeltPrices) -> float:
    """Bound every plan by weak duality: each place at its best for the price of what it feels, each cell for what it earns there."""
    own = float(place_nets(grid, prices).max(axis=1).sum()) + float(prices.felt @ felt.offset)
    earned = float(cell_worths(model, felt, prices)[1].sum())
    high = np.array([0.0 if row.high is None else float(row.high) for row in model.rows])
    low = np.array([0.0 if row.low is None else float(row.low) for row in model.rows])
    return own - felt.without + earned + float(prices.upper @ high - prices.lower @ low) + prices.live * live_room(model)


def place_nets(grid: Grid, prices: FeltPrices) -> Array:
    """Give what is left of each place's points and peaks (places, points) after paying for what is felt."""
    nets: Array = grid.outer_values - prices.felt[:, None] * grid.outer_x
    return nets


def cell_worths(model: Model, felt: Felt, prices: FeltPrices) -> tuple[Array, Array]:
    """Give what a unit in each cell earns in the places beyond its charges, and the most that each cell earns in all."""
    net, domains = prices.felt @ felt.matrix - prices.charged(model), model.domains
    some = np.maximum(net * domains.low, net * domains.high)
    return net, np.where(domains.zero, np.maximum(some - prices.live, 0.0), some)
