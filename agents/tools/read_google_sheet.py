"""Opens the plan on the table as it was last read from its sheet."""

from __future__ import annotations

from pydantic import BaseModel

from agents.facts import money, number
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import open_plan
from core.access import Permission


class Args(BaseModel):
    """Takes nothing: the plan is the one on the table."""


def run(call: ToolCall, args: Args) -> Outcome:
    """Tell what the file holds: tables with their ranges, currency and totals, open questions and warnings."""
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
            "questions": [{"cell": q.cell, "text": q.text, "why": q.why} for q in reading.questions[:5]],
            "warnings": [{"cell": w.cell, "message": w.message} for w in reading.warnings[:5]],
        }
    )


TOOL = ToolSpec("read_google_sheet", "Open the plan on the table: its tables, currency, totals, open questions and warnings.",
                Args, Permission.READ, "read", run)  # fmt: skip
