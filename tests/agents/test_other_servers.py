"""What servers that are merely compatible send: calls without place or id, thoughts, errors in a stream, nothing at all, no end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from agents.checks import MARK
from agents.models import build_models
from connectors.sandbox.openai.script import Refusal, Reply, ToolCall
from connectors.sandbox.server import SandboxServer
from core.access import AccessContext
from core.runtime import Runtime
from tests.agents.conftest import Talk, talk_with

Configured = Callable[..., Talk]
SPLIT = "Split 180,000 euros for the first quarter"
HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "llama"}


def delta(finish: str | None = None, **given: Any) -> dict[str, Any]:
    """Give a chunk of a stream."""
    return HEAD | {"choices": [{"index": 0, "delta": given, "finish_reason": finish}]}


def call(name: str | None, arguments: Any, **given: Any) -> dict[str, Any]:
    """Give a piece of a tool call; `index` and `id` only where they are given."""
    return given | {"function": ({"name": name} if name is not None else {}) | {"arguments": arguments}}


def wire(*chunks: dict[str, Any]) -> Reply:
    return Reply(wire=(delta(role="assistant"), *chunks))


PLAN = '{"task": "' + SPLIT + '"}'
PLANNING = Reply(tool_calls=(ToolCall("planning", {"task": SPLIT}),))
CALCULATE = Reply(tool_calls=(ToolCall("calculate_distribution", {"budget_minor": 18_000_000, "method": "even"}),))


@pytest.fixture
def configured(runtime: Runtime, ctx: AccessContext, sandbox: SandboxServer) -> Configured:
    """Give a function that starts a talk about a plan with the endpoint of the sandbox; keywords replace settings."""

    def start(**changes: Any) -> Talk:
        chosen = {"openai_api_key": SecretStr("sk-sandbox"), "openai_base_url": sandbox.base_url + "/v1", "openai_retries": 0} | changes
        return talk_with(ctx, runtime, build_models(replace(runtime, settings=runtime.settings.model_copy(update=chosen)).settings))

    return start


CALLS = {
    "no-place-no-id": [delta(tool_calls=[call("planning", PLAN)])],
    "empty-id": [delta(tool_calls=[call("planning", PLAN, index=0, id="")])],
    "an-object": [delta(tool_calls=[call("planning", {"task": SPLIT}, index=0, id="call_a")])],
    "the-name-in-each-piece": [
        delta(tool_calls=[call("planning", PLAN[:9], index=0, id="call_a")]),
        delta(tool_calls=[call("planning", PLAN[9:], index=0, id="call_a")]),
    ],
    "no-content-but-null": [delta(content=None, tool_calls=[call("planning", PLAN, index=0, id="call_a")])],
    "with-thoughts": [
        delta(reasoning_content="The person wants 99,999."),
        delta(tool_calls=[call("planning", PLAN, index=0, id="call_a")]),
    ],
}


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # openai warns of what is not of its own types
@pytest.mark.parametrize("finish", ["stop", "tool_calls"])
@pytest.mark.parametrize("kind", CALLS)
def test_a_tool_call_is_understood_however_a_server_writes_it(
    kind: str, finish: str, configured: Configured, sandbox: SandboxServer
) -> None:
    sandbox.sandbox.model.say(wire(*CALLS[kind], delta(finish)), CALCULATE, "Done.", "Each channel has EUR 45,000.")
    result = configured()(SPLIT)
    assert (result.failure, result.answer) == (None, "Each channel has EUR 45,000.")
    assert [(use.name, use.ok) for use in result.tools] == [("calculate_distribution", True)]


@pytest.mark.parametrize("arguments", ["", "null", "{}"])
def test_a_call_without_arguments_is_one(arguments: str, configured: Configured, sandbox: SandboxServer) -> None:
    asked = wire(delta(tool_calls=[call("calculate_distribution", arguments, index=0, id="call_a")]), delta("tool_calls"))
    sandbox.sandbox.model.say(PLANNING, asked, "Done.", "It is done.")
    result = configured()(SPLIT)
    assert (result.failure, result.answer) == (None, "It is done.")
    assert [(use.name, use.ok) for use in result.tools] == [("calculate_distribution", True)]


@pytest.mark.parametrize("place", [{"index": 0}, {}], ids=["all-at-place-0", "no-place"])
@pytest.mark.parametrize("ids", [("call_a", "call_b"), (None, None)], ids=["ids", "no-ids"])
def test_calls_in_parallel_at_one_place_are_two(
    place: dict[str, int], ids: tuple[str | None, str | None], configured: Configured, sandbox: SandboxServer
) -> None:
    named = [place | ({"id": one} if one else {}) for one in ids]
    asked = wire(
        delta(tool_calls=[call("calculate_distribution", '{"budget_minor": 18000000, "method": "even"}', **named[0])]),
        delta(tool_calls=[call("explain_allocation", "{}", **named[1])]),
        delta("tool_calls"),
    )
    sandbox.sandbox.model.say(PLANNING, asked, "Done.", "It is done.")
    result = configured()(SPLIT)
    assert (result.failure, result.answer) == (None, "It is done.")
    assert {use.name for use in result.tools} == {"calculate_distribution", "explain_allocation"}
    assert result.distribution is not None and result.distribution.total_minor == 18_000_000


def test_thoughts_said_aloud_are_no_part_of_the_answer_nor_of_the_stream(configured: Configured, sandbox: SandboxServer) -> None:
    pieces = ["<th", "ink>Perhaps 77,777", " euros?</thi", "nk>\n\nYou said ", "180,000 euros. And 66,666."]
    sandbox.sandbox.model.say(wire(*(delta(content=piece) for piece in pieces), delta("stop")))
    talk = configured()
    result = talk(SPLIT)
    assert result.answer == f"You said 180,000 euros. And {MARK}."
    assert "77" not in "".join(str(data.get("text")) for _, data in talk.events)


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_an_answer_in_parts_is_put_together(configured: Configured, sandbox: SandboxServer) -> None:
    parts = [{"type": "text", "text": "You said 180,000 euros."}]
    sandbox.sandbox.model.say(wire(delta(content=parts), delta("stop"), HEAD | {"choices": []}))
    assert configured()(SPLIT).answer == "You said 180,000 euros."


TOLD = [
    (wire(delta("stop")), "answered nothing"),
    (wire(delta(content="  \n"), delta("stop")), "answered nothing"),
    (wire(delta(content="Well,"), {"error": {"message": "CUDA out of memory", "code": 500}}), "broke off with an error"),
    (wire({"error": {"message": "This model's maximum context length is 8192 tokens", "code": 400}}), "too long"),
    (wire(*[delta(content="and again and again and again and again ") for _ in range(2000)], delta("stop")), "without coming to an end"),
    (Reply(refusal=Refusal(503, "overloaded", "The engine is overloaded")), "OPENAI_BASE_URL"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "says"), TOLD, ids=["empty", "blank", "error-in-stream", "too-long-in-stream", "endless", "overloaded"])
def test_what_is_no_answer_ends_in_a_sentence_and_the_talk_goes_on(
    reply: Reply, says: str, configured: Configured, sandbox: SandboxServer
) -> None:
    sandbox.sandbox.model.say(reply)
    talk = configured()
    result = talk(SPLIT)
    assert result.failure is not None and says in result.answer, result.answer
    sandbox.sandbox.model.say("I am back.")
    again = talk("Go on")
    assert (again.failure, again.answer) == (None, "I am back.")
