"""A draft goes out as CSV, Excel or a new Google Sheet with its exact amounts, live totals and no formula that anybody smuggled in."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import openpyxl
import pytest

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext
from core.errors import NotFound
from core.runtime import Runtime
from core.services import drafts, exports
from core.services.draft_views import DraftView
from core.services.drafts import SaveDraft
from core.services.exports import OfDraft, OfPlan
from core.services.files import open_plan, store_of
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from tests.integration.plan_in_drive import PlanInDrive, connect_plan

EVIL = '=HYPERLINK("http://evil.example","click")'


@pytest.fixture
def plan(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> PlanInDrive:
    return connect_plan(ctx, runtime, drive, "Media plan spring")


@pytest.fixture
def evil_draft(plan: PlanInDrive) -> DraftView:
    """A draft whose first line item is named like a formula."""
    draft = plan.draft()
    first, *others = draft.distribution.rows
    rows = (replace(first, label=EVIL, channel="@SUM(1)"), *others)
    return drafts.save_version(plan.ctx, plan.rt, SaveDraft(draft.draft_id, 1, replace(draft.distribution, rows=rows)))


def test_csv_holds_every_amount_and_no_text_that_a_spreadsheet_takes_for_a_formula(plan: PlanInDrive, evil_draft: DraftView) -> None:
    file = exports.export_csv(plan.ctx, plan.rt, OfDraft(evil_draft.draft_id))
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0][-4:] == ["Jan 2026", "Feb 2026", "Total", "Currency"]
    assert (rows[1][0], rows[1][1]) == ("'" + EVIL, "'@SUM(1)")
    assert rows[2][-4:] == ["8000.00", "9500.50", "17500.50", "EUR"]


def test_excel_totals_are_live_and_texts_stay_texts(plan: PlanInDrive, evil_draft: DraftView) -> None:
    file = exports.export_xlsx(plan.ctx, plan.rt, OfDraft(evil_draft.draft_id))
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == (EVIL, "s")
    assert (sheet["I2"].value, sheet["I5"].value) == ("=SUM(G2:H2)", "=SUM(I2:I4)")
    assert sheet["G2"].number_format == '#,##0.00 "EUR"'
    cached = openpyxl.load_workbook(io.BytesIO(file.content), data_only=True).active
    assert cached["I5"].value == 89_500.5


def test_an_exported_plan_is_read_back_as_the_same_plan(plan: PlanInDrive) -> None:
    file = exports.export_xlsx(plan.ctx, plan.rt, OfDraft(plan.draft().draft_id))
    reading = read_workbook(load_workbook(file.name, file.content))
    assert [table.total_minor for table in reading.tables] == [89_500_50]


def test_a_plan_goes_out_as_it_was_read_without_a_draft(plan: PlanInDrive) -> None:
    assert exports.has_export(open_plan(plan.ctx, plan.rt, plan.file_id))
    excel = exports.export_xlsx(plan.ctx, plan.rt, OfPlan(plan.file_id))
    reading = read_workbook(load_workbook(excel.name, excel.content))
    assert (excel.name, reading.tables[0].total_minor) == ("Media plan spring.xlsx", 89_500_50)
    rows = list(csv.reader(io.StringIO(exports.export_csv(plan.ctx, plan.rt, OfPlan(plan.file_id)).content.decode("utf-8-sig"))))
    assert rows[2][-4:] == ["8000.00", "9500.50", "17500.50", "EUR"]
    assert exports.export_google_sheet(plan.ctx, plan.rt, OfPlan(plan.file_id)).name == "Media plan spring - as read"
    assert drafts.list_drafts(plan.ctx, plan.rt) == []


def test_a_new_google_sheet_lands_in_the_account_of_the_plan(plan: PlanInDrive) -> None:
    created = exports.export_google_sheet(plan.ctx, plan.rt, OfDraft(plan.draft().draft_id))
    google = store_of(plan.ctx, plan.rt, plan.file_id).google
    assert google is not None and created.web_url is not None
    tab = google.sheets.read_workbook(created.file_id).tabs[0]
    assert (tab.cells[5, 9].formula, tab.cells[5, 9].value) == ("=SUM(I2:I4)", 89_500.5)


def test_another_workspace_cannot_take_a_draft_out(plan: PlanInDrive, other_ctx: AccessContext) -> None:
    draft = plan.draft()
    for export in (exports.export_csv, exports.export_xlsx, exports.export_google_sheet):
        with pytest.raises(NotFound):
            export(other_ctx, plan.rt, OfDraft(draft.draft_id))
        with pytest.raises(NotFound):
            export(other_ctx, plan.rt, OfPlan(plan.file_id))
