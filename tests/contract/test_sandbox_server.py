"""The sandbox as a server: tokens, files, cells that recalculate, faults, and a state that survives a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.sandbox.faults import Fault
from connectors.sandbox.samples.__main__ import FOLDER
from connectors.sandbox.sandbox import NewFile, Sandbox
from connectors.sandbox.server import SandboxServer, serve
from connectors.sandbox.wire import SPREADSHEET
from core.errors import Conflict

ANN = "ann@northwind.example"


def client(server: SandboxServer, email: str = ANN, **options: Any) -> httpx.Client:
    token = server.sandbox.authorize(email).access_token
    return httpx.Client(base_url=server.base_url, headers={"Authorization": f"Bearer {token}"}, trust_env=False, **options)


def new_sheet(server: SandboxServer, rows: list[list[Any]], title: str = "Plan") -> str:
    with client(server) as http:
        file_id: str = http.post("/v4/spreadsheets", json={"properties": {"title": title}}).raise_for_status().json()["spreadsheetId"]
        write(http, file_id, "Sheet1!A1", rows)
    return file_id


def write(http: httpx.Client, file_id: str, where: str, rows: list[list[Any]], option: str = "USER_ENTERED") -> Any:
    body = {"values": rows}
    return http.put(f"/v4/spreadsheets/{file_id}/values/{where}", params={"valueInputOption": option}, json=body).raise_for_status().json()


def read(http: httpx.Client, file_id: str, where: str, option: str = "UNFORMATTED_VALUE") -> Any:
    answer = http.get(f"/v4/spreadsheets/{file_id}/values/{where}", params={"valueRenderOption": option}).raise_for_status()
    return answer.json().get("values")


def test_formulas_follow_a_changed_cell_across_tabs_and_down_a_chain(sandbox: SandboxServer) -> None:
    file_id = new_sheet(
        sandbox, [["Search", 100.5, "=B1*2"], ["Social", 200, "=B2*2"], ["Total", "=SUM(B1:B2)", "=SUMPRODUCT(B1:B2,C1:C2)"]]
    )
    with client(sandbox) as http:
        body = {"requests": [{"addSheet": {"properties": {"title": "Sum mary"}}}]}
        http.post(f"/v4/spreadsheets/{file_id}:batchUpdate", json=body).raise_for_status()
        write(http, file_id, "'Sum mary'!A1", [["=ROUND(Sheet1!B3/3, 2)", '=IF(A1>200,"big","small")']])
        assert read(http, file_id, "'Sum mary'!A1:B1") == [[100.17, "small"]]
        write(http, file_id, "Sheet1!B1", [[700]], "RAW")
        assert read(http, file_id, "Sheet1!B3:C3") == [[900, 1060000]]
        assert read(http, file_id, "'Sum mary'!A1:B1") == [[300, "big"]]
        assert read(http, file_id, "Sheet1!B3:C3", "FORMULA") == [["=SUM(B1:B2)", "=SUMPRODUCT(B1:B2,C1:C2)"]]


def test_an_inserted_row_moves_references_and_a_deleted_one_breaks_them(sandbox: SandboxServer) -> None:
    file_id = new_sheet(sandbox, [[1], [2], [3], ["=SUM(A1:A3)", "=A2"]])
    with client(sandbox) as http:
        sandbox.sandbox.edit({"kind": "insert_row", "file_id": file_id, "tab": "Sheet1", "row": 2})
        assert read(http, file_id, "A5:B5", "FORMULA") == [["=SUM(A1:A4)", "=A3"]]
        sandbox.sandbox.edit({"kind": "set_cell", "file_id": file_id, "tab": "Sheet1", "cell": "A2", "value": "10"})
        assert read(http, file_id, "A5:B5") == [[16, 2]]
        sandbox.sandbox.edit({"kind": "delete_row", "file_id": file_id, "tab": "Sheet1", "row": 3})
        assert read(http, file_id, "A4:B4") == [[14, "#REF!"]]


def test_a_formula_it_cannot_compute_keeps_its_cached_value(sandbox: SandboxServer) -> None:
    file_id = new_sheet(sandbox, [[1, 2]])
    cell = sandbox.sandbox.document(file_id).sheets[0].cell((2, 1))
    cell.value, cell.formula = 42, '=QUERY(A1:B1, "select A")'
    with client(sandbox) as http:
        write(http, file_id, "A1", [[5]])
        assert read(http, file_id, "A2") == [[42]]


def test_developer_metadata_finds_its_row_after_rows_were_inserted_above(sandbox: SandboxServer) -> None:
    file_id = new_sheet(sandbox, [["a", 1], ["b", 2]])
    with client(sandbox) as http:
        location = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}
        tag = {"metadataKey": "row", "metadataValue": "r2", "location": location, "visibility": "DOCUMENT"}
        body = {"requests": [{"createDeveloperMetadata": {"developerMetadata": tag}}]}
        http.post(f"/v4/spreadsheets/{file_id}:batchUpdate", json=body).raise_for_status()
        sandbox.sandbox.edit({"kind": "insert_row", "file_id": file_id, "tab": "Sheet1", "row": 1, "count": 3})
        lookup = {"developerMetadataLookup": {"metadataKey": "row", "metadataValue": "r2"}}
        body = {"dataFilters": [lookup], "majorDimension": "ROWS"}
        found = http.post(f"/v4/spreadsheets/{file_id}/values:batchGetByDataFilter", json=body).raise_for_status().json()
        assert found["valueRanges"][0]["valueRange"] == {"range": "Sheet1!A5:Z5", "majorDimension": "ROWS", "values": [["b", "2"]]}


def test_a_refused_batch_changes_nothing(sandbox: SandboxServer) -> None:
    file_id = new_sheet(sandbox, [[1, 2]])
    before = sandbox.sandbox.snapshot(file_id)
    with client(sandbox) as http:
        body = {"valueInputOption": "RAW", "data": [{"range": "A1", "values": [[9]]}, {"range": "A1:A2", "values": [[1], [2], [3]]}]}
        refused = http.post(f"/v4/spreadsheets/{file_id}/values:batchUpdate", json=body)
    assert refused.status_code == 400
    assert "tried writing to row [3]" in refused.json()["error"]["message"]
    assert sandbox.sandbox.snapshot(file_id) == before


def test_files_are_seen_by_their_owner_and_by_those_they_are_shared_with(sandbox: SandboxServer) -> None:
    shared = sandbox.sandbox.add_file(NewFile("Shared", SPREADSHEET, ANN, readers=("bo@northwind.example",)))
    private = sandbox.sandbox.add_file(NewFile("Private", SPREADSHEET, ANN))
    with client(sandbox, "bo@northwind.example") as http:
        listed = http.get("/drive/v3/files").raise_for_status().json()["files"]
        assert [file["id"] for file in listed] == [shared.file_id]
        assert http.get(f"/drive/v3/files/{private.file_id}").status_code == 404
        body = {"values": [[1]]}
        refused = http.put(f"/v4/spreadsheets/{shared.file_id}/values/A1", params={"valueInputOption": "RAW"}, json=body)
        assert refused.status_code == 403


def test_pages_of_a_listing_hold_every_file_once(sandbox: SandboxServer) -> None:
    for number in range(25):
        sandbox.sandbox.add_file(NewFile(f"Plan {number}", SPREADSHEET, ANN))
    names: list[str] = []
    params: dict[str, str] = {"pageSize": "10", "q": "mimeType='application/vnd.google-apps.spreadsheet' and name contains 'plan'"}
    with client(sandbox) as http:
        while True:
            body = http.get("/drive/v3/files", params=params).raise_for_status().json()
            names += [file["name"] for file in body["files"]]
            if "nextPageToken" not in body:
                break
            params["pageToken"] = body["nextPageToken"]
    assert sorted(names) == sorted(f"Plan {number}" for number in range(25))


def test_the_change_feed_names_each_changed_file_once_and_removed_ones(sandbox: SandboxServer) -> None:
    kept = new_sheet(sandbox, [[1]], "kept")
    gone = new_sheet(sandbox, [[1]], "gone")
    with client(sandbox) as http:
        token = http.get("/drive/v3/changes/startPageToken").json()["startPageToken"]
        assert http.get("/drive/v3/changes", params={"pageToken": token}).json()["changes"] == []
        write(http, kept, "A1", [[2]])
        write(http, kept, "A1", [[3]])
        http.delete(f"/drive/v3/files/{gone}").raise_for_status()
        body = http.get("/drive/v3/changes", params={"pageToken": token}).json()
        assert [(change["fileId"], change["removed"]) for change in body["changes"]] == [(kept, False), (gone, True)]
        assert http.get("/drive/v3/changes", params={"pageToken": body["newStartPageToken"]}).json()["changes"] == []


def test_faults_strike_the_calls_they_were_planned_for_and_then_stop(sandbox: SandboxServer) -> None:
    file_id = new_sheet(sandbox, [[1]])
    with client(sandbox) as http:
        fault = {"kind": "quota", "path": "values", "skip": 1, "retry_after": 7}
        http.post("/admin/faults", json=fault).raise_for_status()
        assert read(http, file_id, "A1") == [[1]]
        refused = http.get(f"/v4/spreadsheets/{file_id}/values/A1")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
        assert refused.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
        assert read(http, file_id, "A1") == [[1]]


def test_somebody_edits_just_before_a_write_arrives(sandbox: SandboxServer) -> None:
    file_id = new_sheet(sandbox, [["Search", 100], ["Social", 200]])
    edit = {"kind": "insert_row", "file_id": file_id, "tab": "Sheet1", "row": 1}
    sandbox.sandbox.plan_fault(Fault("edit", path="values", method="PUT", edit=edit))
    with client(sandbox) as http:
        write(http, file_id, "B1", [[150]], "RAW")
        assert read(http, file_id, "A1:B3") == [["", 150], ["Search", 100], ["Social", 200]]


def test_a_restart_keeps_files_cells_formats_and_grants(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        file_id = new_sheet(server, [["Start", "2026-03-01"], ["Budget", "€1,234.50"], ["Share", "=B2/2"]])
        state = server.sandbox.snapshot(file_id)
        token = server.sandbox.authorize(ANN).access_token
    with serve(tmp_path) as server, httpx.Client(base_url=server.base_url, trust_env=False) as http:
        http.headers["Authorization"] = f"Bearer {token}"
        assert server.sandbox.snapshot(file_id) == state
        assert read(http, file_id, "A1:B3", "FORMATTED_VALUE") == [["Start", "2026-03-01"], ["Budget", "€1,234.50"], ["Share", "617.25"]]


def test_a_second_owner_of_the_folder_is_refused(tmp_path: Path) -> None:
    first = Sandbox(tmp_path)
    with pytest.raises(Conflict, match="Another process owns the sandbox"):
        Sandbox(tmp_path)
    first.close()


def test_a_plan_laid_in_from_outside_is_a_google_sheet_with_its_formulas(sandbox: SandboxServer) -> None:
    content = (FOLDER / "de_launch.xlsx").read_bytes()
    sandbox.sandbox.add_account(ANN, "Ann Owner")
    with client(sandbox) as http:
        params = {"name": "Launch.xlsx", "owner": ANN, "locale": "de_DE"}
        file_id = http.post("/admin/files", params=params, content=content).raise_for_status().json()["file_id"]
        before = http.get(f"/admin/documents/{file_id}").raise_for_status().json()
        assert http.get(f"/drive/v3/files/{file_id}").json()["name"] == "Launch"
        assert read(http, file_id, "Mediaplan!K14", "FORMULA") == [["=SUM(K10:K13)"]]
        assert read(http, file_id, "Mediaplan!G10", "FORMATTED_VALUE") == [["14.250,00 €"]]
        write(http, file_id, "Mediaplan!G10", [[1]], "RAW")
        write(http, file_id, "Mediaplan!G10", [[14250]], "RAW")
        assert http.get(f"/admin/documents/{file_id}").json() == before


def test_a_person_can_look_at_a_sheet_and_edit_it_as_a_colleague(sandbox: SandboxServer) -> None:
    file_id = new_sheet(sandbox, [["<b>Search</b>", 100], ["Total", "=B1*2"]])
    with client(sandbox) as http:
        address = f"/spreadsheets/d/{file_id}/edit"
        shown = http.get(address).raise_for_status().text
        assert "&lt;b&gt;Search" in shown
        assert "This is a sandbox" in shown
        shown = http.post(address, data={"tab": "Sheet1", "cell": "B1", "value": "150"}).raise_for_status().text
        assert ">300<" in shown
        refused = http.post(address, data={"tab": "Sheet1", "cell": "nowhere", "value": "1"})
        assert (refused.status_code, "Unable to parse range" in refused.text) == (400, True)
        assert http.get("/spreadsheets/d/unknown/edit").status_code == 404
