"""A worker of the application's own workflows that kills itself, as kill -9 does, right after the effect of the step DIE_AFTER names.

`python -m tests.integration.dying_worker` reads DATABASE_URL, EXECUTOR_ID, SANDBOX_URL, SECRET_KEY and DIE_AFTER (a step's name up to
its colon). What the step did stands; that it was done is not in the workflow's history yet: the hardest moment to die in.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from pydantic import SecretStr

from connectors.google.connector import build
from connectors.spec import SandboxAddress
from core.clock import SystemClock
from core.config import Settings
from core.db.session import Database
from core.db.vault import Vault
from core.runtime import Runtime, install
from core.workflows import job
from core.workflows.engine import Engine, discover_workflows
from core.workflows.runner import DbosJobRunner

_attempt = job._attempt


def attempt(of: job.Job, name: str, do: job.StepFunction) -> dict[str, Any]:
    """Do the step, then die if it is the one."""
    outcome = _attempt(of, name, do)
    if name.partition(":")[0] == os.environ["DIE_AFTER"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return outcome


def main() -> None:
    """Work on the queues until killed."""
    job._attempt = attempt
    url, address = os.environ["DATABASE_URL"], os.environ["SANDBOX_URL"]
    settings = Settings.model_construct(executor_id=os.environ["EXECUTOR_ID"], database_url=SecretStr(url))
    database, workflows = Database(url), discover_workflows()
    rt = Runtime(
        settings=settings,
        db=database,
        clock=SystemClock(),
        vault=Vault([os.environ["SECRET_KEY"]]),
        google=build(settings, SandboxAddress(address, address)),
        jobs=DbosJobRunner(database.engine, workflows),
    )
    install(rt)
    Engine(rt, workflows, polling_seconds=0.05, lease_seconds=0.3).launch()
    threading.Event().wait()


if __name__ == "__main__":
    main()
