"""Names of countries and groups of them, as media plans write their markets."""

from __future__ import annotations

from functools import lru_cache

from core.sheets.reading.cldr import cldr_names
from core.sheets.reading.lexicon import normalise, words_of

_CODES = """UK GB USA US UAE KSA DE AT CH FR IT ES PT NL BE PL CZ SK HU RO BG GR TR SE NO DK FI IE RU UA KZ BY CA MX BR AR CL CO
AU NZ IN SG HK JP"""
_GROUPS = """dach, benelux, nordics, norden, baltics, scandinavia, iberia, balkans, cee, emea, europe, apac, anz, asia, southeast asia,
latam, north america, south america, americas, mena, gcc, middle east, africa, cis, rest of world, england, scotland, wales, czechia,
korea, saudi, снг, европа, скандинавия, рф, росія"""


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return _groups() | cldr_names()["place"].keys()


@lru_cache(maxsize=1)
def _groups() -> frozenset[str]:
    return frozenset(normalise(" ".join(name.split())) for name in _GROUPS.split(","))


def is_group(text: str) -> bool:
    """Tell whether a text is the name of a group of countries."""
    return normalise(" ".join(text.split())) in _groups()


@lru_cache(maxsize=4096)
def is_place(text: str) -> bool:
    """Tell whether a short text is the name of a country or of a group of them, or its code in capitals, perhaps with a word beside it."""
    words = words_of(text)
    if not 0 < len(words) <= 5:
        return False
    plain = normalise(" ".join(text.split()))
    return text.strip() in _CODES.split() or plain in _names() or " ".join(words) in _names()
