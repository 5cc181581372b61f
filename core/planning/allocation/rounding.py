"""From real amounts to allowed whole ones: the best fill of single steps around them, with every rule met exactly."""

from __future__ import annotations

from typing import Final

import numpy as np

from core.planning.allocation.grid import Segments
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Integers, Model
from core.planning.allocation.relaxation import solve

_REACH: Final = (3, 40)
"""How many steps a cell may move from where the real answer stands; the wider only when the narrower cannot meet the rows."""


def round_amounts(model: Model, amounts: Array) -> Integers | None:
    """Give allowed amounts next to `amounts` with the best response; None where there are none that near.

    The domains must be plain ranges (no cell with `zero`), as `settle` leaves them.
    """
    for reach in _REACH:
        segments = _steps(model, amounts, reach)
        rounded = _exact(model, segments, solve(model, segments))
        if rounded is None and not _is_plain(model):
            from core.planning.allocation.linear import choose_steps

            rounded = _exact(model, segments, choose_steps(model, segments))
        if rounded is not None:
            return rounded
    return None


def _is_plain(model: Model) -> bool:
    """Tell whether filling steps one by one is already exact: one budget, one step."""
    moves = model.domains.high > model.domains.low
    return len(model.rows) <= 1 and model.cost_cap is None and len(set(model.domains.step[moves].tolist())) <= 1


def _steps(model: Model, amounts: Array, reach: int) -> Segments:
    """Lay out single steps around the amounts as segments."""
    low, high, step = (part.astype(np.float64) for part in (model.domains.low, model.domains.high, model.domains.step))
    base = low + np.floor((np.clip(amounts, low, high) - low) / step + 1e-9) * step
    offsets = np.arange(-reach, reach + 2)
    x = np.clip(base[:, None] + offsets * step[:, None], low[:, None], high[:, None])
    values = model.curves.values(x)
    width, gain = np.diff(x, axis=1), np.diff(values, axis=1)
    cell, place = np.nonzero(width > 0)
    return Segments(x[:, 0], values[:, 0], cell, width[cell, place], gain[cell, place])


def _exact(model: Model, segments: Segments, answer: tuple[Array, object] | None) -> Integers | None:
    """Take the answer if it is whole steps and keeps every rule, else None."""
    if answer is None:
        return None
    step = model.domains.step
    start = np.rint(segments.start).astype(np.int64)
    whole = start + np.rint((answer[0] - segments.start) / step).astype(np.int64) * step
    return whole if model.allows(whole) else None
