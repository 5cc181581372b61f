"""Change sets: an edited plan is proposed as cell edits, decided on by an owner or admin, applied and undone by durable workflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.tables.drafts import ChangeSet, Draft, JournalEntry
from core.db.tables.library import File
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.model.changes import CellConflict, CellEdit, ChangeSetStatus, RowPlan, change_set_hash
from core.runtime import Runtime
from core.services import activity
from core.services.drafts import get_draft
from core.services.files import FileInfo, PlanView, file_row, open_plan
from core.services.targets import warnings_of, why_not_rows
from core.sheets.summary import questions_of_money
from core.sheets.writing.consequences import Follow
from core.sheets.writing.distribution import plan_tables
from core.sheets.writing.drift import Choice, PlacedEdit
from core.sheets.writing.edits import WritePlan, plan_writes
from core.sheets.writing.inputs import INPUT_CHOICE
from core.sheets.writing.outline import Outline

EXPIRES_AFTER = timedelta(days=7)
EDITS: TypeAdapter[tuple[CellEdit, ...]] = TypeAdapter(tuple[CellEdit, ...])
OUTLINES: TypeAdapter[tuple[Outline, ...]] = TypeAdapter(tuple[Outline, ...])
CONFLICTS: TypeAdapter[tuple[CellConflict, ...]] = TypeAdapter(tuple[CellConflict, ...])
ROWS: TypeAdapter[RowPlan] = TypeAdapter(RowPlan)
PLACED: TypeAdapter[tuple[PlacedEdit, ...]] = TypeAdapter(tuple[PlacedEdit, ...])
FOLLOWS: TypeAdapter[tuple[Follow, ...]] = TypeAdapter(tuple[Follow, ...])
_UNDER_WAY = (ChangeSetStatus.PROPOSED, ChangeSetStatus.APPROVED, ChangeSetStatus.APPLYING, ChangeSetStatus.UNDOING)


@dataclass(frozen=True, slots=True)
class ChangeSetView:
    """A change set with its diff.

    Attributes:
        rows: line items whose row is inserted or deleted. `follows`: stated totals that change by their own formulas.
        conflicts: cells that were not as read when it was to be applied, or as written when it was to be undone.
        written: cells with what stood there before (the journal), empty until applied.
        job_id: the workflow under way or last run, None before the first.
        has_download: the changed file of an upload is ready.
    """

    id: UUID
    hash: str
    status: ChangeSetStatus
    file_id: UUID
    file_name: str
    draft_id: UUID
    draft_version: int
    currency: str | None
    note: str
    edits: tuple[CellEdit, ...]
    follows: tuple[Follow, ...]
    notes: tuple[str, ...]
    conflicts: tuple[CellConflict, ...]
    written: tuple[PlacedEdit, ...]
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    applied_at: datetime | None
    undone_at: datetime | None
    replaces_id: UUID | None
    job_id: str | None
    error: str | None
    has_download: bool
    rows: RowPlan


def preview(ctx: AccessContext, rt: Runtime, draft_id: UUID, *, inputs: Mapping[str, str] | None = None) -> WritePlan:
    """Work out what the newest version of a draft would write into its sheet; nothing is kept.

    Args:
        inputs: for budgets that are formulas, the input to change by formula cell: `Plan!H9` -> `Plan!F9`; and by the key of an
            offer of `ratios`, anything: that typed amount follows.
    """
    ctx.require(Permission.READ)
    draft = get_draft(ctx, rt, draft_id)
    plan = open_plan(ctx, rt, draft.file_id, snapshot_id=draft.base_snapshot_id)
    chosen = {f"{INPUT_CHOICE}{cell}": source for cell, source in (inputs or {}).items()}
    distribution = replace(draft.distribution, notes={**draft.distribution.notes, **chosen})
    written = plan_writes(plan_tables(plan.reading), plan.workbook, distribution)
    refusal = why_not_written(plan)
    if refusal is None and written.rows.edits:
        refusal = _written_already(ctx, rt, draft_id, written.rows)
    if refusal is None and written.rows.edits and not written.violations:
        refusal = why_not_rows(ctx, rt, draft.file_id, written.rows, written.outlines)
    return written if refusal is None else replace(written, violations=(refusal, *written.violations))


def propose(ctx: AccessContext, rt: Runtime, draft_id: UUID, *, note: str = "", inputs: Mapping[str, str] | None = None) -> ChangeSetView:
    """Propose to write the newest version of a draft into its sheet. The same proposal twice is one while it is under way.

    Args:
        inputs: as for `preview`.

    Raises:
        RuleViolation: why it cannot be written, all reasons listed, or formulas for which an input has to be chosen first.
        InvalidInput: nothing differs from the sheet.
    """
    ctx.require(Permission.PROPOSE_CHANGE)
    draft, plan = get_draft(ctx, rt, draft_id), preview(ctx, rt, draft_id, inputs=inputs)
    open_choices = [f"{one.tab}!{one.cell} is a formula: choose which of its inputs to change." for one in plan.choices]
    if plan.violations or open_choices:
        raise RuleViolation("The plan cannot be written into the sheet as it is.", violations=[*plan.violations, *open_choices])
    if plan.is_empty:
        raise InvalidInput(f"Nothing in {draft.name} differs from the sheet.", hint="Edit an amount and save first.")
    row = ChangeSet(
        workspace_id=ctx.workspace_id,
        draft_id=draft_id,
        draft_version=draft.version,
        file_id=draft.file_id,
        edits=EDITS.dump_python(plan.edits, mode="json"),
        outlines=OUTLINES.dump_python(plan.outlines, mode="json"),
        follows=FOLLOWS.dump_python(plan.follows, mode="json"),
        notes=[*plan.notes, *warnings_of_writing(ctx, rt, draft_id, plan)],
        note=note.strip()[:500],
        rows=ROWS.dump_python(plan.rows, mode="json") if plan.rows.edits else None,
    )
    with rt.db.session(ctx) as session:
        return store_proposal(session, ctx, rt, row, plan.edits)


def store_proposal(session: Session, ctx: AccessContext, rt: Runtime, row: ChangeSet, edits: tuple[CellEdit, ...]) -> ChangeSetView:
    """Add a proposal in the caller's transaction; gives the one that stands where it was made before."""
    now = rt.clock.now()
    row.id, row.hash = uuid4(), change_set_hash(str(row.file_id), edits, rows_of(row))
    row.proposed_by, row.proposed_by_name, row.proposed_at = ctx.actor_id, ctx.actor_name, now
    row.status, row.expires_at = ChangeSetStatus.PROPOSED, now + EXPIRES_AFTER
    row.undo_attempts, row.undo_choices, row.conflicts = 0, {}, []
    name = file_row(session, row.file_id).name
    session.get(Draft, row.draft_id, with_for_update=True)  # two proposals of one draft at the same moment queue up here
    same = select(ChangeSet).where(ChangeSet.draft_id == row.draft_id, ChangeSet.hash == row.hash, ChangeSet.status.in_(_UNDER_WAY))
    existing = next((one for one in session.scalars(same) if one.expires_at > now), None)
    if existing is not None:
        return _view(session, existing, now)
    session.add(row)
    session.flush()
    activity.record(session, ctx, "proposed to write back", name, change_set_id=str(row.id), cells=len(edits), rows=len(rows_of(row).edits))
    return _view(session, row, now)


def warnings_of_writing(ctx: AccessContext, rt: Runtime, draft_id: UUID, written: WritePlan) -> tuple[str, ...]:
    """Say what a preview of a draft would not keep, meet protected or break in its file as it is now."""
    ctx.require(Permission.READ)
    draft = get_draft(ctx, rt, draft_id)
    plan = open_plan(ctx, rt, draft.file_id, snapshot_id=draft.base_snapshot_id)
    return warnings_of(ctx, rt, draft.file_id, written, plan.workbook)


def get_change_set(ctx: AccessContext, rt: Runtime, change_set_id: UUID) -> ChangeSetView:
    """Give one change set with its diff."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        return _view(session, change_set_row(session, change_set_id), rt.clock.now())


def list_change_sets(ctx: AccessContext, rt: Runtime, *, limit: int = 100) -> list[ChangeSetView]:
    """List the change sets of the workspace, newest first."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        rows = session.scalars(select(ChangeSet).order_by(ChangeSet.proposed_at.desc()).limit(limit)).all()
        return [_view(session, row, rt.clock.now()) for row in rows]


def approve(ctx: AccessContext, rt: Runtime, change_set_id: UUID, *, expected_hash: str) -> ChangeSetView:
    """Approve exactly what was shown and start writing it. Pressed again it changes nothing.

    Raises:
        Conflict: it is not what was shown, has expired or was decided otherwise.
    """
    ctx.require(Permission.APPROVE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        if row.hash != expected_hash or change_set_hash(str(row.file_id), edits_of(row), rows_of(row)) != expected_hash:
            raise Conflict("This is not the change set that was shown.", hint="Load the page again and look at the diff.")
        if row.status == ChangeSetStatus.PROPOSED:
            _refuse_expired(row, rt.clock.now())
            _decide(session, ctx, rt, row, ChangeSetStatus.APPROVED)
        elif row.status not in (ChangeSetStatus.APPROVED, ChangeSetStatus.APPLYING, ChangeSetStatus.APPLIED):
            raise Conflict(f"This change set is {row.status} already.", hint="Propose it again from the planner.")
        starts = row.status == ChangeSetStatus.APPROVED
    if starts:
        rt.jobs.start(ctx, "write_back", job_id=write_job(change_set_id), payload={"change_set_id": str(change_set_id)})
    return get_change_set(ctx, rt, change_set_id)


def try_again(ctx: AccessContext, rt: Runtime, change_set_id: UUID, *, expected_hash: str) -> ChangeSetView:
    """Start a write that failed once more, exactly as it was approved; what an earlier try has written is found and not written twice.

    Raises:
        Conflict: it did not fail, is not what was shown, or its approval has expired.
    """
    ctx.require(Permission.APPROVE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        if row.status != ChangeSetStatus.FAILED or row.hash != expected_hash:
            raise Conflict("This change set is not one that failed.", hint="Load the page again.")
        _refuse_expired(row, rt.clock.now())
        row.error, row.undo_attempts = None, row.undo_attempts + 1
        _decide(session, ctx, rt, row, ChangeSetStatus.APPROVED)
        job_id = later_job(change_set_id, row.undo_attempts)
    rt.jobs.start(ctx, "write_back", job_id=job_id, payload={"change_set_id": str(change_set_id)})
    return get_change_set(ctx, rt, change_set_id)


def reject(ctx: AccessContext, rt: Runtime, change_set_id: UUID) -> ChangeSetView:
    """Reject a proposal, or put away one that met conflicts; the sheet stays as it is. A planner may withdraw their own proposal."""
    ctx.require(Permission.PROPOSE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        if row.proposed_by != ctx.actor_id:
            ctx.require(Permission.APPROVE_CHANGE)
        if row.status == ChangeSetStatus.REJECTED:
            return _view(session, row, rt.clock.now())
        if row.status not in (ChangeSetStatus.PROPOSED, ChangeSetStatus.CONFLICTED):
            raise Conflict(f"This change set is {row.status} already.")
        _decide(session, ctx, rt, row, ChangeSetStatus.REJECTED)
        return _view(session, row, rt.clock.now())


def undo(ctx: AccessContext, rt: Runtime, change_set_id: UUID, choices: Mapping[tuple[str, str], Choice] | None = None) -> ChangeSetView:
    """Start putting back what stood in the sheet before. Pressed twice it is one undo.

    Args:
        choices: for cells that someone changed since (the conflicts of an earlier try): `ours` puts the old value back over theirs.
    Raises:
        Conflict: it was not applied, or has been undone.
    """
    ctx.require(Permission.APPROVE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        if row.status in (ChangeSetStatus.APPLIED, ChangeSetStatus.FAILED) and _journal(session, row.id, "write") is not None:
            row.status, row.error, row.undo_attempts = ChangeSetStatus.UNDOING, None, row.undo_attempts + 1
            row.undo_choices = {f"{tab}!{cell}": choice for (tab, cell), choice in (choices or {}).items()}
            activity.record(session, ctx, "started to undo", file_row(session, row.file_id).name, change_set_id=str(row.id))
        elif row.status not in (ChangeSetStatus.UNDOING, ChangeSetStatus.UNDONE):
            raise Conflict(f"This change set is {row.status}; there is nothing to undo.")
        starts, attempt = row.status == ChangeSetStatus.UNDOING, row.undo_attempts
    if starts:
        rt.jobs.start(ctx, "undo", job_id=later_job(change_set_id, attempt), payload={"change_set_id": str(change_set_id)})
    return get_change_set(ctx, rt, change_set_id)


def download(ctx: AccessContext, rt: Runtime, change_set_id: UUID) -> bytes:
    """Give the changed file of an applied change set; NotFound where the file was written in place."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        entry = _journal(session, change_set_row(session, change_set_id).id, "write")
        if entry is None or entry.content_after is None:
            raise NotFound("This change set has no file to download.")
        return entry.content_after


def write_job(change_set_id: UUID) -> str:
    """Give the job that applies a change set once it is approved."""
    return f"write_back-{change_set_id}"


def later_job(change_set_id: UUID, attempt: int) -> str:
    """Give the job of a later try: to undo it, or to write again what failed."""
    return f"later-{change_set_id}-{attempt}"


def change_set_row(session: Session, change_set_id: UUID, *, lock: bool = False) -> ChangeSet:
    """Give the row or raise NotFound."""
    row = session.get(ChangeSet, change_set_id, with_for_update=lock)
    if row is None:
        raise NotFound("This change set does not exist in this workspace.")
    return row


def edits_of(row: ChangeSet) -> tuple[CellEdit, ...]:
    """Give the edits of a change set as they were hashed."""
    return EDITS.validate_python(row.edits)


def rows_of(row: ChangeSet) -> RowPlan:
    """Give the rows of a change set as they were hashed; none for one of cells only."""
    return RowPlan() if row.rows is None else ROWS.validate_python(row.rows)


def why_not_written(plan: PlanView) -> str | None:
    """Say why nothing of a plan can be written into its file as it is read now, None when it can."""
    asked, file = questions_of_money(plan.reading), plan.file
    if asked:
        texts = ", ".join(f"{question.kind.replace('_', ' ')} ({question.text})" for question in asked[:4])
        return f"Open about the money of {file.name}: {texts}. Answer it on the plan's page first; nothing is written on a guess."
    return refusal_of(file)


def refusal_of(file: FileInfo) -> str | None:
    """Say why a file cannot be written at all, however it is read; None when it can."""
    if file.name.lower().endswith(".xls"):
        return (
            f"{file.name} is in the old Excel format, which is not written: its formulas, charts and macros would be lost. "
            "Save it as .xlsx in Excel and plan from that, or use Export: a new .xlsx with the line items and live totals."
        )
    if not file.can_edit:
        return f"{file.name} is shared with {file.account} for reading only. Ask its owner for edit access, or use Export."
    return None


def _written_already(ctx: AccessContext, rt: Runtime, draft_id: UUID, rows: RowPlan) -> str | None:
    """Say so where a new line item of a draft was put into the sheet by an earlier change set, so that it never stands there twice."""
    new = {edit.row_id: edit.line_item for edit in rows.edits if edit.kind == "insert"}
    query = select(ChangeSet).where(ChangeSet.draft_id == draft_id, ChangeSet.rows.is_not(None), ChangeSet.applied_at.is_not(None))
    with rt.db.session(ctx) as session:
        done = [one for one in session.scalars(query) if one.status != ChangeSetStatus.UNDONE]
        found = next((new[edit.row_id] for one in done for edit in rows_of(one).edits if edit.row_id in new), None)
    return None if found is None else f"{found} was put into the sheet already, which others changed since. Start a new draft of it."


def _refuse_expired(row: ChangeSet, now: datetime) -> None:
    if now >= row.expires_at:
        raise Conflict("This proposal has expired.", hint="Propose it again from the planner: the sheet may have changed since.")


def _decide(session: Session, ctx: AccessContext, rt: Runtime, row: ChangeSet, status: ChangeSetStatus) -> None:
    row.status, row.decided_by_name, row.decided_at = status, ctx.actor_name, rt.clock.now()
    activity.record(session, ctx, status.value, f"the write-back to {file_row(session, row.file_id).name}", change_set_id=str(row.id))


def _journal(session: Session, change_set_id: UUID, direction: str) -> JournalEntry | None:
    query = select(JournalEntry).where(JournalEntry.change_set_id == change_set_id, JournalEntry.direction == direction)
    return session.scalars(query).one_or_none()


def _view(session: Session, row: ChangeSet, now: datetime) -> ChangeSetView:
    file = session.get_one(File, row.file_id)
    journal = (JournalEntry.change_set_id == row.id, JournalEntry.direction == "write")
    written = select(JournalEntry.placed, JournalEntry.content_after.is_not(None)).where(*journal)  # not the files, which may be large
    placed, has_file = next(iter(session.execute(written)), ([], False))
    expired = row.status == ChangeSetStatus.PROPOSED and now >= row.expires_at
    facts: dict[str, Any] = {
        "id": row.id,
        "hash": row.hash,
        "status": ChangeSetStatus.EXPIRED if expired else ChangeSetStatus(row.status),
        "file_id": row.file_id,
        "file_name": file.name,
        "draft_id": row.draft_id,
        "draft_version": row.draft_version,
        "currency": file.currency,
        "note": row.note,
        "edits": edits_of(row),
        "rows": rows_of(row),
        "follows": FOLLOWS.validate_python(row.follows),
        "notes": tuple(row.notes),
        "conflicts": CONFLICTS.validate_python(row.conflicts),
        "written": PLACED.validate_python(placed),
    }
    return ChangeSetView(
        **facts,
        proposed_by=row.proposed_by_name,
        proposed_at=row.proposed_at,
        expires_at=row.expires_at,
        decided_by=row.decided_by_name,
        decided_at=row.decided_at,
        applied_at=row.applied_at,
        undone_at=row.undone_at,
        replaces_id=row.replaces_id,
        job_id=_job(row),
        error=row.error,
        has_download=has_file,
    )


def _job(row: ChangeSet) -> str | None:
    if row.undo_attempts:
        return later_job(row.id, row.undo_attempts)
    return None if row.decided_at is None or row.status == ChangeSetStatus.REJECTED else write_job(row.id)
