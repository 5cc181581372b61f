"""Response curves over many cells at once: values, slopes and proven ranges of the slope. Spend in minor units, float64."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.planning.allocation.problem import Curve, Draws, Hill, Log, Logistic, Points, Power

Array = NDArray[np.float64]


class _Family(Protocol):
    """Curves of one kind. `x` has shape (cells, points), increasing along each row where ranges are asked for."""

    @property
    def convex_until(self) -> Array: ...
    @property
    def concave_from(self) -> Array: ...
    def values(self, x: Array) -> Array: ...
    def slopes(self, x: Array) -> Array: ...
    def slope_ranges(self, x: Array, slopes: Array) -> tuple[Array, Array]: ...
    def bend_ranges(self, x: Array) -> tuple[Array, Array]: ...
    def landmarks(self) -> Array | list[Array]: ...


class Curves:
    """The curves of all cells, in the order given.

    Attributes:
        convex_until: per cell, the curve is convex from 0 to here.
        concave_from: per cell, the curve is concave from here on; in between it may be either.
    """

    def __init__(self, curves: Sequence[Curve]) -> None:
        self.count = len(curves)
        self._families = [(rows, _family([curves[i] for i in rows])) for rows in _rows_by_kind(curves)]
        self.convex_until = self._gather(lambda family: family.convex_until)
        self.concave_from = self._gather(lambda family: family.concave_from)

    def values(self, x: Array) -> Array:
        """Give the responses at `x`, shape (cells,) or (cells, points)."""
        return self._each(x, lambda family, part: family.values(part))

    def slopes(self, x: Array) -> Array:
        """Give the right-hand slopes at `x` in responses per minor unit; infinite at 0 where the curve starts upright."""
        return self._each(x, lambda family, part: family.slopes(part))

    def slope_ranges(self, x: Array, slopes: Array) -> tuple[Array, Array]:
        """Give proven lower and upper bounds of the slope on each interval of `x` (cells, points), increasing along rows.

        Args:
            slopes: at `x`, as `slopes(x)` gives them.
        """
        low, high = np.empty((self.count, x.shape[1] - 1)), np.empty((self.count, x.shape[1] - 1))
        for rows, family in self._families:
            low[rows], high[rows] = family.slope_ranges(x[rows], slopes[rows])
        return low, high

    def bend_ranges(self, x: Array) -> tuple[Array, Array]:
        """Give proven lower and upper bounds of the second derivative on each interval of `x`; infinite where none is known."""
        low, high = np.empty((self.count, x.shape[1] - 1)), np.empty((self.count, x.shape[1] - 1))
        for rows, family in self._families:
            low[rows], high[rows] = family.bend_ranges(x[rows])
        return low, high

    @cached_property
    def landmarks(self) -> list[Array]:
        """Spends worth looking at, per cell: where a curve bends or saturates."""
        found: list[Array] = [np.empty(0)] * self.count
        for rows, family in self._families:
            for row, marks in zip(rows, family.landmarks(), strict=True):
                found[row] = np.asarray(marks)
        return found

    def _each(self, x: Array, evaluate: Callable[[_Family, Array], Array]) -> Array:
        matrix = x.reshape(self.count, -1).astype(np.float64)
        result = np.empty_like(matrix)
        for rows, family in self._families:
            result[rows] = evaluate(family, matrix[rows])
        return result.reshape(x.shape)

    def _gather(self, attribute: Callable[[_Family], Array]) -> Array:
        result = np.empty(self.count)
        for rows, family in self._families:
            result[rows] = attribute(family)
        return result


def _rows_by_kind(curves: Sequence[Curve]) -> list[list[int]]:
    rows: dict[type, list[int]] = {}
    for i, curve in enumerate(curves):
        rows.setdefault(type(curve), []).append(i)
    return list(rows.values())


def _family(curves: list[Curve]) -> _Family:
    match curves[0]:
        case Hill():
            return _Hills.of([c for c in curves if isinstance(c, Hill)])
        case Log():
            table = np.array([(c.scale, c.unit_minor) for c in curves if isinstance(c, Log)])
            return _Logs(table[:, :1], table[:, 1:])
        case Power():
            table = np.array([(c.scale, c.unit_minor, c.exponent) for c in curves if isinstance(c, Power)])
            return _Powers(table[:, :1], table[:, 1:2], table[:, 2:])
        case Logistic():
            table = np.array([(c.scale, c.rate_per_minor) for c in curves if isinstance(c, Logistic)])
            return _Logistics(table[:, :1], table[:, 1:])
        case Points():
            return _PointLists([c for c in curves if isinstance(c, Points)])
        case _:
            return _DrawLists([c for c in curves if isinstance(c, Draws)])


def _hill_values(x: Array, scale: Array, half: Array, shape: Array) -> Array:
    with np.errstate(divide="ignore", over="ignore"):
        values: Array = scale / (1.0 + np.exp(-shape * (np.log(x) - np.log(half))))
    return values


def _hill_slopes(x: Array, scale: Array, half: Array, shape: Array) -> Array:
    """Slope scale * shape / x * s (1 - s) with s = x^n / (h^n + x^n); at 0 its limit."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        share = 1.0 / (1.0 + np.exp(-shape * (np.log(x) - np.log(half))))
        slopes = scale * shape / x * share * (1.0 - share)
        at_zero = np.where(shape > 1, 0.0, np.where(shape == 1, scale / half, np.where(scale > 0, np.inf, 0.0)))
    result: Array = np.where(x > 0, slopes, at_zero)
    return result


def _hill_modes(half: Array, shape: Array) -> Array:
    """Where the slope peaks: h ((n - 1) / (n + 1))^(1 / n), 0 for a concave hill."""
    over = np.maximum(shape - 1.0, 0.0)
    modes: Array = half * (over / (shape + 1.0)) ** (1.0 / shape)
    return modes


def _signs_of_bends(x: Array, convex_until: Array, concave_from: Array) -> tuple[Array, Array]:
    """Bound the second derivative by its sign where that is known, else not at all."""
    convex, concave = x[:, 1:] <= convex_until[:, None], x[:, :-1] >= concave_from[:, None]
    return np.where(convex, 0.0, -np.inf), np.where(concave, 0.0, np.inf)


def _hill_bends(x: Array, scale: Array, half: Array, shape: Array) -> tuple[Array, Array]:
    """Bound scale n / x^2 s (1 - s) (n (1 - 2 s) - 1) between points (P, 1) of each hill (D,), factor by factor: shape (P - 1, D)."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        share = 1.0 / (1.0 + np.exp(-shape * (np.log(x) - np.log(half))))
        spread = share * (1.0 - share)
        largest = np.where((share[:-1] < 0.5) & (share[1:] > 0.5), 0.25, np.maximum(spread[:-1], spread[1:]))
        most = scale * shape / x[:-1] ** 2 * largest
        least = scale * shape / x[1:] ** 2 * np.minimum(spread[:-1], spread[1:])
        turn = shape * (1.0 - 2.0 * share) - 1.0
        low = np.where(turn[1:] < 0, most * turn[1:], least * turn[1:])
        high = np.where(turn[:-1] < 0, least * turn[:-1], most * turn[:-1])
    return np.where(np.isfinite(low), low, -np.inf), np.where(np.isfinite(high), high, np.inf)


def _unimodal_ranges(x: Array, slopes: Array, modes: Array, peaks: Array) -> tuple[Array, Array]:
    """Bound slopes that rise to a mode and fall after it, from their values at the ends of each interval."""
    left, right = slopes[:, :-1], slopes[:, 1:]
    inside = (x[:, :-1] < modes) & (modes < x[:, 1:])
    return np.minimum(left, right), np.where(inside, peaks, np.maximum(left, right))


@dataclass(frozen=True)
class _Concave:
    """What concave kinds share: the slope falls, so its range stands at the ends of an interval."""

    scale: Array

    @property
    def convex_until(self) -> Array:
        return np.zeros(len(self.scale))

    @property
    def concave_from(self) -> Array:
        return np.zeros(len(self.scale))

    def slopes(self, x: Array) -> Array:
        raise NotImplementedError

    def slope_ranges(self, x: Array, slopes: Array) -> tuple[Array, Array]:
        return slopes[:, 1:], slopes[:, :-1]

    def bend_ranges(self, x: Array) -> tuple[Array, Array]:
        return _signs_of_bends(x, self.convex_until, self.concave_from)


@dataclass(frozen=True)
class _Logs(_Concave):
    unit: Array

    def values(self, x: Array) -> Array:
        values: Array = self.scale * np.log1p(x / self.unit)
        return values

    def slopes(self, x: Array) -> Array:
        slopes: Array = self.scale / (self.unit + x)
        return slopes

    def landmarks(self) -> Array:
        marks: Array = self.unit * np.array([0.1, 0.3, 1, 3, 10, 30, 100, 1000])
        return marks


@dataclass(frozen=True)
class _Powers(_Concave):
    unit: Array
    exponent: Array

    def values(self, x: Array) -> Array:
        values: Array = self.scale * (x / self.unit) ** self.exponent
        return values

    def slopes(self, x: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = self.scale * self.exponent / self.unit * (x / self.unit) ** (self.exponent - 1.0)
        result: Array = np.where(self.scale > 0, slopes, 0.0)
        return result

    def landmarks(self) -> Array:
        return self.unit


@dataclass(frozen=True)
class _Logistics(_Concave):
    rate: Array

    def values(self, x: Array) -> Array:
        values: Array = self.scale * np.tanh(self.rate * x / 2)
        return values

    def slopes(self, x: Array) -> Array:
        slopes: Array = self.scale * self.rate / 2 / np.cosh(np.minimum(self.rate * x / 2, 350.0)) ** 2
        return slopes

    def landmarks(self) -> Array:
        return np.array([0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 9, 14]) / self.rate


@dataclass(frozen=True)
class _Hills:
    scale: Array
    half: Array
    shape: Array
    convex_until: Array

    @classmethod
    def of(cls, curves: list[Hill]) -> _Hills:
        table = np.array([(c.scale, c.half_saturation_minor, c.shape) for c in curves])
        return cls(table[:, :1], table[:, 1:2], table[:, 2:], _hill_modes(table[:, 1], table[:, 2]))

    @property
    def concave_from(self) -> Array:
        return self.convex_until

    def values(self, x: Array) -> Array:
        return _hill_values(x, self.scale, self.half, self.shape)

    def slopes(self, x: Array) -> Array:
        return _hill_slopes(x, self.scale, self.half, self.shape)

    def slope_ranges(self, x: Array, slopes: Array) -> tuple[Array, Array]:
        modes = self.convex_until[:, None]
        return _unimodal_ranges(x, slopes, modes, self.slopes(modes))

    def bend_ranges(self, x: Array) -> tuple[Array, Array]:
        return _signs_of_bends(x, self.convex_until, self.concave_from)

    def landmarks(self) -> Array:
        spread = np.array([0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2, 3, 5, 10, 30])
        return np.hstack([self.half * spread, self.convex_until[:, None]])


class _DrawLists:
    """Means of many hills: convex until the first draw bends, concave once the last one has."""

    def __init__(self, curves: list[Draws]) -> None:
        self._tables = [np.array(curve.draws).T for curve in curves]
        self._weights = [_weights(curve) for curve in curves]
        self._modes = [_hill_modes(table[1], table[2]) for table in self._tables]
        self.convex_until = np.array([modes.min() for modes in self._modes])
        self.concave_from = np.array([modes.max() for modes in self._modes])

    def values(self, x: Array) -> Array:
        rows = zip(x, self._tables, self._weights, strict=True)
        return np.array([_hill_values(points[:, None], *table) @ weights for points, table, weights in rows])

    def slopes(self, x: Array) -> Array:
        rows = zip(x, self._tables, self._weights, strict=True)
        return np.array([_weighted(_hill_slopes(points[:, None], *table), weights) for points, table, weights in rows])

    def slope_ranges(self, x: Array, slopes: Array) -> tuple[Array, Array]:
        low, high = np.minimum(slopes[:, :-1], slopes[:, 1:]), np.maximum(slopes[:, :-1], slopes[:, 1:])
        bend_low, bend_high = self.bend_ranges(x)
        for i, first, last in self._mixed(x, (bend_low < 0) & (bend_high > 0)):
            part_low, part_high = self._mixed_ranges(i, x[i, first : last + 1])
            open_sign = (bend_low[i, first:last] < 0) & (bend_high[i, first:last] > 0)
            low[i, first:last] = np.where(open_sign, part_low, low[i, first:last])
            high[i, first:last] = np.where(open_sign, part_high, high[i, first:last])
        return low, high

    def bend_ranges(self, x: Array) -> tuple[Array, Array]:
        low, high = _signs_of_bends(x, self.convex_until, self.concave_from)
        for i, first, last in self._mixed(x, (low < 0) & (high > 0)):
            part_low, part_high = _hill_bends(x[i, first : last + 1][:, None], *self._tables[i])
            low[i, first:last] = np.maximum(low[i, first:last], _weighted(part_low, self._weights[i]))
            high[i, first:last] = np.minimum(high[i, first:last], _weighted(part_high, self._weights[i]))
        return low, high

    @staticmethod
    def _mixed(x: Array, undecided: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
        """Yield each cell with intervals of undecided sign, and the first and one past the last of them."""
        undecided = undecided & (x[:, 1:] > x[:, :-1])
        for i in np.flatnonzero(undecided.any(axis=1)):
            places = np.flatnonzero(undecided[i])
            yield int(i), int(places[0]), int(places[-1]) + 1

    def _mixed_ranges(self, i: int, points: Array) -> tuple[Array, Array]:
        """Sum the ranges of each draw's own slope, which rises once and falls once."""
        table, weights, modes = self._tables[i], self._weights[i], self._modes[i]
        slopes = _hill_slopes(points[:, None], *table)
        low, high = _unimodal_ranges(points[None, :], slopes.T, modes[:, None], _hill_slopes(modes, *table)[:, None])
        return _weighted(low.T, weights), _weighted(high.T, weights)

    def landmarks(self) -> Array:
        spread = np.array([0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2, 3, 5, 10, 30])
        halves = np.array([np.median(table[1]) for table in self._tables])[:, None]
        return np.hstack([halves * spread, self.convex_until[:, None], self.concave_from[:, None]])


def _weights(curve: Draws) -> Array:
    count = len(curve.draws)
    return np.full(count, 1.0 / count) if curve.weights is None else np.array(curve.weights)


def _weighted(slopes: Array, weights: Array) -> Array:
    """Weigh the columns; an infinite slope under a zero weight counts nothing."""
    used = weights > 0
    total: Array = slopes[:, used] @ weights[used]
    return total


class _PointLists:
    """Piecewise linear curves, flat before their first and beyond their last point."""

    def __init__(self, curves: list[Points]) -> None:
        self._knots = [np.array(curve.points, dtype=np.float64).T for curve in curves]
        self._slopes = [np.concatenate([[0.0], np.diff(y) / np.diff(x), [0.0]]) for x, y in self._knots]
        bends = [_bends(x, slopes) for (x, _), slopes in zip(self._knots, self._slopes, strict=True)]
        self.convex_until = np.array([until for until, _ in bends])
        self.concave_from = np.array([start for _, start in bends])

    def values(self, x: Array) -> Array:
        return np.array([np.interp(points, *knots) for points, knots in zip(x, self._knots, strict=True)])

    def slopes(self, x: Array) -> Array:
        rows = zip(x, self._knots, self._slopes, strict=True)
        return np.array([slopes[np.searchsorted(knots[0], points, side="right")] for points, knots, slopes in rows])

    def slope_ranges(self, x: Array, slopes: Array) -> tuple[Array, Array]:
        low, high = np.empty((len(x), x.shape[1] - 1)), np.empty((len(x), x.shape[1] - 1))
        for i, (points, knots, parts) in enumerate(zip(x, self._knots, self._slopes, strict=True)):
            first = np.searchsorted(knots[0], points[:-1], side="right")
            last = np.maximum(np.searchsorted(knots[0], points[1:], side="left"), first)
            low[i] = [parts[a : b + 1].min() for a, b in zip(first, last, strict=True)]
            high[i] = [parts[a : b + 1].max() for a, b in zip(first, last, strict=True)]
        return low, high

    def bend_ranges(self, x: Array) -> tuple[Array, Array]:
        return _signs_of_bends(x, self.convex_until, self.concave_from)

    def landmarks(self) -> list[Array]:
        return [knots[0] for knots in self._knots]


def _bends(x: Array, slopes: Array) -> tuple[float, float]:
    """Give until where the slopes only rise and from where they only fall (slopes[k] holds left of x[k])."""
    start = 1 if x[0] == 0 else 0
    turns = np.diff(slopes[start:])
    knots = x[start:]
    falls, rises = np.flatnonzero(turns < 0), np.flatnonzero(turns > 0)
    until = float(knots[falls[0]]) if len(falls) else float(x[-1])
    return until, float(knots[rises[-1]]) if len(rises) else 0.0
