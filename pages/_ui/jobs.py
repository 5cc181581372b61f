"""Progress of a durable job on a page: a fragment that looks every second until the job has ended."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import streamlit as st

from core.errors import AppError
from core.ports import JobStatus
from core.services.demo import demo_job
from core.services.sync import running_sync
from pages._ui import state
from pages._ui.boundary import boundary, show_error
from pages._ui.components import say_after_rerun
from pages._ui.formats import count, told
from pages._ui.guard import Page

ENDED = frozenset({"succeeded", "failed", "cancelled"})
_WORDS = {"queued": "Waiting for a free worker", "running": "Working", "waiting": "Waiting for you"}


def job_progress(
    page: Page, job_id: str, *, title: str, on_end: Callable[[JobStatus], None] | None = None, can_cancel: bool = True
) -> None:
    """Draw a job's progress; when it ends, show how and rerun the page once.

    Args:
        title: what the job does, e.g. "Syncing your plans".
        on_end: called once before the rerun, e.g. to forget the job's id.
    """

    def look() -> None:
        try:
            status = page.rt.jobs.status(page.ctx, job_id)
        except AppError as error:
            show_error(error)
            return
        if status.state in ENDED:
            if on_end is not None:
                on_end(status)
            st.rerun()
        with st.container(border=True):
            words = status.step or _WORDS[status.state]
            st.progress(status.progress_ratio or 0.0, text=f":material/progress_activity: **{title}** · {words}")
            if can_cancel and st.button("Cancel", key=f"cancel-{job_id}", icon=":material/close:"):
                with boundary():
                    page.rt.jobs.cancel(page.ctx, job_id)

    status = page.rt.jobs.status(page.ctx, job_id)
    if status.state in ENDED:
        if on_end is not None:  # a job may end before its page is first drawn: what follows from its end is due all the same
            on_end(status)
        job_outcome(page, job_id, title=title)
    else:
        st.fragment(look, run_every=1.0)()


def watched_sync(page: Page, *, file_id: UUID | None = None) -> str:
    """Give the sync whose progress is due: the one that this tab started, else (after a reload) one under way; empty for none."""
    if not state.SYNC_JOB.get() and (running := running_sync(page.ctx, page.rt, file_id=file_id)) is not None:
        state.SYNC_JOB.set(running)
    return state.SYNC_JOB.get()


def end_sync(status: JobStatus) -> None:
    """Forget the sync that this tab watches and say what it came to, also what ended it early; for `on_end`."""
    state.SYNC_JOB.set("")
    result = status.result if status.result is not None else {}
    problem = status.error if status.state == "failed" else result.get("problem")
    if problem:
        say_after_rerun(str(problem), icon=":material/sync_problem:")
    elif status.state == "succeeded":
        failed = f", {count(int(str(result['failed'])), 'file')} could not be" if result["failed"] else ""
        say_after_rerun(f"{count(int(str(result['read'])), 'file')} read{failed}.")


def filling_demo(page: Page) -> str | None:
    """Give the job that still fills the visitor's demo workspace; None when it has ended or this is no demo."""
    if not page.who.is_demo:
        return None
    job_id = demo_job(page.ctx.workspace_id)
    return None if page.rt.jobs.status(page.ctx, job_id).state in ENDED else job_id


def job_outcome(page: Page, job_id: str, *, title: str) -> None:
    """Show how a job ended; nothing while it runs."""
    status = page.rt.jobs.status(page.ctx, job_id)
    if status.state == "failed":
        st.error(told(status.error or "It failed."), title=f"{title}: failed", icon=":material/error:")
    elif status.state == "cancelled":
        st.warning(f"{title}: cancelled. Nothing more will happen.", icon=":material/block:")
    elif status.state == "succeeded":
        st.success(f"{title}: done.", icon=":material/check_circle:")
