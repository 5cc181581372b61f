"""Lift tests of a workspace: what experiments showed, which the next fit takes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import select

from core.access import AccessContext, Permission
from core.db.tables.performance import LiftTestEntry
from core.errors import InvalidInput, NotFound
from core.model.money import minor_exponent
from core.planning.history import History, Kpi
from core.planning.response import LiftTest
from core.runtime import Runtime
from core.services import activity
from core.services.performance import history_of


@dataclass(frozen=True, slots=True)
class NewLiftTest:
    """A lift test's result as entered; both ends inclusive, KPI in units (conversions) or major money (value)."""

    channel: str
    kpi: Kpi
    start: date
    end: date
    spend_delta_minor: int
    kpi_delta: float
    kpi_sd: float
    currency: str


@dataclass(frozen=True, slots=True)
class LiftTestView:
    """A lift test as kept."""

    test_id: UUID
    test: NewLiftTest
    entered_at: datetime


def add_lift_test(ctx: AccessContext, rt: Runtime, test: NewLiftTest) -> LiftTestView:
    """Keep a lift test's result; the next fit takes it in.

    Raises:
        InvalidInput: a channel the performance does not have, an end before the start, no change of spend, or no error above zero.
    """
    ctx.require(Permission.EDIT_DRAFT)
    view = history_of(ctx, rt, currency=test.currency)
    history = cast(History, view.history)
    if test.channel not in history.paid:
        raise InvalidInput(f"{test.channel} is not a channel of the performance data.", hint="Its channels: " + ", ".join(history.paid))
    if test.end < test.start:
        raise InvalidInput(f"The test cannot end ({test.end}) before it starts ({test.start}).")
    if test.spend_delta_minor == 0 or test.kpi_sd <= 0:
        raise InvalidInput("A lift test needs a change of spend, and an error above zero for the gain.")
    row = LiftTestEntry(
        id=uuid4(),
        workspace_id=ctx.workspace_id,
        entered_by=ctx.actor_id,
        entered_at=rt.clock.now(),
        **{name: getattr(test, name) for name in NewLiftTest.__slots__},
    )
    with rt.db.session(ctx) as session:
        session.add(row)
        activity.record(session, ctx, "entered a lift test of", test.channel)
    return _test_view(row)


def list_lift_tests(ctx: AccessContext, rt: Runtime) -> tuple[LiftTestView, ...]:
    """List the lift tests of the workspace, newest first."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        rows = session.scalars(select(LiftTestEntry).order_by(LiftTestEntry.entered_at.desc())).all()
    return tuple(_test_view(row) for row in rows)


def remove_lift_test(ctx: AccessContext, rt: Runtime, test_id: UUID) -> None:
    """Take a lift test out; the next fit goes without it."""
    ctx.require(Permission.EDIT_DRAFT)
    with rt.db.session(ctx) as session:
        row = session.get(LiftTestEntry, test_id)
        if row is None:
            raise NotFound("This lift test does not exist in this workspace.")
        session.delete(row)
        activity.record(session, ctx, "removed a lift test of", row.channel)


def _test_view(row: LiftTestEntry) -> LiftTestView:
    kpi = cast(Kpi, row.kpi)
    test = NewLiftTest(row.channel, kpi, row.start, row.end, row.spend_delta_minor, row.kpi_delta, row.kpi_sd, row.currency)
    return LiftTestView(row.id, test, row.entered_at)


def tests_for_fit(ctx: AccessContext, rt: Runtime, *, kpi: Kpi, currency: str) -> list[LiftTest]:
    """Give the lift tests of a KPI and currency as the fit takes them, spend in major units."""
    ctx.require(Permission.READ)
    minor = 10.0 ** minor_exponent(currency)
    chosen = [item.test for item in list_lift_tests(ctx, rt) if (item.test.kpi, item.test.currency) == (kpi, currency)]
    return [LiftTest(t.channel, t.start, t.end, t.spend_delta_minor / minor, t.kpi_delta, t.kpi_sd) for t in chosen]
