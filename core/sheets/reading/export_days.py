"""The days of an export: which of day and month comes first, where a file mixes both, and what only a person can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from core.model.reading import Option
from core.sheets.reading.dates import DayOrder, is_order_open, read_flight, settle_order
from core.sheets.reading.findings import Findings

_SEPARATORS = "./-"
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
    """

    orders: Mapping[str, DayOrder]
    certain: tuple[date, date] | None = None
    turned: list[str] = field(default_factory=list)

    def read(self, text: str) -> date | None:
        """Give the day of a text; None where it is none, or where its order is not known."""
        text = text.strip()
        separator = next((char for char in text if char in _SEPARATORS), "")
        order = self.orders.get(separator)
        if self.certain and is_order_open(text):
            order = self._nearest(text, order, self.certain)
        if order is None and not re.match(r"\d{4}", text) and not any(char.isalpha() for char in text):
            return None
        return _day(text, order or "dmy")

    def _nearest(self, text: str, order: DayOrder | None, certain: tuple[date, date]) -> DayOrder | None:
        away = {o: _distance(day, certain) for o in _ORDERS if (day := _day(text, o))}
        if len(set(away.values())) < 2:
            return order
        nearest = min(away, key=lambda o: away[o])
        if nearest != order:
            self.turned.append(text)
        return nearest


def settle_days(texts: Iterable[str], findings: Findings, *, cell: str | None) -> ExportDays:
    """Settle how an export's day texts are read: by days above 12, else by the days standing close together, else by asking.

    Args:
        texts: every different text of its day columns.
        cell: where the first of them stands, for the question.
    """
    texts = sorted(set(texts))
    whole = settle_order(texts)
    orders: dict[str, DayOrder] = {}
    for separator in _SEPARATORS:
        mine = [text for text in texts if separator in text]
        order = settle_order(mine, separator) or whole or _closer(mine)
        if order:
            orders[separator] = order
    sure = [day for text in texts if not is_order_open(text) for order in _ORDERS if (day := _day(text, order))]
    is_mixed = whole is None and bool(sure) and any(is_order_open(text) for text in texts)
    certain = (min(sure), max(sure)) if is_mixed else None
    unsettled = [text for text in texts if is_order_open(text) and next(c for c in text if c in _SEPARATORS) not in orders]
    if unsettled and certain is None:
        orders |= _asked(unsettled, findings, cell)
    return ExportDays(orders, certain)


def _asked(texts: list[str], findings: Findings, cell: str | None) -> dict[str, DayOrder]:
    options = [Option(order, str(_day(texts[0], order))) for order in _ORDERS]
    answer = findings.ask("ambiguous_date", "days", texts[0], options, why="no date of the file has a day above 12", cell=cell)
    order: DayOrder | None = "dmy" if answer == "dmy" else "mdy" if answer == "mdy" else None
    return {} if order is None else dict.fromkeys(_SEPARATORS, order)


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
