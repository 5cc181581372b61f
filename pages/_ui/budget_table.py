"""The budget table: line items by period in an editable grid with live totals, shares and differences to the sheet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.model.money import minor_exponent
from core.planning.splitting import period_label
from pages._ui import formats
from pages._ui.budget_state import (
    AMOUNTS,
    ARRAYS,
    LAYERS,
    LIMITS,
    LOCKS,
    MAXIMUM,
    MINIMUM,
    Budget,
    Editing,
    Typed,
    apply_typed,
    broken_rules,
)
from pages._ui.components import Metric, metric_row
from pages._ui.typed_amounts import major, shown_amounts

_ROW_HEIGHT = 33
_FIXED_HELP = "Set it with Distribute. The plan can be saved only when its total is exactly this."
_HELP = {
    AMOUNTS: "Type or paste amounts (1234.56 or 1.234,56); Enter goes down, Tab goes right, Ctrl+V pastes a block from Excel. "
    "Least and most stand under Limits.",
    LIMITS: "Of a line item in all its periods. Optimise and Distribute keep to them; 0 or from and Step are for Optimise. Empty for none.",
    LOCKS: "A locked amount stays as it is, whatever is distributed.",
    MINIMUM: "The least that an amount may be. Empty for none.",
    MAXIMUM: "The most that an amount may be. Empty for none.",
}


def draw_metrics(editing: Editing) -> None:
    """Draw the live figures over the table."""
    budget, currency = editing.budget, editing.template.currency
    moved, total = budget.total_minor - editing.sheet.total_minor, budget.total_minor
    changed = int((budget.amounts != editing.first).sum())
    new, gone = len(editing.new_ids), len(editing.removed)
    lines = "".join(f", {count} {word}" for count, word in ((new, "new"), (gone, "removed")) if count)
    fixed = budget.fixed_total_minor
    left = None if fixed is None else fixed - total
    broken = broken_rules(editing)
    says_fixed = None if left is None else "fits exactly" if left == 0 else f"{formats.money_change(left, currency)} left to place"
    metric_row(
        [
            Metric("Total", formats.money(total, currency), formats.money_change(moved, currency), "to the sheet", "off"),
            Metric("Fixed total", formats.money(fixed, currency), says_fixed, good="off", help=_FIXED_HELP),
            Metric(
                "Amounts changed",
                f"{changed}",
                f"of {int(editing.writable.sum())} in {formats.count(budget.amounts.shape[0], 'line item')}{lines}",
                good="off",
            ),
            Metric(
                "Rules",
                "All kept" if broken == 0 else formats.count(broken, "broken", "broken"),
                "locks, limits, total" if broken == 0 else "save lists them",
                good="off" if broken == 0 else "inverse",
            ),
        ]
    )


def grid_key(draft_id: object, editing: Editing) -> str:
    """Give the grid's widget key; a new one draws it anew."""
    return f"grid-{draft_id}-{editing.version}-{editing.grid}"


def draw_grid(draft_id: object, editing: Editing, *, can_edit: bool) -> None:
    """Draw the table; `take_typed` comes first in a run, so that totals and shares are those of this very moment."""
    layer = editing.layer
    frame = _frame(editing, layer)
    st.data_editor(
        frame,
        key=grid_key(draft_id, editing),
        height=min(560, _ROW_HEIGHT * (len(frame) + 1) + 3),
        row_height=_ROW_HEIGHT,
        hide_index=True,
        num_rows="fixed",
        disabled=True if not can_edit else ["state", "label", "total", "share", "delta", *_dead_columns(editing, layer)],
        column_config=_columns(editing, layer),
        placeholder="",
        alt="Budget by line item and period",
    )
    _draw_totals(editing)
    if editing.removed:
        st.caption("Removed: " + formats.plain(", ".join(row.name for row in editing.removed)) + ".")
    st.caption(f"{_HELP[layer]} {'' if can_edit else 'Your role can look, not edit.'}")


def take_typed(draft_id: object, editing: Editing) -> None:
    """Take in everything typed since the grid was drawn; what is locked springs back with a word about why."""
    state = st.session_state.get(grid_key(draft_id, editing))
    typed = {int(row): changes for row, changes in (state or {}).get("edited_rows", {}).items()}
    if not typed:
        return
    budget, refused = apply_typed(editing, editing.base, Typed(editing.layer, typed))
    if refused:
        shown = "; ".join(refused[:3]) + (f" and {len(refused) - 3} more" if len(refused) > 3 else "")
        st.toast(f"Not taken: {formats.plain(shown)}.", icon=":material/lock:")
    if not _same(budget, editing.budget):
        editing.change(budget, redraw=bool(refused))
    elif refused:
        editing.redraw()


def _same(one: Budget, other: Budget) -> bool:
    if one.rows is not other.rows:
        return False
    arrays = all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan="st" in name) for name in ARRAYS)
    return arrays and one.fixed_total_minor == other.fixed_total_minor


def _frame(editing: Editing, layer: str) -> pd.DataFrame:
    """Make the frame: what can be typed comes from the base of this grid, what is computed from the present state."""
    base, budget, currency = editing.base, editing.budget, editing.template.currency
    rows = budget.rows
    totals = budget.row_totals
    whole = max(int(totals.sum()), 1)
    changed = (budget.amounts != editing.first).any(axis=1)
    columns: dict[str, object] = {
        "state": np.where(budget.row_locked, "🔒", np.where([row.source_tab is None for row in rows], "＋", np.where(changed, "●", ""))),
        "label": [formats.inert(row.name) for row in rows],
        "locked": base.row_locked,
    }
    if layer == LIMITS:
        limits = {"least": base.row_least, "most": base.row_most, "start": base.row_start, "step": base.row_step}
        columns |= {name: shown_amounts(values, currency) for name, values in limits.items()}
    else:
        columns |= _by_period(editing, layer)
    columns |= {
        "total": major(totals, currency),
        "share": totals / whole,
        "delta": major(totals - editing.first.sum(axis=1), currency),
    }
    return pd.DataFrame(columns)


def _by_period(editing: Editing, layer: str) -> dict[str, object]:
    base, currency = editing.base, editing.template.currency
    if layer == LOCKS:
        return {period.key: base.locked[:, number] for number, period in enumerate(editing.template.periods)}
    cells = shown_amounts({AMOUNTS: base.amounts, MINIMUM: base.least, MAXIMUM: base.most}[layer], currency)
    if layer == AMOUNTS:
        cells[~editing.writable] = None
    return {period.key: cells[:, number] for number, period in enumerate(editing.template.periods)}


def _dead_columns(editing: Editing, layer: str) -> list[str]:
    """Give the periods that no line item can be written in."""
    if layer != AMOUNTS:
        return []
    return [period.key for number, period in enumerate(editing.template.periods) if not editing.writable[:, number].any()]


def _columns(editing: Editing, layer: str) -> dict[str, Any]:
    decimals = minor_exponent(editing.template.currency)
    amount: dict[str, Any] = {"alignment": "right"}  # texts: what a browser makes of `1.234,56` depends on its language
    config: dict[str, Any] = {
        "state": st.column_config.TextColumn("", width=34, pinned=True, help="🔒 locked, ＋ new, ● differs from the sheet"),
        "label": st.column_config.TextColumn("Line item", width=240, pinned=True),
        "total": st.column_config.NumberColumn("Total", format=f"%,.{decimals}f", width=115),
        "share": st.column_config.ProgressColumn("Share", format="percent", min_value=0, max_value=1, width=110),
        "delta": st.column_config.NumberColumn("Δ to sheet", format=f"%+,.{decimals}f", width=110),
        "locked": st.column_config.CheckboxColumn("Lock", width=52, pinned=True, help="Hold the whole line item"),
        "least": st.column_config.TextColumn("Minimum", width=110, help="Least for the line item", **amount),
        "most": st.column_config.TextColumn("Maximum", width=110, help="Most for the line item", **amount),
        "start": st.column_config.TextColumn("0 or from", width=95, help="Optimise: each amount is nothing, or at least this", **amount),
        "step": st.column_config.TextColumn("Step", width=80, help="Optimise: each amount is a multiple of this", **amount),
    }
    width = 110 if len(editing.template.periods) > 3 else 130
    for period in editing.template.periods:
        label = period_label(period)
        if layer == LOCKS:
            config[period.key] = st.column_config.CheckboxColumn(label, width=width)
        else:
            config[period.key] = st.column_config.TextColumn(label, width=width, **amount)
    return config


def _draw_totals(editing: Editing) -> None:
    """Draw the totals by period under the grid."""
    if len(editing.template.periods) < 2:
        return
    currency = editing.template.currency
    now, sheet = editing.budget.amounts.sum(axis=0), editing.sheet_periods
    totals = pd.DataFrame(
        {
            "": ["All line items", "Δ to sheet"],
            **{
                period_label(period): [formats.money(int(now[i]), currency), formats.money_change(int(now[i] - sheet[i]), currency)]
                for i, period in enumerate(editing.template.periods)
            },
        }
    )
    st.dataframe(totals, hide_index=True, key="period-totals", row_height=_ROW_HEIGHT)


def draw_layers(editing: Editing) -> None:
    """Draw the choice of what the period columns show."""
    layer = st.segmented_control("Show", LAYERS, default=AMOUNTS, required=True, key="layer", label_visibility="collapsed")
    if layer != editing.layer:
        editing.layer = layer
        editing.redraw()


def draw_history(editing: Editing) -> None:
    """Draw undo and redo, with their keys."""
    for label, icon, keys, do, off in (
        ("Undo", ":material/undo:", "Ctrl+Z", editing.step_back, not editing.undo),
        ("Redo", ":material/redo:", "Ctrl+Shift+Z", editing.step_forward, not editing.redo),
    ):
        st.button(label, icon=icon, shortcut=keys, on_click=do, disabled=off, key=label, type="tertiary")
