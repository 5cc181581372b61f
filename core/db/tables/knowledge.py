"""What a workspace knows: notes, briefs, plans and outcomes as text. The vector index is made from these rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, KeyMixin, TenantMixin


class Note(KeyMixin, TenantMixin, Base):
    """One text that can be found again; `subject` makes what is written by the system idempotent (`plan:<id>`), None for people's notes."""

    __tablename__ = "notes"
    __table_args__ = (UniqueConstraint("workspace_id", "subject"), Index(None, "workspace_id", "written_at"))

    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    subject: Mapped[str | None]
    author_id: Mapped[UUID]
    author_name: Mapped[str]
    written_at: Mapped[datetime] = mapped_column()
