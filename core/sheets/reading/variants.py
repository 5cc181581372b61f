"""Versions of one plan as money columns side by side (`Budget Option 1`, `Budget Option 2`): alternatives, never added up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from core.sheets.reading.lexicon import says, senses, words_of
from core.sheets.reading.proof import agrees, row_sums
from core.sheets.reading.regions import Region
from core.sheets.reading.roles import role_of_header

_SIZE = re.compile(r"\d+(k|m|mio|mln|tsd)?")  # `Option 2`, `Option B: $400K`
_WORDS = frozenset({"a", "b", "c", "d", "i", "ii", "iii", "iv", "v"})


def find_variants(region: Region, titles: Sequence[str]) -> list[int]:
    """Give the money columns that are versions of each other; empty where there are fewer than two.

    Args:
        titles: what stands above the table; where it says variants, columns headed by single letters are such.
    """
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    lettered = any(says(title, "alternative") for title in titles)
    for column, header in region.columns.items():
        if header.flight is not None or not region.content(column).is_numeric or header.role.kind not in ("", "money"):
            continue
        rest = () if lettered and header.own.casefold() in _WORDS else _rest(header.text)
        if rest is not None and region.content(column).percents == 0:
            groups[rest].append(column)
    best = _with_those_between(region, max(groups.values(), key=len, default=[]))
    discounted = bool(best) and all(
        "discounted" in region.columns[c].role.mods or "скидк" in region.columns[c].own.casefold() for c in best
    )
    others = [] if discounted else _other_money(region, best)
    return best if len(best) >= 2 and not others else []


def _with_those_between(region: Region, columns: list[int]) -> list[int]:
    """Add columns of bare numbers among the versions: another version under a name that is not known."""
    if len(columns) < 2:
        return columns
    inside = [c for c in region.columns if columns[0] < c < columns[-1] and c not in columns]
    bare = [c for c in inside if region.columns[c].own and not region.columns[c].role.kind and not region.columns[c].flight]
    fits = bare and len(bare) == len(inside) and all(region.content(c).is_numeric and not region.content(c).percents for c in bare)
    return sorted(columns + bare) if fits else columns


def _other_money(region: Region, columns: list[int]) -> list[int]:
    """Give further columns that could be the budget."""
    return [
        c
        for c, header in region.columns.items()
        if header.role.is_budget and c not in columns and region.content(c).is_numeric and not header.role.mods & {"actual", "list"}
    ]


def _rest(text: str) -> tuple[str, ...] | None:
    """Give the words of a header without those that name a version; None where none does."""
    words = words_of(text)
    named = {position for sense in senses(text, ("alternative",)) for position in (sense.position,)}
    if not named:
        return None
    rest = tuple(w for at, w in enumerate(words) if at not in named and not _SIZE.fullmatch(w) and w not in _WORDS)
    return () if 0 in named and len(rest) == 1 and not role_of_header(rest[0]).kind else rest  # `Package Bronze`, `Package Silver`


def told_by_periods(region: Region, versions: list[int]) -> dict[int, str]:
    """Give the roles of versions beside one other column that alone the periods add up to: the budget as it stands; nothing elsewhere."""
    periods = [column for column, header in region.columns.items() if header.flight is not None]
    sums = row_sums(region, periods) if len(periods) >= 3 else {}
    told = [c for c in region.columns if c not in periods and region.content(c).is_numeric and agrees(region, c, sums)] if sums else []
    return dict.fromkeys(versions, "version") | {told[0]: "budget"} if len(told) == 1 and told[0] not in versions else {}


def planned_heads(region: Region) -> list[str]:
    """Give the heads of money that is planned, not spent or of another year's plan."""
    heads = [header for header in region.columns.values() if not header.role.mods & {"actual", "former"}]
    return [header.text for header in heads if header.role.is_budget or "plan" in header.role.mods]
