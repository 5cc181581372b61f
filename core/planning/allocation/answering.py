"""Answers: from a problem without a risk to its solution, and from a solution to words and numbers."""

from __future__ import annotations

import numpy as np

from core.planning.allocation.explanation import binding_rules, lock_prices, next_thousand, wide_rules
from core.planning.allocation.model import Integers, Model, compile_problem
from core.planning.allocation.problem import Problem, Result
from core.planning.allocation.solving import GOOD_GAP, Solution, solve_model

OPTIMAL_GAP = 1e-4
assert GOOD_GAP <= OPTIMAL_GAP


def solved(problem: Problem) -> Solution | None:
    """Find the best plan for the mean, never below a current plan that keeps the rules; None when the rules clash."""
    model = compile_problem(problem)
    current = current_amounts(problem)
    solution = solve_model(model, incumbent=current if current is not None and model.allows(current) else None)
    if solution is not None:
        return solution
    from core.planning.allocation.conflict import feasible_amounts

    fallback = feasible_amounts(model)
    return None if fallback is None else solve_model(model, incumbent=fallback)


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
        binding=(*binding_rules(model, solution), *wide_rules(model, solution)),
        lock_prices=lock_prices(model, solution),
        next_thousand=next_thousand(model, amounts),
    )


def infeasible(problem: Problem) -> Result:
    """Say which rules clash and what would free them."""
    from core.planning.allocation.conflict import find_conflict, ways_out

    conflict = find_conflict(problem)
    rules, freeing = ((), ()) if conflict is None else (conflict.rules, conflict.freeing)
    return Result(
        status="infeasible",
        allocation={},
        budget_minor=None,
        response=None,
        current_response=_current_response(compile_problem(problem)),
        upper_bound=None,
        gap_ratio=None,
        conflict=tuple(rule.name for rule in rules),
        conflict_is_smallest=conflict is not None and conflict.smallest,
        relaxations=ways_out(problem, freeing),
    )


def _current_response(model: Model) -> float | None:
    current = current_amounts(model.problem)
    return None if current is None else model.response(current)
