"""Drafts and their versions, change sets, and the journal of what was written with what stood there before."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, KeyMixin, TenantMixin


class Draft(KeyMixin, TenantMixin, Base):
    """A plan being edited. Amounts are compared with `base_snapshot_id`, the sheet as it was read."""

    __tablename__ = "drafts"

    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), index=True)
    base_snapshot_id: Mapped[UUID] = mapped_column(ForeignKey("snapshots.id", ondelete="CASCADE"))
    name: Mapped[str]
    newest_version: Mapped[int]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]


class DraftVersion(KeyMixin, TenantMixin, Base):
    """One save of a draft; never changed afterwards."""

    __tablename__ = "draft_versions"
    __table_args__ = (UniqueConstraint("draft_id", "version"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    version: Mapped[int]
    author_id: Mapped[UUID]
    author_name: Mapped[str]
    saved_at: Mapped[datetime]
    note: Mapped[str]
    distribution: Mapped[dict[str, Any]]


class UnsavedEdits(KeyMixin, TenantMixin, Base):
    """A person's edits of a draft's version that are not saved yet: they outlive the browser tab."""

    __tablename__ = "unsaved_edits"
    __table_args__ = (UniqueConstraint("draft_id", "person_id"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    person_id: Mapped[UUID]
    version: Mapped[int]
    distribution: Mapped[dict[str, Any]]
    edited_at: Mapped[datetime]


class ChangeSet(KeyMixin, TenantMixin, Base):
    """What is to be written where. File, edits and hash never change; only the status and what came of it do."""

    __tablename__ = "change_sets"
    __table_args__ = (Index(None, "workspace_id", "proposed_at"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    draft_version: Mapped[int]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), index=True)
    hash: Mapped[str]
    edits: Mapped[list[Any]]
    outlines: Mapped[list[Any]]
    follows: Mapped[list[Any]]
    notes: Mapped[list[str]]
    note: Mapped[str]
    replaces_id: Mapped[UUID | None]
    proposed_by: Mapped[UUID]
    proposed_by_name: Mapped[str]
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    status: Mapped[str]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undo_attempts: Mapped[int] = mapped_column(default=0)
    """Tries that a person started after the first write: to undo it, or to write again what failed."""
    undo_choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    conflicts: Mapped[list[Any]] = mapped_column(default=list)
    rows: Mapped[dict[str, Any] | None]  # whole rows that come and go, None for cells only
    error: Mapped[str | None]


class JournalEntry(KeyMixin, TenantMixin, Base):
    """One write to a file, kept before it happens: each cell with what stood there, so that it can be undone and never done twice.

    `content_before` and `content_after` hold the whole file where it is written as a file (Excel, CSV).
    """

    __tablename__ = "journal_entries"
    __table_args__ = (UniqueConstraint("change_set_id", "direction"),)

    change_set_id: Mapped[UUID] = mapped_column(ForeignKey("change_sets.id", ondelete="CASCADE"))
    direction: Mapped[str]  # write, undo
    placed: Mapped[list[Any]]
    outlines: Mapped[list[Any]]  # the tables once written
    rows: Mapped[dict[str, Any] | None]  # what undo needs of rows that came and went
    content_before: Mapped[bytes | None]
    content_after: Mapped[bytes | None]
    begun_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
