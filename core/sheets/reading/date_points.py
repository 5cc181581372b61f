"""One end of a date as people write it: a day, a month or a year, with what is missing left open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.sheets.reading.lexicon import normalise
from core.sheets.reading.months import month_names, without_weekday

DayOrder = Literal["dmy", "mdy"]


@dataclass(frozen=True, slots=True)
class Point:
    """One named end of a range, with what is missing left None."""

    year: int | None
    month: int | None
    day: int | None
    text: str
    grain: str = "day"


_NUMERIC = re.compile(r"(\d{1,4})\s*([./-])\s*(\d{1,2})(?:\s*\2\s*(\d{4}|\d{2}))?(?!\d)")
ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?: ?(?:UTC|Z|[+-]\d{2}:?\d{2}))?)?")
_EAST_ASIAN = re.compile(r"(?:(\d{4})[年년]\s*)?(\d{1,2})[月월]\s*(?:(\d{1,2})[日일])?")
_WORDY = re.compile(
    r"(?<!\d)(?P<d1>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª|-го|-е)?\s*(?:de\s+|of\s+)?(?P<m1>[^\W\d_]{3,})\.?,?\s*(?:de\s+|of\s+)?(?P<y1>(?:20)\d{2}|['’]\d{2})?"
    r"|(?P<m2>[^\W\d_]{3,})\.?[\s-]*(?:(?:de|do|of|del)\s+(?=20))?(?:(?P<d2>\d{1,2})(?:st|nd|rd|th)?(?!\d))?,?"
    r"[\s'’./-]*(?P<y2>20\d{2}|(?<=['’/ -])\d{2}(?!\d))?",
    re.IGNORECASE,
)
_DAY_WORD_YEAR = re.compile(r"(\d{1,2})[-./\s]([^\W\d_]{3,})\.?(?:[-./\s](\d{4}|\d{2}))?")
_MONTH_OF_YEAR = re.compile(r"(0[1-9]|1[0-2]|[1-9](?=/))[/.](20\d{2})")
_LAST_SHORT_YEAR = 2039
YEAR_WORD = re.compile(r"(?:(?<=\d)\s*|\s+)(?:г\.?|года?|р\.?|рік|year|гг\.?|r\.?|roku)$", re.IGNORECASE)


def day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(text: str | None) -> int | None:
    if not text:
        return None
    digits = text.strip("'’ ")
    return int(digits) + 2000 if len(digits) == 2 else int(digits)


def _numeric_point(match: re.Match[str], order: DayOrder) -> Point | None:
    first, second, third = match[1], match[3], match[4]
    if len(first) == 3 or (len(first) == 4 and third is not None and len(third) == 4):
        return None
    if len(first) == 4:
        return Point(int(first), int(second), int(third) if third else None, match[0], "day" if third else "month")
    if third is None and match[2] == "." and int(second) > 12 and len(second) == 2 and order == "dmy":
        return None
    day, month = (int(second), int(first)) if order == "mdy" else (int(first), int(second))
    if (order == "mdy" and month > 12 >= day) or (order == "dmy" and month > 12 >= day and third is not None and match[2] in "/-"):
        day, month = month, day
    return Point(full_year(third), month, day, match[0])


def _wordy_point(text: str) -> Point | None:
    names = month_names()
    for match in _WORDY.finditer(text):
        word = match["m1"] or match["m2"]
        month = names.get(normalise(word))
        if month is None:
            continue
        rest = (text[: match.start()] + text[match.end() :]).strip(" .,()")
        if rest and not re.fullmatch(r"(?:20\d{2}|\d{2})?\s*(?:г\.?|год[ау]?|р\.?|року)?", rest):
            return None
        if len(match["y2"] or "") == 2 and re.search(r"20\d{2}", rest):  # `March 2-29, 2026` is a range, not 2029
            return None
        year = full_year(match["y1"] or match["y2"]) or full_year((re.search(r"20\d{2}", rest) or [None])[0])
        if len(match["y1"] or match["y2"] or "") == 2 and (year or 0) > _LAST_SHORT_YEAR:
            return None  # `Sett. 45` is a week in Italian, and `Mar 78` nothing
        day = match["d1"] or match["d2"]
        if (
            match["m2"]
            and day
            and year is None
            and len(day) == 2
            and int(day) > 20
            and not match["y2"]
            and re.search(r"[-'’./]\s*\d{2}$", text)
        ):
            return Point(2000 + int(day), month, None, match[0], "month")
        return Point(year, month, int(day) if day else None, match[0].strip(), "day" if day else "month")
    return None


def read_point(text: str, order: DayOrder) -> Point | None:
    clean = without_weekday(YEAR_WORD.sub("", text.strip(" ,;")).strip())
    iso = ISO_DAY.fullmatch(clean)
    if iso:
        return Point(int(iso[1]), int(iso[2]), int(iso[3]), clean)
    eastern = _EAST_ASIAN.fullmatch(clean)
    if eastern:
        day = int(eastern[3]) if eastern[3] else None
        return Point(full_year(eastern[1]), int(eastern[2]), day, clean, "day" if day else "month")
    if of_year := _MONTH_OF_YEAR.fullmatch(clean):
        return Point(int(of_year[2]), int(of_year[1]), None, clean, "month")
    numeric = _NUMERIC.fullmatch(clean.rstrip("."))
    if numeric:
        return _numeric_point(numeric, order)
    if bare := re.fullmatch(r"(\d{1,2})(?:er|st|nd|rd|th|\.)?", clean):
        return Point(None, None, int(bare[1]), clean)
    if of_last := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|\.)?,?\s+(20\d{2})", clean):
        return Point(int(of_last[2]), None, int(of_last[1]), clean)
    if compact := re.fullmatch(r"(20\d{2})(0[1-9]|1[0-2])([0-3]\d)", clean):
        return Point(int(compact[1]), int(compact[2]), int(compact[3]), clean)
    named = _DAY_WORD_YEAR.fullmatch(clean)
    if named and (month := month_names().get(normalise(named[2]))) is not None:
        return Point(full_year(named[3]), month, int(named[1]), clean)
    return _wordy_point(clean) if any(char.isalpha() for char in clean) else None
