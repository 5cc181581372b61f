"""Where a tab's tables begin: header rows of one to four lines, merged bands, and what each column's header says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from core.model.workbook import CellValue
from core.sheets.reading.flights import Flight
from core.sheets.reading.grid import Grid, is_blank, is_number, text_of
from core.sheets.reading.header_periods import (
    DAY_MONTH,
    is_days_of_months,
    is_orderly,
    is_weekdays,
    is_year,
    longest_run,
    period_in_header,
    stands_alone,
    weekday_columns,
    without_mark,
)
from core.sheets.reading.lexicon import says
from core.sheets.reading.roles import UNKNOWN, Role, role_of_header

_MAX_HEADER_ROWS = 4
_SOLID = 0.45
_FAR = 100_000
_KNOWN = 3
_SOME_YEAR = 2025
_KEY = re.compile(r":\s*$|:\s*\S*\d")


@dataclass(frozen=True, slots=True)
class ColumnHeader:
    """What stands above one column.

    Attributes:
        own: the lowest text. band: the texts above it, joined.
        flight: the period the column is for, None for any other column. grain `number` is a run of bare numbers (days of a month, weeks).
    """

    column: int
    own: str
    band: str
    role: Role
    flight: Flight | None = None

    @property
    def text(self) -> str:
        return f"{self.band} / {self.own}" if self.band and self.own != self.band else self.own


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The header of one table (or of several side by side): sheet rows from top to bottom, both inclusive."""

    top: int
    bottom: int
    body_from: int
    columns: dict[int, ColumnHeader]


@dataclass(frozen=True, slots=True)
class _Line:
    """One row looked at as a header."""

    texts: int
    known: int
    numeric_roles: int
    label_roles: int
    periods: int
    numbers: int
    run: int


def _look(grid: Grid, row: int) -> _Line:
    texts = known = numeric = labels = periods = numbers = unsure = 0
    seen: set[tuple[str, str, frozenset[str]]] = set()
    days: list[tuple[int, date]] = []
    values = {column: cell.value for column, cell in grid.rows[row].items()}
    weekdays = weekday_columns(values)
    for column, value in values.items():
        if is_blank(value) or column in weekdays:
            continue
        flight = period_in_header(value, grid.cell(row, column).number_format)
        if flight is not None:
            periods += 1
            shown = flight.in_year(_SOME_YEAR) if isinstance(value, str) and DAY_MONTH.fullmatch(value.strip()) else flight
            unsure += shown is not flight
            if shown.start is not None and shown.start == shown.end:
                days.append((column, shown.start))
            continue
        if is_number(value):
            numbers += not is_year(value)
            continue
        texts += 1
        role = role_of_header(value) if isinstance(value, str) and len(value) <= 160 else UNKNOWN
        if role.kind and role.certainty >= _SOLID:
            known += 1
            said = (role.kind, role.key, role.mods & {"plan", "actual"})
            if said not in seen:
                seen.add(said)
                numeric += role.is_numeric
                labels += not role.is_numeric
    if not is_orderly([day for _, day in sorted(days)]):
        periods -= len(days)
        numbers += unsure
    elif 0 < unsure < 3:
        periods, numbers = periods - unsure, numbers + unsure
    if numbers == 1 and known >= _KNOWN and stands_alone(grid, row):
        numbers = 0
    return _Line(texts, known, numeric, labels, periods, numbers, longest_run(values))


def _is_header(line: _Line) -> bool:
    """Tell whether a row reads as a header: several known roles or periods, hardly any number of its own."""
    if line.numbers > line.run and (line.known < 5 or line.numbers - line.run > line.known // 5):
        return False
    roles = line.numeric_roles + line.label_roles
    if line.texts and line.known < 5 and line.known / line.texts < 0.3 and line.periods < 3 and not line.run:
        return False
    if roles >= 2 and (line.numeric_roles or line.periods >= 2 or line.run) and line.known >= 2:
        return True
    if line.known >= 1 and (line.periods >= 3 or line.run):
        return True
    return (line.periods >= 3 and line.periods > line.texts) or (roles >= 3 and line.known >= 3)


def find_headers(grid: Grid, *, forced: frozenset[int] = frozenset()) -> list[HeaderBlock]:
    """Find every header block of a tab, top first. `forced` are rows a person named as headers."""
    rows = grid.row_numbers
    lines = {row: _look(grid, row) for row in _candidates(grid, rows)}
    heads = sorted(row for row, line in lines.items() if row in forced or (not forced and _is_header(line)))
    if not forced:
        heads = sorted({*heads, *_heads_without_money(grid, rows, lines, heads)})
    blocks: list[HeaderBlock] = []
    taken = 0
    for row in heads:
        if row <= taken:
            continue
        top, bottom = _extend(grid, row, lines, taken)
        block = header_block(grid, top, bottom)
        if _has_body(grid, block, rows):
            blocks.append(block)
            taken = block.body_from - 1
    return blocks


def _heads_without_money(grid: Grid, rows: list[int], lines: dict[int, _Line], heads: list[int]) -> Iterator[int]:
    """Give rows that name at least two labels over numbers, none of which they know: the only headers of a tab, or like those it has."""
    known = {text_of(cell.value).casefold() for row in heads for cell in grid.rows[row].values()} - {""}
    for row, after in pairwise(rows):
        line = lines.get(row)
        if row in heads or line is None or line.numbers or line.numeric_roles or line.texts > 30:
            continue
        texts = {column: text.casefold() for column, cell in grid.rows[row].items() if (text := text_of(cell.value))}
        over_numbers = any(is_number(cell.value) for column, cell in grid.rows[after].items() if column >= min(texts, default=0))
        again = len(known.intersection(texts.values())) >= max(2, 0.5 * len(texts))
        if over_numbers and (again if heads else line.label_roles >= 2 and line.known >= 0.5 * line.texts):
            yield row


def _candidates(grid: Grid, rows: list[int]) -> list[int]:
    """Give the rows worth a look: in long tables, rows whose cells are mostly texts."""
    if len(rows) <= 400:
        return rows
    chosen = rows[:60]
    for row in rows[60:]:
        cells = grid.rows[row]
        if (
            len(cells) > 2
            and all(isinstance(cell.value, str) for cell in cells.values())
            and not any(is_number(cell.value) for cell in cells.values())
        ):
            chosen.append(row)
    return chosen[:2000]


def _extend(grid: Grid, row: int, lines: dict[int, _Line], taken: int) -> tuple[int, int]:
    top = bottom = row
    while bottom - top < _MAX_HEADER_ROWS - 1 and _continues(grid, bottom, bottom + 1, lines):
        bottom += 1
    while bottom - top < _MAX_HEADER_ROWS - 1 and top - 1 > taken and _is_band(grid, top - 1, top, lines):
        top -= 1
    return top, bottom


def _continues(grid: Grid, above: int, row: int, lines: dict[int, _Line]) -> bool:
    """Tell whether a row is a lower line of the header: it fills what the line above merges or leaves empty, and holds no amounts."""
    line = lines.get(row)
    if is_weekdays(grid, row) or is_days_of_months(grid, above, row):
        return True
    if line is None or line.numbers > line.run or (line.known + line.periods + line.run) == 0:
        return False
    if _is_axis_under_axis(grid, above, row, line) or (line.periods >= 2 and not (line.texts or line.numbers)):
        return True
    if line.run and is_weekdays(grid, above):
        return True
    fresh = total = 0
    for column, cell in grid.rows[row].items():
        if is_blank(cell.value):
            continue
        total += 1
        over = grid.anchor(above, column)
        merged = any(s.top == over[0] and s.left == over[1] and s.right > s.left for s in grid.merges)
        fresh += merged or grid.spread(above, column).value is None or _repeats(grid, above, column)
    known = line.known + line.periods + line.run
    return total > 0 and (fresh / total >= 0.6 or (_is_header(line) and fresh / total >= 0.3)) and known / total >= 0.3


def _repeats(grid: Grid, row: int, column: int) -> bool:
    """Tell whether a header cell says what its neighbour says: a band written out over each of its columns."""
    value = grid.cell(row, column).value
    return not is_blank(value) and value in (grid.cell(row, column - 1).value, grid.cell(row, column + 1).value)


def _is_axis_under_axis(grid: Grid, above: int, row: int, line: _Line) -> bool:
    """Tell whether a row holds nothing but periods, each under another one (Mondays under week numbers)."""
    own = [c for c, cell in grid.rows[row].items() if period_in_header(cell.value, cell.number_format) is not None]
    over = [grid.spread(above, column) for column in own]
    return line.periods >= max(3, 3 * line.texts) and all(period_in_header(cell.value, cell.number_format) for cell in over)


def _is_band(grid: Grid, row: int, below: int, lines: dict[int, _Line]) -> bool:
    """Tell whether a row is an upper line of the header: texts over groups of columns, not a title and not a key with its value."""
    line = lines.get(row)
    if line is None or line.numbers > line.run or line.texts + line.periods == 0:
        return False
    filled = [column for column, cell in grid.rows[row].items() if not is_blank(cell.value)]
    columns = sorted(grid.rows[below])
    if _is_title_line(grid, row, below, sorted(filled)):
        return False
    wide = [
        s
        for s in grid.merges
        if s.top == row and s.right > s.left and s.left in filled and (s.left > columns[0] or s.right < columns[-1] - 1)
    ]
    tall = [s for s in grid.merges if s.top == row and s.bottom >= below and s.left in filled]
    if wide or tall:
        return all(grid.anchor(row, c) == (row, c) for c in filled) and any(columns[0] <= c <= columns[-1] for c in filled)
    if _names_rows_below(grid, below, filled, line, columns):
        return True
    inside = [c for c in filled if columns[0] < c <= columns[-1]]
    under = sum(grid.cell(below, c).value is not None for c in filled)
    if len(filled) >= 2 and line.known + line.periods >= 1 and under == len(filled) and len(inside) >= 1:
        return not _is_pair(grid, row, filled)
    return len(filled) == 1 and bool(inside) and (line.periods == 1 or line.known == 1) and filled[0] > columns[0] + 1


def _names_rows_below(grid: Grid, below: int, filled: list[int], line: _Line, columns: list[int]) -> bool:
    """Tell whether a row heads the columns of names that the row below, the periods, leaves without a head."""
    over = [grid.cell(below + 1, column).value for column in filled]
    beside = bool(filled) and columns[0] - len(filled) <= min(filled) and max(filled) < columns[0]
    return beside and len(filled) >= 2 and line.known == line.texts == len(filled) and all(isinstance(value, str) for value in over)


def _is_title_line(grid: Grid, row: int, below: int, filled: list[int]) -> bool:
    """Tell whether a row directly above a header is a title, alone or with keys and values beside it (`Plan 2026 | Date: | 1 March`)."""
    first = filled[0] if filled else 0
    under = sorted(column for column, cell in grid.rows[below].items() if not is_blank(cell.value))
    if not under or first > under[0] or any(s.top == row and s.left == first and s.bottom >= below for s in grid.merges):
        return False
    if period_in_header(grid.cell(below, under[0]).value, grid.cell(below, under[0]).number_format) is not None:
        return False
    texts = [value for column in filled if isinstance(value := grid.cell(row, column).value, str)]
    return len(filled) == 1 or any(says(text, "title") for text in texts[:1]) or any(_KEY.search(text) for text in texts)


def _is_pair(grid: Grid, row: int, filled: list[int]) -> bool:
    """Tell whether a row is a key with its value (`Период | 02.09-15.12.24`)."""
    if len(filled) != 2:
        return False
    first, second = (grid.cell(row, column).value for column in sorted(filled))
    known = role_of_header(first).kind if isinstance(first, str) else ""
    return bool(known) and not (isinstance(second, str) and len(second) > 3 and role_of_header(second).kind)


def header_block(grid: Grid, top: int, bottom: int) -> HeaderBlock:
    """Make the header of the rows from top to bottom."""
    body_from = bottom + 1
    for span in grid.merges:
        if top <= span.top <= bottom < span.bottom <= bottom + 8 and span.left in grid.rows.get(span.top, {}):
            inside = [
                row
                for row in range(bottom + 1, span.bottom + 1)
                if row in grid.rows and any(not is_blank(c.value) for c in grid.rows[row].values())
            ]
            if not inside:
                body_from = max(body_from, span.bottom + 1)
    columns = sorted({column for row in range(top, bottom + 1) for column in grid.rows.get(row, {})} | _merged_columns(grid, top, bottom))
    texts: dict[int, dict[int, tuple[int, int]]] = {}
    begun: set[int] = set()
    for row in range(top, bottom + 1):
        texts[row] = _line_texts(grid, row, columns, begun, is_last=row == bottom)
        begun |= {at[1] for at in texts[row].values()}
    return HeaderBlock(top, bottom, body_from, {column: _column(grid, column, top, bottom, texts) for column in columns})


def _merged_columns(grid: Grid, top: int, bottom: int) -> set[int]:
    return {
        column
        for s in grid.merges
        if top <= s.top <= bottom and s.right - s.left < 200
        for column in range(s.left, s.right + 1)
        if s.left in grid.rows.get(s.top, {})
    }


def _line_texts(grid: Grid, row: int, columns: list[int], begun: set[int], *, is_last: bool) -> dict[int, tuple[int, int]]:
    """Give for each column the cell whose text covers it in one header line.

    An unmerged band counts until the next one, a gap, or a column where a band of a line above has `begun`.
    """
    covered: dict[int, tuple[int, int]] = {}
    current: tuple[int, int] | None = None
    before = columns[0] - 1 if columns else 0
    starts = [c for c in columns if not is_blank(grid.cell(row, c).value)][-3:]
    steps = {later - earlier for earlier, later in pairwise(starts)}
    end = starts[-1] + min(steps) if len(starts) == 3 and len(steps) == 1 else _FAR  # the last of even bands is as wide as the others
    for column in columns:
        anchor = grid.anchor(row, column)
        own = grid.spread(row, column)
        if own.value is not None and not is_blank(own.value):
            covered[column] = anchor
            current = anchor if anchor[0] == row and not any(s.left == anchor[1] and s.top == anchor[0] for s in grid.merges) else None
        elif not is_last and current is not None and column - before == 1 and column not in begun and column < end:
            covered[column] = current
        else:
            current = None
        before = column
    return covered


def _column(grid: Grid, column: int, top: int, bottom: int, texts: dict[int, dict[int, tuple[int, int]]]) -> ColumnHeader:
    cells: list[tuple[int, int]] = []
    for row in range(top, bottom + 1):
        at = texts[row].get(column)
        if at is not None and at not in cells:
            cells.append(at)
    shown = [_shown(grid, at) for at in cells]
    flights = [period_in_header(grid.cell(*at).value, grid.cell(*at).number_format) for at in cells]
    own, band = (shown[-1], " / ".join(shown[:-1])) if shown else ("", "")
    flight = next((f for f in reversed(flights) if f is not None), None)
    whole = _with_year(flight, flights, [grid.cell(*at).value for at in cells])
    return ColumnHeader(column, own, band, role_under(own, band, flights), whole)


def _with_year(flight: Flight | None, flights: list[Flight | None], values: list[CellValue]) -> Flight | None:
    """Complete months under a year band."""
    years = [f.start.year for f in flights if f is not None and f.grain == "year" and f.start]
    years += [value for value in values if isinstance(value, int) and is_year(value)]
    return flight.in_year(years[0]) if flight is not None and years and flight.needs_year else flight


def _shown(grid: Grid, at: tuple[int, int]) -> str:
    value = grid.cell(*at).value
    if isinstance(value, date):
        return value.isoformat()[:10]
    return without_mark(" ".join(str(value).split())) if value is not None else ""


def role_under(own: str, band: str, flights: list[Flight | None]) -> Role:
    """Read the lowest text; the band adds VAT, currency and scale, and the whole role where the lowest text is a period or says nothing."""
    over = role_of_header(band) if band else UNKNOWN
    if flights and flights[-1] is not None and (told := role_of_header(own).mods & {"plan", "actual"}):
        return replace(over, mods=over.mods | told)  # `Plan Jan` beside `Actual Jan`
    role = UNKNOWN if flights and flights[-1] is not None else role_of_header(own)
    if over.kind == "date" and (role.kind or not own or flights[-1] is not None):
        over, band = UNKNOWN, ""  # `w/c` over days says nothing about the total beside them
    if not role.kind or (role.kind, role.key) == ("money", "total"):
        inherits = over.kind and (over.key != "total" or not own or flights[-1] is not None)
        whole = over if inherits else role_of_header(f"{band} {own}") if band and over.key != "total" and not flights[-1] else role
        if role.key == "total" and whole.is_budget:
            return replace(whole, mods=whole.mods | {"total"})
        return role if role.kind and not whole.kind else whole
    if role.kind in ("money", "price") and over.kind in ("money", ""):
        return replace(
            role,
            vat=role.vat if role.vat is not None else over.vat,
            currency=role.currency or over.currency,
            scale=max(role.scale, over.scale),
            mods=role.mods | (over.mods - {"per", "total"}),
        )
    return role


def _has_body(grid: Grid, block: HeaderBlock, rows: list[int]) -> bool:
    """Tell whether something stands under a header within a dozen rows."""
    below = [row for row in rows if block.body_from <= row < block.body_from + 12]
    filled = {column for row in below for column, cell in grid.rows[row].items() if not is_blank(cell.value)}
    return len(filled & set(block.columns)) >= min(2, len(block.columns))
