"""A plain table of performance (date, channel, spend and results, a row each) read from a workbook, with what was wrong named by cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.errors import InvalidInput
from core.model.money import CURRENCIES, to_minor
from core.model.reading import PerformanceRow
from core.model.workbook import CellValue, Tab, Workbook, a1, column_letters

_HEADER_ROWS = 12
_WORDS: dict[str, tuple[str, ...]] = {
    "date": ("date", "day", "week", "datum", "tag", "woche", "date start", "week start", "reporting starts", "дата", "день", "неделя"),
    "end": ("end", "date end", "week end", "reporting ends", "ende", "bis"),
    "channel": ("channel", "kanal", "medium", "platform", "plattform", "source", "канал", "площадка"),
    "market": ("market", "markt", "country", "land", "region", "geo", "рынок", "страна", "регион"),
    "campaign": ("campaign", "kampagne", "campaign name", "кампания"),
    "currency": ("currency", "wahrung", "валюта", "currency code"),
    "spend": ("spend", "cost", "costs", "amount spent", "kosten", "ausgaben", "media spend", "budget spent", "расход", "затраты"),
    "impressions": ("impressions", "impr", "impressionen", "показы"),
    "clicks": ("clicks", "link clicks", "klicks", "клики"),
    "conversions": ("conversions", "conv", "results", "leads", "orders", "sales", "signups", "sign ups", "conversionen", "abschlusse",
                    "konversionen", "bestellungen", "kpi", "конверсии", "лиды", "заказы"),
    "value": ("value", "revenue", "conversion value", "conv value", "umsatz", "wert", "sales value", "turnover", "выручка", "доход"),
}  # fmt: skip
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d %b %Y", "%b %d, %Y")
_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "₽": "RUB", "₴": "UAH", "zł": "PLN", "¥": "JPY"}


@dataclass(frozen=True, slots=True)
class PlainTable:
    """Rows of one tab, each `days` long (1 or 7), and the cells that could not be read."""

    tab: str
    rows: tuple[PerformanceRow, ...]
    currency: str | None
    skipped: tuple[str, ...]


def read_plain_table(workbook: Workbook) -> PlainTable:
    """Find and read the first table with a date and spend or results.

    Raises:
        InvalidInput: no tab has such a header, or not one row under it can be read.
    """
    for tab in workbook.tabs:
        found = _header(tab)
        if found is not None:
            return _read(tab, *found)
    raise InvalidInput(
        f"{workbook.name} has no table of performance: no header row with a date and a spend or result column was found.",
        hint="Give it a header row such as Date, Channel, Spend, Conversions.",
    )


def _header(tab: Tab) -> tuple[int, dict[str, int]] | None:
    for row in range(1, min(tab.n_rows, _HEADER_ROWS) + 1):
        columns: dict[str, int] = {}
        for column in range(1, tab.n_columns + 1):
            role = _role(tab.value(row, column))
            if role is not None:
                columns.setdefault(role, column)
        if "date" in columns and ({"spend", "conversions", "value"} & set(columns)):
            return row, columns
    return None


def _role(header: CellValue) -> str | None:
    if not isinstance(header, str):
        return None
    words = re.sub(r"\(.*?\)|\[.*?\]|[^\w\s]", " ", _folded(header))
    words = " ".join(word for word in words.replace("_", " ").split() if word.upper() not in CURRENCIES)
    return next((role for role, known in _WORDS.items() if words in known), None)


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(ch for ch in parts if not unicodedata.combining(ch))


def _read(tab: Tab, header: int, columns: Mapping[str, int]) -> PlainTable:
    currency = _currency(tab, header, columns)
    rows: list[PerformanceRow] = []
    skipped: list[str] = []
    for row in range(header + 1, tab.n_rows + 1):
        if all(tab.value(row, column) in (None, "") for column in columns.values()):
            continue
        try:
            rows.append(_row(tab, row, columns, currency))
        except InvalidInput as problem:
            skipped.append(problem.message)
    if not rows:
        raise InvalidInput(f"Tab {tab.name}: no row of its table can be read. {skipped[0] if skipped else ''}".strip())
    return PlainTable(tab.name, tuple(_with_ends(rows)), currency, tuple(skipped))


def _currency(tab: Tab, header: int, columns: Mapping[str, int]) -> str | None:
    if "currency" in columns:
        codes = {str(tab.value(row, columns["currency"]) or "").upper() for row in range(header + 1, tab.n_rows + 1)} & CURRENCIES
        if len(codes) > 1:
            raise InvalidInput(f"Tab {tab.name} mixes currencies ({', '.join(sorted(codes))}).", hint="Import one currency at a time.")
        return next(iter(codes), None)
    for role in ("spend", "value"):
        title = str(tab.value(header, columns[role])) if role in columns else ""
        tokens: list[str] = re.findall(r"[A-Z]{3}|[€$£₽₴¥]|zł", title)
        for token in tokens:
            if token in CURRENCIES or token in _SYMBOLS:
                return _SYMBOLS.get(token, token)
    return None


def _row(tab: Tab, row: int, columns: Mapping[str, int], currency: str | None) -> PerformanceRow:
    def cell(role: str) -> CellValue:
        return tab.value(row, columns[role]) if role in columns else None

    def number(role: str) -> float | None:
        return _number(cell(role), f"{tab.name}!{a1(row, columns[role])}") if role in columns else None

    def text(role: str) -> str | None:
        value = cell(role)
        return str(value).strip() or None if value is not None else None

    where = f"{tab.name}!{column_letters(columns['date'])}{row}"
    spend, value = number("spend"), number("value")
    end = cell("end")
    return PerformanceRow(
        start=_day(cell("date"), where),
        end=_day(end, where) if end not in (None, "") else None,
        channel=text("channel"),
        campaign=text("campaign"),
        currency=currency,
        spend_minor=None if spend is None else to_minor(spend, currency),
        impressions=number("impressions"),
        clicks=number("clicks"),
        conversions=number("conversions"),
        value_minor=None if value is None else to_minor(value, currency),
        market=text("market"),
        row=row,
    )


def _day(value: CellValue, where: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for pattern in _DATES:
        try:
            return datetime.strptime(str(value).strip()[:12].strip(), pattern).date()  # noqa: DTZ007 a calendar day has no zone
        except ValueError:
            continue
    raise InvalidInput(f"{where}: {value!r} is not a date such as 2026-03-31.")


def _number(value: CellValue, where: str) -> float | None:
    if value is None or (isinstance(value, str) and value.strip() in {"", "-", "--", "–"}):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = re.sub(r"[^\d.,\-]", "", str(value))
    if "," in text and "." in text:
        mark = max(",.", key=text.rfind)
        text = text.replace("," if mark == "." else ".", "").replace(mark, ".")
    elif text.count(",") == 1 and not re.fullmatch(r"-?\d{1,3},\d{3}", text):
        text = text.replace(",", ".")
    else:
        text = text.replace(",", "")
    try:
        return float(text)
    except ValueError:
        raise InvalidInput(f"{where}: {value!r} is not a number.") from None


def _with_ends(rows: Sequence[PerformanceRow]) -> list[PerformanceRow]:
    """Give rows without an end the length of the table's step: a week where all starts are whole weeks apart, else a day."""
    starts = sorted({row.start for row in rows if row.start is not None})
    weekly = len(starts) > 1 and all((day - starts[0]).days % 7 == 0 for day in starts)
    length = timedelta(days=6 if weekly else 0)
    return [row if row.end is not None or row.start is None else _ending(row, row.start + length) for row in rows]


def _ending(row: PerformanceRow, end: date) -> PerformanceRow:
    return replace(row, end=end)
