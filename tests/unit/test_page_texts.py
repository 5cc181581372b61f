"""What pages make of texts that people, sheets and models wrote: nothing in them is Markdown or a formula of a spreadsheet."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.services.files import FileInfo
from pages._ui.file_list import files_csv
from pages._ui.formats import apart, plain, told

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INFO = FileInfo(
    file_id=uuid4(),
    source="google_drive",
    external_id="x",
    connection_id=None,
    account=None,
    name="Plan",
    mime_type="application/vnd.google-apps.spreadsheet",
    owner=None,
    folder=None,
    web_url=None,
    can_edit=True,
    version="1",
    modified_at=AT,
    plan_score=1.0,
    reasons=(),
    is_plan=True,
    decided_by_person=False,
    currency="EUR",
    total_minor=1_000_00,
    line_items=2,
    questions=0,
    mismatches=0,
    synced_at=AT,
    state="fresh",
    failure=None,
)


@pytest.mark.parametrize(
    "text",
    [
        "![seen](http://elsewhere.example/p.png?q=secret)",
        "[Sign in](http://elsewhere.example)",
        "<img src=x>",
        "US$1 → US$2",
        r"\\[x](http://e)",
    ],
)
def test_a_sentence_that_quotes_something_makes_no_link_picture_tag_or_formula(text: str) -> None:
    shown = told(f"Reading {text} failed.")
    live = [at for at, character in enumerate(shown) if character in "[]<$" and _backslashes_before(shown, at) % 2 == 0]
    assert live == []


@given(st.text(alphabet="ab[]<$\\ !()", max_size=20))
def test_saying_a_sentence_twice_changes_nothing_more(text: str) -> None:
    assert told(told(text)) == told(text)
    assert told(plain(text)) == plain(text)


def test_emphasis_of_our_own_stays() -> None:
    assert told("**3 cells** were written; `make run` starts it.") == "**3 cells** were written; `make run` starts it."


def test_a_name_that_is_a_formula_is_a_text_in_the_downloaded_list() -> None:
    listed = files_csv([replace(INFO, name='=HYPERLINK("http://elsewhere.example")', owner="@owner")], AT).decode("utf-8-sig")
    assert "\"'=HYPERLINK" in listed and "'@owner" in listed and "€1,000.00" in listed


def _backslashes_before(text: str, at: int) -> int:
    return len(text[:at]) - len(text[:at].rstrip("\\"))


@pytest.mark.parametrize("text", ["see www.evil.example", "http://evil.example/x", "HTTPS://evil.example"])
def test_a_bare_address_is_taken_apart_since_browsers_link_it_even_where_it_is_escaped(text: str) -> None:
    for shown in (plain(text), told(text)):
        assert re.search(r"https?:|www\\?\.", shown, re.I) is None
        assert shown.replace("\N{WORD JOINER}", "").replace("\\", "") == text


def test_names_that_several_share_are_numbered_so_that_a_list_can_tell_them_apart() -> None:
    assert apart({1: "Plan", 2: "Plan", 3: "Plan (2)", 4: "Other"}) == {1: "Plan", 2: "Plan (2)", 3: "Plan (2) (2)", 4: "Other"}
