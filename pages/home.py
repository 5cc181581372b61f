"""Home: what to do next."""

from __future__ import annotations

import streamlit as st

from core.access import Permission
from pages._ui.components import page_header
from pages._ui.formats import plain
from pages._ui.guard import guard

page = guard(Permission.READ)
page_header("Home", icon=":material/home:", says=f"Welcome, {plain(page.ctx.actor_name)}.")
st.write("")
