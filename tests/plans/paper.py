"""Write a plan file cell by cell as a person would, with the truth beside it, and tell how its reading compares."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import FunctionType
from typing import Any

import openpyxl
import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl.styles import PatternFill

from core.model.money import to_minor
from core.model.reading import LineItem, PlanTable, Reading
from core.model.workbook import a1, parse_a1
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook


@dataclass(frozen=True)
class F:
    """A formula; without a value the file holds none, as files written by scripts do."""

    text: str
    value: Any = None


@dataclass(frozen=True)
class Line:
    """One line item as it is meant. Names must all stand in what was read of it; dates are ISO; periods are amounts by first day."""

    names: tuple[str, ...]
    budget: Decimal
    cell: str | None = None
    start: str | None = None
    end: str | None = None
    periods: dict[str, Decimal] | None = None


def line(names: str, budget: Any, cell: str | None = None, *, dates: str = "", periods: dict[str, Any] | None = None) -> Line:
    """Give a line: names and dates are divided by `|` and `..`."""
    start, _, end = dates.partition("..")
    parts = None if periods is None else {k: Decimal(str(v)) for k, v in periods.items() if v}
    return Line(tuple(names.split("|")), Decimal(str(budget)), cell, start or None, end or None, parts)


@dataclass
class Case:
    """A file and the truth about it. `asks` must be asked; `warns` must be warned of; versions are alternatives, never added."""

    name: str
    content: bytes
    currency: str | None
    lines: list[Line] = field(default_factory=list)
    versions: list[list[Line]] = field(default_factory=list)
    asks: frozenset[str] = frozenset()
    warns: frozenset[str] = frozenset()
    basis: str | None = None
    vat: bool | None = None
    plan: bool = True
    confidence: tuple[float, ...] = ()


@dataclass
class Sheet:
    """One tab under the pen."""

    name: str
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    fills: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def rows(self, where: str, matrix: Iterable[Iterable[Any]]) -> int:
        """Write rows from a cell on; gives the row after them."""
        top, left = parse_a1(where)
        row = top
        for row, values in enumerate(matrix, start=top):
            for column, value in enumerate(values, start=left):
                if value is not None:
                    self.cells[row, column] = value
        return row + 1

    def put(self, where: str, value: Any) -> None:
        self.cells[parse_a1(where)] = value

    def style(self, span: str, pattern: str) -> None:
        for address in _addresses(span):
            self.formats[address] = pattern

    def fill(self, span: str, colour: str = "FFC000") -> None:
        for address in _addresses(span):
            self.fills[address] = colour


def _addresses(span: str) -> Iterable[tuple[int, int]]:
    first, _, last = span.partition(":")
    (top, left), (bottom, right) = parse_a1(first), parse_a1(last or first)
    return ((r, c) for r in range(top, bottom + 1) for c in range(left, right + 1))


class Book:
    """A workbook under the pen."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []

    def tab(self, name: str, *, hidden: bool = False) -> Sheet:
        self.sheets.append(Sheet(name, hidden=hidden))
        return self.sheets[-1]

    def xlsx(self) -> bytes:
        uncached = any(isinstance(v, F) and v.value is None for s in self.sheets for v in s.cells.values())
        return self._bare() if uncached else self._cached()

    def _cached(self) -> bytes:
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"in_memory": True})
        for sheet in self.sheets:
            page = book.add_worksheet(sheet.name)
            if sheet.hidden:
                page.hide()
            for row in sheet.hidden_rows:
                page.set_row(row - 1, None, None, {"hidden": True})
            for column in sheet.hidden_columns:
                page.set_column(column - 1, column - 1, None, None, {"hidden": True})
            styles: dict[str, Any] = {}
            for row, column in sheet.cells.keys() | sheet.fills.keys():
                value = sheet.cells.get((row, column))
                how = {"num_format": sheet.formats.get((row, column)) or ("dd.mm.yyyy" if isinstance(value, date) else None)}
                if (row, column) in sheet.fills:
                    how["bg_color"] = "#" + sheet.fills[row, column]
                how = {k: v for k, v in how.items() if v}
                look = styles.setdefault(str(how), book.add_format(how)) if how else None
                if isinstance(value, F):
                    page.write_formula(row - 1, column - 1, value.text, look, value.value)
                elif isinstance(value, date):
                    page.write_datetime(row - 1, column - 1, value, look)
                elif value is None:
                    page.write_blank(row - 1, column - 1, None, look)
                elif isinstance(value, str):
                    page.write_string(row - 1, column - 1, value, look)
                else:
                    page.write(row - 1, column - 1, float(value) if isinstance(value, Decimal) else value, look)
            for span in sheet.merges:
                (top, left), (bottom, right) = map(parse_a1, span.split(":"))
                value = sheet.cells.get((top, left))
                if isinstance(value, date):
                    page.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
                    page.write_datetime(
                        top - 1, left - 1, value, book.add_format({"num_format": sheet.formats.get((top, left), "dd.mm.yyyy")})
                    )
                else:
                    page.merge_range(top - 1, left - 1, bottom - 1, right - 1, value if value is not None else "")
        book.close()
        return out.getvalue()

    def _bare(self) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)  # type: ignore[arg-type]
        for sheet in self.sheets:
            page = book.create_sheet(sheet.name)
            page.sheet_state = "hidden" if sheet.hidden else "visible"
            for (row, column), value in sheet.cells.items():
                cell = page.cell(row, column, value.text if isinstance(value, F) else float(value) if isinstance(value, Decimal) else value)
                if (row, column) in sheet.formats:
                    cell.number_format = sheet.formats[row, column]
                elif isinstance(value, date):
                    cell.number_format = "dd.mm.yyyy"
            for (row, column), colour in sheet.fills.items():
                page.cell(row, column).fill = PatternFill("solid", fgColor=colour)
            for span in sheet.merges:
                page.merge_cells(span)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def ods(self) -> bytes:
        document = OpenDocumentSpreadsheet()
        for sheet in self.sheets:
            table = Table(name=sheet.name)
            for row in range(1, max(r for r, _ in sheet.cells) + 1):
                line_ = TableRow()
                for column in range(1, max(c for _, c in sheet.cells) + 1):
                    line_.addElement(_ods_cell(sheet.cells.get((row, column)), sheet.formats.get((row, column))))
                table.addElement(line_)
            document.spreadsheet.addElement(table)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    def csv(self, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
        sheet, out = self.sheets[0], io.StringIO()
        writer = csv.writer(out, delimiter=delimiter)
        for row in range(1, max(r for r, _ in sheet.cells) + 1):
            writer.writerow([sheet.cells.get((row, c), "") for c in range(1, max(c for _, c in sheet.cells) + 1)])
        return out.getvalue().encode(encoding)


def _ods_cell(value: Any, pattern: str | None) -> Any:
    if value is None:
        return TableCell()
    if isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, int | float | Decimal):
        kind = {"valuetype": "currency", "currency": pattern} if pattern else {"valuetype": "float"}
        cell = TableCell(value=str(value), **kind)
    else:
        cell = TableCell(valuetype="string")
    cell.addElement(P(text=str(value)))
    return cell


def text(value: Any, style: str = "1.234,56") -> str:
    """Write a number as text in a style: thousands sign, decimal sign and decimals are the style's own."""
    marks = re.fullmatch(r"1(\D*)234(?:(\D)(\d+))?", style)
    assert marks
    group, point, decimals = marks.groups()
    whole, _, cents = f"{Decimal(str(value)):.{len(decimals or '')}f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", group)
    return grouped + (point or "") + cents


# --- the verdict ---------------------------------------------------------------------------------------------------------------------

_COVERS = {
    "plan": {"other_table", "unread_table"},
    "money": {
        "unread_table",
        "other_table",
        "which_budget",
        "ambiguous_number",
        "mixed_frequency",
        "total_mismatch",
        "amount_is_text",
        "formula_without_value",
    },
    "items": {
        "ambiguous_number",
        "which_budget",
        "total_mismatch",
        "formula_without_value",
        "amount_is_text",
        "other_table",
        "unread_table",
        "rows_left_out",
        "alternatives",
        "shares_only",
    },
    "dates": {"ambiguous_date", "missing_year", "impossible_date", "unread_date", "end_before_start", "dates_swapped"},
    "periods": {"undated_periods", "period_mismatch", "missing_year", "which_budget", "ambiguous_number"},
    "currency": {"currency"},
    "versions": {"alternatives", "options_in_rows"},
    "basis": {"which_budget"},
}


@dataclass(frozen=True)
class Outcome:
    """`right`, `asked`, `warned` or `silent`; `noise` are warnings of mismatches that the truth does not know."""

    case: str
    outcome: str
    faults: tuple[str, ...]
    asked: tuple[str, ...]
    warned: tuple[str, ...]
    noise: tuple[str, ...]
    claims: tuple[tuple[float, bool], ...] = ()


def read_case(case: Case, name: str) -> Reading:
    return read_workbook(load_workbook(case.name, case.content), fallback_year=2026)


def weigh(name: str, case: Case, reading: Reading | None = None) -> Outcome:
    """Compare what was read with the truth of a case."""
    reading = reading or read_case(case, name)
    asked, warned = {q.kind for q in reading.questions}, {w.code for w in reading.warnings}
    faults = list(dict.fromkeys(_faults(case, reading)))
    outcome = "right"
    if faults:
        said = [bool(_COVERS.get(f.split(":")[0], set()) & (asked | warned)) for f in faults]
        by_question = [bool(_COVERS.get(f.split(":")[0], set()) & asked) for f in faults]
        outcome = "asked" if all(by_question) else "warned" if all(said) else "silent"
    noise = {"total_mismatch", "period_mismatch", "dates_swapped", "unread_date", "repeats_money", "metric_mismatch"} & warned - case.warns
    noise |= asked - case.asks - ({"alternatives"} if case.versions else set())
    claims = tuple(_claims(case, reading))
    return Outcome(name, outcome, tuple(faults[:6]), tuple(sorted(asked)), tuple(sorted(warned)), tuple(sorted(noise)), claims)


def _faults(case: Case, reading: Reading) -> Iterable[str]:
    if reading.is_media_plan is not case.plan:
        yield f"plan: {reading.is_media_plan}"
    if not case.plan:
        if any(t.line_items for t in reading.tables):
            yield "items: in what is no plan"
        return
    asked, warned = {q.kind for q in reading.questions}, {w.code for w in reading.warnings}
    yield from (f"unasked: {kind}" for kind in sorted(case.asks - asked))
    yield from (f"unwarned: {code}" for code in sorted(case.warns - warned))
    tables = [t for t in reading.tables if t.line_items]
    if case.versions:
        yield from _version_faults(case, tables, asked)
        return
    if any(t.alternative_group for t in tables):
        yield "versions: taken for alternatives"
    yield from _table_faults(case, tables, asked)
    if case.lines or not case.asks:
        yield from _line_faults(case, tables, case.lines, asked)


def _table_faults(case: Case, tables: list[PlanTable], asked: set[str]) -> Iterable[str]:
    for table in tables:
        if table.currency != case.currency and not ("currency" in asked and case.currency is None):
            yield f"currency: {table.currency} for {case.currency}"
        if case.basis and table.basis != case.basis:
            yield f"basis: {table.basis} for {case.basis}"
        if case.vat is not None and table.vat_included is (not case.vat):
            yield f"basis: vat {table.vat_included} for {case.vat}"


def _version_faults(case: Case, tables: list[PlanTable], asked: set[str]) -> Iterable[str]:
    if len(tables) != len(case.versions):
        yield f"versions: {len(tables)} for {len(case.versions)}"
    for table in tables:
        if all(list(_line_faults(case, [table], version, asked)) for version in case.versions):
            yield f"money: no version is {table.tab} {table.range}"
    if len(tables) > 1 and not all(t.alternative_group for t in tables) and "alternatives" not in asked:
        yield "added: up"


def _line_faults(case: Case, tables: list[PlanTable], truth: list[Line], asked: set[str]) -> Iterable[str]:
    items = [item for table in tables for item in table.line_items if item.budget_minor is not None]
    bought = [t for t in truth if t.budget]
    if len([i for i in items if i.budget_minor]) != len(bought):
        yield f"items: {len([i for i in items if i.budget_minor])} for {len(bought)}"
    left = list(items)
    for true in bought:
        found = next((i for i in left if _same_money(i, true, case) and _named(i, true)), None)
        if found is None:
            yield f"money: no item is {'|'.join(true.names)} {true.budget}"
            continue
        left.remove(found)
        yield from _detail_faults(found, true, case, asked)


def _same_money(item: LineItem, true: Line, case: Case) -> bool:
    return abs((item.budget_minor or 0) - to_minor(true.budget, case.currency or "USD")) <= 1


def _named(item: LineItem, true: Line) -> bool:
    told = " | ".join(
        str(t) for t in (item.channel, item.publisher, item.format, item.campaign, item.market, item.objective, *item.labels.values())
    )
    return all(name in told for name in true.names)


def _detail_faults(item: LineItem, true: Line, case: Case, asked: set[str]) -> Iterable[str]:
    if true.cell and item.budget_cell != true.cell:
        yield f"cell: {item.budget_cell} for {true.cell}"
    if true.start and "missing_year" not in case.asks:
        found = (str(item.start), str(item.end))
        if found != (true.start, true.end or true.start):
            yield f"dates: {item.start}..{item.end} for {true.start}..{true.end}"
    if true.periods is not None and "missing_year" not in case.asks:
        read = {str(p.start): Decimal(p.budget_minor) for p in item.by_period if p.budget_minor}
        wanted = {k: Decimal(to_minor(v, case.currency or "USD")) for k, v in true.periods.items()}
        if read.keys() != wanted.keys() or any(abs(read[k] - wanted[k]) > 1 for k in wanted):
            yield f"periods: {dict(list(read.items())[:2])} for {dict(list(wanted.items())[:2])}"


def _claims(case: Case, reading: Reading) -> Iterable[tuple[float, bool]]:
    truth = case.lines or [t for version in case.versions for t in version]
    for table in reading.tables:
        for item in table.line_items:
            yield item.confidence, any(_same_money(item, true, case) and _named(item, true) for true in truth)


Maker = Callable[[], Case]


def makers() -> dict[str, Callable[[], Case]]:
    """Give every function beside this module that makes a case, by name."""
    modules = [import_module(f"{__package__}.{found.name}") for found in iter_modules([str(Path(__file__).parent)])]
    functions = [made for module in modules for made in vars(module).values() if isinstance(made, FunctionType)]
    return {made.__name__: made for made in functions if made.__annotations__ == {"return": "Case"}}


def cell(column: int, row: int) -> str:
    """Give the address of a column (from 1) and row."""
    return a1(row, column)
