"""Response curves of a workspace: fit from its performance, the latest fit, and curves for planning."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy import func, select

from core.access import AccessContext, Permission
from core.db.tables.performance import PerformanceFact, PerformanceImport, ResponseFit
from core.insights.benchmarks import find_benchmark
from core.model.distribution import Distribution
from core.planning.channels import CurveKey, match_name
from core.planning.history import History, Kpi, response_series
from core.planning.markets import match_market
from core.planning.optimising import channel_of
from core.planning.response import Belief, FitResult, fit
from core.planning.response.curves import respond
from core.planning.response.transforms import Array
from core.runtime import Runtime
from core.services import activity
from core.services.ledger import learnt_beliefs
from core.services.lift_tests import tests_for_fit
from core.services.performance import history_of

JOB_KIND = "response_fit"
_BENCHMARK_CURRENCIES = {"USD", "EUR", "GBP"}  # near enough to published dollars for a loose prior
_BENCHMARK_SD_RATIO = 0.8
PLANNING_DRAWS = 200


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

    @property
    def markets(self) -> tuple[str, ...]:
        """The names of the markets that have curves of their own."""
        return tuple(name for name in self.market_draws if name.strip())

    def key_of(self, channel: str, market: str | None) -> CurveKey:
        """Give the data's channel and market that a plan means; the plan's own channel where the data lack it, no market where unknown."""
        name = match_name(channel, list(self.draws))
        if name is None:
            return channel, None
        return name, match_market(market, [known for known in self.markets if name in self.market_draws[known]])

    def keys_of(self, distribution: Distribution) -> dict[str, CurveKey]:
        """Give the curve of each line item, by row id."""
        return {row.id: self.key_of(channel_of(row), row.market) for row in distribution.rows}

    def triples(self, channel: str, market: str | None) -> Array:
        """Give a channel's draws in a market; those of the whole channel where `market` is None."""
        return self.draws[channel] if market is None else self.market_draws[market][channel]

    def answer_of(self, channel: str, market: str | None) -> dict[str, Any]:
        """Give the contract's entry of a channel, or of a channel in a market."""
        within = self.answer if market is None else next(item for item in self.answer["markets"] if item["market"] == market)
        return next(item for item in within["channels"] if item["name"] == channel)


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
            market.market: {channel.name: _rounded(thinned(channel.curve_draws, PLANNING_DRAWS)) for channel in market.channels}
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
    """Give what finished flights outside the history say about a channel, else what is published for it."""
    learnt = learnt_beliefs(ctx, rt, kpi=kpi, currency=history.currency, seen=history.span)
    published = {channel: published_belief(channel, kpi, history.currency) for channel in history.paid}
    return {channel: belief for channel, belief in published.items() if belief is not None} | learnt


def published_belief(channel: str, kpi: Kpi, currency: str) -> Belief | None:
    """Give what is published of a channel's return, None where nothing is."""
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


def thinned(draws: Array, most: int) -> Array:
    """Give at most so many draws, evenly taken."""
    return np.asarray(draws[np.linspace(0, len(draws) - 1, min(most, len(draws))).round().astype(int)])


def curve_points(found: FitView, channel: str, *, points: int = 60) -> dict[str, list[float]]:
    """Give a curve for drawing: weekly `spend` up to 1.5 times the most seen, `mean`, `low` and `high` response, 90% range."""
    answer = next(item for item in found.answer["channels"] if item["name"] == channel)
    reach = 1.5 * answer["spend_range_seen"][1] or 2.0 * answer["curve"]["half_saturation"]
    spend = np.linspace(0.0, reach, points)
    responses = respond(found.draws[channel], spend)
    low, high = np.quantile(responses, [0.05, 0.95], axis=0)
    return {"spend": spend.tolist(), "mean": responses.mean(axis=0).tolist(), "low": low.tolist(), "high": high.tolist()}
