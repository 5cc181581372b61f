"""Divide a budget by response: with the same curves, carry-over and season for the planner page, the assistant and filling by rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.access import AccessContext, Permission
from core.model.distribution import Distribution
from core.planning.allocation import Result, optimise
from core.planning.allocation.problem import Draws, Group
from core.planning.channels import CurveKey
from core.planning.flighting import Flow
from core.planning.history import Kpi
from core.planning.midflight import Replan, replan
from core.planning.optimising import RowCurves, Wanted, channel_of, minor_per_major, smallest_bookable, to_felt, to_problem, to_table
from core.planning.response.curves import mean_mixture
from core.runtime import Runtime
from core.services.curves import CurveRequest, CurveView, curves_for, fit_in
from core.services.flighting import read_deliveries, read_flow
from core.services.response import thinned

_RISK_DRAWS = 50


@dataclass(frozen=True, slots=True)
class Setting:
    """What a table is divided with: the table with deliveries in place of plans, curves in season, and where spend is felt.

    Attributes:
        smallest_minor: an amount is nothing, or at least this much; 0 is any amount.
    """

    mid: Replan
    views: dict[CurveKey, CurveView]
    curves: RowCurves
    flow: Flow | None
    wanted: Wanted
    kpi: Kpi
    smallest_minor: int

    def solve(self, wanted: Wanted, *, groups: Sequence[Group] = (), in_full: bool = True) -> Result:
        """Find the best amounts; `in_full` prices locks and limits too, and proves the plan more closely."""
        table = self.mid.table
        worth = minor_per_major(table.currency) if self.kpi == "value" else None
        wanted = replace(wanted, smallest_minor=self.smallest_minor)
        problem = to_problem(table, self.curves, wanted, value_per_response_minor=worth, spent=self.mid.spent)
        problem = replace(problem, groups=(*problem.groups, *groups))
        if self.flow is None or not carries(wanted):
            return optimise(problem)
        from core.planning.allocation.flow import QUICK, THOROUGH, optimise_felt
        from core.planning.allocation.flow_risk import optimise_felt_quantile
        from core.planning.allocation.flow_target import optimise_felt_target

        felt = to_felt(table, self.curves, self.flow)
        if problem.target is not None:
            return optimise_felt_target(problem, felt)
        if problem.risk_quantile is not None:
            return optimise_felt_quantile(problem, felt, problem.risk_quantile)
        return optimise_felt(problem, felt, price_locks=in_full, effort=THOROUGH if in_full else QUICK)


@dataclass(frozen=True, slots=True)
class Divided:
    """The table divided (as it was where the rules clash), the answer, and what it was divided with."""

    table: Distribution
    result: Result
    setting: Setting


def divide(ctx: AccessContext, rt: Runtime, distribution: Distribution, wanted: Wanted, *, groups: Sequence[Group] = ()) -> Divided:
    """Find the best table within its locks and bounds; what is over is what was delivered, and the rest of the budget is divided.

    Small amounts that no one would book are left out, unless the rules hold together only with them.

    Args:
        groups: totals over amounts (`optimising.cell_id`) besides those of the table.
    Raises:
        InvalidInput: no curves, another currency, or a goal that lacks its value.
    """
    ctx.require(Permission.READ)
    setting = setting_of(ctx, rt, distribution, wanted)
    result = setting.solve(setting.wanted, groups=groups)
    if result.status == "infeasible" and wanted.smallest_minor is None and setting.smallest_minor:
        setting = replace(setting, smallest_minor=0)
        result = setting.solve(setting.wanted, groups=groups)
    table = distribution if result.status == "infeasible" else to_table(setting.mid.table, result, wanted)
    return Divided(table, result, setting)


def setting_of(ctx: AccessContext, rt: Runtime, distribution: Distribution, wanted: Wanted) -> Setting:
    """Gather what a table is divided with.

    Raises:
        InvalidInput: the workspace has no fit yet in the plan's currency.
    """
    ctx.require(Permission.READ)
    keys, views = _curve_views(ctx, rt, distribution, wanted)
    flow = read_flow(ctx, rt, distribution, fit_in(ctx, rt, wanted.kpi, currency=distribution.currency, rate=wanted.rate))
    mid = Replan(distribution, (), {})
    if wanted.frozen_through is not None:
        mid = replan(distribution, read_deliveries(ctx, rt, distribution, views), keys, over=wanted.frozen_through)
    fixed = distribution.fixed_total_minor
    whole = mid.table.total_minor if wanted.hold_periods else distribution.total_minor
    if wanted.goal == "budget" and wanted.budget_minor is None:
        wanted = replace(wanted, budget_minor=whole if fixed is None else fixed)
    curves = RowCurves(keys, {key: _curves(view, wanted) for key, view in views.items()}).in_season({} if flow is None else flow.season)
    budget = distribution.total_minor if wanted.budget_minor is None else wanted.budget_minor
    smallest = smallest_bookable(distribution, budget) if wanted.smallest_minor is None else wanted.smallest_minor
    return Setting(mid, views, curves, flow, wanted, next(iter(views.values())).kpi, smallest)


def carries(wanted: Wanted) -> bool:
    """Tell whether carry-over is planned with: for the expected outcome, and for a budget's quantile."""
    return wanted.risk_quantile is None or wanted.goal == "budget"


def _curve_views(
    ctx: AccessContext, rt: Runtime, distribution: Distribution, wanted: Wanted
) -> tuple[dict[str, CurveKey], dict[CurveKey, CurveView]]:
    """Give the curve of each row, by row id, and those curves."""
    lines = {row.id: (channel_of(row), row.market) for row in distribution.rows}
    request = CurveRequest(tuple(dict.fromkeys(lines.values())), distribution.currency, distribution.periods, wanted.kpi, rate=wanted.rate)
    views = curves_for(ctx, rt, request)
    by_key: dict[CurveKey, CurveView] = {}
    for view in views.values():
        if view.key not in by_key or view.unknown_market is not None:
            by_key[view.key] = view
    return {row_id: views[line].key for row_id, line in lines.items()}, by_key


def _curves(view: CurveView, wanted: Wanted) -> dict[str, Draws]:
    """Give the mean of a posterior by period, as few draws as have it; for a quantile, draws that stand for the posterior."""
    choose = mean_mixture if wanted.risk_quantile is None else partial(thinned, most=_RISK_DRAWS)
    return {period: Draws(tuple((float(a), float(b), float(c)) for a, b, c in choose(triples))) for period, triples in view.triples.items()}
