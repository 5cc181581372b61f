"""Connections, media plans and a plan's page, per state and role."""

from __future__ import annotations

from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from connectors.sandbox.faults import Fault
from connectors.sandbox.sandbox import Sandbox
from core.access import AccessContext, Role
from core.model.reading import Correction
from core.runtime import Runtime
from core.services.connections import disconnect, list_connections, mark_revoked
from core.services.consent import ConsentAnswer, answer_consent, start_consent
from core.services.drafts import list_drafts
from core.services.files import FileInfo, FileQuery, get_file, list_files, open_plan
from core.services.readings import correct_reading, list_corrections
from core.services.sync import Failure, discover_files, due_files, finish_round, note_failure, refresh_now, running_sync, sync_file
from core.services.uploads import Upload, upload_file
from core.workflows.engine import Engine
from tests.conftest import SettableClock, make_member, wait_for_job
from tests.integration.conftest import drive, lay_file  # noqa: F401 - a fixture
from tests.integration.plans import LINES, media_plan
from tests.integration.test_consent import SESSION
from tests.integration.test_settled import stacked
from tests.integration.test_sync import connect
from tests.integration.test_uploads import offers
from tests.ui.conftest import OpenAs, texts


@pytest.fixture
def connection_id(runtime: Runtime, ctx: AccessContext, drive: Sandbox) -> UUID:  # noqa: F811
    """A connected account whose files are all read."""
    connection_id = connect(ctx, runtime, drive)
    discover_files(ctx, runtime, connection_id)
    for file_id in due_files(ctx, runtime, connection_id):
        sync_file(ctx, runtime, file_id)
    finish_round(ctx, runtime, connection_id, None)
    return connection_id


@pytest.fixture
def plan(runtime: Runtime, ctx: AccessContext, connection_id: UUID) -> FileInfo:
    return list_files(ctx, runtime, FileQuery()).files[0]


# --- connections -------------------------------------------------------------------------------------------------------------------


def test_without_an_account_connections_says_what_connecting_does_and_offers_it(open_as: OpenAs, ctx: AccessContext) -> None:
    test = open_as(ctx, "connections")
    assert "No account is connected yet" in texts(test)
    assert any("/oauth/google/start" in element.proto.body and 'target="_self"' in element.proto.body for element in test.get("html"))


def test_a_viewer_sees_connections_and_cannot_change_them(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, connection_id: UUID
) -> None:
    test = open_as(make_member(runtime, Role.VIEWER, of=ctx, name="Vic Viewer"), "connections")
    assert "Paula Planner" in texts(test) and "a planner, admin or owner connects accounts" in texts(test)
    assert not test.get("html") and not [button for button in test.button if "disconnect" in button.label]


def test_a_connected_account_shows_what_it_may_how_fresh_it_is_and_how_many_plans(
    open_as: OpenAs, ctx: AccessContext, connection_id: UUID
) -> None:
    written = texts(open_as(ctx, "connections"))
    assert "**1 media plan** among 2 spreadsheets" in written and "Last synced **just now**" in written
    assert "write the cells you approve" in written


def test_disconnecting_asks_once_more_and_says_what_it_did(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, connection_id: UUID
) -> None:
    test = open_as(ctx, "connections")
    test.button(key=f"disconnect_{connection_id}").click().run()
    assert list_connections(ctx, runtime) == ()
    assert "its access is revoked and its tokens are deleted" in texts(test)


def test_a_revoked_account_says_so_and_offers_to_connect_again(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, connection_id: UUID
) -> None:
    mark_revoked(ctx, runtime, connection_id, "Google no longer accepts this connection. Connect Google again under Connections.")
    test = open_as(ctx, "connections")
    assert "Connect Google again" in test.warning[0].value
    assert any("Connect again" in element.proto.body for element in test.get("html"))


def test_a_declined_consent_says_what_to_do(open_as: OpenAs, runtime: Runtime, ctx: AccessContext, drive: Sandbox, engine: Engine) -> None:  # noqa: F811
    consent = start_consent(ctx, runtime, session_id=SESSION)
    state = dict(part.split("=") for part in consent.url.partition("?")[2].split("&"))["state"]
    answer_consent(ctx, runtime, ConsentAnswer(state, SESSION, error="access_denied"))
    wait_for_job(runtime, ctx, consent.job_id)
    test = open_as(ctx, "connections", job=consent.job_id)
    assert "choose Allow" in test.error[0].value


def test_a_waiting_consent_shows_progress(open_as: OpenAs, runtime: Runtime, ctx: AccessContext) -> None:
    job_id = start_consent(ctx, runtime, session_id=SESSION).job_id
    progress = open_as(ctx, "connections", job=job_id).get("progress")
    assert "Connecting Google" in progress[0].proto.text


# --- media plans -------------------------------------------------------------------------------------------------------------------


def test_without_files_the_page_says_how_to_get_some(open_as: OpenAs, ctx: AccessContext) -> None:
    assert "No media plans yet" in texts(open_as(ctx, "files"))


def test_plans_are_listed_with_reasons_and_total_and_decoys_only_when_asked_for(
    open_as: OpenAs, ctx: AccessContext, connection_id: UUID
) -> None:
    test = open_as(ctx, "files")
    table = test.dataframe[0].value
    assert list(table["Name"]) == ["Media plan spring"] and list(table["Total"]) == ["€89,500.50"] and table["Why"][0]
    assert "1 other spreadsheet left out" in texts(test)
    test.toggle(key="files_decoys").set_value(True).run()
    assert list(test.dataframe[0].value["Name"]) == ["Media plan spring", "Recipes.xlsx"]


def test_a_decoy_is_found_by_searching_for_it_and_a_miss_says_so(open_as: OpenAs, ctx: AccessContext, connection_id: UUID) -> None:
    test = open_as(ctx, "files")
    test.text_input(key="files_text").set_value("recipe").run()
    assert list(test.dataframe[0].value["Name"]) == ["Recipes.xlsx"]
    test.text_input(key="files_text").set_value("no such file").run()
    assert "Nothing matches" in texts(test)


def test_a_failed_file_and_a_late_sync_look_different_from_an_empty_list(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, plan: FileInfo, clock: SettableClock
) -> None:
    note_failure(ctx, runtime, plan.file_id, Failure("vendor_unavailable", "Google answered with an error of its own."))
    clock.advance(hours=2)
    test = open_as(ctx, "files")
    assert list(test.dataframe[0].value["State"]) == ["Stale"]
    assert "The last good sync was 2 hours ago" in test.warning[0].value
    assert "Google answered with an error of its own" in texts(test) and "is kept" in texts(test)


def test_an_account_that_could_not_be_synced_is_named_above_the_list(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, connection_id: UUID, clock: SettableClock
) -> None:
    clock.advance(minutes=3)
    finish_round(ctx, runtime, connection_id, Failure("vendor_unavailable", "Google answered with an error of its own (503)."))
    test = open_as(ctx, "files")
    assert "failed: Google answered with an error of its own (503)" in test.warning[0].value and "3 minutes ago" in test.warning[0].value
    finish_round(ctx, runtime, connection_id, None)
    assert not open_as(ctx, "files").warning


def test_refreshing_starts_a_job_and_shows_it(open_as: OpenAs, ctx: AccessContext, connection_id: UUID) -> None:
    test = open_as(ctx, "files")
    test.button(key="files_refresh").click().run()
    assert "Syncing" in test.get("progress")[0].proto.text


def test_a_reload_while_a_refresh_is_under_way_shows_its_progress_on_every_page_that_waits_for_it(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext, plan: FileInfo
) -> None:
    everything = refresh_now(ctx, runtime)  # no worker runs here: it waits in the queue for as long as the test looks
    for page in ("files", "connections"):
        test = open_as(ctx, page)
        assert test.session_state["sync_job"] == everything and test.get("progress")
    assert not open_as(ctx, "plan", file=str(plan.file_id)).get("progress")
    assert running_sync(other_ctx, runtime) is None and not open_as(other_ctx, "files").get("progress")
    runtime.jobs.cancel(ctx, everything)
    one_file = refresh_now(ctx, runtime, file_id=plan.file_id)
    assert not open_as(ctx, "files").get("progress")
    test = open_as(ctx, "plan", file=str(plan.file_id))
    assert test.session_state["sync_job"] == one_file and "Reading it again" in test.get("progress")[0].proto.text


def test_what_ends_a_refresh_early_is_said(
    open_as: OpenAs,
    runtime: Runtime,
    ctx: AccessContext,
    connection_id: UUID,
    drive: Sandbox,  # noqa: F811
    engine: Engine,
) -> None:
    drive.plan_fault(Fault("revoked", path="changes"))
    test = open_as(ctx, "files")
    test.button(key="files_refresh").click().run()
    wait_for_job(runtime, ctx, test.session_state["sync_job"])
    test.run().run()
    assert "Google no longer accepts this connection" in texts(test) and not test.get("progress")


def test_a_viewer_can_neither_refresh_nor_upload(open_as: OpenAs, runtime: Runtime, ctx: AccessContext, connection_id: UUID) -> None:
    test = open_as(make_member(runtime, Role.VIEWER, of=ctx, name="Vic Viewer"), "files")
    assert test.button(key="files_refresh").disabled and not test.exception


# --- one plan ----------------------------------------------------------------------------------------------------------------------


def test_without_a_plan_in_the_address_the_page_leads_to_the_list(open_as: OpenAs, ctx: AccessContext) -> None:
    assert "No plan is open" in texts(open_as(ctx, "plan"))


@pytest.mark.parametrize("address", ["not a number", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"])
def test_an_address_of_no_plan_of_this_workspace_says_so(address: str, open_as: OpenAs, ctx: AccessContext) -> None:
    test = open_as(ctx, "plan", file=address)
    assert not test.exception and "does not exist in this workspace" in str(test.error[0].proto)


def test_a_plan_shows_its_figures_line_items_totals_and_what_was_left_out(open_as: OpenAs, ctx: AccessContext, plan: FileInfo) -> None:
    test = open_as(ctx, "plan", file=str(plan.file_id))
    assert {metric.label: metric.value for metric in test.metric} == {
        "Budget": "€89,500.50", "Line items": "3", "Runs": "Jan – Feb 2026", "Totals that add up": "3 of 3", "Open questions": "0",
    }  # fmt: skip
    items, totals = test.dataframe[0].value, test.dataframe[1].value
    assert list(items["Cell"]) == ["C4", "C5", "C6"] and list(items["Budget"])[1] == "€17,500.50"
    assert set(totals[""]) == {"✓"}
    assert "first reading" in texts(test)


def test_a_line_item_that_is_a_formula_is_none_in_the_table_that_people_download(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext
) -> None:
    lines = b'Channel;Publisher;Budget EUR\n"=HYPERLINK(""http://evil"";""x"")";Meta;1000\n+Social;Tik;500\n'
    info = upload_file(ctx, runtime, Upload("Inject.csv", lines))
    items = open_as(ctx, "plan", file=str(info.file_id)).dataframe[0].value
    told = [text for row in items.astype(str).values.tolist() for text in row if "HYPERLINK" in text or "Social" in text]
    assert told and all(text.startswith(("'=HYPERLINK", "+Social")) for text in told)


def test_choosing_a_line_item_brings_its_cell_into_the_formula_bar(open_as: OpenAs, ctx: AccessContext, plan: FileInfo) -> None:
    test = open_as(ctx, "plan", file=str(plan.file_id))
    test.session_state[f"plan_cell:{plan.file_id}"] = "C5"
    assert "Budget of Search" in texts(test.run())


def test_a_line_item_is_left_out_and_counted_again_by_one_choice_at_its_cell(open_as: OpenAs, ctx: AccessContext, plan: FileInfo) -> None:
    test = open_as(ctx, "plan", file=str(plan.file_id))
    before = test.metric[0].value
    test.session_state[f"plan_cell:{plan.file_id}"] = "C5"
    next(button for button in test.run().button if button.label == "Leave this line item out").click().run()
    assert test.metric[0].value != before and "Row 5 of Media plan is no line item" in texts(test)
    next(button for button in test.button if button.label == "Count this row as a line item").click().run()
    assert test.metric[0].value == before and not test.exception


def test_a_corrected_currency_changes_the_page_at_once_and_can_be_forgotten(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, plan: FileInfo
) -> None:
    test = open_as(ctx, "plan", file=str(plan.file_id))
    next(box for box in test.selectbox if box.label == "Currency").set_value("SEK").run()
    assert test.metric[0].value.endswith("89,500.50") and "SEK" in test.metric[0].value
    assert [c.value for c in list_corrections(ctx, runtime, plan.file_id)] == ["SEK"]
    assert "Currency of Media plan\\: SEK" in texts(test)
    next(button for button in test.button if button.label == "Forget").click().run()
    assert test.metric[0].value == "€89,500.50"


def test_what_changed_since_the_last_reading_is_told_in_money(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, clock: SettableClock
) -> None:
    info = upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan()))
    clock.advance(hours=1)
    upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan([*LINES[:2], ("Social", "Reels", 5_000, 9_000)])))
    test = open_as(ctx, "plan", file=str(info.file_id))
    assert {"Was": "€89,500.50", "Is": "€91,500.50", "Moved": "+€2,000.00"}.items() <= {m.label: m.value for m in test.metric}.items()


def test_a_file_that_is_no_plan_is_read_when_somebody_says_it_is_one(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, connection_id: UUID
) -> None:
    recipes = list_files(ctx, runtime, FileQuery(include_decoys=True, text="recipes")).files[0]
    test = open_as(ctx, "plan", file=str(recipes.file_id))
    assert "does not look like a media plan" in texts(test)
    test.button(key="plan_decide").click().run()
    assert get_file(ctx, runtime, recipes.file_id).is_plan
    assert "sync_job" in test.session_state, "and it is being read"


def test_a_plan_whose_account_is_gone_shows_its_last_reading_and_says_so(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, plan: FileInfo, connection_id: UUID
) -> None:
    disconnect(ctx, runtime, connection_id)
    test = open_as(ctx, "plan", file=str(plan.file_id))
    assert "disconnected: this is how it was last read" in test.warning[0].value
    assert test.metric[0].value == "€89,500.50" and test.button(key="plan_refresh").disabled


def test_a_file_that_failed_shows_why_instead_of_an_empty_sheet(
    open_as: OpenAs,
    runtime: Runtime,
    ctx: AccessContext,
    drive: Sandbox,  # noqa: F811
    connection_id: UUID,
) -> None:
    lay_file(drive, "Broken media plan.xlsx", b"PK no")
    discover_files(ctx, runtime, connection_id)
    broken = list_files(ctx, runtime, FileQuery(text="broken")).files[0]
    note_failure(ctx, runtime, broken.file_id, Failure("unreadable_file", "Broken media plan.xlsx is damaged. Export it again."))
    test = open_as(ctx, "plan", file=str(broken.file_id))
    assert "Export it again" in test.error[0].value and test.button(key="plan_draft").disabled


def test_a_viewer_reads_a_plan_and_settles_nothing(open_as: OpenAs, runtime: Runtime, ctx: AccessContext, plan: FileInfo) -> None:
    test = open_as(make_member(runtime, Role.VIEWER, of=ctx, name="Vic Viewer"), "plan", file=str(plan.file_id))
    assert test.button(key="plan_draft").disabled and all(box.disabled for box in test.selectbox)
    assert open_plan(ctx, runtime, plan.file_id).reading.tables and not list_drafts(ctx, runtime)


def test_a_plan_leads_to_the_assistant_for_those_who_may_ask_it(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext, plan: FileInfo
) -> None:
    def ways(of: AccessContext) -> list[tuple[str, str]]:
        links = [link.proto for link in open_as(of, "plan", file=str(plan.file_id)).get("page_link")]
        return [(link.page, link.query_string) for link in links if link.label == "Ask the assistant"]

    assert ways(ctx) == [("assistant", f"file={plan.file_id}")]
    assert ways(make_member(runtime, Role.VIEWER, of=ctx, name="Vic Viewer")) == []


def test_the_alternative_that_counts_is_one_choice_and_each_role_can_be_told_from_the_others(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext
) -> None:
    info = upload_file(ctx, runtime, Upload("Offers.xlsx", offers()))
    test = open_as(ctx, "plan", file=str(info.file_id))
    assert all(len(set(box.options)) == len(box.options) for box in test.selectbox)
    next(button for button in test.button if button.label.startswith("alternatives")).click().run()
    assert not test.exception and not test.error and test.metric[4].value == "0"
    choice = next(group for group in test.segmented_control if group.label.startswith("Alternatives"))
    choice.set_value(f"Option B!{_range_of(test)}")
    assert test.run().metric[0].value == "€7,000.00"
    assert "Of the alternatives, Option B" in texts(test)


def test_one_of_two_tables_side_by_side_is_left_out_and_comes_back_when_that_is_forgotten(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext
) -> None:
    lines = ["Channel;Budget EUR;;Channel;Budget EUR", "Search;12000;;TV;40000", "Social;8000;;Radio;9000", "Total;20000;;Total;49000"]
    lines += ["", "", "Channel;Budget EUR", "Print;700", "Posters;300", "Total;1000"]
    info = upload_file(ctx, runtime, Upload("Sides.csv", "\n".join(lines).encode()))
    test = open_as(ctx, "plan", file=str(info.file_id))
    assert test.metric[0].value == "€70,000.00"
    whole = next(box for box in test.selectbox if box.label == "Table")
    next(button for button in test.button if button.label.startswith("Leave")).click().run()
    assert test.metric[0].value == "€50,000.00" and "that begins in A1" in texts(test)
    left = next(box for box in test.selectbox if box.label == "Table")
    assert len(left.options) == len(whole.options) - 1 and left.key != whole.key  # a box of its own: the browser would keep the old words
    next(button for button in test.button if button.label.startswith("Leave")).click().run()
    assert test.metric[0].value == "€1,000.00"
    assert not [button for button in test.button if button.label.startswith("Leave")]  # the last table stays
    for _ in range(2):
        next(button for button in test.button if button.label == "Forget").click().run()
    assert test.metric[0].value == "€70,000.00" and list_corrections(ctx, runtime, info.file_id) == ()


def _range_of(test: AppTest) -> str:
    """Give the range of the tables, which is the same on each tab, from the choice among them."""
    table = next(box for box in test.selectbox if box.label == "Table")
    return str(table.options[0]).removeprefix("Option A ").partition(" ")[0]


def test_what_was_settled_for_another_clients_plan_is_offered_and_used_by_one_click(
    open_as: OpenAs, runtime: Runtime, ctx: AccessContext
) -> None:
    theirs = upload_file(ctx, runtime, Upload("Acme.xlsx", stacked(0, client="Acme Foods")))
    correct_reading(ctx, runtime, theirs.file_id, Correction("ignore_table", "A8", True, tab="Media plan"))
    correct_reading(ctx, runtime, theirs.file_id, Correction("currency", "A3:C6", "SEK", tab="Media plan"))
    info = upload_file(ctx, runtime, Upload("Beta.xlsx", stacked(3, client="Beta Drinks")))
    test = open_as(ctx, "plan", file=str(info.file_id))
    assert test.metric[0].value == "€480.00" and "of Acme Foods, same layout; not used here" in texts(test)
    next(button for button in test.button if button.label == "Use it here" and (button.key or "").endswith("A8")).click().run()
    assert not test.exception and test.metric[0].value == "€330.00"
    next(button for button in test.button if button.label == "Dismiss").click().run()
    assert test.metric[0].value == "€330.00" and "not used here" not in texts(test)
