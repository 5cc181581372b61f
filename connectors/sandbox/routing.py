"""Which handler answers which path: every API of the sandbox declares its ROUTES with these."""

from __future__ import annotations

import re
from collections.abc import Callable

from connectors.sandbox.exchange import Answer, Call
from connectors.sandbox.sandbox import Sandbox

Handler = Callable[[Sandbox, Call, re.Match[str]], Answer]
Route = tuple[str, re.Pattern[str], Handler]


def route(methods: str, pattern: str, handler: Handler) -> list[Route]:
    """Declare a handler for a path (a regular expression that must match whole) and one or more methods."""
    compiled = re.compile(pattern, re.S)
    return [(method, compiled, handler) for method in methods.split()]
