"""Small media plans as files, for tests that need one of their own."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook

Line = tuple[str, str, float, float]
"""channel, format, January, February"""

LINES: tuple[Line, ...] = (("TV", "Spot 30s", 40_000, 20_000), ("Search", "Text", 8_000, 9_500.5), ("Social", "Reels", 5_000, 7_000))


def media_plan(lines: Sequence[Line] = LINES, *, currency: str = "EUR") -> bytes:
    """Give an xlsx with a title, a header, one row a line item and a total row that adds up."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Media plan"
    sheet.append(["Media plan spring 2026"])
    sheet.append([])
    sheet.append(["Channel", "Format", f"Budget {currency}", "Jan 2026", "Feb 2026"])
    for channel, form, january, february in lines:
        sheet.append([channel, form, january + february, january, february])
    january, february = sum(line[2] for line in lines), sum(line[3] for line in lines)
    sheet.append(["Total", None, january + february, january, february])
    return saved(book)


def recipes() -> bytes:
    """Give an xlsx that is no media plan."""
    book = Workbook()
    for row in (["Recipe", "Minutes"], ["Soup", 40], ["Bread", 180]):
        book.active.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Give the workbook's bytes."""
    content = BytesIO()
    book.save(content)
    return content.getvalue()
