"""The impossible, explained: a set of rules that clash and of which none can be dropped, and the cheapest single ways out."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.planning.allocation.feasibility import fewest_live, linear_part, whole_amounts
from core.planning.allocation.model import Endless, Integers, Model, Row, compile_problem
from core.planning.allocation.problem import Cell, Problem, Relaxation, Target
from core.planning.allocation.relaxation import relax
from core.planning.allocation.smallest import smallest_conflict
from core.planning.allocation.solving import Solution, settled, solve_model

_CELL_RULES = {"locked": "locked_minor", "min": "min_minor", "zero_or_at_least": "zero_or_at_least_minor", "max": "max_minor"}
_FREEING_SECONDS, _SMALLEST_SECONDS = 4.0, 5.0


@dataclass(frozen=True)
class Rule:
    """One rule of a problem: `budget`, `target`, `max_live_cells`, `max_change_ratio`, or one of a group or cell.

    Attributes:
        owner: position of the group or cell.
        field: which of its rules (`min`, `max`, `locked`, `zero_or_at_least`, `step`).
    """

    name: str
    kind: str
    owner: int = -1
    field: str = ""
    value: float = 0.0


@dataclass(frozen=True)
class Conflict:
    """Rules that cannot hold together, none of which can be dropped.

    Attributes:
        smallest: whether it is proven that no conflict has fewer rules.
        freeing: those of the rules that free the whole problem when they alone go.
    """

    rules: tuple[Rule, ...]
    smallest: bool
    freeing: tuple[Rule, ...]


def ways_out(problem: Problem, freeing: Sequence[Rule]) -> tuple[Relaxation, ...]:
    """Say how far each of the rules that free the problem has to move, cheapest first."""
    return tuple(sorted((_way_out(problem, rule) for rule in freeing), key=_cost))


def find_conflict(problem: Problem) -> Conflict | None:
    """Find as few rules as possible that cannot hold together; None when all can hold.

    Source: QuickXplain (Junker 2004) for a first one: halves what is preferred against what is not.
    """
    rules = rules_of_problem(problem)
    if can_hold(problem):
        return None
    first = sorted(rules.index(rule) for rule in _explain(problem, [], False, rules))

    def holds(kept: list[int]) -> bool:
        return can_hold(only(problem, [rules[number] for number in kept]))

    deadline = time.thread_time() + _FREEING_SECONDS
    freeing = [one for one in first if time.thread_time() < deadline and holds([number for number in range(len(rules)) if number != one])]
    numbers, proven = smallest_conflict(len(rules), first, holds, freeing=freeing, seconds=_SMALLEST_SECONDS)
    return Conflict(tuple(rules[number] for number in numbers), proven, tuple(rules[number] for number in freeing))


def rules_of_problem(problem: Problem) -> list[Rule]:
    """List every rule, the ones a person thinks of first in front: totals, groups, then cells by size."""
    rules = []
    if problem.budget_minor is not None:
        rules.append(Rule("budget", "budget", value=problem.budget_minor))
    if problem.target is not None and not problem.target.is_marginal:
        rules.append(Rule("target", "target", value=problem.target.value))
    for at, group in enumerate(problem.groups):
        for field, value in (("min", group.min_minor), ("max", group.max_minor)):
            if value is not None:
                rules.append(Rule(f"group:{group.id}:{field}", "group", at, field, value))
    if problem.max_live_cells is not None:
        rules.append(Rule("max_live_cells", "max_live_cells", value=problem.max_live_cells))
    if problem.max_change_ratio is not None:
        rules.append(Rule("max_change_ratio", "max_change_ratio", value=problem.max_change_ratio))
    return rules + sorted((rule for at, cell in enumerate(problem.cells) for rule in _cell_rules(at, cell)), key=_by_size)


def only(problem: Problem, rules: Sequence[Rule]) -> Problem:
    """Give the problem with these rules and no others."""
    kept = {(rule.kind, rule.owner, rule.field) for rule in rules}
    cells = tuple(
        replace(
            cell,
            locked_minor=cell.locked_minor if ("cell", at, "locked") in kept else None,
            min_minor=cell.min_minor if ("cell", at, "min") in kept else None,
            max_minor=cell.max_minor if ("cell", at, "max") in kept else None,
            zero_or_at_least_minor=cell.zero_or_at_least_minor if ("cell", at, "zero_or_at_least") in kept else None,
            step_minor=cell.step_minor if ("cell", at, "step") in kept else 1,
        )
        for at, cell in enumerate(problem.cells)
    )
    groups = tuple(
        replace(
            group,
            min_minor=group.min_minor if ("group", at, "min") in kept else None,
            max_minor=group.max_minor if ("group", at, "max") in kept else None,
        )
        for at, group in enumerate(problem.groups)
    )
    whole = {rule.kind for rule in rules}
    return replace(
        problem,
        cells=cells,
        groups=groups,
        budget_minor=problem.budget_minor if "budget" in whole else None,
        target=problem.target if "target" in whole else None,
        max_live_cells=problem.max_live_cells if "max_live_cells" in whole else None,
        max_change_ratio=problem.max_change_ratio if "max_change_ratio" in whole else None,
    )


def can_hold(problem: Problem) -> bool:
    """Tell whether all rules can hold together."""
    if whole_amounts(linear_part(problem)) is None:
        return False
    if problem.target is None or problem.target.is_marginal:
        return True
    try:
        return _reaches_target(problem)
    except Endless:  # some cell keeps the target at any spend, and so pays for all the others
        return True


def feasible_amounts(model: Model) -> Integers | None:
    """Give some plan within all rules, None when there is none."""
    problem = model.problem
    if problem.target is None or problem.target.is_marginal:
        amounts = whole_amounts(linear_part(problem))
    else:
        best = _cheapest(problem)
        amounts = None if best is None else best.amounts
    return amounts if amounts is not None and model.allows(amounts) else None


def _by_size(rule: Rule) -> tuple[int, float]:
    """Large demands first (few of them fill a total), then small caps, then steps."""
    order = {"locked": 0, "min": 0, "zero_or_at_least": 1, "max": 2, "step": 3}[rule.field]
    return order, rule.value if rule.field == "max" else -rule.value


def _cell_rules(at: int, cell: Cell) -> list[Rule]:
    rules = [
        Rule(f"cell:{cell.id}:{field}", "cell", at, field, value)
        for field, name in _CELL_RULES.items()
        if (value := getattr(cell, name)) is not None and not (field in ("min", "zero_or_at_least") and value == 0)
    ]
    return rules + ([Rule(f"cell:{cell.id}:step", "cell", at, "step", cell.step_minor)] if cell.step_minor > 1 else [])


def _explain(problem: Problem, background: list[Rule], changed: bool, candidates: list[Rule]) -> list[Rule]:
    if changed and not can_hold(only(problem, background)):
        return []
    if len(candidates) == 1:
        return candidates
    half = len(candidates) // 2
    first, second = candidates[:half], candidates[half:]
    needed_second = _explain(problem, background + first, True, second)
    needed_first = _explain(problem, background + needed_second, bool(needed_second), first)
    return needed_first + needed_second


def _cheapest(problem: Problem) -> Solution | None:
    """Give the plan with the most response beyond what its spend must earn at the target, None when the other rules clash."""
    assert problem.target is not None
    marginal = replace(problem, target=Target("marginal_cpa", problem.target.cost_cap_minor))
    return solve_model(compile_problem(marginal))


def _reaches_target(problem: Problem) -> bool:
    """Tell whether some plan earns what its spend must at the target: by the first bound or plan that decides it, else exactly."""
    assert problem.target is not None
    model = compile_problem(replace(problem, target=Target("marginal_cpa", problem.target.cost_cap_minor)))
    relaxed = relax(model)
    if relaxed is None or relaxed.bound < 0:
        return False
    quick = settled(model, relaxed, relaxed.amounts)
    if quick is not None and quick.objective >= 0:
        return True
    best = solve_model(model)
    return best is not None and best.bound >= 0


def _way_out(problem: Problem, rule: Rule) -> Relaxation:
    """Move one rule no farther than needed."""
    rest = only(problem, [other for other in rules_of_problem(problem) if other.name != rule.name])
    to = _nearest(problem, rest, rule)
    if to is None:
        return Relaxation(rule.name, rule.value, None, None, f"drop {rule.name}")
    return Relaxation(rule.name, rule.value, to, abs(to - rule.value), f"{rule.name}: {rule.value:.10g} to {to:.10g}")


def _nearest(problem: Problem, rest: Problem, rule: Rule) -> float | None:
    """Give the value nearest to the rule's own at which everything holds, None when there is no such value."""
    if rule.kind == "target":
        return _best_target(problem, rest)
    if problem.target is not None and not problem.target.is_marginal:
        return _nearest_under_target(problem, rule)
    if rule.kind == "max_live_cells":
        return fewest_live(linear_part(rest))
    if rule.kind == "max_change_ratio":
        return _least_ratio(problem)
    if rule.field == "step":
        return 1.0
    return _nearest_total(rest, rule, _counted(problem, rule))


def _nearest_under_target(problem: Problem, rule: Rule) -> float | None:
    """Halve the way from the rule's value towards none of it (or, for a cap, towards twice the cells' most) to a thousandth."""
    if rule.field == "step":
        return 1.0
    if rule.kind in ("max_live_cells", "max_change_ratio"):
        return None
    held, frees = int(rule.value), 2 * int(linear_part(problem).domains.high.sum()) if rule.field == "max" else 0
    if not can_hold(_with_value(problem, rule, frees)):
        return None
    while abs(frees - held) > max(1, abs(frees - held) // 1000, int(rule.value) // 1000):
        middle = (held + frees) // 2
        held, frees = (held, middle) if can_hold(_with_value(problem, rule, middle)) else (middle, frees)
    return float(frees)


def _with_value(problem: Problem, rule: Rule, value: int) -> Problem:
    """Give the problem with one rule of a cell or group at another value."""
    changes: dict[str, int] = {f"{rule.field}_minor": value}
    if rule.kind == "group":
        groups = tuple(
            replace(group, **changes) if at == rule.owner else group  # type: ignore[arg-type]
            for at, group in enumerate(problem.groups)
        )
        return replace(problem, groups=groups)
    cells = tuple(replace(cell, **changes) if at == rule.owner else cell for at, cell in enumerate(problem.cells))  # type: ignore[arg-type]
    return replace(problem, cells=cells)


def _counted(problem: Problem, rule: Rule) -> list[int]:
    """Name the cells whose total a rule is about."""
    if rule.kind == "budget":
        return list(range(len(problem.cells)))
    if rule.kind == "cell":
        return [rule.owner]
    positions = {cell.id: at for at, cell in enumerate(problem.cells)}
    return [positions[cell] for cell in problem.groups[rule.owner].cells]


def _nearest_total(rest: Problem, rule: Rule, counted: list[int]) -> float | None:
    """Give the reachable total nearest to the rule's value: from below, from above, or both where the rule is an equality."""
    linear, members, value = linear_part(rest), np.array(counted, dtype=np.int64), int(rule.value)
    weights = np.zeros(len(rest.cells))
    weights[counted] = 1.0
    sides = []
    if rule.field not in ("min", "zero_or_at_least"):
        sides.append((Row(rule.name, members, value, None), weights))
    if rule.field != "max":
        sides.append((Row(rule.name, members, None, value), -weights))
    found = [whole_amounts(replace(linear, rows=(*linear.rows, row)), weight) for row, weight in sides]
    totals = [float(amounts[members].sum()) for amounts in found if amounts is not None]
    return min(totals, key=lambda total: abs(total - value)) if totals else None


def _least_ratio(problem: Problem) -> float | None:
    """Give the smallest share of change, to a hundredth of a percent, at which everything holds."""
    assert problem.max_change_ratio is not None
    low = math.floor(problem.max_change_ratio * 1e4)
    high = max(2 * low, 100)
    while not can_hold(replace(problem, max_change_ratio=high / 1e4)):
        if high > 10**9:
            return None
        low, high = high, 4 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if can_hold(replace(problem, max_change_ratio=middle / 1e4)) else (middle, high)
    return high / 1e4


def _best_target(problem: Problem, rest: Problem) -> float | None:
    """Give the best value of the target that the other rules allow (Dinkelbach: the ratio of the best plan at the last ratio)."""
    assert problem.target is not None
    cap = problem.target.cost_cap_minor
    for turn in range(20):
        try:
            best = _cheapest(replace(rest, target=Target("cpa", cap)))
        except Endless:
            break
        if best is None or (response := best.objective + float(best.amounts.sum()) / cap) <= 0:
            return None
        ratio = float(best.amounts.sum()) / response
        if ratio <= cap * (1 + 1e-9) and turn > 0:
            break
        cap = ratio
    worth = problem.target.value_per_response_minor
    return cap * (1 + 1e-9) if worth is None or problem.target.kind == "cpa" else worth / (cap * (1 + 1e-9))


def _cost(way: Relaxation) -> tuple[int, float]:
    """Money first, by amount; rules of another unit after it, by share."""
    money = way.rule == "budget" or way.rule.split(":")[-1] in ("min", "max", "locked", "zero_or_at_least")
    change = math.inf if way.change is None else way.change
    return (0, change) if money else (1, change / max(abs(way.value or 0.0), 1e-12))
