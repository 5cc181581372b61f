"""Books that name media and money and plan none of it; and blocks of a tracker that only add the others up."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.sheets import Rows, budgets, read, table

_ = None


@pytest.mark.parametrize("name", ["Fatture passive", "Supplier invoices", "Eingangsrechnungen", "Реестр счетов"])
def test_a_register_of_invoices_is_no_plan(name: str) -> None:
    head: Rows = [["No.", "Invoice date", "Supplier", "Description", "Net EUR", "VAT", "Total EUR", "Due", "Paid on"]]
    paid = date(2026, 2, 12)
    body: Rows = [
        [201, date(2026, 1, 8), "Google Ireland", "Charge for January", 1874.22, 412.33, 2286.55, date(2026, 2, 8), paid],
        [202, date(2026, 1, 10), "Meta Platforms", "Charge for January", 962.80, 211.82, 1174.62, date(2026, 2, 10), _],
        [203, date(2026, 1, 12), "Glass works", "Bottles 0.75 l", 15640, 3440.80, 19080.80, date(2026, 2, 12), _],
        [_, _, _, "Total", 18477.02, 4064.95, 22541.97, _, _],
    ]
    assert not read(head + body, name=name).is_media_plan


@pytest.mark.parametrize(
    "title", ["Marketing department: payroll 2026", "Marketing – buget personal 2026", "Personalbudget 2026 Marketing"]
)
def test_salaries_are_no_plan(title: str) -> None:
    people: Rows = [["Media planner", "R. Pop", 35400, 35400, 70800], ["SEO / Google Ads", "D. Marin", 27600, 27600, 55200]]
    rows: Rows = [[title], [], ["Position", "Name", "Q1", "Q2", "Total"], *people, ["Total", _, 63000, 63000, 126000]]
    assert not read(rows).is_media_plan


def test_a_block_that_adds_up_all_the_others_day_by_day_is_no_line() -> None:
    def block(name: str, *amounts: int) -> Rows:
        return [["", "Orders", 3, 4, 5], [name, "Marketing budget", *amounts], ["", "Ads actual spend", 1, 2, 3], []]

    days: Rows = [["Platform", "Detail", date(2026, 2, 1), date(2026, 2, 2), date(2026, 2, 3)]]
    parts = [*block("Google", 100, 200, 300), *block("Meta", 10, 20, 30), *block("TikTok", 1, 2, 3)]
    assert budgets(table([*days, *parts, *block("All platforms", 111, 222, 333)])) == [60_000, 6_000, 600]
    assert len(budgets(table([*days, *parts, *block("Pinterest", 111, 222, 334)]))) == 4


def test_a_line_that_stands_twice_and_is_counted_once_by_the_total_is_named() -> None:
    rows: Rows = [["Channel", "Publisher", "Budget EUR"], ["TV", "RTL", 100], ["TV", "RTL", 100], ["Radio", "A", 50]]
    assert budgets(table([*rows, ["Total", _, 250]])) == [10_000, 10_000, 5_000]
    (told,) = read([*rows, ["Total", _, 150]]).warnings
    assert told.code == "rows_left_out" and "Rows 2 and 3 say the same" in told.message


def test_what_was_spent_last_year_is_not_the_budget_beside_a_year_that_its_quarters_make() -> None:
    rows: Rows = [
        ["Global media budget 2026, EUR"],
        ["Region", "Channel", "Q1", "Q2", "Q3", "Q4", "FY 2026", "% of total", "FY 2025 actual"],
        ["DACH", "Paid Social", 85, 120, 60, 140, 405, 0.62, 361],
        ["DACH", "YouTube", 40, 95, 0, 110, 245, 0.38, 300],
        ["Total", _, 125, 215, 60, 250, 650, 1, 661],
    ]
    found = read(rows)
    assert budgets(found.tables[0]) == [40_500, 24_500] and not found.questions
