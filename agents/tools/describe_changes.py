"""Tells what differs between the distribution on the table and the plan, and what became of proposed changes."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from pydantic import BaseModel

from agents.facts import Fact, money, number
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import OpenPlan, cell_source, distribution_of, open_plan
from core.access import Permission
from core.model.distribution import Distribution
from core.services.changes import ChangeSetView, list_change_sets

_MOST_CELLS = 15


class Args(BaseModel):
    """Takes nothing."""


def run(call: ToolCall, args: Args) -> Outcome:
    """Compare cell by cell and list the change sets of this plan."""
    plan = open_plan(call)
    changes = _changes(plan, distribution_of(call))
    mine = [c for c in list_change_sets(call.ctx, call.rt) if c.file_id == plan.view.file.file_id]
    return Outcome(
        {
            "file": plan.view.file.name,
            "changes": changes[:40],
            "count": number(len(changes), "run:describe_changes"),
            "change_sets": [_told(change_set) for change_set in mine[:5]],
        }
    )


def _told(change_set: ChangeSetView) -> Fact:
    """Tell what was written where, what stood there before, who approved it and what became of it."""
    money_of = partial(money, currency=change_set.currency)
    return {
        "id": str(change_set.id),
        "status": str(change_set.status),
        "edits": number(len(change_set.edits), "change set"),
        "not_listed": number(max(0, len(change_set.edits) - _MOST_CELLS), "change set"),
        "approved_by": change_set.decided_by,
        "at": _moment(change_set.undone_at or change_set.applied_at or change_set.decided_at or change_set.proposed_at),
        "cells": [
            {
                "cell": f"{edit.tab}!{edit.cell}",
                "line": edit.line_item,
                "before": money_of(edit.minor_before, source=f"plan:{edit.cell}"),
                "after": money_of(edit.minor_after, source="change set"),
            }
            for edit in change_set.edits[:_MOST_CELLS]
            if edit.minor_before is not None and edit.minor_after is not None
        ],
    }


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _changes(plan: OpenPlan, standing: Distribution | None) -> list[Fact]:
    if standing is None:
        return []
    was = {(row.id, cell.period): cell.budget_minor for row in plan.base.rows for cell in row.cells}
    return [
        {
            "line": row.label,
            "period": "" if cell.period.startswith("0001") else cell.period,
            "before": money(was.get((row.id, cell.period), 0), standing.currency, cell_source(plan, row.source_tab, cell.source_cell)),
            "after": money(cell.budget_minor, standing.currency, "run:distribution"),
        }
        for row in standing.rows
        for cell in row.cells
        if cell.budget_minor != was.get((row.id, cell.period), 0)
    ]


TOOL = ToolSpec("describe_changes", "Tell what differs from the plan, and whether proposed changes were approved and written.",
                Args, Permission.READ, "read", run)  # fmt: skip
