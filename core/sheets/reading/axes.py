"""Period columns made whole: days under a month band, months named inside a longer header, first days that stand for weeks or months."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from core.model.flight import month_of
from core.sheets.reading.dates import Flight, read_flight
from core.sheets.reading.headers import ColumnHeader
from core.sheets.reading.lexicon import senses, words_of

_SOME_YEAR = 2025
_KINDS = ("money", "metric", "mod", "quantity", "total")


def complete_axes(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Give the columns of a header with their periods made whole."""
    return _widen(_embedded(_days_of_month(columns)))


def _days_of_month(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Turn bare day numbers under a month into days (`Март 2025` over `1 2 3`)."""
    done = dict(columns)
    for column, header in columns.items():
        flight = header.flight
        if flight is None or flight.grain != "month" or not header.own.isdigit() or not 1 <= int(header.own) <= 31:
            continue
        if flight.start is None and flight.month_day:
            both = ((flight.month_day[0][0], int(header.own)),) * 2
            done[column] = replace(header, flight=Flight(None, None, both, needs_year=True))
        elif flight.start and flight.end is not None and int(header.own) <= flight.end.day:
            day = flight.start.replace(day=int(header.own))
            done[column] = replace(header, flight=_day(day))
    return done


def days_of(columns: dict[int, ColumnHeader], months: set[tuple[int, int]]) -> dict[int, ColumnHeader]:
    """Turn a run of bare numbers across into the days of the one month (year, month) that a title names."""
    if len(months) != 1:
        return columns
    year, month = next(iter(months))
    days = {c: int(h.own) for c, h in columns.items() if h.own.isdigit() and h.flight is None and not h.role.kind}
    numbers, last = list(days.values()), calendar.monthrange(year, month)[1]
    if len(days) < 5 or numbers[-1] > last or any(later - earlier != 1 for earlier, later in pairwise(numbers)):
        return columns
    return columns | {c: replace(columns[c], flight=_day(date(year, month, day))) for c, day in days.items()}


def _day(day: date) -> Flight:
    return Flight(day, day, ((day.month, day.day), (day.month, day.day)), parts=((day, day),))


def _embedded(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Find periods inside headers such as `Jan Budget` or `Бюджет Q1`, where two or more columns of one role have them."""
    found: dict[tuple[str, str], dict[int, Flight]] = defaultdict(dict)
    for column, header in columns.items():
        if header.flight is None and header.role.kind in ("money", "metric") and (flight := _inside(header.own)) is not None:
            found[header.role.kind, header.role.key][column] = flight
    done = dict(columns)
    for group in found.values():
        if len(group) >= 2:
            done.update({column: replace(columns[column], flight=flight) for column, flight in group.items()})
    return done


def _inside(text: str) -> Flight | None:
    words = words_of(text)
    known = {at for sense in senses(text, _KINDS) for at in range(sense.position, sense.position + 1)}
    rest = " ".join(word for at, word in enumerate(words) if at not in known)
    flight = read_flight(rest) if rest and rest != " ".join(words) else None
    return flight if flight is not None and flight.grain not in ("day", "year") else None


def _week_from(day: date, flight: Flight | None) -> Flight:
    """Give the week that begins on a day; it stays without a year where the header names none."""
    end = day + timedelta(days=6)
    both = ((day.month, day.day), (end.month, end.day))
    if flight is not None and flight.needs_year:
        return Flight(None, None, both, needs_year=True)
    return Flight(day, end, both, grain="week", parts=((day, end),))


def _widen(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Let first days in even steps of a week or a month stand for the whole week or month."""
    flights = [(c, h.flight.in_year(_SOME_YEAR)) for c, h in columns.items() if h.flight and h.flight.grain == "day"]
    days = [(c, flight.start) for c, flight in flights if flight.start and flight.start == flight.end]
    steps = [(later - earlier).days for (_, earlier), (_, later) in pairwise(days)]
    if len(days) < 2 or not steps:
        return columns
    done = dict(columns)
    if all(step == 7 for step in steps) and len(days) >= 3:
        for column, day in days:
            done[column] = replace(columns[column], flight=_week_from(day, columns[column].flight))
    elif all(day.day == 1 for _, day in days) and all(28 <= step <= 31 for step in steps):
        for column, day in days:
            month = month_of(day)
            both = ((month.start.month, 1), (month.end.month, month.end.day))
            done[column] = replace(
                columns[column], flight=Flight(month.start, month.end, both, grain="month", parts=((month.start, month.end),))
            )
    return done
