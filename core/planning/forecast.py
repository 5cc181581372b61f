"""Forecast a plan by line and period: impressions, clicks, conversions, value, CPA and ROAS with ranges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.model.flight import Period
from core.model.interval import Interval
from core.planning.channels import CurveKey
from core.planning.flighting import Carry, Flow, no_carry
from core.planning.rates import ChannelRates, Rate
from core.planning.response.curves import respond
from core.planning.response.summary import interval
from core.planning.response.transforms import Array

METRICS = ("impressions", "clicks", "conversions", "value", "cpa", "roas")
_N_DRAWS = 500
Draws = dict[str, Array]


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line's budget in one period, in minor units; `curve` is whose response it has, None for that of its channel."""

    line: str
    channel: str
    period: Period
    spend_minor: int
    curve: CurveKey | None = None

    @property
    def key(self) -> CurveKey:
        return (self.channel, None) if self.curve is None else self.curve


@dataclass(frozen=True, slots=True)
class ChannelCurve:
    """A channel's posterior response: Hill triples (D, 3) per data period, spend in major units.

    Attributes:
        kpi_kind: `conversions` or `revenue`: what the response counts.
    """

    draws: Array
    period_days: int
    kpi_kind: str


@dataclass(frozen=True, slots=True)
class ForecastRequest:
    """What to forecast. A line without a curve is forecast by its channel's rates alone; `minor_per_unit` is 100 for cents.

    Attributes:
        flow: carry-over by curve and the season; None where effects stay in their period and all periods are alike.
    """

    lines: tuple[PlannedLine, ...]
    curves: Mapping[CurveKey, ChannelCurve]
    rates: Mapping[str, ChannelRates]
    minor_per_unit: float = 100.0
    seed: int = 0
    flow: Flow | None = None


Expected = dict[str, Interval | None]
"""Each of METRICS with its 90% interval; value in major units; None where nothing is known to forecast it by."""


@dataclass(frozen=True, slots=True)
class LineForecast:
    """One line in one period."""

    line: str
    channel: str
    period: str
    spend_minor: int
    expected: Expected


@dataclass(frozen=True, slots=True)
class Forecast:
    """The plan's forecast; ranges of sums come from summed draws, so they are narrower than summed ranges.

    Attributes:
        draws: of the whole plan, by metric: what `total` sums up.
    """

    lines: tuple[LineForecast, ...]
    by_period: dict[str, Expected]
    by_channel: dict[str, Expected]
    total: Expected
    basis: dict[str, str] = field(default_factory=dict)
    draws: Draws = field(default_factory=dict, repr=False, compare=False)


def predict(request: ForecastRequest) -> Forecast:
    """Forecast every line, period, channel and the whole plan.

    Conversions (or value, as the curve counts) come from the response curve to what is felt in each period of the spend of all lines
    that have it, shared among them by spend; impressions and clicks from the channel's unit prices. Effects are counted in the period
    that pays for them, wherever they are felt.
    """
    rng = np.random.default_rng(request.seed)
    rates = {channel: _rate_draws(request.rates[channel], rng) for channel in sorted(request.rates)}
    responses = _responses(request)
    together: dict[tuple[CurveKey, str], int] = defaultdict(int)
    for line in request.lines:
        together[line.key, line.period.key] += line.spend_minor
    by_line: list[tuple[PlannedLine, Draws, float]] = []
    for line in request.lines:
        paid, spend = together[line.key, line.period.key], line.spend_minor / request.minor_per_unit
        response = responses.get((line.key, line.period.key))
        part = None if response is None else response * (line.spend_minor / paid if paid > 0 else 0.0)
        by_line.append((line, _outcome(request.curves.get(line.key), rates.get(line.channel, {}), part, spend), spend))
    parts = [(draws, spend) for _, draws, spend in by_line]
    whole = _total(parts)
    return Forecast(
        lines=tuple(
            LineForecast(line.line, line.channel, line.period.key, line.spend_minor, _expected(_total([(draws, spend)]), max(spend, 0.0)))
            for line, draws, spend in by_line
        ),
        by_period=_summed([(line.period.key, draws, spend) for line, draws, spend in by_line]),
        by_channel=_summed([(line.channel, draws, spend) for line, draws, spend in by_line]),
        total=_expected(whole, _spent(parts)),
        basis={line.channel: _basis(line, request) for line in request.lines},
        draws=whole,
    )


def _rate_draws(rates: ChannelRates, rng: np.random.Generator) -> dict[str, Array]:
    known = {"cpm": rates.cpm, "ctr": rates.ctr, "cvr": rates.cvr, "value": rates.value_per_conversion}
    return {name: _lognormal(rate, rng) for name, rate in known.items() if rate is not None}


def _lognormal(rate: Rate, rng: np.random.Generator) -> Array:
    return np.asarray(np.exp(rng.normal(np.log(rate.mean), rate.log_sd, _N_DRAWS)), dtype=np.float64)


def _responses(request: ForecastRequest) -> dict[tuple[CurveKey, str], Array]:
    """Give the response by curve and the period that pays for it, where there is a curve."""
    found: dict[tuple[CurveKey, str], Array] = {}
    periods = sorted({line.period for line in request.lines})
    season = np.array([1.0 if request.flow is None else request.flow.season.get(period.key, 1.0) for period in periods])
    spends: dict[CurveKey, Array] = {}
    for line in request.lines:
        own = spends.setdefault(line.key, np.zeros(len(periods)))
        own[periods.index(line.period)] += line.spend_minor / request.minor_per_unit
    for key, spend in spends.items():
        curve = request.curves.get(key)
        if curve is None:
            continue
        carry = (None if request.flow is None else request.flow.carry.get(key)) or no_carry(periods)
        carry = replace(carry, carried_in=carry.carried_in / request.minor_per_unit)
        by_period = _by_paying_period(curve, carry, spend, season)
        found |= {(key, period.key): draws for period, draws in zip(periods, by_period, strict=True)}
    return found


def forecast_draws(draws: Array) -> Array:
    """Give the draws (500, 3) that forecasts are made of: as many of every posterior, so that they can be added up draw by draw."""
    return np.asarray(draws[np.arange(_N_DRAWS) * len(draws) // _N_DRAWS])


def _by_paying_period(curve: ChannelCurve, carry: Carry, spend: Array, season: Array) -> Array:
    """Give (periods, D): what spend (major units) adds in each place, counted for the periods in the shares they are felt there."""
    picked = forecast_draws(curve.draws)
    n, carried = carry.days / curve.period_days, carry.carried_in
    own = carry.matrix * spend
    felt = own.sum(axis=1)
    added = (respond(picked, (felt + carried) / n) - respond(picked, carried / n)) * n * np.append(season, season[-1])
    shares = own / np.maximum(felt, 1e-300)[:, None]
    return np.asarray((added @ shares).T)


def _outcome(curve: ChannelCurve | None, rates: Mapping[str, Array], response: Array | None, spend: float) -> Draws:
    draws: Draws = {}
    if "cpm" in rates:
        draws["impressions"] = spend / rates["cpm"] * 1000.0
    if "impressions" in draws and "ctr" in rates:
        draws["clicks"] = draws["impressions"] * rates["ctr"]
    if "clicks" in draws and "cvr" in rates:
        draws["conversions"] = draws["clicks"] * rates["cvr"]
    if curve is not None and response is not None:
        draws["value" if curve.kpi_kind == "revenue" else "conversions"] = response
    if "value" in rates and "value" in draws:
        draws["conversions"] = draws["value"] / rates["value"]
    elif "value" in rates and "conversions" in draws:
        draws["value"] = draws["conversions"] * rates["value"]
    return draws


def _summed(parts: Sequence[tuple[str, Draws, float]]) -> dict[str, Expected]:
    groups: dict[str, list[tuple[Draws, float]]] = defaultdict(list)
    for key, draws, spend in parts:
        groups[key].append((draws, spend))
    return {key: _expected(_total(group), _spent(group)) for key, group in groups.items()}


def _total(parts: Sequence[tuple[Draws, float]]) -> Draws:
    """Sum draws; a count is left out where a part with spend lacks it: a partial sum would read as a whole one."""
    paid = [draws for draws, spend in parts if spend > 0]
    counted = [metric for metric in METRICS[:4] if paid and all(metric in draws for draws in paid)]
    return {metric: np.sum([draws[metric] for draws in paid], axis=0) for metric in counted}


def _spent(parts: Sequence[tuple[Draws, float]]) -> float:
    return sum(max(spend, 0.0) for _, spend in parts)


def _expected(total: Draws, spend: float) -> Expected:
    """Sum up the total draws; a count that they lack is None."""
    expected: Expected = {metric: interval(total[metric]) if metric in total else None for metric in METRICS[:4]}
    expected["cpa"] = _ratio(spend, total["conversions"]) if "conversions" in total else None
    expected["roas"] = interval(total["value"] / spend) if "value" in total else None
    return expected


def _ratio(spend: float, draws: Array) -> Interval:
    """Give spend over the mean outcome, so that budget, outcome and cost agree as they are shown; the range is of the draws' own ratios."""
    safe = np.maximum(draws, 1e-9)
    mean, spread = spend / float(safe.mean()), interval(spend / safe)
    return Interval(mean, min(mean, spread.low), max(mean, spread.high))


def _basis(line: PlannedLine, request: ForecastRequest) -> str:
    rates = request.rates.get(line.channel)
    source = f"rates from {rates.source}" if rates is not None else "no rates"
    return f"response curve and {source}" if line.key in request.curves else source
