"""A budget table as an allocation problem and back: locks, bounds and totals become rules, the answer becomes amounts and words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from core.errors import InvalidInput
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.money import ExchangeRate, minor_exponent, to_major
from core.planning.allocation.felt import Felt
from core.planning.allocation.problem import Cell, Curve, Draws, Group, Points, Problem, Result, Target
from core.planning.channels import CurveKey
from core.planning.fees import ClientTotal
from core.planning.flighting import Flow, no_carry
from core.planning.split import scaled
from core.planning.splitting import period_label

_LEAST_SHARE = 0.01
"""Of a curve, for a row that spends nothing beside others that do."""
_BOOKABLE = 100
"""An average amount is worth this many of the smallest that is booked."""
Goal = Literal["budget", "cpa", "roas", "marginal_cpa", "marginal_roas"]


@dataclass(frozen=True, slots=True)
class RowCurves:
    """The curves that a table is planned with.

    Attributes:
        keys: which curve each row has, by row id.
        by_key: response for spend in minor units over one whole period, by curve, then Period.key.
    """

    keys: Mapping[str, CurveKey]
    by_key: Mapping[CurveKey, Mapping[str, Curve]]

    def of(self, row: DistributionRow, period: str) -> Curve:
        found = self.by_key.get(self.keys[row.id], {}).get(period)
        if found is None:
            raise InvalidInput(f"There is no response curve for {channel_of(row)} in {period}.")
        return found

    def shares(self, distribution: Distribution) -> dict[str, float]:
        """Give each row's part of the present spend of all rows with its curve; alike where they have none."""
        shares: dict[str, float] = {}
        for rows in rows_by_curve(distribution, self.keys).values():
            spends = [max(0, row.total_minor) for row in rows]
            parts = [max(spend / sum(spends), _LEAST_SHARE) if sum(spends) > 0 else 1.0 for spend in spends]
            shares |= {row.id: part / sum(parts) for row, part in zip(rows, parts, strict=True)}
        return shares

    def in_season(self, season: Mapping[str, float]) -> RowCurves:
        """Give the curves with each period's response at its season's level."""
        by_key = {
            key: {period: _times(curve, season.get(period, 1.0)) for period, curve in by_period.items()}
            for key, by_period in self.by_key.items()
        }
        return RowCurves(self.keys, by_key)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to optimise for, and what to hold besides the table's own locks and bounds.

    Attributes:
        goal: spend a budget, or plan for a target.
        kpi: what a result is; None takes what the newest curves count.
        budget_minor: the budget; None takes the fixed total, else what the table sums to.
        value: the target, CPA in minor units, ROAS as a ratio.
        hold_periods: each period keeps its present total (budget only).
        max_change_ratio: how far an amount may move, as a share of it; None is any way.
        step_minor: amounts are multiples of this.
        smallest_minor: an amount is nothing, or at least this much, where a row does not say itself; None chooses (`smallest_bookable`).
        risk_quantile: plan for this quantile of the posterior; None for the mean.
        frozen_through: periods that end by this day are over: what was delivered, or else what was planned, stays.
        rate: brings curves fitted in another currency into the plan's; None where they are in the plan's own.
        client_total: what the client pays in all, where the budget is the working media of it.
    """

    goal: Goal = "budget"
    kpi: Literal["conversions", "value"] | None = None
    budget_minor: int | None = None
    value: float | None = None
    hold_periods: bool = False
    max_change_ratio: float | None = None
    step_minor: int = 1
    smallest_minor: int | None = None
    risk_quantile: float | None = None
    frozen_through: date | None = None
    rate: ExchangeRate | None = None
    client_total: ClientTotal | None = None


def rows_by_curve(distribution: Distribution, keys: Mapping[str, CurveKey]) -> dict[CurveKey, list[DistributionRow]]:
    """Put the rows of one curve together, in the order of the table."""
    found: dict[CurveKey, list[DistributionRow]] = {}
    for row in distribution.rows:
        found.setdefault(keys[row.id], []).append(row)
    return found


def curve_name(key: CurveKey, rows: Sequence[DistributionRow]) -> str:
    """Give the name under which a curve's rows are shown: the plan's channels, and the market where the curve is a market's."""
    channels = " + ".join(dict.fromkeys(channel_of(row) for row in rows))
    return channels if key[1] is None else f"{channels}, {key[1]}"


def channel_of(row: DistributionRow) -> str:
    """Give the name under which a row's response curve is looked up."""
    return row.channel or row.label


def to_problem(
    distribution: Distribution,
    curves: RowCurves,
    wanted: Wanted,
    *,
    value_per_response_minor: float | None = None,
    spent: Mapping[tuple[str, str], int] | None = None,
) -> Problem:
    """Lay a table out as an allocation problem, one cell an amount.

    Rows of one curve share it by their present spend: a row with half of it responds like half the curve.

    Args:
        value_per_response_minor: needed by the ROAS goals.
        spent: what amounts of running periods may not fall below, by row id and period.
    Raises:
        InvalidInput: no currency, no rows, a channel without a curve, or a goal that lacks its value.
    """
    if distribution.currency is None:
        raise InvalidInput("The plan does not say its currency.", hint="Answer that question on the plan's page first.")
    if not distribution.rows or not distribution.periods:
        raise InvalidInput("The plan has no amounts to optimise.")
    shares = curves.shares(distribution)
    least = {} if spent is None else spent
    cells = tuple(
        _bookable(
            _at_least(
                _cell(row, place, scaled(curves.of(row, place.period), shares[row.id]), _is_held(distribution, row, at, wanted), wanted),
                least.get((row.id, place.period)),
            ),
            row,
            wanted,
        )
        for row in distribution.rows
        for at, place in enumerate(row.cells)
    )
    fixed = distribution.fixed_total_minor
    budget = wanted.budget_minor if wanted.budget_minor is not None else distribution.total_minor if fixed is None else fixed
    return Problem(
        currency=distribution.currency,
        cells=cells,
        budget_minor=budget if wanted.goal == "budget" else None,
        target=None if wanted.goal == "budget" else _target(wanted, value_per_response_minor),
        groups=(*_row_groups(distribution), *(_period_groups(distribution) if wanted.hold_periods and wanted.goal == "budget" else ())),
        max_live_cells=distribution.max_live_amounts,
        max_change_ratio=wanted.max_change_ratio,
        risk_quantile=wanted.risk_quantile,
    )


def to_felt(distribution: Distribution, curves: RowCurves, flow: Flow) -> Felt:
    """Lay out where the problem's cells are felt: each row's periods, then the time after them, on its part of its curve."""
    shares, periods = curves.shares(distribution), distribution.periods
    count, places = len(periods), len(periods) + 1
    matrix = np.zeros((len(distribution.rows) * places, len(distribution.rows) * count))
    offsets, felt_curves = np.zeros(len(matrix)), []
    for at, row in enumerate(distribution.rows):
        carry = flow.carry.get(curves.keys[row.id]) or no_carry(periods)
        rows, share = slice(at * places, (at + 1) * places), shares[row.id]
        matrix[rows, at * count : (at + 1) * count] = carry.matrix
        offsets[rows] = carry.carried_in * share
        own = [curves.of(row, period.key) for period in periods]
        felt_curves += [scaled(curve, share) for curve in (*own, scaled(own[-1], float(carry.days[-1]) / periods[-1].days))]
    return Felt(matrix, offsets, tuple(felt_curves))


def _times(curve: Curve, ratio: float) -> Curve:
    if isinstance(curve, Draws):
        return replace(curve, draws=tuple((scale * ratio, half, shape) for scale, half, shape in curve.draws))
    if isinstance(curve, Points):
        return Points(tuple((x, y * ratio) for x, y in curve.points))
    return replace(curve, scale=curve.scale * ratio)


def to_table(distribution: Distribution, result: Result, wanted: Wanted) -> Distribution:
    """Put an answer's amounts into the table."""
    rows = tuple(
        replace(
            row,
            cells=tuple(replace(cell, budget_minor=result.allocation[cell_id(row, cell.period)]) for cell in row.cells),
        )
        for row in distribution.rows
    )
    fixed = distribution.fixed_total_minor
    return replace(distribution, rows=rows, fixed_total_minor=None if fixed is None else result.budget_minor)


def cell_id(row: DistributionRow, period: str) -> str:
    """Give the id of an amount in problems and answers."""
    return f"{row.id}|{period}"


def rule_words(rule: str, distribution: Distribution) -> str:
    """Say a rule's name of the allocator in the words of the table."""
    periods = {period.key: period_label(period) for period in distribution.periods}
    names = {cell_id(row, cell.period): f"{row.label}, {periods[cell.period]}" for row in distribution.rows for cell in row.cells}
    rows = {row.id: row.label for row in distribution.rows}
    fixed = {
        "budget": "the budget",
        "target": "the target",
        "max_change_ratio": "the largest change",
        "max_live_cells": "the most amounts above zero",
    }
    if rule in fixed:
        return fixed[rule]
    kind, _, rest = rule.partition(":")
    owner, _, field = rest.rpartition(":")
    what = {"min": "minimum of", "max": "maximum of", "locked": "lock on", "step": "rounding of", "zero_or_at_least": "threshold of"}[field]
    if kind == "cell":
        return f"the {what} {names.get(owner, owner)}"
    of_what, _, key = owner.partition(":")
    return f"the {what} {rows.get(key, key)}" if of_what == "row" else f"the total of {periods.get(key, key)}"


def way_words(rule: str, to: float | None, distribution: Distribution) -> str:
    """Say a way out of a conflict in the words of the table."""
    if to is None:
        return f"Drop {rule_words(rule, distribution)}."
    money = rule == "budget" or rule.rpartition(":")[2] in ("min", "max", "locked", "zero_or_at_least", "step")
    shown = f"{distribution.currency or ''} {to_major(int(to), distribution.currency):,}" if money else f"{to:,.4g}"
    return f"Set {rule_words(rule, distribution)} to {shown}."


def _is_held(distribution: Distribution, row: DistributionRow, at: int, wanted: Wanted) -> bool:
    """Tell whether an amount stays: locked, without a cell in the sheet, or in a period that is over."""
    cell = row.cells[at]
    over = wanted.frozen_through is not None and distribution.periods[at].end <= wanted.frozen_through
    return row.locked or cell.locked or over or (row.source_tab is not None and cell.source_cell is None)


def _cell(row: DistributionRow, cell: DistributionCell, curve: Curve, held: bool, wanted: Wanted) -> Cell:
    return Cell(
        id=cell_id(row, cell.period),
        curve=curve,
        channel=channel_of(row),
        period=cell.period,
        market=row.market,
        current_minor=cell.budget_minor,
        min_minor=None if held else cell.min_minor,
        max_minor=None if held else cell.max_minor,
        locked_minor=cell.budget_minor if held else None,
        zero_or_at_least_minor=None if held else row.zero_or_at_least_minor,
        step_minor=1 if held else wanted.step_minor if row.step_minor is None else row.step_minor,
    )


def _at_least(cell: Cell, spent: int | None) -> Cell:
    """Keep an amount from falling below what is spent already; a lock is left to clash or hold by itself."""
    if spent is None or cell.locked_minor is not None or spent <= (0 if cell.min_minor is None else cell.min_minor):
        return cell
    return replace(cell, min_minor=-(-spent // cell.step_minor) * cell.step_minor)


def _bookable(cell: Cell, row: DistributionRow, wanted: Wanted) -> Cell:
    """Let an amount be nothing or large enough to be booked, where nothing is allowed and the limits leave room for it."""
    smallest = 0 if wanted.smallest_minor is None else wanted.smallest_minor
    most = min((limit for limit in (cell.max_minor, row.max_minor) if limit is not None), default=smallest)
    stated = cell.locked_minor is not None or row.zero_or_at_least_minor is not None or (cell.min_minor is not None and cell.min_minor > 0)
    return cell if stated or not 0 < smallest <= most else replace(cell, zero_or_at_least_minor=smallest)


def smallest_bookable(distribution: Distribution, budget_minor: int) -> int:
    """Give the least amount that is worth a booking, in minor units.

    A hundredth of what the budget leaves each amount on average, down to 1, 2 or 5 times a power of ten, at least one major unit;
    never more than the least amount of that size that the table has already.
    """
    amounts = [cell.budget_minor for row in distribution.rows for cell in row.cells]
    unit = minor_per_major(distribution.currency)
    share = budget_minor / (_BOOKABLE * max(len(amounts), 1) * unit)
    power = 10.0 ** math.floor(math.log10(max(share, 1.0)))
    nice = max(size * power for size in (1, 2, 5) if size * power <= max(share, 1.0))
    return min([round(nice * unit), *(amount for amount in amounts if amount >= unit)])


def booked_words(smallest_minor: int, currency: str | None) -> str | None:
    """Say from which amount on is planned; None where any amount is."""
    if smallest_minor <= 0:
        return None
    amount = f"{currency or ''} {to_major(smallest_minor, currency):,}".strip()
    return f"An amount below {amount} is not planned: a line has nothing in a period, or at least that (set another under Limits)."


def _row_groups(distribution: Distribution) -> list[Group]:
    return [
        Group(f"row:{row.id}", tuple(cell_id(row, cell.period) for cell in row.cells), row.min_minor, row.max_minor)
        for row in distribution.rows
        if row.min_minor is not None or row.max_minor is not None
    ]


def _period_groups(distribution: Distribution) -> list[Group]:
    groups = []
    for at, period in enumerate(distribution.periods):
        total = sum(row.cells[at].budget_minor for row in distribution.rows)
        groups.append(Group(f"period:{period.key}", tuple(cell_id(row, period.key) for row in distribution.rows), total, total))
    return groups


def _target(wanted: Wanted, value_per_response_minor: float | None) -> Target:
    if wanted.value is None or wanted.value <= 0 or wanted.goal == "budget":
        raise InvalidInput("A target needs a value above zero.")
    if wanted.goal.endswith("roas") and value_per_response_minor is None:
        raise InvalidInput("A ROAS target needs revenue data; these curves count conversions.", hint="Choose a cost per conversion.")
    return Target(wanted.goal, wanted.value, value_per_response_minor)


def minor_per_major(currency: str | None) -> float:
    return 10.0 ** minor_exponent(currency)
