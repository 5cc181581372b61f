"""Tells how a plan is built: channels, markets, publishers, formats, campaigns and months with their budgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pydantic import BaseModel

from agents.facts import Fact, money, number, share
from agents.spec import Card, Outcome, ToolCall, ToolSpec
from agents.workbench import OpenPlan, cell_source, cells_source, open_plan, period_text
from core.access import Permission
from core.model.distribution import DistributionRow


class Args(BaseModel):
    """Takes nothing: the plan is the one on the table."""


def run(call: ToolCall, args: Args) -> Outcome:
    """Group the plan's lines in every way it names, with budget and share of each group."""
    plan = open_plan(call)
    base = plan.base
    facts: Fact = {
        "file": plan.view.file.name,
        "total": money(base.total_minor, base.currency, cells_source(plan, base.rows)),
        "line_items": number(len(base.rows), "plan"),
        "periods": period_text(base.periods),
        "channels": _groups(plan, lambda row: row.channel or row.label),
        "markets": _groups(plan, lambda row: row.market),
        "publishers": _groups(plan, lambda row: row.publisher),
        "formats": _groups(plan, lambda row: row.format),
        "campaigns": _groups(plan, lambda row: row.campaign),
    }
    table = [
        {"line": row.label, "budget": float(row.total_minor), "cell": cell_source(plan, row.source_tab, row.cells[0].source_cell)}
        for row in base.rows
    ]
    return Outcome(facts, (Card("table", plan.view.file.name, {"rows": table, "money": ["budget"], "currency": base.currency}),))


def _groups(plan: OpenPlan, name_of: Callable[[DistributionRow], str | None]) -> Sequence[Mapping[str, object]]:
    groups: dict[str, list[DistributionRow]] = {}
    for row in plan.base.rows:
        name = name_of(row)
        if name:
            groups.setdefault(name, []).append(row)
    total = plan.base.total_minor
    return [
        {
            "name": name,
            "budget": money(sum(r.total_minor for r in rows), plan.base.currency, cells_source(plan, rows)),
            "share": share(sum(r.total_minor for r in rows) / total if total else 0.0, "plan"),
        }
        for name, rows in sorted(groups.items(), key=lambda item: -sum(r.total_minor for r in item[1]))
    ][:25]


TOOL = ToolSpec("analyze_campaign_structure", "Tell how the plan is built: channels, markets, publishers, formats, campaigns.",
                Args, Permission.READ, "read", run)  # fmt: skip
