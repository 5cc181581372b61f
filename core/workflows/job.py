"""What a workflow's author sees: the job with its steps, waits and progress, and the one retry policy of the system."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid4

import structlog
from sqlalchemy.exc import OperationalError

from core import runtime
from core.access import AccessContext
from core.errors import AppError, QuotaExceeded
from core.runtime import Runtime
from core.services.identity import workflow_context

log = structlog.get_logger()

PROGRESS = "progress"
LONGEST_WAIT_SECONDS = 120.0
SLICE_SECONDS = 2.0

closing = threading.Event()  # set while this process's engine shuts down

StepFunction = Callable[[AccessContext, Runtime], Any]


class WorkerCloses(BaseException):
    """Leaves a workflow where it is, without an outcome, so that another worker takes it up."""


class StepFailed(AppError):
    """A step gave up; `code` is that of the error that ended it."""

    def __init__(self, step: str, *, code: str, message: str, hint: str) -> None:
        super().__init__(message, hint=hint, context={"step": step, "code": code})
        self.code = code  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a workflow.

    Attributes:
        payload: what it was started with; ids only.
    """

    id: str
    workspace_id: UUID
    actor_id: UUID
    payload: Mapping[str, Any]

    def step(
        self, name: str, says: str, do: StepFunction, *, ratio: float | None = None, tries: int = 4, within_seconds: float | None = None
    ) -> Any:
        """Run a function once and remember what it gave; try again what may help.

        Args:
            name: stable within the workflow; part of its history.
            says: what it is doing, in plain words; shown on the page.
            do: takes (ctx, rt), gives JSON.
            ratio: progress when it begins, 0-1.
            within_seconds: no new try once this much time went into it.
        Raises:
            StepFailed: it gave up; says why and what to do.
        """
        from dbos import DBOS

        self.report(says, ratio=ratio)
        spent = 0.0
        for attempt in range(1, tries + 1):
            outcome = DBOS.run_step({"name": name}, _attempt, self, name, do)
            if "value" in outcome:
                return outcome["value"]
            error = outcome["error"]
            delay = min(error["retry_after"] if error["retry_after"] is not None else 2.0 ** (attempt - 1), LONGEST_WAIT_SECONDS)
            spent += outcome["seconds"] + delay
            is_last = attempt == tries or (within_seconds is not None and spent > within_seconds)
            if is_last or not error["retryable"]:
                raise StepFailed(name, code=error["code"], message=error["message"], hint=error["hint"])
            for pause in _slices(delay):
                DBOS.sleep(pause)
        raise AssertionError("tries must be at least 1")

    def wait(self, topic: str, says: str, *, timeout_seconds: float) -> Mapping[str, Any] | None:
        """Wait for a signal; None when it did not come in time."""
        from dbos import DBOS

        self.report(says, waiting=True)
        for pause in _slices(timeout_seconds):
            message: Mapping[str, Any] | None = DBOS.recv(topic, pause)
            if message is not None:
                return message
        return None

    def report(self, says: str, *, ratio: float | None = None, waiting: bool = False) -> None:
        """Tell what it is doing; works inside steps too."""
        from dbos import DBOS

        DBOS.set_event(PROGRESS, {"step": says, "ratio": ratio, "waiting": waiting})


@dataclass(frozen=True, slots=True)
class WorkflowSpec:
    """A workflow as declared by its module.

    Attributes:
        kind: name under which it is started and kept.
        queue: `interactive` starts at once; `background` runs a few at a time.
    """

    kind: str
    run: Callable[[Job], Mapping[str, object] | None]
    queue: Literal["interactive", "background"] = "interactive"


def _slices(seconds: float) -> Iterator[float]:
    """Cut a wait into short ones, so that a worker that closes or a job that is cancelled is not held up by it."""
    whole, rest = divmod(seconds, SLICE_SECONDS)
    for pause in [SLICE_SECONDS] * int(whole) + [rest]:
        if closing.is_set():
            raise WorkerCloses
        yield pause


def _attempt(job: Job, name: str, do: StepFunction) -> dict[str, Any]:
    """Run one attempt and give its outcome as JSON: errors come back from the history as they were told, not as pickled classes."""
    began = time.monotonic()
    rt = runtime.current()
    try:
        ctx = workflow_context(rt, job.workspace_id, job.actor_id, job_id=job.id)
        return {"value": do(ctx, rt)}
    except Exception as error:  # noqa: BLE001 - the boundary of a workflow step
        return {"error": describe(error, job_id=job.id, step=name), "seconds": time.monotonic() - began}


def describe(error: Exception, *, job_id: str, step: str) -> dict[str, Any]:
    """Give an error as JSON for the history; an unexpected one is logged under a reference id that the person sees."""
    if isinstance(error, AppError):
        log.warning(
            "step_failed", job_id=job_id, step=step, code=error.code, **{f"ctx_{key}": value for key, value in error.context.items()}
        )
        retry_after = error.retry_after if isinstance(error, QuotaExceeded) else None
        facts = {"code": error.code, "message": error.message, "hint": error.hint}
        return facts | {"retryable": error.retryable, "retry_after": retry_after}
    reference = uuid4().hex[:8]
    log.error("step_crashed", job_id=job_id, step=step, reference=reference, exc_info=error)
    return {
        "code": "unexpected",
        "message": f"Something went wrong on our side (reference {reference}).",
        "hint": "Try again; if it happens again, send the reference to your administrator.",
        "retryable": isinstance(error, OperationalError),  # the database restarted or dropped the connection
        "retry_after": None,
    }
