"""What everyone sees who is not signed in: sign in, sign up, join by invitation, or look at the demo.

The forms are streamlit-authenticator's; its controllers are replaced by our services, because its cookie is readable by scripts and
a token replayed after sign-out signs in again. A verified password gives a ticket, and the browser trades it for the session cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from streamlit_authenticator import Authenticate
from streamlit_authenticator.utilities import Validator

from core import runtime
from core.errors import InvalidInput
from core.passwords import check_strength
from core.services.demo import open_demo
from core.services.identity import SignUp, sign_in, sign_up
from core.services.members import accept_invitation, join_as_member, view_invitation
from pages._ui import state
from pages._ui.boundary import boundary
from pages._ui.formats import plain

HOW_TO_CHOOSE = "At least 10 characters; a few unrelated words make a good one."


class _NoCookie:
    """Stands where the library keeps its cookie: there is none."""

    def get_cookie(self) -> None:
        return None

    def set_cookie(self) -> None:
        return None


class _Controller:
    """Takes what the forms were filled with to a service."""

    def __init__(self, submit: Callable[..., None]) -> None:
        self._submit = submit

    def login(self, username: str, password: str, *_: Any, **__: Any) -> bool:
        with boundary():
            self._submit(username, password)
        return False

    def register_user(
        self, first: str, last: str, email: str, _username: str, password: str, repeated: str, *_: Any
    ) -> tuple[None, None, None]:
        with boundary():
            if password != repeated:
                raise InvalidInput("The two passwords differ.", hint="Enter the same one twice.")
            if not Validator().validate_email(email.strip()):
                raise InvalidInput(f"“{email.strip()}” is not an email address.", hint="It looks like name@example.com.")
            check_strength(password)
            self._submit(email, f"{first} {last}".strip(), password)
        return None, None, None


class _Forms(Authenticate):  # type: ignore[misc]
    """The library's forms in front of one of our services."""

    def __init__(self, submit: Callable[..., None]) -> None:
        self.path, self.attrs = None, {"login_sleep_time": 0, "password_instructions": HOW_TO_CHOOSE}
        self.cookie_controller, self.authentication_controller = _NoCookie(), _Controller(submit)


def draw_sign_in(wanted: str) -> None:
    """Draw the sign-in page; `wanted` is the page to open afterwards."""
    _, middle, _ = st.columns([1, 1.4, 1])
    with middle:
        st.title(":material/flight_takeoff: Flightplan", anchor=False)
        st.caption("Plan budgets in the spreadsheets you already have, and write them back into the very same cells.")
        token = st.query_params.get("invitation")
        if token:
            _join(token)
            return
        choice = st.segmented_control(
            "Account", ["Sign in", "Sign up"], default="Sign in", key="sign-in-choice", label_visibility="collapsed"
        )
        if choice == "Sign up":
            _sign_up(wanted)
        else:
            _sign_in(wanted)
        _demo()


def open_with(ticket: str, wanted: str) -> None:
    """Send the browser to trade a ticket for its session cookie."""
    state.GO_TO.set("/auth/session?" + urlencode({"ticket": ticket, "next": f"/{wanted}"}))
    st.rerun()


def _sign_in(wanted: str) -> None:
    def submit(email: str, password: str) -> None:
        open_with(sign_in(runtime.current(), email, password), wanted)

    fields = {"Form name": "Sign in", "Username": "Email", "Password": "Password", "Login": "Sign in"}
    _Forms(submit).login(fields=fields, key="sign-in")


def _sign_up(wanted: str) -> None:
    st.text_input("Workspace", key="sign-up-workspace", placeholder="Your team or agency", help="You own it and can invite others.")

    def submit(email: str, name: str, password: str) -> None:
        workspace = str(st.session_state.get("sign-up-workspace") or "").strip() or f"{name}'s workspace"
        request = SignUp(email=email, name=name, password=password, workspace_name=workspace)
        open_with(sign_up(runtime.current(), request), wanted)

    _register(submit, form_name="Make an account", button="Sign up", key="sign-up")


def _register(submit: Callable[..., None], *, form_name: str, button: str, key: str) -> None:
    fields = {"Form name": form_name, "Email": "Email", "Repeat password": "Repeat the password", "Register": button}
    _Forms(submit).register_user(fields=fields, key=key, captcha=False, merge_username_email=True, password_hint=False)


def _join(token: str) -> None:
    rt = runtime.current()
    invitation = view_invitation(rt, token)
    st.info(
        f"{plain(invitation.invited_by)} invites you to **{plain(invitation.workspace_name)}** as {invitation.role.value}.",
        icon=":material/mail:",
    )

    def new_account(email: str, name: str, password: str) -> None:
        if email.strip().lower() != invitation.email:
            raise InvalidInput("The invitation is for another address.", hint=f"Enter {invitation.email}.")
        open_with(accept_invitation(rt, token, name=name, password=password), "")

    def existing_account(email: str, password: str) -> None:
        open_with(join_as_member(rt, token, email=email, password=password), "")

    if invitation.has_account:
        fields = {"Form name": f"Sign in as {invitation.email} to join", "Username": "Email", "Login": "Join"}
        _Forms(existing_account).login(fields=fields, key="join")
    else:
        _register(new_account, form_name=f"Join as {invitation.email}", button="Join", key="join")


def _demo() -> None:
    rt = runtime.current()
    if not rt.settings.uses_sandbox:
        return
    st.divider()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge("Demo", icon=":material/science:", color="violet")
        st.caption("Sample plans in a sandboxed Google Drive: see the whole loop in a minute.")
    if st.button("Try the demo workspace", key="demo", icon=":material/play_circle:", type="primary", width="stretch"):
        with st.spinner("Making your demo workspace"):
            open_with(open_demo(rt), "")
