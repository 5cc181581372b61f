"""Promised against delivered: what plans promised by channel, kept, and read against the performance once a flight is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from sqlalchemy import Select, delete, func, select

from core.access import AccessContext, Permission
from core.db.tables.performance import PerformanceFact, PromiseEntry
from core.model.interval import Interval
from core.model.money import minor_exponent
from core.planning.channels import match_name
from core.planning.ledger import LedgerEntry, LedgerLine, beliefs_from_ledger, promised_at, sum_up, unseen
from core.planning.response import Belief
from core.runtime import Runtime
from core.services import activity
from core.services.memory import remember_outcomes

_IN_ADVANCE = func.date(func.timezone("UTC", PromiseEntry.promised_at)) < PromiseEntry.start


@dataclass(frozen=True, slots=True)
class Promise:
    """What a plan promises for one channel over its flight (both ends inclusive); outcome in KPI units, 90% range.

    Attributes:
        at_spends: what it would be at other spends (minor units) of the channel.
    """

    channel: str
    start: date
    end: date
    spend_minor: int
    outcome: Interval
    at_spends: tuple[tuple[int, Interval], ...] = ()


@dataclass(frozen=True, slots=True)
class PlanPromises:
    """What a plan promises in one KPI and currency."""

    plan: str
    kpi: str
    currency: str
    promises: tuple[Promise, ...]


def keep_promises(ctx: AccessContext, rt: Runtime, kept: PlanPromises) -> int:
    """Keep what a plan promises for flights that are still to begin; gives how many were kept.

    They take the place of what the plan promised earlier, except for flights that have begun: a channel stays held to its first promise
    for those days.
    """
    ctx.require(Permission.EDIT_DRAFT)
    today, held = rt.clock.now().date(), held_until(ctx, rt, kept.plan)
    rows = [_row(ctx, rt, kept, promise) for promise in kept.promises if promise.start > max(today, held.get(promise.channel, today))]
    earlier = delete(PromiseEntry).where(
        PromiseEntry.plan == kept.plan, PromiseEntry.kpi == kept.kpi, PromiseEntry.currency == kept.currency, PromiseEntry.start > today
    )
    with rt.db.session(ctx) as session:
        session.execute(earlier)
        session.add_all(rows)
        if rows:
            activity.record(session, ctx, "promised results of", kept.plan, channels=len(rows))
    return len(rows)


def _row(ctx: AccessContext, rt: Runtime, kept: PlanPromises, promise: Promise) -> PromiseEntry:
    return PromiseEntry(
        id=uuid4(),
        workspace_id=ctx.workspace_id,
        plan=kept.plan,
        channel=promise.channel,
        kpi=kept.kpi,
        currency=kept.currency,
        start=promise.start,
        end=promise.end,
        spend_minor=promise.spend_minor,
        mean=promise.outcome.mean,
        low=promise.outcome.low,
        high=promise.outcome.high,
        at_spends=[[spend, at.mean, at.low, at.high] for spend, at in promise.at_spends] or None,
        promised_at=rt.clock.now(),
    )


def held_until(ctx: AccessContext, rt: Runtime, plan: str) -> dict[str, date]:
    """Give the last day that each channel of a plan is held to by a promise for a flight that has begun."""
    ctx.require(Permission.READ)
    begun = select(PromiseEntry.channel, func.max(PromiseEntry.end)).where(
        PromiseEntry.plan == plan, PromiseEntry.start <= rt.clock.now().date(), _IN_ADVANCE
    )
    with rt.db.session(ctx) as session:
        return {row[0]: row[1] for row in session.execute(begun.group_by(PromiseEntry.channel))}


def finished_entries(ctx: AccessContext, rt: Runtime, *, kpi: str, currency: str) -> tuple[LedgerEntry, ...]:
    """Give promised against delivered of every flight whose end the performance has reached, by the data's channel names.

    Only promises that were made before their flight began count.
    """
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        promises = session.scalars(_promised(kpi, currency)).all()
        if not promises:
            return ()
        first = min(promise.start for promise in promises)
        chosen = select(PerformanceFact).where(PerformanceFact.currency == currency, PerformanceFact.day >= first)
        facts = session.scalars(chosen).all()
    names = sorted({fact.channel for fact in facts})
    through = max((date.fromordinal(fact.day.toordinal() + fact.days - 1) for fact in facts), default=date.min)
    entries = []
    for promise in promises:
        channel = match_name(promise.channel, names)
        if promise.end <= through and channel is not None:
            inside = [fact for fact in facts if fact.channel == channel and promise.start <= fact.day <= promise.end]
            entries.append(_entry(promise, channel, inside))
    return tuple(entries)


def _promised(kpi: str, currency: str) -> Select[PromiseEntry]:
    return select(PromiseEntry).where(PromiseEntry.kpi == kpi, PromiseEntry.currency == currency, _IN_ADVANCE)


def learnt_beliefs(ctx: AccessContext, rt: Runtime, *, kpi: str, currency: str, seen: tuple[date, date] | None = None) -> dict[str, Belief]:
    """Give what finished flights say about each channel's return, KPI per major unit: where the next fit starts from.

    Args:
        seen: first and last day of the series that is fitted; flights that share a day with it are left out, lest they count twice.
    """
    ctx.require(Permission.READ)
    entries = unseen(finished_entries(ctx, rt, kpi=kpi, currency=currency), seen)
    return beliefs_from_ledger(entries, minor_per_unit=10.0 ** minor_exponent(currency))


def close_flights(ctx: AccessContext, rt: Runtime) -> None:
    """Remember what every flight that is over delivered; new performance may have ended some, or corrected others."""
    ctx.require(Permission.READ)
    if rt.knowledge is None:
        return
    with rt.db.session(ctx) as session:
        promised = session.execute(select(PromiseEntry.kpi, PromiseEntry.currency).distinct()).all()
    for kpi, currency in promised:
        remember_outcomes(ctx, rt, finished_entries(ctx, rt, kpi=kpi, currency=currency), kpi=kpi, currency=currency)


@dataclass(frozen=True, slots=True)
class LedgerView:
    """Promised against delivered in one KPI and currency: a line a channel, the finished flights, and how many still run.

    Attributes:
        learnt: mean and sd of the return by channel that the next fit starts from, KPI per major unit; of flights that its data
            do not hold.
    """

    lines: tuple[LedgerLine, ...]
    entries: tuple[LedgerEntry, ...]
    running: int
    learnt: dict[str, tuple[float, float]]


def list_ledger(ctx: AccessContext, rt: Runtime, *, kpi: str, currency: str, seen: tuple[date, date] | None = None) -> LedgerView:
    """Give the ledger of the workspace; `seen` is the first and last day of the data that the next fit takes in."""
    ctx.require(Permission.READ)
    entries = finished_entries(ctx, rt, kpi=kpi, currency=currency)
    with rt.db.session(ctx) as session:
        kept = session.scalar(select(func.count()).select_from(_promised(kpi, currency).subquery())) or 0
    beliefs = beliefs_from_ledger(unseen(entries, seen), minor_per_unit=10.0 ** minor_exponent(currency))
    learnt = {channel: belief.return_per_unit for channel, belief in beliefs.items() if belief.return_per_unit is not None}
    return LedgerView(sum_up(entries), entries, kept - len(entries), learnt)


def _entry(promise: PromiseEntry, channel: str, facts: Sequence[PerformanceFact]) -> LedgerEntry:
    minor = 10.0 ** minor_exponent(promise.currency)
    if promise.kpi == "value":
        delivered = sum(fact.value_minor or 0 for fact in facts) / minor
    else:
        delivered = float(sum(fact.conversions or 0.0 for fact in facts))
    promised, spent = Interval(promise.mean, promise.low, promise.high), sum(fact.spend_minor for fact in facts)
    points = [(spend, Interval(mean, low, high)) for spend, mean, low, high in promise.at_spends or ()]
    return LedgerEntry(
        channel=channel,
        plan=promise.plan,
        start=promise.start,
        end=promise.end,
        promised_spend_minor=promise.spend_minor,
        delivered_spend_minor=spent,
        promised=promised,
        at_spent=promised_at(spent, points or [(promise.spend_minor, promised)]),
        delivered=delivered,
    )
