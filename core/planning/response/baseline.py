"""What the KPI does without media: level, trend, seasonality, holidays and controls, as a linear basis with shrinking priors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.errors import InvalidInput
from core.planning.response.series import Series
from core.planning.response.spec import FitSpec
from core.planning.response.transforms import Array

_YEAR_DAYS = 365.25
_TREND_SD = (0.0, 0.03, 0.15, 0.6)  # change of slope at a knot, in KPI means over the whole window
_SEASON_SD = (0.01, 0.05, 0.15, 0.4)  # first harmonic, in KPI means
_COMMON_SD = (0.001, 0.05)  # of what moves all markets at once, in KPI means
_COMMON_PERIODS, _COMMON_MOST = 4, 40  # so many periods a movement, and movements at most
_KNOT_PERIODS_MIN = 6
_HARMONICS = 5
_LEVEL_PRIOR = 0.65  # baseline's share of the KPI before any data are seen, and how loosely
_LEVEL_SD = 0.5


@dataclass(frozen=True, slots=True)
class Baseline:
    """A linear basis in units of the mean KPI.

    Attributes:
        basis: (M * T, p), block-diagonal over markets but for shared movements, seasonality, holidays and controls.
        offset: the level's prior mean, in KPI means.
        prior_sd: (H, p): prior standard deviations of the coefficients under each of H settings of how flexible they are.
    """

    basis: Array
    offset: float
    prior_sd: Array


def build_baseline(series: Series, spec: FitSpec) -> Baseline:
    """Lay out the baseline of a series; what the series is too short to tell (a season under a year) is left out or held tight."""
    n_markets, n_periods = series.kpi.shape
    time = np.linspace(-0.5, 0.5, n_periods)
    trend, trend_sd = _trend(time)
    shared, shared_sd = _shared(series, spec)
    blocks = np.kron(np.eye(n_markets), np.column_stack([np.ones(n_periods), time, trend]))
    per_market = np.array([_LEVEL_SD, 0.4, *[np.nan] * trend.shape[1]])
    common = _common(n_periods) if n_markets > 1 else np.zeros((n_periods, 0))
    settings = []
    for trend_scale in _TREND_SD if trend.shape[1] else _TREND_SD[:1]:
        market_sd = np.tile(np.where(np.isnan(per_market), trend_scale * trend_sd, per_market), n_markets)
        for season_scale in _SEASON_SD if np.isnan(shared_sd).any() else _SEASON_SD[:1]:
            season_sd = np.where(np.isnan(shared_sd), season_scale / _harmonic(shared_sd), shared_sd)
            for common_scale in _COMMON_SD if common.shape[1] else _COMMON_SD[:1]:
                settings.append(np.concatenate([market_sd, np.full(common.shape[1], common_scale), season_sd]))
    return Baseline(np.column_stack([blocks, np.tile(common, (n_markets, 1)), shared]), _LEVEL_PRIOR, np.array(settings))


def _common(n_periods: int) -> Array:
    """Give overlapping bumps over the window: without them what moves all markets at once would count as news once a market."""
    count = min(n_periods // _COMMON_PERIODS, _COMMON_MOST)
    centers = (np.arange(count) + 0.5) * n_periods / max(count, 1)
    away = np.abs(np.arange(n_periods)[:, None] - centers) * count / n_periods
    return np.asarray(np.maximum(1.0 - away, 0.0))


def _trend(time: Array) -> tuple[Array, float]:
    """Give hinge functions whose slope may change at knots, and the sd that a total change of 1 spreads over them."""
    n_knots = min(8, len(time) // _KNOT_PERIODS_MIN - 1)
    if n_knots < 1:
        return np.zeros((len(time), 0)), 1.0
    knots = np.linspace(-0.5, 0.5, n_knots + 2)[1:-1]
    hinges = np.maximum(time[:, None] - knots, 0.0)
    return hinges, 8.0 / n_knots


def _harmonic(sd: Array) -> Array:
    """Give 1, 1, 2, 2, 3, 3, ... along the season columns (marked NaN), 1 elsewhere."""
    season = np.isnan(sd)
    order = (np.cumsum(season) + 1) // 2
    return np.where(season, np.maximum(order, 1), 1).astype(np.float64)


def _shared(series: Series, spec: FitSpec) -> tuple[Array, Array]:
    """Give season, weekday, holiday and control columns with their prior sd; season columns are marked NaN."""
    days = series.mid_days
    parts: list[tuple[Array, float]] = []
    span = len(series.dates) * series.period_days
    if spec.seasonality != "none":
        harmonics = _HARMONICS if span >= 1.4 * _YEAR_DAYS or spec.seasonality == "yearly" else int(span >= 120) + int(span >= 300)
        for k in range(1, harmonics + 1):
            phase = 2.0 * np.pi * k * days / _YEAR_DAYS
            parts += [(np.sin(phase), np.nan), (np.cos(phase), np.nan)]
    if series.period_days == 1 and spec.seasonality != "none":
        weekday = np.array([day.weekday() for day in series.dates])
        parts += [((weekday == d) - 1.0 / 7.0, 0.3) for d in range(6)]
    parts += [(column, 0.15) for column in _holiday_columns(series.dates, series.period_days, spec.holidays)]
    columns = [np.tile(column, len(series.markets)) for column, _ in parts]
    columns += [series.controls[..., k].ravel() for k in range(series.controls.shape[2])]
    sd = [scale for _, scale in parts] + [0.4] * series.controls.shape[2]
    n_rows = series.kpi.size
    return (np.column_stack(columns) if columns else np.zeros((n_rows, 0))), np.array(sd, dtype=np.float64)


def holiday_countries() -> dict[str, str]:
    """Give the countries whose public holidays are known: English name by code, in order of the names."""
    import holidays
    from babel import Locale

    names = Locale("en").territories
    codes = holidays.list_supported_countries(include_aliases=False)
    return dict(sorted(((code, str(names.get(code, code))) for code in codes), key=lambda item: item[1]))


def _holiday_columns(dates: Sequence[date], period_days: int, country: str | None) -> list[Array]:
    """Give a column a holiday that falls into the window at least once: how many of its days each period holds."""
    if country is None:
        return []
    import holidays

    code, _, subdivision = country.partition("-")
    years = range(dates[0].year, dates[-1].year + 2)
    try:
        calendar = holidays.country_holidays(code.upper(), subdiv=subdivision.upper() or None, years=years, language="en_US")
    except NotImplementedError as unknown:
        raise InvalidInput(f"Spec field holidays: {country!r} is not a country code such as DE or DE-BY.") from unknown
    columns: dict[str, Array] = {}
    for day, name in sorted(calendar.items()):
        index = (day - dates[0]).days // period_days
        if 0 <= index < len(dates) and day <= dates[-1] + timedelta(days=period_days - 1):
            columns.setdefault(name, np.zeros(len(dates)))[index] += 1.0
    return list(columns.values())
