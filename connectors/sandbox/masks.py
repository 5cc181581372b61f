"""Partial answers: the `fields` parameter of Google's APIs, such as `files(id,owners/emailAddress),nextPageToken`."""

from __future__ import annotations

import re
from typing import Any

from connectors.sandbox.wire import invalid

Mask = dict[str, "Mask"]
"""Field names to what is kept beneath; an empty mask keeps everything."""


def parse_mask(text: str) -> Mask:
    """Parse a `fields` expression with `,`, `.` or `/`, `( )` and `*`."""
    pieces = re.findall(r"[\w*-]+|[,./()]", text)
    mask, rest = _parse(pieces)
    if rest:
        raise invalid(f"Invalid field selection {text}")
    return mask


def _parse(pieces: list[str]) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while pieces and pieces[0] != ")":
        path = [pieces[0]]
        pieces = pieces[1:]
        while pieces and pieces[0] in "./":
            path.append(pieces[1])
            pieces = pieces[2:]
        inner: Mask = {}
        if pieces and pieces[0] == "(":
            inner, pieces = _parse(pieces[1:])
            pieces = pieces[1:]
        _plant(mask, path, inner)
        pieces = pieces[1:] if pieces and pieces[0] == "," else pieces
    return mask, pieces


def _plant(mask: Mask, path: list[str], inner: Mask) -> None:
    for name in path[:-1]:
        mask = mask.setdefault(name, {})
    mask.setdefault(path[-1], {}).update(inner)


def apply_mask(value: Any, mask: Mask) -> Any:
    """Keep what the mask names; lists are masked item by item, absent fields stay absent."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [apply_mask(item, mask) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: apply_mask(value[name], inner) for name, inner in mask.items() if name in value}


def wants(mask: Mask, *path: str) -> bool:
    """Tell whether a mask reaches a field."""
    for name in path:
        if not mask or "*" in mask:
            return True
        if name not in mask:
            return False
        mask = mask[name]
    return True
