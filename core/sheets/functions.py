"""What spreadsheet functions give for plain values: arithmetic, rounding, comparison, dates and texts; IEEE doubles, days as serials.

Source: ECMA-376 part 1, 18.17.7 (functions).
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from core.model.workbook import CellError
from core.sheets.formulas import Uncomputable
from core.sheets.loading.number_formats import to_serial

Value = float | str | bool | None
_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 61, 2958465  # March 1900 (before it serials count a day that never was) to the year 9999


class Fault(Exception):
    """An error value such as #DIV/0! on its way up."""


def plain(value: object) -> Value:
    if isinstance(value, CellError):
        raise Fault(value.text)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, datetime | date | time):
        return to_serial(value)
    raise Uncomputable(f"{type(value).__name__} is not computed here")


def day_of(value: Value) -> date:
    """Give the day of a serial."""
    serial = math.floor(number_of(value))
    if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
        raise Fault("#NUM!")
    return date.fromordinal(_EPOCH.toordinal() + serial)


def number_of(value: Value) -> float:
    if value is None:
        return 0.0
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise Fault("#VALUE!") from None
    return float(value)


def _divide(left: Value, right: Value) -> float:
    below = number_of(right)
    if below == 0:
        raise Fault("#DIV/0!")
    return number_of(left) / below


def _power(left: Value, right: Value) -> float:
    result = number_of(left) ** number_of(right)
    if isinstance(result, complex):
        raise Fault("#NUM!")
    return float(result)


def text_of(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:.15g}" if isinstance(value, float) else value


def same(left: Value, right: Value) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        return text_of(left).casefold() == text_of(right).casefold()
    return number_of(left) == number_of(right)


def _rounded(mode: str) -> Callable[..., Value]:
    def apply(value: Value, digits: Value = 0.0) -> float:
        exact = Decimal(f"{number_of(value):.15g}")
        return float(exact.quantize(Decimal(1).scaleb(-int(number_of(digits))), rounding=mode))

    return apply


SCALAR: dict[str, Callable[..., Value]] = {
    "+": lambda a, b: number_of(a) + number_of(b),
    "-": lambda a, b: number_of(a) - number_of(b),
    "*": lambda a, b: number_of(a) * number_of(b),
    "/": _divide,
    "^": _power,
    "%": lambda a: number_of(a) / 100,
    "neg": lambda a: -number_of(a),
    "&": lambda a, b: text_of(a) + text_of(b),
    "=": same,
    "<>": lambda a, b: not same(a, b),
    "<": lambda a, b: number_of(a) < number_of(b),
    ">": lambda a, b: number_of(a) > number_of(b),
    "<=": lambda a, b: number_of(a) <= number_of(b),
    ">=": lambda a, b: number_of(a) >= number_of(b),
    "ROUND": _rounded(ROUND_HALF_UP),
    "ROUNDUP": _rounded(ROUND_UP),
    "ROUNDDOWN": _rounded(ROUND_DOWN),
    "ABS": lambda a: abs(number_of(a)),
    "INT": lambda a: float(math.floor(number_of(a))),
    "NOT": lambda a: not number_of(a),
    "ISBLANK": lambda a: a is None,
    "ISNUMBER": lambda a: isinstance(a, float) and not isinstance(a, bool),
}


def _average(items: list[float]) -> float:
    return _divide(math.fsum(items), float(len(items)))


LISTS: dict[str, Callable[[list[float]], Value]] = {
    "SUM": math.fsum,
    "PRODUCT": lambda items: float(math.prod(items)) if items else 0.0,
    "MIN": lambda items: min(items, default=0.0),
    "MAX": lambda items: max(items, default=0.0),
    "AVERAGE": _average,
    "COUNT": lambda items: float(len(items)),
}


def _date(year: Value, month: Value, day: Value) -> float:
    whole = int(number_of(year)) * 12 + int(number_of(month)) - 1
    if not 1900 * 12 < whole < 9999 * 12:
        raise Fault("#NUM!")
    return to_serial(date(whole // 12, whole % 12 + 1, 1)) + int(number_of(day)) - 1


def _moved(start: Value, months: Value, *, to_end: bool) -> float:
    day = day_of(start)
    whole = day.year * 12 + day.month - 1 + int(number_of(months))
    last = calendar.monthrange(whole // 12, whole % 12 + 1)[1]
    return to_serial(date(whole // 12, whole % 12 + 1, last if to_end else min(day.day, last)))


def _part(text: Value, start: int, count: Value) -> str:
    length = int(number_of(count))
    if start < 0 or length < 0:
        raise Fault("#VALUE!")
    return text_of(text)[start : start + length]


def _formatted(value: Value, pattern: Value) -> str:
    """Give TEXT() for the patterns that mean the same in every locale; Uncomputable for any other."""
    shown = text_of(pattern)
    if re.fullmatch(r"(?:[dmy]{1,4}[-./ ]?)+", shown, re.IGNORECASE):
        return re.sub(r"d+|m+|y+", lambda part: _day_part(day_of(value), part[0].lower()), shown, flags=re.IGNORECASE)
    match = re.fullmatch(r"(#,##)?0(?:\.(0+))?(%)?", shown)
    if match is None:
        raise Uncomputable(f"TEXT with the pattern {shown!r} is not computed here")
    exact = Decimal(f"{number_of(value):.15g}") * (100 if match[3] else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-len(match[2] or "")), rounding=ROUND_HALF_UP)
    return f"{rounded:,f}{match[3] or ''}" if match[1] else f"{rounded:f}{match[3] or ''}"


def _day_part(day: date, pattern: str) -> str:
    if pattern[0] == "y":
        return f"{day:%Y}" if len(pattern) > 2 else f"{day:%y}"
    if len(pattern) > 2:
        if pattern[0] == "d":
            raise Uncomputable("names of weekdays are not computed here")
        name = calendar.month_name[day.month]
        return name if len(pattern) == 4 else name[:3]
    number = day.day if pattern[0] == "d" else day.month
    return f"{number:0{len(pattern)}d}"


def _multiple(round_up: bool) -> Callable[..., Value]:
    def apply(value: Value, step: Value = 1.0) -> float:
        size = Decimal(f"{number_of(step):.15g}")
        if not size:
            return 0.0
        count = Decimal(f"{number_of(value):.15g}") / size
        return float((math.ceil(count) if round_up else math.floor(count)) * size)

    return apply


def _remainder(value: Value, divisor: Value) -> float:
    if not number_of(divisor):
        raise Fault("#DIV/0!")
    return number_of(value) % number_of(divisor)


SCALAR |= {
    "DATE": _date,
    "EDATE": lambda start, months: _moved(start, months, to_end=False),
    "EOMONTH": lambda start, months: _moved(start, months, to_end=True),
    "YEAR": lambda day: float(day_of(day).year),
    "MONTH": lambda day: float(day_of(day).month),
    "DAY": lambda day: float(day_of(day).day),
    "DAYS": lambda end, start: to_serial(day_of(end)) - to_serial(day_of(start)),
    "TEXT": _formatted,
    "LEFT": lambda text, count=1.0: _part(text, 0, count),
    "RIGHT": lambda text, count=1.0: text_of(text)[-int(number_of(count)) :] if number_of(count) >= 1 else "",
    "MID": lambda text, start, count: _part(text, int(number_of(start)) - 1, count),
    "LEN": lambda text: float(len(text_of(text))),
    "TRIM": lambda text: " ".join(text_of(text).split()),
    "UPPER": lambda text: text_of(text).upper(),
    "LOWER": lambda text: text_of(text).lower(),
    "CONCATENATE": lambda *texts: "".join(map(text_of, texts)),
    "CONCAT": lambda *texts: "".join(map(text_of, texts)),
    "VALUE": number_of,
    "N": lambda value: 0.0 if isinstance(value, str) else number_of(value),
    "MOD": _remainder,
    "CEILING": _multiple(round_up=True),
    "FLOOR": _multiple(round_up=False),
    "TRUE": lambda: True,
    "FALSE": lambda: False,
}
