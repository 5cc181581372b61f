"""Adstock, saturation and the draws beneath the sampler do what their formulas say."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.planning.response.candidates import carried, usual_alpha
from core.planning.response.curves import _REACHES, _logistic_as_hill, closest_hill, mean_mixture, respond
from core.planning.response.sampling import between, choose, truncated
from core.planning.response.transforms import carry_out, geometric_adstock, hill, logistic


@pytest.mark.parametrize("carry_over", range(3))
def test_every_form_of_carry_over_loses_no_spend_and_has_the_mean_delay_that_is_said(carry_over: int) -> None:
    spend = np.zeros((1, 4000))
    spend[0, 0] = 1.0
    alpha, form = np.array([0.1, 0.4, 0.8]), np.full(3, 2 * carry_over)
    felt = carried(spend.T, alpha, form)[:, 0]
    usual = usual_alpha(alpha, form)
    assert felt.sum(axis=0) == pytest.approx(np.ones(3), rel=1e-6) and (felt >= 0).all()
    assert np.arange(4000) @ felt == pytest.approx(usual / (1.0 - usual), rel=1e-5)
    assert felt[:, 2].argmax() in ((3, 4) if carry_over == 1 else (0,))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.floats(0, 0.95))
def test_adstock_moves_spend_in_time_and_loses_none(spend: list[float], alpha: float) -> None:
    stock = geometric_adstock(np.array(spend), alpha)
    assert stock.sum() + carry_out(stock[-1], alpha) == pytest.approx(sum(spend), rel=1e-9, abs=1e-9)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.floats(0, 0.95), st.floats(0, 1e6))
def test_adstock_is_what_its_recursion_gives_period_by_period(spend: list[float], alpha: float, carry_in: float) -> None:
    level, expected = carry_in, []
    for amount in spend:
        level = (1.0 - alpha) * amount + alpha * level
        expected.append(level)
    assert geometric_adstock(np.array(spend), alpha, carry_in=carry_in) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_what_was_spent_before_the_first_period_carries_into_it() -> None:
    whole = geometric_adstock(np.array([4.0, 2.0, 0.0, 1.0]), 0.5)
    later = geometric_adstock(np.array([0.0, 1.0]), 0.5, carry_in=whole[1])
    assert later == pytest.approx(whole[2:])


@given(st.floats(1e-3, 1e3), st.floats(0.3, 6), st.floats(0.01, 100))
def test_saturation_is_half_at_half_saturation_and_grows(half: float, shape: float, reach: float) -> None:
    spend = np.linspace(0, reach * half, 20)
    for curve in (hill(spend, half, shape), logistic(spend, half)):
        assert curve[0] == 0
        assert (np.diff(curve) >= 0).all() and curve[-1] <= 1
    assert hill(np.array([half]), half, shape)[0] == pytest.approx(0.5)
    assert logistic(np.array([half]), half)[0] == pytest.approx(0.5)


def test_a_hill_curve_stands_in_for_a_logistic_one_closely() -> None:
    for reach, triple in zip(_REACHES, _logistic_as_hill(), strict=True):
        spend = np.linspace(0, reach, 200)
        truth = logistic(spend, 1.0)
        assert np.abs(respond(triple[None], spend)[0] - truth).max() <= (0.025 if reach <= 4 else 0.065) * truth[-1]


def test_closest_hill_finds_the_curve_it_is_given() -> None:
    spend = np.linspace(1, 200, 50)
    assert closest_hill(spend, 7 * hill(spend, 60.0, 1.8), start=(5.0, 100.0, 1.0)) == pytest.approx((7, 60, 1.8), rel=1e-4)


@pytest.mark.parametrize("center", [-30.0, -2.0, 0.0, 3.0])
def test_truncated_draws_follow_the_normal_cut_at_zero(center: float) -> None:
    drawn = truncated(np.full(4000, center), np.full(4000, 1.5), np.random.default_rng(1))
    assert (drawn >= 0).all()
    assert stats.kstest(drawn, stats.truncnorm(-center / 1.5, np.inf, center, 1.5).cdf).pvalue > 0.001


@pytest.mark.parametrize(("center", "low", "high"), [(0.0, -1.0, 2.0), (9.0, -1.0, 0.5), (-12.0, 0.0, 1.0)])
def test_draws_between_two_bounds_follow_the_cut_normal(center: float, low: float, high: float) -> None:
    n = 4000
    drawn = between(np.full(n, center), np.ones(n), np.full(n, low), np.full(n, high), np.random.default_rng(2))
    assert stats.kstest(drawn, stats.truncnorm(low - center, high - center, center, 1.0).cdf).pvalue > 0.001


def test_choices_fall_in_proportion_to_their_weights() -> None:
    weight = np.repeat(np.log([[1.0], [2.0], [5.0]]) - 700, 8000, axis=1)
    counts = np.bincount(choose(weight, np.random.default_rng(3)), minlength=3) / 8000
    assert counts == pytest.approx([1 / 8, 2 / 8, 5 / 8], abs=0.02)


def test_curves_for_the_allocator_are_in_minor_units_and_grow_with_the_period() -> None:
    from core.model.flight import month_of
    from core.planning.response import allocation_curves
    from tests.bench.bench_response import measure_fit
    from tests.simulate import Shape, simulate

    fit = measure_fit(simulate(3, Shape(channels=1, weeks=40)))[1]
    march = month_of(date(2026, 3, 10))
    triples = allocation_curves(fit, "EUR", [march])["channel_1"][march.key]
    channel = fit.channels[0]
    weeks = 31 / 7
    per_week = respond(channel.curve_draws, np.array([100.0])).mean()
    assert respond(triples, np.array([100.0 * weeks * 100])).mean() == pytest.approx(per_week * weeks)


def test_a_few_curves_have_the_mean_of_all_draws() -> None:
    rng = np.random.default_rng(0)
    half, shape = 1e4 * np.exp(rng.normal(0, 0.7, 500)), np.clip(np.exp(rng.normal(0.2, 0.4, 500)), 0.3, 6)
    draws = np.stack([100 * np.exp(rng.normal(0, 0.3, 500)), half, shape], axis=1)
    few, spend = mean_mixture(draws), np.geomspace(100.0, 1e6, 50)
    assert len(few) <= 32
    assert respond(few, spend).mean(axis=0) == pytest.approx(respond(draws, spend).mean(axis=0), rel=1e-4)
    assert not respond(mean_mixture(draws * np.array([0.0, 1.0, 1.0])), spend).any()
