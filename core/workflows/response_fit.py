"""The workflow `response_fit`: fit the response curves of a workspace to its performance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from core.access import AccessContext
from core.planning.history import Kpi
from core.runtime import Runtime
from core.services.response import JOB_KIND, fit_response
from core.workflows.job import Job, WorkflowSpec


def _run(job: Job) -> Mapping[str, object]:
    kpi = cast(Kpi, job.payload["kpi"])

    def fit(ctx: AccessContext, rt: Runtime) -> str:
        return str(fit_response(ctx, rt, kpi, currency=job.payload["currency"], holidays=job.payload.get("holidays")).fit_id)

    fit_id = job.step("fit", "Fitting one curve a channel", fit, ratio=0.2, tries=1, within_seconds=300)
    return {"fit_id": fit_id}


WORKFLOW = WorkflowSpec(JOB_KIND, _run, queue="background")
