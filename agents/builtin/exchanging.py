"""Finds `swap TV and Radio` and `round everything to 100`: what the lines have decides the amounts, not the message."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from agents.builtin.amounts import find_quantities
from agents.builtin.lexicon import Mention
from agents.builtin.said import Rounding, Target

_SWAP = r"(?:swap(?:ped)?|switch(?:ed)?|exchange[ds]?|trade|tausch\w*|vertausch\w*)"
_MONEY = r"(?:budgets?|amounts?|money|spend|gelder?|beträge|etats?)"
_OF = rf"(?:\s+(?:the |die |das |den |mal |bitte |please )*(?:{_MONEY}(?: (?:of|for|between|von|für))?)?(?:between |around )?)?"
_AND = r"\s*(?:and|with|for|against|und|mit|gegen|&|\+)\s*(?:the |that of |dem |die )*"
_SCALES = {"hundred": 100, "hundert": 100, "thousand": 1000, "tausend": 1000, "euro": 1, "dollar": 1, "pound": 1, "cent": 0}
_ROUND = re.compile(
    r"\b(?:round(?:ed|ing)?|rund(?:e|en|et)|gerundet)\b(?!\s+(?:up|down)\b)(?P<what>[^.;!?]*?)\b(?:to|auf|in)\s+(?:the |die |den |das )?"
    r"(?:nearest |next |full |whole |even |volle |ganze |glatte |nächsten? )*"
    r"(?P<unit>\d[\d.,]*\s?(?:k|tsd|tausend|thousand)?|hundred|thousand|hundert|tausend|euro|dollar|pound)(?:er|s|en)?\b"
    r"(?:\s*(?:€|eur|euros?|usd|dollars?|gbp|pounds?|runden|gerundet)\b)*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Lines that exchange what they have, and where that is said."""

    start: int
    end: int
    sides: tuple[Target, Target]


@dataclass(frozen=True, slots=True)
class Rounded:
    """A wish for round amounts, and where that is said."""

    start: int
    end: int
    rounding: Rounding


def find_swaps(text: str, channels: Sequence[Mention]) -> list[Exchange]:
    """Give the pairs of lines whose budgets change places."""
    found = []
    for one, other in pairwise(channels):
        if not re.fullmatch(rf"(?:['’]s)?(?:\s+{_MONEY})?{_AND}", text[one.end : other.start], re.IGNORECASE):
            continue
        before = re.search(rf"\b{_SWAP}{_OF}\s*$", text[: one.start], re.IGNORECASE)
        after = re.match(rf"(?:['’]s)?(?:[\s-]+{_MONEY})?(?:\s+(?:bitte|mal|miteinander))*\s+{_SWAP}\b", text[other.end :], re.IGNORECASE)
        if before is None and after is None:
            continue
        start, end = one.start if before is None else before.start(), other.end + (0 if after is None else after.end())
        money = re.match(rf"(?:['’]s)?[\s-]+{_MONEY}\b(?:\s+(?:around|um))?", text[end:], re.IGNORECASE)
        found.append(Exchange(start, end + (money.end() if money else 0), (_target(one), _target(other))))
    return found


def find_rounding(text: str, channels: Sequence[Mention]) -> Rounded | None:
    """Give the wish for round amounts, in the lines named between `round` and the unit."""
    match = _ROUND.search(text)
    if match is None:
        return None
    said = match["unit"].lower()
    quantities = find_quantities(said)
    unit = quantities[0].value if quantities else Decimal(next((n for word, n in _SCALES.items() if said.startswith(word)), 0))
    inside = [_target(m) for m in channels if match.start("what") <= m.start < match.end("what")]
    return Rounded(match.start(), match.end(), Rounding(unit, tuple(inside))) if unit >= 1 else None


def _target(mention: Mention) -> Target:
    return Target("channel", mention.names, mention.known)
