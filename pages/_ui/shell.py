"""The frame of every page: who is signed in, navigation, sign-in instead of a page for everyone else."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:  # Streamlit puts this script's own folder on the path, not the project's root
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from core.services.identity import SignedIn  # noqa: E402
from pages._ui import guard, nav, state  # noqa: E402
from pages._ui.boundary import boundary  # noqa: E402
from pages._ui.components import go_to, post_to  # noqa: E402
from pages._ui.formats import plain  # noqa: E402
from pages._ui.sign_in import draw_sign_in  # noqa: E402


def main() -> None:
    """Draw the page that was asked for, or sign-in."""
    st.set_page_config(page_title="Flightplan", page_icon=str(ROOT / "pages" / "_ui" / "icon.svg"), layout="wide")
    who = guard.current()
    chosen = st.navigation(_sections(), position="hidden" if who is None else "sidebar", expanded=True)
    if target := state.GO_TO.pop():
        go_to(target)
    if who is None:
        with boundary():
            draw_sign_in(chosen.url_path)
        return
    _sidebar(who)
    with boundary():
        chosen.run()


def _sections() -> dict[str, list[st.Page]]:
    sections: dict[str, list[st.Page]] = {}
    for row in nav.ROWS:
        page = st.Page(row.file, title=row.title, icon=row.icon, url_path=row.name, default=row.name == "home")
        sections.setdefault(row.section, []).append(page)
    return sections


def _sidebar(who: SignedIn) -> None:
    st.logo(ROOT / "pages" / "_ui" / "logo.svg", size="large", icon_image=ROOT / "pages" / "_ui" / "icon.svg")
    with st.sidebar:
        if who.is_demo:
            st.badge("Demo workspace", icon=":material/science:", color="violet")
        elif guard.Page().rt.settings.uses_sandbox:
            st.badge(
                "Google is a sandbox", icon=":material/science:", color="orange", help="No Google client is configured, see README.md."
            )
        st.caption(f"**{plain(who.workspace_name)}**  \n{plain(who.ctx.actor_name)} · {who.ctx.role.value}")
        if st.button("Sign out", key="sign-out", icon=":material/logout:", type="tertiary"):
            post_to("/auth/signout")


main()
