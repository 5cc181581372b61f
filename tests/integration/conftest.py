"""Fixtures of suites that need files in Drive."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from connectors.sandbox.drive.xlsx import document_of_xlsx
from connectors.sandbox.sandbox import NewFile, Sandbox
from connectors.sandbox.server import SandboxServer
from connectors.sandbox.wire import SPREADSHEET, XLSX
from tests.integration.plans import media_plan, recipes

PLANNER = "paula.planner@northwind.example"


@pytest.fixture
def drive(sandbox: SandboxServer) -> Sandbox:
    """The sandbox with one account, whose Drive holds one media plan as a Google Sheet and one file that is none."""
    sandbox.sandbox.add_account(PLANNER, "Paula Planner")
    lay_file(sandbox.sandbox, "Media plan spring", media_plan(), as_sheet=True)
    lay_file(sandbox.sandbox, "Recipes.xlsx", recipes())
    return sandbox.sandbox


def lay_file(
    sandbox: Sandbox, name: str, content: bytes, *, as_sheet: bool = False, owner: str = PLANNER, writers: Sequence[str] = ()
) -> str:
    """Lay an xlsx into the Drive, as it is or as a Google Sheet; gives its id."""
    with sandbox.lock:
        if as_sheet:
            new = NewFile(name, SPREADSHEET, owner, document=document_of_xlsx(name, content), writers=writers)
        else:
            new = NewFile(name, XLSX, owner, content=content, writers=writers)
        file_id = sandbox.add_file(new).file_id
        sandbox.save()
    return file_id
