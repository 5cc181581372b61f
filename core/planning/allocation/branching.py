"""The exact search: a mixed-integer program over concave pieces, refined until its bound meets the plan found.

Each curve is bounded from above by the peaks of its grid and cut into pieces on which that bound is concave; one binary
chooses the piece. The program's value bounds every plan, and the plan restricted to the chosen pieces is solved anew on the
curves themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from core.planning.allocation.grid import Grid
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Model
from core.planning.allocation.relaxation import Screen, net_values

Run = tuple[Array, Array]

MOST_STEPS: Final = 20_000
"""A cell with at most this many steps is held to whole steps inside the program; with more, rounding afterwards costs nothing."""


@dataclass(frozen=True)
class Pieces:
    """All pieces of all cells: points (amount, bound on the response) by piece, pieces by cell."""

    point_x: Array
    point_values: Array
    point_piece: NDArray[np.int64]
    piece_cell: NDArray[np.int64]

    @property
    def point_cell(self) -> NDArray[np.int64]:
        return self.piece_cell[self.point_piece]


@dataclass(frozen=True)
class Found:
    """What the program answers: amounts (None when none were found), a bound, whether it proved that there is no plan at all."""

    amounts: Array | None
    bound: float
    impossible: bool


def search(model: Model, grid: Grid, screen: Screen | None, *, seconds: float, gap: float) -> Found:
    """Solve the piecewise program to a relative gap, or as far as the time allows; with a screen, for plans that pass it only."""
    net = None if screen is None else net_values(model, grid.outer_x, grid.outer_values, screen.prices)
    pieces = cut_pieces(grid, model.domains.zero, None if screen is None or net is None else (net, screen.enough))
    points, kinds = len(pieces.point_x), len(pieces.piece_cell)
    whole = _whole_cells(model)
    columns = points + kinds + len(whole)
    unit = max(1.0, float(model.domains.high.max()) / 1e3)
    gains = pieces.point_values - model.spend_price * pieces.point_x
    worth = max(float(np.abs(gains).max(initial=0.0)), 1e-300) / 1e3
    upper = np.concatenate([np.ones(points + kinds), np.full(len(whole), np.inf)])
    integrality = np.concatenate([np.zeros(points), np.ones(kinds + len(whole))])
    answer = milp(
        np.concatenate([-gains / worth, np.zeros(kinds + len(whole))]),
        integrality=integrality,
        bounds=Bounds(np.zeros(columns), upper),
        constraints=_constraints(model, pieces, whole, unit),
        options={"time_limit": seconds, "mip_rel_gap": gap},
    )
    bound = np.inf if answer.mip_dual_bound is None else -float(answer.mip_dual_bound) * worth
    if answer.x is None:
        return Found(None, bound, impossible=answer.status == 2)
    amounts = np.bincount(pieces.point_cell, answer.x[:points] * pieces.point_x, model.count).astype(np.float64)
    return Found(amounts, bound + 1e-7 * abs(bound), impossible=False)


def cut_pieces(grid: Grid, zero: NDArray[np.bool_], screen: tuple[Array, Array] | None) -> Pieces:
    """Cut each cell's upper bound where it stops being concave, and leave out what does not pass the screen.

    Args:
        zero: cells for which 0 is a choice of its own. screen: what outer points are worth after prices, and what is enough by cell.
    """
    xs: list[Array] = []
    values: list[Array] = []
    piece_of: list[NDArray[np.int64]] = []
    cell_of: list[int] = []
    for cell in range(len(grid.x)):
        outer = _outer(grid, cell, None if screen is None else screen[0][cell])
        runs = _concave_runs(*outer[:2], zero=bool(zero[cell]))
        if screen is not None:
            runs = _screened(runs, outer, float(screen[1][cell]))
        for x, bound in runs:
            xs.append(x)
            values.append(bound)
            piece_of.append(np.full(len(x), len(cell_of)))
            cell_of.append(cell)
    return Pieces(np.concatenate(xs), np.concatenate(values), np.concatenate(piece_of), np.array(cell_of))


def _screened(runs: list[Run], outer: tuple[Array, Array, Array], enough: float) -> list[Run]:
    """Keep of each run the stretch whose segments reach enough at one end; at least the best point of all."""
    kept = []
    for x, values in runs:
        passes = outer[2][np.searchsorted(outer[0], x)] >= enough
        if passes.any():
            first, last = np.flatnonzero(passes)[[0, -1]]
            part = slice(max(0, first - 1), last + 2)
            kept.append((x[part], values[part]))
    best = int(np.argmax(outer[2]))
    return kept or [(outer[0][best : best + 1], outer[1][best : best + 1])]


def _outer(grid: Grid, cell: int, net: Array | None) -> tuple[Array, Array, Array]:
    """Give points and peaks of one cell from left to right, each amount once, with their worth after prices."""
    x, values = np.append(grid.x[cell], grid.peak_x[cell]), np.append(grid.values[cell], grid.peak_values[cell])
    order = np.lexsort((-values, x))
    order = order[np.isfinite(values[order])]
    order = order[np.append(True, np.diff(x[order]) > 0)]
    return x[order], values[order], (values if net is None else net)[order]


def _concave_runs(x: Array, values: Array, *, zero: bool) -> list[Run]:
    runs = []
    if zero and x[0] == 0:
        runs.append((x[:1], values[:1]))
        x, values = x[1:], values[1:]
    if len(x) > 2:
        width, slope = np.diff(x), np.diff(values) / np.diff(x)
        noise = 1e-9 * float(np.abs(slope).max()) + 1e-15 * np.abs(values[1:-1]) * (1 / width[:-1] + 1 / width[1:])
        cuts = np.flatnonzero(np.diff(slope) > noise) + 1
    else:
        cuts = np.empty(0, dtype=np.int64)
    ends = [0, *cuts.tolist(), len(x) - 1]
    for first, last in pairwise(ends):
        if last > first or len(ends) == 2:
            runs.append((x[first : last + 1], values[first : last + 1]))
    return runs


def _whole_cells(model: Model) -> NDArray[np.int64]:
    """Name the cells whose steps the program counts itself."""
    domains = model.domains
    counts = domains.high // domains.step
    return np.flatnonzero((counts > 0) & (counts <= MOST_STEPS) | (domains.step > 1) & (domains.high > 0))


class _Rows:
    """Collects sparse rows with bounds."""

    def __init__(self) -> None:
        self._parts: list[tuple[Any, Any, Any]] = []
        self._low: list[float] = []
        self._high: list[float] = []

    def add(self, columns: Any, coefficients: Any, low: float, high: float) -> None:
        self._parts.append((np.full(len(columns), len(self._low)), columns, coefficients))
        self._low.append(low)
        self._high.append(high)

    def add_block(self, rows: Any, columns: Any, coefficients: Any, low: Array, high: Array) -> None:
        self._parts.append((rows + len(self._low), columns, coefficients))
        self._low.extend(low)
        self._high.extend(high)

    def constraint(self, columns: int) -> LinearConstraint:
        rows, places, values = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        return LinearConstraint(coo_array((values, (rows, places)), shape=(len(self._low), columns)).tocsr(), self._low, self._high)


def _constraints(model: Model, pieces: Pieces, whole: NDArray[np.int64], unit: float) -> LinearConstraint:
    points, kinds = len(pieces.point_x), len(pieces.piece_cell)
    at_points, at_pieces = np.arange(points), np.arange(kinds)
    rows, none, ones = _Rows(), np.zeros(kinds), np.ones(model.count)
    weights = np.append(pieces.point_piece, at_pieces), np.arange(points + kinds), np.append(np.ones(points), -np.ones(kinds))
    rows.add_block(*weights, none, none)
    rows.add_block(pieces.piece_cell, points + at_pieces, np.ones(kinds), ones, ones)
    for i, row in enumerate(model.rows):
        used = np.flatnonzero(model.matrix[i, pieces.point_cell])
        low, high = -np.inf if row.low is None else row.low / unit, np.inf if row.high is None else row.high / unit
        rows.add(used, pieces.point_x[used] / unit, low, high)
    if model.max_live is not None:
        first_x = pieces.point_x[np.searchsorted(pieces.point_piece, at_pieces)]
        last_x = pieces.point_x[np.searchsorted(pieces.point_piece, at_pieces, side="right") - 1]
        live = np.flatnonzero((first_x > 0) | (last_x > 0))
        rows.add(points + live, np.ones(len(live)), -np.inf, float(model.max_live))
    if model.cost_cap is not None:
        rows.add(at_points, (pieces.point_x - model.cost_cap * pieces.point_values) / unit, -np.inf, 0.0)
    for i, cell in enumerate(whole):
        used = np.flatnonzero(pieces.point_cell == cell)
        step = float(model.domains.step[cell])
        rows.add(np.append(used, points + kinds + i), np.append(pieces.point_x[used] / step, -1.0), 0.0, 0.0)
    return rows.constraint(points + kinds + len(whole))
