"""Which of day and month stands first in all-numeric dates: by days above 12, or open."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.sheets.reading.date_points import DayOrder

_DATED = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(?:20)?\d{2}(?!\d)")
_YEARLESS = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")
_DATE = r"\d{1,2}(?:/\d{1,2}(?:/(?:20)?\d{2})?|-\d{1,2}-(?:20)?\d{2})"
_OPEN = re.compile(rf"\s*{_DATE}(?:\s*(?:[-–—]|to|bis|until|thru)\s*{_DATE})?\s*", re.IGNORECASE)
_YEARS = range(20, 40)


def settle_order(texts: Iterable[str], separators: str = "./-") -> DayOrder | None:
    """Give the order of day and month that all-numeric texts decide; None when none decides or they contradict each other."""
    dmy = mdy = 0
    yearless: list[tuple[int, int]] = []
    for text in texts:
        for match in _DATED.finditer(text):
            if match[2] not in separators:
                continue
            first, second = int(match[1]), int(match[3])
            dmy += first > 12 >= second
            mdy += second > 12 >= first
            dmy += match[2] == "." and first <= 12 and second <= 12
        if "/" in separators:
            yearless += [(int(first), int(second)) for first, second in _YEARLESS.findall(text)]
    if not _are_months(yearless):
        dmy += sum(first > 12 >= second for first, second in yearless)
        mdy += sum(second > 12 >= first for first, second in yearless)
    return "dmy" if dmy and not mdy else "mdy" if mdy and not dmy else None


def _are_months(pairs: list[tuple[int, int]]) -> bool:
    """Tell whether `1/26`, `3/27` are months of years near each other rather than days."""
    years = {second for _, second in pairs}
    return bool(years) and all(year in _YEARS for year in years) and max(years) - min(years) <= 2


def order_of_answer(answer: object) -> DayOrder | None:
    """Give the order that an answer names, None where it names none."""
    return "dmy" if answer == "dmy" else "mdy" if answer == "mdy" else None


def is_order_open(text: str) -> bool:
    """Tell whether day and month of an all-numeric date, or of both ends of a range, could change places."""
    if _OPEN.fullmatch(text) is None:
        return False
    pairs = [(int(match[1]), int(match[3])) for match in _DATED.finditer(text)]
    pairs += [(int(first), int(second)) for first, second in _YEARLESS.findall(text)]
    return all(max(pair) <= 12 for pair in pairs) and any(first != second for first, second in pairs)
