"""Delivered performance by channel, market and day; the fits made from it; lift tests; promises and what came of them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, KeyMixin, TenantMixin


class PerformanceImport(KeyMixin, TenantMixin, Base):
    """One import: a file, a sheet, or made data (`is_made`), which every page marks as such."""

    __tablename__ = "performance_imports"

    name: Mapped[str]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id", ondelete="SET NULL"))
    is_made: Mapped[bool] = mapped_column(default=False)
    rows: Mapped[int]
    imported_by: Mapped[UUID]
    imported_at: Mapped[dt.datetime]


class PerformanceFact(KeyMixin, TenantMixin, Base):
    """What a channel delivered in a market from `day` on for `days` days; a later import of the same days replaces an earlier one's."""

    __tablename__ = "performance_facts"
    __table_args__ = (UniqueConstraint("workspace_id", "channel", "market", "currency", "day"), Index(None, "workspace_id", "day"))

    import_id: Mapped[UUID] = mapped_column(ForeignKey("performance_imports.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    market: Mapped[str] = mapped_column(default="")  # empty where the data carry none
    currency: Mapped[str]
    day: Mapped[dt.date]
    days: Mapped[int]
    spend_minor: Mapped[int] = mapped_column(BigInteger)
    impressions: Mapped[float | None]
    clicks: Mapped[float | None]
    conversions: Mapped[float | None]
    value_minor: Mapped[int | None] = mapped_column(BigInteger)


class ResponseFit(KeyMixin, TenantMixin, Base):
    """One fit of the response model: `answer` is the contract's object, `draws` hold Hill triples and carry-over by channel."""

    __tablename__ = "response_fits"
    __table_args__ = (Index(None, "workspace_id", "fitted_at"),)

    kpi: Mapped[str]  # conversions, value
    currency: Mapped[str]
    fitted_at: Mapped[dt.datetime]
    fitted_by: Mapped[UUID]
    data_through: Mapped[dt.date]
    is_made: Mapped[bool]  # any of its rows are made data
    answer: Mapped[dict[str, Any]]
    draws: Mapped[dict[str, Any]]
    market_draws: Mapped[dict[str, Any] | None]  # by market, then channel; none where the data carry no markets or the fit is older
    timeline: Mapped[dict[str, Any]]  # dates, actual, expected and contributions by week


class FlightMixin:
    """What a channel did for a KPI over some days, both ends inclusive."""

    channel: Mapped[str]
    kpi: Mapped[str]
    currency: Mapped[str]
    start: Mapped[dt.date]
    end: Mapped[dt.date]


class LiftTestEntry(FlightMixin, KeyMixin, TenantMixin, Base):
    """A lift test's result as a person entered it; the next fit takes it in."""

    __tablename__ = "lift_tests"

    spend_delta_minor: Mapped[int] = mapped_column(BigInteger)
    kpi_delta: Mapped[float]
    kpi_sd: Mapped[float]
    entered_by: Mapped[UUID]
    entered_at: Mapped[dt.datetime]


class PromiseEntry(FlightMixin, KeyMixin, TenantMixin, Base):
    """What a plan promised for a channel over a flight; what was delivered is read from the facts once the flight is over."""

    __tablename__ = "promises"
    __table_args__ = (UniqueConstraint("workspace_id", "plan", "channel", "start", "end"),)

    plan: Mapped[str]
    spend_minor: Mapped[int] = mapped_column(BigInteger)
    mean: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    at_spends: Mapped[list[Any] | None]  # (spend in minor units, mean, low, high) at other spends of the channel
    promised_at: Mapped[dt.datetime]
