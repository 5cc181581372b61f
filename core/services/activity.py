"""The activity log: record a deed inside its own transaction, list what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.tables.activity import Activity
from core.runtime import Runtime


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """One deed as shown: `actor_name` `verb` `subject`, e.g. Ann approved "Spring plan"."""

    happened_at: datetime
    actor_name: str
    origin: str
    verb: str
    subject: str
    facts: dict[str, Any]


def record(session: Session, ctx: AccessContext, verb: str, subject: str, **facts: object) -> None:
    """Append a deed to the log of the context's workspace; it is kept only if the caller's transaction commits.

    Args:
        verb: past tense, as read after a name: "connected", "approved".
        subject: what it was done to, in a person's words.
        facts: JSON-serialisable ids and counts; never secrets or cell texts.
    """
    session.add(
        Activity(
            workspace_id=ctx.workspace_id,
            actor_id=ctx.actor_id,
            actor_name=ctx.actor_name,
            origin=ctx.origin.value,
            verb=verb,
            subject=subject,
            facts=dict(facts),
        )
    )


def list_activity(ctx: AccessContext, rt: Runtime, *, limit: int = 200) -> list[ActivityEntry]:
    """List the newest deeds of the workspace, newest first."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        rows = session.scalars(select(Activity).order_by(Activity.happened_at.desc()).limit(limit)).all()
    return [
        ActivityEntry(
            happened_at=row.happened_at,
            actor_name=row.actor_name,
            origin=row.origin,
            verb=row.verb,
            subject=row.subject,
            facts=row.facts,
        )
        for row in rows
    ]
