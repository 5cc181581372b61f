"""What every table shares: naming of constraints, column types, the key and the tenant."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, ForeignKey, MetaData, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base: `datetime` is timestamptz, `dict` and `list` are jsonb."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        dict[str, object]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


class KeyMixin:
    """A uuid primary key made in Python."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


class TenantMixin:
    """A row of one workspace: row-level security hides it from all others."""

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)


def tenant_tables(metadata: MetaData) -> list[Table]:
    """List the tables that carry a tenant, parents first."""
    return [table for table in metadata.sorted_tables if "workspace_id" in table.columns]
