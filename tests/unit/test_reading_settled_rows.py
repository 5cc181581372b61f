"""Corrections of rows follow what stands in them when a sheet is revised, and are named where that is not found for certain."""

from __future__ import annotations

import pytest

from core.model.reading import Correction, Reading
from core.model.workbook import Workbook
from core.sheets.reading import read_workbook
from core.sheets.reading.clients import is_other_client
from core.sheets.reading.settled_rows import with_texts
from tests.unit.test_reading_decisions import Rows, codes, tab_of

HEAD: list[object] = ["Channel", "Publisher", "Budget EUR"]
LINES: Rows = [["Search", "Google", 100], ["Social", "Meta", 200], ["Social", "TikTok", 50]]


def book(rows: Rows, name: str = "Plan") -> Workbook:
    return Workbook("plan.xlsx", "xlsx", (tab_of(rows, name),))


def settled(was: Rows, now: Rows, correction: Correction) -> Reading:
    """Read a revised tab with what was settled about it as it was."""
    return read_workbook(book(now), corrections=[with_texts(correction, book(was))])


def budgets(reading: Reading) -> list[tuple[int, int | None]]:
    return [(item.row, item.budget_minor) for table in reading.tables for item in table.line_items]


NO_ITEM = Correction("line_item_row", "3", False, "Plan")


def test_a_line_that_is_none_stays_none_when_rows_come_above_it_or_are_sorted() -> None:
    was: Rows = [HEAD, *LINES]
    assert budgets(settled(was, was, NO_ITEM)) == [(2, 100_00), (4, 50_00)]
    above: Rows = [["Plan"], HEAD, ["TV", "RTL", 900], *LINES]
    assert budgets(settled(was, above, NO_ITEM)) == [(3, 900_00), (4, 100_00), (6, 50_00)]
    turned: Rows = [HEAD, *LINES[::-1]]
    assert budgets(settled(was, turned, NO_ITEM)) == [(2, 50_00), (4, 100_00)]
    repriced: Rows = [HEAD, LINES[0], ["Social", "Meta", 777], LINES[2]]
    assert budgets(settled(was, repriced, NO_ITEM)) == [(2, 100_00), (4, 50_00)]


@pytest.mark.parametrize(
    "now",
    [
        [HEAD, LINES[0], ["TV", "RTL", 900], LINES[2]],  # renamed or gone
        [HEAD, LINES[0], LINES[1], ["Social", "Meta", 60], LINES[2]],  # there is another like it
    ],
)
def test_a_line_that_is_not_found_for_certain_is_named_and_none_is_left_out(now: Rows) -> None:
    reading = settled([HEAD, *LINES], now, NO_ITEM)
    assert len(budgets(reading)) == len(now) - 1
    (told,) = [warning for warning in reading.warnings if warning.code == "correction_unfit"]
    assert told.tab == "Plan" and "Social · Meta" in told.message


def test_of_lines_with_the_same_words_the_amount_tells_which_one_was_meant() -> None:
    was: Rows = [HEAD, LINES[0], ["Social", "Meta", 200], ["Social", "Meta", 60]]
    now: Rows = [HEAD, ["TV", "RTL", 900], *was[1:]]
    assert budgets(settled(was, now, NO_ITEM)) == [(2, 900_00), (3, 100_00), (5, 60_00)]
    reading = settled(was, [HEAD, LINES[0], ["Social", "Meta", 60], ["Social", "Meta", 210]], NO_ITEM)
    assert len(budgets(reading)) == 3 and "correction_unfit" in codes(reading)


def test_a_header_row_is_found_again_by_its_words_whatever_months_it_names() -> None:
    def rows(months: list[object], *above: list[object]) -> Rows:
        return [*above, ["Channel", "Format", *months], ["Meta Ads", "Reels", 10, 20], ["TV", "Spot", 30, 40]]

    was, now = (
        rows(["Jan 2026", "Feb 2026"], ["Plan"]),
        rows(["Mar 2026", "Apr 2026"], ["Plan"], ["Agency", "Mindwork"], ["Status", "draft"]),
    )
    header = Correction("header_row", "2", 2, "Plan")
    assert [table.header_rows for table in settled(was, was, header).tables] == [(2,)]
    reading = settled(was, now, header)
    assert [table.header_rows for table in reading.tables] == [(4,)] and "correction_unfit" not in codes(reading)
    lost = settled(was, rows(["Mar 2026", "Apr 2026"])[1:], header)
    assert "correction_unfit" in codes(lost)


def test_a_table_left_out_stays_left_out_where_it_moves_and_no_other_takes_its_place() -> None:
    total: list[object] = ["Total", None, 350]
    stacked: Rows = [
        HEAD,
        *LINES,
        total,
        [],
        ["Medium", "Station", "Cost EUR"],
        ["Radio", "NRJ", 70],
        ["TV", "RTL", 80],
        ["Total", None, 150],
    ]
    ignoring = Correction("ignore_table", "A7", True, "Plan")
    assert [table.range for table in read_workbook(book(stacked)).tables] == ["A1:C5", "A7:C10"]
    assert [table.range for table in settled(stacked, stacked, ignoring).tables] == ["A1:C5"]
    grown: Rows = [HEAD, *LINES, ["Cinema", "UCI", 40], ["Audio", "Spotify", 10], ["Total", None, 400], *stacked[5:]]
    reading = settled(stacked, grown, ignoring)
    assert [table.range for table in reading.tables] == ["A1:C7"] and "correction_unfit" not in codes(reading)
    gone = settled(stacked, stacked[:5], ignoring)
    assert len(gone.tables) == 1 and "correction_unfit" in codes(gone)


def test_a_chosen_alternative_is_followed_on_its_tab() -> None:
    def tab(*options: tuple[str, int]) -> Rows:
        rows: Rows = [["Media plan, EUR"]]
        for name, factor in options:
            rows += [[], [name], HEAD, ["Search", "Google", 100 * factor], ["Social", "Meta", 200 * factor], ["Total", None, 300 * factor]]
        return rows

    was = tab(("Option A", 1), ("Option B", 3))
    first = read_workbook(book(was))
    one, two = first.tables
    assert one.alternative_group is not None and one.alternative_group == two.alternative_group
    choice = Correction("alternative", one.alternative_group, f"{two.tab}!{two.range}")
    assert settled(was, was, choice).tables[0].total_minor == 900_00
    now = tab(("Option 0", 2), ("Option A", 1), ("Option B", 3))
    reading = settled(was, now, choice)
    assert reading.tables[0].total_minor == 900_00
    lost = settled(was, tab(("Option A", 1), ("Option C", 5)), choice)
    assert lost.tables[0].total_minor == 300_00 and "correction_unfit" in codes(lost)


def test_the_client_is_what_the_lines_above_name_and_more_words_are_the_same_one() -> None:
    for line in (["Client", "Acme Foods"], ["Client: Acme Foods"], ["Рекламодатель:", "Acme Foods"], ["Marke", "Acme Foods"]):
        rows: Rows = [["Media plan 2026"], [*line], [], HEAD, *LINES]
        assert read_workbook(book(rows)).client == "Acme Foods"
    assert read_workbook(book([["Client", "Channel", "Budget EUR"], ["Acme", "TV", 10], ["Acme", "Radio", 20]])).client == ""
    assert not is_other_client("Acme Foods", "ACME Foods GmbH") and not is_other_client("", "Acme")
    assert is_other_client("Acme Foods", "Beta Foods")


TWO: Rows = [
    ["Digital"],
    ["Channel", "Supplier", "Format", "Cost", "Fee", "Booked"],
    ["Search", "Google", "Text", 2000, 200, 2200],
    ["Social", "Meta", "Reels", 1800, 180, 1980],
    [],
    [],
    ["Print"],
    ["Medium", "Supplier", "Format", "Budget EUR", "Fee", "Note"],
    ["Magazine", "Gruner", "1/1", 2600, 26, "tbc"],
    ["Newspaper", "Madsack", "1/2", 1300, 13, "booked"],
]


def _told(rows: Rows, *settled: Correction) -> list[tuple[str | None, list[int | None]]]:
    found = read_workbook(book(rows), corrections=settled)
    return [(table.currency, [item.budget_minor for item in table.line_items]) for table in found.tables]


def test_a_role_or_currency_settled_for_one_table_leaves_the_other_of_its_tab_alone() -> None:
    plain = _told(TWO)
    assert [amounts for _, amounts in plain][1] == [260_000, 130_000]
    role = with_texts(Correction("column_role", "F@A2", "budget", tab="Plan"), book(TWO))
    currency = with_texts(Correction("currency", "A2", "GBP", tab="Plan"), book(TWO))
    assert _told(TWO, role, currency) == [("GBP", [220_000, 198_000]), plain[1]]
    later: Rows = [TWO[0], ["Stand: 3. November"], *TWO[1:]]
    assert _told(later, role, currency) == [("GBP", [220_000, 198_000]), plain[1]]


def test_a_role_of_a_column_that_a_narrower_table_lacks_is_not_for_it() -> None:
    narrow = [row[:4] if at > 6 else row for at, row in enumerate(TWO)]
    assert _told(narrow, Correction("column_role", "F", "budget", tab="Plan"))[1] == _told(narrow)[1]


def test_a_row_that_was_left_out_counts_where_a_person_says_so() -> None:
    rows: Rows = [HEAD, *LINES, ["CTV", "cancelled", 80], ["Total", None, 350]]
    plain = read_workbook(book(rows)).tables[0]
    assert [item.row for item in plain.line_items] == [2, 3, 4]
    told = read_workbook(book(rows), corrections=[with_texts(Correction("line_item_row", "5", True, "Plan"), book(rows))]).tables[0]
    assert [item.row for item in told.line_items] == [2, 3, 4, 5] and told.total_minor == 430_00
