"""Why a plan is what it is: the rules that hold it back and their prices, what each lock costs, what the next 1,000 would add."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

import numpy as np

from core.model.money import minor_exponent
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Domains, Endless, Integers, Model, change_limits, compile_problem
from core.planning.allocation.problem import BindingRule, Cell, LockPrice, NextThousand, Problem
from core.planning.allocation.relaxation import cell_prices, net_values, relax, response_worth
from core.planning.allocation.solving import GOOD_GAP, Solution, solve_model

_NOISE: Final = 1e-7
"""Prices below this share of the steepest slope in use are rounding, not reasons."""
_NEAR: Final = 1e-3
"""Of the spend: how far around the plan its prices are taken."""
CLOSE_STEPS: Final = 8
"""Steps that rounding may leave a cell from a bound it is pressed against."""
_LOCK_SECONDS: Final = 0.5
"""Each lock asks for a plan without it; after this long the rest are priced from the slopes."""
_RULE_SECONDS: Final = 0.5
"""For a plan without the limit on live cells, and for one without that on change."""


def binding_rules(model: Model, solution: Solution) -> tuple[BindingRule, ...]:
    """Name the rules that bind, dearest first, with what they cost around the plan itself.

    Rules of choice (step, zero_or_at_least) have no price per unit and are not listed.
    """
    solution = _priced_around(model, solution)
    prices, rules = solution.prices, []
    for row, upper, lower in zip(model.rows, prices.upper, prices.lower, strict=True):
        if row.name == "budget":
            rules.append(BindingRule("budget", float(upper - lower)))
        else:
            rules += [BindingRule(f"{row.name}:{side}", float(price)) for side, price in (("max", upper), ("min", lower)) if price > 0]
    if prices.cost > 0:
        rules.append(BindingRule("target", float(prices.cost)))
    for i, cell in enumerate(model.problem.cells):
        rules += cell_rules(cell, *_pull(model, solution, i), close=CLOSE_STEPS * int(model.domains.step[i]))
    largest = max((abs(rule.price) for rule in rules), default=0.0)
    kept = [rule for rule in rules if abs(rule.price) > _NOISE * largest]
    return tuple(sorted(kept, key=lambda rule: -abs(rule.price)))


def _priced_around(model: Model, solution: Solution) -> Solution:
    """Give the solution with the prices that hold near it: those that prove a bound are slopes of envelopes where a curve is S-shaped."""
    around = window(model, solution.amounts)
    relaxed = relax(replace(around, max_live=None))
    return solution if relaxed is None else replace(solution, prices=relaxed.prices)


def window(model: Model, amounts: Integers) -> Model:
    """Hold each cell near where it stands, within a thousandth of the spend, at least a step; one at 0 below a threshold stays there."""
    domains = model.domains
    reach = np.maximum(int(_NEAR * int(amounts.sum())) // domains.step, 1) * domains.step
    stopped = domains.zero & (amounts == 0)
    low = np.where(stopped, 0, np.maximum(domains.low, amounts - reach))
    implied = np.array([_is_implied(model, cell, int(high)) for cell, high in zip(model.problem.cells, domains.high, strict=True)])
    high = np.where(stopped, 0, np.where(implied, amounts + reach, np.minimum(domains.high, amounts + reach)))
    return model.with_domains(Domains(low, high, domains.step, np.zeros_like(domains.zero)))


def _is_implied(model: Model, cell: Cell, high: int) -> bool:
    """Tell whether a cell's most follows from the totals only, so that with more of those it could be more."""
    own = cell.locked_minor is not None or (cell.max_minor is not None and cell.max_minor <= high)
    return not own and model.problem.max_change_ratio is None


def lock_prices(model: Model, solution: Solution) -> tuple[LockPrice, ...]:
    """Price each lock against the best plan without it (a fresh plan each while time allows, otherwise a bound from the prices)."""
    deadline = time.thread_time() + _LOCK_SECONDS
    locked = [i for i, cell in enumerate(model.problem.cells) if cell.locked_minor is not None]
    return tuple(price for i in locked if (price := _lock_price(model, solution, i, deadline)) is not None)


def wide_rules(model: Model, solution: Solution) -> tuple[BindingRule, ...]:
    """Price the rules over all cells, a limit on live cells and one on change, against the best plan without each."""
    found = []
    for rule in touched(model, solution.amounts):
        try:
            free = solve_model(freed(model, rule), incumbent=solution.amounts, seconds=_RULE_SECONDS)
        except Endless:  # without the rule a target has no end, and the rule no price
            continue
        gain = 0.0 if free is None else free.objective - solution.objective
        if free is not None and gain > _NOISE * abs(solution.objective):
            proven = free.bound - free.objective <= GOOD_GAP * abs(free.bound)
            found.append(wide_rule(model.problem, rule, gain, free.amounts, proven=proven))
    return tuple(found)


def touched(model: Model, amounts: Integers) -> tuple[str, ...]:
    """Name the rules over all cells that a plan stands at: with less of them it might move."""
    problem, rules = model.problem, []
    if problem.max_live_cells is not None and int((amounts > 0).sum()) >= problem.max_live_cells:
        rules.append("max_live_cells")
    if problem.max_change_ratio is not None and any(_is_at_limit(model, i, int(x)) for i, x in enumerate(amounts)):
        rules.append("max_change_ratio")
    return tuple(rules)


def _is_at_limit(model: Model, i: int, x: int) -> bool:
    cell, ratio = model.problem.cells[i], model.problem.max_change_ratio
    if ratio is None or cell.current_minor is None or cell.locked_minor is not None:
        return False
    least, most = change_limits(cell.current_minor, ratio)
    close = CLOSE_STEPS * cell.step_minor
    return x >= most - close or x <= least + close


def freed(model: Model, rule: str) -> Model:
    """Give the problem without a rule over all cells."""
    live = None if rule == "max_live_cells" else model.problem.max_live_cells
    change = None if rule == "max_change_ratio" else model.problem.max_change_ratio
    return compile_problem(replace(model.problem, max_live_cells=live, max_change_ratio=change), model.curves)


def wide_rule(problem: Problem, rule: str, gain: float, amounts: Integers, *, proven: bool) -> BindingRule:
    """Put what a rule costs over how far the plan without it goes beyond it: further live cells, or minor units moved further."""
    if rule == "max_live_cells":
        beyond = int((amounts > 0).sum()) - (problem.max_live_cells or 0)
    else:
        beyond = sum(_beyond(cell, int(x), problem.max_change_ratio or 0.0) for cell, x in zip(problem.cells, amounts, strict=True))
    return BindingRule(rule, gain / max(beyond, 1), gain, proven)


def _beyond(cell: Cell, x: int, ratio: float) -> int:
    """Give the minor units by which a cell would move too far."""
    if cell.current_minor is None:
        return 0
    least, most = change_limits(cell.current_minor, ratio)
    return max(least - x, x - most, 0)


def next_thousand(model: Model, amounts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[NextThousand, ...]:
    """Give what 1,000 major units more would add on each line, rules aside."""
    more = 1000 * 10 ** minor_exponent(model.problem.currency)
    x = amounts.astype(np.float64)
    gains = model.curves.values(x + more) - model.curves.values(x)
    return tuple(NextThousand(cell.id, float(gain)) for cell, gain in zip(model.problem.cells, gains, strict=True))


def _pull(model: Model, solution: Solution, i: int) -> tuple[int, float]:
    """Give a cell's amount and how much the next unit there would add beyond what it costs at the going prices."""
    gain = response_worth(model, solution.prices) * _slope(model, solution, i)
    return int(solution.amounts[i]), gain - float(cell_prices(model, solution.prices)[i])


def _slope(model: Model, solution: Solution, i: int) -> float:
    """Give the cell's slope over one step: ahead, or behind where it stands at its most."""
    amounts = solution.amounts.astype(np.float64)
    step = float(model.domains.step[i])
    other = amounts.copy()
    other[i] = amounts[i] + step if amounts[i] == 0 else amounts[i] - step
    values: Array = model.curves.values(np.stack([amounts, other], axis=1))[i]
    return float((values[0] - values[1]) / (amounts[i] - other[i]))


def cell_rules(cell: Cell, x: int, pull: float, *, close: int) -> list[BindingRule]:
    """Name the bound that a cell is pressed against; what rounding left over may keep it some steps from it."""
    if cell.locked_minor is not None:
        return []
    if pull > 0 and cell.max_minor is not None and x >= cell.max_minor - close:
        return [BindingRule(f"cell:{cell.id}:max", pull)]
    if pull < 0 and cell.min_minor is not None and cell.min_minor > 0 and x <= cell.min_minor + close:
        return [BindingRule(f"cell:{cell.id}:min", -pull)]
    return []


def _lock_price(model: Model, solution: Solution, i: int, deadline: float) -> LockPrice | None:
    cell = model.problem.cells[i]
    cells = tuple(replace(c, locked_minor=None) if c.id == cell.id else c for c in model.problem.cells)
    try:
        unlocked = compile_problem(replace(model.problem, cells=cells), model.curves)
    except Endless:  # without the lock a target has no end, and the lock no price
        return None
    left = deadline - time.thread_time()
    if left > 0 and (free := solve_model(unlocked, incumbent=solution.amounts, seconds=min(left, 1.0))) is not None:
        return LockPrice(cell.id, max(0.0, free.objective - solution.objective))
    return LockPrice(cell.id, _price_bound(unlocked, solution, i), proven=False)


def _price_bound(unlocked: Model, solution: Solution, i: int) -> float:
    """Bound what freeing one cell can add by the best it could do at the going prices."""
    prices, amounts = solution.prices, solution.amounts.astype(np.float64)
    low, high = float(unlocked.domains.least[i]), float(unlocked.domains.high[i])
    x = np.repeat(amounts[:, None], 200, axis=1)
    x[i] = np.append(np.linspace(low, high, 199), amounts[i])
    net = net_values(unlocked, x, unlocked.curves.values(x), prices)[i]
    return float(max(0.0, net.max() - net[-1]))
