"""Every service that takes an id is called from another workspace with real ids: nothing is found, and nothing of theirs changes."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import core.services
from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext, Role
from core.db.tables import Base, tenant_tables
from core.db.tables.knowledge import Note
from core.db.tables.performance import LiftTestEntry
from core.errors import AppError, NotFound
from core.model.changes import RowPlan
from core.model.reading import Correction, PerformanceRow
from core.planning.optimising import Wanted
from core.runtime import Runtime
from core.services import changes, consent, conversations, drafts, members, performance, scenarios
from core.services.demo_performance import make_demo_performance
from core.services.exports import OfDraft
from core.services.files import get_file, list_snapshots, open_plan
from core.services.identity import digest
from core.services.planned_drafts import KeepPlanned
from core.services.sync import Failure
from core.services.turn_log import Ending
from core.sheets.writing.edits import WritePlan
from tests.integration.plan_in_drive import PlanInDrive, connect_plan
from tests.integration.test_consent import SESSION
from tests.postgres import TestDatabase

Service = Callable[..., Any]
NO_ID_OF_A_WORKSPACE = {
    "account.change_password",  # the browser session of the person who asks
    "consent.start_consent",
    "flighting.read_flow",  # takes a fit that was found under the same context
}
ANSWERS_OTHERWISE = {
    "consent.answer_consent": "forbidden",  # a callback in another session or workspace: the flow stays open for the right one
    "drafts.list_drafts": "nothing",
    "readings.read_corrected": "Reading",  # of a workbook that the caller holds, without the corrections of theirs
    "schedules.hand_over": "nothing",  # works on the standing jobs of its own workspace only
    "sync.due_files": "nothing",
    "sync.finish_round": "nothing",  # steps of a round: an account or file that went meanwhile is nothing to fail for
    "sync.note_failure": "nothing",
    "sync.running_sync": "nothing",  # looks among the jobs of its own workspace only
}


def services() -> dict[str, Service]:
    """Give every public service that is told an id, in itself or within a request, by `module.function`."""
    modules = [importlib.import_module(f"core.services.{info.name}") for info in pkgutil.iter_modules(core.services.__path__)]
    found = {
        f"{module.__name__.rpartition('.')[2]}.{name}": function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_") and "ctx" in list(inspect.signature(function).parameters)[:2]
    }
    return {name: function for name, function in found.items() if name not in NO_ID_OF_A_WORKSPACE and any(told_ids(function).values())}


def told_ids(function: Service) -> dict[str, bool]:
    """Tell for each parameter whether it holds an id."""
    hints = typing.get_type_hints(function)
    names = [name for name in inspect.signature(function).parameters if name not in ("ctx", "rt", "session")]
    return {name: name.endswith("_id") or _holds_id(hints[name], ()) for name in names}


def _holds_id(hint: Any, within: tuple[Any, ...]) -> bool:
    if hint is UUID:
        return True
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and hint not in within:
        return any(_holds_id(inner, (*within, hint)) for inner in typing.get_type_hints(hint).values())
    return any(_holds_id(inner, within) for inner in typing.get_args(hint))


def one_of_everything(rt: Runtime, ctx: AccessContext, plan: PlanInDrive) -> dict[str, Any]:
    """Fill the workspace; give its ids by the parameter that takes them, `module.function.parameter` where one name means several."""
    table = plan.edited({(0, 0): 41_000_00})
    talk = conversations.start_conversation(ctx, rt, conversations.NewConversation(plan.file_id))
    turn = conversations.ask(ctx, rt, conversations.Question(talk.conversation_id, "How much is planned?"))
    members.invite(ctx, rt, email="new@example.com", role=Role.VIEWER)
    asked = consent.start_consent(ctx, rt, session_id=SESSION)
    state = parse_qs(urlsplit(asked.url).query)["state"][0]
    made = make_demo_performance(ctx, rt, channels=("TV",), currency="EUR")
    scenario = scenarios.save_scenario(ctx, rt, scenarios.KeepScenario(table.draft_id, "Ours", table.distribution))
    with rt.db.session(ctx) as session:
        signed = {"workspace_id": ctx.workspace_id, "author_id": ctx.actor_id, "author_name": "Ann", "written_at": rt.clock.now()}
        note = Note(id=uuid4(), kind="note", title="Ours", body="Ours alone", subject=None, **signed)
        day = rt.clock.now()
        spent = {"spend_delta_minor": 1, "kpi_delta": 1.0, "kpi_sd": 1.0, "currency": "EUR", "start": day.date(), "end": day.date()}
        who = {"workspace_id": ctx.workspace_id, "entered_by": ctx.actor_id, "entered_at": day}
        test = LiftTestEntry(id=uuid4(), channel="TV", kpi="conversions", **spent, **who)
        session.add_all([note, test])
    info, snapshot = get_file(ctx, rt, plan.file_id), list_snapshots(ctx, rt, plan.file_id)[0].snapshot_id
    grid, of_draft = table.distribution, OfDraft(table.draft_id)
    return {
        "file_id": plan.file_id,
        "draft_id": table.draft_id,
        "snapshot_id": snapshot,
        "connection_id": info.connection_id,
        "change_set_id": changes.propose(ctx, rt, table.draft_id).id,
        "conversation_id": talk.conversation_id,
        "turn_id": turn.turn_id,
        "invitation_id": members.list_invitations(ctx, rt)[0].invitation_id,
        "import_id": made.import_id,
        "scenario_id": scenario.scenario_id,
        "note_id": note.id,
        "test_id": test.id,
        "user_id": ctx.actor_id,
        "workspace_id": ctx.workspace_id,
        "session_id": SESSION,
        "keep_session": SESSION,
        "of": ctx.actor_id,
        "flow_id": digest(state),
        "answer": consent.ConsentAnswer(state, SESSION, code="code"),
        "question": conversations.Question(talk.conversation_id, "And now?"),
        "reading": open_plan(ctx, rt, plan.file_id).reading,
        "subject": of_draft,
        "distribution": grid,
        "conversations.start_conversation.request": conversations.NewConversation(plan.file_id),
        "drafts.distribute.request": drafts.DistributeRequest(table.draft_id, grid, "even"),
        "drafts.save_version.request": drafts.SaveDraft(table.draft_id, table.version, grid),
        "performance.import_performance.request": performance.ImportFile(plan.file_id),
        "performance.import_rows.request": performance.ImportRows("Theirs", (_delivered(rt),), file_id=plan.file_id, currency="EUR"),
        "planned_drafts.keep_planned.request": KeepPlanned(plan.file_id, table.draft_id, grid, ""),
        "scenarios.save_scenario.request": scenarios.KeepScenario(table.draft_id, "Theirs", grid),
        "scenarios.start_optimisation.request": scenarios.OptimiseRequest(table.draft_id, grid, Wanted()),
        "files.compare_snapshots.was": snapshot,
        "files.compare_snapshots.now": snapshot,
    }


def _delivered(rt: Runtime) -> PerformanceRow:
    day = rt.clock.now().date()
    return PerformanceRow(day, day, "TV", None, "EUR", 100_00)


def plain_values(plan: PlanInDrive) -> dict[str, Any]:
    """Give what the services take beside ids."""
    view = open_plan(plan.ctx, plan.rt, plan.file_id)
    return {
        "accept": True,
        "again": True,
        "base_version": 2,
        "choices": {},
        "conflicts": 0,
        "correction": Correction("currency", "EUR", "EUR"),
        "current": "wrong",
        "data": {},
        "direction": "write",
        "ending": Ending("done", "Theirs", "built-in", {}, 1, 1.0),
        "error": "Theirs",
        "expected_hash": "0" * 64,
        "failure": Failure("not_found", "Theirs"),
        "is_plan": False,
        "kind": "token",
        "layout_key": view.reading.layout_key,
        "name": "Theirs",
        "new": "correct horse battery",
        "now": 2,
        "outlines": (),
        "position": 0,
        "reason": "Theirs",
        "role": Role.VIEWER,
        "rows": RowPlan(),
        "seed": {},
        "sentence": "Theirs",
        "thumb": 1,
        "title": "Theirs",
        "version": 1,
        "was": 1,
        "workbook": view.workbook,
        "written": WritePlan((), ()),
    }


def rows_of(database: TestDatabase, workspace_id: UUID) -> dict[str, list[Any]]:
    """Give every row of every tenant table of a workspace, past row-level security."""
    found = {}
    with database.connect_as_superuser() as connection:
        for table in tenant_tables(Base.metadata):
            query = f"select to_jsonb(t) from {table.name} t where workspace_id = %s order by to_jsonb(t)::text"
            found[table.name] = connection.execute(query, (workspace_id,)).fetchall()
    return found


def called(name: str, service: Service, ctx: AccessContext, rt: Runtime, values: Mapping[str, Any]) -> str:
    """Call a service from another workspace with real ids; says what came of it."""
    told, ids = {}, told_ids(service)
    for parameter in inspect.signature(service).parameters.values():
        key = next((key for key in (f"{name}.{parameter.name}", parameter.name) if key in values), None)
        if parameter.name in ("ctx", "rt", "session"):
            continue
        if key is not None and (ids[parameter.name] or parameter.default is parameter.empty):
            told[parameter.name] = values[key]
        elif parameter.default is parameter.empty or ids[parameter.name]:
            return f"NOT COVERED: there is no value for {parameter.name}"
    try:
        with rt.db.session(ctx) as session:
            frame = {"ctx": ctx, "rt": rt, "session": session}
            given = {one: frame[one] for one in inspect.signature(service).parameters if one in frame}
            answer = service(**given, **told)
        return type(answer).__name__ if answer else "nothing"
    except AppError as error:
        return error.code


def test_no_service_finds_or_changes_what_is_another_workspace_s(
    runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext, drive: Sandbox, test_database: TestDatabase
) -> None:
    plan = connect_plan(ctx, runtime, drive, "Media plan spring")
    values = plain_values(plan) | one_of_everything(runtime, ctx, plan)
    before, sheet = rows_of(test_database, ctx.workspace_id), plan.cells()
    came_of = {name: called(name, service, other_ctx, runtime, values) for name, service in services().items()}
    assert {name: said for name, said in came_of.items() if said != NotFound.code} == ANSWERS_OTHERWISE
    assert rows_of(test_database, ctx.workspace_id) == before
    assert plan.cells() == sheet
