"""One row a member: name, role and removal for those who manage members."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.access import Permission, Role
from core.services.members import Member, change_role, remove_member
from pages._ui import formats
from pages._ui.boundary import boundary
from pages._ui.components import ask, confirm, say_after_rerun
from pages._ui.formats import plain
from pages._ui.guard import Page

ROLES = [role.value for role in Role]


def draw_member(page: Page, member: Member) -> None:
    """Draw a member; the role can be changed and the person removed by those who may."""
    name, role, action = st.columns([5, 2, 1], vertical_alignment="center")
    name.markdown(f"**{plain(member.name)}**  \n{plain(member.email)} · since {formats.moment(member.joined_at)}")
    if not page.ctx.allows(Permission.MANAGE_MEMBERS):
        role.badge(member.role.value)
        return
    key, removing = f"role-{member.user_id}", f"remove-member-{member.user_id}"
    role.selectbox(
        "Role",
        ROLES,
        index=ROLES.index(member.role.value),
        key=key,
        label_visibility="collapsed",
        on_change=partial(_set_role, page, member, key),
    )
    action.button("Remove", key=f"remove-{member.user_id}", on_click=ask, args=(removing,))
    confirm(
        removing,
        title=f"Remove {plain(member.name)}?",
        says="They are signed out of this workspace at once. What they made stays.",
        label="Remove",
        do=partial(remove_member, page.ctx, page.rt, member.user_id),
    )


def _set_role(page: Page, member: Member, key: str) -> None:
    with boundary():
        try:
            change_role(page.ctx, page.rt, member.user_id, Role(st.session_state[key]))
            say_after_rerun(f"{plain(member.name)} is now {st.session_state[key]}.")
        finally:
            st.session_state.pop(key, None)
