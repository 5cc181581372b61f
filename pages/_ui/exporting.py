"""The export menu of a draft or a plan: one click each for CSV, Excel and a new Google Sheet."""

from __future__ import annotations

import streamlit as st

from core.access import Permission
from core.services import exports
from core.services.draft_views import DraftView
from core.services.files import PlanView
from pages._ui.boundary import boundary
from pages._ui.components import download
from pages._ui.formats import plain
from pages._ui.guard import Page


def draw_draft_export(page: Page, draft: DraftView) -> None:
    """Draw the menu of a draft: what is exported is the version saved last."""
    stem = f"{exports.stem_of(draft.name)} v{draft.version}"
    _draw_menu(page, exports.OfDraft(draft.draft_id), stem=stem, says=f"Version {draft.version}, as saved.")


def draw_plan_export(page: Page, plan: PlanView) -> None:
    """Draw the menu of a plan as it was read; nothing where it has no amounts, or some in several currencies."""
    if exports.has_export(plan):
        subject, stem = exports.OfPlan(plan.file.file_id), exports.stem_of(plan.file.name)
        _draw_menu(page, subject, stem=stem, says="The amounts as they were read from the sheet.")


def _draw_menu(page: Page, subject: exports.Subject, *, stem: str, says: str) -> None:
    ctx, rt = page.ctx, page.rt  # the files are made later, where no session is at hand to look up who asks
    with st.popover("Export", icon=":material/download:"):
        st.caption(says)  # files are made when they are asked for
        download(
            "Excel with live totals",
            data=lambda: exports.export_xlsx(ctx, rt, subject).content,
            file_name=f"{stem}.xlsx",
            mime=exports.XLSX,
            key="export-xlsx",
        )
        download(
            "CSV",
            data=lambda: exports.export_csv(ctx, rt, subject).content,
            file_name=f"{stem}.csv",
            mime="text/csv",
            key="export-csv",
        )
        if page.ctx.allows(Permission.EDIT_DRAFT) and st.button("New Google Sheet", icon=":material/add_to_drive:", key="export-google"):
            with boundary():
                created = exports.export_google_sheet(page.ctx, page.rt, subject)
                st.success(f"Created {plain(created.name)}.", icon=":material/check_circle:")
                if created.web_url is not None:
                    st.link_button("Open it", created.web_url, icon=":material/open_in_new:")
