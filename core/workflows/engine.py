"""The DBOS engine: schema, launch and shutdown. One per process; whether it runs in the app or in a worker is a setting."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
import structlog
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import create_engine, event, make_url

from core.db.turns import turn
from core.errors import AppError
from core.registry import discover
from core.runtime import Runtime
from core.workflows.job import SLICE_SECONDS, Job, StepFailed, WorkflowSpec, closing, describe
from core.workflows.lease import Lease
from core.workflows.standing import start_due

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext

log = structlog.get_logger()

APPLICATION_NAME = "flightplan"
APPLICATION_VERSION = "1"  # raise it when workflows in flight could not go on with the changed code
MAX_RECOVERY_ATTEMPTS = 4  # a workflow that kills its worker this often is failed, not tried forever
SCHEMA = "dbos"
QUEUES: dict[str, int | None] = {"interactive": None, "background": 2}  # how many at once in one worker


def _polling_of(queue: str, seconds: float) -> float:
    """Look more often where a person is waiting for the first word."""
    return min(seconds, 0.2) if queue == "interactive" else seconds


def migrate_engine(owner_url: str, *, app_role: str) -> None:
    """Bring DBOS's own tables to its version as the owner and grant them to the application role; safe at every start."""
    import logging

    from dbos import run_dbos_database_migrations

    logging.getLogger("dbos").setLevel(logging.WARNING)
    with turn(owner_url, "dbos"):
        run_dbos_database_migrations(owner_url, schema=SCHEMA, application_role=app_role)


def discover_workflows() -> dict[str, WorkflowSpec]:
    """Collect the WORKFLOW of every module in core.workflows, by kind."""
    return discover("core.workflows", "WORKFLOW", WorkflowSpec, key=lambda spec: spec.kind)


def serializer() -> Any:
    """Give the JSON serializer: the default one is pickle, with which a database write is code execution."""
    from dbos import DBOSPortableJSONSerializer

    return DBOSPortableJSONSerializer()


def system_engine(url: str) -> SqlEngine:
    """Make the SQLAlchemy engine that DBOS uses; it takes a refused unix socket for what it is, a lost connection."""
    engine = create_engine(
        url,
        pool_size=20,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"application_name": "flightplan-dbos", "connect_timeout": 10},
    )

    @event.listens_for(engine, "handle_error")
    def _lost(context: ExceptionContext) -> None:
        error = context.original_exception
        if isinstance(error, psycopg.OperationalError) and "connection is bad" in str(error):
            context.is_disconnect = True  # DBOS 3.4.0 would drop the workflow instead of waiting for the database

    return engine


class Engine:
    """Runs workflows in this process until `close`."""

    def __init__(
        self, rt: Runtime, workflows: Mapping[str, WorkflowSpec], *, polling_seconds: float = 1.0, lease_seconds: float = 4.0
    ) -> None:
        self._rt, self._workflows, self._polling, self._lease_seconds = rt, workflows, polling_seconds, lease_seconds
        self.executor_id = rt.settings.executor_id or f"{socket.gethostname()}-{uuid4().hex[:8]}"
        self._lease: Lease | None = None
        self._sql: SqlEngine | None = None
        self._active: set[str] = set()

    def launch(self) -> None:
        """Register every workflow, start working on the queues and take over what dead workers left.

        On a thread of its own, because DBOS refuses one in which an event loop runs.
        """
        with ThreadPoolExecutor(max_workers=1) as thread:
            thread.submit(self._launch).result()

    def _launch(self) -> None:
        from dbos import DBOS

        closing.clear()
        url = self._rt.db.engine.url.render_as_string(hide_password=False)
        self._lease = Lease(
            make_url(url).set(drivername="postgresql").render_as_string(hide_password=False),
            self.executor_id,
            application_version=APPLICATION_VERSION,
            period_seconds=self._lease_seconds,
        )
        self._sql = system_engine(url)
        DBOS(
            config={
                "name": APPLICATION_NAME,
                "system_database_url": url,
                "system_database_engine": self._sql,
                "run_migrations": False,
                "serializer": serializer(),
                "executor_id": self.executor_id,
                "application_version": APPLICATION_VERSION,
                "max_executor_threads": 64,
                "log_level": "WARNING",
                "enable_otlp": False,
            }
        )
        for spec in self._workflows.values():
            DBOS.workflow(name=spec.kind, max_recovery_attempts=MAX_RECOVERY_ATTEMPTS)(_runner(spec, self._active))
        DBOS.launch()
        DBOS.set_latest_application_version(APPLICATION_VERSION)
        for queue, at_once in QUEUES.items():
            DBOS.register_queue(
                queue, worker_concurrency=at_once, polling_interval_sec=_polling_of(queue, self._polling), on_conflict="always_update"
            )
        self._lease.start(_recover, also=lambda: start_due(self._rt))
        log.info("workflows_started", executor=self.executor_id)

    def close(self) -> None:
        """Stop working; what is in flight stays pending and is taken over by the next worker."""
        from dbos import DBOS

        if self._lease is None:
            return
        self._lease.stop()
        closing.set()
        deadline = time.monotonic() + 2 * SLICE_SECONDS
        while self._active and time.monotonic() < deadline:
            time.sleep(0.02)
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=0)
        if self._sql is not None:
            self._sql.dispose()
        self._lease = None

    @property
    def is_running(self) -> bool:
        return self._lease is not None


def _recover(executor_id: str) -> None:
    from dbos import DBOS

    DBOS._recover_pending_workflows([executor_id])  # private in 3.4.0, which is why dbos is pinned


def _runner(spec: WorkflowSpec, active: set[str]) -> Callable[[str, str, Mapping[str, Any]], dict[str, Any] | None]:
    def run(workspace_id: str, actor_id: str, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        from dbos import DBOS
        from dbos._error import DBOSException

        job = Job(id=str(DBOS.workflow_id), workspace_id=UUID(workspace_id), actor_id=UUID(actor_id), payload=payload)
        active.add(job.id)
        try:
            result = spec.run(job)
        except (AppError, DBOSException):
            raise
        except Exception as error:
            said = describe(error, job_id=job.id, step=spec.kind)
            raise StepFailed(spec.kind, code=said["code"], message=said["message"], hint=said["hint"]) from error
        finally:
            active.discard(job.id)
        return None if result is None else dict(result)

    run.__qualname__ = run.__name__ = spec.kind
    return run
