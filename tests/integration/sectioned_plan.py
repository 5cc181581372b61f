"""A plan in sections with totals over totals, and how line items are added to and taken out of a draft of it."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from core.model.distribution import Distribution, DistributionRow
from core.services import changes, drafts
from core.services.changes import ChangeSetView
from core.services.draft_views import DraftView
from core.services.drafts import SaveDraft
from core.sheets.writing.distribution import new_line
from tests.integration.plan_in_drive import PlanInDrive


def sectioned_plan() -> bytes:
    """Give a plan in two blocks with merged labels, sums of ranges and of single cells, shares and a running sum."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Media plan"
    sheet.append(["Channel", "Publisher", "Format", "Jan 2026", "Feb 2026", "Budget EUR", "Running"])
    lines = [
        ("Online", "Search Co", "Text", 8_000, 9_500.5),
        (None, "Video Co", "Spot", 5_000, 7_000),
        (None, "Social Co", "Reels", 1_500, 2_500),
        ("Total online",),
        ("Offline", "TV One", "Spot 30s", 40_000, 20_000),
        (None, "Radio Two", "Spot 20s", 3_000, 4_000),
        ("Total offline",),
    ]
    for row, line in enumerate(lines, 2):
        if len(line) > 1:
            running = f"=F{row}" if row in (2, 6) else f"=G{row - 1}+F{row}"
            sheet.append([*line, f"=SUM(D{row}:E{row})", running])
        else:
            first = 2 if row == 5 else 6
            sheet.append([line[0], None, None, *(f"=SUM({c}{first}:{c}{row - 1})" for c in "DEF")])
    sheet.append(["Total", None, None, "=D5+D8", "=E5+E8", "=F5+F8"])
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("A6:A7")
    for cell in sheet[4]:
        cell.fill, cell.font = PatternFill("solid", start_color="FFEEDD"), Font(bold=True)
    other = book.create_sheet("Summary")
    other["A1"], other["B1"] = "All", "='Media plan'!F9"
    other["A3"], other["B3"] = "Radio", "='Media plan'!F7"
    other["A2"], other["B2"] = "Most of online", "=MAX('Media plan'!F2:F4)"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def line(table: Distribution, publisher: str) -> DistributionRow:
    return next(row for row in table.rows if row.publisher == publisher)


def added(table: Distribution, below: str, publisher: str, *amounts: int, is_copy: bool = False) -> Distribution:
    """Put a new line item below another one."""
    like = line(table, below)
    names = {"publisher": publisher, "format": "Audio"}
    new = new_line(like, names, row_id=f"new-{publisher}", is_copy=is_copy)
    cells = tuple(replace(cell, budget_minor=minor) for cell, minor in zip(new.cells, amounts, strict=False)) if amounts else new.cells
    at = table.rows.index(like) + 1
    return replace(table, rows=(*table.rows[:at], replace(new, cells=cells), *table.rows[at:]))


def without(table: Distribution, publisher: str) -> Distribution:
    return replace(table, rows=tuple(row for row in table.rows if row.publisher != publisher))


def saved(plan: PlanInDrive, draft: DraftView, table: Distribution) -> DraftView:
    gone = frozenset({row.id for row in draft.distribution.rows} - {row.id for row in table.rows})
    return drafts.save_version(plan.ctx, plan.rt, SaveDraft(draft.draft_id, draft.version, table, removed=gone))


def proposed(plan: PlanInDrive, table: Distribution, draft: DraftView) -> ChangeSetView:
    return changes.propose(plan.ctx, plan.rt, saved(plan, draft, table).draft_id)


def sheets_of(plan: PlanInDrive) -> list[dict[str, object]]:
    """Give all tabs as the sandbox stores them: contents, formats, merges, sizes; the order in which it keeps them aside."""
    tabs = plan.drive.snapshot(plan.external_id)["sheets"]
    return [{**tab, "merges": sorted(tab["merges"]), "cells": sorted(tab["cells"], key=lambda cell: cell[:2])} for tab in tabs]


def same(now: list[dict[str, object]], before: list[dict[str, object]]) -> None:
    """Fail at the first part of a tab that differs."""
    for one, other in zip(now, before, strict=True):
        for name in other:
            assert one[name] == other[name], name
