"""Members: who belongs to the workspace, invitations, roles."""

from __future__ import annotations

import streamlit as st

from core.access import Permission, Role
from core.services.members import invite, list_invitations, list_members, withdraw_invitation
from pages._ui import formats, state
from pages._ui.boundary import boundary
from pages._ui.components import page_header
from pages._ui.formats import plain
from pages._ui.guard import guard
from pages._ui.member_rows import ROLES, draw_member

page = guard(Permission.READ)
MANAGES = page.ctx.allows(Permission.MANAGE_MEMBERS)


def draw_invitations() -> None:
    with st.form("invite", border=True):
        email, role, send = st.columns([5, 2, 1], vertical_alignment="bottom")
        address = email.text_input("Email", key="invite-email", placeholder="name@example.com")
        wanted = role.selectbox("Role", ROLES, index=2, key="invite-role")
        if send.form_submit_button("Invite", type="primary"):
            with boundary():
                token = invite(page.ctx, page.rt, email=address, role=Role(str(wanted)))
                state.INVITATION_LINK.set(f"{page.rt.settings.base_url}/?invitation={token}")
    if link := state.INVITATION_LINK.get():
        st.success("Send this link; it works once, for seven days, and is shown only now.", icon=":material/link:")
        st.code(link, language=None)
    for invitation in list_invitations(page.ctx, page.rt):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/mail: {plain(invitation.email)} · {invitation.role.value}", width="stretch")
            st.caption(f"until {formats.moment(invitation.expires_at)}", width=220)
            if st.button("Withdraw", key=f"withdraw-{invitation.invitation_id}"):
                withdraw_invitation(page.ctx, page.rt, invitation.invitation_id)
                st.rerun()


with boundary():
    members = list_members(page.ctx, page.rt)
    page_header(
        "Members", icon=":material/group:", says=f"{formats.count(len(members), 'person', 'people')} in {plain(page.who.workspace_name)}."
    )
    with st.container(border=True):
        for member in members:
            draw_member(page, member)
    if MANAGES:
        st.subheader("Invite someone", anchor=False)
        draw_invitations()
