"""An OpenDocument file is changed cell by cell: what stands for many is taken apart, everything else stays."""

from __future__ import annotations

import io
import zipfile

import pytest
from odf.office import Annotation
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style
from odf.table import Table, TableCell, TableRow
from odf.text import P

from core.errors import InvalidInput
from core.model.changes import CellEdit, CellState, Scalar
from core.model.workbook import parse_a1
from core.sheets.loading import load_workbook
from core.sheets.writing.drift import PlacedEdit
from core.sheets.writing.ods import ods_losses, patch_ods


def plan() -> bytes:
    """Give a plan with repeated cells and rows, money with its currency, a note and formulas."""
    book = OpenDocumentSpreadsheet()
    style = Style(name="money", family="table-cell")
    book.automaticstyles.addElement(style)
    table = Table(name="Plan")

    def text(value: str) -> TableCell:
        cell = TableCell(valuetype="string")
        cell.addElement(P(text=value))
        return cell

    def money(value: float, shown: str, **more: object) -> TableCell:
        cell = TableCell(valuetype="currency", currency="EUR", value=value, stylename=style, **more)
        cell.addElement(P(text=shown))
        return cell

    def row(*cells: TableCell, **more: object) -> None:
        made = TableRow(**more)
        for cell in cells:
            made.addElement(cell)
        table.addElement(made)

    row(text("Publisher"), text("Jan 2026"), text("Feb 2026"), text("Budget EUR"))
    noted = money(100, "100,00 €")
    note = Annotation()
    note.addElement(P(text="ask Ann"))
    noted.addElement(note)
    row(text("Search Co"), noted, money(50, "50,00 €"), money(150, "150,00 €", formula="of:=SUM([.B2:.C2])"))
    row(text("Video Co"), money(1234.5, "1.234,50 €", numbercolumnsrepeated=2), money(2469, "2.469,00 €", formula="of:=SUM([.B3:.C3])"))
    row(text("Same"), money(7, "7,00 €"), TableCell(numbercolumnsrepeated=3), numberrowsrepeated=4)
    row(text("Total"), money(1362.5, "1.362,50 €", formula="of:=SUM([.B2:.B7])"))
    row(TableCell(numbercolumnsrepeated=1000), numberrowsrepeated=100000)
    book.spreadsheet.addElement(table)
    stream = io.BytesIO()
    book.write(stream)
    return stream.getvalue()


def patched(content: bytes, values: dict[str, Scalar]) -> bytes:
    workbook = load_workbook("plan.ods", content)
    placed = []
    for cell, value in values.items():
        stands = workbook.tab("Plan").cells.get(parse_a1(cell))
        before = CellState(None if stands is None else stands.value)  # type: ignore[arg-type]
        placed.append(PlacedEdit(CellEdit("Plan", cell, before, CellState(value), "x", "2026-01"), "Plan", cell, before))
    return patch_ods(content, "plan.ods", workbook, placed)


def xml_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read("content.xml").decode()


def test_amounts_are_written_in_place_and_formulas_and_everything_else_stay() -> None:
    content = plan()
    made = patched(content, {"B2": 250.25, "C3": 10, "B5": 9, "E6": "new"})
    before, now = load_workbook("plan.ods", content).tab("Plan"), load_workbook("plan.ods", made).tab("Plan")
    assert [now.value(*parse_a1(at)) for at in ("B2", "B3", "C3", "B4", "B5", "B6", "B7", "E6", "E5")] == [
        *(250.25, 1234.5, 10, 7, 9, 7, 7),
        *("new", None),
    ]
    assert {at: cell.formula for at, cell in now.cells.items() if cell.formula} == {
        at: cell.formula for at, cell in before.cells.items() if cell.formula
    }
    assert [now.value(*parse_a1(at)) for at in ("D2", "D3", "B8")] == [300.25, 1244.5, 1514.75 + 0]
    xml = xml_of(made)
    assert "250,25 €" in xml and "ask Ann" in xml and xml.count('office:currency="EUR"') >= 8
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(io.BytesIO(made)) as new:
        assert new.namelist() == old.namelist() and new.infolist()[0].filename == "mimetype"
        assert new.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert all(new.read(name) == old.read(name) for name in old.namelist() if name != "content.xml")
    assert ods_losses(content) == ()


def test_a_formula_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(InvalidInput, match="D2 holds a formula"):
        patched(plan(), {"D2": 5})


def test_an_amount_that_is_put_back_reads_as_before() -> None:
    content = plan()
    back = patched(patched(content, {"C3": 10, "B5": 9}), {"C3": 1234.5, "B5": 7})
    assert load_workbook("plan.ods", back).tab("Plan").cells == load_workbook("plan.ods", content).tab("Plan").cells
