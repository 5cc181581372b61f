"""Connected accounts as cards: who, what was allowed, how fresh, and how to disconnect."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core.services.connections import ConnectionView
from pages._ui.formats import ago, count, moment, plain, told

SCOPES = {
    "https://www.googleapis.com/auth/spreadsheets": "read spreadsheets, and write the cells you approve",
    "https://www.googleapis.com/auth/drive": "see and replace files in Drive",
    "https://www.googleapis.com/auth/drive.readonly": "see files in Drive",
    "https://www.googleapis.com/auth/drive.file": "change files that you open with Flightplan",
    "https://www.googleapis.com/auth/drive.metadata.readonly": "see the names of files in Drive",
    "https://www.googleapis.com/auth/userinfo.email": "see your address",
    "https://www.googleapis.com/auth/userinfo.profile": "see your name",
    "openid": "know which account you chose",
}
CONNECT_LINK = """
<a href="/oauth/google/start" target="_self" role="button" style="display:inline-flex;align-items:center;gap:.6rem;padding:.5rem 1rem;
border-radius:.5rem;background:var(--st-primary-color,#2f6fed);color:#fff;font-weight:600;text-decoration:none">{label}</a>
"""


def connect_link(label: str) -> None:
    """Draw the link that starts the consent in this tab."""
    st.html(CONNECT_LINK.format(label=label))


def connection_card(view: ConnectionView, now: datetime, *, may_disconnect: bool) -> bool:
    """Draw one account; True when disconnecting it was confirmed in this run."""
    with st.container(border=True, key=f"connection_{view.connection_id}"):
        head, state, menu = st.columns([6, 3, 2], vertical_alignment="center")
        head.markdown(f"**{plain(view.account_name)}**  \n:gray[{plain(view.account_email)}]")
        _state(state, view, now)
        confirmed = False
        if may_disconnect:
            with menu.popover("Disconnect", width="stretch"):
                st.write(
                    f"Revokes Flightplan's access to {plain(view.account_email)} and deletes its tokens. "
                    "Plans that were read and drafts stay as they are."
                )
                confirmed = st.button("Yes, disconnect", type="primary", key=f"disconnect_{view.connection_id}")
        figures = st.container(horizontal=True, gap="large")
        figures.caption(f"**{count(view.plans, 'media plan')}** among {count(view.files, 'spreadsheet')}")
        figures.caption(f"Last synced **{ago(view.synced_at, now)}**")
        figures.caption(f"Connected {moment(view.connected_at)}")
        st.caption("May " + "; ".join(SCOPES.get(scope, scope) for scope in view.scopes if scope != "openid") + ".")
        if view.failure is not None:
            st.warning(told(view.failure), icon=":material/sync_problem:")
        if view.state == "revoked":
            connect_link("Connect again")
    return confirmed


def _state(column: st.delta_generator.DeltaGenerator, view: ConnectionView, now: datetime) -> None:
    if view.state == "revoked":
        column.badge("Access revoked", icon=":material/link_off:", color="red")
    elif view.failure is not None:
        column.badge("Last sync failed", icon=":material/sync_problem:", color="orange")
    elif view.synced_at is None:
        column.badge("Reading files", icon=":material/sync:", color="blue")
    else:
        column.badge("Connected", icon=":material/check_circle:", color="green")
