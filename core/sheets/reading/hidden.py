"""Rows that the sheet hides: left out where the totals leave them out, else counted; said either way."""

from __future__ import annotations

from decimal import Decimal

from core.sheets.reading.findings import Findings
from core.sheets.reading.regions import Region
from core.sheets.reading.rows import Row


def settle_hidden(region: Region, rows: list[Row], findings: Findings) -> None:
    """Decide whether the hidden line items of a table count: as its stated totals say, and if none does, they count."""
    hidden = set() if region.grid.transposed else set(region.grid.tab.hidden_rows)
    items = [row for row in rows if row.kind == "item" and row.amount is not None]
    covered = [row for row in items if row.number in hidden and row.amount]
    if not covered or len(covered) == len(items):
        return
    stated = [row.amount for row in rows if row.kind == "total" and row.amount is not None]
    everything, shown = _sum(items), _sum([row for row in items if row.number not in hidden])
    left_out = shown in stated and everything not in stated
    for row in covered if left_out else ():
        row.kind, row.reason = "excluded", "hidden_row"
    numbers = ", ".join(str(row.number) for row in covered[:10])
    how = "the total leaves them out; they were not counted" if left_out else "they were counted"
    findings.warn("hidden_rows", None, f"Hidden rows hold money (rows {numbers}): {how}.")


def _sum(rows: list[Row]) -> Decimal:
    return sum((row.amount for row in rows if row.amount is not None), Decimal(0))
