"""What an export states beside its rows: totals, sums over sub-rows, the same delivery told again on another tab."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core.model.money import to_minor
from core.model.reading import PerformanceRow, PerformanceTable, ReadingWarning, TotalCheck
from core.sheets.reading.export_columns import Export
from core.sheets.reading.grid import Grid, decimal_of, text_of
from core.sheets.reading.lexicon import says_total

_MOST_NAMES = 2
"""A total names at most this many other things (its currency); `total gym` is a search term among others."""
_TOTAL_OF = re.compile(r"^total of \d+ \w+$", re.IGNORECASE)


def is_total(grid: Grid, row: int) -> bool:
    """Tell whether a row is a total: its first text is a total word alone or followed by a colon."""
    first = next((text for _, cell in sorted(grid.rows[row].items()) if (text := text_of(cell.value))), "")
    head, colon, _ = first.partition(":")
    if not says_total(head):
        return False
    others = sum(bool(text_of(cell.value)) for cell in grid.rows[row].values()) - 1
    return bool(colon) or (others <= _MOST_NAMES and (len(head.split()) <= 2 or _TOTAL_OF.match(head) is not None))


def sum_row(rows: list[PerformanceRow]) -> PerformanceRow | None:
    """Find a total that no known word labels: the one row whose figures are each the sums of all the others'.

    Of a few rows any might be so by chance: where it names a campaign, three others and two kinds of figures must agree.
    """
    sums = [sum(_figure(row, name) for row in rows) for name in _SUMMED]
    slack = [max(6, len(rows)), 1.0, 1.0]
    several = sum(any(_figure(row, name) for name in _SUMMED) for row in rows) > 3  # else two rows may just be alike
    for row in rows if len(rows) > 1 else ():
        own = [_figure(row, name) for name in _SUMMED]
        is_nameless = row.campaign is None and not any(char.isalpha() for label in row.labels.values() for char in label)
        stated = [not is_nameless or getattr(row, name) is not None for name in _SUMMED]
        agrees = all(abs(2 * m - total) <= most for m, total, most, told in zip(own, sums, slack, stated, strict=True) if told)
        if agrees and any(own) and (is_nameless or (several and sum(map(bool, own)) > 1) or _starts_as_total(row)):
            return row
    return None


_SUMMED = ("spend_minor", "impressions", "clicks")


def _figure(row: PerformanceRow, name: str) -> float:
    value = getattr(row, name)
    return 0.0 if value is None else float(value)


_ALL_OF = frozenset({"全", "共", "总共", "總共", "총", "전체"})
"""What stands before how many rows there are where no word for a total does (`全2件の結果`)."""


def _starts_as_total(row: PerformanceRow) -> bool:
    """Tell whether a row is called `Total of 2 results` or the like."""
    starts = [" ".join(re.split(r"\d", text)[0].split()[:1]) for text in (row.campaign, *row.labels.values()) if text]
    return any(start in _ALL_OF or says_total(start) for start in starts)


def group_heads(rows: Sequence[PerformanceRow]) -> dict[int, list[int]]:
    """Find rows that only sum up the sub-rows below them (a campaign over its devices): their places, with those of the sub-rows.

    Sub-rows name no campaign or the same one, on the same days; two of them, or nameless ones, must add up in two kinds of figures.
    """
    heads: dict[int, list[int]] = {}
    at = 0
    while at < len(rows):
        below = at + 1
        while below < len(rows) and _belongs(rows[at], rows[below]):
            below += 1
        group = rows[at + 1 : below]
        if group and (len(group) > 1 or group[0].campaign is None) and _adds_up(rows[at], group):
            heads[at] = list(range(at + 1, below))
        at = below
    return heads


def _belongs(head: PerformanceRow, row: PerformanceRow) -> bool:
    same_days = (row.start, row.end) == (head.start, head.end)
    return head.campaign is not None and row.campaign in (None, head.campaign) and same_days


def _adds_up(head: PerformanceRow, group: Sequence[PerformanceRow]) -> bool:
    own, sums = ([sum(_figure(row, name) for row in some) for name in _SUMMED] for some in ([head], group))
    return own == sums and sum(map(bool, own)) >= 2


def without_heads(rows: Sequence[PerformanceRow], heads: dict[int, list[int]]) -> list[PerformanceRow]:
    """Give the rows without those that sum up others; the sub-rows get the campaign that was named once."""
    named = {place: rows[head].campaign for head, places in heads.items() for place in places}
    return [replace(row, campaign=row.campaign or named.get(at)) for at, row in enumerate(rows) if at not in heads]


def counted_once(tables: Sequence[PerformanceTable]) -> tuple[list[PerformanceTable], list[ReadingWarning]]:
    """Keep of tabs with equal spend, impressions and clicks the one with the most rows: they tell the same delivery."""
    kept: list[PerformanceTable] = []
    warnings = []
    for table in sorted(tables, key=lambda table: -len(table.rows)):
        again = next((other for other in kept if any(sums_of(other)) and sums_of(other) == sums_of(table)), None)
        if again is None:
            kept.append(table)
        else:
            told = f"Spend, impressions and clicks are those of {again.tab!r}; they were counted once."
            warnings.append(ReadingWarning("repeats_money", None, told, table.tab))
    return [table for table in tables if table in kept], warnings


def sums_of(table: PerformanceTable) -> tuple[float, ...]:
    """Give spend, impressions and clicks of all rows."""
    return tuple(sum(_figure(row, name) for row in table.rows) for name in _SUMMED)


def check_totals(export: Export, rows: list[PerformanceRow], totals: list[int], currency: str | None) -> list[TotalCheck]:
    """Compare the stated totals of spend with the rows; platforms round each row, so a few cents may differ."""
    column = export.columns.get("spend")
    if column is None:
        return []
    computed = sum(row.spend_minor or 0 for row in rows)
    checks = []
    for number in totals:
        stated = decimal_of(export.region.grid.cell(number, column).value, export.region.marks.get(column) or export.mark)
        if stated is not None:
            minor = to_minor(stated, currency)
            checks.append(
                TotalCheck(export.region.grid.address(number, column), "total", minor, computed, abs(minor - computed) <= max(6, len(rows)))
            )
    return checks
