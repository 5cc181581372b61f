"""What drafts look like to those who ask for them: a version, a line in a list, a save, a difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.model.distribution import Distribution


@dataclass(frozen=True, slots=True)
class DraftView:
    """One version of a draft; `newest_version` tells whether there is a later one."""

    draft_id: UUID
    file_id: UUID
    name: str
    version: int
    distribution: Distribution
    author: str
    saved_at: datetime
    note: str
    base_snapshot_id: UUID
    newest_version: int


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """A draft as listed."""

    draft_id: UUID
    file_id: UUID
    file_name: str
    name: str
    version: int
    author: str
    saved_at: datetime
    note: str
    currency: str | None
    total_minor: int
    line_items: int


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """One save of a draft."""

    version: int
    author: str
    saved_at: datetime
    note: str
    total_minor: int


@dataclass(frozen=True, slots=True)
class AmountDifference:
    """An amount that two versions have differently; None where one of them has no such amount."""

    row_id: str
    label: str
    period: str
    was_minor: int | None
    now_minor: int | None
