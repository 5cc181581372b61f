"""A proven bound on the quantile of a plan's total response over joint draws, by branching on which draws are not missed.

A plan misses its quantile in at most `below` draws. So of any `below + 1` groups of draws without a common member, one at least holds no
draw that misses, and the quantile is at most any weighted mean response over that group: no more than the best that a plan reaches there.
The weights are moved to the draws that do worst under that best plan, until it reaches little more than the worst of them. The group that
promises most is branched on: beside it, one group of the other draws holds no miss either.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.planning.allocation.hills import Array

BestOf = Callable[[Array], tuple[float, Array]]
"""From weights of the draws (D,) that sum to 1 to what no plan's weighted mean exceeds, and the responses (D,) of about the best plan."""

_LOOKS: Final = 150
"""How many weights are looked at; each takes some 15 ms."""
MOST_MISSED: Final = 20
"""With more draws that may be missed, the first groups alone would take all looks."""
_STEPS: Final = 10
"""How often a group's weights are moved before it is branched on."""
_FIRST_STEP: Final = 2.0
_KEPT: Final = 0.7
"""How much of the weights stays with the draws that were chosen before."""
_CLOSE: Final = 1e-4


@dataclass(frozen=True)
class _Group:
    """Draws of which none is missed: their weights and the logarithms these are made of, and the best that a plan reaches there."""

    draws: NDArray[np.int64]
    weights: Array
    scores: Array
    bound: float
    totals: Array
    steps: int


def branched_bound(best_of: BestOf, totals: Array, below: int) -> float:
    """Give what the quantile of no plan exceeds.

    Args:
        totals: the responses (D,) of a good plan, by which draws are dealt to groups; the bound holds with any.
        below: in so many draws a plan may miss its quantile.
    """
    aim, order, looks = float(np.sort(totals)[below]), itertools.count(), below + 1
    every = np.arange(len(totals))
    start = [_looked(best_of, group, np.where(np.isin(every, group), 1.0 / len(group), 0.0)) for group in _dealt(every, totals, below + 1)]
    waiting = [(-group.bound, next(order), group) for group in start]
    heapq.heapify(waiting)
    while looks < _LOOKS and -waiting[0][0] > aim * (1 + _CLOSE):
        group = heapq.heappop(waiting)[2]
        rest = np.setdiff1d(every, group.draws)
        if group.steps >= _STEPS and len(rest) <= below:
            heapq.heappush(waiting, (-group.bound, next(order), group))
            break  # every draw that can be told not to be missed is: only the weights are left
        parts = [_moved(best_of, group)] if group.steps < _STEPS else _branched(best_of, group, _dealt(rest, group.totals, below + 1))
        looks += len(parts)
        for part in parts:
            heapq.heappush(waiting, (-part.bound, next(order), part))
    return -waiting[0][0]


def _dealt(draws: NDArray[np.int64], promise: Array, count: int) -> list[NDArray[np.int64]]:
    """Share draws out to groups, from those that promise least on, forth and back; what does not fill a layer is left out."""
    whole = len(draws) // count * count
    layers = draws[np.argsort(promise[draws], kind="stable")][:whole].reshape(-1, count)
    layers[1::2] = layers[1::2, ::-1]
    return list(layers.T)


def _looked(best_of: BestOf, draws: NDArray[np.int64], weights: Array) -> _Group:
    bound, totals = best_of(weights)
    scores = np.log(np.maximum(weights, 1e-9))
    return _stepped(_Group(draws, weights, scores, bound, totals, 0), totals)


def _stepped(group: _Group, totals: Array) -> _Group:
    """Move the weights to the draws that do worst."""
    over = totals[group.draws] - float(group.weights @ totals)
    scores = group.scores.copy()
    scores[group.draws] -= over / max(float(np.abs(over).max()), 1e-300) * _FIRST_STEP / np.sqrt(1.0 + group.steps / 3.0)
    weights = np.zeros_like(group.weights)
    weights[group.draws] = np.exp(scores[group.draws] - scores[group.draws].max())
    return replace(group, weights=weights / weights.sum(), scores=scores, steps=group.steps + 1)


def _moved(best_of: BestOf, group: _Group) -> _Group:
    bound, totals = best_of(group.weights)
    better = group if bound >= group.bound else replace(group, bound=bound, totals=totals)
    return _stepped(better, totals)


def _branched(best_of: BestOf, group: _Group, others: list[NDArray[np.int64]]) -> list[_Group]:
    """Add each of the other groups: in one of them no draw is missed either."""
    found = []
    for other in others:
        weights = _KEPT * group.weights
        weights[other] = (1.0 - _KEPT) / len(other)
        part = _looked(best_of, np.concatenate([group.draws, other]), weights)
        found.append(part if part.bound <= group.bound else replace(part, bound=group.bound))
    return found
