"""The project's source as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "agents", "connectors", "pages")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One source file; `name` is its path from the root."""

    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return self.text.count("\n") + 1

    def functions(self) -> Iterator[Function]:
        yield from (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def calls(self) -> Iterator[ast.Call]:
        yield from (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


@cache
def modules() -> tuple[Module, ...]:
    """Read every module of the product, migrations apart."""
    files = [ROOT / "app.py", ROOT / "bootstrap.py", *(file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))]
    kept = [file for file in files if "migrations/versions" not in file.as_posix()]
    return tuple(Module(file.relative_to(ROOT).as_posix(), file.read_text(), ast.parse(file.read_text())) for file in kept)


def body_lines(function: Function) -> int:
    """Count the lines of a function's body; its docstring and functions inside it count for themselves."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    inner = sum(node.end_lineno - node.lineno + 1 for node in ast.walk(function) if isinstance(node, Function) and node is not function)  # type: ignore[operator]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 - inner


def imported(tree: ast.AST) -> set[str]:
    """Give the dotted names that are imported, by statement or by import_module with a constant."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and isinstance(node.args[0], ast.Constant):
            names.add(str(node.args[0].value))
    return names
