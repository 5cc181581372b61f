"""Approvals: every proposed write-back with its diff, the decision, its progress, conflicts, undo and journal."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.access import Permission
from core.services import changes
from pages._ui import nav
from pages._ui.boundary import boundary
from pages._ui.change_view import STATUS, summary_of
from pages._ui.components import empty, page_header
from pages._ui.deciding import choose_group, draw_change_set
from pages._ui.formats import ago, plain
from pages._ui.guard import guard

page = guard(Permission.READ)


def draw_list(views: list[changes.ChangeSetView], open_id: UUID) -> None:
    for view in views:
        title, icon, color = STATUS[view.status]
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{plain(view.file_name)}**  \n:small[{summary_of(view)}]")
            st.caption(f"{plain(view.proposed_by)}, {ago(view.proposed_at, page.rt.clock.now())}")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.badge(title, icon=icon, color=color)
                st.space("stretch")
                if st.button("Open", key=f"open-{view.id}", type="primary" if view.id == open_id else "secondary"):
                    st.query_params["change"] = str(view.id)
                    st.rerun()


page_header("Approvals", icon=":material/fact_check:", says="What would be written into the sheets, who approved it, and what was written.")
with boundary():
    known = changes.list_change_sets(page.ctx, page.rt)
    if not known:
        empty("Nothing to approve", says="Proposals from the budget planner wait here for an owner or admin.", icon=":material/fact_check:")
        nav.link("planner", label="Go to the budget planner")
        st.stop()
    named = next((view for view in known if str(view.id) == st.query_params.get("change")), None)
    shown = choose_group(known, named)
    opened = named if named is not None else next(iter(shown), None)
    left, right = st.columns([1, 2.4], gap="medium")
    if opened is None:
        empty("Nothing here", says="No change set is in this state.", icon=":material/done_all:")
        st.stop()
    with left:
        draw_list(shown, opened.id)
    with right:
        draw_change_set(page, opened)
