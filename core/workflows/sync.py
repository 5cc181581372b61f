"""`sync-{workspace}-...`: asks every connected account what changed, reads only that, says at each file what failed.

Every quarter of an hour a standing job starts a round of its own, so its history never grows; `Refresh now` is one more round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from core.access import AccessContext
from core.runtime import Runtime
from core.services.sync import (
    SYNC,
    Failure,
    check_updates,
    due_connections,
    due_files,
    finish_round,
    note_failure,
    sync_file,
)
from core.workflows.job import Job, StepFailed, WorkflowSpec

_ENDS_THE_ROUND = frozenset({"auth_expired", "scope_missing", "quota_exceeded"})


@dataclass(slots=True)
class Round:
    """What one round came to: files read, files that failed, and what ended an account's part early."""

    read: int = 0
    failed: int = 0
    problem: str = ""


def run(job: Job) -> Mapping[str, object]:
    """Sync one file, or everything; a file that fails never stops the others."""
    done = Round()
    if (wanted := job.payload.get("file_id")) is not None:
        _read(job, done, UUID(str(wanted)), "Reading it again", ratio=0.3, again=True)
    else:
        for connection_id in job.step("accounts", "Looking at the connected accounts", _accounts):
            sync_account(job, done, UUID(connection_id))
    return {"read": done.read, "failed": done.failed, "problem": done.problem}


def sync_account(job: Job, done: Round, connection_id: UUID) -> None:
    """Bring one account's files up to date, adding to what the round came to."""
    failure: Failure | None = None
    try:
        due = job.step(
            f"updates:{connection_id}",
            "Asking Google what changed",
            lambda ctx, rt: _updates(ctx, rt, connection_id),
            tries=3,
            within_seconds=60,
        )
        for number, file_id in enumerate(due):
            failure = _read(job, done, UUID(file_id), f"Reading file {number + 1} of {len(due)}", ratio=number / len(due))
            if failure is not None and failure.code in _ENDS_THE_ROUND:
                break
            failure = None
    except StepFailed as error:
        failure = Failure(error.code, str(error))
    done.problem = failure.sentence if failure is not None else done.problem
    job.step(f"finish:{connection_id}", "Finishing", lambda ctx, rt: finish_round(ctx, rt, connection_id, failure), ratio=1.0)


def _read(job: Job, done: Round, file_id: UUID, says: str, *, ratio: float, again: bool = False) -> Failure | None:
    """Read one file; a failure is said at the file and given back."""
    try:
        job.step(
            f"file:{file_id}", says, lambda ctx, rt: sync_file(ctx, rt, file_id, again=again), ratio=ratio, tries=3, within_seconds=180
        )
    except StepFailed as error:
        failure = Failure(error.code, str(error))
        job.step(f"failed:{file_id}", says, lambda ctx, rt: note_failure(ctx, rt, file_id, failure))
        done.failed += 1
        return failure
    done.read += 1
    return None


def _accounts(ctx: AccessContext, rt: Runtime) -> list[str]:
    return [str(connection_id) for connection_id in due_connections(ctx, rt)]


def _updates(ctx: AccessContext, rt: Runtime, connection_id: UUID) -> list[str]:
    check_updates(ctx, rt, connection_id)
    return [str(file_id) for file_id in due_files(ctx, rt, connection_id)]


WORKFLOW = WorkflowSpec(SYNC, run, queue="background")
