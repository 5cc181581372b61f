"""Trends, breaks and anomalies are found where they are and rarely where they are not; tips carry evidence."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from numpy.random import Generator

from core.errors import InvalidInput
from core.insights.anomalies import find_anomalies
from core.insights.benchmarks import BenchmarkRange
from core.insights.series import Series
from core.insights.tips import ChannelFacts, make_tips
from core.insights.trends import find_change_points, find_trend
from core.model.interval import Interval

WEEKDAYS = np.array([1, 1.1, 1.2, 1.1, 1, 0.6, 0.5])


def daily(values: object) -> Series:
    numbers = tuple(float(v) for v in np.asarray(values))
    return Series("spend", tuple(date(2026, 1, 1) + timedelta(days=i) for i in range(len(numbers))), numbers)


def spend(rng: Generator, n: int = 90) -> np.ndarray:
    return np.exp(rng.normal(5, 0.15, n)) * np.resize(WEEKDAYS, n)


def test_clean_seasonal_series_raise_an_alarm_about_as_often_as_promised() -> None:
    rng = np.random.default_rng(11)
    lognormal = sum(bool(find_anomalies(daily(spend(rng)), false_alarm_rate=0.1).anomalies) for _ in range(300)) / 300
    counts = (
        sum(bool(find_anomalies(daily(rng.poisson(40 * np.resize(WEEKDAYS, 90))), false_alarm_rate=0.1).anomalies) for _ in range(300))
        / 300
    )
    assert 0.04 <= lognormal <= 0.16
    assert counts <= 0.12


def test_a_doubled_day_is_found_with_what_was_expected_of_it() -> None:
    values = spend(np.random.default_rng(3))
    usual = values[50]
    values[50] *= 2.2
    [anomaly] = find_anomalies(daily(values)).anomalies
    assert anomaly.on == date(2026, 2, 20)
    assert anomaly.high < anomaly.value
    assert anomaly.low < usual < anomaly.high


def test_an_outage_to_zero_is_found_in_counts() -> None:
    clicks = np.random.default_rng(4).poisson(60, 60)
    clicks[30] = 0
    assert [a.on for a in find_anomalies(daily(clicks)).anomalies] == [date(2026, 1, 31)]


def test_a_short_series_is_not_judged() -> None:
    report = find_anomalies(daily([1.0] * 13))
    assert (report.anomalies, report.checked) == ((), 0)
    assert find_trend(daily([1, 2, 3])).direction == "too_short"


def test_the_one_exception_in_a_constant_series_is_found() -> None:
    assert [a.value for a in find_anomalies(daily([100.5] * 20 + [0.5] + [100.5] * 19)).anomalies] == [0.5]


def test_a_slope_is_told_with_an_interval_that_holds_it_and_noise_is_flat() -> None:
    rng = np.random.default_rng(8)
    trend = find_trend(daily(10 + 0.03 * np.arange(90) + rng.normal(0, 1, 90)))
    assert trend.direction == "up"
    assert trend.low < 0.03 < trend.high
    flat = sum(find_trend(daily(spend(rng))).direction == "flat" for _ in range(200)) / 200
    assert flat >= 0.9


def test_a_break_is_dated_to_within_two_days_and_growth_alone_is_none() -> None:
    rng = np.random.default_rng(9)
    values = rng.normal(10, 1, 90)
    values[60:] += 3
    [point] = find_change_points(daily(values))
    assert abs((point.on - date(2026, 3, 2)).days) <= 2
    assert point.after - point.before == pytest.approx(3, abs=1)
    growing = sum(bool(find_change_points(daily(rng.normal(0, 1, 90) + 0.05 * np.arange(90)))) for _ in range(100))
    assert growing <= 5


def test_a_series_with_a_gap_or_a_missing_value_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="spend is not evenly spaced"):
        Series("spend", (date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 4)), (1.0, 2.0, 3.0))
    with pytest.raises(InvalidInput, match="not a number"):
        Series("spend", (date(2026, 1, 1),), (float("nan"),))


def test_money_is_moved_only_where_the_intervals_do_not_overlap() -> None:
    search = ChannelFacts("Search", 500_000, Interval(20, 18, 22), "strong")
    video = ChannelFacts("Video", 1_000_000, Interval(5, 4, 7), "some")
    [tip] = [t for t in make_tips([search, video], minor_per_unit=100, currency="EUR", kpi="conversions") if t.code == "shift_budget"]
    assert tip.action.arguments == {"from": "Video", "to": "Search", "amount_minor": 100_000}
    assert tip.expected_gain is not None
    assert tip.expected_gain == Interval(15.0, 11.0, 18.0)
    unsure = ChannelFacts("Video", 1_000_000, Interval(15, 4, 19), "some")
    assert not [t for t in make_tips([search, unsure], minor_per_unit=100, currency="EUR", kpi="conversions") if t.code == "shift_budget"]


def test_each_other_tip_appears_on_its_condition_and_only_then() -> None:
    published = BenchmarkRange("CPA", 40.0, 30.0, 50.0, "USD", ("WordStream, 2025",), ())
    quiet = ChannelFacts(
        "A",
        100_000,
        evidence="strong",
        seen_high_minor=200_000,
        delivered_minor=50_000,
        expected_minor=50_000,
        cpa_minor=4_000,
        benchmark=published,
    )
    loud = ChannelFacts(
        "B",
        300_000,
        evidence="prior",
        seen_high_minor=200_000,
        delivered_minor=90_000,
        expected_minor=50_000,
        cpa_minor=6_000,
        benchmark=published,
    )
    codes = {t.code for t in make_tips([quiet, loud], minor_per_unit=100, currency="USD", kpi="conversions")}
    assert codes == {"beyond_seen_range", "test_before_scaling", "cost_above_benchmark", "off_pace", "concentrated"}
    assert {c for t in make_tips([quiet, loud], minor_per_unit=100, currency="USD", kpi="conversions") for c in t.channels} == {"B"}
    in_euro = make_tips([quiet, loud], minor_per_unit=100, currency="EUR", kpi="conversions")
    assert "cost_above_benchmark" not in {t.code for t in in_euro}
