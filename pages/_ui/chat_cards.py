"""The things an answer shows besides words: tables, charts, and the drafted distribution as a table to edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from pydantic import TypeAdapter

from core.access import Permission
from core.model.distribution import Distribution
from core.model.money import to_major, to_minor
from core.services.planned_drafts import KeepPlanned, keep_planned
from pages._ui import charts
from pages._ui.boundary import boundary
from pages._ui.formats import inert, inert_table, money, plain
from pages._ui.guard import Page
from pages._ui.nav import PAGES

_DISTRIBUTION: TypeAdapter[Distribution] = TypeAdapter(Distribution)


def draw_table(card: Mapping[str, Any], *, key: str) -> None:
    """Draw rows; money columns hold minor units."""
    frame = pd.DataFrame(card["data"]["rows"])
    for column in card["data"].get("money", ()):
        frame[column] = [money(int(minor), card["data"].get("currency")) for minor in frame[column]]
    st.dataframe(inert_table(frame), hide_index=True, key=f"table-{key}", height="auto" if len(frame) < 9 else 320)


def draw_chart(card: Mapping[str, Any], *, key: str) -> None:
    """Draw bars or a line in the house style."""
    data = card["data"]
    rows = pd.DataFrame(data["rows"])
    if rows.empty:
        return
    if data.get("money"):
        rows[data["y"]] = [float(to_major(int(minor), data.get("currency"))) for minor in rows[data["y"]]]
    groups = rows.groupby(data["color"], sort=False) if "color" in data else [("", rows)]
    make = go.Scatter if data["kind"] == "line" else go.Bar
    traces = [make(x=part[data["x"]], y=part[data["y"]], name=str(name)) for name, part in groups]
    chart = charts.figure(traces, height=260)
    chart.update_layout(showlegend="color" in data, barmode="stack")
    charts.show(chart, key=f"chart-{key}", title=card["title"])


def draw_draft(page: Page, card: Mapping[str, Any], *, key: str) -> None:
    """Draw the distribution as a table to edit, and the way into the planner."""
    drafted = _DISTRIBUTION.validate_python(card["data"]["distribution"])
    frame = _frame(drafted)
    can_edit = page.ctx.allows(Permission.EDIT_DRAFT)
    columns = {p.key: st.column_config.NumberColumn(_title(p.key), min_value=0.0, format="%.2f") for p in drafted.periods}
    edited = st.data_editor(
        frame,
        key=f"draft-{key}",
        hide_index=True,
        num_rows="fixed",
        column_config=columns,
        disabled=["Line", "Locked"] if can_edit else True,
    )
    changed = _changed(drafted, edited)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{money(changed.total_minor, changed.currency)}**")
        if changed.total_minor != drafted.total_minor:
            st.caption(f"was {money(drafted.total_minor, drafted.currency)}")
        if can_edit and card["data"].get("file_id") and st.button("Open in planner", icon=":material/tune:", key=f"open-{key}"):
            with boundary():
                file_id = UUID(card["data"]["file_id"])
                kept = keep_planned(page.ctx, page.rt, KeepPlanned(file_id, None, changed, "From the assistant"))
                st.switch_page(PAGES / "planner.py", query_params={"draft": str(kept.draft_id)})


def draw_tips(page: Page, card: Mapping[str, Any], *, key: str) -> None:
    """Draw what each tip would change as one button: it puts the change into a draft and opens the planner with it."""
    if not page.ctx.allows(Permission.EDIT_DRAFT) or not card["data"].get("file_id"):
        return
    file_id = UUID(card["data"]["file_id"])
    with st.container(horizontal=True):
        for n, offer in enumerate(card["data"]["offers"]):
            clicked = st.button(plain(offer["label"]), icon=":material/tune:", key=f"tip-{key}-{n}", help=offer["why"] or None)
            if clicked:
                changed = _DISTRIBUTION.validate_python(offer["distribution"])
                kept = keep_planned(page.ctx, page.rt, KeepPlanned(file_id, None, changed, f"Tip: {offer['label']}"))
                st.switch_page(PAGES / "planner.py", query_params={"draft": str(kept.draft_id)})


def _title(period: str) -> str:
    return "Budget" if period.startswith("0001") else period


def _frame(distribution: Distribution) -> pd.DataFrame:
    rows = [
        {"Line": inert(row.label), "Locked": row.locked}
        | {cell.period: float(to_major(cell.budget_minor, distribution.currency)) for cell in row.cells}
        for row in distribution.rows
    ]
    return pd.DataFrame(rows)


def _changed(drafted: Distribution, edited: pd.DataFrame) -> Distribution:
    """Give the distribution as typed; locked lines stay as they are."""
    rows = []
    for n, row in enumerate(drafted.rows):
        typed = edited.iloc[n]
        cells = tuple(
            cell
            if row.locked or pd.isna(typed[cell.period])
            else replace(cell, budget_minor=to_minor(float(typed[cell.period]), drafted.currency))
            for cell in row.cells
        )
        rows.append(replace(row, cells=cells))
    return replace(drafted, rows=tuple(rows))
