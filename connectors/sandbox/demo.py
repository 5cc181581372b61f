"""The demo Drive: made-up people of a made-up agency, so that a newcomer finds something to plan with."""

from __future__ import annotations

from pathlib import Path

from connectors.sandbox.sandbox import Sandbox

PLANNER = "mara.lindqvist@northwind.example"
COLLEAGUE = "jonas.weber@northwind.example"
NEWCOMER = "new.planner@northwind.example"


def open_demo(folder: Path | None) -> Sandbox:
    """Open the sandbox of a folder; an empty one is filled with accounts and the demo Drive."""
    sandbox = Sandbox(folder)
    if not sandbox.grants.accounts:
        sandbox.add_account(PLANNER, "Mara Lindqvist")
        sandbox.add_account(COLLEAGUE, "Jonas Weber")
        sandbox.add_account(NEWCOMER, "Nobody Yet (an empty Drive)")
        sandbox.save()
    return sandbox
