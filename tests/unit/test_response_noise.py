"""Breaks of level, outliers, uneven and autocorrelated noise are found, said, and kept from passing for media."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.model.interval import Interval
from core.planning.response import build_series, fit, parse_csv, parse_spec
from core.planning.response.baseline import Baseline
from core.planning.response.events import FirstFit, find_events
from core.planning.response.noise import Noise, learn_carry, learn_noise, noise_notices, plain_noise
from tests.simulate import Shape, simulate
from tests.simulate_elsewhere import simulate_kind

ROWS = np.ones(400, dtype=bool)


def autocorrelated(rho: float, n: int = 400, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    result = np.zeros(n)
    for t in range(1, n):
        result[t] = rho * result[t - 1] + rng.standard_normal() * np.sqrt(1 - rho**2)
    return result


def learnt(values: np.ndarray, rows: np.ndarray) -> Noise:
    """Learn how rows follow each other under a baseline that bends often enough to follow some of the noise itself."""
    knots = np.maximum(np.linspace(0, 1, rows.shape[1])[:, None] - np.linspace(0, 0.95, 24), 0.0)
    basis = np.kron(np.eye(len(rows)), np.column_stack([np.ones(len(knots)), knots]))
    baseline = Baseline(basis, 0.0, np.full((1, basis.shape[1]), 10.0))
    return learn_carry(values, np.zeros((len(values), 0)), plain_noise(rows.ravel()), baseline, rows)


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.7])
def test_how_far_noise_follows_itself_is_learnt_and_taken_out(rho: float) -> None:
    noise = learnt(autocorrelated(rho), ROWS[None])
    assert noise.carry[1:] == pytest.approx(rho, abs=0.12)
    white = noise.whiten(autocorrelated(rho, seed=1))
    assert abs(np.corrcoef(white[1:], white[:-1])[0, 1]) < 0.2
    assert white.std() == pytest.approx(1.0, abs=0.15)


def test_rows_across_a_gap_or_two_markets_do_not_follow_each_other() -> None:
    rows = ROWS.copy()
    rows[100:150] = False
    noise = learnt(autocorrelated(0.7)[rows], rows.reshape(2, -1))
    assert noise.carry[1] > 0.4
    assert noise.carry[100] < 1e-6  # the first row after a gap of fifty
    assert noise.carry[150] == 0.0  # the first row of the second market


def test_a_noisy_market_counts_less_than_a_calm_one() -> None:
    residual = np.random.default_rng(2).standard_normal(400) * np.repeat([1.0, 4.0], 200)
    scale = learn_noise(residual, ROWS, 2).scale
    assert np.median(scale[200:]) / np.median(scale[:200]) == pytest.approx(4.0, rel=0.3)


def test_an_outlier_counts_little_and_is_named() -> None:
    residual = np.random.default_rng(3).standard_normal(400) * 0.05
    residual[7] = 1.0
    noise = learn_noise(residual, ROWS, 1)
    assert noise.scale[7] > 10.0
    (notice,) = noise_notices(noise, ROWS, [date.fromordinal(738000 + t) for t in range(400)])
    assert notice.code == "outlier" and str(date.fromordinal(738007)) in notice.message


def test_even_noise_is_left_as_it_is() -> None:
    values = np.arange(6.0)
    assert Noise(np.ones(6), np.zeros(6)).whiten(values) == pytest.approx(values)


def test_a_break_of_the_level_is_named_and_not_taken_for_media() -> None:
    made = simulate(12, Shape(channels=2, weeks=130, noise=0.03, media_share=0.3))
    shifted = replace(made, kpi=made.kpi + 0.4 * made.kpi.mean() * (np.arange(130) >= 70))
    spec = parse_spec(made.spec())
    result = fit(build_series(parse_csv(shifted.csv()), spec), spec)
    (notice,) = [notice for notice in result.warnings if notice.code == "level_shift"]
    named = date.fromisoformat(next(word for word in notice.message.replace(":", "").split() if word[:2] == "20"))
    assert abs((named - made.dates[70]).days) <= 14
    for channel, share in zip(result.channels, made.share_of_media, strict=True):
        assert channel.share_of_media.mean == pytest.approx(share, abs=0.12)


@pytest.mark.parametrize("kind", ["daily", "breaks", "promo"])
def test_series_after_the_conventions_of_other_tools_are_held_by_their_ranges(kind: str) -> None:
    known = simulate_kind(kind, 11)
    spec = parse_spec(known.spec())
    result = fit(build_series(parse_csv(known.csv()), spec), spec)

    def near(interval: Interval, truth: float) -> bool:
        width = interval.high - interval.low
        return interval.low - 0.5 * width <= truth <= interval.high + 0.5 * width

    assert all(near(c.contribution_share, truth) for c, truth in zip(result.channels, known.contribution_share, strict=True))


def test_a_step_that_a_slow_tail_could_pass_for_is_found() -> None:
    known = simulate_kind("breaks", 103)  # the level falls from 2022-07-11 on
    spec = parse_spec(known.spec())
    (notice,) = [n for n in fit(build_series(parse_csv(known.csv()), spec), spec).warnings if n.code == "level_shift"]
    assert "2022-07-11" in notice.message


def yearly(heights: Sequence[float]) -> FirstFit:
    """Give what a flat first fit says of weeks of which one of each year stands out by so many spreads of the noise."""
    days = np.arange(52 * len(heights)) * 7.0
    residual = np.random.default_rng(5).standard_normal(len(days)) * 0.03
    residual[30::52] += 0.03 * np.array(heights)
    rows = np.ones((1, len(days)), dtype=bool)
    return FirstFit(np.zeros(len(days)), residual, np.zeros((len(days), 0)), plain_noise(rows.ravel()), rows, days)


def test_weeks_that_stand_out_every_year_are_season_and_one_outlier_is_not() -> None:
    flat = Baseline(np.ones((156, 1)), 0.0, np.full((1, 1), 0.5))
    (peak,) = find_events(yearly([9.0, 8.0, 10.0]), flat)
    assert peak.at == 30
    assert peak.width > 0
    assert find_events(yearly([30.0, 0.0, 0.0]), flat) == ()


def test_a_yearly_peak_is_named_and_kept_from_media() -> None:
    known = simulate_kind("promo", 5001)  # a peak around the 48th week of each year
    spec = parse_spec(known.spec())
    result = fit(build_series(parse_csv(known.csv()), spec), spec)
    assert any(notice.code == "yearly_peak" and "30 November" in notice.message for notice in result.warnings)
    errors = [abs(c.share_of_media.mean - truth) for c, truth in zip(result.channels, known.share_of_media, strict=True)]
    assert np.mean(errors) < 0.08
