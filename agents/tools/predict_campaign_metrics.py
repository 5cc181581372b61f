"""Tells what the distribution on the table should bring: by response curves where there are any, else at the plan's own prices."""

from __future__ import annotations

from pydantic import BaseModel

from agents.facts import Fact, money, number
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import base_of, distribution_of, open_plan, outlook_facts, performance_of, period_text
from core.access import Permission
from core.planning.outlook import expect_at_plan_prices
from core.services.planning import expected


class Args(BaseModel):
    """Takes nothing: it is about the distribution on the table, or the plan where there is none."""


def run(call: ToolCall, args: Args) -> Outcome:
    """Predict with a 90% range, or say that only the plan's own prices are known."""
    plan = open_plan(call)
    distribution = distribution_of(call) or base_of(call)
    performance = performance_of(call)
    facts: Fact = {
        "of_plan": distribution_of(call) is None,
        "total": money(distribution.total_minor, distribution.currency, "plan" if distribution_of(call) is None else "run:distribution"),
        "periods": period_text(distribution.periods),
    }
    outlook = expected(distribution, performance)
    if outlook is not None and performance is not None:
        facts["outlook"] = outlook_facts(outlook, performance, distribution.currency)
    counts = expect_at_plan_prices(distribution, plan.items)
    facts["at_plan_prices"] = [
        {"name": name, "count": number(value, "plan:" + ",".join(cells[:6]) if cells else "plan")}
        for name, (value, cells) in counts.items()
    ]
    return Outcome(facts)


TOOL = ToolSpec("predict_campaign_metrics", "Predict results of the distribution on the table, with ranges.",
                Args, Permission.READ, "read", run)  # fmt: skip
