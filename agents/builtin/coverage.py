"""Tells which words of a message nothing stands for: no name, number, period, role word, and none of the language's ordinary ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from agents.builtin.phrases import template_words
from agents.builtin.said import Vocabulary
from core.planning.channels import plain

_SHORTEST = 3
_FOREIGN = 3
_WORD = re.compile(r"[^\W\d_]+")
_ENDINGS = ("s", "es", "e", "en", "n", "er", "em", "ed", "d", "ing", "ly", "t", "st", "te", "ten")


@cache
def _known() -> frozenset[str]:
    text = (Path(__file__).parent / "phrases" / "known.txt").read_text(encoding="utf-8")
    listed = (line for line in text.splitlines() if not line.startswith("#"))
    return template_words() | frozenset(plain(word) for line in listed for word in line.split())


@cache
def is_ordinary(word: str) -> bool:
    """Tell whether the planning talk of English or German has the word, inflected or not."""
    folded = plain(word)
    known = _known()
    return folded in known or any(
        folded.endswith(end) and len(folded) - len(end) >= _SHORTEST and folded[: -len(end)] in known for end in _ENDINGS
    )


def unknown_words(text: str, spans: Sequence[tuple[int, int]], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Give the words outside of what was understood that are not ordinary, as written, each once."""
    own = {word for name in (*vocabulary.channels, *vocabulary.names, *vocabulary.markets) for word in _WORD.findall(plain(name))}
    found = [
        match[0]
        for match in _WORD.finditer(text)
        if len(match[0]) >= _SHORTEST
        and not any(start < match.end() and match.start() < end for start, end in spans)
        and plain(match[0]) not in own
        and not is_ordinary(match[0])
    ]
    return tuple(dict.fromkeys(found))


@cache
def _neutral() -> frozenset[str]:
    text = (Path(__file__).parent / "phrases" / "neutral.txt").read_text(encoding="utf-8")
    return frozenset(plain(word) for line in text.splitlines() if not line.startswith("#") for word in line.split())


def unsure_words(text: str, within: tuple[int, int], spans: Sequence[tuple[int, int]]) -> list[str]:
    """Give the words of a clause outside of what was understood that may turn what it says around: all but the merely linking ones."""
    return [
        match[0]
        for match in _WORD.finditer(text, *within)
        if plain(match[0]) not in _neutral() and not any(start < match.end() and match.start() < end for start, end in spans)
    ]


def is_foreign(text: str, unknown: Sequence[str]) -> bool:
    """Tell whether most of a message is in no language that is understood."""
    words = [word for word in _WORD.findall(text) if len(word) >= _SHORTEST]
    return len(unknown) >= _FOREIGN and 2 * len(unknown) >= len(words)
