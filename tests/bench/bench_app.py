"""The app as people feel it: starts, reruns of the planner page with twenty people on it, memory."""

from __future__ import annotations

import asyncio
import io
import json
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any, cast

import openpyxl
import psutil
import websockets
from cryptography.fernet import Fernet
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash

from core.clock import SystemClock
from core.config import Settings
from core.db.embedded import APP, EmbeddedPostgres
from core.db.session import Database
from core.db.vault import Vault
from core.runtime import Runtime
from core.services import identity
from core.services.drafts import create_draft
from core.services.uploads import Upload, upload_file
from tests.bench.figure import Figure
from tests.server import Server, serving

LINE_ITEMS, PEOPLE, EDITS, THINK_SECONDS = 500, 20, 6, 2.0


@dataclass
class Load:
    """What the sessions measured, in seconds."""

    first: list[float] = field(default_factory=list)
    edits: list[float] = field(default_factory=list)


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        top.chmod(0o711)
        cold_health, cold_page = _start(top / "cold")
        warm_health, _ = _start(top / "cold")
        with serving(top / "cold") as server, _planner(server) as (secrets, draft_id):
            _settle(server)
            idle = _memory(server)
            alone = asyncio.run(_load(server, secrets[:1], draft_id, think=1.0))
            load = asyncio.run(_load(server, secrets, draft_id, think=THINK_SECONDS))
            busy = _memory(server)
    _, p95 = _percentiles(load.edits)
    return [
        Figure("app: cold start to health", cold_health, "s", "at most 3 s", note="empty data folder: initdb, migrations, demo Drive"),
        Figure("app: cold start to first page", cold_page, "s", "at most 5 s", note="a browser's websocket, sign-in drawn"),
        Figure("app: warm start to health", warm_health, "s", "at most 3 s"),
        Figure("planner: edit of a cell, one person, median", 1000 * _percentiles(alone.edits)[0], "ms", note=f"{LINE_ITEMS} line items"),
        Figure(
            "planner: edit of a cell, 20 people, median",
            1000 * _percentiles(load.edits)[0],
            "ms",
            note="one edit each two seconds a person",
        ),
        Figure("planner: edit of a cell, 20 people, p95", 1000 * p95, "ms", "at most 150 ms"),
        Figure("planner: first drawing, 20 people at once, p95", 1000 * _percentiles(load.first)[1], "ms"),
        Figure("app: memory, idle", idle, "MB", note="with workflows in the app process"),
        Figure("app: memory a session", (busy - idle) / PEOPLE, "MB"),
    ]


def _start(data_dir: Path) -> tuple[float, float]:
    """Give the seconds from the start of the process to /health, and to the end of the first page's drawing."""
    began = time.perf_counter()
    with serving(data_dir, wait_for_workflows=False) as server:
        healthy = time.perf_counter() - began
        asyncio.run(_visit(server))
        return healthy, time.perf_counter() - began


def _settle(server: Server) -> None:
    """Wait until the assistant is loaded, which the app does by itself after its start: at most twenty seconds."""
    process, deadline = psutil.Process(server.process.pid), time.monotonic() + 20
    while process.cpu_percent(interval=1.0) > 10 and time.monotonic() < deadline:
        pass


async def _visit(server: Server) -> None:
    async with _connect(server, None) as socket:
        await socket.send(_rerun("", ""))
        await _until_done(socket)


@contextmanager
def _planner(server: Server) -> Iterator[tuple[list[str], str]]:
    """Make a workspace with a plan of 500 line items and a draft of it beside the running server; give sessions and the draft."""
    cluster = EmbeddedPostgres(server.data_dir / "postgres")
    cluster.start()
    database = Database(cluster.url(APP))
    settings = Settings.model_construct(data_dir=server.data_dir)
    rt = Runtime(settings, database, SystemClock(), Vault([Fernet.generate_key().decode()]), google=cast(Any, None), jobs=cast(Any, None))
    try:
        request = identity.SignUp("bench@example.com", "Bea Bench", "correct horse battery", "Bench")
        who = identity.signed_in(rt, identity.open_session(rt, identity.sign_up(rt, request), replaces=None, browser="bench"))
        file = upload_file(who.ctx, rt, Upload("plan.xlsx", _sheet()))
        draft = create_draft(who.ctx, rt, file.file_id)
        yield [_session(rt, who) for _ in range(PEOPLE)], str(draft.draft_id)
    finally:
        database.close()
        cluster.stop()


def _session(rt: Runtime, who: identity.SignedIn) -> str:
    with rt.db.session(who.ctx) as session:
        ticket = identity.issue_ticket(session, rt, who.ctx.actor_id, who.ctx.workspace_id)
    return identity.open_session(rt, ticket, replaces=None, browser="bench")


def _sheet() -> bytes:
    book, noise = openpyxl.Workbook(), random.Random(7)
    sheet = book.active
    assert sheet is not None
    sheet.append(["Channel", "Placement", *(f"{month} 2026" for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun"))])
    channels = ["Google Search", "Meta", "YouTube", "TikTok", "Radio"]
    for number in range(LINE_ITEMS):
        sheet.append([channels[number % 5], f"Placement {number:03d}", *(round(noise.uniform(100, 9000), 2) for _ in range(6))])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _memory(server: Server) -> float:
    return psutil.Process(server.process.pid).memory_info().rss / 1e6


async def _load(server: Server, secrets: list[str], draft_id: str, *, think: float) -> Load:
    load = Load()
    await asyncio.gather(*(_person(server, secret, draft_id, load, think) for secret in secrets))
    return load


async def _person(server: Server, secret: str, draft_id: str, load: Load, think: float) -> None:
    noise, query = random.Random(secret), f"draft={draft_id}"
    async with _connect(server, secret) as socket:
        began = time.perf_counter()
        await socket.send(_rerun(query, "planner"))
        grid = await _until_done(socket)
        assert grid is not None, "the planner drew no grid: is it signed in?"
        load.first.append(time.perf_counter() - began)
        typed: dict[int, dict[str, float]] = {}
        for _ in range(EDITS):
            await asyncio.sleep(noise.uniform(0.5, 1.5) * think)
            typed[noise.randrange(LINE_ITEMS)] = {"2026-01": float(noise.randrange(1, 9000))}
            began = time.perf_counter()
            await socket.send(_rerun(query, "planner", grid=grid, typed=typed))
            await _until_done(socket)
            load.edits.append(time.perf_counter() - began)


def _connect(server: Server, secret: str | None) -> Any:
    address = server.base_url.replace("http", "ws", 1) + "/_stcore/stream"
    headers = {} if secret is None else {"Cookie": f"{identity.SESSION_COOKIE}={secret}"}
    return websockets.connect(
        address, subprotocols=[cast(Any, "streamlit")], max_size=None, origin=cast(Any, server.base_url), additional_headers=headers
    )


def _rerun(query: str, page: str, *, grid: tuple[str, str] | None = None, typed: dict[int, dict[str, float]] | None = None) -> bytes:
    """Give what a browser sends: open a page, or the edits of its grid so far (widget id, fragment id)."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_script_hash = calc_hash(page)
    if grid is not None:
        widget = message.rerun_script.widget_states.widgets.add()
        widget.id = grid[0]
        edits = {"edited_rows": {str(row): cells for row, cells in (typed or {}).items()}, "added_rows": [], "deleted_rows": []}
        widget.string_value = json.dumps(edits)
        if grid[1]:
            message.rerun_script.fragment_id = grid[1]
    return message.SerializeToString()


async def _until_done(socket: Any) -> tuple[str, str] | None:
    """Read until the script has run; give the editable grid's widget and fragment id when one was drawn."""
    grid = None
    while True:
        message = ForwardMsg()
        message.ParseFromString(await socket.recv())
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "dataframe" and element.dataframe.id:
                grid = (element.dataframe.id, message.delta.fragment_id)
        if kind == "script_finished":
            return grid


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    """Give median and 95th percentile."""
    cuts = quantiles(seconds, n=20, method="inclusive")
    return cuts[9], cuts[18]
