"""Dates and periods as planners write them, in words and numbers of many languages."""

from __future__ import annotations

from datetime import date

import pytest

from core.sheets.reading.dates import read_flight
from core.sheets.reading.day_order import settle_order


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("01/2026", date(2026, 1, 1), date(2026, 1, 31)),
        ("02.2026", date(2026, 2, 1), date(2026, 2, 28)),
        ("w/c 2 March 2026", date(2026, 3, 2), date(2026, 3, 8)),
        ("du 1er au 15 mars 2026", date(2026, 3, 1), date(2026, 3, 15)),
        ("1st - 15th March 2026", date(2026, 3, 1), date(2026, 3, 15)),
        ("Uke 14 2026", date(2026, 3, 30), date(2026, 4, 5)),
        ("Týden 14 2026", date(2026, 3, 30), date(2026, 4, 5)),
        ("1º Tri 2026", date(2026, 1, 1), date(2026, 3, 31)),
        ("2do trimestre 2026", date(2026, 4, 1), date(2026, 6, 30)),
        ("1Q26", date(2026, 1, 1), date(2026, 3, 31)),
        ("KW 10-13/2026", date(2026, 3, 2), date(2026, 3, 29)),
        ("Mai & Juni 2026", date(2026, 5, 1), date(2026, 6, 30)),
        ("maj i czerwiec 2026", date(2026, 5, 1), date(2026, 6, 30)),
        ("May, June + July 2026", date(2026, 5, 1), date(2026, 7, 31)),
        ("Dec & Jan 2027", date(2026, 12, 1), date(2027, 1, 31)),
        ("2ème quinzaine de mars 2026", date(2026, 3, 16), date(2026, 3, 31)),
        ("9/1/2026 - 10/31/2026", date(2026, 9, 1), date(2026, 10, 31)),
        ("1/9/2026 - 31/10/2026", date(2026, 9, 1), date(2026, 10, 31)),
        ("с 1 по 15 марта 2026", date(2026, 3, 1), date(2026, 3, 15)),
    ],
)
def test_a_period_is_read_as_it_is_meant(text: str, start: date, end: date) -> None:
    flight = read_flight(text)
    assert flight is not None
    assert (flight.start, flight.end) == (start, end)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["4/1 - 4/30", "5/1 - 6/1"], "mdy"),
        (["1/4 - 30/4"], "dmy"),
        (["1/26 - 3/26", "2/26 - 4/27"], None),  # months of two years, not days
        (["4/1 - 6/1"], None),
        (["4/30/2026", "30/4/2026"], None),
    ],
)
def test_days_above_twelve_settle_what_stands_first(texts: list[str], order: str | None) -> None:
    assert settle_order(texts) == order


@pytest.mark.parametrize("text", ["1.2026", "ongoing", "100", "3"])
def test_a_number_or_a_word_is_no_date(text: str) -> None:
    assert read_flight(text) is None
