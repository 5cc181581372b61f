"""What the scripted model says next, and what it was asked."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call that the model asks for; `arguments` as a text are sent as they are, broken JSON too."""

    name: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict)

    @property
    def written(self) -> str:
        """Give the arguments as they go over the wire."""
        return self.arguments if isinstance(self.arguments, str) else json.dumps(dict(self.arguments), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer. `code` as OpenAI names it: `insufficient_quota`, `invalid_api_key`, `context_length_exceeded`, ..."""

    status: int
    code: str
    message: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the scripted model.

    Attributes:
        text: content; for a json_schema request give `data` instead.
        tool_calls: asked for in parallel.
        pause_seconds: before the first byte; `stall_after` chunks of a stream it pauses so long again, or for good when `cut` is set.
        finish: the finish reason, where it is not the usual one (`length`).
        cut: a stream ends without its last chunk, as when a connection breaks.
        wire: what a stream sends instead, one `data:` line each, as other servers have it; the closing `[DONE]` follows unless `cut`.
    """

    text: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    data: Mapping[str, Any] | None = None
    refusal: Refusal | None = None
    pause_seconds: float = 0.0
    stall_after: int | None = None
    cut: bool = False
    finish: str | None = None
    wire: tuple[Mapping[str, Any], ...] | None = None

    @property
    def content(self) -> str | None:
        return self.text if self.data is None else json.dumps(dict(self.data), ensure_ascii=False)


Responder = Callable[[Json], Reply]


@dataclass
class ScriptedModel:
    """The queue of replies. `respond` answers when the queue is empty; without either a call is refused, so that a test notices."""

    replies: deque[Reply] = field(default_factory=deque)
    respond: Responder | None = None
    requests: list[Json] = field(default_factory=list)
    api_key: str = "sk-sandbox"
    dimensions: int = 256

    def say(self, *replies: Reply | str) -> None:
        """Append replies; a text is a reply of that content."""
        self.replies.extend(Reply(text=reply) if isinstance(reply, str) else reply for reply in replies)

    def next_reply(self, request: Json) -> Reply:
        """Take the next reply to a chat request."""
        self.requests.append(request)
        if self.replies:
            return self.replies.popleft()
        if self.respond is not None:
            return self.respond(request)
        return Reply(refusal=Refusal(400, "script_exhausted", "The scripted model has nothing more to say."))
