"""A configured OpenAI-compatible endpoint answers through the real client and the real team; its errors end in a sentence."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from agents.assistant import TeamAssistant
from agents.checkpoints import prepare_checkpoints
from agents.checks import MARK
from agents.models import build_models
from agents.runner import Limits
from connectors.sandbox.openai.script import Refusal, Reply, ToolCall
from connectors.sandbox.server import SandboxServer
from core.access import AccessContext
from core.config import Price
from core.runtime import Runtime, install, with_assistant
from core.services import conversations as talks
from core.services.changes import list_change_sets
from tests.agents.conftest import Talk, talk_with
from tests.agents.plans import keep_plan
from tests.postgres import TestDatabase

Configured = Callable[..., Talk]
SPLIT = "Split 180,000 euros for the first quarter"
PLANNING = Reply(tool_calls=(ToolCall("planning", {"task": SPLIT}),))
CALCULATE = Reply(tool_calls=(ToolCall("calculate_distribution", {"budget_minor": 18_000_000, "method": "even"}),))


@pytest.fixture
def configured(runtime: Runtime, ctx: AccessContext, sandbox: SandboxServer) -> Configured:
    """Give a function that starts a talk about a plan with the endpoint of the sandbox; keywords replace settings."""

    def start(**changes: Any) -> Talk:
        chosen = {"openai_api_key": SecretStr("sk-sandbox"), "openai_base_url": sandbox.base_url + "/v1"} | changes
        rt = replace(runtime, settings=runtime.settings.model_copy(update=chosen))
        return talk_with(ctx, rt, build_models(rt.settings))

    return start


def said_to(sandbox: SandboxServer) -> list[tuple[str, str]]:
    """Give role and content of what the endpoint was asked last, without the prompt."""
    return [(m["role"], str(m.get("content") or "")) for m in sandbox.sandbox.model.requests[-1]["messages"][1:]]


def test_a_turn_goes_through_tools_whose_arguments_come_in_pieces(configured: Configured, sandbox: SandboxServer) -> None:
    answer = "An even split of EUR 180,000 gives each of the channels EUR 45,000. Shall I save it?"
    sandbox.sandbox.model.say(PLANNING, CALCULATE, "Each channel gets EUR 45,000.", answer)
    talk = configured()
    result = talk(SPLIT)
    assert (result.failure, result.answer, result.agents) == (None, answer, ("supervisor", "planning"))
    assert [(use.name, use.ok) for use in result.tools] == [("calculate_distribution", True)]
    assert result.distribution is not None
    assert [row.total_minor for row in result.distribution.rows] == [4_500_000] * 4
    assert {figure.value for figure in result.figures} == {180_000.0, 45_000.0}
    assert result.asks == ("Shall I save it?",) and result.tokens > 0
    assert "".join(str(data["text"]) for kind, data in talk.events if kind == "token") == answer
    lead, specialist, report, last = sandbox.sandbox.model.requests
    assert [r["stream"] for r in (lead, specialist, report, last)] == [True] * 4
    (given,) = [m for m in report["messages"] if m["role"] == "tool"]
    assert json.loads(given["content"])["ok"] is True
    assert said_to(sandbox)[-1] == ("tool", "Each channel gets EUR 45,000.")


def test_tools_asked_for_in_parallel_are_all_answered(configured: Configured, sandbox: SandboxServer) -> None:
    both = Reply(tool_calls=(ToolCall("planning", {"task": SPLIT}), ToolCall("workspace", {"task": "What is planned for TV?"})))
    wanted = (ToolCall("calculate_distribution", {"budget_minor": 18_000_000}), ToolCall("set_constraints", {"no_such": 1}))

    def respond(request: dict[str, Any]) -> Reply:
        names = {tool["function"]["name"] for tool in request["tools"]}
        answered = request["messages"][-1]["role"] == "tool"
        if "planning" in names:
            return Reply(text="Both are done.") if answered else both
        if answered:
            return Reply(text="Done.")
        return Reply(tool_calls=wanted if "set_constraints" in names else (ToolCall("extract_budget_info", {"channels": ["TV"]}),))

    sandbox.sandbox.model.respond = respond
    result = configured()(SPLIT)
    assert (result.failure, result.answer) == (None, "Both are done.")
    assert set(result.agents) == {"supervisor", "planning", "workspace"}
    assert {"calculate_distribution", "extract_budget_info"} <= {use.name for use in result.tools if use.ok}
    assert [role for role, _ in said_to(sandbox)] == ["user", "assistant", "tool", "tool"]


def test_a_figure_that_no_tool_gave_is_taken_out_of_the_answer_and_of_the_stream(configured: Configured, sandbox: SandboxServer) -> None:
    sandbox.sandbox.model.say("You said 180,000 euros. It will bring EUR 512,345 in revenue.")
    talk = configured()
    result = talk(SPLIT)
    assert result.answer == f"You said 180,000 euros. It will bring {MARK} in revenue."
    assert "512" not in "".join(str(data.get("text")) for _, data in talk.events)


REFUSED = [
    (Refusal(401, "invalid_api_key", "Incorrect API key provided."), "misconfigured", "OPENAI_API_KEY"),
    (Refusal(429, "insufficient_quota", "You exceeded your current quota."), "quota_exceeded", "quota"),
    (Refusal(429, "rate_limit_exceeded", "Slow down", 0.01), "quota_exceeded", "Try again in a minute"),
    (Refusal(400, "context_length_exceeded", "This model's maximum context length is 8192 tokens."), "budget_exceeded", "too long"),
    (Refusal(404, "model_not_found", "The model does not exist."), "misconfigured", "OPENAI_MODEL"),
    (Refusal(500, "server_error", "The server had an error"), "vendor_unavailable", "OPENAI_BASE_URL"),
]


@pytest.mark.parametrize(("refusal", "code", "says"), REFUSED, ids=[r.code for r, _, _ in REFUSED])
@pytest.mark.parametrize("where", ["lead", "specialist"])
def test_a_refusal_ends_in_a_sentence_and_the_talk_goes_on(
    refusal: Refusal, code: str, says: str, where: str, configured: Configured, sandbox: SandboxServer
) -> None:
    sandbox.sandbox.model.say("Hello.")
    talk = configured(openai_retries=0)
    talk("Good morning")
    sandbox.sandbox.model.say(*([PLANNING] if where == "specialist" else []), Reply(refusal=refusal))
    result = talk(SPLIT)
    assert result.failure is not None and result.failure.code == code
    assert says in result.answer and "Traceback" not in result.answer
    sandbox.sandbox.model.say("I am back.")
    again = talk("Go on")
    assert (again.failure, again.answer) == (None, "I am back.")
    told = [content for role, content in said_to(sandbox) if role == "user"]
    assert told == ["Good morning", SPLIT, "Go on"]
    assert ("assistant", "Hello.") in said_to(sandbox)


def test_told_to_wait_it_waits_and_asks_again(configured: Configured, sandbox: SandboxServer) -> None:
    sandbox.sandbox.model.say(Reply(refusal=Refusal(429, "rate_limit_exceeded", "Slow down", 0.01)), "Here I am.")
    result = configured()("Good morning")
    assert (result.failure, result.answer) == (None, "Here I am.")
    assert len(sandbox.sandbox.model.requests) == 2


BROKEN = [
    (Reply(text="One two three four. Five", pause_seconds=1.2, stall_after=3), "stopped answering"),
    (Reply(text="One two three four. Five", cut=True), "stopped answering half-way"),
    (replace(PLANNING, cut=True), "stopped answering half-way"),
    (replace(PLANNING, finish="length"), "stopped answering half-way"),
]


@pytest.mark.parametrize(("broken", "says"), BROKEN, ids=["stalled", "cut", "cut-call", "too-long-call"])
def test_an_answer_that_breaks_off_is_no_answer_and_the_talk_goes_on(
    broken: Reply, says: str, configured: Configured, sandbox: SandboxServer
) -> None:
    talk = configured(openai_timeout_seconds=0.8, openai_retries=0)
    sandbox.sandbox.model.say(broken)
    result = talk(SPLIT)
    assert result.failure is not None and says in result.answer
    sandbox.sandbox.model.say("I am back.")
    assert talk("Go on").answer == "I am back."
    assert said_to(sandbox) == [("user", SPLIT), ("user", "Go on")]


HALF = '{"budget_minor": 1800'


@pytest.mark.parametrize("arguments", ["task=Split", '{"task": "Split', '["task"]'], ids=["no-json", "half", "no-object"])
def test_arguments_that_did_not_come_whole_are_refused_to_the_model_which_asks_again(
    arguments: str, configured: Configured, sandbox: SandboxServer
) -> None:
    broken = Reply(tool_calls=(ToolCall("planning", arguments),))
    sandbox.sandbox.model.say(broken, "I could not do that.")
    result = configured()(SPLIT)
    assert (result.failure, result.answer, result.tools) == (None, "I could not do that.", ())
    role, told = said_to(sandbox)[-1]
    assert role == "tool" and "no complete JSON object" in told
    sandbox.sandbox.model.say(broken, broken)
    failed = configured()(SPLIT)
    assert failed.failure is not None and "cannot be read" in failed.answer and failed.tools == ()


def test_half_an_amount_is_never_taken_for_a_whole_one(configured: Configured, sandbox: SandboxServer) -> None:
    sandbox.sandbox.model.say(PLANNING, Reply(tool_calls=(ToolCall("calculate_distribution", HALF),)), CALCULATE, "Done.", "It is done.")
    result = configured()(SPLIT)
    assert [use.arguments.get("budget_minor") for use in result.tools] == [18_000_000]
    assert result.distribution is not None and result.distribution.total_minor == 18_000_000


def test_a_used_up_quota_is_asked_for_once(configured: Configured, sandbox: SandboxServer) -> None:
    sandbox.sandbox.model.say(*[Reply(refusal=Refusal(429, "insufficient_quota", "You exceeded your current quota."))] * 3)
    result = configured(openai_retries=3)(SPLIT)
    assert result.failure is not None and result.failure.code == "quota_exceeded"
    assert len(sandbox.sandbox.model.requests) == 1


@pytest.mark.parametrize(("model", "sent"), [("gpt-4.1", 0), ("o4-mini", None), ("gpt-5.2", None), ("openai/o3", None), ("llama3.3", 0)])
def test_a_temperature_is_sent_to_models_that_take_one(
    model: str, sent: int | None, configured: Configured, sandbox: SandboxServer
) -> None:
    sandbox.sandbox.model.say("Hello.")
    configured(openai_model=model)("Good morning")
    assert sandbox.sandbox.model.requests[-1].get("temperature") == sent


def test_an_endpoint_that_takes_no_temperature_is_asked_again_without(configured: Configured, sandbox: SandboxServer) -> None:
    said = "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported."
    sandbox.sandbox.model.say(Reply(refusal=Refusal(400, "unsupported_value", said)), "Hello.", "Again.")
    talk = configured(openai_model="house-model")
    assert talk("Good morning").answer == "Hello." and talk("And again").answer == "Again."
    assert [request.get("temperature") for request in sandbox.sandbox.model.requests] == [0, None, None]


def test_the_cost_of_a_turn_is_counted_and_ends_it_with_what_is_known(configured: Configured, sandbox: SandboxServer) -> None:
    prices = {"gpt-4.1": Price(Decimal(2), Decimal(8))}
    sandbox.sandbox.model.say(PLANNING, CALCULATE, "Each channel gets EUR 45,000.", "Each channel gets EUR 45,000.")
    whole = configured(openai_model="gpt-4.1", openai_prices=prices)(SPLIT)
    assert whole.cost_micros > 0 and whole.tokens > 0
    assert whole.cost_micros <= 8 * whole.tokens, "a million tokens cost eight dollars at most"
    sandbox.sandbox.model.say(PLANNING, CALCULATE, "Each channel gets EUR 45,000.", "Each channel gets EUR 45,000.")
    talk = configured(openai_model="gpt-4.1", openai_prices=prices)
    talk.limits = Limits(cost_micros=whole.cost_micros // 2)
    ended = talk(SPLIT)
    assert ended.failure is not None and ended.failure.code == "budget_exceeded"
    assert "its cost of $" in ended.answer and "Done so far" in ended.answer
    assert ended.cost_micros < whole.cost_micros


def test_a_wrong_key_is_named_and_the_right_one_goes_on_with_the_same_talk(configured: Configured, sandbox: SandboxServer) -> None:
    talk = configured(openai_api_key=SecretStr("sk-wrong"))
    result = talk(SPLIT)
    assert result.failure is not None and result.failure.code == "misconfigured"
    assert "OPENAI_API_KEY" in result.answer and "sk-wrong" not in result.answer
    sandbox.sandbox.model.say("Hello.")
    talk.team = replace(talk.team, models=configured().team.models)
    assert talk("Go on").answer == "Hello."
    assert said_to(sandbox) == [("user", SPLIT), ("user", "Go on")]


def test_an_endpoint_that_is_down_is_named_and_the_talk_goes_on_when_it_is_up(configured: Configured, sandbox: SandboxServer) -> None:
    with socket.socket() as taken:  # bound and not listening: nothing can answer there
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        talk = configured(openai_base_url=address, openai_retries=0)
        result = talk(SPLIT)
    assert result.failure is not None and result.failure.code == "vendor_unavailable"
    assert address in result.answer and "OPENAI_BASE_URL" in result.answer
    sandbox.sandbox.model.say("Hello.")
    talk.team = replace(talk.team, models=configured().team.models)
    assert talk("Go on").answer == "Hello."
    assert said_to(sandbox) == [("user", SPLIT), ("user", "Go on")]


def test_the_conversation_keeps_a_failed_turn_and_the_next_one_answers(
    runtime: Runtime, ctx: AccessContext, sandbox: SandboxServer, test_database: TestDatabase
) -> None:
    prepare_checkpoints(test_database.owner_url, app_role=str(runtime.db.engine.url.username))
    talk = talks.start_conversation(ctx, runtime, talks.NewConversation(file_id=keep_plan(ctx, runtime))).conversation_id
    sandbox.sandbox.model.say("Hello again.")
    for key, message in (("sk-wrong", SPLIT), ("sk-sandbox", "Go on")):
        endpoint = {"openai_api_key": SecretStr(key), "openai_base_url": sandbox.base_url + "/v1"}
        rt = replace(runtime, settings=runtime.settings.model_copy(update=endpoint))
        assistant = TeamAssistant(rt.settings)
        install(with_assistant(rt, assistant))
        turn = talks.ask(ctx, rt, talks.Question(talk, message))
        assistant.run_turn(ctx, conversation_id=talk, run_id=turn.turn_id)
    failed, answered = talks.get_conversation(ctx, runtime, talk).turns
    assert (failed.message, failed.state) == (SPLIT, "failed") and "OPENAI_API_KEY" in str(failed.answer)
    assert (answered.state, answered.answer) == ("done", "Hello again.")
    assert said_to(sandbox) == [("user", SPLIT), ("user", "Go on")]


NONSENSE = [
    ToolCall("approve_change_set", {"change_set_id": "newest"}),
    ToolCall("write_cells", {"cells": {"C4": 1}}),
    ToolCall("adjust_distribution", {"steps": [{"source": "*", "destination": "*", "share": 0.5}]}),
    ToolCall("adjust_distribution", {"steps": [{"source": "TV", "destination": "TV", "amount_minor": 100}]}),
    ToolCall("adjust_distribution", {"steps": [{"source": "TV", "swap": True}]}),
    ToolCall("adjust_distribution", {"steps": [{"source": "TV", "destination": "Search", "round_to_minor": 100}]}),
    ToolCall("adjust_distribution", {"steps": [{"source": "*", "but": ["Search", "Meta", "TV", "Radio"], "share": 0.1}]}),
    ToolCall("adjust_distribution", {"steps": [{"source": "*", "destination": "*", "share": 5, "to_start": "2026-02-01",
                                                "to_end": "2026-02-28"}]}),
    ToolCall("adjust_distribution", {"steps": [{"source": "TV", "destination": "Search", "amount_minor": 99_999_999_999}]}),
    ToolCall("adjust_distribution", {"steps": [{"source": "TV", "destination": "Search"}]}),
]  # fmt: skip


@pytest.mark.parametrize("call", NONSENSE, ids=lambda call: f"{call.name}-{NONSENSE.index(call)}")
def test_a_model_that_asks_for_what_cannot_be_changes_nothing(
    call: ToolCall, configured: Configured, sandbox: SandboxServer, ctx: AccessContext, runtime: Runtime
) -> None:
    sandbox.sandbox.model.say(PLANNING, CALCULATE, "Done.", "Done.")
    talk = configured()
    before = talk(SPLIT).distribution
    sandbox.sandbox.model.say(PLANNING, Reply(tool_calls=(call,)), "It did not work.", "It did not work.")
    result = talk("go on")
    assert result.failure is None and result.distribution == before
    assert list_change_sets(ctx, runtime) == []
