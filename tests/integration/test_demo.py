"""The demo workspace: connected, read, a draft under way and an approval waiting; each visitor's own; never on real Google."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.google.connector import build
from connectors.sandbox.demo import fill
from connectors.sandbox.server import SandboxServer
from core.access import AccessContext
from core.config import Settings
from core.errors import Misconfigured
from core.model.changes import ChangeSetStatus
from core.runtime import Runtime
from core.services.changes import list_change_sets
from core.services.connections import list_connections
from core.services.demo import demo_job, draft_demo, open_demo
from core.services.drafts import list_drafts
from core.services.files import FileQuery, list_files
from core.services.identity import open_session, signed_in
from core.services.performance import list_performance
from core.services.response import latest_fit
from core.workflows.engine import Engine
from tests.conftest import wait_for_job


def visit(runtime: Runtime) -> AccessContext:
    """Open the demo as a newcomer's browser does and wait until it is filled."""
    who = signed_in(runtime, open_session(runtime, open_demo(runtime), replaces=None, browser="test"))
    assert who.is_demo and who.workspace_name == "Demo workspace"
    status = wait_for_job(runtime, who.ctx, demo_job(who.ctx.workspace_id), seconds=60)
    assert status.state == "succeeded", status.error
    return who.ctx


def test_a_visitor_finds_the_whole_loop_set_up_and_nothing_of_it_twice(runtime: Runtime, sandbox: SandboxServer, engine: Engine) -> None:
    fill(sandbox.sandbox)
    ctx = visit(runtime)
    assert list_connections(ctx, runtime)[0].state == "active"
    listed = list_files(ctx, runtime, FileQuery())
    assert listed.plans == 8 and listed.decoys >= 12
    others = {info.name: info.reasons[:1] for info in list_files(ctx, runtime, FileQuery(include_decoys=True)).files if not info.is_plan}
    assert others["Media plan TEMPLATE (blank)"] == ("template, no amounts",) and "Campaign report August 2026" in others
    assert {info.failure for info in listed.files} == {None}
    assert len(list_drafts(ctx, runtime)) >= 2
    (waiting,) = list_change_sets(ctx, runtime)
    assert waiting.status is ChangeSetStatus.PROPOSED and waiting.edits
    assert waiting.file_name == "Northwind Bikes - 2027 US Media Plan", "the largest plan in Google Sheets with nothing open"
    made = list_performance(ctx, runtime, currency="EUR")
    assert made.is_made and made.history is not None and len(made.history.weeks) == 104
    assert latest_fit(ctx, runtime, "conversions", currency="EUR") is not None
    drafts = draft_demo(ctx, runtime)
    assert len(list_change_sets(ctx, runtime)) == 1
    assert drafts <= len(list_drafts(ctx, runtime))


def test_there_is_no_demo_where_google_is_real(runtime: Runtime) -> None:
    real = Settings.model_construct(google_oauth_client_id="id", google_oauth_client_secret=runtime.settings.database_url)
    with pytest.raises(Misconfigured, match="no demo workspace"):
        open_demo(replace(runtime, google=build(real, None)))
