"""Period columns made whole: days under a month band, months named inside a longer header, first days that stand for weeks or months."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from core.model.flight import month_of
from core.sheets.reading.currency import currency_in_text
from core.sheets.reading.date_points import DayOrder, full_year
from core.sheets.reading.dates import read_flight
from core.sheets.reading.fiscal import placed_by_months
from core.sheets.reading.flights import Flight
from core.sheets.reading.headers import ColumnHeader
from core.sheets.reading.lexicon import senses, words_of
from core.sheets.reading.months import WEEK_FROM, is_weekday

_SOME_YEAR = 2025
_SLASHED = re.compile(r"\d{1,2}/\d{1,2}(?:/(?:20)?\d{2})?")
_NUMBERED_WEEK = re.compile(
    r"(?P<word>kw|cw|wk|week|w|vecka|uke|uge|sett(?:imana)?)?\.?\s?(?P<week>\d{1,2})(?:\s?/\s?(?P<year>(?:20)?\d{2}))?", re.IGNORECASE
)
_THANG = re.compile(r"(?:T|tháng)\s?(\d{1,2})\s?[/.-]\s?(20\d\d)", re.IGNORECASE)
_QUARTERS, _MONTHS = 4, 12
_VERSION = re.compile(r"v\.? ?\d")
"""In `Budget V1` a version, and no week of a Swede's."""
_SHORT_YEAR = re.compile(r"([^\W\d_]{3,}) ([23]\d)")
_SCALES = frozenset({"k", "t", "tsd", "tys", "тыс", "тис", "mio", "mln", "млн"})
_KINDS = ("money", "metric", "mod", "quantity", "total")


def complete_axes(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Give the columns of a header with their periods made whole."""
    return _fiscal(
        _widen(_embedded(_weeks_of_month(_days_of_month(_weeks_under_months(_months_first(_weeks_in_a_row(_vietnamese_months(columns))))))))
    )


def _vietnamese_months(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Read `T12/2025, T1/2026, T2/2026` as months (tháng): one of them has a number that no quarter has."""
    told = {c: found for c, header in columns.items() if (found := _THANG.fullmatch(header.own.strip())) and 1 <= int(found[1]) <= _MONTHS}
    if not any(int(found[1]) > _QUARTERS for found in told.values()):
        return columns
    return columns | {c: replace(columns[c], flight=read_flight(f"{found[2]}-{int(found[1]):02d}")) for c, found in told.items()}


def _weeks_in_a_row(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Read `Sett. 45, Sett. 46` or `KW 52/25, 01/26, 02/26` as weeks: numbers that follow each other, also over New Year, are no months.

    One of them has the word for it or a number that no month has.
    """
    found = [(c, told) for c, header in sorted(columns.items()) if (told := _NUMBERED_WEEK.fullmatch(header.own.strip()))]
    weeks = [(c, int(told["week"]), full_year(told["year"])) for c, told in found if told["word"] or told["year"]]
    follow = all(after == before + 1 or (after == 1 and before in (52, 53)) for (_, before, _), (_, after, _) in pairwise(weeks))
    told_so = any(told["word"] for _, told in found) or any(week > 12 for _, week, _ in weeks)
    if len(weeks) < 2 or not follow or not told_so:
        return columns
    return columns | {c: replace(columns[c], flight=read_flight(f"W{week}/{year}" if year else f"W{week}")) for c, week, year in weeks}


def _weeks_under_months(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Read bare numbers that run on from month to month (`10 11 12 13` under March, `14 15` under April) as weeks of the year.

    Days begin again with every month. Numbers that are no weeks of these months count from some other day: they date nothing.
    """
    told = [(c, int(h.own), h.flight.in_year(_SOME_YEAR)) for c, h in sorted(columns.items()) if h.flight and _is_counted(h)]
    follow = all(after == before + 1 or (after == 1 and before in (52, 53)) for (_, before, _), (_, after, _) in pairwise(told))
    if not follow or not 4 <= 2 * len({month.start for _, _, month in told}) <= len(told):
        return columns
    if not all(_is_week_of(week, month) for _, week, month in told):
        return columns | {c: replace(columns[c], flight=None) for c, _, _ in told}
    years = {c: f"/{start.year}" if (start := _start_of(columns[c])) is not None else "" for c, _, _ in told}
    return columns | {c: replace(columns[c], flight=read_flight(f"W{week}{years[c]}")) for c, week, _ in told}


def _is_counted(header: ColumnHeader) -> bool:
    """Tell whether a header is a bare number under a month."""
    return header.flight is not None and header.flight.grain == "month" and header.own.isdigit() and 1 <= int(header.own) <= 53


def _start_of(header: ColumnHeader) -> date | None:
    return header.flight.start if header.flight is not None else None


def _is_week_of(week: int, month: Flight) -> bool:
    """Tell whether a week of the year touches a month, or lies next to it where weeks are counted another way."""
    if month.start is None:
        return False
    monday = date.fromisocalendar(month.start.year, min(week, 52), 1)
    return month.start.month in {(monday + timedelta(days)).month for days in (-7, 0, 6, 13)}


def _fiscal(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Place quarters of a fiscal year where their months stand beside them (`Jul-26 Aug-26 Sep-26 Q1 FY27`)."""
    placed = placed_by_months([(c, header.flight) for c, header in sorted(columns.items()) if header.flight])
    return columns | {c: replace(columns[c], flight=flight) for c, flight in placed.items()}


def _months_first(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Read `3/2, 3/9, 3/16` month first where only so they are days in even steps."""
    shown = {c: WEEK_FROM.sub("", h.own.strip()) for c, h in columns.items() if h.flight is None or h.flight.grain != "week"}
    texts = {c: text for c, text in shown.items() if _SLASHED.fullmatch(text)}
    if len(texts) < 3 or _is_even(texts.values(), "dmy") or not _is_even(texts.values(), "mdy"):
        return columns
    return columns | {c: replace(columns[c], flight=read_flight(text, "mdy")) for c, text in texts.items()}


def _is_even(texts: Iterable[str], order: DayOrder) -> bool:
    """Tell whether texts are days that follow one another in even steps of at most a month."""
    flights = [read_flight(text, order) for text in texts]
    days = [whole.start for flight in flights if flight and (whole := flight.in_year(_SOME_YEAR)) and whole.start]
    steps = {(later - earlier).days for earlier, later in pairwise(days)}
    return len(days) == len(flights) and (len(steps) == 1 or steps <= {28, 29, 30, 31}) and 0 < min(steps) <= 31


def _without_weekdays(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Read the weekdays under a run of day numbers (`1 2 3` over `пт сб вс`) as the numbers above them."""
    done = dict(columns)
    for column, header in columns.items():
        band, _, number = header.band.rpartition(" / ")
        if number.isdigit() and is_weekday(header.own):
            done[column] = replace(header, own=number, band=band)
    return done


def _days_of_month(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Turn bare day numbers under a month into days (`Март 2025` over `1 2 3`)."""
    columns = _without_weekdays(columns)
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
    if sum(header.own.isdigit() and done[c].flight is not None for c, header in columns.items()) >= 4:
        months = [c for c, header in columns.items() if header.flight and header.flight.grain == "month" and not header.own.isdigit()]
        done.update({c: replace(columns[c], flight=None) for c in months if columns[c].band})
    return done


def _weeks_of_month(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Take weeks that begin again under every month (`W1` to `W4` under `April`, `May`) for parts of the month, seven days each."""
    weeks: dict[int, tuple[int, Flight]] = {}
    counted = _counted_in_months(columns)
    for column, header in columns.items():
        is_week = column in counted or (header.flight is not None and header.flight.grain.startswith("week"))
        month = read_flight(header.band) if is_week and header.band else None
        digits = "".join(char for char in header.own if char.isdigit())
        if month is not None and month.grain == "month" and month.month_day and digits in ("1", "2", "3", "4", "5"):
            weeks[column] = int(digits), month
    if len(weeks) <= len({week for week, _ in weeks.values()}):
        return columns
    done = dict(columns)
    for column, (week, month) in weeks.items():
        assert month.month_day is not None
        number, last = month.month_day[1]
        is_last = (week + 1, month) not in weeks.values()
        ends = ((number, 7 * week - 6), (number, last if is_last else 7 * week))
        flight = Flight(None, None, ends, needs_year=True, grain="part")
        done[column] = replace(columns[column], flight=flight.in_year(month.start.year) if month.start else flight)
    return done


def _counted_in_months(columns: dict[int, ColumnHeader]) -> set[int]:
    """Give the columns of bare numbers that count 1 to 4 or 5 under each of several months: its weeks, no days."""
    under: dict[str, list[int]] = defaultdict(list)
    bare = [c for c, header in sorted(columns.items()) if header.own.isdigit() and header.band]
    for column in bare:
        under[columns[column].band].append(int(columns[column].own))
    runs = [numbers in ([1, 2, 3, 4], [1, 2, 3, 4, 5]) for numbers in under.values()]
    return set(bare) if len(runs) > 1 and all(runs) else set()


def days_of(columns: dict[int, ColumnHeader], months: set[tuple[int, int]]) -> dict[int, ColumnHeader]:
    """Turn a run of bare numbers across into the days of the one month (year, month) that a title names."""
    if len(months) != 1:
        return columns
    year, month = next(iter(months))
    columns = _without_weekdays(columns)
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
        is_figure = header.role.kind in ("money", "metric") or header.role.currency is not None
        if header.flight is None and is_figure and (flight := _inside(header.own)) is not None:
            found[header.role.kind, header.role.key][column] = flight
    done = dict(columns)
    for group in found.values():
        if len(group) >= 2:
            done.update({column: replace(columns[column], flight=flight) for column, flight in group.items()})
    return done


def _inside(text: str) -> Flight | None:
    words = words_of(text)
    known = {at for sense in senses(text, _KINDS) for at in range(sense.position, sense.position + 1)}
    known |= {at for at, word in enumerate(words) if word in _SCALES or currency_in_text(word, whole=True)}
    rest = " ".join(word for at, word in enumerate(words) if at not in known)
    if short := _SHORT_YEAR.fullmatch(rest):
        rest = f"{short[1]} 20{short[2]}"
    flight = read_flight(rest) if rest and rest != " ".join(words) and not _VERSION.fullmatch(rest) else None
    return flight if flight is not None and flight.grain not in ("day", "year") else None


def _week_from(day: date, flight: Flight | None) -> Flight:
    """Give the week that begins on a day; it stays without a year where the header names none."""
    end = day + timedelta(days=6)
    both = ((day.month, day.day), (end.month, end.day))
    if flight is not None and flight.needs_year:
        return Flight(None, None, both, needs_year=True)
    return Flight(day, end, both, grain="week", parts=((day, end),))


def _running(days: list[tuple[int, date]]) -> list[tuple[int, date]]:
    """Let days without a year run on into the next one where they begin again after New Year."""
    done: list[tuple[int, date]] = []
    for column, day in days:
        turns = bool(done) and day < done[-1][1] and (done[-1][1] - day).days > 300
        done.append((column, day.replace(year=day.year + 1) if turns and (day.month, day.day) != (2, 29) else day))
    return done


def _widen(columns: dict[int, ColumnHeader]) -> dict[int, ColumnHeader]:
    """Let first days in even steps of a week or a month stand for the whole week or month."""
    flights = [(c, h.flight) for c, h in columns.items() if h.flight and h.flight.grain == "day"]
    days = _running(
        [(c, day) for c, flight in flights if (shown := flight.in_year(_SOME_YEAR)).start == shown.end and (day := shown.start)]
    )
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
