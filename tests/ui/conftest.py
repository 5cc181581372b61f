"""Opens pages as a person with a real session: `open_as(ctx, "members")`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from core.access import AccessContext
from core.runtime import Runtime
from core.services.identity import issue_ticket, open_session
from pages._ui import guard
from tests.server import ROOT

OpenAs = Callable[..., AppTest]


@pytest.fixture
def open_as(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> OpenAs:
    """Give a function that runs the shell with a page open, signed in as a member (or as nobody), to its end.

    open_as(ctx, "files")                      the page as that person sees it
    open_as(ctx, "plan", file="...")           with query parameters
    open_as(None, "members")                   as nobody

    AppTest mocks cookies, so the one function that reads ours is replaced; the session behind it is real.
    """

    def run(ctx: AccessContext | None, page: str = "home", **query: str) -> AppTest:
        secret = None
        if ctx is not None:
            with runtime.db.tenant_session(ctx.workspace_id) as session:
                ticket = issue_ticket(session, runtime, ctx.actor_id, ctx.workspace_id)
            secret = open_session(runtime, ticket, replaces=None, browser="AppTest")
        monkeypatch.setattr(guard, "session_secret", lambda: secret)
        test = AppTest.from_file(str(ROOT / "pages" / "_ui" / "shell.py"), default_timeout=30)
        test._page_hash = calc_hash("" if page == "home" else page)  # switch_page would run the home page first
        for name, value in query.items():
            test.query_params[name] = value
        return test.run()

    return run


def texts(test: AppTest) -> str:
    """Give everything that is written on the page, one piece a line."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info", "success", "toast", "code")
    return "\n".join(str(element.value) for kind in kinds for element in test.get(kind))
