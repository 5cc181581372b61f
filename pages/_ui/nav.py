"""The navigation: one row a page, in the order and sections of the sidebar. All pages are always registered, or deep links get lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import streamlit as st

from core.access import Permission
from pages._ui.guard import Page

PAGES = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Row:
    """One page: `name` is its file and its path in the address."""

    section: str
    name: str
    title: str
    icon: str

    @property
    def file(self) -> Path:
        return PAGES / f"{self.name}.py"


ROWS = [
    Row("", "home", "Home", ":material/home:"),
    Row("Plan", "files", "Media plans", ":material/table_view:"),
    Row("Plan", "plan", "Open plan", ":material/description:"),
    Row("Plan", "planner", "Budget planner", ":material/tune:"),
    Row("Plan", "scenarios", "Scenarios", ":material/alt_route:"),
    Row("Plan", "approvals", "Approvals", ":material/fact_check:"),
    Row("Understand", "performance", "Performance", ":material/show_chart:"),
    Row("Understand", "assistant", "Assistant", ":material/forum:"),
    Row("Understand", "notes", "Notes and briefs", ":material/sticky_note_2:"),
    Row("Manage", "connections", "Connections", ":material/link:"),
    Row("Manage", "members", "Members", ":material/group:"),
    Row("Manage", "activity", "Activity", ":material/history:"),
    Row("Manage", "account", "Your account", ":material/account_circle:"),
]


def link(name: str, *, label: str, icon: str | None = None, query: dict[str, str] | None = None) -> None:
    """Draw a link to a page of ours, with what its address should hold."""
    row = next(row for row in ROWS if row.name == name)
    st.page_link(row.file, label=label, icon=icon, query_params=query)


def link_assistant(page: Page, file_id: UUID) -> None:
    """Draw the way to the assistant with a plan on its table, for those who may ask it."""
    if page.ctx.allows(Permission.USE_ASSISTANT):
        link("assistant", label="Ask the assistant", icon=":material/forum:", query={"file": str(file_id)})
