"""Who is there: sign-up, sign-in, browser sessions, and the doors at which an AccessContext is built.

The password leads to a one-time ticket, the ticket to a session cookie set by the server; only sha256 of either is stored. A signed-in
request is looked up each time, so that revoking a session, changing a role or removing a member counts at once.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.access import AccessContext, Origin, Role
from core.db.tables.identity import Membership, SignInAttempt, SignInSession, SignInTicket, User, Workspace
from core.errors import Forbidden, InvalidInput, SignInRequired
from core.passwords import check_strength, hash_password, matches
from core.runtime import Runtime
from core.services.activity import record

SESSION_COOKIE = "flightplan_session"
SESSION_DAYS = 7
TICKET_SECONDS = 30
FREE_FAILURES = 5  # after as many in a row the address has to wait
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 30, 900
SEEN_EVERY = timedelta(minutes=1)
KEPT_FAILURES = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a newcomer enters to make an account and a workspace."""

    email: str
    name: str
    password: str
    workspace_name: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a browser session."""

    ctx: AccessContext
    session_id: UUID
    email: str
    workspace_name: str
    is_demo: bool


def digest(secret: str) -> str:
    """Give what is stored of a secret that is random already."""
    return hashlib.sha256(secret.encode()).hexdigest()


def clean_email(email: str) -> str:
    """Give the address in lower case. InvalidInput when it cannot be one."""
    cleaned = email.strip().lower()
    local, at, domain = cleaned.partition("@")
    if not (local and at and "." in domain.strip(".") and " " not in cleaned and len(cleaned) <= 254):
        raise InvalidInput(f"“{email.strip()}” is not an email address.", hint="It looks like name@example.com.")
    return cleaned


def clean_name(name: str, *, of: str) -> str:
    """Give the name without outer space. InvalidInput when it is empty or longer than 100 characters."""
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= 100:
        raise InvalidInput(f"{of} needs 1 to 100 characters.", hint="Enter it and try again.")
    return cleaned


# --- sign-up and sign-in -----------------------------------------------------------------------------------------------------------


def sign_up(rt: Runtime, request: SignUp) -> str:
    """Make a user and a workspace that they own; gives a ticket. InvalidInput when something is missing or the address is taken."""
    email, name = clean_email(request.email), clean_name(request.name, of="Your name")
    workspace_name = clean_name(request.workspace_name, of="The workspace's name")
    check_strength(request.password)
    password_hash = hash_password(request.password)
    workspace_id = uuid4()
    with rt.db.tenant_session(workspace_id) as session:
        user = add_user(session, rt, email=email, name=name, password_hash=password_hash)
        add_workspace(session, rt, workspace_id, name=workspace_name, owner=user)
        record(session, _context(user, workspace_id, Role.OWNER, "sign-up"), "created", f"the workspace “{workspace_name}”")
        return issue_ticket(session, rt, user.id, workspace_id)


def add_user(session: Session, rt: Runtime, *, email: str, name: str, password_hash: str) -> User:
    """Add a user in the caller's transaction. InvalidInput when the address is taken."""
    user = User(id=uuid4(), email=email, name=name, password_hash=password_hash, created_at=rt.clock.now())
    values = {"id": user.id, "email": email, "name": name, "password_hash": password_hash, "created_at": user.created_at}
    added = session.execute(insert(User).values(values).on_conflict_do_nothing(index_elements=["email"]).returning(User.id)).scalar()
    if added is None:
        raise InvalidInput(f"{email} has an account already.", hint="Sign in instead.")
    return user


def add_workspace(session: Session, rt: Runtime, workspace_id: UUID, *, name: str, owner: User, is_demo: bool = False) -> None:
    """Add a workspace and its owner in the caller's transaction, which must be bound to `workspace_id`."""
    session.add(Workspace(id=workspace_id, name=name, is_demo=is_demo, created_at=rt.clock.now()))
    session.flush()
    session.add(Membership(workspace_id=workspace_id, user_id=owner.id, role=Role.OWNER.value, joined_at=rt.clock.now()))


def sign_in(rt: Runtime, email: str, password: str) -> str:
    """Check the password; gives a ticket.

    Raises:
        InvalidInput: the pair is wrong (the same answer after the same time whether or not the address is known), or there were
            too many failures and the address has to wait.
    """
    user = user_with_password(rt, email, password)
    if user is None:
        raise InvalidInput("The email or the password is wrong.", hint="Check both and try again.")
    with rt.db.global_session() as session:
        return issue_ticket(session, rt, user.id, _first_workspace(session, user.id))


def user_with_password(rt: Runtime, email: str, password: str) -> User | None:
    """Give the user with this address and password, None when the pair is wrong; every place that asks for a password asks here.

    A try counts as failed until it has succeeded, so that many at the same moment win nothing.

    Raises:
        InvalidInput: there were too many failures and the address has to wait.
    """
    address = email.strip().lower()
    with rt.db.global_session() as session:
        _count_try(session, rt, address)
        user = session.scalar(select(User).where(User.email == address))
    if not matches(password, None if user is None else user.password_hash):
        return None
    with rt.db.global_session() as session:
        old = select(SignInAttempt.email_hash).where(SignInAttempt.last_failed_at < rt.clock.now() - KEPT_FAILURES).limit(100)
        past = SignInAttempt.email_hash.in_(old.with_for_update(skip_locked=True))
        session.execute(delete(SignInAttempt).where(past | (SignInAttempt.email_hash == digest(address))))
    return user


def _count_try(session: Session, rt: Runtime, address: str) -> None:
    """Count a try as a failure, one after the other; InvalidInput, and nothing is counted, while the address has to wait."""
    now, key = rt.clock.now(), digest(address)
    fresh = insert(SignInAttempt).values(email_hash=key, failures=0, last_failed_at=now)
    session.execute(fresh.on_conflict_do_nothing(index_elements=["email_hash"]))
    attempt = session.get_one(SignInAttempt, key, with_for_update=True)
    if attempt.failures >= FREE_FAILURES:
        wait = min(FIRST_WAIT_SECONDS * 2 ** min(attempt.failures - FREE_FAILURES, 10), LONGEST_WAIT_SECONDS)
        left = attempt.last_failed_at + timedelta(seconds=wait) - now
        if left > timedelta(0):
            seconds = int(left.total_seconds()) + 1
            raise InvalidInput("Too many failed sign-ins for this address.", hint=f"Wait {seconds} seconds and try again.")
    attempt.failures, attempt.last_failed_at = attempt.failures + 1, now


def _first_workspace(session: Session, user_id: UUID) -> UUID:
    """Give the workspace the person used last, or joined first."""
    _as_user(session, user_id)
    last = session.scalar(
        select(SignInSession.active_workspace_id)
        .join(Membership, (Membership.workspace_id == SignInSession.active_workspace_id) & (Membership.user_id == user_id))
        .where(SignInSession.user_id == user_id)
        .order_by(SignInSession.seen_at.desc())
        .limit(1)
    )
    joined = select(Membership.workspace_id).where(Membership.user_id == user_id).order_by(Membership.joined_at).limit(1)
    found = last or session.scalar(joined)
    if found is None:
        raise Forbidden("You are not a member of any workspace.", hint="Ask for an invitation.")
    return found


def _as_user(session: Session, user_id: UUID) -> None:
    """Let the transaction read the person's own memberships, in every workspace."""
    session.execute(text("select set_config('app.user_id', :id, true)"), {"id": str(user_id)})


# --- tickets and browser sessions --------------------------------------------------------------------------------------------------


def issue_ticket(session: Session, rt: Runtime, user_id: UUID, workspace_id: UUID) -> str:
    """Make a pass that /auth/session takes once, within 30 seconds."""
    ticket, now = secrets.token_urlsafe(32), rt.clock.now()
    session.execute(delete(SignInTicket).where(SignInTicket.expires_at < now))
    expires_at = now + timedelta(seconds=TICKET_SECONDS)
    session.add(SignInTicket(secret_hash=digest(ticket), user_id=user_id, active_workspace_id=workspace_id, expires_at=expires_at))
    return ticket


def open_session(rt: Runtime, ticket: str, *, replaces: str | None, browser: str) -> str:
    """Trade a ticket for a new session secret; the session that the browser had ends (no fixation).

    Raises:
        SignInRequired: the ticket is unknown, used or older than 30 seconds.
    """
    secret, now = secrets.token_urlsafe(32), rt.clock.now()
    with rt.db.global_session() as session:
        taken = session.execute(delete(SignInTicket).where(SignInTicket.secret_hash == digest(ticket)).returning(SignInTicket)).scalar()
        if taken is None or taken.expires_at < now:
            raise SignInRequired("This sign-in has expired.", hint="Sign in again.")
        session.execute(delete(SignInSession).where(SignInSession.user_id == taken.user_id, SignInSession.expires_at < now))
        if replaces is not None:
            session.execute(update(SignInSession).where(SignInSession.secret_hash == digest(replaces)).values(revoked_at=now))
        session.add(
            SignInSession(
                secret_hash=digest(secret),
                user_id=taken.user_id,
                active_workspace_id=taken.active_workspace_id,
                browser=browser[:200],
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(days=SESSION_DAYS),
            )
        )
    return secret


def close_session(rt: Runtime, secret: str) -> None:
    """Sign a browser out; a cookie that is replayed later opens nothing."""
    with rt.db.global_session() as session:
        session.execute(update(SignInSession).where(SignInSession.secret_hash == digest(secret)).values(revoked_at=rt.clock.now()))


def signed_in(rt: Runtime, secret: str | None, *, origin: Origin = Origin.UI) -> SignedIn:
    """Build the context of a browser session: the door of pages and of the API.

    Raises:
        SignInRequired: there is no session, it expired or was revoked, or the person is no longer a member.
    """
    if not secret:
        raise SignInRequired("You are not signed in.", hint="Sign in to go on.")
    now = rt.clock.now()
    with rt.db.global_session() as session:
        row = session.execute(
            select(SignInSession, User).join(User, User.id == SignInSession.user_id).where(SignInSession.secret_hash == digest(secret))
        ).one_or_none()
        if row is None or row[0].revoked_at is not None or row[0].expires_at <= now:
            raise SignInRequired("Your sign-in has ended.", hint="Sign in again.")
        browser, user = row
        member = _membership(session, browser.active_workspace_id, user.id)
        if member is None:
            raise SignInRequired("You are no longer a member of this workspace.", hint="Sign in again, or ask for an invitation.")
        membership, workspace = member
        if now - browser.seen_at >= SEEN_EVERY:
            browser.seen_at = now
        ctx = _context(user, workspace.id, Role(membership.role), uuid4().hex[:12], origin)
        return SignedIn(ctx=ctx, session_id=browser.id, email=user.email, workspace_name=workspace.name, is_demo=workspace.is_demo)


def workflow_context(rt: Runtime, workspace_id: UUID, user_id: UUID, *, job_id: str) -> AccessContext:
    """Build the context of a workflow's step from the membership as it is now: the door of durable work.

    Raises:
        Forbidden: the person is no longer a member of the workspace.
    """
    with rt.db.tenant_session(workspace_id) as session:
        user = session.get(User, user_id)
        member = _membership(session, workspace_id, user_id)
    if user is None or member is None:
        raise Forbidden("The person who started this is no longer a member of the workspace.", hint="Someone else has to start it again.")
    return _context(user, workspace_id, Role(member[0].role), job_id, Origin.WORKFLOW)


def _membership(session: Session, workspace_id: UUID, user_id: UUID) -> tuple[Membership, Workspace] | None:
    """Bind the transaction to the workspace and look the person up in it."""
    session.execute(text("select set_config('app.workspace_id', :id, true)"), {"id": str(workspace_id)})
    found = session.execute(
        select(Membership, Workspace)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .where(Membership.workspace_id == workspace_id, Membership.user_id == user_id)
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def _context(user: User, workspace_id: UUID, role: Role, request_id: str, origin: Origin = Origin.UI) -> AccessContext:
    return AccessContext(workspace_id=workspace_id, actor_id=user.id, actor_name=user.name, role=role, origin=origin, request_id=request_id)
