"""Checks a plan: do its totals add up, what is odd in it, how concentrated and how phased it is."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from agents.facts import money, number, share
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import by_channel, open_plan
from core.access import Permission
from core.model.flight import Period


class Args(BaseModel):
    """Takes nothing: the plan is the one on the table."""


def run(call: ToolCall, args: Args) -> Outcome:
    """Compare stated totals with their rows, list warnings and questions, tell concentration and phasing."""
    plan = open_plan(call)
    base, reading = plan.base, plan.view.reading
    checks = [
        {
            "cell": check.cell,
            "kind": check.kind,
            "matches": check.matches,
            "stated": money(check.stated_minor, table.currency, f"plan:{check.cell}") if check.stated_minor is not None else None,
            "computed": money(check.computed_minor, table.currency, f"plan:{table.range}") if check.computed_minor is not None else None,
        }
        for table in reading.tables
        for check in table.totals
    ]
    sizes = sorted(((name, sum(r.total_minor for r in rows)) for name, rows in by_channel(base).items()), key=lambda item: -item[1])
    months = [sum(r.cells[n].budget_minor for r in base.rows) for n, p in enumerate(base.periods) if p.start.year > 1]
    total = base.total_minor
    return Outcome(
        {
            "file": plan.view.file.name,
            "totals_checked": number(len(checks), "plan"),
            "mismatches": [c for c in checks if not c["matches"]],
            "warnings": [{"cell": w.cell, "message": w.message} for w in reading.warnings[:8]],
            "questions": [{"cell": q.cell, "text": q.text} for q in reading.questions[:8]],
            "largest": {"name": sizes[0][0], "share": share(sizes[0][1] / total, "plan")} if sizes and total else None,
            "empty_lines": [row.label for row in base.rows if row.total_minor == 0][:10],
            "heaviest_month": _heaviest(base.periods, months, total),
        }
    )


def _heaviest(periods: Sequence[Period], months: list[int], total: int) -> dict[str, object] | None:
    if len(months) < 2 or not total:
        return None
    peak = max(range(len(months)), key=lambda n: months[n])
    dated = [p for p in periods if p.start.year > 1]
    return {"period": dated[peak].key, "share": share(months[peak] / total, "plan")}


TOOL = ToolSpec("identify_campaign_patterns", "Check the plan: totals against rows, warnings, open questions, concentration and phasing.",
                Args, Permission.READ, "read", run)  # fmt: skip
