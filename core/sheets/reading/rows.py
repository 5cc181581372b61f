"""What each row of a table is: a line item, a total, a subtotal, a fee, a section label, a note or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from math import isfinite
from statistics import median

from core.model.workbook import Cell, CellError, column_letters
from core.sheets.loading.number_formats import shows_percent
from core.sheets.reading.dates import flight_of_heading
from core.sheets.reading.grid import Number, decimal_of, exact, is_blank, is_day, is_number, number_of, number_text, text_of
from core.sheets.reading.group_heads import settle_heads, settle_tops
from core.sheets.reading.layout import Layout
from core.sheets.reading.lexicon import coverage, says, says_total, words_of
from core.sheets.reading.numbers import pending_text
from core.sheets.reading.outline import is_close
from core.sheets.reading.references import sum_references
from core.sheets.reading.regions import Region
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.spent import rows_aside

_SHARE = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?)\s*%")
_DIGITS = re.compile(r"\d")
_ROUNDING, _MOSTLY, _SOME_YEAR = 40, 0.6, 2026


@dataclass(slots=True)
class Row:
    """One body row while it is being classified.

    Attributes:
        names: texts (and days) of the columns that name rows, by column.
        amount: the budget on the main basis (a sum of its periods where there is no budget column); None where none stands there.
        kind: item, total, subtotal, fee, vat, section, note, blank, pair, no_amount, unnamed, actual or gross.
        period_columns, period_amounts: the period columns that hold an amount, and the amounts as they are stored.
        covers: sheet rows a total sums up.
        struck: its amounts or its names are crossed out.
    """

    number: int
    names: dict[int, str]
    label: str
    amount: Decimal | None = None
    amount_text: str = ""
    period_columns: tuple[int, ...] = ()
    period_amounts: tuple[Number, ...] = ()
    metrics: int = 0
    kind: str = "item"
    covers: tuple[int, ...] = ()
    section: str = ""
    reason: str = ""
    bold: bool = False
    struck: bool = False

    @property
    def periods(self) -> dict[int, Number]:
        """The amounts by period column."""
        return dict(zip(self.period_columns, self.period_amounts, strict=True))


def read_rows(region: Region, layout: Layout) -> list[Row]:
    """Read and classify every body row, top first."""
    naming = layout.naming
    periods = tuple(column for column, _ in layout.periods)
    rows = [_row(region, layout, naming, periods, number) for number in region.body]
    plain = [row for row in rows if row.names and _counts(row)]
    typical = median(
        [len(row.names) for row in plain if not (says_total(row.label) or _sums_up(row.label))] or [len(r.names) for r in plain] or [1]
    )
    by_number = {row.number: row for row in rows}
    aside = rows_aside({row.number: row.names for row in rows if row.names}, lambda number: by_number[number].periods)
    for at, row in enumerate(rows):
        _classify(region, layout, row, typical)
        if row.number in aside and row.kind in ("item", "total"):
            row.kind = aside[row.number]
        if at < 2 and _numbers_columns(region, row):
            row.kind = "note"
    _settle_shares(rows)
    _settle_unlabelled(rows, typical)
    settle_heads(rows)
    settle_tops(rows)
    _settle_tail(rows, typical)
    _settle_sections(rows)
    if layout.budget is None and not layout.periods:
        for row in rows:
            row.kind = "no_amount" if row.kind == "item" else row.kind
    return rows


def _numbers_columns(region: Region, row: Row) -> bool:
    """Tell whether a row only numbers the columns (1 2 3 4), as forms do under their header."""
    cells = [str(cell.value).strip() for column, cell in sorted(region.grid.rows[row.number].items()) if not is_blank(cell.value)]
    return len(cells) >= 3 and cells == [str(number) for number in range(1, len(cells) + 1)]


def _counts(row: Row) -> bool:
    return row.amount is not None or bool(row.period_columns)


def _names(region: Region, layout: Layout, naming: list[int], number: int) -> dict[int, str]:
    """Give what a row is called by column; the time of a slot names it only where it costs something."""
    grid, names = region.grid, dict[int, str]()
    for column in naming:
        top, left = grid.anchor(number, column)
        if left != column:
            continue
        cell = grid.spread(number, column) if top < number else grid.cell(number, column)
        if is_day(cell.value):
            names[column] = str(cell.value)[:10]
        elif isinstance(cell.value, time) and any(_number(region, c, grid.cell(number, c)) for c in _money(layout)):
            names[column] = text_of(cell.value)
        elif isinstance(cell.value, str) and (not is_blank(cell.value) or _is_platform_x(layout, column, cell.value)):
            names[column] = " ".join(cell.value.split())
        elif isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
            names[column] = str(cell.value)
    return names


def _money(layout: Layout) -> list[int]:
    return [layout.budget] if layout.budget is not None else [column for column, _ in layout.periods]


def _row(region: Region, layout: Layout, naming: list[int], periods: tuple[int, ...], number: int) -> Row:
    grid = region.grid
    names = _names(region, layout, naming, number)
    row = Row(number, names, _label_beside(region, layout, number) or _label(region, number))
    row.bold = any(grid.cell(number, column).bold for column in names)
    row.struck = grid.is_struck(number, names) or grid.is_struck(number, _money(layout))
    if layout.budget is not None:
        cell = grid.cell(number, layout.budget)
        stated = _number(region, layout.budget, cell)
        row.amount = None if stated is None else exact(stated)
        row.amount_text = (
            text_of(cell.value) or pending_text(cell.value) or (str(cell.value) if is_number(cell.value) and row.amount is None else "")
        )
        if isinstance(cell.value, CellError) or (cell.formula is not None and cell.value is None):
            row.amount_text = cell.formula or (cell.value.text if isinstance(cell.value, CellError) else "")
    row.period_columns, row.period_amounts = _periods(region, periods, number)
    if row.amount is None and row.period_columns and not row.amount_text:
        row.amount = sum(map(exact, row.period_amounts), Decimal(0))
    if layout.budget is None and not row.period_columns:  # texts that may be read in two ways, while it is asked how
        texts = [text for c, _ in layout.periods if is_number(text := grid.cell(number, c).value) and isinstance(text, str)]
        row.amount_text = next(iter(texts), "")
    counts = [c for c in layout.metrics.values() if layout.uses[c].role.kind in ("metric", "quantity")]
    row.metrics = sum(bool(decimal_of(grid.cell(number, c).value, None)) for c in counts)
    return row


def _periods(region: Region, periods: tuple[int, ...], row: int) -> tuple[tuple[int, ...], tuple[Number, ...]]:
    """Give the period columns of a row that hold an amount, and the amounts: a fifth of what a dict takes, and large plans have many."""
    cells, columns, amounts = region.grid.rows[row], list[int](), list[Number]()
    for column in periods:
        cell = cells.get(column)
        if cell is None:
            continue
        value, shown = cell.value, cell.number_format
        if (type(value) is int or (type(value) is float and isfinite(value))) and not (shown and shows_percent(shown)):
            columns.append(column)  # nearly every cell of a large plan: nothing else is asked of it
            amounts.append(value)
        elif (number := _number(region, column, cell)) is not None:
            columns.append(column)
            amounts.append(number)
    return (periods if len(columns) == len(periods) else tuple(columns)), tuple(amounts)


def _number(region: Region, column: int, cell: Cell) -> Number | None:
    """Give the amount of a cell; a percentage among amounts (`Mix`, `YoY`) is none."""
    value = number_of(cell.value, region.marks.get(column))
    if value is None:
        return None
    is_share = shows_percent(cell.number_format) or ((stated := number_text(cell.value)) is not None and stated.percent)
    return None if is_share and 2 * (held := region.content(column)).percents < held.numbers else value


def _is_platform_x(layout: Layout, column: int, text: str) -> bool:
    """Tell whether an X is the platform of that name, not a mark for nothing: a capital in a column of media."""
    return text.strip() == "X" and layout.uses[column].name in ("channel", "publisher")


def _label(region: Region, number: int) -> str:
    """Give the first words of a row inside the table."""
    cells = region.grid.rows[number]
    for column in region.columns:
        if column in cells and isinstance(value := cells[column].value, str):
            text = text_of(value)
            if any(char.isalpha() for char in text):
                return text
    return ""


def _label_beside(region: Region, layout: Layout, number: int) -> str:
    """Give the words for a total, a fee or a tax that stand in a column of numbers left of the amount (`VAT 20%` under the price)."""
    cells = region.grid.rows[number]
    for column in cells if layout.budget in cells else ():
        if isinstance(value := cells[column].value, str) and column < (layout.budget or 0) and column in layout.uses:
            text = text_of(value) if layout.uses[column].role.is_numeric else ""
            if text and (says_total(text) or _side_label(text)):
                return text
    return ""


def _sums_up(label: str) -> bool:
    """Tell whether a label is that of a running total or of shares, which repeat what stands above them."""
    role = role_of_header(label) if len(label) <= 40 else role_of_header("")
    return (role.kind == "rate" and role.key in ("share", "percent")) or (coverage(label, "mod") >= 0.7 and "cumulative" in role.mods)


def _remarks(label: str) -> bool:
    """Tell whether a label is a remark by its first words (`Note: includes ...`)."""
    head, colon, _ = label.partition(":")
    role = role_of_header(head) if colon and len(head) <= 20 else role_of_header("")
    return role.key == "comment" and role.certainty >= 0.9


def _side_label(label: str) -> str:
    """Give `fee`, `vat` or `discount` where a label names such a line under the items; what is added to round the total counts as a fee."""
    if len(label) <= _ROUNDING and coverage(_DIGITS.sub("", label), "rounding") >= _MOSTLY:
        return "fee"
    role = role_of_header(label) if len(label) <= 80 else role_of_header("")
    if role.kind == "money" and role.key in ("fee", "vat") and role.certainty >= 0.4:
        return role.key
    if role.vat is not None and coverage(_DIGITS.sub("", label), "mod") >= 0.7:
        return "vat"
    return "discount" if role.kind == "rate" and role.key == "discount" and role.certainty >= 0.5 else ""


def _classify(region: Region, layout: Layout, row: Row, typical: float) -> None:
    named, few = bool(row.names), len(row.names) <= max(1.0, 0.6 * typical)
    row.covers = _covered(region, layout, row)
    total = says_total(row.label) or next((kind for text in row.names.values() if (kind := says_total(text))), "")
    counted = total and not named and role_of_header(row.label).kind == "metric"  # `Total spots: 68` in the column of the money
    if few and _counts(row) and not row.covers and (counted or _sums_up(row.label) or _remarks(row.label)):
        row.kind = "pair"
    elif row.covers and (few or total) and _counts(row):
        row.kind = "subtotal" if total == "subtotal" else "total"
    elif total and (few or typical <= 2) and _counts(row):
        row.kind = total
    elif total and not _counts(row) and not row.metrics:
        row.kind = "pair" if _has_number(region, row) else "note"
    elif (_counts(row) or row.amount_text) and (few or typical <= 1) and (side := _side_label(row.label)):
        row.kind = side
    elif _counts(row) or (row.amount_text and named and (len(row.names) >= max(1.0, 0.6 * typical) or _names_all(layout, row))):
        row.kind = "item" if named else "unnamed"
    elif named and row.metrics and not few:
        row.kind, row.reason = "item", "no_amount"
    elif named:
        row.kind = "no_amount" if not few else _words_only(region, row)
    else:
        row.kind = "pair" if _has_number(region, row) else "note"


def _names_all(layout: Layout, row: Row) -> bool:
    """Tell whether a row fills every column that names media, two at least: only its dates are still to come."""
    named = [column for column in layout.naming if layout.uses[column].role.kind == "dim" and layout.uses[column].name != "label"]
    return len(named) >= 2 and all(column in row.names for column in named)


def _covered(region: Region, layout: Layout, row: Row) -> tuple[int, ...]:
    if region.grid.transposed:
        return ()
    columns = [layout.budget] if layout.budget is not None else [c for c, _ in layout.periods[:1]]
    for column in columns:
        covers = sum_references(region.grid.cell(row.number, column).formula, row.number, column_letters(column), region.body)
        if covers:
            return covers
    return ()


def _has_number(region: Region, row: Row) -> bool:
    return any(is_number(cell.value) for column, cell in region.grid.rows[row.number].items() if column in region.columns)


def _words_only(region: Region, row: Row) -> str:
    if _has_number(region, row):
        return "pair"
    text = " ".join(row.names.values())
    return "note" if len(text) > 70 or text.startswith("*") else "section"


def _settle_shares(rows: list[Row]) -> None:
    """Find fees under a subtotal by arithmetic: lines that are the share of it that their label states (`ASBOF 0.1%`)."""
    base = Decimal(0)
    for row in rows:
        if row.kind in ("total", "subtotal") and row.amount is not None:
            base = row.amount
        elif row.kind == "item" and row.amount and base and (told := _SHARE.search(row.label)):
            share = base * Decimal(told[1].replace(",", ".")) / 100
            row.kind = "fee" if abs(share - row.amount) <= Decimal("0.01") else row.kind


def _settle_unlabelled(rows: list[Row], typical: float) -> None:
    """Find totals that nothing labels: they add up the items above (or below) and name less than those do."""
    block: list[Row] = []
    everything: list[Row] = []
    for at, row in enumerate(rows):
        if row.kind in ("total", "subtotal"):
            block = []
            continue
        if row.kind not in ("item", "unnamed") or row.amount is None:
            continue
        sparse = len(row.names) < typical and len(row.names) <= max(1.0, 0.6 * typical)
        is_called_total = any(len(words_of(name)) <= 2 and says_total(name) for name in row.names.values())
        if (row.kind == "unnamed" or sparse or typical <= 1 or is_called_total) and row.amount:
            above = _adds_up(row, block, everything) if sparse or row.kind == "unnamed" or is_called_total else []
            below = [] if above else _heads(rows, at, sparse=sparse)
            if above or below:
                row.kind = "total" if len(above) == len(everything) and above and row.kind == "unnamed" else "subtotal"
                row.covers = tuple(r.number for r in above or below)
                block = [] if above else block
                continue
        if row.kind == "item":
            block.append(row)
            everything.append(row)


def _adds_up(row: Row, block: list[Row], everything: list[Row]) -> list[Row]:
    for group in (block, everything):
        if (
            (len(group) >= 2 or (group and row.kind == "unnamed"))
            and row.amount is not None
            and is_close(sum((r.amount or Decimal(0) for r in group), Decimal(0)), row.amount)
        ):
            return group
    return []


def _heads(rows: list[Row], at: int, *, sparse: bool) -> list[Row]:
    """Give the items that a group's first line sums up: fewer names than they have, or bold, or the same sum in every period."""
    head, group = rows[at], list[Row]()
    for row in rows[at + 1 :]:
        if row.kind != "item" or row.amount is None or (sparse and len(row.names) <= len(head.names)) or (head.bold and row.bold):
            break
        group.append(row)
        if len(group) >= 2 and head.amount is not None and is_close(sum((r.amount or Decimal(0) for r in group), Decimal(0)), head.amount):
            return group if sparse or head.bold or len(group) >= 4 or _periods_agree(head, group) else []
    return []


def _periods_agree(head: Row, group: list[Row]) -> bool:
    """Tell whether a line is the sum of others in at least two periods, and in all of them."""
    stated, added = head.periods, [row.periods for row in group]
    sums = {c: sum((exact(amounts.get(c, 0)) for amounts in added), Decimal(0)) for c in stated}
    return len([s for s in sums.values() if s]) >= 2 and all(is_close(sums[c], exact(value)) for c, value in stated.items())


def _settle_tail(rows: list[Row], typical: float) -> None:
    """After a total over everything, a row that names less than an item does is a line of the summary, not an item."""
    items = 0
    is_done = False
    by_number = {row.number: row for row in rows}
    full = [at for at, row in enumerate(rows) if row.kind == "item" and len(row.names) >= 0.6 * typical]
    for at, row in enumerate(rows):
        items += row.kind == "item"
        is_open = bool(full) and at <= full[-1]  # a total with whole items below it is that of a block
        if row.kind == "total" and items and not is_open and (not row.covers or len(_leaves(row, by_number)) >= items):
            is_done = True
        elif is_done and row.kind in ("item", "no_amount", "section") and len(row.names) < 0.6 * typical:
            row.kind = _beside_total(row)
        elif row.kind in ("unnamed",):
            row.kind = "pair"


def _beside_total(row: Row) -> str:
    """Give the kind of a line of the summary: production is added to the total as a fee is."""
    if not _counts(row) and row.kind != "no_amount":
        return "note"
    return "fee" if _counts(row) and len(row.label) <= _ROUNDING and says(row.label, "production") else "pair"


def _leaves(row: Row, rows: dict[int, Row]) -> set[int]:
    """Give the rows that a total adds up, those of the subtotals among them included."""
    found: set[int] = set()
    for number in row.covers:
        inner = rows.get(number)
        below = inner is not None and inner.kind in ("total", "subtotal") and number < row.number
        found |= _leaves(inner, rows) if below and inner is not None else {number}
    return found


def _settle_sections(rows: list[Row]) -> None:
    section = ""
    for row in rows:
        if row.kind == "section" or (row.kind == "subtotal" and any(number > row.number for number in row.covers)):
            section = next(iter(row.names.values()), row.label)
            section = "" if says_total(section) and len(words_of(section)) == 1 else section
        elif row.kind == "note" and flight_of_heading(row.label, _SOME_YEAR) is not None:
            section = row.label  # `Flight 1: 01.09 - 28.09` across a table, in no column that names its rows
        elif row.kind == "total":
            section = ""
        elif row.kind == "item":
            row.section = section
