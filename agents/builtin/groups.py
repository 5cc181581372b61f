"""Finds words that stand for many lines at once: `everything but TV`, `every other channel`, `cap each channel at 30%`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agents.builtin.lexicon import Mention
from agents.builtin.masking import NAME, masked
from agents.builtin.said import EVERYTHING, Rule, Slots, Target
from agents.builtin.table import MOST_NAMES, Table

_LINES = r"(?:channels?|lines?|tactics?|items?|placements?|ones?|kan[aä]le?n?|zeilen?|positionen?|posten|maßnahmen?)"
_EVERY = (
    rf"(?:everything|everyone|everybody|everywhere|überall|every(?:one)? {_LINES}|each(?: {_LINES})?|all(?: (?:of )?(?:the )?{_LINES})?|"
    rf"alles|alle[nm]?(?: {_LINES})?|jede[nmrs]? {_LINES})"
)
_BUT = (
    r"(?:,?\s*(?:but(?: not)?|except(?: for)?|besides|apart from|other than|excluding|bar|without|außer|ausser|bis auf|ohne|"
    r"mit ausnahme von|abgesehen von|nur nicht))"
)
_OTHER = (
    rf"(?:(?:every|each|any) other {_LINES}|(?:all|each)(?: of)? (?:the )?other {_LINES}|"
    rf"jede[mnrs]? andere[nmrs]? {_LINES}|allen? anderen {_LINES})"
)
_ALONE = (
    rf"(?:(?:each|every)(?: single)? {_LINES}|all(?: the)? {_LINES}|alle[n]? {_LINES}|jede[nmrs]?(?: einzelne[nmrs]?)? {_LINES}|"
    r"everywhere|across the board|überall)"
)
_CHANGES = re.compile(
    r"\b(?:cap|max\w*|at most|min\w*|at least|limit\w*|(?:no|not) (?:more|less) than|höchstens|mindestens|deckel\w*|"
    r"begrenz\w*|wenigstens|"
    r"set|setz\w*|more|less|mehr|weniger|increase|reduce|cut|raise|add|erhöh\w*|kürz\w*|senk\w*|reduzier\w*)\b",
    re.IGNORECASE,
)
_EACH = re.compile(r"\b(?:each|every|apiece|jede[nmrs]?|jeweils|je)\b", re.IGNORECASE)


_FURTHER = rf"\s*(?:,|\band\b|\bor\b|\bund\b|\boder\b|&)+\s*(?:the |der |die )?{NAME}"
_LISTED = rf"(?:the |der |die |dem )?{NAME}(?:{_FURTHER})*"
_ALL_BUT = re.compile(rf"\b{_EVERY}{_BUT}\s+(?:bei |in |on |for |für |von )?(?P<but>{_LISTED})", re.IGNORECASE)
_OTHERS, _ALL_ALONE = re.compile(rf"\b{_OTHER}", re.IGNORECASE), re.compile(rf"\b{_ALONE}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Group:
    """Words for many lines, where they stand, and what they stand for."""

    start: int
    end: int
    target: Target


def find_groups(text: str, channels: Sequence[Mention]) -> list[Group]:
    """Give the words for all lines, with those that were named as exceptions."""
    found = [_but(match, channels) for match in _ALL_BUT.finditer(masked(text, channels)[0])]
    for match in _OTHERS.finditer(text):
        outside = tuple(dict.fromkeys(n for m in channels for n in m.names))
        found.append(Group(match.start(), match.end(), replace(EVERYTHING, but=outside)))
    if _CHANGES.search(text):
        found += [Group(m.start(), m.end(), EVERYTHING) for m in _ALL_ALONE.finditer(text)]
    kept: list[Group] = []
    for group in found:
        if all(group.end <= other.start or other.end <= group.start for other in kept):
            kept.append(group)
    return kept


def _but(match: re.Match[str], channels: Sequence[Mention]) -> Group:
    inside = [m for m in channels if match.start("but") <= m.start < match.end("but")]
    return Group(match.start(), match.end(), replace(EVERYTHING, but=tuple(dict.fromkeys(n for m in inside for n in m.names))))


def is_each(text: str) -> bool:
    """Tell whether an amount is meant for every one of the lines named."""
    return _EACH.search(text) is not None


def listed(slots: Slots, table: Table) -> Slots:
    """Put the plan's own names for what stands for all of them, where a wish is kept line by line; changes are told to the tool as said."""
    rules: list[Rule] = []
    for rule in slots.rules:
        stands = rule.kind in ("up", "down")
        rules += [rule] if stands else [replace(rule, target=one) for one in each_of(rule.target, table)]
    return replace(slots, rules=tuple(rules))


def each_of(target: Target, table: Table) -> list[Target]:
    """Give the lines that words for many stand for; an exception that the table does not know stays as unknown."""
    if not target.is_everything:
        return [target]
    pool = table.channels if set(target.but) <= {*table.channels} else tuple(table.lines)
    if len(pool) >= MOST_NAMES or not set(target.but) <= {*pool}:  # there may be more than the table tells
        return [replace(target, names=target.but, but=(), known=False)]
    return [replace(target, names=(name,), but=(), of_many=True) for name in pool if name not in target.but]
