"""A person's own account: browsers signed in, password, and the workspaces they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text, update

from core.access import AccessContext, Permission, Role
from core.db.tables.identity import Membership, SignInSession, SignInTicket, User, Workspace
from core.errors import InvalidInput, NotFound
from core.passwords import check_strength, hash_password
from core.runtime import Runtime
from core.services.activity import record
from core.services.identity import user_with_password


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """One signed-in browser of the person."""

    session_id: UUID
    browser: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WorkspaceOption:
    """A workspace that the person belongs to."""

    workspace_id: UUID
    name: str
    role: Role


def list_sessions(ctx: AccessContext, rt: Runtime) -> list[BrowserSession]:
    """List the browsers signed in as this person, last used first."""
    ctx.require(Permission.READ)
    now = rt.clock.now()
    with rt.db.session(ctx) as session:
        rows = session.scalars(
            select(SignInSession)
            .where(SignInSession.user_id == ctx.actor_id, SignInSession.revoked_at.is_(None), SignInSession.expires_at > now)
            .order_by(SignInSession.seen_at.desc())
        ).all()
    return [BrowserSession(row.id, row.browser, row.created_at, row.seen_at, row.expires_at) for row in rows]


def revoke_session(ctx: AccessContext, rt: Runtime, session_id: UUID) -> None:
    """Sign one of the person's browsers out. NotFound when it is not theirs."""
    ctx.require(Permission.READ)
    mine = (SignInSession.id == session_id, SignInSession.user_id == ctx.actor_id, SignInSession.revoked_at.is_(None))
    with rt.db.session(ctx) as session:
        revoked = session.execute(update(SignInSession).where(*mine).values(revoked_at=rt.clock.now()).returning(SignInSession.id)).all()
    if not revoked:
        raise NotFound("This browser is not signed in.", hint="Reload the page.")


def change_password(ctx: AccessContext, rt: Runtime, *, current: str, new: str, keep_session: UUID | None) -> int:
    """Set a new password and sign out every other browser; gives how many.

    Raises:
        InvalidInput: the current one is wrong (which counts as a failed sign-in), or the new one is weak.
    """
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        email = session.get_one(User, ctx.actor_id).email
    if user_with_password(rt, email, current) is None:
        raise InvalidInput("The current password is wrong.", hint="Nothing was changed; try again.")
    check_strength(new)
    new_hash = hash_password(new)
    others = (SignInSession.user_id == ctx.actor_id, SignInSession.revoked_at.is_(None), SignInSession.id.is_distinct_from(keep_session))
    with rt.db.session(ctx) as session:
        session.execute(update(User).where(User.id == ctx.actor_id).values(password_hash=new_hash))
        session.execute(delete(SignInTicket).where(SignInTicket.user_id == ctx.actor_id))
        ended = session.execute(update(SignInSession).where(*others).values(revoked_at=rt.clock.now()).returning(SignInSession.id)).all()
        record(session, ctx, "changed", "their password")
    return len(ended)


def list_workspaces(ctx: AccessContext, rt: Runtime) -> list[WorkspaceOption]:
    """List the workspaces that the person belongs to, by name."""
    ctx.require(Permission.READ)
    with rt.db.global_session() as session:
        session.execute(text("select set_config('app.user_id', :id, true)"), {"id": str(ctx.actor_id)})
        mine = session.execute(select(Membership.workspace_id, Membership.role).where(Membership.user_id == ctx.actor_id)).all()
    options = []
    for workspace_id, role in mine:
        with rt.db.tenant_session(workspace_id) as session:
            options.append(WorkspaceOption(workspace_id, session.get_one(Workspace, workspace_id).name, Role(role)))
    return sorted(options, key=lambda option: option.name.casefold())


def switch_workspace(ctx: AccessContext, rt: Runtime, *, session_id: UUID, workspace_id: UUID) -> None:
    """Let the browser session work in another workspace of the person. NotFound when they are not a member."""
    ctx.require(Permission.READ)
    if workspace_id not in {option.workspace_id for option in list_workspaces(ctx, rt)}:
        raise NotFound("This workspace does not exist.")
    with rt.db.session(ctx) as session:
        session.execute(
            update(SignInSession)
            .where(SignInSession.id == session_id, SignInSession.user_id == ctx.actor_id)
            .values(active_workspace_id=workspace_id)
        )
