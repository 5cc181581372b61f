"""What was read is marked on the sheet's own cells."""

from __future__ import annotations

from datetime import date

from core.model.reading import (
    ColumnReading,
    LineItem,
    Option,
    PeriodAmount,
    PlanTable,
    Question,
    Reading,
    ReadingWarning,
    SkippedRow,
    TotalCheck,
)
from core.model.workbook import Cell, Span, Tab
from pages._ui.sheet_marks import marks_of
from pages._ui.sheet_view import sheet_payload, window_of

JANUARY = PeriodAmount(date(2026, 1, 1), date(2026, 1, 31), 100_00, "D3")
ITEM = LineItem(row=3, channel="TV", budget_minor=100_00, budget_cell="C3", by_period=(JANUARY,))
TABLE = PlanTable(
    "Plan", "B2:D6", (2,), "rows", "EUR", 1, "net",
    (ColumnReading("B", "channel", "Kanal", 1.0), ColumnReading("C", "budget", "Budget", 1.0)), (ITEM,),
    (TotalCheck("C5", "total", 100_00, 100_00, True), TotalCheck("D5", "period_total", 90_00, 100_00, False)), 100_00,
    skipped=(SkippedRow(4, "section", "Online"),),
)  # fmt: skip
READING = Reading(
    "plan.xlsx", True, 1.0, (TABLE,), (), (Question("k", "C3", "number", "1.000", (Option(1),), "nothing decides", "Plan"),),
    (
        ReadingWarning("formula_without_value", "D3", "D3 has no cached value", "Plan"),
        ReadingWarning("total_mismatch", "D5", "It differs", "Plan"),
    ),
)  # fmt: skip


def test_each_cell_that_was_read_says_what_it_was_read_as() -> None:
    marks = marks_of(READING, "Plan", around=range(1, 40))
    assert {address: mark.kind for address, mark in marks.cells.items() if address in {(2, 2), (3, 2), (4, 3), (5, 3), (5, 4)}} == {
        (2, 2): "header", (3, 2): "label", (4, 3): "skipped", (5, 3): "ok", (5, 4): "off",
    }  # fmt: skip
    off = marks.cells[(5, 4)]
    assert off.text.splitlines() == ["Period total states €90.00, its rows add up to €100.00", "It differs"] and off.note == "−€10.00"
    assert marks.gutter == {2: "header", 3: "item", 4: "skipped", 5: "total"}
    assert marks.columns == {2: "channel", 3: "budget"}
    assert marks.regions == [Span(2, 2, 6, 4)]


def test_a_question_shows_over_what_the_cell_was_read_as_and_both_are_told() -> None:
    mark = marks_of(READING, "Plan", around=range(1, 40)).cells[(3, 3)]
    assert mark.kind == "question"
    assert mark.text.splitlines() == ["Budget of TV: €100.00", "Question: 1.000 (nothing decides)"]


def test_the_drawn_window_holds_values_formulas_merges_and_marks() -> None:
    cells = {
        (1, 1): Cell("Plan 2026"),
        (3, 2): Cell("TV"),
        (3, 3): Cell(100.0, "=D3", "#,##0.00"),
        (3, 4): Cell(100, fill="FFEE00"),
        (9, 9): Cell(None),
    }
    tab = Tab("Plan", cells, 9, 9, merges=(Span(1, 1, 1, 4),), hidden_rows=frozenset({2}), hidden_columns=frozenset({4}))
    payload = sheet_payload(tab, marks_of(READING, "Plan", around=range(1, 40)), window_of(tab))
    assert [row["row"] for row in payload["rows"]] == [1, 2, 3]
    assert payload["rows"][0]["cells"] == [{"at": "A1", "column": 1, "text": "Plan 2026", "span": [1, 4]}]
    assert payload["rows"][1]["hidden"] and payload["columns"][3]["hidden"] and len(payload["columns"]) == 5
    budget = next(cell for cell in payload["rows"][2]["cells"] if cell["at"] == "C3")
    assert (budget["text"], budget["formula"], budget["mark"], budget["number"]) == ("100.00", "=D3", "question", True)


def test_a_long_tab_is_drawn_in_parts() -> None:
    tab = Tab("Long", {(row, 1): Cell(row) for row in range(1, 1001)}, 1000, 1)
    window = window_of(tab, first_row=901)
    assert (window.first_row, window.last_row, window.used_rows) == (901, 1000, 1000)
    assert sheet_payload(tab, marks_of(READING, "Plan", around=range(1, 40)), window)["rows"][-1]["cells"][0]["text"] == "1000"
