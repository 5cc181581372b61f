"""What never reaches the log."""

from __future__ import annotations

import pytest

from core.observability import SCRUBBED, _scrub_event, scrub


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://app:hunter2hunter2@/db",
        "Authorization: Bearer hunter2.hunter2",
        "ya29.hunter2hunter2-x",
        "1//0hunter2hunter2hunter2",
        "sk-hunter2hunter2hunter2",
        "GET /auth/session?ticket=hunter2hunter2&next=/",
        "/oauth/google/callback?code=hunter2&state=hunter2",
        "/?invitation=hunter2.hunter2",
    ],
)
def test_a_secret_in_a_text_is_scrubbed(text: str) -> None:
    assert "hunter2" not in scrub(text) and SCRUBBED in scrub(text)


def test_an_innocent_text_stays() -> None:
    text = "sync of 3 files from https://docs.google.com/d/1AbC in 2.5 s, next=/plan"
    assert scrub(text) == text


def test_a_field_that_is_named_like_a_secret_is_scrubbed_whole() -> None:
    event = _scrub_event(None, "info", {"event": "x", "refresh_token": "abc", "Password": "abc", "file": "abc"})
    assert event == {"event": "x", "refresh_token": SCRUBBED, "Password": SCRUBBED, "file": "abc"}
