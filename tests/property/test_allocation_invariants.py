"""What must hold of every allocation: against dynamic programming, and under changes of order, scale, budget and size."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from core.errors import InvalidInput
from core.planning.allocation import optimise, parse_problem, result_document
from core.planning.allocation.curves import Curves
from core.planning.allocation.model import violations
from core.planning.allocation.problem import Cell, Draws, Group, Hill, Problem
from tests.allocation_problems import random_curve, random_problem, response_at

_UNIT = 1_000


def _medium(seed: int, *, cells: int = 8, units: int = 60) -> Problem:
    rng = np.random.default_rng(seed)
    budget = units * _UNIT
    thresholds = [int(rng.integers(1, 15)) * _UNIT if rng.random() < 0.3 else None for _ in range(cells)]
    return Problem(
        currency="EUR",
        cells=tuple(
            Cell(f"c{i}", random_curve(rng, budget, 100.0), zero_or_at_least_minor=thresholds[i], step_minor=_UNIT) for i in range(cells)
        ),
        budget_minor=budget,
        max_live_cells=int(rng.integers(1, cells + 1)) if seed % 2 else None,
    )


def _dynamic_programming(problem: Problem) -> float:
    """Give the best response over whole units by the budget left and the live cells left: exact and slow."""
    assert problem.budget_minor is not None
    units, live = problem.budget_minor // _UNIT, len(problem.cells) if problem.max_live_cells is None else problem.max_live_cells
    best = np.full((live + 1, units + 1), -np.inf)
    best[:, 0] = 0.0
    for cell in problem.cells:
        first = -(-(cell.zero_or_at_least_minor or 0) // _UNIT)
        gains = [response_at(cell.curve, x * _UNIT) for x in range(units + 1)]
        after = best + gains[0]
        for x in range(max(1, first), units + 1):
            after[1:, x:] = np.maximum(after[1:, x:], best[:-1, : units + 1 - x] + gains[x])
        best = after
    return float(best[live, units])


@pytest.mark.parametrize("seed", range(60))
def test_s_shapes_thresholds_and_live_limits_match_dynamic_programming(seed: int) -> None:
    problem = _medium(seed)
    result, best = optimise(problem), _dynamic_programming(problem)
    assert result.response is not None and result.upper_bound is not None
    assert result.response == pytest.approx(best, rel=1e-4)
    assert result.upper_bound >= best * (1 - 1e-9)
    assert violations(problem, result.allocation) == []


def _plan(seed: int, *, channels: int = 6, months: int = 6, steep: float = 1.0) -> Problem:
    rng = np.random.default_rng(seed)
    ids = [(c, m) for c in range(channels) for m in range(months)]
    total = len(ids) * 100_000
    cells = tuple(
        Cell(
            f"{c}|{m}",
            Hill(float(rng.lognormal(4, 1)), float(rng.lognormal(12, 0.6)), float(rng.uniform(0.5, steep))),
            current_minor=100_000,
        )
        for c, m in ids
    )
    by_channel = [Group(f"c{c}", tuple(f"{c}|{m}" for m in range(months)), None, int(total / channels * 1.3)) for c in range(channels)]
    by_month = [Group(f"m{m}", tuple(f"{c}|{m}" for c in range(channels)), total // months, total // months) for m in range(months)]
    return Problem("EUR", cells, budget_minor=total, groups=(*by_channel, *by_month))


@pytest.mark.parametrize("seed", range(12))
def test_channel_and_month_totals_hold_to_the_cent_with_a_tiny_proven_gap(seed: int) -> None:
    problem = _plan(seed)
    result = optimise(problem)
    assert violations(problem, result.allocation) == []
    assert result.gap_ratio is not None and result.gap_ratio <= 1e-5
    assert result.response is not None and result.current_response is not None
    assert result.response >= result.current_response


def test_s_shapes_under_channel_and_month_totals_stay_within_a_thousandth() -> None:
    result = optimise(_plan(0, channels=4, months=4, steep=3.0))
    assert result.gap_ratio is not None and result.gap_ratio <= 1e-3


def test_more_budget_never_predicts_less() -> None:
    problem, last = _medium(4), 0.0
    for units in range(0, 90, 6):
        result = optimise(replace(problem, budget_minor=units * _UNIT))
        assert result.response is not None
        assert result.response >= last * (1 - 1e-4)
        last = result.response


def test_the_order_of_cells_does_not_matter() -> None:
    for seed in range(5):
        problem = _plan(seed)
        turned = replace(problem, cells=problem.cells[::-1], groups=problem.groups[::-1])
        one, other = optimise(problem), optimise(turned)
        assert one.response is not None and other.response == pytest.approx(one.response, rel=1e-5)


@pytest.mark.parametrize("factor", [1e-9, 1e-3, 1e9])
def test_the_scale_of_the_kpi_does_not_matter(factor: float) -> None:
    problem = _plan(3)
    scaled = replace(
        problem,
        cells=tuple(replace(c, curve=replace(c.curve, scale=c.curve.scale * factor)) for c in problem.cells if isinstance(c.curve, Hill)),
    )
    one, other = optimise(problem), optimise(scaled)
    assert one.response is not None and other.response is not None
    assert other.response == pytest.approx(one.response * factor, rel=1e-5)
    assert other.gap_ratio is not None and other.gap_ratio <= 1e-5


def test_the_answer_never_falls_below_a_current_plan_that_keeps_the_rules() -> None:
    for seed in range(10):
        problem = _medium(seed)
        best = optimise(problem)
        current = replace(problem, cells=tuple(replace(c, current_minor=best.allocation[c.id]) for c in problem.cells))
        again = optimise(current)
        assert again.response is not None and again.current_response is not None
        assert again.response >= again.current_response


def test_ranges_of_the_slope_hold_between_any_two_points() -> None:
    rng = np.random.default_rng(7)
    for seed in range(40):
        curve = random_curve(np.random.default_rng(seed), 1_000, 10.0)
        curves = Curves([curve])
        x = np.sort(rng.uniform(1, 2_500, size=(1, 12)), axis=1)
        low, high = curves.slope_ranges(x, curves.slopes(x), curves.bend_ranges(x))
        bend_low, bend_high = curves.bend_ranges(x)
        for i in range(11):
            inner = np.linspace(x[0, i], x[0, i + 1], 50)
            values = np.array([response_at(curve, float(t)) for t in inner])  # type: ignore[arg-type]
            secants = np.diff(values) / np.diff(inner)
            slack = 1e-6 * max(1e-12, float(np.abs(secants).max()))
            assert secants.min() >= low[0, i] - slack and secants.max() <= high[0, i] + slack, (seed, curve)
            bends = np.diff(secants) / np.diff(inner)[:-1]
            noise = 1e-5 * max(1e-12, float(np.abs(bends).max())) + 1e-13 * float(np.abs(values).max()) / float(np.diff(inner)[0]) ** 2
            assert bends.min() >= bend_low[0, i] - noise and bends.max() <= bend_high[0, i] + noise, (seed, curve)


def test_a_posterior_is_optimised_by_its_mean() -> None:
    rng = np.random.default_rng(1)
    draws = [
        tuple(
            (float(a), float(b), float(c))
            for a, b, c in zip(rng.uniform(5, 10, 50), rng.uniform(2e4, 4e4, 50), rng.uniform(0.7, 2, 50), strict=True)
        )
        for _ in range(4)
    ]
    problem = Problem("EUR", tuple(Cell(str(i), Draws(d), step_minor=_UNIT) for i, d in enumerate(draws)), budget_minor=60 * _UNIT)
    result = optimise(problem)
    assert result.response == pytest.approx(_dynamic_programming(problem), rel=1e-4)


_KINDS = ("cpa", "roas", "marginal_cpa", "marginal_roas")


def _any_document(seed: int) -> dict[str, Any]:
    """Give a problem as JSON in which every key of the contract may be set, absent or null."""
    rng = np.random.default_rng(seed)
    problem = random_problem(seed)
    cells = []
    for cell in problem.cells:
        fields = asdict(cell)
        kind = type(cell.curve).__name__.lower()
        fields["curve"] = {"kind": kind} | {key: value for key, value in fields["curve"].items() if key != "weights"}
        cells.append({key: value for key, value in fields.items() if value is not None or rng.random() < 0.5})
    document = asdict(problem) | {"cells": cells}
    del document["risk_quantile"]
    if rng.random() < 0.6:
        value = float(10.0 ** rng.uniform(-8, 8))
        document |= {
            "budget_minor": None,
            "target": {"kind": str(rng.choice(_KINDS)), "value": value, "value_per_response_minor": float(10.0 ** rng.uniform(-4, 6))},
        }
    if rng.random() < 0.3:
        document["risk"] = {"quantile": 0.25}
        for cell in document["cells"]:
            draws = [[float(rng.uniform(1, 9)), float(rng.uniform(1, 9)), float(rng.uniform(0.5, 3))] for _ in range(8)]
            cell["curve"] = {"kind": "draws", "draws": draws}
    return document


@pytest.mark.parametrize("first", range(0, 60, 30))
def test_whatever_is_asked_is_answered_in_plain_json_or_refused_by_name(first: int) -> None:
    answered = 0
    for seed in range(first, first + 30):
        try:
            problem = parse_problem(json.loads(json.dumps(_any_document(seed))))
            result = optimise(problem)
        except InvalidInput as refused:
            assert str(refused).startswith("target: "), (seed, refused)
            continue
        answered += 1
        json.dumps(result_document(result), allow_nan=False)
        if result.status == "infeasible":
            assert result.conflict
        else:
            assert violations(problem, result.allocation) == [], seed
            assert result.upper_bound is not None and result.response is not None and result.upper_bound >= result.response
    assert answered > 18


@pytest.mark.parametrize("seed", [0, 2, 4, 6, 7, 8, 10, 11])
def test_the_price_of_a_rule_is_what_a_little_slack_brings(seed: int) -> None:
    rng, budget, slack = np.random.default_rng(seed), 1_000_000, 4_000
    cells = tuple(
        Cell(
            f"{i}",
            Hill(float(rng.lognormal(4, 1)), float(budget * rng.uniform(0.1, 0.8)), float(rng.uniform(0.5, 3.0 if seed % 2 else 1.0))),
            min_minor=int(budget * rng.uniform(0.02, 0.15)) if i == 0 else None,
            max_minor=int(budget * rng.uniform(0.2, 0.5)) if i == 1 else None,
        )
        for i in range(4)
    )
    problem = Problem("EUR", cells, budget_minor=budget, groups=(Group("g", ("1", "2"), 300_000, 600_000),))
    result = optimise(problem)
    assert result.response is not None and result.binding
    for rule in result.binding:
        more, less = (optimise(_eased(problem, rule.rule, by)).response for by in (slack, -slack))
        noise = 0.02 * abs(rule.price) + 5e-6 * result.response / slack
        assert more is None or rule.price >= (more - result.response) / slack - noise, rule
        assert less is None or rule.price <= (result.response - less) / slack + noise, rule


def _eased(problem: Problem, rule: str, by: int) -> Problem:
    """Give a rule so many minor units of slack."""
    kind, _, rest = rule.partition(":")
    owner, _, side = rest.rpartition(":")
    if kind == "budget":
        return replace(problem, budget_minor=(problem.budget_minor or 0) + by)
    step = by if side == "max" else -by
    if kind == "group":
        (group,) = problem.groups
        return replace(problem, groups=(replace(group, **{f"{side}_minor": getattr(group, f"{side}_minor") + step}),))
    eased = (
        replace(cell, **{f"{side}_minor": getattr(cell, f"{side}_minor") + step}) if cell.id == owner else cell for cell in problem.cells
    )
    return replace(problem, cells=tuple(eased))
