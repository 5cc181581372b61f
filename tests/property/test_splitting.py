"""A split sums to its total to the cent and keeps every lock and bound, or says why it cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RuleViolation
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.flight import months_between
from core.planning.responding import Evidence, fill_by_response
from core.planning.rules import violations_of
from core.planning.splitting import Share, even_weights, split_within, spread, weights_by_row, weights_like

PERIODS = tuple(months_between(date(2026, 1, 1), date(2026, 3, 31)))


@st.composite
def shares(draw: st.DrawFn) -> Share:
    least = draw(st.sampled_from([0, 0, 1, 50, 10_000]))
    most = draw(st.one_of(st.none(), st.integers(least, least + 20_000)))
    return Share(draw(st.sampled_from([0.0, 1.0, 2.5, 1000.0])), least, most)


@settings(deadline=None)
@given(st.lists(shares(), min_size=1, max_size=12), st.integers(0, 10**9))
def test_parts_sum_to_the_total_within_bounds_or_the_split_is_refused(parts: list[Share], total: int) -> None:
    least = sum(share.least for share in parts)
    most = None if any(share.most is None for share in parts) else sum(share.most or 0 for share in parts)
    if total < least or (most is not None and total > most):
        with pytest.raises(RuleViolation):
            split_within(total, parts)
        return
    result = split_within(total, parts)
    assert sum(result) == total
    assert all(share.least <= part and (share.most is None or part <= share.most) for part, share in zip(result, parts, strict=True))


def test_what_does_not_fit_is_said_in_the_money_of_the_plan() -> None:
    with pytest.raises(RuleViolation) as refused:
        split_within(9_000, [Share(1.0, least=10_234)], currency="JPY")
    assert refused.value.violations == ("The total is 1,234 JPY short of what locks and minimums hold.",)


@st.composite
def distributions(draw: st.DrawFn) -> Distribution:
    rows = []
    for i in range(draw(st.integers(1, 6))):
        cells = []
        for period in PERIODS:
            amount = draw(st.integers(0, 10**7))
            bounded = draw(st.booleans())
            cells.append(
                DistributionCell(
                    period.key,
                    amount,
                    locked=draw(st.sampled_from([False, False, True])),
                    min_minor=amount // 2 if bounded else None,
                    max_minor=amount * 2 if bounded else None,
                    source_cell="B2",
                )
            )
        rows.append(
            DistributionRow(f"r{i}", f"Row {i}", tuple(cells), source_tab="Plan", source_row=i, locked=draw(st.booleans()) and i > 0)
        )
    return Distribution("EUR", PERIODS, tuple(rows))


@settings(deadline=None)
@given(distributions(), st.floats(0.5, 2), st.sampled_from(["even", "like", "rows", "response"]), st.sampled_from([1, 100, 10_000]))
def test_every_way_to_distribute_keeps_total_locks_and_bounds(plan: Distribution, factor: float, way: str, step: int) -> None:
    total = round(plan.total_minor * factor)
    ways = {"even": even_weights, "like": weights_like, "rows": lambda one: weights_by_row(one, {"r0": 3.0, "r1": 1.0})}
    try:
        if way == "response":
            filled = fill_by_response(plan, total, Evidence(plan, {"r0": 10.0}, {}), step_minor=step)
        else:
            filled = spread(plan, total, ways[way](plan), step_minor=step)
    except RuleViolation as refusal:
        assert refusal.violations
        return
    assert filled.total_minor == total
    assert violations_of(replace(filled, fixed_total_minor=total), before=plan) == ()


def test_the_same_plan_scaled_keeps_its_proportions() -> None:
    rows = tuple(
        DistributionRow(f"r{i}", "x", tuple(DistributionCell(period.key, amount, source_cell="A1") for period in PERIODS))
        for i, amount in enumerate((100, 300))
    )
    plan = Distribution("EUR", PERIODS, rows)
    assert [row.total_minor for row in spread(plan, 2_400, weights_like(plan)).rows] == [600, 1_800]


def test_all_broken_rules_are_listed_at_once() -> None:
    row = DistributionRow("r", "TV", tuple(DistributionCell(period.key, 1_000, source_cell="A1") for period in PERIODS), locked=True)
    plan = Distribution("EUR", PERIODS, (row,))
    cells = (replace(row.cells[0], budget_minor=-5), replace(row.cells[1], max_minor=500), replace(row.cells[2], min_minor=9, max_minor=3))
    broken = replace(plan, rows=(replace(row, cells=cells),), fixed_total_minor=99)
    told = " ".join(violations_of(broken, before=plan))
    for words in ("below zero", "above the maximum 5.00", "minimum 0.09 is above", "off its fixed total of 0.99", "is locked at 10.00"):
        assert words in told
