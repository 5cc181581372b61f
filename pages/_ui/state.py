"""What a browser tab remembers between reruns: every session key, typed, in one place.

A key that ends in `:` belongs to one object: `DRAFT_EDITS.of(draft_id)`.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar, cast

import streamlit as st

T = TypeVar("T")


class Key(Generic[T]):
    """One typed key of the session state."""

    def __init__(self, name: str, default: T) -> None:
        self.name, self.default = name, default

    def get(self) -> T:
        return cast(T, st.session_state.get(self.name, self.default))

    def set(self, value: T) -> None:
        st.session_state[self.name] = value

    def pop(self) -> T:
        """Give the value and forget it."""
        return cast(T, st.session_state.pop(self.name, self.default))

    def of(self, owner: object) -> Key[T]:
        """Give the key that belongs to one object, e.g. one draft."""
        return Key(f"{self.name}{owner}", self.default)


SIGNED_IN: Key[Any] = Key("signed_in", None)  # (monotonic seconds, SignedIn) of the last look-up; pages._ui.guard alone uses it
FLASH: Key[tuple[str, str] | None] = Key("flash", None)  # (icon, sentence) to show after the next rerun
GO_TO: Key[str] = Key("go_to", "")  # where the browser is sent when the page is drawn
CONFIRMING: Key[str] = Key("confirming", "")  # the confirmation dialog that is open
INVITATION_LINK: Key[str] = Key("invitation_link", "")
SYNC_JOB: Key[str] = Key("sync_job", "")  # the sync that this tab started and watches
PLAN_TAB: Key[str] = Key("plan_tab:", "")  # by file: the tab of the sheet that is shown
PLAN_SEEN: Key[Any] = Key("plan_seen:", None)  # by file: the revision and what was settled, as this window drew them last
PLAN_CELL: Key[str | None] = Key("plan_cell:", None)  # by file: the cell in hand
ACTIVITY_SHOWN: Key[int] = Key("activity_shown", 200)  # how many deeds the activity page looks back on
EDITING: Key[Any] = Key("editing:", None)  # the pages._ui.budget_state.Editing of one draft
FILLED: Key[tuple[int, str]] = Key("filled:", (0, ""))  # by draft: the grid that a rule filled last, and what that rests on
DRAWER: Key[str] = Key("drawer", "")  # what is open over the planner: versions, propose
APPROVALS_GROUP: Key[str] = Key("approvals_group", "")  # which change sets this tab chose to see; one named in the address goes first
MARKED_COPY: Key[bool] = Key("marked_copy:", False)  # by change set: its file was asked for with the changes marked
PLANNING: Key[str] = Key("planning:", "")  # by draft: the scenario that this tab has optimised
INPUT_CHOICES: Key[dict[str, str]] = Key("input_choices:", {})


def forget_everything() -> None:
    """Start the tab anew, as when the workspace changes."""
    st.session_state.clear()


FIT_JOB: Key[str] = Key("fit_job", "")  # the fit of response curves that this tab started
ASSISTANT_SAY: Key[str] = Key("assistant_say", "")  # a suggested message that was clicked
EDITING_TURN: Key[str] = Key("editing_turn", "")  # the message of the talk that is being edited
FOLLOW: Key[bool] = Key("follow", False)  # a message was just sent: the window goes down to it, however far up it was
