"""A channel's curve over a whole plan, for drawing: spend against response, with where two tables stand on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.model.distribution import Distribution, DistributionRow
from core.planning.channels import CurveKey
from core.planning.optimising import curve_name, rows_by_curve
from core.planning.response.curves import respond
from core.services.curves import CurveView

_POINTS = 40


@dataclass(frozen=True, slots=True)
class CurvePath:
    """A curve over the whole plan: spend in minor units against response with its 90% range, and where the two tables stand.

    Attributes:
        most_seen_minor: the most that was ever spent in as much time; beyond it the curve is extrapolated.
    """

    channel: str
    spend_minor: tuple[int, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    was: tuple[int, float]
    now: tuple[int, float]
    most_seen_minor: int
    evidence: str
    source: str


def draw_paths(
    base: Distribution, table: Distribution, views: Mapping[CurveKey, CurveView], keys: Mapping[str, CurveKey]
) -> tuple[CurvePath, ...]:
    """Draw each curve over the plan as it was and as it is now; `keys` says which one a row has."""
    was, now = rows_by_curve(base, keys), rows_by_curve(table, keys)
    return tuple(_path(curve_name(key, now[key]), view, base, (was[key], now[key])) for key, view in views.items())


def _path(name: str, view: CurveView, base: Distribution, rows: tuple[list[DistributionRow], list[DistributionRow]]) -> CurvePath:
    """Draw a curve over the plan: spend spreads over the periods as in the new table (as before, or by days, where it spends nothing)."""
    was, now = (_by_period(own, len(base.periods)) for own in rows)
    days = np.array([period.days for period in base.periods], dtype=np.float64)
    split = now if now.sum() > 0 else was if was.sum() > 0 else days
    seen = view.most_seen_minor / 7.0 * float(days.sum())
    spend = np.linspace(0.0, 1.3 * max(float(was.sum()), float(now.sum()), seen, 1.0), _POINTS)
    draws = sum(
        respond(view.triples[period.key], spend * float(part)) for period, part in zip(base.periods, split / split.sum(), strict=True)
    )
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    return CurvePath(
        channel=name,
        spend_minor=tuple(int(x) for x in spend),
        mean=tuple(float(f"{y:.6g}") for y in np.mean(draws, axis=0)),
        low=tuple(float(f"{y:.6g}") for y in low),
        high=tuple(float(f"{y:.6g}") for y in high),
        was=(int(was.sum()), _response(view, base, was)),
        now=(int(now.sum()), _response(view, base, now)),
        most_seen_minor=round(seen),
        evidence=view.evidence,
        source=view.source,
    )


def _by_period(rows: list[DistributionRow], periods: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([sum(row.cells[at].budget_minor for row in rows) for at in range(periods)], dtype=np.float64)


def _response(view: CurveView, table: Distribution, spend: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    parts = [
        respond(view.triples[period.key], np.array([amount]))[:, 0].mean() for period, amount in zip(table.periods, spend, strict=True)
    ]
    return float(np.sum(parts))
