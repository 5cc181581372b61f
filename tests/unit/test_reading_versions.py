"""Versions of one plan on tabs of their own: the one that is agreed counts, where just one says so."""

from __future__ import annotations

import pytest

from core.model.reading import Reading
from core.model.workbook import Tab, Workbook
from core.sheets.reading import read_workbook
from tests.unit.sheets import Rows, codes, kinds, workbook

_HEAD = ["Channel", "Partner", "Cost EUR"]


def _read(tabs: dict[str, tuple[str, int]]) -> Reading:
    made: list[Tab] = []
    for name, (title, price) in tabs.items():
        rows: Rows = [[title], _HEAD, ["TV", "RTL", 10 * price], ["Search", "Google", 5 * price], ["Total", None, 15 * price]]
        made.extend(workbook(rows, name=name).tabs)
    return read_workbook(Workbook("plan.xlsx", "xlsx", tuple(made)))


@pytest.mark.parametrize(
    "tabs",
    [
        {"v1": ("Media plan v1 (not agreed)", 12), "v2": ("Media plan v2", 11), "final": ("Media plan, agreed 18.03.2026", 10)},
        {"v1": ("Медиаплан v1 (не согласован)", 12), "v2": ("Медиаплан v2", 11), "v3": ("Медиаплан, СОГЛАСОВАНО 18.03.2026", 10)},
        {"Version 1": ("Mediaplan", 12), "Version 2": ("Mediaplan, nicht freigegeben", 11), "Version 3": ("Mediaplan freigegeben", 10)},
    ],
)
def test_the_one_agreed_version_counts_and_the_others_are_said(tabs: dict[str, tuple[str, int]]) -> None:
    found = _read(tabs)
    assert [(t.tab, t.total_minor) for t in found.tables] == [(list(tabs)[-1], 15000)]
    assert codes(found) == {"other_table"} and not found.questions


def test_versions_of_which_none_is_agreed_are_asked_about() -> None:
    found = _read({"v1": ("Media plan v1", 12), "v2": ("Media plan v2", 11)})
    assert len(found.tables) == 2 and kinds(found) == {"alternatives"}
