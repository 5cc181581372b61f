"""Splits a budget in proportion to the plan, to what stands, or evenly, under the wishes that hold."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from agents.spec import Outcome, ToolCall, ToolSpec
from agents.tools.optimize_budget_allocation import planned
from core.access import Permission


class Args(BaseModel):
    """What to split; without a budget the plan's own total, without dates its own periods."""

    budget_minor: int | None = Field(None, gt=0, description="in minor units (cents)")
    method: Literal["last_plan", "even", "standing"] = Field(
        "last_plan", description="`standing` keeps the proportions of the distribution on the table, with every change made to it"
    )
    start: date | None = None
    end: date | None = Field(None, description="inclusive")
    channels: list[str] = Field(default_factory=list, description="only these channels; empty for all")
    keep_others: bool = Field(False, description="lines without a wish keep their amounts and the total changes; without a budget")


def run(call: ToolCall, args: Args) -> Outcome:
    """Split by weights; the distribution stands on the table afterwards."""
    return planned(call, args, made_by="calculate_distribution", method=args.method, keep_others=args.keep_others)


TOOL = ToolSpec("calculate_distribution", "Split a budget in proportion to the plan or to what stands, or evenly, keeping all constraints.",
                Args, Permission.USE_ASSISTANT, "read", run)  # fmt: skip
