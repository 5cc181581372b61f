"""Carry-over between periods, the season, and budgets over time against trying every plan."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core.model.flight import months_between
from core.planning.allocation import flow, flow_risk, optimise
from core.planning.allocation.felt import Felt
from core.planning.allocation.flow import QUICK, Effort, optimise_felt
from core.planning.allocation.flow_target import optimise_felt_target
from core.planning.allocation.hills import hill_values
from core.planning.allocation.model import Integers, violations
from core.planning.allocation.problem import Cell, Draws, Group, Hill, Points, Problem, Target, TargetKind
from core.planning.flighting import carry_over, no_carry, season_ratios

_MONTHS = tuple(months_between(date(2026, 1, 1), date(2026, 6, 30)))
_UNIT = 10_000


def _felt_problem(seed: int, *, lines: int, months: int, budget: int, steep: float, unit: int = 1) -> tuple[Problem, Felt]:
    """Lay out lines over months, each with its own curve and carry-over; places are a line's months and the time after them."""
    rng = np.random.default_rng(seed)
    count = lines * months
    cells = tuple(Cell(f"{i}", Points(((0.0, 0.0),)), current_minor=budget // count // unit * unit, step_minor=unit) for i in range(count))
    matrix, curves = np.zeros((lines * (months + 1), count)), []
    for line in range(lines):
        carry = carry_over(_MONTHS[:months], float(rng.uniform(0.1, 0.7)), {})
        scale, half, shape = float(rng.lognormal(4, 0.6)), float(rng.lognormal(np.log(budget / count), 0.5)), float(rng.uniform(0.6, steep))
        for place, days in enumerate(carry.days):
            matrix[line * (months + 1) + place, line * months : (line + 1) * months] = carry.matrix[place]
            curves.append(Hill(scale * days / 30.0, half * days / 30.0, shape))
    return Problem("EUR", cells, budget_minor=budget), Felt(matrix, np.zeros(len(curves)), tuple(curves))


def _with_rule(problem: Problem, rule: int) -> Problem:
    return [
        problem,
        replace(problem, max_live_cells=2),
        replace(problem, cells=tuple(replace(cell, zero_or_at_least_minor=3 * _UNIT) for cell in problem.cells)),
        replace(problem, groups=(Group("g", ("0", "2"), 3 * _UNIT, 5 * _UNIT),)),
    ][rule]


def test_nothing_of_a_spend_is_lost_and_later_is_never_felt_earlier() -> None:
    carry = carry_over(_MONTHS, 0.6, {})
    assert carry.matrix.sum(axis=0) == pytest.approx(np.ones(6))
    assert not np.triu(carry.matrix[:-1], 1).any()
    assert carry.matrix[1, 0] > 0.1 and carry.matrix[-1, -1] > 0.1
    assert np.array_equal(carry_over(_MONTHS, 0.0, {}).matrix, no_carry(_MONTHS).matrix)


def test_carry_over_is_that_of_the_day_by_day_recursion() -> None:
    daily, felt, state = 0.6 ** (1 / 7), [], 0.0
    spends = {_MONTHS[0].start - timedelta(days=20 - i): 700 for i in range(20)}
    for offset in range(-20, 181):
        day = _MONTHS[0].start + timedelta(days=offset)
        spend = spends.get(day, 0) if offset < 0 else 100.0 if day <= _MONTHS[0].end else 0.0
        state = (1 - daily) * spend + daily * state
        felt.append((day, state))
    carry = carry_over(_MONTHS, 0.6, spends)
    ours = carry.felt(np.array([3_100.0, 0, 0, 0, 0, 0]))
    for place, period in enumerate(_MONTHS):
        assert ours[place] == pytest.approx(sum(amount for day, amount in felt if period.start <= day <= period.end), rel=1e-9)


@pytest.mark.parametrize("rule", range(4))
def test_a_search_over_time_comes_as_near_to_the_best_of_every_plan_as_it_says(rule: int) -> None:
    problem, felt = _felt_problem(20 + rule, lines=2, months=3, budget=9 * _UNIT, steep=1.8, unit=_UNIT // 10)
    problem = _with_rule(problem, rule)
    plans = (np.array(plan) * _UNIT for plan in itertools.product(range(10), repeat=6) if sum(plan) == 9)
    best = max(felt.response(plan) for plan in plans if not violations(problem, {str(i): int(x) for i, x in enumerate(plan)}))
    result = optimise_felt(problem, felt, effort=Effort(200_000, gap=3e-3, soon=3e-3))
    assert violations(problem, result.allocation) == [] and result.response is not None and result.upper_bound is not None
    assert result.upper_bound >= best and result.response >= best  # it may choose steps ten times finer


@pytest.mark.parametrize("steep", [1.0, 2.0])
def test_a_budget_over_time_is_divided_as_well_as_by_trying_every_plan(steep: float) -> None:
    for seed in range(8):
        problem, felt = _felt_problem(seed, lines=2, months=2, budget=8 * _UNIT, steep=steep, unit=_UNIT)
        problem = _with_rule(problem, seed % 4)
        plans = (np.array(plan) * _UNIT for plan in itertools.product(range(9), repeat=4) if sum(plan) == 8)
        allowed = [plan for plan in plans if not violations(problem, {str(i): int(x) for i, x in enumerate(plan)})]
        result = optimise_felt(problem, felt)
        assert result.response == pytest.approx(max(felt.response(plan) for plan in allowed), rel=1e-9), seed
        assert violations(problem, result.allocation) == []


def test_spend_carried_in_leaves_the_bound_as_near_to_the_best_of_every_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "every_plan", lambda *_, **__: None)  # so that these small ones are searched too
    for seed in range(12):
        problem, felt = _felt_problem(40 + seed, lines=2, months=2, budget=12 * _UNIT, steep=3.0, unit=_UNIT)
        problem = _with_rule(problem, seed % 4)
        felt = replace(felt, offset=np.random.default_rng(seed).uniform(0, 6 * _UNIT, len(felt.offset)))
        plans = (np.array(plan) * _UNIT for plan in itertools.product(range(13), repeat=4) if sum(plan) == 12)
        best = max(felt.response(plan) for plan in plans if not violations(problem, {str(i): int(x) for i, x in enumerate(plan)}))
        result = optimise_felt(problem, felt, price_locks=False)
        assert result.response == pytest.approx(best, rel=1e-9), seed
        assert result.upper_bound is not None and best * (1 - 1e-9) <= result.upper_bound <= best * 1.001, seed


@pytest.mark.parametrize("limit", [{"max_live_cells": 2}, {"max_change_ratio": 0.3}])
def test_over_time_too_a_limit_over_all_cells_costs_what_the_plan_without_it_brings(limit: dict[str, float]) -> None:
    problem, felt = _felt_problem(5, lines=2, months=3, budget=9 * _UNIT, steep=1.0)
    free, held = optimise_felt(problem, felt), optimise_felt(replace(problem, **limit), felt)
    (rule,) = (rule for rule in held.binding if rule.rule in limit)
    assert free.response is not None and held.response is not None
    assert rule.cost_response == pytest.approx(free.response - held.response, rel=1e-3) and rule.price > 0


def test_a_year_of_twelve_lines_with_carry_over_has_a_tiny_proven_gap() -> None:
    problem, felt = _felt_problem(0, lines=12, months=6, budget=7_200_000, steep=1.0)
    result = optimise_felt(problem, felt)
    assert result.status == "optimal" and result.gap_ratio is not None and result.gap_ratio <= 1e-4
    assert sum(result.allocation.values()) == 7_200_000
    assert result.response is not None and result.current_response is not None and result.response > result.current_response


def test_no_move_of_money_between_two_amounts_makes_an_answer_better_by_more_than_its_gap() -> None:
    for seed in range(3):
        problem, felt = _felt_problem(80 + seed, lines=5, months=3, budget=1_500_000, steep=2.5)
        cells = tuple(
            replace(
                cell,
                step_minor=20_000 if at // 3 == 1 else 1,
                zero_or_at_least_minor=60_000 if at // 3 == 2 else None,
                current_minor=100_000,
            )
            for at, cell in enumerate(problem.cells)
        )
        months = tuple(Group(f"month {m}", tuple(str(i) for i in range(m, 15, 3)), 500_000, 500_000) for m in range(3))
        problem = replace(problem, cells=cells, groups=months if seed else ())
        result = optimise_felt(problem, felt, price_locks=False)
        assert result.response is not None and result.gap_ratio is not None and result.gap_ratio <= 1e-3, seed
        found = np.array(list(result.allocation.values()))
        for size, (taker, giver) in itertools.product((100_000, 40_000, 5_000, 300), itertools.permutations(range(15), 2)):
            plan = found.copy()
            plan[taker] += size
            plan[giver] -= size
            if not violations(problem, {str(i): int(x) for i, x in enumerate(plan)}):
                assert felt.response(plan) <= result.response * (1 + 1e-4), (seed, size, taker, giver)


def test_a_quantile_over_time_is_as_near_to_the_best_of_every_plan_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_risk, "every_plan", lambda *_, **__: None)  # so that these small ones are searched too
    for seed in range(4):
        problem, felt = _felt_problem(60 + seed, lines=2, months=2, budget=10 * _UNIT, steep=1.0 + 0.6 * seed, unit=_UNIT)
        problem = replace(_with_rule(problem, seed), risk_quantile=0.2)
        rng = np.random.default_rng(seed)
        spread = np.repeat(rng.lognormal(0.0, 0.3, (2, 20, 2)), 3, axis=0)  # a line's draws are the same in all its places
        curves = tuple(
            Draws(tuple((curve.scale * float(a), curve.half_saturation_minor * float(b), curve.shape) for a, b in own))
            for curve, own in zip(felt.curves, spread, strict=True)
            if isinstance(curve, Hill)
        )
        felt = replace(felt, curves=curves)
        table = np.array([curve.draws for curve in curves]).transpose(2, 0, 1)

        def quantile(plan: Integers) -> float:
            at = (felt.matrix @ plan)[:, None]  # noqa: B023
            return float(np.sort(hill_values(at, *table).sum(axis=0))[3])  # noqa: B023

        plans = (np.array(plan) * _UNIT for plan in itertools.product(range(11), repeat=4) if sum(plan) == 10)
        best = max(quantile(plan) for plan in plans if not violations(problem, {str(i): int(x) for i, x in enumerate(plan)}))
        result = flow_risk.optimise_felt_quantile(problem, felt, 0.2)
        found = np.array(list(result.allocation.values()))
        assert violations(replace(problem, risk_quantile=None), result.allocation) == []
        assert result.response == pytest.approx(quantile(found), rel=1e-9) and result.response >= 0.98 * best, seed
        assert result.upper_bound is not None and best * (1 - 1e-9) <= result.upper_bound <= best * (1.1 if seed == 0 else 1.4), seed


def test_without_carry_over_the_answer_is_that_of_the_plain_optimiser() -> None:
    problem, felt = _felt_problem(3, lines=3, months=2, budget=600_000, steep=1.0)
    own = [[line * 3, line * 3 + 1] for line in range(3)]
    matrix = np.zeros((9, 6))
    for cell, place in enumerate(itertools.chain(*own)):
        matrix[place, cell] = 1.0
    plain = replace(
        problem, cells=tuple(replace(cell, curve=felt.curves[at]) for cell, at in zip(problem.cells, itertools.chain(*own), strict=True))
    )
    assert optimise_felt(problem, replace(felt, matrix=matrix)).response == pytest.approx(optimise(plain).response, rel=1e-5)


def test_the_season_follows_the_baseline_of_past_years_without_its_trend() -> None:
    weeks = [date(2024, 1, 1) + timedelta(weeks=i) for i in range(104)]
    baseline = [(100 + 0.5 * i) * (1.5 if week.month == 12 else 1.0) for i, week in enumerate(weeks)]
    ratios = season_ratios(weeks, baseline, list(months_between(date(2026, 6, 1), date(2026, 12, 31))))
    assert 1.25 < ratios["2026-12"] < 1.55 and 0.85 < ratios["2026-06"] < 1.05
    assert set(season_ratios(weeks[:40], baseline[:40], _MONTHS).values()) == {1.0}


@pytest.mark.parametrize("seed", [0, 1, 3, 5, 8, 10])
def test_a_target_over_time_is_met_as_well_as_by_trying_every_plan(seed: int) -> None:
    problem, felt = _felt_problem(seed, lines=2, months=2, budget=6 * _UNIT, steep=[1.0, 2.0][seed % 2], unit=_UNIT)
    cells = tuple(replace(cell, max_minor=6 * _UNIT) for cell in _with_rule(problem, seed % 3).cells)
    cap = 6 * _UNIT / felt.response(np.full(4, 1.5 * _UNIT)) * (0.7 + 0.1 * seed)
    problem = replace(problem, cells=cells, budget_minor=None, target=Target("cpa" if seed % 3 else "marginal_cpa", cap))

    def worth(plan: Integers) -> float:
        if seed % 3 == 0:
            return felt.response(plan) - plan.sum() / cap
        return felt.response(plan) if plan.sum() <= cap * felt.response(plan) else -1.0

    least = min((cell.zero_or_at_least_minor or 0 for cell in cells), default=0)
    plans = (np.array(plan) * _UNIT for plan in itertools.product(range(7), repeat=4))
    best = max(worth(plan) for plan in plans if all(x == 0 or x >= least for x in plan))
    result = optimise_felt_target(problem, felt)
    assert worth(np.array(list(result.allocation.values()))) == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize(("kind", "steep"), [("cpa", 1.8), ("roas", 1.0), ("marginal_cpa", 1.0)])
def test_a_target_over_time_is_met_with_as_much_response_as_by_any_budget(kind: TargetKind, steep: float) -> None:
    problem, felt = _felt_problem(4, lines=3, months=2, budget=600_000, steep=steep)
    line = [optimise_felt(replace(problem, budget_minor=budget), felt, effort=QUICK) for budget in range(120_000, 1_200_000, 120_000)]
    cap = 600_000 / (line[4].response or 1.0)
    target = Target(kind, 4.0, 4.0 * cap) if kind == "roas" else Target(kind, cap)
    result = optimise_felt_target(replace(problem, budget_minor=None, target=target), felt)
    assert result.response is not None and result.budget_minor is not None and result.upper_bound is not None
    if kind == "marginal_cpa":
        worth = max((one.response or 0.0) - (one.budget_minor or 0) / cap for one in line)
        assert result.response - result.budget_minor / cap >= worth * (1 - 1e-3)
    else:
        assert result.budget_minor <= cap * result.response * (1 + 1e-9)
        best = max(one.response or 0.0 for one in line if (one.budget_minor or 0) <= cap * (one.response or 0.0))
        assert best * (1 - 1e-4) <= result.response <= result.upper_bound and result.gap_ratio is not None
        assert result.gap_ratio <= (1e-3 if steep == 1.0 else 0.05)
        assert result.binding[0].rule == "target"
