"""Lines of several markets that share a row of the sheet are changed and removed each by itself."""

from __future__ import annotations

from dataclasses import replace

from core.model.reading import PlanTable
from core.model.workbook import Workbook
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from core.sheets.writing.distribution import located, plan_tables, to_distribution
from core.sheets.writing.edits import WritePlan, plan_writes
from tests.plans.parts_and_options import countries_over_months


def _read() -> tuple[Workbook, tuple[PlanTable, ...]]:
    case = countries_over_months()
    workbook = load_workbook(case.name, case.content)
    return workbook, plan_tables(read_workbook(workbook, fallback_year=2026))


def _written(plan: WritePlan) -> dict[str, object]:
    return {edit.cell: edit.after.value for edit in plan.edits}


def test_each_row_of_the_table_stands_for_its_own_market() -> None:
    workbook, tables = _read()
    rows = to_distribution(tables, workbook).rows
    assert len({row.id for row in rows}) == len(rows) == 6
    assert [located(tables, rows)[row.id][1].market for row in rows] == [row.market for row in rows] == ["Oman"] * 3 + ["Qatar"] * 3


def test_removing_the_line_of_one_market_keeps_the_row_and_the_money_of_the_other() -> None:
    workbook, tables = _read()
    before = to_distribution(tables, workbook)
    gone = next(row for row in before.rows if (row.channel, row.market) == ("YouTube", "Qatar"))
    after = replace(before, rows=tuple(row for row in before.rows if row.id != gone.id))
    plan = plan_writes(tables, workbook, after)
    assert not plan.rows.edits
    assert any("share row 5" in note for note in plan.notes)
    # its months, its sum, and the typed sums of its market under them; nothing of the other market
    assert _written(plan) == {"F5": 0, "G5": 0, "H5": 0, "I5": 0, "F8": 11, "G8": 11, "H8": 14, "I8": 36}


def test_changing_a_month_of_one_market_moves_no_sum_of_the_other() -> None:
    workbook, tables = _read()
    before = to_distribution(tables, workbook)
    old = next(row for row in before.rows if (row.channel, row.market) == ("YouTube", "Oman"))
    new = replace(old, cells=tuple(replace(cell, budget_minor=cell.budget_minor + 100) for cell in old.cells[:1]) + old.cells[1:])
    after = replace(before, rows=tuple(new if row.id == old.id else row for row in before.rows))
    assert _written(plan_writes(tables, workbook, after)) == {"B5": 21, "E5": 76, "B8": 44, "E8": 152}
