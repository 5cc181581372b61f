"""What a value becomes when it is entered: kept as it is (RAW) or read as a person's typing (USER_ENTERED)."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from typing import NamedTuple

from connectors.sandbox.sheets.document import Value
from connectors.sandbox.sheets.locales import Convention, convention
from connectors.sandbox.wire import Json

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_CURRENCY_SIGNS = "$€£¥₽₴"
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheet serials have no zone


class Entry(NamedTuple):
    """The effective value, the formula if it is one, and the number format that typing brings with it."""

    value: Value
    formula: str | None = None
    number_format: Json | None = None


def serial(moment: date | datetime | time) -> float | int:
    """Give the days since 30 December 1899, as spreadsheets count."""
    if isinstance(moment, time):
        return (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86400
    full = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001
    difference = full.replace(tzinfo=None) - EPOCH
    return difference.days if difference.seconds == 0 else difference.days + difference.seconds / 86400


def enter(value: str | int | float | bool | None, *, is_raw: bool, locale: str) -> Entry:
    """Read one incoming value; an empty text empties the cell."""
    if value is None or value == "":
        return Entry(None)
    if is_raw or not isinstance(value, str):
        return Entry(value)
    return _typed(value, convention(locale))


def _typed(text: str, locale: Convention) -> Entry:
    if text.startswith("=") and len(text) > 1:
        return Entry(None, formula=text)
    if text.startswith("'"):
        return Entry(text[1:])
    stripped = text.strip()
    if stripped.upper() in ("TRUE", "FALSE"):
        return Entry(stripped.upper() == "TRUE")
    return _typed_number(stripped, locale) or _typed_date(stripped, locale) or Entry(text)


def _typed_number(text: str, locale: Convention) -> Entry | None:
    sign = next((c for c in _CURRENCY_SIGNS if c in text), None)
    bare = text.replace(sign, "", 1).strip() if sign else text
    is_percent = bare.endswith("%")
    bare = bare.removesuffix("%").strip()
    group = rf"(?:{re.escape(locale.group)}\d{{3}})*" if locale.group.strip() else r"(?:[\s\u00a0\u202f]\d{3})*"
    decimal = re.escape(locale.decimal)
    match = re.fullmatch(rf"([-+]?)(\d+{group})?(?:{decimal}(\d*))?(?:[eE]([-+]?\d+))?", bare)
    if match is None or not (match[2] or match[3]):
        return None
    whole = re.sub(r"\D", "", match[2] or "0")
    digits = match[3] or ""
    number = float(f"{match[1]}{whole}.{digits or '0'}e{match[4] or '0'}") / (100 if is_percent else 1)
    if math.isinf(number):
        return None
    value: Value = int(number) if number.is_integer() and abs(number) < 1e15 else number
    is_grouped = bool(match[2]) and re.fullmatch(r"\d+", match[2]) is None
    return Entry(value, number_format=_number_format(sign, len(digits), is_percent=is_percent, is_grouped=is_grouped))


def _number_format(sign: str | None, decimals: int, *, is_percent: bool, is_grouped: bool) -> Json | None:
    tail = "." + "0" * 2 if decimals else ""
    if is_percent:
        return {"type": "PERCENT", "pattern": f"0{tail}%"}
    if sign:
        return {"type": "CURRENCY", "pattern": f'"{sign}"#,##0{tail}'}
    return {"type": "NUMBER", "pattern": f"#,##0{tail}"} if is_grouped else None


def _typed_date(text: str, locale: Convention) -> Entry | None:
    day_text, _, time_text = text.partition(" ")
    clock = _TIME.fullmatch(time_text or day_text)
    if clock and not time_text:
        fraction = (int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)) / 86400
        return Entry(fraction, number_format={"type": "TIME", "pattern": "h:mm:ss" if clock[3] else "h:mm"})
    day = _day(day_text, locale)
    if day is None or (time_text and clock is None):
        return None
    is_iso = _ISO.fullmatch(day_text) is not None
    pattern = "yyyy-mm-dd" if is_iso else locale.date_pattern
    if clock:
        fraction = (int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)) / 86400
        return Entry(serial(day) + fraction, number_format={"type": "DATE_TIME", "pattern": pattern + " h:mm:ss"})
    return Entry(serial(day), number_format={"type": "DATE", "pattern": pattern})


def _day(text: str, locale: Convention) -> date | None:
    match = _ISO.fullmatch(text) or _DATE.fullmatch(text)
    if match is None:
        return None
    groups = [int(part) for part in match.groups() if part.isdigit()]
    if len(match[1]) == 4:
        year, month, day = groups
    elif locale.day_first or groups[0] > 12:
        day, month, year = groups
    else:
        month, day, year = groups
    year += 0 if year > 99 else 2000 if year < 50 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None
