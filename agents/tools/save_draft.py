"""Saves the distribution on the table as a version of the plan's draft."""

from __future__ import annotations

from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import BaseModel, Field

from agents.facts import number
from agents.spec import Card, Outcome, ToolCall, ToolSpec
from agents.workbench import alternatives_of, distribution_of, open_plan
from core.access import Permission
from core.errors import InvalidInput, NotFound
from core.services.draft_views import DraftView
from core.services.planned_drafts import KeepPlanned, keep_planned


class Args(BaseModel):
    """A note for the version list."""

    note: str = Field("", max_length=200)


def run(call: ToolCall, args: Args) -> Outcome:
    """Save; a draft is started when the conversation has none yet."""
    saved = saved_draft(call, note=args.note)
    facts = {"draft_id": str(saved.draft_id), "name": saved.name, "version": number(saved.version, "draft"), "file": saved.name}
    return Outcome(facts, (Card("draft", saved.name, {"draft_id": str(saved.draft_id), "saved": True}),))


def saved_draft(call: ToolCall, *, note: str) -> DraftView:
    """Give the draft that holds what stands on the table, saving a version only when it differs from the newest."""
    standing = distribution_of(call)
    if standing is None:
        raise NotFound("There is no distribution on the table to save.", hint="Ask for a split first.")
    plan = open_plan(call)
    names = alternatives_of(plan)
    if names and plan.base.rows[0].source_tab != names[0]:
        raise InvalidInput(
            f"A draft of {plan.view.file.name} works on {names[0]}, not on {plan.base.rows[0].source_tab}.",
            hint="Choose the alternative that counts on the file's page, then save again.",
        )
    known = call.desk.distribution_plan.get("draft_id")
    words = note or f"Assistant: {call.desk.distribution_plan.get('made_by', 'distribution').replace('_', ' ')}"
    draft_id = UUID(str(known)) if known else uuid5(NAMESPACE_OID, call.run_id) if call.run_id else None
    draft = keep_planned(call.ctx, call.rt, KeepPlanned(plan.view.file.file_id, draft_id, standing, words))
    call.desk.distribution_plan["draft_id"] = str(draft.draft_id)
    return draft


TOOL = ToolSpec(
    "save_draft", "Save the distribution on the table as a version of the plan's draft.", Args, Permission.EDIT_DRAFT, "propose", run
)
