"""How a value is shown: number formats (Excel's and Google's patterns) under the spreadsheet's locale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from connectors.sandbox.sheets.document import Cell, Value
from connectors.sandbox.sheets.entry import EPOCH
from connectors.sandbox.sheets.locales import Convention, convention
from core.model.workbook import CellError

_PIECE = re.compile(r"""(?P<text>"[^"]*"|\\.|\[\$[^\]]*\])|(?P<skip>\[[^\]]*\]|_.|\*.)|(?P<other>.)""", re.S)
_DATE_PART = re.compile(r"y+|m+|d+|h+|s+|am/pm|a/p|\.0+", re.I)
_NUMERIC = re.compile(r"[#0?][#0?,.]*")


class Pattern(NamedTuple):
    """One section of a number format: literal pieces (None marks where the number goes) and its digits' pattern."""

    before: str
    digits: str
    after: str
    is_percent: bool


def is_date_pattern(pattern: str) -> bool:
    """Tell whether a pattern shows dates or times."""
    bare = "".join(match["other"] or "" for match in _PIECE.finditer(pattern))
    return re.search(r"[yYdDhHsS]|[mM]{1,5}", bare) is not None and "general" not in bare.lower()


def number_format(cell: Cell) -> tuple[str, str]:
    """Give type and pattern of a cell's number format; (`""`, `""`) for the automatic one."""
    found: Mapping[str, Any] = cell.format.get("numberFormat") or {}
    pattern = str(found.get("pattern", ""))
    kind = str(found.get("type", ""))
    if kind in ("", "NUMBER_FORMAT_TYPE_UNSPECIFIED") and pattern:
        kind = "DATE" if is_date_pattern(pattern) else "NUMBER"
    return kind, pattern


def is_date_cell(cell: Cell) -> bool:
    """Tell whether the cell's number is shown as a date or time."""
    return (
        number_format(cell)[0] in ("DATE", "TIME", "DATE_TIME") and isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    )


def shown(cell: Cell, locale: str) -> str:
    """Give the text a person sees in the cell."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    kind, pattern = number_format(cell)
    habits = convention(locale)
    if kind in ("DATE", "TIME", "DATE_TIME"):
        return _date_text(value, pattern or _default_date_pattern(kind, habits))
    if kind in ("CURRENCY", "PERCENT") and not pattern:
        pattern = habits.currency if kind == "CURRENCY" else "0.00%"
    return number_text(value, pattern, habits)


def _default_date_pattern(kind: str, habits: Convention) -> str:
    return {"DATE": habits.date_pattern, "TIME": "h:mm:ss"}.get(kind, habits.date_pattern + " h:mm:ss")


def number_text(value: int | float, pattern: str, habits: Convention) -> str:
    """Show a number under a pattern with up to three sections (positive; negative; zero)."""
    if not pattern or pattern.lower() == "general" or pattern == "@":
        return general(value, habits)
    sections = _sections(pattern)
    index = 1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0
    section = _section(sections[index])
    if not section.digits:
        return section.before
    amount = abs(value) if value < 0 and index == 1 else value
    body = _digits(amount * (100 if section.is_percent else 1), section.digits, habits)
    sign = "-" if body.startswith("-") else ""
    return sign + section.before + body.removeprefix("-") + section.after


def general(value: int | float, habits: Convention) -> str:
    """Show a number as the automatic format does: at most ten significant decimals, no grouping."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else f"{value:.5E}".replace(".", habits.decimal)
    return f"{value:.10g}".replace(".", habits.decimal)


@lru_cache(maxsize=2_000)
def _sections(pattern: str) -> tuple[str, ...]:
    parts, current = [], ""
    for match in _PIECE.finditer(pattern):
        if match[0] == ";":
            parts.append(current)
            current = ""
        else:
            current += match[0]
    return (*parts, current)


@lru_cache(maxsize=2_000)
def _section(pattern: str) -> Pattern:
    """Split a section into what stands before, the digits' pattern and what stands after."""
    before = digits = after = ""
    is_percent = False
    for match in _PIECE.finditer(pattern):
        if match["skip"]:
            literal = " " if match["skip"].startswith("_") else ""
        elif match["text"]:
            literal = _literal(match["text"])
        elif match["other"] in "#0?,." and (match["other"] in "#0?" or (digits and not after)):
            if not after:
                digits += match["other"]
            continue
        else:
            is_percent = is_percent or match["other"] == "%"
            literal = match["other"]
        before, after = (before, after + literal) if digits else (before + literal, after)
    return Pattern(before, digits, after, is_percent)


def _literal(text: str) -> str:
    if text.startswith("[$"):
        return text[2:-1].split("-")[0]
    return text[1:] if text.startswith("\\") else text[1:-1]


def _digits(value: float, digits: str, habits: Convention) -> str:
    scaled = digits.rstrip(",")
    exact = Decimal(repr(value)).scaleb(-3 * (len(digits) - len(scaled)))
    whole_pattern, _, decimal_pattern = scaled.partition(".")
    places = sum(c in "0#?" for c in decimal_pattern)
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    whole, _, decimals = f"{abs(rounded):f}".partition(".")
    least = decimal_pattern.count("0")
    while len(decimals) > least and decimals.endswith("0"):
        decimals = decimals[:-1]
    width = whole_pattern.count("0")
    whole = whole.zfill(width) if width else whole.lstrip("0")
    if "," in whole_pattern:
        whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", lambda _: habits.group, whole)
    sign = "-" if rounded < 0 else ""
    return sign + whole + (habits.decimal + decimals if decimals else "")


def _date_text(value: float, pattern: str) -> str:
    moment = EPOCH + timedelta(seconds=round(value * 86400))
    half_day = re.search(r"am/pm|a/p", pattern, re.I) is not None
    literals: list[str] = []
    out = ""
    for match in _PIECE.finditer(pattern.split(";")[0]):
        if match["text"]:
            out += chr(0xE000 + len(literals))  # a private character keeps the literal's letters from being read as date parts
            literals.append(_literal(match["text"]))
        else:
            out += match["other"] or ""
    previous = ""

    def part(match: re.Match[str]) -> str:
        nonlocal previous
        token = match[0].lower()
        beside_time = previous.startswith("h") or re.match(r"[^a-zA-Z]*s", out[match.end() :], re.I) is not None
        previous = token
        is_minute = token[0] == "m" and len(token) <= 2 and beside_time
        return f"{moment.minute:0{len(token)}d}" if is_minute else _date_part(moment, token, half_day=half_day)

    shown_text = _DATE_PART.sub(part, out)
    return "".join(literals[ord(c) - 0xE000] if 0xE000 <= ord(c) < 0xE000 + len(literals) else c for c in shown_text)


def _date_part(moment: datetime, token: str, *, half_day: bool) -> str:
    width = len(token)
    if token in ("am/pm", "a/p"):
        return "AM" if moment.hour < 12 else "PM"
    if token.startswith("."):
        return "." + "0" * (width - 1)
    if token.startswith("y"):
        return f"{moment.year:04d}" if width > 2 else f"{moment.year % 100:02d}"
    if token.startswith("h"):
        return f"{(moment.hour - 1) % 12 + 1 if half_day else moment.hour:0{min(width, 2)}d}"
    if token.startswith("s"):
        return f"{moment.second:0{min(width, 2)}d}"
    is_month = token.startswith("m")
    if width >= 3:
        return moment.strftime(("%b" if width == 3 else "%B") if is_month else ("%a" if width == 3 else "%A"))
    return f"{moment.month if is_month else moment.day:0{width}d}"


def effective(value: Value) -> Value:
    """Give the value as the API sends it unformatted: errors as their text, whole floats as integers."""
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
