"""What follows from edited amounts: typed sums that have to be edited too, and formulas that will show something else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.model.changes import TotalMove
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.money import to_major
from core.model.reading import LineItem, PlanTable, TotalCheck
from core.model.workbook import Cell, Workbook, parse_a1
from core.sheets.calculation import Calculator, Place
from core.sheets.formulas import Uncomputable
from core.sheets.writing.distribution import label_of, located
from core.sheets.writing.inputs import Wanted, amount_shown, outcome_of

_Moves = dict[tuple[str, int], dict[str, int]]


@dataclass(frozen=True, slots=True)
class Follow:
    """A cell that changes by itself (a formula) once the edits are written; amounts in minor units."""

    tab: str
    cell: str
    label: str
    minor_before: int | None
    minor_after: int | None


@dataclass(frozen=True, slots=True)
class AmountChange:
    """One amount that differs: a distribution cell, or a typed total that has to follow."""

    table: PlanTable
    cell: str
    label: str
    period: str
    before: int
    after: int


def paired_cells(old: DistributionRow, new: DistributionRow) -> Iterator[tuple[DistributionCell, DistributionCell]]:
    now = {cell.period: cell for cell in new.cells}
    for was in old.cells:
        if was.period in now:
            yield was, now[was.period]


def money_cells(item: LineItem) -> set[str]:
    cells = {part.cell for part in item.by_period}
    return cells | ({item.budget_cell} if item.budget_cell is not None else set())


@dataclass(frozen=True, slots=True)
class Moves:
    """By how much amounts move, by (tab, row) and cell. `own`: of line items that stay. `under`: all that totals over a row notice."""

    own: _Moves
    under: _Moves


def moves_of(before: Distribution, after: Distribution, *, added: Sequence[tuple[str, int, DistributionRow]] = ()) -> Moves:
    """Give by how much each cell of each line item moves.

    Args:
        after: a line item of `before` that is not in it is deleted with its row.
        added: new lines as (tab, row of the line item above, line): to a total they count like that row.
    """
    edited = {row.id: row for row in after.rows}
    own: _Moves = {}
    under: _Moves = {}
    places: dict[tuple[str, int], dict[str, str]] = {}
    for row in before.rows:
        if row.source_tab is None or row.source_row is None:
            continue
        key = (row.source_tab, row.source_row)
        places.setdefault(key, {}).update({cell.period: cell.source_cell for cell in row.cells if cell.source_cell is not None})
        if row.id in edited:
            moved = {
                was.source_cell: now.budget_minor - was.budget_minor
                for was, now in paired_cells(row, edited[row.id])
                if was.source_cell is not None
            }
            own.setdefault(key, {}).update(moved)
        else:
            moved = {cell.source_cell: -cell.budget_minor for cell in row.cells if cell.source_cell is not None}
        under.setdefault(key, {}).update(moved)
    for tab, above, line in added:
        moved = under.setdefault((tab, above), {})
        for cell in line.cells:
            if (at := places.get((tab, above), {}).get(cell.period)) is not None:
                moved[at] = moved.get(at, 0) + cell.budget_minor
    return Moves(own, under)


def typed_sums(tables: Sequence[PlanTable], workbook: Workbook, moves: Moves) -> Iterator[AmountChange]:
    """Yield the typed sums that must follow: a line item's total beside its periods, and stated totals that agreed before."""
    for table in tables:
        for cell, label, stated, moved in (*_sums_beside(table, moves.own), *_stated_totals(table, moves.under)):
            if moved and is_typed(workbook.tab(table.tab).cells.get(parse_a1(cell))):
                yield AmountChange(table, cell, label, "total", stated, stated + moved)


def sums_left(tables: Sequence[PlanTable], workbook: Workbook, moves: Moves) -> Iterator[str]:
    """Yield a sentence for each table whose typed totals did not add up when they were read: they are not written."""
    for table in tables:
        cells = [
            total.cell
            for total in table.totals
            if not total.matches
            and moved_under(table, total, moves.under)
            and is_typed(workbook.tab(table.tab).cells.get(parse_a1(total.cell)))
        ]
        if cells:
            named = ", ".join(cells[:6]) + (f" and {len(cells) - 6} more" if len(cells) > 6 else "")
            yield f"Totals of {table.tab} are typed and did not add up when they were read; they are left as they are: {named}."


def shares_left(tables: Sequence[PlanTable], workbook: Workbook, moves: Moves) -> Iterator[str]:
    """Yield a sentence for each column of typed shares whose lines change: nobody says how they are rounded."""
    for table in tables:
        if not any(moved for (tab, _), cells in moves.under.items() if tab == table.tab for moved in cells.values()):
            continue
        tab, rows = workbook.tab(table.tab), [item.row for item in table.line_items]
        for column in table.columns:
            if column.role == "share" and any(is_typed(tab.cells.get(parse_a1(f"{column.column}{row}"))) for row in rows):
                header = column.header.replace("\n", " ").strip() or column.column
                yield f"{header} ({table.tab}!{column.column}) is typed and does not follow: its shares will no longer match."


def total_moves(tables: Sequence[PlanTable], workbook: Workbook, moves: Moves) -> Iterator[TotalMove]:
    """Yield the totals that are formulas and agreed before, with how much each has to move."""
    for table in tables:
        for total in table.totals:
            cell = workbook.tab(table.tab).cells.get(parse_a1(total.cell))
            is_known = total.matches and total.stated_minor is not None and _is_followed(total)
            if is_known and cell is not None and cell.formula is not None:
                yield TotalMove(table.tab, total.cell, moved_under(table, total, moves.under), table.scale, table.currency)


def _sums_beside(table: PlanTable, moves: _Moves) -> Iterator[tuple[str, str, int, int]]:
    for item in table.line_items:
        cells = _own_moves(table, item.row, moves)
        if item.budget_cell is not None and item.budget_minor is not None and item.budget_cell not in cells:
            yield item.budget_cell, label_of(item), item.budget_minor, sum(cells.values())


def _own_moves(table: PlanTable, row: int, moves: _Moves) -> dict[str, int]:
    """Give what moves in a row under the columns of one table: others may have lines of theirs in the same row (a market each)."""
    items = table.line_items
    cells = {part.cell for item in items for part in item.by_period} | {item.budget_cell for item in items if item.budget_cell}
    columns = {parse_a1(cell)[1] for cell in cells}
    return {cell: moved for cell, moved in moves.get((table.tab, row), {}).items() if parse_a1(cell)[1] in columns}


def _stated_totals(table: PlanTable, moves: _Moves) -> Iterator[tuple[str, str, int, int]]:
    for total in table.totals:
        if total.matches and total.stated_minor is not None:
            yield total.cell, total.kind.replace("_", " ").capitalize(), total.stated_minor, moved_under(table, total, moves)


def _is_followed(total: TotalCheck) -> bool:
    """Totals are only followed where what they add up is known."""
    return total.kind in ("total", "period_total") or (total.kind == "subtotal" and len(total.covers_rows) > 0)


def moved_under(table: PlanTable, total: TotalCheck, moves: _Moves) -> int:
    """Give by how much the money under a stated total moves."""
    if not _is_followed(total):
        return 0
    rows = total.covers_rows or tuple(item.row for item in table.line_items)
    column = parse_a1(total.cell)[1]
    of_period = total.kind == "period_total" or any(
        parse_a1(part.cell)[1] == column for item in table.line_items for part in item.by_period
    )
    moved = 0
    for row in rows:
        cells = _own_moves(table, row, moves)
        own = [minor for cell, minor in cells.items() if parse_a1(cell)[1] == column]
        moved += sum(own if own or of_period else cells.values())
    return moved


def is_typed(cell: Cell | None) -> bool:
    """Tell whether a cell holds a value that no formula gives."""
    return cell is not None and cell.formula is None and cell.value is not None


def dragged_along(
    tables: Sequence[PlanTable], workbook: Workbook, before: Distribution, numbers: Mapping[Place, int | float], asked: Collection[Place]
) -> Iterator[str]:
    """Yield a sentence for the line items' amounts that nobody edited and that an edited cell moves: an input that they share.

    Args:
        numbers: what is written. `asked`: the amounts that are meant to change.
    """
    calculator = Calculator(workbook, {place: float(value) for place, value in numbers.items()})
    places = located(tables, before.rows)
    for row in before.rows if numbers else ():
        for cell in row.cells:
            place = None if cell.source_cell is None else (row.source_tab or "", *parse_a1(cell.source_cell))
            if place is None or place in asked or calculator.tree(place) is None or not _is_reached(calculator, place):
                continue
            minor = amount_shown(calculator, Wanted(place, 0, before.currency, places[row.id][0].scale))
            if minor != cell.budget_minor:
                was, now = (f"{to_major(amount, before.currency):,}" for amount in (cell.budget_minor, minor or 0))
                at = f"{row.label}, {cell.period} ({place[0]}!{cell.source_cell})"
                yield f"{at} changes too, from {was} to {now}: it hangs on the same input."


def _is_reached(calculator: Calculator, place: Place) -> bool:
    try:
        return calculator.is_reached(place)
    except (Uncomputable, RecursionError):
        return False


def following_totals(tables: Sequence[PlanTable], workbook: Workbook, numbers: Mapping[Place, int | float]) -> Iterator[Follow]:
    """Yield the stated totals that are formulas and change, with what they will show."""
    for table in tables:
        tab = workbook.tab(table.tab)
        for total in table.totals:
            cell = tab.cells.get(parse_a1(total.cell))
            if cell is None or cell.formula is None:
                continue
            place = (table.tab, *parse_a1(total.cell))
            minor = outcome_of(workbook, numbers, Wanted(place, 0, table.currency, table.scale))
            if minor != total.stated_minor:
                yield Follow(table.tab, total.cell, total.kind, total.stated_minor, minor)
