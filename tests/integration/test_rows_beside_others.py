"""What other people write beside the rows of a change set: it stops a removal or an undo, or both go on without harm."""

from __future__ import annotations

import pytest

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext
from core.model.changes import ChangeSetStatus
from core.runtime import Runtime
from core.services import changes
from core.workflows.engine import Engine
from tests.integration.conftest import lay_file
from tests.integration.plan_in_drive import PlanInDrive, applied, approved, connect_plan, ended, undone
from tests.integration.sectioned_plan import added, proposed, same, sectioned_plan, sheets_of, without


@pytest.fixture
def plan(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> PlanInDrive:
    lay_file(drive, "Blocks", sectioned_plan(), as_sheet=True)
    return connect_plan(ctx, runtime, drive, "Blocks")


@pytest.mark.parametrize("typed", ["=F3*2", "remember"])
def test_what_someone_wrote_beside_a_row_meanwhile_does_not_go_with_it(typed: str, plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    view = proposed(plan, without(draft.distribution, "Video Co"), draft)
    plan.edit(kind="set_cell", cell="J3", value=typed)
    before = sheets_of(plan)
    approved(plan, view)
    ended(plan, view)
    met = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert met.status is ChangeSetStatus.CONFLICTED and [one.now_at for one in met.conflicts] == ["Media plan!J3"]
    same(sheets_of(plan), before)


def test_undo_leaves_a_new_row_beside_which_someone_wrote_a_formula(plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    view = proposed(plan, added(draft.distribution, "Social Co", "Podcast Co", 1_000_00, 0), draft)
    applied(plan, view)
    plan.edit(kind="set_cell", cell="J5", value="=F5*2")
    before = sheets_of(plan)
    changes.undo(plan.ctx, plan.rt, view.id)
    ended(plan, view)
    met = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert met.status is ChangeSetStatus.APPLIED and [one.now_at for one in met.conflicts] == ["Media plan!J5"]
    same(sheets_of(plan), before)


def test_undo_takes_new_rows_out_of_a_running_sum_in_a_sheet_that_someone_went_on_with(plan: PlanInDrive, engine: Engine) -> None:
    before, draft = plan.cells(), plan.draft()
    table = added(draft.distribution, "Search Co", "Podcast Co", 1_00, 2_00)
    view = proposed(plan, added(table, "Search Co", "Audio Co", 3_00, 4_00), draft)
    applied(plan, view)
    plan.edit(kind="set_cell", cell="J1", value="seen by Jo")
    assert undone(plan, view).error is None
    assert plan.cells() == {**before, "1:10": "seen by Jo"}


def test_undo_stops_before_a_formula_that_someone_built_on_a_new_row_would_break(plan: PlanInDrive, engine: Engine) -> None:
    draft = plan.draft()
    view = proposed(plan, added(draft.distribution, "Social Co", "Podcast Co", 1_000_00, 0), draft)
    applied(plan, view)
    plan.drive.edit({"file_id": plan.external_id, "tab": "Summary", "kind": "set_cell", "cell": "B4", "value": "='Media plan'!F5"})
    before = sheets_of(plan)
    changes.undo(plan.ctx, plan.rt, view.id)
    ended(plan, view)
    stopped = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert stopped.status is ChangeSetStatus.APPLIED and stopped.error is not None and "Summary!B4" in stopped.error
    same(sheets_of(plan), before)
