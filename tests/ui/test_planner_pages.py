"""The budget planner and approvals, per role and state: what is typed is checked, saved, proposed, decided."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext, Role
from core.model.changes import ChangeSetStatus
from core.planning.optimising import Wanted
from core.runtime import Runtime
from core.services import applying, changes, drafts
from core.services.demo_performance import make_demo_performance
from core.services.drafts import SaveDraft
from core.services.optimisation import ensure_curves, optimise_table
from core.services.uploads import Upload, upload_file
from core.sheets.writing.distribution import new_line
from pages._ui.budget_table import grid_key
from tests.conftest import SettableClock, make_member
from tests.integration.conftest import drive
from tests.integration.plan_in_drive import PlanInDrive, connect_plan
from tests.ui.conftest import OpenAs, texts
from tests.unit.test_rows_in_files import priced_plan

__all__ = ["drive"]
EDITS = {(0, 0): 41_000_00, (2, 1): 7_500_25}


@pytest.fixture
def plan(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> PlanInDrive:
    return connect_plan(ctx, runtime, drive, "Media plan spring")


def typed(test: AppTest, edits: dict[int, dict[str, Any]]) -> AppTest:
    """Type into the grid: the browser sends all edits since it was drawn."""
    draft_id = test.query_params["draft"]
    draft_id = draft_id[0] if isinstance(draft_id, list) else draft_id
    newest = grid_key(draft_id, test.session_state[f"editing:{draft_id}"])
    test.session_state[newest] = {"edited_rows": edits, "added_rows": [], "deleted_rows": []}
    return test.run()


def metrics(test: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in test.metric}


def test_the_planner_shows_the_plan_of_a_file_with_live_figures(open_as: OpenAs, plan: PlanInDrive) -> None:
    test = open_as(plan.ctx, "planner", file=str(plan.file_id))
    assert not test.exception
    assert metrics(test) == {"Total": "€89,500.50", "Fixed total": "–", "Amounts changed": "0", "Rules": "All kept"}
    assert "As read from the sheet" in texts(test)
    again = open_as(plan.ctx, "planner", file=str(plan.file_id))
    assert len(drafts.list_drafts(plan.ctx, plan.rt)) == 1 and not again.exception


def test_an_edit_moves_totals_and_is_saved_as_a_version_with_its_note(open_as: OpenAs, plan: PlanInDrive) -> None:
    test = typed(open_as(plan.ctx, "planner", file=str(plan.file_id)), {0: {"2026-01": 41_000.0}, 2: {"2026-02": 7_500.25}})
    assert not test.exception
    assert (metrics(test)["Total"], metrics(test)["Amounts changed"]) == ("€91,000.75", "2")
    test.text_input(key="save-note").input("More TV").run()
    test.button(key="save").click().run()
    draft = drafts.list_drafts(plan.ctx, plan.rt)[0]
    assert (draft.version, draft.note, draft.total_minor) == (2, "More TV", 91_000_75)


def test_undo_and_redo_walk_through_the_edits(open_as: OpenAs, plan: PlanInDrive) -> None:
    test = typed(open_as(plan.ctx, "planner", file=str(plan.file_id)), {0: {"2026-01": 41_000.0}})
    assert metrics(test)["Total"] == "€90,500.50"
    test.button(key="Undo").click().run()
    assert metrics(test)["Total"] == "€89,500.50"
    test.button(key="Redo").click().run()
    assert metrics(test)["Total"] == "€90,500.50"


def test_a_locked_line_item_springs_back_with_a_word_about_it(open_as: OpenAs, plan: PlanInDrive) -> None:
    test = typed(open_as(plan.ctx, "planner", file=str(plan.file_id)), {0: {"locked": True}})
    test = typed(test, {0: {"locked": True, "2026-01": 1.0}, 1: {"2026-01": 9_000.0}})
    assert not test.exception
    assert metrics(test)["Total"] == "€90,500.50"
    assert any("locked" in toast.value for toast in test.toast)


def test_thresholds_steps_and_the_most_amounts_are_kept_with_the_version_and_by_the_optimiser(open_as: OpenAs, plan: PlanInDrive) -> None:
    test = typed(open_as(plan.ctx, "planner", file=str(plan.file_id)), {0: {"start": 30_000.0}, 1: {"step": 250.0}, 2: {"step": 0.01}})
    test.number_input(key="max-live-1").set_value(4).run()
    test.button(key="save").click().run()
    assert not test.exception
    again = open_as(plan.ctx, "planner", file=str(plan.file_id))
    kept = drafts.get_draft(plan.ctx, plan.rt, drafts.list_drafts(plan.ctx, plan.rt)[0].draft_id)
    assert kept.version == 2 and again.number_input(key="max-live-2").value == 4
    shown = again.session_state[f"editing:{kept.draft_id}"].budget
    assert (shown.row_start[0], shown.row_step[1], shown.row_step[2]) == (30_000_00, 250_00, 1)
    table = kept.distribution
    assert [(row.zero_or_at_least_minor, row.step_minor) for row in table.rows] == [(30_000_00, None), (None, 250_00), (None, 1)]
    make_demo_performance(plan.ctx, plan.rt, channels=tuple(row.channel or row.label for row in table.rows), currency="EUR")
    ensure_curves(plan.ctx, plan.rt, Wanted(), currency="EUR")
    best = optimise_table(plan.ctx, plan.rt, table, Wanted()).distribution
    amounts = [[cell.budget_minor for cell in row.cells] for row in best.rows]
    assert best.total_minor == table.total_minor and amounts != [[cell.budget_minor for cell in row.cells] for row in table.rows]
    assert all(amount == 0 or amount >= 30_000_00 for amount in amounts[0])
    assert all(amount % 250_00 == 0 for amount in amounts[1])
    assert sum(amount > 0 for row in amounts for amount in row) <= 4


def test_what_the_server_refuses_is_listed_and_nothing_is_saved(open_as: OpenAs, plan: PlanInDrive) -> None:
    test = typed(open_as(plan.ctx, "planner", file=str(plan.file_id)), {0: {"least": 90_000.0}, 1: {"2026-01": -4.0, "most": 10.0}})
    assert metrics(test)["Rules"] == "2 broken"
    test.button(key="save").click().run()
    told = str(test.error[0].proto)
    assert "below the minimum 90,000.00" in told and "above the maximum 10.00" in told
    assert drafts.list_drafts(plan.ctx, plan.rt)[0].version == 1


def test_distributing_keeps_the_total_and_the_locked_line_item(open_as: OpenAs, plan: PlanInDrive) -> None:
    test = typed(open_as(plan.ctx, "planner", file=str(plan.file_id)), {0: {"locked": True}})
    for rule in ("even", "last_plan", "response"):
        test.radio(key="rule").set_value(rule).run()
        test.button(key="distribute").click().run()
        assert not test.exception and metrics(test)["Total"] == "€89,500.50"


def test_a_fill_by_response_says_before_and_after_what_it_assumes(open_as: OpenAs, plan: PlanInDrive) -> None:
    test = open_as(plan.ctx, "planner", file=str(plan.file_id))
    test.radio(key="rule").set_value("response").run()
    assert ["half saturated" in info.value for info in test.info] == [True]
    test.button(key="distribute").click().run().run()  # AppTest cannot rerun the fragment alone, as the browser does
    assert any("Distributed by response" in said.value and "half saturated" in said.value for said in test.caption)
    test.radio(key="rule").set_value("even").run()
    test.button(key="distribute").click().run().run()
    assert not test.info and not any("half saturated" in said.value for said in test.caption)


def test_a_viewer_looks_and_cannot_edit_save_or_propose(open_as: OpenAs, plan: PlanInDrive) -> None:
    draft = plan.draft()
    test = open_as(make_member(plan.rt, Role.VIEWER, of=plan.ctx), "planner", draft=str(draft.draft_id))
    assert not test.exception and metrics(test)["Total"] == "€89,500.50"
    assert not {"save", "propose", "distribute"} & {str(button.key) for button in test.button}


def test_versions_are_listed_compared_and_restored(open_as: OpenAs, plan: PlanInDrive) -> None:
    draft = plan.edited(EDITS)
    test = open_as(plan.ctx, "planner", draft=str(draft.draft_id))
    test.session_state["drawer"] = "versions"
    test.run()
    assert not test.exception
    moved = next(frame.value for frame in test.dataframe if "Difference" in frame.value)
    assert list(moved["Line item"]) == ["TV · Spot 30s", "Social · Reels"]
    test.button(key="restore").click().run()
    assert drafts.get_draft(plan.ctx, plan.rt, draft.draft_id).distribution.total_minor == 89_500_50


def test_a_proposal_is_shown_cell_by_cell_before_it_is_made(open_as: OpenAs, plan: PlanInDrive) -> None:
    draft = plan.edited(EDITS)
    test = open_as(plan.ctx, "planner", draft=str(draft.draft_id))
    test.session_state["drawer"] = "propose"
    test.run()
    assert not test.exception
    diff = next(frame.value for frame in test.dataframe if "Will be" in frame.value)
    assert list(diff["Cell"])[:2] == ["Media plan!C4", "Media plan!D4"] and list(diff["Will be"])[1] == "41,000"
    test.button(key="propose-now").click().run()
    waiting = changes.list_change_sets(plan.ctx, plan.rt)
    assert [view.status for view in waiting] == [ChangeSetStatus.PROPOSED]


def test_the_input_of_a_new_line_is_chosen_before_it_is_proposed(open_as: OpenAs, runtime: Runtime, ctx: AccessContext) -> None:
    info = upload_file(ctx, runtime, Upload("Priced.xlsx", priced_plan()))
    draft = drafts.create_draft(ctx, runtime, info.file_id)
    line = new_line(draft.distribution.rows[-1], {"publisher": "Podcast Co"}, row_id="new", is_copy=False)
    line = replace(line, cells=tuple(replace(cell, budget_minor=1_000_00) for cell in line.cells))
    table = replace(draft.distribution, rows=(*draft.distribution.rows, line))
    drafts.save_version(ctx, runtime, SaveDraft(draft.draft_id, draft.version, table))
    test = open_as(ctx, "planner", draft=str(draft.draft_id))
    test.session_state["drawer"] = "propose"
    test.run()
    assert not test.exception and test.button(key="propose-now").disabled
    box = next(one for one in test.selectbox if "new line 1" in one.label)
    box.select_index([option.startswith("CPM") for option in box.options].index(True)).run()
    assert not test.exception
    test.button(key="propose-now").click().run()
    (edit,) = changes.list_change_sets(ctx, runtime)[0].rows.edits
    typed = [(column, state.value) for column, state in edit.cells]
    assert typed == [(1, "Online"), (2, "Podcast Co"), (3, 2_000_000), (4, 0.5)] and edit.keeps == ()  # the units as they were planned with


def test_an_owner_approves_and_a_planner_only_withdraws(open_as: OpenAs, plan: PlanInDrive) -> None:
    view = plan.proposed(EDITS)
    planner = open_as(make_member(plan.rt, Role.PLANNER, of=plan.ctx), "approvals")
    assert not planner.exception and "Approve and write" not in {button.label for button in planner.button}
    owner = open_as(plan.ctx, "approvals")
    assert not owner.exception
    owner.button(key=f"approve-{view.id}").click().run()
    assert not owner.exception
    assert changes.get_change_set(plan.ctx, plan.rt, view.id).status is ChangeSetStatus.APPROVED


def test_what_was_just_decided_stays_open_though_its_group_was_left_by_choice(open_as: OpenAs, plan: PlanInDrive) -> None:
    view = plan.proposed(EDITS)
    test = open_as(plan.ctx, "approvals")
    test.session_state["approvals_group"] = "Waiting"
    test.button(key=f"approve-{view.id}").click().run()
    applying.begin(plan.ctx, plan.rt, view.id, "write")
    applying.write(plan.ctx, plan.rt, view.id, "write")
    applying.finish(plan.ctx, plan.rt, view.id, "write")
    test.run()
    assert not test.exception and f"open-{view.id}" in {button.key for button in test.button}
    assert {"Undo"} <= {button.label for button in test.button} and "Nothing here" not in texts(test)


def test_a_conflict_shows_base_theirs_and_ours_with_a_choice(open_as: OpenAs, plan: PlanInDrive, clock: SettableClock) -> None:
    view = plan.proposed(EDITS)
    plan.edit(kind="set_cell", cell="D4", value="45000")
    changes.approve(plan.ctx, plan.rt, view.id, expected_hash=view.hash)
    applying.begin(plan.ctx, plan.rt, view.id, "write")
    stopped = applying.write(plan.ctx, plan.rt, view.id, "write")
    applying.stop(plan.ctx, plan.rt, view.id, "write", conflicts=stopped["conflicts"], error=None)
    test = open_as(plan.ctx, "approvals")
    assert not test.exception
    told = texts(test)
    assert all(words in told for words in ("40,000", "45,000", "41,000", "Someone changed this cell"))
    clock.advance(minutes=1)  # or both would be proposed at the same instant, and neither be the newer
    test.button(key=f"settle-{view.id}").click().run()
    settled = changes.list_change_sets(plan.ctx, plan.rt)
    assert [one.status for one in settled] == [ChangeSetStatus.PROPOSED, ChangeSetStatus.REJECTED]


def test_new_lines_whose_place_was_lost_can_only_be_left_out(open_as: OpenAs, plan: PlanInDrive, clock: SettableClock) -> None:
    draft = plan.draft()
    like = draft.distribution.rows[-1]
    new = [new_line(like, {"channel": name}, row_id=name, is_copy=True) for name in ("Podcast", "Cinema")]
    table = replace(draft.distribution, rows=(*draft.distribution.rows, *new))
    drafts.save_version(plan.ctx, plan.rt, SaveDraft(draft.draft_id, draft.version, table))
    view = changes.propose(plan.ctx, plan.rt, draft.draft_id)
    plan.edit(kind="delete_row", row=like.source_row)
    changes.approve(plan.ctx, plan.rt, view.id, expected_hash=view.hash)
    applying.begin(plan.ctx, plan.rt, view.id, "write")
    conflicts = applying.write(plan.ctx, plan.rt, view.id, "write")["conflicts"]
    applying.stop(plan.ctx, plan.rt, view.id, "write", conflicts=conflicts, error=None)
    test = open_as(plan.ctx, "approvals", change=str(view.id))
    assert not test.exception and texts(test).count("This line item is no longer in the sheet") >= 2
    test.button(key=f"settle-{view.id}").click().run()
    assert not test.exception
    assert [one.status for one in changes.list_change_sets(plan.ctx, plan.rt)] == [ChangeSetStatus.REJECTED]


def test_nothing_to_plan_and_nothing_to_approve_say_where_to_go(open_as: OpenAs, ctx: AccessContext) -> None:
    assert "No draft yet" in texts(open_as(ctx, "planner"))
    assert "Nothing to approve" in texts(open_as(ctx, "approvals"))


def test_a_draft_of_another_workspace_does_not_exist(open_as: OpenAs, plan: PlanInDrive, other_ctx: AccessContext) -> None:
    draft = plan.draft()
    test = open_as(other_ctx, "planner", draft=str(draft.draft_id))
    assert "does not exist in this workspace" in str([error.proto for error in test.error])
    assert not test.metric


def test_the_planner_leads_to_the_assistant_with_its_plan_on_the_table(open_as: OpenAs, plan: PlanInDrive) -> None:
    test = open_as(plan.ctx, "planner", file=str(plan.file_id))
    (way,) = [link.proto for link in test.get("page_link") if link.proto.label == "Ask the assistant"]
    assert (way.page, way.query_string) == ("assistant", f"file={plan.file_id}")
    assert "About Media plan spring" in texts(open_as(plan.ctx, "assistant", file=str(plan.file_id)))


def test_line_items_are_duplicated_added_and_removed_and_shown_as_rows_before_approval(open_as: OpenAs, plan: PlanInDrive) -> None:
    test = open_as(plan.ctx, "planner", file=str(plan.file_id))
    test.selectbox(key="line-0").set_value(1).run()
    test.button(key="line-do").click().run().run()  # the second run draws what the fragment changed
    assert not test.exception and metrics(test)["Total"] == "€107,001.00"
    test.selectbox(key="line-1").set_value(0).run()
    test.radio(key="line-deed").set_value("Remove").run()
    test.button(key="line-do").click().run().run()
    assert not test.exception and metrics(test)["Total"] == "€47,001.00"
    assert "Removed: TV" in texts(test)
    test.button(key="save").click().run()
    assert not test.exception
    draft = drafts.list_drafts(plan.ctx, plan.rt)[0]
    assert (draft.version, draft.line_items, draft.total_minor) == (2, 3, 47_001_00)
    test = open_as(plan.ctx, "planner", draft=str(draft.draft_id))
    test.session_state["drawer"] = "propose"
    test.run()
    rows = next(frame.value for frame in test.dataframe if "What" in frame.value)
    assert sorted(rows["What"]) == ["deleted", "inserted"]
    test.button(key="propose-now").click().run()
    approvals = open_as(plan.ctx, "approvals")
    assert not approvals.exception
    rows = next(frame.value for frame in approvals.dataframe if "What" in frame.value)
    assert set(rows["Row"]) == {"New row below Media plan!5", "Row Media plan!4"} and "1 new row, 1 deleted row" in texts(approvals)
