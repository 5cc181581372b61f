"""The sandbox brings formulas up to date, also where two cells name each other in branches that are not taken."""

from __future__ import annotations

from connectors.sandbox.formulas.evaluation import recalculate
from connectors.sandbox.sheets.document import Cell, Document, Sheet


def sheet_of(**cells: object) -> Document:
    """Make a document of one tab; texts that begin with `=` are formulas."""
    made = {(int(at[1:]), ord(at[0]) - 64): _cell(value) for at, value in cells.items()}
    document = Document("id", "Plan", "en_US", sheets=[Sheet(0, "Plan", cells=made)])
    recalculate(document, "all")
    return document


def _cell(value: object) -> Cell:
    is_formula = isinstance(value, str) and value.startswith("=")
    return Cell(formula=str(value)) if is_formula else Cell(value)  # type: ignore[arg-type]


def set_cell(document: Document, row: int, column: int, value: float) -> dict[str, object]:
    document.sheets[0].cells[row, column].value = value
    recalculate(document, {(0, row, column)})
    return {chr(64 + c) + str(r): cell.value for (r, c), cell in document.sheets[0].cells.items()}


def test_cells_that_name_each_other_in_branches_not_taken_follow_their_input_at_once() -> None:
    document = sheet_of(A1="units", B1='=IF(A1="clicks",C1*2,E1*1)', C1='=IF(A1="clicks",7,B1*10)', D1="=C1+1", E1=200)
    assert set_cell(document, 1, 5, 210) == {"A1": "units", "B1": 210, "C1": 2100, "D1": 2101, "E1": 210}
    assert set_cell(document, 1, 5, 200)["D1"] == 2001


def test_a_true_circle_ends_too() -> None:
    document = sheet_of(A1="=B1+1", B1="=A1+1", C1=1)
    assert isinstance(set_cell(document, 1, 3, 2)["A1"], int | float)
