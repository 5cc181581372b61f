"""Budgets over time: what a line spends in one period is felt in others too, so that its cells cannot be valued one by one.

The response is a sum of curves, each of a linear map of the spends: concave where the curves are. It is solved as a linear program over
envelope segments of what each place feels, refined around its answer; the prices of that program give a bound by weak duality that
is computed from the curves themselves. Branch and bound (`flow_search`) closes what S-shaped curves and choices leave open.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

import numpy as np

from core.errors import InvalidInput
from core.model.money import minor_exponent
from core.planning.allocation.answering import OPTIMAL_GAP, current_amounts, infeasible
from core.planning.allocation.conflict import feasible_amounts
from core.planning.allocation.enumeration import every_plan
from core.planning.allocation.explanation import CLOSE_STEPS, cell_rules, freed, touched, wide_rule, window
from core.planning.allocation.felt import Felt
from core.planning.allocation.flow_plans import moved
from core.planning.allocation.flow_program import relax_felt
from core.planning.allocation.flow_ranges import all_ranges
from core.planning.allocation.flow_search import Effort, Found, Search
from core.planning.allocation.grid import first_grid
from core.planning.allocation.model import Integers, Model, compile_problem
from core.planning.allocation.problem import BindingRule, LockPrice, NextThousand, Problem, Result

_LOCK_SECONDS: Final = 1.0
_FREED: Final = 1e-5  # of the response, from which a plan without a rule is better by more than the search leaves open
_FEW_PLANS: Final = 3_000

THOROUGH: Final = Effort(600_000, gap=9e-5, soon=9e-4)
QUICK: Final = Effort(150_000, gap=5e-4, soon=1e-3)
_PRICING: Final = Effort(20_000, gap=1e-3, soon=2e-3)


def optimise_felt(problem: Problem, felt: Felt, *, price_locks: bool = True, effort: Effort = THOROUGH) -> Result:
    """Divide a budget over time; the curves of the cells themselves are not looked at.

    Raises:
        InvalidInput: a target or a risk, which carry-over is not defined for here.
    """
    if problem.budget_minor is None or problem.risk_quantile is not None:
        raise InvalidInput(
            "With carry-over a budget is divided for the expected outcome.", hint="Leave carry-over, the target or the risk out."
        )
    model = compile_problem(problem)
    found = _best(model, felt, effort)
    if found is None:
        return infeasible(problem)
    amounts, solved = found
    result = explained(model, felt, amounts, bound=solved.bound)
    if not price_locks:
        return result
    wide = _wide_rules(model, felt, amounts)
    return replace(result, binding=(*result.binding, *wide), lock_prices=_lock_prices(model, felt, felt.response(amounts)))


def explained(model: Model, felt: Felt, amounts: Integers, *, bound: float) -> Result:
    """Put a plan and a bound on every plan into words and numbers; limits over all cells and locks are not priced."""
    response, current = felt.response(amounts), current_amounts(model.problem)
    bound = max(bound, response)
    gap = (bound - response) / bound if bound > 0 else 0.0
    return Result(
        status="optimal" if gap <= OPTIMAL_GAP else "within_gap",
        allocation={cell.id: int(x) for cell, x in zip(model.problem.cells, amounts, strict=True)},
        budget_minor=int(amounts.sum()),
        response=response,
        current_response=None if current is None else felt.response(current),
        upper_bound=bound,
        gap_ratio=gap,
        binding=_binding(model, felt, amounts),
        next_thousand=_next_thousand(model.problem, felt, amounts),
    )


def _best(model: Model, felt: Felt, effort: Effort) -> tuple[Integers, Found] | None:
    """Give the best plan found and the search's bound; few plans are all looked at. None where the rules clash."""
    plans = every_plan(model, most=_FEW_PLANS)
    if plans is not None and not len(plans):
        return None
    if plans is not None:
        best = plans[int(np.argmax(felt.responses(plans)))]
        return best, Found(best, felt.response(best))
    current = current_amounts(model.problem)
    found = Search(model, felt, effort, current if current is not None and model.allows(current) else None).run()
    plan = feasible_amounts(model) if found.plan is None else found.plan
    return None if plan is None else (moved(model, felt, plan), found)


def _binding(model: Model, felt: Felt, amounts: Integers) -> tuple[BindingRule, ...]:
    """Name the rules that bind with the price of one more unit, dearest first."""
    around = window(model, amounts)
    near = relax_felt(around, felt, first_grid(felt.evaluated, all_ranges(around, felt).places))
    prices = None if near is None else near.prices
    if prices is None:
        return ()
    slopes, rules = felt.gradient(amounts), []
    for row, upper, lower in zip(model.rows, prices.upper, prices.lower, strict=True):
        if row.name == "budget":
            rules.append(BindingRule("budget", float(upper - lower)))
        else:
            rules += [BindingRule(f"{row.name}:{side}", float(price)) for side, price in (("max", upper), ("min", lower)) if price > 0]
    for i, (cell, pull) in enumerate(zip(model.problem.cells, slopes - prices.charged(model), strict=True)):
        rules += cell_rules(cell, int(amounts[i]), float(pull), close=CLOSE_STEPS * int(model.domains.step[i]))
    largest = max((abs(rule.price) for rule in rules), default=0.0)
    return tuple(sorted((rule for rule in rules if abs(rule.price) > 1e-5 * largest), key=lambda rule: -abs(rule.price)))


def _wide_rules(model: Model, felt: Felt, amounts: Integers) -> tuple[BindingRule, ...]:
    """Price the limits on live cells and on change by a plan without each."""
    response, found = felt.response(amounts), []
    for rule in touched(model, amounts):
        free = _best(freed(model, rule), felt, _PRICING)
        gain = 0.0 if free is None else felt.response(free[0]) - response
        if free is not None and gain > _FREED * response:
            found.append(wide_rule(model.problem, rule, gain, free[0], proven=free[1].bound <= felt.response(free[0]) * (1 + OPTIMAL_GAP)))
    return tuple(found)


def _lock_prices(model: Model, felt: Felt, response: float) -> tuple[LockPrice, ...]:
    """Price locks by a fresh plan without each, for as many as the time allows; the others are left out."""
    deadline, prices = time.thread_time() + _LOCK_SECONDS, []
    for i, cell in enumerate(model.problem.cells):
        if cell.locked_minor is None or time.thread_time() > deadline:
            continue
        cells = tuple(replace(one, locked_minor=None) if at == i else one for at, one in enumerate(model.problem.cells))
        found = _best(compile_problem(replace(model.problem, cells=cells)), felt, _PRICING)
        if found is not None:
            prices.append(LockPrice(cell.id, max(0.0, felt.response(found[0]) - response), proven=False))
    return tuple(prices)


def _next_thousand(problem: Problem, felt: Felt, amounts: Integers) -> tuple[NextThousand, ...]:
    more, now = 1000 * 10 ** minor_exponent(problem.currency), felt.response(amounts)
    gains = [felt.response(amounts + more * np.eye(1, len(amounts), i, dtype=np.int64)[0]) - now for i in range(len(amounts))]
    return tuple(NextThousand(cell.id, gain) for cell, gain in zip(problem.cells, gains, strict=True))
