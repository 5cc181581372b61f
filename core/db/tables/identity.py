"""Who may come in: users, workspaces, memberships, invitations, sign-in sessions, tickets and failed attempts.

Users, sessions, tickets and attempts belong to no workspace, because they are read before one is known; their secrets are kept as
sha256 (tickets, sessions, invitations) or bcrypt (passwords). Workspaces and memberships are under row-level security like every
tenant table; a membership is visible to its own user too, so that sign-in can list the workspaces of a person.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, KeyMixin, TenantMixin


class User(KeyMixin, Base):
    """A person; `email` is lower case."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime]


class Workspace(KeyMixin, Base):
    """A tenant."""

    __tablename__ = "workspaces"

    name: Mapped[str]
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Membership(TenantMixin, Base):
    """A user's role in a workspace."""

    __tablename__ = "memberships"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]
    joined_at: Mapped[datetime]


class Invitation(KeyMixin, TenantMixin, Base):
    """A link that lets one person join with a role, once, until it expires."""

    __tablename__ = "invitations"

    email: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInSession(KeyMixin, Base):
    """One signed-in browser; revoking it signs the browser out at its next request."""

    __tablename__ = "sign_in_sessions"

    secret_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    active_workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    browser: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInTicket(Base):
    """A one-time pass from the verified password to the session cookie."""

    __tablename__ = "sign_in_tickets"

    secret_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    active_workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]


class SignInAttempt(Base):
    """Failures in a row for one address, whether or not a user has it."""

    __tablename__ = "sign_in_attempts"
    email_hash: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime]
