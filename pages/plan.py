"""A plan: the sheet as it is, with what was read marked on it, what is open to settle, and what changed."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.access import Permission
from core.errors import NotFound
from core.services.drafts import create_draft
from core.services.files import DRIVE, FileInfo, PlanView, get_file
from core.services.sync import refresh_now
from pages._ui import formats, state
from pages._ui.boundary import boundary
from pages._ui.components import empty, page_header
from pages._ui.exporting import draw_plan_export
from pages._ui.file_list import badges_of
from pages._ui.guard import guard
from pages._ui.jobs import end_sync, job_progress, watched_sync
from pages._ui.nav import PAGES, link_assistant
from pages._ui.plan_view import draw_age, draw_decide, draw_figures, draw_panels, draw_questions, draw_sheet, read_plan

page = guard(Permission.READ)


def draw_actions(info: FileInfo, plan: PlanView | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        may_plan = plan is not None and bool(info.line_items) and page.ctx.allows(Permission.EDIT_DRAFT)
        if st.button("Plan this budget", type="primary", icon=":material/tune:", key="plan_draft", disabled=not may_plan):
            with boundary():  # the sheet and its questions stay below what is wrong
                draft = create_draft(page.ctx, page.rt, info.file_id)
                st.switch_page(PAGES / "planner.py", query_params={"draft": str(draft.draft_id)})
        may_refresh = info.source == DRIVE and info.connection_id is not None and page.ctx.allows(Permission.CONNECT)
        if st.button("Refresh now", icon=":material/sync:", key="plan_refresh", disabled=not may_refresh):
            state.SYNC_JOB.set(refresh_now(page.ctx, page.rt, file_id=info.file_id))
            st.rerun()
        if plan is not None:
            draw_plan_export(page, plan)
            link_assistant(page, info.file_id)
        if page.ctx.allows(Permission.CORRECT_READING):
            draw_decide(page, info, read_now=plan is None and may_refresh)
        if info.web_url is not None:
            st.link_button("Open in Google", info.web_url, icon=":material/open_in_new:", type="tertiary")


def file_id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("This file does not exist in this workspace.", hint="Look for it on Media plans.") from error


def draw(file_id: UUID) -> None:
    info = get_file(page.ctx, page.rt, file_id)
    people = dict.fromkeys(person for person in (info.owner, info.account) if person)
    place = formats.plain(info.folder or "My Drive") if info.source == DRIVE else "Upload"
    says = " · ".join([place, *map(formats.plain, people)])
    page_header(formats.plain(info.name), icon=":material/description:", says=says, badges=badges_of(info, page.rt.clock.now()))
    if job_id := watched_sync(page, file_id=file_id):
        job_progress(page, job_id, title="Reading it again", on_end=end_sync, can_cancel=False)
    plan = read_plan(page, info)
    draw_actions(info, plan)
    if plan is None:
        return
    draw_age(plan, page.rt.clock.now())
    draw_figures(plan)
    draw_questions(page, plan)
    draw_sheet(page, plan)
    draw_panels(page, plan)


with boundary():
    if asked := st.query_params.get("file"):
        draw(file_id_of(asked))
    else:
        page_header("Open a plan", icon=":material/description:")
        empty("No plan is open", says="Choose one on Media plans.", action=lambda: st.page_link(PAGES / "files.py", label="Media plans"))
