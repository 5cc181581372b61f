"""A series as a file gives it: columns of texts with the lines they stand on, read as dates and numbers in the file's own conventions."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import pairwise

import numpy as np

from core.errors import InvalidInput
from core.planning.response.transforms import Array

_BLANK = {"", "na", "n/a", "nan", "null", "none", "-"}
_DATE_FORMATS = ("%Y/%m/%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y")
_COMMA_DECIMAL = re.compile(r"-?(\d+|\d{1,3}(\.\d{3})+),(\d{1,2}|\d{4,})|-?\d{1,3}(\.\d{3})+,\d+")
_POINT_DECIMAL = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)\.(\d{1,2}|\d{4,})|-?\d{1,3}(,\d{3})+\.\d+")
_GROUPED_BY_POINT = re.compile(r"-?\d{1,3}(\.\d{3})+")
_GROUPED_BY_COMMA = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of texts.

    Attributes:
        columns: by name, all of one length. lines: the line of the file that each row ends on (the header is 1).
        decimal_comma: amounts such as 1.234,5 stand in the file.
    """

    columns: dict[str, list[str]]
    lines: tuple[int, ...]
    decimal_comma: bool = False

    def __len__(self) -> int:
        return len(self.lines)

    def place(self, column: str, row: int) -> str:
        """Name a cell to a person."""
        return f"Column {column}, row {self.lines[row]}"


def is_blank(text: str) -> bool:
    """Tell whether a cell says nothing: empty, NA, null, a dash."""
    return text.casefold() in _BLANK


def parse_csv(text: str) -> Table:
    """Read a CSV (comma, semicolon or tab; the header decides); InvalidInput names the line."""
    content = text.lstrip("\ufeff")
    header = content.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    table = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(cell.strip() for cell in row)]
    if len(table) < 2:
        raise InvalidInput("The series has no rows: a header and at least one row are needed.")
    names, body = table[0][1], table[1:]
    for name, count in Counter(names).items():
        if name and count > 1:
            raise InvalidInput(f"Column {name!r} stands {count} times in the header: which one is meant cannot be told.")
    for line, row in body:
        if len(row) != len(names):
            raise InvalidInput(f"Row {line} has {len(row)} cells where the header has {len(names)}.")
    columns = {name: [row[i] for _, row in body] for i, name in enumerate(names)}
    cells = [_bare(cell) for column in columns.values() for cell in column]
    decimal_comma = any(map(_COMMA_DECIMAL.fullmatch, cells)) and (delimiter == ";" or not any(map(_POINT_DECIMAL.fullmatch, cells)))
    return Table(columns, tuple(line for line, _ in body), decimal_comma)


def _bare(text: str) -> str:
    """Take away a currency's sign or code, spaces and apostrophes between digits."""
    kept = "".join(c for c in text if unicodedata.category(c) != "Sc" and not c.isspace() and c not in "'’")
    return re.sub(r"^[A-Z]{3}(?=-?\d)|(?<=\d)[A-Z]{3}$", "", kept)


def read_numbers(table: Table, column: str, *, lowest: float = -math.inf) -> Array:
    """Read a column of amounts, (n,); NaN where a cell says nothing. Signs and codes of currencies are left away.

    Raises:
        InvalidInput: a cell is no finite number, or below `lowest`; names column and row.
    """
    texts = table.columns[column]
    bare = [_bare(text) for text in texts]
    known = [cell for cell, text in zip(bare, texts, strict=True) if not is_blank(text)]
    by_comma = table.decimal_comma and not any(map(_POINT_DECIMAL.fullmatch, known))
    grouped = by_comma and all("," in cell or "." not in cell or _GROUPED_BY_POINT.fullmatch(cell) for cell in known)
    read = _read_comma if grouped or (by_comma and any("," in cell for cell in known)) else _read_point
    values = np.full(len(texts), np.nan)
    for row, (cell, text) in enumerate(zip(bare, texts, strict=True)):
        if is_blank(text):
            continue
        value = read(cell)
        if value is None:
            raise InvalidInput(f"{table.place(column, row)}: {text!r} is not a number.")
        if not math.isfinite(value):
            raise InvalidInput(f"{table.place(column, row)}: {text!r} is not a finite number.")
        if value < lowest:
            raise InvalidInput(f"{table.place(column, row)}: {text} is negative.")
        values[row] = value
    return values


def _read_point(cell: str) -> float | None:
    return _float(cell.replace(",", "") if _GROUPED_BY_COMMA.fullmatch(cell) else cell)


def _read_comma(cell: str) -> float | None:
    return _float(cell.replace(".", "").replace(",", ".") if "," in cell or _GROUPED_BY_POINT.fullmatch(cell) else cell)


def _float(text: str) -> float | None:
    try:
        return float(text.replace("_", "x"))
    except ValueError:
        return None


def read_days(table: Table, column: str) -> list[date]:
    """Read a column of dates, all in one format; where 03/04 could be either way, the one that gives even steps.

    Raises:
        InvalidInput: a cell is no date, or day and month cannot be told apart; names column and row.
    """
    texts = [re.sub(r"(?<=\d{2})[T ]\d{1,2}:\d{2}.*$", "", text) for text in table.columns[column]]
    ways: list[Callable[[str], date]] = [date.fromisoformat, *(partial(_by_format, pattern=pattern) for pattern in _DATE_FORMATS)]
    read = [_read_all(texts, way) for way in ways]
    whole = [days for days in read if len(days) == len(texts)]
    if not whole:
        row = max(len(days) for days in read)
        raise InvalidInput(f"{table.place(column, row)}: {table.columns[column][row]!r} is not a date such as 2026-03-31.")
    even = [days for days in whole if _is_even(days)]
    if len(whole) > 1 and len({tuple(days) for days in even}) != 1:
        raise InvalidInput(f"{table.place(column, 0)}: day and month of {texts[0]!r} cannot be told apart. Give dates as 2026-03-31.")
    return (even or whole)[0]


def _read_all(texts: Sequence[str], way: Callable[[str], date]) -> list[date]:
    """Read texts up to the first that fails."""
    days = []
    for text in texts:
        try:
            days.append(way(text))
        except ValueError:
            break
    return days


def _by_format(text: str, pattern: str) -> date:
    return datetime.strptime(text, pattern).date()  # noqa: DTZ007 a calendar day has no zone


def _is_even(days: Sequence[date]) -> bool:
    gaps = [(b - a).days for a, b in pairwise(sorted(set(days)))]
    return bool(gaps) and (all(gap % 7 == 0 for gap in gaps) or float(np.median(gaps)) <= 2)


def period_days(table: Table, column: str, days: Sequence[date]) -> int:
    """Give 1 for daily, 7 for weekly dates.

    Raises:
        InvalidInput: they are neither, or one is far from all others; names the row that does not fit where there is one.
    """
    distinct = sorted(set(days))
    gaps = [(b - a).days for a, b in pairwise(distinct)]
    if not gaps:
        raise InvalidInput(f"Column {column}: at least 3 different dates are needed.")
    if max(gaps) > 400 and max(gaps) > 20 * sorted(gaps)[-2 if len(gaps) > 1 else -1]:
        at = gaps.index(max(gaps))
        row = days.index(distinct[at + 1] if at + 1 > len(distinct) / 2 else distinct[at])
        raise InvalidInput(f"{table.place(column, row)}: {days[row]} is {max(gaps)} days away from the dates beside it.")
    usual = float(np.median(gaps))
    if all(gap % 7 == 0 for gap in gaps):
        return 7
    if usual <= 2:
        return 1
    weekday = Counter(day.weekday() for day in days).most_common(1)[0][0]
    if usual == 7:
        row = next(i for i, day in enumerate(days) if day.weekday() != weekday)
        usually = next(day for day in days if day.weekday() == weekday)
        raise InvalidInput(f"{table.place(column, row)}: {days[row]} is a {days[row]:%A}, where weeks start on a {usually:%A}.")
    raise InvalidInput(f"Column {column}: the dates are neither daily nor weekly (most are {int(usual)} days apart).")
