"""The built-in model on hand-written requests and talks: what it once understood it goes on understanding."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agents.builtin.model import BuiltInModel
from agents.turns import Team, TurnResult
from core.access import AccessContext
from core.runtime import Runtime
from tests.agents.conftest import Talk
from tests.agents.phrases.scoring import FOLDER, cases, score
from tests.agents.plans import keep_plan

MENDED = ("earlier", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "clean_again",
          "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth")  # fmt: skip
MONEY_KEPT = MENDED[MENDED.index("ninth") :]
"""The sets whose requests are also judged by what would be planned."""


@pytest.mark.parametrize("name", MENDED)
def test_requests_that_the_grammar_was_mended_with_stay_understood(name: str, built_in: BuiltInModel) -> None:
    found = score(cases(name), built_in.prepare())
    assert found.intents_right >= 0.97 * found.intents, found.wrong
    assert found.slots_right >= 0.98 * found.slots, found.wrong
    assert name not in MONEY_KEPT or found.silent == (), "planned with other money than it says, neither asked nor told"


def test_requests_that_nothing_was_mended_with_are_mostly_understood(built_in: BuiltInModel) -> None:
    found = score([*cases("clean"), *cases("unseen")], built_in.prepare())
    assert found.intents_right >= 0.94 * found.intents and found.slots_right >= 0.95 * found.slots, found.wrong


def test_no_request_is_planned_with_other_money_than_it_says_unless_that_is_asked_or_told(built_in: BuiltInModel) -> None:
    assert score(cases("sixteenth"), built_in.prepare()).silent == ()


def test_talks_of_several_turns_end_with_the_distribution_that_was_asked_for(
    ctx: AccessContext, runtime: Runtime, built_in: BuiltInModel
) -> None:
    seed = {"campaign_data": {"file_id": str(keep_plan(ctx, runtime))}}
    wrong = []
    lines = [line for name in ("second_talks", "third_talks") for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]
    for case in map(json.loads, lines):
        talk = Talk(Team(ctx, runtime, {"supervisor": built_in}, InMemorySaver()), seed)
        result = [talk(message) for message in case["turns"]][-1]
        wrong += [(case["turns"], what) for what in _differs(case, result)]
    assert not wrong


def _differs(case: Mapping[str, Any], result: TurnResult) -> list[str]:
    """Give what is not as the case has it, in words; amounts in euros."""
    used = {use.name for use in result.tools if use.ok}
    found = [f"{tool} was not used" for tool in case.get("tools", ()) if tool not in used]
    standing = result.distribution
    if standing is None:
        return found + (["there is no distribution"] if case.keys() - {"turns", "tools"} else [])
    amounts = {row.channel: row.total_minor / 100 for row in standing.rows}
    if standing.total_minor != 100 * case.get("total", standing.total_minor / 100):
        found.append(f"the total is {standing.total_minor / 100}")
    found += [f"{name} has {amounts[name]}" for name, wanted in case.get("channels", {}).items() if amounts[name] != wanted]
    found += [f"{name} has {amounts[name]}" for name, least in case.get("at_least", {}).items() if amounts[name] < least]
    return found + [f"{name} has {amounts[name]}" for name, most in case.get("at_most", {}).items() if amounts[name] > most]
