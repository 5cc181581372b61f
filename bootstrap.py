"""The composition root: settings to a running Runtime. The only file that sees every package."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import structlog
from cryptography.fernet import Fernet
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from agents.assistant import TeamAssistant
from agents.checkpoints import prepare_checkpoints
from connectors.chroma.index import ChromaIndex
from connectors.chroma.offline_embedder import OfflineEmbedder
from connectors.chroma.openai_embedder import OpenAIEmbedder
from connectors.sandbox.demo import open_demo
from connectors.sandbox.sandbox import Sandbox
from connectors.spec import ConnectorSpec, SandboxAddress
from core.clock import SystemClock
from core.config import Settings
from core.db.embedded import APP, OWNER, EmbeddedPostgres
from core.db.migrations import migrate
from core.db.rls import check_role
from core.db.session import Database
from core.db.vault import Vault
from core.errors import AppError, Misconfigured, NotFound
from core.observability import configure_logging
from core.ports import Embedder, GoogleConnector, KnowledgeIndex
from core.registry import discover
from core.runtime import Runtime, install, with_assistant
from core.workflows.background import BackgroundEngine
from core.workflows.engine import discover_workflows
from core.workflows.runner import DbosJobRunner

log = structlog.get_logger()


@contextmanager
def running(settings: Settings | None = None, *, workers: bool | None = None) -> Iterator[Runtime]:
    """Start what the settings ask for and give the Runtime; on leaving, stop everything that was started here.

    Args:
        settings: read from the environment and .env by default.
        workers: whether this process runs workflows; default as RUN_WORKERS_IN_APP says.
    Raises:
        Misconfigured: with a sentence on what is missing or wrong; nothing keeps running.
    """
    settings = settings or Settings()
    settings.check()
    configure_logging(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)  # its files are closed; root's Postgres must get through
    runs_workers = settings.run_workers_in_app if workers is None else workers
    with ExitStack() as stack:
        owner_url, app_url = _database_urls(settings, stack)
        app_role = str(make_url(app_url).username)
        migrate(owner_url, app_role=app_role)
        database = Database(app_url)
        stack.callback(database.close)
        check_role(database.engine)
        workflows = discover_workflows()
        engine = BackgroundEngine(owner_url, app_role=app_role, runs_workers=runs_workers)
        rt = Runtime(
            settings=settings,
            db=database,
            clock=SystemClock(),
            vault=Vault(_secret_keys(settings)),
            google=_google(settings),
            jobs=DbosJobRunner(database.engine, workflows, ready=engine.wait),
            knowledge=_knowledge(settings, stack),
            checks={"database": _database_check(database), "workflows": engine.check, "sandbox": _sandbox_check(settings)},
        )
        assistant = TeamAssistant(settings)
        prepare_checkpoints(owner_url, app_role=app_role)
        rt = with_assistant(rt, assistant)
        install(rt)
        stack.callback(install, None)
        engine.start(rt, workflows)
        stack.callback(engine.close)
        if runs_workers:
            threading.Thread(target=_warm_up, args=(engine, assistant), name="assistant-warm-up", daemon=True).start()
        yield rt


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the data folder for this app process. Misconfigured, naming the other's address, when one is running on it already."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)  # its files are closed; root's Postgres must get through
    with (settings.data_dir / "app.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise Misconfigured(
                f"Flightplan already runs on this data folder: {lock.read().strip() or 'it is just starting'}.",
                hint="Use that one, stop it first, or set DATA_DIR and PORT for another.",
            ) from error
        lock.truncate(0)
        lock.write(f"{settings.base_url} (process {os.getpid()})")
        lock.flush()
        yield
        lock.truncate(0)


def stop_other(settings: Settings) -> str:
    """Stop the app that runs on this data folder, and a Postgres that one killed before left behind; gives what was done."""
    lock_file = settings.data_dir / "app.lock"
    said = "Flightplan is not running."
    if lock_file.exists():
        with lock_file.open("a+") as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return _stop_postgres(settings, said)
        pid = int(lock_file.read_text().rpartition("(process ")[2].rstrip(")"))
        os.kill(pid, signal.SIGINT)
        with lock_file.open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # held until it has stopped
        said = "Flightplan is stopped."
    return said


def _stop_postgres(settings: Settings, said: str) -> str:
    folder = settings.data_dir / "postgres"
    if not folder.exists() or settings.database_url is not None:
        return said
    postgres = EmbeddedPostgres(folder)
    started_here = postgres.start()
    return f"{said} Its Postgres is stopped." if postgres.stop() and not started_here else said


def how_to_sign_in(rt: Runtime) -> str:
    """Give the line that `make run` prints."""
    if rt.settings.uses_sandbox:
        return "Sign up there with any email address, or try the demo workspace: Google is played by a sandbox on this machine."
    return "Sign up there; the first person of a team makes its workspace and invites the others."


def _database_urls(settings: Settings, stack: ExitStack) -> tuple[str, str]:
    """Give the URLs of the owner and of the application role; starts the embedded Postgres when none is configured."""
    if settings.database_url is not None:
        if settings.database_owner_url is None:
            raise Misconfigured(
                "DATABASE_URL is set, DATABASE_OWNER_URL is not.", hint="Set both; README.md shows how to make the two roles."
            )
        owner, app = settings.database_owner_url.get_secret_value(), settings.database_url.get_secret_value()
        return _with_driver(owner), _with_driver(app)
    postgres = EmbeddedPostgres(settings.data_dir / "postgres")
    stack.callback(postgres.stop)
    postgres.start()
    postgres.ensure_database()
    return postgres.url(OWNER), postgres.url(APP)


def _with_driver(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _secret_keys(settings: Settings) -> list[str]:
    """Give the Fernet keys, newest first; development makes one and keeps it."""
    if settings.secret_key is not None:
        return [key.strip() for key in settings.secret_key.get_secret_value().split(",") if key.strip()]
    path = settings.data_dir / "secret.key"
    with suppress(FileExistsError):
        made = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(made, "w") as file:
            file.write(Fernet.generate_key().decode())
    return [path.read_text().strip()]


def _google(settings: Settings) -> GoogleConnector:
    """Build the connector of Google; without a client it is pointed at the sandbox that the app serves beneath SANDBOX_PATH."""
    address = None
    if settings.uses_sandbox:
        address = SandboxAddress(f"http://127.0.0.1:{settings.port}{SANDBOX_PATH}", settings.base_url + SANDBOX_PATH)
    connectors = discover("connectors", "CONNECTOR", ConnectorSpec, key=lambda spec: spec.key)
    return connectors["google"].build(settings, address)


def _knowledge(settings: Settings, stack: ExitStack) -> KnowledgeIndex:
    """Build the index of notes; it opens its folder, or finds its server, when it is first used."""
    embedder: Embedder = OfflineEmbedder()
    if settings.openai_api_key is not None:
        embedder = OpenAIEmbedder(
            api_key=settings.openai_api_key.get_secret_value(), base_url=settings.openai_base_url, model=settings.openai_embedding_model
        )
    if settings.chroma_url is not None:
        return ChromaIndex(embedder, url=settings.chroma_url)
    index = ChromaIndex(embedder, folder=settings.data_dir / "chroma")
    stack.callback(index.close)
    return index


SANDBOX_PATH = "/sandbox"
_sandbox: Sandbox | None = None


@contextmanager
def sandbox_served(settings: Settings) -> Iterator[None]:
    """Hold the sandbox open for the app that mounts it; nothing where Google is real. One process owns its folder."""
    global _sandbox
    if not settings.uses_sandbox:
        yield
        return
    _sandbox = open_demo(settings.data_dir / "sandbox")
    try:
        yield
    finally:
        _sandbox.close()
        _sandbox = None


def sandbox() -> Sandbox:
    """Give the sandbox that is held open; NotFound where Google is real."""
    if _sandbox is None:
        raise NotFound("There is no sandbox here: this Flightplan works with Google itself.")
    return _sandbox


def _warm_up(engine: BackgroundEngine, assistant: TeamAssistant) -> None:
    """Load the assistant once the workflows stand, so that the first question is answered at once."""
    with suppress(AppError):
        engine.wait()
    assistant.warm_up()


def _database_check(database: Database) -> Callable[[], str]:
    def check() -> str:
        try:
            with database.engine.connect() as connection:
                connection.execute(text("select 1"))
        except SQLAlchemyError as error:
            log.warning("database_check_failed", exc_info=error)
            return "The database does not answer."
        return ""

    return check


def _sandbox_check(settings: Settings) -> Callable[[], str]:
    """Tell whether the sandbox is open; a worker, which serves nothing, has none."""
    return lambda: "not used" if not settings.uses_sandbox else "" if _sandbox is not None else "not served by this process"
