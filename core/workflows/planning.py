"""The workflow `planning`: gather curves, analyse, and keep an answer or, where that fails, what can be said without one."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.access import AccessContext
from core.runtime import Runtime
from core.services.scenarios import JOB_KIND, add_frontier, analyse_scenario, gather_for, keep_partial
from core.workflows.job import Job, StepFailed, WorkflowSpec


def _run(job: Job) -> Mapping[str, object]:
    scenario_id = UUID(str(job.payload["scenario_id"]))

    def gather(ctx: AccessContext, rt: Runtime) -> str:
        return gather_for(ctx, rt, scenario_id)

    def analyse(ctx: AccessContext, rt: Runtime) -> str:
        return analyse_scenario(ctx, rt, scenario_id)

    def weigh_budgets(ctx: AccessContext, rt: Runtime) -> int:
        return add_frontier(ctx, rt, scenario_id)

    try:
        job.step("gather", "Gathering performance and response curves", gather, ratio=0.1, tries=2, within_seconds=30)
        state = job.step("analyse", "Looking for the best budget", analyse, ratio=0.4, tries=1, within_seconds=300)
    except StepFailed as failure:
        return {"scenario_id": str(scenario_id), "state": _partial(job, scenario_id, str(failure))}
    if state == "ready":
        try:
            job.step("frontier", "Weighing other budgets", weigh_budgets, ratio=0.8, tries=1, within_seconds=300)
        except StepFailed as failure:
            job.report(f"Other budgets could not be weighed: {failure}", ratio=0.95)
    return {"scenario_id": str(scenario_id), "state": state}


def _partial(job: Job, scenario_id: UUID, reason: str) -> str:
    def keep(ctx: AccessContext, rt: Runtime) -> str:
        return keep_partial(ctx, rt, scenario_id, reason)

    state: str = job.step("partial", "Keeping what can be said", keep, ratio=0.9, tries=2)
    return state


WORKFLOW = WorkflowSpec(JOB_KIND, _run)
