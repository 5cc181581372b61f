"""The scripted OpenAI endpoint speaks the wire format that OpenAI's own types and clients read."""

from __future__ import annotations

import json
from typing import Any

import httpx
import openai
import pytest
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from connectors.sandbox.openai.endpoints import embed
from connectors.sandbox.openai.script import Refusal, Reply, ToolCall
from connectors.sandbox.server import SandboxServer

ASK = [{"role": "user", "content": "Split 100 between Search and Social"}]
TOOLS = [{"type": "function", "function": {"name": "split", "parameters": {"type": "object", "properties": {"total": {"type": "number"}}}}}]
CALLS = Reply(tool_calls=(ToolCall("split", {"total": 100, "parts": ["Search", "Social"]}), ToolCall("split", {"total": 7})))


def post(sandbox: SandboxServer, path: str, body: dict[str, Any], *, key: str = "sk-sandbox") -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.post(sandbox.base_url + path, json=body, headers=headers, trust_env=False)


def client(sandbox: SandboxServer, **options: Any) -> openai.OpenAI:
    http = httpx.Client(trust_env=False)
    return openai.OpenAI(base_url=sandbox.base_url + "/v1", api_key="sk-sandbox", http_client=http, **options)


@pytest.mark.parametrize("reply", [Reply(text="Sixty to forty."), CALLS, Reply(data={"search": 60})], ids=["text", "tools", "json"])
def test_a_completion_is_one_by_openais_own_types(reply: Reply, sandbox: SandboxServer) -> None:
    sandbox.sandbox.model.say(reply)
    body = post(sandbox, "/v1/chat/completions", {"model": "m", "messages": ASK, "tools": TOOLS}).raise_for_status().text
    completion = ChatCompletion.model_validate_json(body, strict=True)
    message = completion.choices[0].message
    assert message.content == reply.content
    assert [json.loads(call.function.arguments) for call in message.tool_calls or [] if call.type == "function"] == [
        json.loads(wanted.written) for wanted in reply.tool_calls
    ]


def test_every_chunk_of_a_stream_is_one_by_openais_own_types(sandbox: SandboxServer) -> None:
    sandbox.sandbox.model.say(CALLS)
    body = {"model": "m", "messages": ASK, "tools": TOOLS, "stream": True, "stream_options": {"include_usage": True}}
    lines = post(sandbox, "/v1/chat/completions", body).raise_for_status().text.split("\n\n")
    events = [line.removeprefix("data: ") for line in lines if line]
    assert events[-1] == "[DONE]"
    chunks = [ChatCompletionChunk.model_validate_json(event, strict=True) for event in events[:-1]]
    assert chunks[-1].usage is not None
    assert sum(len(chunk.choices[0].delta.tool_calls or []) for chunk in chunks if chunk.choices) > 6


def test_openais_client_puts_split_arguments_of_parallel_calls_together(sandbox: SandboxServer) -> None:
    sandbox.sandbox.model.say(CALLS)
    with client(sandbox) as http, http.chat.completions.stream(model="m", messages=ASK, tools=TOOLS) as stream:  # type: ignore[arg-type]
        stream.until_done()
        message = stream.get_final_completion().choices[0].message
    assert [json.loads(call.function.arguments) for call in message.tool_calls or []] == [json.loads(c.written) for c in CALLS.tool_calls]


def test_embeddings_come_as_numbers_or_packed_and_alike_texts_lie_near(sandbox: SandboxServer) -> None:
    texts = ["search budget for march", "budget of search in march", "weather in Oslo"]
    body = post(sandbox, "/v1/embeddings", {"model": "e", "input": texts}).raise_for_status().text
    plain = [item.embedding for item in CreateEmbeddingResponse.model_validate_json(body, strict=True).data]
    with client(sandbox) as http:
        packed = [item.embedding for item in http.embeddings.create(model="e", input=texts).data]  # the client asks for base64
    assert packed[0] == pytest.approx(plain[0], abs=1e-6)
    near, far = (sum(a * b for a, b in zip(plain[0], plain[i], strict=True)) for i in (1, 2))
    assert near > 0.5 > far
    assert plain[0] == embed(texts[0], 256)


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (Refusal(429, "rate_limit_exceeded", "Slow down", 0.01), openai.RateLimitError),
        (Refusal(429, "insufficient_quota", "You exceeded your current quota"), openai.RateLimitError),
        (Refusal(400, "context_length_exceeded", "This model's maximum context length is 8192 tokens."), openai.BadRequestError),
        (Refusal(500, "server_error", "The server had an error"), openai.InternalServerError),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
def test_a_refusal_reaches_the_client_as_its_own_error(
    refusal: Refusal, error: type[openai.APIStatusError], sandbox: SandboxServer
) -> None:
    sandbox.sandbox.model.say(Reply(refusal=refusal))
    with client(sandbox, max_retries=0) as http, pytest.raises(error) as caught:
        http.chat.completions.create(model="m", messages=ASK)  # type: ignore[arg-type]
    assert caught.value.code == refusal.code


def test_the_client_waits_as_told_and_asks_again(sandbox: SandboxServer) -> None:
    sandbox.sandbox.model.say(Reply(refusal=Refusal(429, "rate_limit_exceeded", "Slow down", 0.01)), "done")
    with client(sandbox, max_retries=2) as http:
        answer = http.chat.completions.create(model="m", messages=ASK)  # type: ignore[arg-type]
    assert answer.choices[0].message.content == "done"
    assert len(sandbox.sandbox.model.requests) == 2


def test_a_stalled_stream_times_out_and_a_cut_one_ends_without_its_last_chunk(sandbox: SandboxServer) -> None:
    sandbox.sandbox.model.say(Reply(text="one two three", pause_seconds=0.5, stall_after=2), Reply(text="one two three", cut=True))
    with client(sandbox, max_retries=0, timeout=0.1) as http, pytest.raises(openai.APITimeoutError):
        list(http.chat.completions.create(model="m", messages=ASK, stream=True))  # type: ignore[call-overload]
    with client(sandbox) as http:
        chunks = list(http.chat.completions.create(model="m", messages=ASK, stream=True))  # type: ignore[call-overload]
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * len(chunks)


def test_a_wrong_key_an_unanswered_tool_call_and_an_empty_script_are_refused(sandbox: SandboxServer) -> None:
    body = {"model": "m", "messages": ASK}
    assert post(sandbox, "/v1/chat/completions", body, key="sk-wrong").status_code == 401
    assert post(sandbox, "/v1/chat/completions", body).json()["error"]["code"] == "script_exhausted"
    call = {"id": "c1", "type": "function", "function": {"name": "split", "arguments": "{}"}}
    unanswered = [*ASK, {"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "user", "content": "and?"}]
    refused = post(sandbox, "/v1/chat/completions", {"model": "m", "messages": unanswered})
    assert (refused.status_code, "c1" in refused.json()["error"]["message"]) == (400, True)
