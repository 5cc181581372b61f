"""Branch and bound over time: envelopes of what each place feels bound all plans of a range, and ranges are cut where they are loose.

A curve's envelope is exact where the range of what is felt is short. So the place that the envelopes credit most beyond its curve is cut in
two at what it feels; between cuts, prices rule out what no better plan can have (`flow_ranges`). Cells that may be nothing, live limits and
coarse steps are cut likewise. The effort is counted in points of grids, not in time, so that an answer does not depend on the machine.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.planning.allocation.felt import Felt
from core.planning.allocation.flow_plans import TRIES, improved, whole_near
from core.planning.allocation.flow_program import Relaxation, relax_felt
from core.planning.allocation.flow_ranges import Ranges, all_ranges, narrowed, worthwhile
from core.planning.allocation.grid import Grid, first_grid, refined_grid
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Domains, Integers, Model

_ANY_PROGRAM: Final = 1_000
"""Points that any program costs, whatever its size."""
_ROOT_ROUNDS: Final = 4
_ROUNDS: Final = 2
_INNER: Final = 0.1
"""How far from the ends of a range it is cut, as a share of it."""
_WHOLE: Final = 1e-3
"""An amount is whole when it is this near to a step (a share of it)."""
_LITTLE: Final = 0.3
"""Where envelopes credit no more of what is open (a share) for nothing, choices are settled first."""
_TRIFLE: Final = 0.05
"""Where they credit less than this for nothing, cutting what places feel is of no use: what is open comes of whole steps."""
_NEAR: Final = 0.2
"""A plan this near to the best (as a share of what is open) is improved before it is judged."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much to search: in points of grids (100,000 take about a second), and which gap (a ratio) is good enough.

    Attributes:
        soon: after a tenth of the points a gap this wide is good enough too.
    """

    points: int
    gap: float
    soon: float


@dataclass(frozen=True)
class Found:
    """The best plan (None where none was found), and a bound on every plan."""

    plan: Integers | None
    bound: float


@dataclass(frozen=True)
class _Part:
    """A range of plans with its answer under envelopes, and a bound on them."""

    ranges: Ranges
    grid: Grid
    solved: Relaxation
    bound: float


class Search:
    """One search: the best plan so far, what it brings, and the points looked at."""

    def __init__(self, model: Model, felt: Felt, effort: Effort, plan: Integers | None) -> None:
        self._model, self._felt, self._effort = model, felt, effort
        self._plan, self._worth, self._points = plan, -np.inf if plan is None else felt.response(plan), 0

    def run(self) -> Found:
        """Search until bound and plan meet, or the effort is spent."""
        every = all_ranges(self._model, self._felt)
        most = float(self._felt.evaluated.values(every.places.high.astype(np.float64)).sum()) - self._felt.without
        root = self._solved(every, most, _ROOT_ROUNDS)
        if root is None:
            return Found(self._plan, most)
        order, left_over = itertools.count(), -np.inf
        waiting = [(-root.bound, next(order), root)]
        while waiting and not self._is_close(-waiting[0][0]) and self._points < self._effort.points:
            part = heapq.heappop(waiting)[2]
            halves = self._halves(part)
            if not halves:
                left_over = max(left_over, part.bound)
            for half in halves:
                ranges = narrowed(half, self._felt)
                solved = None if ranges is None else self._solved(ranges, part.bound, _ROUNDS)
                if solved is not None and solved.bound > self._worth:
                    heapq.heappush(waiting, (-solved.bound, next(order), solved))
        return Found(self._plan, max(self._worth, left_over, *(-bound for bound, _, _ in waiting[:1])))

    def _solved(self, ranges: Ranges, bound: float, rounds: int) -> _Part | None:
        """Solve under envelopes that are refined around the answer; None when there is no plan."""
        felt, part = self._felt, None
        grid = first_grid(felt.evaluated, ranges.places)
        for turn in range(rounds):
            solved = relax_felt(ranges.model, felt, grid)
            self._points += grid.x.size + _ANY_PROGRAM
            if solved is None:
                return None
            gain, bound = bound - solved.bound, min(bound, solved.bound)
            part = _Part(ranges, grid, solved, bound)
            if bound <= self._worth or (turn > 0 and gain < 1e-5 * abs(bound)):
                break
            if turn < rounds - 1:
                at = (felt.matrix @ solved.amounts + felt.offset)[:, None]
                grid = refined_grid(grid, felt.evaluated, ranges.places, np.clip(at, grid.x[:, :1], grid.x[:, -1:]))
        if part is not None and part.bound > self._worth:
            self._try(part)
        return part

    def _try(self, part: _Part) -> None:
        """Keep the plan next to an answer when it is the best so far."""
        plan = whole_near(part.ranges.model, self._felt, part.solved.amounts)
        if plan is None or not self._model.allows(plan):
            return
        worth = self._felt.response(plan)
        if worth > self._worth - _NEAR * (part.bound - self._worth) or self._plan is None:
            plan = improved(self._model, self._felt, plan)
            worth = self._felt.response(plan)
            self._points += TRIES * (part.grid.x.size + _ANY_PROGRAM)
        if worth > self._worth:
            self._plan, self._worth = plan, worth

    def _is_close(self, bound: float) -> bool:
        enough = self._effort.gap if self._points < self._effort.points / 10 else max(self._effort.soon, self._effort.gap)
        return bound - self._worth <= enough * max(abs(bound), 1e-300)

    def _halves(self, part: _Part) -> list[Ranges]:
        """Cut what a better plan can have in two, where the envelopes credit most for nothing; none where they are exact."""
        felt, ranges = self._felt, worthwhile(part.ranges, self._felt, part.grid, part.solved, self._worth)
        at, places = felt.matrix @ part.solved.amounts + felt.offset, ranges.places
        loss = np.where(places.high - places.low > 2, part.solved.credited - felt.evaluated.values(at), 0.0)
        undercharged, unsettled = _undercharged(ranges.model, part.solved), _unsettled(ranges.model, part.solved.amounts)
        left = max(part.bound - self._worth, 0.0)
        if unsettled is not None and loss.sum() < _LITTLE * left:
            return _by_choice(ranges, unsettled)
        if loss.sum() + undercharged.sum() > _TRIFLE * left:
            if undercharged.max(initial=0.0) > loss.max(initial=0.0):
                return _by_choice(ranges, int(np.argmax(undercharged)))
            return _by_place(ranges, int(np.argmax(loss)), float(at[np.argmax(loss)]))
        return _by_step(ranges, part.solved.amounts) if unsettled is None else _by_choice(ranges, unsettled)


def _undercharged(model: Model, solved: Relaxation) -> Array:
    """Give what cells between nothing and their least, or live for less than their most, are charged too little."""
    if solved.prices is None:
        return np.zeros(model.count)
    domains, x = model.domains, solved.amounts
    between = np.clip(np.minimum(x, domains.low - x), 0.0, None) * np.abs(solved.prices.charged(model))
    live = solved.prices.live * np.where(x > 0.5, 1.0 - x / np.maximum(domains.high, 1), 0.0)
    charges: Array = np.where(domains.zero, between + np.maximum(live, 0.0), 0.0)
    return charges


def _unsettled(model: Model, amounts: Array) -> int | None:
    """Name the cell with most of those that are neither nothing nor enough, or live where too many are; None where no choice is open."""
    domains = model.domains
    too_many = model.max_live is not None and int(((amounts > 0.5) | (domains.least > 0)).sum()) > model.max_live
    open_choice = domains.zero & (amounts > 0.5) & (too_many | (amounts < domains.low - 0.5))
    return int(np.argmax(np.where(open_choice, amounts, -1.0))) if open_choice.any() else None


def _by_choice(ranges: Ranges, cell: int) -> list[Ranges]:
    """Let a cell be nothing, or live."""
    domains, one = ranges.model.domains, np.arange(ranges.model.count) == cell
    nothing = Domains(np.where(one, 0, domains.low), np.where(one, 0, domains.high), domains.step, domains.zero & ~one)
    return [replace(ranges, model=ranges.model.with_domains(each)) for each in (nothing, replace(domains, zero=domains.zero & ~one))]


def _by_place(ranges: Ranges, place: int, at: float) -> list[Ranges]:
    """Let a place feel at most, or at least, about so much."""
    places, one = ranges.places, np.arange(len(ranges.places.low)) == place
    low, high = float(places.low[place]), float(places.high[place])
    cut = float(np.clip(at, low + _INNER * (high - low), high - _INNER * (high - low)))
    below = replace(places, high=np.where(one, int(np.ceil(cut)), places.high))
    return [replace(ranges, places=below), replace(ranges, places=replace(places, low=np.where(one, int(np.floor(cut)), places.low)))]


def _by_step(ranges: Ranges, amounts: Array) -> list[Ranges]:
    """Let the cell that is farthest between two steps be at most the lower, or at least the upper; none where all are whole."""
    domains = ranges.model.domains
    over = (amounts - domains.low) / domains.step
    apart = np.abs(over - np.rint(over)) * (amounts > domains.low)
    cell = int(np.argmax(apart * domains.step))
    if apart[cell] < _WHOLE:
        return []
    lower, one = int(domains.low[cell] + np.floor(over[cell]) * domains.step[cell]), np.arange(ranges.model.count) == cell
    below = replace(domains, high=np.where(one, lower, domains.high))
    above = replace(domains, low=np.where(one, lower + domains.step[cell], domains.low), zero=domains.zero & ~one)
    return [replace(ranges, model=ranges.model.with_domains(each)) for each in (below, above)]
