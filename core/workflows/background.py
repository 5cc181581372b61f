"""The engine's start beside the first page: DBOS takes a second to import, people should not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from core.db.opening import DatabaseUrls
from core.errors import AppError, Misconfigured
from core.runtime import Runtime
from core.workflows.engine import Engine, discover_workflows, migrate_engine
from core.workflows.job import WorkflowSpec

log = structlog.get_logger()

START_SECONDS = 60.0


class BackgroundEngine:
    """Prepares the tables and, where this process runs workflows, launches the engine, on a thread of its own.

    Args:
        urls: the database; its owner migrates DBOS's own tables.
        runs_workers: whether to launch the engine here.
        prepare: what else must stand before a workflow runs.
    """

    def __init__(self, urls: DatabaseUrls, *, runs_workers: bool, prepare: Callable[[], None]) -> None:
        self._urls, self._runs_workers, self._prepare = urls, runs_workers, prepare
        self.workflows: dict[str, WorkflowSpec] = {}
        """By kind; empty until `wait` returns."""
        self._done = threading.Event()
        self._failure: AppError | None = None
        self._engine: Engine | None = None
        self._thread: threading.Thread | None = None

    def start(self, rt: Runtime) -> None:
        """Begin; `wait` tells when it is done."""
        self._thread = threading.Thread(target=self._start, args=(rt,), name="workflow-start", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until workflows can be started. Misconfigured when they cannot."""
        if not self._done.wait(START_SECONDS):
            raise Misconfigured("Workflows are still starting.", hint="Try again in a minute.")
        if self._failure is not None:
            raise self._failure

    def check(self) -> str:
        """Give "" when well, else why not."""
        if not self._done.is_set():
            return "Workflows are starting."
        return "" if self._failure is None else str(self._failure)

    def close(self) -> None:
        """Stop working on workflows."""
        if self._thread is not None:
            self._thread.join(START_SECONDS)
        if self._engine is not None:
            self._engine.close()

    def _start(self, rt: Runtime) -> None:
        try:
            self.workflows.update(discover_workflows())
            self._prepare()
            migrate_engine(self._urls.owner, app_role=self._urls.app_role)
            if self._runs_workers:
                engine = Engine(rt, self.workflows)
                engine.launch()
                self._engine = engine
        except AppError as error:
            self._failure = error
        except Exception as error:
            log.error("workflows_did_not_start", exc_info=error)
            self._failure = Misconfigured("Workflows could not be started.", hint="The log says why; restart Flightplan when it is mended.")
        finally:
            self._done.set()
