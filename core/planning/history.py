"""A workspace's performance by channel and week, made from facts of days or weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from core.errors import InvalidInput
from core.model.money import minor_exponent
from core.planning.rates import Delivered
from core.planning.response import ChannelSpec, FitSpec, LiftTest, Series
from core.planning.response.transforms import Array

Kpi = Literal["conversions", "value"]
LONGEST_FACT_DAYS = 7
_MEASURES = ("spend", "impressions", "clicks", "conversions", "value")


@dataclass(frozen=True, slots=True)
class Fact:
    """What a channel delivered from `day` on for `days` days; money in minor units of one currency."""

    channel: str
    market: str
    day: date
    days: int
    spend_minor: int
    impressions: float | None
    clicks: float | None
    conversions: float | None
    value_minor: int | None


@dataclass(frozen=True, slots=True)
class History:
    """Whole weeks (Monday first) by market and channel.

    Attributes:
        weeks: first day of each, T. channels: C names; `paid` says which of them ever spent.
        measures: (M, C, T) by name (`spend` and `value` in major units); NaN where a channel's facts never carry the measure.
    """

    weeks: tuple[date, ...]
    markets: tuple[str, ...]
    channels: tuple[str, ...]
    currency: str
    measures: dict[str, Array]

    @property
    def paid(self) -> tuple[str, ...]:
        spent = self.measures["spend"].sum(axis=(0, 2))
        return tuple(channel for channel, total in zip(self.channels, spent, strict=True) if total > 0)

    @property
    def span(self) -> tuple[date, date]:
        """Give the first and the last day."""
        return self.weeks[0], self.weeks[-1] + timedelta(days=6)

    def channel(self, name: str, market: str | None = None) -> Delivered:
        """Give one channel's weeks, in one market or (None, or one that the history lacks) all together."""
        i = self.channels.index(name)
        of = slice(None) if market not in self.markets else slice(self.markets.index(market), self.markets.index(market) + 1)
        return Delivered(**{measure: values[of, i].sum(axis=0) for measure, values in self.measures.items()})

    def kpi(self, name: str) -> Array:
        """Give the (M, T) sum of a KPI over channels; NaN where no channel carries it."""
        values = self.measures[name]
        return np.asarray(np.where(np.isnan(values).all(axis=1), np.nan, np.nansum(values, axis=1)))


def weekly_history(facts: Sequence[Fact], currency: str) -> History:
    """Put facts on whole weeks; the parts of weeks at both ends are left out where the facts are daily.

    Raises:
        InvalidInput: fewer than three whole weeks.
    """
    if not facts:
        raise InvalidInput("There is no performance data yet.", hint="Import an export or a table of date, channel, spend and results.")
    weeks = _whole_weeks(facts)
    if len(weeks) < 3:
        raise InvalidInput("The performance data cover fewer than three whole weeks.", hint="Import a longer period.")
    markets = tuple(sorted({fact.market for fact in facts}))
    channels = tuple(sorted({fact.channel for fact in facts}))
    shape = (len(markets), len(channels), len(weeks))
    totals = {measure: np.zeros(shape) for measure in _MEASURES}
    carried = {measure: np.zeros(shape[:2], dtype=bool) for measure in _MEASURES}
    minor = 10.0 ** minor_exponent(currency)
    market_rank = {market: i for i, market in enumerate(markets)}
    channel_rank = {channel: i for i, channel in enumerate(channels)}
    for fact in facts:
        place = market_rank[fact.market], channel_rank[fact.channel]
        week = _week_of(fact, weeks[0], len(weeks))
        for measure, value in _values(fact, minor) if week is not None else ():
            carried[measure][place] = True
            totals[measure][(*place, week)] += value
    for measure in _MEASURES[1:]:
        totals[measure][~carried[measure]] = np.nan
    return History(weeks, markets, channels, currency, totals)


def _values(fact: Fact, minor: float) -> list[tuple[str, float]]:
    value = None if fact.value_minor is None else fact.value_minor / minor
    given = zip(_MEASURES, (fact.spend_minor / minor, fact.impressions, fact.clicks, fact.conversions, value), strict=True)
    return [(measure, float(amount)) for measure, amount in given if amount is not None]


def _whole_weeks(facts: Sequence[Fact]) -> tuple[date, ...]:
    first = min(fact.day for fact in facts)
    last = max(fact.day + timedelta(days=fact.days - 1) for fact in facts)
    monday = first - timedelta(days=first.weekday())
    if first != monday and all(fact.days == 1 for fact in facts):
        monday += timedelta(days=7)
    n = (last - monday).days + 1
    whole = n // 7 if all(fact.days == 1 for fact in facts) else -(-n // 7)
    return tuple(monday + timedelta(days=7 * i) for i in range(max(whole, 0)))


def _week_of(fact: Fact, monday: date, n_weeks: int) -> int | None:
    """Give the week that a fact starts in, None outside the weeks kept."""
    week = (fact.day - monday).days // 7
    return week if 0 <= week < n_weeks else None


def response_series(history: History, kpi: str, tests: Sequence[LiftTest] = (), *, holidays: str | None = None) -> tuple[Series, FitSpec]:
    """Lay out a history for the response model: channels that never spent count towards the KPI only."""
    values = history.kpi(kpi)
    if np.isnan(values).all() or not history.paid:
        missing = "spend" if not history.paid else "revenue" if kpi == "value" else kpi
        raise InvalidInput(f"The performance data carry no {missing}.", hint="Import data with a date, a channel, spend and results.")
    paid = [history.channels.index(channel) for channel in history.paid]
    spend = np.nan_to_num(history.measures["spend"][:, paid].transpose(0, 2, 1))
    spec = FitSpec(
        date="week",
        kpi=kpi,
        kpi_kind="revenue" if kpi == "value" else kpi,
        channels=tuple(ChannelSpec(channel, channel) for channel in history.paid),
        holidays=holidays,
        lift_tests=tuple(test for test in tests if test.channel in history.paid),
    )
    series = Series(
        dates=history.weeks,
        period_days=7,
        markets=history.markets,
        channels=history.paid,
        kpi=values,
        spend=spend,
        media=spend,
        controls=np.zeros((*values.shape, 0)),
        control_names=(),
    )
    return series, spec


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some weeks summed up over all channels, money in major units; `per_unit` is cost per conversion, or value per cost."""

    weeks: int
    spend: float
    kpi: float
    per_unit: float | None


@dataclass(frozen=True, slots=True)
class Recent:
    """The last weeks beside as many before them; `weekly_spend` is the mean a week by paid channel over the last ones."""

    now: Stretch
    before: Stretch | None
    weekly_spend: dict[str, float]


def recent_weeks(history: History, kpi: str, *, weeks: int = 13) -> Recent:
    """Sum up the last weeks and, where there are as many, those before them."""
    weeks = min(weeks, len(history.weeks))
    spend = history.measures["spend"].sum(axis=(0, 1))
    outcome = np.nan_to_num(history.kpi(kpi)).sum(axis=0)
    enough = len(history.weeks) >= 2 * weeks
    return Recent(
        now=_stretch(spend[-weeks:], outcome[-weeks:], kpi),
        before=_stretch(spend[-2 * weeks : -weeks], outcome[-2 * weeks : -weeks], kpi) if enough else None,
        weekly_spend={channel: float(history.channel(channel).spend[-weeks:].mean()) for channel in history.paid},
    )


def _stretch(spend: Array, outcome: Array, kpi: str) -> Stretch:
    paid, got = float(spend.sum()), float(outcome.sum())
    top, bottom = (got, paid) if kpi == "value" else (paid, got)
    return Stretch(len(spend), paid, got, top / bottom if bottom > 0 else None)


def kpis_of(history: History) -> tuple[str, ...]:
    """List the KPIs that the data carry, `conversions` first."""
    return tuple(name for name in ("conversions", "value") if np.nansum(history.measures[name]) > 0)
