"""The allocator against enumeration: thousands of small problems with every kind of curve and rule."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from core.planning.allocation import Problem, Result, optimise, risk
from core.planning.allocation.conflict import only, rules_of_problem
from core.planning.allocation.model import compile_problem, violations
from core.planning.allocation.nested import nested_bound
from core.planning.allocation.prices import Prices
from core.planning.allocation.problem import Cell, Draws, Group, Hill, Target
from core.planning.allocation.relaxation import relax
from tests.allocation_problems import plans, quantile_response, random_problem, total_response, with_risk, with_target

_BATCH = 40


def _check_best(problem: Problem, result: Result, seed: int) -> None:
    possible = plans(problem)
    assert (result.status == "infeasible") == (not possible), seed
    if not possible:
        assert result.conflict, seed
        return
    best = max(total_response(problem, plan) for plan in possible)
    assert violations(problem, result.allocation) == [], seed
    assert result.response is not None and result.upper_bound is not None and result.gap_ratio is not None
    assert result.response >= best * (1 - 1e-4), (seed, result.response, best)
    assert result.upper_bound >= best * (1 - 1e-9) and result.upper_bound >= result.response, seed
    assert (result.status == "optimal") == (result.gap_ratio <= 1e-4)


@pytest.mark.parametrize("first", range(0, 360, _BATCH))
def test_a_budget_is_divided_as_well_as_by_trying_every_plan(first: int) -> None:
    for seed in range(first, first + _BATCH):
        problem = random_problem(seed)
        result = optimise(problem)
        _check_best(problem, result, seed)
        if result.status != "infeasible":
            assert sum(result.allocation.values()) == problem.budget_minor == result.budget_minor


@pytest.mark.parametrize("first", range(10_000, 10_040, _BATCH))
def test_a_cost_target_is_met_with_as_much_response_as_by_trying_every_plan(first: int) -> None:
    for seed in range(first, first + _BATCH):
        problem = with_target(random_problem(seed), seed)
        _check_best(problem, optimise(problem), seed)


def test_a_quantile_of_joint_draws_is_as_high_as_by_trying_every_plan() -> None:
    seen = 0
    for seed in range(54_000, 54_040):
        problem = with_risk(random_problem(seed), seed)
        result, possible = optimise(problem), plans(problem)
        assert (result.status == "infeasible") == (not possible), seed
        if possible:
            seen += 1
            best = max(quantile_response(problem, plan) for plan in possible)
            assert result.response == pytest.approx(quantile_response(problem, tuple(result.allocation.values())), rel=1e-9)
            assert result.response == pytest.approx(best, rel=1e-9), seed
    assert seen > 15


def test_the_bound_of_a_quantile_holds_where_not_every_plan_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(risk, "every_plan", lambda _: None)  # the problems are small so that the truth is known
    for seed in range(54_100, 54_108):
        problem = with_risk(random_problem(seed), seed)
        result, possible = optimise(problem), plans(problem)
        if possible:
            assert result.upper_bound is not None
            assert result.upper_bound >= max(quantile_response(problem, plan) for plan in possible) * (1 - 1e-9), seed


def test_a_searched_plan_for_a_quantile_keeps_an_average_target_by_the_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(risk, "every_plan", lambda _: None)
    missed: list[float] = []
    for seed in range(54_200, 54_220):
        problem = replace(with_target(with_risk(random_problem(seed), seed), seed), risk_quantile=0.8)
        result, possible = optimise(problem), plans(problem)
        assert (result.status == "infeasible") == (not possible), seed
        if possible:
            assert violations(problem, result.allocation) == [], seed
            assert result.response is not None and result.upper_bound is not None
            best = max(quantile_response(problem, plan) for plan in possible)
            assert result.upper_bound >= best * (1 - 1e-9), seed
            missed.append(1 - result.response / best if best > 0 else 0.0)
    assert len(missed) > 8 and np.mean(missed) < 0.01


def test_the_bound_of_nested_totals_holds_whatever_spend_is_charged() -> None:
    seen = 0
    for seed in range(480, 780):
        problem, rng = random_problem(seed), np.random.default_rng(seed)
        possible, model = plans(problem), compile_problem(problem)
        prices = Prices(*(rng.uniform(0, 2, len(model.rows)) / 10_000 for _ in range(2)))
        nested = nested_bound(model, prices, 1e5) if possible else None
        if nested is not None:
            seen += 1
            assert nested[1] >= max(total_response(problem, plan) for plan in possible) * (1 - 1e-12), seed
    assert seen > 100


def _nested_problem(seed: int) -> Problem:
    """Make four to seven lines, some with bounds of their own, two totals side by side and at times one around them."""
    rng = np.random.default_rng(seed)
    budget, count = 18_000_000, int(rng.integers(4, 8))
    cells = tuple(
        Cell(
            str(i),
            Hill(float(rng.uniform(10, 2000)), float(budget * rng.uniform(0.02, 1.0)), float(rng.uniform(0.5, 4))),
            min_minor=int(rng.integers(0, budget // (4 * count))) if rng.random() < 0.3 else None,
            max_minor=int(rng.integers(budget // count, budget)) if rng.random() < 0.4 else None,
            zero_or_at_least_minor=int(rng.integers(1, budget // 8)) if rng.random() < 0.15 else None,
        )
        for i in range(count)
    )
    least = rng.integers(0, budget // 6, 3)
    room = rng.integers(0, budget // 4, 3)
    members = ("0", "1"), ("2", "3"), ("0", "1", "2", "3")
    groups = tuple(
        Group(str(n), part, min_minor=int(low), max_minor=int(low + more) if rng.random() < 0.8 else None)
        for n, (part, low, more) in enumerate(zip(members, least, room, strict=True))
        if n < 2 or rng.random() < 0.4
    )
    return Problem("EUR", cells, budget_minor=budget, groups=groups)


def test_no_plan_is_above_the_bound_of_nested_totals_on_a_coarse_lattice() -> None:
    seen = 0
    for seed in range(8):
        problem = _nested_problem(seed)
        model, result = compile_problem(problem), optimise(problem)
        relaxed = relax(model)
        if result.response is None or relaxed is None:
            continue
        seen += 1
        for work in (2e5, 5e6):
            for prices in (relaxed.prices, Prices(relaxed.prices.lower, relaxed.prices.upper)):
                nested = nested_bound(model, prices, work)
                assert nested is not None and nested[1] >= result.response * (1 - 1e-12), (seed, work)
    assert seen > 5


def test_months_that_are_alike_are_planned_with_a_proof() -> None:
    rng = np.random.default_rng(3)
    one = [[(*(rng.lognormal(mean, 0.3) for mean in (5, 12)), rng.uniform(0.6, 2.5)) for _ in range(20)] for _ in range(5)]
    cells = tuple(
        Cell(f"{line}|{month}", Draws(tuple((float(a) * part, float(b) * part, float(c)) for a, b, c in draws)))
        for line, draws in enumerate(one)
        for month, part in (("jan", 1.0), ("feb", 28 / 31), ("mar", 1.0))
    )
    held = Group("first", ("0|jan", "0|feb", "0|mar"), min_minor=150_000, max_minor=150_000)
    result = optimise(Problem("EUR", cells, budget_minor=700_000, groups=(held,)))
    assert result.status == "optimal"
    assert sum(result.allocation[cell] for cell in held.cells) == 150_000


def test_a_marginal_target_spends_while_it_pays_as_by_trying_every_plan() -> None:
    for seed in range(53_000, 53_060):
        problem = with_target(random_problem(seed), seed)
        assert problem.target is not None
        cap = problem.target.value
        marginal = replace(problem, target=Target("marginal_roas", 3.0, 3.0 * cap))
        result, possible = optimise(marginal), plans(replace(problem, target=None))
        assert (result.status == "infeasible") == (not possible), seed
        if possible:
            worth = [total_response(problem, plan) - sum(plan) / cap for plan in possible]
            plan = tuple(result.allocation.values())
            most = max(total_response(problem, one) for one in possible)
            assert total_response(problem, plan) - sum(plan) / cap >= max(worth) - 1e-4 * most, seed


def test_no_rule_of_a_conflict_can_be_dropped_and_together_they_clash() -> None:
    seen = 0
    for seed in range(20_000, 20_100):
        problem = random_problem(seed)
        assert problem.budget_minor is not None
        result = optimise(problem)
        if result.status != "infeasible":
            continue
        seen += 1
        conflict = [rule for rule in rules_of_problem(problem) if rule.name in result.conflict]
        assert len(conflict) == len(result.conflict), seed
        size = {"most": 2 * problem.budget_minor, "step": _unit(problem)}
        assert plans(only(problem, conflict), **size) == [], seed
        for rule in conflict:
            assert plans(only(problem, [other for other in conflict if other != rule]), **size), (seed, rule.name)
    assert seen > 30


def test_no_conflict_has_fewer_rules_and_every_single_way_out_is_named() -> None:
    seen = 0
    for seed in range(55_000, 55_120):
        problem = random_problem(seed)
        assert problem.budget_minor is not None
        most, unit = 2 * problem.budget_minor, _unit(problem)
        if (most // unit + 1) ** len(problem.cells) > 5_000:
            continue
        result = optimise(problem)
        if result.status != "infeasible":
            continue
        seen += 1
        broken = _broken_sets(problem, most, unit)
        assert result.conflict_is_smallest and len(result.conflict) == _smallest_hitting(broken), (seed, result.conflict)
        assert {way.rule for way in result.relaxations} == {rule for rules in broken if len(rules) == 1 for rule in rules}, seed
    assert seen > 30


def _broken_sets(problem: Problem, most: int, unit: int) -> set[frozenset[str]]:
    """Give, for every plan on the grid, the rules it breaks; only those sets that contain no other."""
    ids = [cell.id for cell in problem.cells]
    grid = itertools.product(range(0, most + 1, unit), repeat=len(ids))
    found = {frozenset(violations(problem, dict(zip(ids, plan, strict=True)))) for plan in grid}
    return {one for one in found if not any(other < one for other in found)}


def _smallest_hitting(sets: set[frozenset[str]]) -> int:
    rules = sorted(set().union(*sets))
    chosen = (set(some) for size in range(1, len(rules) + 1) for some in itertools.combinations(rules, size))
    return len(next(some for some in chosen if all(one & some for one in sets)))


def test_each_way_out_of_a_conflict_leads_out() -> None:
    seen = 0
    for seed in range(30_000, 30_080):
        problem = random_problem(seed)
        result = optimise(problem)
        for way in result.relaxations:
            if way.to is not None:
                seen += 1
                assert optimise(_changed(problem, way.rule, way.to)).status != "infeasible", (seed, way)
    assert seen > 20


def _unit(problem: Problem) -> int:
    """Give the grid that random_problem drew all amounts on."""
    assert problem.budget_minor is not None
    stated = [problem.budget_minor, *(x for group in problem.groups for x in (group.min_minor, group.max_minor) if x)]
    for cell in problem.cells:
        amounts = (cell.min_minor, cell.max_minor, cell.locked_minor, cell.zero_or_at_least_minor, cell.step_minor)
        stated += [x for x in amounts if x]
    return math.gcd(*stated)


def _changed(problem: Problem, rule: str, to: float) -> Problem:
    kind, _, rest = rule.partition(":")
    owner, _, field = rest.rpartition(":")
    if kind == "budget":
        return replace(problem, budget_minor=int(to))
    if kind in ("max_live_cells", "max_change_ratio"):
        return replace(problem, max_live_cells=int(to)) if kind == "max_live_cells" else replace(problem, max_change_ratio=to)
    name = f"{field}_minor"
    if kind == "group":
        groups = tuple(replace(g, min_minor=int(to)) if g.id == owner and field == "min" else g for g in problem.groups)
        return replace(problem, groups=tuple(replace(g, max_minor=int(to)) if g.id == owner and field == "max" else g for g in groups))
    return replace(problem, cells=tuple(replace(c, **{name: int(to)}) if c.id == owner else c for c in problem.cells))
