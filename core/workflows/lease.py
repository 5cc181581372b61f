"""Fail-over between workers without a coordinator: an advisory lock per executor, and a sweep for those whose lock is free.

DBOS alone recovers a dead worker's workflows only when the same executor id starts again. Here every worker holds a Postgres advisory
lock on its id; a lock that is free at two sweeps in a row belongs to a dead worker (a restart of Postgres frees all locks for a
moment, the second look lets the living take theirs back), and its workflows are put back on the queue.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import structlog

from core.errors import Misconfigured

log = structlog.get_logger()

_LOCK = "select {function}(hashtextextended('flightplan-executor:' || %s, 0))"


class Lease:
    """One worker's lock, and the thread that sweeps for the dead every `period_seconds`."""

    def __init__(self, url: str, executor_id: str, *, application_version: str, period_seconds: float = 4.0) -> None:
        self._url, self._id, self._version, self._period = url, executor_id, application_version, period_seconds
        self._suspects: set[str] = set()
        self._stopping = threading.Event()
        self._connection = self._acquire()
        self._thread: threading.Thread | None = None

    def start(self, recover: Callable[[str], None], *, also: Callable[[], object]) -> None:
        """Sweep now without a second look, then every period; `also` runs at each."""
        self._sweep(recover, patient=False)
        self._thread = threading.Thread(target=self._loop, args=(recover, also), daemon=True, name="workflow-lease")
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self._connection.close()

    def _acquire(self) -> psycopg.Connection[tuple[object, ...]]:
        connection = psycopg.connect(self._url, autocommit=True, application_name=f"lease:{self._id}"[:63])
        taken = connection.execute(_LOCK.format(function="pg_try_advisory_lock"), (self._id,)).fetchone()
        if taken is None or not taken[0]:
            connection.close()
            raise Misconfigured(
                f"A worker named {self._id} is running already.", hint="Give each process its own EXECUTOR_ID, or leave it unset."
            )
        return connection

    def _loop(self, recover: Callable[[str], None], also: Callable[[], object]) -> None:
        while not self._stopping.wait(self._period):
            try:
                if self._connection.closed:
                    self._connection = self._acquire()
                self._sweep(recover, patient=True)
                also()
            except Exception:  # the thread must outlive a restart of the database
                if not self._stopping.is_set():
                    log.warning("lease_sweep_failed", executor=self._id, exc_info=True)
                    self._connection.close()

    def _sweep(self, recover: Callable[[str], None], *, patient: bool) -> None:
        rows = self._connection.execute(
            "select distinct executor_id from dbos.workflow_status"
            " where status = 'PENDING' and executor_id is not null and executor_id <> %s and application_version = %s",
            (self._id, self._version),
        ).fetchall()
        free = set()
        for (executor,) in rows:
            with self._connection.transaction():
                taken = self._connection.execute(_LOCK.format(function="pg_try_advisory_xact_lock"), (executor,)).fetchone()
                if taken is None or not taken[0]:
                    continue
                free.add(str(executor))
                if not patient or executor in self._suspects:
                    log.info("workflows_recovered", of=executor, by=self._id)
                    recover(str(executor))
        self._suspects = free
