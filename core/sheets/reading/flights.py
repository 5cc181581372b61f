"""Days that a text names, from one end to the other, and how two named ends make them up."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date

from core.sheets.reading.date_points import Point, day_or_none

FISCAL_GRAIN = "fiscal"
"""Begins the grain of a quarter or half of a fiscal year: `fiscal2026:0-2`, months counted from its start."""


@dataclass(frozen=True, slots=True)
class Flight:
    """Days that a text names.

    Attributes:
        start, end: both inclusive; None where the day does not exist (`impossible`) or the year is not known (`needs_year`).
        month_day: ((month, day), (month, day)) of both ends, also without a year.
        impossible: the part of the text that is no day of the calendar (`31.09.24`).
        grain: what one end names: day, week, month, quarter, half, year.
        open: the end that the text leaves open: `start` (until a day), `end` (from a day on).
    """

    start: date | None
    end: date | None
    month_day: tuple[tuple[int, int], tuple[int, int]] | None = None
    needs_year: bool = False
    impossible: str | None = None
    grain: str = "day"
    parts: tuple[tuple[date, date], ...] = ()
    open: str = ""

    def in_year(self, year: int) -> Flight:
        """Complete a flight that has no year; one that runs over New Year ends in the next."""
        if not self.needs_year or self.month_day is None:
            return self
        (m1, d1), (m2, d2) = self.month_day
        start = day_or_none(year, m1, d1)
        end = day_or_none(year + 1 if (m2, d2) < (m1, d1) else year, m2, 28 if (m2, d2) == (2, 29) and not calendar.isleap(year) else d2)
        return replace(self, start=start, end=end, needs_year=False).opened(self.open)

    def opened(self, side: str) -> Flight:
        """Leave one end of a flight open: its `start` or its `end`; nothing where the side is empty."""
        if not side:
            return self
        return replace(self, open=side, parts=(), start=None if side == "start" else self.start, end=None if side == "end" else self.end)


def _ends(point: Point, year: int | None) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Give month and day of the first and last day a point names; None when it is no day of the calendar."""
    if point.month is None or not 1 <= point.month <= 12:
        return None
    last = calendar.monthrange(year or 2024, point.month)[1]
    if point.day is None:
        return (point.month, 1), (point.month, last)
    if not 1 <= point.day <= last:
        return None
    return (point.month, point.day), (point.month, point.day)


def flight_of(first: Point, last: Point) -> Flight | None:
    """Join two ends; what the first leaves out comes from the last (`15.07-14.08.24`, `08-16.09.2024`)."""
    if last.month is None and first.month is not None:
        last = replace(last, month=first.month, year=last.year or first.year)
    if (
        first.grain == "month"
        and first.month is not None
        and last.grain == "day"
        and last.year is None
        and (last.day or 0) > 20
        and last.text[-1:].isdigit()
    ):
        last = replace(last, year=2000 + (last.day or 0), day=None, grain="month")  # `Jan-Mar 26`
    month = first.month if first.month is not None else last.month
    if month is None:
        return None
    end_year = last.year or first.year
    first = replace(first, month=month)
    start_year = first.year
    if start_year is None and end_year is not None:
        start_year = end_year - 1 if (month, first.day or 0) > (last.month or 12, last.day or 31) else end_year
    if (
        last.year is None
        and end_year is not None
        and start_year == end_year
        and (last.month or 0, last.day or 31) < (month, first.day or 0)
    ):
        end_year += 1
    begin, finish = _ends(first, start_year), _ends(last, end_year)
    bad = first.text if begin is None else last.text if finish is None else None
    grain = "month" if first.day is None and last.day is None else "day"
    if end_year is None or start_year is None:
        both = (begin[0], finish[1]) if begin and finish else None
        return Flight(None, None, both, needs_year=True, impossible=bad, grain=grain)
    start = day_or_none(start_year, *begin[0]) if begin else None
    end = day_or_none(end_year, *finish[1]) if finish else None
    parts = ((start, end),) if start and end and start <= end else ()
    return Flight(start, end, (begin[0], finish[1]) if begin and finish else None, impossible=bad, grain=grain, parts=parts)


def from_to(start: date, end: date) -> Flight | None:
    """Give the flight from one day to another, both inclusive; None where it would end before it starts."""
    both = ((start.month, start.day), (end.month, end.day))
    return Flight(start, end, both, parts=((start, end),)) if start <= end else None
