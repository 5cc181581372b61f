"""Every sample is read as its truth says, from the file and through Google's own API alike."""

from __future__ import annotations

import json

import pytest

from connectors.google import CONNECTOR
from connectors.sandbox.samples.__main__ import FOLDER
from connectors.sandbox.samples.catalogue import SAMPLES
from connectors.sandbox.sandbox import NewFile
from connectors.sandbox.server import SandboxServer
from connectors.sandbox.wire import SPREADSHEET, Json
from connectors.spec import SandboxAddress
from core.config import Settings
from core.model.reading import LineItem, PlanTable, Reading
from core.model.workbook import Workbook
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook

ANN = "ann@northwind.example"
MADE = {sample.key: sample for sample in (make() for make in SAMPLES)}
TOLD = ("channel", "publisher", "format", "campaign", "market")


def from_file(key: str, _: SandboxServer) -> Workbook:
    return load_workbook(f"{key}.xlsx", (FOLDER / f"{key}.xlsx").read_bytes())


def from_google(key: str, sandbox: SandboxServer) -> Workbook:
    google = CONNECTOR.build(Settings.model_construct(), SandboxAddress(sandbox.base_url, sandbox.base_url))
    credential = sandbox.sandbox.authorize(ANN)
    file = sandbox.sandbox.add_file(NewFile(MADE[key].title, SPREADSHEET, ANN, document=MADE[key].document))
    return google.open(credential).sheets.read_workbook(file.file_id)


@pytest.mark.parametrize("source", [from_file, from_google], ids=lambda source: source.__name__)
@pytest.mark.parametrize("key", MADE)
def test_every_sample_is_read_as_its_truth_says(key: str, source: object, sandbox: SandboxServer) -> None:
    assert callable(source)
    reading: Reading = read_workbook(source(key, sandbox), locale=MADE[key].truth["locale"])
    truth = json.loads((FOLDER / f"{key}.truth.json").read_text("utf-8"))
    assert reading.is_media_plan
    assert {warning.code for warning in reading.warnings} <= {"hidden_tab"}
    assert len(reading.tables) == len(truth["tables"])
    for told, table in zip(truth["tables"], sorted(reading.tables, key=lambda table: table.range), strict=True):
        assert (table.tab, table.currency, table.scale, table.orientation, table.total_minor) == (
            told["tab"],
            told["currency"],
            told["scale"],
            told["orientation"],
            told["total_minor"],
        )
        assert all(check.matches for check in table.totals if check.computed_minor is not None)
        dated = [(one, item) for one, item in zip(told["line_items"], in_order(table), strict=True) if one.get("start")]
        assert all((str(item.start), str(item.end)) == (one["start"], one["end"]) for one, item in dated)
        assert [facts(item) for item in in_order(table)] == [told_facts(item) for item in told["line_items"]]


def in_order(table: PlanTable) -> list[LineItem]:
    return sorted(table.line_items, key=lambda item: (item.row, item.budget_cell))


def facts(item: LineItem) -> Json:
    found: Json = {name: getattr(item, name) for name in TOLD}
    found |= {"budget_minor": item.budget_minor, "budget_cell": item.budget_cell}
    found["by_period"] = {p.cell: (str(p.start), str(p.end), p.budget_minor) for p in item.by_period}
    return found


def told_facts(item: Json) -> Json:
    found = {name: item.get(name) for name in (*TOLD, "budget_minor", "budget_cell")}
    found["by_period"] = {p["cell"]: (p["start"], p["end"], p["budget_minor"]) for p in item["by_period"]}
    return found
