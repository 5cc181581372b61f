"""Plans for the assistant's tests: a small workbook made here, read by the real reader, kept as an upload is."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import openpyxl

from core.access import AccessContext
from core.runtime import Runtime
from core.services.uploads import Upload, upload_file

CHANNELS = {"Search": (10_000, 12_000, 8_000), "Meta": (20_000, 20_000, 20_000), "TV": (30_000, 0, 15_000), "Radio": (5_000, 5_000, 5_000)}


def plan_bytes(channels: dict[str, tuple[float, ...]] | None = None, *, markets: dict[str, str] | None = None) -> bytes:
    """Make a workbook with one row a channel and one column a month, January to March 2026, in euros."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan 2026"
    sheet.append(["Media plan 2026 (EUR, net)"])
    sheet.append([])
    sheet.append(["Channel", "Market", "Jan 2026", "Feb 2026", "Mar 2026", "Total"])
    rows = channels or CHANNELS
    for n, (name, amounts) in enumerate(rows.items(), start=4):
        sheet.append([name, (markets or {}).get(name, "DE"), *amounts, sum(amounts)])
        for column in "CDEF":
            sheet[f"{column}{n}"].number_format = "#,##0.00 [$€-407]"
    last = 3 + len(rows)
    sheet.append(["Total", "", *(f"=SUM({c}4:{c}{last})" for c in "CDEF")])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def nested_plan_bytes(rows: dict[tuple[str, str], tuple[float, ...]]) -> bytes:
    """Make a workbook whose channels hold several publishers."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan 2026"
    sheet.append(["Channel", "Publisher", "Jan 2026", "Feb 2026", "Mar 2026"])
    for n, ((channel, publisher), amounts) in enumerate(rows.items(), start=2):
        sheet.append([channel, publisher, *amounts])
        for column in "CDE":
            sheet[f"{column}{n}"].number_format = "#,##0.00 [$€-407]"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def keep_plan(ctx: AccessContext, rt: Runtime, name: str = "plan.xlsx", content: bytes | None = None) -> UUID:
    """Upload a workbook into the workspace and give its file id."""
    return upload_file(ctx, rt, Upload(name, content if content is not None else plan_bytes())).file_id
