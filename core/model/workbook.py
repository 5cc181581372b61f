"""A workbook as it was found: cells with value, formula and number format, merges and what is hidden. Rows and columns count from 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Literal, NamedTuple

from core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value such as #REF! or #DIV/0!."""

    text: str


CellValue = str | int | float | bool | date | datetime | time | CellError | None
Address = tuple[int, int]
"""(row, column), both from 1."""


class Cell(NamedTuple):
    """One cell.

    Attributes:
        value: the cached or effective value; dates already decoded where the number format says so; None when empty or not cached.
        formula: with the leading `=`, None for a plain value.
        number_format: the source's own pattern (`#,##0.00 [$€-407]`), None for General.
        text: as displayed, where the source gives it (Google Sheets), else None.
        fill: background as RRGGBB where it is neither white nor absent (headers, Gantt bars).
        struck: crossed out as a whole.
    """

    value: CellValue = None
    formula: str | None = None
    number_format: str | None = None
    text: str | None = None
    bold: bool = False
    fill: str | None = None
    struck: bool = False


class Span(NamedTuple):
    """A rectangle of cells, all four ends inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def a1(self) -> str:
        first = a1(self.top, self.left)
        return first if (self.top, self.left) == (self.bottom, self.right) else f"{first}:{a1(self.bottom, self.right)}"

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right


class Cells(Mapping[Address, Cell]):
    """Cells kept by row and column, a third of what a dict by address takes; reads as a mapping by address.

    Attributes:
        rows: the cells of each row by column.
        all_valued: known to hold no cell without a value (a mere fill, a formula that was not calculated).
    """

    __slots__ = ("all_valued", "rows")

    def __init__(self, rows: dict[int, dict[int, Cell]], *, all_valued: bool = False) -> None:
        self.rows = rows
        self.all_valued = all_valued

    def __getitem__(self, at: Address) -> Cell:
        return self.rows[at[0]][at[1]]

    def __iter__(self) -> Iterator[Address]:
        return ((row, column) for row, line in self.rows.items() for column in line)

    def __len__(self) -> int:
        return sum(map(len, self.rows.values()))


Visibility = Literal["visible", "hidden", "very_hidden"]


@dataclass(frozen=True, slots=True)
class Tab:
    """One sheet of a workbook; cells are sparse, an absent address is an empty cell.

    Attributes:
        tab_id: the source's own id (Google sheetId), None for files.
        row_ids: a stable identity a row where the source has one (developer metadata), else empty.
    """

    name: str
    cells: Mapping[Address, Cell]
    n_rows: int
    n_columns: int
    visibility: Visibility = "visible"
    merges: tuple[Span, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    tab_id: int | None = None
    row_ids: dict[int, str] = field(default_factory=dict)

    def value(self, row: int, column: int) -> CellValue:
        cell = self.cells.get((row, column))
        return None if cell is None else cell.value

    @property
    def all_valued(self) -> bool:
        return isinstance(self.cells, Cells) and self.cells.all_valued

    def by_row(self) -> Mapping[int, Mapping[int, Cell]]:
        """Give the cells of each row by column."""
        if isinstance(self.cells, Cells):
            return self.cells.rows
        rows: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in self.cells.items():
            rows.setdefault(row, {})[column] = cell
        return rows


FileKind = Literal["google_sheet", "xlsx", "xlsm", "xls", "ods", "csv", "tsv"]


SPILLED = "=ARRAY()"
"""Formula of a cell that the array formula of another one fills, where the source does not say of which."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file of tabs.

    Attributes:
        name: the file's name as people know it.
        locale: `de_DE` and the like when the source says (Google Sheets) or the person did; None when unknown.
        revision: what the source calls this state (Drive version, sha256 of an upload); goes into provenance.
        delimiter: what parts the fields of a text file; None for other kinds.
        size_bytes: what its cells take, where it was loaded from a file; 0 elsewhere.
    """

    name: str
    kind: FileKind
    tabs: tuple[Tab, ...]
    locale: str | None = None
    revision: str | None = None
    delimiter: str | None = None
    size_bytes: int = field(default=0, compare=False)

    def tab(self, name: str) -> Tab:
        for tab in self.tabs:
            if tab.name == name:
                return tab
        raise InvalidInput(f"{self.name} has no tab named {name!r}.", hint="Its tabs: " + ", ".join(t.name for t in self.tabs))


_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]*)")


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Give `A` for 1, `AA` for 27."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Give 1 for `A`, 27 for `AA`."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def a1(row: int, column: int) -> str:
    """Give `B7` for row 7, column 2."""
    return f"{column_letters(column)}{row}"


def parse_a1(text: str) -> Address:
    """Give (7, 2) for `B7` or `$B$7`; InvalidInput for anything else."""
    match = _A1.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(f"{text!r} is not a cell address such as B7.")
    return int(match[2]), column_number(match[1])
