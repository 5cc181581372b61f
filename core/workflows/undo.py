"""`undo-{change set}-{try}`: puts back what stood in the sheet before a write-back, with the same checks."""

from __future__ import annotations

from collections.abc import Mapping

from core.workflows.job import Job, WorkflowSpec
from core.workflows.write_back import carry_out


def run(job: Job) -> Mapping[str, object]:
    """Undo an applied change set."""
    return carry_out(job, "undo")


WORKFLOW = WorkflowSpec("undo", run)
