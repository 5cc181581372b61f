"""What a distribution can be expected to bring: from fitted response curves with their uncertainty, or at the plan's own prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.model.distribution import Distribution
from core.model.interval import Interval
from core.model.reading import LineItem
from core.planning.response.summary import interval
from core.planning.response.transforms import Array

Curves = Mapping[str, Mapping[str, Sequence[Sequence[float]]]]
"""Posterior Hill triples (scale, half saturation in minor units, shape) by channel, then by Period.key."""

_COUNTS = ("impressions", "clicks", "conversions", "leads", "installs", "reach", "views", "grp")


@dataclass(frozen=True, slots=True)
class Outlook:
    """Expected KPI of a distribution.

    Attributes:
        total: over all rows that have a curve.
        by_channel: by the plan's channel.
        marginal: KPI for one more major unit spread like the channel's budget, by channel.
        left_out_minor: budget of rows without a curve: their effect is not known and not counted.
    """

    total: Interval
    by_channel: dict[str, Interval]
    marginal: dict[str, float]
    left_out_minor: int


def expect(distribution: Distribution, curves: Curves, curve_of: Mapping[str, str], *, minor_per_major: int) -> Outlook:
    """Evaluate the curves at a distribution.

    Args:
        curve_of: curve name by row id; rows of one curve are added up before the curve is read.
    """
    spend, names, left_out = _spend(distribution, curves, curve_of)
    draws = {name: _respond(curves[name], by_period) for name, by_period in spend.items()}
    more = {name: _respond(curves[name], {p: x * 1.01 for p, x in by_period.items()}) for name, by_period in spend.items()}
    whole = sum(draws.values(), np.zeros(1))
    marginal = {
        names[n]: float((more[n] - draws[n]).mean() / max(sum(spend[n].values()) * 0.01 / minor_per_major, 1e-9))
        for n in spend
        if sum(spend[n].values()) > 0
    }
    return Outlook(interval(whole), {names[n]: interval(d) for n, d in draws.items()}, marginal, left_out)


def gained(before: Distribution, after: Distribution, curves: Curves, curve_of: Mapping[str, str]) -> Interval:
    """Give what one distribution brings more than another, draw by draw: no straight line along the first unit's return."""
    whole: list[Array] = []
    for distribution in (before, after):
        spend, _, _ = _spend(distribution, curves, curve_of)
        whole.append(sum((_respond(curves[name], by_period) for name, by_period in spend.items()), np.zeros(1)))
    return interval(whole[1] - whole[0])


def _spend(
    distribution: Distribution, curves: Curves, curve_of: Mapping[str, str]
) -> tuple[dict[str, dict[str, int]], dict[str, str], int]:
    """Give the spend by curve and period, the channel that each curve stands for, and what no curve is known of."""
    spend: dict[str, dict[str, int]] = {}
    names: dict[str, str] = {}
    left_out = 0
    for row in distribution.rows:
        curve = curve_of.get(row.id)
        if curve is None or curve not in curves:
            left_out += row.total_minor
            continue
        names.setdefault(curve, row.channel or row.label)
        by_period = spend.setdefault(curve, {})
        for cell in row.cells:
            by_period[cell.period] = by_period.get(cell.period, 0) + cell.budget_minor
    return spend, names, left_out


def _respond(curve: Mapping[str, Sequence[Sequence[float]]], by_period: Mapping[str, float]) -> Array:
    """Give the response of each draw, summed over the periods."""
    total: Array = np.zeros(1)
    for period, minor in by_period.items():
        if period in curve:
            triples = np.asarray(curve[period], dtype=np.float64)
            powered = np.power(max(minor, 0.0), triples[:, 2])
            total = total + triples[:, 0] * powered / (np.power(triples[:, 1], triples[:, 2]) + powered)
    return total


def expect_at_plan_prices(distribution: Distribution, items: Mapping[str, LineItem]) -> dict[str, tuple[float, tuple[str, ...]]]:
    """Scale the plan's own counts with each row's budget: what the plan's prices buy, no saturation.

    Args:
        items: the line item behind each row, by row id.
    Returns:
        (expected count, cells it was read from) by count (`impressions`, `clicks`, ...); only counts that the plan gives.
    """
    found: dict[str, tuple[float, tuple[str, ...]]] = {}
    for row in distribution.rows:
        item = items.get(row.id)
        if item is None or not item.budget_minor:
            continue
        for name in _COUNTS:
            value = item.metrics.get(name)
            if value is not None:
                so_far, cells = found.get(name, (0.0, ()))
                cell = item.metric_cells.get(name)
                found[name] = (so_far + value * row.total_minor / item.budget_minor, (*cells, cell) if cell else cells)
    return found
