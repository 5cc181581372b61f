"""Standing jobs of a workspace: a workflow that starts every so many minutes until it is removed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission, Role
from core.db.tables.identity import Membership
from core.db.tables.schedules import StandingJob
from core.runtime import Runtime


def keep_running(
    ctx: AccessContext, rt: Runtime, session: Session, *, kind: str, every_minutes: int, payload: Mapping[str, object]
) -> None:
    """Start workflow `kind` for the workspace every so many minutes, on behalf of this person; replaces an earlier one of the kind.

    The first start is one interval from now. Each run is a job with the id `kind-workspace-time`. Kept if the caller's transaction commits.
    """
    ctx.require(Permission.CONNECT)
    wanted = {
        "actor_id": ctx.actor_id,
        "every_minutes": every_minutes,
        "payload": dict(payload),
        "next_at": rt.clock.now() + timedelta(minutes=every_minutes),
    }
    statement = insert(StandingJob).values(kind=kind, for_workspace=ctx.workspace_id, **wanted)
    session.execute(statement.on_conflict_do_update(index_elements=["kind", "for_workspace"], set_=wanted))


def stop_running(ctx: AccessContext, session: Session, *, kind: str) -> None:
    """Remove the workspace's standing job of the kind; runs in flight go on."""
    ctx.require(Permission.CONNECT)
    session.execute(delete(StandingJob).where(StandingJob.kind == kind, StandingJob.for_workspace == ctx.workspace_id))


def hand_over(ctx: AccessContext, session: Session, *, of: UUID) -> None:
    """Let an owner stand for the workspace's standing jobs of someone who leaves or may no longer connect; else they would just end."""
    ctx.require(Permission.READ)
    owner = session.scalar(
        select(Membership.user_id)
        .where(Membership.role == Role.OWNER.value, Membership.user_id != of)
        .order_by(Membership.joined_at)
        .limit(1)
    )
    if owner is not None:
        theirs = (StandingJob.for_workspace == ctx.workspace_id, StandingJob.actor_id == of)
        session.execute(update(StandingJob).where(*theirs).values(actor_id=owner))
