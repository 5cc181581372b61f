"""Plan over time for a quantile of the posterior: what at least so many of the joint draws exceed together, carry-over included."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.errors import InvalidInput
from core.planning.allocation.answering import OPTIMAL_GAP, current_amounts, infeasible
from core.planning.allocation.conflict import feasible_amounts
from core.planning.allocation.enumeration import every_plan
from core.planning.allocation.felt import Felt
from core.planning.allocation.flow import explained
from core.planning.allocation.flow_plans import promising_moves
from core.planning.allocation.flow_program import relax_felt
from core.planning.allocation.flow_ranges import all_ranges
from core.planning.allocation.flow_search import Effort, Search
from core.planning.allocation.grid import first_grid
from core.planning.allocation.hills import Array, hill_values
from core.planning.allocation.joint import reweighed
from core.planning.allocation.model import Integers, Model, compile_problem
from core.planning.allocation.problem import Draws, Problem, Result
from core.planning.allocation.quantile_branching import MOST_MISSED, branched_bound
from core.planning.allocation.risk import move_sizes

_MEAN: Final = Effort(120_000, gap=9e-5, soon=9e-4)
_FOCUSED: Final = Effort(20_000, gap=1e-3, soon=2e-3)
_ROUNDS: Final = 5
_TRIES: Final = 120
_AT_ONCE: Final = 2_000_000
_FEW_PLANS: Final = 3_000


@dataclass(frozen=True)
class _Aim:
    """What is maximised: the response that all joint draws but `below` reach; the d-th draws of all places belong together."""

    model: Model
    felt: Felt
    table: Array
    below: int

    @property
    def count(self) -> int:
        return int(self.table.shape[2])

    def totals(self, plans: Integers | Array) -> Array:
        """Give what plans (plans, cells) add in each draw, (plans, D)."""
        size = max(1, _AT_ONCE // (self.count * len(self.felt.curves)))
        return np.concatenate([self._totals(plans[first : first + size]) for first in range(0, len(plans), size)])

    def _totals(self, plans: Integers | Array) -> Array:
        at = self.felt.matrix @ plans.T + self.felt.offset[:, None]
        added: Array = hill_values(at[:, :, None], *self.table[:, :, None, :]).sum(axis=0) - self.without
        return added

    @property
    def without(self) -> Array:
        """What would come of the offsets alone, by draw."""
        brought: Array = hill_values(self.felt.offset[:, None], *self.table).sum(axis=0)
        return brought

    def quantiles(self, plans: Integers) -> Array:
        return np.asarray(np.partition(self.totals(plans), self.below, axis=1)[:, self.below])

    def quantile(self, plan: Integers) -> float:
        return float(self.quantiles(plan[None, :])[0])

    def weighed(self, shares: Array) -> Felt:
        """Give what is felt in the mean of draws weighed anew."""
        return replace(self.felt, curves=tuple(reweighed(curve, shares) for curve in self.felt.curves))

    def window(self, plan: Integers, reach: int) -> Array:
        """Weigh the draws around the quantile of a plan alike, the others nothing."""
        order = np.argsort(self.totals(plan[None, :])[0], kind="stable")[max(0, self.below - reach) : self.below + reach + 1]
        return np.bincount(order, minlength=self.count) / len(order)


def optimise_felt_quantile(problem: Problem, felt: Felt, quantile: float) -> Result:
    """Divide a budget over time for the largest quantile of the total response over joint draws.

    Few plans are all looked at. Otherwise plans are the best for draws weighed around the quantile, improved by moving money between
    cells; how far off they can be at most is bounded by branching on which draws are not missed.

    Raises:
        InvalidInput: no budget, or places without equally many draws.
    """
    plain = replace(problem, risk_quantile=None)
    counts = {len(curve.draws) if isinstance(curve, Draws) else 0 for curve in felt.curves}
    if problem.budget_minor is None or len(counts) != 1 or 0 in counts:
        raise InvalidInput("A quantile over time needs a budget, and equally many draws in every place.")
    table = np.array([curve.draws for curve in felt.curves if isinstance(curve, Draws)]).transpose(2, 0, 1)
    aim = _Aim(compile_problem(plain), felt, table, math.ceil(quantile * counts.pop()) - 1)
    plans = every_plan(aim.model, most=_FEW_PLANS)
    if plans is not None:
        best = plans[int(np.argmax(aim.quantiles(plans)))] if len(plans) else None
        return infeasible(plain) if best is None else _answer(aim, best, aim.quantile(best))
    current = current_amounts(plain)
    allowed = current if current is not None and aim.model.allows(current) else None
    mean = Search(aim.model, felt, _MEAN, allowed).run()
    start = feasible_amounts(aim.model) if mean.plan is None else mean.plan
    if start is None:
        return infeasible(plain)
    best = _moved(aim, _searched(aim, start if allowed is None else max(start, allowed, key=aim.quantile)))
    return _answer(aim, best, min(mean.bound * aim.count / (aim.count - aim.below), _bound(aim, best)))


def _searched(aim: _Aim, best: Integers) -> Integers:
    """Take the best plan for windows of draws around the quantile, which grow narrower."""
    weights = np.full(aim.count, 1.0 / aim.count)
    for turn in range(_ROUNDS):
        weights = 0.5 * weights + 0.5 * aim.window(best, max(1, round(aim.count * (0.5 if turn == 0 else 0.25 / turn))))
        found = Search(aim.model, aim.weighed(weights), _FOCUSED, best).run()
        if found.plan is not None:
            best = max(best, found.plan, key=aim.quantile)
    return best


def _moved(aim: _Aim, plan: Integers) -> Integers:
    """Move money between two cells, large amounts first, as long as the quantile gains."""
    sizes, tries = move_sizes(aim.model.domains, plan), 0
    while sizes and tries < _TRIES:
        better = _best_move(aim, plan, sizes[0])
        tries += 1
        if better is None:
            sizes = sizes[1:]
        else:
            plan = better
    return plan


def _best_move(aim: _Aim, plan: Integers, size: int) -> Integers | None:
    slopes = aim.weighed(aim.window(plan, max(1, aim.count // 20))).gradient(plan)
    plans = promising_moves(aim.model, slopes, plan, size)
    if not len(plans):
        return None
    found, now = aim.quantiles(plans), aim.quantile(plan)
    better = [at for at in np.argsort(-found, kind="stable") if found[at] > now + 1e-9 * abs(now)]
    return next((plans[at] for at in better if aim.model.allows(plans[at])), None)


def _bound(aim: _Aim, best: Integers) -> float:
    """Bound the quantile of every plan; infinite where too many draws may be missed to branch on them."""
    if aim.below >= MOST_MISSED:
        return np.inf
    places = all_ranges(aim.model, aim.felt).places

    def best_of(weights: Array) -> tuple[float, Array]:
        felt = aim.weighed(weights)
        found = relax_felt(aim.model, felt, first_grid(felt.evaluated, places))
        if found is None:
            return np.inf, aim.totals(best[None, :])[0]
        return found.bound, aim.totals(found.amounts[None, :])[0]

    return branched_bound(best_of, aim.totals(best[None, :])[0], aim.below)


def _answer(aim: _Aim, best: Integers, bound: float) -> Result:
    assert aim.model.allows(best)
    problem, response = aim.model.problem, aim.quantile(best)
    bound = max(bound, response)
    gap, current = (bound - response) / bound if bound > 0 else 0.0, current_amounts(problem)
    focus = aim.weighed(aim.window(best, max(1, aim.count // 20)))
    return replace(
        explained(aim.model, focus, best, bound=bound),
        status="optimal" if gap <= OPTIMAL_GAP else "within_gap",
        response=response,
        current_response=None if current is None else aim.quantile(current),
        upper_bound=bound,
        gap_ratio=gap,
    )
