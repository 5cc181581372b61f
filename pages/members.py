"""Members: who belongs to the workspace, invitations, roles."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access import Permission, Role
from core.services.members import Member, change_role, invite, list_invitations, list_members, remove_member, withdraw_invitation
from pages._ui import formats, state
from pages._ui.boundary import boundary
from pages._ui.components import ask, confirm, page_header, say_after_rerun
from pages._ui.formats import plain
from pages._ui.guard import guard

page = guard(Permission.READ)
ROLES = [role.value for role in Role]
MANAGES = page.ctx.allows(Permission.MANAGE_MEMBERS)


def draw_member(member: Member) -> None:
    name, role, action = st.columns([5, 2, 1], vertical_alignment="center")
    name.markdown(f"**{plain(member.name)}**  \n{plain(member.email)} · since {formats.moment(member.joined_at)}")
    key = f"role-{member.user_id}"
    if not MANAGES:
        role.badge(member.role.value)
        return
    role.selectbox(
        "Role",
        ROLES,
        index=ROLES.index(member.role.value),
        key=key,
        label_visibility="collapsed",
        on_change=partial(set_role, member, key),
    )
    action.button("Remove", key=f"remove-{member.user_id}", on_click=ask, args=(f"remove-member-{member.user_id}",))
    confirm(
        f"remove-member-{member.user_id}",
        title=f"Remove {plain(member.name)}?",
        says="They are signed out of this workspace at once. What they made stays.",
        label="Remove",
        do=partial(remove_member, page.ctx, page.rt, member.user_id),
    )


def set_role(member: Member, key: str) -> None:
    with boundary():
        try:
            change_role(page.ctx, page.rt, member.user_id, Role(st.session_state[key]))
            say_after_rerun(f"{plain(member.name)} is now {st.session_state[key]}.")
        finally:
            st.session_state.pop(key, None)


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
        for each in members:
            draw_member(each)
    if MANAGES:
        st.subheader("Invite someone", anchor=False)
        draw_invitations()
