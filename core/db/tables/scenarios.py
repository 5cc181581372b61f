"""Scenarios: named budget tables of a draft with what they should bring, optimised or saved by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, KeyMixin, TenantMixin


class Scenario(KeyMixin, TenantMixin, Base):
    """One scenario. At most one of a draft is marked as the plan."""

    __tablename__ = "scenarios"
    __table_args__ = (Index(None, "workspace_id", "created_at"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    state: Mapped[str]  # waiting, ready, partial, impossible
    job_id: Mapped[str | None]
    base: Mapped[dict[str, Any]]  # the table as it was
    wanted: Mapped[dict[str, Any]]  # what was asked for; empty when saved by hand
    distribution: Mapped[dict[str, Any]]
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    read_by: Mapped[list[str]] = mapped_column(default=list, server_default="[]")  # ids of who has put its answer away
    is_plan: Mapped[bool] = mapped_column(default=False)
    created_by_name: Mapped[str]
    created_at: Mapped[datetime]
