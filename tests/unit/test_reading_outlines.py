"""Lists in several levels whose upper lines are sums, and numbers under months that are weeks."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.sheets import Rows, budgets, read, table

_ = None
TREE: Rows = [
    ["Line Item", "Status", "Planned Budget USD", "Notes"],
    ["Spring campaign", _, 1000, _],
    ["Paid Search", _, 300, _],
    ["Google Ads - Brand", "Active", 100, _],
    ["Microsoft Ads", "Active", 200, "new"],
    ["Paid Social", _, 600, _],
    ["Meta - Prospecting", "Active", 250, _],
    ["Meta - Retargeting", "Active", 350, _],
    ["Influencers", "On hold", 100, _],
]


def test_the_line_over_groups_that_each_open_with_their_sum_is_their_sum_and_no_item() -> None:
    found = table(TREE)
    assert budgets(found) == [100_00, 200_00, 250_00, 350_00, 100_00]
    (whole,) = [check for check in found.totals if check.cell == "C2"]
    assert whole.matches and whole.covers_rows == (4, 5, 7, 8, 9)


def test_a_line_over_groups_that_do_not_add_up_to_it_stays_an_item() -> None:
    rows = [TREE[0], ["Sponsoring", "Active", 1010, _], *TREE[2:]]
    assert budgets(table(rows))[0] == 1010_00


def _gantt(weeks: list[int], *months: tuple[str, int]) -> Rows:
    band: list[object] = [_, _, _]
    for name, columns in months:
        band += [name, *[_] * (columns - 1)]
    marks = {number: ["x" if number <= at < number + 3 else _ for at in range(len(weeks))] for number in (0, 2)}
    return [
        ["Mediaplan", _, _], ["Zeitraum", "2026", _],
        band, ["Medium", "Anbieter", "Kosten EUR", *weeks],
        ["Plakat", "Ströer", 5000, *marks[0]], ["Funk", "RTL", 7000, *marks[2]], ["Summe", _, 12000, *[_] * len(weeks)],
    ]  # fmt: skip


def test_numbers_that_run_on_from_month_to_month_are_weeks_and_no_days() -> None:
    found = table(_gantt(list(range(10, 19)), ("März", 4), ("April", 5)))
    assert [(item.start, item.end) for item in found.line_items] == [
        (date(2026, 3, 2), date(2026, 3, 22)),
        (date(2026, 3, 16), date(2026, 4, 5)),
    ]


@pytest.mark.parametrize("first", [1, 20])
def test_numbers_that_run_on_and_are_no_weeks_of_these_months_date_nothing(first: int) -> None:
    reading = read(_gantt(list(range(first, first + 9)), ("März", 4), ("April", 5)))
    assert all(item.start is None or (item.end - item.start).days > 300 for item in reading.tables[0].line_items if item.end)
    assert "unread_date" in {warning.code for warning in reading.warnings} or reading.questions


def test_numbers_that_begin_again_are_days() -> None:
    found = table(_gantt([28, 29, 30, 31, 1, 2, 3, 4, 5], ("März 2026", 4), ("April 2026", 5)))
    assert [(item.start, item.end) for item in found.line_items] == [
        (date(2026, 3, 28), date(2026, 3, 30)),
        (date(2026, 3, 30), date(2026, 4, 1)),
    ]


def test_one_to_four_or_five_under_each_month_are_its_weeks() -> None:
    reading = read(_gantt([1, 2, 3, 4, 1, 2, 3, 4, 5], ("März 2026", 4), ("April 2026", 5)))
    assert [(item.start, item.end) for item in reading.tables[0].line_items] == [
        (date(2026, 3, 1), date(2026, 3, 21)),
        (date(2026, 3, 15), date(2026, 4, 7)),
    ]
    assert "weeks_of_months" in {warning.code for warning in reading.warnings}


def test_numbered_months_over_amounts_are_named_once_and_are_no_dates() -> None:
    rows: Rows = [
        ["Channel", *[f"Month {n}" for n in range(1, 7)], "Total"],
        ["TikTok", *["$1,000"] * 6, "$6,000"],
        ["Meta", *["$40"] * 6, "$240"],
    ]
    reading = read([*rows, ["Monthly Total", *["$1,040"] * 6, "$6,240"]])
    assert budgets(reading.tables[0]) == [6000_00, 240_00]
    assert [warning.code for warning in reading.warnings] == ["undated_periods"]
