"""The built-in model's own sentences in English and German, and figures written as the language writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "phrases"
LANGUAGES = ("en", "de")


def say(language: str, key: str, **values: Any) -> str:
    """Give a sentence with its values put in; KeyError when there is none of that key (a test holds both files alike)."""
    return _sentences(language)[key].format(**values)


@cache
def _sentences(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in (_FOLDER / f"say_{language if language in LANGUAGES else 'en'}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            key, sentence = line.split(": ", 1)
            found[key] = sentence.replace("\\n", "\n")
    return found


def keys(language: str) -> frozenset[str]:
    """Give the keys of a language's sentences."""
    return frozenset(_sentences(language))


def figure(fact: object, language: str) -> str:
    """Write a figure of a tool's facts: `EUR 40,000` or `40.000 EUR`; a dash where there is none."""
    if not isinstance(fact, Mapping):
        return "–"
    text = str(fact.get("text", "–"))
    if language != "de":
        return text
    swapped = re.sub(r"[\d.,]+", lambda m: m[0].translate(str.maketrans(",.", ".,")), text)
    amount = re.fullmatch(r"([A-Z]{3}) (-?[\d.,]+)", swapped)
    return f"{amount[2]} {amount[1]}" if amount else swapped.replace("%", " %")
