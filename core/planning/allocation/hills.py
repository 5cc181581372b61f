"""Hill curves and means of many of them: values, slopes and proven ranges over many cells at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.planning.allocation.problem import Draws, Hill

Array = NDArray[np.float64]

_AT_ONCE: Final = 50_000
"""How many values of single draws are computed at once."""


def hill_values(x: Array, scale: Array, half: Array, shape: Array) -> Array:
    with np.errstate(divide="ignore", over="ignore"):
        values: Array = scale / (1.0 + (half / x) ** shape)
    return values


def _hill_slopes(x: Array, scale: Array, half: Array, shape: Array) -> Array:
    """Slope scale * shape / x * s (1 - s) with s = x^n / (h^n + x^n); at 0 its limit."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        share = 1.0 / (1.0 + (half / x) ** shape)
        slopes = scale * shape / x * share * (1.0 - share)
        at_zero = np.where(shape > 1, 0.0, np.where(shape == 1, scale / half, np.where(scale > 0, np.inf, 0.0)))
    result: Array = np.where(x > 0, slopes, at_zero)
    return result


def _hill_modes(half: Array, shape: Array) -> Array:
    """Where the slope peaks: h ((n - 1) / (n + 1))^(1 / n), 0 for a concave hill."""
    over = np.maximum(shape - 1.0, 0.0)
    modes: Array = half * (over / (shape + 1.0)) ** (1.0 / shape)
    return modes


def signs_of_bends(x: Array, convex_until: Array, concave_from: Array) -> tuple[Array, Array]:
    """Bound the second derivative by its sign where that is known, else not at all."""
    convex, concave = x[:, 1:] <= convex_until[:, None], x[:, :-1] >= concave_from[:, None]
    return np.where(convex, 0.0, -np.inf), np.where(concave, 0.0, np.inf)


def _hill_bends(x: Array, scale: Array, half: Array, shape: Array) -> tuple[Array, Array]:
    """Bound scale n / x^2 s (1 - s) (n (1 - 2 s) - 1) between points (..., P, 1) of each hill (D), factor by factor: (..., P - 1, D)."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        share = 1.0 / (1.0 + (half / x) ** shape)
        spread = share * (1.0 - share)
        turn = shape * (1.0 - 2.0 * share) - 1.0
        left, right = (..., slice(None, -1), slice(None)), (..., slice(1, None), slice(None))
        largest = np.where((share[left] < 0.5) & (share[right] > 0.5), 0.25, np.maximum(spread[left], spread[right]))
        most = scale * shape / x[left] ** 2 * largest
        least = scale * shape / x[right] ** 2 * np.minimum(spread[left], spread[right])
        low = np.where(turn[right] < 0, most * turn[right], least * turn[right])
        high = np.where(turn[left] < 0, least * turn[left], most * turn[left])
    return np.where(np.isfinite(low), low, -np.inf), np.where(np.isfinite(high), high, np.inf)


def _unimodal_ranges(x: Array, slopes: Array, modes: Array, peaks: Array) -> tuple[Array, Array]:
    """Bound slopes that rise to a mode and fall after it, from their values at the ends of each interval."""
    left, right = slopes[:, :-1], slopes[:, 1:]
    inside = (x[:, :-1] < modes) & (modes < x[:, 1:])
    return np.minimum(left, right), np.where(inside, peaks, np.maximum(left, right))


@dataclass(frozen=True)
class Hills:
    scale: Array
    half: Array
    shape: Array
    convex_until: Array

    @classmethod
    def of(cls, curves: list[Hill]) -> Hills:
        table = np.array([(c.scale, c.half_saturation_minor, c.shape) for c in curves])
        return cls(table[:, :1], table[:, 1:2], table[:, 2:], _hill_modes(table[:, 1], table[:, 2]))

    @property
    def concave_from(self) -> Array:
        return self.convex_until

    def values(self, x: Array) -> Array:
        return hill_values(x, self.scale, self.half, self.shape)

    def slopes(self, x: Array) -> Array:
        return _hill_slopes(x, self.scale, self.half, self.shape)

    def slope_ranges(self, x: Array, slopes: Array, bends: tuple[Array, Array]) -> tuple[Array, Array]:
        modes = self.convex_until[:, None]
        return _unimodal_ranges(x, slopes, modes, self.slopes(modes))

    def bend_ranges(self, x: Array) -> tuple[Array, Array]:
        return signs_of_bends(x, self.convex_until, self.concave_from)

    def landmarks(self) -> Array:
        spread = np.array([0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2, 3, 5, 10, 30])
        return np.hstack([self.half * spread, self.convex_until[:, None]])


class DrawLists:
    """Means of equally many hills each: convex until the first draw bends, concave once the last one has."""

    def __init__(self, curves: list[Draws]) -> None:
        self._table = np.array([curve.draws for curve in curves]).transpose(2, 0, 1)[:, :, None, :]
        self._weights = np.array([_weights(curve) for curve in curves])
        self._modes = _hill_modes(self._table[1], self._table[2])
        self.convex_until = self._modes.min(axis=(1, 2))
        self.concave_from = self._modes.max(axis=(1, 2))

    def values(self, x: Array) -> Array:
        return self._means(x, hill_values)

    def slopes(self, x: Array) -> Array:
        return self._means(x, _hill_slopes)

    def slope_ranges(self, x: Array, slopes: Array, bends: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = np.minimum(slopes[:, :-1], slopes[:, 1:]), np.maximum(slopes[:, :-1], slopes[:, 1:])
        undecided = (bends[0] < 0) & (bends[1] > 0)
        for rows, first, last in self._mixed(x, undecided):
            part_low, part_high = self._mixed_ranges(rows, x[rows, first : last + 1])
            span = np.ix_(rows, np.arange(first, last))
            low[span] = np.where(undecided[span], part_low, low[span])
            high[span] = np.where(undecided[span], part_high, high[span])
        return low, high

    def bend_ranges(self, x: Array) -> tuple[Array, Array]:
        low, high = signs_of_bends(x, self.convex_until, self.concave_from)
        for rows, first, last in self._mixed(x, (low < 0) & (high > 0)):
            part_low, part_high = _hill_bends(x[rows, first : last + 1, None], *self._table[:, rows])
            span = np.ix_(rows, np.arange(first, last))
            low[span] = np.maximum(low[span], self._mean(rows, part_low))
            high[span] = np.minimum(high[span], self._mean(rows, part_high))
        return low, high

    def landmarks(self) -> Array:
        spread = np.array([0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2, 3, 5, 10, 30])
        halves = np.median(self._table[1], axis=2)
        return np.hstack([halves * spread, self.convex_until[:, None], self.concave_from[:, None]])

    def _means(self, x: Array, evaluate: Callable[[Array, Array, Array, Array], Array]) -> Array:
        parts = [
            self._mean(rows, evaluate(x[rows, :, None], *self._table[:, rows])) for rows in self._chunks(np.arange(len(x)), x.shape[1])
        ]
        return np.vstack(parts)

    def _mean(self, rows: NDArray[np.int64], each: Array) -> Array:
        """Weigh the draws (last axis); an infinite slope under a zero weight counts nothing."""
        weights = self._weights[rows]
        if (weights == 0).any():
            each = np.where(weights[:, None, :] > 0, each, 0.0)
        total: Array = (each @ weights[:, :, None])[:, :, 0]
        return total

    def _chunks(self, rows: NDArray[np.int64], points: int) -> Iterator[NDArray[np.int64]]:
        """Yield rows in parts that fit the processor's cache with all their draws."""
        size = max(1, _AT_ONCE // (max(points, 1) * self._weights.shape[1]))
        yield from (rows[first : first + size] for first in range(0, len(rows), size))

    def _mixed(self, x: Array, undecided: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.int64], int, int]]:
        """Yield cells with intervals of undecided sign, and the first and one past the last of them."""
        undecided = undecided & (x[:, 1:] > x[:, :-1])
        for rows in self._chunks(np.flatnonzero(undecided.any(axis=1)), x.shape[1]):
            places = np.flatnonzero(undecided[rows].any(axis=0))
            yield rows, int(places[0]), int(places[-1]) + 1

    def _mixed_ranges(self, rows: NDArray[np.int64], points: Array) -> tuple[Array, Array]:
        """Sum the ranges of each draw's own slope, which rises once and falls once."""
        table, modes = self._table[:, rows], self._modes[rows]
        slopes = _hill_slopes(points[:, :, None], *table)
        left, right = slopes[:, :-1], slopes[:, 1:]
        inside = (points[:, :-1, None] < modes) & (modes < points[:, 1:, None])
        most = np.where(inside, _hill_slopes(modes, *table), np.maximum(left, right))
        return self._mean(rows, np.minimum(left, right)), self._mean(rows, most)


def _weights(curve: Draws) -> Array:
    count = len(curve.draws)
    return np.full(count, 1.0 / count) if curve.weights is None else np.array(curve.weights)
