"""Plan for a quantile of the posterior instead of its mean: what at least so many of the draws exceed together."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from core.errors import InvalidInput
from core.planning.allocation.curves import Curves
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Integers, compile_problem
from core.planning.allocation.optimiser import answered, current_amounts, optimise
from core.planning.allocation.problem import Curve, Draws, Hill, Problem, Result
from core.planning.allocation.solving import Solution, solve_model

_ROUNDS: Final = 6


def optimise_quantile(problem: Problem) -> Result:
    """Find the plan with the largest quantile of the total response over joint draws.

    The d-th draws of all cells belong together, so cells with draws need equally many. The quantile is not a sum over cells: plans
    are the best for draws weighed around the quantile, in a few rounds, and the best of them by the quantile itself. The bound is
    proven: a response that all but k draws reach is at most D / (D - k) times the best mean.

    Raises:
        InvalidInput: no draws, or unequally many.
    """
    assert problem.risk_quantile is not None
    count = _draw_count(problem)
    mean = optimise(replace(problem, risk_quantile=None))
    if mean.status == "infeasible" or mean.upper_bound is None:
        return mean
    below = math.ceil(problem.risk_quantile * count) - 1
    best = _best_solution(replace(problem, risk_quantile=None), mean, count, below)
    model = best.region
    response = _quantile(_totals(problem, best.amounts, count), below)
    upper_bound = max(response, mean.upper_bound * count / (count - below))
    current = current_amounts(problem)
    gap = (upper_bound - response) / upper_bound if upper_bound > 0 else 0.0
    return replace(
        answered(replace(model, problem=problem), best),
        status="optimal" if gap <= 1e-4 else "within_gap",
        response=response,
        current_response=None if current is None else _quantile(_totals(problem, current, count), below),
        upper_bound=upper_bound,
        gap_ratio=gap,
    )


def _best_solution(problem: Problem, mean: Result, count: int, below: int) -> Solution:
    """Try the mean, the tail, and windows of draws around the quantile of the last plan; keep the plan with the best quantile."""
    amounts = np.array([mean.allocation[cell.id] for cell in problem.cells], dtype=np.int64)
    start = solve_model(compile_problem(problem), incumbent=amounts)
    current = current_amounts(problem)
    assert start is not None
    best, weights = start, np.full(count, 1.0 / count)
    if current is not None and compile_problem(problem).allows(current) and _beats(problem, current, best.amounts, count, below):
        best = replace(best, amounts=current)
    for turn in range(_ROUNDS):
        order = np.argsort(_totals(problem, best.amounts, count), kind="stable")
        reach = max(1, round(count * (0.5 if turn == 0 else 0.25 / turn)))
        window = order[max(0, below - reach) : below + reach + 1]
        focus = np.zeros(count)
        focus[window] = 1.0 / len(window)
        weights = 0.5 * weights + 0.5 * focus
        found = solve_model(compile_problem(_weighed(problem, weights)), incumbent=best.amounts)
        if found is not None and _beats(problem, found.amounts, best.amounts, count, below):
            best = found
    return best


def _beats(problem: Problem, one: Integers, other: Integers, count: int, below: int) -> bool:
    return _quantile(_totals(problem, one, count), below) > _quantile(_totals(problem, other, count), below)


def _quantile(totals: Array, below: int) -> float:
    return float(np.sort(totals)[below])


def _totals(problem: Problem, amounts: Integers, count: int) -> Array:
    """Give the total response of each joint draw; cells without draws count the same in all."""
    totals = np.zeros(count)
    for cell, x in zip(problem.cells, amounts, strict=True):
        curves: list[Curve] = [Hill(*draw) for draw in cell.curve.draws] if isinstance(cell.curve, Draws) else [cell.curve]
        totals += Curves(curves).values(np.full(len(curves), float(x)))
    return totals


def _weighed(problem: Problem, weights: Array) -> Problem:
    shares = tuple(float(weight) for weight in weights)
    cells = tuple(
        replace(cell, curve=replace(cell.curve, weights=shares)) if isinstance(cell.curve, Draws) else cell for cell in problem.cells
    )
    return replace(problem, cells=cells)


def _draw_count(problem: Problem) -> int:
    counts = {len(cell.curve.draws) for cell in problem.cells if isinstance(cell.curve, Draws)}
    if len(counts) != 1:
        raise InvalidInput(f"risk.quantile needs cells with draws, equally many each; there are {sorted(counts) or 'none'}.")
    return counts.pop()
