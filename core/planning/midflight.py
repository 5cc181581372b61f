"""Re-planning while a plan runs: what was delivered stands in for what was planned, the rest of the budget is left to divide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from core.model.distribution import Distribution, DistributionRow
from core.model.flight import Period
from core.model.money import split_minor, to_major
from core.planning.channels import CurveKey
from core.planning.flighting import is_dated
from core.planning.optimising import cell_id, curve_name, rows_by_curve
from core.planning.splitting import period_label

State = Literal["over", "unknown", "running"]


@dataclass(frozen=True, slots=True)
class Actual:
    """The lines of one curve (a channel, or a channel in a market) in a period that is over or running.

    Attributes:
        state: `over` with deliveries that took the plan's place; `unknown`: over, but the deliveries do not reach to its end, so that the
            plan stands; `running`: no less than what was delivered so far may be planned.
        delivered_minor: None where nothing is known.
    """

    channel: str
    period: str
    state: State
    planned_minor: int
    delivered_minor: int | None


@dataclass(frozen=True, slots=True)
class Replan:
    """A table in which what is over is what was delivered; `spent` is the least that each running amount may be, by row id and period."""

    table: Distribution
    actuals: tuple[Actual, ...]
    spent: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Minor units by day and by the curve of a plan's lines (those without data are missing), and the last day that the data cover."""

    by_curve: Mapping[CurveKey, Mapping[date, int]]
    through: date | None


def replan(plan: Distribution, delivered: Deliveries, keys: Mapping[str, CurveKey], *, over: date) -> Replan:
    """Put what was delivered into the periods that are over, and hold what a running one has spent already.

    What a curve's lines delivered is shared among them as they were planned in that period, to the minor unit.

    Args:
        keys: the curve of each row, by row id. over: the last day that is over.
    """
    if not is_dated(plan.periods):
        return Replan(plan, (), {})
    actuals: list[Actual] = []
    parts: dict[tuple[str, str], int] = {}
    spent: dict[tuple[str, str], int] = {}
    for at, period in enumerate(plan.periods):
        if period.start > over:
            continue
        for key, rows in rows_by_curve(plan, keys).items():
            planned = [row.cells[at].budget_minor for row in rows]
            found = _sum(delivered.by_curve[key], period, over) if key in delivered.by_curve else None
            is_over, through = period.end <= over, delivered.through
            known = found is not None and sum(planned) > 0 and (not is_over or (through is not None and through >= period.end))
            state: State = "running" if not is_over else "over" if known else "unknown"
            actuals.append(Actual(curve_name(key, rows), period.key, state, sum(planned), found))
            if known and found is not None:
                shares = {(row.id, period.key): part for row, part in zip(rows, split_minor(found, planned), strict=True)}
                (parts if is_over else spent).update(shares)
    table = replace(plan, rows=tuple(_with(row, parts) for row in plan.rows))
    return Replan(table, tuple(item for item in actuals if item.planned_minor > 0 or item.delivered_minor is not None), spent)


def past_rules(mid: Replan, over: date | None) -> dict[str, str]:
    """Give the rules of the optimiser's problem that are deliveries, not wishes, with what they say."""
    table, rules = mid.table, {}
    for row in table.rows:
        for period, cell in zip(table.periods, row.cells, strict=True):
            rule, where = f"cell:{cell_id(row, cell.period)}", f"{row.label}, {period_label(period)}"
            if over is not None and period.end <= over:
                rules[f"{rule}:locked"] = f"what is over for {where} ({to_major(cell.budget_minor, table.currency):,})"
            elif (row.id, cell.period) in mid.spent and not (row.locked or cell.locked):
                rules[f"{rule}:min"] = f"what is spent already for {where} ({to_major(mid.spent[row.id, cell.period], table.currency):,})"
    return rules


def _sum(by_day: Mapping[date, int], period: Period, over: date) -> int:
    return sum(amount for day, amount in by_day.items() if period.start <= day <= min(period.end, over))


def _with(row: DistributionRow, parts: Mapping[tuple[str, str], int]) -> DistributionRow:
    return replace(row, cells=tuple(replace(cell, budget_minor=parts.get((row.id, cell.period), cell.budget_minor)) for cell in row.cells))
