"""Pacing: delivered against planned to date, where the flight will end, and what a platform may overspend on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from core.model.flight import Period
from core.model.money import split_minor

PaceState = Literal["not_started", "on_pace", "under", "over", "ended_under", "ended_over", "ended_on_budget"]
_START_TOLERANCE, _END_TOLERANCE = 0.25, 0.01
_RUN_RATE_DAYS = 7


@dataclass(frozen=True, slots=True)
class DeliveryRule:
    """The most a platform may spend on one day, as a ratio of the average daily budget."""

    day_ratio: float
    source: str


DELIVERY_RULES: dict[str, DeliveryRule] = {
    "google": DeliveryRule(2.0, "Google Ads Help: spending limits (daily 2x, monthly 30.4x)"),
    "meta": DeliveryRule(1.75, "Meta Business Help: daily budget (up to 75% over on a day, at most 7x a week)"),
}


@dataclass(frozen=True, slots=True)
class PacingLine:
    """A budget with its flight by period, and what was delivered by day, all in minor units."""

    line: str
    budget_by_period: tuple[tuple[Period, int], ...]
    delivered_by_day: Mapping[date, int]
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a line stands at the end of a day, in minor units.

    Attributes:
        pace_ratio: delivered over planned to date; None before anything was planned.
        tolerance: how far from 1 the ratio may be now: 25% at the start of the flight, 1% at its end.
        projected_minor: delivered plus the run rate of the last 7 days for the days to come.
        daily_to_finish_minor: what has to be spent a day to end on budget; None when the flight is over.
        over_delivery_days: days above what the platform may spend, given the average daily budget of their period.
    """

    line: str
    state: PaceState
    planned_to_date_minor: int
    delivered_minor: int
    budget_minor: int
    projected_minor: int
    pace_ratio: float | None
    tolerance: float
    daily_to_finish_minor: int | None
    over_delivery_days: tuple[date, ...]


def planned_by_day(budget_by_period: Sequence[tuple[Period, int]]) -> dict[date, int]:
    """Spread each period's budget evenly over its days; the days sum to the budget to the cent."""
    plan: dict[date, int] = {}
    for period, budget in budget_by_period:
        for offset, part in enumerate(split_minor(budget, [1] * period.days)):
            day = period.start + timedelta(days=offset)
            plan[day] = plan.get(day, 0) + part
    return plan


def pace(line: PacingLine, *, on: date) -> Pace:
    """Say where a line stands at the end of day `on`."""
    plan = planned_by_day(line.budget_by_period)
    first, last = min(plan), max(plan)
    budget = sum(plan.values())
    planned = sum(amount for day, amount in plan.items() if day <= on)
    delivered = sum(amount for day, amount in line.delivered_by_day.items() if first <= day <= on)
    elapsed = min(max(((on - first).days + 1) / ((last - first).days + 1), 0.0), 1.0)
    tolerance = _START_TOLERANCE + (_END_TOLERANCE - _START_TOLERANCE) * elapsed
    days_left = sum(1 for day, amount in plan.items() if day > on and amount > 0)
    ratio = delivered / planned if planned > 0 else None
    return Pace(
        line=line.line,
        state=_state(ratio, tolerance, started=on >= first, ended=on >= last),
        planned_to_date_minor=planned,
        delivered_minor=delivered,
        budget_minor=budget,
        projected_minor=delivered + round(_run_rate(line.delivered_by_day, first, on) * days_left),
        pace_ratio=ratio,
        tolerance=tolerance,
        daily_to_finish_minor=max(budget - delivered, 0) // days_left if days_left else None,
        over_delivery_days=_over_delivered(line, plan, on),
    )


def _state(ratio: float | None, tolerance: float, *, started: bool, ended: bool) -> PaceState:
    if not started or ratio is None:
        return "not_started"
    if ended:
        return "ended_under" if ratio < 1 - tolerance else "ended_over" if ratio > 1 + tolerance else "ended_on_budget"
    return "under" if ratio < 1 - tolerance else "over" if ratio > 1 + tolerance else "on_pace"


def _run_rate(delivered: Mapping[date, int], first: date, on: date) -> float:
    days = min(_RUN_RATE_DAYS, (on - first).days + 1)
    if days <= 0:
        return 0.0
    return sum(delivered.get(on - timedelta(days=back), 0) for back in range(days)) / days


def _over_delivered(line: PacingLine, plan: Mapping[date, int], on: date) -> tuple[date, ...]:
    rule = DELIVERY_RULES.get(line.platform or "")
    if rule is None:
        return ()
    return tuple(
        day for day, spent in sorted(line.delivered_by_day.items()) if day <= on and spent > rule.day_ratio * plan.get(day, 0) and spent > 0
    )
