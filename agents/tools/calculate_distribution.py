"""Splits a budget in proportion to the plan or evenly, under the wishes that hold."""

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
    method: Literal["last_plan", "even"] = "last_plan"
    start: date | None = None
    end: date | None = Field(None, description="inclusive")
    channels: list[str] = Field(default_factory=list, description="only these channels; empty for all")


def run(call: ToolCall, args: Args) -> Outcome:
    """Split by weights; the distribution stands on the table afterwards."""
    return planned(call, args, made_by="calculate_distribution", method=args.method)


TOOL = ToolSpec("calculate_distribution", "Split a budget in proportion to the current plan, or evenly, keeping every constraint.",
                Args, Permission.USE_ASSISTANT, "read", run)  # fmt: skip
