"""Puts marks in the place of a message's names, so that the patterns around them are the same for every message and compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from agents.builtin.lexicon import Mention

_FIRST: Final = 0x10600  # letters of Linear A, which nobody plans media in
_COUNT: Final = 300
_MARKS: Final = f"[{chr(_FIRST)}-{chr(_FIRST + _COUNT - 1)}]"
NAME: Final = rf"(?:{_MARKS}+)(?!\w)"
"""A pattern for a name that was masked."""
_ONE = re.compile(rf"({_MARKS})\1*")


def masked(text: str, mentions: Iterable[Mention]) -> tuple[str, list[str]]:
    """Give a text of the same length, each letter of a name a mark, and the names; of names that overlap the longest counts."""
    parts, names, at = [], list[str](), 0
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if mention.start >= at and len(names) < _COUNT:
            parts += [text[at : mention.start], chr(_FIRST + len(names)) * (mention.end - mention.start)]
            names.append(text[mention.start : mention.end])
            at = mention.end
    return "".join([*parts, text[at:]]), names


def unmasked(text: str, names: Sequence[str]) -> str:
    """Give a text with its names back, wherever they stand now."""
    return _ONE.sub(lambda match: names[ord(match[1]) - _FIRST], text)
