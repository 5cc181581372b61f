"""Pages for people: the Drive's files, and a spreadsheet as it is now, with a form to edit it as somebody else."""

from __future__ import annotations

import re
from html import escape

from connectors.sandbox.drive.xlsx import rgb_of
from connectors.sandbox.exchange import Answer, Call, page
from connectors.sandbox.routing import Route, route
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.sheets.display import shown
from connectors.sandbox.sheets.document import Cell, Document, Sheet
from connectors.sandbox.wire import SPREADSHEET, ApiError
from core.model.workbook import Span, column_letters

_MOST_ROWS = 500


def overview(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Show the Drive's files by owner."""
    rows = []
    for file in sorted(sandbox.drive.files.values(), key=lambda f: (f.owner, f.name.casefold())):
        name = escape(file.name)
        if file.mime_type == SPREADSHEET:
            name = f'<a href="{escape(call.root)}/spreadsheets/d/{file.file_id}/edit">{name}</a>'
        state = "in the bin" if file.trashed else ""
        cells = (name, escape(file.owner), escape(file.modified[:10]), escape(file.mime_type.rpartition(".")[2]), state)
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th>{title}</th>" for title in ("Name", "Owner", "Modified", "Kind", ""))
    return page("Drive", f'<main class="wide"><h1>Drive</h1><table><tr>{head}</tr>{"".join(rows)}</table></main>')


def view(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    """Show a spreadsheet as it is now: its visible tabs, rows and columns."""
    return _sheet_page(sandbox, call, match["id"], call.query.get("gid"))


def edit(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    """Edit one cell as a colleague would, and show the spreadsheet."""
    form = call.form
    problem = ""
    try:
        sandbox.edit({"kind": "set_cell", "file_id": match["id"], "tab": form["tab"], "cell": form["cell"].strip(), "value": form["value"]})
    except (ApiError, KeyError) as error:
        problem = error.message if isinstance(error, ApiError) else "Name a cell and what it is to hold."
    return _sheet_page(sandbox, call, match["id"], form.get("gid"), problem=problem)


def _sheet_page(sandbox: Sandbox, call: Call, file_id: str, gid: str | None, *, problem: str = "") -> Answer:
    file = sandbox.drive.files.get(file_id)
    if file is None or file.mime_type != SPREADSHEET:
        return page("Not found", "<main><h1>File not found</h1></main>", status=404)
    document = sandbox.document(file.file_id)
    visible = [sheet for sheet in document.sheets if not sheet.properties.get("hidden")]
    chosen = next((sheet for sheet in visible if str(sheet.sheet_id) == gid), visible[0])
    tabs = "".join(
        f'<a href="?gid={sheet.sheet_id}"{" aria-current=page" if sheet is chosen else ""}>{escape(sheet.title)}</a>' for sheet in visible
    )
    form = f"""<form method="post" class="line"><input type="hidden" name="tab" value="{escape(chosen.title)}">
<input type="hidden" name="gid" value="{chosen.sheet_id}"><span>Edit as a colleague:</span>
<input name="cell" aria-label="Cell" placeholder="B7" size="5" required><input name="value" aria-label="Value" placeholder="1500" size="14">
<button>Enter</button><strong role="alert">{escape(problem)}</strong></form>"""
    content = f'<main class="wide"><h1>{escape(file.name)}</h1><nav>{tabs}</nav>{form}{_table(document, chosen)}</main>'
    return page(file.name, content, status=400 if problem else 200)


def _table(document: Document, sheet: Sheet) -> str:
    columns = [c for c in range(1, max((c for _, c in sheet.filled()), default=1) + 1) if c not in sheet.columns.hidden()]
    rows = [r for r in range(1, min(sheet.last_row(), _MOST_ROWS) + 1) if r not in sheet.rows.hidden()]
    merges = {(merge.top, merge.left): merge for merge in sheet.merges}
    covered = {(r, c) for m in sheet.merges for r in range(m.top, m.bottom + 1) for c in range(m.left, m.right + 1)} - set(merges)
    lines = ["<tr><th></th>" + "".join(f"<th>{column_letters(column)}</th>" for column in columns) + "</tr>"]
    for row in rows:
        cells = [
            _cell(sheet.cells.get((row, column)), document.locale, _extent(merges.get((row, column)), rows, columns))
            for column in columns
            if (row, column) not in covered
        ]
        lines.append(f"<tr><th>{row}</th>{''.join(cells)}</tr>")
    return f"<table>{''.join(lines)}</table>"


def _extent(merge: Span | None, rows: list[int], columns: list[int]) -> str:
    """Give the attributes of a merged cell over what is visible of it."""
    if merge is None:
        return ""
    height = sum(merge.top <= row <= merge.bottom for row in rows)
    width = sum(merge.left <= column <= merge.right for column in columns)
    return f' rowspan="{height}" colspan="{width}"'


def _cell(cell: Cell | None, locale: str, extent: str) -> str:
    if cell is None:
        return f"<td{extent}></td>"
    is_number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    color = cell.format.get("backgroundColor")
    style = f' style="background:#{rgb_of(color)};color:#1f2328"' if color else ""
    title = f' title="{escape(cell.formula)}"' if cell.formula else ""
    text = escape(shown(cell, locale))
    bold = bool(cell.format.get("textFormat", {}).get("bold"))
    return f"<td{extent}{' class=number' if is_number else ''}{style}{title}>{f'<b>{text}</b>' if bold else text}</td>"


ROUTES: list[Route] = [
    *route("GET", r"/?", overview),
    *route("GET", r"/spreadsheets/d/(?P<id>[\w-]+)(?:/.*)?", view),
    *route("POST", r"/spreadsheets/d/(?P<id>[\w-]+)/edit", edit),
]
