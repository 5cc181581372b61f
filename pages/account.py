"""Your account: browsers signed in, password, workspaces."""

from __future__ import annotations

import streamlit as st

from core.access import Permission
from core.services.account import (
    BrowserSession,
    change_password,
    list_sessions,
    list_workspaces,
    revoke_session,
    switch_workspace,
)
from pages._ui import formats, state
from pages._ui.boundary import boundary
from pages._ui.components import page_header, say_after_rerun
from pages._ui.guard import guard
from pages._ui.sign_in import HOW_TO_CHOOSE

page = guard(Permission.READ)


def draw_session(session: BrowserSession) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/devices: {formats.browser(session.browser)}", width="stretch")
        st.caption(f"last used {formats.ago(session.seen_at, page.rt.clock.now())} · since {formats.moment(session.created_at)}", width=380)
        if session.session_id == page.session_id:
            st.badge("This browser", color="green", width=110)
        elif st.button("Sign out", key=f"revoke-{session.session_id}", width=110):
            revoke_session(page.ctx, page.rt, session.session_id)
            say_after_rerun("That browser is signed out.")
            st.rerun()


def draw_password() -> None:
    with st.form("password", clear_on_submit=True):
        current = st.text_input("Current password", type="password", key="password-current")
        new = st.text_input("New password", type="password", key="password-new", help=HOW_TO_CHOOSE)
        if st.form_submit_button("Change password"):
            with boundary():
                ended = change_password(page.ctx, page.rt, current=current, new=new, keep_session=page.session_id)
                say_after_rerun(f"Your password is changed; {formats.count(ended, 'other browser')} signed out.")
                st.rerun()


def draw_workspaces() -> None:
    for option in list_workspaces(page.ctx, page.rt):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/workspaces: {formats.plain(option.name)} · {option.role.value}", width="stretch")
            if option.workspace_id == page.ctx.workspace_id:
                st.badge("Open", color="green", width=110)
            elif st.button("Open", key=f"switch-{option.workspace_id}", width=110):
                switch_workspace(page.ctx, page.rt, session_id=page.session_id, workspace_id=option.workspace_id)
                state.forget_everything()
                st.switch_page("pages/home.py")


page_header("Your account", icon=":material/account_circle:", says=formats.plain(page.who.email))
st.subheader("Signed-in browsers", anchor=False)
with st.container(border=True), boundary():
    for browser_session in list_sessions(page.ctx, page.rt):
        draw_session(browser_session)
left, right = st.columns(2)
with left:
    st.subheader("Password", anchor=False)
    draw_password()
with right:
    st.subheader("Workspaces", anchor=False)
    with st.container(border=True), boundary():
        draw_workspaces()
