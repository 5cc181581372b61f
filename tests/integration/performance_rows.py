"""A row of performance for tests."""

from __future__ import annotations

from datetime import date

from core.model.reading import PerformanceRow


def row(
    day: date, channel: str | None = "Search", *, spend: int | None = 100_00, conversions: float = 5.0, **more: object
) -> PerformanceRow:
    facts = {"end": None, "campaign": None, "currency": "EUR", **more}
    return PerformanceRow(start=day, channel=channel, spend_minor=spend, conversions=conversions, **facts)
