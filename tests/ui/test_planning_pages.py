"""The optimiser in the planner and the scenarios page, per role and state."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext, Role
from core.planning.optimising import Wanted
from core.runtime import Runtime
from core.services import scenarios
from core.services.demo_performance import make_demo_performance
from core.services.draft_views import DraftView
from core.services.scenarios import OptimiseRequest, ScenarioView, add_frontier, analyse_scenario, gather_for, keep_partial
from tests.conftest import make_member
from tests.integration.conftest import drive
from tests.integration.plan_in_drive import connect_plan
from tests.ui.conftest import OpenAs, texts

__all__ = ["drive"]


@pytest.fixture
def draft(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> DraftView:
    return connect_plan(ctx, runtime, drive, "Media plan spring").draft()


def _ready(rt: Runtime, ctx: AccessContext, draft: DraftView) -> ScenarioView:
    """Do what the job does, step by step, without a worker."""
    make_demo_performance(ctx, rt, channels=("TV", "Search", "Social"), currency="EUR")
    started = scenarios.start_optimisation(ctx, rt, OptimiseRequest(draft.draft_id, draft.distribution, Wanted(), "Best split"))
    gather_for(ctx, rt, started.scenario_id)
    assert analyse_scenario(ctx, rt, started.scenario_id) == "ready"
    add_frontier(ctx, rt, started.scenario_id)
    return scenarios.get_scenario(ctx, rt, started.scenario_id)


def test_optimising_starts_a_job_whose_progress_is_shown(open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView) -> None:
    test = open_as(ctx, "planner", draft=str(draft.draft_id))
    test.button(key="optimise").click().run()
    assert not test.exception
    (started,) = scenarios.list_scenarios(ctx, runtime, draft.draft_id)
    assert started.state == "waiting" and test.session_state[f"planning:{draft.draft_id}"] == str(started.scenario_id)
    assert started.job_id is not None and runtime.jobs.status(ctx, started.job_id).state == "queued"


def test_the_answer_is_shown_with_its_reasons_and_goes_into_the_table(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView
) -> None:
    ready = _ready(runtime, ctx, draft)
    test = open_as(ctx, "planner", draft=str(draft.draft_id))
    test.session_state[f"planning:{draft.draft_id}"] = str(ready.scenario_id)
    test.run()
    assert not test.exception
    assert "Best split" in texts(test) and "Rests on made data" in str([badge.proto for badge in test.get("badge")]) + texts(test)
    labels = {metric.label for metric in test.metric}
    assert {"Budget", "Conversions", "Cost per conversion", "ROAS"} <= labels
    test.button(key="take-answer").click().run()
    assert not test.exception
    editing = test.session_state[f"editing:{draft.draft_id}"]
    assert editing.distribution().total_minor == ready.distribution.total_minor
    assert editing.budget.amounts.tolist() == [[cell.budget_minor for cell in row.cells] for row in ready.distribution.rows]


def test_clashing_rules_and_partial_answers_look_different(open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView) -> None:
    started = scenarios.start_optimisation(ctx, runtime, OptimiseRequest(draft.draft_id, draft.distribution, Wanted(), "No data"))
    keep_partial(ctx, runtime, started.scenario_id, "there is no performance data yet.")
    test = open_as(ctx, "planner", draft=str(draft.draft_id))
    test.session_state[f"planning:{draft.draft_id}"] = str(started.scenario_id)
    test.run()
    assert not test.exception and "Not optimised" in texts(test)
    make_demo_performance(ctx, runtime, channels=("TV", "Search", "Social"), currency="EUR")
    capped = replace(draft.distribution, rows=tuple(replace(row, max_minor=100_00) for row in draft.distribution.rows))
    impossible = scenarios.start_optimisation(ctx, runtime, OptimiseRequest(draft.draft_id, capped, Wanted(), "Too tight"))
    gather_for(ctx, runtime, impossible.scenario_id)
    assert analyse_scenario(ctx, runtime, impossible.scenario_id) == "impossible"
    test.session_state[f"planning:{draft.draft_id}"] = str(impossible.scenario_id)
    test.run()
    assert not test.exception and "These cannot hold together" in texts(test)


@pytest.mark.parametrize("role", list(Role))
def test_scenarios_stand_side_by_side_for_every_role(
    role: Role, open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView
) -> None:
    scenarios.save_scenario(ctx, runtime, draft.draft_id, name="As it is", distribution=draft.distribution)
    member = ctx if role is Role.OWNER else make_member(runtime, role, of=ctx)
    test = open_as(member, "scenarios", draft=str(draft.draft_id))
    assert not test.exception and "Something went wrong" not in texts(test)
    buttons = {button.label for button in test.get("button")}
    assert ("Mark as the plan" in buttons) == (role is not Role.VIEWER)


def test_a_scenario_is_marked_copied_and_removed_on_the_page(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView
) -> None:
    ready = _ready(runtime, ctx, draft)
    test = open_as(ctx, "scenarios", draft=str(draft.draft_id))
    test.button(key=f"mark-{ready.scenario_id}").click().run()
    test.button(key=f"copy-{ready.scenario_id}").click().run()
    assert not test.exception
    listed = scenarios.list_scenarios(ctx, runtime, draft.draft_id)
    assert [(view.name, view.is_plan) for view in listed] == [("Best split", True), ("Best split (copy)", False)]
    test.button(key=f"remove-{listed[1].scenario_id}").click().run()
    test.button(key=f"remove-{listed[1].scenario_id}-confirm").click().run()
    assert not test.exception
    assert [view.name for view in scenarios.list_scenarios(ctx, runtime, draft.draft_id)] == ["Best split"]


def test_a_client_total_is_optimised_as_the_working_media_it_pays_for(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView
) -> None:
    test = open_as(ctx, "planner", draft=str(draft.draft_id))
    test.checkbox(key="client-total").check().run()
    test.number_input(key="fees-VAT").set_value(19.0).run()
    assert not test.exception
    assert "Working media €75,210.50 of €89,500.50" in texts(test)
    test.button(key="optimise").click().run()
    (started,) = scenarios.list_scenarios(ctx, runtime, draft.draft_id)
    with runtime.db.session(ctx) as session:
        assert scenarios.scenario_row(session, started.scenario_id).wanted["budget_minor"] == 75_210_50
