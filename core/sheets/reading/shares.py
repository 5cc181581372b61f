"""Budgets given as shares of one total: money where the shares make up the whole and a labelled total is stated, else a question."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from core.model.reading import Option
from core.sheets.loading.number_formats import shows_percent
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import number_text
from core.sheets.reading.layout import Layout
from core.sheets.reading.proof import agrees, column_values, row_sums
from core.sheets.reading.regions import Region
from core.sheets.reading.rows import Row
from core.sheets.reading.surroundings import Surroundings

_CENT = Decimal("0.01")
_SLACK = Decimal("0.0005")


def find_shares(region: Region, layout: Layout) -> int | None:
    """Give the column of shares where a table has no money of its own; None where it has, or has no such column or several."""
    if layout.budget is not None and _holds_shares(region, layout.budget):
        if not layout.periods and layout.naming:
            layout.scale = 1  # what is 100% is told or answered in full
            return layout.budget
        layout.budget = None
        return None
    if layout.budget is not None or layout.periods or (layout.flags and not layout.phased):
        return None
    if any(use.role.kind in ("metric", "price") and region.content(c).numbers for c, use in layout.uses.items()):
        return None
    columns = [c for c in layout.uses if c in layout.named("share", "percent") and region.content(c).numbers]
    if not columns:
        columns = [c for c in layout.named("number") if 0 < region.content(c).numbers <= region.content(c).percents]
    return columns[0] if len(columns) == 1 and layout.naming else None


def settle_phasing(region: Region, layout: Layout) -> None:
    """Take periods that hold shares (each line's make up the whole) for when a line runs, not for amounts."""
    columns = [column for column, _ in layout.periods]
    values = [column_values(region, column) for column in columns]
    rows = [row for row in region.body if sum(row in own for own in values)]
    stated = [c for c, use in layout.uses.items() if use.flight is None and use.role.kind == "money" and region.content(c).numbers]
    sums = row_sums(region, columns) if len(columns) >= 2 else {}
    says_so = bool(stated or layout.named("share")) or any(region.content(c).percents for c in columns) or _are_small(sums)
    if not says_so or any(agrees(region, c, sums) for c in stated):
        return
    for whole in (Decimal(1), Decimal(100)):
        parts = [[own[row] for own in values if row in own] for row in rows]
        if len(columns) >= 2 and len(rows) >= 2 and all(abs(sum(told) / whole - 1) <= _CENT and min(told) >= 0 for told in parts):
            layout.phased, layout.flags, layout.periods = True, layout.periods, []
            return


def settle_counts_by_period(region: Region, layout: Layout) -> None:
    """Take periods that hold what is counted (seconds, spots) for when a line runs: their sum times a price is the money beside them."""
    sums = row_sums(region, [column for column, _ in layout.periods]) if len(layout.periods) >= 2 else {}
    beside = [c for c, use in layout.uses.items() if sums and use.flight is None and region.content(c).numbers]
    prices = [c for c in beside if layout.uses[c].role.kind == "price"]
    money = [c for c in beside if layout.uses[c].role.is_budget]
    if not prices or not money or any(agrees(region, c, sums) for c in money):
        return
    for price in prices:
        each = column_values(region, price)
        cost = {row: count * each[row] for row, count in sums.items() if row in each}
        if len(cost) >= 2 and any(agrees(region, c, cost) for c in money):
            layout.flags, layout.periods = layout.periods, []
            return


def _are_small(sums: dict[int, Decimal]) -> bool:
    return max(sums.values(), default=Decimal(2)) <= Decimal("1.01")


def _holds_shares(region: Region, column: int) -> bool:
    """Tell whether the cells under a head of money are percentages (`60 %`): shares of it, whatever the head says."""
    content = region.content(column)
    return content.percents > 0.5 * content.numbers


def apply_shares(region: Region, layout: Layout, rows: list[Row], around: Surroundings, findings: Findings) -> None:
    """Turn the shares that stand as the rows' amounts into money; without a total, or where they are not the whole, it is asked.

    The cells hold shares, so no line item has a budget cell: money is never written over a share.
    """
    items = [row for row in rows if row.kind == "item" and row.amount is not None]
    whole = sum((row.amount for row in items if row.amount is not None), Decimal(0))
    unit = Decimal(100) if whole > Decimal("1.5") else Decimal(1)
    complete = abs(whole / unit - 1) <= _SLACK
    stated = [row for row in rows if row.kind == "total" and row.amount is not None and not _is_percent(region, layout, row)]
    known = tuple(dict.fromkeys((*around.totals, *(row.amount for row in stated if row.amount is not None))))
    total = known[0] if len(known) == 1 else None
    if total is None or not complete:
        total = _asked(region, layout, known, findings, complete=complete)
    before = Decimal(0)
    for row in (row for row in rows if row not in stated):
        share, row.amount = row.amount, None
        if share is None or total is None:
            continue
        row.amount = share / unit * total
        if row.kind == "item":  # rounded so that the parts add up to the whole, to the cent
            row.amount = (before + row.amount).quantize(_CENT) - before.quantize(_CENT)
            before += share / unit * total


def _is_percent(region: Region, layout: Layout, row: Row) -> bool:
    """Tell whether the amount of a row is shown as a percentage."""
    assert layout.shares is not None
    cell = region.grid.cell(row.number, layout.shares)
    stated = number_text(cell.value)
    return shows_percent(cell.number_format) or bool(stated and stated.percent) or abs(row.amount or Decimal(0)) <= 1


def _asked(region: Region, layout: Layout, known: tuple[Decimal, ...], findings: Findings, *, complete: bool) -> Decimal | None:
    assert layout.shares is not None
    why = "the shares add up to the whole, but no single labelled total says of what" if complete else "the shares do not add up to 100%"
    options = [Option(float(total), f"{total:,}") for total in known]
    header = region.columns[layout.shares].text
    cell = region.grid.address(region.header.bottom, layout.shares)
    why = f"{why}: which amount is 100%?"
    return findings.ask("shares_only", "total", header, options, why=why, cell=cell, accepts=_amount)


def _amount(answer: object) -> Decimal | None:
    try:
        amount = Decimal(str(answer))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount > 0 else None
