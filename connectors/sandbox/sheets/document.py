"""Spreadsheets as the sandbox holds them: sheets of sparse cells with what was entered, what it evaluates to and how it looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from connectors.sandbox.wire import ApiError, Json
from core.model.workbook import Address, CellError, Span

Value = str | int | float | bool | CellError | None
Dimension = Literal["ROWS", "COLUMNS"]
PLAIN: Mapping[str, Any] = MappingProxyType({})
"""The format of a cell nobody formatted. Formats are shared between cells: replace them, never change them in place."""


@dataclass(slots=True)
class Cell:
    """One cell; `value` is the effective one, `formula` has its leading `=`."""

    value: Value = None
    formula: str | None = None
    format: Mapping[str, Any] = field(default_factory=lambda: PLAIN)
    note: str | None = None
    validation: Json | None = None

    @property
    def is_blank(self) -> bool:
        """True when it holds no content (it may still have a format or a note)."""
        return self.value is None and self.formula is None

    @property
    def is_bare(self) -> bool:
        """True when there is nothing to keep."""
        return self.is_blank and not self.format and self.note is None and self.validation is None

    def copy(self) -> Cell:
        return Cell(self.value, self.formula, self.format, self.note, self.validation)


@dataclass(slots=True)
class Lines:
    """What is known of the rows or columns of a sheet, by number from 1: Google's DimensionProperties."""

    properties: dict[int, Json] = field(default_factory=dict)
    groups: list[tuple[int, int, int]] = field(default_factory=list)  # first, last, depth

    def hidden(self) -> set[int]:
        return {number for number, properties in self.properties.items() if properties.get("hiddenByUser")}


@dataclass(slots=True)
class Sheet:
    """One tab. `properties` holds Google's SheetProperties besides id, title, index and grid size."""

    sheet_id: int
    title: str
    n_rows: int = 1000
    n_columns: int = 26
    cells: dict[Address, Cell] = field(default_factory=dict)
    properties: Json = field(default_factory=dict)
    grid_properties: Json = field(default_factory=dict)
    merges: list[Span] = field(default_factory=list)
    rows: Lines = field(default_factory=Lines)
    columns: Lines = field(default_factory=Lines)
    basic_filter: Json | None = None
    protected: list[Json] = field(default_factory=list)

    def lines(self, dimension: Dimension) -> Lines:
        return self.rows if dimension == "ROWS" else self.columns

    def cell(self, address: Address) -> Cell:
        """Give the cell, made when it is not there yet."""
        return self.cells.setdefault(address, Cell())

    def sweep(self, address: Address) -> None:
        """Drop the cell when nothing is left in it."""
        cell = self.cells.get(address)
        if cell is not None and cell.is_bare:
            del self.cells[address]

    def filled(self) -> Iterator[Address]:
        """Yield the addresses that hold content."""
        return (address for address, cell in self.cells.items() if not cell.is_blank)

    def last_row(self) -> int:
        return max((row for row, _ in self.filled()), default=0)

    def whole(self) -> Span:
        return Span(1, 1, self.n_rows, self.n_columns)

    def grow(self, row: int, column: int) -> None:
        """Make the grid large enough for the cell."""
        self.n_rows = max(self.n_rows, row)
        self.n_columns = max(self.n_columns, column)


@dataclass(slots=True)
class DeveloperMetadata:
    """A key and value that travels with a row, a column, a sheet or the spreadsheet. `index` counts from 1."""

    metadata_id: int
    key: str
    value: str | None
    visibility: str
    sheet_id: int | None = None
    dimension: Dimension | None = None
    index: int | None = None


@dataclass(slots=True)
class Document:
    """A spreadsheet."""

    document_id: str
    title: str
    locale: str = "en_US"
    time_zone: str = "Etc/GMT"
    sheets: list[Sheet] = field(default_factory=list)
    named_ranges: list[Json] = field(default_factory=list)
    metadata: list[DeveloperMetadata] = field(default_factory=list)
    next_number: int = 1

    def sheet(self, sheet_id: int) -> Sheet:
        for sheet in self.sheets:
            if sheet.sheet_id == sheet_id:
                return sheet
        raise ApiError(400, f"No grid with id: {sheet_id}")

    def titled(self, title: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == title.casefold()), None)

    def number(self) -> int:
        """Give a number not yet used in this spreadsheet (ids of tabs, ranges and metadata)."""
        used = {sheet.sheet_id for sheet in self.sheets} | {item.metadata_id for item in self.metadata}
        while True:
            self.next_number = (self.next_number * 48271 + 11) % 2147483647
            if self.next_number not in used:
                return self.next_number
