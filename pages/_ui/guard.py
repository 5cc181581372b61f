"""The door of every page: who asks, and may they. `page = guard(Permission.READ)` is each page's first statement (a test holds it)."""

from __future__ import annotations

import time
from uuid import UUID

import streamlit as st

from core import runtime
from core.access import AccessContext, Permission
from core.errors import AppError, SignInRequired
from core.runtime import Runtime
from core.services.identity import SESSION_COOKIE, SignedIn, signed_in
from pages._ui import state

FRESH_SECONDS = 3.0  # a role that changed or a session that was revoked counts after as long


class Page:
    """What a page works with. `ctx` is looked up again when it is older than three seconds, in fragments too."""

    @property
    def ctx(self) -> AccessContext:
        return self.who.ctx

    @property
    def rt(self) -> Runtime:
        return runtime.current()

    @property
    def who(self) -> SignedIn:
        """The person, their session and workspace. SignInRequired when the session has ended."""
        return _look_up()

    @property
    def session_id(self) -> UUID:
        return self.who.session_id


def session_secret() -> str | None:
    """Give the session cookie of this browser; it is fixed when the websocket opens."""
    value = st.context.cookies.get(SESSION_COOKIE)
    return value if isinstance(value, str) else None  # under AppTest every cookie exists and is a mock


def current() -> SignedIn | None:
    """Give who is signed in, None when nobody is."""
    try:
        return _look_up()
    except SignInRequired:
        return None


def guard(permission: Permission) -> Page:
    """Let the page go on only for someone who is signed in and may; otherwise say so and stop."""
    try:
        _look_up().ctx.require(permission)
    except AppError as error:
        st.error(f"{error.message} {error.hint}", icon=":material/lock:")
        st.stop()
    return Page()


def _look_up() -> SignedIn:
    remembered = state.SIGNED_IN.get()
    if remembered is not None and time.monotonic() - remembered[0] < FRESH_SECONDS:
        return remembered[1]  # type: ignore[no-any-return]
    try:
        found = signed_in(runtime.current(), session_secret())
    except SignInRequired:
        state.SIGNED_IN.pop()
        raise
    state.SIGNED_IN.set((time.monotonic(), found))
    return found
