"""Line items that a planner adds or removes become rows of the sheet, inside its totals, and undo leaves no trace of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.sandbox.faults import Fault
from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext
from core.errors import Conflict, RuleViolation
from core.model.changes import ChangeSetStatus
from core.model.distribution import DistributionRow
from core.runtime import Runtime
from core.services import applying, changes, drafts, settling
from core.services.changes import ChangeSetView
from core.sheets.writing.drift import Choice
from core.workflows.engine import Engine
from tests.conftest import SettableClock
from tests.integration.conftest import lay_file
from tests.integration.plan_in_drive import PlanInDrive, applied, approved, connect_plan, ended, undone
from tests.integration.sectioned_plan import added, proposed, same, saved, sectioned_plan, sheets_of, without


@pytest.fixture
def plan(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> PlanInDrive:
    lay_file(drive, "Blocks", sectioned_plan(), as_sheet=True)
    return connect_plan(ctx, runtime, drive, "Blocks")


def shown(plan: PlanInDrive, tab: str = "Media plan") -> dict[str, object]:
    cells = plan.now().tab(tab).cells
    return {f"{chr(64 + column)}{row}": cell.value for (row, column), cell in cells.items() if cell.value is not None}


def formula(plan: PlanInDrive, row: int, column: int, tab: str = "Media plan") -> str | None:
    return plan.now().tab(tab).cells[row, column].formula


def test_a_new_line_at_the_end_of_its_block_is_inside_every_total_and_its_merged_label(plan: PlanInDrive, engine: Engine) -> None:
    sheets = sheets_of(plan)
    draft = plan.draft()
    view = proposed(plan, added(draft.distribution, "Social Co", "Podcast Co", 1_000_00, 250_50), draft)
    assert [(edit.kind, edit.row) for edit in view.rows.edits] == [("insert", 4)] and not view.edits
    assert ("Media plan!D5", "=SUM(D2:D4)", "=SUM(D2:D5)") in view.rows.rewritten
    calls = plan.drive.requests
    done = applied(plan, view)
    assert done.status is ChangeSetStatus.APPLIED and done.error is None
    now = shown(plan)
    assert (now["B5"], now["C5"], now["D5"], now["E5"], now["F5"]) == ("Podcast Co", "Audio", 1_000, 250.5, 1_250.5)
    assert (now["D6"], now["E6"], now["F6"]) == (15_500, 19_251, 34_751)
    assert (now["D10"], now["F10"]) == (58_500, 101_751)
    assert (now["G5"], formula(plan, 5, 7)) == (34_751, "=G4+F5")
    assert shown(plan, "Summary") == {"A1": "All", "B1": 101_751, "A2": "Most of online", "B2": 17_500.5, "A3": "Radio", "B3": 7_000}
    assert formula(plan, 2, 2, "Summary") == "=MAX('Media plan'!F2:F5)"
    tab = plan.now().tab("Media plan")
    assert {span.a1 for span in tab.merges} == {"A2:A5", "A7:A8"}
    assert tab.cells[5, 4].fill == tab.cells[4, 4].fill == "FFEEDD"
    assert plan.drive.requests > calls
    assert undone(plan, view).status is ChangeSetStatus.UNDONE
    same(sheets_of(plan), sheets)


def test_after_the_write_the_draft_has_its_line_items_under_their_new_rows(plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    applied(plan, proposed(plan, added(draft.distribution, "Search Co", "Podcast Co", 1_000_00, 0), draft))
    newest = drafts.get_draft(plan.ctx, plan.rt, draft.draft_id)
    assert [row.publisher for row in newest.distribution.rows] == [
        "Search Co",
        "Podcast Co",
        "Video Co",
        "Social Co",
        "TV One",
        "Radio Two",
    ]
    assert [row.source_row for row in newest.distribution.rows] == [2, 3, 4, 5, 7, 8]
    again = changes.preview(plan.ctx, plan.rt, draft.draft_id)
    assert again.is_empty and not again.violations


def test_lines_are_added_removed_and_changed_in_one_write_and_undo_leaves_no_trace(plan: PlanInDrive, engine: Engine) -> None:
    sheets = sheets_of(plan)
    draft = plan.draft()
    table = without(added(draft.distribution, "TV One", "TV Two", 500_00, 600_00), "Video Co")
    table = replace(table, rows=tuple(_with(row, 0, 9_000_00) if row.publisher == "Search Co" else row for row in table.rows))
    view = proposed(plan, table, draft)
    assert sorted((edit.kind, edit.row) for edit in view.rows.edits) == [("delete", 3), ("insert", 6)]
    assert {edit.cell for edit in view.edits} == {"D2"}
    done = applied(plan, view)
    assert done.error is None
    now = shown(plan)
    assert (now["B6"], now["D6"], now["D2"]) == ("TV Two", 500, 9_000)
    assert (now["D4"], now["D8"], now["E8"], now["D9"]) == (10_500, 43_500, 24_600, 54_000)
    assert (formula(plan, 4, 4), formula(plan, 8, 4), formula(plan, 9, 4)) == ("=SUM(D2:D3)", "=SUM(D5:D7)", "=D4+D8")
    assert (formula(plan, 3, 7), formula(plan, 6, 7), formula(plan, 7, 7)) == ("=G2+F3", "=G5+F6", "=G6+F7")
    assert undone(plan, view).status is ChangeSetStatus.UNDONE
    same(sheets_of(plan), sheets)


def _with(row: DistributionRow, number: int, minor: int) -> DistributionRow:
    cells = tuple(replace(cell, budget_minor=minor) if place == number else cell for place, cell in enumerate(row.cells))
    return replace(row, cells=cells)


def test_a_row_that_others_refer_to_or_that_carries_a_label_stays_with_amounts_of_zero_and_it_is_said(plan: PlanInDrive) -> None:
    draft = plan.draft()
    view = proposed(plan, without(without(draft.distribution, "Search Co"), "Radio Two"), draft)
    assert not view.rows.edits
    assert {(edit.cell, edit.after.value) for edit in view.edits} == {("D2", 0), ("E2", 0), ("D7", 0), ("E7", 0)}
    assert any("Search Co" in note and "merged label A2:A4" in note for note in view.notes)
    assert any("Radio Two" in note and "Summary!B3 refers to it" in note for note in view.notes)


def test_a_new_line_whose_running_sum_would_lose_what_it_goes_on_from_keeps_that_row(plan: PlanInDrive, engine: Engine) -> None:
    sheets, draft = sheets_of(plan), plan.draft()
    table = without(without(added(draft.distribution, "Social Co", "Podcast Co", 10_00, 0), "Social Co"), "Video Co")
    view = proposed(plan, table, draft)
    assert any("Video Co" in note and "stays with amounts of 0" in note for note in view.notes)
    assert applied(plan, view).error is None
    now = shown(plan)
    assert (now["B4"], formula(plan, 4, 7), now["D5"], "#REF!" in str(plan.cells())) == ("Podcast Co", "=G3+F4", 8_010, False)
    undone(plan, view)
    same(sheets_of(plan), sheets)


def test_other_peoples_rows_and_columns_do_not_lead_a_new_row_astray(plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    view = proposed(plan, added(draft.distribution, "Radio Two", "Radio Three", 10_00, 20_00), draft)
    for edit in ({"kind": "insert_row", "row": 1, "count": 2}, {"kind": "insert_column", "column": 2}):
        plan.edit(**edit)
    done = applied(plan, view)
    assert done.status is ChangeSetStatus.APPLIED and done.error is None
    now = shown(plan)
    assert (now["C10"], now["E10"], now["E11"], formula(plan, 11, 5)) == ("Radio Three", 10, 43_010, "=SUM(E8:E10)")
    plan.edit(kind="insert_row", row=1)
    undone(plan, view)
    assert formula(plan, 11, 5) == "=SUM(E9:E10)" and "Radio Three" not in shown(plan).values()


def test_a_row_that_changed_meanwhile_is_not_deleted(plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    view = proposed(plan, without(draft.distribution, "Video Co"), draft)
    assert [(edit.kind, edit.row) for edit in view.rows.edits] == [("delete", 3)]
    plan.edit(kind="set_cell", cell="D3", value="3500")
    before = plan.cells()
    approved(plan, view)
    ended(plan, view)
    stopped = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert stopped.status is ChangeSetStatus.CONFLICTED and plan.cells() == before
    assert [(one.cell, one.kind, one.theirs and one.theirs.value) for one in stopped.conflicts] == [("D3", "value_changed", 3_500)]


def stopped(plan: PlanInDrive, view: ChangeSetView) -> dict[tuple[str, str], str]:
    """Let a write stop at its conflicts; give their kinds by place."""
    approved(plan, view)
    ended(plan, view)
    found = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert found.status is ChangeSetStatus.CONFLICTED
    return {(one.tab, one.cell): one.kind for one in found.conflicts}


@pytest.mark.parametrize(("choice", "video", "total"), [("theirs", 5_555, 57_555), ("ours", 6_000, 58_000)])
def test_a_cell_that_changed_is_settled_while_rows_come_and_go(
    plan: PlanInDrive, engine: Engine, choice: Choice, video: int, total: int
) -> None:
    sheets, draft = sheets_of(plan), plan.draft()
    table = without(added(draft.distribution, "Social Co", "Podcast Co", 1_000_00, 0), "Social Co")
    table = replace(table, rows=tuple(_with(row, 0, 6_000_00) if row.publisher == "Video Co" else row for row in table.rows))
    view = proposed(plan, table, draft)
    plan.edit(kind="set_cell", cell="D3", value="5555")
    assert stopped(plan, view) == {("Media plan", "D3"): "value_changed"}
    settled = settling.settle(plan.ctx, plan.rt, view.id, {("Media plan", "D3"): choice})
    assert sorted(edit.kind for edit in settled.rows.edits) == ["delete", "insert"] and len(settled.edits) == (choice == "ours")
    done = applied(plan, settled)
    assert done.status is ChangeSetStatus.APPLIED and done.error is None
    now = shown(plan)
    assert (now["D3"], now["B4"], now["D4"], now["D9"]) == (video, "Podcast Co", 1_000, total)
    newest = drafts.get_draft(plan.ctx, plan.rt, draft.draft_id).distribution
    assert [row.source_row for row in newest.rows] == [2, 3, 4, 6, 7] and changes.preview(plan.ctx, plan.rt, draft.draft_id).is_empty
    undone(plan, settled)
    plan.edit(kind="set_cell", cell="D3", value="5000")
    same(sheets_of(plan), sheets)


def test_a_row_that_changed_stays_and_a_line_whose_place_is_lost_is_left_out_while_the_rest_is_written(
    plan: PlanInDrive, engine: Engine
) -> None:
    draft = plan.draft()
    table = added(added(without(draft.distribution, "Video Co"), "Radio Two", "Radio Three", 10_00, 0), "TV One", "TV Two", 20_00, 0)
    view = proposed(plan, table, draft)
    plan.edit(kind="set_cell", cell="D3", value="3500")
    plan.edit(kind="set_cell", cell="B7", value="Radio 2")
    plan.edit(kind="set_cell", cell="C7", value="Jingle")
    plan.edit(kind="set_cell", cell="D7", value="17")
    met = stopped(plan, view)
    assert set(met.values()) == {"value_changed", "row_missing"} and ("Media plan", "D3") in met
    settled = settling.settle(plan.ctx, plan.rt, view.id, {})
    assert [(edit.kind, edit.line_item.split(" · ")[1]) for edit in settled.rows.edits] == [("insert", "TV Two")]
    done = applied(plan, settled)
    assert done.status is ChangeSetStatus.APPLIED and done.error is None
    assert (shown(plan)["B7"], shown(plan)["D7"], shown(plan)["D3"], formula(plan, 9, 4)) == ("TV Two", 20, 3_500, "=SUM(D6:D8)")


def test_a_draft_that_follows_another_state_is_proposed_anew_instead_of_settled(plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    view = proposed(plan, added(draft.distribution, "Radio Two", "Radio Three", 10_00, 20_00), draft)
    plan.edit(kind="delete_row", row=7)
    assert stopped(plan, view)
    with plan.rt.db.session(plan.ctx) as session:
        changes.change_set_row(session, view.id).draft_version = 1
    with pytest.raises(Conflict, match="no longer be worked out anew") as refused:
        settling.settle(plan.ctx, plan.rt, view.id, {})
    assert refused.value.hint is not None and "propose it again" in refused.value.hint


def test_a_deleted_row_comes_back_with_its_looks_only_into_a_sheet_that_nobody_rebuilt(plan: PlanInDrive, engine: Engine) -> None:
    sheets = sheets_of(plan)
    draft = plan.draft()
    view = proposed(plan, without(draft.distribution, "Social Co"), draft)
    applied(plan, view)
    assert formula(plan, 4, 4) == "=SUM(D2:D3)"
    plan.edit(kind="insert_row", row=1)
    before = plan.cells()
    changes.undo(plan.ctx, plan.rt, view.id)
    ended(plan, view)
    stopped = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert stopped.status is ChangeSetStatus.APPLIED and plan.cells() == before and stopped.conflicts
    plan.edit(kind="delete_row", row=1)
    assert undone(plan, view).status is ChangeSetStatus.UNDONE
    same(sheets_of(plan), sheets)


def test_a_worker_that_starts_again_after_the_rows_were_written_does_not_write_them_twice(plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    view = proposed(plan, added(without(draft.distribution, "Video Co"), "Radio Two", "Podcast Co", 1_00, 2_00), draft)
    engine.close()
    approved(plan, view)
    applying.begin(plan.ctx, plan.rt, view.id, "write")
    calls = plan.drive.requests
    applying.write(plan.ctx, plan.rt, view.id, "write")
    assert plan.drive.requests - calls == 2  # read with what has to come back on undo, one batch
    once = plan.cells()
    applying.write(plan.ctx, plan.rt, view.id, "write")
    assert plan.cells() == once
    assert applying.verify(plan.ctx, plan.rt, view.id, "write") == {"different": 0}


@pytest.mark.parametrize(("gone", "most", "asked"), [("", 50_000, 3), ("Video Co", 50_000, 3), ("Video Co", 10, 4)])
def test_rows_that_come_and_go_take_three_calls_to_google_like_a_cell(
    gone: str, most: int, asked: int, plan: PlanInDrive, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "_MOST_CELLS_WITH_LOOKS", most)
    draft = plan.draft()
    view = proposed(plan, without(added(draft.distribution, "Social Co", "Podcast Co", 1_00, 2_00), gone), draft)
    engine.close()
    approved(plan, view)
    applying.begin(plan.ctx, plan.rt, view.id, "write")
    calls = plan.drive.requests
    applying.write(plan.ctx, plan.rt, view.id, "write")
    applying.verify(plan.ctx, plan.rt, view.id, "write")
    assert plan.drive.requests - calls == asked  # read, one batch, read back while the mark is forgotten; the looks of rows of large tabs


def test_rows_of_another_write_in_between_are_not_taken_for_a_write_that_never_happened(plan: PlanInDrive, engine: Engine) -> None:
    views = []
    for name in ("Podcast Co", "Radio Two"):
        draft = plan.draft()
        views.append(proposed(plan, added(draft.distribution, "Social Co", name, 1_00, 2_00), draft))
    engine.close()
    for view in views:
        approved(plan, view)
        applying.begin(plan.ctx, plan.rt, view.id, "write")
        applying.write(plan.ctx, plan.rt, view.id, "write")
    once = plan.cells()
    applying.write(plan.ctx, plan.rt, views[0].id, "write")  # the worker died before its step was on record
    assert plan.cells() == once


def test_an_edit_right_after_the_rows_were_written_is_seen_when_reading_back(plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    view = proposed(plan, added(draft.distribution, "Social Co", "Podcast Co", 1_00, 2_00), draft)
    engine.close()
    approved(plan, view)
    applying.begin(plan.ctx, plan.rt, view.id, "write")
    applying.write(plan.ctx, plan.rt, view.id, "write")
    plan.edit(kind="set_cell", cell="E8", value="1")
    assert applying.verify(plan.ctx, plan.rt, view.id, "write") == {"different": 1}
    assert [one.cell for one in changes.get_change_set(plan.ctx, plan.rt, view.id).conflicts] == ["A8"]


def test_a_fault_in_the_batch_of_rows_leaves_the_sheet_untouched(plan: PlanInDrive, engine: Engine) -> None:
    assert isinstance(plan.rt.clock, SettableClock)
    draft = plan.draft()
    view = proposed(plan, added(draft.distribution, "Social Co", "Podcast Co", 1_00, 2_00), draft)
    before = plan.drive.snapshot(plan.external_id)
    plan.drive.plan_fault(Fault("forbidden", path=":batchUpdate", times=9))
    approved(plan, view)
    assert ended(plan, view).state == "failed"
    assert plan.drive.snapshot(plan.external_id) == before


def test_a_locked_line_item_is_not_removed_and_a_version_of_other_rows_is_not_restored(plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    rows = tuple(replace(row, locked=row.publisher == "Radio Two") for row in draft.distribution.rows)
    locked = saved(plan, draft, replace(draft.distribution, rows=rows))
    with pytest.raises(RuleViolation, match="saved"):
        saved(plan, locked, without(locked.distribution, "Radio Two"))


def test_what_someone_typed_just_as_planned_does_not_stop_the_rows_of_the_same_change_set(plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    table = without(added(draft.distribution, "Social Co", "Podcast Co", 1_000_00, 0), "Video Co")
    table = replace(table, rows=tuple(_with(row, 0, 9_000_00) if row.publisher == "Search Co" else row for row in table.rows))
    view = proposed(plan, table, draft)
    plan.edit(kind="set_cell", cell="D2", value="9000")
    before = sheets_of(plan)
    done = applied(plan, view)
    assert (done.status, done.error) == (ChangeSetStatus.APPLIED, None)
    assert (shown(plan)["D2"], shown(plan)["D5"]) == (9_000, 11_500)
    undone(plan, view)
    same(sheets_of(plan), before)


def test_a_note_on_a_line_item_is_not_carried_over_to_the_new_line_below_it(plan: PlanInDrive, engine: Engine) -> None:
    sheet = plan.drive.document(plan.external_id).titled("Media plan")
    assert sheet is not None
    sheet.cell((4, 4)).note = "agreed with Jo on 2 March"
    before, draft = sheets_of(plan), plan.draft()
    view = proposed(plan, added(draft.distribution, "Social Co", "Podcast Co", is_copy=True), draft)
    assert applied(plan, view).error is None
    assert (sheet.cell((4, 4)).note, sheet.cell((5, 4)).note, shown(plan)["D5"]) == ("agreed with Jo on 2 March", None, 1_500)
    undone(plan, view)
    same(sheets_of(plan), before)


def test_a_protection_that_someone_puts_up_meanwhile_stops_the_write_whole_and_says_whom_to_ask(plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    view = proposed(plan, added(draft.distribution, "Social Co", "Podcast Co", 1_00, 2_00), draft)
    before = sheets_of(plan)
    plan.drive.plan_fault(Fault("protected", path=":batchUpdate", method="POST", times=9))
    approved(plan, view)
    ended(plan, view)
    stopped = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert stopped.status is ChangeSetStatus.FAILED and stopped.error is not None
    assert "protected cell" in stopped.error and "lift the protection" in stopped.error
    plan.drive.clear_faults()
    same(sheets_of(plan), before)
