"""Which amounts a better plan over time can have: what prices rule out, and what the links between cells and places leave of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.planning.allocation.felt import Felt
from core.planning.allocation.flow_program import Relaxation, cell_worths, place_nets
from core.planning.allocation.grid import Grid
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Domains, Model

_TURNS = 3
_LEAST_SHARE = 1e-3
"""Of a cell's spend, from which what a place feels says something of the cell."""


@dataclass(frozen=True)
class Ranges:
    """Some of all plans: what cells may be (`model`), and what places may feel (any real amount)."""

    model: Model
    places: Domains


def all_ranges(model: Model, felt: Felt) -> Ranges:
    """Give the ranges of every plan."""
    most = np.minimum(model.domains.high, np.inf if model.problem.budget_minor is None else model.problem.budget_minor)
    low = np.maximum(np.floor(felt.offset + felt.matrix @ model.domains.least), 0.0)
    return Ranges(model, _places(low, np.ceil(felt.offset + felt.matrix @ np.maximum(most, model.domains.least)) + 1))


def narrowed(ranges: Ranges, felt: Felt) -> Ranges | None:
    """Carry what places may feel over to cells, and back; None where nothing is left. No plan within the ranges is lost."""
    model, matrix = ranges.model, felt.matrix
    domains, links = model.domains, matrix >= _LEAST_SHARE
    x_low, x_high = domains.least.astype(np.float64), domains.high.astype(np.float64)
    low, high = ranges.places.low.astype(np.float64), ranges.places.high.astype(np.float64)
    slack = 1e-6 + 1e-11 * float(high.max(initial=0.0))
    for _ in range(_TURNS):
        least, most = matrix @ x_low, matrix @ x_high
        with np.errstate(divide="ignore", invalid="ignore"):
            top = ((high - felt.offset - least)[:, None] + matrix * x_low) / matrix
            bottom = ((low - felt.offset - most)[:, None] + matrix * x_high) / matrix
        x_high = np.minimum(x_high, np.where(links, top, np.inf).min(axis=0, initial=np.inf) + slack)
        x_low = np.maximum(x_low, np.where(links, bottom, -np.inf).max(axis=0, initial=-np.inf) - slack)
        for row in model.rows:
            own_low, own_high = x_low[row.members], x_high[row.members]
            if row.high is not None:
                x_high[row.members] = np.minimum(own_high, row.high - own_low.sum() + own_low + slack)
            if row.low is not None:
                x_low[row.members] = np.maximum(own_low, row.low - own_high.sum() + own_high - slack)
        low = np.maximum(low, np.floor(matrix @ x_low + felt.offset))
        high = np.minimum(high, np.ceil(matrix @ x_high + felt.offset) + 1)
    left = _allowed(domains, x_low, x_high)
    return None if left.is_empty or (low > high).any() else Ranges(model.with_domains(left), _places(low, high))


def _allowed(domains: Domains, x_low: Array, x_high: Array) -> Domains:
    """Give the allowed amounts within real ranges; empty where a cell has none."""
    step = domains.step
    high = np.minimum(domains.high, np.floor(x_high / step + 1e-9).astype(np.int64) * step)
    low = np.maximum(domains.low, np.ceil(x_low / step - 1e-9).astype(np.int64) * step)
    zero = domains.zero & (x_low <= 0)
    low = np.where(zero, domains.low, low)
    stopped = zero & (high < low)
    return Domains(np.where(stopped, 0, low), np.where(stopped, 0, high), step, zero & ~stopped)


def _places(low: Array, high: Array) -> Domains:
    return Domains(low.astype(np.int64), high.astype(np.int64), np.zeros(len(low), dtype=np.int64), np.zeros(len(low), dtype=np.bool_))


def worthwhile(ranges: Ranges, felt: Felt, grid: Grid, solved: Relaxation, worth: float) -> Ranges:
    """Leave out what the prices of an answer rule out for plans that bring more than `worth`."""
    if solved.prices is None:
        return ranges
    over = max(solved.bound - worth, 0.0) + 1e-9 * abs(solved.bound)
    nets, count = place_nets(grid, solved.prices), grid.x.shape[1]
    best = np.maximum(np.maximum(nets[:, : count - 1], nets[:, 1:count]), nets[:, count:])
    kept = best >= (nets.max(axis=1) - over)[:, None]
    low = np.where(kept, grid.x[:, :-1], np.inf).min(axis=1, initial=np.inf)
    high = np.where(kept, grid.x[:, 1:], -np.inf).max(axis=1, initial=-np.inf)
    some, places = kept.any(axis=1), ranges.places
    low, high = np.where(some, low, places.low), np.where(some, high, places.high)
    net, most = cell_worths(ranges.model, felt, solved.prices)
    return Ranges(ranges.model.with_domains(_earning(ranges.model.domains, net, most, solved.prices.live, over)), _places(low, high))


def _earning(domains: Domains, net: Array, most: Array, live: float, over: float) -> Domains:
    """Keep of each cell the amounts that earn within `over` of its best."""
    with np.errstate(divide="ignore", invalid="ignore"):
        top = np.where(net < 0, (most - over + domains.zero * live) / net, np.inf)
        bottom = np.where(net > 0, (most - over + domains.zero * live) / net, -np.inf)
    idle = domains.zero & (most <= over)  # nothing is good enough there
    x_low = np.where(idle, 0.0, np.maximum(bottom, domains.least))
    return _allowed(domains, np.maximum(x_low - 1e-6, 0.0), np.minimum(top + 1e-6, domains.high))
