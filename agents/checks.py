"""Checks the figures of an answer: each must match one that a tool gave in this turn or the person said; others are taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agents.builtin.amounts import parse_number
from agents.facts import Figure
from core.model.money import CURRENCIES

_CODES = "|".join(sorted(CURRENCIES))
MARK = "[figure without a source removed]"
_SCALES = {
    "k": 1e3,
    "tsd": 1e3,
    "thousand": 1e3,
    "tausend": 1e3,
    "m": 1e6,
    "mio": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "millionen": 1e6,
    "bn": 1e9,
}
_NUMBER = re.compile(
    rf"(?<![\w.,:/#])(?P<sign>[-+−]?)\s?(?:(?P<before>(?-i:{_CODES})|[€$£₽₹])\s?)?"
    r"(?P<digits>[1-9]\d{0,2}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?)"
    r"(?:\s?(?P<scale>k|tsd\.?|thousand|tausend|m|mio\.?|mn|million|millionen|bn)\b)?"
    rf"(?:\s?(?P<percent>%|percent|prozent))?(?:\s?(?P<after>(?-i:{_CODES})\b|[€$£₽₹]))?",
    re.IGNORECASE,
)
# What looks like a number but is none: dates, months, quarters, cell addresses, list numbers, links.
_NOT_FIGURES = re.compile(
    r"\b20\d\d-\d\d(?:-\d\d)?(?:\s\d\d:\d\d)?\b|\b[QH][1-4]\b(?:\s20\d\d)?|\b(?:19|20)\d\d\b(?!\s?(?:%|€|EUR|USD|k\b))|"
    r"\b[A-Z]{1,3}\d{1,5}(?::[A-Z]{1,3}\d{1,5})?\b|^\s*\d{1,2}[.)]\s|https?://\S+|`[^`]*`|\b\d{1,2}\.\d{1,2}\.20\d\d\b",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Linked:
    """A figure as it stands in the answer, its value and where it comes from."""

    text: str
    value: float
    source: str


def check_figures(
    text: str, figures: Sequence[Figure], *, said: Iterable[float] = (), names: Iterable[str] = ()
) -> tuple[str, list[Linked]]:
    """Give the answer without unsourced figures, and every figure that stands in it with its source.

    Args:
        figures: of the tool results of this turn.
        said: numbers that the person wrote; they may be repeated, with the source `you`.
        names: texts of the plan that may contain digits (`Channel 4`); they are not figures.
    """
    protected = [m.span() for m in _NOT_FIGURES.finditer(text)]
    for name in {n for n in names if any(ch.isdigit() for ch in n)}:
        protected += [m.span() for m in re.finditer(re.escape(name), text)]
    pieces: list[str] = []
    linked: list[Linked] = []
    unused = list(figures)
    at = 0
    for match in _NUMBER.finditer(text):
        start, end = match.span("digits")
        if any(a < end and start < b for a, b in protected):
            continue
        source = _source(match, unused, said=()) or _source(match, figures, said=said)
        if source is not None:
            linked.append(Linked(match[0].strip(), _signed(match), source))
            unused = _without(unused, source, _value(match))
            continue
        pieces += [text[at : match.start()], " " if match[0].startswith(" ") else "", MARK]
        at = match.end()
    return "".join([*pieces, text[at:]]), linked


def _value(match: re.Match[str]) -> float:
    scale = (match["scale"] or "").lower().rstrip(".")
    value = float(parse_number(re.sub(r"\s", "", match["digits"]))) * _SCALES.get(scale, 1.0)
    return value / 100 if match["percent"] else value


def _signed(match: re.Match[str]) -> float:
    return -_value(match) if match["sign"] in ("-", "−") else _value(match)


def _tolerance(match: re.Match[str]) -> float:
    """Half a unit of the last digit shown: a figure may be rounded, not changed."""
    digits = match["digits"]
    decimals = 0
    tail = re.search(r"[.,](\d+)$", digits)
    if tail and not re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):
        decimals = len(tail[1])
    step = 10.0**-decimals * _SCALES.get((match["scale"] or "").lower().rstrip("."), 1.0)
    return (step / 2 + 1e-9) / (100 if match["percent"] else 1)


def _without(figures: list[Figure], source: str, value: float) -> list[Figure]:
    """Drop the first figure of this source and value: the next one alike in the answer is the next one of the results."""
    for n, figure in enumerate(figures):
        if figure.source == source and abs(abs(figure.value) - value) <= 0.5:
            return figures[:n] + figures[n + 1 :]
    return figures


def _source(match: re.Match[str], figures: Sequence[Figure], *, said: Iterable[float]) -> str | None:
    value, tolerance = _value(match), _tolerance(match)
    kinds = ("share",) if match["percent"] else ("money",) if match["before"] or match["after"] else ("number", "money")
    for exact in (1e-9, tolerance):
        for figure in figures:
            if figure.kind in kinds and abs(abs(figure.value) - value) <= max(exact, 1e-9 * abs(value)):
                return figure.source
    if any(abs(one - value) <= 1e-6 * max(1.0, abs(value)) for one in said):
        return "you"
    return None


def numbers_said(texts: Iterable[str]) -> list[float]:
    """Give every number that the person wrote, shares as ratios."""
    found = [_value(match) for text in texts for match in _NUMBER.finditer(text)]
    return [float(Decimal(str(value))) for value in found]


def figures_of_text(text: str, source: str) -> list[Figure]:
    """Give the figures that a service's own message states."""
    return [
        Figure(m[0].strip(), _value(m), source, "share" if m["percent"] else "money" if m["before"] or m["after"] else "number")
        for m in _NUMBER.finditer(text)
    ]
