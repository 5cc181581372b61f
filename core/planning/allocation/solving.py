"""From a compiled problem to the best plan that could be found and a bound on every plan."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.planning.allocation.grid import Grid, first_grid, refined_grid
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Domains, Integers, Model
from core.planning.allocation.nested import WORKS, nested_bound
from core.planning.allocation.prices import Prices
from core.planning.allocation.regions import is_concave, regions_around
from core.planning.allocation.relaxation import Relaxed, Screen, dual_bound, net_values, relax
from core.planning.allocation.rounding import round_amounts

GOOD_GAP: Final = 9.5e-5
"""The search ends when the bound is this close (a ratio), inside what is called optimal."""
_EXACT_GAP, _EXACT_STEPS = 1e-7, 2_000
"""Where no cell has more steps than this, the search is cheap and goes on to the exact optimum."""
_ROUNDS: Final = 8


@dataclass(frozen=True)
class Solution:
    """A plan within all rules. `bound` is in units of the model's objective; `prices` are those of the rules once the pieces are chosen."""

    amounts: Integers
    objective: float
    bound: float
    prices: Prices
    region: Model


def solve_model(model: Model, *, incumbent: Integers | None = None, seconds: float = 8.0) -> Solution | None:
    """Give the best plan found and a proven bound; None when no plan meets the rules.

    Args:
        incumbent: a plan within the rules that the answer must not fall below.
        seconds: what the exact search may take where the envelopes alone leave a gap.
    """
    relaxed = relax(model)
    if relaxed is None:
        return None
    best = settled(model, relaxed, relaxed.amounts)
    if incumbent is not None:
        best = _better(best, _at(model, incumbent, relaxed))
    for work in WORKS if _enough(model) == GOOD_GAP else ():
        if not _is_open(model, relaxed, best) or (nested := nested_bound(model, relaxed.prices, work)) is None:
            break
        relaxed = replace(relaxed, bound=min(relaxed.bound, nested[1]))
        best = _better(best, _near_found(model, relaxed, nested[0]))
    if _is_open(model, relaxed, best):
        return _searched(model, relaxed, best, seconds)
    assert best is not None
    return replace(best, bound=max(relaxed.bound, best.objective))


def _is_open(model: Model, relaxed: Relaxed, best: Solution | None) -> bool:
    return best is None or _gap(best.objective, relaxed.bound) > _enough(model)


def settled(model: Model, relaxed: Relaxed, amounts: Array) -> Solution | None:
    """Choose regions around the amounts in a few ways and keep the best plan within them."""
    if is_concave(model, relaxed.grid):
        return _rounded(model, relaxed)
    best: Solution | None = None
    for threshold in (0.5, 0.0, 1.0):
        domains = regions_around(model, relaxed.grid, amounts, threshold=threshold)
        if domains is not None:
            best = _better(best, _within(model, domains))
        if best is not None and _gap(best.objective, relaxed.bound) <= _enough(model):
            break
    return best


def _near_found(model: Model, relaxed: Relaxed, amounts: Array) -> Solution | None:
    """Take what the program found: as it stands when it is whole, and at its best within the pieces it chose."""
    whole = np.rint(amounts).astype(np.int64)
    best = _at(model, whole, relaxed) if np.abs(amounts - whole).max() < 1e-4 and model.allows(whole) else None
    for threshold in (None, 0.5):
        domains = regions_around(model, relaxed.grid, amounts, threshold=threshold)
        if domains is not None:
            held = _held(domains, amounts)
            best = best if held is None else _better(best, _within(model, held))
            best = _better(best, _within(model, domains))
    return best


def _within(model: Model, domains: Domains) -> Solution | None:
    region = replace(model, domains=domains, max_live=None)
    relaxed = relax(region)
    return None if relaxed is None else _rounded(region, relaxed)


def _rounded(region: Model, relaxed: Relaxed) -> Solution | None:
    held = _held(region.domains, relaxed.amounts)
    if held is not None:  # coarse steps first, the fine ones then fill what is left
        rest = replace(region, domains=held)
        again = relax(rest)
        if again is not None and (amounts := round_amounts(rest, again.amounts)) is not None:
            return Solution(amounts, region.objective(amounts), relaxed.bound, again.prices, region)
    amounts = round_amounts(region, relaxed.amounts)
    return None if amounts is None else Solution(amounts, region.objective(amounts), relaxed.bound, relaxed.prices, region)


def _held(domains: Domains, amounts: Array) -> Domains | None:
    """Fix the cells whose steps are coarser than the finest that still move; None when all are alike."""
    moves = domains.high > domains.low
    if not moves.any() or (domains.step[moves] == domains.step[moves].min()).all():
        return None
    coarse = moves & (domains.step > domains.step[moves].min())
    nearest = (
        domains.low + np.rint((np.clip(amounts, domains.low, domains.high) - domains.low) / domains.step).astype(np.int64) * domains.step
    )
    low, high = np.where(coarse, nearest, domains.low), np.where(coarse, nearest, domains.high)
    return Domains(low, high, domains.step, domains.zero)


def _at(model: Model, amounts: Integers, relaxed: Relaxed) -> Solution:
    return Solution(amounts, model.objective(amounts), relaxed.bound, relaxed.prices, model)


def _better(one: Solution | None, other: Solution | None) -> Solution | None:
    if one is None or other is None:
        return other if one is None else one
    return other if other.objective > one.objective else one


def _gap(objective: float, bound: float) -> float:
    return 0.0 if bound <= objective else (bound - objective) / max(abs(bound), 1e-300)


def _enough(model: Model) -> float:
    domains = model.domains
    return _EXACT_GAP if int(((domains.high - domains.low) // domains.step).max()) <= _EXACT_STEPS else GOOD_GAP


def _searched(model: Model, relaxed: Relaxed, best: Solution | None, seconds: float) -> Solution | None:
    """Search the pieces exactly, refining where the program's answer lies, until bound and plan meet or the time is up."""
    from core.planning.allocation.branching import search

    deadline, bound = time.thread_time() + seconds, relaxed.bound
    screen = None if best is None else _screen(model, relaxed, best.objective)
    narrowed = model if screen is None else model.with_domains(_worthwhile(model, relaxed.grid, screen))
    grid = first_grid(narrowed.curves, narrowed.domains)
    for _ in range(_ROUNDS):
        left = deadline - time.thread_time()
        if left <= 0:
            break
        found = search(narrowed, grid, screen, seconds=left, gap=_enough(model) / 4)
        if found.impossible:
            return best if best is None else replace(best, bound=best.objective)
        bound = min(bound, found.bound)
        if found.amounts is None:
            break
        best = _better(best, _near_found(narrowed, replace(relaxed, grid=grid), found.amounts))
        if best is not None and _gap(best.objective, bound) <= _enough(model):
            break
        places = found.amounts[:, None] if best is None else np.stack([found.amounts, best.amounts.astype(np.float64)], axis=1)
        finer = refined_grid(refined_grid(grid, narrowed.curves, narrowed.domains, places), narrowed.curves, narrowed.domains, places)
        if finer.x.shape == grid.x.shape and np.array_equal(finer.x, grid.x):
            break
        grid = finer
    return None if best is None else replace(best, bound=max(bound, best.objective))


def _screen(model: Model, relaxed: Relaxed, objective: float) -> Screen:
    """Say what a better plan than `objective` needs of each cell: after prices, its best less the slack of the bound."""
    grid, prices = relaxed.grid, relaxed.prices
    bound, _ = dual_bound(model, grid, prices)
    best = net_values(model, grid.outer_x, grid.outer_values, prices).max(axis=1)
    return Screen(prices, best - max(bound - objective, 0.0) - 1e-9 * abs(bound))


def _worthwhile(model: Model, grid: Grid, screen: Screen) -> Domains:
    """Shrink each cell to the amounts that pass the screen."""
    domains, enough = model.domains, screen.enough[:, None]
    net, net_peaks = (net_values(model, x, values, screen.prices) for x, values in ((grid.x, grid.values), (grid.peak_x, grid.peak_values)))
    kept = np.maximum(np.maximum(net[:, :-1], net[:, 1:]), net_peaks) >= enough
    gap = domains.zero[:, None] & (grid.x[:, :-1] == 0) & (grid.x[:, 1:] > 0)
    kept_points = net >= enough
    kept_points[:, :-1] |= kept & ~gap
    kept_points[:, 1:] |= kept & ~gap
    positive = kept_points & ~(domains.zero[:, None] & (grid.x == 0))
    low = np.where(positive, grid.x, np.inf).min(axis=1)
    high = np.where(positive, grid.x, -np.inf).max(axis=1)
    empty = ~positive.any(axis=1)
    zero = domains.zero & kept_points[:, 0] & ~empty
    low, high = np.where(empty, 0.0, low), np.where(empty, 0.0, high)
    return Domains(low.astype(np.int64), high.astype(np.int64), domains.step, zero)
