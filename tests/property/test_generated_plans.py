"""Generated plans of every shape and language are read right, and never wrong in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.model.reading import Reading
from core.model.workbook import Cell, Tab, Workbook, parse_a1
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook, reading_from_json, reading_to_json, workbook_from_json, workbook_to_json
from tests.plans.compare import judge
from tests.plans.make import KINDS
from tests.plans.shapes import make_plan

STEADY = ("plain", "subtotals", "wide_months", "units_price", "net_gross", "banded", "carried_channel", "summary_block")


@pytest.mark.parametrize("kind", KINDS)
def test_no_plan_of_a_kind_is_misread_in_silence(kind: str) -> None:
    verdicts = [judge(make_plan(seed, kind)) for seed in range(40_000, 40_012)]
    assert [v for v in verdicts if v.outcome == "silent"] == []
    assert sum(v.outcome == "right" for v in verdicts) >= 11


def essence(reading: Reading) -> list[tuple[object, ...]]:
    """Give what was read without where it stands."""
    return [
        (
            (table.currency, table.scale, table.basis, table.total_minor),
            *((i.channel, i.publisher, i.format, i.campaign, i.start, i.end, i.budget_minor) for i in table.line_items),
        )
        for table in reading.tables
    ]


def moved(tab: Tab, rows: int, columns: int) -> Tab:
    """Give the tab with everything further down and to the right; formulas are dropped, their values stay."""
    cells = {(row + rows, column + columns): cell._replace(formula=None) for (row, column), cell in tab.cells.items()}
    merges = tuple(type(span)(span.top + rows, span.left + columns, span.bottom + rows, span.right + columns) for span in tab.merges)
    return replace(tab, cells=cells, merges=merges, n_rows=tab.n_rows + rows, n_columns=tab.n_columns + columns)


def workbook_of(seed: int, kind: str) -> Workbook:
    plan = make_plan(seed, kind)
    return load_workbook(plan.name, plan.content)


GIVEN = {"seed": st.integers(0, 5000), "kind": st.sampled_from(STEADY)}
QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUIET
@given(**GIVEN, rows=st.integers(1, 9), columns=st.integers(1, 6))
def test_blank_rows_and_columns_around_a_table_change_nothing(seed: int, kind: str, rows: int, columns: int) -> None:
    book = workbook_of(seed, kind)
    shifted = replace(book, tabs=tuple(moved(tab, rows, columns) for tab in book.tabs))
    assert essence(read_workbook(shifted)) == essence(read_workbook(book))


@QUIET
@given(
    **GIVEN,
    note=st.sampled_from(["* Prices are indicative.", "Prepared by the agency", "Действительно 30 дней", "see tab 2", "© 2019 ACME"]),
)
def test_a_note_under_the_table_changes_nothing(seed: int, kind: str, note: str) -> None:
    book = workbook_of(seed, kind)
    tab = book.tabs[0]
    noted = replace(tab, cells={**tab.cells, (tab.n_rows + 3, 1): Cell(note)}, n_rows=tab.n_rows + 3)
    assert essence(read_workbook(replace(book, tabs=(noted, *book.tabs[1:])))) == essence(read_workbook(book))


@QUIET
@given(**GIVEN, other=st.integers(0, 5000))
def test_a_hidden_tab_changes_nothing(seed: int, kind: str, other: int) -> None:
    book = workbook_of(seed, kind)
    hidden = replace(workbook_of(other, kind).tabs[0], name="old", visibility="hidden")
    assert essence(read_workbook(replace(book, tabs=(*book.tabs, hidden)))) == essence(read_workbook(book))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 5000), kind=st.sampled_from(KINDS))
def test_readings_and_workbooks_survive_json(seed: int, kind: str) -> None:
    book = workbook_of(seed, kind)
    assert workbook_from_json(workbook_to_json(book)) == book
    reading = read_workbook(book)
    assert reading_from_json(reading_to_json(reading)) == reading


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 5000), kind=st.sampled_from(KINDS))
def test_every_amount_stands_in_the_cell_it_names(seed: int, kind: str) -> None:
    book = workbook_of(seed, kind)
    for table in read_workbook(book).tables:
        tab = book.tab(table.tab)
        for item in table.line_items:
            for cell in [item.budget_cell, *(p.cell for p in item.by_period), *item.amount_cells.values()]:
                assert cell is None or parse_a1(cell) in tab.cells
