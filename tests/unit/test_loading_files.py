"""Files of every kind become workbooks; hostile and broken ones are refused with a clear sentence."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from core.errors import UnreadableFile
from core.model.workbook import Cell, CellError, Span, Workbook
from core.sheets.loading import limits, load_workbook, xlsx
from core.sheets.reading import read_workbook

LEGACY = Path(__file__).with_name("legacy")


def workbook_bytes() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    plan = book.add_worksheet("Plan")
    euro, day = book.add_format({"num_format": "#,##0.00 [$€-407]", "bold": True}), book.add_format({"num_format": "dd.mm.yyyy"})
    plan.write_row(0, 0, ["Channel", "Start", "Cost"])
    plan.write_row(1, 0, ["Fish & <Chips>"])
    plan.write_datetime(1, 1, date(2026, 3, 1), day)
    plan.write_formula(1, 2, "=2*3", euro, 6)
    plan.write_formula(2, 2, "=1/0", None, "#DIV/0!")
    plan.merge_range(4, 0, 5, 1, "merged")
    plan.set_row(6, None, None, {"hidden": True})
    plan.write(6, 0, "hidden row")
    plan.set_column(7, 7, None, None, {"hidden": True})
    plan.write_blank(1, 5, None, book.add_format({"bg_color": "#FFCC00"}))
    book.add_worksheet("Old").hide()
    book.add_worksheet("Older").very_hidden()
    book.close()
    return out.getvalue()


def repacked(content: bytes, name: str, change: bytes) -> bytes:
    """Give the archive with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            target.writestr(part, change if part == name else source.read(part))
    return out.getvalue()


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook("plan.xlsx", workbook_bytes())


def test_an_xlsx_keeps_values_formulas_formats_fills_and_dates(book: Workbook) -> None:
    cells = book.tab("Plan").cells
    assert cells[2, 1].value == "Fish & <Chips>"
    assert cells[2, 2].value == date(2026, 3, 1)
    assert cells[2, 3].value == 6
    assert cells[2, 3].formula == "=2*3"
    assert cells[2, 3].number_format == "#,##0.00 [$€-407]"
    assert cells[2, 3].bold
    assert cells[3, 3].value == CellError("#DIV/0!")
    assert cells[2, 6].fill == "FFCC00"


def test_an_xlsx_keeps_merges_and_what_is_hidden(book: Workbook) -> None:
    plan = book.tab("Plan")
    assert [span.a1 for span in plan.merges] == ["A5:B6"]
    assert plan.hidden_rows == {7}
    assert plan.hidden_columns == {8}
    assert [tab.visibility for tab in book.tabs] == ["visible", "hidden", "very_hidden"]


def test_a_shared_formula_is_moved_to_each_of_its_cells() -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*$C$1+SUM(B1:B2)</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row></sheetData></worksheet>'
    )
    cells = load_workbook("a.xlsx", repacked(workbook_bytes(), "xl/worksheets/sheet1.xml", sheet.encode())).tab("Plan").cells
    assert cells[2, 1].formula == "=B2*$C$1+SUM(B2:B3)"


def test_plain_and_streamed_loading_give_the_same_cells() -> None:
    content = workbook_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    other = repacked(content, "xl/worksheets/sheet1.xml", sheet.replace(b'<c r="A1"', b'<c xml:space="preserve" r="A1"'))
    assert load_workbook("a.xlsx", other).tab("Plan").cells == load_workbook("a.xlsx", content).tab("Plan").cells


def test_csv_is_read_in_any_encoding_and_dialect() -> None:
    rows = 'Kanal;Größe;Kosten\r\nMeta;"zwei\nZeilen";1,5\r\n'
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"):
        tab = load_workbook("a.csv", rows.encode(encoding)).tabs[0]
        assert (tab.value(1, 2), tab.value(2, 2), tab.value(2, 3)) == ("Größe", "zwei\nZeilen", "1,5"), encoding
    tabs = load_workbook("a.tsv", rows.replace(";", "\t").encode())
    assert tabs.kind == "tsv"
    assert load_workbook("a.csv", ("\ufeff" * 55 + "a,b\n1,2\n").encode()).tabs[0].value(1, 1) == "a"


def test_csv_of_an_old_mac_keeps_its_accents() -> None:
    text = "Média;Régie;Début;Budget net HT (€)\r\nTélé;TF1;02/03/2026;45 000,00\r\nCinéma;Médiavision;16/03/2026;12 500,50\r\n"
    (tab,) = load_workbook("plan.csv", text.encode("mac_roman")).tabs
    assert [tab.cells[row, 1].value for row in (1, 2, 3)] == ["Média", "Télé", "Cinéma"]


def test_decimal_commas_in_every_line_do_not_cut_a_file_at_tabs() -> None:
    text = "План, март 2026\nКанал\tПериод\tБюджет, руб.\nВидео\t01.03-31.03.2026\t450 000,00\nПоиск\t01.03-15.03.2026\t120 500,50\n"
    (tab,) = load_workbook("plan.tsv", text.encode("utf-16")).tabs
    assert (tab.n_columns, tab.cells[3, 3].value) == (3, "450 000,00")


def test_ods_and_xlsx_of_other_makers_are_read() -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="Plan")
    row = TableRow()
    for kind, value, text in (("string", None, "Meta"), ("currency", "12.5", "12,50 €")):
        cell = TableCell(valuetype=kind, value=value, currency="EUR") if value else TableCell(valuetype=kind)
        cell.addElement(P(text=text))
        row.addElement(cell)
    table.addElement(row)
    document.spreadsheet.addElement(table)
    out = io.BytesIO()
    document.write(out)
    book = load_workbook("plan.ods", out.getvalue())
    assert book.kind == "ods"
    assert (book.tabs[0].value(1, 1), book.tabs[0].value(1, 2)) == ("Meta", 12.5)
    other = openpyxl.Workbook()
    other.active.append(["a", 1.5])  # type: ignore[union-attr]
    out = io.BytesIO()
    other.save(out)
    assert load_workbook("x.xlsx", out.getvalue()).tabs[0].value(1, 2) == 1.5


_ODS = """<office:document-content xmlns:office="o" xmlns:table="t" xmlns:style="s" xmlns:number="n" xmlns:fo="f" xmlns:text="x">
<office:automatic-styles>
 <number:date-style style:name="N1"><number:month number:textual="true"/><number:text>-</number:text><number:year/></number:date-style>
 <number:number-style style:name="N2P0"><number:number number:decimal-places="2" number:grouping="true"/><number:text> р.</number:text>
 </number:number-style>
 <number:number-style style:name="N2"><number:text>-</number:text><style:map style:condition="value()&gt;=0" style:apply-style-name="N2P0"/>
 </number:number-style>
 <style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1">
  <style:text-properties fo:font-weight="bold"/></style:style>
 <style:style style:name="ce2" style:family="table-cell" style:data-style-name="N2"/>
 <style:style style:name="ce3" style:family="table-cell" style:parent-style-name="ce1">
  <style:table-cell-properties fo:background-color="#ffcc00"/></style:style>
</office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="Plan">
 <table:table-column table:default-cell-style-name="ce2"/><table:table-column table:visibility="collapse"/>
 <table:table-row>
  <table:table-cell office:value-type="float" office:value="1250"/>
  <table:table-cell table:style-name="ce1" office:value-type="date" office:date-value="2025-03-01"/>
  <table:table-cell table:style-name="ce3"/>
  <table:table-cell office:value-type="float" office:value="3" table:formula="of:=SUM([.A1:.A1];[$'My tab'.$B$2];&quot;a;b&quot;)"/>
 </table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_ods_cells_keep_their_formats_fills_and_formulas_as_excel_spells_them() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS)
    tab = load_workbook("plan.ods", out.getvalue()).tabs[0]
    assert tab.cells[1, 1].number_format == '#,##0.00" р.";-'
    month = tab.cells[1, 2]
    assert (month.value, month.number_format, month.bold) == (date(2025, 3, 1), "mmm-yy", True)
    assert tab.cells[1, 3].fill == "FFCC00"
    assert tab.cells[1, 4].formula == "=SUM(A1:A1,'My tab'!$B$2,\"a;b\")"
    assert tab.hidden_columns == {2}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.xlsx", b"", "empty"),
        ("photo.csv", b"\x89PNG\r\n\x1a\n", "not a spreadsheet"),
        ("broken.xlsx", b"PK\x03\x04 nothing", "damaged"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "Excel 97"),
        ("no container.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel 97"),
    ],
)
def test_what_is_no_spreadsheet_is_refused(name: str, content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says) as error:
        load_workbook(name, content)
    assert error.value.message.startswith(name)


def test_an_archive_without_a_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(UnreadableFile, match="not a spreadsheet"):
        load_workbook("a.xlsx", out.getvalue())


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = b"<worksheet><sheetData>" + b" " * (60 * 2**20) + b"</sheetData></worksheet>"
    with pytest.raises(UnreadableFile, match="unpacks to"):
        load_workbook("bomb.xlsx", repacked(workbook_bytes(), "xl/worksheets/sheet1.xml", bomb))


def test_declared_entities_are_refused() -> None:
    lol = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    lol += b'<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&b;</v></c></row></sheetData></worksheet>'
    with pytest.raises(UnreadableFile, match="entities"):
        load_workbook("lol.xlsx", repacked(workbook_bytes(), "xl/worksheets/sheet1.xml", lol))


def test_hundreds_of_thousands_of_blank_rows_leave_no_cells() -> None:
    rows = (
        b"".join(b'<row r="%d" ht="12"/>' % number for number in range(1, 300_001)) + b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    )
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + rows + b"</sheetData></worksheet>"
    tab = load_workbook("a.xlsx", repacked(workbook_bytes(), "xl/worksheets/sheet1.xml", sheet)).tab("Plan")
    assert len(tab.cells) == 1


@pytest.mark.parametrize("place", [b"A99999999999", b"ZZZZZ9"])
def test_a_cell_where_no_sheet_has_one_is_refused(place: bytes) -> None:
    row = place.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    sheet = b'<worksheet><sheetData><row r="' + row + b'"><c r="' + place + b'"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(UnreadableFile, match="a sheet ends at row 1,048,576"):
        load_workbook("a.xlsx", repacked(workbook_bytes(), "xl/worksheets/sheet1.xml", sheet))


def test_a_long_text_is_read_and_a_quote_that_nothing_closes_is_named() -> None:
    tab = load_workbook("a.csv", b"Channel,Note\nTV," + b"x" * 400_000 + b"\n").tabs[0]
    assert len(str(tab.value(2, 2))) == 400_000
    with pytest.raises(UnreadableFile, match="quote opens there that nothing closes, row 2"):
        load_workbook("a.csv", b'Channel,Note\n"TV,1\n' + b"Radio,2\n" * 40_000)


def test_a_million_rows_of_nothing_but_commas_are_no_filled_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CELLS", 100)
    tab = load_workbook("a.csv", b"Channel,Budget\nTV,100\n" + b",\n" * 100_000).tabs[0]
    assert (len(tab.cells), tab.n_rows) == (4, 2)


def test_too_many_cells_and_too_much_time_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CELLS", 3)
    with pytest.raises(UnreadableFile, match="filled cells"):
        load_workbook("a.xlsx", workbook_bytes())
    monkeypatch.undo()
    monkeypatch.setattr(limits, "MAX_SIZE", 2 * limits.ROW_BYTES)
    with pytest.raises(UnreadableFile, match="MB that one file may"):
        load_workbook("a.xlsx", workbook_bytes())
    monkeypatch.undo()
    monkeypatch.setattr(limits, "MAX_SECONDS", -1.0)
    with pytest.raises(UnreadableFile, match="seconds"):
        load_workbook("a.xlsx", workbook_bytes())


def test_more_amounts_by_period_than_fit_beside_the_cells_are_refused() -> None:
    plan = b"Channel;Jan 2026;Feb 2026;Mar 2026\nTV;100;200;300\nRadio;10;20;30\n"
    full = replace(load_workbook("plan.csv", plan), size_bytes=limits.MAX_SIZE - 5 * limits.AMOUNT_BYTES)
    with pytest.raises(UnreadableFile, match=r"plan\.csv cannot be read: on the tab “plan” 2 lines have 6 amounts by period"):
        read_workbook(full)
    room = replace(full, size_bytes=limits.MAX_SIZE - 6 * limits.AMOUNT_BYTES)
    assert [len(item.by_period) for item in read_workbook(room).tables[0].line_items] == [3, 3]


def test_the_revision_is_the_hash_of_the_content() -> None:
    one, two = (load_workbook(name, b"a,b\n1,2\n").revision for name in ("x.csv", "y.csv"))
    assert one == two
    assert len(str(one)) == 64


@pytest.mark.parametrize("name", ["plan_1900.xls", "plan_1904.xls"])
def test_a_legacy_file_keeps_dates_formats_merges_and_what_is_hidden(name: str) -> None:
    """The files and how they were made: tests/unit/legacy/README.md."""
    book = load_workbook(name, (LEGACY / name).read_bytes())
    tab = book.tab("Mediaplan")
    assert [(t.name, t.visibility) for t in book.tabs] == [("Mediaplan", "visible"), ("alt", "hidden"), ("Listen", "very_hidden")]
    assert tab.cells[4, 3] == Cell(date(2026, 3, 2), None, "DD.MM.YYYY")
    assert tab.cells[4, 6] == Cell(12500.5, None, '#,##0.00\\ "€"')
    assert tab.cells[3, 1] == Cell("Kanal", None, None, None, True, "C0C0C0") and tab.cells[9, 1].value is True
    assert tab.merges == (Span(1, 1, 1, 6),) and tab.hidden_rows == {9} and tab.hidden_columns == {5}


@pytest.mark.parametrize("name", ["plan_1900.xls", "plan_1904.xls"])
def test_a_legacy_plan_is_read_like_any_other(name: str) -> None:
    reading = read_workbook(load_workbook(name, (LEGACY / name).read_bytes()))
    (table,) = reading.tables
    assert (table.currency, table.basis, table.total_minor) == ("EUR", "net", 5_000_200)
    assert [(i.channel, i.start, i.end, i.budget_cell) for i in table.line_items] == [
        ("Social", date(2026, 3, 2), date(2026, 4, 30), "F4"),
        ("Suche", date(2026, 3, 1), date(2026, 5, 31), "F5"),
        ("Video", date(2026, 4, 1), date(2026, 4, 30), "F6"),
    ]
    assert [check.matches for check in table.totals] == [True]
    assert {warning.code for warning in reading.warnings} == {"hidden_tab"} and not reading.questions


def test_a_part_that_goes_by_in_pieces_is_read_like_a_whole_one(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load_workbook("a.xlsx", workbook_bytes())
    monkeypatch.setattr(xlsx, "_PIECE_BYTES", 700)
    assert load_workbook("a.xlsx", workbook_bytes()) == whole


def test_texts_written_inside_their_cells_are_read() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, ["Channel & more", " spaced ", 12.5])
    tab = load_workbook("a.xlsx", out.getvalue()).tab("Plan")
    assert [tab.value(1, column) for column in (1, 2, 3)] == ["Channel & more", " spaced ", 12.5]


@pytest.mark.parametrize(
    ("plain", "other"),
    [
        (b'<c r="B2"', b'<c\tr="B2"'),
        (b"</row><row", b"</row>\n  <row"),
        (b'</c><c r="B2"', b'</c>\n<c r="B2"'),
        (b'<row r="2"', b'<row ht="12" r="2"'),
    ],
)
def test_cells_written_in_other_ways_are_read_alike(book: Workbook, plain: bytes, other: bytes) -> None:
    content = workbook_bytes()
    name = "xl/worksheets/sheet1.xml"
    part = zipfile.ZipFile(io.BytesIO(content)).read(name)
    assert plain in part
    assert load_workbook("plan.xlsx", repacked(content, name, part.replace(plain, other))).tabs == book.tabs
