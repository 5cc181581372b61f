"""A cell as text, the way its number format asks for: for showing a sheet, never for reading amounts from it."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from core.model.workbook import Cell, CellError

_TOKEN = re.compile(
    r'"([^"]*)"|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[[^\]]*\]|\\(.)|_.|\*.|([0#?.,%/]+|[yYmMdDhHsS]+|[aA][mM]/[pP][mM]|General|E\+0+|@)|(.)'
)
_DATE_LETTERS = frozenset("ymdhs")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def harmless(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula; a signed number stays one. Source: OWASP, CSV injection."""
    is_number = text[:1] in "+-" and text[1:].replace(".", "", 1).isdecimal()
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) and not is_number else text


def display_text(cell: Cell) -> str:
    """Give what the sheet shows: the source's own text where it gave one, else the value under its number format."""
    if cell.text is not None:
        return cell.text
    match cell.value:
        case None:
            return ""
        case bool():
            return "TRUE" if cell.value else "FALSE"
        case CellError(text):
            return text
        case int() | float():
            return _number(cell.value, cell.number_format)
        case datetime() | date() | time():
            return _moment(cell.value, cell.number_format)
        case _:
            return cell.value


def _section(number_format: str, value: float) -> str:
    """Choose among `positive;negative;zero;text`."""
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format)
    if value < 0 and len(sections) > 1:
        return sections[1]
    if value == 0 and len(sections) > 2:
        return sections[2]
    return sections[0]


def _number(value: int | float, number_format: str | None) -> str:
    if number_format is None or number_format in ("General", "@", ""):
        return _plain(value)
    section = _section(number_format, value)
    before, pattern, after = "", "", ""
    for quoted, symbol, escaped, code, other in _TOKEN.findall(section):
        literal = quoted or symbol or escaped or other
        if code and not pattern and code not in ("@", "%"):
            pattern = code
        elif code == "%" or (code.endswith("%") and not pattern):
            after += "%"
        elif literal:
            before, after = (before, after + literal) if pattern else (before + literal, after)
    if pattern == "General":
        return before + _plain(value) + after
    if not pattern:
        return before + after
    negative = value < 0 and section == _section(number_format, 1.0)
    return ("-" if negative else "") + before + _digits(abs(value), pattern, "%" in section) + after


def _digits(value: int | float, pattern: str, percent: bool) -> str:
    shown_percent = "%" if pattern.endswith("%") else ""
    pattern = pattern.rstrip("%")
    number = Decimal(repr(value)) * (100 if percent else 1)
    thousands = len(pattern) - len(pattern.rstrip(","))
    number = number.scaleb(-3 * thousands)
    whole, _, decimals = pattern.rstrip(",").partition(".")
    rounded = number.quantize(Decimal(1).scaleb(-len(decimals)), rounding=ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    optional = len(decimals) - len(decimals.rstrip("#?"))
    for _ in range(optional):
        text = text[:-1] if text.endswith("0") and "." in text else text
    return text.rstrip(".") + shown_percent


def _plain(value: int | float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.10g}"


def _moment(value: datetime | date | time, number_format: str | None) -> str:
    if number_format is None or not _DATE_LETTERS & set(re.sub(r'"[^"]*"|\[[^\]]*\]', "", number_format).lower()):
        return value.isoformat(sep=" ", timespec="minutes") if isinstance(value, datetime) and value.time() != time() else _iso(value)
    shown, previous = "", ""
    for quoted, symbol, escaped, code, other in _TOKEN.findall(number_format.split(";")[0]):
        shown += _part(value, code.lower(), after_hour=previous.startswith("h")) if code else quoted or symbol or escaped or other
        previous = code.lower() or previous
    return shown


def _iso(value: datetime | date | time) -> str:
    return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()


def _part(value: datetime | date | time, code: str, *, after_hour: bool) -> str:
    if not isinstance(value, time) and not (code.startswith("m") and after_hour):
        match code:
            case "y" | "yy":
                return f"{value.year % 100:02d}"
            case "yyy" | "yyyy":
                return f"{value.year:04d}"
            case "m" | "d":
                return str(value.month if code == "m" else value.day)
            case "mm" | "dd":
                return f"{value.month if code == 'mm' else value.day:02d}"
            case "mmm" | "mmmm":
                return _MONTHS[value.month - 1][: 3 if code == "mmm" else None]
            case "ddd" | "dddd":
                return _DAYS[value.weekday()][: 3 if code == "ddd" else None]
    if isinstance(value, datetime | time) and code[:1] in ("h", "m", "s"):
        part = {"h": value.hour, "m": value.minute, "s": value.second}[code[0]]
        return f"{part:02d}" if len(code) > 1 else str(part)
    return code if set(code) <= set(".,/") else ""
