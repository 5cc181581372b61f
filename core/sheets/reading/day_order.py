"""Which of day and month stands first in all-numeric dates: by days above 12, or open."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.sheets.reading.date_points import DayOrder


def settle_order(texts: Iterable[str], separators: str = "./-") -> DayOrder | None:
    """Give the order of day and month that all-numeric texts decide; None when none decides or they contradict each other."""
    dmy = mdy = 0
    for text in texts:
        for match in re.finditer(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(?:20)?\d{2}(?!\d)", text):
            if match[2] not in separators:
                continue
            first, second = int(match[1]), int(match[3])
            dmy += first > 12 >= second
            mdy += second > 12 >= first
            dmy += match[2] == "." and first <= 12 and second <= 12
    return "dmy" if dmy and not mdy else "mdy" if mdy and not dmy else None


def is_order_open(text: str) -> bool:
    """Tell whether day and month of an all-numeric date could change places."""
    match = re.fullmatch(r"\s*(\d{1,2})([/-])(\d{1,2})\2(?:20)?\d{2}\s*", text)
    return match is not None and int(match[1]) <= 12 and int(match[3]) <= 12 and match[1].lstrip("0") != match[3].lstrip("0")
