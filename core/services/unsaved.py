"""Edits of a draft that a person has not saved yet: kept on the server, so that they outlive the browser tab."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.access import AccessContext, Permission
from core.db.tables.drafts import UnsavedEdits
from core.model.distribution import Distribution
from core.runtime import Runtime
from core.services.drafts import DISTRIBUTION, draft_row


@dataclass(frozen=True, slots=True)
class UnsavedView:
    """A person's unsaved edits: of which version, the table as edited, and when it was edited last."""

    version: int
    distribution: Distribution
    edited_at: datetime


def keep_edits(ctx: AccessContext, rt: Runtime, draft_id: UUID, *, version: int, distribution: Distribution) -> None:
    """Keep a person's edits of a version of a draft; they take the place of those kept before."""
    ctx.require(Permission.EDIT_DRAFT)
    edited = {"version": version, "distribution": DISTRIBUTION.dump_python(distribution, mode="json"), "edited_at": rt.clock.now()}
    owner = {"id": uuid4(), "workspace_id": ctx.workspace_id, "draft_id": draft_id, "person_id": ctx.actor_id}
    with rt.db.session(ctx) as session:
        draft_row(session, draft_id)
        kept = insert(UnsavedEdits).values(**owner, **edited)
        session.execute(kept.on_conflict_do_update(index_elements=["draft_id", "person_id"], set_=edited))


def get_edits(ctx: AccessContext, rt: Runtime, draft_id: UUID) -> UnsavedView | None:
    """Give the person's own unsaved edits of a draft, None where there are none."""
    ctx.require(Permission.READ)
    own = select(UnsavedEdits).where(UnsavedEdits.draft_id == draft_id, UnsavedEdits.person_id == ctx.actor_id)
    with rt.db.session(ctx) as session:
        draft_row(session, draft_id)
        row = session.scalars(own).one_or_none()
        return None if row is None else UnsavedView(row.version, DISTRIBUTION.validate_python(row.distribution), row.edited_at)


def drop_edits(ctx: AccessContext, rt: Runtime, draft_id: UUID) -> None:
    """Forget the person's own unsaved edits of a draft."""
    ctx.require(Permission.EDIT_DRAFT)
    with rt.db.session(ctx) as session:
        draft_row(session, draft_id)
        session.execute(delete(UnsavedEdits).where(UnsavedEdits.draft_id == draft_id, UnsavedEdits.person_id == ctx.actor_id))
