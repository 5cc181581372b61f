"""Where a series is heading and where it broke: robust slope and change points that do not cry wolf over autocorrelated noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from core.insights.series import Floats, Series

MIN_POINTS = 8
MIN_SEGMENT = 7


@dataclass(frozen=True, slots=True)
class Trend:
    """The straight line through a series.

    Attributes:
        direction: `up` or `down` when the sign is certain at 95%, `flat` when it is not, `too_short` below eight points.
        slope_per_step: units a day (or week); `low` and `high` are its 95% interval.
        change_ratio: the line's change over the whole window as a share of where it began; None when it began at or below zero.
        p_value: two-sided, corrected for autocorrelation.
    """

    direction: Literal["up", "down", "flat", "too_short"]
    slope_per_step: float
    low: float
    high: float
    change_ratio: float | None
    p_value: float


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A day from which the level is another one: medians before and after, and how sure that is."""

    on: date
    before: float
    after: float
    p_value: float


def find_trend(series: Series) -> Trend:
    """Fit the Theil-Sen line to the series without its weekday pattern.

    Source: Sen (1968); Mann-Kendall variance corrected for autocorrelation after Hamed and Rao (1998).
    """
    values = without_season(np.asarray(series.values, dtype=np.float64), series.season)
    n = len(values)
    if n < MIN_POINTS:
        return Trend("too_short", 0.0, 0.0, 0.0, None, 1.0)
    later, earlier = np.triu_indices(n, 1)[1], np.triu_indices(n, 1)[0]
    slopes = (values[later] - values[earlier]) / (later - earlier)
    slope = float(np.median(slopes))
    deviation = math.sqrt(n * (n - 1) * (2 * n + 5) / 18 * _autocorrelation_factor(values - slope * np.arange(n)))
    score = float(np.sign(values[later] - values[earlier]).sum())
    p_value = _two_sided(max(abs(score) - 1, 0) / deviation)
    low, high = _sen_interval(slopes, 1.96 * deviation)
    start = float(np.median(values - slope * np.arange(n)))
    change = slope * (n - 1) / start if start > 0 else None
    direction: Literal["up", "down", "flat"] = "flat" if p_value >= 0.05 else "up" if slope > 0 else "down" if slope < 0 else "flat"
    return Trend(direction, slope, low, high, change, p_value)


def find_change_points(series: Series, *, false_alarm_rate: float = 0.05) -> list[ChangePoint]:
    """Split the series where its level changed for good, oldest first.

    Pettitt's rank test on ever smaller parts, its variance corrected for lag-1 autocorrelation; a part is not split below two weeks.
    A steady slope is taken out first, so that growth alone is no break.

    Args:
        false_alarm_rate: how often a series without any break may be said to have one, 0-1.
    """
    values = without_season(np.asarray(series.values, dtype=np.float64), series.season)
    found: list[ChangePoint] = []

    def split(start: int, end: int) -> None:
        part = values[start:end]
        if len(part) < 2 * MIN_SEGMENT:
            return
        at, p_value = _pettitt(part)
        if p_value < false_alarm_rate and MIN_SEGMENT <= at <= len(part) - MIN_SEGMENT and not _slope_explains(part, at):
            before, after = float(np.median(part[:at])), float(np.median(part[at:]))
            found.append(ChangePoint(series.dates[start + at], before, after, p_value))
            split(start, start + at)
            split(start + at, end)

    split(0, len(values))
    return sorted(found, key=lambda point: point.on)


def without_season(values: Floats, season: int) -> Floats:
    """Take the repeating pattern out: each position's median distance from the level around it."""
    if season < 2:
        return values
    from scipy.ndimage import median_filter

    distance = values - median_filter(values, size=2 * season + 1, mode="nearest")
    pattern = np.array([np.median(distance[position::season]) for position in range(season)])
    pattern -= np.median(pattern)
    return np.asarray(values - np.resize(pattern, len(values)), dtype=np.float64)


def _autocorrelation_factor(residuals: Floats) -> float:
    """Give how much wider the Mann-Kendall variance is because neighbours resemble each other (at least 1)."""
    n = len(residuals)
    ranks = np.argsort(np.argsort(residuals)).astype(np.float64)
    centred = ranks - ranks.mean()
    power = float(centred @ centred)
    if power == 0:
        return 1.0
    total = 0.0
    for lag in range(1, min(n - 2, 14) + 1):
        correlation = float(centred[:-lag] @ centred[lag:]) / power
        if abs(correlation) > 1.96 / math.sqrt(n):
            total += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation
    return max(1.0, 1 + 2 * total / (n * (n - 1) * (n - 2)))


def _sen_interval(slopes: Floats, reach: float) -> tuple[float, float]:
    ordered, count = np.sort(slopes), len(slopes)
    low = ordered[max(0, math.floor((count - reach) / 2))]
    high = ordered[min(count - 1, math.ceil((count + reach) / 2))]
    return float(low), float(high)


def _two_sided(z: float) -> float:
    return math.erfc(z / math.sqrt(2))


def _pettitt(values: Floats) -> tuple[int, float]:
    """Give where the level most likely changed and the chance of so clear a break by luck (Pettitt 1979)."""
    n = len(values)
    ranks = np.argsort(np.argsort(values)) + 1
    statistic = np.abs(2 * np.cumsum(ranks)[:-1] - np.arange(1, n) * (n + 1))
    at = int(np.argmax(statistic)) + 1
    level = np.where(np.arange(n) < at, np.median(values[:at]), np.median(values[at:]))
    correlation = min(0.8, max(0.0, _lag_one(values - level)))
    inflation = (1 + correlation) / (1 - correlation)
    return at, min(1.0, 2 * math.exp(-6 * float(statistic[at - 1]) ** 2 / ((n**3 + n**2) * inflation)))


def _lag_one(residuals: Floats) -> float:
    centred = residuals - residuals.mean()
    power = float(centred @ centred)
    return float(centred[:-1] @ centred[1:]) / power if power else 0.0


def _slope_explains(values: Floats, at: int) -> bool:
    """Say whether one straight line fits at least as well as two levels."""
    steps = np.arange(len(values))
    line = np.polyval(np.polyfit(steps, values, 1), steps)
    levels = np.where(steps < at, np.median(values[:at]), np.median(values[at:]))
    return float(np.abs(values - line).sum()) <= float(np.abs(values - levels).sum())
