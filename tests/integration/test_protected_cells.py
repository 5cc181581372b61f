"""Cells that are protected or take only some values are named before approval; a write that Google refuses changes nothing."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableCellProperties
from odf.table import ContentValidation, ContentValidations, Table, TableCell, TableColumn, TableRow
from odf.text import P
from openpyxl import load_workbook
from openpyxl.styles import Protection
from openpyxl.worksheet.datavalidation import DataValidation

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext
from core.model.changes import ChangeSetStatus
from core.runtime import Runtime
from core.services import changes
from core.services.changes import ChangeSetView
from core.services.uploads import Upload, upload_file
from core.workflows.engine import Engine
from tests.integration.conftest import PLANNER, lay_file
from tests.integration.plan_in_drive import PlanInDrive, applied, approved, connect_plan, ended, undone
from tests.integration.plans import media_plan
from tests.integration.sectioned_plan import added, proposed, sectioned_plan

JO = "jo@northwind.example"
EDITS = {(0, 0): 41_000_00, (2, 1): 7_500_25}


@pytest.fixture
def plan(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> PlanInDrive:
    """A plan that belongs to Jo; the connected account may edit it."""
    lay_file(drive, "Jo's plan", media_plan(), as_sheet=True, owner=JO, writers=[PLANNER])
    return connect_plan(ctx, runtime, drive, "Jo's plan")


@pytest.fixture
def sections(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> PlanInDrive:
    lay_file(drive, "Jo's sections", sectioned_plan(), as_sheet=True, owner=JO, writers=[PLANNER])
    return connect_plan(ctx, runtime, drive, "Jo's sections")


def by_jo(plan: PlanInDrive, request: dict[str, Any]) -> None:
    plan.drive.edit({"kind": "request", "file_id": plan.external_id, "request": request}, by=JO)


def grid(plan: PlanInDrive, *area: int) -> dict[str, int]:
    top, left, bottom, right = area
    rows = {"startRowIndex": top - 1, "endRowIndex": bottom}
    return {"sheetId": plan.now().tabs[0].tab_id or 0, **rows, "startColumnIndex": left - 1, "endColumnIndex": right}


def protect(plan: PlanInDrive, *area: int, **facts: Any) -> None:
    by_jo(plan, {"addProtectedRange": {"protectedRange": {"range": grid(plan, *area), **facts}}})


def validate(plan: PlanInDrive, area: tuple[int, int, int, int], kind: str, *values: str) -> None:
    condition = {"type": kind, "values": [{"userEnteredValue": value} for value in values]}
    by_jo(plan, {"setDataValidation": {"range": grid(plan, *area), "rule": {"condition": condition, "strict": True}}})


def stopped(plan: PlanInDrive, view: ChangeSetView) -> ChangeSetView:
    approved(plan, view)
    ended(plan, view)
    return changes.get_change_set(plan.ctx, plan.rt, view.id)


def test_a_protected_cell_is_named_before_approval_and_a_refused_write_leaves_every_cell(plan: PlanInDrive, engine: Engine) -> None:
    protect(plan, 4, 4, 4, 5, description="Signed off")
    view = plan.proposed(EDITS)
    (told,) = [note for note in view.notes if "protected" in note]
    assert told.startswith("Media plan!D4 is protected (“Signed off”)") and "owner" in told
    before = plan.drive.snapshot(plan.external_id)
    failed = stopped(plan, view)
    assert failed.status is ChangeSetStatus.FAILED and failed.error is not None and "lift the protection" in failed.error
    assert plan.drive.snapshot(plan.external_id)["sheets"] == before["sheets"]


def test_a_protection_that_lets_this_account_edit_or_only_warns_is_no_obstacle(plan: PlanInDrive, engine: Engine) -> None:
    protect(plan, 4, 4, 4, 5, editors={"users": [PLANNER]})
    protect(plan, 1, 1, 20, 20, warningOnly=True, description="Finance looks here")
    view = plan.proposed(EDITS)
    (told,) = [note for note in view.notes if "protected" in note]
    assert "with a warning (“Finance looks here”)" in told and "refuse" not in told
    assert applied(plan, view).status is ChangeSetStatus.APPLIED


def test_a_protected_tab_may_leave_cells_free(plan: PlanInDrive, engine: Engine) -> None:
    area = {"sheetId": grid(plan, 1, 1, 1, 1)["sheetId"]}
    free = [grid(plan, 4, 3, 7, 5)]
    by_jo(plan, {"addProtectedRange": {"protectedRange": {"range": area, "unprotectedRanges": free}}})
    view = plan.proposed(EDITS)
    assert not [note for note in view.notes if "protected" in note]
    assert applied(plan, view).status is ChangeSetStatus.APPLIED


def test_what_is_protected_after_the_write_keeps_undo_from_changing_anything(plan: PlanInDrive, engine: Engine) -> None:
    before, view = plan.cells(), plan.proposed(EDITS)
    applied(plan, view)
    protect(plan, 6, 5, 6, 5)
    written = plan.cells()
    changes.undo(plan.ctx, plan.rt, view.id)
    ended(plan, view)
    still = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert still.status is ChangeSetStatus.APPLIED and still.error is not None and "lift the protection" in still.error
    assert plan.cells() == written
    (held,) = plan.drive.snapshot(plan.external_id)["sheets"][0]["protected"]
    by_jo(plan, {"deleteProtectedRange": {"protectedRangeId": held["protectedRangeId"]}})
    assert undone(plan, view).status is ChangeSetStatus.UNDONE
    assert plan.cells() == before


def test_rows_inside_of_a_protected_range_are_named_and_a_range_that_ends_above_lets_them_in(sections: PlanInDrive, engine: Engine) -> None:
    protect(sections, 2, 1, 4, 7)
    draft = sections.draft()
    view = proposed(sections, added(draft.distribution, "Video Co", "Podcast Co", 1_00, 2_00), draft)
    assert any("Media plan!A3" in note or "Media plan!B3" in note for note in view.notes if "refuse the whole write" in note)
    before = sections.drive.snapshot(sections.external_id)["sheets"]
    assert stopped(sections, view).status is ChangeSetStatus.FAILED
    assert sections.drive.snapshot(sections.external_id)["sheets"] == before
    again = sections.draft()
    other = proposed(sections, added(again.distribution, "Radio Two", "Audio Co", 1_00, 2_00), again)
    assert not [note for note in other.notes if "refuse the whole write" in note]
    assert applied(sections, other).error is None


def test_values_that_data_validation_would_not_take_are_named_and_written_all_the_same(plan: PlanInDrive, engine: Engine) -> None:
    validate(plan, (4, 3, 6, 5), "NUMBER_BETWEEN", "0", "40500")
    validate(plan, (7, 5, 7, 5), "CUSTOM_FORMULA", "=E7<9")
    view = plan.proposed(EDITS)
    (told,) = [note for note in view.notes if "takes only" in note]
    assert "Media plan!D4 (41,000)" in told and "numbers from 0 to 40,500" in told and "E6" not in told
    assert any("Media plan!E7: the sheet has a rule" in note for note in view.notes)
    assert applied(plan, view).status is ChangeSetStatus.APPLIED
    assert plan.cells()["4:4"] == 41_000


def test_a_new_line_item_that_is_not_in_the_list_of_its_column_is_named(sections: PlanInDrive) -> None:
    validate(sections, (2, 2, 7, 2), "ONE_OF_LIST", "Search Co", "Video Co", "Audio Co")
    draft = sections.draft()
    view = proposed(sections, added(draft.distribution, "Social Co", "Podcast Co", 1_00, 2_00), draft)
    (told,) = [note for note in view.notes if "takes only" in note]
    assert "Podcast Co" in told and "Search Co, Video Co, Audio Co" in told


def test_locked_cells_and_rules_of_an_excel_file_are_named_before_approval(ctx: AccessContext, runtime: Runtime, drive: Sandbox) -> None:
    book = load_workbook(BytesIO(media_plan()))
    sheet = book["Media plan"]
    sheet.protection.sheet = True
    sheet["E6"].protection = Protection(locked=False)
    lists = book.create_sheet("Lists")
    for row, amount in enumerate((1_000, 40_000, 7_500.25), 1):
        lists.cell(row, 1, amount)
    for rule, area in (
        (DataValidation("decimal", formula1="0", formula2="40500"), "D4:D6"),
        (DataValidation("list", formula1="Lists!$A$1:$A$3"), "E4:E6"),
        (DataValidation("list", formula1="Amounts"), "C6"),
    ):
        sheet.add_data_validation(rule)
        rule.add(area)
    content = BytesIO()
    book.save(content)
    info = upload_file(ctx, runtime, Upload("Locked.xlsx", content.getvalue()))
    view = PlanInDrive(ctx, runtime, drive, info.file_id, "").proposed(EDITS)
    (locked,) = [note for note in view.notes if "locked in a protected sheet" in note]
    assert "Media plan!D4" in locked and "E6" not in locked
    (told,) = [note for note in view.notes if "takes only" in note]
    assert "Media plan!D4 (41,000)" in told and "from 0 to 40,500" in told and "E6" not in told
    assert any(note.startswith("Media plan!C6: the sheet has a rule") for note in view.notes)


def locked_table() -> bytes:
    """Make the plan as an OpenDocument spreadsheet in a protected table, with one cell and one row left free and rules on others."""
    book = OpenDocumentSpreadsheet()
    free = Style(name="free", family="table-cell")
    free.addElement(TableCellProperties(cellprotect="none"))
    heir = Style(name="heir", family="table-cell", parentstylename=free)
    for style in (free, heir):
        book.automaticstyles.addElement(style)
    rules = ContentValidations()
    for name, condition in (
        ("between", "of:cell-content-is-decimal-number() and cell-content-is-between(0,40500)"),
        ("listed", "of:cell-content-is-in-list([$Lists.$A$1:.$A$2])"),
        ("other", "of:is-true-formula([.E4]>3)"),
    ):
        rules.addElement(ContentValidation(name=name, condition=condition))
    book.spreadsheet.addElement(rules)
    plan, lists = Table(name="Media plan", protected="true"), Table(name="Lists")
    plan.addElement(TableColumn(numbercolumnsrepeated=5))
    _row(plan, {}, "Media plan spring 2026")
    _row(plan, {}, "Channel", "Format", "Budget EUR", "Jan 2026", "Feb 2026")
    _row(plan, {4: {"contentvalidationname": "between"}, 5: {"contentvalidationname": "listed"}}, "TV", "Spot", 60_000, 40_000, 20_000)
    _row(plan, {4: {"stylename": heir}, 5: {"contentvalidationname": "other"}}, "Search", "Text", 17_500.5, 8_000, 9_500.5)
    _row(plan, {0: {"defaultcellstylename": free}}, "Social", "Reels", 12_000, 5_000, 7_000)
    for amount in (1_000, 20_000):
        _row(lists, {}, amount)
    book.spreadsheet.addElement(plan)
    book.spreadsheet.addElement(lists)
    stream = BytesIO()
    book.write(stream)
    return stream.getvalue()


def _row(table: Table, facts: dict[int, dict[str, Any]], *values: object) -> None:
    row = TableRow(**facts.get(0, {}))
    for column, value in enumerate(values, 1):
        is_text = isinstance(value, str)
        more = {"valuetype": "string"} if is_text else {"valuetype": "float", "value": value}
        cell = TableCell(**more, **facts.get(column, {}))
        cell.addElement(P(text=str(value)))
        row.addElement(cell)
    table.addElement(row)


def test_locked_cells_and_rules_of_an_opendocument_file_are_named_before_approval(
    ctx: AccessContext, runtime: Runtime, drive: Sandbox
) -> None:
    info = upload_file(ctx, runtime, Upload("Locked.ods", locked_table()))
    edits = {(0, 0): 41_000_00, (0, 1): 7_777_00, (1, 0): 7_500_25, (1, 1): 9_000_00, (2, 0): 6_000_00, (2, 1): 7_100_00}
    view = PlanInDrive(ctx, runtime, drive, info.file_id, "").proposed(edits)
    (locked,) = [note for note in view.notes if "locked in a protected sheet" in note]
    named = locked.partition(" are locked")[0]
    assert named == "Media plan!C3, Media plan!D3, Media plan!E3, Media plan!C4 and 1 more"  # E4; D4 and row 5 are free
    told = [note for note in view.notes if "takes only" in note]
    assert any("Media plan!D3 (41,000)" in note and "numbers from 0 to 40,500" in note for note in told)
    assert any("Media plan!E3 (7,777)" in note and "1,000, 20,000" in note for note in told)
    assert any(note.startswith("Media plan!E4: the sheet has a rule") for note in view.notes)
