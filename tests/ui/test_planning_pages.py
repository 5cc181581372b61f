"""The optimiser in the planner and the scenarios page, per role and state."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext, Role
from core.model.money import ExchangeRate
from core.planning.optimising import Wanted
from core.runtime import Runtime
from core.services import scenarios
from core.services.demo_performance import make_demo_performance
from core.services.draft_views import DraftView
from core.services.response import fit_response
from core.services.scenarios import KeepScenario, OptimiseRequest, ScenarioView, add_frontier, analyse_scenario, gather_for, keep_partial
from core.services.unsaved import get_edits
from pages._ui.planning_charts import joined_labels, outcome_of
from tests.conftest import SettableClock, make_member
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
    assert not test.exception
    assert "Best split" in texts(test) and "Rests on made data" in str([badge.proto for badge in test.get("badge")]) + texts(test)
    labels = {metric.label for metric in test.metric}
    assert {"Budget", "Conversions", "Cost per conversion", "ROAS"} <= labels
    test.button(key="take-answer").click().run()
    assert not test.exception
    editing = test.session_state[f"editing:{draft.draft_id}"]
    assert editing.distribution().total_minor == ready.distribution.total_minor
    assert editing.budget.amounts.tolist() == [[cell.budget_minor for cell in row.cells] for row in ready.distribution.rows]


def test_clashing_rules_and_partial_answers_look_different(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView, clock: SettableClock
) -> None:
    started = scenarios.start_optimisation(ctx, runtime, OptimiseRequest(draft.draft_id, draft.distribution, Wanted(), "No data"))
    keep_partial(ctx, runtime, started.scenario_id, "there is no performance data yet.")
    test = open_as(ctx, "planner", draft=str(draft.draft_id))
    assert not test.exception and "Not optimised" in texts(test)
    make_demo_performance(ctx, runtime, channels=("TV", "Search", "Social"), currency="EUR")
    capped = replace(draft.distribution, rows=tuple(replace(row, max_minor=100_00) for row in draft.distribution.rows))
    clock.advance(minutes=1)
    impossible = scenarios.start_optimisation(ctx, runtime, OptimiseRequest(draft.draft_id, capped, Wanted(), "Too tight"))
    gather_for(ctx, runtime, impossible.scenario_id)
    assert analyse_scenario(ctx, runtime, impossible.scenario_id) == "impossible"
    test.run()
    assert not test.exception and "These cannot hold together" in texts(test)


@pytest.mark.parametrize("role", list(Role))
def test_scenarios_stand_side_by_side_for_every_role(
    role: Role, open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView
) -> None:
    kept = scenarios.save_scenario(ctx, runtime, KeepScenario(draft.draft_id, "As it is", draft.distribution))
    scenarios.mark_as_plan(ctx, runtime, kept.scenario_id)  # the plan stands open
    member = ctx if role is Role.OWNER else make_member(runtime, role, of=ctx)
    test = open_as(member, "scenarios", draft=str(draft.draft_id))
    assert not test.exception and "Something went wrong" not in texts(test)
    buttons = {button.label for button in test.get("button")}
    assert ("Mark as the plan" in buttons) == (role is not Role.VIEWER)
    assert "Cost per conversion" in {metric.label for metric in test.metric}
    assert not test.get("tab")  # kept by hand: there is nothing to explain


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
    keep_partial(ctx, runtime, started.scenario_id, "there is no performance data yet.")
    told = texts(open_as(ctx, "planner", draft=str(draft.draft_id)))
    assert "The client pays €89,500.50 in all: working media €75,210.50, VAT €14,290.00" in told  # kept with the scenario


def test_a_refresh_keeps_the_answer_until_it_is_put_away_by_each_person(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView
) -> None:
    ready = _ready(runtime, ctx, draft)
    colleague = make_member(runtime, Role.PLANNER, of=ctx)
    test = open_as(ctx, "planner", draft=str(draft.draft_id))  # as after a refresh: the tab remembers nothing
    assert "Best split" in texts(test) and {"Why", "Curves", "Next 1,000"} <= {tab.label for tab in test.get("tab")}
    test.button(key="close-answer").click().run()
    assert not test.exception and "Best split" not in texts(test)
    assert scenarios.newest_run(ctx, runtime, draft.draft_id) is None
    theirs = open_as(colleague, "planner", draft=str(draft.draft_id))
    assert not theirs.exception and "Best split" in texts(theirs)
    theirs.button(key="take-answer").click().run()
    assert scenarios.newest_run(colleague, runtime, draft.draft_id) is None
    assert scenarios.get_scenario(ctx, runtime, ready.scenario_id).state == "ready"


def test_a_running_optimisation_is_shown_after_a_refresh_above_the_table(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView
) -> None:
    started = scenarios.start_optimisation(ctx, runtime, OptimiseRequest(draft.draft_id, draft.distribution, Wanted(), "Best split"))
    test = open_as(ctx, "planner", draft=str(draft.draft_id))
    assert f"cancel-{started.job_id}" in {button.key for button in test.get("button")}
    keys = [button.key for button in test.get("button")]
    assert keys.index(f"cancel-{started.job_id}") < keys.index("optimise")
    assert started.job_id is not None
    runtime.jobs.cancel(ctx, started.job_id)
    test = open_as(ctx, "planner", draft=str(draft.draft_id))
    assert "cancelled" in texts(test)
    test.button(key="close-answer").click().run()
    assert not test.exception and "cancelled" not in texts(test)


def test_what_was_not_saved_is_back_after_a_refresh_for_the_person_alone(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView
) -> None:
    ready, key = _ready(runtime, ctx, draft), f"editing:{draft.draft_id}"
    test = open_as(ctx, "planner", draft=str(draft.draft_id))
    test.button(key="take-answer").click().run()
    taken = test.session_state[key].budget.amounts.tolist()
    again = open_as(ctx, "planner", draft=str(draft.draft_id))
    assert not again.exception and "Unsaved, from" in texts(again)
    assert again.session_state[key].budget.amounts.tolist() == taken
    assert again.session_state[key].distribution() == test.session_state[key].distribution() != draft.distribution
    again.button(key="keep-unsaved").click().run()
    assert "Unsaved, from" not in texts(again) and again.session_state[key].is_dirty
    colleague = open_as(make_member(runtime, Role.PLANNER, of=ctx), "planner", draft=str(draft.draft_id))
    assert not colleague.session_state[key].is_dirty and "Unsaved, from" not in texts(colleague)
    dropped = open_as(ctx, "planner", draft=str(draft.draft_id))
    dropped.button(key="discard-unsaved").click().run()
    assert not dropped.exception and not dropped.session_state[key].is_dirty
    assert get_edits(ctx, runtime, draft.draft_id) is None and ready.distribution != draft.distribution


def test_scenarios_of_one_result_stand_together_under_its_own_name(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView
) -> None:
    _ready(runtime, ctx, draft)
    fit_response(ctx, runtime, "value")  # the newest curves count revenue now
    kept = scenarios.save_scenario(ctx, runtime, KeepScenario(draft.draft_id, "As read", draft.distribution))
    assert kept.outcome is not None and kept.outcome.kpi == "conversions"  # what the draft was planned for
    scenarios.save_scenario(ctx, runtime, KeepScenario(draft.draft_id, "For revenue", draft.distribution, "value"))
    test = open_as(ctx, "scenarios", draft=str(draft.draft_id))
    assert not test.exception
    tables = {"Revenue": ["For revenue"], "Conversions": ["As read", "Best split"]}
    for name, key in (("Revenue", "value"), ("Conversions", "conversions")):
        test.segmented_control(key="scenario-kpi").set_value(key).run()
        table = test.dataframe[0].value
        assert sorted(table["Scenario"]) == tables[name] and name in table.columns
        assert not ({"Revenue", "Conversions"} - {name}) & set(table.columns)


def test_clashing_rules_have_no_point_and_near_points_share_a_label(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView
) -> None:
    make_demo_performance(ctx, runtime, channels=("TV", "Search", "Social"), currency="EUR")
    capped = replace(draft.distribution, rows=tuple(replace(row, max_minor=100_00) for row in draft.distribution.rows))
    clash = scenarios.start_optimisation(ctx, runtime, OptimiseRequest(draft.draft_id, capped, Wanted(), "Too tight"))
    gather_for(ctx, runtime, clash.scenario_id)
    assert analyse_scenario(ctx, runtime, clash.scenario_id) == "impossible"
    assert outcome_of(scenarios.get_scenario(ctx, runtime, clash.scenario_id)) is None
    test = open_as(ctx, "scenarios", draft=str(draft.draft_id))
    assert test.dataframe[0].value["Conversions"].tolist() == ["–"]
    places, names = [(100.0, 50.0), (101.0, 50.2), (200.0, 90.0), (200.0, 50.0)], ["a", "b", "c", "d"]
    assert joined_labels(places, names) == ["", "b<br>a", "c", "d"]
    assert joined_labels([(1.0, 1.0)] * 6, [*"abcdef"]) == ["a<br>b<br>c<br>d<br>and 2 more", "", "", "", "", ""]
    assert joined_labels([], []) == []


def test_a_budget_of_nothing_is_said_plainly(open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView) -> None:
    make_demo_performance(ctx, runtime, channels=("TV", "Search", "Social"), currency="EUR")
    nothing = scenarios.start_optimisation(ctx, runtime, OptimiseRequest(draft.draft_id, draft.distribution, Wanted(budget_minor=0), "Nil"))
    gather_for(ctx, runtime, nothing.scenario_id)
    assert analyse_scenario(ctx, runtime, nothing.scenario_id) == "ready"
    test = open_as(ctx, "planner", draft=str(draft.draft_id))
    assert not test.exception and "The budget is 0" in texts(test)
    assert "Confidence 0" not in str([badge.proto for badge in test.get("badge")])


def test_an_exchange_rate_that_is_typed_goes_with_the_request_and_a_half_typed_one_does_not(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, draft: DraftView, clock: SettableClock
) -> None:
    make_demo_performance(ctx, runtime, channels=("TV", "Search", "Social"), currency="GBP")
    fit_response(ctx, runtime, "conversions", currency="GBP")
    test = open_as(ctx, "planner", draft=str(draft.draft_id))
    test.number_input(key="rate-value").set_value(1.25).run()
    test.button(key="optimise").click().run()
    clock.advance(minutes=1)
    test.text_input(key="rate-source").input("ECB reference rate").run()
    test.button(key="optimise").click().run()
    assert not test.exception
    typed, half = scenarios.list_scenarios(ctx, runtime, draft.draft_id)
    assert half.wanted is not None and half.wanted.rate is None
    assert typed.wanted is not None and typed.wanted.rate == ExchangeRate("GBP", 1.25, clock.now().date(), "ECB reference rate")
