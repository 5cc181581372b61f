"""An approved change reaches the cells it came from exactly once, whatever happens in between, and undo puts back what was there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet

from connectors.sandbox.faults import Fault
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.server import SandboxServer
from core.access import AccessContext, Role
from core.db.vault import Vault
from core.errors import Conflict, Forbidden, InvalidInput, NotFound, RuleViolation
from core.model.changes import ChangeSetStatus
from core.runtime import Runtime, install
from core.services import applying, changes, drafts, settling
from core.services.activity import list_activity
from core.services.files import content_of, open_plan
from core.services.marking import mark_changes
from core.services.uploads import Upload, upload_file
from core.sheets.loading import load_workbook
from core.workflows.engine import Engine
from tests.conftest import SettableClock, make_member, wait_until
from tests.integration import killed_worker
from tests.integration.conftest import lay_file
from tests.integration.plan_in_drive import PlanInDrive, applied, approved, connect_plan, ended, undone
from tests.integration.plans import media_plan
from tests.postgres import TestDatabase
from tests.server import ROOT
from tests.victims import death_of, start_victim

SHEET = "Media plan spring"
C16 = ROOT / "../shared/data/media_plans/C16_ru_template_agency_fees_services/plan.xlsx"
EDITS = {(0, 0): 41_000_00, (2, 1): 7_500_25}  # TV in January, Social in February


@pytest.fixture
def plan(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> PlanInDrive:
    return connect_plan(ctx, runtime, drive, SHEET)


def test_an_approved_change_is_written_read_back_and_undone_to_the_very_state_of_before(plan: PlanInDrive, engine: Engine) -> None:
    before, sheet = plan.cells(), plan.drive.snapshot(plan.external_id)
    view = plan.proposed(EDITS)
    assert {edit.cell: edit.after.value for edit in view.edits} == {
        **{"D4": 41_000, "C4": 61_000, "E6": 7_500.25, "C6": 12_500.25},
        **{"C7": 91_000.75, "D7": 54_000, "E7": 37_000.75},
    }
    assert plan.cells() == before
    done = applied(plan, view)
    assert done.status is ChangeSetStatus.APPLIED and done.error is None
    now = plan.cells()
    assert {at for at in now if now[at] != before[at]} == {"4:3", "4:4", "6:3", "6:5", "7:3", "7:4", "7:5"}
    assert (now["4:4"], now["6:5"]) == (41_000, 7_500.25)
    assert [one.theirs.value for one in done.written if one.cell == "D4"] == [40_000]
    assert undone(plan, view).status is ChangeSetStatus.UNDONE
    assert plan.cells() == before
    restored = plan.drive.snapshot(plan.external_id)
    assert {key: value for key, value in restored.items() if key == "sheets"} == {
        key: value for key, value in sheet.items() if key == "sheets"
    }
    verbs = [entry.verb for entry in list_activity(plan.ctx, plan.rt)]
    assert verbs.count("wrote back to") == 1 and verbs.count("undid the write-back to") == 1


def test_after_a_write_the_draft_is_compared_with_the_sheet_as_it_is_now(plan: PlanInDrive, engine: Engine) -> None:
    view = plan.proposed(EDITS)
    applied(plan, view)
    with pytest.raises(InvalidInput, match="differs from the sheet"):
        changes.propose(plan.ctx, plan.rt, view.draft_id)
    assert open_plan(plan.ctx, plan.rt, plan.file_id).reading.tables[0].line_items[0].budget_minor == 61_000_00


def test_a_write_of_many_cells_takes_three_calls_to_google(plan: PlanInDrive, engine: Engine) -> None:
    view = plan.proposed({(row, period): 1_000_00 + row * 7 + period for row in range(3) for period in range(2)})
    engine.close()
    approved(plan, view)
    applying.begin(plan.ctx, plan.rt, view.id, "write")
    calls = plan.drive.requests
    assert applying.write(plan.ctx, plan.rt, view.id, "write") == {"cells": 12, "conflicts": 0}
    assert applying.verify(plan.ctx, plan.rt, view.id, "write") == {"different": 0}
    assert plan.drive.requests - calls == 3


def test_rows_that_look_alike_get_an_id_in_the_same_call_that_writes_them(
    runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine
) -> None:
    lay_file(drive, "Twins", media_plan([("TV", "Spot", 100, 200), ("TV", "Spot", 100, 200), ("Search", "Text", 5, 6)]), as_sheet=True)
    plan = connect_plan(ctx, runtime, drive, "Twins")
    view = plan.proposed({(1, 0): 150_00})
    engine.close()
    approved(plan, view)
    applying.begin(plan.ctx, plan.rt, view.id, "write")
    calls = plan.drive.requests
    applying.write(plan.ctx, plan.rt, view.id, "write")
    assert applying.verify(plan.ctx, plan.rt, view.id, "write") == {"different": 0}
    assert plan.drive.requests - calls == 3
    assert list(plan.now().tab("Media plan").row_ids) == [5] and plan.cells()["5:4"] == 150
    applying.write(plan.ctx, plan.rt, view.id, "write")  # the worker died before its step was on record
    assert list(plan.now().tab("Media plan").row_ids) == [5]


def test_pressed_twice_it_is_written_once(plan: PlanInDrive, engine: Engine) -> None:
    view = plan.proposed(EDITS)
    assert changes.propose(plan.ctx, plan.rt, view.draft_id).id == view.id
    first, second = approved(plan, view), approved(plan, view)
    assert first.job_id == second.job_id
    ended(plan, view)
    approved(plan, view)
    assert [entry.verb for entry in list_activity(plan.ctx, plan.rt)].count("wrote back to") == 1
    changes.undo(plan.ctx, plan.rt, view.id)
    changes.undo(plan.ctx, plan.rt, view.id)
    ended(plan, view)
    changes.undo(plan.ctx, plan.rt, view.id)
    assert [entry.verb for entry in list_activity(plan.ctx, plan.rt)].count("undid the write-back to") == 1


def test_rows_and_columns_that_others_inserted_are_followed(plan: PlanInDrive, engine: Engine) -> None:
    view = plan.proposed(EDITS)
    plan.edit(kind="insert_row", row=2, count=3)
    plan.edit(kind="insert_column", column=2)
    plan.edit(kind="rename_tab", title="Plan 2026")
    done = applied(plan, view)
    assert {one.edit.cell: (one.tab, one.cell) for one in done.written}["D4"] == ("Plan 2026", "E7")
    assert plan.cells()["7:5"] == 41_000
    plan.drive.edit({"file_id": plan.external_id, "tab": "Plan 2026", "kind": "insert_row", "row": 1})
    undone(plan, view)
    assert plan.cells()["8:5"] == 40_000


def test_somebody_elses_edit_stops_everything_and_a_person_chooses(plan: PlanInDrive, engine: Engine) -> None:
    view = plan.proposed(EDITS)
    plan.edit(kind="set_cell", cell="D4", value="45000")
    plan.edit(kind="set_cell", cell="E6", value="=7000+1")
    before = plan.cells()
    approved(plan, view)
    ended(plan, view)
    stopped = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert stopped.status is ChangeSetStatus.CONFLICTED and plan.cells() == before
    by_cell = {conflict.cell: conflict for conflict in stopped.conflicts}
    told = by_cell["D4"]
    assert (told.kind, told.base.value, told.theirs and told.theirs.value, told.ours.value) == ("value_changed", 40_000, 45_000, 41_000)
    assert by_cell["E6"].kind == "formula_now"

    settled = settling.settle(plan.ctx, plan.rt, view.id, {("Media plan", "D4"): "ours", ("Media plan", "E6"): "ours"})
    assert settled.replaces_id == view.id and settled.status is ChangeSetStatus.PROPOSED
    assert {edit.cell: edit.after.value for edit in settled.edits} == {
        **{"D4": 41_000, "C4": 61_000, "C6": 12_001},
        **{"C7": 90_501.5, "D7": 54_000, "E7": 36_501.5},
    }  # sums that are typed follow what was chosen
    applied(plan, settled)
    now = plan.cells()
    assert (now["4:4"], now["6:5"]) == (41_000, "=7000+1")
    undone(plan, settled)
    assert plan.cells() == before


def test_an_edit_between_our_read_and_our_write_is_seen_when_reading_back(plan: PlanInDrive, engine: Engine) -> None:
    view = plan.proposed(EDITS)
    edit = {"kind": "set_cell", "file_id": plan.external_id, "tab": "Media plan", "cell": "D4", "value": "1"}
    plan.drive.plan_fault(Fault("edit", path="getByDataFilter", edit=edit))
    approved(plan, view)
    ended(plan, view)
    done = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert done.status is ChangeSetStatus.APPLIED
    assert done.error is not None and "1 cell" in done.error
    assert [conflict.cell for conflict in done.conflicts] == ["D4"]


def test_a_cell_changed_after_the_write_keeps_an_undo_from_touching_anything_until_a_person_chooses(
    plan: PlanInDrive, engine: Engine
) -> None:
    view = plan.proposed(EDITS)
    applied(plan, view)
    plan.edit(kind="set_cell", cell="D4", value="99")
    before = plan.cells()
    changes.undo(plan.ctx, plan.rt, view.id)
    ended(plan, view)
    stopped = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert stopped.status is ChangeSetStatus.APPLIED and plan.cells() == before
    assert [conflict.cell for conflict in stopped.conflicts] == ["D4"]
    changes.undo(plan.ctx, plan.rt, view.id, {("Media plan", "D4"): "theirs"})
    ended(plan, view)
    assert changes.get_change_set(plan.ctx, plan.rt, view.id).status is ChangeSetStatus.UNDONE
    now = plan.cells()
    assert (now["4:4"], now["6:5"]) == (99, 7_000)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("forbidden", path="values:batchUpdate", times=9), "permission"),
        (Fault("revoked", path="v4/spreadsheets", times=9), "onnect"),
    ],
)
def test_a_fault_at_google_ends_in_a_sentence_and_writes_nothing(plan: PlanInDrive, engine: Engine, fault: Fault, says: str) -> None:
    view = plan.proposed(EDITS)
    before = plan.drive.snapshot(plan.external_id)
    plan.drive.plan_fault(fault)
    approved(plan, view)
    assert ended(plan, view).state == "failed"
    failed = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert failed.status is ChangeSetStatus.FAILED and failed.error is not None and says in failed.error
    assert plan.drive.snapshot(plan.external_id) == before


def test_a_quota_answer_is_waited_out_and_written_once(plan: PlanInDrive, engine: Engine) -> None:
    view = plan.proposed(EDITS)
    plan.drive.plan_fault(Fault("quota", path="values:batchUpdate", retry_after=0.1, times=1))
    assert applied(plan, view).status is ChangeSetStatus.APPLIED


def test_roles_and_workspaces_are_walls(plan: PlanInDrive, other_ctx: AccessContext) -> None:
    planner = make_member(plan.rt, Role.PLANNER, of=plan.ctx, name="Paul Planner")
    viewer = make_member(plan.rt, Role.VIEWER, of=plan.ctx, name="Vera Viewer")
    draft = plan.edited(EDITS)
    with pytest.raises(Forbidden):
        changes.propose(viewer, plan.rt, draft.draft_id)
    view = changes.propose(planner, plan.rt, draft.draft_id)
    with pytest.raises(Forbidden):
        changes.approve(planner, plan.rt, view.id, expected_hash=view.hash)
    for stranger in (
        lambda: drafts.get_draft(other_ctx, plan.rt, draft.draft_id),
        lambda: drafts.create_draft(other_ctx, plan.rt, plan.file_id),
    ):
        with pytest.raises(NotFound):
            stranger()
    with pytest.raises(NotFound):
        changes.approve(other_ctx, plan.rt, view.id, expected_hash=view.hash)
    with pytest.raises(NotFound):
        changes.undo(other_ctx, plan.rt, view.id)
    assert changes.list_change_sets(other_ctx, plan.rt) == [] and drafts.list_drafts(other_ctx, plan.rt) == []
    assert changes.reject(planner, plan.rt, view.id).status is ChangeSetStatus.REJECTED


def test_what_was_not_shown_or_has_expired_cannot_be_approved(plan: PlanInDrive, clock: SettableClock) -> None:
    view = plan.proposed(EDITS)
    with pytest.raises(Conflict, match="not the change set that was shown"):
        changes.approve(plan.ctx, plan.rt, view.id, expected_hash="0" * 64)
    clock.advance(days=8)
    assert changes.get_change_set(plan.ctx, plan.rt, view.id).status is ChangeSetStatus.EXPIRED
    with pytest.raises(Conflict, match="expired"):
        approved(plan, view)


def test_an_excel_file_in_drive_is_written_in_place_and_undone_byte_for_byte(
    runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine
) -> None:
    lay_file(drive, "Media plan summer.xlsx", media_plan())
    plan = connect_plan(ctx, runtime, drive, "Media plan summer.xlsx")
    original = drive.storage.blob(plan.external_id)
    view = plan.proposed(EDITS)
    done = applied(plan, view)
    assert done.status is ChangeSetStatus.APPLIED and done.has_download
    assert drive.storage.blob(plan.external_id) != original
    assert open_plan(ctx, runtime, plan.file_id).reading.tables[0].line_items[0].budget_minor == 61_000_00
    undone(plan, view)
    assert drive.storage.blob(plan.external_id) == original


@pytest.mark.skipif(not C16.exists(), reason="the shared real plans are not on this machine")
def test_a_real_plan_of_formulas_is_changed_through_the_inputs_that_a_person_names(
    runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine
) -> None:
    lay_file(drive, "Real plan", C16.read_bytes(), as_sheet=True)
    plan = connect_plan(ctx, runtime, drive, "Real plan")
    before, was = plan.now(), plan.drive.snapshot(plan.external_id)
    draft = plan.edited({(0, 0): 15_000_000_00, (4, 0): 700_000_00})
    with pytest.raises(RuleViolation) as refused:
        changes.propose(ctx, runtime, draft.draft_id)
    assert [one.partition(" ")[0] for one in refused.value.violations] == ["Лист1!Q11", "Лист1!Q15"]
    view = changes.propose(ctx, runtime, draft.draft_id, inputs={"Лист1!Q11": "Лист1!L11", "Лист1!Q15": "Лист1!L15"})
    assert {edit.cell for edit in view.edits} == {"L11", "L15"}
    applied(plan, view)
    now = plan.now().tab("Лист1")
    assert now.value(11, 17) == pytest.approx(15_000_000, abs=0.005) and now.value(15, 17) == pytest.approx(700_000, abs=0.005)
    assert {at: cell.formula for at, cell in now.cells.items()} == {at: cell.formula for at, cell in before.tab("Лист1").cells.items()}
    undone(plan, view)
    assert plan.drive.snapshot(plan.external_id)["sheets"] == was["sheets"]


def test_an_uploaded_file_comes_back_as_a_download_and_undo_brings_back_its_bytes(
    runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine
) -> None:
    original = media_plan()
    info = upload_file(ctx, runtime, Upload("Summer.xlsx", original))
    plan = PlanInDrive(ctx, runtime, drive, info.file_id, "")
    view = plan.proposed(EDITS)
    done = applied(plan, view)
    assert done.status is ChangeSetStatus.APPLIED and done.error is None
    assert changes.download(ctx, runtime, view.id) == content_of(ctx, runtime, info.file_id) != original
    marked = mark_changes(ctx, runtime, view.id)
    assert marked.name.endswith(" (changes marked).xlsx")
    book = load_workbook(marked.name, marked.content)
    assert {tab.name for tab in book.tabs} == {"Media plan", "Changes"} and content_of(ctx, runtime, info.file_id) != marked.content
    back = undone(plan, view)
    assert back.status is ChangeSetStatus.UNDONE and back.error is None
    assert content_of(ctx, runtime, info.file_id) == original


Worker = Callable[[str], ForkServerProcess]


@pytest.fixture
def secret(runtime: Runtime) -> Iterator[str]:
    """A key that the killed worker shares, so that it can open the connection's tokens."""
    key = Fernet.generate_key().decode()
    object.__setattr__(runtime, "vault", Vault([key]))
    install(runtime)
    yield key


@pytest.fixture
def start_worker(runtime: Runtime, secret: str, test_database: TestDatabase, sandbox: SandboxServer) -> Iterator[Worker]:
    processes: list[ForkServerProcess] = []

    def start(die_in: str) -> ForkServerProcess:
        env = {
            "DATABASE_URL": test_database.app_url,
            "EXECUTOR_ID": f"victim-{uuid4().hex[:8]}",
            "SANDBOX_URL": sandbox.base_url,
            "SECRET_KEY": secret,
            "NOW": runtime.clock.now().isoformat(),
            "DIE_IN": die_in,
        }
        processes.append(start_victim(killed_worker.main, env))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.join()


MOMENTS = ("after begin", "after journal", "after write", "after verify", "after finish", "after read_again")
KILLS = [("write", moment) for moment in MOMENTS] + [("undo", moment) for moment in MOMENTS[1:4]]


@pytest.mark.parametrize(("direction", "moment"), KILLS)
def test_a_worker_killed_at_any_moment_leaves_exactly_one_effect(
    direction: str, moment: str, secret: str, plan: PlanInDrive, engine: Engine, start_worker: Worker
) -> None:
    before, view = plan.cells(), plan.proposed(EDITS)
    if direction == "undo":
        applied(plan, view)
    engine.close()
    if direction == "write":
        approved(plan, view)
    else:
        changes.undo(plan.ctx, plan.rt, view.id)
    assert death_of(start_worker(moment), within=60) == -9
    engine.launch()
    wait_until(lambda: ended(plan, view).state == "succeeded")
    done = changes.get_change_set(plan.ctx, plan.rt, view.id)
    assert done.status is (ChangeSetStatus.APPLIED if direction == "write" else ChangeSetStatus.UNDONE)
    assert done.error is None and not done.conflicts
    now = plan.cells()
    assert (now == before) if direction == "undo" else ((now["4:4"], now["6:5"]) == (41_000, 7_500.25))
    verb = "wrote back to" if direction == "write" else "undid the write-back to"
    assert [entry.verb for entry in list_activity(plan.ctx, plan.rt)].count(verb) == 1


def test_a_database_that_goes_away_in_the_middle_leaves_one_effect(plan: PlanInDrive, engine: Engine, test_database: TestDatabase) -> None:
    view = plan.proposed(EDITS)
    plan.drive.plan_fault(Fault("slow", path="values:batchUpdate", seconds=0.5))
    approved(plan, view)
    wait_until(lambda: changes.get_change_set(plan.ctx, plan.rt, view.id).status is ChangeSetStatus.APPLYING)
    with test_database.connect_as_superuser() as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )
    assert ended(plan, view).state == "succeeded"
    assert changes.get_change_set(plan.ctx, plan.rt, view.id).status is ChangeSetStatus.APPLIED
    assert plan.cells()["4:4"] == 41_000
