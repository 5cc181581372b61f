"""Budgets that are formulas: when someone changes an input meanwhile, a person chooses, and sums and rows follow the choice."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import Workbook

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext
from core.errors import Conflict
from core.model.changes import ChangeSetStatus
from core.runtime import Runtime
from core.services import changes, settling
from core.services.changes import ChangeSetView
from core.sheets.writing.drift import Choice
from core.workflows.engine import Engine
from tests.integration.conftest import lay_file
from tests.integration.plan_in_drive import PlanInDrive, applied, approved, connect_plan, ended, undone
from tests.integration.sectioned_plan import line, saved, without

INPUTS = {"Media plan!E2": "Media plan!C2", "Media plan!E3": "Media plan!C3"}


def units_plan(*, typed_total: bool) -> bytes:
    """Give a plan of spots times price whose total is typed or a sum."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Media plan"
    sheet.append(["Channel", "Publisher", "Spots", "Price", "Budget EUR"])
    for row, (channel, publisher, spots, price) in enumerate(
        [("Search", "Search Co", 100, 8), ("Video", "Video Co", 50, 10), ("Social", "Social Co", 30, 20)], 2
    ):
        sheet.append([channel, publisher, spots, price, f"=C{row}*D{row}"])
    sheet.append(["Total", None, None, None, 1_900 if typed_total else "=SUM(E2:E4)"])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def open_with(runtime: Runtime, ctx: AccessContext, drive: Sandbox, content: bytes) -> PlanInDrive:
    lay_file(drive, "Spots", content, as_sheet=True)
    return connect_plan(ctx, runtime, drive, "Spots")


def stopped(plan: PlanInDrive, view: ChangeSetView) -> ChangeSetView:
    """Let it be approved and stop at its conflicts."""
    approved(plan, view)
    ended(plan, view)
    met = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert met.status is ChangeSetStatus.CONFLICTED
    return met


def column(plan: PlanInDrive, letter: str, rows: int = 5) -> list[object]:
    tab = plan.now().tab("Media plan")
    return [tab.value(row, ord(letter) - 64) for row in range(2, rows + 1)]


@pytest.mark.parametrize(
    ("choice", "spots", "budgets"),
    [("theirs", [110, 60, 30], [880, 600, 600, 2_080]), ("ours", [125, 60, 30], [1_000, 600, 600, 2_200])],
)
def test_a_typed_total_follows_what_is_chosen_for_an_input_that_changed(
    choice: Choice, spots: list[int], budgets: list[int], runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine
) -> None:
    plan = open_with(runtime, ctx, drive, units_plan(typed_total=True))
    view = changes.propose(ctx, runtime, plan.edited({(0, 0): 1_000_00, (1, 0): 600_00}).draft_id, inputs=INPUTS)
    assert {edit.cell: edit.after.value for edit in view.edits} == {"C2": 125, "C3": 60, "E5": 2_200}
    plan.edit(kind="set_cell", cell="C2", value="110")
    met, before = stopped(plan, view), plan.cells()
    settled = settling.settle(ctx, runtime, met.id, {("Media plan", "C2"): choice})
    assert applied(plan, settled).error is None
    assert (column(plan, "C", 4), column(plan, "E")) == (spots, budgets)
    undone(plan, settled)
    assert plan.cells() == before


@pytest.mark.parametrize(
    ("choice", "spots", "budgets"), [("theirs", [110, 50], [880, 500, 1_380]), ("ours", [125, 50], [1_000, 500, 1_500])]
)
def test_rows_go_all_the_same_when_an_input_of_another_line_changed(
    choice: Choice, spots: list[int], budgets: list[int], runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine
) -> None:
    plan = open_with(runtime, ctx, drive, units_plan(typed_total=False))
    draft = plan.draft()
    table = without(draft.distribution, "Social Co")
    search = line(table, "Search Co")
    dearer = replace(search, cells=(replace(search.cells[0], budget_minor=1_000_00),))
    saved(plan, draft, replace(table, rows=tuple(dearer if row.id == search.id else row for row in table.rows)))
    view = changes.propose(ctx, runtime, draft.draft_id, inputs=INPUTS)
    assert [edit.kind for edit in view.rows.edits] == ["delete"]
    plan.edit(kind="set_cell", cell="C2", value="110")
    met, before = stopped(plan, view), plan.cells()
    settled = settling.settle(ctx, runtime, met.id, {("Media plan", "C2"): choice})
    assert applied(plan, settled).error is None
    assert (column(plan, "C", 3), column(plan, "E", 4)) == (spots, budgets)
    undone(plan, settled)
    assert plan.cells() == before


def test_an_input_that_is_no_number_any_more_is_not_settled_by_guessing(
    runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine
) -> None:
    plan = open_with(runtime, ctx, drive, units_plan(typed_total=True))
    view = changes.propose(ctx, runtime, plan.edited({(0, 0): 1_000_00, (1, 0): 600_00}).draft_id, inputs=INPUTS)
    plan.edit(kind="set_cell", cell="C2", value="to be agreed")
    met, before = stopped(plan, view), plan.cells()
    with pytest.raises(Conflict, match="C2 makes up amounts by formulas"):
        settling.settle(ctx, runtime, met.id, {("Media plan", "C2"): "theirs"})
    assert plan.cells() == before
