"""One request and one answer, free of any web framework; app.py turns them from and to HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl

from connectors.sandbox.wire import ApiError, Json, invalid


@dataclass(frozen=True)
class Call:
    """A request as it arrived. `path` is unquoted and starts at the vendor's root; header names are in lower case."""

    method: str
    path: str
    query_string: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    root: str = ""
    """Path under which the sandbox is mounted, for links on its own pages."""
    client: str = ""
    """Address of the caller."""

    @cached_property
    def query_pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query_string, keep_blank_values=True)

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(self.query_pairs)

    @cached_property
    def form_pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @cached_property
    def form(self) -> dict[str, str]:
        return dict(self.form_pairs)

    def values(self, name: str) -> list[str]:
        """Give all values of a repeated query parameter."""
        return [value for key, value in self.query_pairs if key == name]

    def json(self) -> Json:
        """Parse the body as a JSON object; an empty body is an empty object."""
        if not self.body.strip():
            return {}
        try:
            body = json.loads(self.body)
        except ValueError:
            raise invalid("Invalid JSON payload received.") from None
        if not isinstance(body, dict):
            raise invalid("Invalid JSON payload received. Expected an object.")
        return body

    @property
    def is_drive(self) -> bool:
        return "/drive/" in self.path


class Event(NamedTuple):
    """A piece of a streamed body, sent after a pause."""

    data: bytes
    pause_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: JSON for dicts, bytes and texts as they are; with `events` the body is streamed piece by piece."""

    body: Json | bytes | str | None = None
    status: int = 200
    media_type: str = "application/json; charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    events: Sequence[Event] = ()


def error_answer(call: Call, error: ApiError) -> Answer:
    """Give the error in the shape of the API that was called."""
    return Answer(error.drive_body() if call.is_drive else error.sheets_body(), error.code, headers=error.headers)


@lru_cache(maxsize=1)
def _template() -> str:
    return Path(__file__).with_name("page.html").read_text("utf-8")


def page(title: str, content: str, *, status: int = 200) -> Answer:
    """Give a small HTML page that says it is the sandbox's."""
    html = _template().replace("%TITLE%", title).replace("%CONTENT%", content)
    return Answer(html, status, "text/html; charset=utf-8", {"Cache-Control": "no-store"})
