"""Performance taken in from files, and taken out again."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.access import Permission
from core.errors import InvalidInput
from core.model.money import CURRENCIES
from core.services.files import FileQuery, list_files
from core.services.performance import ImportFile, PerformanceView, import_performance, remove_import
from core.services.uploads import UPLOAD_TYPES, Upload, upload_file
from pages._ui import formats
from pages._ui.boundary import boundary
from pages._ui.components import ask, confirm, say_after_rerun
from pages._ui.formats import plain
from pages._ui.guard import Page


def draw_import(page: Page) -> None:
    """Draw the choice of a file to import, for those who may."""
    if not page.ctx.allows(Permission.CONNECT):
        st.caption("Your role may look, not import. Ask a planner, an admin or the owner.")
        return
    found = list_files(page.ctx, page.rt, FileQuery(include_decoys=True)).files
    readable = formats.apart({info.file_id: info.name for info in found if info.state not in ("gone", "unread")})
    with st.form("import-performance", border=False):
        sent = st.file_uploader("A file from your computer", UPLOAD_TYPES, key="import-upload")
        known = st.selectbox(
            "or one that Flightplan already knows", list(readable), index=None, format_func=lambda key: readable[key], key="import-file"
        )
        left, right = st.columns(2)
        channel = left.text_input("Channel, if its rows name none", key="import-channel", placeholder="Google Search")
        currency = right.selectbox("Currency, if it says none", sorted(CURRENCIES), index=None, key="import-currency")
        if st.form_submit_button("Import", type="primary", icon=":material/upload:"):
            with boundary():
                file_id = upload_file(page.ctx, page.rt, Upload(sent.name, sent.getvalue())).file_id if sent is not None else known
                _import(page, file_id, channel or None, currency)


def _import(page: Page, file_id: UUID | None, channel: str | None, currency: str | None) -> None:
    if file_id is None:
        raise InvalidInput("No file was chosen.", hint="Choose one from your computer or one that is already here.")
    done = import_performance(page.ctx, page.rt, ImportFile(file_id, channel, currency))
    left_out = " " + " ".join(done.skipped) if done.skipped else ""
    say_after_rerun(f"Imported {formats.count(done.rows, 'row')} from {plain(done.name)}.{plain(left_out)}")
    st.rerun()


def draw_imports(page: Page, view: PerformanceView) -> None:
    """List the imports, each with a button that takes it out again."""
    for item in view.imports:
        key = f"remove-import-{item.import_id}"
        with st.container(horizontal=True, vertical_alignment="center"):
            made = " · :violet-badge[made]" if item.is_made else ""
            st.markdown(
                f":material/description: {plain(item.name)} · {formats.count(item.rows, 'row')} · {formats.moment(item.imported_at)}{made}",
                width="stretch",
            )
            if page.ctx.allows(Permission.CONNECT):
                st.button("Remove", key=key, on_click=ask, args=(f"confirm-{key}",))

        def remove(import_id: UUID = item.import_id) -> None:
            remove_import(page.ctx, page.rt, import_id)

        confirm(
            f"confirm-{key}",
            title=f"Remove {plain(item.name)}?",
            says="Its rows no longer count. The curves stay as they are until they are fitted again.",
            label="Remove",
            do=remove,
        )
