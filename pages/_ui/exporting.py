"""The export menu of a draft: one click each for CSV, Excel and a new Google Sheet."""

from __future__ import annotations

import streamlit as st

from core.access import Permission
from core.services import exports
from core.services.drafts import DraftView
from pages._ui.boundary import boundary
from pages._ui.components import download
from pages._ui.formats import plain
from pages._ui.guard import Page


def draw_export(page: Page, draft: DraftView) -> None:
    """Draw the menu; files are made when they are asked for. What is exported is the version saved last."""
    with st.popover("Export", icon=":material/download:"):
        st.caption(f"Version {draft.version}, as saved.")
        stem = f"{exports.stem_of(draft.name)} v{draft.version}"
        draft_id = draft.draft_id
        download(
            "Excel with live totals",
            data=lambda: exports.export_xlsx(page.ctx, page.rt, draft_id).content,
            file_name=f"{stem}.xlsx",
            mime=exports.XLSX,
            key="export-xlsx",
        )
        download(
            "CSV",
            data=lambda: exports.export_csv(page.ctx, page.rt, draft_id).content,
            file_name=f"{stem}.csv",
            mime="text/csv",
            key="export-csv",
        )
        if page.ctx.allows(Permission.EDIT_DRAFT) and st.button("New Google Sheet", icon=":material/add_to_drive:", key="export-google"):
            with boundary():
                created = exports.export_google_sheet(page.ctx, page.rt, draft_id)
                st.success(f"Created {plain(created.name)}.", icon=":material/check_circle:")
                if created.web_url is not None:
                    st.link_button("Open it", created.web_url, icon=":material/open_in_new:")
