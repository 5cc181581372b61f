"""What was spent with its months across, as programs write them (`OCT25_SPEND`, `spend_2026_03`): a row for each month."""

from __future__ import annotations

import re
from datetime import date

from core.model.flight import month_of
from core.sheets.reading.export_columns import delivery_of
from core.sheets.reading.flights import Flight
from core.sheets.reading.months import month_of_word
from core.sheets.reading.regions import Region

_FIELD = re.compile(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+")
_NAMED = re.compile(r"(?:^|_)([A-Za-z]{3,9})_?(?:20)?(\d{2})(?=_|$)")
_NUMBERED = re.compile(r"(?:^|_)(20\d{2})_?(0[1-9]|1[0-2])(?=_|$)")


def months_across(region: Region) -> dict[int, Flight]:
    """Give the columns of what was spent in a month each; empty where money of any other kind stands there too."""
    spent = [column for column, header in region.columns.items() if delivery_of(header) == "spend"]
    found = {column: flight for column in spent if (flight := _month_in(region.columns[column].own)) is not None}
    money = [c for c, h in region.columns.items() if h.role.kind == "money" and h.role.key != "revenue"]
    is_apart = len({flight.start for flight in found.values()}) == len(found) >= 2
    return found if is_apart and set(money) <= set(found) == set(spent) else {}


def _month_in(head: str) -> Flight | None:
    """Give the month that a field names, with its year."""
    if not _FIELD.fullmatch(head):
        return None
    if numbered := _NUMBERED.search(head):
        first = date(int(numbered[1]), int(numbered[2]), 1)
    elif (named := _NAMED.search(head)) and (month := month_of_word(named[1].casefold())) is not None:
        first = date(2000 + int(named[2]), month, 1)
    else:
        return None
    return Flight(first, month_of(first).end, grain="month")
