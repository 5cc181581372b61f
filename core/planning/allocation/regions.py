"""Parts of a domain on which a cell is a plain range and its curve concave, so that the problem restricted to them is easy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.planning.allocation.grid import Grid, envelope
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Domains, Model


def is_concave(model: Model, grid: Grid) -> bool:
    """Tell whether no cell has a convex stretch or a choice between nothing and something."""
    return not model.domains.zero.any() and not kinks(grid).any()


def kinks(grid: Grid) -> NDArray[np.bool_]:
    """Mark the points at which a curve's slope rises, beyond what rounding in float64 explains."""
    marks = np.zeros(grid.x.shape, dtype=np.bool_)
    width, gain = np.diff(grid.x, axis=1), np.diff(grid.values, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = gain / width
        noise = 1e-14 * np.abs(grid.values[:, 1:-1]) * (1 / width[:, :-1] + 1 / width[:, 1:])
        rises = slope[:, 1:] - slope[:, :-1] > noise + 1e-11 * np.abs(slope[:, :-1])
    marks[:, 1:-1] = rises & (width[:, :-1] > 0) & (width[:, 1:] > 0)
    return marks


def regions_around(model: Model, grid: Grid, amounts: Array, *, threshold: float | None) -> Domains | None:
    """Choose for each cell the region that its amount lies in.

    Args:
        threshold: an amount inside a chord of the envelope (where the curve lies below it) goes to the chord's right end when it stands
            farther along than this share, else to its left end; None leaves it where it is.
    Returns:
        plain ranges, or None when more cells would be live than may be.
    """
    settled = amounts if threshold is None else _off_chords(grid, amounts, threshold)
    marks, domains = kinks(grid), model.domains
    low, high = domains.low.copy(), domains.high.copy()
    for i in np.flatnonzero(marks.any(axis=1) | domains.zero):
        low[i], high[i] = _run(grid.x[i], marks[i], bool(domains.zero[i]), float(settled[i]))
    if model.max_live is not None:
        surplus = int((high > 0).sum()) - model.max_live
        may_stop = np.flatnonzero((high > 0) & (domains.least == 0))
        if surplus > len(may_stop):
            return None
        stop = may_stop[np.argsort(amounts[may_stop], kind="stable")][: max(surplus, 0)]
        low[stop], high[stop] = 0, 0
    return Domains(low, high, domains.step, np.zeros_like(domains.zero))


def _run(x: Array, marks: NDArray[np.bool_], zero: bool, amount: float) -> tuple[int, int]:
    """Give the ends of the concave run of points that holds an amount."""
    if zero and amount < x[1]:
        return 0, 0
    cuts = [int(zero), *np.flatnonzero(marks).tolist(), len(x) - 1]
    ends = x[cuts]
    if amount in ends[1:-1]:
        return int(amount), int(amount)
    place = int(np.clip(np.searchsorted(ends, amount, side="right") - 1, 0, len(ends) - 2))
    return int(ends[place]), int(ends[place + 1])


def _off_chords(grid: Grid, amounts: Array, threshold: float) -> Array:
    """Move amounts that lie inside a chord of the envelope to one of its ends."""
    segments = envelope(grid)
    before = np.cumsum(segments.width) - segments.width
    first = np.append(before, 0.0)[np.searchsorted(segments.cell, np.arange(len(amounts)))]
    left = segments.start[segments.cell] + before - first[segments.cell]
    right = left + segments.width
    inside = (amounts[segments.cell] > left) & (amounts[segments.cell] < right)
    settled = amounts.copy()
    for at in np.flatnonzero(inside):
        cell, points = int(segments.cell[at]), grid.x[int(segments.cell[at])]
        if ((points > left[at]) & (points < right[at])).any() or (left[at] == 0 < right[at] and points[0] == 0 == left[at]):
            share = (amounts[cell] - left[at]) / segments.width[at]
            settled[cell] = right[at] if share > threshold else left[at]
    return settled
