"""Small random allocation problems with every kind of curve and rule, and their exact answers by enumeration."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np

from core.planning.allocation.problem import Cell, Curve, Draws, Group, Hill, Log, Logistic, Points, Power, Problem, Target


def response_at(curve: Curve, x: int) -> float:
    """Evaluate a curve the slow, plain way: the definition itself, apart from the code under test."""
    match curve:
        case Hill(scale, half, shape):
            return scale * x**shape / (half**shape + x**shape)
        case Log(scale, unit):
            return scale * math.log(1 + x / unit)
        case Power(scale, unit, exponent):
            return scale * (x / unit) ** exponent
        case Logistic(scale, rate):
            return scale * (1 - math.exp(-rate * x)) / (1 + math.exp(-rate * x))
        case Points(points):
            return float(np.interp(x, [p[0] for p in points], [p[1] for p in points]))
        case Draws(draws):
            return sum(s * x**n / (h**n + x**n) for s, h, n in draws) / len(draws)


def random_curve(rng: np.random.Generator, budget: int, scale: float) -> Curve:
    size = float(scale * rng.uniform(0.2, 2))
    half = float(budget * rng.uniform(0.1, 0.8))
    match rng.integers(7):
        case 0:
            return Hill(size, half, float(rng.uniform(0.3, 1)))
        case 1 | 2:
            return Hill(size, half, float(rng.uniform(1, 6)))
        case 3:
            return Log(size, half)
        case 4:
            return Power(size, half, float(rng.choice([0.3, 0.7, 1.0])))
        case 5:
            return Logistic(size, float(2 / half))
        case _:
            if rng.random() < 0.5:
                return Draws(
                    tuple(
                        (size * float(rng.uniform(0.5, 1.5)), half * float(rng.uniform(0.5, 2)), float(rng.uniform(0.5, 4)))
                        for _ in range(5)
                    )
                )
            xs = np.sort(rng.choice(np.arange(1, budget * 2), size=3, replace=False))
            return Points(((0.0, 0.0), *((float(x), float(y)) for x, y in zip(xs, np.sort(rng.uniform(0, size, 3)), strict=True))))


def random_problem(seed: int) -> Problem:
    """Give a problem of at most four cells whose plans can all be enumerated."""
    rng = np.random.default_rng(seed)
    count, units = int(rng.integers(1, 5)), int(rng.integers(2, 13))
    step = int(rng.choice([1, 1, 1, 50, 10_000]))
    budget, scale = units * step, float(10.0 ** rng.integers(-6, 7))
    cells = tuple(_cell(rng, i, budget, step, scale) for i in range(count))
    groups = tuple(_group(rng, g, cells, budget, step) for g in range(int(rng.integers(0, 4))))
    maybe = rng.random(3)
    return Problem(
        currency="EUR",
        cells=cells,
        budget_minor=budget,
        groups=groups,
        max_live_cells=int(rng.integers(1, count + 1)) if maybe[0] < 0.25 else None,
        max_change_ratio=float(rng.choice([0.2, 0.5, 1.0])) if maybe[1] < 0.15 else None,
    )


def with_risk(problem: Problem, seed: int) -> Problem:
    """Give the cells joint draws and ask for a quantile of their sum; about one cell in five stays certain."""
    rng = np.random.default_rng(seed)
    assert problem.budget_minor is not None
    count = int(rng.choice([5, 8, 20]))

    def posterior() -> Draws:
        size, half = rng.uniform(0.2, 2), problem.budget_minor * rng.uniform(0.1, 0.8)
        columns = size * rng.lognormal(0, 0.6, count), half * rng.lognormal(0, 0.4, count), rng.uniform(0.5, 3, count)
        return Draws(tuple((float(a), float(b), float(c)) for a, b, c in zip(*columns, strict=True)))

    certain = Hill(1.0, problem.budget_minor * 0.3, 0.8)
    cells = tuple(replace(cell, curve=posterior() if i == 0 or rng.random() < 0.8 else certain) for i, cell in enumerate(problem.cells))
    return replace(problem, cells=cells, risk_quantile=float(rng.choice([0.05, 0.1, 0.25, 0.5, 0.8])))


def quantile_response(problem: Problem, plan: tuple[int, ...]) -> float:
    """Give what all joint draws but the share of the quantile reach."""
    assert problem.risk_quantile is not None
    count = next(len(cell.curve.draws) for cell in problem.cells if isinstance(cell.curve, Draws))
    totals = [0.0] * count
    for cell, x in zip(problem.cells, plan, strict=True):
        for number in range(count):
            totals[number] += response_at(Hill(*cell.curve.draws[number]) if isinstance(cell.curve, Draws) else cell.curve, x)
    return sorted(totals)[math.ceil(problem.risk_quantile * count) - 1]


def with_target(problem: Problem, seed: int) -> Problem:
    """Trade the budget for an average cost target, with every cell capped so that plans can still be enumerated."""
    rng = np.random.default_rng(seed)
    assert problem.budget_minor is not None
    cells = tuple(replace(cell, max_minor=problem.budget_minor if cell.max_minor is None else cell.max_minor) for cell in problem.cells)
    best = sum(response_at(cell.curve, problem.budget_minor) for cell in cells)
    value = problem.budget_minor / best * float(rng.uniform(0.2, 3)) if best > 0 else 1.0
    return replace(problem, cells=cells, budget_minor=None, target=Target("cpa", value))


def plans(problem: Problem, *, most: int | None = None, step: int | None = None) -> list[tuple[int, ...]]:
    """Enumerate every plan on the common step within all rules, by the rules' own words.

    Args:
        most: look no higher than this in any cell; by default the budget or the largest cap.
    """
    step = math.gcd(*(cell.step_minor for cell in problem.cells), *_amounts(problem)) if step is None else step
    if most is None:
        most = problem.budget_minor if problem.budget_minor is not None else max(cell.max_minor or 0 for cell in problem.cells)
    choices = [[x for x in range(0, most + 1, step) if _cell_allows(problem, cell, x)] for cell in problem.cells]
    return [plan for plan in itertools.product(*choices) if _allows(problem, plan)]


def total_response(problem: Problem, plan: tuple[int, ...]) -> float:
    return math.fsum(response_at(cell.curve, x) for cell, x in zip(problem.cells, plan, strict=True))


def _amounts(problem: Problem) -> list[int]:
    """Give the amounts whose common divisor is the finest grid a plan can need (all rules of random_problem are on one grid)."""
    stated = [problem.budget_minor or 0]
    for cell in problem.cells:
        stated += [x or 0 for x in (cell.min_minor, cell.max_minor, cell.locked_minor, cell.zero_or_at_least_minor)]
    return stated


def _cell_allows(problem: Problem, cell: Cell, x: int) -> bool:
    within = (cell.min_minor is None or x >= cell.min_minor) and (cell.max_minor is None or x <= cell.max_minor)
    locked = cell.locked_minor is None or x == cell.locked_minor
    threshold = cell.zero_or_at_least_minor is None or x == 0 or x >= cell.zero_or_at_least_minor
    change = True
    if problem.max_change_ratio is not None and cell.current_minor is not None:
        change = abs(x - cell.current_minor) <= problem.max_change_ratio * cell.current_minor + 1e-9
    return within and locked and threshold and change and x % cell.step_minor == 0


def _allows(problem: Problem, plan: tuple[int, ...]) -> bool:
    amounts = {cell.id: x for cell, x in zip(problem.cells, plan, strict=True)}
    for group in problem.groups:
        total = sum(amounts[cell] for cell in group.cells)
        if (group.min_minor is not None and total < group.min_minor) or (group.max_minor is not None and total > group.max_minor):
            return False
    if problem.max_live_cells is not None and sum(x > 0 for x in plan) > problem.max_live_cells:
        return False
    if problem.target is not None and sum(plan) > problem.target.value * total_response(problem, plan) * (1 + 1e-12):
        return False
    return problem.budget_minor is None or sum(plan) == problem.budget_minor


def _cell(rng: np.random.Generator, i: int, budget: int, step: int, scale: float) -> Cell:
    units, maybe = budget // step, rng.random(6)
    low = int(rng.integers(0, units // 2 + 1)) * step if maybe[0] < 0.2 else None
    return Cell(
        id=f"c{i}",
        curve=random_curve(rng, budget, scale),
        current_minor=int(rng.integers(0, units + 1)) * step if maybe[1] < 0.8 else None,
        min_minor=low,
        max_minor=int(rng.integers(units // 3, units + 1)) * step if maybe[2] < 0.3 else None,
        locked_minor=int(rng.integers(0, units + 1)) * step if maybe[3] < 0.1 else None,
        zero_or_at_least_minor=int(rng.integers(1, units + 1)) * step if maybe[4] < 0.2 else None,
        step_minor=step * int(rng.integers(1, 4)) if maybe[5] < 0.2 else step,
    )


def _group(rng: np.random.Generator, g: int, cells: tuple[Cell, ...], budget: int, step: int) -> Group:
    chosen = tuple(cell.id for cell in cells if rng.random() < 0.6)
    units = budget // step
    low = int(rng.integers(0, units // 2 + 1)) * step if rng.random() < 0.4 else None
    high = int(rng.integers(units // 3, units + 1)) * step if rng.random() < 0.6 else None
    return Group(f"g{g}", chosen, low, high)
