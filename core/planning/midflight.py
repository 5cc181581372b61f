"""Re-planning while a plan runs: what was delivered stands in for what was planned, the rest of the budget is left to divide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from core.model.distribution import Distribution, DistributionRow
from core.model.flight import Period
from core.model.money import split_minor
from core.planning.flighting import is_dated
from core.planning.optimising import channel_of


@dataclass(frozen=True, slots=True)
class Actual:
    """A channel in a period that is over or running.

    Attributes:
        state: `over` with deliveries that took the plan's place; `unknown`: over, but the deliveries do not reach to its end, so that the
            plan stands; `running`: no less than what was delivered so far may be planned.
        delivered_minor: None where nothing is known.
    """

    channel: str
    period: str
    state: Literal["over", "unknown", "running"]
    planned_minor: int
    delivered_minor: int | None


@dataclass(frozen=True, slots=True)
class Replan:
    """A table in which what is over is what was delivered; `spent` is the least that each running amount may be, by row id and period."""

    table: Distribution
    actuals: tuple[Actual, ...]
    spent: Mapping[tuple[str, str], int]


def replan(plan: Distribution, delivered: Mapping[str, Mapping[date, int]], *, through: date | None, over: date) -> Replan:
    """Put what was delivered into the periods that are over, and hold what a running one has spent already.

    A channel's delivery is shared among its lines as they were planned in that period, to the minor unit.

    Args:
        delivered: minor units by day, by the plan's channel; channels without data are missing.
        through: the last day that the deliveries cover. over: the last day that is over.
    """
    if not is_dated(plan.periods):
        return Replan(plan, (), {})
    actuals: list[Actual] = []
    parts: dict[tuple[str, str], int] = {}
    spent: dict[tuple[str, str], int] = {}
    for at, period in enumerate(plan.periods):
        if period.start > over:
            continue
        for channel, rows in _by_channel(plan).items():
            planned = [row.cells[at].budget_minor for row in rows]
            found = _sum(delivered[channel], period, over) if channel in delivered else None
            is_over = period.end <= over
            known = found is not None and sum(planned) > 0 and (not is_over or (through is not None and through >= period.end))
            actuals.append(Actual(channel, period.key, "running" if not is_over else "over" if known else "unknown", sum(planned), found))
            if known and found is not None:
                shares = {(row.id, period.key): part for row, part in zip(rows, split_minor(found, planned), strict=True)}
                (parts if is_over else spent).update(shares)
    table = replace(plan, rows=tuple(_with(row, parts) for row in plan.rows))
    return Replan(table, tuple(item for item in actuals if item.planned_minor > 0 or item.delivered_minor is not None), spent)


def _by_channel(plan: Distribution) -> dict[str, list[DistributionRow]]:
    found: dict[str, list[DistributionRow]] = {}
    for row in plan.rows:
        found.setdefault(channel_of(row), []).append(row)
    return found


def _sum(by_day: Mapping[date, int], period: Period, over: date) -> int:
    return sum(amount for day, amount in by_day.items() if period.start <= day <= min(period.end, over))


def _with(row: DistributionRow, parts: Mapping[tuple[str, str], int]) -> DistributionRow:
    return replace(row, cells=tuple(replace(cell, budget_minor=parts.get((row.id, cell.period), cell.budget_minor)) for cell in row.cells))
