"""A draft after its plan was written: compared with the sheet as it is now, its line items under the rows they have there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from core.access import AccessContext, Permission
from core.errors import Conflict
from core.model.distribution import Distribution, DistributionRow
from core.runtime import Runtime
from core.services.draft_views import DraftView
from core.services.drafts import add_version, draft_row, get_draft
from core.services.files import open_plan
from core.sheets.writing.distribution import plan_tables, to_distribution

FOLLOWS = "Line items under their new rows"


def rebase_draft(ctx: AccessContext, rt: Runtime, draft_id: UUID, *, version: int, has_rows: bool = False, is_undone: bool = False) -> bool:
    """Compare a draft with the newest reading of its file from now on; False when its line items are not found there for certain.

    Args:
        version: the one that was written. `has_rows`: rows came or went with it, so that a row's number says nothing.
        is_undone: the write was undone, so that the sheet is what it was before that version.
    """
    ctx.require(Permission.EDIT_DRAFT)
    draft = get_draft(ctx, rt, draft_id)
    plan = open_plan(ctx, rt, draft.file_id)
    fresh = to_distribution(plan_tables(plan.reading), plan.workbook)
    if not has_rows and _places(draft.distribution) == _places(fresh):
        _keep_base(ctx, rt, draft_id, plan.snapshot_id)
        return True
    written = get_draft(ctx, rt, draft_id, version).distribution
    following = _before_the_write(draft, written, fresh, version) if is_undone else _after_the_write(draft.distribution, written, fresh)
    if following is None:
        return False
    _follow_sheet(ctx, rt, draft, following, snapshot_id=plan.snapshot_id, note=FOLLOWS)
    return True


def _keep_base(ctx: AccessContext, rt: Runtime, draft_id: UUID, snapshot_id: UUID) -> None:
    with rt.db.session(ctx) as session:
        draft_row(session, draft_id, lock=True).base_snapshot_id = snapshot_id


def _follow_sheet(ctx: AccessContext, rt: Runtime, seen: DraftView, distribution: Distribution, *, snapshot_id: UUID, note: str) -> None:
    """Save a version whose line items are those of another reading, which the draft is compared with from then on.

    Raises:
        Conflict: someone saved a later version than the one seen.
    """
    with rt.db.session(ctx) as session:
        draft = draft_row(session, seen.draft_id, lock=True)
        if draft.newest_version != seen.version:
            raise Conflict(f"Version {draft.newest_version} of {draft.name} was saved in the meantime.")
        draft.newest_version, draft.base_snapshot_id = draft.newest_version + 1, snapshot_id
        add_version(session, ctx, rt, draft, draft.newest_version, distribution=distribution, note=note)


def _places(distribution: Distribution) -> dict[str, tuple[str, list[tuple[str, str | None]]]]:
    return {row.id: (row.label, [(cell.period, cell.source_cell) for cell in row.cells]) for row in distribution.rows}


def _before_the_write(draft: DraftView, written: Distribution, fresh: Distribution, version: int) -> Distribution | None:
    """Give the version that was written, where nobody went on from it: its line items are those of the sheet before."""
    if draft.version != version + 1 or draft.note != FOLLOWS:
        return None
    known, now = _places(written), _places(fresh)
    stands = all(known[row.id] == now.get(row.id) for row in written.rows if row.source_tab is not None)
    return written if stands else None


def _after_the_write(newest: Distribution, written: Distribution, fresh: Distribution) -> Distribution | None:
    """Give the newest version with the rows that its line items have now."""
    if [period.key for period in written.periods] != [period.key for period in fresh.periods]:
        return None
    now = _same_lines(written, fresh)
    if now is None:
        return None
    by_id = {row.id: row for row in newest.rows}
    rows = [
        _moved(by_id[old], row) if old in by_id else row for row in fresh.rows for old in [now.get(row.id)] if old is None or old in by_id
    ]
    new_ids = {old: row_id for row_id, old in now.items()}
    for row in newest.rows:
        if row.id not in new_ids and row.source_tab is None:
            like = new_ids.get(row.like or "", row.like)
            at = next((number for number, other in enumerate(rows, 1) if other.id == like), len(rows))
            rows.insert(at, replace(row, like=like))
    return replace(newest, rows=tuple(rows))


def _same_lines(written: Distribution, fresh: Distribution) -> Mapping[str, str] | None:
    """Match the sheet's line items with the written ones in order: by amounts, and by name where it is not new; give old ids by new ones.

    A line item of 0 that the version does not have is one whose row had to stay. None where anything else differs.
    """
    waiting, found = list(written.rows), dict[str, str]()
    for row in fresh.rows:
        amounts = [cell.budget_minor for cell in row.cells]
        ahead = waiting[0] if waiting else None
        if (
            ahead is not None
            and amounts == [cell.budget_minor for cell in ahead.cells]
            and (ahead.label == row.label or ahead.like is not None)
        ):
            found[row.id] = waiting.pop(0).id
        elif any(amounts):
            return None
    return None if waiting else found


def _moved(row: DistributionRow, now: DistributionRow) -> DistributionRow:
    """Give the sheet's row with the amounts, locks and bounds of a draft's."""
    held = {cell.period: cell for cell in row.cells}
    cells = tuple(replace(held[cell.period], source_cell=cell.source_cell) if cell.period in held else cell for cell in now.cells)
    return replace(now, cells=cells, locked=row.locked, min_minor=row.min_minor, max_minor=row.max_minor)
