"""Members of a workspace: invitations by link, roles, removal."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from core.access import PERMISSIONS, AccessContext, Origin, Permission, Role
from core.db.tables.identity import Invitation, Membership, SignInSession, User, Workspace
from core.errors import Forbidden, InvalidInput, NotFound, RuleViolation
from core.passwords import check_strength, hash_password
from core.runtime import Runtime
from core.services.activity import record
from core.services.identity import add_user, clean_email, clean_name, digest, issue_ticket, user_with_password
from core.services.schedules import hand_over

INVITATION_DAYS = 7
_GONE = ("This invitation is not valid.", "It may have been used, withdrawn or be older than a week: ask for a new one.")


@dataclass(frozen=True, slots=True)
class Member:
    """A person in the workspace."""

    user_id: UUID
    name: str
    email: str
    role: Role
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class PendingInvitation:
    """An invitation that nobody has accepted yet."""

    invitation_id: UUID
    email: str
    role: Role
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationView:
    """What the person who opens the link sees."""

    workspace_name: str
    invited_by: str
    email: str
    role: Role
    has_account: bool


def list_members(ctx: AccessContext, rt: Runtime) -> list[Member]:
    """List the members, by name."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        rows = session.execute(
            select(User, Membership).join(Membership, Membership.user_id == User.id).where(Membership.workspace_id == ctx.workspace_id)
        ).all()
    members = [Member(user.id, user.name, user.email, Role(row.role), row.joined_at) for user, row in rows]
    return sorted(members, key=lambda member: member.name.casefold())


def list_invitations(ctx: AccessContext, rt: Runtime) -> list[PendingInvitation]:
    """List the invitations that are open, newest first."""
    ctx.require(Permission.MANAGE_MEMBERS)
    with rt.db.session(ctx) as session:
        rows = session.scalars(select(Invitation).where(*_open(rt)).order_by(Invitation.created_at.desc())).all()
    return [PendingInvitation(row.id, row.email, Role(row.role), row.expires_at) for row in rows]


def invite(ctx: AccessContext, rt: Runtime, *, email: str, role: Role) -> str:
    """Invite an address with a role; gives the link's token, which is shown once. An earlier open one for the address ends."""
    ctx.require(Permission.MANAGE_MEMBERS)
    _require_may_grant(ctx, role)
    address, secret, now = clean_email(email), secrets.token_urlsafe(32), rt.clock.now()
    with rt.db.session(ctx) as session:
        already = select(Membership.user_id).join(User, User.id == Membership.user_id).where(User.email == address)
        if session.scalar(already) is not None:
            raise InvalidInput(f"{address} is a member already.", hint="Change the role in the list instead.")
        session.execute(update(Invitation).where(Invitation.email == address, *_open(rt)).values(revoked_at=now))
        session.add(
            Invitation(
                workspace_id=ctx.workspace_id,
                email=address,
                role=role.value,
                token_hash=digest(secret),
                invited_by=ctx.actor_id,
                created_at=now,
                expires_at=now + timedelta(days=INVITATION_DAYS),
            )
        )
        record(session, ctx, "invited", address, role=role.value)
    return f"{ctx.workspace_id.hex}.{secret}"


def withdraw_invitation(ctx: AccessContext, rt: Runtime, invitation_id: UUID) -> None:
    """End an invitation before it is used."""
    ctx.require(Permission.MANAGE_MEMBERS)
    with rt.db.session(ctx) as session:
        withdrawn = (
            update(Invitation)
            .where(Invitation.id == invitation_id, *_open(rt))
            .values(revoked_at=rt.clock.now())
            .returning(Invitation.email)
        )
        email = session.scalar(withdrawn)
        if email is None:
            raise NotFound("This invitation does not exist or has ended.")
        record(session, ctx, "withdrew the invitation of", email)


def change_role(ctx: AccessContext, rt: Runtime, user_id: UUID, role: Role) -> None:
    """Give a member another role; counts at their next click. RuleViolation when no owner would be left."""
    ctx.require(Permission.MANAGE_MEMBERS)
    _require_may_grant(ctx, role)
    with rt.db.session(ctx) as session:
        member, user = _locked_member(session, user_id)
        _require_may_grant(ctx, Role(member.role))
        if member.role == Role.OWNER.value and role is not Role.OWNER:
            _require_another_owner(session, user_id)
        was, member.role = member.role, role.value
        if Permission.CONNECT not in PERMISSIONS[role]:
            hand_over(ctx, session, of=user_id)
        record(session, ctx, "changed the role of", user.name, was=was, now=role.value)


def remove_member(ctx: AccessContext, rt: Runtime, user_id: UUID) -> None:
    """Take a member out of the workspace and sign them out of it. RuleViolation when no owner would be left."""
    ctx.require(Permission.READ if user_id == ctx.actor_id else Permission.MANAGE_MEMBERS)
    with rt.db.session(ctx) as session:
        member, user = _locked_member(session, user_id)
        if user_id != ctx.actor_id:
            _require_may_grant(ctx, Role(member.role))
        if member.role == Role.OWNER.value:
            _require_another_owner(session, user_id)
        hand_over(ctx, session, of=user_id)
        session.execute(delete(Membership).where(Membership.user_id == user_id, Membership.workspace_id == ctx.workspace_id))
        here = (SignInSession.user_id == user_id, SignInSession.active_workspace_id == ctx.workspace_id)
        session.execute(update(SignInSession).where(*here).values(revoked_at=rt.clock.now()))
        record(session, ctx, "left" if user_id == ctx.actor_id else "removed", "the workspace" if user_id == ctx.actor_id else user.name)


# --- what the invited person does ----------------------------------------------------------------------------------------------------


def view_invitation(rt: Runtime, token: str) -> InvitationView:
    """Tell what a link invites to. NotFound when it is wrong, used, withdrawn or expired."""
    workspace_id, secret = _parse(token)
    with rt.db.tenant_session(workspace_id) as session:
        invitation = _take(session, rt, secret)
        workspace = session.get_one(Workspace, workspace_id)
        inviter = session.get_one(User, invitation.invited_by)
        known = session.scalar(select(User.id).where(User.email == invitation.email)) is not None
        return InvitationView(workspace.name, inviter.name, invitation.email, Role(invitation.role), known)


def accept_invitation(rt: Runtime, token: str, *, name: str, password: str) -> str:
    """Make an account for the invited address and join; gives a ticket. The link works once."""
    workspace_id, secret = _parse(token)
    full_name = clean_name(name, of="Your name")
    check_strength(password)
    password_hash = hash_password(password)
    with rt.db.tenant_session(workspace_id) as session:
        invitation = _take(session, rt, secret)
        user = add_user(session, rt, email=invitation.email, name=full_name, password_hash=password_hash)
        return _join(session, rt, invitation, user)


def join_as_member(rt: Runtime, token: str, *, email: str, password: str) -> str:
    """Join with the account that the invited address has; gives a ticket. InvalidInput when the password is wrong, as at sign-in."""
    workspace_id, secret = _parse(token)
    with rt.db.tenant_session(workspace_id) as session:
        address = _take(session, rt, secret).email
    user = user_with_password(rt, address, password) if email.strip().lower() == address else None
    if user is None:
        raise InvalidInput("The email or the password is wrong.", hint=f"The invitation is for {address}.")
    with rt.db.tenant_session(workspace_id) as session:
        return _join(session, rt, _take(session, rt, secret), user)


def _join(session: Session, rt: Runtime, invitation: Invitation, user: User) -> str:
    now = rt.clock.now()
    invitation.accepted_at = now
    session.add(Membership(workspace_id=invitation.workspace_id, user_id=user.id, role=invitation.role, joined_at=now))
    ctx = AccessContext(invitation.workspace_id, user.id, user.name, Role(invitation.role), Origin.UI, f"join-{uuid4().hex[:8]}")
    record(session, ctx, "joined", "the workspace", role=invitation.role)
    return issue_ticket(session, rt, user.id, invitation.workspace_id)


def _parse(token: str) -> tuple[UUID, str]:
    workspace, _, secret = token.partition(".")
    try:
        return UUID(hex=workspace), secret
    except ValueError as error:
        raise NotFound(_GONE[0], hint=_GONE[1]) from error


def _take(session: Session, rt: Runtime, secret: str) -> Invitation:
    """Give the open invitation of a link, locked for the rest of the transaction."""
    found = session.scalar(select(Invitation).where(Invitation.token_hash == digest(secret), *_open(rt)).with_for_update())
    if found is None:
        raise NotFound(_GONE[0], hint=_GONE[1])
    return found


def _open(rt: Runtime) -> tuple[ColumnElement[bool], ...]:
    return Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > rt.clock.now()


def _require_may_grant(ctx: AccessContext, role: Role) -> None:
    if role is Role.OWNER and ctx.role is not Role.OWNER:
        raise Forbidden("Only an owner can make or change an owner.", hint="Ask an owner of the workspace.")


def _require_another_owner(session: Session, user_id: UUID) -> None:
    others = select(func.count()).select_from(Membership).where(Membership.role == Role.OWNER.value, Membership.user_id != user_id)
    if not session.scalar(others):
        problem = "The workspace would have no owner."
        raise RuleViolation(problem, violations=[problem], hint="Make someone else an owner first.")


def _locked_member(session: Session, user_id: UUID) -> tuple[Membership, User]:
    """Give a member; all owners are locked too, so that two cannot step down at once."""
    session.execute(select(Membership.user_id).where(Membership.role == Role.OWNER.value).with_for_update())
    member = session.scalar(select(Membership).where(Membership.user_id == user_id))
    if member is None:
        raise NotFound("This person is not a member of the workspace.")
    return member, session.get_one(User, user_id)
