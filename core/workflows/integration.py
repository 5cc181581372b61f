"""`integration-{user}-{timestamp}`: waits for the answer of Google's consent page, connects, discovers, starts the sync."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from core.access import AccessContext
from core.runtime import Runtime
from core.services.consent import CALLBACK_TOPIC, FLOW_LIFETIME, complete_consent
from core.services.sync import INTEGRATION, discover_files, start_syncing
from core.workflows.job import Job, WorkflowSpec


def run(job: Job) -> Mapping[str, object]:
    """Connect one account; ends in `connected` with what was found, or fails with a sentence that says what to do."""
    flow_id = str(job.payload["flow_id"])
    # What came is kept with the flow; the signal only ends the wait, so one that was lost costs time and nothing else.
    job.wait(CALLBACK_TOPIC, "Waiting for Google's consent page", timeout_seconds=FLOW_LIFETIME.total_seconds())
    account = job.step(
        "exchange", "Signing in to Google", lambda ctx, rt: _exchange(ctx, rt, flow_id), ratio=0.2, tries=3, within_seconds=60
    )
    connection_id = UUID(account["connection_id"])
    found = job.step(
        "discover",
        "Looking for media plans",
        lambda ctx, rt: asdict(discover_files(ctx, rt, connection_id)),
        ratio=0.5,
        tries=3,
        within_seconds=120,
    )
    sync_job = job.step("start_sync", "Starting to read what was found", lambda ctx, rt: start_syncing(ctx, rt, key=job.id), ratio=0.9)
    return {"status": "connected", "account": account["account_email"], "discovered": found, "sync_job": sync_job}


def _exchange(ctx: AccessContext, rt: Runtime, flow_id: str) -> dict[str, str]:
    account = complete_consent(ctx, rt, flow_id)
    return {"connection_id": str(account.connection_id), "account_email": account.account_email}


WORKFLOW = WorkflowSpec(INTEGRATION, run)
