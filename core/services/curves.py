"""Response curves for planning: a plan's channels over its periods, from the workspace's fit, converted where it is in another currency."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sqlalchemy import select

from core.access import AccessContext, Permission
from core.db.tables.performance import ResponseFit
from core.errors import InvalidInput
from core.model.distribution import Distribution
from core.model.flight import Period
from core.model.money import ExchangeRate, minor_exponent
from core.planning.channels import CurveKey
from core.planning.forecast import forecast_draws
from core.planning.history import Kpi
from core.planning.response.result import Evidence
from core.planning.response.transforms import Array
from core.runtime import Runtime
from core.services.response import PLANNING_DRAWS, FitView, latest_fit, published_belief

_PRIOR_SPREAD, _PRIOR_HALF_SPREAD = 0.8, 0.7


@dataclass(frozen=True, slots=True)
class CurveRequest:
    """Curves over a plan's periods for spend in `currency`; `lines` are channels and markets as the plan names them."""

    lines: tuple[tuple[str, str | None], ...]
    currency: str | None
    periods: tuple[Period, ...]
    kpi: Kpi | None = None  # None takes the newest fit of any
    rate: ExchangeRate | None = None  # brings a fit in another currency into `currency`


@dataclass(frozen=True, slots=True)
class CurveView:
    """The curve of a channel, or of a channel in a market, for planning.

    Attributes:
        channel: as the plan names it. key: the channel of the data that was taken for it (the plan's own name where none fits), and
            the market of the data whose curve it is, None for the curve of all markets together.
        unknown_market: the market that the plan names, where the data tell other markets apart.
        triples: Hill triples (D, 3) for spend in minor units, by period key.
        most_seen_minor: largest weekly spend seen, 0 where there is none.
        source: `fit`, or in words what the prior rests on.
    """

    channel: str
    key: CurveKey
    kpi: Kpi
    evidence: Evidence
    triples: dict[str, Array] = field(repr=False)
    most_seen_minor: int
    source: str
    unknown_market: str | None = None


def curve_currencies(ctx: AccessContext, rt: Runtime) -> tuple[str, ...]:
    """List the currencies that there are fitted curves in."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        return tuple(session.scalars(select(ResponseFit.currency).distinct().order_by(ResponseFit.currency)))


def fit_in(ctx: AccessContext, rt: Runtime, kpi: Kpi | None, *, currency: str | None, rate: ExchangeRate | None) -> FitView | None:
    """Give the newest fit in a currency: one made in it, or with a rate the newest in the rate's, converted; never one for the other."""
    ctx.require(Permission.READ)
    if rate is None or currency is None or rate.base == currency:
        return latest_fit(ctx, rt, kpi, currency=currency)
    found = latest_fit(ctx, rt, kpi, currency=rate.base)
    return None if found is None else _converted(found, rate, currency)


def _converted(found: FitView, rate: ExchangeRate, currency: str) -> FitView:
    """Give a fit for spend (and revenue) in another currency at a rate; only what planning reads of the answer is converted."""
    worth = rate.value if found.kpi == "value" else 1.0
    size = np.array([worth, rate.value, 1.0])
    channels = _channels_converted(found.answer["channels"], rate.value, worth)
    answers = [
        market | {"channels": _channels_converted(market["channels"], rate.value, worth)} for market in found.answer.get("markets", [])
    ]
    draws = {channel: triples * size for channel, triples in found.draws.items()}
    markets = {market: {channel: triples * size for channel, triples in own.items()} for market, own in found.market_draws.items()}
    return replace(
        found, currency=currency, answer=found.answer | {"channels": channels, "markets": answers}, draws=draws, market_draws=markets
    )


def _channels_converted(channels: list[dict[str, Any]], rate: float, worth: float) -> list[dict[str, Any]]:
    return [
        item
        | {
            "spend_range_seen": [seen * rate for seen in item["spend_range_seen"]],
            "curve": item["curve"] | {"scale": item["curve"]["scale"] * worth, "half_saturation": item["curve"]["half_saturation"] * rate},
            "return_per_unit": {end: value * worth / rate for end, value in item["return_per_unit"].items()},
        }
        for item in channels
    ]


def curves_for(ctx: AccessContext, rt: Runtime, request: CurveRequest) -> dict[tuple[str, str | None], CurveView]:
    """Give a curve for each line a plan names: the workspace's own where its data have the channel (the market's where they tell markets
    apart), else a prior that says so.

    Raises:
        InvalidInput: the workspace has no fit yet in the plan's currency.
    """
    ctx.require(Permission.READ)
    found = fit_in(ctx, rt, request.kpi, currency=request.currency, rate=request.rate)
    if found is None:
        where = f" in {request.currency}" if request.currency else ""
        raise InvalidInput(f"There are no response curves{where} yet.", hint="Import performance and fit the curves on Performance.")
    return {line: _curve(line, found, request) for line in request.lines}


def has_curves(ctx: AccessContext, rt: Runtime, distribution: Distribution) -> bool:
    """Tell whether the workspace's fit has the channel of any row of a budget table, in its currency."""
    ctx.require(Permission.READ)
    found = latest_fit(ctx, rt, currency=distribution.currency)
    return found is not None and any(channel in found.draws for channel, _ in found.keys_of(distribution).values())


def _curve(line: tuple[str, str | None], found: FitView, request: CurveRequest) -> CurveView:
    key = found.key_of(*line)
    minor = 10.0 ** minor_exponent(found.currency)
    evidence: Evidence = "prior"
    seen = 0.0
    if key[0] not in found.draws:
        draws, source = _prior_draws(key[0], found)
    else:
        draws, source = found.triples(*key), "fit"
        answer = found.answer_of(*key)
        evidence, seen = answer["evidence"], answer["spend_range_seen"][1]
    kept = forecast_draws(draws)
    triples = {p.key: kept * np.array([p.days / 7.0, p.days / 7.0 * minor, 1.0]) for p in request.periods}
    unknown = line[1] if line[1] and key[1] is None and source == "fit" and found.markets else None
    return CurveView(line[0], key, found.kpi, evidence, triples, round(seen * minor), source, unknown)


def _prior_draws(channel: str, found: FitView) -> tuple[Array, str]:
    """Draw a wide curve for a channel the data do not have: published figures for it, else what the other channels return."""
    rng = np.random.default_rng(len(found.draws))
    belief = published_belief(channel, found.kpi, found.currency)
    others = found.answer["channels"]
    half = float(np.median([item["curve"]["half_saturation"] for item in others]))
    center = float(np.median([item["return_per_unit"]["mean"] for item in others]))
    source = "what the other channels return, held loosely"
    if belief is not None and belief.return_per_unit is not None:
        center, source = belief.return_per_unit[0], belief.source
    returns = center * np.exp(rng.normal(-0.5 * _PRIOR_SPREAD**2, _PRIOR_SPREAD, PLANNING_DRAWS))
    halves = half * np.exp(rng.normal(0.0, _PRIOR_HALF_SPREAD, PLANNING_DRAWS))
    # the return is taken to hold at half of a typical half saturation, on a curve without a threshold
    scales = returns * (0.5 * half + halves)
    return np.stack([scales, halves, np.ones(PLANNING_DRAWS)], axis=1), source
