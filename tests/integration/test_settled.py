"""What was settled about a reading follows its rows through revisions, and is only offered to the files of another client."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from core.access import AccessContext
from core.errors import InvalidInput
from core.model.reading import Correction
from core.runtime import Runtime
from core.services.files import FileInfo, open_plan
from core.services.readings import correct_reading, forget_correction, list_corrections, list_settled, take_over
from core.services.uploads import Upload, upload_file
from tests.conftest import SettableClock
from tests.integration.plans import media_plan, saved

SUMMARY = [["Medium", "Station", "Cost EUR"], ["Radio", "NRJ", 70], ["TV", "RTL", 80], ["Total", None, 150]]


def stacked(above: int, *, client: str | None = None) -> bytes:
    """Make a plan of two tables below each other with so many more lines in the first one."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Media plan"
    lines = [["Search", "Google", 100], ["Social", "Meta", 200], *([f"Radio {n}", "NRJ", 10] for n in range(above))]
    rows = [["Client", client]] if client else [["Media plan"]]
    rows += [[], ["Channel", "Publisher", "Budget EUR"], *lines, ["Total", None, 300 + 10 * above], [], *SUMMARY]
    for row in rows:
        sheet.append(row)
    return saved(book)


def ranges(ctx: AccessContext, runtime: Runtime, info: FileInfo) -> list[str]:
    return [table.range for table in open_plan(ctx, runtime, info.file_id).reading.tables]


def test_a_table_that_was_left_out_stays_so_in_the_next_revision_and_the_next_file_however_many_rows_come_above_it(
    runtime: Runtime, ctx: AccessContext, clock: SettableClock
) -> None:
    info = upload_file(ctx, runtime, Upload("Plan.xlsx", stacked(0)))
    assert ranges(ctx, runtime, info) == ["A3:C6", "A8:C11"]
    correct_reading(ctx, runtime, info.file_id, Correction("ignore_table", "A8", True, tab="Media plan"))
    clock.advance(hours=1)
    upload_file(ctx, runtime, Upload("Plan.xlsx", stacked(5)))
    assert ranges(ctx, runtime, info) == ["A3:C11"]
    assert ranges(ctx, runtime, upload_file(ctx, runtime, Upload("Next month.xlsx", stacked(2)))) == ["A3:C8"]
    (kept,) = list_corrections(ctx, runtime, info.file_id)
    assert kept.target == "A13" and kept.row_texts == ("Medium", "Station", "Cost EUR")
    back = forget_correction(ctx, runtime, info.file_id, kept)
    assert [table.range for table in back.reading.tables] == ["A3:C11", "A13:C16"]


def test_a_correction_whose_row_is_gone_is_named_and_applied_to_no_other(
    runtime: Runtime, ctx: AccessContext, clock: SettableClock
) -> None:
    info = upload_file(ctx, runtime, Upload("Plan.xlsx", stacked(0)))
    correct_reading(ctx, runtime, info.file_id, Correction("ignore_table", "A8", True, tab="Media plan"))
    book = load_workbook(BytesIO(stacked(0)))
    book.active["A8"], book.active["B8"] = "Channel", "Publisher"
    clock.advance(hours=1)
    upload_file(ctx, runtime, Upload("Plan.xlsx", saved(book)))
    reading = open_plan(ctx, runtime, info.file_id).reading
    assert len(reading.tables) == 2
    (told,) = [warning.message for warning in reading.warnings if warning.code == "correction_unfit"]
    assert "Medium · Station · Cost EUR" in told


def test_an_empty_row_is_no_header(runtime: Runtime, ctx: AccessContext) -> None:
    info = upload_file(ctx, runtime, Upload("Plan.xlsx", media_plan()))
    with pytest.raises(InvalidInput, match="Row 2 is empty"):
        correct_reading(ctx, runtime, info.file_id, Correction("header_row", "2", 2, tab="Media plan"))


def test_what_was_settled_for_one_client_is_offered_for_anothers_plan_and_counts_once_it_is_taken_over(
    runtime: Runtime, ctx: AccessContext, clock: SettableClock
) -> None:
    first = upload_file(ctx, runtime, Upload("Acme.xlsx", stacked(0, client="Acme Foods")))
    settled = Correction("ignore_table", "A8", True, tab="Media plan")
    correct_reading(ctx, runtime, first.file_id, settled)
    clock.advance(minutes=1)
    correct_reading(ctx, runtime, first.file_id, Correction("currency", "A3:C6", "SEK", tab="Media plan"))
    assert upload_file(ctx, runtime, Upload("Acme May.xlsx", stacked(1, client="ACME Foods GmbH"))).currency == "SEK"
    other = upload_file(ctx, runtime, Upload("Beta.xlsx", stacked(3, client="Beta Drinks")))
    assert other.currency == "EUR" and ranges(ctx, runtime, other) == ["A3:C9", "A11:C14"]
    reading = open_plan(ctx, runtime, other.file_id).reading
    offered = list_settled(ctx, runtime, other.file_id, reading)
    assert [(one.correction.kind, one.made_for, one.client) for one in offered] == [
        ("ignore_table", "Acme.xlsx", "Acme Foods"), ("currency", "Acme.xlsx", "Acme Foods"),
    ]  # fmt: skip
    taken = take_over(ctx, runtime, other.file_id, offered[0].correction)
    assert [(table.range, table.currency) for table in taken.reading.tables] == [("A3:C9", "EUR")]
    assert list_corrections(ctx, runtime, other.file_id)[0].target == "A11"
    forget_correction(ctx, runtime, other.file_id, offered[1].correction)
    assert [one.correction.kind for one in list_settled(ctx, runtime, other.file_id, taken.reading)] == ["ignore_table"]
    with pytest.raises(InvalidInput, match="not offered any more"):
        take_over(ctx, runtime, other.file_id, offered[1].correction)
