"""The pieces of the scenarios page: the table side by side, the chart of budget against outcome, and what can be done with each."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from core.access import Permission
from core.services import drafts, scenarios
from core.services.draft_views import DraftView
from core.services.scenarios import ScenarioView
from pages._ui import formats, nav, state
from pages._ui.boundary import boundary
from pages._ui.budget_state import from_distribution, start_editing
from pages._ui.charts import show
from pages._ui.components import ask, confirm, say_after_rerun
from pages._ui.formats import plain
from pages._ui.guard import Page
from pages._ui.jobs import job_progress
from pages._ui.optimise_panel import KPI_WORDS, draw_figures, price, says_range
from pages._ui.planning_charts import frontier_chart, outcome_of, timeline_chart

_STATES = {"waiting": "being optimised", "ready": "ready", "partial": "not optimised", "impossible": "rules clash"}


def draw_table(views: list[ScenarioView], draft: DraftView) -> None:
    """Draw every scenario as a row: budget, outcome with ranges, efficiency, confidence, how sure the optimum is."""
    currency = draft.distribution.currency
    kpi = next((view.outcome.kpi for view in views if view.outcome is not None), None)
    table = pd.DataFrame(
        {
            "": ["★" if view.is_plan else "" for view in views],
            "Scenario": [view.name for view in views],
            "Budget": [formats.money(view.distribution.total_minor, currency, whole=True) for view in views],
            KPI_WORDS[kpi]: [_number(view) for view in views],
            "90% range": [_range(view) or formats.NOTHING for view in views],
            "CPA": [price(view.outcome.now.cpa, currency) if view.outcome else formats.NOTHING for view in views],
            "ROAS": [_roas(view) for view in views],
            "Confidence": [view.outcome.now.confidence.score if view.outcome else None for view in views],
            "State": [_STATES[view.state] for view in views],
            "By": [view.created_by for view in views],
            "Made": [formats.moment(view.created_at) for view in views],
        }
    )
    bar = st.column_config.ProgressColumn("Confidence", min_value=0, max_value=100, format="%d")
    star = st.column_config.TextColumn(width=24)
    st.dataframe(
        formats.inert_table(table),
        hide_index=True,
        key="scenarios",
        column_config={"Confidence": bar, "": star},
        height="content",
    )


def _number(view: ScenarioView) -> str:
    found = outcome_of(view)
    return formats.NOTHING if found is None else f"{found:,.0f}"


def _range(view: ScenarioView) -> str | None:
    if view.outcome is None:
        return None
    return says_range(view.outcome.now.value if view.outcome.kpi == "value" else view.outcome.now.conversions)


def _roas(view: ScenarioView) -> str:
    roas = None if view.outcome is None else view.outcome.now.roas
    return formats.NOTHING if roas is None else f"{roas.mean:,.2f}"


def draw_frontier(views: list[ScenarioView], draft: DraftView) -> None:
    """Draw budget against outcome for all scenarios that have one."""
    if any(outcome_of(view) is not None for view in views):
        kpi = next((view.outcome.kpi for view in views if view.outcome is not None), None)
        chart = frontier_chart(views, draft.distribution.currency, KPI_WORDS[kpi])
        show(chart, key="frontier", title="Budget against outcome; the star is the plan")


def draw_saving(page: Page, draft: DraftView) -> None:
    """Draw the form that keeps the draft's newest version as a scenario."""
    if not page.ctx.allows(Permission.EDIT_DRAFT):
        return
    with st.popover(f"Keep version {draft.version} as a scenario", icon=":material/bookmark_add:"):
        name = st.text_input("Name", key="scenario-name", placeholder="e.g. Without TV")
        if st.button("Keep", type="primary", key="keep-scenario"):
            with boundary():
                kept = scenarios.save_scenario(page.ctx, page.rt, draft.draft_id, name=name, distribution=draft.distribution)
                say_after_rerun(f"{kept.name} is kept.")
                st.rerun()


def draw_scenario(page: Page, view: ScenarioView, draft: DraftView) -> None:
    """Draw one scenario with what can be done with it."""
    star = ":material/star: " if view.is_plan else ""
    with st.expander(f"{star}**{plain(view.name)}** · {_STATES[view.state]}", expanded=view.is_plan):
        if view.state == "waiting" and view.job_id is not None:
            job_progress(page, view.job_id, title="Optimising")
            return
        if view.outcome is not None:
            for note in (*view.outcome.notes, *view.outcome.ways_out):
                st.warning(plain(note), icon=":material/info:")
            draw_figures(view.outcome, draft.distribution.currency)
        key = str(view.scenario_id)
        chart = timeline_chart(view.distribution)
        st.plotly_chart(chart, key=f"time-{key}", config={"displayModeBar": False}, theme=None)
        if page.ctx.allows(Permission.EDIT_DRAFT):
            _draw_actions(page, view, draft)


def _draw_actions(page: Page, view: ScenarioView, draft: DraftView) -> None:
    key = str(view.scenario_id)
    with st.container(horizontal=True), boundary():
        usable = view.state in ("ready", "partial")
        if st.button("Mark as the plan", icon=":material/star:", key=f"mark-{key}", disabled=view.is_plan or not usable):
            scenarios.mark_as_plan(page.ctx, page.rt, view.scenario_id)
            st.rerun()
        if st.button("Put into the planner", icon=":material/table_edit:", key=f"take-{key}", disabled=not usable):
            _take(page, view, draft)
        if st.button("Copy", icon=":material/content_copy:", key=f"copy-{key}"):
            copy = scenarios.copy_scenario(page.ctx, page.rt, view.scenario_id, name=f"{view.name[:70]} (copy)")
            say_after_rerun(f"{copy.name} is made.")
            st.rerun()
        with st.popover("Rename", icon=":material/edit:"):
            name = st.text_input("Name", value=view.name, key=f"name-{key}")
            if st.button("Rename", key=f"rename-{key}"):
                scenarios.rename_scenario(page.ctx, page.rt, view.scenario_id, name=name)
                st.rerun()
        st.button("Remove", icon=":material/delete:", key=f"remove-{key}", on_click=partial(ask, f"remove-{key}"))
        if state.EDITING.of(draft.draft_id).get() is not None:
            nav.link("planner", label="Open the planner", icon=":material/tune:", query={"draft": str(draft.draft_id)})
    confirm(
        f"remove-{key}",
        title="Remove this scenario?",
        says=f"{plain(view.name)} will be gone. The draft and the sheet stay as they are.",
        label="Remove",
        do=lambda: scenarios.delete_scenario(page.ctx, page.rt, view.scenario_id),
    )


def _take(page: Page, view: ScenarioView, draft: DraftView) -> None:
    """Lay the scenario's amounts over the draft in this tab; nothing is saved until the person saves it in the planner."""
    held = state.EDITING.of(draft.draft_id)
    editing = held.get()
    if editing is None or editing.version != draft.version:
        first = drafts.read_distribution(page.ctx, page.rt, draft.draft_id)
        editing = start_editing(draft.distribution, version=draft.version, first=first)
        held.set(editing)
    taken = from_distribution(view.distribution)
    if taken.amounts.shape != editing.budget.amounts.shape:
        st.error("The draft has other lines or periods than this scenario by now.", icon=":material/error:")
        return
    editing.change(taken, redraw=True)
    say_after_rerun(f"{view.name} is in the planner's table; save it there to keep it.")
    st.rerun()
