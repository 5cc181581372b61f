"""Rows that come and go inside an Excel file: everything that names rows moves along, or the file is refused."""

from __future__ import annotations

import io
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from core.errors import InvalidInput
from core.model.distribution import Distribution
from core.model.workbook import Workbook
from core.services.targets import RowWrite, patch_file
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from core.sheets.writing.distribution import new_line, plan_tables, to_distribution
from core.sheets.writing.drift import check_drift
from core.sheets.writing.edits import WritePlan, plan_writes
from core.sheets.writing.row_drift import after_rows, journal_of, place_rows, place_undo, restructured, undone
from core.sheets.writing.row_plan import RowPatch, changed_values
from core.sheets.writing.xlsx_rows import patch_rows, row_refusals, values_following
from tests.server import ROOT

REAL = sorted(ROOT.glob("../shared/data/media_plans/*/plan.xlsx"))


def rich_plan() -> bytes:
    """Give a plan with all that Excel hangs on rows: rules, lists, notes, a chart, a table below, names, a filter, a picture's place."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Plan")
        money = book.add_format({"num_format": "#,##0.00 €", "bold": True})
        sheet.write_row(0, 0, ["Channel", "Publisher", "Jan 2026", "Feb 2026", "Budget EUR"])
        for row, (publisher, january, february) in enumerate([("Search Co", 100, 50), ("Video Co", 70, 30), ("Social Co", 20, 10)], 1):
            sheet.write_row(row, 1, [publisher, january, february])
            sheet.write_formula(row, 4, f"=SUM(C{row + 1}:D{row + 1})", money, january + february)
        sheet.merge_range("A2:A4", "Online")
        sheet.write(4, 0, "Total")
        for column, letter in enumerate("CDE", 2):
            sheet.write_formula(4, column, f"=SUM({letter}2:{letter}4)", None, {"C": 190, "D": 90, "E": 280}[letter])
        sheet.set_row(3, 33)
        sheet.conditional_format("C2:D4", {"type": "cell", "criteria": ">", "value": "$E$5/4", "format": book.add_format({"bold": True})})
        sheet.conditional_format("C2:D4", {"type": "data_bar", "data_bar_2010": True})
        sheet.data_validation("C2:D4", {"validate": "decimal", "criteria": ">=", "value": 0})
        sheet.write_comment("B4", "Ask Ann")
        sheet.write_comment("E5", "Sum of all")
        sheet.write_url("A7", "https://example.com", string="Source")
        sheet.autofilter("A1:E4")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"categories": "=Plan!$B$2:$B$4", "values": "=Plan!$E$2:$E$4"})
        sheet.insert_chart("G8", chart)
        sheet.add_sparkline("F2", {"range": "Plan!C2:C4"})
        sheet.add_table("B10:C12", {"columns": [{"header": "Key"}, {"header": "Rate"}], "data": [["a", 1], ["b", 2]]})
        sheet.print_area("A1:E5")
        book.define_name("Total_budget", "=Plan!$E$5")
        book.define_name("Lines", "=Plan!$E$2:$E$4")
        other = book.add_worksheet("Other")
        other.write_formula("A1", "=Plan!E5*1.2", None, 336)
        other.write_formula("A2", "=SUM(Lines)", None, 280)
    return stream.getvalue()


def planned(content: bytes, *, add_below: str | None = None, remove: str | None = None) -> tuple[Workbook, WritePlan]:
    workbook = load_workbook("plan.xlsx", content)
    tables = plan_tables(read_workbook(workbook))
    table = to_distribution(tables, workbook)
    return workbook, plan_writes(tables, workbook, changed(table, add_below, remove))


def changed(table: Distribution, add_below: str | None, remove: str | None) -> Distribution:
    rows = []
    for row in table.rows:
        rows += [] if row.publisher == remove else [row]
        if row.publisher == add_below:
            line = new_line(row, {"publisher": "Podcast Co"}, row_id="new-1", is_copy=False)
            rows.append(replace(line, cells=tuple(replace(cell, budget_minor=12_50) for cell in line.cells)))
    return replace(table, rows=tuple(rows))


def patched(content: bytes, workbook: Workbook, plan: WritePlan) -> bytes:
    assert plan.violations == () and plan.rows.edits
    placed = place_rows(plan.rows, plan.outlines, workbook)
    result, failures = restructured(workbook, (), placed)
    assert failures == () and placed.conflicts == ()
    values = values_following(result, changed_values(result, placed.edits, {}))
    return patch_rows(content, "plan.xlsx", RowPatch(placed.edits, result, {}, values))


def opened(content: bytes, *, data_only: bool = False) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of the extensions that it would leave out
        return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)


def part(content: bytes, ending: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "".join(package.read(name).decode() for name in package.namelist() if name.endswith(ending))


def test_a_row_inserted_at_the_end_of_a_block_takes_everything_with_it() -> None:
    content = rich_plan()
    workbook, plan = planned(content, add_below="Social Co")
    made = patched(content, workbook, plan)
    book = opened(made)
    sheet = book["Plan"]
    assert [sheet.cell(5, column).value for column in range(2, 6)] == ["Podcast Co", 12.5, 12.5, "=SUM(C5:D5)"]
    assert sheet["C6"].value == "=SUM(C2:C5)" and sheet["E5"].number_format == sheet["E4"].number_format
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A2:A5"}
    assert sheet.row_dimensions[5].height == sheet.row_dimensions[4].height == 33
    assert {str(one.sqref) for one in sheet.conditional_formatting} == {"C2:D5"}
    assert sheet.conditional_formatting["C2:D5"][0].formula == ["$E$6/4"]
    assert str(sheet.data_validations.dataValidation[0].sqref) == "C2:D5"
    assert (sheet["B4"].comment.text, sheet["E6"].comment.text, sheet["E5"].comment) == ("Ask Ann", "Sum of all", None)
    assert sheet["A8"].hyperlink.target == "https://example.com" and sheet.auto_filter.ref == "A1:E5"
    assert sheet.tables["Table1"].ref == "B11:C13" and "$A$1:$E$6" in sheet.print_area
    assert (book.defined_names["Total_budget"].attr_text, book.defined_names["Lines"].attr_text) == ("Plan!$E$6", "Plan!$E$2:$E$5")
    assert "Plan!$E$2:$E$5" in part(made, "charts/chart1.xml") and "<xdr:row>8</xdr:row>" in part(made, "drawings/drawing1.xml")
    assert "<xm:f>Plan!C2:C5</xm:f>" in part(made, "sheet1.xml") and "<x:Row>5</x:Row>" in part(made, "vmlDrawing1.vml")
    assert book["Other"]["A1"].value == "=Plan!E6*1.2"
    cached = opened(made, data_only=True)
    assert [cached["Plan"][at].value for at in ("E5", "C6", "E6")] == [25, 202.5, 305] and cached["Other"]["A1"].value == 366


def test_a_row_put_below_a_hidden_one_is_shown() -> None:
    book = opened(rich_plan())
    book["Plan"].row_dimensions[4].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    workbook, plan = planned(stream.getvalue(), add_below="Social Co")
    rows = opened(patched(stream.getvalue(), workbook, plan))["Plan"].row_dimensions
    assert rows[4].hidden and not rows[5].hidden


def test_a_deleted_row_leaves_sums_of_what_is_left() -> None:
    content = rich_plan()
    workbook, plan = planned(content, remove="Video Co")
    book = opened(patched(content, workbook, plan))
    sheet = book["Plan"]
    assert [sheet.cell(3, column).value for column in (2, 3)] == ["Social Co", 20]
    assert sheet["E4"].value == "=SUM(E2:E3)" and {str(area) for area in sheet.merged_cells.ranges} == {"A2:A3"}
    assert sheet["B3"].comment.text == "Ask Ann" and sheet.row_dimensions[3].height == 33
    assert book.defined_names["Lines"].attr_text == "Plan!$E$2:$E$3"


def priced_plan() -> bytes:
    """Give a plan whose budgets are units times price."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, ["Channel", "Publisher", "Impressions", "CPM", "Budget EUR"])
        for row, (publisher, units, price) in enumerate([("Search Co", 1_000_000, 5), ("Video Co", 2_000_000, 8.5)], 1):
            sheet.write_row(row, 0, ["Online", publisher, units, price])
            sheet.write_formula(row, 4, f"=ROUND(C{row + 1}/1000*D{row + 1},2)", None, units / 1000 * price)
        sheet.write(3, 0, "Total")
        sheet.write_formula(3, 4, "=SUM(E2:E3)", None, 22_000)
    return stream.getvalue()


def test_a_new_line_whose_budget_is_a_formula_is_made_of_the_input_that_a_person_names() -> None:
    content = priced_plan()
    workbook = load_workbook("plan.xlsx", content)
    tables = plan_tables(read_workbook(workbook))
    wanted = changed(to_distribution(tables, workbook), "Video Co", None)
    asked = plan_writes(tables, workbook, wanted)
    assert [(one.cell, {(option.label, option.needed) for option in one.options}) for one in asked.choices] == [
        ("E of new line 1, Online · Podcast Co", {("Impressions", 1471), ("CPM", 0.00625)})
    ]
    assert not asked.rows.edits and asked.violations == ()
    plan = plan_writes(tables, workbook, replace(wanted, notes={f"input:Plan!{asked.choices[0].cell}": "Plan!D3"}))
    sheet = opened(patched(content, workbook, plan), data_only=True)["Plan"]
    assert [sheet.cell(4, column).value for column in range(2, 6)] == ["Podcast Co", 2_000_000, 0.00625, 12.5]
    assert sheet["E5"].value == 22_012.5


def test_a_row_that_carries_the_id_of_a_new_line_is_not_inserted_again() -> None:
    workbook, plan = planned(rich_plan(), add_below="Social Co")
    there = replace(workbook, tabs=tuple(replace(tab, row_ids={3: "new-1"}) for tab in workbook.tabs))
    assert [conflict.kind for conflict in place_rows(plan.rows, plan.outlines, there).conflicts] == ["row_exists"]


def test_a_file_with_something_that_cannot_follow_is_refused_and_named() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, ["Publisher", "Budget EUR"])
        sheet.write_row(1, 0, ["Search Co", 100])
        sheet.write_row(2, 0, ["Video Co", 50])
        sheet.write_array_formula("D2:D3", "{=B2:B3*2}")
        book.add_worksheet("End").write_formula("A1", "=SUM(Plan:End!B3)")
    content = stream.getvalue()
    refusals = row_refusals(content, {"Plan": 3})
    assert any("array formulas" in one for one in refusals) and any("across tabs" in one for one in refusals)
    workbook, plan = planned(content, add_below="Video Co")
    with pytest.raises(InvalidInput, match="cannot be inserted or deleted safely"):
        patched(content, workbook, plan)


@pytest.mark.parametrize(
    ("formula", "is_safe"),
    [
        ("=SUM(Plan:End!B2)", True), ("=SUM('Plan:End'!$A$1:B2)", True), ("=SUM(Plan:End!B:B)", True), ("=SUM(End:Last!B9)", True),
        ("=SUM('End:It''s last'!B9)", True), ('=IF(A1="Plan:End!B9",1,0)', True), ("=SUM([1]Plan:End!B9)", True),
        ("=SUM(Plan:End!B3)", False), ("=SUM('Plan:It''s last'!B2:B9)", False), ("=SUM(Plan:Gone!B1)", False),
    ],
)  # fmt: skip
def test_a_sum_across_tabs_is_refused_only_where_its_rows_would_move_on_one_tab(formula: str, is_safe: bool) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, ["Publisher", "Budget EUR"])
        sheet.write_row(1, 0, ["Search Co", 100])
        sheet.write_row(2, 0, ["Video Co", 50])
        for title in ("End", "Last", "It's last"):
            book.add_worksheet(title)
        sheet = book.add_worksheet("Sums")
        sheet.write_formula("A1", formula)
    assert (row_refusals(stream.getvalue(), {"Plan": 3}) == ()) is is_safe
    if is_safe:
        workbook, plan = planned(stream.getvalue(), add_below="Video Co")
        made = load_workbook("plan.xlsx", patched(stream.getvalue(), workbook, plan))
        assert made.tab("Sums").cells[1, 1].formula == formula


@pytest.mark.skipif(not REAL, reason="the shared real plans are not on this machine")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.parent.name)
def test_real_plans_take_a_copy_of_their_last_line_and_lose_their_first_or_say_why_not(path: Path) -> None:
    content = path.read_bytes()
    workbook = load_workbook("plan.xlsx", content)
    reading = read_workbook(workbook)
    if not any(table.line_items for table in reading.tables):
        pytest.skip("no plan in it")
    tables = plan_tables(reading)
    table = to_distribution(tables, workbook)
    copied = new_line(table.rows[-1], {}, row_id="new-1", is_copy=True)
    for wanted in ((*table.rows, copied), table.rows[1:]):
        plan = plan_writes(tables, workbook, replace(table, rows=tuple(wanted)))
        if plan.violations or not plan.rows.edits:
            assert plan.violations or plan.notes
            continue
        try:
            made = patched(content, workbook, plan)
        except InvalidInput as error:
            assert error.message
            continue
        again = load_workbook("plan.xlsx", made)
        fresh = to_distribution(plan_tables(read_workbook(again)), again)
        assert fresh.total_minor == sum(row.total_minor for row in wanted)


def test_a_formula_that_counts_out_its_rows_is_named_before_rows_come_and_go() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Plan")
        for row, line in enumerate([["Publisher", "Budget EUR"], ["Search Co", 100], ["Video Co", 50]]):
            sheet.write_row(row, 0, line)
        book.add_worksheet("Sums").write_formula("A1", "=SUM(OFFSET(Plan!B2,0,0,2,1))", None, 150)
    _, plan = planned(stream.getvalue(), add_below="Video Co")
    assert "Sums!A1 counts out rows (OFFSET) and may not follow: look there after writing." in plan.notes


def test_a_copied_line_keeps_the_rates_it_was_planned_with_though_those_of_its_model_change_in_the_same_write() -> None:
    content = priced_plan()
    workbook = load_workbook("plan.xlsx", content)
    tables = plan_tables(read_workbook(workbook))
    table = to_distribution(tables, workbook)
    model = table.rows[0]
    copy = new_line(model, {"publisher": "Podcast Co"}, row_id="new-1", is_copy=True)
    cheaper = replace(model, cells=tuple(replace(cell, budget_minor=2_500_00) for cell in model.cells))
    wanted = replace(table, rows=(cheaper, copy, *table.rows[1:]), notes={"input:Plan!E2": "Plan!D2"})
    plan = plan_writes(tables, workbook, wanted)
    assert {edit.cell: edit.after.value for edit in plan.edits} == {"D2": 2.5}
    theirs = load_workbook("plan.xlsx", content)
    drift = check_drift(plan.edits, plan.outlines, theirs)
    placed = place_rows(plan.rows, plan.outlines, theirs)
    result, failures = restructured(theirs, drift.clean, placed)
    assert failures == ()
    sheet = opened(patch_file("plan.xlsx", content, theirs, drift.clean, RowWrite(theirs, placed.edits, result, {}, "")), data_only=True)
    assert [[sheet["Plan"].cell(row, column).value for column in (4, 5)] for row in (2, 3)] == [[2.5, 2_500], [5, 5_000]]


def test_putting_a_deleted_line_back_expects_the_totals_that_stood_there_before() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, ["Channel", "Publisher", "Budget EUR"])
        for row, line in enumerate([("Online", "Search Co", 100), ("Offline", "TV One", 400), ("Offline", "Radio Two", 30)], 1):
            sheet.write_row(row + (row > 1), 0, line)
        for row, label, formula, value in ((2, "Total online", "C2:C2", 100), (5, "Total offline", "C4:C5", 430)):
            sheet.write(row, 0, label)
            sheet.write_formula(row, 2, f"=SUM({formula})", None, value)
        sheet.write(6, 0, "Total")
        sheet.write_formula(6, 2, "=C3+C6", None, 530)
    workbook, plan = planned(stream.getvalue(), add_below="Radio Two", remove="TV One")
    assert plan.violations == () and plan.rows.edits
    placed = place_rows(plan.rows, plan.outlines, workbook)
    result, _ = restructured(workbook, (), placed)
    _, outlines = after_rows(check_drift((), plan.outlines, workbook), placed, result)
    journal = journal_of(workbook, placed, result, {}, outlines)
    back, failures = undone(result.workbook, (), place_undo(journal, outlines, result.workbook), journal)
    assert failures == ()
    assert {at: cell.formula for at, cell in back.workbook.tab("Plan").cells.items()} == {
        at: cell.formula for at, cell in workbook.tab("Plan").cells.items()
    }
