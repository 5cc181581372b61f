"""Names of months, weekdays and countries that the reader knows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from babel import Locale

from core.sheets.reading.lexicon import normalise

FILE = Path(__file__).parents[2] / "data" / "reference" / "cldr_names.csv"
_EVERYWHERE = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "sv", "da", "nb", "fi", "cs", "ro", "hu")
LANGUAGES = (*_EVERYWHERE, "el", "bg", "hr", "sk", "id", "vi", "lt", "lv", "et")


def names_of_cldr() -> str:
    """Write the names as the reader keeps them; the first language that has a name says what it means."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["kind", "key", "name"])
    table.writerows(("month", number, name) for name, number in _months().items())
    table.writerows(("weekday", "", name) for name in sorted(set(_weekdays())))
    table.writerows(("place", "", name) for name in sorted(set(_places())))
    return out.getvalue()


def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in LANGUAGES:
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    folded = normalise(name).rstrip(".").strip()
                    if len(folded) >= 3 and not folded[0].isdigit():
                        names.setdefault(folded, number)
    return names


def _weekdays() -> Iterator[str]:
    for language in LANGUAGES:
        for width in ("wide", "abbreviated", "short"):
            yield from (normalise(name).rstrip(".").strip() for name in Locale.parse(language).days["format"][width].values())


def _places() -> Iterator[str]:
    for language in _EVERYWHERE:
        yield from (normalise(name) for code, name in Locale(language).territories.items() if code.isalpha())


def test_the_names_kept_are_those_of_the_cldr() -> None:
    told = "babel has other names now: write them anew with `python -m tests.unit.test_reading_names`"
    assert FILE.read_text(encoding="utf-8") == names_of_cldr(), told


if __name__ == "__main__":
    FILE.write_text(names_of_cldr(), encoding="utf-8")
