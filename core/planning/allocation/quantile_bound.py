"""A proven bound on the quantile of a plan's total response over joint draws, better than the mean alone gives.

A plan misses its quantile in at most `below` draws. So of any `below + 1` groups of draws without a common member, one at least holds no
draw that misses, and the quantile is at most the mean response in that group: no more than the best that any plan reaches there.
Small groups know too much (the best plan for a single draw is better than any plan for all), large ones take in high draws: several
sizes are tried, on the draws that promise least. Each group's best is bounded by weak duality.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.planning.allocation.curves import Curves
from core.planning.allocation.grid import Grid, first_grid, refined_grid
from core.planning.allocation.hills import Array
from core.planning.allocation.joint import Joint, weighed
from core.planning.allocation.model import Domains, Model, compile_problem
from core.planning.allocation.prices import Prices
from core.planning.allocation.problem import Curve, Draws, Hill, Problem
from core.planning.allocation.relaxation import relax
from core.planning.allocation.solving import Solution

Groups = NDArray[np.int64]
"""Draws by group, (groups, size)."""

_SIZES: Final = (2, 3, 4, 5, 7, 10)
_MOST_ROWS, _ROWS_AT_ONCE = 60_000, 5_000
"""Curves (cells x groups) looked at in all, some 0.06 ms each, and at once."""
_ROUNDS: Final = 3
_TURNS: Final = 12
_FACTORS: Final = np.array([0.5, 0.7, 0.8, 0.87, 0.93, 0.97, 1.0, 1.03, 1.07, 1.14, 1.25, 1.45, 2.0])


def bound_quantile(problem: Problem, joint: Joint, mean: Solution, spent: int, below: int) -> float:
    """Give what the quantile of no plan within the rules exceeds (for a marginal target: none that spends the same).

    Args:
        mean: the best plan for the mean with its bound. spent: by the plan whose quantile is bounded.
        below: in so many draws a plan may miss its quantile.
    """
    fixed = problem if problem.budget_minor is not None else replace(problem, target=None, budget_minor=spent)
    is_average = problem.target is not None and not problem.target.is_marginal
    best_mean = mean.bound + compile_problem(problem).spend_price * spent
    bounds = [best_mean * joint.count / (joint.count - below)]
    rows = joint.count * len(problem.cells)
    if is_average or rows > _MOST_ROWS:  # an average target lets the spend vary: only the mean is bounded then
        return min(bounds)
    alone = _best_by_group(fixed, np.arange(joint.count)[:, None])
    bounds.append(float(np.sort(alone)[below]))
    each, dealt = (below + 1) * len(problem.cells), []
    for size in _SIZES:
        rows += each
        if (below + 1) * size <= joint.count and rows <= _MOST_ROWS:
            groups = _dealt(alone, below + 1, size)
            dealt.append((groups, _best_by_group(fixed, groups)))
    if dealt:
        bounds += [float(best.max()) for _, best in dealt]
        groups, best = min(dealt, key=lambda found: float(found[1].mean()))
        bounds.append(_evened(fixed, groups, best, alone, min(_TURNS, max(0, _MOST_ROWS - rows) // each)))
    return min(bounds)


def _evened(problem: Problem, groups: Groups, best: Array, promise: Array, turns: int) -> float:
    """Bound the best of the groups once those that reach most have swapped draws with those that reach least."""
    half, size = len(groups) // 2, groups.shape[1]
    for _ in range(turns):
        order, tried = np.argsort(-best, kind="stable"), groups.copy()
        pairs = list(zip(order[:half], order[::-1][:half], strict=True))
        for high, low in pairs:
            apart = promise[groups[high]][:, None] - promise[groups[low]][None, :]
            i, j = np.unravel_index(np.argmin(np.abs(apart - size * (best[high] - best[low]) / 2)), apart.shape)
            tried[high, i], tried[low, j] = groups[low, j], groups[high, i]
        after = _best_by_group(problem, tried)
        for high, low in pairs:
            if max(after[high], after[low]) < best[high]:
                groups[[high, low]], best[[high, low]] = tried[[high, low]], after[[high, low]]
    return float(best.max())


def _dealt(promise: Array, count: int, size: int) -> Groups:
    """Share out the draws that promise least, layer by layer, the lowest to the group that has most so far."""
    order = np.argsort(promise, kind="stable")[: count * size].reshape(size, count)
    groups, sums = np.empty((count, size), dtype=np.int64), np.zeros(count)
    for at, layer in enumerate(order):
        places = np.argsort(-sums, kind="stable")
        groups[places, at] = layer
        sums[places] += promise[layer]
    return groups


def _best_by_group(problem: Problem, groups: Groups) -> Array:
    """Bound the best mean response of any plan in each group of draws."""
    used = np.zeros(max(len(cell.curve.draws) for cell in problem.cells if isinstance(cell.curve, Draws)))
    used[groups.ravel()] = 1.0 / groups.size
    model = compile_problem(weighed(problem, used))
    relaxed = relax(model)
    assert relaxed is not None  # there is a plan
    at_once = max(1, _ROWS_AT_ONCE // model.count)
    parts = [_bounded(model, relaxed.prices, groups[first : first + at_once]) for first in range(0, len(groups), at_once)]
    return np.concatenate(parts)


def _bounded(model: Model, prices: Prices, groups: Groups) -> Array:
    count, domains = len(groups), model.domains
    curves = Curves([_part(cell.curve, group) for group in groups for cell in model.problem.cells])
    low, high, step = (np.tile(part, count) for part in (domains.low, domains.high, domains.step))
    tiled = Domains(low, high, step, np.tile(domains.zero, count))
    grid, best = first_grid(curves, tiled), np.full(count, np.inf)
    for turn in range(_ROUNDS):
        bounds, peaks = _dual(model, prices, grid, count)
        best = np.minimum(best, bounds)
        if turn < _ROUNDS - 1:
            grid = refined_grid(grid, curves, tiled, peaks[:, None])
    return best


def _part(curve: Curve, group: NDArray[np.int64]) -> Curve:
    """Give the mean of a curve's draws in a group."""
    if not isinstance(curve, Draws):
        return curve
    draws = tuple(curve.draws[number] for number in group)
    return Hill(*draws[0]) if len(draws) == 1 else Draws(draws)


def _dual(model: Model, prices: Prices, grid: Grid, count: int) -> tuple[Array, Array]:
    """Bound each group's best at the prices, at several sizes of them; also give where each cell of each group attains its part."""
    x, values = grid.outer_x, grid.outer_values
    charged = np.tile(prices.rows @ model.matrix, count)[:, None] * x
    if model.max_live is not None:
        charged = charged + prices.live * (x > 0)
    upper = np.array([0.0 if row.high is None else float(row.high) for row in model.rows])
    lower = np.array([0.0 if row.low is None else float(row.low) for row in model.rows])
    shared = float(prices.upper @ upper - prices.lower @ lower) + prices.live * (0 if model.max_live is None else model.max_live)
    best, peaks = np.full(count, np.inf), np.zeros(len(x))
    for factor in _FACTORS:
        net = values - factor * charged
        at = np.argmax(net, axis=1)
        bounds = np.take_along_axis(net, at[:, None], axis=1)[:, 0].reshape(count, -1).sum(axis=1) + factor * shared
        better = bounds < best
        best = np.where(better, bounds, best)
        peaks = np.where(np.repeat(better, model.count), np.take_along_axis(x, at[:, None], axis=1)[:, 0], peaks)
    return best, peaks
