"""Home: what to do next, what waits, what happened."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access import Permission
from core.services.demo import demo_job
from core.services.overview import Overview, Step, get_overview
from pages._ui import formats, nav
from pages._ui.boundary import boundary
from pages._ui.change_view import STATUS, summary_of
from pages._ui.components import Badge, Metric, metric_row, page_header
from pages._ui.guard import guard
from pages._ui.jobs import job_progress

page = guard(Permission.READ)


def draw_step(column: DeltaGenerator, number: int, step: Step) -> None:
    with column.container(border=True, height="stretch"):
        mark = "green[:material/check_circle:" if step.is_done else "blue[:material/arrow_circle_right:" if step.is_next else ""
        st.markdown(f":{mark or f'gray[:material/counter_{number}:'}] **{step.title}**")
        st.caption(step.says)
        if step.is_next:
            nav.link(step.page, label="Do this next", icon=":material/arrow_forward:")


def draw_waiting(overview: Overview) -> None:
    st.subheader("Waiting for someone", anchor=False)
    for change in overview.waiting + overview.troubled + overview.under_way:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            title, icon, color = STATUS[change.status]
            proposed = f"proposed by {formats.plain(change.proposed_by)}, {formats.ago(change.proposed_at, now)}"
            st.markdown(f"**{formats.plain(change.file_name)}** · {summary_of(change)}  \n:gray[{proposed}]", width="stretch")
            st.badge(title, icon=icon, color=color)
            nav.link("approvals", label="Look at it", query={"change": str(change.id)})
    for connection in overview.broken_connections:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f":orange[:material/warning:] {formats.plain(connection.account_email)} needs attention", width="stretch")
            nav.link("connections", label="Mend it")


def draw_recent(overview: Overview) -> None:
    drafts, latest = st.columns(2)
    with drafts:
        st.subheader("Drafts", anchor=False)
        for draft in overview.drafts:
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                total = formats.money(draft.total_minor, draft.currency, whole=True)
                saved = f":gray[version {draft.version} · {formats.ago(draft.saved_at, now)}]"
                st.markdown(f"**{formats.plain(draft.name)}** · {total}  \n{saved}", width="stretch")
                nav.link("planner", label="Open", query={"draft": str(draft.draft_id)})
        if not overview.drafts:
            st.caption("No drafts yet: open a plan and start one.")
    with latest:
        st.subheader("What happened", anchor=False)
        if not overview.latest:
            st.caption("What you and your colleagues do appears here.")
        for entry in overview.latest:
            deed = f"**{formats.plain(entry.actor_name)}** {formats.plain(entry.verb)} {formats.plain(entry.subject)}"
            st.markdown(f"{deed} :gray[· {formats.ago(entry.happened_at, now)}]")


with boundary():
    seen = get_overview(page.ctx, page.rt)
    now = page.rt.clock.now()
    synced = [Badge(f"Synced {formats.ago(seen.synced_at, now)}", ":material/sync:", "green")] if seen.synced_at else []
    page_header("Home", icon=":material/home:", says=f"Welcome, {formats.plain(page.ctx.actor_name)}.", badges=synced)
    if page.who.is_demo and page.rt.jobs.status(page.ctx, demo_job(page.ctx.workspace_id)).state != "succeeded":
        job_progress(page, demo_job(page.ctx.workspace_id), title="Filling your demo workspace", can_cancel=False)
    for position, (column, each) in enumerate(zip(st.columns(len(seen.steps)), seen.steps, strict=True), 1):
        draw_step(column, position, each)
    found = Metric("Media plans found", f"{seen.plans}", delta_says=f"{formats.count(seen.decoys, 'other file')} left out")
    counts = {"Drafts": seen.n_drafts, "Waiting for approval": len(seen.waiting), "Written back": seen.written_back}
    metric_row([found, *(Metric(label, f"{number}") for label, number in counts.items())])
    if seen.waiting or seen.troubled or seen.under_way or seen.broken_connections:
        draw_waiting(seen)
    draw_recent(seen)
