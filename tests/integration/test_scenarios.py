"""Scenarios: a draft's table optimised by a durable job, kept beside others, one of them the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext, Role
from core.errors import Forbidden, InvalidInput, NotFound
from core.model.distribution import Distribution
from core.model.money import ExchangeRate
from core.planning.allocation.flow import QUICK
from core.planning.optimising import Wanted
from core.planning.split import Wish
from core.runtime import Runtime
from core.services import scenarios
from core.services.curves import CurveRequest, curves_for
from core.services.demo_performance import make_demo_performance
from core.services.draft_views import DraftView
from core.services.drafts import DistributeRequest, distribute
from core.services.forecast import forecast_distribution
from core.services.optimisation import ensure_curves, frontier, optimise_table
from core.services.planning import BudgetRequest, plan_budget, plan_of, workspace_performance
from core.services.response import fit_response
from core.services.scenarios import KeepScenario, OptimiseRequest, ScenarioView
from core.workflows.engine import Engine
from tests.conftest import make_member, wait_for_job
from tests.integration.plan_in_drive import connect_plan

SEARCH = ("Search", None)


@pytest.fixture
def draft(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> DraftView:
    return connect_plan(ctx, runtime, drive, "Media plan spring").draft()


def optimised(rt: Runtime, ctx: AccessContext, draft: DraftView, wanted: Wanted, table: Distribution | None = None) -> ScenarioView:
    started = scenarios.start_optimisation(
        ctx, rt, OptimiseRequest(draft.draft_id, draft.distribution if table is None else table, wanted, "Best split")
    )
    assert started.state == "waiting" and started.job_id is not None and started.job_id.startswith("planning-media-plan-spring-")
    status = wait_for_job(rt, ctx, started.job_id)
    assert status.state == "succeeded", status.error
    return scenarios.get_scenario(ctx, rt, started.scenario_id)


def test_the_page_the_assistant_and_filling_by_response_split_a_plan_alike(runtime: Runtime, ctx: AccessContext, draft: DraftView) -> None:
    make_demo_performance(ctx, runtime, channels=("TV", "Search", "Social"), currency="EUR")
    fit_response(ctx, runtime, "conversions", currency="EUR")
    _, base, _ = plan_of(ctx, runtime, draft.file_id)
    page = optimise_table(ctx, runtime, base, Wanted())
    past = workspace_performance(ctx, runtime, currency="EUR")
    said = plan_budget(ctx, runtime, BudgetRequest(base, base.total_minor, method="response", performance=past))
    filled = distribute(ctx, runtime, DistributeRequest(draft.draft_id, draft.distribution, rule="response"))
    amounts = [[cell.budget_minor for cell in row.cells] for row in page.distribution.rows]
    assert [[cell.budget_minor for cell in row.cells] for row in said.split.distribution.rows] == amounts
    assert [[cell.budget_minor for cell in row.cells] for row in filled.rows] == amounts
    assert said.smallest_minor > 0 and all(x == 0 or x >= said.smallest_minor for row in amounts for x in row)
    assert sum(map(sum, amounts)) == base.total_minor and any("is not planned" in note for note in page.outcome.notes)
    capped = (Wish("max", (base.rows[1].id,), "Search", share=0.2), Wish("lock", (base.rows[0].id,), "TV", amount_minor=1_234_567))
    held = plan_budget(ctx, runtime, BudgetRequest(base, base.total_minor, capped, method="response", performance=past)).split.distribution
    assert held.rows[0].total_minor == 1_234_567 and held.rows[0].locked and held.total_minor == base.total_minor
    assert held.rows[1].total_minor <= round(0.2 * base.total_minor)


def test_a_table_is_optimised_within_its_locks_and_told_why(
    runtime: Runtime, ctx: AccessContext, engine: Engine, draft: DraftView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.services.optimisation._FRONTIER", (0.8, 1.0))  # each budget takes seconds
    make_demo_performance(ctx, runtime, channels=("TV", "Search", "Social"), currency="EUR")
    tv, *others = draft.distribution.rows
    table = replace(draft.distribution, rows=(replace(tv, locked=True), *others))
    view = optimised(runtime, ctx, draft, Wanted(), table)
    assert view.state == "ready" and view.outcome is not None
    assert view.distribution.total_minor == table.total_minor
    assert [cell.budget_minor for cell in view.distribution.rows[0].cells] == [cell.budget_minor for cell in tv.cells]
    outcome = view.outcome
    assert outcome.response is not None and outcome.was_response is not None and outcome.response >= outcome.was_response
    assert outcome.gap_ratio is not None and outcome.gap_ratio <= 1e-3
    assert any("lock on TV" in price.says for price in outcome.lock_prices)
    assert {path.channel for path in outcome.curves} == {"TV", "Search", "Social"} and outcome.is_made
    assert outcome.now.conversions is not None and outcome.now.cpa is not None
    budgets, responses = zip(*outcome.frontier, strict=True)
    assert len(budgets) == 2 and list(budgets) == sorted(budgets) and list(responses) == sorted(responses)
    held = optimise_table(ctx, runtime, draft.distribution, Wanted(hold_periods=True)).distribution
    months = [sum(row.cells[at].budget_minor for row in draft.distribution.rows) for at in range(2)]
    assert [sum(row.cells[at].budget_minor for row in held.rows) for at in range(2)] == months


def test_a_careful_plan_is_never_below_the_expected_one_in_the_bad_cases_that_people_see(
    runtime: Runtime, ctx: AccessContext, draft: DraftView
) -> None:
    make_demo_performance(ctx, runtime, channels=("TV", "Search", "Social"), currency="EUR")
    ensure_curves(ctx, runtime, Wanted(), currency="EUR")
    careful, expected = (optimise_table(ctx, runtime, draft.distribution, Wanted(risk_quantile=risk)) for risk in (0.1, None))
    draws = [forecast_distribution(ctx, runtime, found.distribution).forecast.draws["conversions"] for found in (careful, expected)]
    assert np.quantile(draws[0], 0.1) >= np.quantile(draws[1], 0.1)
    took_expected = any("it is the one shown" in note for note in careful.outcome.notes)
    assert took_expected == (careful.distribution == expected.distribution)


def test_without_performance_the_table_is_judged_and_says_why_it_was_not_optimised(
    runtime: Runtime, ctx: AccessContext, engine: Engine, draft: DraftView
) -> None:
    view = optimised(runtime, ctx, draft, Wanted())
    assert view.state == "partial" and view.outcome is not None
    assert view.distribution == draft.distribution
    assert "no performance data" in view.outcome.notes[0]


def test_clashing_rules_are_named_in_the_words_of_the_table(runtime: Runtime, ctx: AccessContext, engine: Engine, draft: DraftView) -> None:
    make_demo_performance(ctx, runtime, channels=("TV", "Search", "Social"), currency="EUR")
    rows = tuple(replace(row, max_minor=10_000_00) for row in draft.distribution.rows)
    view = optimised(runtime, ctx, draft, Wanted(), replace(draft.distribution, rows=rows))
    assert view.state == "impossible" and view.outcome is not None
    assert view.outcome.conflict[0] == "the budget" and "the maximum of TV" in " ".join(view.outcome.conflict)
    assert view.outcome.ways_out[0].startswith("Set the budget to EUR")
    with pytest.raises(InvalidInput, match="no table that could be the plan"):
        scenarios.mark_as_plan(ctx, runtime, view.scenario_id)


def test_the_line_of_best_budgets_and_a_target_are_judged_as_the_scenario_is(
    runtime: Runtime, ctx: AccessContext, draft: DraftView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.services.optimisation._FRONTIER", (1.0,))  # the others take seconds and are looked at elsewhere
    monkeypatch.setattr("core.planning.allocation.flow.THOROUGH", QUICK)
    make_demo_performance(ctx, runtime, channels=("TV", "Search", "Social"), currency="EUR")
    ensure_curves(ctx, runtime, Wanted(), currency="EUR")
    answer = optimise_table(ctx, runtime, draft.distribution, Wanted())
    points = dict(frontier(ctx, runtime, draft.distribution, Wanted()))
    assert answer.outcome.now.conversions is not None
    assert points[draft.distribution.total_minor] == pytest.approx(answer.outcome.now.conversions.mean, rel=2e-3)
    assert {channel for channel, _ in answer.outcome.carried_in} <= {"TV", "Search", "Social"}
    cost = 0.95 * draft.distribution.total_minor / answer.outcome.now.conversions.mean
    within = optimise_table(ctx, runtime, draft.distribution, Wanted(goal="cpa", value=cost))
    now = within.outcome.now
    assert now.conversions is not None and 0 < within.distribution.total_minor < draft.distribution.total_minor
    assert now.total_minor / now.conversions.mean == pytest.approx(
        cost, rel=1e-3
    )  # carry-over and season counted, as the forecast has them


def test_curves_of_another_currency_need_a_rate_and_are_converted_at_it(
    runtime: Runtime, ctx: AccessContext, draft: DraftView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.planning.allocation.flow.THOROUGH", QUICK)  # what it costs to prove the best is not looked at here
    make_demo_performance(ctx, runtime, channels=("TV", "Search", "Social"), currency="GBP")
    fit_response(ctx, runtime, "conversions", currency="GBP")
    with pytest.raises(InvalidInput, match="EUR"):
        optimise_table(ctx, runtime, draft.distribution, Wanted(kpi="conversions"))
    rate = ExchangeRate("GBP", 1.25, date(2026, 1, 2), "ECB reference rate")
    periods = draft.distribution.periods
    own = curves_for(ctx, runtime, CurveRequest((SEARCH,), "GBP", periods, "conversions"))[SEARCH]
    converted = curves_for(ctx, runtime, CurveRequest((SEARCH,), "EUR", periods, "conversions", rate=rate))[SEARCH]
    key = periods[0].key
    assert converted.triples[key][:, 1] == pytest.approx(own.triples[key][:, 1] * 1.25)
    assert converted.triples[key][:, 0] == pytest.approx(own.triples[key][:, 0])
    answer = optimise_table(ctx, runtime, draft.distribution, Wanted(kpi="conversions", rate=rate))
    assert any("1.25" in note and "ECB reference rate" in note for note in answer.outcome.notes)


def test_scenarios_are_saved_copied_renamed_marked_and_removed(runtime: Runtime, ctx: AccessContext, draft: DraftView) -> None:
    first = scenarios.save_scenario(ctx, runtime, KeepScenario(draft.draft_id, "As it is", draft.distribution))
    copy = scenarios.copy_scenario(ctx, runtime, first.scenario_id, name="A copy")
    scenarios.mark_as_plan(ctx, runtime, first.scenario_id)
    scenarios.mark_as_plan(ctx, runtime, copy.scenario_id)
    scenarios.rename_scenario(ctx, runtime, copy.scenario_id, name="Chosen")
    listed = scenarios.list_scenarios(ctx, runtime, draft.draft_id)
    assert [(view.name, view.is_plan) for view in listed] == [("Chosen", True), ("As it is", False)]
    scenarios.delete_scenario(ctx, runtime, first.scenario_id)
    assert len(scenarios.list_scenarios(ctx, runtime, draft.draft_id)) == 1
    with pytest.raises(InvalidInput, match="needs a name"):
        scenarios.rename_scenario(ctx, runtime, copy.scenario_id, name=" ")


def test_scenarios_of_another_workspace_do_not_exist_and_viewers_only_read(
    runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext, draft: DraftView
) -> None:
    view = scenarios.save_scenario(ctx, runtime, KeepScenario(draft.draft_id, "Ours", draft.distribution))
    for foreign in (
        lambda: scenarios.get_scenario(other_ctx, runtime, view.scenario_id),
        lambda: scenarios.list_scenarios(other_ctx, runtime, draft.draft_id),
        lambda: scenarios.mark_as_plan(other_ctx, runtime, view.scenario_id),
        lambda: scenarios.copy_scenario(other_ctx, runtime, view.scenario_id, name="Theirs"),
        lambda: scenarios.delete_scenario(other_ctx, runtime, view.scenario_id),
        lambda: scenarios.start_optimisation(other_ctx, runtime, OptimiseRequest(draft.draft_id, draft.distribution, Wanted())),
    ):
        with pytest.raises(NotFound):
            foreign()
    viewer = make_member(runtime, Role.VIEWER, of=ctx)
    assert scenarios.get_scenario(viewer, runtime, view.scenario_id).name == "Ours"
    with pytest.raises(Forbidden):
        scenarios.mark_as_plan(viewer, runtime, view.scenario_id)
