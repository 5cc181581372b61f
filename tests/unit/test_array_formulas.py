"""What an array formula fills is a formula in every cell of it, and is never written over, from whatever kind of file it was read."""

from __future__ import annotations

import io

import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from connectors.google.grid import state_of, workbook_of
from core.model.workbook import SPILLED
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from core.sheets.writing.distribution import plan_tables, to_distribution
from core.sheets.writing.edits import plan_writes
from tests.unit.test_rows_in_text import changed

LINES = (("Search Co", 1000, 5), ("Video Co", 2000, 8))


def array_plan() -> bytes:
    """Give a plan whose budgets are one array formula, units times price."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, ["Publisher", "Units", "Price", "Budget EUR"])
        for row, line in enumerate(LINES, 1):
            sheet.write_row(row, 0, line)
        sheet.write_array_formula("D2:D3", "{=B2:B3*C2:C3}", None, 5000)
        sheet.write(2, 3, 16000)
        sheet.write(3, 0, "Total")
        sheet.write_formula(3, 3, "=SUM(D2:D3)", None, 21000)
    return stream.getvalue()


def test_a_budget_inside_an_array_formula_of_an_excel_file_is_not_written_over() -> None:
    workbook = load_workbook("plan.xlsx", array_plan())
    assert [workbook.tab("Plan").cells[row, 4].formula for row in (2, 3)] == ["=B2:B3*C2:C3"] * 2
    tables = plan_tables(read_workbook(workbook))
    plan = plan_writes(tables, workbook, changed(to_distribution(tables, workbook), "Video Co", 0, 20_000_00))
    assert not any(edit.cell == "D3" for edit in plan.edits) and (plan.violations or plan.choices)


def test_the_cells_of_an_array_in_an_opendocument_file_are_formulas() -> None:
    book = OpenDocumentSpreadsheet()
    table = Table(name="Plan")
    for number, (name, units, _) in enumerate(LINES):
        row = TableRow()
        text = TableCell(valuetype="string")
        text.addElement(P(text=name))
        row.addElement(text)
        row.addElement(TableCell(valuetype="float", value=units))
        more = {"formula": "of:=[.B1:.B2]*2", "numbermatrixrowsspanned": 2, "numbermatrixcolumnsspanned": 1} if number == 0 else {}
        row.addElement(TableCell(valuetype="float", value=units * 2, **more))
        table.addElement(row)
    book.spreadsheet.addElement(table)
    stream = io.BytesIO()
    book.write(stream)
    cells = load_workbook("plan.ods", stream.getvalue()).tab("Plan").cells
    assert [cells[row, 3].formula for row in (1, 2)] == ["=B1:B2*2"] * 2 and cells[1, 2].formula is None


def test_a_value_that_nobody_entered_into_a_google_sheet_is_a_formula() -> None:
    typed, filled = {"userEnteredValue": {"numberValue": 5}, "effectiveValue": {"numberValue": 5}}, {"effectiveValue": {"numberValue": 7}}
    sheet = {"properties": {"sheetId": 1, "title": "Plan"}, "data": [{"rowData": [{"values": [typed, filled]}]}]}
    cells = workbook_of({"properties": {"title": "Plan"}, "sheets": [sheet]}, revision=None).tab("Plan").cells
    assert [cells[1, column].formula for column in (1, 2)] == [None, SPILLED]
    assert [state_of(one).formula for one in (typed, filled)] == [None, SPILLED]
