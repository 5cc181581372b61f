"""Optimise a budget table from the workspace's response curves: the better table, what it brings, why, and the curves behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.access import AccessContext, Permission
from core.model.distribution import Distribution
from core.model.interval import Interval
from core.planning.allocation import Result
from core.planning.confidence import Confidence
from core.planning.forecast import Expected
from core.planning.history import Kpi
from core.planning.midflight import Actual, past_rules
from core.planning.optimising import (
    Wanted,
    booked_words,
    curve_name,
    minor_per_major,
    rows_by_curve,
    rule_words,
    to_table,
    way_words,
)
from core.planning.splitting import period_label
from core.runtime import Runtime
from core.services.curve_paths import CurvePath, draw_paths
from core.services.dividing import Divided, Setting, carries, divide, setting_of
from core.services.forecast import ForecastView, forecast_distribution
from core.services.performance import list_performance
from core.services.response import fit_response, latest_fit

_COSTS = 1e-6  # of the response: what costs less costs nothing
_MEAN_IS_SURER = (
    "By all draws of the forecast the plan for the expected outcome also holds more in bad cases than the careful one that was found: "
    "it is the one shown, and what is proven is its expected outcome."
)
_FRONTIER = (0.6, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a table should bring, with 90% ranges; value in major units, CPA and ROAS per major unit."""

    total_minor: int
    conversions: Interval | None
    value: Interval | None
    cpa: Interval | None
    roas: Interval | None
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Change:
    """One line item before and after; `next_thousand` is what 1,000 more (major units) would add to it, in responses."""

    row_id: str
    label: str
    was_minor: int
    now_minor: int
    next_thousand: float


@dataclass(frozen=True, slots=True)
class Price:
    """A rule that binds, in words, and what easing it by 1,000 (major units) would add, in responses; locks: what they cost in all."""

    says: str
    response: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a scenario.

    Attributes:
        kpi: what a response is; None without curves.
        status: `optimal`, `within_gap`, `infeasible`; None for a table that was not optimised.
        frontier: (budget in minor units, expected response) of the best tables for other budgets.
        conflict, ways_out: in words, when the rules clash.
        notes: what a person should know before trusting it.
        actuals: periods that are over or running, with what was delivered. left_minor: what of the budget was left to divide.
        channels: (channel, outcome before, outcome now) by the forecast; channels that cannot be forecast are missing.
        carried_in: by channel, what of spend before the plan is still felt in it, in minor units.
    """

    now: Figures
    before: Figures
    kpi: Kpi | None = None
    status: str | None = None
    gap_ratio: float | None = None
    response: float | None = None
    was_response: float | None = None
    changes: tuple[Change, ...] = ()
    binding: tuple[Price, ...] = ()
    lock_prices: tuple[Price, ...] = ()
    curves: tuple[CurvePath, ...] = ()
    frontier: tuple[tuple[int, float], ...] = ()
    conflict: tuple[str, ...] = ()
    ways_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_made: bool = False
    actuals: tuple[Actual, ...] = ()
    left_minor: int | None = None
    carried_in: tuple[tuple[str, int], ...] = ()
    channels: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Optimised:
    """The better table and its outcome; the table is the one given where the rules clash."""

    distribution: Distribution
    outcome: Outcome


def ensure_curves(ctx: AccessContext, rt: Runtime, wanted: Wanted, *, currency: str | None) -> str:
    """Give the id of the newest fit of the KPI in the plan's currency, made now when there is performance but no fit of it yet.

    Raises:
        InvalidInput: there is no performance to fit.
    """
    ctx.require(Permission.EDIT_DRAFT)
    currency = currency if wanted.rate is None else wanted.rate.base
    found = latest_fit(ctx, rt, wanted.kpi, currency=currency)
    if found is None:
        found = fit_response(ctx, rt, "conversions" if wanted.kpi is None else wanted.kpi, currency=currency)
    return str(found.fit_id)


def optimise_table(ctx: AccessContext, rt: Runtime, distribution: Distribution, wanted: Wanted) -> Optimised:
    """Find the best table within its locks and bounds; what is over is what was delivered, and the rest of the budget is divided.

    Raises:
        InvalidInput: no curves, another currency, or a goal that lacks its value.
    """
    ctx.require(Permission.EDIT_DRAFT)
    divided = divide(ctx, rt, distribution, wanted)
    if divided.result.status == "infeasible":
        return _clashing(ctx, rt, distribution, divided.setting, divided.result)
    surer = _surer(ctx, rt, distribution, divided)
    setting, result, table = surer.setting, surer.result, surer.table
    outcome = _outcome(ctx, rt, (distribution, table), setting, result)
    views = setting.views
    made = any(view.source == "fit" for view in views.values()) and list_performance(ctx, rt, currency=distribution.currency).is_made
    return Optimised(
        table,
        replace(
            outcome,
            kpi=setting.kpi,
            curves=draw_paths(distribution, table, views, setting.curves.keys),
            notes=_notes(setting) if surer is divided else (*_notes(setting), _MEAN_IS_SURER),
            is_made=made,
            **_carried(setting, table),
        ),
    )


def _surer(ctx: AccessContext, rt: Runtime, distribution: Distribution, careful: Divided) -> Divided:
    """Give a careful plan, or the one for the expected outcome where that holds more in bad cases too.

    The search for a quantile goes by a few draws of the posterior; the forecast, which people see, has all of them.
    """
    wanted = careful.setting.wanted
    if wanted.risk_quantile is None or wanted.goal != "budget":
        return careful
    expected = divide(ctx, rt, distribution, replace(wanted, risk_quantile=None))
    lows = []
    for plan in (careful, expected):
        draws = forecast_distribution(ctx, rt, plan.table, kpi=wanted.kpi, rate=wanted.rate).forecast.draws.get(plan.setting.kpi)
        lows.append(0.0 if draws is None else float(np.quantile(draws, wanted.risk_quantile)))
    return expected if expected.result.status != "infeasible" and lows[1] > lows[0] else careful


def _carried(setting: Setting, table: Distribution) -> dict[str, Any]:
    """Give the part of an outcome that says what was frozen and what is carried in."""
    ended = {item.period for item in setting.mid.actuals if item.state != "running"}
    kept = sum(cell.budget_minor for row in table.rows for cell in row.cells if cell.period in ended)
    rows = rows_by_curve(table, setting.curves.keys)
    carry = {} if setting.flow is None else setting.flow.carry
    felt = {curve_name(key, own): round(float(carry[key].carried_in.sum())) for key, own in rows.items() if key in carry}
    return {
        "actuals": setting.mid.actuals,
        "left_minor": table.total_minor - kept if ended else None,
        "carried_in": tuple((channel, amount) for channel, amount in felt.items() if amount >= minor_per_major(table.currency))
        if carries(setting.wanted)
        else (),
    }


def frontier(ctx: AccessContext, rt: Runtime, distribution: Distribution, wanted: Wanted) -> tuple[tuple[int, float], ...]:
    """Give the expected response of the best tables for budgets around the present one; budgets that cannot be are left out.

    The tables are judged by the forecast that judges the scenario itself, so that its point and this line agree.
    """
    ctx.require(Permission.EDIT_DRAFT)
    setting = setting_of(ctx, rt, distribution, replace(wanted, risk_quantile=None))
    whole = setting.wanted.budget_minor if setting.wanted.budget_minor is not None else distribution.total_minor
    points = []
    for share in _FRONTIER:
        budget = round(whole * share)
        loose = replace(wanted, goal="budget", value=None, budget_minor=budget, hold_periods=False, step_minor=1, risk_quantile=None)
        result = setting.solve(loose, in_full=False)
        if result.response is not None:
            table = to_table(setting.mid.table, result, loose)
            expected = forecast_distribution(ctx, rt, table, kpi=wanted.kpi, rate=wanted.rate).forecast.total[setting.kpi]
            points.append((budget, result.response if expected is None else expected.mean))
    return tuple(points)


def judge_table(
    ctx: AccessContext,
    rt: Runtime,
    distribution: Distribution,
    *,
    base: Distribution,
    notes: Sequence[str] = (),
    wanted: Wanted | None = None,
) -> Outcome:
    """Say what a table should bring as it is; works without curves too, from published figures."""
    ctx.require(Permission.READ)
    kpi, rate = (None, None) if wanted is None else (wanted.kpi, wanted.rate)
    now = forecast_distribution(ctx, rt, distribution, kpi=kpi, rate=rate)
    before = now if base == distribution else forecast_distribution(ctx, rt, base, kpi=kpi, rate=rate)
    return Outcome(
        now=_figures(distribution, now),
        before=_figures(base, before),
        kpi=now.kpi,
        changes=_changes(base, distribution, {}),
        channels=_by_channel(before, now),
        notes=tuple(notes),
        is_made=now.is_made,
    )


def _by_channel(before: ForecastView, now: ForecastView) -> tuple[tuple[str, float, float], ...]:
    """Give each channel's outcome in both tables; a channel without spend in one of them brings nothing there."""
    found: list[tuple[str, float, float]] = []
    for channel, expected in now.forecast.by_channel.items():
        earlier = before.forecast.by_channel.get(channel)
        was, is_now = (None if one is None or now.kpi is None else one[now.kpi] for one in (earlier, expected))
        if was is not None or is_now is not None:
            found.append((channel, 0.0 if was is None else was.mean, 0.0 if is_now is None else is_now.mean))
    return tuple(found)


def _outcome(ctx: AccessContext, rt: Runtime, tables: tuple[Distribution, Distribution], setting: Setting, result: Result) -> Outcome:
    """Judge the better table (the second) beside the one it came from."""
    base, table = tables
    wanted, past = setting.wanted, past_rules(setting.mid, setting.wanted.frozen_through)
    over = {period.key for period in base.periods if wanted.frozen_through is not None and period.end <= wanted.frozen_through}
    next_thousand = {item.cell: item.response for item in result.next_thousand}
    per_thousand = 1000 * minor_per_major(base.currency)
    periods = {period.key: period_label(period) for period in base.periods}
    labels = {f"{row.id}|{cell.period}": f"{row.label}, {periods[cell.period]}" for row in base.rows for cell in row.cells}
    return replace(
        judge_table(ctx, rt, table, base=base, wanted=wanted),
        status=result.status,
        gap_ratio=result.gap_ratio,
        response=result.response,
        was_response=result.current_response,
        changes=_changes(base, table, next_thousand),
        binding=tuple(
            Price(past.get(item.rule) or rule_words(item.rule, base), item.price * per_thousand)
            for item in result.binding[:12]
            if item.cost_response is None
        ),
        lock_prices=(
            *(Price(rule_words(item.rule, base), item.cost_response) for item in result.binding if item.cost_response is not None),
            *(
                Price(f"the lock on {labels[item.cell]}", item.cost_response)
                for item in sorted(result.lock_prices, key=lambda item: -item.cost_response)[:12]
                if item.cell.rpartition("|")[2] not in over
                and item.cost_response > _COSTS * (0.0 if result.response is None else result.response)
            ),
        ),
    )


def _clashing(ctx: AccessContext, rt: Runtime, distribution: Distribution, setting: Setting, result: Result) -> Optimised:
    """Say which rules clash; what was delivered is told as such, and no way out changes it."""
    outcome = judge_table(ctx, rt, distribution, base=distribution, wanted=setting.wanted)
    table, past = setting.mid.table, past_rules(setting.mid, setting.wanted.frozen_through)
    return Optimised(
        distribution,
        replace(
            outcome,
            status="infeasible",
            conflict=tuple(past[rule] if rule in past else rule_words(rule, table) for rule in result.conflict),
            ways_out=tuple(way_words(way.rule, way.to, table) for way in result.relaxations if way.rule not in past)[:5],
            notes=_notes(setting),
            actuals=setting.mid.actuals,
        ),
    )


def _figures(distribution: Distribution, view: ForecastView) -> Figures:
    total: Expected = view.forecast.total
    return Figures(
        distribution.total_minor, total["conversions"], total["value"], total["cpa"], total["roas"], confidence=view.plan_confidence
    )


def _changes(base: Distribution, table: Distribution, next_thousand: dict[str, float]) -> tuple[Change, ...]:
    was = {row.id: row.total_minor for row in base.rows}
    return tuple(
        Change(
            row.id,
            row.label,
            was.get(row.id, 0),
            row.total_minor,
            max((next_thousand.get(f"{row.id}|{cell.period}", 0.0) for cell in row.cells), default=0.0),
        )
        for row in table.rows
    )


def _notes(setting: Setting) -> tuple[str, ...]:
    """Say what a person should know: channels without data, an exchange rate, deliveries that are not known, carry-over left out."""
    views = setting.views.values()
    notes = [f"{v.channel} has no data of its own: its curve rests on {v.source}." for v in views if v.source != "fit"]
    unknown = sorted({v.unknown_market for v in views if v.unknown_market is not None})
    if unknown:
        notes.append(
            f"The performance data have no market {', '.join(unknown)}: these lines are planned with the curve of all markets together."
        )
    rate = setting.wanted.rate
    if rate is not None:
        currency = setting.mid.table.currency
        notes.append(
            f"The curves were fitted in {rate.base} and brought into {currency} at {rate.value:g} ({rate.source}, {rate.on:%d %b %Y})."
        )
    unknown = sorted({item.channel for item in setting.mid.actuals if item.state == "unknown"})
    if unknown:
        notes.append(
            f"What {', '.join(unknown)} delivered in periods that are over is not known to their end: the planned amounts stand for it."
        )
    booked = booked_words(setting.smallest_minor, setting.mid.table.currency)
    if booked is not None:
        notes.append(booked)
    if setting.flow is not None and not carries(setting.wanted):
        notes.append("Carry-over between periods is left out of the search for a careful plan with a target; the forecast counts it.")
    return tuple(notes)
