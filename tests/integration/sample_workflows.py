"""Workflows that show what the engine promises; run in the test's process and, to be killed, in one of their own.

`python -m tests.integration.sample_workflows` is such a worker: it reads DATABASE_URL and EXECUTOR_ID, and kills itself without a
word (as kill -9 does) in the step that DIE_IN names, before or after the step's effect.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping

from pydantic import SecretStr

from core.access import AccessContext
from core.clock import SystemClock
from core.config import Settings
from core.db.session import Database
from core.errors import InvalidInput, QuotaExceeded, VendorUnavailable
from core.runtime import Runtime, install
from core.services.activity import record
from core.workflows.engine import Engine
from core.workflows.job import Job, StepFailed, WorkflowSpec
from core.workflows.runner import DbosJobRunner

STEPS = ("read", "write", "verify")


def note(ctx: AccessContext, rt: Runtime, subject: str, *, once: str | None = None) -> str:
    """Leave a trace in the activity log, under an idempotency key when one is given."""
    with rt.db.session(ctx) as session:
        done = session.connection().exec_driver_sql("select 1 from activities where subject = %s", (once,)).first() if once else None
        if done is None:
            record(session, ctx, "did", once or subject)
    return subject


def _die(where: str) -> None:
    if os.environ.get("DIE_IN") == where:
        os.kill(os.getpid(), signal.SIGKILL)


def three_steps(job: Job) -> Mapping[str, object]:
    def do(name: str) -> str:
        def run(ctx: AccessContext, rt: Runtime) -> str:
            note(ctx, rt, f"try {name}")
            _die(f"before {name}")
            note(ctx, rt, name, once=f"effect {name} of {job.id}")
            _die(f"after {name}")
            return name

        return str(job.step(name, f"Doing {name}", run, ratio=STEPS.index(name) / len(STEPS)))

    return {"done": [do(name) for name in STEPS]}


def waiting(job: Job) -> Mapping[str, object]:
    answer = job.wait("answer", "Waiting for your answer", timeout_seconds=float(job.payload.get("seconds", 60)))
    if answer is None:
        raise InvalidInput("Nobody answered.", hint="Start again.")
    return {"answer": answer["text"]}


def failing(job: Job) -> Mapping[str, object]:
    """Fail `times` times in the way the payload names, then give how many tries it took."""

    def attempt(ctx: AccessContext, rt: Runtime) -> int:
        note(ctx, rt, "try")
        with rt.db.session(ctx) as session:
            tries = int(session.connection().exec_driver_sql("select count(*) from activities").scalar_one())
        if tries <= int(job.payload["times"]):
            errors = {
                "quota": QuotaExceeded("Google asks to wait.", retry_after=0.05),
                "down": VendorUnavailable("Google is down.", hint="Try later."),
                "wrong": InvalidInput("The sheet has no tab “Plan”.", hint="Choose another."),
                "bug": ValueError("a bug with the secret 4711"),
            }
            raise errors[str(job.payload["how"])]
        return tries

    try:
        return {"tries": job.step("attempt", "Trying", attempt, tries=int(job.payload.get("tries", 4)))}
    except StepFailed as failed:
        code = failed.code
        job.step("compensate", "Cleaning up", lambda ctx, rt: note(ctx, rt, f"compensated {code}"))
        raise


SAMPLES = {
    spec.kind: spec
    for spec in (WorkflowSpec("three_steps", three_steps), WorkflowSpec("waiting", waiting), WorkflowSpec("failing", failing))
}


def main() -> None:
    """Work on the queues until killed."""
    settings = Settings.model_construct(executor_id=os.environ["EXECUTOR_ID"], database_url=SecretStr(os.environ["DATABASE_URL"]))
    database = Database(os.environ["DATABASE_URL"])
    runner = DbosJobRunner(database.engine, SAMPLES)
    rt = Runtime(settings=settings, db=database, clock=SystemClock(), vault=None, google=None, jobs=runner)  # type: ignore[arg-type]
    install(rt)
    Engine(rt, SAMPLES, polling_seconds=0.05, lease_seconds=0.3).launch()
    threading.Event().wait()


if __name__ == "__main__":
    main()
