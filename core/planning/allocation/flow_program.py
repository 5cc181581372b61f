"""The linear program of a budget over time: envelope segments of what each place feels, linked to the spends by carry-over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_array, hstack, vstack

from core.planning.allocation.curves import Curves
from core.planning.allocation.grid import Grid, envelope
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Integers, Model
from core.planning.allocation.problem import Curve

Sides = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Felt:
    """Where spend is felt.

    Attributes:
        matrix: (places, cells), the share of a cell's spend that a place feels. offset: (places,), felt besides, in minor units.
        curves: one a place, of what it feels.
    """

    matrix: Array
    offset: Array
    curves: tuple[Curve, ...]

    @cached_property
    def evaluated(self) -> Curves:
        return Curves(self.curves)

    @cached_property
    def without(self) -> float:
        """What would come of the offsets alone; it is not the plan's doing."""
        return float(np.sum(self.evaluated.values(self.offset)))

    def response(self, amounts: Integers | Array) -> float:
        """Give what a plan adds to what would come without it."""
        return float(np.sum(self.evaluated.values(self.matrix @ amounts + self.offset))) - self.without

    def gradient(self, amounts: Integers | Array) -> Array:
        """Give what one unit more in each cell adds, over a step that rounding does not hide."""
        at = self.matrix @ amounts + self.offset
        step = np.maximum(1.0, 1e-6 * at)
        values = self.evaluated.values(np.stack([at, at + step], axis=1))
        slopes: Array = ((values[:, 1] - values[:, 0]) / step) @ self.matrix
        return slopes


@dataclass(frozen=True)
class FeltPrices:
    """What one more minor unit is worth: felt in each place, and of slack in each row above and below."""

    felt: Array
    upper: Array
    lower: Array


@dataclass(frozen=True)
class Relaxation:
    amounts: Array
    bound: float
    prices: FeltPrices | None


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
    base: float


def relax_felt(model: Model, felt: Felt, grid: Grid, *, seconds: float) -> Relaxation | None:
    """Solve under the envelope of the proven upper bounds, with a bound on every plan; None when the solver gives nothing."""
    program = _program(model, felt, grid)
    if model.domains.zero.any() or model.max_live is not None:
        return _with_choices(model, program, seconds)
    columns = len(program.cost)
    limits = np.vstack(
        [np.stack([model.domains.low, model.domains.high], axis=1) / program.unit, np.tile([0.0, 1.0], (columns - model.count, 1))]
    )
    equal = program.low == program.high
    above, below = ~equal & np.isfinite(program.high), ~equal & np.isfinite(program.low)
    found = linprog(
        program.cost,
        A_eq=vstack([program.links, program.rows[np.flatnonzero(equal)]], format="csr"),
        b_eq=np.concatenate([program.rests, program.low[equal]]),
        A_ub=vstack([program.rows[np.flatnonzero(above)], -program.rows[np.flatnonzero(below)]], format="csr"),
        b_ub=np.concatenate([program.high[above], -program.low[below]]),
        bounds=limits,
        method="highs",
    )
    if found.status != 0:
        return None
    prices = _prices(found, (equal, above, below), len(program.rests), program.worth / program.unit)
    return Relaxation(found.x[: model.count] * program.unit, _dual(model, felt, grid, prices), prices)


def _program(model: Model, felt: Felt, grid: Grid) -> _Program:
    segments = envelope(grid.outer())
    count, filled, places = model.count, len(segments.cell), len(felt.curves)
    unit = max(1.0, float(model.domains.high.sum()) / count)
    worth = max(float(np.abs(segments.gain).max(initial=0.0)), 1e-300)
    fills = csr_array((segments.width / unit, (segments.cell, np.arange(filled))), shape=(places, filled))
    return _Program(
        cost=np.concatenate([np.zeros(count), -segments.gain / worth]),
        links=csr_array(hstack([csr_array(-felt.matrix), fills])),
        rests=(felt.offset - segments.start) / unit,
        rows=csr_array(hstack([csr_array(model.matrix), csr_array((len(model.rows), filled))])),
        low=np.array([-np.inf if row.low is None else row.low for row in model.rows]) / unit,
        high=np.array([np.inf if row.high is None else row.high for row in model.rows]) / unit,
        unit=unit,
        worth=worth,
        base=float(segments.start_values.sum()) - felt.without,
    )


def _with_choices(model: Model, program: _Program, seconds: float) -> Relaxation | None:
    """Let one binary a cell say whether it is above zero."""
    count, columns = model.count, len(program.cost)
    low, high = model.domains.low / program.unit, model.domains.high / program.unit
    zero, none = model.domains.zero, csr_array((count, columns - count))
    ones, floors, tops = csr_array(np.eye(count)), csr_array(np.diag(low)), csr_array(np.diag(high))
    wide = csr_array((len(program.rests) + len(program.rows.toarray()), count))
    body = vstack([program.links, program.rows])
    constraints = [
        LinearConstraint(hstack([body, wide]), np.append(program.rests, program.low), np.append(program.rests, program.high)),
        LinearConstraint(hstack([ones, none, -floors]), 0.0, np.inf),
        LinearConstraint(hstack([ones, none, -tops]), -np.inf, 0.0),
    ]
    if model.max_live is not None:
        constraints.append(LinearConstraint(np.append(np.zeros(columns), np.ones(count))[None, :], -np.inf, float(model.max_live)))
    found = milp(
        np.append(program.cost, np.zeros(count)),
        integrality=np.append(np.zeros(columns), np.ones(count)),
        bounds=Bounds(
            np.concatenate([np.zeros(columns), np.where(zero | (low == 0), 0.0, 1.0)]),
            np.concatenate([high, np.ones(columns - count), np.ones(count)]),
        ),
        constraints=constraints,
        options={"time_limit": seconds, "mip_rel_gap": 1e-5},
    )
    if found.x is None:
        return None
    bound = program.base - float(found.mip_dual_bound) * program.worth
    return Relaxation(found.x[:count] * program.unit, bound + 1e-7 * abs(bound), None)


def _prices(
    found: OptimizeResult, sides: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]], places: int, scale: float
) -> FeltPrices:
    """Read the marginals back as what one more minor unit is worth."""
    equal, above, below = sides
    marginals = -found.eqlin.marginals * scale
    upper, lower = np.zeros(len(equal)), np.zeros(len(equal))
    upper[equal], lower[equal] = np.maximum(marginals[places:], 0.0), np.maximum(-marginals[places:], 0.0)
    rest = np.maximum(-found.ineqlin.marginals * scale, 0.0)
    upper[above], lower[below] = rest[: int(above.sum())], rest[int(above.sum()) :]
    return FeltPrices(marginals[:places], upper, lower)


def _dual(model: Model, felt: Felt, grid: Grid, prices: FeltPrices) -> float:
    """Bound every plan by weak duality: each place at its best for the price of what it feels, each cell for what it earns there.

    The grid knows whole units only and places feel parts of them: a curve that never falls gains at most one unit's price in between.
    """
    x = grid.outer_x
    own = float((grid.outer_values - prices.felt[:, None] * x).max(axis=1).sum()) + float(
        prices.felt @ felt.offset + np.abs(prices.felt).sum()
    )
    net = prices.felt @ felt.matrix - (prices.upper - prices.lower) @ model.matrix
    earned = float(np.where(net > 0, net * model.domains.high, net * model.domains.least).sum())
    high = np.array([0.0 if row.high is None else float(row.high) for row in model.rows])
    low = np.array([0.0 if row.low is None else float(row.low) for row in model.rows])
    return own - felt.without + earned + float(prices.felt @ felt.offset) + float(prices.upper @ high - prices.lower @ low)
