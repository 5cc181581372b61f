"""Prepares a change set that would write the draft into its sheet. A person approves it; there is no tool that does."""

from __future__ import annotations

from pydantic import BaseModel, Field

from agents.facts import money, number
from agents.spec import Card, Outcome, ToolCall, ToolSpec
from agents.tools.save_draft import saved_draft
from core.access import Permission
from core.services.changes import ChangeSetView, propose


class Args(BaseModel):
    """A note for whoever approves."""

    note: str = Field("", max_length=200)


def run(call: ToolCall, args: Args) -> Outcome:
    """Save what stands as a draft and propose its edits; nothing is written."""
    draft = saved_draft(call, note=args.note)
    proposed = propose(call.ctx, call.rt, draft.draft_id, note=args.note)
    call.desk.distribution_plan["change_set"] = {"id": str(proposed.id), "hash": proposed.hash}
    facts = {
        "change_set": {"id": str(proposed.id), "hash": proposed.hash, "status": str(proposed.status)},
        "file": proposed.file_name,
        "edits": number(len(proposed.edits), "change set"),
        "rows": [{"what": edit.kind, "line": edit.line_item, "at": f"{edit.tab}!{edit.row}"} for edit in proposed.rows.edits[:20]],
        "conflicts": number(len(proposed.conflicts), "change set"),
        "cells": _cells(proposed),
        "needs": "approval by a person on the approval card or on Approvals",
    }
    card = Card("change_set", proposed.file_name, {"id": str(proposed.id), "hash": proposed.hash})
    return Outcome(facts, (card,))


def _cells(proposed: ChangeSetView) -> list[dict[str, object]]:
    return [
        {
            "cell": f"{edit.tab}!{edit.cell}",
            "line": edit.line_item,
            "before": money(edit.minor_before, proposed.currency, f"plan:{edit.cell}") if edit.minor_before is not None else None,
            "after": money(edit.minor_after, proposed.currency, "change set") if edit.minor_after is not None else None,
        }
        for edit in proposed.edits[:20]
    ]


TOOL = ToolSpec("propose_write_back", "Prepare a change of the sheet from the distribution on the table; a person must approve it.",
                Args, Permission.PROPOSE_CHANGE, "propose", run)  # fmt: skip
