"""Readings of files: made with what people settled before, kept as snapshots, corrected by one choice at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.snapshots import pack_reading, pack_workbook, unpack_reading
from core.db.tables.library import File, ReadingCorrection, Snapshot
from core.errors import InvalidInput, NotFound
from core.model.money import CURRENCIES
from core.model.reading import Correction, Reading
from core.model.workbook import Workbook, parse_a1
from core.runtime import Runtime
from core.services import activity
from core.services.files import PlanView, file_row, newest_snapshot, open_plan, pack_differences
from core.services.memory import remember_reading
from core.sheets.differences import compare_readings
from core.sheets.reading import read_workbook
from core.sheets.reading.clients import is_other_client
from core.sheets.reading.makes import is_of_one_file, is_positional, kept_answer, placed
from core.sheets.reading.settled_rows import followed, row_of, with_texts
from core.sheets.summary import is_template, summarise

TEMPLATE = "template, no amounts"


@dataclass(frozen=True, slots=True)
class Taken:
    """A workbook as it was fetched, its reading, and an upload's own bytes."""

    workbook: Workbook
    reading: Reading
    revision: str
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A correction that counts for a file, and the file of the same layout that it was made for where that is another one.

    Attributes:
        client: whom that other file names, where it is another client than this file's or comes from another account: then it is
            only offered, and counts once somebody takes it over. None where it counts.
    """

    correction: Correction
    made_for: str | None = None
    client: str | None = None


@dataclass(frozen=True, slots=True)
class _Make:
    """What tells whether a correction made for another file can serve this one."""

    layouts: tuple[str, ...]
    client: str


def read_corrected(ctx: AccessContext, rt: Runtime, file_id: UUID, workbook: Workbook) -> Reading:
    """Read a workbook with what was settled for this file, and for others of its layout where this file has no answer of its own."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        _move_rows(session, file_id, workbook)
        own = _corrections(session, file_id)
    reading = read_workbook(workbook, corrections=own)
    with rt.db.session(ctx) as session:
        known = _corrections(session, file_id, _make(reading))
    return reading if known == own else read_workbook(workbook, corrections=known)


def _make(reading: Reading) -> _Make:
    return _Make(tuple(dict.fromkeys(key for key in (reading.layout_key, reading.former_layout_key) if key)), reading.client)


def keep_reading(session: Session, ctx: AccessContext, rt: Runtime, row: File, taken: Taken) -> None:
    """Store a reading with its figures inside the caller's transaction; the same revision twice is one snapshot.

    The workbook of a file that is neither a plan nor an ad platform's export nor an upload is not kept: what people
    keep in other spreadsheets is none of our business.
    """
    now = rt.clock.now()
    _note_figures(row, taken.reading)
    row.read_version = row.tried_version = taken.revision
    row.synced_at, row.failure = now, None
    if not (taken.reading.is_media_plan or row.is_plan or taken.reading.performance or taken.content is not None):
        return
    before = newest_snapshot(session, row.id)
    if before is not None and before.revision == taken.revision:
        before.reading = pack_reading(taken.reading)
        return
    fresh = {"taken_at": now, "reading": pack_reading(taken.reading), "differences": _since(before, taken.reading)}
    statement = insert(Snapshot).values(
        workspace_id=ctx.workspace_id,
        file_id=row.id,
        revision=taken.revision,
        workbook=pack_workbook(replace(taken.workbook, revision=taken.revision)),
        content=taken.content,
        **fresh,
    )
    # a file that goes back to how it was (an undone write-back, an old upload again) is at that revision again: it is the newest one
    session.execute(statement.on_conflict_do_update(index_elements=["workspace_id", "file_id", "revision"], set_=fresh))


def correct_reading(ctx: AccessContext, rt: Runtime, file_id: UUID, correction: Correction) -> PlanView:
    """Settle one thing about a file's reading, read it again with that and keep both; gives the plan as it reads now.

    Raises:
        InvalidInput: the choice is not one that this reading offers; nothing was changed.
        NotFound: no such file, or it was never read.
    """
    ctx.require(Permission.CORRECT_READING)
    plan = open_plan(ctx, rt, file_id)
    _check(correction, plan)
    if correction.kind == "answer":
        asked = next(question for question in plan.reading.questions if question.key == correction.target)
        correction = replace(correction, value=kept_answer(asked, correction.value))
    return _settle(ctx, rt, plan, with_texts(correction, plan.workbook))


def take_over(ctx: AccessContext, rt: Runtime, file_id: UUID, correction: Correction) -> PlanView:
    """Let a correction that is offered from another client's file count for this one; gives the plan as it reads now.

    Raises:
        InvalidInput: it is not offered any more, or what it is about is not found here; nothing was changed.
    """
    ctx.require(Permission.CORRECT_READING)
    plan = open_plan(ctx, rt, file_id)
    offered = [one.correction for one in list_settled(ctx, rt, file_id, plan.reading) if one.client is not None]
    found, _ = followed(placed([one for one in offered if one == correction], plan.workbook), plan.workbook)
    if not found:
        raise InvalidInput("This is not offered any more, or not found in this file.", hint="Settle it on the sheet itself.")
    return _settle(ctx, rt, plan, with_texts(found[0], plan.workbook))


def _settle(ctx: AccessContext, rt: Runtime, plan: PlanView, correction: Correction) -> PlanView:
    """Keep what is settled, and the reading with it."""
    file_id, reading = plan.file.file_id, plan.reading
    with rt.db.session(ctx) as session:
        settled = _corrections(session, file_id, _make(reading))
    fresh = read_workbook(plan.workbook, corrections=[*(c for c in settled if not _supersedes(correction, c)), correction])
    with rt.db.session(ctx) as session:
        make = _Make(("" if is_of_one_file(correction) else reading.layout_key,), reading.client)
        _keep(session, ctx, rt, file_id, correction, make=make)
        _read_again(session, file_id, plan.snapshot_id, fresh)
        activity.record(session, ctx, "corrected the reading of", plan.file.name, kind=correction.kind, target=correction.target)
    remember_reading(ctx, rt, plan, list_corrections(ctx, rt, file_id))
    return open_plan(ctx, rt, file_id)


def _move_rows(session: Session, file_id: UUID, workbook: Workbook) -> None:
    """Note where the rows of a file's own corrections stand now, so that a new one never takes the place of one about another row."""
    rows = session.scalars(select(ReadingCorrection).where(ReadingCorrection.file_id == file_id).with_for_update()).all()
    found = [(row, moved[0]) for row in rows if row.row_texts and (moved := followed([_correction(row)], workbook)[0])]
    for row, _ in found:
        row.target = str(row.id)  # one may come where another one stands that moves on as well
    session.flush()
    for row, correction in found:
        row.target, row.value = correction.target, correction.value
    session.flush()


def list_corrections(ctx: AccessContext, rt: Runtime, file_id: UUID) -> tuple[Correction, ...]:
    """List what was settled for this file itself, oldest first."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        file_row(session, file_id)
        return tuple(_corrections(session, file_id))


def list_settled(ctx: AccessContext, rt: Runtime, file_id: UUID, reading: Reading) -> tuple[Settled, ...]:
    """List all that counts for a reading of a file, oldest first: what was settled for itself and for others of its make; then what is
    offered from another client's files of its make.
    """
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        file_row(session, file_id)
        counting, offered = _counting(session, file_id, _make(reading))
        others = {row.file_id for row in (*counting, *offered)} - {file_id}
        names = {row.id: row.name for row in session.execute(select(File.id, File.name).where(File.id.in_(others)))}
        told = [Settled(_correction(row), names.get(row.file_id)) for row in counting if row.value is not None]
        return (*told, *(Settled(_correction(row), names[row.file_id], client=row.client) for row in offered))


def forget_correction(ctx: AccessContext, rt: Runtime, file_id: UUID, correction: Correction) -> PlanView:
    """Drop one thing settled for this file and read it again without; gives the plan as it reads now.

    One that was made for another file of its layout goes on there, and for its likes, and no longer counts for this one.
    """
    ctx.require(Permission.CORRECT_READING)
    plan = open_plan(ctx, rt, file_id)
    with rt.db.session(ctx) as session:
        if not _drop(session, file_id, correction):
            _keep(session, ctx, rt, file_id, replace(correction, value=None), make=_Make(("",), ""))
        activity.record(session, ctx, "forgot a correction of", plan.file.name, kind=correction.kind, target=correction.target)
    reading = read_corrected(ctx, rt, file_id, plan.workbook)
    with rt.db.session(ctx) as session:
        _read_again(session, file_id, plan.snapshot_id, reading)
    remember_reading(ctx, rt, plan, list_corrections(ctx, rt, file_id))
    return open_plan(ctx, rt, file_id)


def _corrections(session: Session, file_id: UUID, make: _Make | None = None) -> list[Correction]:
    """Give what is settled for a file, and with its make for its likes; what it was told to forget is none."""
    return [_correction(row) for row in _counting(session, file_id, make)[0] if row.value is not None]


def _counting(session: Session, file_id: UUID, make: _Make | None) -> tuple[list[ReadingCorrection], list[ReadingCorrection]]:
    """Give the file's own corrections, and with its make those of its likes for places that it has none for; the latest wins.

    Its own that name a column by its place count while its columns are those they were made for. What is settled for a file of another
    client, or of another account, does not count and comes second.
    """
    own = ReadingCorrection.file_id == file_id
    among = or_(own, ReadingCorrection.layout_key.in_(make.layouts)) if make is not None and make.layouts else own
    rows = session.scalars(select(ReadingCorrection).where(among).order_by(ReadingCorrection.made_at, ReadingCorrection.id)).all()
    strange = _of_others(session, file_id, rows, make)
    counting: list[ReadingCorrection] = []
    offered: list[ReadingCorrection] = []
    for row in sorted(rows, key=lambda row: row.file_id == file_id):
        correction = _correction(row)
        if row.file_id != file_id and (is_of_one_file(correction) or row.value is None or _is_numbered(correction)):
            continue
        if make is not None and row.layout_key not in ("", *make.layouts) and is_positional(correction):
            continue
        among_these = offered if row.id in strange else counting
        among_these[:] = [*(other for other in among_these if not _supersedes(correction, _correction(other))), row]
    settled = [_correction(row) for row in counting]
    return counting, [row for row in offered if not any(_supersedes(one, _correction(row)) for one in settled)]


def _is_numbered(correction: Correction) -> bool:
    """Tell whether nothing but its number says which row a correction is about."""
    return row_of(correction) is not None and not correction.row_texts


def _of_others(session: Session, file_id: UUID, rows: Sequence[ReadingCorrection], make: _Make | None) -> set[UUID]:
    """Give the corrections that were made for a file of another client or another account."""
    about = {row.file_id for row in rows} | {file_id}
    accounts = {row.id: row.connection_id for row in session.execute(select(File.id, File.connection_id).where(File.id.in_(about)))}
    own = accounts.get(file_id)
    strange = {other for other, account in accounts.items() if own is not None and account is not None and account != own}
    client = make.client if make is not None else ""
    return {row.id for row in rows if row.file_id != file_id and (row.file_id in strange or is_other_client(row.client, client))}


def _supersedes(later: Correction, earlier: Correction) -> bool:
    """Tell whether a correction takes the place of an earlier one. A tab has one corrected header row, a table one column of its budget."""
    if (later.kind, later.tab) != (earlier.kind, earlier.tab):
        return False
    same_table = later.row_texts == earlier.row_texts
    both_budget = later.kind == "column_role" and later.value == earlier.value == "budget" and same_table
    return later.kind == "header_row" or _place(later) == _place(earlier) or both_budget


def _place(correction: Correction) -> tuple[str, ...]:
    """Give what a correction is about: of a row, its column and what stands in it, wherever that is by now."""
    return (correction.target.rstrip("0123456789"), *correction.row_texts) if correction.row_texts else (correction.target,)


def _drop(session: Session, file_id: UUID, correction: Correction) -> bool:
    """Delete what is settled for the correction's place; tells whether there was any."""
    known = session.scalars(select(ReadingCorrection).where(ReadingCorrection.file_id == file_id).with_for_update()).all()
    place = (correction.kind, correction.tab, correction.target)
    same = [row for row in known if _supersedes(correction, _correction(row)) or (row.kind, row.tab, row.target) == place]
    for row in same:
        session.delete(row)
    session.flush()
    return bool(same)


def _keep(session: Session, ctx: AccessContext, rt: Runtime, file_id: UUID, correction: Correction, *, make: _Make) -> None:
    """Keep a correction in the place of an earlier one; without a layout key it serves no other file."""
    _drop(session, file_id, correction)
    session.add(
        ReadingCorrection(
            workspace_id=ctx.workspace_id,
            file_id=file_id,
            layout_key=make.layouts[0],
            client=make.client,
            row_texts=list(correction.row_texts),
            kind=correction.kind,
            tab=correction.tab,
            target=correction.target,
            value=correction.value,
            made_by=ctx.actor_id,
            made_at=rt.clock.now(),
        )
    )


def _correction(row: ReadingCorrection) -> Correction:
    return Correction(kind=row.kind, target=row.target, value=row.value, tab=row.tab, row_texts=tuple(row.row_texts))


def _read_again(session: Session, file_id: UUID, snapshot_id: UUID, reading: Reading) -> None:
    """Put a new reading in place of a snapshot's old one, with the differences and figures that follow from it."""
    row = session.get(Snapshot, snapshot_id, with_for_update=True)
    if row is None:
        raise NotFound("This revision was removed meanwhile.", hint="Open the plan again.")
    before = session.scalars(
        select(Snapshot).where(Snapshot.file_id == file_id, Snapshot.taken_at < row.taken_at).order_by(Snapshot.taken_at.desc()).limit(1)
    ).one_or_none()
    row.reading, row.differences = pack_reading(reading), _since(before, reading)
    _note_figures(file_row(session, file_id), reading)


def _since(before: Snapshot | None, reading: Reading) -> dict[str, object] | None:
    return pack_differences(compare_readings(unpack_reading(before.reading), reading)) if before is not None else None


def _note_figures(row: File, reading: Reading) -> None:
    summary = summarise(reading)
    empty_form = is_template(reading)
    row.plan_score, row.reasons = reading.plan_score, [TEMPLATE, *reading.reasons] if empty_form else list(reading.reasons)
    if not row.decided_by_person:
        row.is_plan = reading.is_media_plan and not empty_form
    row.currency, row.total_minor, row.n_line_items = summary.currency, summary.total_minor, summary.line_items
    row.n_questions, row.n_mismatches = summary.questions, summary.mismatches


def _check(correction: Correction, plan: PlanView) -> None:
    """Raise InvalidInput for a choice that makes no sense here."""
    tabs = [tab.name for tab in plan.workbook.tabs]
    if correction.tab is not None and correction.tab not in tabs:
        raise InvalidInput(f"{plan.file.name} has no tab named {correction.tab!r}.", hint="Its tabs: " + ", ".join(tabs))
    match correction.kind:
        case "currency" if correction.value not in CURRENCIES:
            raise InvalidInput(f"{correction.value!r} is not an ISO 4217 currency code.", hint="Choose one such as EUR.")
        case "header_row" | "line_item_row" if not correction.target.isdecimal():
            raise InvalidInput(f"{correction.target!r} is not a row number.")
        case "header_row" if not _is_filled(plan.workbook, correction):
            raise InvalidInput(f"Row {correction.target} is empty.", hint="Choose the last row of the header.")
        case "column_role":
            parse_a1(correction.target.partition("@")[0] + "1")
        case "answer":
            _check_answer(correction, plan.reading)
        case "alternative":
            group = [table for table in plan.reading.tables if table.alternative_group == correction.target]
            if correction.value not in [f"{table.tab}!{table.range}" for table in group]:
                raise InvalidInput(f"{correction.value} is none of the alternatives.", hint="Choose one of the tables offered.")
        case _:
            pass


def _is_filled(workbook: Workbook, correction: Correction) -> bool:
    return any(tab.name == correction.tab and int(correction.target) in tab.by_row() for tab in workbook.tabs)


def _check_answer(correction: Correction, reading: Reading) -> None:
    questions = {question.key: question for question in reading.questions}
    question = questions.get(correction.target)
    if question is None:
        raise InvalidInput("This question is not asked any more.", hint="Open the plan again: it may have been answered.")
    free = question.kind == "shares_only" and isinstance(correction.value, int | float) and correction.value > 0
    free = free or (question.kind == "currency" and correction.value in CURRENCIES)
    if question.options and not free and correction.value not in [option.value for option in question.options]:
        raise InvalidInput("This is not one of the answers offered.", hint="Choose one of the answers below the question.")
