"""Scenarios: the named splits of a draft side by side, budget against outcome, one of them the plan."""

from __future__ import annotations

import streamlit as st

from core.access import Permission
from core.services import drafts
from core.services.scenarios import list_scenarios
from pages._ui import nav
from pages._ui import scenario_view as parts
from pages._ui.boundary import boundary
from pages._ui.budget_tools import choose_draft
from pages._ui.components import Badge, empty, page_header
from pages._ui.formats import count, plain
from pages._ui.guard import guard

page = guard(Permission.READ)
ICON = ":material/alt_route:"
SAYS = "Splits of one plan side by side: what each costs, what it should bring, and how far to trust it."

with boundary():
    chosen = choose_draft(page)
    if chosen is None:
        page_header("Scenarios", icon=ICON, says=SAYS)
        empty("No draft yet", says="Open a media plan and start planning from it.", icon=ICON)
        nav.link("files", label="Go to your media plans")
        st.stop()
    draft = drafts.get_draft(page.ctx, page.rt, chosen)
    found = list_scenarios(page.ctx, page.rt, chosen)
    badges = [Badge(count(len(found), "scenario"), ICON, "blue")]
    if any(view.outcome is not None and view.outcome.is_made for view in found):
        badges.append(Badge("Made data, not delivered", ":material/science:", "violet"))
    page_header(f"Scenarios of {plain(draft.name)}", icon=ICON, says=SAYS, badges=badges)
    with st.container(horizontal=True, vertical_alignment="center"):
        kpi = parts.choose_kpi(found)
        parts.draw_saving(page, draft, kpi if found else None)
        nav.link("planner", label="Optimise in the planner", icon=":material/auto_graph:", query={"draft": str(chosen)})
    if found:
        shown = parts.of_kpi(found, kpi)
        parts.draw_table(shown, draft, kpi)
        parts.draw_frontier(shown, draft, kpi)
        for view in shown:
            parts.draw_scenario(page, view, draft)
    else:
        empty("No scenario yet", says="Optimise the table in the planner, or keep the version at hand as one.", icon=ICON)
