"""What time does to a plan: carry-over and season from the fit, and what was delivered while the plan runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from core.access import AccessContext, Permission
from core.db.tables.performance import PerformanceFact
from core.model.distribution import Distribution
from core.model.money import split_minor
from core.planning.channels import CurveKey, match_name
from core.planning.flighting import Flow, carry_over, is_dated, season_ratios
from core.planning.midflight import Deliveries
from core.runtime import Runtime
from core.services.response import FitView

_LOOK_BACK_DAYS = 182  # of a carry-over of 0.9 a week, 6% is left after half a year


def read_deliveries(ctx: AccessContext, rt: Runtime, distribution: Distribution, keys: Collection[CurveKey]) -> Deliveries:
    """Give what was delivered in the plan's currency from half a year before its first period on.

    A curve of a whole channel takes what was delivered in the markets that no other of `keys` has.
    """
    ctx.require(Permission.READ)
    if not is_dated(distribution.periods) or distribution.currency is None:
        return Deliveries({}, None)
    since = min(period.start for period in distribution.periods) - timedelta(days=_LOOK_BACK_DAYS)
    chosen = select(PerformanceFact).where(PerformanceFact.currency == distribution.currency, PerformanceFact.day >= since)
    with rt.db.session(ctx) as session:
        facts = session.scalars(chosen).all()
    if not facts:
        return Deliveries({}, None)
    names = sorted({fact.channel for fact in facts})
    matched = {channel: channel if channel in names else match_name(channel, names) for channel, _ in keys}
    through = max(fact.day + timedelta(days=fact.days - 1) for fact in facts)
    by_curve = {}
    for channel, market in keys:
        apart = {other for name, other in keys if matched[name] == matched[channel] and other is not None}
        own = [fact for fact in facts if fact.channel == matched[channel] and _is_of(fact.market, market, apart)]
        if matched[channel] is not None:
            by_curve[channel, market] = spend_by_day(own).get(matched[channel] or "", {})
    return Deliveries(by_curve, through)


def spend_by_day(facts: Sequence[PerformanceFact]) -> dict[str, dict[date, int]]:
    """Spread each fact evenly over its days, to the cent."""
    spent: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for fact in facts:
        for offset, part in enumerate(split_minor(fact.spend_minor, [1] * fact.days)):
            spent[fact.channel][fact.day + timedelta(days=offset)] += part
    return {channel: dict(days) for channel, days in spent.items()}


def _is_of(delivered_in: str, market: str | None, apart: Collection[str]) -> bool:
    return delivered_in == market if market is not None else delivered_in not in apart


def read_flow(ctx: AccessContext, rt: Runtime, distribution: Distribution, found: FitView | None) -> Flow | None:
    """Give the carry-over of each curve and the season over a plan's periods; None without a fit or without dates.

    What was delivered before the first period is carried in. Channels that the fit does not have carry nothing over.
    """
    ctx.require(Permission.READ)
    if found is None or not is_dated(distribution.periods):
        return None
    keys = set(found.keys_of(distribution).values())
    before = read_deliveries(ctx, rt, distribution, keys).by_curve
    alphas = {answer["name"]: float(answer["adstock"]["alpha"]) for answer in found.answer["channels"]}
    weeks = [date.fromisoformat(day) for day in found.timeline["dates"]]
    return Flow(
        {key: carry_over(distribution.periods, alphas[key[0]], before.get(key, {})) for key in keys if key[0] in alphas},
        season_ratios(weeks, found.timeline["baseline"], distribution.periods),
    )
