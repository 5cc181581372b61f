"""Blocks of one tab under headings of their own (months, markets, brands), also of the same amounts, and logs of what was spent."""

from __future__ import annotations

import pytest

from tests.unit.sheets import Rows, budgets, read

_ = None
HEAD: list[object] = ["Channel", "Vendor", "Cost ($)"]
LINES: Rows = [["Search", "Google", 1000], ["Social", "Meta", 800], ["Total", _, 1800]]


def _blocks(*headings: str) -> Rows:
    return [row for heading in headings for row in ([heading], HEAD, *LINES, [])]


@pytest.mark.parametrize(
    ("headings", "starts"),
    [
        (["January 2026", "February 2026"], ["2026-01-01", "2026-02-01"]),
        (["Q1 2026", "Q2 2026"], ["2026-01-01", "2026-04-01"]),
        (["Flight 1: 05.01.2026 - 18.01.2026", "Flight 2: 02.02.2026 - 15.02.2026"], ["2026-01-05", "2026-02-02"]),
    ],
)
def test_blocks_under_periods_run_when_their_own_heading_says_and_count_each(headings: list[str], starts: list[str]) -> None:
    tables = read(_blocks(*headings)).tables
    assert [table.total_minor for table in tables] == [1800_00, 1800_00]
    assert [str(item.start) for table in tables for item in table.line_items] == [start for start in starts for _line in range(2)]


def test_months_without_a_year_over_blocks_take_the_one_of_the_title() -> None:
    tables = read([["Media plan 2026"], [], *_blocks("January", "February")]).tables
    assert [str(table.line_items[0].end) for table in tables] == ["2026-01-31", "2026-02-28"]


@pytest.mark.parametrize("headings", [["Germany", "Austria"], ["Brand A", "Brand B"], ["Store openings", "Always on"]])
def test_blocks_of_the_same_amounts_under_other_headings_are_parts(headings: list[str]) -> None:
    reading = read(_blocks(*headings))
    assert sum(table.total_minor or 0 for table in reading.tables) == 3600_00 or reading.questions


def test_a_copy_without_a_heading_of_its_own_is_still_left_out() -> None:
    reading = read([["Plan"], HEAD, *LINES, [], HEAD, *LINES])
    assert [budgets(table) for table in reading.tables] == [[1000_00, 800_00]]
    assert "repeats_money" in {warning.code for warning in reading.warnings}


def test_days_beside_what_was_spent_are_a_log_and_no_plan() -> None:
    rows: Rows = [["Date", "Platform", "Campaign", "Amount spent (USD)"]]
    rows += [[f"2026-01-{day:02d}", "Meta", "Spring", 100.5 + day] for day in range(5, 12)]
    reading = read(rows)
    assert not reading.is_media_plan and [len(table.rows) for table in reading.performance] == [7]


def _broken_down(last: int, *, heading: str = "Paid breakdown") -> Rows:
    lines: Rows = [["Paid", "60%", "$60,000"], ["Owned", "25%", "$25,000"], ["Earned", "15%", "$15,000"]]
    details: Rows = [["Google", "50%", "$30,000"], ["Meta", "30%", "$18,000"], ["LinkedIn", "20%", f"${last:,}"]]
    return [["Total budget: $100,000"], ["Channel", "%", "Budget"], *lines, [], [heading], ["Platform", "%", "Budget"], *details]


def test_a_table_that_breaks_one_line_down_counts_once() -> None:
    reading = read(_broken_down(12_000))
    assert sum(table.total_minor or 0 for table in reading.tables) == 100_000_00
    assert not reading.questions and "repeats_money" in {warning.code for warning in reading.warnings}


def test_a_breakdown_that_differs_from_its_line_is_asked_about() -> None:
    reading = read(_broken_down(9_000))
    assert [question.kind for question in reading.questions] == ["alternatives"]
    assert sum(table.total_minor or 0 for table in reading.tables) == 100_000_00


def test_a_table_under_another_heading_is_a_part_of_the_plan() -> None:
    reading = read(_broken_down(12_000, heading="Events"))
    assert sum(table.total_minor or 0 for table in reading.tables) == 160_000_00


def test_the_column_that_the_months_add_up_to_is_the_plan_beside_its_versions() -> None:
    head: list[object] = ["Medium", "Partner", "Budget V1", "Budget V2", "LE2 (approved)", "Apr 2025", "May 2025", "Jun 2025"]
    rows: Rows = [["Plan in EUR"], head, ["TV", "RTL", 240, 225, 186, 100, 50, 36], ["Print", "Zeit", 62, 55, 48, 20, 20, 8]]
    (found,) = read([*rows, ["Total", _, 302, 280, 234, 120, 70, 44]]).tables
    assert budgets(found) == [186_00, 48_00]
    assert [[part.budget_minor for part in item.by_period] for item in found.line_items] == [[100_00, 50_00, 36_00], [20_00, 20_00, 8_00]]


def test_months_and_quarters_beside_last_years_money_are_in_the_year_of_the_plan() -> None:
    months = [*("Jan", "Feb", "Mrz", "Q1"), *("Apr", "Mai", "Jun", "Q2")]
    rows: Rows = [["Mediabudget 2026"], ["Stand: 18.12.2025"], ["Angaben in EUR"], ["Kanal", "Partner", *months, "Plan 2026", "Ist 2025"]]
    rows += [["Funk", "Welle", 500, 600, 700, 1800, 800, _, 200, 1000, 2800, 3000]]
    rows += [["Print", "Verlag", _, 1200, 1200, 2400, 1200, 100, _, 1300, 3700, 3500]]
    rows += [["Summe Media", _, 500, 1800, 1900, 4200, 2000, 100, 200, 2300, 6500, 6500]]
    rows += [["Agenturhonorar", _, *[_] * 8, 600, 600], ["Gesamt", _, *[_] * 8, 7100, 7100]]
    reading = read(rows)
    assert not reading.questions
    assert [str(part.start) for part in reading.tables[0].line_items[0].by_period] == [f"2026-0{month}-01" for month in (1, 2, 3, 4, 6)]
