"""The demo workspace: a visitor's own, on the sandbox's Drive, with a draft under way and an approval waiting; never on real Google."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from uuid import UUID, uuid4

from core.access import AccessContext, Permission
from core.errors import Misconfigured, RuleViolation
from core.model.distribution import Distribution, DistributionRow
from core.runtime import Runtime
from core.services.changes import list_change_sets, propose
from core.services.connections import store_connection
from core.services.draft_views import DraftView
from core.services.drafts import SaveDraft, create_draft, list_drafts, save_version
from core.services.files import FileInfo, FileQuery, list_files
from core.services.identity import add_user, add_workspace, issue_ticket, workflow_context
from core.services.sync import GOOGLE_SHEET

DEMO = "demo"
_NO_PASSWORD = "!"  # noqa: S105 - no hash matches it: the demo is entered by its ticket alone
_NOTE = "A tenth of the largest line item moved to the next one"
_MOVED = 10
"""One in so many of a row's money moves in the demo's drafts."""


def open_demo(rt: Runtime) -> str:
    """Make a visitor and a demo workspace of their own and start filling it; gives a sign-in ticket.

    Raises:
        Misconfigured: Google is not the sandbox.
    """
    if not rt.google.is_sandbox:
        raise Misconfigured("There is no demo workspace where a Google client is configured.", hint="Sign up and connect Google.")
    workspace_id = uuid4()
    with rt.db.tenant_session(workspace_id) as session:
        email = f"visitor-{workspace_id.hex[:12]}@demo.invalid"
        visitor = add_user(session, rt, email=email, name="Demo visitor", password_hash=_NO_PASSWORD)
        add_workspace(session, rt, workspace_id, name="Demo workspace", owner=visitor, is_demo=True)
        ticket = issue_ticket(session, rt, visitor.id, workspace_id)
    ctx = workflow_context(rt, workspace_id, visitor.id, job_id=demo_job(workspace_id))
    rt.jobs.start(ctx, DEMO, job_id=demo_job(workspace_id), payload={})
    return ticket


def demo_job(workspace_id: UUID) -> str:
    """Give the id of the job that fills a demo workspace."""
    return f"demo-{workspace_id}"


def connect_demo(ctx: AccessContext, rt: Runtime) -> UUID:
    """Connect the sandbox's demo account; connected before, it is that connection."""
    ctx.require(Permission.CONNECT)
    credential = rt.google.demo_credential()
    account = rt.google.oauth.identify(credential)
    with rt.db.session(ctx) as session:
        return store_connection(session, ctx, rt, credential=credential, account=account).id


def draft_demo(ctx: AccessContext, rt: Runtime) -> int:
    """Propose a change to one plan and leave a draft of another under way, on plans with nothing open; gives how many drafts there are."""
    ctx.require(Permission.EDIT_DRAFT)
    drafted = {draft.file_id for draft in list_drafts(ctx, rt)}
    waiting, under_way = bool(list_change_sets(ctx, rt)), False
    clear = [info for info in list_files(ctx, rt, FileQuery()).files if _is_clear(info) and info.file_id not in drafted]
    for info in sorted(clear, key=_telling, reverse=True):
        if waiting and under_way:
            break
        draft = _move_money(ctx, rt, create_draft(ctx, rt, info.file_id))
        if waiting:
            under_way = True
            continue
        with suppress(RuleViolation):  # amounts that are formulas wait for a person's choice: that draft stays under way
            propose(ctx, rt, draft.draft_id, note=_NOTE)
            waiting = True
    return len(list_drafts(ctx, rt))


def _is_clear(info: FileInfo) -> bool:
    """Tell whether a plan can be planned with at once: read, written to by this account, nothing to settle, two line items."""
    settled = info.questions == info.mismatches == 0
    return info.state == "fresh" and info.can_edit and settled and info.line_items >= 2 and info.currency is not None


def _telling(info: FileInfo) -> tuple[bool, int, str]:
    """Order plans by how much they show a newcomer: in Google Sheets, where a write-back is seen at once, and large."""
    return info.mime_type == GOOGLE_SHEET, info.line_items, info.name


def _move_money(ctx: AccessContext, rt: Runtime, draft: DraftView) -> DraftView:
    """Move a tenth of the largest row to the next one, period by period, and save that as the next version."""
    table = draft.distribution
    first = max(range(len(table.rows) - 1), key=lambda number: table.rows[number].total_minor)
    moved = [cell.budget_minor // _MOVED for cell in table.rows[first].cells]
    rows = list(table.rows)
    rows[first] = _plus(rows[first], [-part for part in moved])
    rows[first + 1] = _plus(rows[first + 1], moved)
    changed: Distribution = replace(table, rows=tuple(rows))
    return save_version(ctx, rt, SaveDraft(draft.draft_id, draft.version, changed, _NOTE))


def _plus(row: DistributionRow, parts: list[int]) -> DistributionRow:
    cells = tuple(replace(cell, budget_minor=cell.budget_minor + part) for cell, part in zip(row.cells, parts, strict=True))
    return replace(row, cells=cells)
