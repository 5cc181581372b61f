"""The programs of a budget over time: what each place feels, by envelope segments or concave pieces, linked to the spends by carry-over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_array, hstack, vstack

from core.planning.allocation.branching import Pieces, cut_pieces
from core.planning.allocation.felt import Felt
from core.planning.allocation.grid import Grid, envelope
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Model

Sides = NDArray[np.bool_]


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


def relax_felt(model: Model, felt: Felt, grid: Grid) -> Relaxation | None:
    """Solve under the envelope of the proven upper bounds, with a bound on every plan; None when the solver gives nothing."""
    program = _program(model, felt, grid)
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
    )


def search_felt(model: Model, felt: Felt, grid: Grid, *, seconds: float, gap: float) -> Relaxation | None:
    """Solve over concave pieces of what each place feels, with one binary a piece and one a cell that says whether it is above zero."""
    pieces = cut_pieces(grid, np.zeros(len(grid.x), dtype=np.bool_), None)
    count, points, kinds = model.count, len(pieces.point_x), len(pieces.piece_cell)
    unit = max(1.0, float(model.domains.high.sum()) / count)
    worth = max(float(np.abs(pieces.point_values).max(initial=0.0)), 1e-300)
    lives = model.domains.zero | (model.max_live is not None)
    low, high = model.domains.low / unit, model.domains.high / unit
    found = milp(
        np.concatenate([np.zeros(count), -pieces.point_values / worth, np.zeros(kinds + count)]),
        integrality=np.concatenate([np.zeros(count + points), np.ones(kinds), lives]),
        bounds=Bounds(
            np.concatenate([np.zeros(count + points + kinds), np.where(lives & (model.domains.least == 0), 0.0, 1.0)]),
            np.concatenate([high, np.ones(points + kinds + count)]),
        ),
        constraints=_piece_rows(model, felt, pieces, (low, high, unit)),
        options={"time_limit": seconds, "mip_rel_gap": gap},
    )
    if found.x is None or found.mip_dual_bound is None:
        return None
    bound = -float(found.mip_dual_bound) * worth - felt.without
    return Relaxation(found.x[:count] * unit, bound + 1e-7 * (abs(bound) + felt.without), None)


def _piece_rows(model: Model, felt: Felt, pieces: Pieces, ranges: tuple[Array, Array, float]) -> list[LinearConstraint]:
    """Lay out, over (spends, points, pieces, lives): links, points of a piece, pieces of a place, totals, being above zero."""
    low, high, unit = ranges
    count, points, kinds, places = model.count, len(pieces.point_x), len(pieces.piece_cell), len(felt.curves)
    by_point = csr_array((pieces.point_x / unit, (pieces.point_cell, np.arange(points))), shape=(places, points))
    of_piece = csr_array((np.ones(points), (pieces.point_piece, np.arange(points))), shape=(kinds, points))
    of_place = csr_array((np.ones(kinds), (pieces.piece_cell, np.arange(kinds))), shape=(places, kinds))
    eye = csr_array(np.eye(count))

    def row(*blocks: Any) -> Any:
        widths, height = (count, points, kinds, count), next(block.shape[0] for block in blocks if block is not None)
        return hstack([csr_array((height, width)) if block is None else block for block, width in zip(blocks, widths, strict=True)])

    totals = (
        np.array([(-np.inf if r.low is None else r.low, np.inf if r.high is None else r.high) for r in model.rows]).reshape(-1, 2) / unit
    )
    rows = [
        LinearConstraint(row(csr_array(-felt.matrix), by_point, None, None), felt.offset / unit, felt.offset / unit),
        LinearConstraint(row(None, of_piece, csr_array(-np.eye(kinds)), None), 0.0, 0.0),
        LinearConstraint(row(None, None, of_place, None), 1.0, 1.0),
        LinearConstraint(row(csr_array(model.matrix), None, None, None), totals[:, 0], totals[:, 1]),
        LinearConstraint(row(eye, None, None, csr_array(-np.diag(low))), 0.0, np.inf),
        LinearConstraint(row(eye, None, None, csr_array(-np.diag(high))), -np.inf, 0.0),
    ]
    if model.max_live is not None:
        rows.append(LinearConstraint(row(None, None, None, csr_array(np.ones((1, count)))), -np.inf, float(model.max_live)))
    return rows


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
