"""Amounts that are given as a range are asked about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.sheets.reading.ranges import amounts_of_range
from tests.unit.sheets import Rows, budgets, codes, kinds, read, table


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        *(("£8,000 - £10,000", (8000, 10000)), ("£6-7.5k", (6000, 7500)), ("от 200 до 250 тыс. руб.", (200000, 250000))),
        *(("5.000 – 6.500 €", (5000, 6500)), ("between 1,000 and 1,500", (1000, 1500)), ("1000-1500", (1000, 1500))),
    ],
)
def test_the_ends_of_a_range_are_read(text: str, ends: tuple[int, int]) -> None:
    assert amounts_of_range(text) == tuple(map(Decimal, ends))


@pytest.mark.parametrize("text", ["TBC", "10%-15%", "5000", "2026-01-05", "-500", "on request", "A - B", "3 - 500,000"])
def test_other_texts_are_no_ranges(text: str) -> None:
    assert amounts_of_range(text) is None


def test_a_line_with_a_range_is_asked_and_costs_nothing_until_then() -> None:
    rows: Rows = [
        ["Media plan 2026"],
        ["Channel", "Activity", "Cost GBP"],
        ["TV", "Spots", 100],
        ["Radio", "Heart", "£6-7.5k"],
        ["OOH", "48s", 50],
    ]
    found = read(rows)
    assert budgets(found.tables[0]) == [10000, None, 5000] and kinds(found) == {"ambiguous_number"} and not codes(found)
    answered = read(rows, answers={found.questions[0].key: 6750})
    assert budgets(answered.tables[0]) == [10000, 675000, 5000] and not answered.questions


def test_a_week_end_beside_a_week_start_is_the_last_day() -> None:
    rows: Rows = [
        ["Week", "Week Start", "Week End", "Channel", "Planned Spend (CAD)"],
        ["W2", "2026-01-05", "2026-01-11", "Google Ads", 2400],
        ["W3", "2026-01-12", "2026-01-18", "Meta", 1850],
    ]
    assert [(item.start, item.end) for item in table(rows).line_items] == [
        (date(2026, 1, 5), date(2026, 1, 11)),
        (date(2026, 1, 12), date(2026, 1, 18)),
    ]


def test_roubles_and_kopecks_with_a_dash_are_an_amount() -> None:
    rows: Rows = [
        ["Медиаплан 2026"],
        ["Площадка", "Стоимость, руб."],
        ["Яндекс", "125 340-50"],
        ["VK", "98 000-00"],
        ["Итого", "223 340-50"],
    ]
    assert budgets(table(rows)) == [12534050, 9800000]
