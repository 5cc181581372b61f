"""Flights and periods. Both ends are inclusive, everywhere in Flightplan."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import InvalidInput


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from start to end, both inclusive."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidInput(f"A period cannot end ({self.end}) before it starts ({self.start}).")

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def key(self) -> str:
        """Give `2026-01` for a whole month, else `2026-01-05..2026-01-11`; stable, sortable, used in cell ids."""
        return self.start.strftime("%Y-%m") if self == month_of(self.start) else f"{self.start}..{self.end}"


def month_of(day: date) -> Period:
    """Give the calendar month that holds the day."""
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=last))


def months_between(start: date, end: date) -> Iterator[Period]:
    """Yield the calendar months from the one that holds `start` to the one that holds `end`."""
    month = month_of(start)
    while month.start <= end:
        yield month
        month = month_of(month.end + timedelta(days=1))
