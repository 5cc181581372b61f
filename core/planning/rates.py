"""Unit prices and rates of a channel (CPM, CTR, CVR, value per conversion) with the error they showed when they were used to predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.planning.response.transforms import Array

_HALF_LIFE_PERIODS = 8.0
_WINDOW_PERIODS = 26
_MIN_PERIODS = 4
_MIN_LOG_SD = 0.02
_Z90 = 1.645


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate and the sd of the logarithm of its prediction error; `periods` says how many it was learnt from."""

    mean: float
    log_sd: float
    periods: int = 0


@dataclass(frozen=True, slots=True)
class ChannelRates:
    """What a channel costs and brings; None where it is not known. CPM and value per conversion in major units. `source` is shown."""

    cpm: Rate | None = None
    ctr: Rate | None = None
    cvr: Rate | None = None
    value_per_conversion: Rate | None = None
    source: str = "history"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a channel delivered, one number a period in order; NaN where the export has none. Money in major units."""

    spend: Array
    impressions: Array
    clicks: Array
    conversions: Array
    value: Array


@dataclass(frozen=True, slots=True)
class Backtest:
    """How forecasts made from earlier periods held: share of 90% ranges that held the value, mean absolute error ratio, and how many."""

    coverage: float
    mape: float
    forecasts: int


def learn_rates(delivered: Delivered, *, horizon: int) -> ChannelRates:
    """Learn a channel's rates.

    Args:
        delivered: at least 4 periods; fewer, or no volume, leaves a rate None.
        horizon: periods that one forecast covers; errors are measured at this length.
    """
    return ChannelRates(
        cpm=_learn(delivered.spend * 1000.0, delivered.impressions, horizon),
        ctr=_learn(delivered.clicks, delivered.impressions, horizon),
        cvr=_learn(delivered.conversions, delivered.clicks, horizon),
        value_per_conversion=_learn(delivered.value, delivered.conversions, horizon),
    )


def rate_from_range(value: float, low: float, high: float) -> Rate:
    """Give the rate of a published figure with its lowest and highest; at least a factor of 1.6 either way, since accounts differ."""
    spread = np.log(max(high, value) / max(min(low, value), 1e-12)) / (2.0 * _Z90)
    return Rate(value, float(max(spread, 0.3)))


def _learn(top: Array, bottom: Array, horizon: int) -> Rate | None:
    known = ~(np.isnan(top) | np.isnan(bottom)) & (bottom > 0) & (top > 0)
    if known.sum() < _MIN_PERIODS:
        return None
    top, bottom = top[known], bottom[known]
    errors = _errors(top, bottom, horizon)
    sd = float(np.sqrt(np.mean(np.square(errors)))) if len(errors) else float(np.std(np.log(top / bottom)))
    thin = 1.0 + 2.0 / max(len(errors), 1)  # few tries say little about the spread of the next one
    return Rate(_level(top, bottom), max(sd * thin, _MIN_LOG_SD), int(known.sum()))


def _level(top: Array, bottom: Array) -> float:
    """Give the ratio of sums over the last periods, later ones weighing more."""
    top, bottom = top[-_WINDOW_PERIODS:], bottom[-_WINDOW_PERIODS:]
    weight = 0.5 ** (np.arange(len(top))[::-1] / _HALF_LIFE_PERIODS)
    return float((weight * top).sum() / (weight * bottom).sum())


def _errors(top: Array, bottom: Array, horizon: int) -> list[float]:
    """Give ln(delivered / predicted) of each stretch of `horizon` periods, predicted from those before it."""
    horizon = max(1, min(horizon, len(top) // 3))
    starts = range(len(top) - horizon, _MIN_PERIODS - 1, -horizon)
    return [
        float(np.log(top[s : s + horizon].sum() / bottom[s : s + horizon].sum() / _level(top[:s], bottom[:s])))
        for s in starts
        if top[s : s + horizon].sum() > 0
    ]


def backtest_rates(delivered: Delivered, *, horizon: int) -> Backtest | None:
    """Forecast each past stretch from the spend of it and the periods before it only; None where there are too few.

    Counted are impressions, clicks and conversions where the data carry them.
    """
    hits: list[bool] = []
    errors: list[float] = []
    n = len(delivered.spend)
    pairs = ((delivered.impressions, delivered.spend), (delivered.clicks, delivered.impressions), (delivered.conversions, delivered.clicks))
    for start in range(n - horizon, 3 * max(horizon, _MIN_PERIODS) - 1, -horizon):
        for top, bottom in pairs:
            tried = _try(top, bottom, start, horizon)
            if tried is not None:
                hits.append(tried[0])
                errors.append(tried[1])
    return Backtest(float(np.mean(hits)), float(np.mean(errors)), len(hits)) if hits else None


def _try(top: Array, bottom: Array, start: int, horizon: int) -> tuple[bool, float] | None:
    rate = _learn(top[:start], bottom[:start], horizon)
    actual, base = float(np.nansum(top[start : start + horizon])), float(np.nansum(bottom[start : start + horizon]))
    if rate is None or actual <= 0 or base <= 0:
        return None
    miss = np.log(actual / (rate.mean * base))
    return bool(abs(miss) <= _Z90 * rate.log_sd), float(abs(np.expm1(-miss)))


def pool_backtests(backtests: Sequence[Backtest | None]) -> Backtest | None:
    """Give one backtest over several channels, weighed by how many forecasts each holds."""
    known = [b for b in backtests if b is not None]
    n = sum(b.forecasts for b in known)
    if n == 0:
        return None
    return Backtest(sum(b.coverage * b.forecasts for b in known) / n, sum(b.mape * b.forecasts for b in known) / n, n)
