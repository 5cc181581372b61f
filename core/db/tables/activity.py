"""Who did what: the activity log, written inside the transaction of the deed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, KeyMixin, TenantMixin


class Activity(KeyMixin, TenantMixin, Base):
    """One deed; append only."""

    __tablename__ = "activities"
    __table_args__ = (Index(None, "workspace_id", "happened_at"),)

    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    origin: Mapped[str]
    verb: Mapped[str]
    subject: Mapped[str]
    facts: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
