"""Header cells that are periods (dates, months, quarters, weeks, ranges, runs of bare numbers), and numbers among them that are none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

from core.model.workbook import CellValue
from core.sheets.loading.number_formats import shows_month_only
from core.sheets.reading.dates import read_flight
from core.sheets.reading.flights import Flight
from core.sheets.reading.grid import Grid, day_of, is_blank, is_number, text_of
from core.sheets.reading.lexicon import senses
from core.sheets.reading.months import QUARTER_LETTERS, is_weekday, month_of_word

DAY_MONTH = re.compile(r"(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.?")
_MONTH_YEAR = re.compile(r"(?:0[1-9]|1[0-2])\.20\d\d")
_BURST = re.compile(r"[^\W\d]{3,12}\.?\s?(?:\d{1,2}|[IVX]{1,4})\s*(?:[:(]|\n)\s*(?P<days>[^():]{5,40}\d[^():]*)\)?")
_CURRENCY_BEHIND = re.compile(
    r"[\s,]*[(\[]?\s*(?:[€$£¥₽₴₺]|zł|kč|kr|tl|eur|usd|gbp|chf|pln|sek|nok|dkk|czk|try|inr|aed|cad|aud)\s*[)\]]?$", re.I
)
_NOTE_MARK = re.compile(r"(?<=[^\W_])[.\s]*(?:[*†‡→:]+|\^\d|[¹²³⁴⁵]|[(\[](?:\d|[a-f])[)\]])$")
"""A mark behind a header that sends to a note (`KW 10*`, `Mai ¹`, `Q3 [a]`)."""
_SHORT, _WORKDAYS = 3, 5
_BELOW = 7
_NUMBERED = re.compile(r"(\D*?)\s*(\d{1,2})")


def without_mark(text: str) -> str:
    """Give a header without the mark that sends to a note."""
    return _NOTE_MARK.sub("", text)


def period_in_header(value: CellValue, number_format: str | None) -> Flight | None:
    """Read a header cell as a period: a date, a month, a quarter, a week or a range."""
    day = day_of(value)
    if day is not None:
        if shows_month_only(number_format):
            month = read_flight(f"{day.year}-{day.month:02d}") or Flight(day, day)
            return replace(month, grain="month")
        return Flight(day, day, ((day.month, day.day), (day.month, day.day)), parts=((day, day),))
    if not isinstance(value, str) or len(value) > 40:
        return None
    text = without_mark(value.strip())
    if is_number(text) and not ("." in text and text.count(".") == 2) and not (DAY_MONTH.fullmatch(text) or _MONTH_YEAR.fullmatch(text)):
        return None
    flight = read_flight(text) or _planned_or_spent(text) or _burst(text) or _month_of_money(text)
    if (
        flight is not None
        and flight.grain == "month"
        and not any(c.isdigit() for c in text)
        and len(text) < 4
        and month_of_word(text) is None
        and text.casefold() not in QUARTER_LETTERS
    ):
        return None
    return flight


def _planned_or_spent(text: str) -> Flight | None:
    """Read a period with a word for plan or actual beside it (`Plan Jan 2026`, `Январь факт`)."""
    words = text.split()
    kept = [word for word in words if not any(sense.key in ("plan", "actual") for sense in senses(word, ("mod",)))]
    if not kept or len(kept) == len(words):
        return None
    flight = read_flight(" ".join(kept))
    return flight if flight is not None and flight.grain not in ("day", "year") else None


def _month_of_money(text: str) -> Flight | None:
    """Read a month with its currency behind it (`Jan 2026 €`, `März (EUR)`)."""
    flight = read_flight(_CURRENCY_BEHIND.sub("", text))
    return flight if flight is not None and flight.grain == "month" else None


def _burst(text: str) -> Flight | None:
    """Read the days that a numbered burst names in brackets (`Burst 1 (02 Mar - 29 Mar)`)."""
    found = _BURST.fullmatch(text)
    return read_flight(found["days"]) if found else None


_LAST = (4, 5, 28, 29, 30, 31, 52, 53)


def longest_run(row: dict[int, CellValue]) -> int:
    """Count the cells of the longest run of numbers that rise by one: bare (days 1 to 31) or behind one word (`P1` to `P13`).

    A run goes on where days, weeks of a month or weeks of a year begin again.
    """
    best = length = 0
    before: tuple[int, str, int] | None = None
    for column, value in sorted(row.items()):
        word, number = _numbered(value)
        beside = before is not None and word == before[1] and column - before[0] <= 2
        follows = beside and before is not None and (number == before[2] + 1 or (number == 1 and before[2] in _LAST))
        length = (length + 1 if follows else 1) if 0 < number < 60 else 0
        before = (column, word, number) if number else None
        best = max(best, length)
    return best if best >= 5 else 0


def _numbered(value: CellValue) -> tuple[str, int]:
    """Split a cell into its word and its number; 0 where it has none."""
    found = _NUMBERED.fullmatch(value.strip().casefold()) if isinstance(value, str) and len(value) <= 20 else None
    if found:
        return found[1], int(found[2])
    return "", value if isinstance(value, int) and not isinstance(value, bool) else 0


def is_orderly(days: list[date]) -> bool:
    """Tell whether single days read as a time axis: rising by even steps, most of them; starts of line items do not."""
    steps = [(later - earlier).days for earlier, later in pairwise(days)]
    even = [step for step in steps if 0 < step <= 31 or 80 < step < 95]
    return len(days) < 3 or (len(even) >= 0.8 * len(steps) and max(even) <= 1.4 * min(even))


def is_weekdays(grid: Grid, row: int) -> bool:
    """Tell whether a row only repeats a few short words over many columns (`Mo Tu We`, `пн вт ср`)."""
    texts = [str(cell.value).strip() for cell in grid.rows.get(row, {}).values() if not is_blank(cell.value)]
    return len(texts) >= 5 and len(set(texts)) <= 7 and all(text.isalpha() and len(text) <= 3 for text in texts)


def weekday_columns(row: dict[int, CellValue]) -> set[int]:
    """Give the columns of runs of five or more neighbouring letters or short names of weekdays (`L M M J V S D`): they count days."""
    found: set[int] = set()
    run: list[int] = []
    for column, value in [*sorted(row.items()), (0, None)]:
        text = value.strip(" .") if isinstance(value, str) else ""
        is_day = text.isalpha() and (len(text) == 1 or (len(text) <= _SHORT and is_weekday(text)))
        if not is_day or (run and column - run[-1] != 1):
            found |= set(run) if len(run) >= _WORKDAYS else set()
            run = []
        run += [column] if is_day else []
    return found


def is_days_of_months(grid: Grid, above: int, row: int) -> bool:
    """Tell whether a row holds nothing but days of the months that stand above it, rising within each month."""
    cells = sorted((c, cell.value) for c, cell in grid.rows.get(row, {}).items() if not is_blank(cell.value))
    others = [c for c, value in cells if not isinstance(value, int)]
    cells = [(c, value) for c, value in cells if isinstance(value, int)]
    days = [value for _, value in cells if isinstance(value, int) and 1 <= value <= 31]
    flights = {c: period_in_header(cell.value, cell.number_format) for c, cell in grid.rows[above].items()}
    months = [c for c, flight in flights.items() if flight is not None and flight.grain == "month"]
    if len(days) < max(4, len(cells), 3 * len(others)) or not months or cells[0][0] < min(months):
        return False
    return all(
        later > earlier or column in months for (_, earlier), (column, later) in pairwise(zip((c for c, _ in cells), days, strict=False))
    )


def stands_alone(grid: Grid, row: int) -> bool:
    """Tell whether nothing stands under the one number of a row, while something does under most texts: a box beside a header."""
    cells = {column: cell.value for column, cell in grid.rows[row].items() if not is_blank(cell.value)}
    below = {c for r in range(row + 1, row + _BELOW) for c, cell in grid.rows.get(r, {}).items() if not is_blank(cell.value)}
    texts = [column for column, value in cells.items() if text_of(value)]
    numbers = [column for column, value in cells.items() if is_number(value) and not is_year(value)]
    return below.isdisjoint(numbers) and 2 * len(below.intersection(texts)) > len(texts)


def is_year(value: CellValue) -> bool:
    """Tell whether a cell holds a year as a number or as four digits."""
    return (isinstance(value, int) and 1990 <= value <= 2100) or (
        isinstance(value, str) and len(value.strip()) == 4 and value.strip()[:2] in ("19", "20")
    )
