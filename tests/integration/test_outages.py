"""Whatever breaks at whichever call of a write or an undo: it happens exactly once when tried again, and what is told is true."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from dbos import DBOS

from connectors.sandbox.faults import Fault, Kind
from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext
from core.errors import AppError, Conflict
from core.model.changes import ChangeSetStatus
from core.runtime import Runtime
from core.services import applying, changes
from core.services.applying import Direction
from core.services.changes import ChangeSetView
from core.workflows.engine import Engine
from tests.conftest import SettableClock
from tests.integration.conftest import lay_file
from tests.integration.plan_in_drive import PlanInDrive, approved, connect_plan, ended
from tests.integration.plans import media_plan
from tests.integration.sectioned_plan import added, proposed, sectioned_plan, without

EDITS = {(0, 0): 41_000_00, (2, 1): 7_500_25}
OUTAGES: tuple[tuple[str, Kind], ...] = (
    ("cells", "unavailable"),
    ("cells", "lost"),
    ("rows", "lost"),
    ("file", "broken"),
    ("file", "lost"),
)


@pytest.fixture
def plan(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> PlanInDrive:
    return connect_plan(ctx, runtime, drive, "Media plan spring")


def cells_changed(plan: PlanInDrive) -> ChangeSetView:
    return plan.proposed(EDITS)


def rows_changed(plan: PlanInDrive) -> ChangeSetView:
    draft = plan.draft()
    table = added(without(draft.distribution, "Video Co"), "Radio Two", "Podcast Co", 1_00, 2_00)
    return proposed(plan, table, draft)


def carried_out(plan: PlanInDrive, view: ChangeSetView, direction: Direction, fault: Fault) -> bool:
    """Run the steps as a worker does, each again where that may help; tells whether the fault struck."""

    def again(step: Callable[[], object]) -> None:
        try:
            step()
        except AppError as error:
            assert error.retryable, error
            step()

    ctx, rt = plan.ctx, plan.rt
    assert isinstance(rt.clock, SettableClock)
    rt.clock.advance(minutes=1)  # what is read after it is newer than what was read before
    again(lambda: applying.begin(ctx, rt, view.id, direction))
    plan.drive.plan_fault(fault)
    again(lambda: applying.write(ctx, rt, view.id, direction))
    again(lambda: applying.verify(ctx, rt, view.id, direction))
    plan.drive.clear_faults()
    applying.finish(ctx, rt, view.id, direction)
    applying.read_again(ctx, rt, view.id)
    return fault.times == 0


def state_of(plan: PlanInDrive) -> list[object]:
    """Give the whole spreadsheet, or a file's bytes; ids of rows aside, which a write may leave."""
    if plan.drive.drive.files[plan.external_id].mime_type.endswith("spreadsheet"):
        snapshot = plan.drive.snapshot(plan.external_id)
        return [{**sheet, "cells": sorted(sheet["cells"], key=lambda cell: cell[:2])} for sheet in snapshot["sheets"]]
    return [plan.drive.storage.blob(plan.external_id)]


@pytest.mark.parametrize(("what", "kind"), OUTAGES)
def test_an_outage_at_any_call_leaves_one_write_and_one_undo(
    what: str, kind: Kind, runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine
) -> None:
    engine.close()
    content = sectioned_plan() if what == "rows" else media_plan()
    name = "Outage.xlsx" if what == "file" else "Outage"
    lay_file(drive, name, content, as_sheet=what != "file")
    plan = connect_plan(ctx, runtime, drive, name)
    before = state_of(plan)
    first = rows_changed(plan) if what == "rows" else cells_changed(plan)
    approved(plan, first)
    assert not carried_out(plan, first, "write", Fault(kind, path="nowhere"))
    once = state_of(plan)
    changes.undo(ctx, runtime, first.id)
    carried_out(plan, first, "undo", Fault(kind, path="nowhere"))
    assert state_of(plan) == before
    strikes, number = True, 0
    while strikes:
        view = rows_changed(plan) if what == "rows" else cells_changed(plan)
        approved(plan, view)
        strikes = carried_out(plan, view, "write", Fault(kind, path="/v4/|/v3/", skip=number))
        done = changes.get_change_set(ctx, runtime, view.id)
        assert (done.status, done.error, done.conflicts) == (ChangeSetStatus.APPLIED, None, ()), number
        assert state_of(plan) == once, number
        changes.undo(ctx, runtime, view.id)
        strikes = carried_out(plan, view, "undo", Fault(kind, path="/v4/|/v3/", skip=number)) or strikes
        done = changes.get_change_set(ctx, runtime, view.id)
        assert (done.status, done.error, done.conflicts) == (ChangeSetStatus.UNDONE, None, ()), number
        assert state_of(plan) == before, number
        number += 1
    assert number >= 4  # every call of a write was struck once, and then none was left


def test_what_was_written_but_not_read_back_is_told_as_written(plan: PlanInDrive, engine: Engine) -> None:
    before, view = plan.cells(), cells_changed(plan)
    plan.drive.plan_fault(Fault("revoked", path="getByDataFilter"))
    approved(plan, view)
    ended(plan, view)
    done = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert done.status is ChangeSetStatus.APPLIED
    assert done.error is not None and done.error.startswith("It was written, but could not be read back") and "onnect Google" in done.error
    sheet = plan.drive.snapshot(plan.external_id)["sheets"][0]
    assert [cell[2] for cell in sheet["cells"] if cell[:2] in ([4, 4], [6, 5])] == [41_000, 7_500.25]
    reconnected = connect_plan(plan.ctx, plan.rt, plan.drive, "Media plan spring")
    changes.undo(plan.ctx, plan.rt, view.id)
    ended(plan, view)
    assert changes.get_change_set(plan.ctx, plan.rt, view.id).status is ChangeSetStatus.UNDONE and reconnected.cells() == before


def test_a_write_whose_answers_are_lost_for_good_says_that_it_may_have_happened_and_undo_finds_out(
    plan: PlanInDrive, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DBOS, "sleep", lambda _: None)  # the waits between tries, which are not what is tested here
    before, view = plan.cells(), cells_changed(plan)
    plan.drive.plan_fault(Fault("lost", path="values:batchUpdate"))
    plan.drive.plan_fault(Fault("unavailable", path="v4/spreadsheets", skip=1, times=9))
    approved(plan, view)
    assert ended(plan, view).state == "failed"
    plan.drive.clear_faults()
    failed = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert failed.status is ChangeSetStatus.FAILED and failed.error is not None and "is not known: look at the sheet" in failed.error
    assert plan.cells() != before
    changes.undo(plan.ctx, plan.rt, view.id)
    ended(plan, view)
    assert changes.get_change_set(plan.ctx, plan.rt, view.id).status is ChangeSetStatus.UNDONE and plan.cells() == before


def test_a_write_that_failed_says_that_nothing_was_written_and_is_tried_again(
    plan: PlanInDrive, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DBOS, "sleep", lambda _: None)  # the waits between tries, which are not what is tested here
    before, view = plan.cells(), cells_changed(plan)
    plan.drive.plan_fault(Fault("unavailable", path="v4/spreadsheets", times=9))
    approved(plan, view)
    assert ended(plan, view).state == "failed"
    failed = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert failed.error is not None and failed.error.endswith("Nothing was written."), failed.error
    plan.drive.clear_faults()
    assert plan.cells() == before
    with pytest.raises(Conflict, match="not one that failed"):
        changes.try_again(plan.ctx, plan.rt, view.id, expected_hash="another")
    changes.try_again(plan.ctx, plan.rt, view.id, expected_hash=view.hash)
    ended(plan, view)
    assert changes.get_change_set(plan.ctx, plan.rt, view.id).status is ChangeSetStatus.APPLIED and plan.cells() != before
    changes.undo(plan.ctx, plan.rt, view.id)
    ended(plan, view)
    assert plan.cells() == before


@pytest.mark.parametrize("change", [cells_changed, rows_changed])
def test_a_write_whose_answer_was_lost_is_found_when_it_is_tried_again(
    change: Callable[[PlanInDrive], ChangeSetView],
    runtime: Runtime,
    ctx: AccessContext,
    drive: Sandbox,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DBOS, "sleep", lambda _: None)  # the waits between tries, which are not what is tested here
    lay_file(drive, "Sections", sectioned_plan(), as_sheet=True)
    plan = connect_plan(ctx, runtime, drive, "Sections" if change is rows_changed else "Media plan spring")
    before, view = state_of(plan), change(plan)
    drive.plan_fault(Fault("lost", path="atchUpdate"))
    drive.plan_fault(Fault("unavailable", path="v4/spreadsheets", skip=1, times=9))
    approved(plan, view)
    assert ended(plan, view).state == "failed"
    drive.clear_faults()
    written = state_of(plan)
    failed = changes.get_change_set(ctx, runtime, view.id)
    assert written != before and failed.error is not None and "Try again finds what is there already" in failed.error
    changes.try_again(ctx, runtime, view.id, expected_hash=view.hash)
    ended(plan, view)
    assert changes.get_change_set(ctx, runtime, view.id).status is ChangeSetStatus.APPLIED and state_of(plan) == written
    changes.undo(ctx, runtime, view.id)
    ended(plan, view)
    assert changes.get_change_set(ctx, runtime, view.id).status is ChangeSetStatus.UNDONE and state_of(plan) == before


def test_rows_that_never_reached_the_sheet_have_nothing_to_undo(
    runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DBOS, "sleep", lambda _: None)
    lay_file(drive, "Sections", sectioned_plan(), as_sheet=True)
    plan = connect_plan(ctx, runtime, drive, "Sections")
    before, view = state_of(plan), rows_changed(plan)
    drive.plan_fault(Fault("unavailable", path=":batchUpdate", times=9))
    approved(plan, view)
    assert ended(plan, view).state == "failed" and state_of(plan) == before
    drive.clear_faults()
    changes.undo(ctx, runtime, view.id)
    ended(plan, view)
    done = changes.get_change_set(ctx, runtime, view.id)
    assert (done.status, done.conflicts) == (ChangeSetStatus.UNDONE, ()) and state_of(plan) == before


@pytest.mark.parametrize("moment", ["after approval", "between read and write"])
def test_a_neighbours_edit_is_kept_whenever_it_comes(moment: str, plan: PlanInDrive, engine: Engine) -> None:
    view = cells_changed(plan)
    edit = {"kind": "set_cell", "file_id": plan.external_id, "tab": "Media plan", "cell": "D5", "value": "9001"}
    if moment == "after approval":
        plan.drive.edit(edit)
    else:
        plan.drive.plan_fault(Fault("edit", path="values:batchUpdate", edit=edit))
    approved(plan, view)
    ended(plan, view)
    done = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert (done.status, done.error) == (ChangeSetStatus.APPLIED, None)
    now = plan.cells()
    assert (now["4:4"], now["6:5"], now["5:4"]) == (41_000, 7_500.25, 9_001)
