"""Response curves of a workspace: fit from its performance, the latest fit, and curves for planning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy import func, select

from core.access import AccessContext, Permission
from core.db.tables.performance import PerformanceFact, PerformanceImport, ResponseFit
from core.errors import InvalidInput
from core.insights.benchmarks import find_benchmark
from core.model.distribution import Distribution
from core.model.flight import Period
from core.model.money import ExchangeRate, minor_exponent
from core.planning.allocation.problem import Draws
from core.planning.channels import match_name, plain
from core.planning.history import History, Kpi, response_series
from core.planning.response import Belief, FitResult, fit
from core.planning.response.curves import respond
from core.planning.response.result import Evidence
from core.planning.response.transforms import Array
from core.runtime import Runtime
from core.services import activity
from core.services.ledger import learnt_beliefs
from core.services.lift_tests import tests_for_fit
from core.services.performance import history_of

JOB_KIND = "response_fit"
_BENCHMARK_CURRENCIES = {"USD", "EUR", "GBP"}  # near enough to published dollars for a loose prior
_BENCHMARK_SD_RATIO = 0.8
_PLANNING_DRAWS = 200
_ALLOCATION_DRAWS = 60
_PRIOR_SPREAD, _PRIOR_HALF_SPREAD = 0.8, 0.7


@dataclass(frozen=True, slots=True)
class FitView:
    """A fit as kept.

    Attributes:
        answer: the response contract's object (channels, markets, fit, warnings), and `holidays`, the country they were of.
        draws: (D, 3) Hill triples by channel, spend in major units a week. market_draws: the same by market, then channel.
        timeline: `dates`, `actual`, `expected`, `baseline` and `channels` (weekly contributions by channel), KPI units.
        state: `fresh`, or `stale` when performance was imported since.
    """

    fit_id: UUID
    kpi: Kpi
    currency: str
    fitted_at: datetime
    data_through: date
    is_made: bool
    state: Literal["fresh", "stale"]
    answer: dict[str, Any]
    draws: dict[str, Array] = field(repr=False)
    market_draws: dict[str, dict[str, Array]] = field(repr=False)
    timeline: dict[str, Any] = field(repr=False)

    def market_of(self, market: str | None) -> str | None:
        """Give the data's name of a plan's market, None where the data have no curves of it."""
        return next((name for name in self.market_draws if market and plain(name).strip() == plain(market).strip()), None)

    def triples(self, channel: str, market: str | None) -> Array:
        """Give a channel's draws in a market; those of the whole channel where `market` is None."""
        return self.draws[channel] if market is None else self.market_draws[market][channel]

    def answer_of(self, channel: str, market: str | None) -> dict[str, Any]:
        """Give the contract's entry of a channel, or of a channel in a market."""
        within = self.answer if market is None else next(item for item in self.answer["markets"] if item["market"] == market)
        return next(item for item in within["channels"] if item["name"] == channel)


@dataclass(frozen=True, slots=True)
class CurveRequest:
    """Curves for channels as a plan names them, over its periods, for spend in `currency` (and in one market, where the data tell)."""

    channels: tuple[str, ...]
    currency: str | None
    periods: tuple[Period, ...]
    kpi: Kpi | None = None  # None takes the newest fit of any
    market: str | None = None
    rate: ExchangeRate | None = None  # brings a fit in another currency into `currency`


@dataclass(frozen=True, slots=True)
class CurveView:
    """One channel's curve for planning.

    Attributes:
        matched: the channel of the data that was taken for it, None where none fits.
        market: the market of the data whose curve it is, None for the curve of all markets together.
        triples: Hill triples (D, 3) for spend in minor units, by period key.
        most_seen_minor: largest weekly spend seen, 0 where there is none.
        source: `fit`, or in words what the prior rests on.
    """

    channel: str
    matched: str | None
    kpi: Kpi
    evidence: Evidence
    triples: dict[str, Array] = field(repr=False)
    most_seen_minor: int
    source: str
    market: str | None = None


def start_fit(ctx: AccessContext, rt: Runtime, kpi: Kpi, *, currency: str | None = None, holidays: str | None = None) -> str:
    """Start a fit as a durable job; gives its id. Asked twice within a second it is one job."""
    ctx.require(Permission.EDIT_DRAFT)
    view = history_of(ctx, rt, currency=currency)
    job_id = f"response-{ctx.workspace_id}-{kpi}-{view.currency}-{rt.clock.now():%Y%m%dT%H%M%S}"
    return rt.jobs.start(ctx, JOB_KIND, job_id=job_id, payload={"kpi": kpi, "currency": view.currency, "holidays": holidays})


def fit_response(
    ctx: AccessContext, rt: Runtime, kpi: Kpi, *, currency: str | None = None, holidays: str | None = None, seed: int = 0
) -> FitView:
    """Fit the workspace's performance in one currency (that with the most facts) now and keep the answer; takes a few seconds.

    Args:
        holidays: country (DE, or DE-BY) whose public holidays the KPI may follow.
    Raises:
        InvalidInput: no performance, none of the KPI, or an unknown country.
    """
    ctx.require(Permission.EDIT_DRAFT)
    view = history_of(ctx, rt, currency=currency)
    history, currency = cast(History, view.history), cast(str, view.currency)
    series, spec = response_series(history, kpi, tests_for_fit(ctx, rt, kpi=kpi, currency=currency), holidays=holidays)
    result = fit(series, spec, seed=seed, beliefs=_beliefs(ctx, rt, history, kpi))
    row = ResponseFit(
        id=uuid4(),
        workspace_id=ctx.workspace_id,
        kpi=kpi,
        currency=currency,
        fitted_at=rt.clock.now(),
        fitted_by=ctx.actor_id,
        data_through=view.through,
        is_made=view.is_made,
        answer=result.to_json() | {"holidays": holidays},
        draws={channel.name: _rounded(channel.curve_draws) for channel in result.channels},
        market_draws={
            market.market: {channel.name: _rounded(_thinned(channel.curve_draws, _PLANNING_DRAWS)) for channel in market.channels}
            for market in result.markets
        },
        timeline=_timeline(result, history.kpi(kpi).sum(axis=0)),
    )
    with rt.db.session(ctx) as session:
        session.add(row)
        activity.record(session, ctx, "fitted response curves", "to the performance data", kpi=kpi, channels=len(result.channels))
    return _view(row, "fresh")


def _rounded(draws: Array) -> list[list[float]]:
    return [[float(f"{value:.6g}") for value in triple] for triple in draws]


def _timeline(result: FitResult, actual: Array) -> dict[str, Any]:
    names = [channel.name for channel in result.channels]
    return {
        "dates": list(result.dates),
        "actual": [None if np.isnan(value) else float(f"{value:.6g}") for value in actual],
        "expected": [float(f"{value:.6g}") for value in result.expected],
        "baseline": [float(f"{value:.6g}") for value in result.decomposition[:, 0]],
        "channels": {name: [float(f"{v:.6g}") for v in result.decomposition[:, 1 + i]] for i, name in enumerate(names)},
    }


def _beliefs(ctx: AccessContext, rt: Runtime, history: History, kpi: Kpi) -> dict[str, Belief]:
    """Give what finished flights say about a channel, else what is published for it."""
    learnt = learnt_beliefs(ctx, rt, kpi=kpi, currency=history.currency)
    published = {channel: _published(channel, kpi, history.currency) for channel in history.paid}
    return {channel: belief for channel, belief in published.items() if belief is not None} | learnt


def _published(channel: str, kpi: Kpi, currency: str) -> Belief | None:
    found = find_benchmark(channel, "CPA") if kpi == "conversions" and currency in _BENCHMARK_CURRENCIES else None
    if found is None:
        return None
    mean = 1.0 / found.value
    return Belief(return_per_unit=(mean, _BENCHMARK_SD_RATIO * mean), source=f"published CPA, {found.sources[0]}")


def latest_fit(ctx: AccessContext, rt: Runtime, kpi: Kpi | None = None, *, currency: str | None = None) -> FitView | None:
    """Give the newest fit (of a KPI and a currency, or of any), None where there is none."""
    ctx.require(Permission.READ)
    chosen = select(ResponseFit).order_by(ResponseFit.fitted_at.desc(), ResponseFit.id).limit(1)
    if kpi is not None:
        chosen = chosen.where(ResponseFit.kpi == kpi)
    if currency is not None:
        chosen = chosen.where(ResponseFit.currency == currency)
    with rt.db.session(ctx) as session:
        row = session.scalars(chosen).one_or_none()
        if row is None:
            return None
        in_it = select(func.max(PerformanceImport.imported_at)).join(PerformanceFact).where(PerformanceFact.currency == row.currency)
        newest = session.scalar(in_it)
    return _view(row, "stale" if newest is not None and newest > row.fitted_at else "fresh")


def fit_in(ctx: AccessContext, rt: Runtime, kpi: Kpi | None, *, currency: str | None, rate: ExchangeRate | None) -> FitView | None:
    """Give the newest fit in a currency: one made in it, or with a rate the newest in the rate's, converted; never one for the other."""
    if rate is None or currency is None or rate.base == currency:
        return latest_fit(ctx, rt, kpi, currency=currency)
    found = latest_fit(ctx, rt, kpi, currency=rate.base)
    return None if found is None else _converted(found, rate, currency)


def _converted(found: FitView, rate: ExchangeRate, currency: str) -> FitView:
    """Give a fit for spend (and revenue) in another currency at a rate; only what planning reads of the answer is converted."""
    worth = rate.value if found.kpi == "value" else 1.0
    size = np.array([worth, rate.value, 1.0])
    channels = [
        item
        | {
            "spend_range_seen": [seen * rate.value for seen in item["spend_range_seen"]],
            "curve": item["curve"]
            | {"scale": item["curve"]["scale"] * worth, "half_saturation": item["curve"]["half_saturation"] * rate.value},
            "return_per_unit": {end: value * worth / rate.value for end, value in item["return_per_unit"].items()},
        }
        for item in found.answer["channels"]
    ]
    draws = {channel: triples * size for channel, triples in found.draws.items()}
    markets = {market: {channel: triples * size for channel, triples in own.items()} for market, own in found.market_draws.items()}
    return replace(found, currency=currency, answer=found.answer | {"channels": channels}, draws=draws, market_draws=markets)


def _view(row: ResponseFit, state: Literal["fresh", "stale"]) -> FitView:
    return FitView(
        fit_id=row.id,
        kpi=cast(Kpi, row.kpi),
        currency=row.currency,
        fitted_at=row.fitted_at,
        data_through=row.data_through,
        is_made=row.is_made,
        state=state,
        answer=row.answer,
        draws=_arrays(row.draws),
        market_draws={market: _arrays(draws) for market, draws in (row.market_draws or {}).items()},
        timeline=row.timeline,
    )


def _arrays(draws: dict[str, Any]) -> dict[str, Array]:
    return {channel: np.array(triples, dtype=np.float64) for channel, triples in draws.items()}


def curves_for(ctx: AccessContext, rt: Runtime, request: CurveRequest) -> dict[str, CurveView]:
    """Give a curve for each channel a plan names: the workspace's own where its data have the channel, else a prior that says so.

    Raises:
        InvalidInput: the workspace has no fit yet in the plan's currency.
    """
    ctx.require(Permission.READ)
    found = fit_in(ctx, rt, request.kpi, currency=request.currency, rate=request.rate)
    if found is None:
        where = f" in {request.currency}" if request.currency else ""
        raise InvalidInput(f"There are no response curves{where} yet.", hint="Import performance and fit the curves on Performance.")
    return {channel: _curve(channel, found, request) for channel in request.channels}


def curves_by_row(ctx: AccessContext, rt: Runtime, distribution: Distribution) -> dict[str, Draws]:
    """Give the allocator a curve for each row of a budget table, for spend in one of its periods.

    Rows of one channel (and market, where the data tell markets apart) share its curve by their part of its budget, so that the parts
    never promise more than the whole. Rows whose channel the data do not have get a prior in the same unit. Nothing is given where no
    row's channel is known, without a fit, or where the plan is in another currency.
    """
    ctx.require(Permission.READ)
    found = latest_fit(ctx, rt, currency=distribution.currency)
    if found is None or not distribution.periods:
        return {}
    names = {row.id: row.channel or row.label for row in distribution.rows}
    matched = {row_id: match_name(name, list(found.draws)) for row_id, name in names.items()}
    if not any(matched.values()):
        return {}
    days = float(np.median([period.days for period in distribution.periods]))
    size = np.array([days / 7.0, days / 7.0 * 10.0 ** minor_exponent(found.currency), 1.0])
    curves = {}
    keys = {
        row.id: (matched[row.id] or names[row.id], found.market_of(row.market) if matched[row.id] else None) for row in distribution.rows
    }
    for row in distribution.rows:
        channel, market = keys[row.id]
        same = [other.total_minor for other in distribution.rows if keys[other.id] == keys[row.id]]
        part = max(row.total_minor / sum(same) if sum(same) > 0 else 1.0 / len(same), 1e-6)
        whole = found.triples(channel, market) if channel in found.draws else _prior_draws(channel, found)[0]
        drawn = _thinned(whole, _ALLOCATION_DRAWS) * size * np.array([part, part, 1.0])
        curves[row.id] = Draws(tuple((float(a), float(b), float(c)) for a, b, c in drawn))
    return curves


def _thinned(draws: Array, most: int) -> Array:
    return np.asarray(draws[np.linspace(0, len(draws) - 1, min(most, len(draws))).round().astype(int)])


def _curve(channel: str, found: FitView, request: CurveRequest) -> CurveView:
    matched = match_name(channel, list(found.draws))
    minor = 10.0 ** minor_exponent(found.currency)
    evidence: Evidence = "prior"
    seen, market = 0.0, None
    if matched is None:
        draws, source = _prior_draws(channel, found)
    else:
        market = found.market_of(request.market)
        draws, source = found.triples(matched, market), "fit"
        answer = found.answer_of(matched, market)
        evidence, seen = answer["evidence"], answer["spend_range_seen"][1]
    thinned = _thinned(draws, _PLANNING_DRAWS)
    triples = {p.key: thinned * np.array([p.days / 7.0, p.days / 7.0 * minor, 1.0]) for p in request.periods}
    return CurveView(channel, matched, found.kpi, evidence, triples, round(seen * minor), source, market)


def _prior_draws(channel: str, found: FitView) -> tuple[Array, str]:
    """Draw a wide curve for a channel the data do not have: published figures for it, else what the other channels return."""
    rng = np.random.default_rng(len(found.draws))
    belief = _published(channel, found.kpi, found.currency)
    others = found.answer["channels"]
    half = float(np.median([item["curve"]["half_saturation"] for item in others]))
    center = float(np.median([item["return_per_unit"]["mean"] for item in others]))
    source = "what the other channels return, held loosely"
    if belief is not None and belief.return_per_unit is not None:
        center, source = belief.return_per_unit[0], belief.source
    returns = center * np.exp(rng.normal(-0.5 * _PRIOR_SPREAD**2, _PRIOR_SPREAD, _PLANNING_DRAWS))
    halves = half * np.exp(rng.normal(0.0, _PRIOR_HALF_SPREAD, _PLANNING_DRAWS))
    # the return is taken to hold at half of a typical half saturation, on a curve without a threshold
    scales = returns * (0.5 * half + halves)
    return np.stack([scales, halves, np.ones(_PLANNING_DRAWS)], axis=1), source


def curve_points(found: FitView, channel: str, *, points: int = 60) -> dict[str, list[float]]:
    """Give a curve for drawing: weekly `spend` up to 1.5 times the most seen, `mean`, `low` and `high` response, 90% range."""
    answer = next(item for item in found.answer["channels"] if item["name"] == channel)
    reach = 1.5 * answer["spend_range_seen"][1] or 2.0 * answer["curve"]["half_saturation"]
    spend = np.linspace(0.0, reach, points)
    responses = respond(found.draws[channel], spend)
    low, high = np.quantile(responses, [0.05, 0.95], axis=0)
    return {"spend": spend.tolist(), "mean": responses.mean(axis=0).tolist(), "low": low.tolist(), "high": high.tolist()}
