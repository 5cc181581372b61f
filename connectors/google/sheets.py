"""Google Sheets through gspread's client: whole workbooks in, single cells in and out, identities for rows."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from connectors.google.drive import DriveStore
from connectors.google.errors import google_errors
from connectors.google.grid import CELL_FIELDS, WORKBOOK_FIELDS, cell_data, new_spreadsheet, quoted_range, state_of, workbook_of
from connectors.google.guards import GUARD_FIELDS, guards_of
from connectors.google.rows import IMAGE_FIELDS, LOOKS_FIELDS, batch, image_in, images_of, mark_filter
from connectors.google.transport import TIMEOUT_SECONDS, prepared
from connectors.spec import SandboxAddress
from core.model.changes import CellState
from core.model.workbook import Workbook, a1, parse_a1
from core.ports import CellWrite, FileRef, RowLooks
from core.sheets.writing.guards import Guards
from core.sheets.writing.operations import Operation

_SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"
_DRIVE = "https://www.googleapis.com/drive/v3/files"


@dataclass(frozen=True)
class SheetsStore:
    """Implements core.ports.SheetStore for one account."""

    credentials: Any
    sandbox: SandboxAddress | None
    drive: DriveStore

    def read_workbook(self, spreadsheet_id: str, *, with_revision: bool = True) -> Workbook:
        """Read every tab in two calls: Drive's version first, so that an edit in between is seen as one next time."""
        with google_errors("reading the spreadsheet"):
            fields = {"fields": "version", "supportsAllDrives": "true"}
            version = self._ask("get", f"{_DRIVE}/{spreadsheet_id}", params=fields)["version"] if with_revision else None
            body = self._ask("get", f"{_SHEETS}/{spreadsheet_id}", params={"includeGridData": "true", "fields": WORKBOOK_FIELDS})
            return workbook_of(body, revision=None if version is None else str(version))

    def read_with_looks(self, spreadsheet_id: str) -> tuple[Workbook, RowLooks]:
        """Read every tab, and what any row holds and looks like, in one call; the answer weighs up to three times as much."""
        with google_errors("reading the spreadsheet"):
            body = self._ask("get", f"{_SHEETS}/{spreadsheet_id}", params={"includeGridData": "true", "fields": LOOKS_FIELDS})
            return workbook_of(body, revision=None), partial(image_in, body)

    def read_cells(self, spreadsheet_id: str, cells: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], CellState]:
        """Read single cells as they are now in one call.

        Raises:
            NotFound: the spreadsheet or a tab is gone, or a cell lies outside the tab.
        """
        wanted = [(tab, cell) for tab, addresses in cells.items() for cell in addresses]
        if not wanted:
            return {}
        with google_errors("reading cells"):
            filters = [{"a1Range": quoted_range(tab, cell)} for tab, cell in wanted]
            fields = f"sheets(properties/title,data(startRow,startColumn,rowData/values({CELL_FIELDS})))"
            answer = self._ask(
                "post",
                f"{_SHEETS}/{spreadsheet_id}:getByDataFilter",
                params={"fields": fields},
                json={"dataFilters": filters, "includeGridData": True},
            )
        found = {
            (sheet["properties"]["title"], a1(*address)): state_of(data)
            for sheet in answer.get("sheets", [])
            for block in sheet.get("data", [])
            for address, data in cell_data(block)
        }
        return {(tab, cell): found.get((tab, a1(*parse_a1(cell))), CellState(None)) for tab, cell in wanted}

    def write_cells(self, spreadsheet_id: str, writes: Sequence[CellWrite]) -> None:
        """Write all cells in one values:batchUpdate as RAW; Google applies all of it or nothing.

        Raises:
            NotFound: the spreadsheet or a tab is gone; nothing was written.
        """
        if not writes:
            return
        data = [{"range": quoted_range(w.tab, w.cell), "values": [["" if w.value is None else w.value]]} for w in writes]
        with google_errors("writing cells"):
            self._ask("post", f"{_SHEETS}/{spreadsheet_id}/values:batchUpdate", json={"valueInputOption": "RAW", "data": data})

    def change_rows(self, spreadsheet_id: str, operations: Sequence[Operation], *, mark: str | None = None) -> None:
        """Apply all steps in one spreadsheets:batchUpdate, all of it or nothing, and leave the mark with them."""
        with google_errors("inserting and deleting rows"):
            self._ask("post", f"{_SHEETS}/{spreadsheet_id}:batchUpdate", json={"requests": batch(operations, mark=mark)})

    def is_marked(self, spreadsheet_id: str, mark: str) -> bool:
        """Tell whether the batch with this mark was applied and not unmarked since."""
        with google_errors("looking for what was written"):
            answer = self._ask("post", f"{_SHEETS}/{spreadsheet_id}/developerMetadata:search", json={"dataFilters": [mark_filter(mark)]})
        return bool(answer.get("matchedDeveloperMetadata"))

    def unmark(self, spreadsheet_id: str, mark: str) -> Workbook:
        """Take a mark away, where there is one, and read the spreadsheet from the answer of the same call.

        Source: Sheets v4 reference, spreadsheets.batchUpdate, `includeSpreadsheetInResponse`.
        """
        body = {
            "requests": [{"deleteDeveloperMetadata": {"dataFilter": mark_filter(mark)}}],
            "includeSpreadsheetInResponse": True,
            "responseIncludeGridData": True,
        }
        with google_errors("reading back and clearing a mark"):
            fields = {"fields": f"updatedSpreadsheet({WORKBOOK_FIELDS})"}
            answer = self._ask("post", f"{_SHEETS}/{spreadsheet_id}:batchUpdate", params=fields, json=body)
            return workbook_of(answer["updatedSpreadsheet"], revision=None)

    def row_images(self, spreadsheet_id: str, rows: Mapping[str, Sequence[int]]) -> dict[tuple[str, int], dict[str, object]]:
        """Give all that a row holds and looks like, by (tab, row), in one call.

        Raises:
            Conflict: a row has something of its own that could not be put back.
        """
        filters = [{"a1Range": quoted_range(tab, f"{row - 1}:{row}")} for tab, numbers in rows.items() for row in numbers]
        with google_errors("reading rows"):
            answer = self._ask(
                "post",
                f"{_SHEETS}/{spreadsheet_id}:getByDataFilter",
                params={"fields": IMAGE_FIELDS},
                json={"dataFilters": filters, "includeGridData": True},
            )
        return images_of(answer)

    def guards(self, spreadsheet_id: str, cells: Mapping[str, Sequence[str]]) -> Guards:
        """Read what guards some cells in one call."""
        filters = [{"a1Range": quoted_range(tab, cell)} for tab, addresses in cells.items() for cell in addresses]
        if not filters:
            return Guards()
        with google_errors("looking for protected cells"):
            body = {"dataFilters": filters, "includeGridData": True}
            answer = self._ask("post", f"{_SHEETS}/{spreadsheet_id}:getByDataFilter", params={"fields": GUARD_FIELDS}, json=body)
        return guards_of(answer)

    def create(self, workbook: Workbook) -> FileRef:
        """Create a new spreadsheet in the account's Drive."""
        with google_errors(f"creating {workbook.name}"):
            created = self._ask("post", _SHEETS, json=new_spreadsheet(workbook), params={"fields": "spreadsheetId"})
        return self.drive.get(created["spreadsheetId"])

    def _ask(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        body: dict[str, Any] = self._client.http_client.request(method, url, **options).json()
        return body

    @cached_property
    def _client(self) -> Any:
        import gspread
        import requests
        from google.auth.transport.requests import AuthorizedSession, Request

        authorized: Any = AuthorizedSession  # google-auth has no types
        renewing = prepared(requests.Session(), self.sandbox)
        session = prepared(authorized(self.credentials, auth_request=Request(renewing)), self.sandbox)
        weakref.finalize(self, _close, session, renewing)
        anonymous: Any = None  # the session carries the credentials
        client = gspread.Client(anonymous, session=session)
        client.set_timeout(TIMEOUT_SECONDS)
        return client


def _close(*sessions: Any) -> None:
    for session in sessions:
        session.close()
