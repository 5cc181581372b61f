"""Forecast a plan by line and period: impressions, clicks, conversions, value, CPA and ROAS with ranges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.model.flight import Period
from core.model.interval import Interval
from core.planning.flighting import Carry, Flow, no_carry
from core.planning.rates import ChannelRates, Rate
from core.planning.response.curves import respond
from core.planning.response.summary import interval
from core.planning.response.transforms import Array

METRICS = ("impressions", "clicks", "conversions", "value", "cpa", "roas")
_N_DRAWS = 500


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line's budget in one period, in minor units."""

    line: str
    channel: str
    period: Period
    spend_minor: int
    market: str | None = None


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
    """What to forecast. A channel without a curve is forecast by its rates alone; `minor_per_unit` is 100 for cents.

    Attributes:
        flow: carry-over by channel and the season; None where effects stay in their period and all periods are alike.
        market_curves: by channel and market; they go before the channel's own for the lines of that market.
    """

    lines: tuple[PlannedLine, ...]
    curves: Mapping[str, ChannelCurve]
    rates: Mapping[str, ChannelRates]
    minor_per_unit: float = 100.0
    seed: int = 0
    market_curves: Mapping[tuple[str, str | None], ChannelCurve] = field(default_factory=dict)
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
    """The plan's forecast; ranges of sums come from summed draws, so they are narrower than summed ranges."""

    lines: tuple[LineForecast, ...]
    by_period: dict[str, Expected]
    by_channel: dict[str, Expected]
    total: Expected
    basis: dict[str, str] = field(default_factory=dict)


Draws = dict[str, Array]


def predict(request: ForecastRequest) -> Forecast:
    """Forecast every line, period, channel and the whole plan.

    Conversions (or value, as the curve counts) come from the channel's response curve (the market's, where there is one) to what is felt
    of its spend in each period, shared among its lines by spend; impressions and clicks from the channel's unit prices. Effects are
    counted in the period that pays for them, wherever they are felt.
    """
    rng = np.random.default_rng(request.seed)
    rates = {channel: _rate_draws(request.rates[channel], rng) for channel in sorted(request.rates)}
    responses = _responses(request)
    by_line: list[tuple[PlannedLine, Draws]] = []
    for (channel, market, key), lines in _grouped(request).items():
        spend = sum(line.spend_minor for line in lines) / request.minor_per_unit
        curve = request.market_curves.get((channel, market), request.curves.get(channel))
        outcome = _outcome(curve, rates.get(channel, {}), responses.get((channel, market, key)), spend)
        for line in lines:
            part = line.spend_minor / request.minor_per_unit / spend if spend > 0 else 0.0
            by_line.append((line, {metric: draws * part for metric, draws in outcome.items()}))
    spent = {id(line): line.spend_minor / request.minor_per_unit for line, _ in by_line}
    order = {id(line): i for i, line in enumerate(request.lines)}
    by_line.sort(key=lambda item: order[id(item[0])])
    return Forecast(
        lines=tuple(
            LineForecast(line.line, line.channel, line.period.key, line.spend_minor, _expected([(draws, spent[id(line)])]))
            for line, draws in by_line
        ),
        by_period=_summed([(line.period.key, draws, spent[id(line)]) for line, draws in by_line]),
        by_channel=_summed([(line.channel, draws, spent[id(line)]) for line, draws in by_line]),
        total=_expected([(draws, spent[id(line)]) for line, draws in by_line]),
        basis={line.channel: _basis(line.channel, request) for line in request.lines},
    )


def _grouped(request: ForecastRequest) -> dict[tuple[str, str | None, str], list[PlannedLine]]:
    """Put lines of one curve and period together."""
    groups: dict[tuple[str, str | None, str], list[PlannedLine]] = defaultdict(list)
    for line in request.lines:
        market = line.market if (line.channel, line.market) in request.market_curves else None
        groups[line.channel, market, line.period.key].append(line)
    return groups


def _rate_draws(rates: ChannelRates, rng: np.random.Generator) -> dict[str, Array]:
    known = {"cpm": rates.cpm, "ctr": rates.ctr, "cvr": rates.cvr, "value": rates.value_per_conversion}
    return {name: _lognormal(rate, rng) for name, rate in known.items() if rate is not None}


def _lognormal(rate: Rate, rng: np.random.Generator) -> Array:
    return np.asarray(np.exp(rng.normal(np.log(rate.mean), rate.log_sd, _N_DRAWS)), dtype=np.float64)


def _responses(request: ForecastRequest) -> dict[tuple[str, str | None, str], Array]:
    """Give the response by channel, market and the period that pays for it, where there is a curve; markets carry in by their spend."""
    found: dict[tuple[str, str | None, str], Array] = {}
    periods = sorted({line.period for line in request.lines})
    season = np.array([1.0 if request.flow is None else request.flow.season.get(period.key, 1.0) for period in periods])
    spends: dict[tuple[str, str | None], Array] = {}
    for (channel, market, key), lines in _grouped(request).items():
        at = next(i for i, period in enumerate(periods) if period.key == key)
        own = spends.setdefault((channel, market), np.zeros(len(periods)))
        own[at] += sum(line.spend_minor for line in lines) / request.minor_per_unit
    for (channel, market), spend in spends.items():
        curve = request.market_curves.get((channel, market), request.curves.get(channel))
        if curve is None:
            continue
        whole = sum(float(other.sum()) for (name, _), other in spends.items() if name == channel)
        carry = (None if request.flow is None else request.flow.carry.get(channel)) or no_carry(periods)
        carried = carry.carried_in / request.minor_per_unit * (float(spend.sum()) / whole if whole > 0 else 1.0)
        by_period = _by_paying_period(curve, replace(carry, carried_in=carried), spend, season)
        found |= {(channel, market, period.key): draws for period, draws in zip(periods, by_period, strict=True)}
    return found


def _by_paying_period(curve: ChannelCurve, carry: Carry, spend: Array, season: Array) -> Array:
    """Give (periods, D): what spend (major units) adds in each place, counted for the periods in the shares they are felt there."""
    picked = curve.draws[np.linspace(0, len(curve.draws) - 1, _N_DRAWS).round().astype(int)]
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
    return {key: _expected(group) for key, group in groups.items()}


def _expected(parts: Sequence[tuple[Draws, float]]) -> Expected:
    """Sum draws; a count is None where a part with spend lacks it: a partial sum would read as a whole one."""
    paid = [(draws, spend) for draws, spend in parts if spend > 0]
    total: Draws = {}
    for metric in ("impressions", "clicks", "conversions", "value"):
        if paid and all(metric in draws for draws, _ in paid):
            total[metric] = np.sum([draws[metric] for draws, _ in paid], axis=0)
    expected: Expected = {metric: interval(total[metric]) if metric in total else None for metric in METRICS[:4]}
    spend = sum(spend for _, spend in paid)
    expected["cpa"] = interval(spend / np.maximum(total["conversions"], 1e-9)) if "conversions" in total else None
    expected["roas"] = interval(total["value"] / spend) if "value" in total else None
    return expected


def _basis(channel: str, request: ForecastRequest) -> str:
    rates = request.rates.get(channel)
    source = f"rates from {rates.source}" if rates is not None else "no rates"
    return f"response curve and {source}" if channel in request.curves else source
