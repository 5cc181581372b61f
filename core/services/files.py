"""The spreadsheets of a workspace: what was found, how it stands, and opening one as it was last read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.snapshots import unpack_reading, unpack_workbook
from core.db.tables.library import Connection, File, Snapshot
from core.errors import NotFound
from core.model.reading import Reading
from core.model.workbook import Workbook
from core.ports import GoogleWorkspace
from core.runtime import Runtime
from core.services import activity
from core.services.connections import open_google
from core.sheets.differences import Differences, compare_readings

DRIVE, UPLOAD = "google_drive", "upload"
SYNC_EVERY = timedelta(minutes=15)
_LATE = 3 * SYNC_EVERY

FileState = Literal["fresh", "unread", "behind", "stale", "failed", "disconnected", "gone"]
"""fresh; unread: not opened yet; behind: changed at its source since; stale: an older reading is kept because the last try failed or
syncing is late; failed: never read; disconnected: its account is; gone: removed or no longer shared."""

_DIFFERENCES: TypeAdapter[Differences] = TypeAdapter(Differences)


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file as listed.

    Attributes:
        plan_score: 0-1 that it is a media plan, by its content once read, by its name before; `reasons` say why.
        total_minor: in `currency`; None where it cannot be told.
        failure: one sentence with what to do, None after a good try.
    """

    file_id: UUID
    source: str
    external_id: str
    connection_id: UUID | None
    account: str | None
    name: str
    mime_type: str
    owner: str | None
    folder: str | None
    web_url: str | None
    can_edit: bool
    version: str
    modified_at: datetime
    plan_score: float
    reasons: tuple[str, ...]
    is_plan: bool
    decided_by_person: bool
    currency: str | None
    total_minor: int | None
    line_items: int
    questions: int
    mismatches: int
    synced_at: datetime | None
    state: FileState
    failure: str | None


@dataclass(frozen=True, slots=True)
class FileQuery:
    """Which files to list: decoys only when asked for; `text` is looked for in names, owners and folders."""

    text: str = ""
    include_decoys: bool = False
    source: str | None = None
    state: FileState | None = None


@dataclass(frozen=True, slots=True)
class FileList:
    """The files asked for, likeliest plans first, and how many plans and decoys the workspace has in all.

    Attributes:
        synced_at: when the account that is furthest behind was last synced; `lag` is the time since.
        failures: account and sentence, where the last sync of an account failed as a whole.
    """

    files: tuple[FileInfo, ...]
    plans: int
    decoys: int
    connected: bool
    synced_at: datetime | None
    lag: timedelta | None
    failures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FileHandle:
    """A file and the account that can write it; None for an upload."""

    info: FileInfo
    google: GoogleWorkspace | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """A file as it was last read."""

    file: FileInfo
    snapshot_id: UUID
    revision: str
    workbook: Workbook
    reading: Reading
    synced_at: datetime
    state: FileState
    differences: Differences | None


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """One kept revision of a file; `differences` to the one before, None for the first."""

    snapshot_id: UUID
    revision: str
    taken_at: datetime
    differences: Differences | None


def list_files(ctx: AccessContext, rt: Runtime, query: FileQuery) -> FileList:
    """List the workspace's spreadsheets, plans before decoys, by score and then newest first."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        connections = {row.id: row for row in session.scalars(select(Connection))}
        rows = session.scalars(select(File).order_by(File.is_plan.desc(), File.plan_score.desc(), File.modified_at.desc())).all()
    now = rt.clock.now()
    known = [info_of(row, connections.get(row.connection_id) if row.connection_id is not None else None, now) for row in rows]
    times = [row.synced_at for row in connections.values() if row.synced_at is not None]
    return FileList(
        files=tuple(info for info in known if _wanted(info, query)),
        plans=sum(info.is_plan for info in known if info.state != "gone"),
        decoys=sum(not info.is_plan for info in known if info.state != "gone"),
        connected=bool(connections),
        synced_at=min(times, default=None),
        lag=now - min(times) if times else None,
        failures=tuple((row.account_email, row.failure) for row in connections.values() if row.failure is not None),
    )


def get_file(ctx: AccessContext, rt: Runtime, file_id: UUID) -> FileInfo:
    """Give one file as listed; NotFound when the workspace has none of this id."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        row = file_row(session, file_id)
        connection = session.get(Connection, row.connection_id) if row.connection_id is not None else None
        return info_of(row, connection, rt.clock.now())


def open_plan(ctx: AccessContext, rt: Runtime, file_id: UUID, *, snapshot_id: UUID | None = None) -> PlanView:
    """Give a file as it was last read, or as it was in one of its snapshots.

    Raises:
        NotFound: no such file or snapshot in this workspace, or it was never read (the message says why).
    """
    ctx.require(Permission.READ)
    info = get_file(ctx, rt, file_id)
    with rt.db.session(ctx) as session:
        row = newest_snapshot(session, file_id) if snapshot_id is None else session.get(Snapshot, snapshot_id)
    if row is None or row.file_id != file_id:
        raise _nothing_kept(info)
    return PlanView(
        file=info,
        snapshot_id=row.id,
        revision=row.revision,
        workbook=unpack_workbook(row.workbook),
        reading=unpack_reading(row.reading),
        synced_at=row.taken_at,
        state=info.state,
        differences=unpack_differences(row.differences),
    )


def store_of(ctx: AccessContext, rt: Runtime, file_id: UUID) -> FileHandle:
    """Give the file and the stores of the account it came from.

    Raises:
        NotFound: no such file, or its account was disconnected.
        AuthExpired: the account's access was revoked.
    """
    ctx.require(Permission.READ)
    info = get_file(ctx, rt, file_id)
    if info.source == UPLOAD:
        return FileHandle(info, None)
    if info.connection_id is None:
        raise NotFound(f"The account that {info.name} came from is disconnected.", hint="Connect it again on Connections.")
    return FileHandle(info, open_google(ctx, rt, info.connection_id))


def content_of(ctx: AccessContext, rt: Runtime, file_id: UUID) -> bytes:
    """Give the bytes of an upload's newest snapshot; NotFound for files that live elsewhere."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        name, row = file_row(session, file_id).name, newest_snapshot(session, file_id)
        if row is None or row.content is None:
            raise NotFound(f"{name} is not an upload: its content is at its source.")
        return row.content


def list_snapshots(ctx: AccessContext, rt: Runtime, file_id: UUID) -> tuple[SnapshotInfo, ...]:
    """List the kept revisions of a file, newest first."""
    ctx.require(Permission.READ)
    columns = (Snapshot.id, Snapshot.revision, Snapshot.taken_at, Snapshot.differences)
    with rt.db.session(ctx) as session:
        file_row(session, file_id)
        rows = session.execute(select(*columns).where(Snapshot.file_id == file_id).order_by(Snapshot.taken_at.desc())).all()
    return tuple(SnapshotInfo(row.id, row.revision, row.taken_at, unpack_differences(row.differences)) for row in rows)


def compare_snapshots(ctx: AccessContext, rt: Runtime, file_id: UUID, *, was: UUID, now: UUID) -> Differences:
    """Tell in money what moved between two kept revisions of a file."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        rows = {
            row.id: row.reading for row in session.scalars(select(Snapshot).where(Snapshot.file_id == file_id, Snapshot.id.in_([was, now])))
        }
    if not {was, now} <= rows.keys():
        raise NotFound("One of these revisions does not exist.", hint="Choose two revisions of the same plan.")
    return compare_readings(unpack_reading(rows[was]), unpack_reading(rows[now]))


def _nothing_kept(info: FileInfo) -> NotFound:
    """Tell why a file has nothing to show: it was never read, or what was read is no plan and so was not kept."""
    if info.failure is None and info.synced_at is not None and not info.is_plan:
        found, hint = (
            f"{info.name} was read and does not look like a media plan, so its cells are not kept.",
            "Press This is a media plan if it is one.",
        )
    else:
        found, hint = info.failure or f"{info.name} has not been read yet.", "Press Refresh on Media plans to read it now."
    return NotFound(found, hint=hint, context={"state": info.state})


def decide_plan(ctx: AccessContext, rt: Runtime, file_id: UUID, *, is_plan: bool) -> FileInfo:
    """Settle whether a file is a media plan; syncs keep to it. A file not read yet is read at the next sync or refresh."""
    ctx.require(Permission.CORRECT_READING)
    with rt.db.session(ctx) as session:
        row = file_row(session, file_id)
        row.is_plan, row.decided_by_person = is_plan, True
        if newest_snapshot(session, file_id) is None:
            row.tried_version = None
        activity.record(session, ctx, "marked as a media plan" if is_plan else "marked as no media plan", row.name, file_id=str(file_id))
    return get_file(ctx, rt, file_id)


def file_row(session: Session, file_id: UUID) -> File:
    """Give the row or raise NotFound."""
    row = session.get(File, file_id)
    if row is None:
        raise NotFound("This file does not exist in this workspace.", hint="Look for it on Media plans.")
    return row


def newest_snapshot(session: Session, file_id: UUID) -> Snapshot | None:
    """Give the file's latest snapshot, None before the first."""
    return session.scalars(select(Snapshot).where(Snapshot.file_id == file_id).order_by(Snapshot.taken_at.desc()).limit(1)).one_or_none()


def pack_differences(differences: Differences) -> dict[str, object]:
    """Give differences as JSON-serialisable data."""
    packed: dict[str, object] = _DIFFERENCES.dump_python(differences, mode="json")
    return packed


def unpack_differences(packed: dict[str, object] | None) -> Differences | None:
    """Give back what `pack_differences` packed."""
    return _DIFFERENCES.validate_python(packed) if packed is not None else None


def info_of(row: File, connection: Connection | None, now: datetime) -> FileInfo:
    """Make the view of a file row."""
    return FileInfo(
        file_id=row.id,
        source=row.source,
        external_id=row.external_id,
        connection_id=row.connection_id,
        account=connection.account_email if connection is not None else None,
        name=row.name,
        mime_type=row.mime_type,
        owner=row.owner,
        folder=row.folder,
        web_url=row.web_url,
        can_edit=row.can_edit,
        version=row.version,
        modified_at=row.modified_at,
        plan_score=row.plan_score,
        reasons=tuple(row.reasons),
        is_plan=row.is_plan,
        decided_by_person=row.decided_by_person,
        currency=row.currency,
        total_minor=row.total_minor,
        line_items=row.n_line_items,
        questions=row.n_questions,
        mismatches=row.n_mismatches,
        synced_at=row.synced_at,
        state=_state(row, connection, now),
        failure=row.failure,
    )


def _state(row: File, connection: Connection | None, now: datetime) -> FileState:
    if row.gone_at is not None:
        return "gone"
    if row.failure is not None:
        return "failed" if row.read_version is None else "stale"
    if row.source == DRIVE and connection is None:
        return "disconnected"
    if row.read_version is None:
        return "unread"
    if connection is not None and (
        connection.state == "revoked" or (connection.synced_at is not None and now - connection.synced_at > _LATE)
    ):
        return "stale"
    return "fresh" if row.read_version == row.version else "behind"


def _wanted(info: FileInfo, query: FileQuery) -> bool:
    words = query.text.casefold().split()
    text = " ".join(filter(None, (info.name, info.owner, info.folder))).casefold()
    return (
        (info.is_plan or query.include_decoys)
        and (query.source is None or info.source == query.source)
        and (query.state is None or info.state == query.state)
        and all(word in text for word in words)
    )
