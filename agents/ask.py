"""Answers messages in a throwaway workspace: its own database cluster in a temporary folder, the same graph as the chat page."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

from cryptography.fernet import Fernet
from langgraph.checkpoint.memory import InMemorySaver

from agents.builtin.model import BuiltInModel
from agents.desk import draft_rows
from agents.models import build_models
from agents.turns import Team, TurnRequest, TurnResult, run_turn
from agents.workbench import PERFORMANCE
from core.access import AccessContext, Origin, Role
from core.clock import SystemClock
from core.config import BUILT_IN, Settings
from core.db.embedded import APP, OWNER, EmbeddedPostgres
from core.db.migrations import migrate
from core.db.session import Database
from core.db.tables.identity import User, Workspace
from core.db.vault import Vault
from core.ports import GoogleConnector, JobRunner
from core.runtime import Runtime
from core.services.planning import fit_performance
from core.services.uploads import Upload, upload_file


@dataclass(frozen=True, slots=True)
class AskRequest:
    """A plan, perhaps a performance series with its spec, and the messages in order."""

    plan_name: str
    plan: bytes
    messages: tuple[str, ...]
    model: str = "configured"
    locale: str = "en"
    series_csv: str | None = None
    spec: Mapping[str, Any] | None = None


def answer_all(request: AskRequest) -> Iterator[dict[str, Any]]:
    """Yield one object a turn as the command-line contract has it.

    Raises:
        AppError: the plan or the series cannot be read; nothing remains.
    """
    settings = Settings()
    models = build_models(settings, choice=request.model)
    name = BUILT_IN if request.model == BUILT_IN else settings.assistant_model
    for model in models.values():
        if isinstance(model, BuiltInModel):
            model.prepare()
    with throwaway(settings) as (ctx, rt):
        info = upload_file(ctx, rt, Upload(request.plan_name, request.plan))
        seed: dict[str, dict[str, Any]] = {"campaign_data": {"file_id": str(info.file_id)}}
        if request.series_csv is not None:
            fitted = fit_performance(ctx, rt, series_csv=request.series_csv, spec=request.spec or {})
            seed["historical_performance"] = {"fit": PERFORMANCE.dump_python(fitted, mode="json")}
        team = Team(ctx, rt, models, InMemorySaver())
        for n, message in enumerate(request.messages, start=1):
            turn = TurnRequest("ask", f"turn-{n}", message, name, request.locale, seed if n == 1 else {})
            yield _told(n, name, run_turn(team, turn, lambda kind, data: None))


def _told(turn: int, model: str, result: TurnResult) -> dict[str, Any]:
    return {
        "turn": turn,
        "model": model,
        "answer": result.answer,
        "agents": list(result.agents),
        "tools": [
            {"name": use.name, "arguments": use.arguments, "ok": use.ok, "error": use.error, "seconds": use.seconds} for use in result.tools
        ],
        "draft": draft_rows(result.distribution) if result.distribution is not None else None,
        "figures": [asdict(figure) for figure in result.figures],
        "asks": list(result.asks),
        "change_set": result.change_set,
        "seconds": result.seconds,
    }


@contextmanager
def throwaway(settings: Settings) -> Iterator[tuple[AccessContext, Runtime]]:
    """Start an empty database in a temporary folder, with one workspace and its owner; all of it is gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="flightplan-ask-")))
        folder.chmod(0o755)
        postgres = EmbeddedPostgres(folder / "postgres", settings={"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"})
        stack.callback(postgres.stop)
        postgres.start()
        postgres.ensure_database()
        migrate(postgres.url(OWNER), app_role=APP)
        database = Database(postgres.url(APP), pool_size=2)
        stack.callback(database.close)
        rt = Runtime(
            settings=settings.model_copy(update={"data_dir": folder}),
            db=database,
            clock=SystemClock(),
            vault=Vault([Fernet.generate_key().decode()]),
            google=cast(GoogleConnector, None),  # a plan that was uploaded never goes to Google
            jobs=cast(JobRunner, None),  # nothing here starts a workflow: proposals are never applied
        )
        yield _owner(rt), rt


def _owner(rt: Runtime) -> AccessContext:
    workspace_id, user_id, now = uuid4(), uuid4(), rt.clock.now()
    with rt.db.tenant_session(workspace_id) as session:
        session.add(Workspace(id=workspace_id, name="Ask", created_at=now))
        session.add(User(id=user_id, email=f"{user_id.hex}@example.invalid", name="You", password_hash="!", created_at=now))  # noqa: S106 - no password fits
    return AccessContext(workspace_id, user_id, "You", Role.OWNER, Origin.AGENT, f"ask-{UUID(int=user_id.int).hex[:8]}")
