"""Media plans: the spreadsheets of the workspace, plans first, with why, how fresh and what failed."""

from __future__ import annotations

import streamlit as st

from core.access import Permission
from core.services.files import FileList, FileQuery, list_files
from core.services.sync import MOST_BYTES, refresh_now
from core.services.uploads import UPLOAD_TYPES, Upload, upload_file
from pages._ui import formats, state
from pages._ui.boundary import boundary
from pages._ui.components import download, empty, page_header
from pages._ui.file_list import SOURCES, STATES, failures, files_csv, files_table, lateness
from pages._ui.guard import guard
from pages._ui.jobs import end_sync, job_progress, watched_sync
from pages._ui.nav import PAGES

page = guard(Permission.READ)
MAY_CONNECT = page.ctx.allows(Permission.CONNECT)


def ask() -> FileQuery:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Find", key="files_text", placeholder="Name, owner or folder", icon=":material/search:", width=300)
        source = st.selectbox("Source", [None, *SOURCES], key="files_source", format_func=lambda s: SOURCES.get(s or "", "All"), width=170)
        standing = st.selectbox("State", [None, *STATES], key="files_state", format_func=lambda s: STATES.get(s or "", "All"), width=210)
        decoys = st.toggle("Show other spreadsheets", key="files_decoys", help="Spreadsheets that do not look like media plans")
    return FileQuery(text=text, include_decoys=decoys or bool(text.strip()), source=source, state=standing)  # type: ignore[arg-type]


def draw_actions(found: FileList) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Refresh now", icon=":material/sync:", key="files_refresh", disabled=not (MAY_CONNECT and found.connected)):
            state.SYNC_JOB.set(refresh_now(page.ctx, page.rt))
            st.rerun()
        with st.popover("Upload", icon=":material/upload_file:", disabled=not MAY_CONNECT):
            sent = st.file_uploader("A media plan from your computer", type=list(UPLOAD_TYPES), key="files_upload")
            st.caption(f"At most {MOST_BYTES // 1_000_000} MB. Under a name that was uploaded before it becomes that plan's next version.")
            with boundary():
                if sent is not None and st.button("Read it", type="primary", key="files_upload_read"):
                    info = upload_file(page.ctx, page.rt, Upload(sent.name, sent.getvalue()))
                    st.switch_page(PAGES / "plan.py", query_params={"file": str(info.file_id)})
        listed = files_csv(found.files, page.rt.clock.now())
        download("Download the list", data=listed, file_name="media-plans.csv", mime="text/csv", key="files_download")
        st.space("stretch")
        synced = f"Last synced {formats.ago(found.synced_at, page.rt.clock.now())}" if found.connected else "No account connected"
        st.caption(synced, width="content")


def draw_none(query: FileQuery, found: FileList) -> None:
    if query != FileQuery():
        empty("Nothing matches", says="Change what you look for, or show other spreadsheets too.", icon=":material/search_off:")
    elif found.decoys:
        empty("No media plan among your spreadsheets", says="Turn on “Show other spreadsheets” and open the one that is a plan.")
    else:
        empty(
            "No media plans yet",
            says="Connect Google to find the plans in your Drive, or upload one.",
            action=lambda: st.page_link(PAGES / "connections.py", label="Connect Google", icon=":material/link:"),
        )


page_header("Media plans", icon=":material/table_view:", says="Every spreadsheet that looks like a media plan, and why.")
with boundary():
    if job_id := watched_sync(page):
        job_progress(page, job_id, title="Syncing", on_end=end_sync, can_cancel=False)
with boundary():
    asked = ask()
    listed = list_files(page.ctx, page.rt, asked)
    draw_actions(listed)
    lateness(listed, page.rt.clock.now())
    failures(listed.files)
    if not listed.files:
        draw_none(asked, listed)
    elif (chosen := files_table(listed.files, page.rt.clock.now(), key="files_table")) is not None:
        st.switch_page(PAGES / "plan.py", query_params={"file": str(chosen)})
    left_out = "" if asked.include_decoys or not listed.decoys else f" · {formats.count(listed.decoys, 'other spreadsheet')} left out"
    st.caption(f"{formats.count(listed.plans, 'media plan')}{left_out}. Click a row to open it.")
