"""Lines that come and go in a CSV or TSV file: the way of writing of the file is kept, and every other byte of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from core.errors import InvalidInput
from core.model.distribution import Distribution
from core.services.targets import RowWrite, patch_file
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from core.sheets.writing.distribution import new_line, plan_tables, to_distribution
from core.sheets.writing.drift import check_drift
from core.sheets.writing.edits import WritePlan, plan_writes
from core.sheets.writing.row_drift import place_rows, restructured

GERMAN = (
    "Kanal;Format;Jan 2026;Feb 2026;Budget EUR\r\n"
    "TV;Spot;40.000,00;20.000,00;60.000,00\r\n"
    '"Radio; FM";Spot;3.000,50;;3.000,50\r\n'
    "Summe;;43.000,50;20.000,00;63.000,50\r\n"
)
WHOLE = "Channel,Format,Jan 2026,Feb 2026,Budget EUR\nTV,Spot,40000,20000,60000\nRadio,Spot,3000,0,3000\nTotal,,43000,20000,63000\n"


def added(table: Distribution, below: str, names: Mapping[str, str], *amounts: int) -> Distribution:
    """Put a new line below another one; its copy where no amounts are given."""
    at = next(number for number, row in enumerate(table.rows, 1) if below in row.label)
    line = new_line(table.rows[at - 1], names, row_id="new-1", is_copy=not amounts)
    cells = tuple(replace(cell, budget_minor=minor) for cell, minor in zip(line.cells, amounts, strict=False)) or line.cells
    return replace(table, rows=(*table.rows[:at], replace(line, cells=cells), *table.rows[at:]))


def without(table: Distribution, label: str) -> Distribution:
    return replace(table, rows=tuple(row for row in table.rows if label not in row.label))


def changed(table: Distribution, label: str, period: int, minor: int) -> Distribution:
    rows = []
    for row in table.rows:
        cells = tuple(replace(cell, budget_minor=minor) if at == period else cell for at, cell in enumerate(row.cells))
        rows.append(replace(row, cells=cells) if label in row.label else row)
    return replace(table, rows=tuple(rows))


def planned(content: bytes, deed: object) -> WritePlan:
    workbook = load_workbook("plan.csv", content)
    tables = plan_tables(read_workbook(workbook))
    return plan_writes(tables, workbook, deed(to_distribution(tables, workbook)))  # type: ignore[operator]


def written(content: bytes, deed: object) -> bytes:
    """Read, change and write a file as a change set does."""
    plan, theirs = planned(content, deed), load_workbook("plan.csv", content)
    assert plan.violations == ()
    drift, placed = check_drift(plan.edits, plan.outlines, theirs), place_rows(plan.rows, plan.outlines, theirs)
    assert drift.conflicts == () and placed.conflicts == ()
    result, failures = restructured(theirs, drift.clean, placed)
    assert failures == ()
    rows = RowWrite(theirs, placed.edits, result, {}, "") if placed.edits else None
    return patch_file("plan.csv", content, theirs, drift.clean, rows)


PODCAST = {"channel": "Podcast", "format": "Audio"}


@pytest.mark.parametrize(
    ("before", "deed", "after"),
    [
        (
            GERMAN.encode("cp1252"),
            lambda table: added(table, "Radio", PODCAST, 1_000_50, 200_00),
            GERMAN.replace("43.000,50;20.000,00;63.000,50", "44.001,00;20.200,00;64.201,00")
            .replace("Summe", '"Podcast";Audio;1.000,50;200,00;1.200,50\r\nSumme')
            .encode("cp1252"),
        ),
        (
            ("\ufeffsep=;\r\n" + GERMAN.rstrip()).encode("utf-16-le"),
            lambda table: without(added(table, "TV", {"channel": "Käse"}, 1_00, 0), "Radio"),
            (
                "\ufeffsep=;\r\n"
                + GERMAN.replace('"Radio; FM";Spot;3.000,50;;3.000,50', "Käse;Spot;1,00;0,00;1,00")
                .replace("43.000,50;20.000,00;63.000,50", "40.001,00;20.000,00;60.001,00")
                .rstrip()
            ).encode("utf-16-le"),
        ),
        (
            WHOLE.replace(",", "\t").replace("Spot", '"Spot ""30""\nlong"').encode(),
            lambda table: added(without(table, "Radio"), "TV", {}),
            (
                b'Channel\tFormat\tJan 2026\tFeb 2026\tBudget EUR\nTV\t"Spot ""30""\nlong"\t40000\t20000\t60000\n'
                b'TV\t"Spot ""30""\nlong"\t40000\t20000\t60000\nTotal\t\t80000\t40000\t120000\n'
            ),
        ),
    ],
    ids=["german", "utf-16 without a last line end", "a copy in quotes"],
)
def test_lines_come_and_go_and_every_other_byte_stays(before: bytes, deed: object, after: bytes) -> None:
    assert written(before, deed) == after


def test_an_amount_in_an_empty_field_is_written_like_its_neighbours() -> None:
    made = written(GERMAN.encode(), lambda table: changed(table, "Radio", 1, 1_234_56)).decode()
    assert '"Radio; FM";Spot;3.000,50;1.234,56;4.235,06\r\n' in made and "43.000,50;21.234,56;64.235,06" in made


def test_cents_among_whole_amounts_are_written_only_where_their_mark_is_known() -> None:
    assert b"Radio,Spot,3000,1234.56,4234.56\n" in written(WHOLE.encode(), lambda table: changed(table, "Radio", 1, 1_234_56))
    parted = WHOLE.replace(",", ";").encode()
    plan = planned(parted, lambda table: changed(table, "Radio", 0, 1_234_56))
    assert "p!C3 holds the text '3000': it is not known how 1,234.56 is written there." in [
        one.replace("plan!", "p!") for one in plan.violations
    ]
    assert b"Radio;Spot;1234;0;1234\n" in written(parted, lambda table: changed(table, "Radio", 0, 1_234_00))


def test_a_name_that_would_be_a_formula_or_that_the_encoding_lacks_is_refused() -> None:
    plan = planned(WHOLE.encode(), lambda table: added(table, "TV", {"channel": "=1+1"}, 1_00, 0))
    assert any("would be a formula" in one for one in plan.violations)
    russian = "Канал;Формат;Янв 2026;Бюджет RUB\r\nТВ;Ролик;40 000,00;40 000,00\r\nРадио;Ролик;3 000,50;3 000,50\r\n".encode("cp1251")
    with pytest.raises(InvalidInput, match="which has no 'ö'"):
        written(russian, lambda table: added(table, "ТВ", {"channel": "Pödcast"}, 1_00))


def test_typed_totals_that_did_not_add_up_are_named_and_left_as_they_are() -> None:
    plan = planned(WHOLE.replace("43000,20000,63000", "43000,20000,99000").encode(), lambda table: changed(table, "Radio", 0, 4_000_00))
    assert {edit.cell for edit in plan.edits} == {"C3", "E3", "C4"}
    assert [note for note in plan.notes if "did not add up" in note] == [
        "Totals of plan are typed and did not add up when they were read; they are left as they are: E4."
    ]


def test_typed_shares_are_named_since_they_do_not_follow() -> None:
    lines = ["Channel,Budget EUR,Share", "TV,60000,0.8", "Radio,15000,0.2", "Total,75000,1"]
    plan = planned("\n".join(lines).encode(), lambda table: changed(table, "Radio", 0, 4_000_00))
    assert any("Share (plan!C) is typed and does not follow" in note for note in plan.notes)
    assert not planned("\n".join(lines).encode(), lambda table: table).notes
