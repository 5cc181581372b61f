"""The allocator: from a problem to its answer, explained."""

from __future__ import annotations

import numpy as np

from core.planning.allocation.explanation import binding_rules, lock_prices, next_thousand
from core.planning.allocation.model import Integers, Model, compile_problem
from core.planning.allocation.problem import Problem, Result
from core.planning.allocation.solving import GOOD_GAP, Solution, solve_model

OPTIMAL_GAP = 1e-4
assert GOOD_GAP <= OPTIMAL_GAP


def optimise(problem: Problem) -> Result:
    """Divide a budget, or plan for a target, with a proven bound.

    The plan sums to the budget and keeps every rule exactly, and never predicts less than the current amounts where these keep the rules.
    A target plans for the largest response whose cost stays within it; for the marginal kinds that is where one more response would cost
    more than the value, judged over whole stretches of an S-shaped curve (a line that cannot earn its start gets nothing).

    Raises:
        Endless: the problem has no end (a target that no spend misses); an InvalidInput.
    """
    if problem.risk_quantile is not None:
        from core.planning.allocation.risk import optimise_quantile

        return optimise_quantile(problem)
    model = compile_problem(problem)
    current = current_amounts(problem)
    solution = solve_model(model, incumbent=current if current is not None and model.allows(current) else None)
    if solution is None:
        from core.planning.allocation.conflict import feasible_amounts

        fallback = feasible_amounts(model)
        if fallback is None:
            return infeasible(problem, model)
        solution = solve_model(model, incumbent=fallback)
        assert solution is not None
    return answered(model, solution)


def current_amounts(problem: Problem) -> Integers | None:
    """Give the current amounts, None where a cell has none."""
    amounts = [cell.current_minor for cell in problem.cells]
    return None if None in amounts else np.array(amounts, dtype=np.int64)


def answered(model: Model, solution: Solution) -> Result:
    """Put a solution into words and numbers."""
    problem, amounts = model.problem, solution.amounts
    response = model.response(amounts)
    upper_bound = response + max(0.0, solution.bound - solution.objective)
    gap = 0.0 if upper_bound <= response else (upper_bound - response) / abs(upper_bound)
    return Result(
        status="optimal" if gap <= OPTIMAL_GAP else "within_gap",
        allocation={cell.id: int(x) for cell, x in zip(problem.cells, amounts, strict=True)},
        budget_minor=int(amounts.sum()),
        response=response,
        current_response=_current_response(model),
        upper_bound=upper_bound,
        gap_ratio=gap,
        binding=binding_rules(model, solution),
        lock_prices=lock_prices(model, solution),
        next_thousand=next_thousand(model, amounts),
    )


def infeasible(problem: Problem, model: Model) -> Result:
    """Say which rules clash and what would free them."""
    from core.planning.allocation.conflict import find_conflict, ways_out

    conflict = find_conflict(problem)
    rules, freeing = ((), ()) if conflict is None else (conflict.rules, conflict.freeing)
    return Result(
        status="infeasible",
        allocation={},
        budget_minor=None,
        response=None,
        current_response=_current_response(model),
        upper_bound=None,
        gap_ratio=None,
        conflict=tuple(rule.name for rule in rules),
        conflict_is_smallest=conflict is not None and conflict.smallest,
        relaxations=ways_out(problem, freeing),
    )


def _current_response(model: Model) -> float | None:
    current = current_amounts(model.problem)
    return None if current is None else model.response(current)
