"""Connections, the files found through them, their snapshots, and what people corrected about their readings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, KeyMixin, TenantMixin


class Connection(KeyMixin, TenantMixin, Base):
    """An account of an outside system that a member connected; `credential` is sealed by the vault."""

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("workspace_id", "vendor", "account_id"),)

    vendor: Mapped[str]
    account_id: Mapped[str]
    account_email: Mapped[str]
    account_name: Mapped[str]
    scopes: Mapped[list[str]]
    credential: Mapped[bytes]
    state: Mapped[str] = mapped_column(default="active")  # active, revoked
    connected_by: Mapped[UUID]
    connected_at: Mapped[datetime]
    change_token: Mapped[str | None]
    tried_at: Mapped[datetime | None]
    synced_at: Mapped[datetime | None]
    failure: Mapped[str | None]


class OAuthFlow(Base):
    """One consent in progress, found by the hash of its state; used once.

    No tenant table: a callback knows no tenant before it has found its flow. The verifier and the code are sealed by the vault.
    """

    __tablename__ = "oauth_flows"

    state_hash: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[UUID]
    user_id: Mapped[UUID]
    tenant_id: Mapped[UUID]
    job_id: Mapped[str]
    verifier: Mapped[bytes]
    code: Mapped[bytes | None]
    error: Mapped[str | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    connection_id: Mapped[UUID | None]  # what it led to


class File(KeyMixin, TenantMixin, Base):
    """A spreadsheet that a workspace knows. `external_id` is the source's own id; an upload's is its own."""

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("workspace_id", "source", "external_id"),)

    source: Mapped[str]  # google_drive, upload
    external_id: Mapped[str]
    connection_id: Mapped[UUID | None] = mapped_column(ForeignKey("connections.id", ondelete="SET NULL"), index=True)
    name: Mapped[str]
    mime_type: Mapped[str]
    owner: Mapped[str | None]
    folder: Mapped[str | None]
    web_url: Mapped[str | None]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    can_edit: Mapped[bool] = mapped_column(default=True)
    version: Mapped[str]
    modified_at: Mapped[datetime]
    name_score: Mapped[float]
    plan_score: Mapped[float]
    reasons: Mapped[list[str]]
    is_plan: Mapped[bool]
    decided_by_person: Mapped[bool] = mapped_column(default=False)
    currency: Mapped[str | None]
    total_minor: Mapped[int | None] = mapped_column(BigInteger)
    n_line_items: Mapped[int] = mapped_column(default=0)
    n_questions: Mapped[int] = mapped_column(default=0)
    n_mismatches: Mapped[int] = mapped_column(default=0)
    read_version: Mapped[str | None]  # the version that was read last, None before the first reading
    tried_version: Mapped[str | None]  # the version that needs no other try: it was read, or cannot be
    synced_at: Mapped[datetime | None]
    failure: Mapped[str | None]  # the sentence of the last try when it failed
    gone_at: Mapped[datetime | None]  # removed, trashed or no longer shared at its source


class Snapshot(KeyMixin, TenantMixin, Base):
    """A file as it was at one revision. The workbook never changes; the reading does when someone corrects it."""

    __tablename__ = "snapshots"
    __table_args__ = (UniqueConstraint("workspace_id", "file_id", "revision"), Index(None, "workspace_id", "file_id", "taken_at"))

    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"))
    revision: Mapped[str]
    taken_at: Mapped[datetime]
    workbook: Mapped[bytes]  # core.db.snapshots packs it
    content: Mapped[bytes | None]  # an upload's own bytes, so that it can go back with the change in it
    reading: Mapped[dict[str, Any]]
    differences: Mapped[dict[str, Any] | None]  # to the snapshot before, None for the first


class ReadingCorrection(KeyMixin, TenantMixin, Base):
    """What a person settled about a file's reading; it serves other files of the same layout too, unless they name another client."""

    __tablename__ = "reading_corrections"
    __table_args__ = (
        UniqueConstraint("workspace_id", "file_id", "kind", "tab", "target", postgresql_nulls_not_distinct=True),
        Index(None, "workspace_id", "layout_key"),
    )

    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"))
    layout_key: Mapped[str]
    kind: Mapped[str]
    tab: Mapped[str | None]
    target: Mapped[str]
    value: Mapped[Any] = mapped_column(JSONB)
    row_texts: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")  # what stood in the row that it is about
    client: Mapped[str] = mapped_column(server_default="")  # whom the file named at that time
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
