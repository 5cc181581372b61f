"""Response curves over many cells at once: values, slopes and proven ranges of the slope. Spend in minor units, float64."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from core.planning.allocation.hills import Array, DrawLists, Hills, signs_of_bends
from core.planning.allocation.problem import Curve, Draws, Hill, Log, Logistic, Points, Power


class _Family(Protocol):
    """Curves of one kind. `x` has shape (cells, points), increasing along each row where ranges are asked for."""

    @property
    def convex_until(self) -> Array: ...
    @property
    def concave_from(self) -> Array: ...
    def values(self, x: Array) -> Array: ...
    def slopes(self, x: Array) -> Array: ...
    def slope_ranges(self, x: Array, slopes: Array, bends: tuple[Array, Array]) -> tuple[Array, Array]: ...
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

    def slope_ranges(self, x: Array, slopes: Array, bends: tuple[Array, Array]) -> tuple[Array, Array]:
        """Give proven lower and upper bounds of the slope on each interval of `x` (cells, points), increasing along rows.

        Args:
            slopes, bends: at and between `x`, as `slopes(x)` and `bend_ranges(x)` give them.
        """
        low, high = np.empty((self.count, x.shape[1] - 1)), np.empty((self.count, x.shape[1] - 1))
        for rows, family in self._families:
            low[rows], high[rows] = family.slope_ranges(x[rows], slopes[rows], (bends[0][rows], bends[1][rows]))
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
    """Give the rows of each kind; posteriors of different lengths are kinds of their own."""
    rows: dict[tuple[type, int], list[int]] = {}
    for i, curve in enumerate(curves):
        rows.setdefault((type(curve), len(curve.draws) if isinstance(curve, Draws) else 0), []).append(i)
    return list(rows.values())


def _family(curves: list[Curve]) -> _Family:
    match curves[0]:
        case Hill():
            return Hills.of([c for c in curves if isinstance(c, Hill)])
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
            return DrawLists([c for c in curves if isinstance(c, Draws)])


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

    def slope_ranges(self, x: Array, slopes: Array, bends: tuple[Array, Array]) -> tuple[Array, Array]:
        return slopes[:, 1:], slopes[:, :-1]

    def bend_ranges(self, x: Array) -> tuple[Array, Array]:
        return signs_of_bends(x, self.convex_until, self.concave_from)


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

    def slope_ranges(self, x: Array, slopes: Array, bends: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = np.empty((len(x), x.shape[1] - 1)), np.empty((len(x), x.shape[1] - 1))
        for i, (points, knots, parts) in enumerate(zip(x, self._knots, self._slopes, strict=True)):
            first = np.searchsorted(knots[0], points[:-1], side="right")
            last = np.maximum(np.searchsorted(knots[0], points[1:], side="left"), first)
            low[i] = [parts[a : b + 1].min() for a, b in zip(first, last, strict=True)]
            high[i] = [parts[a : b + 1].max() for a, b in zip(first, last, strict=True)]
        return low, high

    def bend_ranges(self, x: Array) -> tuple[Array, Array]:
        return signs_of_bends(x, self.convex_until, self.concave_from)

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
