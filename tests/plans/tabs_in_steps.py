"""Tabs whose amounts happen to add up to those of another: parts of one plan by their days and names, and sums that only a person knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tests.plans.paper import Book, Case, Line, line

_LINES = {"Meta": 1000, "Google": 500}


def _tabs(book: Book, names: Sequence[str], times: Sequence[int], months: Sequence[int]) -> list[Line]:
    """Write the same lines on each tab, at that many times their amounts, in that month."""
    told = []
    for name, by, month in zip(names, times, months, strict=True):
        tab, start, end = book.tab(name), date(2026, month, 1), date(2026, month, 28)
        tab.rows("A1", [["Channel", "Publisher", "Start", "End", "Cost EUR"]])
        tab.rows("A2", [*[["Social", p, start, end, by * cost] for p, cost in _LINES.items()], ["Total", None, None, None, 1500 * by]])
        told += [line(p, by * cost, f"E{row}", dates=f"{start}..{end}") for row, (p, cost) in enumerate(_LINES.items(), 2)]
    return told


def months_that_grow_by_the_first() -> Case:
    """March is as much as January and February together, and runs in March."""
    book = Book()
    lines = _tabs(book, ["Januar", "Februar", "März"], [1, 2, 3], [1, 2, 3])
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def flights_that_grow_by_the_first() -> Case:
    """Flights on tabs of their own."""
    book = Book()
    lines = _tabs(book, ["Flight 1", "Flight 2", "Flight 3", "Flight 4"], [1, 2, 3, 4], [1, 2, 3, 4])
    return Case("plan.xlsx", book.xlsx(), "EUR", lines)


def a_country_as_large_as_two_others() -> Case:
    """A country's tab is no sum of others by its name: all count until somebody says otherwise."""
    book = Book()
    lines = _tabs(book, ["DE", "AT", "CH"], [3, 1, 2], [3, 3, 3])
    return Case("plan.xlsx", book.xlsx(), "EUR", lines, asks=frozenset({"alternatives"}))


def a_group_of_countries_as_large_as_its_members() -> Case:
    """A tab called after the group of the countries beside it adds them up."""
    book = Book()
    lines = _tabs(book, ["DACH", "AT", "CH"], [3, 1, 2], [3, 3, 3])
    return Case("plan.xlsx", book.xlsx(), "EUR", lines[2:], warns=frozenset({"repeats_money"}))


def a_total_of_the_months_beside_them() -> Case:
    """A tab over the whole quarter that adds its months up counts once."""
    book = Book()
    months = _tabs(book, ["Jan", "Feb", "Mar"], [1, 2, 4], [1, 2, 3])
    tab = book.tab("Gesamt")
    tab.rows("A1", [["Channel", "Publisher", "Start", "End", "Cost EUR"]])
    tab.rows("A2", [["Social", p, date(2026, 1, 1), date(2026, 3, 28), 7 * cost] for p, cost in _LINES.items()])
    return Case("plan.xlsx", book.xlsx(), "EUR", months, warns=frozenset({"repeats_money"}))
