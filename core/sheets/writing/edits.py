"""An edited distribution becomes cell edits: in the sheet's own scale, never over a formula, with what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.model.changes import CellEdit, CellState, RowPlan, Scalar
from core.model.distribution import Distribution
from core.model.money import to_major
from core.model.reading import PlanTable
from core.model.workbook import Cell, Workbook, a1, parse_a1
from core.sheets.calculation import Place
from core.sheets.writing.amounts import minor_of, raw_amount
from core.sheets.writing.charges import charges_below
from core.sheets.writing.consequences import (
    AmountChange,
    Follow,
    dragged_along,
    following_totals,
    money_cells,
    moves_of,
    paired_cells,
    shares_left,
    sums_left,
    typed_sums,
)
from core.sheets.writing.distribution import located, to_distribution
from core.sheets.writing.drift import state_of, table_key
from core.sheets.writing.inputs import INPUT_CHOICE, FormulaTarget, Wanted, outcome_of, typed_inputs
from core.sheets.writing.lines import plan_lines
from core.sheets.writing.offers import input_offer
from core.sheets.writing.outline import Outline, frame_of, outline_of
from core.sheets.writing.ratios import RatioOffer, amounts_beside
from core.sheets.writing.row_plan import NO_ROWS, plan_rows, settle_deletions
from core.sheets.writing.texts import amount_in_empty_cell, changed_text


@dataclass(frozen=True, slots=True)
class WritePlan:
    """What would be written.

    Attributes:
        edits: ready to be proposed. `outlines` follow their rows and columns.
        choices: formulas for which a person must name the input to change; while there is one, nothing can be proposed.
        follows: stated totals and other line items that change through formulas.
        notes: what a person should know and nothing decides (typed amounts that will not follow).
        violations: why the plan cannot be written as it is.
        rows: line items that get a row of their own, or lose theirs.
        ratios: typed amounts beside the budget that could follow it.
    """

    edits: tuple[CellEdit, ...]
    outlines: tuple[Outline, ...]
    choices: tuple[FormulaTarget, ...] = ()
    follows: tuple[Follow, ...] = ()
    notes: tuple[str, ...] = ()
    violations: tuple[str, ...] = ()
    rows: RowPlan = field(default_factory=RowPlan)
    ratios: tuple[RatioOffer, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.edits and not self.rows.edits


@dataclass(slots=True)
class _Gathered:
    edits: dict[Place, CellEdit] = field(default_factory=dict)
    choices: list[FormulaTarget] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    wanted: dict[Place, Wanted] = field(default_factory=dict)


def plan_writes(tables: Sequence[PlanTable], workbook: Workbook, after: Distribution) -> WritePlan:
    """Work out the cell edits that turn the plan as read into the edited distribution.

    Args:
        tables: the tables the distribution was made from, as read from `workbook` (the base).
        after: rows and periods as `to_distribution` gives them, amounts edited; its notes may name inputs for formulas.
    """
    before = to_distribution(tables, workbook)
    lines = plan_lines(tables, workbook, before, after)
    settle_deletions(lines, tables, workbook, before)
    gathered = _Gathered(notes=list(lines.notes), violations=list(lines.violations))
    kept = replace(after, rows=tuple(lines.kept))
    added = [(table.tab, above, line) for table, above, line in lines.added]
    moves = moves_of(before, kept, added=added)
    named = {key.removeprefix(INPUT_CHOICE): value for key, value in after.notes.items() if key.startswith(INPUT_CHOICE)}
    beside = amounts_beside(tables, workbook, before, kept, named)
    gathered.notes.extend((*beside.notes, *sums_left(tables, workbook, moves), *shares_left(tables, workbook, moves)))
    charges, left = charges_below(tables, workbook, moves)
    gathered.notes.extend(left)
    changes = _changes(tables, before, kept, gathered.violations)
    for change in (*changes, *typed_sums(tables, workbook, moves), *charges, *beside.changes):
        _gather(gathered, workbook, change, before.currency, after.notes)
    written = {place: edit.after.value for place, edit in gathered.edits.items()}
    numbers = {place: value for place, value in written.items() if isinstance(value, int | float)}
    _check_outcomes(gathered, workbook, numbers)
    gathered.notes.extend(dragged_along(tables, workbook, before, numbers, gathered.wanted))
    is_open = gathered.violations or lines.choices
    planned = NO_ROWS if is_open else plan_rows(lines, tables, workbook, moves=moves, edited=written)
    edits, outlines, rows = _framed(tables, workbook, gathered.edits, planned.rows)
    follows = planned.follows if rows.edits else tuple(following_totals(tables, workbook, numbers)) if edits else ()
    notes, violations = (*gathered.notes, *planned.notes), (*gathered.violations, *planned.violations)
    return WritePlan(edits, outlines, (*gathered.choices, *lines.choices), follows, notes, violations, rows, beside.offers)


def _changes(tables: Sequence[PlanTable], before: Distribution, after: Distribution, violations: list[str]) -> Iterator[AmountChange]:
    places = located(tables, before.rows)
    edited = {row.id: row for row in after.rows}
    for old in before.rows:
        new = edited.get(old.id)
        if new is None or old.source_tab is None or old.source_row is None:
            continue
        table, _ = places[old.id]
        for was, now in paired_cells(old, new):
            if was.budget_minor == now.budget_minor:
                continue
            if was.source_cell is None:
                violations.append(f"{old.label} has no cell for {was.period} on {old.source_tab}.")
            else:
                yield AmountChange(table, was.source_cell, old.label, was.period, was.budget_minor, now.budget_minor)


def _gather(gathered: _Gathered, workbook: Workbook, change: AmountChange, currency: str | None, choices: Mapping[str, str]) -> None:
    place = (change.table.tab, *parse_a1(change.cell))
    cell = workbook.tab(change.table.tab).cells.get((place[1], place[2]), Cell())
    if cell.formula is not None:
        _gather_formula(gathered, workbook, change, Wanted(place, change.after, currency, change.table.scale), choices)
        return
    value = _new_value(cell, change, workbook, currency)
    if value is None:
        gathered.violations.append(_why_not(cell, change, currency))
        return
    gathered.edits[place] = _edit(change, cell, change.cell, value)


def _new_value(cell: Cell, change: AmountChange, workbook: Workbook, currency: str | None) -> Scalar:
    """Give what to put into a plain cell; None where it does not hold the amount that the reading says, or none can be written like it."""
    state = state_of(cell)
    if state.value is None or state.value == "":
        return amount_in_empty_cell(change.table, workbook, parse_a1(change.cell), change.after) if change.before == 0 else None
    if isinstance(state.value, str):
        return changed_text(change.table, workbook, state.value, was=change.before, now=change.after)
    agrees = minor_of(state.value, currency, change.table.scale) == change.before
    return raw_amount(change.after, currency, change.table.scale) if agrees else None


def _why_not(cell: Cell, change: AmountChange, currency: str | None) -> str:
    at = f"{change.table.tab}!{change.cell}"
    if isinstance(cell.value, str) and any(character.isdigit() for character in cell.value):
        return f"{at} holds the text {cell.value!r}: it is not known how {to_major(change.after, currency):,} is written there."
    return f"{at} does not hold {change.label}'s amount as it was read; refresh the file."


def _edit(change: AmountChange, cell: Cell, at: str, value: Scalar, *, tab: str | None = None) -> CellEdit:
    before = state_of(cell)
    return CellEdit(
        tab=tab or change.table.tab,
        cell=at,
        before=before,
        after=CellState(value, None, before.number_format),
        line_item=change.label,
        period=change.period,
        minor_before=change.before,
        minor_after=change.after,
    )


def _gather_formula(gathered: _Gathered, workbook: Workbook, change: AmountChange, wanted: Wanted, choices: Mapping[str, str]) -> None:
    tab, row, column = wanted.place
    formula = workbook.tab(tab).cells[row, column].formula or ""
    named = choices.get(f"{INPUT_CHOICE}{tab}!{change.cell}")
    sources = typed_inputs(workbook, wanted.place)
    item = next((one for one in change.table.line_items if change.cell in money_cells(one)), None)
    options = tuple(input_offer(workbook, change.table, item, wanted, source) for source in sources)
    chosen = next((option for option in options if f"{option.tab}!{option.cell}" == named), None)
    gathered.wanted[wanted.place] = wanted
    if chosen is None or chosen.needed is None:
        if not any(option.needed is not None for option in options):
            gathered.violations.append(f"{tab}!{change.cell} is a formula with no input that can be changed: {formula[:80]}")
        else:
            gathered.choices.append(FormulaTarget(tab, change.cell, formula, wanted.minor, options))
        return
    source = (chosen.tab, *parse_a1(chosen.cell))
    other = gathered.edits.get(source)
    if other is not None and other.after.value != chosen.needed:
        gathered.violations.append(
            f"{chosen.tab}!{chosen.cell} makes up both {other.line_item} and {change.label}; choose another input for one."
        )
        return
    cell = workbook.tab(chosen.tab).cells[source[1], source[2]]
    gathered.edits[source] = _edit(change, cell, chosen.cell, chosen.needed, tab=chosen.tab)


def _check_outcomes(gathered: _Gathered, workbook: Workbook, numbers: Mapping[Place, int | float]) -> None:
    """Recompute each formula target with all edits in place: inputs may share formulas."""
    pending = {(target.tab, *parse_a1(target.cell)) for target in gathered.choices}
    for place, wanted in gathered.wanted.items():
        if place in pending or not numbers:
            continue
        minor = outcome_of(workbook, numbers, wanted)
        at = f"{place[0]}!{a1(place[1], place[2])}"
        if minor is None:
            gathered.violations.append(f"{at} cannot be computed, so it is not known what it would show.")
        elif minor != wanted.minor:
            shown, asked = (f"{to_major(amount, wanted.currency):,}" for amount in (minor, wanted.minor))
            gathered.notes.append(f"{at} will show {shown}, not {asked}.")


def _home(tables: Sequence[PlanTable], place: Place) -> PlanTable | None:
    on_tab = [table for table in tables if table.tab == place[0]]
    for table in on_tab:
        first, _, last = table.range.partition(":")
        top, left = parse_a1(first)
        bottom, right = parse_a1(last or first)
        if top <= place[1] <= bottom and left <= place[2] <= right:
            return table
    return on_tab[0] if on_tab else None


def _all_targets(table: PlanTable, targets: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the cells to be written and every money cell of the line items, so that no amount is part of what a row is known by."""
    return targets + [parse_a1(cell) for item in table.line_items for cell in money_cells(item)]


def _framed(
    tables: Sequence[PlanTable], workbook: Workbook, edits: Mapping[Place, CellEdit], rows: RowPlan
) -> tuple[tuple[CellEdit, ...], tuple[Outline, ...], RowPlan]:
    """Tie each edit to the outline that follows it: one for each table written to, one for each other tab that holds inputs."""
    groups: dict[tuple[str, str], list[Place]] = {}
    for place in sorted({*edits, *_row_places(tables, rows)}):
        home = _home(tables, place)
        groups.setdefault((place[0], home.range if home is not None else ""), []).append(place)
    outlines: list[Outline] = []
    keyed: list[CellEdit] = []
    keys: dict[tuple[str, int], tuple[int | None, str]] = {}
    for (name, area), places in groups.items():
        tab, own = workbook.tab(name), next((table for table in tables if (table.tab, table.range) == (name, area)), None)
        targets = [(row, column) for _, row, column in places]
        frame = frame_of(tab, targets if own is None else _all_targets(own, targets), header_rows=own.header_rows if own else ())
        outlines.append(outline_of(tab, frame))
        key = table_key(outlines[-1])
        keyed.extend(replace(edits[place], tab_id=tab.tab_id, table_key=key) for place in places if place in edits)
        keys |= {(name, row): (tab.tab_id, key) for _, row, _ in places}
    tied = tuple(replace(edit, tab_id=keys[edit.tab, edit.row][0], table_key=keys[edit.tab, edit.row][1]) for edit in rows.edits)
    return tuple(keyed), tuple(outlines), replace(rows, edits=tied)


def _row_places(tables: Sequence[PlanTable], rows: RowPlan) -> Iterator[Place]:
    """Yield a money cell of each line item at which a row comes or goes."""
    at = {(edit.tab, edit.row) for edit in rows.edits}
    for table in tables:
        for item in table.line_items:
            if (table.tab, item.row) in at and (cells := sorted(money_cells(item))):
                yield (table.tab, *parse_a1(cells[0]))
