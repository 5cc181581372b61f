"""Standing jobs: what starts again and again without a person. Belongs to no tenant: workers read it before they know one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base


class StandingJob(Base):
    """Start `kind` for a workspace every so often, on behalf of the person who set it up."""

    __tablename__ = "standing_jobs"

    kind: Mapped[str] = mapped_column(primary_key=True)
    for_workspace: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    actor_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    every_minutes: Mapped[int]
    payload: Mapped[dict[str, Any]]
    next_at: Mapped[datetime] = mapped_column(index=True)
