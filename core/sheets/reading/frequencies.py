"""Amounts that are paid by the month, quarter or year: what line items add up to, and a question where they mix."""

from __future__ import annotations

from collections.abc import Sequence

from core.model.money import to_major
from core.model.reading import LineItem, Option
from core.sheets.reading.findings import Findings
from core.sheets.reading.layout import Layout
from core.sheets.reading.lexicon import senses
from core.sheets.reading.proof import agrees, column_values
from core.sheets.reading.regions import Region

_TIMES = {"annual": 1, "quarterly": 4, "monthly": 12, "weekly": 52, "daily": 365, "once": 1}


def yearly_column(region: Region, layout: Layout, cost: int) -> int | None:
    """Give the column of money that holds each row's cost times how often a year it is paid (`Annual cost`); None without one."""
    told = layout.named("billing_frequency")
    if not told:
        return None
    often = {row: found for row in region.body for found in [_frequency_of(region, told[0], row)] if found}
    yearly = {row: amount * _TIMES[often[row]] for row, amount in column_values(region, cost).items() if often.get(row) in _TIMES}
    if len({often[row] for row in yearly}) < 2:
        return None
    money = [c for c, use in layout.uses.items() if c != cost and use.flight is None and use.role.kind == "money"]
    return next((c for c in money if agrees(region, c, yearly)), None)


def total_of(region: Region, layout: Layout, items: Sequence[LineItem], findings: Findings, *, currency: str | None) -> int | None:
    """Add up the line items; None where their amounts are for different spans of time and nobody said how to add them."""
    known = [item.budget_minor for item in items if item.budget_minor is not None]
    columns = layout.named("billing_frequency")
    is_yearly = layout.budget is not None and any(yearly_column(region, layout, c) == layout.budget for c in layout.uses)
    if columns and not is_yearly and len(frequencies := _frequencies(region, columns[0], [item.row for item in items])) > 1:
        yearly = sum((item.budget_minor or 0) * _TIMES[_frequency_of(region, columns[0], item.row) or "once"] for item in items)
        shown = [f"{to_major(minor, currency):,.2f}" for minor in (yearly, sum(known))]
        options = [Option("annualise", f"{shown[0]} a year"), Option("as_stated", f"{shown[1]} as stated")]
        answer = findings.ask(
            "mixed_frequency",
            "frequency",
            ", ".join(sorted(frequencies)),
            options,
            why="amounts are per month, quarter and year; a plain sum mixes them",
        )
        findings.warn("mixed_frequency", None, "Amounts are for different spans of time; they were not added up.")
        return yearly if answer == "annualise" else sum(known) if answer == "as_stated" else None
    return sum(known) if known else (0 if not items else None)


def _frequency_of(region: Region, column: int, row: int) -> str | None:
    """Give how often a row's amount is paid, by the word in its frequency column."""
    found = senses(str(region.grid.cell(row, column).value or ""), ("frequency",))
    return found[0].key if found else None


def _frequencies(region: Region, column: int, rows: list[int]) -> set[str]:
    return {key for row in rows if (key := _frequency_of(region, column, row)) is not None}
