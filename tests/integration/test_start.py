"""Starting: what cannot start says why in a sentence; what is still starting is waited for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from agents.checkpoints import prepare_checkpoints
from connectors.sandbox.mounted import MountedSandbox
from core.config import Settings, read_settings
from core.db.embedded import APP, OWNER
from core.db.migrations import migrate
from core.db.opening import Opening
from core.errors import Misconfigured
from core.workflows.engine import migrate_engine
from tests.postgres import TestDatabase
from tests.server import free_port


def test_a_database_that_does_not_answer_ends_the_start_with_a_sentence(settings: Settings) -> None:
    nowhere = SecretStr(f"postgresql://someone:secret@127.0.0.1:{free_port()}/plans")
    wrong = settings.model_copy(
        update={"database_url": nowhere, "database_owner_url": SecretStr("postgresql://x:secret@127.0.0.1:1/plans")}
    )
    with Opening(wrong) as opening, pytest.raises(Misconfigured, match="does not answer") as refused:
        opening.wait()
    assert "secret" not in str(refused.value)


def test_a_configured_database_is_opened_under_both_roles(settings: Settings) -> None:
    with Opening(settings) as opening:
        assert (opening.wait().app_role, opening.wait().owner) == ("flightplan_app", settings.database_owner_url.get_secret_value())  # type: ignore[union-attr]


def test_one_role_for_both_is_refused(settings: Settings) -> None:
    alike = settings.model_copy(update={"database_url": settings.database_owner_url})
    with Opening(alike) as opening, pytest.raises(Misconfigured, match="same role"):
        opening.wait()


def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(Misconfigured, match="PORT"):
        read_settings()


def test_a_call_to_the_sandbox_while_it_opens_waits_until_the_demo_drive_is_there(tmp_path: Path) -> None:
    sandbox = MountedSandbox(tmp_path / "sandbox")
    assert sandbox.check() == "The sandbox is starting."
    client = TestClient(Starlette(routes=[Mount("/sandbox", sandbox)]))
    with sandbox:
        refused = client.get("/sandbox/drive/v3/files")
        assert (refused.status_code, sandbox.check()) == (401, "")
    with MountedSandbox(tmp_path / "sandbox") as again:
        assert TestClient(again).get("/drive/v3/files").status_code == 401


def test_processes_that_start_together_on_an_empty_database_all_come_up(test_database: TestDatabase) -> None:
    cluster, name = test_database.cluster, f"together_{free_port()}"
    cluster.ensure_database(name)
    owner = cluster.url(OWNER, name)
    migrate(owner, app_role=APP)  # Alembic is not for threads; the rest builds indexes concurrently, which waits for everybody's snapshot

    def start() -> None:
        prepare_checkpoints(owner, app_role=APP)
        migrate_engine(owner, app_role=APP)

    with ThreadPoolExecutor(max_workers=3) as starting:
        for started in [starting.submit(start) for _ in range(3)]:
            started.result(timeout=90)
