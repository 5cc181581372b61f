"""`turn-{id}`: answers one message of a talk; taken up again after a crash it goes on from the graph's last state."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.access import AccessContext
from core.errors import Misconfigured
from core.runtime import Runtime
from core.services.conversations import TURN
from core.workflows.job import Job, WorkflowSpec


def run(job: Job) -> Mapping[str, object]:
    """Let the assistant answer; it turns its own errors into an answer, so one try is enough."""
    conversation_id, turn_id = UUID(str(job.payload["conversation_id"])), UUID(str(job.payload["turn_id"]))

    def answer(ctx: AccessContext, rt: Runtime) -> None:
        if rt.assistant is None:
            raise Misconfigured("This process has no assistant.", hint="Restart Flightplan.")
        rt.assistant.run_turn(ctx, conversation_id=conversation_id, run_id=turn_id)

    job.step("answer", "Answering", answer, tries=2)
    return {"turn_id": str(turn_id)}


WORKFLOW = WorkflowSpec(TURN, run)
