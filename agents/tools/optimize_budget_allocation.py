"""Finds the split that brings most, by the response curves of the past, under the wishes that hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal, Protocol

from pydantic import BaseModel, Field

from agents.facts import Fact, money, number
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import (
    base_of,
    budget_request,
    describe,
    distribution_of,
    draft_card,
    outlook_facts,
    performance_of,
    put_distribution,
    rows_of,
    wishes_of,
)
from core.access import Permission
from core.errors import InvalidInput, RuleViolation
from core.model.distribution import Distribution, DistributionRow
from core.model.money import minor_exponent
from core.planning.split import Method, total_with
from core.services.planning import BudgetView, curve_names, plan_budget


class Args(BaseModel):
    """What to optimise; without a budget the total that stands or the plan's own, without dates its own periods."""

    budget_minor: int | None = Field(None, gt=0, description="in minor units (cents)")
    start: date | None = None
    end: date | None = Field(None, description="inclusive")
    channels: list[str] = Field(default_factory=list, description="only these channels; empty for all")
    smallest_minor: int | None = Field(
        None, ge=0, description="a line gets nothing in a period, or at least this (minor units); 0 for any amount, none for a sensible one"
    )


class Request(Protocol):
    """What both splitting tools are asked."""

    budget_minor: int | None
    start: date | None
    end: date | None
    channels: list[str]


def run(call: ToolCall, args: Args) -> Outcome:
    """Optimise; the distribution stands on the table afterwards.

    Raises:
        InvalidInput: there is no performance data for any channel of the plan: there is nothing to optimise by.
    """
    performance = performance_of(call)
    if performance is None or not curve_names(base_of(call, args.start, args.end), performance):
        raise InvalidInput(
            "There is no performance data for the channels of this plan, so no split can be shown to bring more than another.",
            hint="Attach past spend and results (one row a week), or ask for a split in proportion to the plan.",
        )
    return planned(call, args, made_by="optimize_budget_allocation", method="response", smallest_minor=args.smallest_minor)


def planned(
    call: ToolCall,
    args: Request,
    *,
    made_by: str,
    method: Method | Literal["standing"],
    keep_others: bool = False,
    smallest_minor: int | None = None,
) -> Outcome:
    """Split, put the result on the table and tell it as facts.

    Raises:
        RuleViolation: the wishes cannot hold together; the newest of them are dropped, the distribution stays as it was.
    """
    standing = distribution_of(call)
    before = standing.total_minor if standing is not None else None
    base = base_of(call, args.start, args.end) if method != "standing" else _standing_base(call, args)
    scope = [row.id for name in args.channels for row in rows_of(call, base, channel=name)]
    total = total_with(base, wishes_of(call)) if keep_others and args.budget_minor is None else args.budget_minor
    request = replace(budget_request(call, base, total, scope=scope), smallest_minor=smallest_minor)
    try:
        view = plan_budget(call.ctx, call.rt, replace(request, method="last_plan" if method == "standing" else method))
    except RuleViolation:
        call.desk.distribution_plan["wishes"] = call.desk.distribution_plan.get("wishes_before", [])  # what cannot hold is not kept
        raise
    known = "last_plan" if method == "standing" and standing is None else method
    put_distribution(call, view.split.distribution, made_by=made_by, method=known)
    source = f"run:{made_by}"
    facts = describe(call, view.split.distribution, source, cuts=[frozenset(scope)]) | _made(call, view, base)
    facts |= {"method": known, "kept_others": keep_others}
    facts["total_before"] = money(before if before is not None else base.total_minor, base.currency, source)
    call.desk.distribution_plan["why"] = facts["why"]
    return Outcome(facts, (draft_card(call, view.split.distribution, "Distribution"),))


def _made(call: ToolCall, view: BudgetView, base: Distribution) -> Fact:
    """Tell what it should bring, where the past is known, and why it is so."""
    performance, why = performance_of(call), _why(view, base)
    if view.outlook is None or performance is None:
        return {"why": why}
    return {"outlook": outlook_facts(view.outlook, performance, base.currency), "why": why}


def _standing_base(call: ToolCall, args: Request) -> Distribution:
    """Give what stands as the base of the next split, in the days asked for; a line that was left out and is free again gets its part."""
    base, standing = base_of(call, args.start, args.end), distribution_of(call)
    if standing is None:
        return base
    covers = {period.key for period in standing.periods} >= {period.key for period in base.periods}
    if not covers:
        return base
    kept = frozenset(period.key for period in base.periods)
    held = {row for wish in wishes_of(call) for row in wish.rows}
    back = {row.id: row for row in base.rows if row.id not in held}
    others = sum(back[row.id].total_minor for row in standing.rows if row.id in back and row.total_minor)
    ratio = sum(row.total_minor for row in standing.rows if row.id in back) / others if others else 1.0
    rows = [_in_plan_size(back[row.id], ratio) if row.locked and not row.total_minor and row.id in back else row for row in standing.rows]
    cut = [replace(row, cells=tuple(cell for cell in row.cells if cell.period in kept)) for row in rows]
    return replace(standing, periods=base.periods, rows=tuple(cut))


def _in_plan_size(row: DistributionRow, ratio: float) -> DistributionRow:
    return replace(row, cells=tuple(replace(cell, budget_minor=round(cell.budget_minor * ratio)) for cell in row.cells))


def _why(view: BudgetView, base: Distribution) -> Fact:
    """Tell what holds the answer back and what each wish costs."""
    result = view.split.result
    if result is None:
        return {"method": view.method, "binding": []}
    source = "run:optimize_budget_allocation"
    felt = [rule for rule in result.binding if rule.price > 0 and rule.rule != "budget" and rule.cost_response is None][:6]
    major = 10 ** minor_exponent(base.currency)
    return {
        "method": view.method,
        "status": result.status,
        "response": number(result.response if result.response is not None else 0.0, source),
        "step": number(1000, source),
        "smallest": money(view.smallest_minor, base.currency, source) if view.smallest_minor else None,
        "binding": [{"rule": _rule_name(rule.rule), "price": number(rule.price * major * 1000, source)} for rule in felt],
    }


def _rule_name(rule: str) -> str:
    """Give `Search` for `group:Search:max`."""
    return rule.removeprefix("group:").removesuffix(":max").removesuffix(":min")


TOOL = ToolSpec("optimize_budget_allocation", "Find the split that brings most by the channels' response curves, keeping every constraint.",
                Args, Permission.USE_ASSISTANT, "read", run)  # fmt: skip
