"""The wall clock: the only place that reads the time of day."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The machine's time as a port."""

    def now(self) -> datetime:
        """Give the aware UTC time."""
        return datetime.now(UTC)
