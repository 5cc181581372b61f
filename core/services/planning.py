"""Planning a budget: the plan's own table as the start, a split under wishes, what it should bring, and scenarios side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args
from uuid import UUID

import numpy as np

from core.access import AccessContext, Permission
from core.errors import InvalidInput
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.flight import Period, months_between
from core.model.interval import Interval
from core.model.money import minor_exponent, split_minor
from core.model.reading import LineItem
from core.planning.allocation.problem import Curve, Draws
from core.planning.channels import match_name
from core.planning.history import Kpi
from core.planning.optimising import Wanted, cell_id
from core.planning.outlook import Outlook, expect, gained
from core.planning.split import Method, Split, SplitRequest, Wish, check_room, clash_of, laid_out, split_budget, wish_groups
from core.runtime import Runtime
from core.services.dividing import divide
from core.services.files import PlanView, open_plan
from core.services.performance import list_performance
from core.services.response import FitView, fit_response, latest_fit

_DRAWS = 60
"""Posterior draws an answer in a conversation is computed with; enough for a mean and its 90% interval."""


@dataclass(frozen=True, slots=True)
class Performance:
    """What the past says about each channel, as plain data.

    Attributes:
        kpi: its name in the series; `kpi_kind` is `revenue`, `conversions`, ...
        period_days: days of one row of the series.
        draws: posterior Hill triples for spend in major units per period of the series, by channel.
        returns: KPI per unit of spend with its 90% interval, by channel.
        evidence: `strong`, `some` or `prior`, by channel.
        of_workspace: the workspace's newest fit, with its carry-over and season, rather than a series of the talk.
    """

    kpi: str
    kpi_kind: str
    period_days: int
    draws: dict[str, tuple[tuple[float, float, float], ...]]
    returns: dict[str, tuple[float, float, float]]
    marginal_returns: dict[str, tuple[float, float, float]]
    evidence: dict[str, str]
    spend_seen: dict[str, tuple[float, float]]
    r2: float | None
    warnings: tuple[str, ...]
    dates: tuple[str, ...]
    kpi_values: tuple[float, ...]
    spend: dict[str, tuple[float, ...]]
    of_workspace: bool = False


@dataclass(frozen=True, slots=True)
class BudgetRequest:
    """A budget to plan.

    Attributes:
        start, end: both inclusive; None for the plan's own periods.
        scope: row ids to plan for, empty for all.
        method: None chooses `response` where the past is known for a channel, else `last_plan`.
        smallest_minor: by response an amount is nothing, or at least this much; None chooses, 0 is any amount.
    """

    base: Distribution
    total_minor: int
    wishes: tuple[Wish, ...] = ()
    method: Method | None = None
    performance: Performance | None = None
    scope: tuple[str, ...] = ()
    smallest_minor: int | None = None


@dataclass(frozen=True, slots=True)
class BudgetView:
    """A planned budget, how it was made and what it should bring (None without performance data).

    Attributes:
        smallest_minor: an amount is nothing, or at least this much; 0 where any amount was planned.
    """

    split: Split
    method: Method
    outlook: Outlook | None
    before: Outlook | None
    smallest_minor: int = 0


def plan_of(
    ctx: AccessContext, rt: Runtime, file_id: UUID, *, alternative: str | None = None
) -> tuple[PlanView, Distribution, dict[str, LineItem]]:
    """Open a plan as the table a planner edits, with the line item behind each row.

    Args:
        alternative: tab of the table to take among alternatives; the first where none is named.
    """
    from core.sheets.writing.distribution import located, plan_tables, to_distribution

    ctx.require(Permission.READ)
    view = open_plan(ctx, rt, file_id)
    kept = tuple(t for t in view.reading.tables if alternative is None or t.alternative_group is None or t.tab == alternative)
    tables = plan_tables(replace(view.reading, tables=kept))
    distribution = to_distribution(tables, view.workbook)
    behind = {row_id: item for row_id, (_, item) in located(tables, distribution.rows).items()}
    return view, distribution, behind


def limit_periods(base: Distribution, start: date, end: date) -> Distribution:
    """Give the table for some days: the plan's own periods where they fill them, else calendar months in proportion to each row's total."""
    kept = [n for n, period in enumerate(base.periods) if start <= period.start and period.end <= end]
    if kept and sum(base.periods[n].days for n in kept) >= (end - start).days + 1:
        rows = tuple(replace(row, cells=tuple(row.cells[n] for n in kept)) for row in base.rows)
        if any(row.total_minor for row in rows):
            return replace(base, periods=tuple(base.periods[n] for n in kept), rows=rows)
    months = tuple(months_between(start, end))
    days = [month.days for month in months]
    return replace(base, periods=months, rows=tuple(_in_months(row, months, days) for row in base.rows))


def _in_months(row: DistributionRow, months: Sequence[Period], days: Sequence[int]) -> DistributionRow:
    """Spread a row's total over months by days; a month that the sheet has keeps its cell."""
    cells = {cell.period: cell.source_cell for cell in row.cells}
    parts = split_minor(row.total_minor, days)
    return replace(
        row, cells=tuple(DistributionCell(m.key, part, source_cell=cells.get(m.key)) for m, part in zip(months, parts, strict=True))
    )


def plan_budget(ctx: AccessContext, rt: Runtime, request: BudgetRequest) -> BudgetView:
    """Split a total under wishes and tell what it should bring.

    Raises:
        RuleViolation: the wishes cannot hold together; nothing was planned.
    """
    from core.planning.allocation import optimise

    ctx.require(Permission.READ)
    base = request.base
    if request.scope:
        base = replace(base, rows=tuple(row for row in base.rows if row.id in request.scope))
    names = curve_names(base, request.performance)
    method = request.method or ("response" if names else "last_plan")
    draws = period_draws(request.performance, base) if request.performance is not None and names else {}
    curves = {name: {key: _curve(t) for key, t in by_period.items()} for name, by_period in draws.items()}
    wanted = SplitRequest(base, request.total_minor, request.wishes, method, curves, names)
    smallest = 0
    if method == "response" and request.performance is not None and request.performance.of_workspace:
        split, smallest = _divided(ctx, rt, wanted, request.smallest_minor)
    else:
        split = split_budget(wanted, optimise)
    outlook = expected(split.distribution, request.performance)
    return BudgetView(split, method, outlook, expected(base, request.performance), smallest)


def _divided(ctx: AccessContext, rt: Runtime, request: SplitRequest, smallest_minor: int | None) -> tuple[Split, int]:
    """Split as the planner's page does, with carry-over and season, and give the least amount that was planned besides nothing."""
    check_room(request)
    table = _without_sheet(request.base)
    groups = wish_groups(
        request.wishes, request.total_minor, {row.id: [cell_id(row, cell.period) for cell in row.cells] for row in table.rows}
    )
    found = divide(ctx, rt, table, Wanted(budget_minor=request.total_minor, smallest_minor=smallest_minor), groups=groups)
    if found.result.status == "infeasible":
        raise clash_of(found.result, request.base.currency)
    minors = {(row.id, cell.period): cell.budget_minor for row in found.table.rows for cell in row.cells}
    return Split(laid_out(request, minors), found.result), found.setting.smallest_minor


def _without_sheet(base: Distribution) -> Distribution:
    """Free what a sheet has no cell for in periods that it does not have; elsewhere such an amount stays."""
    known = {cell.period for row in base.rows for cell in row.cells if cell.source_cell is not None}
    rows = tuple(
        replace(
            row,
            source_tab=None,
            locked=False,
            cells=tuple(
                replace(cell, locked=row.source_tab is not None and cell.source_cell is None and cell.period in known) for cell in row.cells
            ),
        )
        for row in base.rows
    )
    return replace(base, rows=rows)


def expected(distribution: Distribution, performance: Performance | None) -> Outlook | None:
    """Give what a distribution should bring, None where the past of none of its channels is known."""
    names = curve_names(distribution, performance)
    if performance is None or not names:
        return None
    per_major = 10 ** minor_exponent(distribution.currency)
    return expect(distribution, period_draws(performance, distribution), names, minor_per_major=per_major)


def gain(before: Distribution, after: Distribution, performance: Performance) -> Interval:
    """Give what one distribution should bring more than another, with its 90% interval."""
    return gained(before, after, period_draws(performance, before), curve_names(before, performance))


def curve_names(distribution: Distribution, performance: Performance | None) -> dict[str, str]:
    """Match each row to the channel of the series that means the same, by its own words; unmatched rows are left out."""
    if performance is None:
        return {}
    known = tuple(performance.draws)
    found: dict[str, str] = {}
    for row in distribution.rows:
        for name in (row.channel, row.publisher, row.campaign, row.label):
            match = match_name(name, known) if name else None
            if match is not None:
                found[row.id] = match
                break
    return found


def period_draws(performance: Performance, distribution: Distribution) -> dict[str, dict[str, list[list[float]]]]:
    """Give the Hill triples for a whole period of the table and spend in minor units.

    A month of n data periods with spend X responds as n periods with X / n each: scale and half saturation grow n-fold.
    """
    minor = 10.0 ** minor_exponent(distribution.currency)
    result: dict[str, dict[str, list[list[float]]]] = {}
    for name, draws in performance.draws.items():
        result[name] = {}
        for period in distribution.periods:
            n = min(period.days, 366) / performance.period_days
            result[name][period.key] = [[scale * n, half * n * minor, shape] for scale, half, shape in draws]
    return result


def _curve(triples: Sequence[Sequence[float]]) -> Curve:
    return Draws(tuple((t[0], t[1], t[2]) for t in triples))


def fit_performance(ctx: AccessContext, rt: Runtime, *, series_csv: str, spec: Mapping[str, object]) -> Performance:
    """Fit the response of each channel to a performance series.

    Raises:
        InvalidInput: a column is missing or a cell cannot be read; the message names it.
    """
    from core.planning.response import build_series, fit, parse_csv, parse_spec

    ctx.require(Permission.READ)
    parsed = parse_spec(spec)
    rows = parse_csv(series_csv)
    series = build_series(rows, parsed)
    result = fit(series, parsed, seed=0)
    step = max(1, len(result.channels[0].curve_draws) // _DRAWS)
    return Performance(
        kpi=parsed.kpi,
        kpi_kind=parsed.kpi_kind,
        period_days=result.period_days,
        draws={c.name: tuple((float(a), float(b), float(s)) for a, b, s in c.curve_draws[::step][:_DRAWS]) for c in result.channels},
        returns={c.name: (c.return_per_unit.mean, c.return_per_unit.low, c.return_per_unit.high) for c in result.channels},
        marginal_returns={
            c.name: (c.marginal_return_per_unit.mean, c.marginal_return_per_unit.low, c.marginal_return_per_unit.high)
            for c in result.channels
        },
        evidence={c.name: c.evidence for c in result.channels},
        spend_seen={c.name: (float(c.spend_range_seen[0]), float(c.spend_range_seen[1])) for c in result.channels},
        r2=result.fit.r2,
        warnings=tuple(w.message for w in result.warnings),
        dates=tuple(str(day) for day in series.dates),
        kpi_values=_by_date(series.kpi),
        spend={name: _by_date(series.spend[:, :, n]) for n, name in enumerate(series.channels)},
    )


def fit_attached(ctx: AccessContext, rt: Runtime, *, currency: str | None) -> FitView:
    """Fit the workspace's curves with what was just imported, on conversions or else on value; takes a few seconds.

    Raises:
        InvalidInput: there is too little of every one of them.
    """
    ctx.require(Permission.EDIT_DRAFT)
    refused: InvalidInput | None = None
    for kpi in get_args(Kpi):
        try:
            return fit_response(ctx, rt, kpi, currency=currency)
        except InvalidInput as error:
            refused = refused or error
    raise refused or InvalidInput("There is no performance data.")


def workspace_performance(ctx: AccessContext, rt: Runtime, *, currency: str | None) -> Performance | None:
    """Give the workspace's own performance with its newest response curves; None without a fit, or where it is in another currency.

    Args:
        currency: of the plan; None takes the curves as they are.
    """
    ctx.require(Permission.READ)
    found = latest_fit(ctx, rt, currency=currency)
    history = list_performance(ctx, rt, currency=found.currency).history if found is not None else None
    if found is None or history is None:
        return None
    answers = {answer["name"]: answer for answer in found.answer["channels"]}

    def ends(name: str, key: str) -> tuple[float, float, float]:
        return answers[name][key]["mean"], answers[name][key]["low"], answers[name][key]["high"]

    step = max(1, min(len(draws) for draws in found.draws.values()) // _DRAWS)
    return Performance(
        kpi=found.kpi,
        kpi_kind="revenue" if found.kpi == "value" else found.kpi,
        period_days=7,
        draws={name: tuple((float(a), float(b), float(s)) for a, b, s in draws[::step][:_DRAWS]) for name, draws in found.draws.items()},
        returns={name: ends(name, "return_per_unit") for name in answers},
        marginal_returns={name: ends(name, "marginal_return_per_unit") for name in answers},
        evidence={name: answer["evidence"] for name, answer in answers.items()},
        spend_seen={name: (float(answer["spend_range_seen"][0]), float(answer["spend_range_seen"][1])) for name, answer in answers.items()},
        r2=found.answer["fit"]["r2"],
        warnings=tuple(warning["message"] for warning in found.answer["warnings"]),
        dates=tuple(str(week) for week in history.weeks),
        kpi_values=_by_date(history.kpi(found.kpi)),
        spend={name: tuple(float(value) for value in history.channel(name).spend) for name in answers if name in history.channels},
        of_workspace=True,
    )


def _by_date(by_market: np.ndarray) -> tuple[float, ...]:
    """Add up markets (M, T), so that one number a date remains; unknown values count nothing."""
    return tuple(float(value) for value in np.nansum(by_market, axis=0))
