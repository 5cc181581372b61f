"""Keeping files as they are at their source: full discovery, the change feed, reading what changed, and what failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.tables.library import Connection, File
from core.errors import AuthExpired, InvalidInput, NotFound, QuotaExceeded, ScopeMissing, VendorRejected, VendorUnavailable
from core.model.workbook import Workbook
from core.ports import FileRef, GoogleWorkspace
from core.runtime import Runtime
from core.services.connections import open_google
from core.services.files import DRIVE, SYNC_EVERY, file_row
from core.services.readings import Taken, keep_reading, read_corrected
from core.services.schedules import keep_running
from core.sheets.discovery import PLAN_THRESHOLD, score_name
from core.sheets.loading import load_workbook

GOOGLE_SHEET = "application/vnd.google-apps.spreadsheet"
MOST_BYTES = 25_000_000
MOST_FILES_A_ROUND = 200
SYNC, INTEGRATION = "sync", "integration"
_WAIT = frozenset({QuotaExceeded.code, VendorUnavailable.code})
_CONNECT_AGAIN = frozenset({AuthExpired.code, ScopeMissing.code})


@dataclass(frozen=True, slots=True)
class Discovered:
    """What the source holds now: spreadsheets seen, and those that look like plans by what is known so far."""

    files: int
    plans: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something could not be synced: the error's code and its sentence with what to do."""

    code: str
    sentence: str


def due_connections(ctx: AccessContext, rt: Runtime) -> tuple[UUID, ...]:
    """List the accounts that a sync can go through: all that are not revoked."""
    ctx.require(Permission.CONNECT)
    with rt.db.session(ctx) as session:
        return tuple(session.scalars(select(Connection.id).where(Connection.state == "active").order_by(Connection.connected_at)))


def discover_files(ctx: AccessContext, rt: Runtime, connection_id: UUID) -> Discovered:
    """List every spreadsheet of an account, score new ones by name, mark lost ones, and remember where the change feed stands."""
    ctx.require(Permission.CONNECT)
    store = open_google(ctx, rt, connection_id).files
    token = store.start_token()  # before the listing: a change in between is then told twice, not lost
    found = {ref.file_id: ref for ref in store.list_spreadsheets() if not ref.trashed}
    with rt.db.session(ctx) as session:
        known = _known(session, found)
        for ref in found.values():
            _note_file(session, ctx, connection_id, known.get(ref.file_id), ref)
        for row in session.scalars(select(File).where(File.connection_id == connection_id, File.gone_at.is_(None))):
            if row.external_id not in found:
                row.gone_at = rt.clock.now()
        session.get_one(Connection, connection_id).change_token = token
        return _count(session, connection_id)


def check_updates(ctx: AccessContext, rt: Runtime, connection_id: UUID) -> Discovered:
    """Take in everything that changed at the source since the last time; lists everything when there was none or it is too long ago."""
    ctx.require(Permission.CONNECT)
    with rt.db.session(ctx) as session:
        connection = _connection(session, connection_id)
        connection.tried_at, token = rt.clock.now(), connection.change_token
    if token is None:
        return discover_files(ctx, rt, connection_id)
    try:
        page = open_google(ctx, rt, connection_id).files.changes(token)
    except (NotFound, VendorRejected):
        return discover_files(ctx, rt, connection_id)
    with rt.db.session(ctx) as session:
        latest = {change.file_id: change for change in page.changes}
        known = _known(session, latest)
        for change in latest.values():
            row = known.get(change.file_id)
            if change.file is not None and not change.file.trashed:
                _note_file(session, ctx, connection_id, row, change.file)
            elif row is not None and row.connection_id == connection_id:
                row.gone_at = rt.clock.now()
        _connection(session, connection_id).change_token = page.next_token
        return _count(session, connection_id)


def due_files(ctx: AccessContext, rt: Runtime, connection_id: UUID) -> tuple[UUID, ...]:
    """List what has to be read: new and changed files, likeliest plans first, at most 200 a round."""
    ctx.require(Permission.CONNECT)
    changed = File.tried_version.is_distinct_from(File.version)
    query = select(File.id).where(File.connection_id == connection_id, File.gone_at.is_(None), changed)
    order = (File.is_plan.desc(), File.name_score.desc(), File.modified_at.desc())
    with rt.db.session(ctx) as session:
        return tuple(session.scalars(query.order_by(*order).limit(MOST_FILES_A_ROUND)))


def sync_file(ctx: AccessContext, rt: Runtime, file_id: UUID, *, again: bool = False) -> str:
    """Fetch one file, read it and keep the snapshot; a version that was read already is left alone unless `again`.

    Returns:
        the file's name.
    Raises:
        ConnectorError: it could not be fetched; the last good snapshot stays.
        UnreadableFile: it is no spreadsheet, or too large.
    """
    ctx.require(Permission.CONNECT)
    with rt.db.session(ctx) as session:
        row = file_row(session, file_id)
    if row.source != DRIVE or row.connection_id is None or (row.tried_version == row.version and not again):
        return row.name
    google = open_google(ctx, rt, row.connection_id)
    ref = google.files.get(row.external_id) if again else _listed(row)
    workbook = _fetch(google, ref)
    taken = Taken(workbook, read_corrected(ctx, rt, file_id, workbook), ref.version)
    with rt.db.session(ctx) as session:
        kept = file_row(session, file_id)
        _describe(kept, ref)
        keep_reading(session, ctx, rt, kept, taken)
    return row.name


def note_failure(ctx: AccessContext, rt: Runtime, file_id: UUID, failure: Failure) -> None:
    """Say at the file why it could not be read; what would fail again is not tried again before the file changes."""
    ctx.require(Permission.CONNECT)
    with rt.db.session(ctx) as session:
        row = session.get(File, file_id)
        if row is None:
            return
        row.failure = failure.sentence + (" It is tried again at the next sync." if failure.code in _WAIT else "")
        if failure.code == NotFound.code:
            row.gone_at = rt.clock.now()
        if failure.code not in _WAIT | _CONNECT_AGAIN:
            row.tried_version = row.version


def finish_round(ctx: AccessContext, rt: Runtime, connection_id: UUID, failure: Failure | None) -> None:
    """Note when an account was last synced, or why it could not be; one disconnected meanwhile is left alone."""
    ctx.require(Permission.CONNECT)
    with rt.db.session(ctx) as session:
        row = session.get(Connection, connection_id)
        if row is None:
            return
        if failure is None:
            row.synced_at, row.failure = rt.clock.now(), None
            return
        row.failure = failure.sentence
        if failure.code in _CONNECT_AGAIN:
            row.state = "revoked"


def start_syncing(ctx: AccessContext, rt: Runtime, *, key: str) -> str:
    """Sync the workspace every quarter of an hour from now on, and once at once; the same key is the same first round. Gives its id."""
    ctx.require(Permission.CONNECT)
    with rt.db.session(ctx) as session:
        keep_running(ctx, rt, session, kind=SYNC, every_minutes=int(SYNC_EVERY.total_seconds() // 60), payload={})
    return rt.jobs.start(ctx, SYNC, job_id=f"sync-{ctx.workspace_id}-{key}", payload={})


def refresh_now(ctx: AccessContext, rt: Runtime, *, file_id: UUID | None = None) -> str:
    """Start a sync now, of everything or of one file; pressed again within five seconds it is the same job. Gives its id."""
    ctx.require(Permission.CONNECT)
    press = int(rt.clock.now().timestamp() // 5)
    if file_id is not None:
        with rt.db.session(ctx) as session:
            if file_row(session, file_id).source != DRIVE:
                raise InvalidInput("An upload has no source to refresh from.", hint="Upload its newer version under the same name.")
        return rt.jobs.start(ctx, SYNC, job_id=f"sync-{ctx.workspace_id}-file-{file_id}-{press}", payload={"file_id": str(file_id)})
    return rt.jobs.start(ctx, SYNC, job_id=f"sync-{ctx.workspace_id}-now-{press}", payload={})


def running_sync(ctx: AccessContext, rt: Runtime, *, file_id: UUID | None = None) -> str | None:
    """Give the sync under way that a person started, of everything or of one file; None when there is none. Rounds on a timer are none."""
    ctx.require(Permission.READ)
    begun = f"{SYNC}-{ctx.workspace_id}-"
    names = ("now-", f"{INTEGRATION}-") if file_id is None else (f"file-{file_id}-",)
    return rt.jobs.running(ctx, *(begun + name for name in names))


def _fetch(google: GoogleWorkspace, ref: FileRef) -> Workbook:
    if ref.size_bytes is not None and ref.size_bytes > MOST_BYTES:
        raise InvalidInput(
            f"{ref.name} is larger than {MOST_BYTES // 1_000_000} MB and was not read.", hint="Split it, or remove pictures and old tabs."
        )
    if ref.mime_type == GOOGLE_SHEET:
        return google.sheets.read_workbook(ref.file_id)
    return load_workbook(ref.name, google.files.download(ref.file_id))


def _note_file(session: Session, ctx: AccessContext, connection_id: UUID, row: File | None, ref: FileRef) -> None:
    """Insert or update a file as listed. One that two accounts see stays with the first that is connected."""
    if row is None:
        row = File(workspace_id=ctx.workspace_id, source=DRIVE, external_id=ref.file_id, plan_score=0.0, is_plan=False, reasons=[])
        row.decided_by_person = False
        session.add(row)
    elif row.connection_id not in (None, connection_id) and row.gone_at is None:
        return  # the other account keeps it up to date; what this one may do with the file says nothing about that one
    row.connection_id, row.gone_at = connection_id, None
    _describe(row, ref)
    if row.read_version is None:
        named = score_name(ref.name, ref.folder)
        row.plan_score, row.reasons = named.score, list(named.reasons)
        row.is_plan = row.is_plan if row.decided_by_person else named.score >= PLAN_THRESHOLD


def _describe(row: File, ref: FileRef) -> None:
    row.name, row.mime_type, row.owner, row.folder, row.web_url = ref.name, ref.mime_type, ref.owner, ref.folder, ref.web_url
    row.size_bytes, row.can_edit, row.version, row.modified_at = ref.size_bytes, ref.can_edit, ref.version, ref.modified_at
    row.name_score = score_name(ref.name, ref.folder).score


def _listed(row: File) -> FileRef:
    """Give the file as the listing or the change feed told it last, which spares a call."""
    return FileRef(
        file_id=row.external_id,
        name=row.name,
        mime_type=row.mime_type,
        modified_at=row.modified_at,
        version=row.version,
        owner=row.owner,
        web_url=row.web_url,
        folder=row.folder,
        size_bytes=row.size_bytes,
        can_edit=row.can_edit,
    )


def _known(session: Session, external_ids: Iterable[str]) -> dict[str, File]:
    rows = session.scalars(select(File).where(File.source == DRIVE, File.external_id.in_(list(external_ids))))
    return {row.external_id: row for row in rows}


def _count(session: Session, connection_id: UUID) -> Discovered:
    session.flush()
    rows = session.scalars(select(File.is_plan).where(File.connection_id == connection_id, File.gone_at.is_(None))).all()
    return Discovered(files=len(rows), plans=sum(rows))


def _connection(session: Session, connection_id: UUID) -> Connection:
    row = session.get(Connection, connection_id)
    if row is None:
        raise NotFound("This account was disconnected.", hint="Connect it again on Connections.")
    return row
