"""The documents name every setting, route, error code, connector, tool, workflow and dependency."""

from __future__ import annotations

import ast
import re
from importlib.metadata import packages_distributions

import pytest
from packaging.utils import canonicalize_name
from starlette.routing import Route

from connectors.spec import ConnectorSpec
from core.api.routes import all_routes
from core.config import Settings
from core.registry import discover
from core.workflows.engine import discover_workflows
from tests.architecture.source import ROOT, modules

README = (ROOT / "README.md").read_text()
DOCUMENTS = "\n".join([README, *(file.read_text() for file in sorted((ROOT / "docs").rglob("*.md")))])


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_a_setting_is_in_the_readme(setting: str) -> None:
    assert f"`{setting.upper()}`" in README


@pytest.mark.parametrize("path", sorted({route.path for route in all_routes() if isinstance(route, Route)}))
def test_a_route_is_documented(path: str) -> None:
    assert path in DOCUMENTS


def test_every_error_code_is_documented() -> None:
    errors = next(module for module in modules() if module.name == "core/errors.py")
    codes = {
        node.value.value
        for node in ast.walk(errors.tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "code" and isinstance(node.value, ast.Constant)
    }
    assert {code for code in codes if f"`{code}`" not in DOCUMENTS} == set()


def test_every_connector_tool_and_workflow_is_documented() -> None:
    connectors = set(discover("connectors", "CONNECTOR", ConnectorSpec, key=lambda spec: spec.key))
    tools = {
        re.search(r'name="(\w+)"', module.text).group(1)  # type: ignore[union-attr]
        for module in modules()
        if module.name.startswith("agents/tools/") and "TOOL = " in module.text and re.search(r'name="(\w+)"', module.text)
    }
    named = connectors | tools | set(discover_workflows())
    assert {name for name in named if f"`{name}`" not in DOCUMENTS} == set()


def test_every_dependency_has_its_reason_in_the_readme() -> None:
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[\w+\])?==", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)
    assert [name for name in pinned if f"`{name}`" not in README] == []


def test_every_dependency_is_pinned_exactly() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        lines = [line for line in (ROOT / file).read_text().splitlines() if line and not line.startswith(("#", "-r"))]
        assert [line for line in lines if not re.fullmatch(r"[\w.-]+(\[[\w,]+\])?==[\w.]+", line)] == []


def test_every_dependency_is_used() -> None:
    """By one of the modules it brings; libraries that others pull in are pinned in constraints.txt and need no line of their own."""
    brought: dict[str, set[str]] = {}
    for name, distributions in packages_distributions().items():
        for distribution in distributions:
            brought.setdefault(canonicalize_name(distribution), set()).add(name)
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[\w+\])?==", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)
    source = "\n".join(module.text for module in modules())
    unused = [name for name in pinned if not any(re.search(rf"\b{module}\b", source) for module in brought[canonicalize_name(name)])]
    assert unused == []
