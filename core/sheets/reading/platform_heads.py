"""What ad platforms call their columns, in their own languages: a whole head and what it holds."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.sheets.reading.currency import currency_in_text
from core.sheets.reading.lexicon import normalise

_COLUMNS = Path(__file__).resolve().parents[3] / "data" / "reference" / "platform_columns.csv"
_BRACKETS = re.compile(r"\s*[(\[（【]([^)\]）】]*)[)\]）】]\s*$")
_UNIT = re.compile(r"[%％]|\d|\bvat\b|vat포함|含税|税込|без ндс|с ндс", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlatformHead:
    """What a platform's head says: class and key as in the lexicon of headers.

    Attributes:
        platforms: those that write it for this.
        only: nobody but a platform writes so.
    """

    kind: str
    key: str
    platforms: frozenset[str]
    only: bool


@lru_cache(maxsize=1)
def _heads() -> dict[str, PlatformHead]:
    found: dict[str, PlatformHead] = {}
    with _COLUMNS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for term in row["terms"].split("|"):
                same = found.get(_folded(term))
                if same is None or (same.kind, same.key) == (row["class"], row["key"]):
                    platforms = (same.platforms if same else frozenset[str]()) | {row["platform"]}
                    only = row["only"] == "yes" or (same is not None and same.only)
                    found[_folded(term)] = PlatformHead(row["class"], row["key"], platforms, only)
    return found


def _folded(text: str) -> str:
    return normalise(" ".join(re.findall(r"[^\W_]+|%", text.replace("_", " "))))


@lru_cache(maxsize=8192)
def platform_head(text: str) -> PlatformHead | None:
    """Give what a head is on a platform, also with a currency, a unit or VAT in brackets behind it; None where no platform writes it."""
    if len(text) > 80:
        return None
    known = _heads().get(_folded(text))
    unit = _BRACKETS.search(text)
    if known is None and unit and (_UNIT.search(unit[1]) or currency_in_text(unit[1]) is not None):
        known = _heads().get(_folded(text[: unit.start()]))
    return known
