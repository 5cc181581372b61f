"""The days of an export: which of day and month comes first, where a file mixes both, and what only a person can tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.model.reading import Option
from core.model.workbook import CellValue
from core.sheets.reading.date_points import DayOrder
from core.sheets.reading.dates import read_flight
from core.sheets.reading.day_order import is_order_open, order_of_answer, settle_order
from core.sheets.reading.findings import Findings
from core.sheets.reading.flights import Flight
from core.sheets.reading.grid import day_of
from core.sheets.reading.roles import role_of_header

_SEPARATORS = "./-"
_TIMES = re.compile(r",?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AP]M)?(?:\s*\(?(?:UTC|GMT)\)?)?", re.IGNORECASE)
_TWO_DAYS = re.compile(r"^(\d{1,4}[./-]\d{1,2}[./-]\d{1,4})\s*[,;]\s*(\d{1,4}[./-]\d{1,2}[./-]\d{1,4})$")
_COMPACT_RANGE = re.compile(r"20\d{6}-20\d{6}")
_BOTH_WAYS = re.compile(r"(\d{1,2})([./-])\1\2")
_ORDERS: tuple[DayOrder, DayOrder] = ("dmy", "mdy")
_FEWEST_DAYS = 3
"""So many different days must stand close together before closeness decides an order."""


@dataclass(slots=True)
class ExportDays:
    """How the texts of an export's day columns are read.

    Attributes:
        orders: by separator, where the file decides it: one column may hold `11/16/2024` beside `20-11-2024`.
        certain: first and last of the days that read one way only, where the file holds both orders; else None.
        turned: texts read against their separator's order because only so they fall near the certain days.
        swapped: real days have day and month the wrong way round.
    """

    orders: Mapping[str, DayOrder]
    certain: tuple[date, date] | None = None
    turned: list[str] = field(default_factory=list)
    swapped: bool = False

    def of(self, value: CellValue) -> tuple[date | None, date | None]:
        """Give the first and last day that a cell names, None where they are not known."""
        if isinstance(value, str):
            return self.span(value)
        day = day_of(value)
        day = date(day.year, day.day, day.month) if day and self.swapped else day
        return day, day

    def settle_swapped(self, days: Collection[date], texts: Iterable[str], findings: Findings) -> None:
        """Find real days that a spreadsheet made of texts with day and month turned: they fit the texts beside them only turned back."""
        known = [day for text in texts if (day := self.span(text)[0])]
        if not days or not known or any(day.day > 12 for day in days):
            return
        around = (min(known), max(known))
        turned = sum(_distance(date(day.year, day.day, day.month), around) for day in days)
        if turned < sum(_distance(day, around) for day in days):
            self.swapped = True
            findings.warn(
                "dates_swapped", None, "Days that are no texts have day and month swapped; they are read like the texts beside them."
            )

    def span(self, text: str) -> tuple[date | None, date | None]:
        """Give the first and last day that a text names (`2026-03`, `01/03/2026 - 07/03/2026`), None where they are not known."""
        text = text.strip()
        separator = next((char for char in text if char in _SEPARATORS), "")
        order = self.orders.get(separator)
        if self.certain and is_order_open(text):
            order = self._nearest(text, order, self.certain)
        if order is None and is_order_open(text) and not re.match(r"\d{4}", text) and not any(char.isalpha() for char in text):
            return None, None
        flight = read_flight(text, order or "dmy")
        return (flight.start, flight.end) if flight else (None, None)

    def _nearest(self, text: str, order: DayOrder | None, certain: tuple[date, date]) -> DayOrder | None:
        away = {o: _distance(day, certain) for o in _ORDERS if (day := _day(text, o))}
        if len(set(away.values())) < 2:
            return order
        nearest = min(away, key=lambda o: away[o])
        if nearest != order:
            self.turned.append(text)
        return nearest


def settle_days(texts: Iterable[str], findings: Findings, *, cell: str | None, above: Sequence[str] = ()) -> ExportDays:
    """Settle how an export's day texts are read: by days above 12, by the report's own range, by days close together, else by asking.

    Args:
        texts: every different text of its day columns.
        cell: where the first of them stands, for the question.
        above: the lines over the header.
    """
    texts = sorted(set(texts))
    around = report_range(above)
    whole = settle_order(texts)
    orders: dict[str, DayOrder] = {}
    for separator in _SEPARATORS:
        mine = [text for text in texts if separator in text]
        order = settle_order(mine, separator) or whole or _inside(mine, around) or settle_order(above) or _closer(mine)
        if order:
            orders[separator] = order
    told = [text for text in texts if not is_order_open(text) and not _BOTH_WAYS.match(text)]
    sure = [day for text in told for order in _ORDERS if (day := _day(text, order))]
    is_mixed = whole is None and bool(sure) and any(is_order_open(text) for text in texts)
    certain = (min(sure), max(sure)) if is_mixed else None
    unsettled = [text for text in texts if is_order_open(text) and next(c for c in text if c in _SEPARATORS) not in orders]
    if unsettled and certain is None:
        orders |= _asked(unsettled, findings, cell)
    return ExportDays(orders, certain)


def _asked(texts: list[str], findings: Findings, cell: str | None) -> dict[str, DayOrder]:
    options = [Option(order, str(_day(texts[0], order))) for order in _ORDERS]
    why = "no date of the file has a day above 12"
    order: DayOrder | None = findings.ask("ambiguous_date", "days", texts[0], options, why=why, cell=cell, accepts=order_of_answer)
    return {} if order is None else dict.fromkeys(_SEPARATORS, order)


def report_range(above: Sequence[str]) -> Flight | None:
    """Give the days that the lines over an export's header say it is about: a range, or a start and an end with their labels."""
    ends: dict[str, date] = {}
    for line in above:
        head = line.strip().partition(", ")[0]  # cells of one line, joined
        is_pair = ":" not in head and not any(char.isdigit() for char in head)
        label, colon, rest = line.strip().partition(", " if is_pair else ":")
        label = label.strip()
        clean = _TIMES.sub("", (rest if colon and label[-1:].isalpha() else line).strip().strip('"')).strip(" ,;\t")
        clean = _TWO_DAYS.sub(r"\1 - \2", clean).lstrip("# ")
        clean = f"{clean[:8]} - {clean[9:]}" if _COMPACT_RANGE.fullmatch(clean) else clean
        orders = [order] if (order := settle_order([*above])) else list(_ORDERS)
        flights = {flight for o in orders if (flight := read_flight(clean, o)) and flight.start and flight.end}
        if len(flights) != 1:
            continue
        flight = flights.pop()
        role = role_of_header(label) if colon else None
        if role is not None and role.key in ("start", "end") and flight.start:
            ends[role.key] = flight.start
        elif not colon or flight.start != flight.end:
            return flight
    return Flight(ends["start"], ends["end"]) if len(ends) == 2 else None


def _inside(texts: list[str], around: Flight | None) -> DayOrder | None:
    """Give the one order in which every text is a day of the report's range."""
    if around is None or around.start is None or around.end is None or not texts:
        return None
    days = {order: [_day(text, order) for text in texts] for order in _ORDERS}
    fits = [order for order in _ORDERS if all(day is not None and around.start <= day <= around.end for day in days[order])]
    return fits[0] if len(fits) == 1 else None


def _closer(texts: list[str]) -> DayOrder | None:
    """Give the order in which the days follow one another closely, where in the other they lie far apart."""
    close = []
    for order in _ORDERS:
        days = {day for text in texts if (day := _day(text, order))}
        if len(days) >= _FEWEST_DAYS and (max(days) - min(days)).days < 2 * len(days):
            close.append(order)
    return close[0] if len(close) == 1 else None


def _day(text: str, order: DayOrder) -> date | None:
    flight = read_flight(text, order)
    return flight.start if flight else None


def _distance(day: date, certain: tuple[date, date]) -> int:
    return max(0, (certain[0] - day).days, (day - certain[1]).days)
