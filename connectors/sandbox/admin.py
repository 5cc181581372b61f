"""The sandbox's own endpoints: planned faults, other people's edits, and pages to look into the Drive. Loopback callers only."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from connectors.sandbox.exchange import Answer, Call, Route, page, route
from connectors.sandbox.faults import Fault
from connectors.sandbox.sheets.display import shown
from connectors.sandbox.sheets.document import Document, Sheet
from connectors.sandbox.wire import SPREADSHEET, ApiError
from core.model.workbook import column_letters

if TYPE_CHECKING:
    from connectors.sandbox.sandbox import Sandbox


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


def overview(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Show the Drive's files by owner."""
    rows = []
    for file in sorted(sandbox.drive.files.values(), key=lambda f: (f.owner, f.name)):
        name = escape(file.name)
        if file.mime_type == SPREADSHEET:
            name = f'<a href="{escape(call.root)}/spreadsheets/d/{file.file_id}/edit">{name}</a>'
        state = "in the bin" if file.trashed else ""
        cells = (name, escape(file.owner), escape(file.modified[:10]), escape(file.mime_type.rpartition(".")[2]), state)
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th>{title}</th>" for title in ("Name", "Owner", "Modified", "Kind", ""))
    return page("Drive", f'<main class="wide"><h1>Drive</h1><table><tr>{head}</tr>{"".join(rows)}</table></main>')


def view(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    """Show a spreadsheet as it is now, read only."""
    file = sandbox.drive.files.get(match["id"])
    if file is None or file.mime_type != SPREADSHEET:
        return page("Not found", "<main><h1>File not found</h1></main>", status=404)
    document = sandbox.document(file.file_id)
    visible = [sheet for sheet in document.sheets if not sheet.properties.get("hidden")]
    chosen = next((s for s in visible if str(s.sheet_id) == call.query.get("gid")), visible[0])
    tabs = "".join(f'<a href="?gid={sheet.sheet_id}">{escape(sheet.title)}</a>' for sheet in visible)
    content = f'<main class="wide"><h1>{escape(file.name)}</h1><nav>{tabs}</nav>{_table(document, chosen)}</main>'
    return page(file.name, content)


def _table(document: Document, sheet: Sheet) -> str:
    bottom = min(sheet.last_row(), 500)
    right = max((column for _, column in sheet.filled()), default=1)
    head = "<tr><th></th>" + "".join(f"<th>{column_letters(column)}</th>" for column in range(1, right + 1)) + "</tr>"
    rows = []
    for row in range(1, bottom + 1):
        cells = []
        for column in range(1, right + 1):
            cell = sheet.cells.get((row, column))
            text = "" if cell is None else escape(shown(cell, document.locale))
            is_number = cell is not None and isinstance(cell.value, int | float)
            cells.append(f"<td{' class=number' if is_number else ''}>{text}</td>")
        rows.append(f"<tr><th>{row}</th>{''.join(cells)}</tr>")
    return f"<table>{head}{''.join(rows)}</table>"


def guard(call: Call) -> None:
    """Refuse the sandbox's steering to other machines; 403."""
    if call.path.startswith("/admin/") and call.client not in ("127.0.0.1", "::1", "testclient"):
        raise ApiError(403, "The sandbox is steered from this machine only.")


ROUTES: list[Route] = [
    *route("GET", r"/?", overview),
    *route("GET", r"/spreadsheets/d/(?P<id>[\w-]+)(?:/.*)?", view),
    *route("POST", r"/admin/faults", plan_fault),
    *route("DELETE", r"/admin/faults", clear_faults),
    *route("POST", r"/admin/edits", edit),
    *route("POST", r"/admin/withdraw", withdraw),
    *route("POST", r"/admin/authorize", authorize),
    *route("POST", r"/admin/files", lay),
    *route("GET", r"/admin/documents/(?P<id>[\w-]+)", snapshot),
]
