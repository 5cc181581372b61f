"""Finds the declared tools and specialists: one file each, duplicates and unknown names refused."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from agents.spec import AgentSpec, ToolSpec
from core.errors import Misconfigured

_HERE = Path(__file__).parent


@cache
def tools() -> dict[str, ToolSpec]:
    """Give every tool by name."""
    found: dict[str, ToolSpec] = {}
    for info in pkgutil.iter_modules([str(_HERE / "tools")]):
        spec = getattr(importlib.import_module(f"agents.tools.{info.name}"), "TOOL", None)
        if isinstance(spec, ToolSpec):
            if spec.name in found:
                raise Misconfigured(f"Two tools are named {spec.name}.")
            found[spec.name] = spec
    return found


@cache
def specialists() -> dict[str, AgentSpec]:
    """Give every specialist by name; each of its tools exists."""
    found: dict[str, AgentSpec] = {}
    for info in pkgutil.iter_modules([str(_HERE / "graphs")]):
        spec = getattr(importlib.import_module(f"agents.graphs.{info.name}"), "AGENT", None)
        if isinstance(spec, AgentSpec):
            unknown = set(spec.tools) - tools().keys()
            if unknown or spec.name in found:
                raise Misconfigured(f"Specialist {spec.name} is declared twice or names unknown tools: {sorted(unknown)}.")
            found[spec.name] = spec
    return found


def prompt(name: str) -> str:
    """Give the prompt file of an agent."""
    return (_HERE / "prompts" / f"{name}.md").read_text(encoding="utf-8")
