"""Whole amounts that keep a set of rules, or the proof that there are none: a small integer program without any curve."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

from core.errors import InvalidInput
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Domains, Integers, Row, domains_of, rows_of, tightened
from core.planning.allocation.parsing import MOST_MINOR
from core.planning.allocation.problem import Problem

_SECONDS = 10.0


@dataclass(frozen=True)
class Linear:
    """The linear part of a problem: domains, rows and the cap on live cells."""

    domains: Domains
    rows: tuple[Row, ...]
    max_live: int | None

    @property
    def count(self) -> int:
        return len(self.domains.low)


def linear_part(problem: Problem) -> Linear:
    """Compile the rules without the curves; a cell without any cap may take as much as every stated amount together."""
    most = min(MOST_MINOR, 1 + 2 * sum(_amounts(problem)))
    limits = np.full(len(problem.cells), most, dtype=np.int64)
    rows = rows_of(problem)
    return Linear(tightened(domains_of(problem, limits), rows), rows, problem.max_live_cells)


def whole_amounts(linear: Linear, weights: Array | None = None) -> Integers | None:
    """Give whole amounts within the rules that minimise `weights` (cells); None when there are none."""
    if _clearly_empty(linear):
        return None
    if weights is None and _clearly_fine(linear):
        return _one_row_amounts(linear)
    return _solved(linear, np.zeros(linear.count) if weights is None else weights, live_weight=0.0)


def nearest_amounts(linear: Linear, wanted: Integers) -> Integers | None:
    """Give whole amounts within the rules with the least sum of distances to those wanted; None when there are none."""
    if _clearly_empty(linear):
        return None
    count, domains = linear.count, linear.domains
    step, low, high = (part.astype(np.float64) for part in (domains.step, domains.low, domains.high))
    unit = max(1.0, float(np.abs(wanted).max(initial=1)))
    wide = [
        LinearConstraint(hstack([csr_array(rows.A), csr_array((rows.A.shape[0], count))]), rows.lb, rows.ub)
        for rows in _rows(linear, step, low, high)
    ]
    steps, none, ones = csr_array(np.diag(step / unit)), csr_array((count, count)), csr_array(np.eye(count))
    wide.append(LinearConstraint(hstack([steps, none, -ones]), -np.inf, wanted / unit))
    wide.append(LinearConstraint(hstack([steps, none, ones]), wanted / unit, np.inf))
    least = domains.least.astype(np.float64)
    found = milp(
        np.concatenate([np.zeros(2 * count), np.ones(count)]),
        integrality=np.append(np.ones(2 * count), np.zeros(count)),
        bounds=Bounds(
            np.concatenate([least / step, np.where(least > 0, 1.0, 0.0), np.zeros(count)]),
            np.concatenate([high / step, np.ones(count), np.full(count, np.inf)]),
        ),
        constraints=wide,
        options={"time_limit": 2.0},
    )
    return None if found.x is None else np.rint(found.x[:count]).astype(np.int64) * domains.step


def fewest_live(linear: Linear) -> int | None:
    """Give the least number of cells above zero that the other rules allow."""
    found = _solved(replace(linear, max_live=linear.count), np.zeros(linear.count), live_weight=1.0)
    return None if found is None else int((found > 0).sum())


def _amounts(problem: Problem) -> list[int]:
    stated = [problem.budget_minor]
    stated += [x for group in problem.groups for x in (group.min_minor, group.max_minor)]
    for cell in problem.cells:
        stated += [cell.min_minor, cell.max_minor, cell.locked_minor, cell.zero_or_at_least_minor, cell.current_minor, cell.step_minor]
    return [x for x in stated if x is not None]


def _clearly_empty(linear: Linear) -> bool:
    domains = linear.domains
    if domains.is_empty or (linear.max_live is not None and int((domains.least > 0).sum()) > linear.max_live):
        return True
    return any(
        (row.high is not None and int(domains.least[row.members].sum()) > row.high)
        or (row.low is not None and int(domains.high[row.members].sum()) < row.low)
        for row in linear.rows
    )


def _clearly_fine(linear: Linear) -> bool:
    """With at most one row, single steps and plain ranges, an interval that is not empty has a plan."""
    return len(linear.rows) <= 1 and linear.max_live is None and not linear.domains.zero.any() and bool((linear.domains.step == 1).all())


def _one_row_amounts(linear: Linear) -> Integers:
    amounts = linear.domains.low.copy()
    for row in linear.rows:
        missing = max(0, (0 if row.low is None else row.low) - int(amounts[row.members].sum()))
        for i in row.members:
            taken = min(missing, int(linear.domains.high[i] - amounts[i]))
            amounts[i] += taken
            missing -= taken
    return amounts


def _solved(linear: Linear, weights: Array, *, live_weight: float) -> Integers | None:
    """Solve with one integer a cell, counted in steps, and one binary a cell that says whether it is above zero."""
    domains, count = linear.domains, linear.count
    step, low, high = (part.astype(np.float64) for part in (domains.step, domains.low, domains.high))
    least = domains.least.astype(np.float64)
    found = milp(
        np.append(weights * step, np.full(count, live_weight)),
        integrality=np.ones(2 * count),
        bounds=Bounds(np.append(least / step, np.where(least > 0, 1.0, 0.0)), np.append(high / step, np.ones(count))),
        constraints=_rows(linear, step, low, high),
        options={"time_limit": _SECONDS},
    )
    if found.x is None:
        if found.status != 2:
            raise InvalidInput("Whether the rules can hold together could not be settled in time.", hint="Use fewer steps or live limits.")
        return None
    amounts: Integers = np.rint(found.x[:count]).astype(np.int64) * domains.step
    return amounts


def _rows(linear: Linear, step: Array, low: Array, high: Array) -> list[LinearConstraint]:
    """Lay out the totals, the link of each amount to its binary (low z <= x <= high z), and the cap on live cells."""
    count = linear.count
    totals = np.zeros((len(linear.rows), count))
    for line, row in zip(totals, linear.rows, strict=True):
        line[row.members] = step[row.members]
    least = [-np.inf if row.low is None else float(row.low) for row in linear.rows]
    most = [np.inf if row.high is None else float(row.high) for row in linear.rows]
    constraints = []
    if linear.rows:
        constraints.append(LinearConstraint(hstack([csr_array(totals), csr_array((len(totals), count))]), least, most))
    scale = 1.0 / np.maximum(high, 1.0)
    amounts, lives = csr_array(np.diag(step * scale)), csr_array(np.diag(high * scale))
    constraints.append(LinearConstraint(hstack([amounts, -lives]), -np.inf, 0.0))
    starts = linear.domains.zero & (low > 0)
    if starts.any():
        floors = csr_array(np.diag(low * scale))
        constraints.append(LinearConstraint(csr_array(hstack([amounts, -floors]))[np.flatnonzero(starts)], 0.0, np.inf))
    if linear.max_live is not None:
        constraints.append(LinearConstraint(np.append(np.zeros(count), np.ones(count))[None, :], -np.inf, float(linear.max_live)))
    return constraints
