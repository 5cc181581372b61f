"""Chat completions and embeddings in OpenAI's wire format (API reference: chat/completions, embeddings)."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import struct
from collections.abc import Iterator
from typing import Any

from connectors.sandbox.exchange import Answer, Call, Event
from connectors.sandbox.openai.script import Refusal, Reply, ScriptedModel
from connectors.sandbox.routing import Route, route
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.wire import ApiError, Json


def _refused(refusal: Refusal) -> Answer:
    kinds = {401: "invalid_request_error", 429: "insufficient_quota" if "quota" in refusal.code else "requests"}
    kind = kinds.get(refusal.status, "invalid_request_error" if refusal.status < 500 else "server_error")
    wait = {} if refusal.retry_after is None else {"Retry-After": f"{refusal.retry_after:g}"}
    body = {"error": {"message": refusal.message, "type": kind, "param": None, "code": refusal.code}}
    return Answer(body, refusal.status, headers=wait)


def _invalid(message: str, code: str = "invalid_value") -> Answer:
    return _refused(Refusal(400, code, message))


def _unauthorized(model: ScriptedModel, call: Call) -> Answer | None:
    if call.headers.get("authorization") == f"Bearer {model.api_key}":
        return None
    return _refused(Refusal(401, "invalid_api_key", "Incorrect API key provided."))


def chat(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Answer a chat completion with the script's next reply."""
    refused = _unauthorized(sandbox.model, call)
    if refused is not None:
        return refused
    try:
        request = call.json()
    except ApiError as error:
        return _invalid(error.message)
    problem = _problem(request)
    if problem is not None:
        return _invalid(problem)
    reply = sandbox.model.next_reply(request)
    if reply.refusal is not None:
        return _refused(reply.refusal)
    number = len(sandbox.model.requests)
    frame: Json = {"id": f"chatcmpl-sandbox{number:06d}", "created": int(sandbox.now().timestamp()), "model": request["model"]}
    headers = {"x-request-id": f"req_sandbox{number:06d}"}
    if request.get("stream"):
        events = list(_events(frame, reply, request))
        return Answer(None, media_type="text/event-stream", headers=headers, events=events)
    body = _completion(frame, reply, request)
    if reply.pause_seconds:
        return Answer(None, headers=headers, events=[Event(json.dumps(body).encode(), reply.pause_seconds)])
    return Answer(body, headers=headers)


def _problem(request: Json) -> str | None:
    """Tell what OpenAI would refuse in a request; the order of tool messages above all."""
    if not request.get("model"):
        return "you must provide a model parameter"
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages:
        return "Invalid type for 'messages': expected a non-empty array."
    names = {tool["function"]["name"] for tool in request.get("tools") or []}
    if any(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) is None for name in names):
        return "Invalid 'tools[].function.name': string does not match pattern '^[a-zA-Z0-9_-]+$'."
    open_calls: set[str] = set()
    for position, message in enumerate(messages):
        if message.get("role") == "tool":
            if message.get("tool_call_id") not in open_calls:
                return f"messages[{position}] with role 'tool' must be a response to a preceding message with 'tool_calls'."
            open_calls.discard(message["tool_call_id"])
            continue
        if open_calls:
            return f"An assistant message with 'tool_calls' must be followed by tool messages for: {', '.join(sorted(open_calls))}"
        if message.get("role") not in ("system", "developer", "user", "assistant"):
            return f"Invalid value for messages[{position}].role."
        open_calls = {item["id"] for item in message.get("tool_calls") or []}
    return f"Tool messages are missing for: {', '.join(sorted(open_calls))}" if open_calls else None


def _tool_calls(frame: Json, reply: Reply) -> list[Json]:
    return [
        {
            "id": f"call_{frame['id'][-6:]}{position}",
            "type": "function",
            "function": {"name": wanted.name, "arguments": wanted.written},
        }
        for position, wanted in enumerate(reply.tool_calls)
    ]


def _finish(reply: Reply) -> str:
    if reply.finish is not None:
        return reply.finish
    return "tool_calls" if reply.tool_calls else "stop"


def _usage(reply: Reply, request: Json) -> Json:
    """Count words for tokens: figures of the right kind, not OpenAI's."""
    asked = sum(len(str(message.get("content") or "").split()) for message in request["messages"])
    said = len((reply.content or "").split()) + sum(4 + len(wanted.arguments) for wanted in reply.tool_calls)
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _completion(frame: Json, reply: Reply, request: Json) -> Json:
    message: Json = {"role": "assistant", "content": reply.content, "refusal": None, "annotations": []}
    if reply.tool_calls:
        message["tool_calls"] = _tool_calls(frame, reply)
    choice = {"index": 0, "message": message, "finish_reason": _finish(reply), "logprobs": None}
    return frame | {"object": "chat.completion", "choices": [choice], "usage": _usage(reply, request)}


def _events(frame: Json, reply: Reply, request: Json) -> Iterator[Event]:
    """Give a stream's chunks; arguments of tool calls come in pieces, as they do from real models."""
    if reply.wire is not None:
        yield from (_event(dict(body)) for body in reply.wire)
        yield from () if reply.cut else (Event(b"data: [DONE]\n\n"),)
        return
    deltas = list(_deltas(frame, reply))
    for position, delta in enumerate(deltas):
        pause = reply.pause_seconds if position in (0, reply.stall_after) else 0.0
        yield _event(_chunk(frame, delta, None), pause)
    if reply.cut:
        return
    yield _event(_chunk(frame, {}, _finish(reply)))
    if (request.get("stream_options") or {}).get("include_usage"):
        yield _event(frame | {"object": "chat.completion.chunk", "choices": [], "usage": _usage(reply, request)})
    yield Event(b"data: [DONE]\n\n")


def _deltas(frame: Json, reply: Reply) -> Iterator[Json]:
    yield {"role": "assistant", "content": None if reply.tool_calls and reply.content is None else "", "refusal": None}
    for piece in re.findall(r"\S+\s*|\s+", reply.content or ""):
        yield {"content": piece}
    for position, wanted in enumerate(_tool_calls(frame, reply)):
        arguments = wanted["function"]["arguments"]
        yield {"tool_calls": [{"index": position, **wanted, "function": {"name": wanted["function"]["name"], "arguments": ""}}]}
        for start in range(0, len(arguments), 7):
            yield {"tool_calls": [{"index": position, "function": {"arguments": arguments[start : start + 7]}}]}


def _chunk(frame: Json, delta: Json, finish: str | None) -> Json:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return frame | {"object": "chat.completion.chunk", "choices": [choice]}


def _event(body: Json, pause: float = 0.0) -> Event:
    return Event(b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n", pause)


def embeddings(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Answer with vectors of hashed words: alike texts lie near each other, the same text always at the same place."""
    refused = _unauthorized(sandbox.model, call)
    if refused is not None:
        return refused
    request = call.json()
    given = request.get("input")
    texts: list[Any] = given if isinstance(given, list) else [given]
    if not texts or not all(isinstance(text, str) and text for text in texts):
        return _invalid("Invalid 'input': expected texts that are not empty.")
    dimensions = request.get("dimensions") or sandbox.model.dimensions
    data = [
        {"object": "embedding", "index": position, "embedding": _packed(embed(text, dimensions), request.get("encoding_format"))}
        for position, text in enumerate(texts)
    ]
    tokens = sum(len(text.split()) for text in texts)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return Answer({"object": "list", "data": data, "model": request.get("model", ""), "usage": usage})


def embed(text: str, dimensions: int) -> list[float]:
    """Give a unit vector of the text's hashed words."""
    vector = [0.0] * dimensions
    for word in re.findall(r"\w+", text.casefold()) or [text]:
        digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
        place = int.from_bytes(digest[:6], "little") % dimensions
        vector[place] += 1.0 if digest[6] & 1 else -1.0
    length = math.sqrt(sum(part * part for part in vector)) or 1.0
    return [part / length for part in vector]


def _packed(vector: list[float], encoding: Any) -> list[float] | str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode() if encoding == "base64" else vector


def models(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    refused = _unauthorized(sandbox.model, call)
    if refused is not None:
        return refused
    return Answer({"object": "list", "data": [{"id": "sandbox-model", "object": "model", "created": 1, "owned_by": "sandbox"}]})


def not_played(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    """Refuse the Responses API, as servers that are merely compatible do."""
    return _refused(Refusal(404, "unknown_url", f"Unknown request URL: {call.method} {call.path}."))


ROUTES: list[Route] = [
    *route("POST", r"/v1/chat/completions", chat),
    *route("POST", r"/v1/embeddings", embeddings),
    *route("GET", r"/v1/models", models),
    *route("POST", r"/v1/responses", not_played),
]
