"""Discovery of declared constants: one file to add a connector, a tool, an agent or a workflow."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import TypeVar

from core.errors import Misconfigured

T = TypeVar("T")


def discover(package: str, constant: str, of: type[T], *, key: Callable[[T], str]) -> dict[str, T]:
    """Import every module and sub-package directly in a package and collect the constant from those that declare it.

    Args:
        package: dotted name, e.g. "core.workflows".
        constant: name of the module-level constant, e.g. "WORKFLOW".
        of: the type it must have.
        key: gives the name that must be unique.
    Returns:
        the constants by key, in order of module name.
    Raises:
        Misconfigured: a key is declared twice, or the constant has another type.
    """
    found: dict[str, T] = {}
    for info in pkgutil.iter_modules(importlib.import_module(package).__path__, package + "."):
        if info.name.rpartition(".")[2].startswith("__"):
            continue
        declared = getattr(importlib.import_module(info.name), constant, None)
        if declared is None:
            continue
        if not isinstance(declared, of):
            raise Misconfigured(f"{info.name}.{constant} is a {type(declared).__name__}, not a {of.__name__}.")
        if key(declared) in found:
            raise Misconfigured(f"{info.name}.{constant} declares {key(declared)!r}, which another module declares already.")
        found[key(declared)] = declared
    return found
