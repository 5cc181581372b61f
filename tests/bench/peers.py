"""How two other tools divide a budget, as their sources do it, for figures beside ours.

`slsqp` calls scipy as PyMC-Marketing 0.19's BudgetOptimizer does (money unscaled, uniform start, ftol 1e-9, maxiter 1000, analytic
gradient), but on closed-form curves instead of a posterior graph: a lower bound of its time. `greedy` is Meridian 1.8's grid search
(`OptimizationGrid._grid_search`) ported: from the lower bounds it takes again and again the jump with the best average return, and
stops at the first jump that overshoots the budget.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from core.planning.allocation.curves import Curves
from core.planning.allocation.problem import Problem

Array = NDArray[np.float64]

_MINOR = 100.0  # the peers count in major units


def slsqp(problem: Problem) -> tuple[Array, bool]:
    """Give amounts in minor units (real numbers) and whether SLSQP says it converged. The budget, groups and bounds hold."""
    assert problem.budget_minor is not None
    curves, count, budget = Curves([cell.curve for cell in problem.cells]), len(problem.cells), problem.budget_minor / _MINOR
    position = {cell.id: i for i, cell in enumerate(problem.cells)}
    constraints = [{"type": "eq", "fun": lambda x: x.sum() - budget, "jac": lambda x: np.ones(count)}]
    for group in problem.groups:
        line = np.zeros(count)
        line[[position[cell] for cell in group.cells]] = 1.0
        for sign, limit in ((1.0, group.min_minor), (-1.0, group.max_minor)):
            if limit is not None:
                constraints.append(_inequality(sign * line, sign * limit / _MINOR))
    found = minimize(
        lambda x: -float(np.sum(curves.values(np.maximum(x, 0.0) * _MINOR))),
        np.full(count, budget / count),
        jac=lambda x: -np.minimum(curves.slopes(np.maximum(x, 1e-6) * _MINOR), 1e9) * _MINOR,
        bounds=[(0.0, budget)] * count,
        constraints=constraints,
        method="SLSQP",
        options={"ftol": 1e-9, "maxiter": 1000},
    )
    return found.x * _MINOR, bool(found.success)


def greedy(problem: Problem, *, points: int = 1000) -> Array:
    """Give amounts in minor units on a grid of budget / `points`; the rest of the budget stays unspent, as there."""
    assert problem.budget_minor is not None
    curves, count = Curves([cell.curve for cell in problem.cells]), len(problem.cells)
    step = problem.budget_minor / points
    spend = np.tile(np.arange(points + 1) * step, (count, 1))
    outcome = curves.values(spend)
    place, left = np.zeros(count, dtype=np.int64), problem.budget_minor
    while left > 0:
        ahead = spend - spend[np.arange(count), place][:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(ahead > 0, (outcome - outcome[np.arange(count), place][:, None]) / ahead, -np.inf)
        channel, to = np.unravel_index(int(np.argmax(rate)), rate.shape)
        cost = ahead[channel, to]
        if not np.isfinite(rate[channel, to]) or rate[channel, to] <= 0 or cost > left + 1e-9:
            break
        place[channel], left = to, left - cost
    return spend[np.arange(count), place]


def _inequality(line: Array, limit: float) -> dict[str, object]:
    return {"type": "ineq", "fun": lambda x: float(line @ x) - limit, "jac": lambda x: line}
