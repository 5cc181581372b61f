"""Uploads are read, kept by revision, compared and corrected; nobody else's workspace sees them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from uuid import UUID, uuid4

import openpyxl
import pytest

from core.access import AccessContext, Role
from core.errors import Forbidden, InvalidInput, NotFound, RuleViolation, UnreadableFile
from core.model.reading import Correction, Reading
from core.runtime import Runtime
from core.services import changes
from core.services.activity import list_activity
from core.services.drafts import SaveDraft, create_draft, open_questions, save_version
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
from core.services.readings import correct_reading, forget_correction, list_corrections, list_settled
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
        ("plan.csv", b";;;\n;;;\n", InvalidInput, "nothing stands in any of its cells"),
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
    layout = open_plan(ctx, runtime, other.file_id).reading
    assert [(one.correction, one.made_for) for one in list_settled(ctx, runtime, other.file_id, layout)] == [(correction, "Plan.xlsx")]
    assert forget_correction(ctx, runtime, other.file_id, correction).reading.tables[0].currency == "EUR"
    assert list_settled(ctx, runtime, other.file_id, layout) == ()
    assert open_plan(ctx, runtime, info.file_id).reading.tables[0].currency == "SEK"
    assert upload_file(ctx, runtime, Upload("Third of it.xlsx", media_plan())).currency == "SEK"
    assert forget_correction(ctx, runtime, info.file_id, correction).reading.tables[0].currency == "EUR"


def test_a_corrected_header_row_serves_the_next_file_of_the_layout_with_what_is_settled_after_it(
    runtime: Runtime, ctx: AccessContext, clock: SettableClock
) -> None:
    info = upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan()))
    table = open_plan(ctx, runtime, info.file_id).reading.tables[0]
    header = table.header_rows[-1]
    correct_reading(ctx, runtime, info.file_id, Correction("header_row", str(header - 2), header - 2, tab=table.tab))
    clock.advance(seconds=5)
    correct_reading(ctx, runtime, info.file_id, Correction("header_row", str(header), header, tab=table.tab))
    correct_reading(ctx, runtime, info.file_id, Correction("currency", table.range, "SEK", tab=table.tab))
    assert upload_file(ctx, runtime, Upload("Next.xlsx", media_plan(LINES[:2]))).currency == "SEK"


def test_of_alternatives_the_one_that_a_person_chooses_counts_until_that_is_forgotten(runtime: Runtime, ctx: AccessContext) -> None:
    info = upload_file(ctx, runtime, Upload("Offers.xlsx", offers()))
    plan = open_plan(ctx, runtime, info.file_id)
    question = plan.reading.questions[0]
    assert [table.tab for table in plan.reading.tables] == ["Option A", "Option B"] and info.total_minor == 3_500_00
    settled = correct_reading(ctx, runtime, info.file_id, Correction("answer", question.key, "alternatives", tab=question.tab)).reading
    assert not settled.questions
    group, second = settled.tables[1].alternative_group or "", settled.tables[1]
    choice = Correction("alternative", group, f"{second.tab}!{second.range}")
    chosen = correct_reading(ctx, runtime, info.file_id, choice)
    assert [table.tab for table in chosen.reading.tables] == ["Option B", "Option A"] and chosen.file.total_minor == 7_000_00
    draft = create_draft(ctx, runtime, info.file_id)
    assert {row.source_tab for row in draft.distribution.rows} == {"Option B"}
    assert upload_file(ctx, runtime, Upload("Other offers.xlsx", offers())).total_minor == 3_500_00
    assert forget_correction(ctx, runtime, info.file_id, choice).file.total_minor == 3_500_00
    with pytest.raises(InvalidInput, match="none of the alternatives"):
        correct_reading(ctx, runtime, info.file_id, Correction("alternative", group, "Option C!A1:D4"))


def test_a_chosen_alternative_that_is_gone_is_named_and_the_first_counts(
    runtime: Runtime, ctx: AccessContext, clock: SettableClock
) -> None:
    info = upload_file(ctx, runtime, Upload("Offers.xlsx", offers()))
    second = open_plan(ctx, runtime, info.file_id).reading.tables[1]
    correct_reading(ctx, runtime, info.file_id, Correction("alternative", second.alternative_group or "", f"{second.tab}!{second.range}"))
    clock.advance(minutes=1)  # or both were taken at the same instant, and neither were the newer
    upload_file(ctx, runtime, Upload("Offers.xlsx", offers(("Option A", "Option C"))))
    reading = open_plan(ctx, runtime, info.file_id).reading
    assert reading.tables[0].tab == "Option A"
    assert [warning.message for warning in reading.warnings if warning.code == "alternative_gone"] == [
        f"Option B!{second.range} was chosen among the alternatives and is not found any more; Option A counts."
    ]


def offers(tabs: tuple[str, ...] = ("Option A", "Option B")) -> bytes:
    """Make a workbook of one plan in versions, each at another multiple of the first one's amounts."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, name in enumerate(tabs, start=1):
        sheet = book.create_sheet(name)
        rows = [["Media plan, EUR"], ["Channel", "Publisher", "Start", "End", "Cost"]]
        rows += [["Search", "Google", date(2026, 1, 1), date(2026, 1, 31), 1000 * number]]
        rows += [["Social", "Meta", date(2026, 2, 1), date(2026, 2, 28), 2500 * number], ["Total", None, None, None, 3500 * number]]
        for row in rows:
            sheet.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


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
        lambda: forget_correction(other_ctx, runtime, info.file_id, correction),
        lambda: list_settled(other_ctx, runtime, info.file_id, Reading("any.xlsx", True, 1.0)),
        lambda: get_file(ctx, runtime, uuid4()),
    ):
        with pytest.raises(NotFound):
            attempt()
    theirs = upload_file(other_ctx, runtime, Upload("Plan.xlsx", content))
    assert theirs.file_id != info.file_id and replace(theirs, file_id=info.file_id, owner=info.owner) == info


def test_the_column_named_last_is_the_budget_and_other_corrections_leave_an_answer_about_it_alone(
    runtime: Runtime, ctx: AccessContext, clock: SettableClock
) -> None:
    info = upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan()))
    table = open_plan(ctx, runtime, info.file_id).reading.tables[0]
    totals = {}
    for column in ("D", "C"):
        clock.advance(seconds=5)
        plan = correct_reading(ctx, runtime, info.file_id, Correction("column_role", column, "budget", tab=table.tab))
        totals[column] = plan.reading.tables[0].line_items[0].budget_cell
    assert totals == {"D": "D4", "C": "C4"}
    assert [one.target for one in list_corrections(ctx, runtime, info.file_id)] == ["C"]


def _csv(*lines: str, columns: str = "Channel;Start;End;Cost") -> bytes:
    return "\r\n".join([columns, *lines, ""]).encode()


def _settle(ctx: AccessContext, runtime: Runtime, file_id: UUID, **values: object) -> None:
    for kind, value in values.items():
        while asked := [q for q in open_plan(ctx, runtime, file_id).reading.questions if q.kind == kind]:
            correct_reading(ctx, runtime, file_id, Correction("answer", asked[0].key, value, tab=asked[0].tab))


def test_what_was_answered_for_one_month_serves_the_next_ones_file(runtime: Runtime, ctx: AccessContext) -> None:
    first = upload_file(ctx, runtime, Upload("Asks.csv", _csv("Meta;01/03/2027;05/03/2027;1.000", "TV;02/04/2027;07/04/2027;2.500")))
    assert first.questions == 4 and first.total_minor is None
    _settle(ctx, runtime, first.file_id, ambiguous_number=1000.0, currency="EUR", ambiguous_date="dmy")
    assert {one.value for one in list_corrections(ctx, runtime, first.file_id)} == {",", "EUR", "dmy"}
    assert get_file(ctx, runtime, first.file_id).total_minor == 3_500_00
    settled = upload_file(ctx, runtime, Upload("Asks next.csv", _csv("Meta;01/05/2027;05/05/2027;3.000", "TV;02/06/2027;07/06/2027;4.500")))
    assert (settled.questions, settled.total_minor) == (0, 7_500_00)
    again = upload_file(ctx, runtime, Upload("Asks.csv", _csv("Meta;01/03/2027;05/03/2027;1.100", "TV;02/04/2027;07/04/2027;2.500")))
    assert (again.file_id, again.questions, again.total_minor) == (first.file_id, 0, 3_600_00)


def test_an_answer_about_a_column_is_asked_again_once_the_columns_are_others(runtime: Runtime, ctx: AccessContext) -> None:
    heads = "Channel;Start;Budget 2025 EUR;Budget 2026 EUR"
    info = upload_file(ctx, runtime, Upload("Two.csv", _csv("Meta;May;100;300", "TV;June;200;500", columns=heads)))
    _settle(ctx, runtime, info.file_id, which_budget="D")
    assert get_file(ctx, runtime, info.file_id).total_minor == 800_00
    moved = _csv("Meta;May;Reels;100;300", "TV;June;Spot;200;500", columns=heads.replace("Start", "Start;Format"))
    assert "which_budget" in [
        q.kind for q in open_plan(ctx, runtime, upload_file(ctx, runtime, Upload("Two.csv", moved)).file_id).reading.questions
    ]


def test_another_plan_under_a_name_that_is_taken_is_a_file_of_its_own(runtime: Runtime, ctx: AccessContext) -> None:
    first = upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan()))
    theirs = _csv("Radio;01.05.2027;31.05.2027;900", "Kino;01.06.2027;30.06.2027;400", columns="Kanal;Beginn;Ende;Kosten EUR")
    other = upload_file(ctx, runtime, Upload("plan.xlsx", theirs))
    assert other.file_id != first.file_id and other.name == "plan (2).xlsx"
    assert upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan())).file_id == first.file_id
    assert upload_file(ctx, runtime, Upload("plan.xlsx", theirs)).file_id == other.file_id


def test_nothing_is_proposed_while_a_question_about_the_money_is_open(runtime: Runtime, ctx: AccessContext) -> None:
    heads = "Channel;Start;Budget 2025 EUR;Budget 2026 EUR"
    info = upload_file(ctx, runtime, Upload("Two.csv", _csv("Meta;May;100;300", "TV;June;200;500", columns=heads)))
    draft = create_draft(ctx, runtime, info.file_id)
    assert [question.kind for question in open_questions(ctx, runtime, draft.draft_id)] == ["which_budget"]
    row = draft.distribution.rows[0]
    cells = tuple(replace(cell, budget_minor=150_00) if cell.source_cell is not None else cell for cell in row.cells)
    edited = replace(draft.distribution, rows=(replace(row, cells=cells), *draft.distribution.rows[1:]))
    save_version(ctx, runtime, SaveDraft(draft.draft_id, draft.version, edited))
    with pytest.raises(RuleViolation) as refused:
        changes.propose(ctx, runtime, draft.draft_id)
    assert any("which budget" in sentence and "Answer it on the plan's page" in sentence for sentence in refused.value.violations)
    _settle(ctx, runtime, info.file_id, which_budget="D")
    assert open_questions(ctx, runtime, draft.draft_id) == ()
    with pytest.raises(RuleViolation):
        changes.propose(ctx, runtime, draft.draft_id)  # its line items stood in the other column
    fresh = create_draft(ctx, runtime, info.file_id)
    assert fresh.distribution.total_minor == 800_00


def test_a_plan_whose_amounts_wait_for_an_answer_is_refused_in_a_sentence(runtime: Runtime, ctx: AccessContext) -> None:
    info = upload_file(ctx, runtime, Upload("Asks.csv", _csv("Meta;1.000", "TV;2.500", columns="Channel;Cost EUR")))
    with pytest.raises(InvalidInput, match="a question about them is open"):
        create_draft(ctx, runtime, info.file_id)
