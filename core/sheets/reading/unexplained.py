"""Numbers inside a table that nothing explains: columns that look like its money and rows with amounts that were left out are named."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from core.model.reading import TotalCheck
from core.model.workbook import column_letters
from core.sheets.reading.currency import currency_in_text
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import decimal_of, is_number
from core.sheets.reading.layout import Layout
from core.sheets.reading.proof import adds_up_to_its_total, agrees, column_values, row_sums
from core.sheets.reading.regions import Region
from core.sheets.reading.rivals import made_of
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.rows import Row

_SMALL = 100
_STEP = 10
_WORDS = 40


def say_unexplained(region: Region, layout: Layout, rows: list[Row], checks: Sequence[TotalCheck], findings: Findings) -> None:
    """Warn of columns and rows with amounts that were not read and that no arithmetic explains."""
    if layout.budget is not None and not any(question.kind == "which_budget" for question in findings.questions):
        _say_columns(region, layout, layout.budget, findings)
    _say_rows(region, layout, rows, checks, findings)


def _say_columns(region: Region, layout: Layout, budget: int, findings: Findings) -> None:
    """Name the columns under a mute or unknown head that are shown as money, add up to a total or stand in one ratio to the budget."""
    paid = column_values(region, budget)
    unknown = [c for c in layout.named("number") if "cumulative" not in layout.uses[c].role.mods]
    numbered = [c for c in unknown if region.columns[c].own[-1:].isdigit()]  # a run such as `P1` to `P13`
    unknown = [c for c in unknown if (len(numbered) < 3 or c not in numbered) and not _numbers_rows(region, c)]
    explained = made_of(region, layout, budget) if unknown else set()
    _say_parts(region, layout, budget, [c for c in unknown if c in explained], findings)
    for column in (c for c in unknown if c not in explained):
        content = region.content(column)
        values = column_values(region, column)
        if content.percents or content.is_flags or max(map(abs, values.values()), default=Decimal(0)) < _SMALL:
            continue
        if 2 * content.currencies > content.numbers or adds_up_to_its_total(region, column) or _in_ratio(paid, values):
            head = region.columns[column].text or column_letters(column)
            told = f"The amounts under {head!r} look like money of these lines, but nothing says which; they were not read."
            findings.warn("unread_column", region.grid.address(region.header.bottom, column), told)


def _say_parts(region: Region, layout: Layout, budget: int, parts: list[int], findings: Findings) -> None:
    """Name the columns (markets, brands) whose sum the budget is: the lines are read as a whole, not part by part."""
    if len(parts) >= 2 and layout.uses[budget].role.key == "total" and agrees(region, budget, row_sums(region, parts)):
        heads = ", ".join(region.columns[c].text for c in parts[:6])
        told = f"The amounts under {heads} add up to {region.columns[budget].text!r}; each line is read as a whole."
        findings.warn("unread_column", region.grid.address(region.header.bottom, parts[0]), told)


def _numbers_rows(region: Region, column: int) -> bool:
    """Tell whether a column only counts: ids that rise in even steps."""
    steps = {later - earlier for earlier, later in pairwise(column_values(region, column).values())}
    return len(steps) == 1 and abs(min(steps)) <= _STEP


def _in_ratio(paid: dict[int, Decimal], values: dict[int, Decimal]) -> bool:
    ratios = [values[row] / amount for row, amount in paid.items() if amount and values.get(row)]
    return len(ratios) >= 2 and max(ratios) - min(ratios) <= Decimal("0.0005") * abs(max(ratios))


def _say_rows(region: Region, layout: Layout, rows: list[Row], checks: Sequence[TotalCheck], findings: Findings) -> None:
    """Name the rows with an amount where the lines have theirs that are neither lines nor totals, fees or taxes."""
    column = layout.budget if layout.budget is not None else None
    checked = {int("".join(char for char in check.cell if char.isdigit())) for check in checks}
    left = [
        row.number
        for row in rows
        if row.kind in ("pair", "unnamed", "note")
        and row.number not in checked
        and row.reason != "metric"
        and role_of_header(row.label).kind not in ("money", "rate", "metric", "price")
        and _amount(region, row, column) >= _SMALL
    ]
    texts = [row for row in rows if row.kind in ("section", "note", "no_amount", "pair") and row.names]
    texts = [row for row in texts if _is_no_label(row.amount_text) and not is_number(row.amount_text)]  # an ambiguous number is asked about
    if texts and column is not None and any(row.kind == "item" for row in rows):
        told = f"{texts[0].amount_text[:40]!r} stands where an amount should ({len(texts)} such rows); it was not counted."
        findings.warn("amount_is_text", region.grid.address(texts[0].number, column), told)
    if left and any(row.kind == "item" for row in rows):
        told = f"Rows {', '.join(map(str, left[:10]))} hold amounts but do not read as lines of the plan; they were not counted."
        findings.warn("rows_left_out", None, told)


def _is_no_label(text: str) -> bool:
    """Tell whether words in the column of money are no head or label of it (`Cost`, `EUR`)."""
    return bool(text) and len(text) <= _WORDS and not role_of_header(text).kind and not currency_in_text(text)


def _amount(region: Region, row: Row, column: int | None) -> Decimal:
    """Give the amount that a person typed in a row; what a formula works out of other cells is none of its own."""
    if column is not None and region.grid.cell(row.number, column).formula is not None:
        return Decimal(0)
    value = decimal_of(region.grid.cell(row.number, column).value, region.marks.get(column)) if column is not None else row.amount
    return abs(value) if value is not None else Decimal(0)
