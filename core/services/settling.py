"""A change set that met conflicts becomes a new proposal of what a person chose, shown and approved like any other."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.tables.drafts import ChangeSet
from core.errors import Conflict
from core.model.changes import ChangeSetStatus
from core.runtime import Runtime
from core.services import activity
from core.services.changes import (
    CONFLICTS,
    EDITS,
    FOLLOWS,
    OUTLINES,
    ROWS,
    ChangeSetView,
    change_set_row,
    edits_of,
    get_change_set,
    rows_of,
    store_proposal,
)
from core.services.drafts import add_version, draft_row, get_draft
from core.services.files import file_row, open_plan
from core.services.targets import warnings_of
from core.sheets.writing.distribution import plan_tables
from core.sheets.writing.drift import Choice
from core.sheets.writing.settling import Met, Settled, settle_conflicts

_NOTE = "Settled with the sheet as it is now"


def settle(ctx: AccessContext, rt: Runtime, change_set_id: UUID, choices: Mapping[tuple[str, str], Choice]) -> ChangeSetView:
    """Turn a conflicted change set into a new proposal by choosing for each conflict.

    Sums typed into the sheet follow the choices. Where nothing remains to be written the sheet stays as it is, and the change set
    that met the conflicts is given back, rejected.

    Args:
        choices: `theirs`, `ours` or `leave_out` by (tab, cell) as in the conflicts; what is not named is left out.
    Raises:
        Conflict: it met no conflicts, or cannot be worked out anew; then it is proposed anew from the planner.
        RuleViolation: what remains cannot be written.
    """
    ctx.require(Permission.PROPOSE_CHANGE)
    settled, notes = _worked_out(ctx, rt, change_set_id, choices)
    plan = settled.plan
    with rt.db.session(ctx) as session:
        old = _conflicted(session, change_set_id)
        old.status, old.decided_by_name, old.decided_at = ChangeSetStatus.REJECTED, ctx.actor_name, rt.clock.now()
        if not plan.is_empty:
            row = ChangeSet(
                workspace_id=ctx.workspace_id,
                draft_id=old.draft_id,
                draft_version=_version(session, ctx, rt, old, settled),
                file_id=old.file_id,
                edits=EDITS.dump_python(plan.edits, mode="json"),
                outlines=OUTLINES.dump_python(plan.outlines, mode="json"),
                follows=FOLLOWS.dump_python(plan.follows, mode="json"),
                notes=notes,
                note=old.note,
                rows=ROWS.dump_python(plan.rows, mode="json") if plan.rows.edits else None,
                replaces_id=old.id,
            )
            return store_proposal(session, ctx, rt, row, plan.edits)
        activity.record(session, ctx, "left the sheet as it is:", file_row(session, old.file_id).name, change_set_id=str(old.id))
    return get_change_set(ctx, rt, change_set_id)


def _worked_out(
    ctx: AccessContext, rt: Runtime, change_set_id: UUID, choices: Mapping[tuple[str, str], Choice]
) -> tuple[Settled, list[str]]:
    """Work out what remains, and what is to be said about it."""
    with rt.db.session(ctx) as session:
        old = _conflicted(session, change_set_id)
        met = Met(edits_of(old), rows_of(old), CONFLICTS.validate_python(old.conflicts), choices)
        base = draft_row(session, old.draft_id).base_snapshot_id
        draft_id, version, file_id = old.draft_id, old.draft_version, old.file_id
    draft = get_draft(ctx, rt, draft_id, version)
    plan = open_plan(ctx, rt, file_id, snapshot_id=base)
    settled = settle_conflicts(plan_tables(plan.reading), plan.workbook, draft.distribution, met)
    return settled, [*settled.plan.notes, *warnings_of(ctx, rt, file_id, settled.plan, plan.workbook)]


def _conflicted(session: Session, change_set_id: UUID) -> ChangeSet:
    row = change_set_row(session, change_set_id, lock=True)
    if row.status != ChangeSetStatus.CONFLICTED:
        raise Conflict(f"This change set is {row.status}; there is nothing to choose.")
    return row


def _version(session: Session, ctx: AccessContext, rt: Runtime, old: ChangeSet, settled: Settled) -> int:
    """Give the version that is written: where rows come and go, one of its own, by which they are known again after the write."""
    draft = draft_row(session, old.draft_id, lock=True)
    if old.rows is None or draft.newest_version != old.draft_version:
        return old.draft_version
    draft.newest_version += 1
    return add_version(session, ctx, rt, draft, draft.newest_version, distribution=settled.distribution, note=_NOTE).version
