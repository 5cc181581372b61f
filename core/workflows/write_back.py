"""`write_back-{change set}`: drift check, one batch write, read back, compare, journal, notify. Conflicts stop it before any write."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from core.services import applying
from core.services.applying import Direction
from core.services.promises import promise_written
from core.workflows.job import Job, StepFailed, WorkflowSpec

_MAY_HAVE_HAPPENED = frozenset({"vendor_unavailable", "quota_exceeded", "unexpected"})
"""Codes after which an earlier try may have reached the sheet: an answer that was lost, tried again in vain."""


def run(job: Job) -> Mapping[str, object]:
    """Apply an approved change set."""
    return carry_out(job, "write")


def carry_out(job: Job, direction: Direction) -> Mapping[str, object]:
    """Run the steps of one direction; what stops it is kept with the change set before the job fails."""
    change_set_id = UUID(str(job.payload["change_set_id"]))
    try:
        job.step("begin", "Checking the approval", lambda ctx, rt: applying.begin(ctx, rt, change_set_id, direction), ratio=0.1)
        written = job.step(
            "write",
            "Comparing with the sheet as it is now, then writing",
            lambda ctx, rt: applying.write(ctx, rt, change_set_id, direction),
            ratio=0.3,
            within_seconds=300,
        )
        if written["conflicts"]:
            return _stopped(job, change_set_id, direction, conflicts=written["conflicts"])
    except StepFailed as failure:
        _stopped(job, change_set_id, direction, error=applying.Stopped(str(failure), is_known=failure.code not in _MAY_HAVE_HAPPENED))
        raise
    different, unread = _checked(job, change_set_id, direction)
    job.step(
        "finish",
        "Telling everybody",
        lambda ctx, rt: applying.finish(ctx, rt, change_set_id, direction, different=different, unread=unread),
        ratio=0.8,
    )
    if direction == "write":
        _promise(job, change_set_id)
    try:
        job.step("read_again", "Reading the plan again", lambda ctx, rt: applying.read_again(ctx, rt, change_set_id), ratio=0.9)
    except StepFailed:
        return {"cells": written["cells"], "conflicts": 0, "different": different, "read_again": False}
    return {"cells": written["cells"], "conflicts": 0, "different": different, "read_again": True}


def _checked(job: Job, change_set_id: UUID, direction: Direction) -> tuple[int, str]:
    """Read back; gives how many cells differ, and why it could not be told: what is written is written all the same."""
    try:
        checked = job.step("verify", "Reading back", lambda ctx, rt: applying.verify(ctx, rt, change_set_id, direction), ratio=0.7)
    except StepFailed as failure:
        return 0, str(failure)
    return int(checked["different"]), ""


def _promise(job: Job, change_set_id: UUID) -> None:
    """Keep what the written plan promises; a plan that cannot be forecast is written all the same."""
    with suppress(StepFailed):
        job.step("promise", "Keeping what it promises", lambda ctx, rt: promise_written(ctx, rt, change_set_id), ratio=0.85, tries=1)


def _stopped(
    job: Job, change_set_id: UUID, direction: Direction, *, conflicts: int = 0, error: applying.Stopped | None = None
) -> Mapping[str, object]:
    job.step(
        "stop",
        "Keeping what stopped it",
        lambda ctx, rt: applying.stop(ctx, rt, change_set_id, direction, conflicts=conflicts, error=error),
    )
    return {"cells": 0, "conflicts": conflicts}


WORKFLOW = WorkflowSpec("write_back", run)
