"""The steps that apply or undo a change set. Each may run more than once (a worker can die at any moment) and has its effect once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.tables.drafts import ChangeSet, JournalEntry
from core.errors import Conflict
from core.model.changes import CellConflict, CellEdit, ChangeSetStatus, change_set_hash
from core.model.workbook import Workbook
from core.runtime import Runtime
from core.services import activity
from core.services.changes import CONFLICTS, OUTLINES, PLACED, change_set_row, edits_of
from core.services.drafts import draft_row, get_draft
from core.services.files import file_row, open_plan
from core.services.sync import sync_file
from core.services.targets import Contents, Target, open_target
from core.sheets.writing.distribution import plan_tables, to_distribution
from core.sheets.writing.drift import (
    Choice,
    Drift,
    alike_rows,
    check_drift,
    mismatches,
    outlines_after,
    placed_as_edits,
    resolve,
    undo_edits,
)
from core.sheets.writing.outline import Outline

Direction = Literal["write", "undo"]
_RUNNING = {"write": ChangeSetStatus.APPLYING, "undo": ChangeSetStatus.UNDOING}
_DONE = {"write": ChangeSetStatus.APPLIED, "undo": ChangeSetStatus.UNDONE}


@dataclass(frozen=True, slots=True)
class _Task:
    """What one direction has to do, and what the journal says about it already."""

    file_id: UUID
    edits: tuple[CellEdit, ...]
    outlines: tuple[Outline, ...]
    choices: Mapping[tuple[str, str], Choice]
    entry: JournalEntry | None
    written_file: bytes | None
    original_file: bytes | None


def begin(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction) -> str:
    """Mark the change set as under way; gives the file's name.

    Raises:
        Conflict: it is not approved (or not applied, for an undo), or not what was approved.
    """
    ctx.require(Permission.APPROVE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        if change_set_hash(str(row.file_id), edits_of(row)) != row.hash:
            raise Conflict("The change set is not the one that was approved; nothing was written.")
        if direction == "write" and row.status == ChangeSetStatus.APPROVED:
            row.status = ChangeSetStatus.APPLYING
        if row.status != _RUNNING[direction]:
            raise Conflict(f"The change set is {row.status}; nothing was written.")
        return file_row(session, row.file_id).name


def write(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction) -> dict[str, Any]:
    """Check for drift and write all cells in one batch, or write nothing and keep the conflicts.

    The journal is kept before the write. When it is there already, an earlier run got this far: what it wrote is not written again.
    Gives `{"cells": written, "conflicts": n}`.
    """
    ctx.require(Permission.APPROVE_CHANGE)
    task = _load(ctx, rt, change_set_id, direction)
    target = open_target(ctx, rt, task.file_id)
    theirs = target.read()
    if task.entry is not None and _is_written(task.entry, theirs):
        return {"cells": len(task.entry.placed), "conflicts": 0}
    drift = _checked(task, theirs)
    if drift.conflicts:
        _keep_conflicts(ctx, rt, change_set_id, drift.conflicts)
        return {"cells": 0, "conflicts": len(drift.conflicts)}
    if drift.clean:
        contents = _prepare(task, target, drift)
        tags = target.tag(alike_rows(drift))
        _keep_journal(
            ctx, rt, change_set_id, direction, drift=drift, outlines=outlines_after(drift, theirs, row_ids=tags), contents=contents
        )
        target.write(drift.clean, contents)
    else:
        _keep_journal(ctx, rt, change_set_id, direction, drift=drift, outlines=drift.outlines, contents=Contents())
    return {"cells": len(drift.clean), "conflicts": 0}


def verify(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction) -> dict[str, Any]:
    """Read the cells back and compare; a cell that moved meanwhile is followed. Gives `{"different": n}`."""
    ctx.require(Permission.APPROVE_CHANGE)
    task = _load(ctx, rt, change_set_id, direction)
    assert task.entry is not None, "write comes first"
    placed = PLACED.validate_python(task.entry.placed)
    target = open_target(ctx, rt, task.file_id)
    different: tuple[CellConflict, ...] = ()
    if placed and mismatches(placed, target.read_back(placed)):
        again = check_drift(placed_as_edits(placed), OUTLINES.validate_python(task.entry.outlines), target.read())
        lost = [CellConflict(p.tab, p.cell, "value_changed", p.edit.before, p.theirs, p.edit.after, p.edit.line_item) for p in again.clean]
        different = (*again.conflicts, *lost)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        entry = _entry(session, change_set_id, direction)
        assert entry is not None
        entry.verified_at = rt.clock.now()
        row.conflicts = CONFLICTS.dump_python(different, mode="json")
    return {"different": len(different)}


def finish(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction, *, different: int = 0) -> None:
    """Mark it applied or undone and tell everybody."""
    ctx.require(Permission.APPROVE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        if row.status != _RUNNING[direction]:
            return
        row.status = _DONE[direction]
        row.error = f"{different} cells were changed by someone else right after." if different else None
        if direction == "write":
            row.applied_at = rt.clock.now()
        else:
            row.undone_at = rt.clock.now()
        verb = "wrote back to" if direction == "write" else "undid the write-back to"
        activity.record(
            session, ctx, verb, file_row(session, row.file_id).name, change_set_id=str(row.id), cells=_cells(session, row, direction)
        )


def stop(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction, *, conflicts: int, error: str | None) -> None:
    """Mark that it could not go on: conflicts wait for a choice, an error says what to do. An undo that stops leaves it applied."""
    ctx.require(Permission.APPROVE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        if row.status not in (ChangeSetStatus.APPROVED, _RUNNING[direction]):
            return
        stopped = ChangeSetStatus.CONFLICTED if conflicts else ChangeSetStatus.FAILED
        row.status = stopped if direction == "write" else ChangeSetStatus.APPLIED
        row.error = error if error is not None else f"{conflicts} cells are not as they were; nothing was written."
        verb = "could not write back to" if direction == "write" else "could not undo the write-back to"
        activity.record(session, ctx, verb, file_row(session, row.file_id).name, change_set_id=str(row.id), conflicts=conflicts)


def read_again(ctx: AccessContext, rt: Runtime, change_set_id: UUID) -> None:
    """Read the file as it is now, so that the draft is compared with what it says now."""
    ctx.require(Permission.APPROVE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id)
        file_id, draft_id, source = row.file_id, row.draft_id, file_row(session, row.file_id).source
    if source != "upload":
        sync_file(ctx, rt, file_id, again=True)
    rebase_draft(ctx, rt, draft_id)


def rebase_draft(ctx: AccessContext, rt: Runtime, draft_id: UUID) -> bool:
    """Compare a draft with the newest reading of its file from now on; False when rows or periods differ, so that it cannot be."""
    ctx.require(Permission.EDIT_DRAFT)
    draft = get_draft(ctx, rt, draft_id)
    plan = open_plan(ctx, rt, draft.file_id)
    fresh = to_distribution(plan_tables(plan.reading), plan.workbook)
    held = {row.id: [(cell.period, cell.source_cell) for cell in row.cells] for row in draft.distribution.rows}
    if held != {row.id: [(cell.period, cell.source_cell) for cell in row.cells] for row in fresh.rows}:
        return False
    with rt.db.session(ctx) as session:
        draft_row(session, draft_id, lock=True).base_snapshot_id = plan.snapshot_id
    return True


def _load(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction) -> _Task:
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id)
        written, entry = _entry(session, row.id, "write"), _entry(session, row.id, direction)
        if direction == "write":
            return _Task(row.file_id, edits_of(row), OUTLINES.validate_python(row.outlines), {}, entry, None, None)
        assert written is not None, "only what was written can be undone"
        edits = undo_edits(PLACED.validate_python(written.placed))
        choices = {_place(key): choice for key, choice in row.undo_choices.items()}
        outlines = OUTLINES.validate_python(written.outlines)
        return _Task(row.file_id, edits, outlines, choices, entry, written.content_after, written.content_before)


def _place(key: str) -> tuple[str, str]:
    tab, _, cell = key.rpartition("!")
    return tab, cell


def _checked(task: _Task, theirs: Workbook) -> Drift:
    """Check for drift; for an undo, what the person chose for conflicts of an earlier try is followed."""
    drift = check_drift(task.edits, task.outlines, theirs)
    if not (drift.conflicts and task.choices):
        return drift
    answered = [one for one in drift.conflicts if (one.tab, one.cell) in task.choices]
    kept = resolve(task.edits, answered, task.choices)
    return check_drift(kept, task.outlines, theirs)


def _prepare(task: _Task, target: Target, drift: Drift) -> Contents:
    """Make the file to be written; an undo of a file that nobody touched since gives back the very bytes of before."""
    contents = target.prepare(drift.clean)
    if contents.before is not None and contents.before == task.written_file and not drift.done:
        return replace(contents, after=task.original_file)
    return contents


def _is_written(entry: JournalEntry, theirs: Workbook) -> bool:
    placed = PLACED.validate_python(entry.placed)
    drift = check_drift(placed_as_edits(placed), OUTLINES.validate_python(entry.outlines), theirs)
    return not drift.clean and not drift.conflicts


def _keep_conflicts(ctx: AccessContext, rt: Runtime, change_set_id: UUID, conflicts: Sequence[CellConflict]) -> None:
    with rt.db.session(ctx) as session:
        change_set_row(session, change_set_id, lock=True).conflicts = CONFLICTS.dump_python(tuple(conflicts), mode="json")


def _keep_journal(
    ctx: AccessContext,
    rt: Runtime,
    change_set_id: UUID,
    direction: Direction,
    *,
    drift: Drift,
    outlines: tuple[Outline, ...],
    contents: Contents,
) -> None:
    """Keep what will be written and what stands there, before it is written."""
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        row.conflicts = []
        entry = _entry(session, change_set_id, direction)
        if entry is None:
            entry = JournalEntry(workspace_id=ctx.workspace_id, change_set_id=change_set_id, direction=direction)
            session.add(entry)
        entry.placed = PLACED.dump_python(drift.clean, mode="json")
        entry.outlines = OUTLINES.dump_python(outlines, mode="json")
        entry.content_before, entry.content_after = contents.before, contents.after
        entry.begun_at = rt.clock.now()


def _entry(session: Session, change_set_id: UUID, direction: str) -> JournalEntry | None:
    query = select(JournalEntry).where(JournalEntry.change_set_id == change_set_id, JournalEntry.direction == direction)
    return session.scalars(query).one_or_none()


def _cells(session: Session, row: ChangeSet, direction: Direction) -> int:
    entry = _entry(session, row.id, direction)
    return 0 if entry is None else len(entry.placed)
