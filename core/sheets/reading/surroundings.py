"""What a tab says around its tables: titles, the period, the year, the currency, the scale, the client and the brand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, pairwise, takewhile

from core.model.workbook import Cell, CellValue
from core.sheets.reading.currency import currency_in_text, currency_of_format
from core.sheets.reading.date_points import DayOrder
from core.sheets.reading.dates import flight_of_heading, read_flight
from core.sheets.reading.flights import Flight
from core.sheets.reading.grid import Grid, day_of, decimal_of, is_blank, is_number, number_text
from core.sheets.reading.lexicon import says, senses
from core.sheets.reading.months import month_of_word
from core.sheets.reading.numbers import as_count
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.scale_words import scale_in_text

_YEAR = re.compile(r"(?<!\d)20[1-4]\d(?!\d)")
_TWO_YEARS = re.compile(r"(?<!\d)(20[1-4]\d)\s?[/–-]\s?(\d{2})(?![\d./-])")
_TWO_FISCAL = re.compile(r"\bFY\s?['’]?(\d{2})\s?[/–-]\s?['’]?(\d{2})(?!\d)", re.IGNORECASE)
_MONTH_AND_YEAR = re.compile(r"([^\W\d_]{3,})(?:[.,'’ -]{1,2}(20[1-4]\d|\d\d(?!\d)))?")
_AMOUNT = re.compile(
    r"(?<![\w.,])(?!(?:19|20)\d{2}(?!\d|[.,]\d))\d[\d.,'’\u00a0\u202f ]*"
    r"(?:[kt]|mio|mln|mn|m|mill?ion(?:en|s)?|tsd|thousand|тыс|тис|tys|млн|lakhs?|lacs?|crores?|cr|万|千|百万)(?:\b|(?=eur|usd|chf|gbp|sek|円|元))\.?"
    r"\s?(?:€|\$|£|₽|zł|kč|kr|eur|usd|gbp|chf|pln|руб|грн|円|元)?",
    re.IGNORECASE,
)
"""An amount in a text (`Budget: 1,2 Mio €`): its scale is its own, not the table's."""
_AS_OF = re.compile(
    r"\b(?:as of|stand|status|version|v\d+|updat\w*|revis\w*|created|erstellt|état au|stan na"
    r"|actualizad\w*|aggiornat\w*|rates?|valid|gültig|vs)\b",
    re.IGNORECASE,
)
"""Words of a title whose date says when it was written or what holds since, not when the plan runs."""
_CALLED_PLAN = re.compile(r"[^\W\d_](?:plan|план|plán)\b", re.IGNORECASE)
_A_YEAR = re.compile(r"(?<![\d.,'])(?:19|20)\d\d(?![\d.,'])")
"""No amount: `Media budget 2026 USD`."""
_STATED = re.compile(r"([^\W\d][^\d]*?)[ (–-]+((?:[^\W\d]{1,3}|[$€£])?\s?\d[\d.,'’ ]*\s?(?:[^\W\d]{1,3}|[$€£])?)\)?")
"""A label and an amount without a colon (`Campaign budget 250,000 EUR`)."""
_TITLE_WORDS = 16
_TITLE = 100
"""A longer text is no title, and what stands between its commas no period of the plan."""
_HEADING = 40
"""A line so short right over a table is its own heading (`Germany (EUR)`) and counts before the lines farther up."""
_SHEET = "лист"
"""A sheet, in Russian and Ukrainian (`Лист 1`, `Прайс-лист 2025`); also how November is shortened."""
_ROWS_ABOVE = 40
_ROWS_BELOW = 32
_LABEL_ENDS = re.compile(r"[:\d]")
_INSIDE = (re.compile(r"\(([^()]{6,60})\)"), re.compile(r"[|:]\s*([^|:]{6,60})$"))
"""Parts of a title: in brackets, and behind a colon or a bar."""


@dataclass(slots=True)
class Surroundings:
    """Facts from the lines above a table and from names.

    Attributes:
        pairs: label and value of the lines above (`Бренд` -> `МСБ`), for telling plans of two brands from two versions of one.
        currency: named by a text. shown_currency: shown by a number format.
        around: the period that a text names. around_text: that text.
        titles: texts that stand alone.
        months: (year, month) of every month that titles and pairs name with its year.
        totals: the different amounts that the lines above label as the budget or the total.
    """

    titles: list[str] = field(default_factory=list)
    pairs: dict[str, str] = field(default_factory=dict)
    currency: str | None = None
    shown_currency: str | None = None
    scale: int = 1
    around: Flight | None = None
    around_text: str = ""
    years: set[int] = field(default_factory=set)
    totals: list[Decimal] = field(default_factory=list)
    months: set[tuple[int, int]] = field(default_factory=set)

    @property
    def says_plan(self) -> bool:
        return any(says(title, "title") or (says(title, "media") and says(title, "mod", "plan")) for title in self.titles)


def read_surroundings(
    grid: Grid, top: int, names: list[str], order: DayOrder | None, *, below: int | None = None, heads: Collection[int] = ()
) -> Surroundings:
    """Read the lines above row `top` and the names of tab and file; of the lines after row `below` only what one labels as the period.

    Args:
        heads: rows that are heads of tables; the scale that one of them names is that of its own columns.
    """
    around = Surroundings(titles=[name for name in names if name])
    rows = [row for row in grid.row_numbers if top - _ROWS_ABOVE <= row < top]
    scales: dict[int, int] = {}
    for row in rows:
        around.scale = 1
        _read_line(grid, row, around, order)
        scales[row] = 1 if row in heads else around.scale
    around.scale = _scale_above(grid, rows, scales, heads)
    if rows:
        around.currency = _of_heading([cell.value for cell in grid.rows[rows[-1]].values()]) or around.currency
    for name in around.titles[: len([n for n in names if n])]:
        around.currency = around.currency or currency_in_text(name) or None
        around.scale = scale_in_text(_AMOUNT.sub(" ", name)) if around.scale == 1 else around.scale
    around.years |= years_in(around.titles) | years_in(
        [v for k, v in around.pairs.items() if role_of_header(k).kind == "date" or not role_of_header(k).kind]
    )
    if around.around is None and below is not None:
        _read_period_below(grid, below, around, order)
    if around.around is None and names:
        around.around = _period_of_name(names[-1], around.years)
    if rows and (over := _flight_of(grid.rows[rows[-1]].values(), around.years)) is not None:
        around.around, around.around_text = over  # `February 2026` right over a table counts before what stands over the first one
    around.months = _months_in([*around.titles, *around.pairs, *around.pairs.values()], around.years)
    if not around.years and around.around and around.around.start:
        around.years = {around.around.start.year}
    return around


def _flight_of(line: Iterable[Cell], years: set[int]) -> tuple[Flight, str] | None:
    """Give the month, quarter or days that a table's own heading names, the one text right over it."""
    (text, *others) = [cell.value for cell in line if not is_blank(cell.value)] or [None]
    year = next(iter(years)) if len(years) == 1 else None
    flight = flight_of_heading(text, year) if isinstance(text, str) and not others and len(text) <= _HEADING else None
    return (flight, str(text)) if flight is not None and flight.grain != "year" and flight.start and flight.end else None


def _scale_above(grid: Grid, rows: list[int], scales: dict[int, int], heads: Collection[int]) -> int:
    """Give the scale that the lines above a table state; its own heading (`Radio (EUR)`) counts before the lines over other tables."""
    whole = max(scales.values(), default=1)
    if whole == 1 or not any(row in heads for row in rows):
        return whole
    own = list(takewhile(lambda row: row not in heads and not _holds_numbers(grid, row), reversed(rows)))
    texts = [cell.value for row in own for cell in grid.rows[row].values() if isinstance(cell.value, str)]
    return max((scales[row] for row in own), default=1) if any(map(currency_in_text, texts)) else whole


def _holds_numbers(grid: Grid, row: int) -> bool:
    return any(is_number(cell.value) for cell in grid.rows[row].values())


def _of_heading(line: list[CellValue]) -> str | None:
    """Give the currency that a table's own heading names, the line right over it."""
    (text, *others) = [value for value in line if not is_blank(value)] or [None]
    return currency_in_text(text) if isinstance(text, str) and not others and len(text) <= _HEADING else None


def _read_line(grid: Grid, row: int, around: Surroundings, order: DayOrder | None) -> None:
    cells = [(column, cell.value) for column, cell in sorted(grid.rows[row].items()) if not is_blank(cell.value)]
    if len(cells) >= 3 and sum(is_number(value) for _, value in cells):
        if len(cells) == 3 and isinstance(cells[0][1], str) and role_of_header(cells[0][1]).kind == "money":
            around.currency = around.currency or currency_in_text(str(cells[2][1]), whole=True) or None
        return
    texts = [" ".join(value.split()) for _, value in cells if isinstance(value, str)]
    for text in texts:
        if len(text) <= 200:
            around.currency = around.currency or currency_in_text(text) or None
            around.scale = max(around.scale, scale_in_text(_AMOUNT.sub(" ", text)))
    for column, _ in cells:
        pattern = grid.cell(row, column).number_format
        around.shown_currency = around.shown_currency or (currency_of_format(pattern) if pattern else None) or None
    if len(cells) == 1 and texts:
        _read_title(texts[0], around, order or "dmy")
        return
    for (_, label), (_, value) in pairwise(cells):
        if isinstance(label, str) and not day_of(label):
            _read_pair(label, value, around, order or "dmy")
    for text in texts:
        label, _, told = text.partition(":")
        role = role_of_header(label)
        flight = read_flight(told, order or "dmy") if (role.kind, role.key) == ("date", "period") else None
        if flight and flight.start and flight.end:
            _note_period(around, flight, told)
    if texts:
        around.titles.append(texts[0][:200])


def _read_title(text: str, around: Surroundings, order: DayOrder) -> None:
    """Read a text that stands alone: a title, and the amount or the period that it names."""
    stated, colon, amount = text.rpartition(":")
    if colon:
        _note_total(around, stated, amount.strip())
    elif (found := _STATED.fullmatch(text)) and currency_in_text(found[2]) and not _A_YEAR.search(found[2]):
        _note_total(around, found[1], found[2])
    around.titles.append(text[:200])
    told = len(text) <= _TITLE and not _AS_OF.search(text)
    named = [_without_label(part) for part in text.split(",")[1:]] if told or says(text, "title") else []
    for part in (text, *(found[1] for inside in _INSIDE for found in inside.finditer(text)), *named):
        flight = read_flight(part, order)
        flight = flight.in_year(next(iter(years))) if flight and len(years := years_in([text])) == 1 else flight
        if flight and flight.start and flight.end and flight.grain != "year" and (part not in named or flight.start != flight.end):
            _note_period(around, flight, part)
    if titled := period_in_title(text, order):
        _note_period(around, titled, text)


def _read_pair(label: str, value: CellValue, around: Surroundings, order: DayOrder) -> None:
    """Read a label with its value beside it: an amount, the period, or what tells one plan from another."""
    _note_total(around, label, value)
    shown = " ".join(str(value).split())
    around.pairs.setdefault(" ".join(label.split()).strip(" :"), shown)
    role = role_of_header(label)
    dated = (role.kind == "date" and role.key in ("period", "day")) or says(label, "title") or says(label, "date", "period")
    if dated and isinstance(value, str):
        flight = read_flight(value, order)
        if flight and flight.start and flight.end:
            _note_period(around, flight, value)
    elif isinstance(value, str) and (titled := period_in_title(f"{label} {shown}", order)):
        _note_period(around, titled, value)


def _without_label(text: str) -> str:
    """Give a text without the one word before it that says period (`период 01.05-31.05.2025`)."""
    first, _, rest = text.strip().partition(" ")
    role = role_of_header(first.strip(":"))
    return rest if (role.kind, role.key) == ("date", "period") else text


def period_in_title(text: str, order: DayOrder) -> Flight | None:
    """Give the one period that the title of a plan names among other words (`Digitalplan Mai 2026, alle Preise in EUR`)."""
    keys = {(sense.kind, sense.key) for sense in senses(text, ("title", "mod", "money", "dim"))}
    plans = {("title", "media_plan"), ("mod", "plan"), ("money", "budget"), ("dim", "campaign")}
    if not (keys & plans or _CALLED_PLAN.search(text)) or ("mod", "actual") in keys:
        return None
    words = [word for part in text.split() if (word := part.strip("(),;:|"))][:_TITLE_WORDS]
    spans = sorted(combinations(range(len(words) + 1), 2), key=lambda span: span[0] - span[1])
    for first, last in spans:
        span = " ".join(words[first:last])
        flight = read_flight(span, order) if any(map(str.isalpha, span)) and not _AS_OF.search(" ".join(words[:first])) else None
        if flight and flight.start and flight.end and flight.grain != "year" and flight.start != flight.end:
            rest = (read_flight(word) for word in words[:first] + words[last:])
            return None if any(other and other.grain in ("month", "quarter", "half") for other in rest) else flight
    return None


def _read_period_below(grid: Grid, last: int, around: Surroundings, order: DayOrder | None) -> None:
    """Read `Period: 1-30 June 2026` among the lines right below a table."""
    for row in (row for row in grid.row_numbers if last < row <= last + _ROWS_BELOW):
        texts = [cell.value for _, cell in sorted(grid.rows[row].items()) if not is_blank(cell.value)]
        if len(texts) <= 2 and all(isinstance(text, str) for text in texts):
            line = " ".join(map(str, texts))
            label = _LABEL_ENDS.split(line, maxsplit=1)[0]
            value = line[len(label) :].strip(" :")
            role = role_of_header(label)
            flight = read_flight(value, order or "dmy") if (role.kind, role.key) == ("date", "period") else None
            if flight and flight.start and flight.end:
                _note_period(around, flight, value)


def _note_period(around: Surroundings, flight: Flight, text: str) -> None:
    if around.around is None:
        around.around, around.around_text = flight, text


def _note_total(around: Surroundings, label: str, value: CellValue) -> None:
    """Keep an amount whose label says budget or total."""
    role = role_of_header(label)
    if not (role.is_budget or (role.kind, role.key) == ("money", "total")) or role.mods & {"actual", "per", "per_period"}:
        return
    stated = number_text(value)
    amount = as_count(stated).only if stated and stated.currency else decimal_of(value, None)
    if amount is not None and amount > 0 and amount * role.scale not in around.totals:
        around.totals.append(amount * role.scale)


def _period_of_name(name: str, years: set[int]) -> Flight | None:
    """Read a tab's name as the month or quarter of its plan, in the one year that is named."""
    flight = read_flight(name)
    if flight is None or flight.grain not in ("month", "quarter", "half"):
        return None
    flight = flight.in_year(next(iter(years))) if len(years) == 1 else flight
    return flight if flight.start and flight.end else None


def _months_in(texts: list[str], years: set[int]) -> set[tuple[int, int]]:
    """Give the months that texts name, with the year beside them or the only one there is."""
    only = next(iter(years)) if len(years) == 1 else None
    found: set[tuple[int, int]] = set()
    for text in texts:
        for word, digits in _MONTH_AND_YEAR.findall(text):
            month = None if word.casefold() == _SHEET else month_of_word(word)
            year = int(digits) if len(digits) == 4 else 2000 + int(digits) if digits else only
            if month and year and (digits or len(word) >= 4):
                found.add((year, month))
    return found


def years_in(texts: list[str]) -> set[int]:
    """Give the years that texts name, both of `2026/27`."""
    found = {int(year) for text in texts for year in _YEAR.findall(text)}
    pairs = [(int(first), int(first[:2] + last)) for text in texts for first, last in _TWO_YEARS.findall(text)]
    pairs += [(2000 + int(first), 2000 + int(last)) for text in texts for first, last in _TWO_FISCAL.findall(text)]
    return found | {year for first, last in pairs if last == first + 1 for year in (first, last)}
