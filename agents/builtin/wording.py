"""The small words that give an amount its role, in English and German: keep, at least, move, more, per month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Word:
    """A role word and where it stands."""

    start: int
    end: int
    role: str


_GERMAN = re.compile(
    r"\b(?:ich|wir|der|die|das|und|für|mit|bei|auf|nicht|wie|was|wenn|sollte|soll|bitte|mehr|weniger|aus|von|zu|ein|eine|einen|den|dem|ist|sind|habe|haben|"
    r"kann|kannst|welche|welcher|mir|uns|im|pro|nach|ja|nein|lieber|doch|aber|oder|zeig|zeige|höchstens|mindestens|warum|gib|es|du|dir|mal|danke|hallo|guten|"
    r"verteile|optimiere|plane|halte|verschiebe|speichere|vergleiche|ändere|erhöhe|kürze|sperre|euro|nur|jetzt|ohne|alle|kanal|kanäle|tabelle|trends|sieht|"
    r"liegt|bringt|bringen|würde|würden|hätte|hätten|wäre|wären|über|unter|zum|zur|vom|am|an|sich|auch|noch|schreib|schreibe|zurück|rückgängig|monat|jahr)\b|[äöüß]",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:i|we|the|and|for|with|at|on|not|how|what|if|should|please|more|less|from|of|to|a|an|is|are|have|can|which|me|us|it|you|my|our|yes|no|thanks|hello|hi|"
    r"show|split|spend|keep|move|save|compare|change|why|would|could|does|do|did|that|this|there|about|than|most|least|write|back|undo|any|give|per|month|year)\b",
    re.IGNORECASE,
)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Read the role words once."""
    roles: dict[str, list[str]] = {}
    for line in (Path(__file__).parent / "phrases" / "roles.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            role, alternatives = line.split(": ", 1)
            roles.setdefault(role, []).append(alternatives)
    return tuple((role, re.compile(rf"(?<![\w-])(?:{'|'.join(lines)})(?![\w-])", re.IGNORECASE)) for role, lines in roles.items())


def find_words(text: str, taken: Sequence[tuple[int, int]] = ()) -> list[Word]:
    """Give the role words outside of what is taken; where two overlap the longer wins, except that `from` and `to` never hide another."""
    every = [Word(m.start(), m.end(), role) for role, pattern in _patterns() for m in pattern.finditer(text)]
    found = [word for word in every if all(word.end <= start or end <= word.start for start, end in taken)]
    kept: list[Word] = []
    for word in sorted(found, key=lambda w: (w.role in ("from", "to"), -(w.end - w.start), w.start)):
        if all(word.end <= other.start or word.start >= other.end for other in kept):
            kept.append(word)
    return sorted(kept, key=lambda w: w.start)


def language_of(text: str, fallback: str) -> str:
    """Give `de` or `en`; the fallback where the sentence does not tell."""
    german, english = len(_GERMAN.findall(text)), len(_ENGLISH.findall(text))
    if german == english:
        return fallback
    return "de" if german > english else "en"
