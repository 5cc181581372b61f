"""The best plan under concave envelopes, with prices that prove a bound on every plan.

The envelope of each curve turns the problem into a linear one over segments. Where the budget is the only rule across cells it is solved by
filling the steepest segments first; otherwise by HiGHS. Refining the grid around the answer closes the gap between curve and envelope.
Whatever the solver's tolerances, its prices give a Lagrangian bound computed from the curves themselves (`dual_bound`), which is the proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.planning.allocation.grid import Grid, Segments, envelope, first_grid, refined_grid
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Model
from core.planning.allocation.prices import Prices

_FILL_TOLERANCE, _PROGRAM_TOLERANCE = 5e-7, 3e-6
"""How close bound and answer must come (a ratio): filling is cheap, a linear program costs some 30 ms for 600 cells."""

_RESOLUTIONS: Final = (0.3, 0.06, 0.012, 0.0025, 0.0005)
"""How finely slopes next to a cell's price are told apart in the next rounds (a ratio); farther off, thrice as coarse each time."""


@dataclass(frozen=True)
class Screen:
    """What a better plan than the one at hand needs of each cell: at least `enough` after `prices`."""

    prices: Prices
    enough: Array


@dataclass(frozen=True)
class Relaxed:
    """An answer to the concave problem. `bound` holds for every plan within the rules, in units of the model's objective."""

    amounts: Array
    prices: Prices
    bound: float
    inner: float
    grid: Grid


def relax(model: Model, grid: Grid | None = None, *, rounds: int = 8) -> Relaxed | None:
    """Solve under envelopes, refining until bound and answer agree; None when the rules clash already here."""
    if model.domains.is_empty:
        return None
    grid = first_grid(model.curves, model.domains) if grid is None else grid
    best: Relaxed | None = None
    tolerance = _FILL_TOLERANCE if _fills(model) else _PROGRAM_TOLERANCE
    for turn in range(rounds):
        segments = envelope(grid)
        fine = _RESOLUTIONS[min(max(turn - 1, 0), len(_RESOLUTIONS) - 1)]
        answer = solve(model, _thinned(model, segments, None if best is None else best.prices, fine))
        if answer is None and model.cost_cap is not None:  # from below, curves may miss a target that they keep: look from above
            answer = solve(model, envelope(grid.outer()))
        if answer is None:
            return None
        amounts, prices = answer
        bound, peaks = dual_bound(model, grid, prices)
        inner = _inner_value(segments, amounts) - model.spend_price * float(amounts.sum())
        bound = bound if best is None else min(bound, best.bound)
        best = Relaxed(amounts, prices, bound, inner, grid)
        if bound - inner <= tolerance * max(abs(bound), 1e-300):
            break
        grid = refined_grid(grid, model.curves, model.domains, np.stack([amounts, peaks], axis=1))
    return best


def dual_bound(model: Model, grid: Grid, prices: Prices) -> tuple[float, Array]:
    """Bound the objective of every plan within the rules by weak duality; also give the amounts at which each cell attains its part."""
    x = grid.outer_x
    net = net_values(model, x, grid.outer_values, prices)
    best = np.argmax(net, axis=1)
    own = float(np.sum(np.take_along_axis(net, best[:, None], axis=1)))
    upper = np.array([0.0 if row.high is None else float(row.high) for row in model.rows])
    lower = np.array([0.0 if row.low is None else float(row.low) for row in model.rows])
    shared = float(prices.upper @ upper - prices.lower @ lower) + prices.live * (0 if model.max_live is None else model.max_live)
    return own + shared, np.take_along_axis(x, best[:, None], axis=1)[:, 0]


def cell_prices(model: Model, prices: Prices) -> Array:
    """Give what a unit spent in each cell is charged, in responses."""
    charged: Array = model.spend_price + prices.cost + prices.rows @ model.matrix
    return charged


def response_worth(model: Model, prices: Prices) -> float:
    """Give what a response is worth, which an average target pays for too."""
    return 1.0 + prices.cost * (0.0 if model.cost_cap is None else model.cost_cap)


def net_values(model: Model, x: Array, values: Array, prices: Prices) -> Array:
    """Give what amounts (cells, points) are worth after paying every price that they are charged."""
    net: Array = response_worth(model, prices) * values - cell_prices(model, prices)[:, None] * x
    return net if model.max_live is None else net - prices.live * (x > 0)


def _inner_value(segments: Segments, amounts: Array) -> float:
    """Give the responses of amounts under the envelopes."""
    filled = filled_widths(segments, amounts - segments.start)
    return float(segments.start_values.sum() + (segments.slope * filled).sum())


def filled_widths(segments: Segments, above: Array) -> Array:
    """Give how far each segment is filled when each cell stands `above` its start."""
    before = np.cumsum(segments.width) - segments.width
    first = np.searchsorted(segments.cell, np.arange(len(above)))
    padded = np.append(before, 0.0)
    offset = before - padded[first][segments.cell]
    filled: Array = np.clip(above[segments.cell] - offset, 0.0, segments.width)
    return filled


def solve(model: Model, segments: Segments) -> tuple[Array, Prices] | None:
    """Fill segments for the best response within the rows; None when the rows cannot be met."""
    if _fills(model):
        return _fill(model, segments)
    from core.planning.allocation.linear import solve_segments

    return solve_segments(model, segments)


def _fills(model: Model) -> bool:
    """Tell whether the budget is the only rule across cells."""
    return model.cost_cap is None and model.max_live is None and all(row.name == "budget" for row in model.rows)


def _thinned(model: Model, segments: Segments, prices: Prices | None, fine: float) -> Segments:
    """Make fewer segments of many for HiGHS, whose time grows with their number; filling needs no such thing.

    Neighbours whose slopes are alike are joined, told apart finely only near their cell's price: what results lies below the envelope.
    """
    if not len(segments.cell) or _fills(model):
        return segments
    with np.errstate(divide="ignore", invalid="ignore"):
        if prices is None:
            bucket = np.floor(np.log2(np.maximum(segments.slope, 0.0)) / 1.2)
        else:
            charged = cell_prices(model, prices) / response_worth(model, prices)
            away = segments.slope / np.maximum(np.abs(charged), 1e-300)[segments.cell] - np.sign(charged)[segments.cell]
            bucket = np.sign(away) * np.floor(np.log(1.0 + np.abs(away) / fine) / np.log(3.0))
    bucket = np.nan_to_num(bucket, nan=0.0)
    starts = np.flatnonzero(np.append(True, (np.diff(segments.cell) != 0) | (np.diff(bucket) != 0)))
    width, gain = np.add.reduceat(segments.width, starts), np.add.reduceat(segments.gain, starts)
    return Segments(segments.start, segments.start_values, segments.cell[starts], width, gain)


def _fill(model: Model, segments: Segments) -> tuple[Array, Prices] | None:
    """Fill the steepest segments until the budget is spent, or without one while they are worth their price."""
    order = np.argsort(-segments.slope, kind="stable")
    width, slope = segments.width[order], segments.slope[order]
    if not model.rows:
        taken, prices = np.where(slope >= model.spend_price * (1 - 1e-9), width, 0.0), Prices(np.empty(0), np.empty(0))
    else:
        assert model.rows[0].high is not None
        room = model.rows[0].high - float(segments.start.sum())
        if room < 0 or room > float(width.sum()):
            return None
        taken = np.clip(room - (np.cumsum(width) - width), 0.0, width)
        margin = int(np.flatnonzero(taken > 0)[-1]) if room > 0 else 0
        price = float(slope[margin]) if len(slope) else 0.0
        prices = Prices(np.array([max(price, 0.0)]), np.array([max(-price, 0.0)]))
    amounts = segments.start.copy()
    np.add.at(amounts, segments.cell[order], taken)
    return amounts, prices
