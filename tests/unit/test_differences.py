"""What moved between two readings is told in money and follows rows by what they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.model.reading import LineItem, PeriodAmount, PlanTable, Reading
from core.sheets.differences import compare_readings
from core.sheets.summary import summarise


def item(row: int, channel: str, budget_minor: int, **fields: object) -> LineItem:
    return replace(LineItem(row=row, channel=channel, budget_minor=budget_minor, budget_cell=f"D{row}"), **fields)


def reading(*items: LineItem, currency: str = "EUR", group: str | None = None) -> Reading:
    return Reading("plan.xlsx", True, 1.0, (table(*items, currency=currency, group=group),))


def table(*items: LineItem, currency: str = "EUR", group: str | None = None) -> PlanTable:
    total = sum(line.budget_minor or 0 for line in items)
    return PlanTable("Plan", "A1:D9", (1,), "rows", currency, 1, "net", (), items, (), total, alternative_group=group)


def test_a_changed_budget_is_told_with_both_amounts_and_the_cell_it_stands_in_now() -> None:
    (moved,) = compare_readings(reading(item(2, "TV", 100), item(3, "Radio", 50)), reading(item(5, "Radio", 70), item(2, "TV", 100))).moved
    assert (moved.kind, moved.line_item, moved.field) == ("changed", "Radio", "budget")
    assert (moved.was_minor, moved.now_minor, moved.cell) == (50, 70, "D5")


def test_rows_that_only_changed_places_are_no_difference() -> None:
    assert compare_readings(reading(item(2, "TV", 1), item(3, "OOH", 2)), reading(item(8, "OOH", 2), item(9, "TV", 1))).moved == ()


def test_new_and_removed_line_items_are_told_with_their_budget() -> None:
    moved = compare_readings(reading(item(2, "TV", 100)), reading(item(4, "OOH", 30))).moved
    assert {(m.kind, m.line_item, m.was_minor, m.now_minor) for m in moved} == {("removed", "TV", 100, None), ("added", "OOH", None, 30)}


def test_a_renamed_row_with_the_same_budget_in_the_same_place_is_a_renaming() -> None:
    (moved,) = compare_readings(reading(item(2, "TV", 100)), reading(item(2, "Connected TV", 100))).moved
    assert (moved.field, moved.was, moved.now) == ("name", "TV", "Connected TV")


def test_a_period_that_moved_is_told_by_its_name_and_so_are_dates() -> None:
    january = PeriodAmount(date(2026, 1, 1), date(2026, 1, 31), 40, "E2")
    week = PeriodAmount(date(2026, 2, 2), date(2026, 2, 8), 60, "F2")
    was = item(2, "TV", 100, by_period=(january, week), start=date(2026, 1, 1))
    now = item(2, "TV", 100, by_period=(replace(january, budget_minor=100),), start=date(2026, 1, 5))
    moved = {m.field: (m.was_minor, m.now_minor, m.cell) for m in compare_readings(reading(was), reading(now)).moved}
    assert moved == {"2026-01": (40, 100, "E2"), "2026-02-02..2026-02-08": (60, None, "F2"), "start": (None, None, None)}


def test_alternatives_count_once_and_currencies_are_never_added() -> None:
    tiers = Reading("p", True, 1.0, (table(item(2, "TV", 100), group="tier"), table(item(2, "TV", 300), group="tier")))
    assert summarise(tiers).total_minor == 100
    mixed = Reading("p", True, 1.0, (table(item(2, "TV", 100)), table(item(2, "TV", 100), currency="USD")))
    assert (summarise(mixed).total_minor, summarise(mixed).currency) == (None, None)


_items = st.lists(st.tuples(st.sampled_from(["TV", "Radio", "OOH", "Search"]), st.integers(0, 500)), max_size=8)


@given(_items, _items)
def test_what_moved_always_explains_the_difference_of_the_totals(was: list[tuple[str, int]], now: list[tuple[str, int]]) -> None:
    before = reading(*(item(n, *pair) for n, pair in enumerate(was, start=2)))
    after = reading(*(item(n, *pair) for n, pair in enumerate(now, start=2)))
    result = compare_readings(before, after)
    explained = sum((m.now_minor or 0) - (m.was_minor or 0) for m in result.moved if m.field == "budget")
    assert explained == (result.now_total_minor or 0) - (result.was_total_minor or 0)
    assert compare_readings(after, after).moved == ()
