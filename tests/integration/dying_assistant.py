"""A worker that answers turns with the built-in model and dies as kill -9 does at the DIE_AT-th event of the kind DIE_ON.

`python -m tests.integration.dying_assistant` reads DATABASE_URL, DATA_DIR, EXECUTOR_ID, DIE_ON and DIE_AT.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any, cast

from cryptography.fernet import Fernet

from agents import assistant
from agents.assistant import TeamAssistant
from core.clock import SystemClock
from core.config import Settings
from core.db.session import Database
from core.db.vault import Vault
from core.ports import GoogleConnector
from core.runtime import Runtime, install, with_assistant
from core.workflows.engine import Engine, discover_workflows
from core.workflows.runner import DbosJobRunner

_append = assistant.append_event
_seen: list[str] = []


def append(*args: Any, kind: str, **kwargs: Any) -> bool:
    """Write the event down, then die if it is the one."""
    stopped = _append(*args, kind=kind, **kwargs)
    _seen.append(kind)
    if kind == os.environ["DIE_ON"] and _seen.count(kind) == int(os.environ["DIE_AT"]):
        os.kill(os.getpid(), signal.SIGKILL)
    return stopped


def main() -> None:
    """Work on the queues until killed."""
    assistant.append_event = append
    settings = Settings.model_construct(executor_id=os.environ["EXECUTOR_ID"], data_dir=Path(os.environ["DATA_DIR"]))
    database, workflows = Database(os.environ["DATABASE_URL"]), discover_workflows()
    rt = Runtime(
        settings=settings,
        db=database,
        clock=SystemClock(),
        vault=Vault([Fernet.generate_key().decode()]),
        google=cast(GoogleConnector, None),  # the plan was uploaded
        jobs=DbosJobRunner(database.engine, workflows),
    )
    rt = with_assistant(rt, TeamAssistant(settings))
    install(rt)
    Engine(rt, workflows, polling_seconds=0.05, lease_seconds=0.3).launch()
    threading.Event().wait()


if __name__ == "__main__":
    main()
