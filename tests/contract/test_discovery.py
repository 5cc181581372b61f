"""The sandbox's answers are valid by Google's own discovery documents, method by method."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from connectors.sandbox.demo import PLANNER, fill
from connectors.sandbox.samples.english_german import de_launch
from connectors.sandbox.server import SandboxServer
from connectors.sandbox.wire import CSV, SPREADSHEET, XLSX
from tests.contract.discovery import methods, violations
from tests.contract.recordings import CASSETTES, Replay

PLAYED = {
    "sheets.spreadsheets.create",
    "sheets.spreadsheets.get",
    "sheets.spreadsheets.getByDataFilter",
    "sheets.spreadsheets.batchUpdate",
    "sheets.spreadsheets.sheets.copyTo",
    "sheets.spreadsheets.developerMetadata.get",
    "sheets.spreadsheets.developerMetadata.search",
    *(
        f"sheets.spreadsheets.values.{name}"
        for name in (
            "get",
            "update",
            "append",
            "clear",
            "batchGet",
            "batchUpdate",
            "batchClear",
            "batchGetByDataFilter",
            "batchUpdateByDataFilter",
            "batchClearByDataFilter",
        )
    ),
    *(f"drive.files.{name}" for name in ("list", "get", "create", "update", "copy", "delete", "export", "watch")),
    *(f"drive.changes.{name}" for name in ("getStartPageToken", "list", "watch")),
    "drive.about.get",
    "drive.drives.list",
    "drive.comments.list",
    "drive.channels.stop",
}
"""Every method the sandbox plays."""


class Caller:
    """Calls the sandbox as the demo's planner and insists on success."""

    def __init__(self, server: SandboxServer) -> None:
        fill(server.sandbox)
        token = server.sandbox.authorize(PLANNER).access_token
        self.http = httpx.Client(base_url=server.base_url, headers={"Authorization": f"Bearer {token}"}, trust_env=False)

    def __call__(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        answer = self.http.request(method, path, json=body, params=params).raise_for_status()
        return answer.json() if answer.headers.get("content-type", "").startswith("application/json") and answer.content else answer.content


def test_every_method_answers_as_google_describes_it(sandbox: SandboxServer, methods_answered: set[str]) -> None:
    methods_answered.clear()
    call = Caller(sandbox)
    with call.http:
        file_id = use_drive(call)
        use_values(call, file_id)
        use_spreadsheets(call, file_id)
        call("DELETE", f"/drive/v3/files/{file_id}")
    assert methods_answered == PLAYED


def use_drive(call: Caller) -> str:
    files = call("GET", "/drive/v3/files", fields="*")["files"]
    assert len(files) == 34
    csv_id = next(file["id"] for file in files if file["mimeType"] == CSV)
    call("GET", f"/drive/v3/files/{csv_id}", alt="media")
    call("GET", f"/drive/v3/files/{csv_id}", fields="*")
    created = call("POST", "/drive/v3/files", {"name": "New", "mimeType": SPREADSHEET})
    call("PATCH", f"/drive/v3/files/{created['id']}", {"name": "Renamed"}, fields="*")
    copied = call("POST", f"/drive/v3/files/{created['id']}/copy", {"name": "Copy"})
    call("GET", f"/drive/v3/files/{created['id']}/export", mimeType=XLSX)
    call("GET", f"/drive/v3/files/{created['id']}/comments", fields="*")
    channel = {"id": "c1", "type": "web_hook", "address": "https://flightplan.example/hook", "token": "t"}
    call("POST", f"/drive/v3/files/{created['id']}/watch", channel)
    token = call("GET", "/drive/v3/changes/startPageToken")["startPageToken"]
    call("POST", "/drive/v3/changes/watch", channel, pageToken=token)
    call("POST", "/drive/v3/channels/stop", {"id": "c1", "resourceId": "changes"})
    call("DELETE", f"/drive/v3/files/{copied['id']}")
    call("GET", "/drive/v3/changes", pageToken="1", fields="*")
    call("GET", "/drive/v3/about", fields="*")
    call("GET", "/drive/v3/drives")
    return str(created["id"])


def use_values(call: Caller, file_id: str) -> None:
    base = f"/v4/spreadsheets/{file_id}/values"
    by_a1 = {"a1Range": "Sheet1!A1:B2"}
    options = {"valueInputOption": "USER_ENTERED", "includeValuesInResponse": True}
    call("PUT", f"{base}/A1", {"values": [["a", "=1/0", True], ["2026-03-01", 1.5, "=B2*2"]]}, **options)
    call("POST", f"{base}/A1:append", {"values": [["b", 2]]}, **options)
    call("GET", f"{base}/Sheet1")
    call("GET", f"{base}:batchGet", ranges=["A1:B2", "C1"], valueRenderOption="UNFORMATTED_VALUE")
    call("POST", f"{base}:batchUpdate", {**options, "data": [{"range": "A5", "values": [[1]]}]})
    call("POST", f"{base}:batchGetByDataFilter", {"dataFilters": [by_a1]})
    call("POST", f"{base}:batchUpdateByDataFilter", {**options, "data": [{"dataFilter": by_a1, "values": [[1]]}]})
    call("POST", f"{base}:batchClearByDataFilter", {"dataFilters": [by_a1]})
    call("POST", f"{base}:batchClear", {"ranges": ["A1"]})
    call("POST", f"{base}/A1:clear")


def use_spreadsheets(call: Caller, file_id: str) -> None:
    base = f"/v4/spreadsheets/{file_id}"
    where = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}
    cells = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    tag = {"metadataKey": "k", "metadataValue": "v", "location": where, "visibility": "DOCUMENT"}
    look = {"userEnteredFormat": {"backgroundColor": {"red": 1}, "numberFormat": {"type": "NUMBER", "pattern": "0.00"}}, "note": "n"}
    requests = [
        {"createDeveloperMetadata": {"developerMetadata": tag}},
        {"addNamedRange": {"namedRange": {"name": "total", "range": cells}}},
        {"addProtectedRange": {"protectedRange": {"range": cells}}},
        {"setBasicFilter": {"filter": {"range": cells}}},
        {"repeatCell": {"range": cells, "cell": look, "fields": "*"}},
        {"mergeCells": {"range": cells, "mergeType": "MERGE_ROWS"}},
        {"duplicateSheet": {"sourceSheetId": 0}},
        {"addDimensionGroup": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 2}}},
        {"findReplace": {"find": "b", "replacement": "c", "allSheets": True}},
    ]
    call("POST", f"{base}:batchUpdate", {"requests": requests, "includeSpreadsheetInResponse": True, "responseIncludeGridData": True})
    call("GET", base, includeGridData=True)
    lookup = {"developerMetadataLookup": {"metadataKey": "k"}}
    call("POST", f"{base}:getByDataFilter", {"dataFilters": [lookup], "includeGridData": True})
    matched = call("POST", f"{base}/developerMetadata:search", {"dataFilters": [lookup]})["matchedDeveloperMetadata"]
    call("GET", f"{base}/developerMetadata/{matched[0]['developerMetadata']['metadataId']}")
    body = {"properties": {"title": "Made", "locale": "de_DE"}, "sheets": [{"properties": {"title": "Plan"}}]}
    other = call("POST", "/v4/spreadsheets", body)["spreadsheetId"]
    call("POST", f"{base}/sheets/0:copyTo", {"destinationSpreadsheetId": other})


def test_a_real_plan_is_described_whole_as_google_would(sandbox: SandboxServer) -> None:
    call = Caller(sandbox)
    with call.http:
        named = f"name = '{de_launch().title}'"
        file_id = call("GET", "/drive/v3/files", q=named)["files"][0]["id"]
        body = call("GET", f"/v4/spreadsheets/{file_id}", includeGridData=True)
    assert [sheet["properties"]["title"] for sheet in body["sheets"]] == ["Deckblatt", "Mediaplan", "Stand 12.10. (alt)"]


def test_the_descriptions_refuse_what_google_does_not_know() -> None:
    """The check itself can fail: an unknown field, a wrong type and a missing enum value are found."""
    from connectors.sandbox.exchange import Answer, Call

    assert len(methods()) > 70
    listing = Call("GET", "/drive/v3/files")
    assert violations(listing, Answer({"files": [{"id": "1", "nonsense": 1}]}))
    assert violations(listing, Answer({"files": [{"id": 1}]}))
    reading = Call("GET", "/v4/spreadsheets/abc/values/A1")
    assert violations(reading, Answer({"majorDimension": "DIAGONAL"}))


@pytest.mark.skipif(not CASSETTES.is_dir(), reason=f"the recorded answers are not on this machine ({CASSETTES})")
def test_google_itself_keeps_to_the_descriptions_in_its_recorded_answers() -> None:
    import json
    from urllib.parse import unquote, urlsplit

    from connectors.sandbox.exchange import Answer, Call

    checked = 0
    for path in sorted(CASSETTES.glob("WorksheetTest.test_[a-f]*.json")):
        for interaction in Replay(path).interactions:
            request, response = interaction["request"], interaction["response"]
            try:
                body = json.loads(response["body"]["string"] or "null")
            except ValueError:
                continue
            call = Call(request["method"], unquote(urlsplit(request["uri"]).path))
            assert violations(call, Answer(body, response["status"]["code"])) == []
            checked += 1
    assert checked > 400
