"""New and removed line items become whole rows to insert or delete, where the sheet's build allows it; else it is said why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.model.changes import CellState, RowEdit, Scalar
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.reading import LineItem, PlanTable
from core.model.workbook import SPILLED, Cell, CellValue, Span, Tab, Workbook, a1, column_letters, parse_a1
from core.sheets.writing.amounts import raw_amount
from core.sheets.writing.distribution import located
from core.sheets.writing.drift import state_of
from core.sheets.writing.inputs import INPUT_CHOICE, FormulaTarget, Wanted, typed_inputs
from core.sheets.writing.offers import input_offer
from core.sheets.writing.references import copied
from core.sheets.writing.texts import TEXT_FILES, amount_in_empty_cell, changed_text

NAMES = ("channel", "publisher", "format", "campaign", "market")
"""Fields of a line item that a planner gives a new one."""
_BY_TEXT = re.compile(r"\bINDIRECT\(", re.I)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t")
_INSERTABLE = ("google_sheet", "xlsx", "xlsm", "ods", "csv", "tsv")


@dataclass(slots=True)
class LinePlan:
    """Rows that come and go.

    Attributes:
        kept: the edited distribution with rows of the sheet only: what was removed and has to stay as a row has amounts of 0.
        added: (table, row of the line item above, the new line).
        removed: (table, line item row, the line as read).
        choices: amounts of new lines that are formulas, for which a person must name the input first.
    """

    edits: list[RowEdit] = field(default_factory=list)
    kept: list[DistributionRow] = field(default_factory=list)
    added: list[tuple[PlanTable, int, DistributionRow]] = field(default_factory=list)
    removed: list[tuple[PlanTable, int, DistributionRow]] = field(default_factory=list)
    choices: list[FormulaTarget] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """A line item of a sheet with all that is known of where it stands."""

    table: PlanTable
    item: LineItem
    tab: Tab
    row: DistributionRow

    @property
    def columns(self) -> range:
        _, left, _, right = span_of(self.table)
        return range(left, right + 1)

    def cell(self, column: int) -> Cell:
        return self.tab.cells.get((self.item.row, column), Cell())

    def passes_on(self, name: str, column: int) -> bool:
        """Tell whether the line right below has its name from this one or above: a label that is written once for a block."""
        below = next((item for item in self.table.line_items if item.row == self.item.row + 1), None)
        stands = None if below is None else getattr(below, name)
        written = self.tab.cells.get((self.item.row + 1, column), Cell()).value
        return stands is not None and stands == getattr(self.item, name) and written in (None, "")


def span_of(table: PlanTable) -> Span:
    """Give the rectangle that a table was read from."""
    first, _, last = table.range.partition(":")
    return Span(*parse_a1(first), *parse_a1(last or first))


def lines_of(tables: Sequence[PlanTable], workbook: Workbook, before: Distribution) -> dict[str, Line]:
    """Give the line items of a distribution as read, by row id."""
    places, rows = located(tables, before.rows), {row.id: row for row in before.rows}
    return {row_id: Line(table, item, workbook.tab(table.tab), rows[row_id]) for row_id, (table, item) in places.items()}


def plan_lines(tables: Sequence[PlanTable], workbook: Workbook, before: Distribution, after: Distribution) -> LinePlan:
    """Work out the rows to insert and to delete; what cannot be deleted safely keeps its row with amounts of 0."""
    plan, known = LinePlan(), lines_of(tables, workbook, before)
    edited = {row.id: row for row in after.rows}
    plan.kept = [row for row in after.rows if row.id in known]
    for row in after.rows:
        if row.id not in known:
            _add(plan, row, _model_of(row, edited, known), tables, workbook, named=after.notes)
    for row in before.rows:
        if row.id not in edited:
            reason = why_kept(known[row.id], tables, workbook) if row.id in known else "it is not known where it stands"
            remove(plan, known, row, reason)
    return plan


def _model_of(row: DistributionRow, edited: Mapping[str, DistributionRow], known: Mapping[str, Line]) -> Line | None:
    """Give the line of the sheet below which a new one goes, through other new ones."""
    like, seen = row.like, set[str]()
    while like is not None and like not in known and like not in seen:
        seen.add(like)
        like = edited[like].like if like in edited else None
    return known.get(like or "")


def remove(plan: LinePlan, known: Mapping[str, Line], row: DistributionRow, reason: str | None) -> None:
    """Take a removed line item into the plan: its row is deleted, or (with a reason) kept with amounts of 0."""
    if reason is not None:
        if row.total_minor == 0:
            plan.notes.append(f"{row.label}: its row stays, because {reason}.")
            return
        plan.notes.append(f"{row.label}: its row stays with amounts of 0, because {reason}.")
        plan.kept.append(replace(row, cells=tuple(replace(cell, budget_minor=0) for cell in row.cells)))
        return
    line = known[row.id]
    cells = {column: cell for (at, column), cell in sorted(line.tab.cells.items()) if at == line.item.row}
    typed = tuple((column, state_of(cell)) for column, cell in cells.items() if cell.formula is None and cell.value is not None)
    formulas = tuple(column for column, cell in cells.items() if cell.formula is not None)
    plan.edits.append(RowEdit("delete", line.table.tab, line.item.row, typed, formulas, row.id, row.label, row.total_minor))
    plan.removed.append((line.table, line.item.row, row))


def keep_after_all(plan: LinePlan, known: Mapping[str, Line], rows: Mapping[tuple[str, int], str]) -> bool:
    """Turn deletions into amounts of 0, by (tab, row) with the reason; False when there is none of these."""
    struck = [edit for edit in plan.edits if edit.kind == "delete" and (edit.tab, edit.row) in rows]
    for edit in struck:
        plan.edits.remove(edit)
        plan.removed = [one for one in plan.removed if one[2].id != edit.row_id]
        remove(plan, known, known[edit.row_id].row, rows[edit.tab, edit.row])
    return bool(struck)


# --- what a sheet's build does not allow ---------------------------------------------------------------------------------------------


def why_no_rows(line: Line, tables: Sequence[PlanTable], workbook: Workbook) -> str | None:
    """Say why no row can be inserted or deleted at a line item, None when it can."""
    table, item = line.table, line.item
    if workbook.kind not in _INSERTABLE:
        return f"rows of {workbook.kind} files are not inserted or deleted"
    if table.orientation == "columns":
        return f"line items of {table.tab} stand in columns"
    if any(parse_a1(cell)[0] != item.row for cell in (*item.amount_cells.values(), *item.metric_cells.values(), *_own_cells(item))):
        return f"a line item of {table.tab} takes up several rows"
    if sum(other.row == item.row for one in tables if one.tab == table.tab for other in one.line_items) > 1:
        return f"several line items of {table.tab} share row {item.row}"
    own = span_of(table)
    for other in tables:
        span = span_of(other)
        if other is not table and other.tab == table.tab and span.top <= item.row <= span.bottom and not _overlap(own, span):
            return f"another table stands beside it ({other.range})"
    for place, cell in line.tab.cells.items():
        if cell.formula == SPILLED:
            return f"{line.tab.name}!{a1(*place)} is filled by an array formula"
    for tab in workbook.tabs:
        for place, cell in tab.cells.items():
            if cell.formula is not None and _BY_TEXT.search(cell.formula):
                return f"{tab.name}!{a1(*place)} names cells by text (INDIRECT), which would not follow"
    return None


def _own_cells(item: LineItem) -> tuple[str, ...]:
    return tuple(part.cell for part in item.by_period) + ((item.budget_cell,) if item.budget_cell is not None else ())


def _overlap(one: Span, other: Span) -> bool:
    return one.left <= other.right and other.left <= one.right


def why_kept(line: Line, tables: Sequence[PlanTable], workbook: Workbook) -> str | None:
    """Say why the row of a removed line item has to stay, None when it can go."""
    reason = why_no_rows(line, tables, workbook)
    if reason is not None:
        return reason
    row = line.item.row
    beside = [column for (at, column), cell in line.tab.cells.items() if at == row and column not in line.columns and _holds(cell)]
    if beside:
        return f"{line.table.tab}!{a1(row, beside[0])} beside the table would go with it"
    for span in line.tab.merges:
        if span.top == row < span.bottom and _holds(line.tab.cells.get((span.top, span.left), Cell())):
            return f"it carries the merged label {span.a1}"
    following = next((item for item in line.table.line_items if item.row > row), None)
    for name in NAMES:
        for column in columns_of(line.table, name):
            if following is None or not line.cell(column).value or getattr(line.item, name) is None:
                continue
            if line.tab.value(following.row, column) is None and getattr(following, name) == getattr(line.item, name):
                return f"{line.table.tab}!{a1(row, column)} also names the lines below it"
    return None


def _holds(cell: Cell) -> bool:
    return cell.formula is not None or cell.value is not None


# --- a new row -----------------------------------------------------------------------------------------------------------------------


def _add(
    plan: LinePlan, row: DistributionRow, line: Line | None, tables: Sequence[PlanTable], workbook: Workbook, *, named: Mapping[str, str]
) -> None:
    if line is None:
        plan.violations.append(f"{row.label}: the line item below which it was put is not in the sheet; add it below another.")
        return
    reason = why_no_rows(line, tables, workbook)
    if reason is not None:
        plan.violations.append(f"{row.label} cannot be added to the sheet: {reason}. Add its row there by hand.")
        return
    made = _NewRow(row, line, workbook, named=named, number=len(plan.added) + 1)
    if workbook.kind in TEXT_FILES and (text := next((name for name in made.names if name.startswith(_FORMULA_STARTS)), None)) is not None:
        plan.violations.append(f"{row.label}: {text!r} would be a formula wherever the file is opened; choose another name.")
    plan.violations.extend(f"{row.label}: {one}" for one in made.violations)
    plan.choices.extend(made.choices)
    if made.empty and not made.violations and not made.choices:
        plan.notes.append(f"{row.label}: left empty in its new row: {', '.join(made.empty)}.")
    plan.edits.append(made.edit())
    plan.added.append((line.table, line.item.row, row))


class _NewRow:
    """Works out what stands in a new row: formulas of the row above, its names, its amounts."""

    def __init__(self, row: DistributionRow, line: Line, workbook: Workbook, *, named: Mapping[str, str], number: int) -> None:
        self._row, self._line, self._workbook = row, line, workbook
        self._merged = {
            column
            for span in line.tab.merges
            if span.top < span.bottom and span.top <= line.item.row <= span.bottom
            for column in _across(span)
        }
        self.cells: dict[int, Scalar] = {}
        self.violations: list[str] = []
        self.copies = tuple(column for column in self._all_columns() if line.cell(column).formula is not None)
        self.choices: list[FormulaTarget] = []
        self._inputs: set[int] = set()
        self._put_amounts()
        self._put_inputs(named, number)
        self.names = self._put_names()
        kept = [column for column in line.columns if self._is_kept(column)]
        rates = {column: value for column in kept if isinstance(value := line.cell(column).value, int | float) and value is not True}
        self.cells |= rates  # typed, for the row above may be written too: its price of tomorrow is not the one planned with
        self.keeps = tuple(column for column in kept if column not in rates)
        known = {*self.cells, *self.copies, *self.keeps, *self._merged}
        self.empty = [self._header(column) for column in line.columns if column not in known and _holds(line.cell(column))]

    def edit(self) -> RowEdit:
        line = self._line
        cells = tuple((column, CellState(value, None, line.cell(column).number_format)) for column, value in sorted(self.cells.items()))
        keeps, minor = self.keeps, self._row.total_minor
        return RowEdit("insert", line.table.tab, line.item.row, cells, self.copies, self._row.id, self._row.label, minor, keeps)

    def _all_columns(self) -> Iterator[int]:
        """Yield the table's columns, and those beside it that a neighbouring row fills with the same formula."""
        row, cells = self._line.item.row, self._line.tab.cells
        yield from self._line.columns
        for (at, column), cell in sorted(cells.items()):
            if at == row and column not in self._line.columns and cell.formula is not None:
                above, below = cells.get((row - 1, column), Cell()).formula, cells.get((row + 1, column), Cell()).formula
                if copied(cell.formula, 1) == below or (above is not None and copied(above, 1) == cell.formula):
                    yield column

    def _put_amounts(self) -> None:
        stands = {cell.period: cell for cell in self._line.row.cells}
        for cell in self._row.cells:
            model = stands[cell.period]
            if model.source_cell is None:
                if cell.budget_minor != 0:
                    self.violations.append(f"{self._line.table.tab} has no cell for {cell.period} in this block.")
                continue
            self._put_amount(parse_a1(model.source_cell)[1], model, cell.budget_minor)
        budget = self._line.item.budget_cell
        if budget is not None and (column := parse_a1(budget)[1]) not in self.cells and column not in self.copies:
            self._put_amount(column, DistributionCell("total", self._line.item.budget_minor or 0), self._row.total_minor)

    def _put_amount(self, column: int, model: DistributionCell, minor: int) -> None:
        cell, table = self._line.cell(column), self._line.table
        if column in self._merged:
            self.violations.append(f"{table.tab}!{a1(self._line.item.row, column)} is a merged amount.")
        elif cell.formula is None and (minor != 0 or cell.value is not None):
            value: Scalar
            if isinstance(cell.value, str):
                value = changed_text(table, self._workbook, cell.value, was=model.budget_minor, now=minor)
            elif cell.value is None:
                value = amount_in_empty_cell(table, self._workbook, (self._line.item.row, column), minor)
            else:
                value = raw_amount(minor, table.currency, table.scale)
            if value is None:
                self.violations.append(f"{table.tab}!{a1(self._line.item.row, column)} is a text that cannot be imitated.")
            self.cells[column] = value

    def _put_inputs(self, named: Mapping[str, str], number: int) -> None:
        """Fill what makes up an amount that is a formula: the input that a person named, and the others as in the row above."""
        line, tab = self._line, self._line.table.tab
        typed = frozenset(self.cells)
        for column, minor in self._formula_amounts():
            place = (tab, line.item.row, column)
            sources = [one for one in typed_inputs(self._workbook, place) if one[:2] == place[:2]]
            if not sources or any(one[2] in typed for one in sources):
                continue
            wanted = Wanted(place, minor, line.table.currency, line.table.scale)
            offers = [input_offer(self._workbook, line.table, line.item, wanted, one) for one in sources]
            options = tuple(one for one in offers if one.needed is not None and one.minor == minor)
            at = f"{column_letters(column)} of new line {number}, {self._row.label}"
            chosen = next((one for one in options if named.get(f"{INPUT_CHOICE}{tab}!{at}") == f"{one.tab}!{one.cell}"), None)
            if chosen is None:
                self.choices += [FormulaTarget(tab, at, line.cell(column).formula or "", minor, options)] if options else []
                continue
            self._inputs |= {one[2] for one in sources}
            self.cells[parse_a1(chosen.cell)[1]] = chosen.needed

    def _formula_amounts(self) -> Iterator[tuple[int, int]]:
        """Yield the columns of amounts that are formulas, with what is planned there and is not what the row above shows."""
        stands = {cell.period: cell for cell in self._line.row.cells}
        for cell in self._row.cells:
            model = stands[cell.period]
            column = None if model.source_cell is None else parse_a1(model.source_cell)[1]
            if column in self.copies and cell.budget_minor != (model.budget_minor if self._row.is_copy else 0):
                yield column, cell.budget_minor

    def _put_names(self) -> tuple[str, ...]:
        """Put the names into the row; gives those that do not stand in the row above."""
        line, is_named, amounts = self._line, False, frozenset(self.cells)
        for name in NAMES:
            column, wanted = name_column(line, name), getattr(self._row, name)
            if column is None:
                continue
            stands = getattr(line.item, name)
            if wanted != stands and line.passes_on(name, column):
                below = f"{line.table.tab}!{a1(line.item.row + 1, column)}"
                self.violations.append(
                    f"{below} is empty and takes {stands!r} from above; put {wanted!r} below the last line of its block."
                )
            elif column in self._merged:
                is_named = is_named or stands is not None
                if wanted != stands:
                    at = f"{line.table.tab}!{a1(line.item.row, column)}"
                    self.violations.append(f"{at} is merged and says {stands!r}, not {wanted!r}; put it below a line of its own block.")
            elif column not in self.copies and wanted and (wanted != stands or line.cell(column).value is not None):
                told = line.cell(column).value
                self.cells[column], is_named = told if wanted == stands and isinstance(told, str) else wanted, True
        own = label_column(line)
        if not is_named and own is not None and own not in self.cells:
            self.cells[own], is_named = self._row.label, True
        if not is_named:
            self.violations.append(f"no column of {line.table.tab} names its line items.")
        return tuple(str(value) for column, value in self.cells.items() if column not in amounts and value != line.cell(column).value)

    def _is_kept(self, column: int) -> bool:
        cell = self._line.cell(column)
        if column in self._inputs and column not in self.cells:
            return True
        if cell.formula is not None or cell.value is None or column in self.cells or column in self._merged or column in self._money():
            return False
        if self._row.is_copy:
            return column not in columns_of(self._line.table, "rownum")
        same = [self._line.tab.value(item.row, column) == cell.value for item in self._line.table.line_items]
        return _is_number(cell.value) and len(same) > 1 and all(same)  # a rate that every line has

    def _money(self) -> set[int]:
        item = self._line.item
        cells = {*_own_cells(item), *item.amount_cells.values()}
        unchanged = self._row.is_copy and self._row.total_minor == self._line.row.total_minor
        return {parse_a1(cell)[1] for cell in (_own_cells(item) if unchanged else cells)}

    def _header(self, column: int) -> str:
        letters = a1(1, column)[:-1]
        texts = [one.header.replace("\n", " ").strip() for one in self._line.table.columns if one.column == letters]
        return texts[0] if texts and texts[0] else letters


def _across(span: Span) -> range:
    return range(span.left, span.right + 1)


def _is_number(value: CellValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def columns_of(table: PlanTable, role: str) -> list[int]:
    """Give the columns that were read as one role."""
    return [parse_a1(f"{column.column}1")[1] for column in table.columns if column.role == role and column.column.isalpha()]


def name_column(line: Line, name: str) -> int | None:
    """Give the column in which a line item's channel, publisher, ... stands."""
    columns, stands = columns_of(line.table, name), getattr(line.item, name)
    told = [column for column in columns if stands is not None and line.cell(column).value == stands]
    return next(iter(told or columns), None)


def label_column(line: Line) -> int | None:
    """Give the column that names a line item where none of its fields does."""
    taken = {column for name in NAMES for column in columns_of(line.table, name)}
    texts = set(line.item.labels.values())
    return next((column for column in line.columns if column not in taken and line.cell(column).value in texts and texts), None)
