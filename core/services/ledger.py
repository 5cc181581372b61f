"""Promised against delivered: what plans promised by channel, kept, and read against the performance once a flight is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core.access import AccessContext, Permission
from core.db.tables.performance import PerformanceFact, PromiseEntry
from core.model.interval import Interval
from core.model.money import minor_exponent
from core.planning.channels import match_name
from core.planning.ledger import LedgerEntry, LedgerLine, beliefs_from_ledger, sum_up
from core.planning.response import Belief
from core.runtime import Runtime
from core.services import activity
from core.services.memory import remember_outcomes


@dataclass(frozen=True, slots=True)
class Promise:
    """What a plan promises for one channel over its flight (both ends inclusive); outcome in KPI units, 90% range."""

    channel: str
    start: date
    end: date
    spend_minor: int
    outcome: Interval


@dataclass(frozen=True, slots=True)
class PlanPromises:
    """What a plan promises in one KPI and currency."""

    plan: str
    kpi: str
    currency: str
    promises: tuple[Promise, ...]


def keep_promises(ctx: AccessContext, rt: Runtime, kept: PlanPromises) -> int:
    """Keep what a plan promises; the same plan, channel and flight again replaces it. Gives how many were kept."""
    ctx.require(Permission.EDIT_DRAFT)
    rows = [
        {
            "id": uuid4(),
            "workspace_id": ctx.workspace_id,
            "plan": kept.plan,
            "channel": promise.channel,
            "kpi": kept.kpi,
            "currency": kept.currency,
            "start": promise.start,
            "end": promise.end,
            "spend_minor": promise.spend_minor,
            "mean": promise.outcome.mean,
            "low": promise.outcome.low,
            "high": promise.outcome.high,
            "promised_at": rt.clock.now(),
        }
        for promise in kept.promises
    ]
    if not rows:
        return 0
    statement = insert(PromiseEntry).values(rows)
    replaced = {name: statement.excluded[name] for name in ("kpi", "currency", "spend_minor", "mean", "low", "high", "promised_at")}
    with rt.db.session(ctx) as session:
        keys = ["workspace_id", "plan", "channel", "start", "end"]
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_=replaced))
        activity.record(session, ctx, "promised results of", kept.plan, channels=len(rows))
    return len(rows)


def finished_entries(ctx: AccessContext, rt: Runtime, *, kpi: str, currency: str) -> tuple[LedgerEntry, ...]:
    """Give promised against delivered of every flight whose end the performance has reached, by the data's channel names."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        promises = session.scalars(select(PromiseEntry).where(PromiseEntry.kpi == kpi, PromiseEntry.currency == currency)).all()
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


def learnt_beliefs(ctx: AccessContext, rt: Runtime, *, kpi: str, currency: str) -> dict[str, Belief]:
    """Give what finished flights say about each channel's return, KPI per major unit: where the next fit starts from."""
    ctx.require(Permission.READ)
    return beliefs_from_ledger(finished_entries(ctx, rt, kpi=kpi, currency=currency), minor_per_unit=10.0 ** minor_exponent(currency))


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
        learnt: mean and sd of the return by channel that the next fit starts from, KPI per major unit.
    """

    lines: tuple[LedgerLine, ...]
    entries: tuple[LedgerEntry, ...]
    running: int
    learnt: dict[str, tuple[float, float]]


def list_ledger(ctx: AccessContext, rt: Runtime, *, kpi: str, currency: str) -> LedgerView:
    """Give the ledger of the workspace."""
    ctx.require(Permission.READ)
    entries = finished_entries(ctx, rt, kpi=kpi, currency=currency)
    chosen = select(func.count()).select_from(PromiseEntry).where(PromiseEntry.kpi == kpi, PromiseEntry.currency == currency)
    with rt.db.session(ctx) as session:
        kept = session.scalar(chosen) or 0
    beliefs = beliefs_from_ledger(entries, minor_per_unit=10.0 ** minor_exponent(currency))
    learnt = {channel: belief.return_per_unit for channel, belief in beliefs.items() if belief.return_per_unit is not None}
    return LedgerView(sum_up(entries), entries, kept - len(entries), learnt)


def _entry(promise: PromiseEntry, channel: str, facts: Sequence[PerformanceFact]) -> LedgerEntry:
    minor = 10.0 ** minor_exponent(promise.currency)
    if promise.kpi == "value":
        delivered = sum(fact.value_minor or 0 for fact in facts) / minor
    else:
        delivered = float(sum(fact.conversions or 0.0 for fact in facts))
    return LedgerEntry(
        channel=channel,
        flight=f"{promise.plan}, {promise.start} to {promise.end}",
        promised_spend_minor=promise.spend_minor,
        delivered_spend_minor=sum(fact.spend_minor for fact in facts),
        promised=Interval(promise.mean, promise.low, promise.high),
        delivered=delivered,
    )
