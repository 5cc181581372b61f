"""A workbook with rows inserted and deleted: where everything goes, which formulas have to be written anew, and what would break.

Spreadsheet programs move references by themselves when rows come and go (Source: ECMA-376 part 1, 18.17; Sheets behaves alike). What
they do not do is done here: ranges and merged labels that end with the line item above a new one grow, sums of single cells get a term.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from core.model.workbook import Address, Cell, Span, Tab, Workbook
from core.sheets.calculation import Place
from core.sheets.writing.references import Ref, chain_of, copied, is_list_of_sums, rewritten, tokens


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row to insert or delete, on a tab as it is.

    Attributes:
        row: insert: the row below which it goes; several below one row keep their order. delete: the row itself.
        cells: insert: what stands in the new row besides copied formulas, by column.
        copies: insert: columns whose formulas are copied from `row`.
    """

    kind: Literal["insert", "delete"]
    tab: str
    row: int
    cells: Mapping[int, Cell] = field(default_factory=dict)
    copies: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a workbook's tables say about its rows.

    Attributes:
        items: rows of line items by tab: a range that ends relative to such a row (a running sum) does not grow.
        totals: cells that add up line items: there a single cell stands for a list of them.
    """

    items: Mapping[str, Collection[int]] = field(default_factory=dict)
    totals: Collection[Place] = ()


@dataclass(frozen=True, slots=True)
class Restructured:
    """The outcome.

    Attributes:
        workbook: as it will be; values of formulas are those of before.
        new_rows: the row of each change in the new workbook, in the order of the changes; for a deletion the row it had.
        formulas: texts that the program does not come to by itself, by place in the new workbook; new rows' formulas are among them.
        stale: formulas whose value may differ, by place in the new workbook.
        merges: merged areas to make, by tab: (the area as the program leaves it, None for none; the area wanted).
        broken: formulas that would lose what they refer to: (place of before, formula, (tab, row) of the deletions to blame).
    """

    workbook: Workbook
    new_rows: tuple[int, ...]
    formulas: dict[Place, str]
    stale: frozenset[Place]
    merges: dict[str, tuple[tuple[Span | None, Span], ...]]
    broken: tuple[tuple[Place, str, tuple[tuple[str, int], ...]], ...]
    maps: Mapping[str, RowMap]

    def place(self, tab: str, row: int, column: int) -> Place | None:
        """Give where a cell of before is now; None when its row is deleted."""
        rows = self.maps.get(tab)
        at = row if rows is None else rows.at(row)
        return None if at is None else (tab, at, column)


class RowMap:
    """Where the rows of a tab go."""

    def __init__(self, changes: Sequence[RowChange]) -> None:
        self._anchors = sorted(change.row for change in changes if change.kind == "insert")
        self._deleted = sorted({change.row for change in changes if change.kind == "delete"})

    @cached_property
    def _gone(self) -> frozenset[int]:
        return frozenset(self._deleted)

    @property
    def growth(self) -> int:
        return len(self._anchors) - len(self._deleted)

    def at(self, row: int) -> int | None:
        """Give the new number of a row, None when it is deleted."""
        return None if row in self._gone else row + bisect_left(self._anchors, row) - bisect_left(self._deleted, row)

    def inserted(self, row: int) -> range:
        """Give the new numbers of the rows inserted below a row."""
        first = row + bisect_left(self._anchors, row) - bisect_right(self._deleted, row) + 1
        return range(first, first + bisect_right(self._anchors, row) - bisect_left(self._anchors, row))

    def changes_within(self, top: int, bottom: int) -> bool:
        """Tell whether any of these rows goes, or one comes below any of them."""
        return any(bisect_left(rows, top) < bisect_right(rows, bottom) for rows in (self._anchors, self._deleted))

    def stretch(self, top: int, bottom: int) -> tuple[int, int] | None:
        """Give a stretch of rows as spreadsheet programs move it; None when all of it is deleted."""
        first = next(self._from(top, bottom), None)
        if first is None:
            return None
        last = self.at(bottom)
        while last is None:
            bottom -= 1
            inner = self.inserted(bottom)
            last = inner[-1] if inner else self.at(bottom)
        return first, last

    def grown(self, top: int, bottom: int) -> tuple[int, int] | None:
        """Give a stretch of rows with what is inserted right below it."""
        below, own = self.inserted(bottom), self.stretch(top, bottom)
        if not below:
            return own
        return (below[0] if own is None else own[0]), below[-1]

    def _from(self, top: int, bottom: int) -> Iterator[int]:
        for row in range(top, bottom + 1):
            if (place := self.at(row)) is not None:
                yield place
            if row < bottom and (inner := self.inserted(row)):
                yield inner[0]


def restructure(workbook: Workbook, changes: Sequence[RowChange], scope: Scope) -> Restructured:
    """Give the workbook with rows inserted and deleted, all at once."""
    return _Restructuring(workbook, changes, scope).outcome()


class _Restructuring:
    def __init__(self, workbook: Workbook, changes: Sequence[RowChange], scope: Scope) -> None:
        self._workbook, self._changes, self._scope = workbook, changes, scope
        names = {change.tab for change in changes}
        self._maps = {name: RowMap([change for change in changes if change.tab == name]) for name in names}
        self._tabs = {tab.name: tab for tab in workbook.tabs}
        self._formulas: dict[Place, str] = {}
        self._stale: set[Place] = set()
        self._broken: list[tuple[Place, str, tuple[tuple[str, int], ...]]] = []

    def outcome(self) -> Restructured:
        cells = {tab.name: self._moved_cells(tab) for tab in self._workbook.tabs}
        new_rows = self._add_rows(cells)
        merges = {name: tuple(self._merges(self._tabs[name], rows)) for name, rows in self._maps.items()}
        tabs = tuple(self._tab(tab, cells[tab.name], merges.get(tab.name, ())) for tab in self._workbook.tabs)
        made = {name: tuple(pair for pair in pairs if pair[0] != pair[1]) for name, pairs in merges.items()}
        new = replace(self._workbook, tabs=tabs)
        return Restructured(new, new_rows, self._formulas, frozenset(self._stale), made, tuple(self._broken), self._maps)

    def _tab(self, tab: Tab, cells: dict[Address, Cell], merges: Sequence[tuple[Span | None, Span]]) -> Tab:
        rows = self._maps.get(tab.name)
        if rows is None:
            return replace(tab, cells=cells)
        return replace(
            tab,
            cells=cells,
            n_rows=tab.n_rows + rows.growth,
            merges=tuple(wanted for _, wanted in merges),
            hidden_rows=frozenset(place for row in tab.hidden_rows if (place := rows.at(row)) is not None),
            row_ids={place: row_id for row, row_id in tab.row_ids.items() if (place := rows.at(row)) is not None},
        )

    def _moved_cells(self, tab: Tab) -> dict[Address, Cell]:
        rows, found = self._maps.get(tab.name), dict[Address, Cell]()
        for (row, column), cell in tab.cells.items():
            at = row if rows is None else rows.at(row)
            if at is not None:
                found[at, column] = cell if cell.formula is None else self._moved_formula(tab.name, (row, column), at, cell)
        return found

    def _moved_formula(self, tab: str, old: Address, at: int, cell: Cell) -> Cell:
        formula, place = cell.formula or "", (tab, at, old[1])
        natural = rewritten(formula, lambda ref: self._move(ref, tab, grows=False))
        wanted = self._wanted(formula, (tab, *old))
        if wanted.count("#REF!") > formula.count("#REF!"):
            self._broken.append(((tab, *old), formula, self._to_blame(formula, tab)))
        if wanted != natural:
            self._formulas[place] = wanted
        if wanted != formula or self._holds_changes(formula, tab):
            self._stale.add(place)
        return cell._replace(formula=wanted)

    def _holds_changes(self, formula: str, home: str) -> bool:
        """Tell whether rows come or go within what a formula adds up, though it may read as before: one came and one went."""
        refs = ((self._maps.get(ref.tab or home), ref.rows) for ref in tokens(formula) if isinstance(ref, Ref))
        return any(rows is not None and stretch is not None and rows.changes_within(*stretch) for rows, stretch in refs)

    def _wanted(self, formula: str, place: Place) -> str:
        is_total = place in self._scope.totals
        chain = chain_of(formula) if is_total else ()
        if any(self._loses_or_gains(ref, place[0]) for ref in chain):
            return "=" + "+".join(self._terms(chain, place[0]))
        in_list = is_total and is_list_of_sums(formula)
        in_item = place[1] in self._scope.items.get(place[0], ())

        def move(ref: Ref) -> Ref | None:
            last = ref.last
            several = ref.rows is not None and ref.rows[0] < ref.rows[1]
            fixed = last is not None and last.row_mark == "$"
            grows = in_list or (several and (fixed or not in_item))
            return self._move(ref, place[0], grows=grows)

        wanted = rewritten(formula, move)
        return wanted if wanted.count("#REF!") == formula.count("#REF!") else self._taking_over(formula, place) or wanted

    def _taking_over(self, formula: str, place: Place) -> str | None:
        """Give the formula of the deleted rows above where this one is their copy (a running sum goes on without them)."""
        rows, tab, (name, row, column) = self._maps.get(place[0]), self._tabs[place[0]], place
        at = None if rows is None else rows.at(row)
        if rows is None or at is None:
            return None
        top, above = row, formula
        while rows.at(top - 1) is None:
            model = tab.cells.get((top - 1, column), Cell()).formula
            if model is None or copied(model, 1) != above:
                break
            top, above = top - 1, model
        taken = rewritten(above, lambda ref: self._heir(ref, (name, top), at))
        return taken if taken.count("#REF!") == formula.count("#REF!") else None

    def _move(self, ref: Ref, home: str, *, grows: bool) -> Ref | None:
        rows, stretch = self._maps.get(ref.tab or home), ref.rows
        if rows is None or stretch is None:
            return ref
        moved = rows.grown(*stretch) if grows else rows.stretch(*stretch)
        return ref if moved == stretch else None if moved is None else ref.with_rows(*moved)

    def _loses_or_gains(self, ref: Ref, home: str) -> bool:
        rows, row = self._maps.get(ref.tab or home), ref.first.row
        return rows is not None and row is not None and (rows.at(row) is None or len(rows.inserted(row)) > 0)

    def _terms(self, chain: tuple[Ref, ...], home: str) -> Iterator[str]:
        """Yield the terms of a sum of single cells: those that stay, and one for each row inserted below a line item."""
        any_left = False
        for ref in chain:
            rows, row = self._maps.get(ref.tab or home), ref.first.row
            assert row is not None
            own = row if rows is None else rows.at(row)
            below = rows.inserted(row) if rows is not None else range(0)
            for place in ([] if own is None else [own]) + list(below):
                any_left = True
                yield ref.with_rows(place, place).text()
        if not any_left:
            yield "#REF!"

    def _to_blame(self, formula: str, home: str) -> tuple[tuple[str, int], ...]:
        gone: set[tuple[str, int]] = set()
        for ref in tokens(formula):
            if isinstance(ref, Ref) and ref.rows is not None and (rows := self._maps.get(ref.tab or home)) is not None:
                top, bottom = ref.rows
                if bottom - top < 100_000 and rows.grown(top, bottom) is None:
                    gone.update((ref.tab or home, row) for row in range(top, bottom + 1))
        return tuple(sorted(gone))

    def _add_rows(self, cells: dict[str, dict[Address, Cell]]) -> tuple[int, ...]:
        taken: dict[tuple[str, int], int] = {}
        new_rows = []
        for change in self._changes:
            if change.kind == "delete":
                new_rows.append(change.row)
                continue
            rows, nth = self._maps[change.tab], taken.get((change.tab, change.row), 0)
            taken[change.tab, change.row] = nth + 1
            at = rows.inserted(change.row)[nth]
            new_rows.append(at)
            cells[change.tab].update({(at, column): cell for column, cell in change.cells.items() if cell != Cell()})
            for place, cell in self._copied(change, at, cells[change.tab]):
                cells[change.tab][place] = cell
            self._keep_formulas(change.tab, at, cells[change.tab])
        for tab, row in taken:
            self._join_running(tab, row, cells[tab])
        return tuple(new_rows)

    def _copied(self, change: RowChange, at: int, cells: Mapping[Address, Cell]) -> Iterator[tuple[Address, Cell]]:
        rows, tab = self._maps[change.tab], self._tabs[change.tab]
        model, below = rows.at(change.row), rows.at(change.row + 1)
        for column in change.copies:
            cell = tab.cells[change.row, column]
            if model is None:  # its model goes: the new row takes its place in its own formulas
                formula = rewritten(cell.formula or "", lambda ref: self._heir(ref, (change.tab, change.row), at))
            elif below is not None and self._is_running(change.tab, change.row, column):
                formula = _stepped(cells[below, column].formula or "", {model: at - 1, below: at})
            else:
                formula = copied(cells[model, column].formula or "", at - model)
            if formula.count("#REF!") > (cell.formula or "").count("#REF!"):
                blamed = self._to_blame(cell.formula or "", change.tab)
                self._broken.append(((change.tab, change.row, column), cell.formula or "", blamed))
            yield (at, column), cell._replace(value=None, formula=formula, text=None)

    def _is_running(self, tab: str, row: int, column: int) -> bool:
        """Tell whether the line item below goes on from this one's cell in the same column (a running sum, a count, a date)."""
        formula, items = self._tabs[tab].cells.get((row + 1, column), Cell()).formula, self._scope.items.get(tab, ())
        if formula is None or row not in items or row + 1 not in items:
            return False
        refs = [ref for ref in tokens(formula) if isinstance(ref, Ref) and ref.tab is None and ref.last is None]
        return any(ref.first.row == row and ref.column == column and not ref.first.row_mark for ref in refs)

    def _heir(self, ref: Ref, gone: tuple[str, int], at: int) -> Ref | None:
        """Move a reference of a deleted row's formula, which another row takes over."""
        if ref.tab in (None, gone[0]) and ref.rows == (gone[1], gone[1]):
            return ref.with_rows(at, at)
        return self._move(ref, gone[0], grows=True)

    def _keep_formulas(self, tab: str, at: int, cells: Mapping[Address, Cell]) -> None:
        for (row, column), cell in cells.items():
            if row == at and cell.formula is not None:
                self._formulas[tab, row, column] = cell.formula
                self._stale.add((tab, row, column))

    def _join_running(self, tab: str, row: int, cells: dict[Address, Cell]) -> None:
        """Let what runs on below (`=G5+F6`) go on from the last new row, as it went on from the row above."""
        rows = self._maps[tab]
        last, model, below = rows.inserted(row)[-1], rows.at(row), rows.at(row + 1)
        for at, column in [place for place in cells if place[0] == below]:
            cell = cells[at, column]
            if model is not None and cell.formula is not None and self._is_running(tab, row, column):
                cells[at, column] = cell._replace(formula=_stepped(cell.formula, {model: last}))
                self._formulas[tab, at, column] = cells[at, column].formula or ""
                self._stale.add((tab, at, column))

    def _merges(self, tab: Tab, rows: RowMap) -> Iterator[tuple[Span | None, Span]]:
        for span in tab.merges:
            moved = rows.stretch(span.top, span.bottom)
            natural = None if moved is None else span._replace(top=moved[0], bottom=moved[1])
            if span.top == span.bottom:
                if natural is not None:
                    yield natural, natural
                yield from ((None, span._replace(top=at, bottom=at)) for at in rows.inserted(span.top))
                continue
            grown = rows.grown(span.top, span.bottom)
            if natural is not None and grown is not None and grown[0] < grown[1]:
                yield natural, span._replace(top=grown[0], bottom=grown[1])


def _stepped(formula: str, rows: Mapping[int, int]) -> str:
    """Give the formula with relative references to some rows of its own tab led to others."""

    def move(ref: Ref) -> Ref | None:
        place = rows.get(ref.first.row or 0)
        if ref.tab is not None or ref.last is not None or ref.first.row_mark or place is None:
            return ref
        return ref.with_rows(place, place)

    return rewritten(formula, move)
