"""Curves on a grid of allowed amounts: bounded from below through their own points, from above by proven peaks between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.planning.allocation.curves import Curves
from core.planning.allocation.hills import Array
from core.planning.allocation.model import Domains

FEW: Final = 48
"""A cell with at most this many allowed amounts is looked at in all of them, which makes its bound exact."""
_FINEST: Final = 2.0**-20
"""How finely a domain without steps (a step of 0) is looked at."""
_PARTS: Final = 2.0 ** np.array([-20, -14, -9, -5, -2])
"""Where it is looked at within its first unit: a curve may start upright."""


@dataclass(frozen=True)
class Grid:
    """Amounts by cell, shape (cells, points), increasing along rows and padded by repeating the last; every one is allowed.

    Attributes:
        values, slopes: of the curves at `x`.
        peak_x, peak_values: shape (cells, points - 1): on each interval no allowed amount lies above the two lines that meet there;
            -inf where the interval holds no further amount or the chord already bounds it.
    """

    x: Array
    values: Array
    slopes: Array
    peak_x: Array
    peak_values: Array

    @property
    def outer_x(self) -> Array:
        return np.hstack([self.x, self.peak_x])

    @property
    def outer_values(self) -> Array:
        return np.hstack([self.values, self.peak_values])

    def outer(self) -> Grid:
        """Give the grid with its peaks as points: its envelope lies above the curves."""
        x, values = np.hstack([self.x, self.peak_x]), np.hstack([self.values, self.peak_values])
        last = np.argmax(self.x, axis=1)[:, None]
        absent = ~np.isfinite(values)
        x = np.where(absent, self.x[:, -1:], x)
        values = np.where(absent, np.take_along_axis(self.values, last, axis=1), values)
        order = np.lexsort((-values, x), axis=1)
        x, values = np.take_along_axis(x, order, axis=1), np.take_along_axis(values, order, axis=1)
        repeated = np.hstack([np.zeros((len(x), 1), dtype=np.bool_), np.diff(x, axis=1) == 0])
        x, values = (np.where(repeated, part[:, -1:], part) for part in (x, values))
        order = np.argsort(x, axis=1, kind="stable")
        x, values = np.take_along_axis(x, order, axis=1), np.take_along_axis(values, order, axis=1)
        return Grid(x, values, values, x[:, 1:], values[:, 1:])


@dataclass(frozen=True)
class Segments:
    """The pieces of the concave envelopes, cell by cell, from left to right (so with falling slopes)."""

    start: Array
    start_values: Array
    cell: NDArray[np.int64]
    width: Array
    gain: Array

    @property
    def slope(self) -> Array:
        return self.gain / self.width


def first_grid(curves: Curves, domains: Domains) -> Grid:
    """Spread points evenly, geometrically and to where the curves bend; all of them where there are few."""
    low, high, step = (part.astype(np.float64)[:, None] for part in (domains.low, domains.high, domains.step))
    room = high - low
    spread, unit = np.linspace(0.0, 1.0, 13), np.maximum(step, 1.0)
    candidates = [low + room * spread, low + unit * (np.maximum(room, unit) / unit) ** spread, _padded(curves.landmarks, low)]
    counts = np.where(domains.step > 0, (domains.high - domains.low) // np.maximum(domains.step, 1) + 1, FEW + 1)
    if (domains.step == 0).any():
        candidates.append(low + np.where(step == 0, _PARTS, 0.0))
    if (counts <= FEW).any():
        every = low + step * np.arange(FEW)
        candidates.append(np.where((counts <= FEW)[:, None], every, low))
    return evaluated(curves, domains, _aligned(np.hstack(candidates), domains))


def coarse_grid(curves: Curves, domains: Domains) -> Grid:
    """Spread a few points evenly and to where the curves bend: each costs an integer program a choice."""
    low, room = domains.low.astype(np.float64)[:, None], (domains.high - domains.low).astype(np.float64)[:, None]
    bends = np.stack([curves.convex_until, curves.concave_from], axis=1)
    return evaluated(curves, domains, _aligned(np.hstack([low + room * np.linspace(0.0, 1.0, 6), bends]), domains))


def refined_grid(grid: Grid, curves: Curves, domains: Domains, around: Array) -> Grid:
    """Add points near `around` (cells, amounts), splitting the intervals on both sides of each."""
    rows = np.arange(len(grid.x))[:, None]
    fractions = np.array([0.0, 1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6])
    added = [around, around + domains.step[:, None]]
    for amounts in around.T:
        last = grid.x.shape[1] - 1
        left = np.clip((grid.x < amounts[:, None]).sum(axis=1)[:, None] - 1, 0, last)
        right = np.clip((grid.x <= amounts[:, None]).sum(axis=1)[:, None], 0, last)
        ends = grid.x[rows, left], amounts[:, None], grid.x[rows, right]
        added += [ends[0] + (ends[1] - ends[0]) * fractions[1:], ends[1] + (ends[2] - ends[1]) * fractions[1:]]
    return _merged(grid, curves, domains, _aligned(np.hstack(added), domains))


def envelope(grid: Grid) -> Segments:
    """Give the least concave function above the points of each cell."""
    x, values = grid.x.copy(), grid.values.copy()
    active = np.arange(len(x))
    while len(active) and x.shape[1] > 2:
        part_x, part_values = x[active], values[active]
        below = _below_chord(part_x, part_values)
        hit = below.any(axis=1)
        active, part_x, part_values, below = active[hit], part_x[hit], part_values[hit], below[hit]
        last = (len(part_x), 1)
        part_x = np.where(below, np.broadcast_to(part_x[:, -1:], part_x.shape), part_x)
        part_values = np.where(below, np.broadcast_to(part_values[:, -1:], part_values.shape), part_values)
        order = np.argsort(part_x, axis=1, kind="stable")
        assert last[0] == len(active)
        x[active], values[active] = np.take_along_axis(part_x, order, axis=1), np.take_along_axis(part_values, order, axis=1)
    width, gain = np.diff(x, axis=1), np.diff(values, axis=1)
    cell, place = np.nonzero(width > 0)
    return Segments(x[:, 0], values[:, 0], cell, width[cell, place], gain[cell, place])


def _below_chord(x: Array, values: Array) -> NDArray[np.bool_]:
    """Mark inner points that do not rise above the chord of their neighbours; padding at the end is left alone."""
    width, gain = np.diff(x, axis=1), np.diff(values, axis=1)
    below = np.zeros(x.shape, dtype=np.bool_)
    real = (width[:, :-1] > 0) & (width[:, 1:] > 0)
    below[:, 1:-1] = real & (gain[:, :-1] * width[:, 1:] < gain[:, 1:] * width[:, :-1])
    return below


def evaluated(curves: Curves, domains: Domains, x: Array) -> Grid:
    """Give the grid of amounts that are sorted already."""
    return _with_peaks(curves, domains, x, curves.values(x), curves.slopes(x))


def _merged(grid: Grid, curves: Curves, domains: Domains, added: Array) -> Grid:
    """Join old and new points; only the new ones are computed."""
    new = _unknown(grid.x, added)
    x = np.hstack([grid.x, new])
    values = np.hstack([grid.values, curves.values(new)])
    slopes = np.hstack([grid.slopes, curves.slopes(new)])
    order = np.argsort(x, axis=1, kind="stable")
    x, values, slopes = (np.take_along_axis(part, order, axis=1) for part in (x, values, slopes))
    repeated = np.hstack([np.zeros((len(x), 1), dtype=np.bool_), np.diff(x, axis=1) == 0])
    for part in (x, values, slopes):
        part[repeated] = np.broadcast_to(part[:, -1:], part.shape)[repeated]
    order = np.argsort(x, axis=1, kind="stable")[:, : int((~repeated).sum(axis=1).max())]
    return _with_peaks(curves, domains, *(np.take_along_axis(part, order, axis=1) for part in (x, values, slopes)))


def _unknown(known: Array, added: Array) -> Array:
    """Drop what the grid already has, so that only new points are computed; rows are padded with their own first new or last old point."""
    both = np.hstack([known, added])
    order = np.argsort(both, axis=1, kind="stable")
    ordered = np.take_along_axis(both, order, axis=1)
    fresh = np.zeros(both.shape, dtype=np.bool_)
    np.put_along_axis(fresh, order, np.hstack([np.ones((len(both), 1), dtype=np.bool_), np.diff(ordered, axis=1) > 0]), axis=1)
    fresh = fresh[:, known.shape[1] :]
    places = np.argsort(~fresh, axis=1, kind="stable")[:, : max(1, int(fresh.sum(axis=1).max()))]
    return np.take_along_axis(added, places, axis=1)


def _with_peaks(curves: Curves, domains: Domains, x: Array, values: Array, slopes: Array) -> Grid:
    bends = curves.bend_ranges(x)
    low, high = curves.slope_ranges(x, slopes, bends)
    left, right, at_left, at_right = x[:, :-1], x[:, 1:], values[:, :-1], values[:, 1:]
    step = domains.step[:, None]
    gap = domains.zero[:, None] & (left == 0)
    chord_bounds = bends[0] >= 0
    with np.errstate(invalid="ignore", divide="ignore"):
        meet = (at_right - at_left + high * left - low * right) / (high - low)
        peak_x = np.clip(np.where(np.isfinite(high), meet, left), left, right)
        peak = np.where(np.isfinite(high), at_left + high * (peak_x - left), np.inf)
        peak = np.minimum(peak, at_right - low * (right - peak_x))
        plain = (right - left <= step) | gap | chord_bounds | ~(high > low)
    return Grid(x, values, slopes, np.where(plain, left, peak_x), np.where(plain, -np.inf, peak))


def _aligned(candidates: Array, domains: Domains) -> Array:
    """Round to allowed amounts, sort, and drop repetitions (rows are padded by repeating their last)."""
    low, high, step = (part.astype(np.float64)[:, None] for part in (domains.low, domains.high, domains.step))
    step = np.maximum(step, _FINEST)
    x = np.clip(low + np.floor((candidates - low) / step) * step, low, high)
    x = np.hstack([np.where(domains.zero[:, None], 0.0, low), x, low, high])
    x.sort(axis=1)
    repeated = np.hstack([np.zeros((len(x), 1), dtype=np.bool_), np.diff(x, axis=1) == 0])
    x[repeated] = np.broadcast_to(x[:, -1:], x.shape)[repeated]
    x.sort(axis=1)
    return np.ascontiguousarray(x[:, : int((~repeated).sum(axis=1).max())])


def _padded(landmarks: list[Array], low: Array) -> Array:
    width = max(len(marks) for marks in landmarks)
    padded = np.repeat(low, width, axis=1)
    for row, marks in zip(padded, landmarks, strict=True):
        row[: len(marks)] = marks
    return padded
