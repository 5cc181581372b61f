"""The allocator: from a problem to its answer, explained."""

from __future__ import annotations

from core.planning.allocation.answering import answered, infeasible, solved
from core.planning.allocation.model import compile_problem
from core.planning.allocation.problem import Problem, Result


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

        return optimise_quantile(problem, problem.risk_quantile)
    solution = solved(problem)
    return infeasible(problem) if solution is None else answered(compile_problem(problem), solution)
