"""Snapshots come back exactly as they were packed."""

from __future__ import annotations

from datetime import date, datetime, time

from core.db.snapshots import pack_reading, pack_workbook, unpack_reading, unpack_workbook
from core.model.reading import (
    ColumnReading,
    LineItem,
    Option,
    PerformanceRow,
    PerformanceTable,
    PeriodAmount,
    PlanTable,
    Question,
    Reading,
    ReadingWarning,
    SkippedRow,
    TotalCheck,
)
from core.model.workbook import Cell, CellError, Span, Tab, Workbook


def test_a_workbook_comes_back_with_every_kind_of_cell() -> None:
    values = [
        "text",
        "=not a formula",
        7,
        7.0,
        -0.1,
        True,
        date(2026, 1, 31),
        datetime(2026, 1, 31, 9, 30),
        time(9, 30),
        CellError("#REF!"),
        None,
    ]
    cells = {(row, 2): Cell(value, number_format=f"format {row % 3}") for row, value in enumerate(values, start=1)}
    cells[(20, 1)] = Cell(3.5, formula="=SUM(B1:B5)", text="3,50 €", bold=True, fill="FFEE00")
    tab = Tab("Plän 1", cells, 20, 3, "very_hidden", (Span(1, 1, 2, 3),), frozenset({4}), frozenset({2, 3}), tab_id=0, row_ids={5: "row-5"})
    workbook = Workbook("Plan – März.xlsx", "xlsx", (tab, Tab("empty", {}, 0, 0)), locale="de_DE", revision="42")

    restored = unpack_workbook(pack_workbook(workbook))

    assert restored == workbook
    assert [type(cell.value) for cell in restored.tabs[0].cells.values()] == [type(cell.value) for cell in cells.values()]


def test_a_reading_comes_back_with_every_field() -> None:
    item = LineItem(
        row=9,
        channel="Meta",
        start=date(2026, 1, 1),
        end=date(2026, 3, 31),
        budget_minor=1_234_000,
        budget_cell="H9",
        by_period=(PeriodAmount(date(2026, 1, 1), date(2026, 1, 31), 400_000, "J9"),),
        metrics={"impressions": 1_200_000, "ctr": 0.02, "clicks": None},
        amounts={"net": 1_234_000},
        labels={"Ziel": "Reichweite"},
        confidence=0.96,
    )
    table = PlanTable(
        "Plan", "B7:R41", (7, 8), "rows", "EUR", 1000, "net", (ColumnReading("C", "channel", "Kanal", 0.99),), (item,),
        (TotalCheck("H41", "total", 1, 2, False, (9, 10)),), 1_234_000, vat_included=False, skipped=(SkippedRow(40, "note", "n.b."),),
        alternative_group="tier",
    )  # fmt: skip
    reading = Reading(
        "plan.xlsx",
        True,
        0.97,
        (table,),
        (
            PerformanceTable(
                "Export", "A1:C3", "meta", None, (PerformanceRow(date(2026, 1, 1), None, None, "c", "EUR", 5, clicks=2.5),), ()
            ),
        ),
        (
            Question(
                "k", "C9", "ambiguous_number", "1.000", (Option(1000, "thousand"), Option({"unit": [1, None]})), "nothing decides", "Plan"
            ),
        ),
        (ReadingWarning("total_mismatch", "H41", "states 1, its rows sum to 2", "Plan"),),
        ("has a budget column",),
        "layout",
        "de_DE",
    )

    assert unpack_reading(pack_reading(reading)) == reading
