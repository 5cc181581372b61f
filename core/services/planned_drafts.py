"""Keeps a planned distribution as a version of its plan's draft."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from core.access import AccessContext, Permission
from core.errors import InvalidInput, NotFound
from core.model.distribution import Distribution
from core.runtime import Runtime
from core.services.draft_views import DraftView
from core.services.drafts import SaveDraft, create_draft, get_draft, save_version


@dataclass(frozen=True, slots=True)
class KeepPlanned:
    """A distribution to keep; a draft of that id is started where there is none yet, without an id a fresh one."""

    file_id: UUID
    draft_id: UUID | None
    distribution: Distribution
    note: str


def keep_planned(ctx: AccessContext, rt: Runtime, request: KeepPlanned) -> DraftView:
    """Save the distribution into the plan's whole table; nothing is saved where the newest version holds it already.

    Raises:
        InvalidInput: it covers months that the plan has no cells for.
    """
    ctx.require(Permission.EDIT_DRAFT)
    draft = _draft_of(ctx, rt, request)
    wanted = _onto_plan(draft.distribution, request.distribution)
    if wanted == draft.distribution:
        return draft
    draft = _unlocked(ctx, rt, draft, wanted)
    return save_version(ctx, rt, SaveDraft(draft.draft_id, draft.version, wanted, request.note))


def _draft_of(ctx: AccessContext, rt: Runtime, request: KeepPlanned) -> DraftView:
    if request.draft_id is not None:
        try:
            return get_draft(ctx, rt, request.draft_id)
        except NotFound:
            pass
    return create_draft(ctx, rt, request.file_id, draft_id=request.draft_id)


def _onto_plan(whole: Distribution, standing: Distribution) -> Distribution:
    """Put the planned amounts into the plan's whole table; months and lines that were not planned keep what they have."""
    cells = {(row.id, cell.period): cell for row in standing.rows for cell in row.cells}
    missing = {cell.period for row in standing.rows for cell in row.cells} - {period.key for period in whole.periods}
    if missing:
        raise InvalidInput(
            f"The plan has no cells for {', '.join(sorted(missing))}, so this split cannot be kept in it.",
            hint="Ask for a split over the plan's own months.",
        )
    labels = {row.id: row.label for row in standing.rows}
    moved = [row.label for row in whole.rows if labels.get(row.id, row.label) != row.label]
    if moved:
        raise InvalidInput(f"{moved[0]} is in another row of the sheet by now.", hint="Start a new draft of the plan.")
    rows = []
    for row in whole.rows:
        planned = [cells.get((row.id, cell.period)) for cell in row.cells]
        new = tuple(
            replace(cell, budget_minor=own.budget_minor, locked=own.locked) if own is not None else cell
            for cell, own in zip(row.cells, planned, strict=True)
        )
        rows.append(replace(row, cells=new, locked=all(cell.locked for cell in new)))
    return replace(whole, rows=tuple(rows), fixed_total_minor=None)


def _unlocked(ctx: AccessContext, rt: Runtime, draft: DraftView, wanted: Distribution) -> DraftView:
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
    return save_version(ctx, rt, SaveDraft(draft.draft_id, draft.version, opened, "Assistant: unlocked by request"))
