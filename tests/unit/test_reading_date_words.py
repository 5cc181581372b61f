"""Flights told in words: read where days follow from them, said where they follow only about, else left open."""

from __future__ import annotations

import pytest

from core.sheets.reading.dates import read_flight
from tests.unit.sheets import Rows, codes, read, table

_ = None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        *(("first two weeks of May", "05-01", "05-14"), ("erste Hälfte Mai", "05-01", "05-15"), ("letzte Maiwoche", "05-25", "05-31")),
        *(
            ("mid June to end of July", "06-15", "07-31"),
            ("Anfang bis Mitte März", "03-01", "03-15"),
            ("2 Wochen ab 5. Mai", "05-05", "05-18"),
        ),
        *(("с 1 по 15 мая", "05-01", "05-15"), ("первые две недели мая", "05-01", "05-14"), ("вторая декада мая", "05-11", "05-20")),
        *(("с начала мая до середины июня", "05-01", "06-15"), ("в течение мая", "05-01", "05-31"), ("3-я декада мая", "05-21", "05-31")),
        *(
            ("2 тижні з 5 травня", "05-05", "05-18"),
            ("з 1 травня до кінця червня", "05-01", "06-30"),
            ("II половина июня", "06-16", "06-30"),
        ),
        *(("début mai à mi-juin", "05-01", "06-15"), ("les deux premières semaines de mai", "05-01", "05-14")),
        *(("de principios de mayo a mediados de junio", "05-01", "06-15"), ("da metà giugno a fine luglio", "06-15", "07-31")),
        *(("meados de junho a fim de julho", "06-15", "07-31"), ("half juni tot eind juli", "06-15", "07-31")),
        *(("od połowy czerwca do końca lipca", "06-15", "07-31"), ("cały maj", "05-01", "05-31")),
        *(("mayıs başı - haziran ortası", "05-01", "06-15"), ("mitten av juni till slutet av juli", "06-15", "07-31")),
        *(("1 May to mid June", "05-01", "06-15"), ("May to 25 June", "05-01", "06-25"), ("from 5 May for 2 weeks", "05-05", "05-18")),
        *(("1 s/d 15 Mei", "05-01", "05-15"), ("first half of February", "02-01", "02-15")),
    ],
)
def test_a_flight_in_words_is_read(text: str, first: str, last: str) -> None:
    flight = read_flight(text)
    assert flight is not None and flight.needs_year
    dated = flight.in_year(2026)
    assert (str(dated.start), str(dated.end)) == (f"2026-{first}", f"2026-{last}")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        *(("с 15 июня", "2026-06-15", "None"), ("до 15 июня", "None", "2026-06-15"), ("ab Mitte Mai", "2026-05-15", "None")),
        *(("until end of July", "None", "2026-07-31"), ("bis 30. Juni", "None", "2026-06-30"), ("з 15 червня", "2026-06-15", "None")),
    ],
)
def test_what_only_begins_or_ends_stays_open_on_the_other_side(text: str, start: str, end: str) -> None:
    flight = read_flight(text)
    assert flight is not None
    dated = flight.in_year(2026)
    assert (str(dated.start), str(dated.end)) == (start, end)


@pytest.mark.parametrize("text", ["end of May", "Anfang Juni", "mid 2026", "4 weeks in May", "late May to early July", "3 недели в мае"])
def test_words_from_which_no_days_follow_are_not_read(text: str) -> None:
    assert read_flight(text) is None


def test_days_that_words_give_only_about_are_said() -> None:
    rows: Rows = [
        *([["Plan 2026"], ["Channel", "Flight", "Cost EUR"]]),
        *([["TV", "first two weeks of May", 10], ["Radio", "mid June to end of July", 20]]),
    ]
    assert codes(read(rows)) == {"date_in_words"}
    assert [str(item.start) for item in table(rows).line_items] == ["2026-05-01", "2026-06-15"]


def test_a_flight_until_a_feast_is_left_open_and_said() -> None:
    rows: Rows = [["Plan 2026"], ["Channel", "Flight", "Cost EUR"], ["TV", "from 3 March until Easter", 10], ["Radio", "March", 20]]
    found = read(rows)
    assert codes(found) == {"unread_date"} and found.tables[0].line_items[0].end is None
