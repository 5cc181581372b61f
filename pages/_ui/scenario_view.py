"""The pieces of the scenarios page: the table side by side, the chart of budget against outcome, and what can be done with each."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from core.access import Permission
from core.planning.history import Kpi
from core.services import scenarios
from core.services.draft_views import DraftView
from core.services.scenarios import KeepScenario, ScenarioView
from pages._ui import formats, nav, state
from pages._ui.answer_view import KPI_WORDS, draw_answer, number, price, says_range
from pages._ui.boundary import boundary
from pages._ui.budget_state import from_distribution
from pages._ui.charts import show
from pages._ui.components import ask, confirm, say_after_rerun
from pages._ui.formats import plain
from pages._ui.guard import Page
from pages._ui.jobs import ENDED, job_progress
from pages._ui.planning_charts import frontier_chart, outcome_of
from pages._ui.unsaved import keep_unsaved, open_editing

_STATES = {"waiting": "being optimised", "ready": "ready", "partial": "not optimised", "impossible": "rules clash"}


def choose_kpi(views: list[ScenarioView]) -> Kpi:
    """Let the person choose whose scenarios stand side by side where some count conversions and some revenue."""
    known = sorted({_kpi(view) for view in views if view.outcome is not None})
    if len(known) < 2:
        return known[0] if known else "conversions"
    first = next(_kpi(view) for view in views if view.outcome is not None)
    chosen = st.segmented_control(
        "Results", known, default=first, required=True, format_func=lambda one: KPI_WORDS[one], key="scenario-kpi"
    )
    return "value" if chosen == "value" else "conversions"


def of_kpi(views: list[ScenarioView], kpi: Kpi) -> list[ScenarioView]:
    """Give the scenarios that count a KPI, and those that are being optimised."""
    return [view for view in views if view.outcome is None or _kpi(view) == kpi]


def _kpi(view: ScenarioView) -> Kpi:
    return "value" if view.outcome is not None and view.outcome.kpi == "value" else "conversions"


def draw_table(views: list[ScenarioView], draft: DraftView, kpi: Kpi) -> None:
    """Draw every scenario of a KPI as a row: budget, outcome with ranges, efficiency, confidence, how sure the optimum is."""
    currency = draft.distribution.currency
    known = [view.outcome.now if view.outcome is not None and view.state != "impossible" else None for view in views]
    main = [None if now is None else now.value if kpi == "value" else now.conversions for now in known]
    table = pd.DataFrame(
        {
            "": ["★" if view.is_plan else "" for view in views],
            "Scenario": [view.name for view in views],
            "Budget": [formats.money(view.distribution.total_minor, currency, whole=True) for view in views],
            KPI_WORDS[kpi]: [number(found) for found in main],
            "90% range": [says_range(found) or formats.NOTHING for found in main],
            "CPA": [formats.NOTHING if now is None else price(now.cpa, currency) for now in known],
            "ROAS": [formats.NOTHING if now is None or now.roas is None else f"{now.roas.mean:,.2f}" for now in known],
            "Confidence": [None if now is None or now.total_minor == 0 else now.confidence.score for now in known],
            "State": [_STATES[view.state] for view in views],
            "By": [view.created_by for view in views],
            "Made": [formats.moment(view.created_at) for view in views],
        }
    )
    bar = st.column_config.ProgressColumn("Confidence", min_value=0, max_value=100, format="%d")
    star = st.column_config.TextColumn(width=24)
    shown = formats.inert_table(table)
    st.dataframe(shown, hide_index=True, key="scenarios", column_config={"Confidence": bar, "": star}, height="content")


def draw_frontier(views: list[ScenarioView], draft: DraftView, kpi: Kpi) -> None:
    """Draw budget against outcome for all scenarios of a KPI that have one."""
    if any(outcome_of(view) is not None for view in views):
        chart = frontier_chart(views, draft.distribution.currency, KPI_WORDS[kpi])
        show(chart, key=f"frontier-{kpi}", title="Budget against outcome; the star is the plan")


def draw_saving(page: Page, draft: DraftView, kpi: Kpi | None) -> None:
    """Draw the form that keeps the draft's newest version as a scenario."""
    if not page.ctx.allows(Permission.EDIT_DRAFT):
        return
    with st.popover(f"Keep version {draft.version} as a scenario", icon=":material/bookmark_add:"):
        name = st.text_input("Name", key="scenario-name", placeholder="e.g. Without TV")
        if st.button("Keep", type="primary", key="keep-scenario"):
            with boundary():
                kept = scenarios.save_scenario(page.ctx, page.rt, KeepScenario(draft.draft_id, name, draft.distribution, kpi))
                say_after_rerun(f"{kept.name} is kept.")
                st.rerun()


def draw_scenario(page: Page, view: ScenarioView, draft: DraftView) -> None:
    """Draw one scenario with what can be done with it."""
    star = ":material/star: " if view.is_plan else ""
    title = f"{star}**{plain(view.name)}** · {_STATES[view.state]}"
    key = str(view.scenario_id)
    with st.expander(title, expanded=view.is_plan, key=f"scenario-{key}", on_change="rerun") as opened:
        if view.state == "waiting" and view.job_id is not None:
            job_progress(page, view.job_id, title="Optimising")
            if page.ctx.allows(Permission.EDIT_DRAFT) and page.rt.jobs.status(page.ctx, view.job_id).state in ENDED:
                _draw_removal(page, view)
            return
        if view.outcome is not None and opened.open:  # a closed one costs nothing to draw
            draw_answer(view)
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
        if state.EDITING.of(draft.draft_id).get() is not None:
            nav.link("planner", label="Open the planner", icon=":material/tune:", query={"draft": str(draft.draft_id)})
        _draw_removal(page, view)


def _draw_removal(page: Page, view: ScenarioView) -> None:
    key = str(view.scenario_id)
    st.button("Remove", icon=":material/delete:", key=f"remove-{key}", on_click=partial(ask, f"remove-{key}"))
    confirm(
        f"remove-{key}",
        title="Remove this scenario?",
        says=f"{plain(view.name)} will be gone. The draft and the sheet stay as they are.",
        label="Remove",
        do=lambda: scenarios.delete_scenario(page.ctx, page.rt, view.scenario_id),
    )


def _take(page: Page, view: ScenarioView, draft: DraftView) -> None:
    """Lay the scenario's amounts over the draft in this tab; nothing is saved until the person saves it in the planner."""
    editing = open_editing(page, draft)
    taken = from_distribution(view.distribution)
    if taken.amounts.shape != editing.budget.amounts.shape:
        st.error("The draft has other lines or periods than this scenario by now.", icon=":material/error:")
        return
    editing.change(taken, redraw=True)
    keep_unsaved(page, draft.draft_id, editing)
    say_after_rerun(f"{view.name} is in the planner's table; save it there to keep it.")
    st.rerun()
