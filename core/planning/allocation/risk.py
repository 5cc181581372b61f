"""Plan for a quantile of the posterior instead of its mean: what at least so many of the draws exceed together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.planning.allocation.answering import OPTIMAL_GAP, answered, current_amounts, infeasible, solved
from core.planning.allocation.enumeration import every_plan
from core.planning.allocation.hills import Array
from core.planning.allocation.joint import Joint, weighed
from core.planning.allocation.model import Domains, Integers, Model, compile_problem
from core.planning.allocation.problem import Problem, Result
from core.planning.allocation.quantile_bound import bound_quantile
from core.planning.allocation.quantile_branching import MOST_MISSED, branched_bound
from core.planning.allocation.relaxation import relax
from core.planning.allocation.solving import Solution, solve_model

_ROUNDS: Final = 5
_MOVES: Final = 300
_BOUND_ROUNDS: Final = 4
_STARTS: Final = 3
_AT_ONCE: Final = 2_000_000


@dataclass(frozen=True)
class _Aim:
    """What is maximised: the response that all draws but `below` reach, less the price of spend for a marginal target."""

    problem: Problem
    model: Model
    joint: Joint
    below: int

    def quantile(self, totals: Array) -> Array:
        """Give the quantile over draws (last axis)."""
        return np.asarray(np.partition(totals, self.below, axis=-1)[..., self.below])

    def worth(self, amounts: Integers) -> float:
        return float(self.quantile(self.joint.totals(amounts))) - self.model.spend_price * float(amounts.sum())

    def window(self, amounts: Integers, reach: int) -> Array:
        """Weigh the draws around the quantile of a plan alike, the others nothing."""
        order = np.argsort(self.joint.totals(amounts), kind="stable")[max(0, self.below - reach) : self.below + reach + 1]
        focus = np.zeros(self.joint.count)
        focus[order] = 1.0 / len(order)
        return focus


def optimise_quantile(problem: Problem, quantile: float) -> Result:
    """Find the plan with the largest quantile of the total response over joint draws.

    The d-th draws of all cells belong together, so cells with draws need equally many. The quantile is not a sum over cells: a small
    problem is answered by looking at every plan; otherwise plans are the best for draws weighed around the quantile, then improved
    by moving money between any two cells, and the bound of `quantile_bound` says how far off they can be at most.

    Raises:
        InvalidInput: no draws, or unequally many.
    """
    joint = Joint(problem)
    plain = replace(problem, risk_quantile=None)
    mean = solved(plain)
    if mean is None:
        return infeasible(plain)
    aim = _Aim(plain, compile_problem(plain), joint, math.ceil(quantile * joint.count) - 1)
    best, is_best = _looked_at_all(aim), True
    if best is None:
        best, is_best = _searched(aim, mean), False
    return _answer(aim, mean, best, is_best=is_best)


def _answer(aim: _Aim, mean: Solution, best: Integers, *, is_best: bool) -> Result:
    response = float(aim.quantile(aim.joint.totals(best)))
    bound = response if is_best else max(response, _bound(aim, mean, best))
    gap = (bound - response) / bound if bound > 0 else 0.0
    assert aim.model.allows(best)
    is_marginal = aim.problem.target is not None and aim.problem.target.is_marginal  # then the bound is that of plans which spend as much
    explained, told = _explained(aim, best)
    current = current_amounts(aim.problem)
    result = answered(replace(explained.region, problem=told), replace(explained, amounts=best))
    return replace(
        result,
        status="optimal" if gap <= OPTIMAL_GAP and (is_best or not is_marginal) else "within_gap",
        response=response,
        current_response=None if current is None else float(aim.quantile(aim.joint.totals(current))),
        upper_bound=bound,
        gap_ratio=gap,
        binding=tuple(rule for rule in result.binding if rule.rule != "budget" or aim.problem.budget_minor is not None),
        lock_prices=tuple(replace(price, proven=False) for price in result.lock_prices),
    )


def _bound(aim: _Aim, mean: Solution, best: Integers) -> float:
    """Bound the quantile of every plan within the rules (for a marginal target: of those that spend as the best does)."""
    spent, problem = int(best.sum()), aim.problem
    by_groups = bound_quantile(problem, aim.joint, mean, spent, aim.below)
    is_average = problem.target is not None and not problem.target.is_marginal  # it lets the spend vary: only the mean is bounded then
    if is_average or aim.below >= MOST_MISSED:
        return by_groups
    fixed = problem if problem.budget_minor is not None else replace(problem, target=None, budget_minor=spent)

    def best_of(weights: Array) -> tuple[float, Array]:
        relaxed = relax(compile_problem(weighed(fixed, weights)), rounds=_BOUND_ROUNDS)
        assert relaxed is not None  # there is a plan
        return relaxed.bound, aim.joint.totals(relaxed.amounts)

    return min(by_groups, branched_bound(best_of, aim.joint.totals(best), aim.below))


def _explained(aim: _Aim, best: Integers) -> tuple[Solution, Problem]:
    """Solve for the draws around the quantile, whose prices explain the plan; also give the problem that they are prices of.

    An average target is kept by the mean of all draws, and these few may miss it at any spend: then it is the plan's spend that is held.
    """
    focus, told = aim.window(best, max(1, aim.joint.count // 20)), aim.problem
    solution = solve_model(compile_problem(weighed(told, focus)), incumbent=best)
    if solution is None:
        told = replace(told, target=None, budget_minor=int(best.sum()))
        solution = solve_model(compile_problem(weighed(told, focus)), incumbent=best)
    assert solution is not None  # the plan itself keeps these rules
    return solution, told


def _looked_at_all(aim: _Aim) -> Integers | None:
    """Give the best of all plans; None where there are too many."""
    plans = every_plan(aim.model)
    if plans is None:
        return None
    worth = np.empty(len(plans))
    size = max(1, _AT_ONCE // (aim.joint.count * aim.model.count))
    for first in range(0, len(plans), size):
        part = plans[first : first + size]
        worth[first : first + size] = aim.quantile(aim.joint.totals_of(part)) - aim.model.spend_price * part.sum(axis=1)
    for at in np.argsort(-worth, kind="stable"):
        if aim.model.allows(plans[at]):
            return np.asarray(plans[at])
    return None


def _searched(aim: _Aim, mean: Solution) -> Integers:
    """Take the best for the mean, for windows of draws around the quantile, or the current plan; then move money between cells."""
    found, current = [mean.amounts], current_amounts(aim.problem)
    if current is not None and aim.model.allows(current):
        found.append(current)
    best = max(found, key=aim.worth)
    weights = np.full(aim.joint.count, 1.0 / aim.joint.count)
    for turn in range(_ROUNDS):
        reach = max(1, round(aim.joint.count * (0.5 if turn == 0 else 0.25 / turn)))
        weights = 0.5 * weights + 0.5 * aim.window(best, reach)
        plan = solve_model(compile_problem(weighed(aim.problem, weights)), incumbent=best, seconds=1.0)
        if plan is not None and aim.model.allows(plan.amounts):  # an average target is the mean's, not these draws'
            found.append(plan.amounts)
            best = max(best, plan.amounts, key=aim.worth)
    starts = {tuple(plan): plan for plan in sorted(found, key=aim.worth, reverse=True)}
    return max((_moved(aim, plan) for plan in list(starts.values())[:_STARTS]), key=aim.worth)


def _moved(aim: _Aim, amounts: Integers) -> Integers:
    """Move money from one cell to another, large amounts first, as long as the quantile gains."""
    sizes, moves = move_sizes(aim.model.domains, amounts), 0
    while sizes and moves < _MOVES:
        better = _best_move(aim, amounts, sizes[0])
        moves += 1
        if better is None:
            sizes = sizes[1:]
        else:
            amounts = better
    return amounts


def move_sizes(domains: Domains, amounts: Integers) -> list[int]:
    """Give how much to try to move: halves down from the largest amount, and what starts or empties a cell."""
    steps, least = {int(step) for step in domains.step}, int(amounts.sum()) // 20_000
    halves = [int(amounts.max()) >> power for power in range(int(amounts.max()).bit_length())]
    whole = [int(amount) for amount in (*amounts, *domains.low[domains.zero])]
    return sorted({size // step * step for size in (*halves, *whole) for step in steps if size >= max(step, least)}, reverse=True)


def _best_move(aim: _Aim, amounts: Integers, size: int) -> Integers | None:
    """Give the plan after the best single move of so much money, None where none gains; a target lets money come from and go to nowhere."""
    parts, count = aim.joint.parts(amounts), len(amounts)
    gain = aim.joint.parts(amounts + size) - parts
    loss = aim.joint.parts(np.maximum(amounts - size, 0)) - parts
    givers, takers = np.flatnonzero(amounts >= size), np.arange(count)
    if aim.problem.budget_minor is None:
        nothing = np.zeros((1, aim.joint.count))
        gain, loss = np.concatenate([gain, nothing]), np.concatenate([loss, nothing])
        givers, takers = np.append(givers, count), np.append(takers, count)
    after = aim.quantile(parts.sum(axis=0) + gain[takers][:, None] + loss[givers][None, :])
    spent = float(amounts.sum()) + size * ((takers < count)[:, None].astype(float) - (givers < count)[None, :])
    after, now = after - aim.model.spend_price * spent, aim.worth(amounts)
    after[takers[:, None] == givers[None, :]] = -np.inf
    for place in np.argsort(-after, axis=None, kind="stable")[:40]:
        taker, giver = np.unravel_index(place, after.shape)
        if after[taker, giver] <= now + 1e-9 * abs(now):
            return None
        moved = np.append(amounts, 0)
        moved[takers[taker]] += size
        moved[givers[giver]] -= size
        if aim.model.allows(moved[:count]):
            return np.asarray(moved[:count])
    return None
