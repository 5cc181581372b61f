"""`demo-{workspace}`: fills a demo workspace: connects the sandbox's account, reads its plans, leaves a draft and a proposal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from core.access import AccessContext
from core.runtime import Runtime
from core.services.demo import DEMO, connect_demo, draft_demo
from core.services.demo_performance import fill_demo_performance
from core.services.response import fit_response
from core.services.sync import discover_files, start_syncing
from core.workflows.job import Job, WorkflowSpec
from core.workflows.sync import Round, sync_account

_FITTED = 3
"""Curves are fitted for the currencies of most plans at once; the others' on demand, on Performance."""


def _fit(currency: str, ctx: AccessContext, rt: Runtime) -> str:
    return str(fit_response(ctx, rt, "conversions", currency=currency).fit_id)


def run(job: Job) -> Mapping[str, object]:
    """Fill the workspace; what was done before a crash is not done twice."""
    connection_id = UUID(
        job.step("connect", "Connecting the sandbox's Google account", lambda ctx, rt: str(connect_demo(ctx, rt)), ratio=0.05)
    )
    job.step("discover", "Looking for media plans", lambda ctx, rt: discover_files(ctx, rt, connection_id).files, ratio=0.1)
    done = Round()
    sync_account(job, done, connection_id)
    drafts = job.step("draft", "Starting a draft and a proposal", draft_demo, ratio=0.8)
    currencies = job.step("performance", "Making two years of performance", fill_demo_performance, ratio=0.85)
    for currency in currencies[:_FITTED]:
        job.step(f"curves-{currency}", f"Fitting response curves in {currency}", partial(_fit, currency), ratio=0.9)
    job.step("keep_synced", "Keeping it in step", lambda ctx, rt: start_syncing(ctx, rt, key=job.id), ratio=0.95)
    return {"read": done.read, "failed": done.failed, "drafts": drafts}


WORKFLOW = WorkflowSpec(DEMO, run)
