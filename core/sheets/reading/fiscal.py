"""Quarters and halves of a fiscal year: placed in the calendar where the sheet says when that year starts, else asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from core.model.reading import Option
from core.sheets.reading.findings import Findings
from core.sheets.reading.flights import FISCAL_GRAIN, Flight
from core.sheets.reading.months import month_of_word

_STARTS = re.compile(
    r"(?:\b(?:fiscal|financial)\s+year|\bFY\S*|\bgeschäftsjahr|\bexercice(?:\s+fiscal)?|\baño\s+fiscal|\bфинансовый\s+год)[\s(:=]*"
    r"(?:is|runs?|starts?|begins?|starting|beginning|from|ab|beginnt|du|de|desde|начинается|с|on|in|the|am|im|\s)*"
    r"(?:\d{1,2}(?:st|\.|er)?\s+)?(?:of\s+|de\s+)?(?P<month>[^\W\d_]{3,})",
    re.IGNORECASE,
)
_FISCAL_YEAR = re.compile(r"\bFY[\s'’-]?((?:20)?\d{2}(?:\s?[/–-]\s?(?:20)?\d{2})?)(?!\d)", re.IGNORECASE)
_COMMON = (1, 2, 4, 7, 9, 10)


def fiscal_start(texts: Iterable[str]) -> int | None:
    """Give the month in which a text says that the fiscal year starts (`fiscal year starts 1 July`, `FY: Apr-Mar`)."""
    found = {month for text in texts for match in _STARTS.finditer(text) if (month := month_of_word(match["month"])) is not None}
    return next(iter(found)) if len(found) == 1 else None


def fiscal_year(texts: Iterable[str]) -> int | None:
    """Give the one fiscal year that titles name (`FY26`, `FY 2025/26` is 2026)."""
    found = {int(match[1][-2:]) + 2000 for text in texts for match in _FISCAL_YEAR.finditer(text)}
    return next(iter(found)) if len(found) == 1 else None


def whole_fiscal_year(text: str) -> Flight | None:
    """Read a cell that only names a fiscal year (`FY2026/27`); None for any other text."""
    found = _FISCAL_YEAR.fullmatch(text.strip())
    return Flight(None, None, needs_year=True, grain=f"{FISCAL_GRAIN}{int(found[1][-2:]) + 2000}:0-11") if found else None


def placed_by_months(columns: Sequence[tuple[int, Flight]]) -> dict[int, Flight]:
    """Give the fiscal quarters and halves whose months stand beside them: right before or after each, or one for one in all."""
    fiscal = {column: _months_in(flight) for column, flight in columns if is_fiscal(flight) or _is_open_part(flight)}
    months = [(column, flight) for column, flight in columns if flight.grain == "month" and flight.month_day]
    if not fiscal or not months:
        return {}
    marks = [-1, *sorted(fiscal), max(column for column, _ in columns) + 1]
    runs = [[flight for column, flight in months if left < column < right] for left, right in pairwise(marks)]
    counts = [fiscal[column] for column in marks[1:-1]]
    for part in (runs[:-1], runs[1:]):
        if [len(run) for run in part] == counts and sum(counts) == len(months):
            return {column: _joined(run) for column, run in zip(marks[1:-1], part, strict=True)}
    if sum(counts) != len(months):
        return {}
    rest = iter([flight for _, flight in months])
    return {column: _joined([next(rest) for _ in range(count)]) for column, count in zip(marks[1:-1], counts, strict=True)}


def _is_open_part(flight: Flight) -> bool:
    """Tell whether a flight is a quarter or half of a year that nothing names: of which one its months tell."""
    return flight.needs_year and flight.grain in ("quarter", "half")


def _months_in(flight: Flight) -> int:
    if flight.month_day is not None:
        return flight.month_day[1][0] - flight.month_day[0][0] + 1
    first, _, last = flight.grain.rpartition(":")[2].partition("-")
    return int(last) - int(first) + 1


def _joined(months: Sequence[Flight]) -> Flight:
    first, last = months[0], months[-1]
    both = (first.month_day[0], last.month_day[1]) if first.month_day and last.month_day else None
    parts = ((first.start, last.end),) if first.start and last.end else ()
    return Flight(first.start, last.end, both, needs_year=first.needs_year, grain="month", parts=parts)


def as_fiscal(flight: Flight, year: int) -> Flight:
    """Give a quarter or half without a year as one of a fiscal year; any other flight as it is."""
    if not flight.needs_year or flight.grain not in ("quarter", "half") or flight.month_day is None:
        return flight
    return replace(flight, month_day=None, grain=f"{FISCAL_GRAIN}{year}:{flight.month_day[0][0] - 1}-{flight.month_day[1][0] - 1}")


def is_fiscal(flight: Flight) -> bool:
    """Tell whether a flight counts quarters or halves of a fiscal year whose start is not known yet."""
    return flight.grain.startswith(FISCAL_GRAIN)


def _month(answer: object) -> int | None:
    return int(str(answer)) if str(answer).isdecimal() and 1 <= int(str(answer)) <= 12 else None


def in_fiscal_year(flight: Flight, start: int | None, findings: Findings, text: str, address: str | None) -> Flight:
    """Place a fiscal quarter or half in the calendar; the year is named after the one it ends in. Asks where its start is not known."""
    year, _, span = flight.grain.removeprefix(FISCAL_GRAIN).partition(":")
    first, last = (int(part) for part in span.split("-"))
    if start is not None and all(warning.code != "fiscal_year" for warning in findings.warnings):
        findings.warn("fiscal_year", None, f"{_named(int(year), start)}: a fiscal year was taken to be named after the year it ends in.")
    elif start is None:
        options = [Option(month, _named(int(year), month)) for month in _COMMON]
        why = "nothing in the sheet says in which month its fiscal year starts"
        start = findings.ask("fiscal_year", "start", text, options, why=why, cell=address, accepts=_month)
    if start is None:
        return flight
    begin, end = _first(int(year), start, first), _last(int(year), start, last)
    both = ((begin.month, begin.day), (end.month, end.day))
    return Flight(begin, end, both, grain="quarter" if last - first == 2 else "half", parts=((begin, end),))


def _named(year: int, start: int) -> str:
    return f"FY{year} runs {_first(year, start, 0):%b %Y} to {_last(year, start, 11):%b %Y}"


def _first(year: int, start: int, offset: int) -> date:
    """Give the first day of the month that comes `offset` months into a fiscal year."""
    months = 12 * (year - (start > 1)) + start - 1 + offset
    return date(months // 12, months % 12 + 1, 1)


def _last(year: int, start: int, offset: int) -> date:
    return _first(year, start, offset + 1) - timedelta(days=1)
