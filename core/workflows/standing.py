"""Starts standing jobs that are due: every worker looks, a row lock and the job id keep each start single."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import select

from core.db.tables.schedules import StandingJob
from core.errors import Forbidden, NotFound
from core.runtime import Runtime
from core.services.identity import workflow_context

log = structlog.get_logger()


def start_due(rt: Runtime) -> int:
    """Start what is due and set its next time; removes those whose person left the workspace. Gives how many were started."""
    now, started = rt.clock.now(), 0
    with rt.db.global_session() as session:
        due = session.scalars(select(StandingJob).where(StandingJob.next_at <= now).limit(20).with_for_update(skip_locked=True)).all()
        for row in due:
            job_id = f"{row.kind}-{row.for_workspace}-{row.next_at:%Y%m%d%H%M}"
            try:
                ctx = workflow_context(rt, row.for_workspace, row.actor_id, job_id=job_id)
            except (Forbidden, NotFound):
                log.info("standing_job_dropped", kind=row.kind, workspace=str(row.for_workspace))
                session.delete(row)
                continue
            rt.jobs.start(ctx, row.kind, job_id=job_id, payload=row.payload)
            missed = (now - row.next_at) // timedelta(minutes=row.every_minutes)
            row.next_at += timedelta(minutes=row.every_minutes) * (missed + 1)  # what was missed while nothing ran is not made up for
            started += 1
    return started
