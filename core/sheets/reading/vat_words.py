"""What texts say about VAT: with it, without it, in the words and the word order of many languages."""

from __future__ import annotations

import re

from core.sheets.reading.lexicon import says, senses, words_of

_TAX = r"(?:vat|mwst|ust|mehrwertsteuer|umsatzsteuer|tva|iva|btw|moms|mva|dph|gst|áfa|alv|kdv|ндс|пдв|ддс|ddv|pdv|pvm|pvn)"
_NAMES_TAX = re.compile(rf"(?<!\w){_TAX}(?!\w)", re.IGNORECASE)
_RATE = re.compile(r"\(?(?<![\d.,])\d{1,2}(?:[.,]\d{1,2})?\s*(?:%|percent\b|prozent\b)-?\s?(?:ige[rnms]?\b)?\)?", re.IGNORECASE)
_STATUTORY = re.compile(
    r"(?:\b(?:der|the|die|la|el|il|de|of)\s+|\bl['’])?\b(?:gesetzl\w*|statutory|applicable|geltend\w*|gültig\w*|jeweilig\w*)\b\.?"
    r"|(?<=\w\s)l['’](?=iva\b)",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"inc$|incl|inkl|includ|inclu|einschl|enthalt|compris|compres|comprend|zawier|включ|врахов|учитыв|содерж|dahil|sisalt|obsah|^(?:with|mit|avec|con|com|met|med|cu|s|с|со|з|із)$"
)
_WITHOUT = re.compile(
    r"exc|exkl|eksk|escl|^eks$|zzgl|zuzug|plus$|haric|without|исключ"
    r"|^(?:ohne|hors|ht|sin|senza|sem|zonder|bez|без|utan|uden|uten|fara|before|vor|ex|oltre)$"
)
_NOT = re.compile(r"^(?:not|nicht|kein\w*|pas|no|non|nao|nie|не|degil\w*|inte|ikke|niet|geen|nu|nejsou)$")


def without_rate(text: str) -> str:
    """Give a text that names a VAT without its rate and words such as statutory (`incl. 19% VAT` -> `incl. VAT`); others as they are."""
    return _STATUTORY.sub(" ", _RATE.sub(" ", text)) if _NAMES_TAX.search(text) else text


def vat_told(text: str) -> frozenset[str]:
    """Give `vat_incl` or `vat_excl` where a sentence says it of what it speaks of; empty where it does not, both where it says both."""
    text = without_rate(text)
    words = words_of(text)
    said = {sense.key for sense in senses(text, ("mod",)) if sense.key in ("vat_incl", "vat_excl")}
    if not _NAMES_TAX.search(text) and not says(text, "money", "vat"):
        return frozenset(said)
    if not said:
        said |= {"vat_incl"} if any(_WITH.search(word) for word in words) else set()
        said |= {"vat_excl"} if any(_WITHOUT.search(word) for word in words) else set()
    if said == {"vat_incl"} and any(_NOT.search(word) for word in words):
        return frozenset({"vat_excl"})
    return frozenset(said)


def is_vat_word(word: str) -> bool:
    """Tell whether a folded word is one of those by which a sentence says with or without VAT."""
    return any(pattern.search(word) for pattern in (_NAMES_TAX, _WITH, _WITHOUT, _NOT)) or word in ("do", "li")
