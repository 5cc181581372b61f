"""Puts several budgets side by side under the same wishes; the distribution on the table stays."""

from __future__ import annotations

from dataclasses import replace

from pydantic import BaseModel, Field

from agents.facts import Fact, money, number
from agents.spec import Card, Outcome, ToolCall, ToolSpec
from agents.tools.set_constraints import Constraint, merged
from agents.workbench import base_of, budget_request, by_channel, distribution_of, open_plan, performance_of, wish_text
from core.access import Permission
from core.planning.outlook import Outlook
from core.services.planning import BudgetRequest, BudgetView, expected, plan_budget


class Args(BaseModel):
    """The budgets to compare; the one that stands (or the plan's) is always the first."""

    budgets_minor: list[int] = Field(default_factory=list, description="other totals, in minor units")
    constraints: list[Constraint] = Field(default_factory=list, description="wishes to try in one more scenario at the same total")


def run(call: ToolCall, args: Args) -> Outcome:
    """Plan each total in the same way and tell the differences to the first."""
    base = base_of(call)
    standing = distribution_of(call)
    request = budget_request(call, base, None)
    views: list[tuple[str, BudgetView]] = [("now", plan_budget(call.ctx, call.rt, _like_standing(call, request)))]
    for total in args.budgets_minor:
        views.append((str(total), plan_budget(call.ctx, call.rt, _like_standing(call, replace(request, total_minor=total)))))
    if args.constraints:
        wishes = request.wishes
        for constraint in args.constraints:
            wishes = merged(call, wishes, constraint, standing or base)
        views.append(("wishes", plan_budget(call.ctx, call.rt, _like_standing(call, replace(request, wishes=wishes)))))
    first_outlook = expected(standing, performance_of(call)) if standing is not None else views[0][1].outlook
    scenarios = [_scenario(call, name, view, views[0][1], first_outlook) for name, view in views]
    if args.constraints:
        scenarios[-1]["wishes"] = [wish_text(w, base.currency, "run:compare_scenarios") for w in wishes if w not in request.wishes]
    chart = [{"scenario": s["title"], "channel": c["name"], "budget": c["minor"]} for s in scenarios for c in _channels(s)]
    performance = performance_of(call)
    return Outcome(
        {"scenarios": scenarios, "kpi": performance.kpi if performance is not None else None, "file": open_plan(call).view.file.name},
        (
            Card(
                "chart",
                "Scenarios",
                {
                    "kind": "bar",
                    "x": "scenario",
                    "y": "budget",
                    "color": "channel",
                    "rows": chart,
                    "money": True,
                    "currency": base.currency,
                },
            ),
        ),
    )


def _like_standing(call: ToolCall, request: BudgetRequest) -> BudgetRequest:
    """Use the method of the distribution that stands; a free choice where there is none."""
    method, standing = call.desk.distribution_plan.get("method"), distribution_of(call)
    if method == "standing" and standing is not None:
        return replace(request, base=standing, method="last_plan")
    return replace(request, method=method) if method in ("last_plan", "even") else request


def _scenario(call: ToolCall, name: str, view: BudgetView, first: BudgetView, first_outlook: Outlook | None) -> Fact:
    distribution, source = view.split.distribution, "run:compare_scenarios"
    before = {n: sum(r.total_minor for r in rows) for n, rows in by_channel(first.split.distribution).items()}
    amounts = {n: sum(r.total_minor for r in rows) for n, rows in by_channel(distribution).items()}
    facts: Fact = {
        "name": name,
        "title": money(distribution.total_minor, distribution.currency, source)["text"],
        "total": money(distribution.total_minor, distribution.currency, source),
        "difference": money(distribution.total_minor - first.split.distribution.total_minor, distribution.currency, source),
        "channels": [
            {"name": n, "minor": minor, "budget": money(minor, distribution.currency, source),
             "difference": money(minor - before.get(n, 0), distribution.currency, source)}
            for n, minor in amounts.items()
        ],
    }  # fmt: skip
    if view.outlook is not None:
        facts["outlook"] = {
            "mean": number(view.outlook.total.mean, source),
            "low": number(view.outlook.total.low, source),
            "high": number(view.outlook.total.high, source),
        }
        base_mean = first_outlook.total.mean if first_outlook is not None and name != "now" else view.outlook.total.mean
        facts["gain"] = number(view.outlook.total.mean - base_mean, source)
    return facts


def _channels(scenario: Fact) -> list[dict[str, object]]:
    channels = scenario["channels"]
    return [c for c in channels if isinstance(c, dict)] if isinstance(channels, list) else []


TOOL = ToolSpec("compare_scenarios", "Compare other totals or constraints with the distribution on the table.",
                Args, Permission.USE_ASSISTANT, "read", run)  # fmt: skip
