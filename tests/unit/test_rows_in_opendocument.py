"""Rows that come and go inside an OpenDocument file: everything that names rows moves along, or the file is refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest

from core.errors import InvalidInput
from core.model.distribution import Distribution
from core.services.targets import RowWrite, patch_file
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from core.sheets.writing.distribution import plan_tables, to_distribution
from core.sheets.writing.drift import check_drift
from core.sheets.writing.edits import plan_writes
from core.sheets.writing.ods_rows import open_formula
from core.sheets.writing.row_drift import place_rows, restructured
from tests.unit.test_rows_in_text import added, changed, without

URN = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = " ".join(
    [f'xmlns:{one}="{URN}{one}:1.0"' for one in ("office", "table", "text", "chart", "style")]
    + [f'xmlns:draw="{URN}drawing:1.0"', 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"']
)
LINES = (("Search Co", 100, 50), ("Video Co", 70, 30), ("Social Co", 20, 10), ("TV One", 400, 300))
REST = '<table:table-cell table:number-columns-repeated="1019"/></table:table-row>'


def text(value: str, more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string"{more}><text:p>{value}</text:p></table:table-cell>'
        if value
        else "<table:table-cell/>"
    )


def money(value: float, formula: str = "", inside: str = "") -> str:
    named = f' table:formula="{formula}"' if formula else ""
    kind = 'office:value-type="currency" office:currency="EUR"'
    return f'<table:table-cell{named} {kind} office:value="{value}">{inside}<text:p>{value:,.2f} €</text:p></table:table-cell>'


def plan(*, rules: str = "", row_of_video: str = "") -> bytes:
    """Give a plan with a merged label, a note, names, a filter, a print area, a rule, a chart and a second tab that refers to it."""
    head = "<table:table-row>" + "".join(map(text, ["Channel", "Publisher", "Jan 2026", "Feb 2026", "Budget EUR"])) + REST
    merged = ' table:number-rows-spanned="3" table:number-columns-spanned="1"'
    labels = [text("Online", merged), *["<table:covered-table-cell/>"] * 2, text("Offline")]
    body = ""
    for row, (label, (publisher, january, february)) in enumerate(zip(labels, LINES, strict=True), 2):
        note = "<office:annotation><text:p>ask Ann</text:p></office:annotation>" if row == 3 else ""
        total = money(january + february, f"of:=SUM([.C{row}:.D{row}])")
        more = row_of_video if row == 3 else ""
        amounts = money(january, inside=note) + money(february) + total
        body += f'<table:table-row table:style-name="r{row}"{more}>{label}{text(publisher)}{amounts}{REST}'
    sums = "".join(money(total, f"of:=SUM([.{letter}2:.{letter}5])") for letter, total in zip("CDE", (590, 390, 980), strict=True))
    body += f"<table:table-row>{text('Total')}<table:table-cell/>{sums}{REST}"
    body += (
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    )
    rule = (
        '<calcext:conditional-formats><calcext:conditional-format calcext:target-range-address="Plan.E2:Plan.E5">'
        '<calcext:condition calcext:value="&gt;500" calcext:base-cell-address="Plan.E1"/></calcext:conditional-format>'
        "</calcext:conditional-formats>"
    )
    shapes = '<table:shapes><draw:frame table:end-cell-address="Plan.G9"/></table:shapes>'
    other = f'<table:table table:name="It\'s all"><table:table-row>{money(980, "of:=SUM([$Plan.E$2:.E$5])")}{REST}</table:table>'
    names = (
        '<table:named-expressions><table:named-range table:name="Lines" table:cell-range-address="$Plan.$E$2:.$E$5"/>'
        '<table:named-expression table:name="Twice" table:expression="of:=[$Plan.$E$6]*2"/></table:named-expressions>'
        '<table:database-ranges><table:database-range table:target-range-address="Plan.A1:Plan.E5"/></table:database-ranges>'
    )
    tabs = f'<table:table table:name="Plan" table:print-ranges="Plan.A1:Plan.E6">{shapes}{head}{body}{rule}</table:table>{other}'
    inside = f"<office:spreadsheet>{rules}{tabs}{names}</office:spreadsheet>"
    xml = f'<?xml version="1.0"?><office:document-content {NAMES}><office:body>{inside}</office:body></office:document-content>'
    series = '<chart:series chart:values-cell-range-address="Plan.$E$2:Plan.$E$5"/>'
    chart = f'<?xml version="1.0"?><office:document-content {NAMES}>{series}</office:document-content>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", xml)
        package.writestr("Object 1/content.xml", chart)
        package.writestr("styles.xml", f"<office:document-styles {NAMES}/>")
    return stream.getvalue()


def written(content: bytes, deed: Callable[[Distribution], Distribution]) -> bytes:
    """Read, change and write a file as a change set does."""
    theirs = load_workbook("plan.ods", content)
    tables = plan_tables(read_workbook(theirs))
    made = plan_writes(tables, theirs, deed(to_distribution(tables, theirs)))
    assert made.violations == ()
    drift, placed = check_drift(made.edits, made.outlines, theirs), place_rows(made.rows, made.outlines, theirs)
    assert drift.conflicts == () and placed.conflicts == ()
    result, failures = restructured(theirs, drift.clean, placed)
    assert failures == ()
    return patch_file("plan.ods", content, theirs, drift.clean, RowWrite(theirs, placed.edits, result, {}, ""))


def part(content: bytes, name: str = "content.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode()


def addresses(content: bytes) -> list[str]:
    found = re.findall(r'(?:-address|-ranges|expression)="([^"]*)"', part(content) + part(content, "Object 1/content.xml"))
    return sorted(one for one in found if one != "Plan.E1")


PODCAST = {"publisher": "Podcast Co"}


def test_a_row_at_the_end_of_a_block_takes_everything_with_it() -> None:
    made = written(plan(), lambda table: changed(added(table, "Social Co", PODCAST, 12_50, 13_00), "Search Co", 0, 200_00))
    tab = load_workbook("plan.ods", made).tab("Plan")
    assert [tab.value(5, column) for column in (2, 3, 4, 5)] == ["Podcast Co", 12.5, 13, 25.5]
    assert [tab.cells[7, column].formula for column in (3, 5)] == ["=SUM(C2:C6)", "=SUM(E2:E6)"]
    assert [tab.value(*at) for at in ((2, 3), (2, 5), (7, 3), (7, 5))] == [200, 250, 702.5, 1105.5]
    assert [span.a1 for span in tab.merges] == ["A2:A5"]
    assert load_workbook("plan.ods", made).tab("It's all").cells[1, 1].formula == "=SUM(Plan!E$2:E$6)"
    assert addresses(made) == sorted(
        [
            "Plan.G10",
            "Plan.E2:Plan.E6",
            "$Plan.$E$2:.$E$6",
            "of:=[$Plan.$E$7]*2",
            "Plan.A1:Plan.E6",
            "Plan.A1:Plan.E7",
            "Plan.$E$2:Plan.$E$6",
        ]
    )
    xml = part(made)
    assert xml.count("ask Ann") == 1 and "12.50 €" in xml and 'rows-repeated="1048569"' in xml
    assert re.findall(r'style-name="(r\d)"', xml) == ["r2", "r3", "r4", "r4", "r5"]
    assert part(made, "styles.xml") == part(plan(), "styles.xml")


def test_rows_are_put_into_a_merged_label_and_taken_out_of_it() -> None:
    made = written(plan(), lambda table: without(added(table, "Search Co", PODCAST, 12_50, 13_00), "Video Co"))
    tab = load_workbook("plan.ods", made).tab("Plan")
    assert [tab.value(row, 2) for row in range(2, 6)] == ["Search Co", "Podcast Co", "Social Co", "TV One"]
    assert [span.a1 for span in tab.merges] == ["A2:A4"] and tab.value(6, 5) == 905.5 and "ask Ann" not in part(made)


def test_a_row_put_below_a_hidden_one_is_shown() -> None:
    made = written(plan(row_of_video=' table:visibility="collapse"'), lambda table: added(table, "Video Co", PODCAST, 1_00, 0))
    assert load_workbook("plan.ods", made).tab("Plan").hidden_rows == {3}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("<table:tracked-changes/>", "recorded changes"),
        (
            '<table:content-validations><table:content-validation table:condition="of:cell-content()&lt;[.$E$6]"/>'
            "</table:content-validations>",
            "a validity rule or conditional format that names cells",
        ),
    ],
)
def test_a_file_with_something_that_cannot_follow_is_refused_and_named(rules: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        written(plan(rules=rules), lambda table: added(table, "TV One", PODCAST, 1_00, 0))


def test_formulas_are_spelled_as_the_file_spells_them() -> None:
    assert open_formula("=IF('My tab'!$B$2>1,SUM(B2:C4,D:D),\"a,b\")") == "=IF([$'My tab'.$B$2]>1;SUM([.B2:.C4];[.D:.D]);\"a,b\")"
