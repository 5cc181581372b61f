"""A tab that adds the lines of others up by name counts once: left out where it agrees, asked about where it differs."""

from __future__ import annotations

import pytest

from core.model.reading import Correction, Reading
from core.model.workbook import Workbook
from core.sheets.reading import read_workbook
from tests.unit.test_reading_decisions import Rows, codes, kinds, tab_of

DETAIL: Rows = [
    ["Media plan 2026"],
    ["Channel", "Publisher", "Market", "Jan 2026", "Feb 2026", "Budget EUR"],
    ["Search", "Google", "DE", 400, 200, 600],
    ["Search", "Bing", "AT", 100, 50, 150],
    ["Social", "Meta", "DE", 500, 250, 750],
    ["Social", "TikTok", "AT", 250, 140, 390],
    ["TV", "RTL", "DE", 1000, 1000, 2000],
    ["TV", "ORF", "AT", 500, 500, 1000],
    ["Total", "", "", 2750, 2140, 4890],
]
WHOLE = 4890_00


def summary(*lines: tuple[str, int], head: str = "Channel") -> Rows:
    return [["Summary"], [head, "Budget EUR"], *map(list, lines), ["Total", sum(amount for _, amount in lines)]]


def both(rows: Rows, *, first: bool, name: str = "Summary", corrections: tuple[Correction, ...] = ()) -> Reading:
    tabs = [tab_of(rows, name), tab_of(DETAIL, "Plan")]
    return read_workbook(Workbook("plan.xlsx", "xlsx", tuple(tabs if first else tabs[::-1])), corrections=corrections)


def counted(reading: Reading) -> int:
    return sum(table.total_minor or 0 for table in reading.tables)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("lines", [(("Search", 750), ("Social", 1140), ("TV", 3000)), (("Search", 750), ("TV", 3000))])
def test_a_summary_whose_lines_others_make_up_is_left_out_and_named(lines: tuple[tuple[str, int], ...], first: bool) -> None:
    reading = both(summary(*lines), first=first)
    assert (counted(reading), kinds(reading)) == (WHOLE, set()) and "repeats_money" in codes(reading)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    ("lines", "head", "name"),
    [
        ((("Search", 750), ("Social", 1200), ("TV", 3000)), "Channel", "Overall"),  # one line was not kept up
        ((("Search", 700), ("Social", 1200), ("TV", 2900)), "Channel", "Übersicht"),  # none was, and the tab says what it is
        ((("Search", 750), ("Social", 1140), ("Radio", 500)), "Channel", "Media"),  # one is told nowhere else
        ((("Google", 600), ("Bing", 150), ("Meta", 750), ("TikTok", 400), ("RTL", 2000), ("ORF", 1000)), "Publisher", "Buying"),
    ],
)
def test_a_summary_that_differs_from_the_lines_of_its_names_is_asked_about_and_never_added(
    lines: tuple[tuple[str, int], ...], head: str, name: str, first: bool
) -> None:
    rows = summary(*lines, head=head)
    rows[0] = ["Budget"]
    reading = both(rows, first=first, name=name)
    assert (counted(reading), kinds(reading)) == (WHOLE, {"alternatives"})
    (question,) = reading.questions
    for value, total in (("details", WHOLE), ("summary", sum(amount for _, amount in lines) * 100)):
        answered = both(rows, first=first, name=name, corrections=(Correction("answer", question.key, value),))
        assert (counted(answered), kinds(answered)) == (total, set())
    added = both(rows, first=first, name=name, corrections=(Correction("answer", question.key, "additive"),))
    assert counted(added) == WHOLE + sum(amount for _, amount in lines) * 100


@pytest.mark.parametrize(
    "names", [("Germany", "Austria"), ("Brand A", "Brand B"), ("Jan", "Feb"), ("Flight 1", "Flight 2"), ("Digital", "Retail")]
)
def test_tabs_of_one_plan_with_the_same_names_are_added(names: tuple[str, str]) -> None:
    one: Rows = [
        ["Channel", "Publisher", "Budget EUR"],
        ["Search", "Google", 500],
        ["Social", "Meta", 300],
        ["TV", "RTL", 900],
        ["TV", "VOX", 100],
    ]
    two: Rows = [["Channel", "Publisher", "Format", "Cost EUR"], ["Search", "Google", "Text", 510], ["Social", "Meta", "Reels", 320],
                 ["TV", "RTL", "Spot", 910], ["TV", "VOX", "Spot", 110], ["Radio", "NRJ", "Spot", 50]]  # fmt: skip
    reading = read_workbook(Workbook("plan.xlsx", "xlsx", (tab_of(one, names[0]), tab_of(two, names[1]))))
    assert counted(reading) == (1800 + 1900) * 100


def placed(rows: Rows, where: str) -> Reading:
    """Read the detail with a summary above, below or beside it on one tab."""
    if where == "beside":
        wide = [[*line, *[None] * (7 - len(line))] for line in DETAIL]
        sheet = [[*line, *(rows[at] if at < len(rows) else [])] for at, line in enumerate(wide)]
    else:
        sheet = [*rows, [], [], *DETAIL] if where == "above" else [*DETAIL, [], [], *rows]
    return read_workbook(Workbook("plan.xlsx", "xlsx", (tab_of(sheet, "Plan"),)))


@pytest.mark.parametrize("where", ["above", "below", "beside"])
@pytest.mark.parametrize(
    "rows",
    [
        summary(("Search", 750), ("Social", 1200), ("TV", 3000)),
        summary(("Search", 750), ("TV", 3000), ("Radio", 500)),
        summary(("DE", 3350), ("AT", 1600), head="Market"),
        summary(("Jan 2026", 2750), ("Feb 2026", 2240), head="Month"),
        summary(("Digital", 1900), ("Offline", 3000)),
    ],
)
def test_a_summary_on_the_same_tab_that_differs_is_asked_about_or_not_counted(rows: Rows, where: str) -> None:
    reading = placed(rows, where)
    assert counted(reading) == WHOLE
    assert kinds(reading) == {"alternatives"} or "other_table" in codes(reading)


@pytest.mark.parametrize("where", ["above", "below", "beside"])
@pytest.mark.parametrize(
    "rows",
    [
        summary(("DE", 3350), ("AT", 1540), head="Market"),
        summary(("Jan 2026", 2750), ("Feb 2026", 2140), head="Month"),
        summary(("Search", 750), ("TV", 3000)),
    ],
)
def test_a_summary_on_the_same_tab_that_agrees_is_not_counted(rows: Rows, where: str) -> None:
    reading = placed(rows, where)
    assert (counted(reading), kinds(reading)) == (WHOLE, set())


def test_blocks_of_one_tab_whose_sum_is_stated_are_parts_whatever_they_share() -> None:
    rows: Rows = [["Plan"], ["Channel", "Budget EUR"], ["Search", 100], ["Social", 200], ["Total", 300], [], [],
                  ["Channel", "Publisher", "Format", "Cost EUR"], ["Search", "Google", "Text", 100], ["Social", "Meta", "Reels", 200],
                  ["Social", "TikTok", "Spark", 90], ["Subtotal", "", "", 390], ["Grand total", "", "", 690]]  # fmt: skip
    reading = read_workbook(Workbook("plan.xlsx", "xlsx", (tab_of(rows, "Plan"),)))
    assert counted(reading) == 690_00
