"""Talks that change a plan in some months, of some lines, after other changes: the cells that were asked for, or a question."""

from __future__ import annotations

from dataclasses import replace

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agents.builtin.frame import understand
from agents.builtin.model import BuiltInModel
from agents.builtin.policy import decide
from agents.turns import Team, TurnResult
from core.access import AccessContext
from core.runtime import Runtime
from tests.agents.conftest import Talk
from tests.agents.phrases.scoring import FOLDER, TABLE, cases
from tests.agents.plans import fiscal_plan_bytes, keep_plan, named_plan_bytes, plan_bytes, tactics_plan_bytes

PLANS = {"fiscal": fiscal_plan_bytes, "named": named_plan_bytes, "plain": plan_bytes, "tactics": tactics_plan_bytes}
CHANGING = {"adjust_distribution", "calculate_distribution", "set_constraints", "optimize_budget_allocation"}


@pytest.mark.parametrize("name", ["standing_talks", "whole_talks", "gain_and_loss_talks"])
def test_every_talk_ends_with_the_cells_that_were_asked_for(
    name: str, ctx: AccessContext, runtime: Runtime, built_in: BuiltInModel
) -> None:
    seeds = {plan: {"campaign_data": {"file_id": str(keep_plan(ctx, runtime, f"{plan}.xlsx", make()))}} for plan, make in PLANS.items()}
    wrong = []
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()[1:]:
        plan, turns, wanted = (part.strip() for part in line.split("|"))
        talk = Talk(Team(ctx, runtime, {"supervisor": built_in}, InMemorySaver()), seeds[plan])
        result = [talk(message.strip()) for message in turns.split(";;")][-1]
        wrong += [(turns, what, result.answer[:200]) for what in _differs(result, wanted.split())]
    assert not wrong


def _differs(result: TurnResult, wanted: list[str]) -> list[str]:
    amounts = _amounts(result)
    found = ["a figure has no source"] if "without a source" in result.answer else []
    for want in wanted:
        if want == "asks":
            found += [] if result.asks or "only" in result.answer or "nur" in result.answer else ["nothing was asked"]
        elif want == "still":
            found += [use.name for use in result.tools if use.ok and use.name in CHANGING and result.distribution is not None]
        elif want.startswith("says:"):
            found += [] if want[5:] in result.answer else [f"{want[5:]} is not said"]
        else:
            place, amount = want.split("=")
            found += [] if amounts.get(place) == round(float(amount) * 100) else [f"{place} is {amounts.get(place)}, not {amount}"]
    return found


def _amounts(result: TurnResult) -> dict[str, int]:
    """Give what stands, in cents: by cell, by line (without its spaces) and in all."""
    standing = result.distribution
    if standing is None:
        return {}
    amounts = {"total": standing.total_minor}
    for row in standing.rows:
        name = (row.channel or row.label).replace(" ", "")
        amounts[name] = amounts.get(name, 0) + row.total_minor
        amounts |= {cell.source_cell: cell.budget_minor for cell in row.cells if cell.source_cell is not None}
    return amounts


def test_a_word_that_nothing_stands_for_is_asked_about_and_no_request_that_was_understood_is(built_in: BuiltInModel) -> None:
    model = built_in.prepare()
    asked = []
    for name in ("first", "fourth", "fifth", "clean"):
        for case in cases(name):
            decision = decide(understand(case.text, TABLE, None, model), TABLE)
            asked += [case.text] if decision.pending.get("slot") == "coverage" else []
    assert asked == []


@pytest.mark.parametrize(
    ("message", "word"),
    [
        ("increase TV by 5k except in December", "except"),
        ("move 5k from TV to Search for women 18-34", "women"),
        ("kürze Meta um 5k außer am Wochenende", "Wochenende"),
        ("don't cut TV by 5k", "don't"),
        ("give Radio 5k or 6k", "6k"),
        ("increase TV by 5k in January and March", "January and March"),
        ("5k fewer for Meta in January and 5k more in March", "March"),
        ("take 20% off TV and put half of that in Search", "half of that"),
        ("move 5k from TV or Radio to Meta", "or Radio"),
        ("raise the share of Search to 30%", "30%"),
        ("180k in USD", "USD"),
    ],
)
def test_a_request_with_words_that_its_steps_would_not_have_changes_nothing(built_in: BuiltInModel, message: str, word: str) -> None:
    decision = decide(understand(message, TABLE, None, built_in.prepare()), TABLE)
    assert decision.steps == [] and word in decision.asks[0]


@pytest.mark.parametrize(
    ("message", "total"),
    [
        ("what if we lose 20k", 130_000),
        ("was, wenn uns 20k wegbrechen?", 130_000),
        ("what if another 12k came in?", 162_000),
        ("what if a fifth is gone", 120_000),
    ],
)
def test_what_is_lost_or_won_is_tried_against_the_total_that_stands(built_in: BuiltInModel, message: str, total: int) -> None:
    decision = decide(understand(message, TABLE, None, built_in.prepare()), TABLE)
    assert [step.arguments["budgets_minor"] for step in decision.steps] == [[100 * total]]


@pytest.mark.parametrize(
    ("message", "tool"),
    [("lock TV at 20k", "calculate_distribution"), ("split 180k, lock TV at 20k", "optimize_budget_allocation")],
)
def test_a_wish_alone_asks_for_no_other_mix_than_the_plans_own(built_in: BuiltInModel, message: str, tool: str) -> None:
    table = replace(TABLE, has_performance=True, has_draft=False, total_minor=None)
    decision = decide(understand(message, table, None, built_in.prepare()), table)
    assert [step.tool for step in decision.steps] == ["set_constraints", tool]
