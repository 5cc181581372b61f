"""Finds the declared tools and specialists: one file each, duplicates and unknown names refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from agents.spec import AgentSpec, ToolSpec
from core.errors import Misconfigured
from core.registry import discover

_HERE = Path(__file__).parent


@cache
def tools() -> dict[str, ToolSpec]:
    """Give every tool by name."""
    return discover("agents.tools", "TOOL", ToolSpec, key=lambda spec: spec.name)


@cache
def specialists() -> dict[str, AgentSpec]:
    """Give every specialist by name; each of its tools exists."""
    found = discover("agents.graphs", "AGENT", AgentSpec, key=lambda spec: spec.name)
    for spec in found.values():
        unknown = set(spec.tools) - tools().keys()
        if unknown:
            raise Misconfigured(f"Specialist {spec.name} names unknown tools: {', '.join(sorted(unknown))}.")
    return found


def prompt(name: str) -> str:
    """Give the prompt file of an agent."""
    return (_HERE / "prompts" / f"{name}.md").read_text(encoding="utf-8")
