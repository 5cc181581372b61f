"""Dates and periods as people write them: single days, ranges with gaps, months, quarters, ISO weeks, with and without a year."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from core.sheets.reading.date_points import ISO_DAY, YEAR_WORD, DayOrder, Point, day_or_none, full_year, read_point
from core.sheets.reading.date_words import in_plain_days
from core.sheets.reading.day_order import settle_order
from core.sheets.reading.flights import FISCAL_GRAIN, Flight, flight_of, from_to
from core.sheets.reading.months import (
    FISCAL,
    HALF,
    HALF_MONTH,
    ISO_WEEK,
    QUARTER,
    QUARTER_LETTERS,
    WEEK,
    WEEK_FROM,
    WEEK_LIST,
    WEEK_TO,
    WEEKS,
    without_weekday,
)

_HYPHENS = {**dict.fromkeys(map(ord, "\u2212\u2010\u2011"), "-"), **dict.fromkeys(map(ord, "~〜～∼"), " – ")}
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_DASH = re.compile(
    r"\s*(?:–|—|−|\bto\b|\buntil\b|\bbis\b|\bпо\b|\bдо\b|\btill\b|\bau\b|\bal\b|\ba\b|\bà\b|\bt/m\b|\btot\b|\bdo\b|\bthrough\b|\bs/d\b|\bs\.d\.|\bsampai\b|\bhingga\b|\bt\.?o\.?m\b\.?|\bate\b|\s-\s|->|→|\.\.\.?|…)\s*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:from|starting|beginning|start|ab dem|à partir du|a partir del|dès|desde|vanaf|c(?=\s+\d)"
    r"|von|vom|с|со|з|от|du|le|del|dal|od|från|van|ab|de|начиная с|весь|вся|whole|all of|ganzer|tout le mois de|todo"
    r"|evt|et(?=\s\d)|on|am|erstverkaufstag)\s+",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"[\s,(]+(?:for|für|pendant|durante|per|na|на)?\s*(?P<count>\d{1,3})\s*"
    r"(?:(?P<weeks>weeks?|wks?|wochen?|semaines?|semanas?|settiman\w+|weken|veckor|недел\w*|нед\.?|тижн\w*)"
    r"|days?|tagen?|tage|jours?|d[ií]as?|giorni|dagen|dagar|dni|дн\w*)\)?$",
    re.IGNORECASE,
)
"""How long something runs, behind its first day: `2 March 2026, 4 weeks`."""
_TIME_OF_DAY = re.compile(r"(?<=\d),?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m\b|\s?uhr\b|h\b)?(?=\s*(?:[-–—]|to\b|bis\b|$))", re.IGNORECASE)
_ISO_RANGE = re.compile(r"^(\d{4}-\d{2}-\d{2})\s+/\s+(\d{4}-\d{2}-\d{2})$")
_OPEN = re.compile(
    r"^(?:from|starting|beginning|ab|od|c(?=\s\d)|с|со|з|із|від|от|начиная с|dal|dès|à partir du|desde|vanaf|från)\s", re.IGNORECASE
)
"""Words before a day on which something starts, and nothing says when it ends."""
_UNTIL = re.compile(
    r"^(?:until|till|up to|bis(?: zum)?|до|по|jusqu'au|jusqu’au|hasta(?: el)?|fino al|t/m|tot(?: en met)?|do|ate|até)\s+(?=\d)",
    re.IGNORECASE,
)
"""Words before the day on which something ends, and nothing says when it starts."""
_AND = re.compile(r"[,;+&\n]|\b(?:и|та|і|und|u\.|and|et|y|e|en|i|och|og|ve|a)(?=\s)")
_WEEK_OF_MONTH = re.compile(
    r"^(?P<month>[^\W\d_]{3,}\.?(?: 20\d{2})?)[\s/(,|-]+(?P<week>(?:KW|CW|WK|Week|W|uke|uge|v\.?)\s?\d{1,2})\)?$", re.IGNORECASE
)
"""A week with the month it lies in before it: `Juni KW 23`."""
_MONTHS_TOLD = re.compile(r"^(?P<name>[^()]{2,30})\((?P<months>[^()]*[^\W\d_]{3,}[^()]*)\)$")
"""A quarter that says its months, which need not be the calendar's: `Q1 (Jul-Sep)`."""
_YEAR_FIRST = re.compile(r"^(20\d{2})[\s/-]*([QHTK]\s?[1-4])$", re.IGNORECASE)
_WEEKS_BEFORE = re.compile(r"^(\d{1,2})\.?\s*[-–]\s*(\d{1,2})\.?\s*(KW|нед\w*\.?|uke|hafta|тиж\w*|týden|hét)\b\.?", re.IGNORECASE)
_SPACED_YEAR = re.compile(r"(\d/\d{1,2})\s+(20\d{2})$")
_FROM_YEAR_FIRST = re.compile(r"^(20\d{2})[./](\d{1,2})[./](\d{1,2})\.?\s*[-–]\s*(\d{1,2})[./](\d{1,2})\.?$")
"""`2026.03.02-03.29.` and `2026/4/1~4/30`: the year of the first day is that of the last."""
_PARTS = re.compile(r"[:()\[\]|]|,\s|\s[-–—]\s(?=\D)|(?<=\D)\s[-–—]\s")
"""Parts a heading into its name and the days that it names."""
_LAST_YEAR = 35
_ROMAN = re.compile(r"^([IІ]{1,3}|[IІ]V)\s+(?=кв|quart|trim|kwart|Q|пол|semestr|halb|пів)", re.IGNORECASE)
_ROMAN_KW = re.compile(r"^([IІ]{1,3}|[IІ]V)\s+kw\b\.?", re.IGNORECASE)
"""A quarter in Polish: weeks, which are `KW` in German, have no Roman numbers."""
_ROMANS = {"I": 1, "II": 2, "III": 3, "IV": 4, "І": 1, "ІІ": 2, "ІІІ": 3, "ІV": 4}


def _calendar_flight(text: str) -> Flight | None:
    """Read a quarter, half-year, week or bare year."""
    if (quarter := QUARTER_LETTERS.get(text[:3].casefold())) and not text[3:4].isalpha():
        months = _calendar_flight(f"Q{quarter}{text[3:]}")
        return replace(months, grain="month") if months else None  # of the calendar, also in a fiscal year
    text = _YEAR_FIRST.sub(r"\2 \1", _WEEKS_BEFORE.sub(r"\3 \1-\2", text))
    if weeks := _weeks_flight(text):
        return weeks
    if fiscal := FISCAL.match(text):
        size = 6 if (fiscal["p1"] or fiscal["p2"]).upper() == "H" else 3
        first, year = (int(fiscal["n1"] or fiscal["n2"]) - 1) * size, full_year(re.split("[/-]", fiscal["y1"] or fiscal["y2"])[-1])
        return Flight(None, None, None, needs_year=True, grain=f"{FISCAL_GRAIN}{year}:{first}-{first + size - 1}") if first < 12 else None
    for pattern, size, grain in ((QUARTER, 3, "quarter"), (HALF, 6, "half")):
        if match := pattern.match(text):
            number, year = int(next(g for g in match.groups()[: (3 if size == 3 else 2)] if g)), full_year(match["year"])
            first, last = (number - 1) * size + 1, number * size
            flight = flight_of(Point(year, first, None, text), Point(year, last, None, text))
            return replace(flight, grain=grain) if flight else None
    if re.fullmatch(
        r"(?:FY|год|year|jahr|ganzjährig|all year|весь год|toute l'année|todo el año|cały rok)?\s*20[1-4]\d\s*(?:г\.?|год|р\.?|рік)?",
        text,
        re.IGNORECASE,
    ):
        year = int(re.findall(r"20\d\d", text)[0])
        return Flight(date(year, 1, 1), date(year, 12, 31), ((1, 1), (12, 31)), grain="year")
    return None


def _weeks_flight(text: str) -> Flight | None:
    """Read an ISO week, a week, or several that follow each other."""
    if iso := ISO_WEEK.match(text):
        return _week(int(iso["year"]), int(iso["week"]))
    if (match := WEEKS.match(text)) and 1 <= int(match["first"]) <= 53 and 1 <= int(match["last"]) <= 53:
        first, last = int(match["first"]), int(match["last"])
        follows = first + 1 == last > _LAST_YEAR  # `KW 48/49`; `KW 10/26` is a week of 2026, `KW 52-02` runs on
        runs_on = "/" not in text or last < 20 or follows or match["year"] is not None
        if (first < last or last < 20) and runs_on:
            weeks = Flight(None, None, None, needs_year=True, grain=f"week{first}-{last}")
            year = full_year(match["year"])
            return week_in_year(weeks, year) if year else weeks
    if match := WEEK_LIST.match(text):
        numbers = [int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)]
        if numbers == sorted(numbers) and numbers[0] >= 1 and numbers[-1] <= 53:
            weeks = Flight(None, None, None, needs_year=True, grain=f"week{numbers[0]}-{numbers[-1]}")
            return week_in_year(weeks, int(match["year"])) if match["year"] else weeks
    if match := WEEK.match(text):
        number, year = int(match["a"] or match["b"]), full_year(match["year"])
        return (
            (_week(year, number) if year else Flight(None, None, None, needs_year=True, grain=f"week{number}"))
            if 1 <= number <= 53
            else None
        )
    return None


def _week(year: int, number: int) -> Flight | None:
    try:
        start = date.fromisocalendar(year, number, 1)
    except ValueError:
        return Flight(None, None, impossible=f"W{number}", grain="week")
    end = start + timedelta(days=6)
    return Flight(start, end, ((start.month, start.day), (end.month, end.day)), grain="week", parts=((start, end),))


def week_in_year(flight: Flight, year: int) -> Flight:
    """Complete a week that was given without its year."""
    first, _, last = flight.grain.removeprefix("week").partition("-")
    begin, finish = _week(year, int(first)), _week(year + (bool(last) and int(last) < int(first)), int(last or first))
    if begin is None or finish is None or not (begin.start and finish.end) or not last:
        return begin or flight
    both = ((begin.start.month, begin.start.day), (finish.end.month, finish.end.day))
    return Flight(begin.start, finish.end, both, grain="week", parts=((begin.start, finish.end),))


def _split_ends(text: str) -> list[str] | None:
    """Cut a range into its two ends; a hyphen counts only where it does not belong to a date."""
    if ISO_DAY.fullmatch(text):
        return None
    if text.count("/") == 1 and re.search(r"^\d{4}-\d{2}-\d{2}/|^[^\W\d_]{3,}\.?/[^\W\d_]{3,}", text):
        return text.split("/")
    parts = [part for part in _DASH.split(text) if part.strip()]
    if len(parts) == 2:
        return parts
    if text.count("-") == 1:
        left, right = text.split("-")
        return [left, right] if left.strip() and right.strip() else None
    if text.count("-") >= 3:
        middle = [match.start() for match in re.finditer("-", text)][text.count("-") // 2]
        return [text[:middle], text[middle + 1 :]]
    return None


@lru_cache(maxsize=16384)
def read_flight(text: str, order: DayOrder = "dmy") -> Flight | None:
    """Read a text as a day, a range, several ranges, a month, a quarter or a week; None when it is no date at all.

    Args:
        text: `15.07-14.08.24`, `08-16, 24-30.09.2024`, `Q3 2025`, `KW 12`, `January`, `5 de maio de 2026 - 15 de maio de 2026`.
        order: which of day and month stands first in all-numeric dates that do not tell it themselves.
    """
    clean = _SPACES.sub(" ", text.translate(_HYPHENS)).strip().strip('"')
    if not clean or len(clean) > 120 or not (any(c.isdigit() for c in clean) or any(c.isalpha() for c in clean)):
        return None
    clean = _ISO_RANGE.sub(r"\1/\2", _TIME_OF_DAY.sub("", clean)).rstrip("* ")
    if told := _lasting(clean, order) or _weeks_told(clean, order):
        return told
    side = "end" if _OPEN.match(clean) else "start" if _UNTIL.match(clean) else ""
    words, clean = clean, _UNTIL.sub("", clean)
    order = settle_order([clean], "/") or order
    clean = _LEAD.sub("", YEAR_WORD.sub("", clean)).strip(" .;")
    if told := _months_told(clean, order):
        return told
    clean = _ROMAN_KW.sub(lambda match: f"Q{_ROMANS[match[1].upper()]}", clean)
    if whole := _calendar_flight(_ROMAN.sub(lambda match: f"{_ROMANS[match[1].upper()]} ", clean)):
        return whole
    if whole_point := read_point(clean, order):
        if whole_point.month is not None and not _is_pair_of_numbers(clean, whole_point):
            flight = flight_of(whole_point, whole_point)
            return flight.opened(side) if flight and flight.grain == "day" else flight
        return None
    clean = _FROM_YEAR_FIRST.sub(r"\1-\2-\3 - \1-\4-\5", _SPACED_YEAR.sub(r"\1/\2", clean))
    ends = _split_ends(clean)
    if ends:
        quarters = [_calendar_flight(end.strip()) for end in ends]
        if all(quarters):
            return _span(quarters[0], quarters[1])
        first, last = read_point(ends[0], order), read_point(ends[1], order)
        if first and last:
            return flight_of(first, last)
    return _several(without_weekday(clean), order) or _in_words(words, order)


def _in_words(text: str, order: DayOrder) -> Flight | None:
    """Read a flight told in words (`mid June to end of July`)."""
    told = in_plain_days(text)
    flight = read_flight(told.text, order) if told else None
    return flight.opened(told.open) if told and flight else None


def flight_of_heading(text: str, year: int | None) -> Flight | None:
    """Give the days that the heading over some lines names (`Q3 2025`, `Flight 1: 01.09.2025 - 28.09.2025`); None where it names none.

    Args:
        year: counts where the heading names none; a single day is none that lines run.
    """
    for part in (text, *_PARTS.split(text)):
        flight = read_flight(part.strip()) if part.strip() else None
        flight = flight.in_year(year) if flight and year else flight
        lasts = flight is not None and (flight.grain in ("month", "quarter", "half", "week") or flight.start != flight.end)
        if flight and lasts and flight.start and flight.end and flight.grain != "year":
            return flight
    return None


def _is_pair_of_numbers(text: str, point: Point) -> bool:
    """Tell whether a text is two numbers with a hyphen between them (`3-15`): as well a range of days as a day of a month."""
    return point.day is not None and point.year is None and text.count("-") == 1 and text.replace("-", "").isdigit()


def _half(month: Flight | None, *, first: bool) -> Flight | None:
    """Give the days of a month to its 15th, or those from its 16th on."""
    if month is None or month.grain != "month" or month.month_day is None or month.month_day[0][0] != month.month_day[1][0]:
        return None
    number, last = month.month_day[1]
    flight = Flight(None, None, ((number, 1 if first else 16), (number, 15 if first else last)), needs_year=True)
    return flight.in_year(month.start.year) if month.start else flight


def _weeks_told(text: str, order: DayOrder) -> Flight | None:
    """Read the week that begins or ends with a day (`w/c 2 March`), or the weeks from one to another (`w/c 2 Mar - w/c 23 Mar`)."""
    for words, offset in ((WEEK_FROM, 0), (WEEK_TO, -6)):
        about = words.match(text)
        if about is None or about.end() == len(text):
            continue
        rest = text[about.end() :]
        ends = [end for end in re.split(r"\s*[-–—]\s*|\s+(?:to|bis|au|al|по)\s+", rest) if end]
        last = words.match(ends[-1]) if len(ends) == 2 else None
        if last is None:
            return week_about(read_flight(rest, order), offset)
        days = read_flight(f"{ends[0]} - {ends[1][last.end() :]}", order)
        return (
            from_to(days.start + timedelta(days=offset), days.end + timedelta(days=offset + 6))
            if days and days.start and days.end
            else days
        )
    return None


def _lasting(text: str, order: DayOrder) -> Flight | None:
    """Read a first day or week with how long it runs behind it (`2 March 2026, 4 weeks`)."""
    told = _LASTING.search(text)
    first = read_flight(text[: told.start()], order) if told else None
    if told is None or first is None or first.grain not in ("day", "week"):
        return None
    days = timedelta(days=int(told["count"]) * (7 if told["weeks"] else 1) - 1)
    if first.start is not None:
        return from_to(first.start, first.start + days)
    if first.month_day is None or not first.needs_year or first.grain != "day":
        return None
    end = date(2025, *first.month_day[0]) + days  # where the 29th of February could lie between them the year is needed
    is_sure = first.month_day[0] > (2, 28) and end < date(2026, 2, 28)
    return Flight(None, None, (first.month_day[0], (end.month, end.day)), needs_year=True) if is_sure or end < date(2025, 2, 28) else None


def _months_told(text: str, order: DayOrder) -> Flight | None:
    """Read a week beside its month, a quarter that says its months, and half a month."""
    if (week := _WEEK_OF_MONTH.match(text)) and (month := read_flight(week["month"])) and month.grain == "month":
        return read_flight(f"{week['week']} {month.start.year}" if month.start else week["week"])
    if told := _MONTHS_TOLD.match(text):
        months = read_flight(told["months"], order)
        return months if months and months.grain == "month" and _calendar_flight(told["name"].strip()) else None
    half = HALF_MONTH.match(text)
    return _half(read_flight(half["month"], order), first=half["one"] is not None) if half else None


def week_about(day: Flight | None, first: int = 0) -> Flight | None:
    """Give the seven days that begin so many days from a day (0: on it, -6: that end on it); the day itself where its year is not known."""
    if day is None or day.start is None or day.start != day.end:
        return day
    start, end = day.start + timedelta(days=first), day.start + timedelta(days=first + 6)
    both = ((start.month, start.day), (end.month, end.day))
    return Flight(start, end, both, grain="week", parts=((start, end),))


def _span(first: Flight | None, last: Flight | None) -> Flight | None:
    if first is None or last is None or first.month_day is None or last.month_day is None:
        return None
    both = (first.month_day[0], last.month_day[1])
    if last.start is None:
        return Flight(None, None, both, needs_year=True, grain=first.grain)
    return Flight(first.start or day_or_none(last.start.year, *both[0]), last.end, both, grain=first.grain)


def _several(text: str, order: DayOrder) -> Flight | None:
    """Read several ranges in one text (`08-16, 24-30.09.2024`): month and year of the last count for those before it."""
    pieces = [piece.strip() for piece in _AND.split(text) if piece.strip()]
    if len(pieces) < 2:
        return None
    last = read_point((_split_ends(pieces[-1]) or pieces[-1:])[-1], order)
    flights: list[Flight] = []
    for piece in pieces:
        flight = read_flight(piece, order)
        if flight is None and last is not None:
            bounds = [read_point(end, order) for end in (_split_ends(piece) or [piece])]
            if all(b is not None for b in bounds):
                known = [replace(b, month=b.month or last.month, year=b.year or last.year) for b in bounds if b]
                flight = flight_of(known[0], known[-1])
        if flight is None:
            return None
        flights.append(flight)
    if all(f.month_day and f.needs_year and f.grain == flights[0].grain for f in flights) and flights[0].grain in ("day", "month"):
        return _on_without_year(flights)
    flights = _in_the_last_year(flights)
    if any(flight.start is None or flight.end is None for flight in flights):
        return None
    parts = tuple((f.start, f.end) for f in flights if f.start and f.end)
    return Flight(min(p[0] for p in parts), max(p[1] for p in parts), None, parts=parts)


def _on_without_year(flights: list[Flight]) -> Flight | None:
    """Join months without a year that follow one another (`Mai & Juni`), or days of one year that rise (`9, 16, 23 Oct`)."""
    ends, grain = [flight.month_day for flight in flights if flight.month_day], flights[0].grain
    steps = [(after[0][0] - before[1][0], after[0] > before[1]) for before, after in pairwise(ends)]
    if any(step not in (1, -11) if grain == "month" else not rises for step, rises in steps):
        return None
    return Flight(None, None, (ends[0][0], ends[-1][1]), needs_year=True, grain=grain)


def _in_the_last_year(flights: list[Flight]) -> list[Flight]:
    """Let the year of the last of several count for those before it; one that comes later in the year belongs to the year before."""
    done = flights[-1:]
    for flight in reversed(flights[:-1]):
        if flight.needs_year and not flight.grain.startswith("week") and done[0].start is not None and flight.month_day is not None:
            first = done[0].start
            flight = flight.in_year(first.year - (flight.month_day[0] > (first.month, first.day)))
        done.insert(0, flight)
    return done
