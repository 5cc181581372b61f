"""Activity: who did what in the workspace."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.access import Permission
from core.services.activity import list_activity
from pages._ui import state
from pages._ui.boundary import boundary
from pages._ui.components import empty, page_header
from pages._ui.formats import plain
from pages._ui.guard import guard

page = guard(Permission.READ)
DOORS = {"ui": "in the app", "api": "by API", "agent": "by the assistant", "workflow": "in the background"}


def details(facts: Mapping[str, object]) -> str:
    """Give the facts that say something to people: no ids, lists of scopes or flags that are off."""
    told = {name.replace("_", " "): value for name, value in facts.items() if not name.endswith("id") and not isinstance(value, list)}
    return ", ".join(name.removeprefix("is ") if value is True else f"{name} {value}" for name, value in told.items() if value is not False)


page_header("Activity", icon=":material/history:", says="Who did what in this workspace, newest first.")
with boundary():
    most = state.ACTIVITY_SHOWN.get()
    entries = list_activity(page.ctx, page.rt, limit=most)
    if not entries:
        empty(
            "Nothing has happened yet", says="Connecting, saving, approving and writing back are recorded here.", icon=":material/history:"
        )
        st.stop()
    people = sorted({entry.actor_name for entry in entries})
    chosen = (
        st.pills("People", people, selection_mode="multi", key="activity-people", format_func=plain, label_visibility="collapsed")
        if len(people) > 1
        else []
    )
    table = pd.DataFrame(
        {
            "When (UTC)": [entry.happened_at for entry in entries],
            "Who": [entry.actor_name for entry in entries],
            "What": [f"{entry.verb} {entry.subject}" for entry in entries],
            "How": [DOORS[entry.origin] for entry in entries],
            "Details": [details(entry.facts) for entry in entries],
        }
    )
    st.dataframe(
        table[table["Who"].isin(chosen)] if chosen else table,
        hide_index=True,
        height="content" if len(table) < 18 else 650,
        key="activity-table",
        column_config={
            "When (UTC)": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width="small"),
            "What": st.column_config.TextColumn(width="large"),
        },
    )
    if len(entries) == most:
        st.button("Show older", icon=":material/history:", key="activity-older", on_click=state.ACTIVITY_SHOWN.set, args=(4 * most,))
