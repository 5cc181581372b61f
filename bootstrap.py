"""The composition root: settings to a running Runtime. The only file that sees every package."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial

import structlog
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from agents.assistant import TeamAssistant
from agents.checkpoints import prepare_checkpoints
from connectors.chroma.index import ChromaIndex
from connectors.chroma.offline_embedder import OfflineEmbedder
from connectors.chroma.openai_embedder import OpenAIEmbedder
from connectors.sandbox.mounted import MountedSandbox
from connectors.spec import ConnectorSpec, SandboxAddress
from core.clock import SystemClock
from core.config import Settings
from core.db.opening import Opening
from core.db.session import Database
from core.db.vault import Vault
from core.errors import AppError
from core.observability import configure_logging
from core.ports import Embedder, GoogleConnector, KnowledgeIndex
from core.registry import discover
from core.runtime import Runtime, install
from core.workflows.background import BackgroundEngine
from core.workflows.runner import DbosJobRunner

log = structlog.get_logger()

SANDBOX_PATH = "/sandbox"


@contextmanager
def running(
    settings: Settings,
    *,
    workers: bool | None = None,
    database: Opening | None = None,
    sandbox: MountedSandbox | None = None,
) -> Iterator[Runtime]:
    """Start what the settings ask for and give the Runtime; on leaving, stop everything that was started here.

    Workflows and the sandbox may still be starting when it is given: /health says so, and who needs them waits.

    Args:
        settings: what is asked for.
        workers: whether this process runs workflows; default as RUN_WORKERS_IN_APP says.
        database: one that is being opened already and is left by who opened it; by default it is opened here.
        sandbox: the one that this process serves.
    Raises:
        Misconfigured: with a sentence on what is missing or wrong; nothing keeps running.
    """
    settings.check()
    configure_logging(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)  # its files are closed; root's Postgres must get through
    runs_workers = settings.run_workers_in_app if workers is None else workers
    with ExitStack() as stack:
        google, assistant = _google(settings), TeamAssistant(settings)
        urls = (database or stack.enter_context(Opening(settings))).wait()
        opened = Database(urls.app)
        stack.callback(opened.close)
        prepare = partial(prepare_checkpoints, urls.owner, app_role=urls.app_role)
        engine = BackgroundEngine(urls, runs_workers=runs_workers, prepare=prepare)
        rt = Runtime(
            settings=settings,
            db=opened,
            clock=SystemClock(),
            vault=Vault(_secret_keys(settings)),
            google=google,
            jobs=DbosJobRunner(opened.engine, engine.workflows, ready=engine.wait),
            knowledge=_knowledge(settings, stack),
            assistant=assistant,
            checks={"database": _database_check(opened), "workflows": engine.check, "sandbox": _sandbox_check(settings, sandbox)},
        )
        install(rt)
        stack.callback(install, None)
        if sandbox is not None:
            stack.enter_context(sandbox)
        engine.start(rt)
        stack.callback(engine.close)
        if runs_workers:
            threading.Thread(target=_warm_up, args=(engine, assistant), name="assistant-warm-up", daemon=True).start()
        yield rt


def how_to_sign_in(rt: Runtime) -> str:
    """Give the line that `make run` prints."""
    if rt.settings.uses_sandbox:
        return "Sign up there with any email address, or try the demo workspace: Google is played by a sandbox on this machine."
    return "Sign up there; the first person of a team makes its workspace and invites the others."


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


def _warm_up(engine: BackgroundEngine, assistant: TeamAssistant) -> None:
    """Load the assistant, so that the first question is answered at once; what has to be trained is trained while the workflows start."""
    assistant.train()
    with suppress(AppError):
        engine.wait()
    assistant.warm_up()
    gc.freeze()  # its libraries are half a million objects: a full collection over them holds every page for 200 ms


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


def _sandbox_check(settings: Settings, sandbox: MountedSandbox | None) -> Callable[[], str]:
    """Tell whether the sandbox is open; a worker, which serves nothing, has none."""
    if sandbox is not None:
        return sandbox.check
    return lambda: "not served by this process" if settings.uses_sandbox else "not used"
