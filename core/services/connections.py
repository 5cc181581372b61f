"""Connected accounts: consent, tokens at rest, opening Google with them, disconnecting."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.access import AccessContext, Permission
from core.db.tables.drafts import Draft
from core.db.tables.library import Connection, File
from core.errors import AuthExpired, ConnectorError, NotFound
from core.ports import AccountIdentity, Credential, GoogleWorkspace
from core.runtime import Runtime
from core.services import activity
from core.services.schedules import stop_running

GOOGLE = "google"
_RENEW_BEFORE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """A connected account as shown.

    Attributes:
        state: `active`, or `revoked`: the person must connect again.
        failure: the sentence of the last sync when it failed as a whole.
        files, plans: how many spreadsheets were found, and how many of them are media plans.
    """

    connection_id: UUID
    vendor: str
    account_email: str
    account_name: str
    scopes: tuple[str, ...]
    state: str
    connected_at: datetime
    synced_at: datetime | None
    failure: str | None
    files: int
    plans: int


@dataclass(frozen=True, slots=True)
class Disconnected:
    """What disconnecting did; `revoked` is False when the vendor could not be told, and `message` says what to do."""

    account_email: str
    revoked: bool
    message: str


def list_connections(ctx: AccessContext, rt: Runtime) -> tuple[ConnectionView, ...]:
    """List the workspace's connected accounts, oldest first."""
    ctx.require(Permission.READ)
    counts = (
        select(File.connection_id, func.count().label("files"), func.count().filter(File.is_plan).label("plans"))
        .where(File.gone_at.is_(None))
        .group_by(File.connection_id)
        .subquery()
    )
    query = select(Connection, counts.c.files, counts.c.plans).outerjoin(counts, counts.c.connection_id == Connection.id)
    with rt.db.session(ctx) as session:
        rows = session.execute(query.order_by(Connection.connected_at)).all()
    return tuple(_view(row, files if files is not None else 0, plans if plans is not None else 0) for row, files, plans in rows)


def store_connection(session: Session, ctx: AccessContext, rt: Runtime, *, credential: Credential, account: AccountIdentity) -> Connection:
    """Insert or renew the connection of an account inside the caller's transaction; an account is one connection a workspace."""
    row = session.scalars(
        select(Connection).where(Connection.vendor == GOOGLE, Connection.account_id == account.account_id).with_for_update()
    ).one_or_none()
    if row is None:
        row = Connection(
            workspace_id=ctx.workspace_id, vendor=GOOGLE, account_id=account.account_id, connected_at=rt.clock.now(), state="active"
        )
        session.add(row)
    elif credential.refresh_token is None:
        credential = replace(credential, refresh_token=_unseal(rt, row.credential).refresh_token)
    row.account_email, row.account_name = account.email, account.name
    row.credential, row.scopes = _seal(rt, credential), list(credential.scopes)
    row.state, row.failure, row.connected_by = "active", None, ctx.actor_id
    session.flush()
    return row


def open_google(ctx: AccessContext, rt: Runtime, connection_id: UUID) -> GoogleWorkspace:
    """Give the stores of a connected account with a token that is valid now; a renewed token is stored.

    Raises:
        NotFound: no such connection in this workspace.
        AuthExpired: the access was revoked; the connection is marked so.
    """
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        sealed = _get(session, connection_id).credential
    credential = _unseal(rt, sealed)
    if credential.expires_at is not None and credential.expires_at > rt.clock.now() + _RENEW_BEFORE:
        return rt.google.open(credential)
    try:
        renewed = rt.google.oauth.refresh(credential)
    except AuthExpired as error:
        mark_revoked(ctx, rt, connection_id, str(error))
        raise
    with rt.db.session(ctx) as session:
        _get(session, connection_id).credential = _seal(rt, renewed)
    return rt.google.open(renewed)


def mark_revoked(ctx: AccessContext, rt: Runtime, connection_id: UUID, sentence: str) -> None:
    """Note that the vendor no longer accepts the connection's tokens."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        row = _get(session, connection_id)
        row.state, row.failure = "revoked", sentence


def disconnect(ctx: AccessContext, rt: Runtime, connection_id: UUID) -> Disconnected:
    """Revoke the tokens at the vendor and delete them and every file that is neither a plan nor drafted; these stay as last read.

    The tokens are deleted even when the vendor cannot be reached.
    """
    ctx.require(Permission.CONNECT)
    with rt.db.session(ctx) as session:
        row = _get(session, connection_id)
        email, sealed = row.account_email, row.credential
    trouble = _revoke(rt, sealed)
    with rt.db.session(ctx) as session:
        drafted = select(Draft.file_id)  # with a draft go its versions, its change sets and the journal of what was written
        decoys = (File.connection_id == connection_id, File.is_plan.is_(False), File.id.not_in(drafted))
        session.execute(delete(File).where(*decoys))
        session.execute(delete(Connection).where(Connection.id == connection_id))
        session.execute(update(Connection).values(change_token=None))  # the others look at everything again: they may see its files too
        if not session.scalar(select(func.count()).select_from(Connection)):
            stop_running(ctx, session, kind="sync")
        activity.record(session, ctx, "disconnected", email, connection_id=str(connection_id), revoked=trouble is None)
    if trouble is None:
        return Disconnected(email, True, f"{email} is disconnected: its access is revoked and its tokens are deleted.")
    return Disconnected(
        email,
        False,
        f"The tokens of {email} are deleted here, but Google could not be told ({trouble.message}). "
        "Remove Flightplan at myaccount.google.com/connections.",
    )


def _revoke(rt: Runtime, sealed: bytes) -> ConnectorError | None:
    """Revoke at the vendor; None when it is revoked afterwards (also when it was before)."""
    try:
        rt.google.oauth.revoke(_unseal(rt, sealed))
    except AuthExpired:
        return None
    except ConnectorError as error:
        return error
    return None


def _get(session: Session, connection_id: UUID) -> Connection:
    row = session.get(Connection, connection_id)
    if row is None:
        raise NotFound("This connection does not exist.", hint="Look at Connections: it may have been disconnected.")
    return row


def _view(row: Connection, files: int, plans: int) -> ConnectionView:
    return ConnectionView(
        connection_id=row.id,
        vendor=row.vendor,
        account_email=row.account_email,
        account_name=row.account_name,
        scopes=tuple(row.scopes),
        state=row.state,
        connected_at=row.connected_at,
        synced_at=row.synced_at,
        failure=row.failure,
        files=files,
        plans=plans,
    )


def _seal(rt: Runtime, credential: Credential) -> bytes:
    expires_at = credential.expires_at.isoformat() if credential.expires_at is not None else None
    return rt.vault.seal(json.dumps([credential.access_token, credential.refresh_token, expires_at, list(credential.scopes)]))


def _unseal(rt: Runtime, sealed: bytes) -> Credential:
    access_token, refresh_token, expires_at, scopes = json.loads(rt.vault.open(sealed))
    return Credential(
        access_token=access_token,
        refresh_token=refresh_token,
        expires_at=datetime.fromisoformat(expires_at) if expires_at is not None else None,
        scopes=tuple(scopes),
    )
