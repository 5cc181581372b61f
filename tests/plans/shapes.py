"""The shapes of generated plans by kind: each writes its sheets and knows its truth."""

from __future__ import annotations

from collections.abc import Callable

from tests.plans import shapes_long, shapes_tabs, shapes_wide
from tests.plans.make import KINDS, Maker, Plan

_FOUND = {**vars(shapes_long), **vars(shapes_tabs), **vars(shapes_wide)}
SHAPES: dict[str, Callable[[Maker], Plan]] = {kind: _FOUND[kind] for kind in KINDS}


def make_plan(seed: int, kind: str | None = None) -> Plan:
    """Make the plan of a seed; the same seed always gives the same plan."""
    maker = Maker(seed, kind)
    return SHAPES[maker.kind](maker)
