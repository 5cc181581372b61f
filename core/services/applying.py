"""The steps that apply or undo a change set. Each may run more than once (a worker can die at any moment) and has its effect once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.tables.drafts import ChangeSet, JournalEntry
from core.errors import Conflict
from core.model.changes import CellConflict, CellEdit, CellState, ChangeSetStatus, RowPlan, change_set_hash
from core.model.workbook import Workbook
from core.runtime import Runtime
from core.services import activity
from core.services.changes import CONFLICTS, OUTLINES, PLACED, change_set_row, edits_of, rows_of
from core.services.files import file_row
from core.services.rebasing import rebase_draft
from core.services.sync import sync_file
from core.services.targets import Contents, RowWrite, Target, open_target
from core.sheets.writing.drift import (
    Choice,
    Drift,
    PlacedEdit,
    alike_rows,
    check_drift,
    mismatches,
    outlines_after,
    placed_as_edits,
    resolve,
    undo_edits,
)
from core.sheets.writing.outline import Outline
from core.sheets.writing.row_drift import (
    PlacedRows,
    RowJournal,
    after_rows,
    differing_rows,
    hashes_of,
    journal_of,
    place_rows,
    place_undo,
    restructured,
    undone,
)

JOURNAL: TypeAdapter[RowJournal] = TypeAdapter(RowJournal)
Direction = Literal["write", "undo"]
_MOST_CELLS_WITH_LOOKS = 50_000
_RUNNING = {"write": ChangeSetStatus.APPLYING, "undo": ChangeSetStatus.UNDOING}
_VERBS = {"write": "written", "undo": "undone"}
_AGAIN = {
    "write": "Try again finds what is there already and writes only the rest; Undo puts back what was written, and nothing else.",
    "undo": "Undo again goes on from what it finds.",
}
_NOTHING = {"write": "Nothing was written.", "undo": "Nothing was put back."}
_DONE = {"write": ChangeSetStatus.APPLIED, "undo": ChangeSetStatus.UNDONE}


@dataclass(frozen=True, slots=True)
class _Task:
    """What one direction has to do, and what the journal says about it already.

    Attributes:
        unseen: for an undo, the mark of a write of rows that was never read back: only where it is found did that write happen.
    """

    file_id: UUID
    edits: tuple[CellEdit, ...]
    outlines: tuple[Outline, ...]
    choices: Mapping[tuple[str, str], Choice]
    entry: JournalEntry | None
    written_file: bytes | None
    original_file: bytes | None
    rows: RowPlan
    undone_rows: RowJournal
    mark: str
    unseen: str | None = None

    @property
    def has_rows(self) -> bool:
        return bool(self.rows.edits or self.undone_rows.undo.edits or self.undone_rows.restored)


def begin(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction) -> str:
    """Mark the change set as under way; gives the file's name.

    Raises:
        Conflict: it is not approved (or not applied, for an undo), or not what was approved.
    """
    ctx.require(Permission.APPROVE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        if change_set_hash(str(row.file_id), edits_of(row), rows_of(row)) != row.hash:
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
    theirs = target.read(looks=_deletes_in_small_tabs(task))
    if task.entry is not None and _is_written(task, target, theirs):
        return {"cells": len(task.entry.placed), "conflicts": 0}
    if task.unseen is not None and not target.is_applied(task.unseen, None):
        _keep_journal(ctx, rt, change_set_id, direction, _Record((), task.outlines, Contents()))
        return {"cells": 0, "conflicts": 0}  # its rows never came or went: there is nothing to undo
    drift, placed = _checked(task, theirs), _placed(task, theirs)
    conflicts = (*drift.conflicts, *placed.conflicts)
    if conflicts:
        _keep_conflicts(ctx, rt, change_set_id, conflicts)
        return {"cells": 0, "conflicts": len(conflicts)}
    if placed.edits:
        rows, record = _rows_to_write(task, target, drift, placed, theirs)
        contents = _prepare(task, target, drift, rows)
        _keep_journal(ctx, rt, change_set_id, direction, replace(record, contents=contents))
        target.write(drift.clean, contents, rows)
    elif drift.clean:
        contents = _prepare(task, target, drift)
        tags = {(tab_id, row): uuid4().hex for tab_id, rows_alike in alike_rows(drift).items() for row in rows_alike}
        _keep_journal(ctx, rt, change_set_id, direction, _Record(drift.clean, outlines_after(drift, theirs, row_ids=tags), contents))
        target.write(drift.clean, contents, tags=tags)
    else:
        _keep_journal(ctx, rt, change_set_id, direction, _Record((), drift.outlines, Contents()))
    return {"cells": len(drift.clean), "conflicts": 0}


def _deletes_in_small_tabs(task: _Task) -> bool:
    """Tell whether rows go whose looks are read with everything else: of large tabs they are asked for one by one."""
    cells = sum(len(outline.rows) * len(outline.columns) for outline in task.outlines)
    return any(edit.kind == "delete" for edit in task.rows.edits) and cells <= _MOST_CELLS_WITH_LOOKS


def _placed(task: _Task, theirs: Workbook) -> PlacedRows:
    """Find the rows that come and go; for an undo, what the person chose for conflicts of an earlier try is left alone."""
    if not task.has_rows:
        return PlacedRows()
    placed = place_rows(task.rows, task.outlines, theirs) if task.rows.edits else place_undo(task.undone_rows, task.outlines, theirs)
    left = tuple(one for one in placed.conflicts if (one.tab, one.cell) not in task.choices)
    return replace(placed, conflicts=left)


def _rows_to_write(task: _Task, target: Target, drift: Drift, placed: PlacedRows, theirs: Workbook) -> tuple[RowWrite, _Record]:
    """Make the sheet as it will be, prove it, and give it with what the journal keeps.

    Raises:
        Conflict: a total would not follow, or something could not be put back; nothing was written.
    """
    if task.rows.edits:
        result, failures = restructured(theirs, drift.clean, placed, done=drift.done)
        _refuse("The rows cannot be changed in the sheet as it is now", failures, hint="Look at it and propose again.")
        images = target.images([edit for edit in placed.edits if edit.kind == "delete"])
        cells, outlines = after_rows(drift, placed, result)
        journal = journal_of(theirs, placed, result, images, outlines)
    else:
        result, failures = undone(theirs, drift.clean, placed, task.undone_rows)
        _refuse(
            "The rows cannot be put back in the sheet as it is now", failures, hint="Change those formulas in the sheet, then undo again."
        )
        images = dict(task.undone_rows.images or {})
        cells, outlines = after_rows(drift, placed, result)
        journal = RowJournal(rows=hashes_of(result.workbook, {edit.tab for edit in placed.edits}))
    restores = bool(task.undone_rows.restored)
    return RowWrite(theirs, placed.edits, result, images, task.mark, restores), _Record(cells, outlines, Contents(), journal)


def _refuse(what: str, failures: Sequence[str], *, hint: str) -> None:
    if failures:
        raise Conflict(f"{what}: " + " ".join(failures), hint=hint)


def verify(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction) -> dict[str, Any]:
    """Read the cells back and compare; a cell that moved meanwhile is followed. Gives `{"different": n}`."""
    ctx.require(Permission.APPROVE_CHANGE)
    task = _load(ctx, rt, change_set_id, direction)
    assert task.entry is not None, "write comes first"
    placed = PLACED.validate_python(task.entry.placed)
    target = open_target(ctx, rt, task.file_id)
    different: tuple[CellConflict, ...] = ()
    rows = RowJournal() if task.entry.rows is None else JOURNAL.validate_python(task.entry.rows)
    now = target.settle(task.mark) if task.has_rows else None  # the write is on record by now and never tried again
    differing = differing_rows(rows, now) if now is not None and rows.rows else ()
    different = tuple(
        CellConflict(tab, f"A{row}", "value_changed", CellState(None), None, CellState(None), f"Row {row}") for tab, row in differing
    )
    if placed and (differing or not rows.rows) and mismatches(placed, target.read_back(placed)):
        again = check_drift(placed_as_edits(placed), OUTLINES.validate_python(task.entry.outlines), target.read())
        lost = [CellConflict(p.tab, p.cell, "value_changed", p.edit.before, p.theirs, p.edit.after, p.edit.line_item) for p in again.clean]
        different = (*different, *again.conflicts, *lost)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        entry = _entry(session, change_set_id, direction)
        assert entry is not None
        entry.verified_at = rt.clock.now()
        row.conflicts = CONFLICTS.dump_python(different, mode="json")
    return {"different": len(different)}


def finish(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction, *, different: int = 0, unread: str = "") -> None:
    """Mark it applied or undone and tell everybody, with what differed or why it could not be read back."""
    ctx.require(Permission.APPROVE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        if row.status != _RUNNING[direction]:
            return
        row.status = _DONE[direction]
        row.error = f"{_cells_were(different)} changed by someone else right after." if different else None
        if unread:
            row.error = f"It was {_VERBS[direction]}, but could not be read back: {unread} Look at the sheet."
        if direction == "write":
            row.applied_at = rt.clock.now()
        else:
            row.undone_at = rt.clock.now()
        verb = "wrote back to" if direction == "write" else "undid the write-back to"
        activity.record(
            session, ctx, verb, file_row(session, row.file_id).name, change_set_id=str(row.id), cells=_cells(session, row, direction)
        )


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a write ended; `is_known` where it is certain that nothing was written."""

    why: str
    is_known: bool


def stop(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction, *, conflicts: int, error: Stopped | None) -> None:
    """Mark that it could not go on: conflicts wait for a choice, an error says what to do. An undo that stops leaves it applied."""
    ctx.require(Permission.APPROVE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        if row.status not in (ChangeSetStatus.APPROVED, _RUNNING[direction]):
            return
        stopped = ChangeSetStatus.CONFLICTED if conflicts else ChangeSetStatus.FAILED
        row.status = stopped if direction == "write" else ChangeSetStatus.APPLIED
        row.error = f"{_cells_were(conflicts)} changed by someone; nothing was written." if error is None else error.why
        if error is not None and (error.is_known or _entry(session, row.id, direction) is None):
            row.error += f" {_NOTHING[direction]}"
        elif error is not None:
            row.error += (
                f" Whether it was {_VERBS[direction]} before the connection was lost is not known: look at the sheet. {_AGAIN[direction]}"
            )
        verb = "could not write back to" if direction == "write" else "could not undo the write-back to"
        activity.record(session, ctx, verb, file_row(session, row.file_id).name, change_set_id=str(row.id), conflicts=conflicts)


def read_again(ctx: AccessContext, rt: Runtime, change_set_id: UUID) -> None:
    """Read the file as it is now, so that the draft is compared with what it says now."""
    ctx.require(Permission.APPROVE_CHANGE)
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id)
        file_id, draft_id, source = row.file_id, row.draft_id, file_row(session, row.file_id).source
        version, has_rows, is_undone = row.draft_version, row.rows is not None, row.status == ChangeSetStatus.UNDONE
    if source != "upload":
        sync_file(ctx, rt, file_id, again=True)
    rebase_draft(ctx, rt, draft_id, version=version, has_rows=has_rows, is_undone=is_undone)


def _load(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction) -> _Task:
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id)
        written, entry = _entry(session, row.id, "write"), _entry(session, row.id, direction)
        attempt = row.undo_attempts if direction == "undo" else 0  # a write that is tried again has to find its own mark
        mark = f"{change_set_id}:{direction}:{attempt}"
        if direction == "write":
            outlines = OUTLINES.validate_python(row.outlines)
            return _Task(row.file_id, edits_of(row), outlines, {}, entry, None, None, rows_of(row), RowJournal(), mark)
        assert written is not None, "only what was written can be undone"
        edits = undo_edits(PLACED.validate_python(written.placed))
        choices = {_place(key): choice for key, choice in row.undo_choices.items()}
        outlines = OUTLINES.validate_python(written.outlines)
        journal = RowJournal() if written.rows is None else JOURNAL.validate_python(written.rows)
        task = _Task(row.file_id, edits, outlines, choices, entry, written.content_after, written.content_before, RowPlan(), journal, mark)
        in_doubt = written.rows is not None and written.verified_at is None and written.content_after is None
        return replace(task, unseen=f"{change_set_id}:write:0") if in_doubt else task


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


def _prepare(task: _Task, target: Target, drift: Drift, rows: RowWrite | None = None) -> Contents:
    """Make the file to be written; an undo of a file that nobody touched since gives back the very bytes of before."""
    if task.written_file is not None and not drift.done and target.is_applied("", task.written_file):
        return Contents(task.written_file, task.original_file)
    return target.prepare(drift.clean, rows)


def _is_written(task: _Task, target: Target, theirs: Workbook) -> bool:
    assert task.entry is not None
    if task.entry.rows is not None:
        return target.is_applied(task.mark, task.entry.content_after)
    placed = PLACED.validate_python(task.entry.placed)
    drift = check_drift(placed_as_edits(placed), OUTLINES.validate_python(task.entry.outlines), theirs)
    return not drift.clean and not drift.conflicts


def _keep_conflicts(ctx: AccessContext, rt: Runtime, change_set_id: UUID, conflicts: Sequence[CellConflict]) -> None:
    with rt.db.session(ctx) as session:
        change_set_row(session, change_set_id, lock=True).conflicts = CONFLICTS.dump_python(tuple(conflicts), mode="json")


@dataclass(frozen=True, slots=True)
class _Record:
    """What the journal keeps of a write: cells and tables as they are once it has happened."""

    placed: tuple[PlacedEdit, ...]
    outlines: tuple[Outline, ...]
    contents: Contents
    rows: RowJournal | None = None


def _keep_journal(ctx: AccessContext, rt: Runtime, change_set_id: UUID, direction: Direction, record: _Record) -> None:
    """Keep what will be written and what stands there, before it is written."""
    with rt.db.session(ctx) as session:
        row = change_set_row(session, change_set_id, lock=True)
        row.conflicts = []
        entry = _entry(session, change_set_id, direction)
        if entry is None:
            entry = JournalEntry(workspace_id=ctx.workspace_id, change_set_id=change_set_id, direction=direction)
            session.add(entry)
        entry.placed = PLACED.dump_python(record.placed, mode="json")
        entry.outlines = OUTLINES.dump_python(record.outlines, mode="json")
        entry.rows = None if record.rows is None else JOURNAL.dump_python(record.rows, mode="json")
        entry.content_before, entry.content_after = record.contents.before, record.contents.after
        entry.begun_at = rt.clock.now()


def _entry(session: Session, change_set_id: UUID, direction: str) -> JournalEntry | None:
    query = select(JournalEntry).where(JournalEntry.change_set_id == change_set_id, JournalEntry.direction == direction)
    return session.scalars(query).one_or_none()


def _cells(session: Session, row: ChangeSet, direction: Direction) -> int:
    entry = _entry(session, row.id, direction)
    return 0 if entry is None else len(entry.placed)


def _cells_were(number: int) -> str:
    return "1 cell was" if number == 1 else f"{number} cells were"
