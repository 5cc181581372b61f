"""Which results of an export count as conversions, where one column counts purchases in one row and clicks in the next."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from core.model.reading import Option
from core.sheets.reading.export_columns import Export, delivery_of
from core.sheets.reading.export_totals import is_total
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import decimal_of, text_of
from core.sheets.reading.platform_heads import platform_head

_ALL = "all"
_SURE = 0.9
_TELLING = 20
"""Smaller counts are equal by chance."""


def settle_results(export: Export, findings: Findings) -> frozenset[int] | None:
    """Give the rows whose results count as conversions; None for all of them.

    Where another column says that the results are of several kinds, none counts until a person says which.
    """
    region, column = export.region, export.columns.get("conversions")
    kinds = [c for c, h in region.columns.items() if (h.role.kind, h.role.key) == ("dim", "result")]
    if column is None or not _is_mute(region.columns[column].own):
        return None
    named = _named_by(export, column, kinds[0]) if kinds else _counted_alike(export, column)
    found = [kind for kind, _ in Counter(named.values()).most_common()]
    if len(found) < 2:
        return None
    if (told := _counting_column(export)) is not None:
        export.columns["conversions"] = told
        return None
    head = region.columns[column].own
    said = repr(region.columns[kinds[0]].own) if kinds else "what stands beside it"
    answer = findings.ask(
        "which_results",
        "conversions",
        head,
        [*(Option(kind) for kind in found[:12]), Option(_ALL)],
        why=f"{head!r} counts {len(found)} different things, as {said} says; added up they would mean nothing",
        cell=region.grid.address(region.header.bottom, column),
    )
    return None if answer == _ALL else frozenset(row for row, kind in named.items() if kind == answer)


def _named_by(export: Export, column: int, kind: int) -> dict[int, str]:
    """Give the kind of each row's results as another column names it."""
    grid = export.region.grid
    return {row: text for row in _counts(export, column) if (text := text_of(grid.cell(row, kind).value))}


def _counted_alike(export: Export, column: int) -> dict[int, str]:
    """Give the kind of each row's results by the column that counts as many in that row (`Reach`); its own head where none does."""
    region = export.region
    others = {
        c: _counts(export, c) for c, h in region.columns.items() if c != column and h.role.kind == "metric" and region.content(c).numbers
    }
    found = {}
    for row, count in _counts(export, column).items():
        alike = (c for c, counts in others.items() if count >= _TELLING and counts.get(row) == count)
        found[row] = region.columns[next(alike, column)].own
    told = sum(kind != region.columns[column].own for kind in found.values())
    return found if 2 * told >= len(found) else {}  # a count or two may be equal by chance


def _counts(export: Export, column: int) -> dict[int, Decimal]:
    """Give what a column counts in each row that is no total; rows without a count are left out."""
    region, mark = export.region, export.region.marks.get(column) or export.mark
    rows = (row for row in region.body if not is_total(region.grid, row))
    return {row: count for row in rows if (count := decimal_of(region.grid.cell(row, column).value, mark))}


def _counting_column(export: Export) -> int | None:
    """Give the one other column that says what it counts (`Purchases`)."""
    region = export.region
    counting = [
        c for c, h in region.columns.items() if delivery_of(h) == "conversions" and h.role.certainty >= _SURE and not _is_mute(h.own)
    ]
    counting = [c for c in counting if region.content(c).is_numeric]
    return counting[0] if len(counting) == 1 else None


def _is_mute(head: str) -> bool:
    """Tell whether a head says only that there were results, not which."""
    known = platform_head(head)
    return known is None or "meta_ads" in known.platforms
