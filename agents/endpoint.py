"""A client of an OpenAI-compatible endpoint: tool arguments whole or not at all, no retry of a used-up quota."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import openai
from langchain_core.messages import AIMessageChunk
from langchain_core.messages.tool import ToolCallChunk, tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from core.config import Settings
from core.errors import VendorRejected

_REASONING = re.compile(r"(?:.*/)?(?:o\d|gpt-5)", re.IGNORECASE)
"""Models that refuse any temperature but their own. Source: OpenAI API reference, chat completions, `temperature`."""
_NOT_JSON = "]"
_NOTHING = "null"


_LONGEST = 60_000
"""Characters of one message beyond which a model repeats itself."""
_THINKS = re.compile(r"\s*<think(?:ing)?>.*?(?:</think(?:ing)?>\s*|$)", re.DOTALL)


class EndpointModel(ChatOpenAI):
    """ChatOpenAI whose tool calls carry the arguments that the endpoint sent.

    LangChain completes half a JSON object silently (`{"amount": 1` becomes an amount of 1); here such a call is an invalid one. What
    servers that are merely compatible leave out or repeat in a stream (the place and id of a call, its name in every piece) is made whole.
    """

    def _convert_chunk_to_generation_chunk(self, chunk: dict[str, Any], *args: Any, **kwargs: Any) -> ChatGenerationChunk | None:
        """Read a chunk; a call without a place is not left out, and arguments may be an object already."""
        for choice in chunk.get("choices") or ():
            for call in (choice.get("delta") or {}).get("tool_calls") or ():
                call.setdefault("index", None)
                call["function"] = function = call.get("function") or {}
                if isinstance(function.get("arguments"), dict):
                    function["arguments"] = json.dumps(function["arguments"])
        return super()._convert_chunk_to_generation_chunk(chunk, *args, **kwargs)

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        """Hold the arguments back until the stream has ended, then give them whole; what a model thinks aloud is no answer.

        Raises:
            VendorRejected: the message has no end.
        """
        calls, said, shown = _Calls(), "", 0
        for chunk in super()._stream(*args, **kwargs):
            message = chunk.message
            if isinstance(message, AIMessageChunk) and message.tool_call_chunks:
                for call in message.tool_call_chunks:
                    calls.take(call)
                message.tool_calls, message.invalid_tool_calls = [], []
            if isinstance(message.content, str) and message.content:
                said += message.content
                answer = _answer_in(said)
                message.content, shown = answer[shown:], max(shown, len(answer))
            if len(said) + calls.length > _LONGEST:
                raise VendorRejected("The model went on without coming to an end.", hint="The conversation is kept: try again.")
            yield chunk
        if calls.arguments:
            whole = [tool_call_chunk(index=place, args=_written(text)) for place, text in enumerate(calls.arguments)]
            yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=whole))


def _answer_in(said: str) -> str:
    """Give what was said so far without the thoughts before it; nothing while they may still begin."""
    start = said.lstrip()
    if not start or ("<think>".startswith(start[:7]) and len(start) < len("<think>")):
        return ""
    return _THINKS.sub("", said, count=1) if start.startswith("<think") else said


class _Calls:
    """The tool calls of one stream, each at a place of its own."""

    def __init__(self) -> None:
        self.arguments: list[str] = []
        self._names: list[str] = []
        self._ids: list[str] = []
        self._places: dict[int | None, int] = {}

    @property
    def length(self) -> int:
        return sum(map(len, self.arguments))

    def take(self, call: ToolCallChunk) -> None:
        """Keep the arguments of a piece; it is given the place, and once the name and an id, of the call that it belongs to."""
        place = self._places.get(call["index"])
        if place is None or self._begins(call, place):
            place = self._places[call["index"]] = len(self.arguments)
            self.arguments.append("")
            self._names.append(call["name"] or "")
            self._ids.append(call["id"] or f"call_{uuid4().hex[:24]}")
            call["id"] = self._ids[place]
        else:
            call["id"] = None
            call["name"] = None if self._names[place] else call["name"]
            self._names[place] = self._names[place] or call["name"] or ""
        self.arguments[place] += call["args"] or ""
        call["args"], call["index"] = "", place

    def _begins(self, call: ToolCallChunk, place: int) -> bool:
        """Tell another call that a server puts at the same place: it has an id of its own, or a name after whole arguments."""
        other = bool(call["id"]) and call["id"] != self._ids[place] and bool(call["name"])
        return other or (
            bool(call["name"]) and not call["id"] and bool(self.arguments[place].strip()) and _is_object(self.arguments[place])
        )


def _written(text: str) -> str:
    """Give arguments that are an object as they are, none as an empty one, others as what cannot be read."""
    if text.strip() in ("", _NOTHING):
        return "{}"
    return text if _is_object(text) else _NOT_JSON


def _is_object(text: str) -> bool:
    try:
        return text.strip() in ("", _NOTHING) or isinstance(json.loads(text), dict)
    except json.JSONDecodeError:
        return False


class _Client(openai.DefaultHttpxClient):
    """The client's connections, given back with it: nobody else knows when the last turn with it is over."""

    def __del__(self) -> None:
        if not self.is_closed:
            self.close()


def connect(settings: Settings, model: str) -> EndpointModel:
    """Make the client of one model; chat completions are pinned, as local servers do not speak the Responses API."""
    return EndpointModel(
        model=model,
        api_key=settings.openai_api_key or SecretStr("none"),
        base_url=settings.openai_base_url,
        use_responses_api=False,
        timeout=settings.openai_timeout_seconds,
        max_retries=settings.openai_retries,
        http_client=_Client(event_hooks={"response": [_no_retry_of_a_used_up_quota]}),
        streaming=True,  # specialists stream too: silence is then a stall, not a long answer
        stream_usage=True,
        temperature=None if _REASONING.match(model) else 0,
    )


def _no_retry_of_a_used_up_quota(response: httpx.Response) -> None:
    """Tell the client, which retries every 429, that waiting does not fill a quota."""
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        response.read()
        if b"insufficient_quota" in response.content:
            response.headers["x-should-retry"] = "false"


def refuses_temperature(error: Exception) -> bool:
    """Tell whether an endpoint refused a request for its temperature."""
    return isinstance(error, openai.BadRequestError) and "temperature" in str(error).lower()
