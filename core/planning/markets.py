"""Markets as people name them: codes and countries' names in many languages, and which names mean the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from core.planning.channels import plain

_LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "sv", "da", "nb", "fi", "cs",
                     "ro", "hu", "el", "bg", "ja", "zh", "ko", "ar")  # fmt: skip
_EXTRA: Final = {"great britain": "GB", "grossbritannien": "GB", "holland": "NL", "czech republic": "CZ",
                 "turkey": "TR", "america": "US", "usa": "US", "u.s.": "US", "u.k.": "GB", "uae": "AE", "vae": "AE",
                 "brd": "DE", "korea": "KR"}  # fmt: skip
"""Names in use that CLDR does not list."""
_NO_COUNTRIES: Final = {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"}


def match_market(wanted: str | None, names: Sequence[str]) -> str | None:
    """Find the name that means the same market: spelled alike first, else the same country; None when none or several fit.

    Two letters among `names` are a country's code only where all such names are, so that US states (CA, NY) are not taken for countries.
    """
    if wanted is None or not wanted.strip():
        return None
    alike = [name for name in names if plain(name).strip() == plain(wanted).strip()]
    if alike:
        return alike[0]
    country = country_of(wanted)
    codes = [name for name in names if len(name.strip()) == 2]
    usable = [name for name in names if name not in codes or all(country_of(code) is not None for code in codes)]
    same = [name for name in usable if country is not None and country_of(name) == country]
    return same[0] if len(same) == 1 else None


@lru_cache(maxsize=4096)
def country_of(name: str) -> str | None:
    """Give the two-letter code (ISO 3166-1) of the one country that a text names by code or in words, None for any other text.

    Several parts ("DE - Germany") have to mean the same country. Source: territory names and aliases of Unicode CLDR.
    """
    folded = _fold(name)
    known = _countries()
    if folded in known:
        return known[folded]
    parts = [part for part in re.split(r"[\s]*[-–/|,;:()\[\]_][\s]*", folded) if part]
    found = {known.get(part) for part in parts}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    from babel import Locale  # imported here: only plans with markets need the locale data
    from babel.core import get_global

    codes = {str(code) for code in Locale.parse("en").territories if len(str(code)) == 2 and str(code).isalpha()} - _NO_COUNTRIES
    known = {code.lower(): code for code in codes}
    for alias, meant in get_global("territory_aliases").items():
        if str(alias).isalpha() and len(str(alias)) <= 3 and len(meant) == 1 and meant[0] in codes:
            known[str(alias).lower()] = meant[0]
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in codes:
                known.setdefault(_fold(str(name)), str(code))
    return known | {_fold(name): code for name, code in _EXTRA.items()}


def _fold(name: str) -> str:
    return re.sub(r"\s+", " ", plain(name)).strip()
