"""What was read from a tab, cell by cell: the marks that are drawn on the sheet and the words behind them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from core.errors import InvalidInput
from core.model.flight import Period
from core.model.reading import LineItem, PlanTable, Reading
from core.model.workbook import Address, Span, column_number, parse_a1
from core.sheets.differences import label_of
from pages._ui.formats import money, money_change

MarkKind = Literal["header", "label", "budget", "period", "metric", "ok", "off", "skipped", "question", "warning"]
_RANK: dict[MarkKind, int] = {
    "label": 0, "header": 1, "skipped": 1, "metric": 2, "period": 3, "budget": 4, "ok": 5, "warning": 6, "off": 7, "question": 8,
}  # fmt: skip
_ROWS_OF_A_LINE = 50
"""A line item may stand over several rows, its metrics below each other."""
SKIP_REASONS = {
    "subtotal": "a subtotal: its rows are counted already",
    "total": "a total: its rows are counted already",
    "section": "a section heading",
    "note": "a note",
    "blank_template": "an empty row of the template",
    "repeated_header": "the header once more",
    "fee": "a fee shown apart",
    "tax": "tax shown apart",
    "vat": "tax shown apart",
    "discount": "a discount shown apart",
    "pair": "a label with a number of its own",
    "no_amount": "it has no amount",
    "by_person": "a person left it out",
}
_ROLES = {
    "budget_list": "list price", "budget_gross": "gross amount", "budget_net": "net amount", "budget_client": "client amount",
    "budget_other": "another amount", "budget_actual": "spent", "budget_per_period": "amount per period", "period_flag": "runs in",
    "period_metric": "metric of a period", "period_budget": "budget of a period", "period_share": "share of a period",
    "rownum": "row number", "label": "other text", "number": "other number",
    "gross": "gross amount", "net": "net amount", "client": "client amount", "other": "another amount", "list": "list price",
    "cpm": "CPM", "cpc": "CPC", "cpa": "CPA", "cpp": "CPP", "ctr": "CTR", "grp": "GRP",
    "vat": "VAT",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """What one cell was read as, in a sentence; `note` stands beside its value: by how much a total is off."""

    kind: MarkKind
    text: str
    note: str = ""


@dataclass(slots=True)
class TabMarks:
    """Everything to draw on one tab.

    Attributes:
        columns: role by column number (row-oriented tables); rows: role by row number (column-oriented ones).
        gutter: what each row is: `item`, `header`, `total` or `skipped`.
        regions: the tables' outlines.
    """

    cells: dict[Address, Mark] = field(default_factory=dict)
    columns: dict[int, str] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)
    gutter: dict[int, str] = field(default_factory=dict)
    regions: list[Span] = field(default_factory=list)

    def put(self, cell: str | Address | None, kind: MarkKind, text: str, note: str = "") -> None:
        """Mark a cell; of two marks the weightier shows and both sentences are kept."""
        address = address_of(cell)
        if address is None:
            return
        known = self.cells.get(address)
        if known is None:
            self.cells[address] = Mark(kind, text, note)
        elif text not in known.text:
            first = kind if _RANK[kind] > _RANK[known.kind] else known.kind
            self.cells[address] = Mark(first, f"{known.text}\n{text}", known.note + note)


def words(role: str) -> str:
    """Give a role or reason as people say it."""
    return _ROLES.get(role, role.replace("_", " "))


def titled(role: str) -> str:
    """Give a role or reason as a sentence begins: `CPM` stays as it is."""
    said = words(role)
    return said[:1].upper() + said[1:]


def marks_of(reading: Reading, tab: str, *, around: Collection[int]) -> TabMarks:
    """Give the marks of a tab.

    Args:
        around: rows that are shown; of a table with thousands of line items only those at them are marked.
    """
    marks = TabMarks()
    shown = {row + off for row in around for off in range(-_ROWS_OF_A_LINE, _ROWS_OF_A_LINE + 1)}
    for table in (one for one in reading.tables if one.tab == tab):
        _mark_table(marks, table, shown)
    for export in (one for one in reading.performance if one.tab == tab):
        marks.regions.append(span_of(export.range))
        for column in export.columns:
            marks.columns[column_number(column.column)] = words(column.role)
    for warning in (one for one in reading.warnings if one.tab == tab):
        marks.put(warning.cell, "warning", warning.message)
    for question in (one for one in reading.questions if one.tab == tab):
        marks.put(question.cell, "question", f"Question: {question.text} ({question.why})")
    return marks


def _mark_table(marks: TabMarks, table: PlanTable, shown: Collection[int]) -> None:
    span = span_of(table.range)
    marks.regions.append(span)
    for row in table.header_rows:
        marks.gutter[row] = "header"
        for column in range(span.left, span.right + 1):
            marks.put((row, column), "header", "Header")
    by_rows = table.orientation == "rows"
    for read in table.columns:
        if by_rows and read.column.isalpha():
            marks.columns[column_number(read.column)] = words(read.role)
        elif not by_rows and read.column.isdecimal():
            marks.rows[int(read.column)] = words(read.role)
    for item in table.line_items:
        if not by_rows or item.row in shown:
            _mark_item(marks, table, item, span)
    for skipped in table.skipped:
        if skipped.row not in shown:
            continue
        marks.gutter.setdefault(skipped.row, "skipped")
        reason = SKIP_REASONS.get(skipped.reason, words(skipped.reason))
        for column in range(span.left, span.right + 1):
            marks.put((skipped.row, column), "skipped", f"Not a line item: {reason}")
    for check in table.totals:
        stated, computed = money(check.stated_minor, table.currency), money(check.computed_minor, table.currency)
        told = f"{titled(check.kind)}: the rows add up to it" if check.matches else (
            f"{titled(check.kind)} states {stated}, its rows add up to {computed}"
        )  # fmt: skip
        differs = not check.matches and check.stated_minor is not None and check.computed_minor is not None
        note = money_change((check.stated_minor or 0) - (check.computed_minor or 0), table.currency) if differs else ""
        marks.put(check.cell, "ok" if check.matches else "off", told, note)
        if (address := address_of(check.cell)) is not None:
            marks.gutter[address[0]] = "total"


def _mark_item(marks: TabMarks, table: PlanTable, item: LineItem, span: Span) -> None:
    label = label_of(item)
    marks.put(item.budget_cell, "budget", f"Budget of {label}: {money(item.budget_minor, table.currency)}")
    for amount in item.by_period:
        name = Period(amount.start, amount.end).key if amount.end >= amount.start else f"{amount.start}..{amount.end}"
        marks.put(amount.cell, "period", f"{label} in {name}: {money(amount.budget_minor, table.currency)}")
    for basis, cell in item.amount_cells.items():
        if cell == item.budget_cell:
            continue
        marks.put(cell, "period", f"{titled(basis)} of {label}: {money(item.amounts.get(basis), table.currency)}")
    for metric, cell in item.metric_cells.items():
        marks.put(cell, "metric", f"{titled(metric)} of {label}")
    if table.orientation == "rows":
        marks.gutter[item.row] = "item"
        for read in table.columns:
            number = column_number(read.column) if read.column.isalpha() else 0
            if span.left <= number <= span.right:
                marks.put((item.row, number), "label", f"{titled(read.role)} of {label}")


def span_of(text: str) -> Span:
    """Give the rectangle of `B7:R41` or `B7`."""
    first, _, last = text.partition(":")
    top, left = parse_a1(first)
    bottom, right = parse_a1(last or first)
    return Span(top, left, bottom, right)


def address_of(cell: str | Address | None) -> Address | None:
    """Give (row, column) of an address; None for none or for what is not one cell (`B7:C9` gives its first)."""
    if cell is None or isinstance(cell, tuple):
        return cell
    try:
        return parse_a1(cell.partition(":")[0])
    except InvalidInput:
        return None
