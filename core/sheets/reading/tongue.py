"""What the language and the countries of a sheet decide: whose krona or rupee a shared sign is, and what `.` and `,` mean in amounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from core.sheets.reading.lexicon import languages_of, senses
from core.sheets.reading.numbers import DecimalMark

_SHARED = {
    **{"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"},
    **{"IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR", "MU": "MUR"},
}
_NORTHERN = {"sv": "SEK", "no": "NOK", "da": "DKK"}
_POINT = frozenset({"en", "ja", "ko", "zh"})
"""Languages that write decimals behind a point; those of the lexicon that are not among them write a comma."""


def shared_sign(titles: Iterable[str], headers: Iterable[str], names: Iterable[str]) -> str | None:
    """Give the currency of `kr` or `Rs` by the one country that a sheet names, or by its language; None where neither or both differ.

    Args:
        titles: the lines above the table with its tab's name. names: markets, media and other texts of its rows.
    """
    titles, headers, names = list(titles), list(headers), list(names)
    spoken = _spoken([*titles, *headers], names)
    lands = _lands([*titles, *headers, *names])
    if len(lands) > 1 or (lands and spoken and lands != spoken):
        return None
    found = lands or spoken
    return next(iter(found)) if len(found) == 1 else None


def _lands(texts: list[str]) -> set[str]:
    return {_SHARED[sense.key] for text in texts for sense in senses(text, ("land",)) if sense.key in _SHARED}


def _spoken(texts: list[str], names: list[str]) -> set[str]:
    """Give the currency of the one Scandinavian language that the words are in, where others do not have them as well."""
    votes: Counter[str] = Counter()
    for text in (*texts, *names):
        votes.update({_NORTHERN[sense.key] for sense in senses(text, ("tongue",)) if sense.key in _NORTHERN})
    for text in texts:
        own = languages_of(text) & _NORTHERN.keys()
        votes.update({_NORTHERN[language] for language in own} if len(own) == 1 and "en" not in languages_of(text) else ())
    best = votes.most_common(2)
    return {best[0][0]} if best and (len(best) == 1 or best[0][1] > best[1][1]) else set()


def mark_of_headers(headers: Iterable[str]) -> DecimalMark | None:
    """Give the decimal mark of the language that most headers are in; English words stand in plans of every language."""
    spoken = [languages for header in headers if (languages := languages_of(header))]
    point = sum(languages <= _POINT for languages in spoken)
    comma = sum(not languages & _POINT for languages in spoken)
    if comma >= 2 and comma > point:
        return ","
    return "." if point and not comma and sum("en" in languages for languages in spoken) >= 2 else None
