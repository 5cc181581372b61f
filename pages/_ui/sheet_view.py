"""A spreadsheet's tab drawn as it is, with what was read marked on it; a click on a cell comes back to the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import streamlit as st

from core.model.workbook import Address, Cell, Span, Tab, a1, column_letters
from core.sheets.display import display_text
from pages._ui.sheet_marks import TabMarks

ROWS_A_VIEW = 300
COLUMNS_A_VIEW = 120
_ASSETS = Path(__file__).parent
_HTML = '<div class="sheet" tabindex="0" role="application" aria-label="The sheet: arrow keys choose a cell"></div>'


@dataclass(frozen=True, slots=True)
class SheetWindow:
    """Which part of a tab is drawn: rows from `first_row`, both ends inclusive, and how many the tab uses in all."""

    first_row: int
    last_row: int
    last_column: int
    used_rows: int


def window_of(tab: Tab, first_row: int = 1) -> SheetWindow:
    """Give the part of a tab to draw from a row on; blank margins are left out."""
    shown = [address for address, cell in tab.cells.items() if cell.value is not None or cell.formula is not None or cell.fill is not None]
    used_rows = max((row for row, _ in shown), default=1)
    last_column = max((column for _, column in shown), default=1)
    return SheetWindow(first_row, min(used_rows, first_row + ROWS_A_VIEW - 1), min(last_column + 1, COLUMNS_A_VIEW), used_rows)


def sheet_view(tab: Tab, marks: TabMarks, *, window: SheetWindow, focus: str | None, key: str) -> str | None:
    """Draw the tab and give the cell that was clicked in this run, None when none was."""
    payload = sheet_payload(tab, marks, window)
    result = _component()(key=key, data={**payload, "focus": focus}, on_cell_change=lambda: None, height="content")
    clicked = result.get("cell") if hasattr(result, "get") else None
    return clicked if isinstance(clicked, str) else None


def sheet_payload(tab: Tab, marks: TabMarks, window: SheetWindow) -> dict[str, Any]:
    """Give everything that the browser needs to draw the window, JSON-serialisable."""
    merges, covered = _merges(tab, window)
    rows = [
        {
            "row": row,
            "kind": marks.gutter.get(row, ""),
            "role": marks.rows.get(row, ""),
            "hidden": row in tab.hidden_rows,
            "cells": list(_cells(tab, marks, row, window, merges, covered)),
        }
        for row in range(window.first_row, window.last_row + 1)
    ]
    columns = [
        {
            "letters": column_letters(column),
            "width": _width(tab, marks, column, window, covered | merges.keys()),
            "role": marks.columns.get(column, ""),
            "hidden": column in tab.hidden_columns,
        }
        for column in range(1, window.last_column + 1)
    ]
    payload: dict[str, Any] = {"rows": rows, "columns": columns, "regions": [list(span) for span in marks.regions]}
    return {**payload, "key": blake2b(repr(payload).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()}


def _cells(
    tab: Tab, marks: TabMarks, row: int, window: SheetWindow, merges: dict[Address, Span], covered: set[Address]
) -> Iterator[dict[str, Any]]:
    """Yield the cells of a row that are worth drawing; absent ones are drawn empty."""
    for column in range(1, window.last_column + 1):
        address = (row, column)
        cell, mark = tab.cells.get(address), marks.cells.get(address)
        if address in covered or (cell is None and mark is None and address not in merges):
            continue
        cell = cell or Cell()
        drawn: dict[str, Any] = {"at": a1(row, column), "column": column, "text": display_text(cell)}
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
            drawn["number"] = True
        if cell.bold:
            drawn["bold"] = True
        if cell.fill is not None:
            drawn["fill"] = "#" + cell.fill
        if cell.formula is not None:
            drawn["formula"] = cell.formula
        if mark is not None and (drawn["text"] or mark.kind not in ("label", "skipped", "header")):
            drawn["mark"], drawn["told"] = mark.kind, mark.text
            if mark.note:
                drawn["note"] = mark.note
        if (span := merges.get(address)) is not None:
            drawn["span"] = [min(span.bottom, window.last_row) - row + 1, min(span.right, window.last_column) - column + 1]
        yield drawn


def _merges(tab: Tab, window: SheetWindow) -> tuple[dict[Address, Span], set[Address]]:
    merges: dict[Address, Span] = {}
    covered: set[Address] = set()
    for span in tab.merges:
        if span.top < window.first_row or span.top > window.last_row or span.left > window.last_column:
            continue
        merges[(span.top, span.left)] = span
        bottom, right = min(span.bottom, window.last_row), min(span.right, window.last_column)
        covered |= {(row, column) for row in range(span.top, bottom + 1) for column in range(span.left, right + 1)}
    return merges, covered - merges.keys()


def _width(tab: Tab, marks: TabMarks, column: int, window: SheetWindow, merged: set[Address]) -> int:
    """Give a column's width in pixels: numbers always fit, texts up to a limit."""
    widest = 4.0
    for row in range(window.first_row, window.last_row + 1):
        cell = tab.cells.get((row, column))
        if cell is None or (row, column) in merged or cell.value is None:
            continue
        number = isinstance(cell.value, int | float)
        alone = tab.value(row, column + 1) is None and not number  # a text runs on over empty neighbours, as in the sheet
        length = max((len(line) for line in display_text(cell).splitlines()), default=0)
        note = marks.cells[row, column].note if (row, column) in marks.cells else ""
        widest = max(widest, length + (len(note) + 3 if note else 0) if number else min(length, 14 if alone else 30))
    return round(24 + 7.1 * widest)


def _component() -> Any:
    """Give the component; its script and style are read once a process."""
    return st.components.v2.component("flightplan_sheet", html=_HTML, css=_asset("sheet_view.css"), js=_asset("sheet_view.js"))


@st.cache_resource(show_spinner=False)
def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")
