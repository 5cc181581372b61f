"""Targets over time: along the best plans of all budgets, the largest that keeps a cost per response."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.planning.allocation.answering import OPTIMAL_GAP
from core.planning.allocation.feasibility import linear_part, nearest_amounts
from core.planning.allocation.felt import Felt
from core.planning.allocation.flow import QUICK, optimise_felt
from core.planning.allocation.flow_program import relax_felt
from core.planning.allocation.flow_ranges import all_ranges
from core.planning.allocation.grid import first_grid, refined_grid
from core.planning.allocation.model import compile_problem
from core.planning.allocation.optimiser import optimise
from core.planning.allocation.parsing import MOST_MINOR
from core.planning.allocation.problem import BindingRule, Problem, Result, Status, Target

_SCAN: Final = 5
_TURNS: Final = 14
_FEW_BUDGETS: Final = 32
_CLOSE, _CLOSE_MARGINAL = 1e-5, 1e-3
_BOUND_ROUNDS: Final = 4


@dataclass(frozen=True)
class _Point:
    """The best plan of a budget: its response, and what one more minor unit of budget brings."""

    budget: int
    response: float
    price: float


@dataclass(frozen=True)
class _Line:
    """The best plans of all budgets of a problem, whatever its target says."""

    problem: Problem
    felt: Felt
    target: Target

    @property
    def cap(self) -> float:
        return self.target.cost_cap_minor

    def fixed(self, budget: int) -> Problem:
        return replace(self.problem, target=None, budget_minor=budget)

    def at(self, budget: int) -> _Point | None:
        found = optimise_felt(self.fixed(budget), self.felt, price_locks=False, effort=QUICK)
        if found.response is None:
            return None
        return _Point(budget, found.response, next((rule.price for rule in found.binding if rule.rule == "budget"), 0.0))

    @property
    def most_response(self) -> float:
        """What no spend exceeds."""
        return float(np.sum(self.felt.evaluated.values(np.full(len(self.felt.curves), 1e18)))) - self.felt.without

    @property
    def reach(self) -> int:
        """The most that can be worth spending: what the most that can come of it may cost."""
        room = sum(MOST_MINOR if cell.max_minor is None else cell.max_minor for cell in self.problem.cells)
        return min(math.ceil(self.cap * self.most_response), room)

    def meets(self, point: _Point) -> bool:
        return point.budget <= self.cap * point.response * (1 + 1e-12)

    def next(self, point: _Point) -> float:
        """Give the budget at which a straight line from a point meets an average target."""
        left = 1.0 - self.cap * point.price
        return math.inf if left <= 0 else self.cap * (point.response - point.price * point.budget) / left


def optimise_felt_target(problem: Problem, felt: Felt) -> Result:
    """Find the largest response whose average (or marginal) cost keeps the target, where spend is felt in other periods too.

    The bound of an average target holds for every plan; that of a marginal one for plans that spend as much.
    """
    assert problem.target is not None
    line = _Line(problem, felt, problem.target)
    kept = _largest(line)
    if kept is None:  # no budget keeps it: the rules say why, without carry-over
        return optimise(problem)
    result = optimise_felt(line.fixed(kept.budget), felt)
    assert result.response is not None and result.upper_bound is not None
    if problem.target.is_marginal:
        return replace(result, binding=tuple(rule for rule in result.binding if rule.rule != "budget"))
    bound = max(result.response, min(_bound(line, kept.budget, result), line.most_response))
    gap = (bound - result.response) / bound if bound > 0 else 0.0
    status: Status = "optimal" if gap <= OPTIMAL_GAP else "within_gap"
    return replace(result, status=status, upper_bound=bound, gap_ratio=gap, binding=_priced(line, result))


def _largest(line: _Line) -> _Point | None:
    """Look at a few budgets from least to most; for an average target then close in on where it stops being kept."""
    least, most, unit = _ends(line)
    few = (most - least) // unit <= _FEW_BUDGETS
    places = np.append(
        np.linspace(least, most, (most - least) // unit + 1 if few else _SCAN), least + (most - least) * np.array([0.01, 0.05])
    )
    budgets = sorted({_rounded(float(place), least, unit) for place in places})
    points = [point for budget in budgets if (point := line.at(budget)) is not None]
    if line.target.is_marginal:
        return _climbed(line, points, unit, lambda point: point.response - point.budget / line.cap)
    if not any(line.meets(point) and point.budget > 0 for point in points):
        cheapest = _climbed(line, points, unit, lambda point: point.response / point.budget if point.budget > 0 else 0.0)
        points = sorted([*points, *([] if cheapest is None else [cheapest])], key=lambda point: point.budget)
    kept = [point for point in points if line.meets(point)]
    beyond = [point for point in points if kept and point.budget > kept[-1].budget]
    return _closed_in(line, kept[-1], beyond[0], (least, unit)) if beyond else kept[-1] if kept else None


def _climbed(line: _Line, points: list[_Point], unit: int, worth: Callable[[_Point], float]) -> _Point | None:
    """Go on from the best of some budgets, halving the way to its neighbours."""
    if not points:
        return None
    best = max(points, key=worth)
    at = points.index(best)
    reach = max(points[min(at + 1, len(points) - 1)].budget - best.budget, best.budget - points[max(at - 1, 0)].budget)
    while reach >= max(unit, _CLOSE_MARGINAL * best.budget):
        reach = reach // 2 // unit * unit
        sides = [line.at(best.budget + side) for side in (-reach, reach) if reach > 0 and points[0].budget <= best.budget + side]
        best = max([best, *(point for point in sides if point is not None)], key=worth)
        if reach <= unit:
            break
    return best


def _closed_in(line: _Line, low: _Point, high: _Point, lattice: tuple[int, int]) -> _Point:
    """Close in on the largest budget that keeps an average target, between one that does and one that does not."""
    (least, unit), point, top = lattice, high, high.budget
    for _ in range(_TURNS):
        if top - low.budget <= max(unit, _CLOSE * top):
            break
        wanted = line.next(point)
        inside = low.budget + unit <= wanted <= top - unit
        found = line.at(_rounded(wanted if inside else (low.budget + top) / 2, least, unit))
        if found is None or found.budget in (low.budget, top):
            break
        if line.meets(found):
            low = found
        else:
            top = found.budget
        point = found
    return low


def _ends(line: _Line) -> tuple[int, int, int]:
    """Give the least and the most that may be spent, and the step between budgets."""
    plain = replace(line.problem, target=None, budget_minor=None)
    reach = line.reach
    steps = np.array([1 if cell.locked_minor is not None else cell.step_minor for cell in plain.cells])
    rules = linear_part(plain)
    least = nearest_amounts(rules, np.zeros(len(plain.cells), dtype=np.int64))
    tops = np.array([reach if cell.max_minor is None else min(reach, cell.max_minor) for cell in plain.cells], dtype=np.int64)
    most = nearest_amounts(rules, tops)
    unit = int(np.lcm.reduce(steps))
    if least is None or most is None:
        return 0, 0, unit
    return int(least.sum()), max(int(least.sum()), min(int(most.sum()), reach)), unit


def _rounded(budget: float, least: int, unit: int) -> int:
    return least + round((budget - least) / unit) * unit


def _bound(line: _Line, budget: int, result: Result) -> float:
    """Bound the response of every plan that keeps an average target.

    By the prices at one budget no plan brings more than bound + price x (its spend - budget), and its spend is at most cap x response.
    """
    wide = compile_problem(line.fixed(max(line.reach, budget)))  # a plan may spend more than this one
    rows = tuple(replace(row, low=budget, high=budget) if row.name == "budget" else row for row in wide.rows)
    model, places = replace(wide, rows=rows), all_ranges(wide, line.felt).places
    amounts = np.array(list(result.allocation.values()), dtype=np.float64)
    grid, best = first_grid(line.felt.evaluated, places), math.inf
    for _ in range(_BOUND_ROUNDS):
        found = relax_felt(model, line.felt, grid)
        if found is None or found.prices is None:
            break
        at = next(i for i, row in enumerate(model.rows) if row.name == "budget")
        price = float(found.prices.upper[at] - found.prices.lower[at])
        if price * line.cap < 1.0:
            best = min(best, (found.bound - price * budget) / (1.0 - price * line.cap))
        around = np.stack([line.felt.matrix @ each + line.felt.offset for each in (found.amounts, amounts)], axis=1)
        grid = refined_grid(grid, line.felt.evaluated, places, np.clip(around, grid.x[:, :1], grid.x[:, -1:]))
    return best


def _priced(line: _Line, result: Result) -> tuple[BindingRule, ...]:
    """Give prices where the spend follows the target: what a rule's slack brings pays for more spend, which brings more.

    What a limit over all cells costs in all is that of plans which spend as much, so at least that.
    """
    price = next((rule.price for rule in result.binding if rule.rule == "budget"), 0.0)
    left = 1.0 - line.cap * price
    if left <= 0:
        return ()
    others = [
        replace(rule, price=rule.price / left, proven=rule.proven and rule.cost_response is None)
        for rule in result.binding
        if rule.rule != "budget"
    ]
    found = [BindingRule("target", price / left), *others]
    return tuple(sorted(found, key=lambda rule: (rule.cost_response is not None, -abs(rule.price))))
