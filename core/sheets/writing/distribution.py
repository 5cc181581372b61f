"""A reading becomes the table that a planner edits: line items by period, each amount with the cell it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from core.errors import InvalidInput
from core.model.distribution import Distribution, DistributionCell, DistributionRow
from core.model.flight import Period
from core.model.reading import LineItem, PlanTable, Reading
from core.model.workbook import Tab, Workbook, a1, parse_a1
from core.sheets.summary import told_apart

UNDATED = Period(date.min, date.max)
"""The one period of a plan that names no dates."""


def plan_tables(reading: Reading) -> tuple[PlanTable, ...]:
    """Choose the tables that make up the plan: all that add up, the first of each group of alternatives, one currency.

    Raises:
        InvalidInput: nothing to plan with, or tables in several currencies.
    """
    chosen: list[PlanTable] = []
    groups: set[str] = set()
    for table in reading.tables:
        if not any(item.budget_minor is not None or item.by_period for item in table.line_items):
            continue
        if table.alternative_group is None or table.alternative_group not in groups:
            chosen.append(table)
            groups.update([table.alternative_group] if table.alternative_group is not None else [])
    if not chosen:
        raise InvalidInput(f"{reading.file} has no line items with a budget.", hint="Open the file and correct how it is read.")
    currencies = sorted({table.currency for table in chosen if table.currency is not None})
    if len(currencies) > 1:
        raise InvalidInput(f"{reading.file} plans in {' and '.join(currencies)}.", hint="Leave out a table on the file's page first.")
    return tuple(chosen)


def to_distribution(tables: Sequence[PlanTable], workbook: Workbook) -> Distribution:
    """Lay line items out by period.

    A row stands in its period cells where these make up its budget and at least one is typed; else its whole budget stands in one
    period, from the first to the last day of all such rows. Row ids are `tab!cell` and stay the same for the same reading.
    """
    shapes = []
    for table in tables:
        lines = _period_lines(table)
        shapes += [(table, item, _by_period(table, item, workbook, lines=lines)) for item in table.line_items if _has_money(item)]
    whole = _whole_period([item for _, item, by_period in shapes if not by_period])
    dated = sorted({period for _, _, by_period in shapes for period in by_period})
    undivided = any(not by_period for _, _, by_period in shapes)
    periods = (*dated, whole) if undivided and whole not in dated else tuple(dated)
    rows = tuple(_row(table, item, by_period, periods=periods, whole=whole) for table, item, by_period in shapes)
    currency = next((table.currency for table in tables if table.currency is not None), None)
    return Distribution(currency, periods, _told_apart(rows, [item for _, item, _ in shapes]))


def _told_apart(rows: Sequence[DistributionRow], items: Sequence[LineItem]) -> tuple[DistributionRow, ...]:
    """Note what tells rows of one label apart, as the plan's page does."""
    names = told_apart(items, [row.label for row in rows])
    return tuple(
        replace(row, told_by=name.removeprefix(f"{row.label} · ")) if name != row.label else row
        for row, name in zip(rows, names, strict=True)
    )


def _stated(item: LineItem) -> int:
    return sum(part.budget_minor for part in item.by_period) if item.budget_minor is None else item.budget_minor


def _has_money(item: LineItem) -> bool:
    return item.budget_minor is not None or bool(item.by_period)


def _whole_period(items: Sequence[LineItem]) -> Period:
    starts = [item.start for item in items if item.start is not None]
    ends = [item.end for item in items if item.end is not None]
    return Period(min(starts), max(ends)) if starts and ends and min(starts) <= max(ends) else UNDATED


def _by_period(table: PlanTable, item: LineItem, workbook: Workbook, *, lines: Mapping[Period, int]) -> dict[Period, tuple[int, str]]:
    """Give (amount, cell) by period; empty when the row is edited as a whole."""
    amounts = {Period(part.start, part.end): (part.budget_minor, part.cell) for part in item.by_period}
    if len(amounts) < len(item.by_period) or not item.by_period:
        return {}
    stated = item.budget_minor
    if stated is not None and abs(sum(part.budget_minor for part in item.by_period) - stated) > len(item.by_period):
        return {}
    tab = workbook.tab(table.tab)
    typed = [part for part in item.by_period if not _is_formula(tab, part.cell)]
    if not typed and item.budget_cell is not None and not _is_formula(tab, item.budget_cell):
        return {}
    return amounts | {period: (0, cell) for period, cell in _empty_cells(table, item, tab, lines=lines).items() if period not in amounts}


def _is_formula(tab: Tab, cell: str) -> bool:
    found = tab.cells.get(parse_a1(cell))
    return found is not None and found.formula is not None


def _period_lines(table: PlanTable) -> dict[Period, int]:
    """Give the column (or row, where items stand in columns) of each period that has one only."""
    across = 1 if table.orientation == "rows" else 0
    lines: dict[Period, set[int]] = {}
    for item in table.line_items:
        for part in item.by_period:
            lines.setdefault(Period(part.start, part.end), set()).add(parse_a1(part.cell)[across])
    return {period: next(iter(places)) for period, places in lines.items() if len(places) == 1}


def _empty_cells(table: PlanTable, item: LineItem, tab: Tab, *, lines: Mapping[Period, int]) -> dict[Period, str]:
    """Give the empty cells of this row under the periods that other rows of the table have."""
    own = parse_a1(item.by_period[0].cell)
    found: dict[Period, str] = {}
    for period, line in lines.items():
        place = (own[0], line) if table.orientation == "rows" else (line, own[1])
        if tab.value(*place) is None and not _is_formula(tab, a1(*place)):
            found[period] = a1(*place)
    return found


def _row(
    table: PlanTable, item: LineItem, by_period: dict[Period, tuple[int, str]], *, periods: Sequence[Period], whole: Period
) -> DistributionRow:
    cells = []
    for period in periods:
        minor, cell = by_period.get(period, (0, None))
        if not by_period and period == whole:
            minor, cell = _stated(item), item.budget_cell
        cells.append(DistributionCell(period.key, minor, source_cell=cell))
    anchor = item.by_period[0].cell if by_period else (item.budget_cell or f"{item.row}")
    return DistributionRow(
        id=f"{table.tab}!{anchor}",
        label=label_of(item),
        cells=tuple(cells),
        channel=item.channel,
        publisher=item.publisher,
        format=item.format,
        campaign=item.campaign,
        market=item.market,
        source_tab=table.tab,
        source_row=item.row,
    )


def located(tables: Sequence[PlanTable], rows: Iterable[DistributionRow]) -> dict[str, tuple[PlanTable, LineItem]]:
    """Give the table and the line item behind each row, by row id: by its first cell, as several lines may share a row of the sheet."""
    by_place = {(table.tab, item.row): (table, item) for table in tables for item in table.line_items}
    by_cell = {
        f"{table.tab}!{cell}": (table, item)
        for table in tables
        for item in table.line_items
        for cell in (item.budget_cell, *(part.cell for part in item.by_period[:1]))
        if cell is not None
    }
    found = {row.id: by_cell.get(row.id) or by_place.get((row.source_tab or "", row.source_row or 0)) for row in rows}
    return {row_id: place for row_id, place in found.items() if place is not None}


def label_of(item: LineItem) -> str:
    """Give a line item's name for people: its own words, else its row."""
    named = name_of([item.channel, item.publisher, item.campaign, item.format, item.market])
    return named or next((text for text in item.labels.values() if text.strip()), f"Row {item.row}")


def name_of(words: Sequence[str | None]) -> str:
    """Give channel, publisher, campaign, format and market as one name, each word once."""
    return " · ".join(dict.fromkeys(word.strip() for word in words if word is not None and word.strip()))


def new_line(like: DistributionRow, names: Mapping[str, str], *, row_id: str, is_copy: bool) -> DistributionRow:
    """Make a line item right below another one: its copy with its amounts, or an empty one.

    Args:
        names: by field (`channel`, `publisher`, `format`, `campaign`, `market`), or `label` where the sheet has none of these.
    """
    cells = tuple(DistributionCell(cell.period, cell.budget_minor if is_copy else 0) for cell in like.cells)

    def given(name: str, stands: str | None) -> str | None:
        return names[name].strip() or None if name in names else stands

    row = DistributionRow(
        id=row_id,
        label=names.get("label", "").strip() or like.label,
        cells=cells,
        channel=given("channel", like.channel),
        publisher=given("publisher", like.publisher),
        format=given("format", like.format),
        campaign=given("campaign", like.campaign),
        market=given("market", like.market),
        like=like.id,
        is_copy=is_copy,
    )
    named = name_of([row.channel, row.publisher, row.campaign, row.format, row.market])
    return replace(row, label=named or row.label)
