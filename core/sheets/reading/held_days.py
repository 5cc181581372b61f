"""What the cells of a column say of time: days, flights, times of day."""

from __future__ import annotations

import re

from core.sheets.reading.dates import read_flight
from core.sheets.reading.grid import day_of_number
from core.sheets.reading.lexicon import says_total
from core.sheets.reading.regions import Content, Region

_TIME = re.compile(r"(?<!\d)(?:[01]?\d|2[0-3])[:.][0-5]\d(?!\d|[./]\d)")


def holds_flights(content: Content) -> bool:
    """Tell whether the texts of a column are dates or ranges, whatever stands above it."""
    texts = [text for text in content.distinct_texts if len(text) <= 60]
    if len(content.distinct_texts) >= 2 and all(map(_names_month, content.distinct_texts)):
        return True
    dated = [
        text
        for text in texts
        if any(c.isdigit() for c in text) and (flight := read_flight(text)) is not None and (flight.start or flight.needs_year)
    ]
    return len(texts) > 0 and len(dated) >= 0.6 * len(content.distinct_texts)


def _names_month(text: str) -> bool:
    """Tell whether a text is a month or more of them and nothing else (`июнь`, `May - June`), or sums such lines up."""
    flight = read_flight(text) if len(text) <= 60 else None
    return says_total(text) != "" or (flight is not None and flight.grain == "month")


def holds_dates(content: Content) -> bool:
    """Tell whether nothing but dates stands in a column, two or more, whatever its header says."""
    texts = [text for text in content.distinct_texts if not says_total(text)]
    flights = [read_flight(text) if len(text) <= 60 and any(map(str.isdigit, text)) else None for text in texts]
    dated = [f is not None and f.grain != "year" and bool(f.start or any(map(str.isalpha, t))) for f, t in zip(flights, texts, strict=True)]
    return content.days + len(texts) >= 2 and content.numbers == 0 and all(dated)


def holds_times(content: Content) -> bool:
    """Tell whether the texts of a column are slots of a day (`07:10`, `Weekdays 19:30`), not days."""
    dated = any(read_flight(text) is not None for text in content.distinct_texts)
    return not dated and not content.days and any(_TIME.search(text) for text in content.distinct_texts)


def holds_bare_days(region: Region, column: int) -> bool:
    """Tell whether every number of a column of days is a day without its format (46083, 20260302)."""
    numbers = [value for row in region.body[:200] if isinstance(value := region.grid.cell(row, column).value, int | float)]
    return bool(numbers) and all(day_of_number(value) is not None for value in numbers)


def holds_single_days(content: Content) -> bool:
    """Tell whether a column holds days, each alone: one end of a range, not a range."""
    flights = [read_flight(text) for text in content.distinct_texts]
    alone = [f for f in flights if f is not None and f.start is not None and f.start == f.end and f.grain == "day"]
    return content.filled > content.numbers and len(alone) == len(flights)
