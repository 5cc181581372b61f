"""Typed amounts beside the budget (a gross beside a net): named where they do not follow, led along where one ratio holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.model.distribution import Distribution
from core.model.reading import LineItem, PlanTable
from core.model.workbook import Workbook, column_letters, parse_a1
from core.sheets.writing.consequences import AmountChange, money_cells
from core.sheets.writing.distribution import label_of, located

_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class RatioOffer:
    """A typed amount that could follow the budget.

    Attributes:
        key: names the choice. `header`: the column's own words.
        ratio: the amount over the budget, the same in every one of `lines` line items of the table.
        cells: typed cells that would be written. `is_chosen`: they are among the edits.
    """

    key: str
    tab: str
    header: str
    ratio: str
    lines: int
    cells: tuple[str, ...]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Typed amounts beside changed budgets: those that follow, what can be offered, and what is to be said."""

    changes: tuple[AmountChange, ...]
    offers: tuple[RatioOffer, ...]
    notes: tuple[str, ...]


def amounts_beside(
    tables: Sequence[PlanTable], workbook: Workbook, before: Distribution, after: Distribution, choices: Mapping[str, str]
) -> Beside:
    """Find the typed amounts of changed line items that are not their budget.

    Args:
        choices: `ratio:Plan!H` -> anything, for the columns that a person lets follow.
    """
    totals = {row.id: row.total_minor for row in after.rows}
    places = located(tables, before.rows)
    edited = [row for row in before.rows if row.id in places and totals.get(row.id, row.total_minor) != row.total_minor]
    new = {id(places[row.id][1]): totals[row.id] for row in edited}
    inputs = set(choices.values())  # what a person named is written itself
    changes: list[AmountChange] = []
    offers: list[RatioOffer] = []
    notes: list[str] = []
    for table in tables:
        moved = [(item, new[id(item)]) for item in table.line_items if id(item) in new]
        for basis in dict.fromkeys(name for item, _ in moved for name in item.amount_cells):
            typed = [
                (item, minor)
                for item, minor in moved
                if _is_typed(table, item, basis, workbook) and f"{table.tab}!{item.amount_cells[basis]}" not in inputs
            ]
            if not typed:
                continue
            column = column_letters(parse_a1(typed[0][0].amount_cells[basis])[1])
            key, ratio = f"ratio:{table.tab}!{column}", _ratio(table, basis)
            chosen = ratio is not None and key in choices
            cells = tuple(item.amount_cells[basis] for item, _ in typed)
            header = next((one.header for one in table.columns if one.column == column), basis).replace("\n", " ").strip() or basis
            if ratio is not None:
                offers.append(RatioOffer(key, table.tab, header, f"{ratio.normalize():f}", _lines(table, basis), cells, chosen))
            if chosen and ratio is not None:
                changes.extend(_following(table, typed, basis, ratio, workbook))
                notes.append(f"{header} is written too, taken to be {ratio.normalize():f} times the budget as in all lines of {table.tab}.")
            else:
                named = ", ".join(f"{table.tab}!{cell}" for cell in cells[:6]) + (f" and {len(cells) - 6} more" if len(cells) > 6 else "")
                notes.append(f"{header} is typed and does not follow the budget: {named} will no longer match.")
    return Beside(tuple(changes), tuple(offers), tuple(notes))


def _is_typed(table: PlanTable, item: LineItem, basis: str, workbook: Workbook) -> bool:
    cell = item.amount_cells.get(basis)
    if cell is None or cell in money_cells(item) or not item.amounts.get(basis):
        return False
    found = workbook.tab(table.tab).cells.get(parse_a1(cell))
    return found is not None and found.formula is None and isinstance(found.value, int | float)


def _known(table: PlanTable, basis: str) -> Iterator[tuple[int, int]]:
    for item in table.line_items:
        if basis in item.amounts and item.budget_minor:
            yield item.budget_minor, item.amounts[basis]


def _lines(table: PlanTable, basis: str) -> int:
    return sum(1 for _ in _known(table, basis))


def _ratio(table: PlanTable, basis: str) -> Decimal | None:
    """Give the ratio with the fewest decimals that gives every amount to the minor unit; None without one, or with one line only."""
    known = list(_known(table, basis))
    if len(known) < 2:
        return None
    exact = Decimal(sum(amount for _, amount in known)) / Decimal(sum(budget for budget, _ in known))
    for decimals in range(_MOST_DECIMALS + 1):
        ratio = round(exact, decimals)
        if all(_times(budget, ratio) == amount for budget, amount in known):
            return ratio
    return None


def _times(minor: int, ratio: Decimal) -> int:
    return int((minor * ratio).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _following(
    table: PlanTable, typed: Sequence[tuple[LineItem, int]], basis: str, ratio: Decimal, workbook: Workbook
) -> Iterator[AmountChange]:
    """Yield the amounts that follow, and the typed total of their column where it agreed before."""
    moved = 0
    for item, minor in typed:
        was, now = item.amounts[basis], _times(minor, ratio)
        moved += now - was
        yield AmountChange(table, item.amount_cells[basis], f"{label_of(item)} ({basis})", "total", was, now)
    column = parse_a1(typed[0][0].amount_cells[basis])[1]
    stated = sum(amount for _, amount in _known(table, basis))
    for total in table.totals:
        place = parse_a1(total.cell)
        cell = workbook.tab(table.tab).cells.get(place)
        is_sum = place[1] == column and total.stated_minor == stated and len(total.covers_rows) in (0, len(table.line_items))
        if is_sum and cell is not None and cell.formula is None:
            yield AmountChange(table, total.cell, f"Total ({basis})", "total", stated, stated + moved)
