"""A worker killed right after any step of integration or sync: another one goes on, and each effect is there exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.server import SandboxServer
from core.access import AccessContext
from core.db.vault import Vault
from core.runtime import Runtime, install
from core.services.activity import list_activity
from core.services.connections import list_connections
from core.services.consent import answer_consent, start_consent
from core.services.files import FileQuery, list_files, list_snapshots
from core.services.sync import start_syncing
from core.workflows.engine import Engine
from tests.conftest import wait_for_job
from tests.integration import dying_worker
from tests.integration.test_consent import SESSION, answered
from tests.integration.test_sync import connect
from tests.postgres import TestDatabase
from tests.victims import death_of, start_victim

KEY = Fernet.generate_key().decode()


@pytest.fixture
def keyed(runtime: Runtime) -> Iterator[Runtime]:
    """The runtime with a key that another process can be given."""
    rt = replace(runtime, vault=Vault([KEY]))
    install(rt)
    yield rt
    install(runtime)


def die_after(step: str, database: TestDatabase, sandbox: SandboxServer) -> None:
    """Let a worker of its own run what is queued until it kills itself after the step."""
    env = {
        "DATABASE_URL": database.app_url,
        "EXECUTOR_ID": f"victim-{step}",
        "SANDBOX_URL": sandbox.base_url,
        "SECRET_KEY": KEY,
        "DIE_AFTER": step,
    }
    victim = start_victim(dying_worker.main, env)
    try:
        assert death_of(victim, within=40) == -9
    finally:
        victim.kill()


def check_effects(rt: Runtime, ctx: AccessContext) -> None:
    """One account, two files, one snapshot of the plan, and every deed told once."""
    (view,) = list_connections(ctx, rt)
    assert (view.state, view.files, view.plans, view.failure) == ("active", 2, 1, None)
    files = list_files(ctx, rt, FileQuery(include_decoys=True)).files
    assert sorted((info.name, info.state) for info in files) == [("Media plan spring", "fresh"), ("Recipes.xlsx", "fresh")]
    assert len(list_snapshots(ctx, rt, files[0].file_id)) == 1
    assert max(Counter((entry.verb, entry.subject) for entry in list_activity(ctx, rt)).values(), default=1) == 1


@pytest.mark.parametrize("step", ["exchange", "discover", "start_sync"])
def test_integration_killed_after_a_step_connects_once(
    step: str, keyed: Runtime, ctx: AccessContext, drive: Sandbox, sandbox: SandboxServer, test_database: TestDatabase, engine: Engine
) -> None:
    engine.close()
    consent = start_consent(ctx, keyed, session_id=SESSION)
    answer_consent(ctx, keyed, answered(consent))
    die_after(step, test_database, sandbox)
    engine.launch()
    status = wait_for_job(keyed, ctx, consent.job_id)
    assert status.state == "succeeded", status.error
    assert status.result is not None and status.result["discovered"] == {"files": 2, "plans": 1}
    first_sync = wait_for_job(keyed, ctx, str(status.result["sync_job"]))
    assert first_sync.state == "succeeded", first_sync.error
    check_effects(keyed, ctx)
    assert len(drive.grants.refresh) == 1


@pytest.mark.parametrize("step", ["accounts", "updates", "file", "finish"])
def test_a_sync_killed_after_a_step_reads_each_file_once(
    step: str, keyed: Runtime, ctx: AccessContext, drive: Sandbox, sandbox: SandboxServer, test_database: TestDatabase, engine: Engine
) -> None:
    engine.close()
    connect(ctx, keyed, drive)
    job_id = start_syncing(ctx, keyed, key="first")
    die_after(step, test_database, sandbox)
    engine.launch()
    status = wait_for_job(keyed, ctx, job_id)
    assert (status.state, status.result) == ("succeeded", {"read": 2, "failed": 0, "problem": ""})
    check_effects(keyed, ctx)
