"""Real plans in the sandbox: every formula evaluates to what Excel had computed, and a plan survives the way through Sheets."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from connectors.sandbox.drive.xlsx import document_of_xlsx, xlsx_of_document
from connectors.sandbox.formulas.evaluation import recalculate
from connectors.sandbox.sheets.document import Document, Value
from core.config import PROJECT_ROOT

PLANS = sorted((PROJECT_ROOT.parent / "shared" / "data" / "media_plans").glob("*/*.xlsx"))


def computed(document: Document) -> dict[tuple[str, int, int], Value]:
    return {(s.title, *address): cell.value for s in document.sheets for address, cell in s.cells.items() if cell.formula}


def same(a: Value, b: Value) -> bool:
    both_numbers = isinstance(a, int | float) and isinstance(b, int | float)
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) if both_numbers else a == b  # type: ignore[arg-type]


@pytest.mark.skipif(not PLANS, reason="the real media plans are not on this machine (../shared/data/media_plans)")
def test_every_formula_of_real_plans_evaluates_to_what_excel_had_computed() -> None:
    count = 0
    for path in PLANS:
        document = document_of_xlsx(path.stem, path.read_bytes())
        before = computed(document)
        recalculate(document, "all")
        after = computed(document)
        wrong = {place: (value, after[place]) for place, value in before.items() if not same(value, after[place])}
        assert not wrong, f"{path.parent.name}: {list(wrong.items())[:3]}"
        count += len(before)
    assert count > 1_800


@pytest.mark.parametrize("path", PLANS[:3] + PLANS[6:7], ids=lambda path: path.parent.name)
def test_a_real_plan_exported_and_loaded_again_has_the_same_cells(path: Path) -> None:
    document = document_of_xlsx(path.stem, path.read_bytes())
    again = document_of_xlsx(path.stem, xlsx_of_document(document))
    for before, after in zip(document.sheets, again.sheets, strict=True):
        cells, kept = ({a: c for a, c in sheet.cells.items() if not c.is_blank} for sheet in (before, after))
        assert {a: c.formula for a, c in cells.items()} == {a: c.formula for a, c in kept.items()}
        assert [a for a, c in cells.items() if not same(c.value, kept[a].value)] == []
        assert sorted(before.merges) == sorted(after.merges)
        assert before.rows.hidden() == after.rows.hidden()
        assert before.properties.get("hidden") == after.properties.get("hidden")
