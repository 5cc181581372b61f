"""Discovery and sync: only what changed is fetched, a file that fails stops no other, each fault ends in its state and sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from connectors.sandbox.faults import Fault, Kind
from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext, Role
from core.db.tables.schedules import StandingJob
from core.errors import Forbidden, InvalidInput, NotFound
from core.ports import AccountIdentity
from core.runtime import Runtime
from core.services.connections import disconnect, list_connections, store_connection
from core.services.drafts import create_draft, get_draft
from core.services.files import FileInfo, FileQuery, decide_plan, get_file, list_files, list_snapshots, open_plan, store_of
from core.services.members import change_role, remove_member
from core.services.sync import (
    check_updates,
    discover_files,
    due_connections,
    due_files,
    finish_round,
    refresh_now,
    start_syncing,
    sync_file,
)
from core.services.uploads import Upload, upload_file
from core.workflows.engine import Engine
from core.workflows.standing import start_due
from tests.conftest import SettableClock, make_member, wait_for_job
from tests.integration.conftest import PLANNER, lay_file
from tests.integration.plans import LINES, media_plan

ALL = FileQuery(include_decoys=True)


def by_name(ctx: AccessContext, rt: Runtime) -> dict[str, FileInfo]:
    return {info.name: info for info in list_files(ctx, rt, ALL).files}


def synced(ctx: AccessContext, rt: Runtime) -> dict[str, object]:
    """Run one round now and give what it came to."""
    status = wait_for_job(rt, ctx, refresh_now(ctx, rt))
    assert status.state == "succeeded", status.error
    return dict(status.result or {})


def connect(ctx: AccessContext, rt: Runtime, drive: Sandbox) -> UUID:
    """Connect the planner's account as a consent would, without its job."""
    account = AccountIdentity("117", PLANNER, "Paula Planner")
    with rt.db.session(ctx) as session:
        return store_connection(session, ctx, rt, credential=drive.authorize(PLANNER), account=account).id


@pytest.fixture
def connection_id(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> UUID:
    return connect(ctx, runtime, drive)


def test_discovery_lists_everything_and_scores_it_by_name_with_reasons(runtime: Runtime, ctx: AccessContext, connection_id: UUID) -> None:
    assert discover_files(ctx, runtime, connection_id).files == 2
    files = by_name(ctx, runtime)
    assert (files["Media plan spring"].is_plan, files["Recipes.xlsx"].is_plan) == (True, False)
    assert files["Media plan spring"].reasons == ("its name says “media plan” (media plan)",)
    assert {info.state for info in files.values()} == {"unread"}
    listed = list_files(ctx, runtime, FileQuery())
    assert ([info.name for info in listed.files], listed.plans, listed.decoys) == (["Media plan spring"], 1, 1)
    with pytest.raises(NotFound, match="not been read yet"):
        open_plan(ctx, runtime, files["Media plan spring"].file_id)


def test_the_first_sync_reads_everything_and_keeps_no_content_of_what_is_no_plan(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, engine: Engine
) -> None:
    assert synced(ctx, runtime) == {"read": 2, "failed": 0, "problem": ""}
    files = by_name(ctx, runtime)
    plan, decoy = files["Media plan spring"], files["Recipes.xlsx"]
    assert (plan.state, plan.total_minor, plan.currency) == ("fresh", 89_500_50, "EUR")
    assert (decoy.is_plan, decoy.state) == (False, "fresh")
    assert open_plan(ctx, runtime, plan.file_id).workbook.kind == "google_sheet"
    assert list_snapshots(ctx, runtime, decoy.file_id) == ()
    assert list_connections(ctx, runtime)[0].synced_at == runtime.clock.now()


def test_a_later_sync_fetches_only_what_changed_and_tells_what_moved(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, engine: Engine, drive: Sandbox, clock: SettableClock
) -> None:
    synced(ctx, runtime)
    plan = by_name(ctx, runtime)["Media plan spring"]
    clock.advance(minutes=5)
    assert synced(ctx, runtime)["read"] == 0
    for cell, value in (("D6", 6000), ("C6", 13000), ("C7", 90500.5), ("D7", 54000)):
        drive.edit({"kind": "set_cell", "file_id": plan.external_id, "tab": "Media plan", "cell": cell, "value": value})
    clock.advance(minutes=5)
    assert synced(ctx, runtime)["read"] == 1
    newest, oldest = list_snapshots(ctx, runtime, plan.file_id)
    assert newest.differences is not None and oldest.differences is None
    budgets = [(m.was_minor, m.now_minor, m.cell) for m in newest.differences.moved if m.field == "budget"]
    assert budgets == [(12_000_00, 13_000_00, "C6")]


def test_new_renamed_trashed_and_lost_files_follow_the_change_feed(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, engine: Engine, drive: Sandbox, clock: SettableClock
) -> None:
    synced(ctx, runtime)
    lay_file(drive, "Budget plan autumn.xlsx", media_plan(LINES[:2]))
    drive.edit({"kind": "trash", "file_id": by_name(ctx, runtime)["Recipes.xlsx"].external_id, "tab": ""})
    clock.advance(minutes=5)
    assert synced(ctx, runtime)["read"] == 1
    files = by_name(ctx, runtime)
    assert files["Budget plan autumn.xlsx"].total_minor == 77_500_50
    assert files["Recipes.xlsx"].state == "gone"
    drive.edit({"kind": "delete_file", "file_id": files["Media plan spring"].external_id, "tab": ""})
    clock.advance(minutes=5)
    synced(ctx, runtime)
    gone = by_name(ctx, runtime)["Media plan spring"]
    assert gone.state == "gone" and open_plan(ctx, runtime, gone.file_id).reading.tables


def test_a_file_that_cannot_be_read_stops_no_other_and_is_not_tried_again_before_it_changes(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, engine: Engine, drive: Sandbox, clock: SettableClock
) -> None:
    lay_file(drive, "A media plan.xlsx", b"PK this is no workbook")
    assert synced(ctx, runtime) == {"read": 2, "failed": 1, "problem": ""}
    broken = by_name(ctx, runtime)["A media plan.xlsx"]
    assert broken.state == "failed" and broken.failure is not None and "A media plan.xlsx" in broken.failure
    with pytest.raises(NotFound, match=r"A media plan\.xlsx"):
        open_plan(ctx, runtime, broken.file_id)
    clock.advance(minutes=5)
    assert synced(ctx, runtime) == {"read": 0, "failed": 0, "problem": ""}


@pytest.mark.parametrize(
    ("kind", "state", "file_state", "sentence"),
    [
        ("revoked", "revoked", "stale", "Connect Google again"),
        ("scope_missing", "revoked", "stale", "Connect Google again"),
        ("quota", "active", "stale", "slow down"),
        ("unavailable", "active", "stale", "tried again"),
        ("html_500", "active", "stale", "tried again"),
    ],
)
def test_each_fault_while_reading_keeps_the_last_good_snapshot_and_says_what_to_do(
    kind: Kind, state: str, file_state: str, sentence: str,
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, engine: Engine, drive: Sandbox, clock: SettableClock,
) -> None:  # fmt: skip
    synced(ctx, runtime)
    plan = by_name(ctx, runtime)["Media plan spring"]
    drive.edit({"kind": "set_cell", "file_id": plan.external_id, "tab": "Media plan", "cell": "D6", "value": 1})
    drive.plan_fault(Fault(kind, path="/v4/spreadsheets", times=99, retry_after=0.01))
    clock.advance(minutes=5)
    result = synced(ctx, runtime)
    assert result["failed"] == 1
    plan = by_name(ctx, runtime)["Media plan spring"]
    assert plan.state == file_state and plan.failure is not None and sentence in plan.failure
    assert list_connections(ctx, runtime)[0].state == state
    assert open_plan(ctx, runtime, plan.file_id).reading.tables[0].total_minor == 89_500_50
    if state == "active":
        drive.clear_faults()
        clock.advance(minutes=5)
        synced(ctx, runtime)
        assert get_file(ctx, runtime, plan.file_id).state == "fresh"


def test_an_outage_while_asking_for_changes_is_said_at_the_account_and_files_turn_stale_with_time(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, engine: Engine, drive: Sandbox, clock: SettableClock
) -> None:
    synced(ctx, runtime)
    drive.plan_fault(Fault("unavailable", path="/changes", times=99, retry_after=0.01))
    clock.advance(hours=1)
    assert "error of its own" in str(synced(ctx, runtime)["problem"])
    (view,) = list_connections(ctx, runtime)
    assert view.state == "active" and view.failure is not None
    found = list_files(ctx, runtime, FileQuery())
    assert found.lag == timedelta(hours=1) and found.files[0].state == "stale"


def test_one_file_is_read_again_when_asked_even_unchanged(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, engine: Engine, clock: SettableClock
) -> None:
    synced(ctx, runtime)
    plan = by_name(ctx, runtime)["Media plan spring"]
    clock.advance(minutes=5)
    job_id = refresh_now(ctx, runtime, file_id=plan.file_id)
    assert refresh_now(ctx, runtime, file_id=plan.file_id) == job_id
    assert wait_for_job(runtime, ctx, job_id).result == {"read": 1, "failed": 0, "problem": ""}
    assert get_file(ctx, runtime, plan.file_id).synced_at == clock.now()
    assert len(list_snapshots(ctx, runtime, plan.file_id)) == 1
    upload = upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan()))
    with pytest.raises(InvalidInput, match="no source to refresh"):
        refresh_now(ctx, runtime, file_id=upload.file_id)


def test_a_spreadsheet_that_somebody_calls_a_plan_is_read_and_kept(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, engine: Engine, clock: SettableClock
) -> None:
    synced(ctx, runtime)
    recipe = by_name(ctx, runtime)["Recipes.xlsx"]
    decide_plan(ctx, runtime, recipe.file_id, is_plan=True)
    clock.advance(minutes=5)
    assert synced(ctx, runtime)["read"] == 1
    assert get_file(ctx, runtime, recipe.file_id).is_plan
    assert open_plan(ctx, runtime, recipe.file_id).reading.tables == ()


def test_a_spreadsheet_that_was_read_and_is_no_plan_says_that_it_was_not_kept(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, engine: Engine
) -> None:
    synced(ctx, runtime)
    files = list_files(ctx, runtime, FileQuery(include_decoys=True)).files
    read = [info for info in files if not info.is_plan and info.synced_at is not None and info.failure is None]
    assert read
    with pytest.raises(NotFound, match="does not look like a media plan, so its cells are not kept"):
        open_plan(ctx, runtime, read[0].file_id)


def test_disconnecting_keeps_the_plans_as_read_and_forgets_the_rest_and_connecting_again_takes_them_up(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, engine: Engine, drive: Sandbox, clock: SettableClock
) -> None:
    synced(ctx, runtime)
    plan = by_name(ctx, runtime)["Media plan spring"]
    disconnect(ctx, runtime, connection_id)
    files = by_name(ctx, runtime)
    assert list(files) == ["Media plan spring"] and files["Media plan spring"].state == "disconnected"
    with pytest.raises(NotFound, match="disconnected"):
        store_of(ctx, runtime, plan.file_id)
    clock.advance(minutes=1)
    connect(ctx, runtime, drive)
    synced(ctx, runtime)
    again = by_name(ctx, runtime)["Media plan spring"]
    assert (again.file_id, again.state) == (plan.file_id, "fresh")
    assert store_of(ctx, runtime, plan.file_id).google is not None


def test_a_sync_starts_every_quarter_of_an_hour_until_the_last_account_is_gone(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, clock: SettableClock
) -> None:
    first = start_syncing(ctx, runtime, key="first")
    assert start_syncing(ctx, runtime, key="first") == first == f"sync-{ctx.workspace_id}-first"
    clock.advance(minutes=15)
    assert (start_due(runtime), start_due(runtime)) == (1, 0)
    assert runtime.jobs.status(ctx, f"sync-{ctx.workspace_id}-202603020915").state == "queued"
    disconnect(ctx, runtime, connection_id)
    clock.advance(minutes=15)
    assert start_due(runtime) == 0


@pytest.mark.parametrize("how", ["removed", "made a viewer"])
def test_syncing_goes_on_when_the_person_who_connected_the_account_leaves(
    how: str, runtime: Runtime, ctx: AccessContext, connection_id: UUID, clock: SettableClock
) -> None:
    planner = make_member(runtime, Role.PLANNER, of=ctx, name="Pia Planner")
    start_syncing(planner, runtime, key="first")
    if how == "removed":
        remove_member(ctx, runtime, planner.actor_id)
    else:
        change_role(ctx, runtime, planner.actor_id, Role.VIEWER)
    clock.advance(minutes=15)
    assert start_due(runtime) == 1
    with runtime.db.global_session() as session:
        assert session.scalars(select(StandingJob.actor_id)).all() == [ctx.actor_id]


def test_a_file_that_two_accounts_see_stays_with_the_first_as_long_as_that_one_sees_it(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, drive: Sandbox
) -> None:
    discover_files(ctx, runtime, connection_id)
    plan = by_name(ctx, runtime)["Media plan spring"]
    file = drive.drive.files[plan.external_id]
    file.readers.append("guest@northwind.example")
    with runtime.db.session(ctx) as session:
        guest = store_connection(
            session,
            ctx,
            runtime,
            credential=drive.authorize("guest@northwind.example"),
            account=AccountIdentity("118", "guest@northwind.example", "Gus Guest"),
        ).id
    discover_files(ctx, runtime, guest)
    assert (get_file(ctx, runtime, plan.file_id).account, get_file(ctx, runtime, plan.file_id).can_edit) == (PLANNER, True)
    disconnect(ctx, runtime, connection_id)
    check_updates(ctx, runtime, guest)
    taken_up = get_file(ctx, runtime, plan.file_id)
    assert (taken_up.account, taken_up.can_edit, taken_up.state) == ("guest@northwind.example", False, "unread")


def test_disconnecting_keeps_what_was_drafted_even_of_a_file_that_is_called_no_plan(
    runtime: Runtime, ctx: AccessContext, connection_id: UUID, engine: Engine
) -> None:
    synced(ctx, runtime)
    plan = by_name(ctx, runtime)["Media plan spring"]
    draft = create_draft(ctx, runtime, plan.file_id)
    decide_plan(ctx, runtime, plan.file_id, is_plan=False)
    disconnect(ctx, runtime, connection_id)
    assert list(by_name(ctx, runtime)) == ["Media plan spring"]
    assert get_draft(ctx, runtime, draft.draft_id).distribution == draft.distribution


def test_nothing_is_synced_for_another_workspace_or_by_a_viewer(
    runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext, connection_id: UUID
) -> None:
    discover_files(ctx, runtime, connection_id)
    (file_id, *_) = due_files(ctx, runtime, connection_id)
    foreign: list[Callable[[], object]] = [
        lambda: discover_files(other_ctx, runtime, connection_id),
        lambda: check_updates(other_ctx, runtime, connection_id),
        lambda: sync_file(other_ctx, runtime, file_id),
        lambda: refresh_now(other_ctx, runtime, file_id=file_id),
        lambda: store_of(other_ctx, runtime, file_id),
    ]
    for attempt in foreign:
        with pytest.raises(NotFound):
            attempt()
    assert due_connections(other_ctx, runtime) == due_files(other_ctx, runtime, connection_id) == ()
    finish_round(other_ctx, runtime, connection_id, None)
    assert list_connections(ctx, runtime)[0].synced_at is None
    viewer = make_member(runtime, Role.VIEWER, of=ctx, name="Vic Viewer")
    with pytest.raises(Forbidden):
        refresh_now(viewer, runtime)
