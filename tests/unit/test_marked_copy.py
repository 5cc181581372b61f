"""The marked copy of a written file shows each changed cell and what stood there; texts in it are no formulas."""

from __future__ import annotations

from io import BytesIO

import openpyxl
from openpyxl.comments import Comment

from core.model.changes import CellEdit, CellState, RowEdit, RowPlan
from core.sheets.writing.drift import PlacedEdit
from core.sheets.writing.marked import listed_changes, marked_workbook


def placed(cell: str, before: float | None, after: float, name: str = "Meta") -> PlacedEdit:
    edit = CellEdit("Plan", cell, CellState(before), CellState(after), name, "total")
    return PlacedEdit(edit, "Plan", cell, CellState(before))


def plan() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for row in (["Channel", "Cost"], ["Meta", 1100], ["TV", 500], ["Total", "=SUM(B2:B3)"]):
        sheet.append(row)
    sheet["B2"].comment = Comment("checked with client", "Ann")
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


ROWS = RowPlan((RowEdit("insert", "Plan", 2, (), (), "new-1", "=HYPERLINK(1)", 500_00),))


def test_changed_cells_are_coloured_and_say_what_stood_there() -> None:
    marked = openpyxl.load_workbook(
        BytesIO(marked_workbook(plan(), [placed("B2", 1000, 1100), placed("B3", None, 500)], ROWS, has_macros=False))
    )
    sheet = marked["Plan"]
    assert sheet["B2"].fill.fgColor.rgb.endswith("FFF59D") and sheet["A2"].fill.fill_type is None
    assert sheet["B2"].comment.text == "checked with client\nWas 1000, now 1100." and sheet["B3"].comment.text == "Was empty, now 500."
    assert sheet["B4"].value == "=SUM(B2:B3)" and sheet["B4"].comment is None
    listed = [[cell.value for cell in row] for row in marked["Changes"].rows]
    assert listed[1] == ["Plan!2", "'=HYPERLINK(1)", None, "no row", "row inserted below"]
    assert listed[2] == ["Plan!B2", "Meta", "total", "1000", "1100"]


def test_the_list_of_changes_of_a_text_file_holds_no_formula() -> None:
    text = listed_changes([placed("E3", -5, 1100, "@SUM(1)")], ROWS).decode("utf-8-sig").splitlines()
    assert text == [
        "Cell,Line item,Period,Before,Now",
        "Plan!2,'=HYPERLINK(1),,no row,row inserted below",
        "Plan!E3,'@SUM(1),total,-5,1100",
    ]
