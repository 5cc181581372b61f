"""Saves the distribution on the table as a version of the plan's draft."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from pydantic import BaseModel, Field

from agents.facts import number
from agents.spec import Card, Outcome, ToolCall, ToolSpec
from agents.workbench import distribution_of, open_plan
from core.access import Permission
from core.errors import InvalidInput, NotFound
from core.model.distribution import Distribution
from core.services.drafts import DraftView, SaveDraft, create_draft, get_draft, save_version


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
    known = call.desk.distribution_plan.get("draft_id")
    draft = get_draft(call.ctx, call.rt, UUID(str(known))) if known else create_draft(call.ctx, call.rt, plan.view.file.file_id)
    call.desk.distribution_plan["draft_id"] = str(draft.draft_id)
    wanted = _onto_plan(draft.distribution, standing)
    if wanted == draft.distribution:
        return draft
    draft = _unlocked(call, draft, wanted)
    words = note or f"Assistant: {call.desk.distribution_plan.get('made_by', 'distribution').replace('_', ' ')}"
    return save_version(call.ctx, call.rt, SaveDraft(draft.draft_id, draft.version, wanted, words))


def _onto_plan(whole: Distribution, standing: Distribution) -> Distribution:
    """Put the planned amounts into the plan's whole table; months and lines that were not planned keep what they have."""
    cells = {(row.id, cell.period): cell for row in standing.rows for cell in row.cells}
    missing = {cell.period for row in standing.rows for cell in row.cells} - {period.key for period in whole.periods}
    if missing:
        raise InvalidInput(
            f"The plan has no cells for {', '.join(sorted(missing))}, so this split cannot be kept in it.",
            hint="Ask for a split over the plan's own months.",
        )
    rows = []
    for row in whole.rows:
        planned = [cells.get((row.id, cell.period)) for cell in row.cells]
        new = tuple(
            replace(cell, budget_minor=own.budget_minor, locked=own.locked) if own is not None else cell
            for cell, own in zip(row.cells, planned, strict=True)
        )
        rows.append(replace(row, cells=new, locked=all(cell.locked for cell in new)))
    return replace(whole, rows=tuple(rows), fixed_total_minor=None)


def _unlocked(call: ToolCall, draft: DraftView, wanted: Distribution) -> DraftView:
    """Open the locks of an earlier version that the person's newer wishes change, as a version of its own."""
    amounts = {(row.id, cell.period): cell.budget_minor for row in wanted.rows for cell in row.cells}
    held = [
        (r.id, c.period)
        for r in draft.distribution.rows
        for c in r.cells
        if (r.locked or c.locked) and amounts.get((r.id, c.period)) != c.budget_minor
    ]
    if not held:
        return draft
    rows = tuple(replace(r, locked=False, cells=tuple(replace(c, locked=False) for c in r.cells)) for r in draft.distribution.rows)
    opened = replace(draft.distribution, rows=rows, fixed_total_minor=None)
    return save_version(call.ctx, call.rt, SaveDraft(draft.draft_id, draft.version, opened, "Assistant: unlocked by request"))


TOOL = ToolSpec(
    "save_draft", "Save the distribution on the table as a version of the plan's draft.", Args, Permission.EDIT_DRAFT, "propose", run
)
