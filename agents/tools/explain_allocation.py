"""Tells why the distribution is as it is: method, wishes that bind, the return of the next unit, and the cells it started from."""

from __future__ import annotations

from pydantic import BaseModel, Field

from agents.facts import Fact
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import base_of, describe, distribution_of, outlook_facts, performance_of
from core.access import Permission
from core.errors import NotFound
from core.services.planning import expected


class Args(BaseModel):
    """What to explain: one channel, or the whole."""

    channel: str | None = Field(None, description="the plan's own name")


def run(call: ToolCall, args: Args) -> Outcome:
    """Collect the reasons; NotFound when there is no distribution yet."""
    distribution = distribution_of(call)
    if distribution is None:
        raise NotFound("There is no distribution on the table to explain.", hint="Ask for a split first.")
    made_by = str(call.desk.distribution_plan.get("made_by", "distribution"))
    facts: Fact = describe(call, distribution, f"run:{made_by}") | {
        "method": call.desk.distribution_plan.get("method"),
        "made_by": made_by,
        "why": call.desk.distribution_plan.get("why"),
        "about": args.channel,
    }
    performance = performance_of(call)
    outlook = expected(distribution, performance)
    if outlook is not None and performance is not None:
        facts["outlook"] = outlook_facts(outlook, performance, base_of(call).currency)
    return Outcome(facts)


TOOL = ToolSpec("explain_allocation", "Tell why the distribution on the table is as it is.", Args, Permission.READ, "read", run)
