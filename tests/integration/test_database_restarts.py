"""The whole Postgres crashes under running workflows and comes back: they go on, and each effect is there exactly once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.faults import Fault
from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext
from core.db.embedded import EmbeddedPostgres
from core.db.session import Database
from core.runtime import Runtime
from core.services.sync import refresh_now
from core.workflows.engine import Engine, discover_workflows
from core.workflows.job import WorkflowSpec
from tests.conftest import wait_for_job, wait_until
from tests.integration.sample_workflows import SAMPLES
from tests.integration.test_killed_in_sync import check_effects
from tests.integration.test_sync import connect
from tests.integration.test_workflow_engine import did
from tests.postgres import TestDatabase


@pytest.fixture(scope="module")
def test_database() -> Iterator[TestDatabase]:
    """A database in a cluster of its own, which may crash and keeps what was committed; the run's own is shared with other workers."""
    root = Path(tempfile.mkdtemp(prefix="flightplan-restart-"))
    root.chmod(0o711)
    cluster = EmbeddedPostgres(root / "postgres")
    try:
        cluster.start()
        yield TestDatabase(cluster, "restarted")
    finally:
        cluster.stop()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="module")
def _pooled(test_database: TestDatabase) -> Iterator[Database]:
    database = Database(test_database.app_url, pool_size=3)
    yield database
    database.close()


@pytest.fixture
def workflows() -> dict[str, WorkflowSpec]:
    return SAMPLES | discover_workflows()


def test_a_workflow_survives_a_crash_of_the_whole_database_server(
    runtime: Runtime, ctx: AccessContext, engine: Engine, test_database: TestDatabase
) -> None:
    job_id = runtime.jobs.start(ctx, "waiting", job_id=f"wait-{ctx.workspace_id}", payload={})
    wait_until(lambda: runtime.jobs.status(ctx, job_id).state == "waiting")
    test_database.cluster.restart(mode="immediate")
    runtime.jobs.signal(ctx, job_id, "answer", {"text": "still here"})
    assert wait_for_job(runtime, ctx, job_id).result == {"answer": "still here"}
    after = runtime.jobs.start(ctx, "three_steps", job_id=f"after-{ctx.workspace_id}", payload={})
    assert wait_for_job(runtime, ctx, after).state == "succeeded"
    assert max(did(ctx, runtime).values()) == 1


def test_a_sync_goes_on_when_the_database_server_crashes_while_google_gives_a_plan(
    runtime: Runtime, ctx: AccessContext, engine: Engine, drive: Sandbox, test_database: TestDatabase
) -> None:
    connect(ctx, runtime, drive)
    slow = Fault("slow", path="/v4/spreadsheets", seconds=1.0)
    drive.plan_fault(slow)
    job_id = refresh_now(ctx, runtime)
    wait_until(lambda: slow.times == 0)
    test_database.cluster.restart(mode="immediate")
    status = wait_for_job(runtime, ctx, job_id)
    assert (status.state, status.result) == ("succeeded", {"read": 2, "failed": 0, "problem": ""}), status.error
    check_effects(runtime, ctx)
