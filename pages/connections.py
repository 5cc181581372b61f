"""Connections: the accounts that plans come from; connecting, watching it happen, disconnecting."""

from __future__ import annotations

import streamlit as st

from core.access import Permission
from core.ports import JobStatus
from core.services.connections import disconnect, list_connections
from pages._ui import formats, state
from pages._ui.boundary import boundary
from pages._ui.components import empty, page_header, say_after_rerun
from pages._ui.connection_cards import connect_link, connection_card
from pages._ui.guard import guard
from pages._ui.jobs import end_sync, job_progress, watched_sync

page = guard(Permission.READ)
MAY_CONNECT = page.ctx.allows(Permission.CONNECT)


def connected(status: JobStatus) -> None:
    """Go on from the integration to the first sync that it started."""
    result = status.result or {}
    st.query_params.pop("job", None)
    if status.state == "failed":
        st.query_params["ended"] = status.job_id
    if status.state == "succeeded":
        say_after_rerun(f"{result.get('account')} is connected.")
        state.SYNC_JOB.set(str(result.get("sync_job", "")))


def draw_jobs() -> None:
    if job_id := st.query_params.get("job"):
        job_progress(page, job_id, title="Connecting Google", on_end=connected)
    elif ended := st.query_params.get("ended"):
        status = page.rt.jobs.status(page.ctx, ended)
        st.error(formats.told(status.error or "It failed."), title="Google was not connected.", icon=":material/link_off:")
    if job_id := watched_sync(page):
        job_progress(page, job_id, title="Reading your spreadsheets", on_end=end_sync, can_cancel=False)


page_header("Connections", icon=":material/link:", says="The accounts whose spreadsheets Flightplan reads, and writes when you approve.")
with boundary():
    draw_jobs()
with boundary():
    connections = list_connections(page.ctx, page.rt)
    for view in connections:
        if connection_card(view, page.rt.clock.now(), may_disconnect=MAY_CONNECT):
            done = disconnect(page.ctx, page.rt, view.connection_id)
            say_after_rerun(done.message, icon=":material/link_off:" if done.revoked else ":material/warning:")
            st.rerun()
    if not MAY_CONNECT:
        st.caption("Your role may look at connections; a planner, admin or owner connects accounts.")
    elif not connections:
        empty(
            "No account is connected yet",
            says="Flightplan finds the media plans in your Google Drive, reads them, and writes only the cells you approve.",
            icon=":material/add_link:",
            action=lambda: connect_link("Connect Google"),
        )
    else:
        connect_link("Connect another Google account")
