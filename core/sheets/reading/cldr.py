"""Names of months, weekdays and countries in many languages, folded, as the Unicode CLDR has them."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

_NAMES = Path(__file__).resolve().parents[3] / "data" / "reference" / "cldr_names.csv"


@lru_cache(maxsize=1)
def cldr_names() -> dict[str, dict[str, str]]:
    """Give by `month`, `weekday` and `place` each folded name with its key (the number of the month).

    The names are kept in a file: babel takes a tenth of a second to load the languages they come from. A test holds the file to babel.
    """
    found: dict[str, dict[str, str]] = {}
    with _NAMES.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for kind, key, name in rows:
            found.setdefault(kind, {})[name] = key
    return found
