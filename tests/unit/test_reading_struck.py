"""Lines that are crossed out: left out, or asked about where the total still adds them up."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook as Book
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from core.model.reading import Correction, Reading
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from core.sheets.reading.serial import workbook_from_json, workbook_to_json
from tests.unit.sheets import Rows, budgets, codes, kinds

_PLAN: Rows = [["Channel", "Partner", "Cost EUR"], ["TV", "RTL", 100], ["Search", "Google", 20], ["Social", "Meta", 30]]


def _read(rows: Rows, struck: list[str], answers: dict[str, object] | None = None) -> Reading:
    book = Book()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for row in rows:
        sheet.append(row)
    for address in struck:
        sheet[address].font = Font(strike=True)
    content = BytesIO()
    book.save(content)
    loaded = load_workbook("plan.xlsx", content.getvalue())
    assert workbook_from_json(workbook_to_json(loaded)).tabs[0].cells == loaded.tabs[0].cells
    return read_workbook(loaded, corrections=[Correction("answer", key, value) for key, value in (answers or {}).items()])


@pytest.mark.parametrize("struck", [["A3", "B3", "C3"], ["C3"], ["A3", "B3"]])
@pytest.mark.parametrize("total", [[], [["Total", None, 130]]])
def test_a_line_that_is_crossed_out_is_left_out_and_said(struck: list[str], total: Rows) -> None:
    found = _read([*_PLAN, *total], struck)
    assert budgets(found.tables[0]) == [10000, 3000] and codes(found) == {"rows_left_out"} and not found.questions
    assert [(row.row, row.reason) for row in found.tables[0].skipped if row.reason == "struck_out"] == [(3, "struck_out")]


def test_a_crossed_out_line_that_the_total_still_adds_up_is_asked_about() -> None:
    rows = [*_PLAN, ["Total", None, 150]]
    found = _read(rows, ["A3", "B3", "C3"])
    assert kinds(found) == {"struck_out"} and budgets(found.tables[0]) == [10000, 2000, 3000]
    assert budgets(_read(rows, ["C3"], {"struck_out:Plan:rows": "left_out"}).tables[0]) == [10000, 3000]
    counted = _read(rows, ["C3"], {"struck_out:Plan:rows": "counted"})
    assert budgets(counted.tables[0]) == [10000, 2000, 3000] and not counted.questions


def test_a_crossed_out_month_of_a_line_that_is_not_is_said() -> None:
    rows: Rows = [["Channel", "Cost EUR", "Jan 2026", "Feb 2026"], ["TV", 100, 60, 40], ["Search", 30, 10, 20], ["Total", 130, 70, 60]]
    found = _read(rows, ["D2"])
    assert codes(found) == {"rows_left_out"} and budgets(found.tables[0]) == [10000, 3000]


def test_a_price_crossed_out_before_the_new_one_in_a_cell_is_not_read() -> None:
    text = CellRichText(TextBlock(InlineFont(strike=True), "25 "), TextBlock(InlineFont(), "20"))
    found = _read([_PLAN[0], _PLAN[1], ["Search", "Google", text], _PLAN[3]], [])
    assert budgets(found.tables[0]) == [10000, 2000, 3000] and not codes(found)
