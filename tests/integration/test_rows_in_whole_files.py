"""Rows of files that are written as a whole, in Drive or uploaded: the new line stands in them, and undo gives back their bytes."""

from __future__ import annotations

from dataclasses import replace

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext, Role
from core.model.changes import ChangeSetStatus
from core.runtime import Runtime
from core.services import changes, drafts
from core.services.files import content_of
from core.services.uploads import Upload, upload_file
from core.sheets.loading import load_workbook
from core.workflows.engine import Engine
from tests.conftest import make_member
from tests.integration.conftest import lay_file
from tests.integration.plan_in_drive import PlanInDrive, applied, connect_plan, undone
from tests.integration.sectioned_plan import added, proposed, sectioned_plan, without


def test_an_excel_file_in_drive_gets_the_row_and_undo_gives_back_its_bytes(
    runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine
) -> None:
    lay_file(drive, "Blocks.xlsx", sectioned_plan())
    plan = connect_plan(ctx, runtime, drive, "Blocks.xlsx")
    original = drive.storage.blob(plan.external_id)
    draft = plan.draft()
    table = without(added(draft.distribution, "Social Co", "Podcast Co", 1_000_00, 250_50), "Video Co")
    view = proposed(plan, table, draft)
    assert sorted((edit.kind, edit.row) for edit in view.rows.edits) == [("delete", 3), ("insert", 4)]
    done = applied(plan, view)
    assert done.status is ChangeSetStatus.APPLIED and done.error is None and done.has_download
    made = load_workbook("Blocks.xlsx", drive.storage.blob(plan.external_id)).tab("Media plan").cells
    assert [made[4, column].value for column in (2, 4, 5, 6)] == ["Podcast Co", 1_000, 250.5, 1_250.5]
    assert (made[5, 4].formula, made[5, 4].value, made[3, 7].formula) == ("=SUM(D2:D4)", 10_500, "=G2+F3")
    newest = drafts.get_draft(ctx, runtime, draft.draft_id).distribution
    assert [row.publisher for row in newest.rows] == ["Search Co", "Social Co", "Podcast Co", "TV One", "Radio Two"]
    undone(plan, view)
    assert drive.storage.blob(plan.external_id) == original
    assert len(drafts.get_draft(ctx, runtime, draft.draft_id).distribution.rows) == 5
    assert changes.preview(ctx, runtime, draft.draft_id).rows.edits


def test_an_uploaded_csv_gets_a_line_and_loses_one_and_undo_gives_back_its_bytes(
    runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine
) -> None:
    original = (
        b"Channel;Publisher;Format;Jan 2026;Budget EUR\r\nTV;TV One;Spot;1.000,50;1.000,50\r\n"
        b"Radio;Radio Two;Spot;20,00;20,00\r\nTotal;;;1.020,50;1.020,50\r\n"
    )
    info = upload_file(ctx, runtime, Upload("Summer.csv", original))
    plan = PlanInDrive(ctx, runtime, drive, info.file_id, "")
    draft = plan.draft()
    view = proposed(plan, without(added(draft.distribution, "TV One", "Podcast Co", 1_234_00), "Radio Two"), draft)
    done = applied(plan, view)
    assert done.status is ChangeSetStatus.APPLIED and done.error is None
    assert changes.download(ctx, runtime, view.id) == original.replace(
        b"Radio;Radio Two;Spot;20,00;20,00", b"TV;Podcast Co;Audio;1.234,00;1.234,00"
    ).replace(b"1.020,50;1.020,50", b"2.234,50;2.234,50")
    assert undone(plan, view).status is ChangeSetStatus.UNDONE
    assert content_of(ctx, runtime, info.file_id) == original


def test_a_planner_who_may_not_write_proposes_rows_of_an_excel_file(
    runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine
) -> None:
    lay_file(drive, "Blocks.xlsx", sectioned_plan())
    plan = connect_plan(ctx, runtime, drive, "Blocks.xlsx")
    planner = replace(plan, ctx=make_member(runtime, Role.PLANNER, of=ctx, name="Pia Planner"))
    draft = planner.draft()
    view = proposed(planner, added(draft.distribution, "Social Co", "Podcast Co", 1_000_00, 250_50), draft)
    assert view.status is ChangeSetStatus.PROPOSED and [edit.kind for edit in view.rows.edits] == ["insert"]
