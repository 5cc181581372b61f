"""What a person should do next, from the state of the whole workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.access import AccessContext, Permission
from core.model.changes import ChangeSetStatus
from core.runtime import Runtime
from core.services.activity import ActivityEntry, list_activity
from core.services.changes import ChangeSetView, list_change_sets
from core.services.connections import ConnectionView, list_connections
from core.services.draft_views import DraftSummary
from core.services.drafts import list_drafts
from core.services.files import FileQuery, list_files

UNDER_WAY = frozenset({ChangeSetStatus.APPROVED, ChangeSetStatus.APPLYING, ChangeSetStatus.UNDOING})
IN_TROUBLE = frozenset({ChangeSetStatus.CONFLICTED, ChangeSetStatus.FAILED})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the loop: connect, discover, plan, approve, write back.

    Attributes:
        page: where it is done.
        is_next: the first one that is not done.
    """

    title: str
    says: str
    page: str
    is_done: bool
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """The workspace at a glance; lists are newest first and short, `n_drafts` counts all."""

    connections: tuple[ConnectionView, ...]
    plans: int
    decoys: int
    synced_at: datetime | None
    drafts: tuple[DraftSummary, ...]
    n_drafts: int
    waiting: tuple[ChangeSetView, ...]
    under_way: tuple[ChangeSetView, ...]
    troubled: tuple[ChangeSetView, ...]
    written_back: int
    latest: tuple[ActivityEntry, ...]
    steps: tuple[Step, ...]

    @property
    def broken_connections(self) -> tuple[ConnectionView, ...]:
        return tuple(one for one in self.connections if one.state != "active" or one.failure)


def get_overview(ctx: AccessContext, rt: Runtime) -> Overview:
    """Look at connections, plans, drafts, approvals and activity, and say what comes next."""
    ctx.require(Permission.READ)
    connections, found = list_connections(ctx, rt), list_files(ctx, rt, FileQuery())
    drafts, changes = list_drafts(ctx, rt), list_change_sets(ctx, rt)
    by_status = {status: tuple(one for one in changes if one.status == status) for status in ChangeSetStatus}
    written_back = len(by_status[ChangeSetStatus.APPLIED]) + len(by_status[ChangeSetStatus.UNDONE])
    waiting = by_status[ChangeSetStatus.PROPOSED]
    steps = [
        Step(
            "Connect Google", "Let Flightplan see the spreadsheets you already have.", "connections", bool(connections) or found.plans > 0
        ),
        Step("Choose a media plan", "Open one of the plans found in Drive, or upload one.", "files", bool(drafts)),
        Step("Plan the budget", "Edit the split in a table, or let it be distributed.", "planner", bool(changes)),
        Step("Approve the change", "See every cell that will change, then approve it.", "approvals", bool(changes) and not waiting),
        Step("Written back", "The amounts are in the sheet's own cells, and can be undone.", "approvals", written_back > 0),
    ]
    return Overview(
        connections=connections,
        plans=found.plans,
        decoys=found.decoys,
        synced_at=found.synced_at,
        drafts=tuple(drafts[:5]),
        n_drafts=len(drafts),
        waiting=waiting,
        under_way=tuple(one for one in changes if one.status in UNDER_WAY),
        troubled=tuple(one for one in changes if one.status in IN_TROUBLE),
        written_back=written_back,
        latest=tuple(list_activity(ctx, rt, limit=6)),
        steps=_mark_next(steps),
    )


def _mark_next(steps: list[Step]) -> tuple[Step, ...]:
    undone = next((index for index, step in enumerate(steps) if not step.is_done), None)
    return tuple(Step(step.title, step.says, step.page, step.is_done, is_next=index == undone) for index, step in enumerate(steps))
