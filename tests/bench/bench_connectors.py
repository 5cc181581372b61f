"""Google's connector and its sandbox: discovery of a large Drive, whole plans in and out, fidelity to the recorded answers."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

from connectors.google.connector import Google, build
from connectors.sandbox.sandbox import NewFile, Sandbox
from connectors.sandbox.server import serve
from connectors.sandbox.wire import FOLDER, SPREADSHEET
from connectors.spec import SandboxAddress
from core.config import Settings
from core.model.workbook import Cell, Tab, Workbook
from core.ports import CellWrite, GoogleWorkspace
from tests.bench.figure import Figure
from tests.contract.recordings import CASSETTES, replay_all

OWNER = "bench@northwind.example"


def seconds(action: Callable[[], object], *, times: int = 3) -> float:
    """Give the shortest of a few runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return best


def figures() -> list[Figure]:
    """Measure against a sandbox on loopback: the SDKs' and the wire's cost, without Google's."""
    start = time.perf_counter()
    with serve() as server:
        started = time.perf_counter() - start
        address = SandboxAddress(server.base_url, server.base_url)
        google = build(Settings.model_construct(), address)
        workspace = google.open(server.sandbox.authorize(OWNER))
        found = [Figure("sandbox start", round(started * 1000), "ms", aim="at most 100 ms")]
        found += _discovery(server.sandbox, google) + _sheets(workspace)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*found, Figure("memory of connector and sandbox", round(memory), "MB"), *_fidelity()]


def _discovery(sandbox: Sandbox, google: Google) -> list[Figure]:
    folders = [sandbox.add_file(NewFile(f"Client {number}", FOLDER, OWNER)).file_id for number in range(20)]
    for number in range(1_000):
        sandbox.add_file(NewFile(f"Media plan {number:04d}", SPREADSHEET, OWNER, parents=(folders[number % 20],)))
    credential = sandbox.authorize(OWNER)
    before = sandbox.requests
    spent = seconds(lambda: list(google.open(credential).files.list_spreadsheets()), times=1)
    calls = sandbox.requests - before
    again = seconds(lambda: list(google.open(credential).files.list_spreadsheets()))
    return [
        Figure("discovery of 1,000 Drive files, first time", round(spent, 2), "s", aim="at most 2 s", note=f"{calls} calls"),
        Figure("discovery of 1,000 Drive files, again", round(again, 2), "s", aim="at most 1 s"),
    ]


def _sheets(workspace: GoogleWorkspace) -> list[Figure]:
    cells = {(row, column): Cell(row * column) for row in range(1, 5_001) for column in range(1, 11)}
    file_id = workspace.sheets.create(Workbook("Large", "google_sheet", (Tab("Plan", cells, 5_000, 10),))).file_id
    reading = seconds(lambda: workspace.sheets.read_workbook(file_id))
    writes = [CellWrite("Plan", f"B{row}", row) for row in range(2, 102)]
    writing = seconds(lambda: workspace.sheets.write_cells(file_id, writes))
    return [
        Figure("reading a sheet of 5,000 rows, 50,000 cells", round(reading, 2), "s", aim="at most 1 s", note="2 calls"),
        Figure("writing 100 cells into it", round(writing, 2), "s", aim="at most 1 s", note="1 call"),
    ]


def _fidelity() -> list[Figure]:
    if not CASSETTES.is_dir():
        return []
    outcome = replay_all()
    note = "requests recorded by gspread against Google, answered by the sandbox with the same status and JSON"
    return [Figure("recorded answers of Google matched", outcome.matched, f"of {outcome.total}", aim="at least 1,800", note=note)]
