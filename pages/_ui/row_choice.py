"""One choice about the row of the cell at hand: to leave its line item out, or to count a row that was left out."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.model.reading import Correction, PlanTable
from core.model.workbook import Address
from pages._ui.sheet_marks import span_of

_NEVER_LINES = frozenset({"section", "blank_template", "repeated_header", "total", "subtotal", "no_amount", "vat", "tax"})


def row_choice(tables: Sequence[PlanTable], tab: str, address: Address, *, may_correct: bool) -> Correction | None:
    """Offer the choice that fits the row; gives what was chosen in this run. Rows of tables on their side are no line items."""
    row = address[0]
    table = next((one for one in tables if one.tab == tab and one.orientation == "rows" and _holds(one, address)), None)
    if table is None:
        return None
    if any(item.row == row for item in table.line_items):
        label, icon, counts = "Leave this line item out", ":material/block:", False
    elif any(skipped.row == row and skipped.reason not in _NEVER_LINES for skipped in table.skipped):
        label, icon, counts = "Count this row as a line item", ":material/add_task:", True
    else:
        return None
    pressed = st.button(label, key=f"row_{tab}_{row}_{counts}", icon=icon, type="tertiary", disabled=not may_correct)
    return Correction("line_item_row", str(row), counts, tab=tab) if pressed else None


def _holds(table: PlanTable, address: Address) -> bool:
    span = span_of(table.range)
    return span.top <= address[0] <= span.bottom and span.left <= address[1] <= span.right
