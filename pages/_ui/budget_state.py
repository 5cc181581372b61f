"""A draft while it is edited: amounts and limits as arrays, undo and redo as a stack of them; pure, no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.model.distribution import Distribution, DistributionCell, DistributionRow
from pages._ui.typed_amounts import typed_minor

Amounts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Limits = NDArray[np.float64]  # minor units, nan for none
UNDO_STEPS = 200


@dataclass(frozen=True, eq=False)
class Budget:
    """One state of the table; arrays are rows x periods (or rows) and never changed in place."""

    rows: tuple[DistributionRow, ...]
    amounts: Amounts
    locked: Flags
    least: Limits
    most: Limits
    row_locked: Flags
    row_least: Limits
    row_most: Limits
    row_start: Limits
    row_step: Limits
    fixed_total_minor: int | None
    max_live_amounts: int | None = None

    @property
    def row_totals(self) -> Amounts:
        return np.asarray(self.amounts.sum(axis=1), dtype=np.int64)

    @property
    def total_minor(self) -> int:
        return int(self.amounts.sum())

    @property
    def held(self) -> Flags:
        """Give the cells that may not be edited: locked themselves or with their row."""
        return self.locked | self.row_locked[:, None]


@dataclass(frozen=True, eq=False)
class InSheet:
    """The sheet laid over the table's line items: its amounts (0 for new ones), whether it has a cell for each, its totals by period."""

    rows: tuple[DistributionRow, ...]
    amounts: Amounts
    has_cell: Flags
    periods: Amounts


@dataclass
class Editing:
    """What a browser tab holds of a draft.

    Attributes:
        template: the version it was opened at; its periods and currency never change while editing.
        base: the state that the grid was drawn with; `budget` the state with what was typed since.
        sheet: as it was read, for the differences.
        grid: counts up when the grid has to be drawn anew. `layer`: what it shows beside the line items.
        in_sheet: the sheet laid over the line items of the table; made anew only when there are others.
        kept: the state that the server keeps as unsaved. found_from: when it was typed, where this tab found it there.
    """

    template: Distribution
    version: int
    base: Budget
    budget: Budget
    sheet: Distribution
    undo: list[Budget] = field(default_factory=list)
    redo: list[Budget] = field(default_factory=list)
    grid: int = 0
    layer: str = "Amounts"
    in_sheet: InSheet | None = None
    kept: Budget | None = None
    found_from: datetime | None = None

    @property
    def is_dirty(self) -> bool:
        return bool(self.undo)

    @property
    def first(self) -> Amounts:
        """Give what the sheet has for each amount, 0 for new line items."""
        return self._in_sheet().amounts

    @property
    def writable(self) -> Flags:
        """Tell which amounts the sheet has a cell for; a new line item has those of the one it is like."""
        return self._in_sheet().has_cell

    @property
    def sheet_periods(self) -> Amounts:
        """Give the sheet's total by period, removed line items included."""
        return self._in_sheet().periods

    def _in_sheet(self) -> InSheet:
        if self.in_sheet is None or self.in_sheet.rows is not self.budget.rows:
            self.in_sheet = lay_over(self.sheet, self.budget.rows)
        return self.in_sheet

    @property
    def new_ids(self) -> frozenset[str]:
        return frozenset(row.id for row in self.budget.rows if row.source_tab is None)

    @property
    def removed(self) -> tuple[DistributionRow, ...]:
        """Give the line items of the sheet that the table no longer has."""
        held = {row.id for row in self.budget.rows}
        return tuple(row for row in self.sheet.rows if row.id not in held)

    @property
    def gone(self) -> frozenset[str]:
        """Give the ids of the line items that were removed since the version it was opened at."""
        return frozenset({row.id for row in self.template.rows} - {row.id for row in self.budget.rows})

    def change(self, budget: Budget, *, redraw: bool) -> None:
        """Take a new state; the old one can be undone."""
        self.undo = [*self.undo[-UNDO_STEPS:], self.budget]
        self.redo, self.budget = [], budget
        if redraw:
            self.redraw()

    def redraw(self) -> None:
        self.base, self.grid = self.budget, self.grid + 1

    def step_back(self) -> None:
        if self.undo:
            self.redo, self.budget, self.undo = [*self.redo, self.budget], self.undo[-1], self.undo[:-1]
            self.redraw()

    def step_forward(self) -> None:
        if self.redo:
            self.undo, self.budget, self.redo = [*self.undo, self.budget], self.redo[-1], self.redo[:-1]
            self.redraw()

    def distribution(self) -> Distribution:
        """Give the edited state as the service takes it."""
        return to_distribution(self.template, self.budget)


def start_editing(distribution: Distribution, *, version: int, first: Distribution) -> Editing:
    """Start with a saved version. `first` is the sheet as it was read, for the differences."""
    budget = from_distribution(distribution)
    return Editing(distribution, version, budget, budget, first)


def lay_over(sheet: Distribution, rows: tuple[DistributionRow, ...]) -> InSheet:
    """Lay a sheet over line items by their ids; a new one has cells where the one it is like has."""
    shape = (len(rows), len(sheet.periods))
    cells = np.array([[cell.budget_minor for cell in row.cells] for row in sheet.rows], dtype=np.int64)
    amounts = {row.id: cells[number] for number, row in enumerate(sheet.rows)}
    known = {row.id: [cell.source_cell is not None for cell in row.cells] for row in sheet.rows}
    likes = {row.id: row.like for row in rows}
    blank, free = [0] * shape[1], [True] * shape[1]
    has_cell = []
    for row in rows:
        row_id: str | None = row.id
        while row_id is not None and row_id not in known:
            row_id = likes.get(row_id)
        has_cell.append(known.get(row_id or "", free))
    return InSheet(
        rows,
        np.array([amounts.get(row.id, blank) for row in rows], dtype=np.int64).reshape(shape),
        np.array(has_cell, dtype=np.bool_).reshape(shape),
        np.asarray(cells.sum(axis=0), dtype=np.int64),
    )


def from_distribution(distribution: Distribution) -> Budget:
    """Give a distribution's amounts and limits as arrays."""
    shape = (len(distribution.rows), len(distribution.periods))
    cells = [cell for row in distribution.rows for cell in row.cells]
    return Budget(
        rows=distribution.rows,
        amounts=np.array([cell.budget_minor for cell in cells], dtype=np.int64).reshape(shape),
        locked=np.array([cell.locked for cell in cells], dtype=np.bool_).reshape(shape),
        least=_limits([cell.min_minor for cell in cells]).reshape(shape),
        most=_limits([cell.max_minor for cell in cells]).reshape(shape),
        row_locked=np.array([row.locked for row in distribution.rows], dtype=np.bool_),
        row_least=_limits([row.min_minor for row in distribution.rows]),
        row_most=_limits([row.max_minor for row in distribution.rows]),
        row_start=_limits([row.zero_or_at_least_minor for row in distribution.rows]),
        row_step=_limits([row.step_minor for row in distribution.rows]),
        fixed_total_minor=distribution.fixed_total_minor,
        max_live_amounts=distribution.max_live_amounts,
    )


def _limits(values: Sequence[int | None]) -> Limits:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def to_distribution(template: Distribution, budget: Budget) -> Distribution:
    """Give the arrays back as a distribution with the template's periods."""
    rows = [_row(budget, row, number) for number, row in enumerate(budget.rows)]
    return replace(template, rows=tuple(rows), fixed_total_minor=budget.fixed_total_minor, max_live_amounts=budget.max_live_amounts)


def _row(budget: Budget, row: DistributionRow, number: int) -> DistributionRow:
    amounts, locked = budget.amounts[number].tolist(), budget.locked[number].tolist()
    least, most = budget.least[number].tolist(), budget.most[number].tolist()
    cells = tuple(
        DistributionCell(cell.period, amount, lock, _minor(low), _minor(high), cell.source_cell)
        for cell, amount, lock, low, high in zip(row.cells, amounts, locked, least, most, strict=True)
    )
    return replace(
        row,
        cells=cells,
        locked=bool(budget.row_locked[number]),
        min_minor=_minor(float(budget.row_least[number])),
        max_minor=_minor(float(budget.row_most[number])),
        zero_or_at_least_minor=_minor(float(budget.row_start[number])),
        step_minor=_minor(float(budget.row_step[number])),
    )


def _minor(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def broken_rules(editing: Editing) -> int:
    """Count broken rules quickly; the service names them all."""
    budget = editing.budget
    totals = budget.row_totals
    with np.errstate(invalid="ignore"):
        cells = (budget.amounts < 0) | (budget.amounts < budget.least) | (budget.amounts > budget.most)
        rows = (totals < budget.row_least) | (totals > budget.row_most)
    off = budget.fixed_total_minor is not None and budget.total_minor != budget.fixed_total_minor
    return int(cells.sum()) + int(rows.sum()) + int(off)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the grid: by row number, column name to value. `layer` says what the period columns hold."""

    layer: str
    rows: Mapping[int, Mapping[str, object]]


AMOUNTS, LIMITS, LOCKS, MINIMUM, MAXIMUM = "Amounts", "Limits", "Locks by period", "Minimum by period", "Maximum by period"
ROW_LIMITS = ("least", "most", "start", "step")
ARRAYS = ("amounts", "locked", "least", "most", "row_locked", *(f"row_{name}" for name in ROW_LIMITS))
LAYERS = (AMOUNTS, LIMITS, LOCKS, MINIMUM, MAXIMUM)


def apply_typed(editing: Editing, start: Budget, typed: Typed) -> tuple[Budget, list[str]]:
    """Lay what was typed over a state.

    Returns:
        the new state, and why some of it was not taken: locked cells, cells that the sheet does not have, nothing but text.
    """
    keys = {period.key: number for number, period in enumerate(editing.template.periods)}
    fresh = {name: getattr(start, name).copy() for name in ARRAYS}
    refused: list[str] = []
    for row, changes in typed.rows.items():
        for column, value in changes.items():
            if column in keys:
                refusal = _set_cell(editing, fresh, (row, keys[column]), (typed.layer, value))
            else:
                refusal = _set_row(editing, fresh, row, (column, value))
            if refusal is not None:
                refused.append(f"{start.rows[row].name}: {refusal}")
    return replace(start, **fresh), refused


def _set_cell(editing: Editing, fresh: dict[str, NDArray[np.generic]], place: tuple[int, int], typed: tuple[str, object]) -> str | None:
    layer, value = typed
    if layer == LOCKS:
        fresh["locked"][place] = bool(value)
        return None
    amount = typed_minor(value, editing.template.currency)
    if isinstance(amount, str):
        return amount
    if layer in (MINIMUM, MAXIMUM):
        fresh["least" if layer == MINIMUM else "most"][place] = np.nan if amount is None else amount
        return None
    if not editing.writable[place]:
        return "the sheet has no cell for this period"
    if amount is None or amount < 0:
        return "an amount is needed, zero or more"
    if editing.budget.held[place] and amount != editing.budget.amounts[place]:
        fresh["amounts"][place] = editing.budget.amounts[place]
        return "locked"
    fresh["amounts"][place] = amount
    return None


def _set_row(editing: Editing, fresh: dict[str, NDArray[np.generic]], row: int, typed: tuple[str, object]) -> str | None:
    column, value = typed
    if column == "locked":
        fresh["row_locked"][row] = bool(value)
    elif column in ROW_LIMITS:
        amount = typed_minor(value, editing.template.currency)
        if isinstance(amount, str):
            return amount
        if column == "step" and amount is not None and amount < 1:
            return "a step is above zero"
        fresh[f"row_{column}"][row] = np.nan if amount is None else amount
    return None


def with_line(budget: Budget, line: DistributionRow, *, below: int) -> Budget:
    """Put a line item below a row of the table."""
    at = below + 1
    amounts = np.array([cell.budget_minor for cell in line.cells], dtype=np.int64)
    return replace(
        budget,
        rows=(*budget.rows[:at], line, *budget.rows[at:]),
        amounts=np.insert(budget.amounts, at, amounts, axis=0),
        locked=np.insert(budget.locked, at, False, axis=0),
        least=np.insert(budget.least, at, np.nan, axis=0),
        most=np.insert(budget.most, at, np.nan, axis=0),
        row_locked=np.insert(budget.row_locked, at, False),
        row_least=np.insert(budget.row_least, at, np.nan),
        row_most=np.insert(budget.row_most, at, np.nan),
        row_start=np.insert(budget.row_start, at, np.nan),
        row_step=np.insert(budget.row_step, at, np.nan),
    )


def without_line(budget: Budget, number: int) -> Budget:
    """Take a line item out of the table; new ones that were put below it stay below the one above."""
    gone = budget.rows[number]
    rows = tuple(replace(row, like=gone.like) if row.like == gone.id and gone.source_tab is None else row for row in budget.rows)
    arrays = {name: np.delete(getattr(budget, name), number, axis=0) for name in ARRAYS}
    return replace(budget, rows=rows[:number] + rows[number + 1 :], **arrays)
