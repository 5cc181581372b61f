"""Fixtures of every suite: a real Postgres, settings in a temporary folder, two tenants and a clock that the test sets."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
import structlog
from cryptography.fernet import Fernet
from pydantic import SecretStr

from agents.assistant import TeamAssistant
from agents.builtin.intents import load_intents
from agents.checkpoints import prepare_checkpoints
from connectors.google.connector import build as build_google
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.server import SandboxServer, serve
from connectors.spec import SandboxAddress
from core.access import AccessContext, Origin, Role
from core.config import Settings
from core.db.session import Database
from core.db.tables.identity import Membership, User, Workspace
from core.db.vault import Vault
from core.ports import JobStatus
from core.runtime import Runtime, install, with_assistant
from core.workflows.engine import Engine, discover_workflows
from core.workflows.job import WorkflowSpec
from core.workflows.runner import DbosJobRunner
from tests.postgres import TestDatabase, cluster_of_this_run

T = TypeVar("T")


class SettableClock:
    """A clock that stands still until the test moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> datetime:
        """Move it, e.g. advance(minutes=10)."""
        self.at += timedelta(**by)
        return self.at


def pytest_configure() -> None:
    """Log exceptions plainly: the default renders every local variable, which takes seconds in a page's thread."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


@pytest.fixture(scope="session")
def test_database() -> Iterator[TestDatabase]:
    """This worker's migrated database; lives as long as the run."""
    run_id = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"pid{os.getpid()}")[:12]
    with cluster_of_this_run(run_id) as cluster:
        yield TestDatabase(cluster, "test_" + os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture(scope="session")
def _pooled(test_database: TestDatabase) -> Iterator[Database]:
    database = Database(test_database.app_url, pool_size=5)
    yield database
    database.close()


@pytest.fixture
def database(test_database: TestDatabase, _pooled: Database) -> Iterator[Database]:
    """The database as the application sees it, empty at the start of the test."""
    test_database.empty()
    yield _pooled


@pytest.fixture
def settings(tmp_path: Path, test_database: TestDatabase) -> Settings:
    """Settings of a development installation in a temporary folder; neither the environment nor .env counts."""
    return Settings.model_construct(
        data_dir=tmp_path,
        database_url=SecretStr(test_database.app_url),
        database_owner_url=SecretStr(test_database.owner_url),
    )


@pytest.fixture(scope="session")
def _sandbox_server() -> Iterator[SandboxServer]:
    with serve() as server:
        yield server


@pytest.fixture
def sandbox(_sandbox_server: SandboxServer) -> SandboxServer:
    """Google's stand-in on a loopback port, in memory; empty at the start of the test."""
    _sandbox_server.sandbox = Sandbox()
    return _sandbox_server


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.fixture
def workflows() -> dict[str, WorkflowSpec]:
    """The workflows that the engine knows; a suite may override it with its own."""
    return discover_workflows()


@pytest.fixture
def runtime(
    settings: Settings, database: Database, clock: SettableClock, sandbox: SandboxServer, workflows: dict[str, WorkflowSpec]
) -> Iterator[Runtime]:
    """The runtime of the application, installed as the process's own. Jobs are queued; they run where `engine` is asked for."""
    rt = Runtime(
        settings=settings,
        db=database,
        clock=clock,
        vault=Vault([Fernet.generate_key().decode()]),
        google=build_google(settings, SandboxAddress(sandbox.base_url, sandbox.base_url)),
        jobs=DbosJobRunner(database.engine, workflows),
    )
    install(rt)
    yield rt
    install(None)


@pytest.fixture
def engine(runtime: Runtime, workflows: dict[str, WorkflowSpec]) -> Iterator[Engine]:
    """A worker in this process that runs what `runtime.jobs` starts."""
    running = Engine(runtime, workflows, polling_seconds=0.05, lease_seconds=0.3)
    running.launch()
    yield running
    running.close()


def wait_until(condition: Callable[[], T], *, seconds: float = 20) -> T:
    """Poll until the condition gives something true, and give that; fail after the deadline."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {seconds} seconds")
        time.sleep(0.02)
    return found


def wait_for_job(runtime: Runtime, ctx: AccessContext, job_id: str, *, seconds: float = 90) -> JobStatus:
    """Wait until a job has ended one way or another."""

    def ended() -> JobStatus | None:
        status = runtime.jobs.status(ctx, job_id)
        return status if status.state in {"succeeded", "failed", "cancelled"} else None

    found = wait_until(ended, seconds=seconds)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def trained_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the built-in assistant is trained already; the workers of a run share it."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "trained"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        load_intents(folder / "models")
    return folder


@pytest.fixture
def assistant(trained_dir: Path) -> TeamAssistant:
    """The assistant with its built-in model."""
    return TeamAssistant(Settings.model_construct(data_dir=trained_dir))


@pytest.fixture
def with_team(runtime: Runtime, test_database: TestDatabase, assistant: TeamAssistant) -> Runtime:
    """The runtime with the assistant, which keeps its state in Postgres; installed as the process's own."""
    prepare_checkpoints(test_database.owner_url, app_role=str(runtime.db.engine.url.username))
    ready = with_assistant(runtime, assistant)
    install(ready)
    return ready


@pytest.fixture
def rt(with_team: Runtime) -> Runtime:
    """The runtime with the assistant, by the name that suites about talks use."""
    return with_team


def make_member(runtime: Runtime, role: Role = Role.OWNER, *, of: AccessContext | None = None, name: str = "Ann Owner") -> AccessContext:
    """Make a user with a role in a fresh workspace, or in the workspace of another context."""
    workspace_id, user_id, now = (uuid4() if of is None else of.workspace_id), uuid4(), runtime.clock.now()
    with runtime.db.tenant_session(workspace_id) as session:
        if of is None:
            session.add(Workspace(id=workspace_id, name=f"Workspace of {name}", created_at=now))
        session.add(User(id=user_id, email=f"{user_id.hex}@example.com", name=name, password_hash="!", created_at=now))
        session.flush()
        session.add(Membership(workspace_id=workspace_id, user_id=user_id, role=role.value, joined_at=now))
    return AccessContext(
        workspace_id=workspace_id, actor_id=user_id, actor_name=name, role=role, origin=Origin.UI, request_id=f"test-{user_id.hex[:8]}"
    )


@pytest.fixture
def ctx(runtime: Runtime) -> AccessContext:
    """The owner of a fresh workspace."""
    return make_member(runtime)


@pytest.fixture
def other_ctx(runtime: Runtime) -> AccessContext:
    """The owner of another fresh workspace: nothing of the first may be seen with it."""
    return make_member(runtime, name="Otto Other")
