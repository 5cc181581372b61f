"""The samples and the truth beside them agree, and the demo Drive holds them among files that are no plans."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.demo import NEWCOMER, PLANNER, open_demo
from connectors.sandbox.drive.xlsx import document_of_xlsx
from connectors.sandbox.samples.__main__ import FOLDER
from connectors.sandbox.samples.catalogue import SAMPLES
from connectors.sandbox.samples.paper import Sample
from connectors.sandbox.storage import document_to_json
from connectors.sandbox.wire import FOLDER as DRIVE_FOLDER
from connectors.sandbox.wire import SPREADSHEET, Json
from core.model.money import to_minor
from core.model.workbook import parse_a1

MADE = {sample.key: sample for sample in (make() for make in SAMPLES)}


@pytest.mark.parametrize("key", MADE)
def test_every_amount_of_the_truth_stands_in_its_cell(key: str) -> None:
    sample = MADE[key]
    for table in sample.truth["tables"]:
        for cell, minor in amounts(table):
            assert to_minor(round(value(sample, table["tab"], cell) * table["scale"], 4), table["currency"]) == minor, cell
        for item in table["line_items"]:
            assert not item.get("by_period") or sum(p["budget_minor"] for p in item["by_period"]) == item["budget_minor"]


def amounts(table: Json) -> Iterator[tuple[str, int]]:
    for item in table["line_items"]:
        yield item["budget_cell"], item["budget_minor"]
        yield from ((period["cell"], period["budget_minor"]) for period in item["by_period"])
    yield from ((total["cell"], total["stated_minor"]) for total in table["totals"])


def value(sample: Sample, tab: str, cell: str) -> float:
    sheet = sample.document.titled(tab)
    assert sheet is not None
    found = sheet.cells[parse_a1(cell)].value
    assert isinstance(found, int | float)
    return found


@pytest.mark.parametrize("key", MADE)
def test_the_committed_file_is_what_the_generator_makes(key: str) -> None:
    committed = json.loads((FOLDER / f"{key}.truth.json").read_text("utf-8"))
    assert committed == MADE[key].truth
    loaded = document_of_xlsx(MADE[key].title, (FOLDER / f"{key}.xlsx").read_bytes(), locale=MADE[key].document.locale)
    for made, read in zip(MADE[key].document.sheets, loaded.sheets, strict=True):
        assert {a: (c.value, c.formula) for a, c in read.cells.items() if not c.is_blank} == {
            a: (c.value, c.formula) for a, c in made.cells.items() if not c.is_blank
        }
        assert (read.title, sorted(read.merges), bool(read.properties.get("hidden"))) == (
            made.title,
            sorted(made.merges),
            bool(made.properties.get("hidden")),
        )


def test_there_are_eight_samples_in_five_languages_and_currencies() -> None:
    assert len(MADE) == 8
    assert len({sample.truth["locale"][:2] for sample in MADE.values()}) == 5
    assert len({table["currency"] for sample in MADE.values() for table in sample.truth["tables"]}) >= 5


def test_the_demo_drive_holds_the_plans_among_twenty_other_files(tmp_path: Path) -> None:
    sandbox = open_demo(tmp_path)
    files = [file for file in sandbox.drive.files.values() if file.mime_type != DRIVE_FOLDER]
    assert len(files) == 28
    assert all(file.visible_to(PLANNER) for file in files)
    assert not any(file.visible_to(NEWCOMER) for file in files)
    assert {file.name.removesuffix(".xlsx") for file in files} >= {sample.title for sample in MADE.values()}
    before = {file.file_id: document_to_json(sandbox.document(file.file_id)) for file in files if file.mime_type == SPREADSHEET}
    sandbox.close()
    again = open_demo(tmp_path)
    assert {file_id: document_to_json(again.document(file_id)) for file_id in before} == before
    again.close()
