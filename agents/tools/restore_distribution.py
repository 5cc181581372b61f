"""Takes back the last change of the distribution on the table, or all of them; a written sheet is undone on Approvals."""

from __future__ import annotations

from pydantic import BaseModel, Field

from agents.facts import Fact
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import describe, distribution_of, draft_card, open_plan, take_back
from core.access import Permission


class Args(BaseModel):
    """How far to go back."""

    to_plan: bool = Field(False, description="true to go back to the plan as it stands in the sheet")


def run(call: ToolCall, args: Args) -> Outcome:
    """Go back; says so when there was nothing to take back."""
    open_plan(call)
    if distribution_of(call) is None:
        return Outcome({"restored": False, "at_plan": True})
    if args.to_plan:
        call.desk.distribution_plan.clear()
        return Outcome({"restored": True, "at_plan": True})
    before = take_back(call)
    if before is None:
        call.desk.distribution_plan.clear()
        return Outcome({"restored": True, "at_plan": True})
    facts: Fact = describe(call, before, "run:distribution") | {"restored": True, "at_plan": False}
    return Outcome(facts, (draft_card(call, before, "Distribution"),))


TOOL = ToolSpec("restore_distribution", "Take back the last change of the distribution on the table, or go back to the plan.",
                Args, Permission.USE_ASSISTANT, "read", run)  # fmt: skip
