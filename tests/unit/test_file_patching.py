"""Excel and CSV files come back with the edits in them and every other byte as it was."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from core.errors import InvalidInput, UnreadableFile
from core.model.changes import CellEdit, CellState, Scalar
from core.model.workbook import Cell, Tab, Workbook, a1
from core.sheets.loading import load_workbook
from core.sheets.writing.delimited import patch_delimited
from core.sheets.writing.drift import PlacedEdit
from core.sheets.writing.xlsx import losses_of, patch_xlsx

C16 = Path(__file__).parents[2] / "../shared/data/media_plans/C16_ru_template_agency_fees_services/plan.xlsx"


def placed(tab: str, cell: str, after: Scalar, *, now: Scalar = None) -> PlacedEdit:
    return PlacedEdit(CellEdit(tab, cell, CellState(now), CellState(after), "x", "total"), tab, cell, CellState(now))


def as_read(content: bytes) -> Workbook:
    """Read a file cell by cell, with formulas and cached values, by a library of its own."""
    formulas, values = openpyxl.load_workbook(io.BytesIO(content)), openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    tabs = []
    for sheet in formulas:
        cells = {}
        for line in sheet.iter_rows():
            for cell in line:
                if cell.value is not None:
                    formula = cell.value if isinstance(cell.value, str) and cell.value.startswith("=") else None
                    cells[cell.row, cell.column] = Cell(values[sheet.title][cell.coordinate].value, formula)
        tabs.append(Tab(sheet.title, cells, sheet.max_row, sheet.max_column))
    return Workbook("plan.xlsx", "xlsx", tuple(tabs))


def values(content: bytes, tab: str) -> dict[str, object]:
    return {a1(*place): cell.value for place, cell in as_read(content).tab(tab).cells.items()}


@pytest.fixture
def rich_file() -> bytes:
    """A plan with a chart, a validation, a picture's worth of formats, text cells and formulas on two sheets."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet, other = book.add_worksheet("Plan & <Budget>"), book.add_worksheet("Sum")
        money = book.add_format({"num_format": "#,##0.00 €", "bold": True})
        sheet.write_row(0, 0, ["Channel", "Units", "Price", "Cost"])
        for row, (name, units, price) in enumerate([("Meta", 100, 2.5), ("TV", 10, 70.0)], 1):
            sheet.write(row, 0, name)
            sheet.write(row, 1, units)
            sheet.write(row, 2, price, money)
            sheet.write_formula(row, 3, f"=B{row + 1}*C{row + 1}", money, units * price)
        sheet.write_formula("D4", "=SUM(D2:D3)", money, 950)
        sheet.write_formula("E2", "=OFFSET(B2,0,2)", None, 250)
        sheet.write("F2", "1.234,50 €")
        sheet.data_validation("B2", {"validate": "integer", "criteria": ">", "value": 0})
        other.write_formula("A1", "='Plan & <Budget>'!D4*2", None, 1900)
        other.write_formula("A2", "=1+1", None, 2)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": ["Plan & <Budget>", 1, 3, 2, 3]})
        sheet.insert_chart("H2", chart)
    return stream.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_patched_file_differs_only_in_the_targets_and_in_what_follows_from_them(rich_file: bytes) -> None:
    edits = [placed("Plan & <Budget>", "B2", 200), placed("Plan & <Budget>", "F2", "2.000,00 €"), placed("Plan & <Budget>", "G3", 7.25)]
    patched = patch_xlsx(rich_file, as_read(rich_file), edits)
    was, now = values(rich_file, "Plan & <Budget>"), values(patched, "Plan & <Budget>")
    assert {at: value for at, value in now.items() if was.get(at) != value} == {
        "B2": 200,
        "F2": "2.000,00 €",
        "G3": 7.25,
        "D2": 500,
        "D4": 1200,
        "E2": None,
    }
    assert values(patched, "Sum") == {"A1": 2400, "A2": 2}
    before, after = parts(rich_file), parts(patched)
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
    assert b'fullCalcOnLoad="1"' in after["xl/workbook.xml"]
    formulas = [cell.formula for cell in as_read(patched).tab("Plan & <Budget>").cells.values() if cell.formula]
    assert formulas == ["=B2*C2", "=OFFSET(B2,0,2)", "=B3*C3", "=SUM(D2:D3)"]


def test_changing_a_value_back_gives_every_part_back_byte_for_byte(rich_file: bytes) -> None:
    there = patch_xlsx(rich_file, as_read(rich_file), [placed("Plan & <Budget>", "B2", 200)])
    back = patch_xlsx(there, as_read(there), [placed("Plan & <Budget>", "B2", 100)])
    once, twice = parts(rich_file), parts(back)
    changed = {name for name in once if once[name] != twice[name]}
    assert changed <= {"xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
    assert values(back, "Plan & <Budget>") == {**values(rich_file, "Plan & <Budget>"), "E2": None}


def test_a_formula_is_never_written_over_in_a_file(rich_file: bytes) -> None:
    with pytest.raises(InvalidInput, match="D2 holds a formula"):
        patch_xlsx(rich_file, as_read(rich_file), [placed("Plan & <Budget>", "D2", 1)])


def test_a_cell_in_a_row_that_the_file_does_not_have_is_put_between_its_neighbours(rich_file: bytes) -> None:
    book = openpyxl.Workbook()
    book.active.title = "P"
    book.active["B2"], book.active["B6"] = 1, 2
    stream = io.BytesIO()
    book.save(stream)
    patched = patch_xlsx(stream.getvalue(), as_read(stream.getvalue()), [placed("P", "B4", 4), placed("P", "A2", 3), placed("P", "C9", 5)])
    assert values(patched, "P") == {"A2": 3, "B2": 1, "B4": 4, "B6": 2, "C9": 5}


def test_what_is_not_an_excel_file_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        patch_xlsx(b"PK nonsense", Workbook("x", "xlsx", ()), [])


def test_a_file_without_signature_or_pivot_loses_nothing(rich_file: bytes) -> None:
    assert losses_of(rich_file) == ()


@pytest.mark.skipif(not C16.exists(), reason="the shared real plans are not on this machine")
def test_a_real_plan_with_145_formulas_is_recomputed_as_excel_does() -> None:
    content = C16.read_bytes()
    patched = patch_xlsx(content, as_read(content), [placed("Лист1", "J11", 6000)])
    was, now = values(content, "Лист1"), values(patched, "Лист1")
    assert now["Q11"] == pytest.approx(2 * float(str(was["Q11"])))
    assert now["Q16"] == pytest.approx(20058300 + 14320800)
    before, after = as_read(content), as_read(patched)
    assert [c.formula for t in before.tabs for c in t.cells.values()] == [c.formula for t in after.tabs for c in t.cells.values()]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'a;b\r\n"x;1";"1.000,50"\r\ny;7\r\n', b'a;b\r\n"x;1";"2.000"\r\ny;7\r\n'),
        ("\ufeffa\tb\nz\t1.000,50".encode("utf-16-le"), "\ufeffa\tb\nz\t2.000".encode("utf-16-le")),
        ('Café,b\nx,"1.000,50"'.encode("cp1252"), 'Café,b\nx,"2.000"'.encode("cp1252")),
    ],
)
def test_a_csv_keeps_its_encoding_delimiter_quotes_and_line_ends(content: bytes, expected: bytes) -> None:
    book = Workbook("p.csv", "csv", (load_workbook("p.csv", content).tab("p"),))
    assert patch_delimited(content, "p.csv", book, [placed("p", "B2", "2.000", now="1.000,50")]) == expected


def test_a_csv_whose_fields_moved_is_not_touched() -> None:
    book = Workbook("p.csv", "csv", (Tab("p", {}, 1, 1),))
    with pytest.raises(InvalidInput):
        patch_delimited(b"a,b\nc,99\n", "p.csv", book, [placed("p", "B2", 5, now=7)])


@pytest.mark.parametrize("left_out", [r'(<c) r="[A-Z]+\d+"', r'(<row) r="\d+"', r'(<(?:c|row)) r="[A-Z]*\d+"'])
def test_cells_and_rows_whose_address_is_left_out_are_written_where_they_stand(left_out: str) -> None:
    stream, bare = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        money = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet("Plan")
        for row, (name, amount) in enumerate([("Meta", 100), ("TV", 200)]):
            sheet.write(row, 0, name)
            sheet.write(row, 1, amount, money)
            sheet.write_formula(row, 2, f"=B{row + 1}*2", money, amount * 2)
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(bare, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, re.sub(left_out.encode(), rb"\1", part) if name.endswith("sheet1.xml") else part)
    workbook = load_workbook("plan.xlsx", bare.getvalue())
    made = patch_xlsx(bare.getvalue(), workbook, [placed("Plan", "B2", 250, now=200)])
    sheet = openpyxl.load_workbook(io.BytesIO(made))["Plan"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["Meta", 100, "=B1*2"], ["TV", 250, "=B2*2"]]
    assert sheet["B2"].number_format == "#,##0.00"
    with pytest.raises(InvalidInput, match="C2 holds a formula"):
        patch_xlsx(bare.getvalue(), workbook, [placed("Plan", "C2", 1)])
