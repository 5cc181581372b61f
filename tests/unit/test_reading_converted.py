"""A summary that tells market tabs again in one currency."""

from __future__ import annotations

import pytest

from core.model.reading import Reading
from core.model.workbook import Workbook
from core.sheets.reading import read_workbook
from tests.unit.sheets import Rows, codes, workbook


def _read(tabs: dict[str, Rows]) -> Reading:
    made = [tab for name, rows in tabs.items() for tab in workbook(rows, name=name).tabs]
    return read_workbook(Workbook("plan.xlsx", "xlsx", tuple(made)))


_SINGAPORE: Rows = [
    ["Channel", "Format", "Net cost (SGD)"],
    ["Meta", "Reels", 18500],
    ["Google", "Search", 22400],
    ["Radio", "Spots", 36000],
]
_MALAYSIA: Rows = [["Channel", "Format", "Net cost (MYR)"], ["Meta", "Reels", 41000], ["TikTok", "TopView", 66000]]


def _summary(meta: float) -> Rows:
    return [
        *(
            [
                ["Market", "Channel", "Net cost (USD)"],
                ["Singapore", "Meta", meta],
                ["Singapore", "Google", 16800],
                ["Singapore", "Radio", 27000],
            ]
        ),
        *([["Malaysia", "Meta", 9020], ["Malaysia", "TikTok", 14520]]),
    ]


@pytest.mark.parametrize("first", [True, False])
def test_a_tab_that_converts_the_lines_of_others_is_left_out(first: bool) -> None:
    markets = {"Singapore": _SINGAPORE, "Malaysia": _MALAYSIA}
    summary = {"Regional USD": _summary(13875)}
    found = _read(summary | markets if first else markets | summary)
    assert {(t.tab, t.currency, t.total_minor) for t in found.tables} == {("Singapore", "SGD", 7690000), ("Malaysia", "MYR", 10700000)}
    assert "repeats_money" in codes(found) and not found.questions


def test_amounts_at_no_one_rate_are_not_taken_for_a_conversion() -> None:
    found = _read({"Regional USD": _summary(20000), "Singapore": _SINGAPORE, "Malaysia": _MALAYSIA})
    assert found.questions or len(found.tables) == 3
