"""Which rows of its own column a formula adds up."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CELLS = re.compile(r"(?<![!\w'])\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?(?![\w(!])")
_ADDING = re.compile(r"^=\+?(?:(?:SUM|СУММ|SUMME|SUBTOTAL|SOMME|SUMA|SOMMA|SOMA|ROUND|AGGREGATE)\(|[-+()A-Z$\d:,; .]*$)", re.IGNORECASE)
_MARKUP = re.compile(r"[*]?1[.,]\d+")


def sum_references(formula: str | None, row: int, column: str, body: Sequence[int]) -> tuple[int, ...]:
    """Give the rows of the same column that a formula adds up; empty where it does anything else."""
    if not formula or not _ADDING.match(formula) or "!" in formula or _MARKUP.search(formula):
        return ()
    rows: list[int] = []
    for match in _CELLS.finditer(formula.upper()):
        last = match[3] or match[1]
        if match[1] != column or last != column:
            return ()
        start, end = int(match[2]), int(match[4] or match[2])
        rows.extend(r for r in body if start <= r <= end and r != row) if end - start < 100_000 else None
    if "*" in formula or "/" in formula or not rows:
        return ()
    return tuple(dict.fromkeys(rows))
