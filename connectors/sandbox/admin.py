"""The sandbox's steering: planned faults, other people's edits, files from outside. Callers on this machine only."""

from __future__ import annotations

import re

from connectors.sandbox.exchange import Answer, Call
from connectors.sandbox.faults import Fault
from connectors.sandbox.routing import Route, route
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.wire import ApiError


def plan_fault(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    sandbox.plan_fault(Fault.of(call.json()))
    return Answer({"planned": len(sandbox.faults)})


def clear_faults(sandbox: Sandbox, _: Call, __: re.Match[str]) -> Answer:
    sandbox.clear_faults()
    return Answer({"planned": 0})


def edit(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    sandbox.edit(call.json())
    return Answer({})


def withdraw(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    sandbox.grants.withdraw(str(call.json().get("email", "")))
    return Answer({})


def authorize(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Connect an account (the first one by default) without the consent page."""
    email = call.json().get("email") or next(iter(sandbox.grants.accounts), "")
    if email not in sandbox.grants.accounts:
        raise ApiError(404, f"There is no account {email!r} in the sandbox.")
    credential = sandbox.authorize(email)
    body = {"access_token": credential.access_token, "refresh_token": credential.refresh_token, "scopes": list(credential.scopes)}
    return Answer(body | {"expires_at": credential.expires_at.isoformat() if credential.expires_at else None})


def lay(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Lay the request's body as a file into the Drive; the query says how."""
    from connectors.sandbox.demo import PLANNER, Laying, lay_file  # the demo's samples are not needed otherwise

    query = call.query
    how = Laying(query["name"], query.get("owner", PLANNER), query.get("locale", "en_US"), query.get("as") != "file")
    return Answer({"file_id": lay_file(sandbox, call.body, how).file_id})


def snapshot(sandbox: Sandbox, _: Call, match: re.Match[str]) -> Answer:
    """Give a spreadsheet's whole state, cell by cell, so that a test can compare it byte for byte."""
    return Answer(sandbox.snapshot(match["id"]))


def guard(call: Call) -> None:
    """Refuse the sandbox's steering to other machines; 403."""
    if call.path.startswith("/admin/") and call.client not in ("127.0.0.1", "::1", "testclient"):
        raise ApiError(403, "The sandbox is steered from this machine only.")


ROUTES: list[Route] = [
    *route("POST", r"/admin/faults", plan_fault),
    *route("DELETE", r"/admin/faults", clear_faults),
    *route("POST", r"/admin/edits", edit),
    *route("POST", r"/admin/withdraw", withdraw),
    *route("POST", r"/admin/authorize", authorize),
    *route("POST", r"/admin/files", lay),
    *route("GET", r"/admin/documents/(?P<id>[\w-]+)", snapshot),
]
