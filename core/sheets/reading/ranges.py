"""Amounts given as a range (`£8,000 - £10,000`, `от 200 до 250 тыс. руб.`): asked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import partial

from core.model.reading import Option
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import number_text
from core.sheets.reading.layout import Layout
from core.sheets.reading.regions import Region
from core.sheets.reading.rows import Row

_RANGE = re.compile(
    r"(?:(?:from|between|von|zwischen|de|entre|da|tra|od|ca\.?|от|від)\s+)?(?P<low>\S.*?)"
    r"(?:\s*[-–—]\s*|\s+(?:to|and|bis|und|à|et|a|y|do|до)\s+)(?P<high>\S.*)",
    re.IGNORECASE,
)
_LEAST = Decimal("0.05")


def settle_ranges(region: Region, layout: Layout, rows: Sequence[Row], findings: Findings) -> None:
    """Ask what a line costs whose amount is a range; until somebody says so it has no amount."""
    for row in rows:
        ends = amounts_of_range(row.amount_text) if row.kind in ("item", "no_amount") and row.amount is None and layout.budget else None
        if ends is None or layout.budget is None:
            continue
        named = (("least", ends[0]), ("most", ends[1]), ("middle", (ends[0] + ends[1]) / 2))
        options = [Option(float(value), f"{name}: {value:,}") for name, value in named]
        cell, why, text = region.grid.address(row.number, layout.budget), "the amount is a range", row.amount_text
        row.kind, row.amount_text = "item", ""
        accepts = partial(_within, ends)
        row.amount = findings.ask("ambiguous_number", f"range {text}", text, options, why=why, cell=cell, accepts=accepts)


def _within(ends: tuple[Decimal, Decimal], answer: object) -> Decimal | None:
    """Give the amount that an answer names, one of the range; None for anything else."""
    try:
        amount = Decimal(str(answer))
    except InvalidOperation:
        return None
    return amount if ends[0] <= amount <= ends[1] else None


def amounts_of_range(text: str) -> tuple[Decimal, Decimal] | None:
    """Give the least and the most that a text names as an amount; None for any other text."""
    found = _RANGE.fullmatch(text.strip()) if len(text) <= 60 else None
    one, two = (number_text(found["low"]), number_text(found["high"])) if found else (None, None)
    if one is None or two is None or one.percent or two.percent:
        return None
    low, high = (max(value for value in (end.point, end.comma) if value is not None) for end in (one, two))
    low *= two.scale if one.scale == 1 and low * two.scale <= high else 1  # `6-7.5k`
    return (low, high) if high * _LEAST < low < high else None
