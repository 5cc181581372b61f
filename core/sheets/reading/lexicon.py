"""The words of media plans in many languages, and the senses they give to a header, a label or a title."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_LEXICON = Path(__file__).resolve().parents[3] / "data" / "reference" / "header_lexicon.csv"
_WORD = re.compile(r"[^\W_]+|[%№#]", re.UNICODE)
_CAMEL = re.compile(r"(?<=[a-zß-ÿа-я]{3})(?=[A-ZА-Я][a-zа-я])")


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing a text says: class and key of the lexicon, and how many of its characters say so."""

    kind: str
    key: str
    length: int
    position: int


@dataclass(frozen=True, slots=True)
class _Term:
    kind: str
    key: str
    words: tuple[str, ...]
    prefix: bool
    ending: bool = False


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """Fold case, width and accents of Latin letters; й and ё stay apart from и only where the lexicon says so."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").replace("’", "'").replace("ı", "i")
    plain: list[str] = []
    for char in unicodedata.normalize("NFD", folded):
        if unicodedata.combining(char) and plain and plain[-1].isascii():
            continue
        plain.append(char)
    return unicodedata.normalize("NFC", "".join(plain))


@lru_cache(maxsize=8192)
def words_of(text: str) -> tuple[str, ...]:
    """Split a text into folded words; camelCase and snake_case come apart."""
    return tuple(_WORD.findall(normalise(_CAMEL.sub(" ", text).replace("_", " "))))


@lru_cache(maxsize=1)
def _languages() -> dict[tuple[str, ...], frozenset[str]]:
    """Give the languages of each term by its words."""
    found: dict[tuple[str, ...], frozenset[str]] = {}
    with _LEXICON.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for raw in row["terms"].split("|"):
                words = words_of(raw.rstrip("*"))
                found[words] = found.get(words, frozenset()) | {row["language"]}
    return found


@lru_cache(maxsize=16384)
def languages_of(text: str) -> frozenset[str]:
    """Give the languages in which every known word of a text stands in the lexicon; empty where none is known."""
    words, spoken, at = words_of(text), list[frozenset[str]](), 0
    while at < len(words):
        terms = [term for term in _begun_by(words[at]) if _matches(term, words, at)]
        terms = [term for term in terms if words[at : at + len(term.words)] == term.words] or terms  # `formato`, not `format*`
        longest = max((len(term.words) for term in terms), default=1)
        known = [_languages().get(term.words, frozenset()) for term in terms if len(term.words) == longest]
        spoken += [frozenset().union(*known)] if known else []
        at += longest
    return frozenset.intersection(*spoken) if spoken else frozenset()


@lru_cache(maxsize=1)
def _terms() -> tuple[dict[str, list[_Term]], dict[str, list[_Term]], list[_Term]]:
    """Give the terms by first word: exact ones, prefixes under their first three letters, and endings of compounds (`*budget`)."""
    exact: dict[str, list[_Term]] = {}
    prefixes: dict[str, list[_Term]] = {}
    endings: list[_Term] = []
    with _LEXICON.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for raw in row["terms"].split("|"):
                words = words_of(raw.rstrip("*"))
                if not words:
                    continue
                term = _Term(row["class"], row["key"], words, raw.endswith("*"), raw.startswith("*"))
                if raw.startswith("*"):
                    endings.append(term)
                elif term.prefix and len(words) == 1:
                    prefixes.setdefault(words[0][:3], []).append(term)
                else:
                    exact.setdefault(words[0], []).append(term)
    return exact, prefixes, endings


def _matches(term: _Term, words: tuple[str, ...], at: int) -> bool:
    end = at + len(term.words)
    return end <= len(words) and words[at : end - 1] == term.words[:-1] and _fits(term, words[end - 1])


def _fits(term: _Term, last: str) -> bool:
    """Tell whether a word is the last one of a term."""
    if term.ending:
        return last.endswith(term.words[-1])
    return last.startswith(term.words[-1]) if term.prefix else last == term.words[-1]


@lru_cache(maxsize=16384)
def _begun_by(word: str) -> tuple[_Term, ...]:
    """Give the terms that begin with a word; those of one word are it."""
    exact, prefixes, endings = _terms()
    found = (*exact.get(word, ()), *prefixes.get(word[:3], ()), *endings)
    return tuple(term for term in found if len(term.words) > 1 or _fits(term, word))


@lru_cache(maxsize=65536)
def _classes_in(text: str) -> frozenset[str]:
    """Give the classes of all terms that a text holds; most names in a plan hold none."""
    words = words_of(text)
    return frozenset(term.kind for at, word in enumerate(words) for term in _begun_by(word) if _matches(term, words, at))


def senses(text: str, kinds: tuple[str, ...]) -> tuple[Sense, ...]:
    """Read a text from left to right, taking the longest term at each word; every class that shares that term is given."""
    return () if _classes_in(text).isdisjoint(kinds) else _senses(text, kinds)


@lru_cache(maxsize=8192)
def _senses(text: str, kinds: tuple[str, ...]) -> tuple[Sense, ...]:
    words = words_of(text)
    found: list[Sense] = []
    at = 0
    while at < len(words):
        terms = [t for t in _begun_by(words[at]) if t.kind in kinds and _matches(t, words, at)]
        if not terms:
            at += 1
            continue
        longest = max((len(t.words), not t.prefix, sum(map(len, t.words))) for t in terms)
        for term in terms:
            if (len(term.words), not term.prefix, sum(map(len, term.words))) == longest or len(term.words) == longest[0]:
                sense = Sense(term.kind, term.key, sum(map(len, words[at : at + len(term.words)])), at)
                if sense not in found:
                    found.append(sense)
        at += longest[0]
    return tuple(found)


def says(text: str, kind: str, key: str | None = None) -> bool:
    """Tell whether a text holds a term of the class (and key)."""
    return any(key is None or sense.key == key for sense in senses(text, (kind,)))


def coverage(text: str, kind: str) -> float:
    """Give the share of a text's letters that terms of the class explain."""
    spans = {sense.position: sense.length for sense in senses(text, (kind,))}
    return sum(spans.values()) / sum(map(len, words_of(text))) if spans else 0.0


@lru_cache(maxsize=8192)
def says_total(label: str) -> str:
    """Give `total` or `subtotal` where a label begins or ends as one, else an empty string."""
    if len(label) > 90:
        return ""
    words = words_of(label)
    for sense in senses(label, ("total",)):
        whole_before = sense.position == 0
        if whole_before or sense.position >= len(words) - 1:
            return sense.key
    return ""


@lru_cache(maxsize=8192)
def side_of(text: str, sides: tuple[str, str] = ("plan", "actual")) -> str:
    """Give the one of two sides that a short text says where it says, but for numbers, little else."""
    said = {sense.key for sense in senses(text, ("mod",)) if sense.key in sides} if len(text) <= 60 else set()
    if len(said) != 1:
        return ""
    words = " ".join(word for word in words_of(text) if not word.isdigit())
    return said.pop() if coverage(words, "mod") >= 0.5 else ""
