"""Uploads are read, kept by revision, compared and corrected; nobody else's workspace sees them."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from core.access import AccessContext, Role
from core.errors import Forbidden, InvalidInput, NotFound, UnreadableFile
from core.model.reading import Correction
from core.runtime import Runtime
from core.services.activity import list_activity
from core.services.files import (
    FileQuery,
    compare_snapshots,
    content_of,
    decide_plan,
    get_file,
    list_files,
    list_snapshots,
    open_plan,
    store_of,
)
from core.services.readings import correct_reading, forget_corrections, list_corrections
from core.services.uploads import Upload, upload_file
from tests.conftest import SettableClock, make_member
from tests.integration.plans import LINES, media_plan, recipes


def test_an_uploaded_plan_is_read_listed_and_opened_with_its_cells(runtime: Runtime, ctx: AccessContext) -> None:
    content = media_plan()
    info = upload_file(ctx, runtime, Upload("C:\\plans\\Spring plan.xlsx", content))
    assert (info.name, info.source, info.is_plan, info.state) == ("Spring plan.xlsx", "upload", True, "fresh")
    assert (info.currency, info.total_minor, info.line_items) == ("EUR", 89_500_50, 3)
    plan = open_plan(ctx, runtime, info.file_id)
    (table,) = plan.reading.tables
    assert [(item.channel, item.budget_minor, item.budget_cell) for item in table.line_items] == [
        ("TV", 60_000_00, "C4"), ("Search", 17_500_50, "C5"), ("Social", 12_000_00, "C6"),
    ]  # fmt: skip
    assert plan.workbook.tabs[0].value(4, 4) == 40_000 and plan.revision == plan.workbook.revision == info.version
    assert content_of(ctx, runtime, info.file_id) == content and store_of(ctx, runtime, info.file_id).google is None
    assert list_files(ctx, runtime, FileQuery()).files == (info,)
    assert [entry.verb for entry in list_activity(ctx, runtime)] == ["uploaded"]


@pytest.mark.parametrize("twice", [True, False])
def test_the_same_name_again_is_the_next_revision_and_the_same_content_is_none(
    twice: bool, runtime: Runtime, ctx: AccessContext, clock: SettableClock
) -> None:
    content = media_plan()
    first = upload_file(ctx, runtime, Upload("Plan.xlsx", content))
    clock.advance(hours=1)
    second = upload_file(
        ctx, runtime, Upload("plan.xlsx", content if twice else media_plan([*LINES[:2], ("Social", "Reels", 5_000, 9_000)]))
    )
    assert second.file_id == first.file_id
    snapshots = list_snapshots(ctx, runtime, first.file_id)
    if twice:
        assert len(snapshots) == 1
        return
    newest, oldest = snapshots
    assert oldest.differences is None and newest.differences is not None
    moved = [(m.line_item, m.was_minor, m.now_minor) for m in newest.differences.moved if m.field == "budget"]
    assert moved == [("Social · Reels", 12_000_00, 14_000_00)]
    assert newest.differences.now_total_minor == 91_500_50
    back = compare_snapshots(ctx, runtime, first.file_id, was=newest.snapshot_id, now=oldest.snapshot_id)
    assert back.now_total_minor == 89_500_50
    assert open_plan(ctx, runtime, first.file_id, snapshot_id=oldest.snapshot_id).reading.tables[0].total_minor == 89_500_50


@pytest.mark.parametrize(
    ("name", "content", "error", "sentence"),
    [
        ("notes.docx", b"x", InvalidInput, "notes.docx is not a spreadsheet"),
        ("plan.xlsx", b"", InvalidInput, "plan.xlsx is empty"),
        ("plan.xlsx", b"PK not really", UnreadableFile, "plan.xlsx"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name_and_leaves_nothing(
    name: str, content: bytes, error: type[InvalidInput], sentence: str, runtime: Runtime, ctx: AccessContext
) -> None:
    with pytest.raises(error, match=sentence):
        upload_file(ctx, runtime, Upload(name, content))
    assert list_files(ctx, runtime, FileQuery(include_decoys=True)).files == ()


def test_an_upload_that_is_no_plan_is_kept_but_left_out_until_somebody_says_it_is_one(runtime: Runtime, ctx: AccessContext) -> None:
    info = upload_file(ctx, runtime, Upload("recipes.xlsx", recipes()))
    assert not info.is_plan and list_files(ctx, runtime, FileQuery()).files == ()
    assert list_files(ctx, runtime, FileQuery(include_decoys=True, text="RECI")).files == (info,)
    assert decide_plan(ctx, runtime, info.file_id, is_plan=True).is_plan
    assert upload_file(ctx, runtime, Upload("recipes.xlsx", recipes())).is_plan


def test_a_corrected_currency_changes_the_reading_at_once_and_stays(runtime: Runtime, ctx: AccessContext, clock: SettableClock) -> None:
    info = upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan()))
    table = open_plan(ctx, runtime, info.file_id).reading.tables[0]
    correction = Correction("currency", table.range, "SEK", tab=table.tab)
    assert correct_reading(ctx, runtime, info.file_id, correction).reading.tables[0].currency == "SEK"
    assert get_file(ctx, runtime, info.file_id).currency == "SEK"
    clock.advance(hours=1)
    upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan(LINES[:2])))
    assert open_plan(ctx, runtime, info.file_id).reading.tables[0].currency == "SEK"
    assert list_corrections(ctx, runtime, info.file_id) == (correction,)
    other = upload_file(ctx, runtime, Upload("Same layout.xlsx", media_plan()))
    assert other.currency == "SEK"
    assert forget_corrections(ctx, runtime, info.file_id).reading.tables[0].currency == "EUR"


@pytest.mark.parametrize(
    "correction",
    [
        Correction("currency", "A1:B2", "XXQ", tab="Media plan"),
        Correction("currency", "A1:B2", "EUR", tab="No such tab"),
        Correction("header_row", "three", 3, tab="Media plan"),
        Correction("column_role", "7", "budget", tab="Media plan"),
        Correction("answer", "no such question", 1),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_and_changes_nothing(correction: Correction, runtime: Runtime, ctx: AccessContext) -> None:
    info = upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan()))
    before = open_plan(ctx, runtime, info.file_id).reading
    with pytest.raises(InvalidInput):
        correct_reading(ctx, runtime, info.file_id, correction)
    assert open_plan(ctx, runtime, info.file_id).reading == before and list_corrections(ctx, runtime, info.file_id) == ()


def test_a_viewer_reads_but_neither_uploads_nor_corrects(runtime: Runtime, ctx: AccessContext) -> None:
    viewer = make_member(runtime, Role.VIEWER, of=ctx, name="Vic Viewer")
    info = upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan()))
    assert open_plan(viewer, runtime, info.file_id).file == info
    for attempt in (
        lambda: upload_file(viewer, runtime, Upload("Plan.xlsx", media_plan())),
        lambda: correct_reading(viewer, runtime, info.file_id, Correction("currency", "A1", "SEK")),
        lambda: decide_plan(viewer, runtime, info.file_id, is_plan=False),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_from_another_workspace_none_of_it_exists(runtime: Runtime, ctx: AccessContext, other_ctx: AccessContext) -> None:
    content = media_plan()  # made again it could be a second younger
    info = upload_file(ctx, runtime, Upload("Plan.xlsx", content))
    snapshot_id = open_plan(ctx, runtime, info.file_id).snapshot_id
    assert list_files(other_ctx, runtime, FileQuery(include_decoys=True)).files == ()
    correction = Correction("currency", "A1", "SEK")
    for attempt in (
        lambda: get_file(other_ctx, runtime, info.file_id),
        lambda: open_plan(other_ctx, runtime, info.file_id),
        lambda: open_plan(other_ctx, runtime, info.file_id, snapshot_id=snapshot_id),
        lambda: store_of(other_ctx, runtime, info.file_id),
        lambda: content_of(other_ctx, runtime, info.file_id),
        lambda: list_snapshots(other_ctx, runtime, info.file_id),
        lambda: compare_snapshots(other_ctx, runtime, info.file_id, was=snapshot_id, now=snapshot_id),
        lambda: decide_plan(other_ctx, runtime, info.file_id, is_plan=False),
        lambda: correct_reading(other_ctx, runtime, info.file_id, correction),
        lambda: list_corrections(other_ctx, runtime, info.file_id),
        lambda: forget_corrections(other_ctx, runtime, info.file_id),
        lambda: get_file(ctx, runtime, uuid4()),
    ):
        with pytest.raises(NotFound):
            attempt()
    theirs = upload_file(other_ctx, runtime, Upload("Plan.xlsx", content))
    assert theirs.file_id != info.file_id and replace(theirs, file_id=info.file_id, owner=info.owner) == info
