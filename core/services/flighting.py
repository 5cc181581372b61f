"""What time does to a plan: carry-over and season from the fit, and what was delivered while the plan runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from core.access import AccessContext, Permission
from core.db.tables.performance import PerformanceFact
from core.model.distribution import Distribution
from core.planning.channels import match_name
from core.planning.flighting import Flow, carry_over, is_dated, season_ratios
from core.planning.optimising import channel_of
from core.runtime import Runtime
from core.services.pacing import spend_by_day
from core.services.response import FitView

_LOOK_BACK_DAYS = 182  # of a carry-over of 0.9 a week, 6% is left after half a year


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Minor units by day and by the plan's channel (channels without data are missing), and the last day that the data cover."""

    by_channel: Mapping[str, Mapping[date, int]]
    through: date | None


def read_deliveries(ctx: AccessContext, rt: Runtime, distribution: Distribution) -> Deliveries:
    """Give what was delivered in the plan's currency from half a year before its first period on."""
    ctx.require(Permission.READ)
    if not is_dated(distribution.periods) or distribution.currency is None:
        return Deliveries({}, None)
    since = min(period.start for period in distribution.periods) - timedelta(days=_LOOK_BACK_DAYS)
    chosen = select(PerformanceFact).where(PerformanceFact.currency == distribution.currency, PerformanceFact.day >= since)
    with rt.db.session(ctx) as session:
        facts = session.scalars(chosen).all()
    if not facts:
        return Deliveries({}, None)
    delivered = spend_by_day(facts)
    matched = {channel: match_name(channel, list(delivered)) for channel in {channel_of(row) for row in distribution.rows}}
    through = max(fact.day + timedelta(days=fact.days - 1) for fact in facts)
    return Deliveries({channel: delivered[name] for channel, name in matched.items() if name is not None}, through)


def read_flow(ctx: AccessContext, rt: Runtime, distribution: Distribution, found: FitView | None) -> Flow | None:
    """Give each channel's carry-over and the season over a plan's periods; None without a fit or without dates.

    What was delivered before the first period is carried in. Channels that the fit does not have carry nothing over.
    """
    ctx.require(Permission.READ)
    if found is None or not is_dated(distribution.periods):
        return None
    before = read_deliveries(ctx, rt, distribution).by_channel
    alphas = {answer["name"]: float(answer["adstock"]["alpha"]) for answer in found.answer["channels"]}
    names = {channel: match_name(channel, list(alphas)) for channel in {channel_of(row) for row in distribution.rows}}
    weeks = [date.fromisoformat(day) for day in found.timeline["dates"]]
    return Flow(
        {
            channel: carry_over(distribution.periods, alphas[name], before.get(channel, {}))
            for channel, name in names.items()
            if name is not None
        },
        season_ratios(weeks, found.timeline["baseline"], distribution.periods),
    )
