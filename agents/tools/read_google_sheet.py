"""Opens the plan on the table as it was last read from its sheet."""

from __future__ import annotations

from pydantic import BaseModel, Field

from agents.facts import money, number
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import alternatives_of, open_plan
from core.access import Permission
from core.errors import NotFound
from core.planning.channels import plain


class Args(BaseModel):
    """The plan is the one on the table."""

    alternative: str | None = Field(None, description="tab to plan with, where the sheet holds alternatives of the same plan")


def run(call: ToolCall, args: Args) -> Outcome:
    """Tell what the file holds: tables with their ranges, currency and totals, open questions and warnings."""
    if args.alternative is not None:
        _choose(call, args.alternative)
    plan = open_plan(call)
    reading = plan.view.reading
    tables = [
        {
            "tab": table.tab,
            "range": table.range,
            "currency": table.currency,
            "basis": table.basis,
            "line_items": number(len(table.line_items), f"plan:{table.range}"),
            "total": money(table.total_minor, table.currency, f"plan:{table.range}") if table.total_minor is not None else None,
        }
        for table in reading.tables
    ]
    return Outcome(
        {
            "file": plan.view.file.name,
            "state": plan.view.state,
            "read_at": plan.view.synced_at.strftime("%Y-%m-%d %H:%M"),
            "revision": plan.view.revision[:16],
            "tables": tables,
            "alternatives": alternatives_of(plan),
            "chosen": call.desk.campaign_data.get("alternative"),
            "questions": [{"cell": q.cell, "text": q.text, "why": q.why} for q in reading.questions[:5]],
            "warnings": [{"cell": w.cell, "message": w.message} for w in reading.warnings[:5]],
        }
    )


def _choose(call: ToolCall, alternative: str) -> None:
    """Plan with one of the alternatives from now on; what was planned with another goes."""
    names = alternatives_of(open_plan(call))
    chosen = next((name for name in names if plain(name) == plain(alternative)), None)
    if chosen is None:
        raise NotFound(f"The sheet has no alternative {alternative!r}.", hint="It has: " + (", ".join(names) or "none") + ".")
    call.desk.campaign_data["alternative"] = chosen
    call.desk.distribution_plan.clear()
    call.opened.pop("plan", None)


TOOL = ToolSpec("read_google_sheet", "Open the plan on the table: its tables, currency, totals, open questions and warnings.",
                Args, Permission.READ, "read", run)  # fmt: skip
