"""A media plan laid into the sandbox's Drive, connected, read and drafted: where every write-back test starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext
from core.model.workbook import Workbook
from core.ports import AccountIdentity, JobStatus
from core.runtime import Runtime
from core.services import changes, drafts
from core.services.changes import ChangeSetView
from core.services.connections import store_connection
from core.services.draft_views import DraftView
from core.services.drafts import SaveDraft
from core.services.files import FileQuery, list_files, store_of
from core.services.sync import discover_files, sync_file
from tests.conftest import SettableClock, wait_for_job
from tests.integration.conftest import PLANNER


@dataclass(frozen=True)
class PlanInDrive:
    """A file in the sandbox and the workspace that knows it."""

    ctx: AccessContext
    rt: Runtime
    drive: Sandbox
    file_id: UUID
    external_id: str

    def draft(self) -> DraftView:
        return drafts.create_draft(self.ctx, self.rt, self.file_id)

    def edited(self, amounts: Mapping[tuple[int, int], int], *, draft: DraftView | None = None) -> DraftView:
        """Save a draft with amounts changed by (row, period)."""
        draft = self.draft() if draft is None else draft
        rows = list(draft.distribution.rows)
        for (row, period), minor in amounts.items():
            cells = list(rows[row].cells)
            cells[period] = replace(cells[period], budget_minor=minor)
            rows[row] = replace(rows[row], cells=tuple(cells))
        request = SaveDraft(draft.draft_id, draft.version, replace(draft.distribution, rows=tuple(rows)))
        return drafts.save_version(self.ctx, self.rt, request)

    def proposed(self, amounts: Mapping[tuple[int, int], int]) -> ChangeSetView:
        return changes.propose(self.ctx, self.rt, self.edited(amounts).draft_id)

    def now(self) -> Workbook:
        """Give the sheet as Google holds it at this moment."""
        google = store_of(self.ctx, self.rt, self.file_id).google
        assert google is not None
        return google.sheets.read_workbook(self.external_id)

    def cells(self) -> dict[str, object]:
        return {f"{r}:{c}": cell.formula or cell.value for (r, c), cell in self.now().tabs[0].cells.items()}

    def edit(self, **edit: Any) -> None:
        """Do something to the sheet as somebody else."""
        self.drive.edit({"file_id": self.external_id, "tab": "Media plan", **edit})


def connect_plan(ctx: AccessContext, rt: Runtime, drive: Sandbox, name: str) -> PlanInDrive:
    """Connect the account, read the file and give both."""
    account = AccountIdentity("117", PLANNER, "Paula Planner")
    with rt.db.session(ctx) as session:
        connection_id = store_connection(session, ctx, rt, credential=drive.authorize(PLANNER), account=account).id
    discover_files(ctx, rt, connection_id)
    info = next(info for info in list_files(ctx, rt, FileQuery(include_decoys=True)).files if info.name == name)
    sync_file(ctx, rt, info.file_id)
    return PlanInDrive(ctx, rt, drive, info.file_id, info.external_id)


def approved(plan: PlanInDrive, view: ChangeSetView) -> ChangeSetView:
    assert isinstance(plan.rt.clock, SettableClock)
    plan.rt.clock.advance(minutes=1)  # what is read after the write is newer than what was read before
    return changes.approve(plan.ctx, plan.rt, view.id, expected_hash=view.hash)


def ended(plan: PlanInDrive, view: ChangeSetView) -> JobStatus:
    job_id = changes.get_change_set(plan.ctx, plan.rt, view.id).job_id
    assert job_id is not None
    return wait_for_job(plan.rt, plan.ctx, job_id)


def applied(plan: PlanInDrive, view: ChangeSetView) -> ChangeSetView:
    approved(plan, view)
    status = ended(plan, view)
    assert status.state == "succeeded", status.error
    return changes.get_change_set(plan.ctx, plan.rt, view.id)


def undone(plan: PlanInDrive, view: ChangeSetView) -> ChangeSetView:
    assert isinstance(plan.rt.clock, SettableClock)
    plan.rt.clock.advance(minutes=1)
    changes.undo(plan.ctx, plan.rt, view.id)
    status = ended(plan, view)
    assert status.state == "succeeded", status.error
    return changes.get_change_set(plan.ctx, plan.rt, view.id)
