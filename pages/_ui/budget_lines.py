"""Line items that come and go in the budget table: duplicate one, add one below it, remove one."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st

from core.sheets.writing.distribution import new_line
from core.sheets.writing.lines import NAMES
from pages._ui.budget_state import Budget, Editing, with_line, without_line

_DUPLICATE, _ADD, _REMOVE = "Duplicate", "Add below", "Remove"
_SAYS = {
    _DUPLICATE: "A row like it right below, with its texts, dates and amounts.",
    _ADD: "A row right below in the same block, with its formats and formulas; amounts start at 0.",
    _REMOVE: "Its row is deleted from the sheet; where formulas elsewhere need it, it stays with amounts of 0.",
}


def draw_lines(editing: Editing) -> None:
    """Draw the menu that adds and removes line items; the sheet changes only once it is proposed and approved."""
    with st.popover("Line items", icon=":material/playlist_add:"):
        budget = editing.budget
        labels = [f"{number}. {row.name}" for number, row in enumerate(budget.rows, 1)]
        number = st.selectbox(
            "Line item", range(len(labels)), index=max(len(labels) - 1, 0), format_func=labels.__getitem__, key=f"line-{editing.grid}"
        )
        deed = st.radio("What", list(_SAYS), captions=list(_SAYS.values()), key="line-deed", label_visibility="collapsed")
        names = _names(editing, number, is_copy=deed == _DUPLICATE) if deed != _REMOVE else {}
        if st.button(deed, type="primary", key="line-do", width="stretch", disabled=deed == _REMOVE and len(budget.rows) == 1):
            editing.change(_changed(budget, number, deed, names), redraw=True)
            st.rerun(scope="fragment")


def _names(editing: Editing, number: int, *, is_copy: bool) -> dict[str, str]:
    """Draw a field for each name that the line item has; only the first stays as it is in a new one."""
    row = editing.budget.rows[number]
    fields = [name for name in NAMES if getattr(row, name) is not None] or ["label"]
    found = {}
    for place, name in enumerate(fields):
        stands = str(getattr(row, name))
        keeps = is_copy or (place == 0 and len(fields) > 1)
        key = f"line-{name}-{row.id}-{is_copy}-{editing.grid}"
        found[name] = st.text_input(name.capitalize() if name != "label" else "Name", value=stands if keeps else "", key=key)
    return found


def _changed(budget: Budget, number: int, deed: str, names: dict[str, str]) -> Budget:
    if deed == _REMOVE:
        return without_line(budget, number)
    line = new_line(budget.rows[number], names, row_id=f"new-{uuid4().hex[:12]}", is_copy=deed == _DUPLICATE)
    return with_line(budget, line, below=number)
