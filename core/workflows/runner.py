"""The JobRunner port on DBOS: starts, signals, watches and cancels workflows from any process, within one workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Engine as SqlEngine

from core.access import AccessContext
from core.errors import Misconfigured, NotFound
from core.ports import JobStatus
from core.workflows.engine import APPLICATION_NAME, APPLICATION_VERSION, SCHEMA, serializer
from core.workflows.job import PROGRESS, WorkflowSpec

if TYPE_CHECKING:
    from dbos import DBOSClient, WorkflowStatus

_STATES = {
    "ENQUEUED": "queued",
    "DELAYED": "queued",
    "PENDING": "running",
    "SUCCESS": "succeeded",
    "ERROR": "failed",
    "CANCELLED": "cancelled",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
}


class DbosJobRunner:
    """Talks to the workflow tables only, so it works whether workers run in this process or in others."""

    def __init__(self, engine: SqlEngine, workflows: Mapping[str, WorkflowSpec], *, ready: Callable[[], None] = lambda: None) -> None:
        self._engine, self._workflows, self._ready = engine, workflows, ready

    @cached_property
    def _client(self) -> DBOSClient:
        self._ready()
        from dbos import DBOSClient

        return DBOSClient(
            system_database_engine=self._engine, dbos_system_schema=SCHEMA, serializer=serializer(), application_name=APPLICATION_NAME
        )

    def start(self, ctx: AccessContext, kind: str, *, job_id: str, payload: Mapping[str, object]) -> str:
        """Start workflow `kind` unless `job_id` exists; NotFound when the id is another workspace's."""
        self._ready()
        if kind not in self._workflows:
            raise Misconfigured(f"There is no workflow {kind!r}.", hint=f"Known are: {', '.join(sorted(self._workflows))}.")
        existing = self._find(job_id)
        if existing is None:
            self._client.enqueue(
                {
                    "workflow_name": kind,
                    "queue_name": self._workflows[kind].queue,
                    "workflow_id": job_id,
                    "app_version": APPLICATION_VERSION,
                    "attributes": {"workspace_id": str(ctx.workspace_id), "actor_id": str(ctx.actor_id)},
                },
                str(ctx.workspace_id),
                str(ctx.actor_id),
                dict(payload),
            )
            existing = self._find(job_id)
        _own(ctx, existing, job_id)
        return job_id

    def signal(self, ctx: AccessContext, job_id: str, topic: str, message: Mapping[str, object]) -> None:
        """Send a message that the workflow waits for, or will wait for."""
        _own(ctx, self._find(job_id), job_id)
        self._client.send(job_id, dict(message), topic)

    def status(self, ctx: AccessContext, job_id: str) -> JobStatus:
        """Tell where the workflow stands."""
        found = _own(ctx, self._find(job_id), job_id)
        state = _STATES[found.status]
        progress = self._client.get_event(job_id, PROGRESS, timeout_seconds=0) or {}
        if state == "running" and progress.get("waiting"):
            state = "waiting"
        return JobStatus(
            job_id=job_id,
            state=state,
            step=str(progress.get("step", "")),
            progress_ratio=1.0 if state == "succeeded" else progress.get("ratio"),
            error=_sentence(found) if state == "failed" else None,
            result=found.output if state == "succeeded" else None,
        )

    def running(self, ctx: AccessContext, *prefixes: str) -> str | None:
        """Give the newest job of the workspace that has not ended and whose id begins so."""
        found = self._client.list_workflows(
            workflow_id_prefix=list(prefixes),
            status=[name for name, state in _STATES.items() if state in ("queued", "running")],
            attributes={"workspace_id": str(ctx.workspace_id)},
            sort_desc=True,
            limit=1,
            load_input=False,
            load_output=False,
        )
        return found[0].workflow_id if found else None

    def cancel(self, ctx: AccessContext, job_id: str) -> None:
        """Stop it before its next step; a step that is running ends, its result is dropped."""
        _own(ctx, self._find(job_id), job_id)
        self._client.cancel_workflow(job_id)

    def _find(self, job_id: str) -> WorkflowStatus | None:
        found = self._client.list_workflows(workflow_ids=[job_id], load_input=False)
        return found[0] if found else None


def _own(ctx: AccessContext, found: WorkflowStatus | None, job_id: str) -> WorkflowStatus:
    """Give the workflow if it is the context's workspace's. DBOS's tables are under no row-level security: this is the wall."""
    if found is None or (found.attributes or {}).get("workspace_id") != str(ctx.workspace_id):
        raise NotFound("This job does not exist.", context={"job_id": job_id})
    return found


def _sentence(found: WorkflowStatus) -> str:
    if found.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
        return "It was interrupted too often and has been given up. Start it again; if that fails too, look at the log."
    return str(found.error)
