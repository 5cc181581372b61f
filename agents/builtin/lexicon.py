"""The field's words in English and German: channels, markets and KPIs with their synonyms, and how a mention finds the plan's own names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from core.planning.channels import CHANNELS, covers, plain


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a sentence. `names`: what it stands for in the plan (several when a synonym covers several)."""

    start: int
    end: int
    names: tuple[str, ...]
    known: bool = True


MARKETS: dict[str, tuple[str, ...]] = {
    "DE": ("germany", "deutschland", "german", "deutsche", "deutschen", "deutscher"),
    "AT": ("austria", "österreich", "oesterreich", "austrian"),
    "CH": ("switzerland", "schweiz", "swiss"),
    "FR": ("france", "frankreich", "french"),
    "UK": ("uk", "united kingdom", "great britain", "großbritannien", "england", "britain", "gb"),
    "US": ("usa", "united states", "u.s.", "vereinigte staaten", "amerika", "america"),
    "ES": ("spain", "spanien", "spanish"),
    "IT": ("italy", "italien", "italian"),
    "NL": ("netherlands", "niederlande", "holland", "dutch"),
    "BE": ("belgium", "belgien"),
    "PL": ("poland", "polen"),
    "SE": ("sweden", "schweden"),
    "DK": ("denmark", "dänemark"),
    "NO": ("norway", "norwegen"),
    "FI": ("finland", "finnland"),
    "PT": ("portugal",),
    "IE": ("ireland", "irland"),
    "UA": ("ukraine",),
    "RU": ("russia", "russland"),
    "AE": ("uae", "emirates", "abu dhabi", "dubai", "emirate"),
    "IN": ("india", "indien"),
    "DACH": ("dach", "d-a-ch", "dach region", "dach-region"),
}  # fmt: skip

KPIS: dict[str, tuple[str, ...]] = {
    "conversions": ("conversions", "conversion", "konversionen", "abschlüsse", "sales", "orders", "bestellungen", "käufe", "purchases",
                    "verkäufe"),
    "leads": ("leads", "sign-ups", "signups", "anmeldungen", "registrations"),
    "installs": ("installs", "app installs", "downloads", "installationen"),
    "clicks": ("clicks", "klicks", "traffic", "visits", "besuche"),
    "impressions": ("impressions", "impressionen", "views", "einblendungen", "sichtkontakte"),
    "reach": ("reach", "reichweite"),
    "revenue": ("revenue", "umsatz", "turnover", "erlös", "erlöse", "income"),
    "roas": ("roas", "roi", "return on ad spend", "return"),
    "cpa": ("cpa", "cost per acquisition", "cost per conversion", "cost per order", "cpo", "cpl", "kosten pro conversion"),
    "cpc": ("cpc", "cost per click", "klickpreis", "klickpreise"),
    "cpm": ("cpm", "tkp", "tausenderkontaktpreis", "tausendkontaktpreis", "cost per mille"),
    "ctr": ("ctr", "click-through rate", "click through rate", "klickrate"),
    "cvr": ("cvr", "conversion rate", "konversionsrate"),
}  # fmt: skip


def find_names(text: str, table: dict[str, tuple[str, ...]]) -> list[Mention]:
    """Give every mention of the table's entries, longest synonym first, in order of the text."""
    found: list[Mention] = []
    lowered = text.lower()
    for name, synonyms in table.items():
        for synonym, lower in _spellings(name, synonyms):
            if lower in lowered:  # cheaper than the pattern, which most of them need not
                found += [Mention(m.start(), m.end(), (name,)) for m in _word(synonym).finditer(text)]
    for code in table:
        if len(code) == 2 and code.isupper():
            found += [Mention(m.start(), m.end(), (code,)) for m in re.finditer(rf"\b{code}\b", text)]
    return without_overlaps(found)


def find_plan_names(text: str, names: Iterable[str]) -> list[Mention]:
    """Give every mention of one of the plan's own names, as spelled in the plan."""
    found = []
    for name in {n for n in names if len(n) >= 2}:
        found += [Mention(m.start(), m.end(), (name,)) for m in _word(name.lower()).finditer(text)]
    return without_overlaps(found)


def match_channels(text: str, channels: Sequence[str], names: Sequence[str] = ()) -> list[Mention]:
    """Find channels: the plan's own words first, then synonyms mapped to its channels, and only where none fits to its publishers.

    Args:
        names: publishers, formats and campaigns; `Search` is the channel Paid Search and never the publisher Google Ads inside it.
    """
    own = find_plan_names(text, [*channels, *names])
    mapped = []
    for mention in find_names(text, CHANNELS):
        covering = tuple(name for name in channels if covers(mention.names[0], name))
        covering = covering or tuple(name for name in names if covers(mention.names[0], name))
        mapped.append(Mention(mention.start, mention.end, covering or mention.names, bool(covering)))
    return without_overlaps([*own, *(m for m in mapped if not any(_overlap(m, o) for o in own))])


def match_parts(text: str, names: Sequence[str], taken: Sequence[tuple[int, int]], ordinary: Callable[[str], bool]) -> list[Mention]:
    """Find one word of a longer name (`Messe` of `Messe Hannover`) where only one name has it and it means nothing else."""
    having: dict[str, set[str]] = {}
    for name in names:
        for word in re.findall(r"[^\W\d_]{4,}", name):
            having.setdefault(plain(word), set()).add(name)
    found = []
    for match in re.finditer(r"[^\W\d_]{4,}", text):
        meant = having.get(plain(match[0]), set())
        if len(meant) == 1 and not ordinary(match[0]) and all(match.end() <= a or match.start() >= b for a, b in taken):
            found.append(Mention(match.start(), match.end(), tuple(meant)))
    return found


def match_markets(text: str, plan_names: Sequence[str]) -> list[Mention]:
    """Find markets in the same way."""
    own = find_plan_names(text, [n for n in plan_names if len(n) > 2])
    own += [Mention(m.start(), m.end(), (n,)) for n in plan_names if len(n) == 2 for m in re.finditer(rf"\b{re.escape(n.upper())}\b", text)]
    mapped = []
    for mention in find_names(text, MARKETS):
        code = mention.names[0]
        same = tuple(n for n in plan_names if plain(n) in {plain(w) for w in (code, *MARKETS[code])})
        mapped.append(Mention(mention.start, mention.end, same or mention.names, bool(same)))
    return without_overlaps([*own, *(m for m in mapped if not any(_overlap(m, o) for o in own))])


@cache
def _spellings(name: str, synonyms: tuple[str, ...]) -> list[tuple[str, str]]:
    """Give what an entry is looked for as, and that in lower case; words that mean other things besides are left out."""
    ordinary = ("de", "at", "it", "in", "be", "no", "us", "es", "is", "x")
    return [(word, word.lower()) for word in {*synonyms, name.lower()} if len(word) > 1 and word not in ordinary]


@lru_cache(8192)
def _word(synonym: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w]){re.escape(synonym)}(?:s|-ads|-kampagnen?)?(?![\w])", re.IGNORECASE)


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def without_overlaps(found: list[Mention]) -> list[Mention]:
    """Keep the longest of overlapping mentions, in order of the text."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (-(m.end - m.start), m.start)):
        if not any(_overlap(mention, other) for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)
