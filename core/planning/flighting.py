"""Flighting: where spend is felt (carry-over between periods) and how demand moves with the season.

Carry-over is geometric and normalised, as the response model has it: of a day's spend the share 1 - a is felt that day, a of the rest the
next, with a the channel's weekly carry-over to the power of a seventh. Nothing is lost: what a plan's last period leaves runs out after
it and counts. Within a place (a period, or the time after the last) what is felt is taken as even.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.model.flight import Period
from core.planning.channels import CurveKey
from core.planning.response.transforms import Array

AFTER: Final = "after"
"""The place after the last period."""
_WEEKS_A_YEAR: Final = 52
_SEASON_RANGE: Final = (0.5, 2.0)


@dataclass(frozen=True, eq=False)
class Carry:
    """Where a channel's spend is felt. Places are the periods in order, then the time after the last.

    Attributes:
        matrix: (places, periods), the share of a period's spend that a place feels; columns add up to 1.
        carried_in: (places,), what is felt of spend before the first period, in minor units.
        days: (places,); after the last period, the days over which what is left is felt as if evenly.
    """

    matrix: Array
    carried_in: Array
    days: Array

    def felt(self, spend: Array) -> Array:
        """Give what each place feels of a spend by period, in its unit."""
        total: Array = self.matrix @ spend + self.carried_in
        return total


@dataclass(frozen=True, eq=False)
class Flow:
    """What time does to a plan: carry-over by curve, and by period the season's ratio to a mean week (1 where it is not known)."""

    carry: Mapping[CurveKey, Carry]
    season: Mapping[str, float]


def is_dated(periods: Sequence[Period]) -> bool:
    """Tell whether periods are days of a calendar, not a plan without dates."""
    return bool(periods) and all(period.start.year > 1 and period.end.year < 9999 for period in periods)


def carry_over(periods: Sequence[Period], alpha: float, before: Mapping[date, int]) -> Carry:
    """Lay out where spend is felt.

    Args:
        alpha: the share of an adstock that is carried from a week into the next, 0 to below 1.
        before: minor units delivered by day; only days before the first period count.
    """
    daily = alpha ** (1.0 / 7.0)
    ends = np.array([period.end.toordinal() for period in periods])
    starts = np.array([period.start.toordinal() for period in periods])
    matrix = np.zeros((len(periods) + 1, len(periods)))
    for column, period in enumerate(periods):
        days = starts[column] + np.arange(period.days)
        matrix[:-1, column] = [
            _felt_by(days, end, daily).mean() - _felt_by(days, start - 1, daily).mean() for start, end in zip(starts, ends, strict=True)
        ]
    matrix[-1] = 1.0 - matrix[:-1].sum(axis=0)
    carried = np.zeros(len(periods) + 1)
    early = [(day.toordinal(), spent) for day, spent in before.items() if day < periods[0].start]
    if early:
        days, spent = np.array([day for day, _ in early]), np.array([float(amount) for _, amount in early])
        carried[:-1] = [
            spent @ (_felt_by(days, end, daily) - _felt_by(days, start - 1, daily)) for start, end in zip(starts, ends, strict=True)
        ]
        carried[-1] = spent @ (1.0 - _felt_by(days, int(ends.max()), daily))
    run_out = 7.0 * (1.0 + alpha) / (1.0 - alpha)  # sum squared over sum of squares of a geometric series, in weeks
    return Carry(matrix, carried, np.append(np.array([float(period.days) for period in periods]), run_out))


def no_carry(periods: Sequence[Period]) -> Carry:
    """Let every period feel its own spend only."""
    count = len(periods)
    days = np.append(np.array([float(period.days) for period in periods]), 7.0)
    return Carry(np.vstack([np.eye(count), np.zeros((1, count))]), np.zeros(count + 1), days)


def _felt_by(days: NDArray[np.int64], end: int, daily: float) -> Array:
    """Give the share of each day's spend that is felt by the end of a day; 0 before it is spent."""
    return np.asarray(np.where(days <= end, 1.0 - daily ** np.maximum(end - days + 1, 0), 0.0))


def season_ratios(weeks: Sequence[date], baseline: Sequence[float], periods: Sequence[Period]) -> dict[str, float]:
    """Give each period's demand against a mean week: the fitted baseline by day of the year, its straight trend taken out.

    Returns:
        ratios by Period.key within 0.5 and 2; 1 where less than a year is known, or the baseline is not above zero.
    """
    level = np.array(baseline, dtype=np.float64)
    if len(level) < _WEEKS_A_YEAR or not is_dated(periods) or level.min() <= 0:
        return {period.key: 1.0 for period in periods}
    at = np.arange(len(level), dtype=np.float64)
    trend = np.polyval(np.polyfit(at, level, 1), at)
    ratios = level / np.maximum(trend, 0.1 * level.mean())
    by_day: dict[tuple[int, int], list[float]] = {}
    for week, ratio in zip(weeks, ratios, strict=True):
        for offset in range(7):
            day = week + timedelta(days=offset)
            by_day.setdefault((day.month, day.day), []).append(float(ratio))
    mean = float(np.mean([np.mean(found) for found in by_day.values()]))
    return {period.key: _ratio(period, by_day, mean) for period in periods}


def _ratio(period: Period, by_day: Mapping[tuple[int, int], list[float]], mean: float) -> float:
    days = (period.start + timedelta(days=offset) for offset in range(period.days))
    found = [np.mean(by_day[day.month, day.day]) / mean for day in days if (day.month, day.day) in by_day]
    return float(np.clip(np.mean(found), *_SEASON_RANGE)) if found else 1.0
