"""What samples are written on: sheets filled cell by cell, recalculated, and the truth about them as JSON."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connectors.sandbox.formulas.evaluation import recalculate
from connectors.sandbox.sheets.document import PLAIN, Cell, Document, Sheet, Value
from connectors.sandbox.sheets.entry import serial
from connectors.sandbox.wire import Json
from core.model.money import to_minor
from core.model.workbook import Span, a1, column_number, parse_a1

YEAR = 2027
"""The year that the samples plan."""
Content = str | int | float | bool | date | None
BOLD: Json = {"textFormat": {"bold": True}}
HEAD: Json = BOLD | {"backgroundColor": {"red": 0.85, "green": 0.9, "blue": 0.98}}
SUM: Json = BOLD | {"backgroundColor": {"red": 0.94, "green": 0.94, "blue": 0.94}}
DATE: Json = {"numberFormat": {"type": "DATE", "pattern": "dd.mm.yyyy"}}


def number(pattern: str) -> Json:
    """Make a number format."""
    kind = "PERCENT" if "%" in pattern else "NUMBER"
    return {"numberFormat": {"type": kind, "pattern": pattern}}


@dataclass
class Paper:
    """One tab being written."""

    title: str
    hidden: bool = False
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merges: list[Span] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[str] = field(default_factory=list)

    def put(self, where: str | tuple[int, int], content: Content, style: Mapping[str, Any] = PLAIN) -> None:
        """Write one cell; texts that begin with `=` are formulas."""
        address = parse_a1(where) if isinstance(where, str) else where
        if isinstance(content, str) and content.startswith("="):
            self.cells[address] = Cell(None, content, style)
            return
        value: Value = serial(content) if isinstance(content, date) else content
        self.cells[address] = Cell(value, None, {**DATE, **style} if isinstance(content, date) else style)

    def line(self, row: int, first: str, contents: Sequence[Content], style: Mapping[str, Any] = PLAIN) -> None:
        """Write cells to the right of a first one; None leaves a cell empty."""
        for column, content in enumerate(contents, start=column_number(first)):
            if content is not None:
                self.put((row, column), content, style)

    def merge(self, first: str, last: str) -> None:
        (top, left), (bottom, right) = parse_a1(first), parse_a1(last)
        self.merges.append(Span(top, left, bottom, right))


def document(title: str, papers: Sequence[Paper], *, locale: str) -> Document:
    """Make a spreadsheet of the papers, its formulas computed."""
    made = Document("", title, locale)
    for position, paper in enumerate(papers):
        sheet = Sheet(position and 1000 + position, paper.title, cells=paper.cells, merges=paper.merges)
        sheet.properties = {"hidden": True} if paper.hidden else {}
        sheet.rows.properties = {row: {"hiddenByUser": True} for row in paper.hidden_rows}
        sheet.columns.properties = {column_number(letters): {"hiddenByUser": True} for letters in paper.hidden_columns}
        made.sheets.append(sheet)
    recalculate(made, "all")
    return made


def month(year: int, number: int) -> tuple[str, str]:
    """Give first and last day of a month as ISO dates."""
    last = calendar.monthrange(year, number)[1]
    return date(year, number, 1).isoformat(), date(year, number, last).isoformat()


@dataclass(frozen=True)
class Sample:
    """One sample: its key (the file's name on disk), spreadsheet, and what a correct reading of it gives (the reader's contract)."""

    key: str
    document: Document
    truth: Json

    @property
    def title(self) -> str:
        """Give the name it has in Drive."""
        return self.document.title


@dataclass(frozen=True)
class Money:
    """How a plan counts: its currency and the scale it is written in."""

    currency: str
    scale: int = 1

    def minor(self, amount: float) -> int:
        return to_minor(amount * self.scale if isinstance(amount, int) else round(amount * self.scale, 6), self.currency)


def item(row: int, budget_minor: int, budget_cell: str | None, **facts: Any) -> Json:
    """Give the truth about a line item."""
    return {"row": row, "budget_minor": budget_minor, "budget_cell": budget_cell, **facts}


def periods(amounts: Sequence[float], months: Sequence[tuple[str, str]], cells: Sequence[str], money: Money) -> list[Json]:
    """Give the truth about a line item's periods; empty cells are left out."""
    return [
        {"start": start, "end": end, "budget_minor": money.minor(amount), "cell": cell}
        for amount, (start, end), cell in zip(amounts, months, cells, strict=True)
        if amount
    ]


def total(cell: str, amount_minor: int, kind: str = "total") -> Json:
    """Give the truth about a stated total that agrees with its rows."""
    return {"cell": cell, "kind": kind, "stated_minor": amount_minor, "computed_minor": amount_minor, "matches": True}


def sample(key: str, made: Document, tables: Sequence[Json], notes: Sequence[str]) -> Sample:
    """Put spreadsheet and truth together; `notes` say what is hard about it."""
    told = {"file": f"{key}.xlsx", "title": made.title, "is_media_plan": True, "locale": made.locale}
    return Sample(key, made, told | {"tables": list(tables), "notes": list(notes)})


def table(tab: str, header_rows: Sequence[int], items: Sequence[Json], money: Money, **facts: Any) -> Json:
    """Give the truth about a table."""
    body = {"tab": tab, "header_rows": list(header_rows), "orientation": "rows", "currency": money.currency, "scale": money.scale}
    body |= {"basis": "net", "line_items": list(items), "total_minor": sum(i["budget_minor"] for i in items)}
    return body | facts


def across(row: int, first: str, count: int, *, step: int = 1) -> list[str]:
    """Give the addresses of so many cells of a row."""
    start = column_number(first)
    return [a1(row, start + step * i) for i in range(count)]
