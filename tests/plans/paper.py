"""Write a plan file cell by cell as a person would, with the truth beside it."""

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

from core.model.workbook import a1, parse_a1


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


def makers() -> dict[str, Callable[[], Case]]:
    """Give every function beside this module that makes a case, by name."""
    modules = [import_module(f"{__package__}.{found.name}") for found in iter_modules([str(Path(__file__).parent)])]
    functions = [made for module in modules for made in vars(module).values() if isinstance(made, FunctionType)]
    return {made.__name__: made for made in functions if made.__annotations__ == {"return": "Case"}}


def cell(column: int, row: int) -> str:
    """Give the address of a column (from 1) and row."""
    return a1(row, column)
