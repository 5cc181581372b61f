"""Finds the split that brings most, by the response curves of the past, under the wishes that hold."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from pydantic import BaseModel, Field

from agents.facts import Fact, number
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import base_of, budget_request, describe, draft_card, outlook_facts, performance_of, put_distribution, rows_named
from core.access import Permission
from core.errors import InvalidInput, RuleViolation
from core.model.distribution import Distribution
from core.model.money import minor_exponent
from core.planning.split import Method
from core.services.planning import BudgetRequest, BudgetView, curve_names, plan_budget


class Args(BaseModel):
    """What to optimise; without a budget the total that stands or the plan's own, without dates its own periods."""

    budget_minor: int | None = Field(None, gt=0, description="in minor units (cents)")
    start: date | None = None
    end: date | None = Field(None, description="inclusive")
    channels: list[str] = Field(default_factory=list, description="only these channels; empty for all")


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
    return planned(call, args, made_by="optimize_budget_allocation", method="response")


def planned(call: ToolCall, args: Request, *, made_by: str, method: Method) -> Outcome:
    """Split, put the result on the table and tell it as facts.

    Raises:
        RuleViolation: the wishes cannot hold together; the newest of them are dropped, the distribution stays as it was.
    """
    base = base_of(call, args.start, args.end)
    scope = [row.id for name in args.channels for row in rows_named(base, channel=name)]
    request = budget_request(call, base, args.budget_minor, scope=scope)
    try:
        view = plan_budget(call.ctx, call.rt, _with_method(request, method))
    except RuleViolation:
        call.desk.distribution_plan["wishes"] = call.desk.distribution_plan.get("wishes_before", [])  # what cannot hold is not kept
        raise
    put_distribution(call, view.split.distribution, made_by=made_by, method=method)
    source = f"run:{made_by}"
    facts = describe(call, view.split.distribution, source) | {"method": method}
    performance = performance_of(call)
    if view.outlook is not None and performance is not None:
        facts["outlook"] = outlook_facts(view.outlook, performance, base.currency)
    facts["why"] = _why(view, base)
    call.desk.distribution_plan["why"] = facts["why"]
    return Outcome(facts, (draft_card(call, view.split.distribution, "Distribution"),))


def _with_method(request: BudgetRequest, method: Method) -> BudgetRequest:
    return BudgetRequest(request.base, request.total_minor, request.wishes, method, request.performance, request.scope)


def _why(view: BudgetView, base: Distribution) -> Fact:
    """Tell what holds the answer back and what each wish costs."""
    result = view.split.result
    if result is None:
        return {"method": view.method, "binding": []}
    source = "run:optimize_budget_allocation"
    felt = [rule for rule in result.binding if rule.price > 0 and rule.rule != "budget"][:6]
    major = 10 ** minor_exponent(base.currency)
    return {
        "method": view.method,
        "status": result.status,
        "response": number(result.response if result.response is not None else 0.0, source),
        "step": number(1000, source),
        "binding": [{"rule": _rule_name(rule.rule), "price": number(rule.price * major * 1000, source)} for rule in felt],
    }


def _rule_name(rule: str) -> str:
    """Give `Search` for `group:Search:max`."""
    return rule.removeprefix("group:").removesuffix(":max").removesuffix(":min")


TOOL = ToolSpec("optimize_budget_allocation", "Find the split that brings most by the channels' response curves, keeping every constraint.",
                Args, Permission.USE_ASSISTANT, "read", run)  # fmt: skip
