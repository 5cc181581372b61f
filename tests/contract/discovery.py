"""Google's own description of its APIs, as JSON Schema: the discovery documents inside google-api-python-client."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import googleapiclient
import jsonschema

from connectors.sandbox.exchange import Answer, Call

_DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
_KEPT = frozenset({"type", "properties", "items", "$ref", "enum", "additionalProperties"})


@dataclass(frozen=True)
class Method:
    """One method of an API: how it is called and a validator of its answer (None when it answers nothing)."""

    name: str
    http_method: str
    path: re.Pattern[str]
    validator: Any


@lru_cache(maxsize=1)
def methods() -> tuple[Method, ...]:
    """Give every method of Sheets v4 and Drive v3; the longest paths first."""
    found = [method for name in ("sheets.v4", "drive.v3") for method in _methods(json.loads((_DOCUMENTS / f"{name}.json").read_text()))]
    return tuple(sorted(found, key=lambda method: -len(method.path.pattern)))


def _methods(document: dict[str, Any]) -> Iterator[Method]:
    definitions = {name: _schema(body) for name, body in document["schemas"].items()}
    base = "/" + document.get("servicePath", "").strip("/")
    stack = [document]
    while stack:
        part = stack.pop()
        stack.extend(part.get("resources", {}).values())
        for body in part.get("methods", {}).values():
            flat = base.rstrip("/") + "/" + body.get("flatPath", body["path"])
            pattern = re.sub(r"\\\{\w+\\\}", r"[^/]+?", re.escape(flat))
            reference = body.get("response", {}).get("$ref")
            schema = {"$ref": f"#/$defs/{reference}", "$defs": definitions}
            validator = jsonschema.Draft202012Validator(schema) if reference else None
            yield Method(body["id"], body["httpMethod"], re.compile(f"(?:/upload)?{pattern}"), validator)


def _schema(body: dict[str, Any]) -> dict[str, Any]:
    """Turn a discovery schema into a JSON Schema that allows nothing it does not name."""
    kept = {name: value for name, value in body.items() if name in _KEPT}
    if "$ref" in kept:
        return {"$ref": "#/$defs/" + kept["$ref"]}
    if kept.get("type") == "any":
        del kept["type"]
    if "properties" in kept:
        kept["properties"] = {name: _schema(value) for name, value in kept["properties"].items()}
        kept.setdefault("additionalProperties", False)
    for name in ("items", "additionalProperties"):
        if isinstance(kept.get(name), dict):
            kept[name] = _schema(kept[name])
    return kept


def method_of(call: Call) -> Method | None:
    """Find the method that a call is to; None for calls that are not to Sheets v4 or Drive v3."""
    return next((m for m in methods() if m.http_method == call.method and m.path.fullmatch(call.path)), None)


def violations(call: Call, answer: Answer) -> list[str]:
    """Give what is wrong with an answer by Google's description; nothing for errors and downloads."""
    method = method_of(call)
    if method is None or answer.status >= 400 or not isinstance(answer.body, dict):
        return []
    if method.validator is None:
        return [f"{method.name}: answers a body where Google answers none"] if answer.body else []
    return [f"{method.name} {'/'.join(map(str, e.absolute_path))}: {e.message[:160]}" for e in method.validator.iter_errors(answer.body)]
