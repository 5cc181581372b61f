"""A client of an OpenAI-compatible endpoint: tool arguments whole or not at all, no retry of a used-up quota."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import openai
from langchain_core.messages import AIMessageChunk
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from core.config import Settings

_REASONING = re.compile(r"(?:.*/)?(?:o\d|gpt-5)", re.IGNORECASE)
"""Models that refuse any temperature but their own. Source: OpenAI API reference, chat completions, `temperature`."""
_NOT_JSON = "]"


class EndpointModel(ChatOpenAI):
    """ChatOpenAI whose tool calls carry the arguments that the endpoint sent.

    LangChain completes half a JSON object silently (`{"amount": 1` becomes an amount of 1); here such a call is an invalid one.
    """

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        """Hold the arguments back until the stream has ended, then give them whole."""
        sent: dict[int, str] = {}
        for chunk in super()._stream(*args, **kwargs):
            if isinstance(chunk.message, AIMessageChunk) and chunk.message.tool_call_chunks:
                for call in chunk.message.tool_call_chunks:
                    index = call["index"] or 0
                    sent[index] = sent.get(index, "") + (call["args"] or "")
                    call["args"] = ""
                chunk.message.tool_calls, chunk.message.invalid_tool_calls = [], []
            yield chunk
        if sent:
            calls = [tool_call_chunk(index=index, args=text if _is_object(text) else _NOT_JSON) for index, text in sent.items()]
            yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=calls))


def _is_object(text: str) -> bool:
    try:
        return not text.strip() or isinstance(json.loads(text), dict)
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
