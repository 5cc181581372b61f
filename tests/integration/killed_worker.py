"""A worker that dies as kill -9 does, before or after the effect of the step that DIE_IN names (`after write`).

`python -m tests.integration.killed_worker` reads DATABASE_URL, EXECUTOR_ID, SANDBOX_URL, SECRET_KEY, NOW and DIE_IN.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from connectors.google.connector import build as build_google
from connectors.spec import SandboxAddress
from core.config import Settings
from core.db.session import Database
from core.db.vault import Vault
from core.runtime import Runtime, install
from core.services import applying
from core.workflows.engine import Engine, discover_workflows
from core.workflows.runner import DbosJobRunner


class FixedClock:
    """The test's own time."""

    def now(self) -> datetime:
        return datetime.fromisoformat(os.environ["NOW"])


def die(where: str) -> None:
    if os.environ["DIE_IN"] == where:
        os.kill(os.getpid(), signal.SIGKILL)


def deadly(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        die(f"before {name}")
        result = step(*args, **kwargs)
        die(f"after {name}")
        return result

    return run


def main() -> None:
    for name in ("begin", "write", "verify", "finish", "read_again"):
        setattr(applying, name, deadly(name, getattr(applying, name)))
    journal = applying._keep_journal
    applying._keep_journal = deadly("journal", journal)
    database = Database(os.environ["DATABASE_URL"])
    settings = Settings.model_construct()
    address = SandboxAddress(os.environ["SANDBOX_URL"], os.environ["SANDBOX_URL"])
    workflows = discover_workflows()
    rt = Runtime(
        settings=settings,
        db=database,
        clock=FixedClock(),
        vault=Vault([os.environ["SECRET_KEY"]]),
        google=build_google(settings, address),
        jobs=DbosJobRunner(database.engine, workflows),
    )
    install(rt)
    engine = Engine(rt, workflows, polling_seconds=0.05, lease_seconds=0.3)
    engine.executor_id = os.environ["EXECUTOR_ID"]
    engine.launch()
    threading.Event().wait()


if __name__ == "__main__":
    main()
