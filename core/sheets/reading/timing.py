"""When each line item runs: start and end columns, periods in words, period columns, marks, and what the sheet says above the table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from core.model.reading import Option
from core.model.workbook import CellError, CellValue
from core.sheets.loading.number_formats import shows_month_only
from core.sheets.reading.date_points import DayOrder
from core.sheets.reading.date_words import in_plain_days
from core.sheets.reading.dates import read_flight, week_about, week_in_year
from core.sheets.reading.day_order import is_order_open, order_of_answer, settle_order
from core.sheets.reading.findings import Findings
from core.sheets.reading.fiscal import as_fiscal, fiscal_start, fiscal_year, in_fiscal_year, is_fiscal, whole_fiscal_year
from core.sheets.reading.flights import Flight
from core.sheets.reading.grid import day_of, day_of_number, decimal_of
from core.sheets.reading.header_periods import period_in_header
from core.sheets.reading.layout import Layout
from core.sheets.reading.lexicon import languages_of, words_of
from core.sheets.reading.months import WEEK_FROM, WEEK_TO, month_of_word
from core.sheets.reading.regions import Region
from core.sheets.reading.surroundings import Surroundings

_SAMPLE = 2000
_AUTUMN, _SPRING = 9, 4
_NO_PERIODS = ("start", "end", "deadline")
_ORDERS: tuple[DayOrder, ...] = ("dmy", "mdy")
_NO_DATE = re.compile(r"^\D+|\D+$")
_BARE = re.compile(r"\d{1,2}(?:\s?[-–/,+&]\s?\d{1,2}){0,5}(?:\s?[/.]\s?20\d{2})?")
_DAYS = ("day", "tag", "jour", "día", "dia", "giorn", "dni", "дн", "gün", "gun", "dag")
_WEEKS = ("week", "woche", "semain", "seman", "settiman", "tyg", "недел", "тижн", "hafta", "veck")


@dataclass(frozen=True, slots=True)
class DateColumns:
    """The columns of days by what they are: a line starts on them, ends on them, or they may say otherwise when it runs."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    others: tuple[int, ...]


@dataclass(slots=True)
class Timing:
    """How the dates of one table are read.

    Attributes:
        order: day or month first, None where texts leave it open.
        swapped: columns whose real dates have day and month the wrong way round.
        year: the one year that the sheet names, for dates without one.
        fiscal_start: the month in which the sheet says that its fiscal year starts. fiscal_year: the one that it names.
        around: the period of the whole table (from the lines above it). around_text: its words.
        years: every year that those lines name.
        columns: the table's columns of days.
    """

    order: DayOrder | None = None
    swapped: set[int] = field(default_factory=set)
    year: int | None = None
    fiscal_start: int | None = None
    fiscal_year: int | None = None
    around: Flight | None = None
    around_text: str = ""
    years: set[int] = field(default_factory=set)
    columns: DateColumns = field(default_factory=lambda: DateColumns((), (), ()))


@dataclass(frozen=True, slots=True)
class Run:
    """When one row runs."""

    start: date | None = None
    end: date | None = None


def settle_timing(
    region: Region, layout: Layout, findings: Findings, *, year: int | None, around: Surroundings, order: DayOrder | None
) -> Timing:
    """Settle day order, swapped dates and the year for one table."""
    columns = [c for c in layout.naming if layout.uses[c].role.kind == "date"]
    texts = [str(cell.value) for c in columns for _, cell in region.grid.column_cells(c, _span(region)) if isinstance(cell.value, str)][
        :_SAMPLE
    ]
    timing = Timing(settle_order(texts) or order or _order_of_language(region), year=year, around=around.around)
    timing.around_text = around.around_text
    titles = [*around.titles, *(" ".join(pair) for pair in around.pairs.items())]
    timing.fiscal_start, timing.fiscal_year = fiscal_start(titles), fiscal_year(titles)
    others = tuple(c for c in columns if layout.uses[c].name not in _NO_PERIODS)
    timing.columns = DateColumns(tuple(layout.named("start")), tuple(layout.named("end")), others)
    timing.swapped = {column for column in columns if _is_swapped(region, column, settle_order(texts))}
    timing.swapped |= {column for column in columns for other in tuple(timing.swapped) if _is_swapped_beside(region, column, other, timing)}
    for column in sorted(timing.swapped):
        cell = next(
            (region.grid.address(row, column) for row, c in region.grid.column_cells(column, _span(region)) if day_of(c.value)), None
        )
        told = f"Dates under {region.columns[column].own!r} have day and month swapped; they are read like the texts beside them."
        findings.warn("dates_swapped", cell, told)
    return timing


def _order_of_language(region: Region) -> DayOrder | None:
    """Give day before month where most heads that say something say it in another language than English."""
    heads = [spoken for header in region.columns.values() if (spoken := languages_of(header.own))]
    english = sum("en" in spoken for spoken in heads)
    return "dmy" if len(heads) - english > english else None


def _asked_order(timing: Timing, text: str, target: str, findings: Findings, cell: str | None) -> DayOrder | None:
    """Ask which of day and month stands first in a text that leaves it open; None without an answer."""
    flights = {order: read_flight(text, order) for order in _ORDERS}
    year = timing.year
    shown = {order: f if year is None else f.in_year(year) for order, f in flights.items() if f}
    options = [Option(order, f"{f.start} to {f.end}" if f.end != f.start else str(f.start)) for order, f in shown.items() if f.start]
    why = "no date of the column has a day above 12"
    return findings.ask("ambiguous_date", target, text, options, why=why, cell=cell, accepts=order_of_answer)


def period_around(timing: Timing, findings: Findings) -> Flight | None:
    """Give the period of the whole table; where its words leave the order of day and month open, what the table or an answer decides."""
    numeric = _NO_DATE.sub("", timing.around_text)
    if timing.around is None or not is_order_open(numeric):
        return timing.around
    timing.order = timing.order or _asked_order(timing, numeric, "around", findings, None)
    return None if timing.order is None else read_flight(numeric, timing.order)


def _span(region: Region) -> range:
    return range(region.body[0], region.body[-1] + 1) if region.body else range(0)


def _is_swapped(region: Region, column: int, order: DayOrder | None) -> bool:
    """Tell whether Excel turned the real dates of a column: none has a day above 12, and swapped they fit the texts beside them."""
    days: list[date] = []
    texts: list[date] = []
    for _, cell in region.grid.column_cells(column, _span(region)):
        day = day_of(cell.value)
        if day is not None:
            days.append(day)
        elif isinstance(cell.value, str) and order and (flight := read_flight(cell.value, order)) and flight.start:
            texts.append(flight.start)
    if not days or not texts or any(day.day > 12 for day in days) or order is None:
        return False
    turned = [date(day.year, day.day, day.month) for day in days]
    low, high = min(texts), max(texts)

    def distance(day: date) -> int:
        return max(0, (low - day).days, (day - high).days)

    return sum(map(distance, turned)) < sum(map(distance, days))


def _of_week(header: str, name: str, flight: Flight | None) -> Flight | None:
    """Give the week that a day under `W/C` or `Week` begins, or one under `Week ending` ends; anything else as it is."""
    words = " ".join(words_of(header))
    if WEEK_TO.fullmatch(words):
        return week_about(flight, -6)
    return week_about(flight) if name == "week" or WEEK_FROM.fullmatch(words) else flight


def _is_swapped_beside(region: Region, column: int, other: int, timing: Timing) -> bool:
    """Tell whether the days of a column fit those of one that Excel turned only when they are turned as well."""
    pairs = []
    for row in region.body[:_SAMPLE]:
        mine, theirs = (day_of(region.grid.cell(row, c).value) for c in (column, other))
        text = region.grid.cell(row, other).value
        flight = read_flight(text, timing.order or "dmy") if isinstance(text, str) else None
        beside = flight.start if flight else _turned(theirs) if theirs and theirs.day <= 12 else None
        if mine and beside:
            pairs.append((mine, beside))
    if column == other or not pairs or any(mine.day > 12 for mine, _ in pairs):
        return False
    return sum(abs((_turned(mine) - day).days) for mine, day in pairs) < sum(abs((mine - day).days) for mine, day in pairs)


def _turned(day: date) -> date:
    return date(day.year, day.day, day.month)


def run_of(region: Region, layout: Layout, timing: Timing, row: int, findings: Findings) -> Run:
    """Give start and end of a row; None for what the sheet does not say, cannot mean or leaves open (a question or warning names it)."""
    dated = timing.columns
    starts = [_read(region, layout, timing, row, c, findings) for c in dated.starts]
    ends = [_read(region, layout, timing, row, c, findings) for c in dated.ends]
    start = next((f.start for f in starts if f), None)
    end = next((f.end for f in ends if f), None)
    if start or end or any(starts) or any(ends):
        if start and end and end < start:
            cell = region.grid.address(row, dated.ends[0])
            findings.warn("end_before_start", cell, f"Ends on {end} before it starts on {start}.")
        return Run(start, end or (_after(region, layout, start, row) if start else None))
    for column in dated.others:
        flight = _of_week(region.columns[column].own, layout.uses[column].name, _read(region, layout, timing, row, column, findings))
        if flight:
            return Run(flight.start, flight.end)
    return Run()


def _after(region: Region, layout: Layout, start: date, row: int) -> date | None:
    """Give the last day where a column counts the days or weeks from the start."""
    for column in layout.named("days"):
        count = decimal_of(region.grid.cell(row, column).value, region.marks.get(column))
        words = words_of(region.columns[column].own)
        times = 7 if any(w.startswith(_WEEKS) for w in words) else 1 if any(w.startswith(_DAYS) for w in words) else 0
        if times and count is not None and count == int(count) and 0 < count * times <= 366:
            return start + timedelta(int(count) * times - 1)
    return None


def _read(region: Region, layout: Layout, timing: Timing, row: int, column: int, findings: Findings) -> Flight | None:
    cell = region.grid.spread(row, column)
    value = int(cell.value) if isinstance(cell.value, str) and len(cell.value) == 5 and cell.value.isdigit() else cell.value
    day = day_of(value) or day_of_number(value)
    if day is not None:
        if column in timing.swapped:
            day = date(day.year, day.day, day.month)
        flight = (
            period_in_header(day, cell.number_format)
            if shows_month_only(cell.number_format) or layout.uses[column].name == "month"
            else None
        )
        return _month(day) if layout.uses[column].name == "month" else flight or Flight(day, day)
    if cell.formula is not None and cell.value is None:
        findings.warn(
            "formula_without_value", region.grid.address(row, column), "The date's formula has no stored value and could not be computed."
        )
    text = _under_its_head(layout.uses[column].name, cell.value)
    return _of_text(region, layout, timing, row, column, text, findings) if text else None


def _under_its_head(name: str, value: CellValue) -> str:
    """Give the words of a cell of dates; a bare number under `Week`, `Month` or `Quarter` (`10`, `10/26`, `12-14`) counts those."""
    text = "" if value is None or isinstance(value, bool | CellError) else str(value).strip()
    bare = _BARE.fullmatch(text)
    if bare is None:
        return text if isinstance(value, str) else ""
    if name == "week":
        return f"W{text}"
    if name == "quarter":
        return f"Q{text}"
    return (
        f"{date(2000, int(text), 1):%B}"
        if name == "month" and text.isdigit() and 1 <= int(text) <= 12
        else text
        if isinstance(value, str)
        else ""
    )


def _month(day: date) -> Flight | None:
    return read_flight(f"{day.year}-{day.month:02d}")


def _month_and_year(flight: Flight) -> Flight | None:
    """Read `mars 26` in a column of months as a month of 2026, not as its 26th day."""
    if flight.month_day is None or flight.grain != "day" or flight.month_day[0] != flight.month_day[1] or flight.month_day[0][1] <= 20:
        return None
    month, day = flight.month_day[0]
    return read_flight(f"{2000 + day}-{month:02d}")


def _of_text(region: Region, layout: Layout, timing: Timing, row: int, column: int, text: str, findings: Findings) -> Flight | None:
    address = region.grid.address(row, column)
    if timing.order is None and is_order_open(text):
        timing.order = _asked_order(timing, text, f"column:{column}", findings, address)
        if timing.order is None:
            return Flight(None, None)
    flight = whole_fiscal_year(text) or read_flight(text, timing.order or "dmy")
    if flight is None:
        if any(char.isdigit() for char in text) or any(map(month_of_word, words_of(text))):
            findings.warn("unread_date", address, f"{text[:80]!r} could not be read as a date; it was left open.")
        return None
    if flight.impossible:
        findings.warn("impossible_date", address, f"{flight.impossible!r} in {text!r} is no day of the calendar; it was left open.")
        return flight
    if flight.start and flight.end and flight.end < flight.start:
        findings.warn("end_before_start", address, f"{text[:80]!r} ends before it starts; it was read as it stands.")
    if (told := in_plain_days(text)) is not None and told.vague:
        findings.warn("date_in_words", address, f"{text[:80]!r} names its days only about; it was read as {told.text}.")
    if flight.needs_year and layout.uses[column].name == "month" and (month := _month_and_year(flight)) is not None:
        return month
    if is_fiscal(flight):
        return in_fiscal_year(flight, timing.fiscal_start, findings, text, address)
    return complete(flight, timing.year or _year_of_season(flight, timing.years), findings, text, address)


def _year_of_season(flight: Flight, years: set[int]) -> int | None:
    """Give the year of days in autumn or winter where two years in a row are named (`Winter 2026/27`); None for those in between."""
    if len(years) != 2 or max(years) - min(years) != 1 or flight.month_day is None:
        return None
    month = flight.month_day[0][0]
    return min(years) if month >= _AUTUMN else max(years) if month <= _SPRING else None


def year_of_answer(answer: object) -> int | None:
    """Give the year that an answer names, None where it names none."""
    return int(str(answer)) if re.fullmatch(r"(?:19|20)\d\d", str(answer)) else None


def complete(flight: Flight, year: int | None, findings: Findings, text: str, address: str | None) -> Flight:
    """Add the year to a date without one where the sheet names exactly one; else ask once a tab."""
    if not flight.needs_year:
        return flight
    if year is None:
        why = "nothing in the sheet names one year"
        year = findings.ask("missing_year", "year", text, (), why=why, cell=address, accepts=year_of_answer)
    if year is None:
        return flight
    return week_in_year(flight, year) if flight.grain.startswith("week") else flight.in_year(year)


def complete_periods(layout: Layout, timing: Timing, findings: Findings, fallback_year: int | None) -> bool:
    """Add years to period columns; months that fall back start the next year. Gives whether the year is only assumed."""
    assumed = False
    for name in ("periods", "flags"):
        columns: list[tuple[int, Flight]] = _short_years(getattr(layout, name))
        if timing.fiscal_year is not None:
            columns = [(c, as_fiscal(f, timing.fiscal_year)) for c, f in columns]
        columns = [(c, in_fiscal_year(f, timing.fiscal_start, findings, "fiscal periods", None) if is_fiscal(f) else f) for c, f in columns]
        if any(is_fiscal(flight) for _, flight in columns):
            assumed, columns = True, [(c, f) for c, f in columns if not is_fiscal(f)]
        setattr(layout, name, columns)
        if not any(flight.needs_year for _, flight in columns):
            continue
        year = None if _is_fiscal_run(columns, timing) else timing.year
        year = year or _year_around(columns, timing.around) or _first_of_two(columns, timing.years)
        if year is None:
            header = columns[0][1]
            complete(header, None, findings, "period columns", None)
            answer = findings.answer("missing_year", "year")
            year = year_of_answer(answer)
        if year is None:
            assumed = True
            year = fallback_year if name == "periods" else None
        setattr(layout, name, _in_years(columns, year) if year is not None else columns if name == "flags" else [])
    return assumed


def _is_fiscal_run(columns: list[tuple[int, Flight]], timing: Timing) -> bool:
    """Tell whether months run from another month than January in a year that is only named as a fiscal one: it may begin or end in it."""
    first = columns[0][1].month_day
    return timing.fiscal_year is not None and len(timing.years) < 2 and first is not None and first[0][0] != 1


def _year_around(columns: list[tuple[int, Flight]], around: Flight | None) -> int | None:
    """Give the year of the first period where the period of the whole table begins in the same month."""
    first = columns[0][1].month_day
    if around is None or around.start is None or first is None or first[0][0] != around.start.month:
        return None
    return around.start.year


def _first_of_two(columns: list[tuple[int, Flight]], years: set[int]) -> int | None:
    """Give the first of the two years that a title names, where the periods run over New Year."""
    months = [flight.month_day[0][0] for _, flight in columns if flight.month_day]
    turns = any(before - after > 5 for before, after in pairwise(months))
    return min(years) if turns and len(years) == 2 and max(years) - min(years) == 1 else None


def _short_years(columns: list[tuple[int, Flight]]) -> list[tuple[int, Flight]]:
    """Read `Nov 27, Dec 27, Jan 28` as months with their years: days would not run on from month to month like that."""
    days = [f.month_day[0] for _, f in columns if f.grain == "day" and f.needs_year and f.month_day and f.month_day[0] == f.month_day[1]]
    months = [12 * day + month for month, day in days]
    runs_on = all(after - before == 1 for before, after in pairwise(months))
    if len(columns) < 2 or len(days) != len(columns) or not runs_on:
        return columns
    return [
        (column, read_flight(f"{2000 + day}-{month:02d}") or flight) for (column, flight), (month, day) in zip(columns, days, strict=True)
    ]


def _in_years(columns: list[tuple[int, Flight]], year: int) -> list[tuple[int, Flight]]:
    done: list[tuple[int, Flight]] = []
    before: tuple[int, int] | None = None
    for column, flight in columns:
        if flight.needs_year and flight.month_day:
            if before and flight.month_day[0] < before and before[0] - flight.month_day[0][0] > 5:
                year += 1
            before = flight.month_day[0]
        done.append((column, week_in_year(flight, year) if flight.grain.startswith("week") and flight.needs_year else flight.in_year(year)))
    return done
