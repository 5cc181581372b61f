"""Days that do not fit: robust seasonal scores with a false-alarm rate that holds for the whole series, not for each day."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from core.errors import InvalidInput
from core.insights.series import Floats, Series

MIN_POINTS = 14
_SIMULATED_SERIES = 2000
_WINDOW = 15
_MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One value outside what its neighbours and its weekday suggest; `score` is in robust standard deviations."""

    on: date
    value: float
    expected: float
    low: float
    high: float
    score: float


@dataclass(frozen=True, slots=True)
class AnomalyReport:
    """What stood out.

    Attributes:
        anomalies: most striking first; empty also when the series was too short (`checked` is then 0).
        checked: how many values were looked at.
        false_alarm_rate: the chance that a series without any anomaly shows one or more.
        threshold: the score from which a value counts.
    """

    anomalies: tuple[Anomaly, ...]
    checked: int
    false_alarm_rate: float
    threshold: float


def find_anomalies(series: Series, *, false_alarm_rate: float = 0.05) -> AnomalyReport:
    """Score every value against the running median and its weekday, on the scale on which noise is even.

    Amounts above zero are compared as logarithms (spend varies in proportion to its size), counts as square roots (Anscombe 1948), where
    the noise is never taken for smaller than chance alone makes it.
    The threshold is the quantile of the largest score in simulated series of the same length without anomalies, put through the
    same steps, so that smoothing does not make it optimistic. Assumes noise that is near normal on that scale; strongly autocorrelated
    noise alarms a little more often (a test states how much).

    Args:
        false_alarm_rate: for the whole series, 0.001-0.5.
    """
    if not 0.001 <= false_alarm_rate <= 0.5:
        raise InvalidInput("The false-alarm rate must lie between 0.001 and 0.5.")
    values = np.asarray(series.values, dtype=np.float64)
    n = len(values)
    if n < MIN_POINTS:
        return AnomalyReport((), 0, false_alarm_rate, float("inf"))
    even, back, least_noise = _even_scale(values)
    residuals, scales = _residuals(even[None, :], series.season)
    threshold = _threshold(n, series.season, false_alarm_rate)
    scale = max(float(scales[0]), least_noise)
    if scale == 0:
        return _constant_with_exceptions(series, residuals[0], false_alarm_rate)
    scores, expected, reach = residuals[0] / scale, even - residuals[0], threshold * scale
    found = [
        Anomaly(
            on=series.dates[i],
            value=float(values[i]),
            expected=back(float(expected[i])),
            low=back(float(expected[i] - reach)),
            high=back(float(expected[i] + reach)),
            score=float(scores[i]),
        )
        for i in np.flatnonzero(np.abs(scores) > threshold)
    ]
    return AnomalyReport(tuple(sorted(found, key=lambda a: -abs(a.score))), n, false_alarm_rate, threshold)


def _even_scale(values: Floats) -> tuple[Floats, Callable[[float], float], float]:
    """Give the values on the scale where noise is even, the way back, and the least noise that chance alone makes there."""
    if values.min() >= 0 and np.all(values == np.round(values)):
        return np.sqrt(values + 0.375), lambda x: max(max(x, 0.0) ** 2 - 0.375, 0.0), 0.5
    if values.min() > 0:
        return np.log(values), math.exp, 0.0
    return values, lambda x: x, 0.0


def _residuals(rows: Floats, season: int) -> tuple[Floats, Floats]:
    """Take level and weekday out of each row; give residuals (rows, n) and their robust standard deviation (rows,)."""
    from scipy.ndimage import median_filter

    def level(x: Floats) -> Floats:
        return np.asarray(median_filter(x, size=(1, _WINDOW), mode="nearest"), dtype=np.float64)

    flat = rows
    if season > 1:
        distance = rows - level(rows)
        pattern = np.stack([np.median(distance[:, position::season], axis=1) for position in range(season)], axis=1)
        flat = rows - np.take(pattern, np.arange(rows.shape[1]) % season, axis=1)
    residuals = flat - level(flat)
    scale = _MAD_TO_SIGMA * np.median(np.abs(residuals - np.median(residuals, axis=1, keepdims=True)), axis=1)
    return residuals, scale


@lru_cache(maxsize=256)
def _threshold(n: int, season: int, false_alarm_rate: float) -> float:
    """Give the score that the largest of n residuals of pure noise exceeds with the given chance (seeded simulation, 2,000 series)."""
    noise = np.random.default_rng(20260101).standard_normal((_SIMULATED_SERIES, n))
    residuals, scale = _residuals(noise, season)
    return float(np.quantile(np.abs(residuals / scale[:, None]).max(axis=1), 1 - false_alarm_rate))


def _constant_with_exceptions(series: Series, residuals: Floats, false_alarm_rate: float) -> AnomalyReport:
    """A series that is the same nearly every day has no noise to compare with: each exception stands out by itself."""
    usual = float(np.median(series.values))
    found = tuple(
        Anomaly(series.dates[i], series.values[i], usual, usual, usual, float(np.sign(residuals[i])) * float("inf"))
        for i in np.flatnonzero(residuals != 0)
    )
    few = found if len(found) <= max(1, len(series.values) // 20) else ()
    return AnomalyReport(few, len(series.values), false_alarm_rate, 0.0)
