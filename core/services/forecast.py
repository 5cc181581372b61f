"""Forecast a budget table: what each line should bring by period, how sure that is, and how past forecasts held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.access import AccessContext, Permission
from core.insights.benchmarks import BenchmarkRange, find_benchmark
from core.model.distribution import Distribution, DistributionRow
from core.model.money import ExchangeRate, minor_exponent
from core.planning.channels import CurveKey, match_name
from core.planning.confidence import Confidence, Grounds, score_line, score_plan
from core.planning.forecast import ChannelCurve, Forecast, ForecastRequest, PlannedLine, predict
from core.planning.history import History, Kpi
from core.planning.rates import Backtest, ChannelRates, Rate, backtest_rates, learn_rates, pool_backtests, rate_from_range
from core.runtime import Runtime
from core.services.curves import fit_in
from core.services.flighting import read_flow
from core.services.performance import list_performance
from core.services.response import FitView

_LONGEST_HORIZON_WEEKS = 8
_BENCHMARK_CURRENCIES = {"USD", "EUR", "GBP"}


@dataclass(frozen=True, slots=True)
class ForecastView:
    """A budget table's forecast.

    Attributes:
        confidence: by row id, and of the plan as a whole.
        backtest: how forecasts of unit prices and rates made from earlier weeks held; the curves' own holdout is in `holdout`.
        holdout: share of held-out weeks inside the 90% range of the response model, None without a fit.
    """

    forecast: Forecast
    confidence: dict[str, Confidence]
    plan_confidence: Confidence
    backtest: Backtest | None
    holdout: float | None
    kpi: Kpi | None
    is_made: bool


def forecast_distribution(
    ctx: AccessContext, rt: Runtime, distribution: Distribution, *, kpi: Kpi | None = None, rate: ExchangeRate | None = None
) -> ForecastView:
    """Forecast every row and period of a budget table from the workspace's curves and rates, else from published figures.

    Args:
        kpi: what the curves count; None takes the newest fit. rate: brings curves of another currency into the table's.
    """
    ctx.require(Permission.READ)
    view = list_performance(ctx, rt, currency=distribution.currency)
    history, curves_from = view.history, fit_in(ctx, rt, kpi, currency=distribution.currency or view.currency, rate=rate)
    channels = {row.id: row.channel or row.label for row in distribution.rows}
    horizon = _horizon(distribution)
    keys = {} if curves_from is None else curves_from.keys_of(distribution)
    rates = {channel: _rates(channel, history, distribution.currency, horizon) for channel in set(channels.values())}
    request = ForecastRequest(
        lines=tuple(
            PlannedLine(row.id, channels[row.id], period, cell.budget_minor, keys.get(row.id))
            for row in distribution.rows
            for period, cell in zip(distribution.periods, row.cells, strict=True)
        ),
        curves=_curves(set(keys.values()), curves_from),
        rates={channel: rate for channel, rate in rates.items() if rate is not None},
        minor_per_unit=10.0 ** minor_exponent(distribution.currency),
        flow=read_flow(ctx, rt, distribution, curves_from),
    )
    backtests = _backtests(history, horizon)
    grounds = _Known(distribution, channels, keys, predict(request), history, curves_from, backtests)
    confidence = {row.id: score_line(grounds.of(row)) for row in distribution.rows}
    return ForecastView(
        forecast=grounds.forecast,
        confidence=confidence,
        plan_confidence=score_plan([(confidence[row.id], row.total_minor) for row in distribution.rows]),
        backtest=pool_backtests(list(backtests.values())),
        holdout=curves_from.answer["fit"]["interval_coverage_holdout"] if curves_from else None,
        kpi=curves_from.kpi if curves_from else None,
        is_made=view.is_made and history is not None,
    )


def _horizon(distribution: Distribution) -> int:
    days = [period.days for period in distribution.periods]
    return max(1, min(round(float(np.median(days)) / 7), _LONGEST_HORIZON_WEEKS)) if days else 4


def _curves(keys: set[CurveKey], found: FitView | None) -> dict[CurveKey, ChannelCurve]:
    if found is None:
        return {}
    kind = "revenue" if found.kpi == "value" else "conversions"
    return {key: ChannelCurve(found.triples(*key), 7, kind) for key in keys if key[0] in found.draws}


def _rates(channel: str, history: History | None, currency: str | None, horizon: int) -> ChannelRates | None:
    """Learn a channel's rates from its history; published figures stand in where there is none."""
    name = match_name(channel, history.paid) if history is not None else None
    if history is not None and name is not None:
        return learn_rates(history.channel(name), horizon=horizon)
    money = currency in _BENCHMARK_CURRENCIES or currency is None
    cpm, cpc = (find_benchmark(channel, metric) if money else None for metric in ("CPM", "CPC"))
    ctr, cvr = find_benchmark(channel, "CTR"), find_benchmark(channel, "CVR")
    price = _rate(cpm)
    if price is None and cpc is not None and ctr is not None:
        price = Rate(cpc.value * ctr.value * 1000.0, 0.4)
    sources = [found.sources[0] for found in (cpm, cpc, ctr, cvr) if found is not None]
    return ChannelRates(price, _rate(ctr), _rate(cvr), source=f"published figures ({sources[0]})") if sources else None


def _rate(found: BenchmarkRange | None) -> Rate | None:
    return rate_from_range(found.value, found.low, found.high) if found is not None else None


def _backtests(history: History | None, horizon: int) -> dict[str, Backtest | None]:
    if history is None:
        return {}
    return {channel: backtest_rates(history.channel(channel), horizon=horizon) for channel in history.paid}


@dataclass(frozen=True, slots=True)
class _Known:
    """All that a line's confidence is judged by."""

    distribution: Distribution
    channels: Mapping[str, str]
    keys: Mapping[str, CurveKey]
    forecast: Forecast
    history: History | None
    found: FitView | None
    backtests: Mapping[str, Backtest | None]

    def of(self, row: DistributionRow) -> Grounds:
        channel = self.channels[row.id]
        key = self.keys.get(row.id, (channel, None))
        name = match_name(channel, self.history.paid) if self.history is not None else None
        spend = self.history.channel(name, key[1]).spend if self.history is not None and name is not None else np.zeros(1)
        fitted = None if self.found is None or key[0] not in self.found.draws else self.found.answer_of(*key)
        expected = self.forecast.by_channel[channel]
        same = [other for other in self.distribution.rows if self.keys.get(other.id, (self.channels[other.id], None)) == key]
        weekly = max(
            (sum(other.cells[i].budget_minor for other in same) / period.days * 7.0 for i, period in enumerate(self.distribution.periods)),
            default=0.0,
        )
        return Grounds(
            periods=int((spend > 0).sum()),
            evidence=None if fitted is None else fitted["evidence"],
            outcome=expected["conversions"] or expected["value"] or expected["clicks"],
            spend_per_period=weekly / 10.0 ** minor_exponent(self.distribution.currency),
            most_seen=float(spend.max()),
            backtest=self.backtests.get(name) if name is not None else None,
        )
