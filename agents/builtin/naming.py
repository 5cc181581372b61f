"""Takes a plan's name, or an answer about the sheet, out of a sentence."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"[\"'„“”‚‘«]([^\"'„“”‚‘«»]+)[\"'“”‘’»]")
_NOISE = re.compile(
    r"\b(?:please|open|find|load|use|switch|to|take|the|a|an|my|our|plan|plans|sheet|file|files|called|named|about|is|there|for|where|search|look|which|what|do|"
    r"i|we|have|are|can|you|see|connected|list|show|me|all|media|bitte|öffne|finde|lade|nimm|wechsle|zu|den|die|das|der|dem|einen|einem|gibt|es|für|nach|such|suche|wo|ist|"
    r"welche|pläne|mediapläne|dateien|sheets|habe|ich|siehst|du|kannst|sehen|sind|verbunden|zeig|liste|mir|meine|alle|auf|datei)\b|[?.!,]",
    re.IGNORECASE,
)
_ANSWERS = (
    (r"\b(?:in )?(?:thousands|tausend)\b", "thousands"),
    (r"\b(?:net|netto)\b", "net"),
    (r"\b(?:gross|brutto)\b", "gross"),
    (r"\b(?:eur|euros?|€)(?:\b|$)", "EUR"),
    (r"\b(?:usd|dollars?)\b|\$", "USD"),
    (r"\b(?:chf|franken)\b", "CHF"),
    (r"\b(?:gbp|pounds?|pfund)\b", "GBP"),
)


def plan_name(text: str) -> str:
    """Give the words that name a plan: quoted ones, else what is left without the verbs; empty to list all."""
    quoted = _QUOTED.search(text)
    return quoted[1].strip() if quoted else " ".join(_NOISE.sub(" ", text).split())


def reading_answer(text: str) -> str | None:
    """Give the answer to a reading question that a statement holds, None for a question of the person's own."""
    if "?" in text or re.match(r"\s*(?:which|what|welche|was|are|is|gibt|hast|do|any)\b", text, re.IGNORECASE):
        return None
    return next((answer for pattern, answer in _ANSWERS if re.search(pattern, text, re.IGNORECASE)), None)
