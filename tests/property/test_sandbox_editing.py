"""What must hold for any edit in the sandbox: references follow rows, removed lines leave no trace, states survive storage."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sandbox.formulas.syntax import rewrite
from connectors.sandbox.sheets.document import Document, Sheet
from connectors.sandbox.sheets.editing import Editor
from connectors.sandbox.sheets.entry import Entry, enter
from connectors.sandbox.storage import document_from_json, document_to_json

ROWS, COLUMNS = 12, 5
amounts = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=ROWS)


def plan(values: list[int]) -> Document:
    """A column of amounts, their sum below, a share of each beside it, and a quote of the sum on another tab."""
    document = Document("d", "Plan", sheets=[Sheet(0, "Plan", 50, 10), Sheet(7, "Cover sheet", 20, 10)])
    editor = Editor(document)
    first, second = document.sheets
    last = len(values)
    for row, value in enumerate(values, start=1):
        editor.put(first, (row, 1), Entry(value))
        editor.put(first, (row, 2), Entry(None, f"=IF($A${last + 1}=0,0,A{row}/$A${last + 1})"))
    editor.put(first, (last + 1, 1), Entry(None, f"=SUM(A1:A{last})"))
    editor.put(second, (2, 2), Entry(None, f"=ROUND(Plan!A{last + 1}*1.19,2)"))
    editor.finish()
    return document


@given(amounts, st.integers(1, ROWS + 1), st.integers(1, 4))
def test_inserting_lines_and_deleting_them_again_changes_nothing(values: list[int], first: int, count: int) -> None:
    document = plan(values)
    before = document_to_json(document)
    editor = Editor(document)
    editor.insert_lines(document.sheets[0], "ROWS", first, count)
    editor.finish()
    assert document.sheets[1].cells[2, 2].value == before["sheets"][1]["cells"][0][2]
    editor.delete_lines(document.sheets[0], "ROWS", first, count)
    editor.finish()
    after = document_to_json(document)
    assert [sorted(sheet["cells"], key=lambda cell: cell[:2]) for sheet in after["sheets"]] == [
        sorted(sheet["cells"], key=lambda cell: cell[:2]) for sheet in before["sheets"]
    ]


@given(amounts.filter(lambda values: len(values) > 1), st.data())
def test_a_total_sums_the_rows_that_are_left_whatever_is_inserted_or_deleted(values: list[int], data: st.DataObject) -> None:
    document, left = plan(values), list(values)
    sheet, editor = document.sheets[0], Editor(document)
    for _ in range(data.draw(st.integers(1, 4))):
        if data.draw(st.booleans()) or len(left) == 2:
            at = data.draw(st.integers(1, len(left) - 1))  # between two of its rows: above the first or below the last a sum does not grow
            editor.insert_lines(sheet, "ROWS", at + 1, 1)
            left.insert(at, 0)
        else:
            gone = data.draw(st.integers(1, len(left)))
            editor.delete_lines(sheet, "ROWS", gone, 1)
            del left[gone - 1]
    editor.finish()
    assert sheet.cells[len(left) + 1, 1].value == sum(left)


@given(amounts, st.integers(1, ROWS), st.integers(-(10**9), 10**9))
def test_changing_a_cell_and_changing_it_back_changes_nothing(values: list[int], row: int, other: int) -> None:
    document = plan(values)
    before = document_to_json(document)
    row = min(row, len(values))
    for value in (other, values[row - 1]):
        editor = Editor(document)
        editor.put(document.sheets[0], (row, 1), Entry(value))
        editor.finish()
    assert document_to_json(document) == before


@settings(max_examples=50)
@given(amounts)
def test_a_document_survives_storage(values: list[int]) -> None:
    stored = json.loads(json.dumps(document_to_json(plan(values)), ensure_ascii=False))
    assert document_to_json(document_from_json(stored)) == document_to_json(plan(values))


@given(st.text(max_size=30))
def test_raw_text_is_kept_as_it_is_and_typing_never_fails(text: str) -> None:
    assert enter(text, is_raw=True, locale="de_DE").value == (text or None)
    for locale in ("en_US", "de_DE", "fr_FR", "ja_JP"):
        enter(text, is_raw=False, locale=locale)


@given(st.text(alphabet="ABZ$19:!'()+-*/,;%.\" =SUM#{}é", max_size=25))
def test_rewriting_references_to_themselves_keeps_every_formula(text: str) -> None:
    once = rewrite("=" + text, lambda ref: ref)
    assert rewrite(once, lambda ref: ref) == once
