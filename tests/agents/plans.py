"""Plans for the assistant's tests: a small workbook made here, read by the real reader, kept as an upload is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


MONTHS = [f"{month} 2025" for month in ("Jul", "Aug", "Sep", "Oct", "Nov", "Dec")]
MONTHS += [f"{month} 2026" for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun")]
FISCAL = {
    "TV": (8_000, 9_000, 10_000, 10_300, 15_000, 18_000, 7_000, 8_000, 9_000, 8_500, 8_200, 9_000),
    "BVOD": (4_000, 4_000, 5_000, 5_200, 6_000, 7_000, 3_000, 3_500, 4_000, 4_000, 3_800, 4_500),
    "Search": (6_000, 6_000, 6_500, 7_000, 9_000, 11_000, 6_000, 6_000, 6_200, 6_300, 6_400, 6_600),
}
NAMED = {"Tagesschau Spot": (12_000, 12_000, 6_000), "Spiegel Homepage": (5_000, 7_500, 5_000), "Newsletter Partner": (1_500, 1_500, 1_500),
         "Messe Hannover": (0, 9_000, 0)}  # fmt: skip


def fiscal_plan_bytes() -> bytes:
    """Make a workbook with a fiscal year's months across, July to June, in pounds; a line stands in each of rows 4 to 6."""
    return _sheet([["Media plan FY2025/26 (GBP)"], [], ["Channel", *MONTHS]], FISCAL, '"£"#,##0')


def named_plan_bytes() -> bytes:
    """Make a workbook whose lines have names of their own and no channel, January to March 2026, in euros."""
    return _sheet([["Maßnahme", "Jan 2026", "Feb 2026", "Mrz 2026"]], NAMED, "#,##0.00 [$€-407]")


def tactics_plan_bytes() -> bytes:
    """Make a workbook in dollars with tactics under section rows; each has a platform, a flight and a budget, and two share a platform."""
    flight = "Jan 5 - Feb 28, 2026"
    lines = [["AWARENESS"], ["Video", "YouTube", flight, 40_000], ["CTV", "Roku", flight, 60_000],
             ["CONVERSION"], ["Search", "Google", flight, 90_000], ["Shopping", "Google", flight, 30_000]]  # fmt: skip
    head = [["2026 US Media Plan"], [], ["Funnel stage / tactic", "Platform", "Flight", "Budget (USD)"]]
    return _sheet([*head, *lines, ["Total", None, None, "=SUM(D5:D6,D8:D9)"]], {}, "General")


def _sheet(head: Sequence[Sequence[object]], lines: Mapping[str, Sequence[float]], number_format: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for row in [*head, *([name, *amounts] for name, amounts in lines.items())]:
        sheet.append(list(row))
    for cells in sheet.iter_rows(min_row=len(head) + 1, min_col=2):
        for cell in cells:
            cell.number_format = number_format
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def keep_plan(ctx: AccessContext, rt: Runtime, name: str = "plan.xlsx", content: bytes | None = None) -> UUID:
    """Upload a workbook into the workspace and give its file id."""
    return upload_file(ctx, rt, Upload(name, content if content is not None else plan_bytes())).file_id
