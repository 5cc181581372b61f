"""The Google connector keeps the ports' promises through the real SDKs, and each fault ends in the right error."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from connectors.google import CONNECTOR
from connectors.google.connector import Google
from connectors.google.oauth import NEEDED
from connectors.sandbox.faults import Fault
from connectors.sandbox.sandbox import NewFile
from connectors.sandbox.server import SandboxServer, serve
from connectors.sandbox.wire import CSV, FOLDER, SPREADSHEET
from connectors.spec import SandboxAddress
from core.config import Settings
from core.errors import (
    AppError,
    AuthExpired,
    Conflict,
    NotFound,
    QuotaExceeded,
    ScopeMissing,
    VendorRejected,
    VendorUnavailable,
)
from core.model.workbook import Cell, CellError, Span, Tab, Workbook
from core.ports import CellWrite, GoogleWorkspace
from core.sheets.writing.operations import PutCell, TagRow

ANN = "ann@northwind.example"
REDIRECT = "http://127.0.0.1:8501/oauth/google/callback"


@pytest.fixture
def google(sandbox: SandboxServer) -> Google:
    sandbox.sandbox.add_account(ANN, "Ann Owner")
    built = CONNECTOR.build(Settings.model_construct(), SandboxAddress(sandbox.base_url, sandbox.base_url))
    assert isinstance(built, Google)
    return built


@pytest.fixture
def workspace(google: Google, sandbox: SandboxServer) -> GoogleWorkspace:
    return google.open(sandbox.sandbox.authorize(ANN))


def consent(url: str, *, decision: str = "allow", untick: str | None = None) -> dict[str, str]:
    """Answer the consent page as a browser would; gives the parameters of the redirect."""
    with httpx.Client(trust_env=False) as browser:
        page = browser.get(url)
        assert page.status_code == 200, page.text
        assert "sandbox" in page.text
        action = re.search(r'action="([^"]+)"', page.text)
        assert action is not None
        fields: list[tuple[str, str]] = re.findall(r'type="(?:hidden|checkbox)" name="(\w+)" value="([^"]*)"', page.text)
        form: dict[str, Any] = {"account": ANN, "decision": decision, "granted": [v for k, v in fields if k == "granted" and v != untick]}
        form |= {name: value.replace("&amp;", "&") for name, value in fields if name != "granted"}
        parts = urlsplit(url)
        answer = browser.post(f"{parts.scheme}://{parts.netloc}{action[1]}", data=form)
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


# --- consent -----------------------------------------------------------------------------------------------------------------------


def test_consent_with_pkce_leads_to_a_credential_and_the_account_behind_it(google: Google) -> None:
    request = google.oauth.authorization_request(state="s1", redirect_uri=REDIRECT)
    assert parse_qs(urlsplit(request.url).query)["code_challenge_method"] == ["S256"]
    back = consent(request.url)
    assert back["state"] == "s1"
    credential = google.oauth.exchange(code=back["code"], code_verifier=request.code_verifier, redirect_uri=REDIRECT)
    assert credential.refresh_token is not None
    assert set(NEEDED) <= set(credential.scopes)
    account = google.oauth.identify(credential)
    assert (account.email, account.name) == (ANN, "Ann Owner")
    renewed = google.oauth.refresh(credential)
    assert renewed.access_token != credential.access_token
    assert google.oauth.identify(renewed) == account


def test_a_person_who_declines_comes_back_without_a_code(google: Google) -> None:
    request = google.oauth.authorization_request(state="s1", redirect_uri=REDIRECT)
    assert consent(request.url, decision="deny") == {"error": "access_denied", "state": "s1"}


def test_a_code_is_good_once_and_only_with_its_own_verifier(google: Google) -> None:
    request = google.oauth.authorization_request(state="s1", redirect_uri=REDIRECT)
    code = consent(request.url)["code"]
    with pytest.raises(AuthExpired):
        google.oauth.exchange(code=code, code_verifier="x" * 64, redirect_uri=REDIRECT)
    with pytest.raises(AuthExpired):
        google.oauth.exchange(code=code, code_verifier=request.code_verifier, redirect_uri=REDIRECT)


def test_consent_without_sheets_is_refused_and_withdrawn(google: Google, sandbox: SandboxServer) -> None:
    request = google.oauth.authorization_request(state="s1", redirect_uri=REDIRECT)
    code = consent(request.url, untick="https://www.googleapis.com/auth/spreadsheets")["code"]
    with pytest.raises(ScopeMissing, match="Google Sheets"):
        google.oauth.exchange(code=code, code_verifier=request.code_verifier, redirect_uri=REDIRECT)
    assert sandbox.sandbox.grants.refresh == {}


def test_revoking_ends_the_grant_and_revoking_again_is_fine(google: Google, sandbox: SandboxServer) -> None:
    credential = sandbox.sandbox.authorize(ANN)
    google.oauth.revoke(credential)
    google.oauth.revoke(credential)
    with pytest.raises(AuthExpired):
        google.oauth.refresh(credential)
    with pytest.raises(AuthExpired):
        google.open(credential).files.start_token()


def test_a_consent_page_for_another_machine_is_refused(google: Google) -> None:
    request = google.oauth.authorization_request(state="s1", redirect_uri="https://evil.example/callback")
    answer = httpx.get(request.url, trust_env=False)
    assert answer.status_code == 400
    assert "redirect_uri_mismatch" in answer.text


def test_an_expired_access_token_is_renewed_on_the_way(google: Google, sandbox: SandboxServer) -> None:
    credential = sandbox.sandbox.authorize(ANN)
    assert credential.expires_at is not None
    stale = replace(credential, access_token="ya29.stale", expires_at=credential.expires_at - timedelta(days=1))
    assert google.open(stale).files.start_token() == "1"


# --- Drive -------------------------------------------------------------------------------------------------------------------------


def test_listing_names_every_spreadsheet_with_owner_folder_and_rights(sandbox: SandboxServer, workspace: GoogleWorkspace) -> None:
    lay = sandbox.sandbox.add_file
    folder = lay(NewFile("Plans", FOLDER, ANN))
    lay(NewFile("Plan", SPREADSHEET, ANN, parents=(folder.file_id,)))
    lay(NewFile("rates.csv", CSV, "bo@northwind.example", content=b"a,b\n1,2\n", readers=(ANN,)))
    lay(NewFile("notes.pdf", "application/pdf", ANN, content=b"%PDF"))
    lay(NewFile("hidden", SPREADSHEET, "bo@northwind.example"))
    found = {file.name: file for file in workspace.files.list_spreadsheets()}
    assert set(found) == {"Plan", "rates.csv"}
    assert (found["Plan"].folder, found["Plan"].owner, found["Plan"].can_edit) == ("Plans", ANN, True)
    assert (found["rates.csv"].owner, found["rates.csv"].can_edit, found["rates.csv"].size_bytes) == ("bo@northwind.example", False, 8)
    assert str(found["Plan"].web_url).startswith(sandbox.base_url + "/spreadsheets/d/")
    assert workspace.files.download(found["rates.csv"].file_id) == b"a,b\n1,2\n"


def test_the_change_feed_gives_what_changed_since_the_token(sandbox: SandboxServer, workspace: GoogleWorkspace) -> None:
    lay = sandbox.sandbox.add_file
    changed, gone = lay(NewFile("Plan", SPREADSHEET, ANN)), lay(NewFile("Old", SPREADSHEET, ANN))
    token = workspace.files.start_token()
    sandbox.sandbox.edit({"kind": "set_cell", "file_id": changed.file_id, "tab": "Sheet1", "cell": "A1", "value": "5"})
    sandbox.sandbox.edit({"kind": "delete_file", "file_id": gone.file_id})
    lay(NewFile("notes.pdf", "application/pdf", ANN, content=b"%PDF"))
    page = workspace.files.changes(token)
    assert [(change.file_id, change.file is None) for change in page.changes] == [(changed.file_id, False), (gone.file_id, True)]
    assert workspace.files.changes(page.next_token).changes == ()


def test_new_content_is_uploaded_unless_somebody_was_faster(sandbox: SandboxServer, workspace: GoogleWorkspace) -> None:
    file = sandbox.sandbox.add_file(NewFile("rates.csv", CSV, ANN, content=b"a\n"))
    before = workspace.files.get(file.file_id)
    after = workspace.files.replace_content(file.file_id, b"b\n", expected_version=before.version)
    assert after.version != before.version
    assert workspace.files.download(file.file_id) == b"b\n"
    with pytest.raises(Conflict, match=r"rates\.csv"):
        workspace.files.replace_content(file.file_id, b"c\n", expected_version=before.version)
    assert workspace.files.download(file.file_id) == b"b\n"


# --- Sheets ------------------------------------------------------------------------------------------------------------------------

PLAN = Workbook(
    "Spring",
    "google_sheet",
    (
        Tab(
            "Plan's tab",
            {
                (1, 1): Cell("Channel", bold=True, fill="FFCC00"),
                (1, 2): Cell(date(2026, 3, 1), number_format="mmm yyyy"),
                (2, 1): Cell("Search"),
                (2, 2): Cell(1200.5, number_format='#,##0.00 "€"'),
                (3, 1): Cell("Social"),
                (3, 2): Cell(800),
                (4, 1): Cell("Total", bold=True),
                (4, 2): Cell(2000.5, formula="=SUM(B2:B3)"),
                (5, 2): Cell(CellError("#DIV/0!"), formula="=B2/C9"),
                (6, 1): Cell(True),
            },
            20,
            8,
            merges=(Span(7, 1, 7, 3),),
            hidden_rows=frozenset({6}),
            hidden_columns=frozenset({4}),
        ),
        Tab("Old", {(1, 1): Cell("stale")}, 10, 4, visibility="hidden"),
    ),
    locale="de_DE",
)


def test_a_workbook_survives_the_way_into_sheets_and_back_in_two_calls(sandbox: SandboxServer, workspace: GoogleWorkspace) -> None:
    created = workspace.sheets.create(PLAN)
    assert (created.name, created.mime_type) == ("Spring", SPREADSHEET)
    before = sandbox.sandbox.requests
    read = workspace.sheets.read_workbook(created.file_id)
    assert sandbox.sandbox.requests - before == 2
    assert (read.name, read.locale, read.revision) == ("Spring", "de_DE", created.version)
    plan, original = read.tab("Plan's tab"), PLAN.tab("Plan's tab")
    assert {a: c._replace(text=None) for a, c in plan.cells.items()} == original.cells
    assert plan.cells[2, 2].text == "1.200,50 €"
    assert plan.cells[1, 2].text == "Mar 2026"
    assert (plan.merges, plan.hidden_rows, plan.hidden_columns) == (original.merges, original.hidden_rows, original.hidden_columns)
    assert (plan.n_rows, plan.n_columns, plan.tab_id) == (20, 8, 0)
    assert read.tab("Old").visibility == "hidden"


def test_cells_are_written_raw_and_formulas_and_formats_stay(workspace: GoogleWorkspace) -> None:
    file_id = workspace.sheets.create(PLAN).file_id
    writes = [CellWrite("Plan's tab", "B2", 1500.25), CellWrite("Plan's tab", "B3", None), CellWrite("Old", "A1", "=1+1")]
    workspace.sheets.write_cells(file_id, writes)
    state = workspace.sheets.read_cells(file_id, {"Plan's tab": ["B2", "B3", "B4", "B5", "H20"], "Old": ["A1"]})
    first = state["Plan's tab", "B2"]
    assert (first.value, first.formula, first.number_format) == (1500.25, None, '#,##0.00 "€"')
    assert state["Plan's tab", "B3"].value is None
    assert (state["Plan's tab", "B4"].value, state["Plan's tab", "B4"].formula) == (1500.25, "=SUM(B2:B3)")
    assert (state["Plan's tab", "B5"].value, state["Plan's tab", "B5"].formula) == ("#DIV/0!", "=B2/C9")
    assert state["Plan's tab", "H20"].value is None
    assert (state["Old", "A1"].value, state["Old", "A1"].formula) == ("=1+1", None)


def test_a_date_is_read_as_its_serial_number_where_cells_are_compared(workspace: GoogleWorkspace) -> None:
    file_id = workspace.sheets.create(PLAN).file_id
    assert workspace.sheets.read_cells(file_id, {"Plan's tab": ["B1"]})["Plan's tab", "B1"].value == 46082


def test_row_identities_travel_with_their_rows(sandbox: SandboxServer, workspace: GoogleWorkspace) -> None:
    file_id = workspace.sheets.create(PLAN).file_id
    workspace.sheets.change_rows(file_id, [TagRow(0, 2, "second"), TagRow(0, 3, "third"), PutCell(0, 2, 2, 7)])
    sandbox.sandbox.edit({"kind": "insert_row", "file_id": file_id, "tab": "Plan's tab", "row": 3, "count": 2})
    read = workspace.sheets.read_workbook(file_id).tab("Plan's tab")
    assert read.row_ids == {2: "second", 5: "third"} and read.value(2, 2) == 7
    assert read.cells[6, 2].formula == "=SUM(B2:B5)"


@pytest.mark.parametrize(
    "edit",
    [{"kind": "delete_tab", "tab": "Old"}, {"kind": "rename_tab", "tab": "Old", "title": "New"}, {"kind": "delete_file"}],
    ids=lambda edit: str(edit["kind"]),
)
def test_writing_to_what_is_gone_writes_nothing(edit: dict[str, Any], sandbox: SandboxServer, workspace: GoogleWorkspace) -> None:
    file_id = workspace.sheets.create(PLAN).file_id
    sandbox.sandbox.plan_fault(Fault("edit", path="values:batchUpdate", edit={**edit, "file_id": file_id}))
    with pytest.raises(NotFound):
        workspace.sheets.write_cells(file_id, [CellWrite("Plan's tab", "B2", 1), CellWrite("Old", "A1", 2)])
    if edit["kind"] != "delete_file":
        assert workspace.sheets.read_cells(file_id, {"Plan's tab": ["B2"]})["Plan's tab", "B2"].value == 1200.5


# --- faults ------------------------------------------------------------------------------------------------------------------------

FAULTS: list[tuple[Fault, type[AppError]]] = [
    (Fault("quota", times=9, retry_after=7), QuotaExceeded),
    (Fault("unauthorized", path="/v4|/drive", times=9), AuthExpired),
    (Fault("revoked", path="/v4|/drive", times=1), AuthExpired),
    (Fault("scope_missing", times=9), ScopeMissing),
    (Fault("forbidden", times=9), VendorRejected),
    (Fault("html_500", times=9), VendorUnavailable),
    (Fault("unavailable", times=9, retry_after=3600), VendorUnavailable),
]
CALLS: dict[str, Callable[[GoogleWorkspace, str], object]] = {
    "list": lambda workspace, _: list(workspace.files.list_spreadsheets()),
    "get": lambda workspace, file_id: workspace.files.get(file_id),
    "changes": lambda workspace, _: workspace.files.changes("1"),
    "read": lambda workspace, file_id: workspace.sheets.read_workbook(file_id),
    "cells": lambda workspace, file_id: workspace.sheets.read_cells(file_id, {"Old": ["A1"]}),
    "write": lambda workspace, file_id: workspace.sheets.write_cells(file_id, [CellWrite("Old", "A1", 1)]),
    "tag": lambda workspace, file_id: workspace.sheets.change_rows(file_id, [TagRow(0, 1, "first")]),
    "unmark": lambda workspace, file_id: workspace.sheets.unmark(file_id, "mark"),
    "create": lambda workspace, _: workspace.sheets.create(PLAN),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=[fault.kind for fault, _ in FAULTS])
def test_each_fault_ends_in_its_own_error(
    fault: Fault, error: type[AppError], call: str, sandbox: SandboxServer, workspace: GoogleWorkspace
) -> None:
    file_id = workspace.sheets.create(PLAN).file_id
    sandbox.sandbox.plan_fault(replace(fault))
    with pytest.raises(error) as caught:
        CALLS[call](workspace, file_id)
    assert type(caught.value) is error
    if isinstance(caught.value, QuotaExceeded):
        assert caught.value.retry_after == 7


@pytest.mark.parametrize("call", ["list", "read", "write"])
def test_a_vendor_that_does_not_answer_in_time_is_unavailable(
    call: str, sandbox: SandboxServer, workspace: GoogleWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.google.transport.TIMEOUT_SECONDS", 0.1)
    monkeypatch.setattr("connectors.google.sheets.TIMEOUT_SECONDS", 0.1)
    file = sandbox.sandbox.add_file(NewFile("Plan", SPREADSHEET, ANN))
    sandbox.sandbox.plan_fault(Fault("slow", times=9, seconds=0.5))
    with pytest.raises(VendorUnavailable, match="could not be reached"):
        CALLS[call](workspace, file.file_id)


def test_a_dead_address_is_an_unavailable_vendor_not_an_empty_drive() -> None:
    with serve() as server:
        credential = server.sandbox.authorize(ANN)
        google = CONNECTOR.build(Settings.model_construct(), SandboxAddress(server.base_url, server.base_url))
    with pytest.raises(VendorUnavailable):
        list(google.open(credential).files.list_spreadsheets())
    with pytest.raises(VendorUnavailable):
        google.open(credential).sheets.read_workbook("x" * 44)


def test_in_sandbox_mode_no_other_address_is_called(sandbox: SandboxServer) -> None:
    import requests

    from connectors.google.transport import http, prepared

    address = SandboxAddress(sandbox.base_url, sandbox.base_url)
    with pytest.raises(requests.exceptions.ConnectionError, match="Sandbox mode"):
        prepared(requests.Session(), address).get("https://example.com/")
    import httplib2

    with pytest.raises(httplib2.ServerNotFoundError, match="Sandbox mode"):
        http(address).request("https://example.com/")
