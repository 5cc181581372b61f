"""Talks with the assistant: conversations, their turns, what happened in each, and the audit of every tool call."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, KeyMixin, TenantMixin


class Conversation(KeyMixin, TenantMixin, Base):
    """A person's talk. `file_id` is the plan it began with; `seed` was laid on the table for it, at the next turn when it is new."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "workspace_id", "owner_id", "updated_at"),)

    owner_id: Mapped[UUID]
    title: Mapped[str]
    file_id: Mapped[UUID | None]
    seed: Mapped[dict[str, Any]]
    seed_is_new: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ConversationTurn(KeyMixin, TenantMixin, Base):
    """One message and its answer. `state`: queued, running, done, failed, stopped."""

    __tablename__ = "conversation_turns"
    __table_args__ = (UniqueConstraint("workspace_id", "conversation_id", "position"),)

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    position: Mapped[int]
    message: Mapped[str]
    locale: Mapped[str]
    state: Mapped[str]
    stop_asked: Mapped[bool] = mapped_column(default=False)
    replaced: Mapped[bool] = mapped_column(default=False)  # edited or asked again: kept, not shown
    model: Mapped[str | None]
    answer: Mapped[str | None]
    result: Mapped[dict[str, Any] | None]  # tools, figures, cards, asks as the page shows them
    fork_from: Mapped[str | None]  # the state to go on from where it replaces an earlier turn
    state_before: Mapped[str | None]  # the state it began with
    tokens: Mapped[int] = mapped_column(default=0)
    cost_micros: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")  # millionths of a dollar
    seconds: Mapped[float | None]
    feedback: Mapped[int | None]  # 1 thumb up, -1 thumb down
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class TurnEvent(KeyMixin, TenantMixin, Base):
    """Something that happened while a turn ran, in order; pages read on from the last position they know."""

    __tablename__ = "turn_events"
    __table_args__ = (UniqueConstraint("workspace_id", "turn_id", "position"),)

    turn_id: Mapped[UUID] = mapped_column(ForeignKey("conversation_turns.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]


class ToolCallAudit(KeyMixin, TenantMixin, Base):
    """Which tool the assistant called for whom, and how it went; kept when the conversation is deleted."""

    __tablename__ = "tool_calls"
    __table_args__ = (Index(None, "workspace_id", "called_at"),)

    turn_id: Mapped[UUID]
    actor_id: Mapped[UUID]
    agent: Mapped[str]
    tool: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    ok: Mapped[bool]
    error_code: Mapped[str | None]
    seconds: Mapped[float]
    called_at: Mapped[datetime]
