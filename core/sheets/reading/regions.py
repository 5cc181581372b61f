"""Tables under headers: which columns and rows belong together, side by side or stacked, and what the body of each column holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain

from core.model.money import minor_exponent
from core.model.workbook import Cell
from core.sheets.loading.number_formats import shows_percent
from core.sheets.reading.axes import complete_axes
from core.sheets.reading.currency import currency_in_text, currency_of_format
from core.sheets.reading.grid import Grid, is_blank, is_day, is_number, number_text, text_of
from core.sheets.reading.headers import ColumnHeader, HeaderBlock
from core.sheets.reading.numbers import DecimalMark, NumberText, as_count, has_third_decimal, settle_mark
from core.sheets.reading.roles import UNKNOWN, Role, role_of_header
from core.sheets.reading.tongue import mark_of_headers

_UNITS = frozenset({"%", "tsd", "тыс", "тис", "tys", "k", "mio", "mln", "млн", "stk", "stück", "pcs", "шт", "szt", "#"})
_COUNTED = frozenset({"impressions", "clicks", "views", "reach"})
"""What is counted in whole numbers: `1.500` impressions are never one and a half, nor does money with its sign have three decimals."""
_SAMPLE = 3000
_GLANCE = 400
_TOGETHER = 0.8


@dataclass(slots=True)
class Content:
    """What the body of a column holds, counted."""

    numbers: int = 0
    texts: int = 0
    days: int = 0
    percents: int = 0
    currencies: int = 0
    flags: int = 0
    number_texts: int = 0
    largest: float = 0.0
    distinct_texts: set[str] = field(default_factory=set)

    @property
    def filled(self) -> int:
        return self.numbers + self.texts + self.days

    @property
    def is_numeric(self) -> bool:
        return self.numbers > 0 and self.numbers >= self.texts

    @property
    def amounts_only(self) -> bool:
        """Tell whether numbers stand there that no percentage is."""
        return self.percents == 0 and self.largest > 100

    @property
    def is_flags(self) -> bool:
        return self.numbers > 0 and self.flags == self.numbers


@dataclass(slots=True)
class Region:
    """One table before its rows are read.

    Attributes:
        columns: what stands above each column, in order. dims: columns that name things, in order.
        body: the sheet rows below the header down to the next header or the end.
        marks: the decimal mark of each column of text numbers.
        totals: the rows that say total, once somebody asked for them (`proof.total_rows`).
        numbers: the numbers of a column's first rows under a decimal mark, once somebody asked for them (`proof.column_values`).
        own_columns: the columns of the first segment; others joined from the right have the same rows.
    """

    grid: Grid
    header: HeaderBlock
    columns: dict[int, ColumnHeader]
    body: list[int]
    contents: dict[int, Content] = field(default_factory=dict)
    marks: dict[int, DecimalMark | None] = field(default_factory=dict)
    own_columns: frozenset[int] = frozenset()
    title: str = ""
    totals: frozenset[int] | None = None
    numbers: dict[tuple[int, DecimalMark | None], dict[int, Decimal]] = field(init=False, default_factory=dict)

    def role(self, column: int) -> Role:
        header = self.columns.get(column)
        return header.role if header else UNKNOWN

    def content(self, column: int) -> Content:
        return self.contents.get(column) or Content()


def find_regions(grid: Grid, blocks: list[HeaderBlock]) -> list[Region]:
    """Give the tables of a tab: one for each header block, more where tables with other rows stand side by side."""
    rows = grid.row_numbers
    regions: list[Region] = []
    for number, block in enumerate(blocks):
        until = blocks[number + 1].top if number + 1 < len(blocks) else (rows[-1] + 1 if rows else 0)
        body = [row for row in rows if block.body_from <= row < until]
        regions.extend(_split(grid, block, body))
    return regions


def _split(grid: Grid, block: HeaderBlock, body: list[int]) -> list[Region]:
    """Cut at empty columns; segments that name the same rows are one table, segments with other rows are tables of their own."""
    used = _used_columns(grid, block, body)
    segments = _segments(used)
    core = _without_notes(grid, body, used)
    contents = {column: _content(grid, column, core) for column in used}
    named = complete_axes(block.columns)
    headers = {column: named.get(column) or ColumnHeader(column, "", "", UNKNOWN) for column in used}
    if body and (units := _units(grid, body[0])):
        headers.update(
            {c: replace(headers[c], role=role_of_header(f"{headers[c].own} {text}")) for c, text in units.items() if c in headers}
        )
        body = body[1:]
    groups: list[list[list[int]]] = []
    whole = Region(grid, block, headers, core, contents)
    for segment in segments:
        before = [column for part in groups[-1:] for column in chain(*part)]
        alone = _is_apart(whole, before, segment) or _names_rows(segment, headers, contents)
        if before and not _is_apart(whole, before, segment) and _is_torn(whole, before, segment):
            groups[-1][-1] = groups[-1][-1] + segment
        elif before and (not alone or _same_rows(grid, core, groups[-1][0], segment, headers)):
            groups[-1].append(segment)
        else:
            groups.append([segment])
    regions = []
    for group in groups:
        columns = {column: headers[column] for segment in group for column in segment}
        region = Region(grid, block, columns, body, {c: contents[c] for c in columns}, own_columns=frozenset(group[0]))
        region.marks = marks_of(region)
        if any(header.role.kind or header.flight for header in columns.values()):
            regions.append(region)
    return regions


def _without_notes(grid: Grid, body: list[int], used: list[int]) -> list[int]:
    """Give the rows of a body without those after its last gap that fill two cells at most: notes say nothing of the columns."""
    after = len(body)
    while after and _width(grid, body[after - 1], used) <= 2:
        after -= 1
    tail = next((at for at in range(after, len(body)) if at and body[at] - body[at - 1] > 1), len(body)) if after else len(body)
    return body[:tail]


def _width(grid: Grid, row: int, used: list[int]) -> int:
    """Count the columns in which a row holds a value or a colour."""
    cells = grid.rows[row]
    return sum((column in cells and not is_blank(cells[column].value)) or grid.fill(row, column) is not None for column in used)


def _has_cents(currency: str | None) -> bool:
    """Tell whether a currency that a number names has two decimals at most, as every `kr` and `Rs` has; a Kuwaiti dinar has three."""
    return currency is not None and (not currency or minor_exponent(currency) <= 2)


def _units(grid: Grid, row: int) -> dict[int, str]:
    """Give the units by column where a row under the header holds nothing else (`Tsd.`, `T€`, `%`) and one of them is of money."""
    texts = {column: str(cell.value).strip() for column, cell in grid.rows[row].items() if not is_blank(cell.value)}
    money = [text for text in texts.values() if len(text) <= 12 and (currency_in_text(text, whole=True) or currency_in_text(text))]
    is_unit = all(text in money or text.casefold().strip("().") in _UNITS for text in texts.values())
    return texts if money and is_unit and not any(char.isdigit() for text in texts.values() for char in text) else {}


def marks_of(region: Region) -> dict[int, DecimalMark | None]:
    """Settle the decimal mark of each column of text numbers; what a column leaves open, the others or the language decide."""
    texts = {
        c: [n for _, cell in _body_cells(region.grid, c, region.body) if (n := number_text(cell.value))]
        for c, content in region.contents.items()
        if content.number_texts
    }
    for column, numbers in texts.items():
        role = region.role(column)
        if settle_mark(numbers) is None and role.kind not in ("price", "rate"):
            texts[column] = [as_count(n) if role.key in _COUNTED or _has_cents(n.currency) else n for n in numbers]
    whole = settle_mark(n for numbers in texts.values() for n in numbers)
    spoken = whole or (mark_of_headers(h.own for h in region.columns.values() if h.flight is None) if texts else None)
    marks = {c: settle_mark(numbers) or spoken for c, numbers in texts.items()}
    return {c: mark if _fits_money(region, c, texts[c], mark) else None for c, mark in marks.items()}


def _fits_money(region: Region, column: int, numbers: list[NumberText], mark: DecimalMark | None) -> bool:
    """Tell whether a mark may hold for a column: money has no third decimal (`1.250` beside `8.5`) unless other amounts of it have more."""
    is_money = region.role(column).kind == "money" or region.columns[column].flight is not None
    if not is_money or not any(has_third_decimal(n, mark) for n in numbers):
        return True
    return any((value := n.only) is not None and int(value.as_tuple().exponent) < -2 for n in numbers)


def _body_cells(grid: Grid, column: int, body: list[int]) -> Iterator[tuple[int, Cell]]:
    for row in body[:_SAMPLE]:
        cell = grid.rows[row].get(column)
        if cell is not None:
            yield row, cell


def _used_columns(grid: Grid, block: HeaderBlock, body: list[int]) -> list[int]:
    """Give the columns with a header, and those without one that hold values among or beside them."""
    headed = sorted(block.columns)
    filled: set[int] = set()
    for row in body:
        filled.update(grid.rows[row])
    holding = {c for c in filled if any(not is_blank(grid.rows[row][c].value) for row in body if c in grid.rows[row])}
    near = {column for column in holding if headed[0] - 1 <= column <= headed[-1] + 1 and column not in block.columns}
    return sorted({column for column in headed if column in holding or block.columns[column].own} | near)


def _segments(columns: list[int]) -> list[list[int]]:
    segments: list[list[int]] = []
    for column in columns:
        if segments and column - segments[-1][-1] == 1:
            segments[-1].append(column)
        else:
            segments.append([column])
    if len(segments) >= 3 and all(len(segment) == 1 for segment in segments):
        return [columns]  # an empty column between any two of one table
    return segments


def _glance(body: list[int]) -> list[int]:
    """Give the rows to look at: all of a short table, an even spread of a long one."""
    return body if len(body) <= _GLANCE else body[:: len(body) // _GLANCE]


def _content(grid: Grid, column: int, body: list[int]) -> Content:
    content = Content()
    for row in _glance(body):
        cell = grid.rows[row].get(column)
        if cell is None:
            continue
        value = cell.value
        if is_blank(value):
            continue
        reading = number_text(value)
        if is_day(value):
            content.days += 1
        elif reading is not None or is_number(value):
            content.numbers += 1
            content.number_texts += reading is not None
            content.percents += shows_percent(cell.number_format) or bool(reading and reading.percent)
            content.currencies += bool(
                (cell.number_format and currency_of_format(cell.number_format) is not None) or (reading and reading.currency)
            )
            content.flags += value in (0, 1)
            content.largest = max(content.largest, abs(float(value)) if isinstance(value, int | float) else 0.0)
        elif text_of(value):
            content.texts += 1
            if len(content.distinct_texts) < 60:
                content.distinct_texts.add(text_of(value))
    return content


def _names_rows(segment: list[int], headers: dict[int, ColumnHeader], contents: dict[int, Content]) -> bool:
    """Tell whether a segment has columns of its own that name its rows."""
    return any(
        headers[c].role.kind in ("dim", "date")
        and headers[c].role.key not in ("comment", "rownum")
        and contents[c].texts + contents[c].days > contents[c].numbers
        for c in segment
    )


def _is_torn(region: Region, before: list[int], segment: list[int]) -> bool:
    """Tell whether an empty column parts one table: the left side has only names, or one side has no money and both fill the same rows."""
    one, two = ({region.role(c).key for c in side if region.role(c).kind == "dim"} for side in (before, segment))
    told = [any(_tells_money(region, c) for c in side) for side in (before, segment)]
    if not any(region.content(c).numbers for c in before):
        return True
    return (
        not (one & two or all(told))
        and all(region.role(c).kind for c in segment)
        and bool(two)
        and _fill_the_same_rows(region, before, segment)
    )


def _tells_money(region: Region, column: int) -> bool:
    header, content = region.columns[column], region.content(column)
    return content.numbers > 0 and (header.role.kind == "money" or header.flight is not None or content.currencies > 0)


def _is_apart(region: Region, before: list[int], segment: list[int]) -> bool:
    """Tell whether a segment beside a table holds names and numbers in other rows than that: a small table of its own."""
    contents = [region.content(c) for c in segment if any(region.content(other).numbers for other in before)]
    named = any(c.texts > c.numbers for c in contents) and any(c.is_numeric for c in contents)
    return named and not _fill_the_same_rows(region, before, segment)


def _fill_the_same_rows(region: Region, before: list[int], segment: list[int]) -> bool:
    rows = region.grid.rows
    filled = [
        {row for row in region.body if any(not is_blank(rows[row][c].value) for c in side if c in rows[row])} for side in (before, segment)
    ]
    return len(filled[0] & filled[1]) >= _TOGETHER * len(filled[0] | filled[1])


def _same_rows(grid: Grid, body: list[int], first: list[int], second: list[int], headers: dict[int, ColumnHeader]) -> bool:
    """Tell whether two segments name the same rows: columns of one header hold the same texts."""
    by_text = {headers[c].own.casefold().strip(): c for c in first if headers[c].role.kind in ("dim", "date")}
    pairs = [(by_text[key], c) for c in second if (key := headers[c].own.casefold().strip()) in by_text and key]
    if not pairs:
        return False
    same = total = 0
    for row in body[:_SAMPLE]:
        cells = grid.rows[row]
        for left, right in pairs:
            one, two = cells.get(left), cells.get(right)
            if one is None and two is None:
                continue
            total += 1
            same += one is not None and two is not None and one.value == two.value
    return total > 0 and same / total >= 0.8
