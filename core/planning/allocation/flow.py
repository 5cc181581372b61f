"""Budgets over time: what a line spends in one period is felt in others too, so that its cells cannot be valued one by one.

The response is a sum of curves, each of a linear map of the spends: concave where the curves are. It is solved as a linear program over
envelope segments of what each place feels, refined around its answer; the prices of that program give a bound by weak duality that
is computed from the curves themselves. Lines that spend nothing or at least so much, and a limit on live cells, make it a mixed-integer
program, whose own bound is taken.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.errors import InvalidInput
from core.model.money import minor_exponent
from core.planning.allocation.answering import OPTIMAL_GAP, current_amounts, infeasible
from core.planning.allocation.conflict import feasible_amounts
from core.planning.allocation.enumeration import every_plan
from core.planning.allocation.explanation import CLOSE_STEPS, cell_rules, freed, touched, wide_rule, window
from core.planning.allocation.feasibility import linear_part, nearest_amounts
from core.planning.allocation.felt import Felt
from core.planning.allocation.flow_program import Relaxation, relax_felt, search_felt
from core.planning.allocation.grid import coarse_grid, first_grid, refined_grid
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Domains, Integers, Model, compile_problem
from core.planning.allocation.problem import BindingRule, LockPrice, NextThousand, Problem, Result
from core.planning.allocation.regions import kinks

_ROUNDS: Final = 7
_LOCK_SECONDS: Final = 1.0
_FREED: Final = 1e-5  # of the response, from which a plan without a rule is better by more than the search leaves open
_MOVES: Final = 60
_FEW_PLANS: Final = 3_000


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search, and which gap (a ratio) is good enough."""

    seconds: float
    gap: float


THOROUGH: Final = Effort(6.0, 5e-5)
QUICK: Final = Effort(1.0, 1e-3)


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
    response = felt.response(amounts)
    bound = max(solved.bound, response)
    gap = (bound - response) / bound if bound > 0 else 0.0
    current = current_amounts(problem)
    return Result(
        status="optimal" if gap <= OPTIMAL_GAP else "within_gap",
        allocation={cell.id: int(x) for cell, x in zip(problem.cells, amounts, strict=True)},
        budget_minor=int(amounts.sum()),
        response=response,
        current_response=None if current is None else felt.response(current),
        upper_bound=bound,
        gap_ratio=gap,
        binding=(*_binding(model, felt, amounts, solved), *(_wide_rules(model, felt, amounts) if price_locks else ())),
        lock_prices=_lock_prices(model, felt, response) if price_locks else (),
        next_thousand=_next_thousand(problem, felt, amounts),
    )


def _best(model: Model, felt: Felt, effort: Effort) -> tuple[Integers, Relaxation] | None:
    """Refine until bound and plan meet; the best whole plan found, with the last prices and the best bound. Few plans are all looked at."""
    places = places_of(model, felt)
    plans = every_plan(model, most=_FEW_PLANS)
    if plans is not None:
        return _best_of(plans, felt, relax_felt(model, felt, first_grid(felt.evaluated, places)))
    choices = bool(model.domains.zero.any()) or model.max_live is not None
    grid = (coarse_grid if choices else first_grid)(felt.evaluated, places)
    deadline = time.thread_time() + effort.seconds
    start = feasible_amounts(model)
    if start is None:
        return None
    current = current_amounts(model.problem)
    best = current if current is not None and model.allows(current) and felt.response(current) > felt.response(start) else start
    solved = Relaxation(best.astype(np.float64), np.inf, None)
    gap = 1e-2
    for _ in range(_ROUNDS):
        left = deadline - time.thread_time()
        if left <= 0:
            break
        found = search_felt(model, felt, grid, seconds=left, gap=gap) if choices else relax_felt(model, felt, grid)
        if found is None:
            break
        solved = Relaxation(found.amounts, min(found.bound, solved.bound), found.prices or solved.prices)
        whole, before = _whole(model, found.amounts), felt.response(best)
        if whole is not None and felt.response(whole) > before:
            best = whole
        between = (solved.bound - felt.response(best)) / max(solved.bound, 1e-300)
        if between <= effort.gap:
            break
        gap = min(gap, max(0.1 * between, 0.3 * effort.gap))
        if not choices and bool(kinks(grid).any()):  # envelopes alone leave a gap where a curve is S-shaped
            choices, grid = True, coarse_grid(felt.evaluated, places)
        around = np.stack([felt.matrix @ found.amounts + felt.offset, felt.matrix @ best + felt.offset], axis=1)
        grid = refined_grid(grid, felt.evaluated, places, np.clip(around, grid.x[:, :1], grid.x[:, -1:]))
    return _moved(model, felt, best), solved


def _best_of(plans: Integers, felt: Felt, relaxed: Relaxation | None) -> tuple[Integers, Relaxation] | None:
    """Give the best of all plans there are, with the prices of the relaxation; None where there is none."""
    if not len(plans):
        return None
    best = max(plans, key=felt.response)
    prices = None if relaxed is None else relaxed.prices
    return best, Relaxation(best.astype(np.float64), felt.response(best), prices)


def places_of(model: Model, felt: Felt) -> Domains:
    """Give the range of what each place can feel, in whole units."""
    most = np.minimum(model.domains.high, model.problem.budget_minor or 0).astype(np.float64)
    low = np.floor(felt.offset + felt.matrix @ model.domains.least)
    high = np.ceil(felt.offset + felt.matrix @ np.maximum(most, model.domains.least)) + 1
    ones = np.ones(len(low), dtype=np.int64)
    return Domains(low.astype(np.int64), high.astype(np.int64), ones, np.zeros(len(low), dtype=np.bool_))


def _whole(model: Model, amounts: Array) -> Integers | None:
    """Round to allowed amounts: down to whole steps, then what is missing of the budget where the answer was cut most."""
    domains = model.domains
    budget = model.problem.budget_minor or 0
    stopped = domains.zero & (amounts < 0.5 * domains.low)
    inner = np.clip(amounts, domains.low, domains.high)
    rounded = domains.low + np.floor((inner - domains.low) / domains.step + 1e-6).astype(np.int64) * domains.step
    rounded = np.where(stopped, 0, rounded)
    for cell in np.argsort(-(np.where(stopped, -1.0, inner - rounded)), kind="stable"):
        missing = budget - int(rounded.sum())
        step = int(domains.step[cell])
        if missing >= step and not stopped[cell] and rounded[cell] + step <= domains.high[cell]:
            rounded[cell] += step
    return rounded if model.allows(rounded) else _mended(model, rounded)


def _mended(model: Model, amounts: Integers) -> Integers | None:
    """Give the allowed plan nearest to amounts, by an integer program of the rules."""
    return nearest_amounts(linear_part(model.problem), amounts)


def _moved(model: Model, felt: Felt, amounts: Integers) -> Integers:
    """Move money between two cells at a time, where the gradient promises most, as long as the response gains."""
    step = int(np.lcm.reduce(model.domains.step))
    size = int(amounts.max(initial=0)) // (8 * step) * step
    for _ in range(_MOVES):
        if size < step:
            break
        better = _best_move(model, felt, amounts, size)
        if better is None:
            size = size // (4 * step) * step
        else:
            amounts = better
    return amounts


def _best_move(model: Model, felt: Felt, amounts: Integers, size: int) -> Integers | None:
    now, slopes = felt.response(amounts), felt.gradient(amounts)
    takers, givers = np.argsort(-slopes, kind="stable")[:6], np.argsort(slopes, kind="stable")[:6]
    for taker in takers:
        for giver in givers:
            moved = amounts.copy()
            moved[taker] += size
            moved[giver] -= size
            if moved[giver] >= 0 and felt.response(moved) > now * (1 + 1e-9) and model.allows(moved):
                return moved
    return None


def _binding(model: Model, felt: Felt, amounts: Integers, solved: Relaxation) -> tuple[BindingRule, ...]:
    """Name the rules that bind with the price of one more unit, dearest first."""
    around = window(model, amounts)
    near = relax_felt(around, felt, first_grid(felt.evaluated, places_of(around, felt)))
    prices = solved.prices if near is None else near.prices
    if prices is None:
        return ()
    slopes, rules = felt.gradient(amounts), []
    for row, upper, lower in zip(model.rows, prices.upper, prices.lower, strict=True):
        if row.name == "budget":
            rules.append(BindingRule("budget", float(upper - lower)))
        else:
            rules += [BindingRule(f"{row.name}:{side}", float(price)) for side, price in (("max", upper), ("min", lower)) if price > 0]
    charged = (prices.upper - prices.lower) @ model.matrix
    for i, (cell, pull) in enumerate(zip(model.problem.cells, slopes - charged, strict=True)):
        rules += cell_rules(cell, int(amounts[i]), float(pull), close=CLOSE_STEPS * int(model.domains.step[i]))
    largest = max((abs(rule.price) for rule in rules), default=0.0)
    return tuple(sorted((rule for rule in rules if abs(rule.price) > 1e-5 * largest), key=lambda rule: -abs(rule.price)))


def _wide_rules(model: Model, felt: Felt, amounts: Integers) -> tuple[BindingRule, ...]:
    """Price the limits on live cells and on change by a plan without each."""
    response, found = felt.response(amounts), []
    for rule in touched(model, amounts):
        free = _best(freed(model, rule), felt, Effort(0.5, 1e-3))
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
        found = _best(compile_problem(replace(model.problem, cells=cells)), felt, Effort(0.5, 1e-3))
        if found is not None:
            prices.append(LockPrice(cell.id, max(0.0, felt.response(found[0]) - response), proven=False))
    return tuple(prices)


def _next_thousand(problem: Problem, felt: Felt, amounts: Integers) -> tuple[NextThousand, ...]:
    more, now = 1000 * 10 ** minor_exponent(problem.currency), felt.response(amounts)
    gains = [felt.response(amounts + more * np.eye(1, len(amounts), i, dtype=np.int64)[0]) - now for i in range(len(amounts))]
    return tuple(NextThousand(cell.id, gain) for cell, gain in zip(problem.cells, gains, strict=True))
