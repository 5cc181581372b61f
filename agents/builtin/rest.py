"""Reads what a message says of all the other lines: that they stay, or that they give or take for a change, evenly or in proportion."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from agents.builtin.coverage import is_ordinary
from agents.builtin.lexicon import Mention, match_channels, match_parts
from agents.builtin.masking import NAME, masked
from agents.builtin.said import Rest, Target, Vocabulary

_ALL_EN = (
    r"(?:(?:all|each|every one) )?(?:of )?(?:the )?(?:others?(?: (?:channels?|lines?|ones|items|tactics|campaigns))?|rest|remainder|"
    r"remaining (?:channels|lines|ones|items)|everything else|everyone else|all else)"
)
_ALL_DE = (
    r"(?:(?:bei )?all(?:en|e|em) )?(?:den |die |der |dem |das )?(?:ander(?:en|e|em)|übrigen?|"
    r"restlichen?)(?: (?:Kanälen?|Kanäle|Zeilen|Positionen|Maßnahmen|"
    r"Posten))?|(?:dem|den|der|vom|am) Rest|allem anderen|alles andere"
)
_ALL = rf"(?:{_ALL_EN}|{_ALL_DE})"
_EVEN = r"(?:evenly|equally|in equal (?:parts|shares)|half each|gleichmäßig|zu gleichen Teilen|je zur Hälfte|gleich)"
_PROP = r"(?:proportionally|proportionately|in proportion|pro rata|anteilig|proportional|im Verhältnis|in the same proportions?)"
_LINK = r"(?:,?\s*\b(?:and|und|but|aber|then|dann|while|wobei)\b|,)?\s*"
_STAYS = (
    rf"{_LINK}\b(?:keep|keeping|leave|leaving|hold|holding)\s+(?:{_ALL_EN})(?! (?:evenly|equally|proportional))(?:\s+(?:exactly\s+)?"
    r"(?:as (?:it is|is|it was|they are|they were|it stands|they stand|before|planned)|unchanged|untouched|alone|"
    r"the same|constant|in place|fixed|where (?:it is|they are)))?",
    rf"{_LINK}\b(?:{_ALL_EN})\s+(?:(?:should|must|shall|can|to)\s+)?(?:stays?|remains?|keeps?|is|"
    rf"are)(?: (?:exactly )?(?:as (?:it is|is|they are|before)|"
    r"unchanged|untouched|the same|where (?:it is|they are)|put))",
    rf"{_LINK}\b(?:the )?(?:rest|others?|everything else) (?:stays?|remains?)\b(?! at)",
    rf"{_LINK}\b(?:without|do not|don['’]?t) (?:touch|chang|mov)(?:e|ing)? (?:{_ALL_EN}|anything else)",
    rf"{_LINK}\b(?:lass\w*|halt\w*|belass\w*|behalt\w*)\s+(?:mir )?(?:{_ALL_DE}|den Rest)(?:\s+(?:bitte\s+)?(?:so |genau )*"
    r"(?:wie (?:er|sie|es) (?:ist|sind|waren?|steht|stehen)|unverändert|gleich|in Ruhe|so|bei|stehen|wie (?:bisher|gehabt|geplant)))?",
    rf"{_LINK}\b(?:(?:der )?Rest|alles andere|die (?:anderen|übrigen)|alle anderen)(?: (?:Kanäle|Zeilen|"
    rf"Positionen))?\s+(?:bleib\w*|(?:soll\w*|darf|muss|dürfen)(?= (?:so|gleich|unverändert|unangetastet|stehen|wie|bitte|"
    rf"genau|nicht|bleib\w*)\b))"
    r"(?: (?:so|genau|bitte|gleich|unverändert|unangetastet|stehen|wie (?:er|sie|es) (?:ist|sind|war)|wie (?:bisher|gehabt|"
    r"geplant)|bleib\w*))*",
    rf"{_LINK}\b(?:(?:the )?(?:rest|others|remainder)|everything else|all else|all others|(?:der )?Rest|alles andere|"
    rf"die (?:anderen|übrigen)|alle anderen),?"
    r"\s+(?:bitte |please |all |alle )?(?:unchanged|untouched|as is|as planned|as before|unverändert|unangetastet|"
    r"wie (?:gehabt|bisher|geplant)|gleich(?= *(?:$|[.,;!])))",
    rf"{_LINK}\b(?:and )?nothing else (?:should |must |may |shall |is to |to )?(?:changes?|changed|moves?|be (?:changed|"
    rf"touched|moved))\b",
    rf"{_LINK}\b(?:and )?(?:change|touch|move) nothing else\b|{_LINK}\b(?:with )?no other changes?\b|"
    rf"{_LINK}\bwithout (?:changing|touching) (?:anything|something) else\b",
    rf"{_LINK}\bsonst (?:soll (?:sich )?|darf (?:sich )?)?(?:ändert|änder\w*|bleibt|bleib\w*|nichts|alles)(?: (?:sich|alles|"
    rf"nichts|ändern|verändern|anfassen|bleiben|gleich|so|"
    r"unverändert|beim alten|wie (?:es|bisher|gehabt|geplant)(?: ist)?))*",
    rf"{_LINK}\b(?:den Rest|die (?:anderen|übrigen)|alles andere|alle anderen)(?: Kanäle| Zeilen)? (?:bitte )?(?:so |"
    rf"unverändert |gleich |"
    r"wie (?:er|sie|es) (?:ist|sind) |wie bisher |nicht )*(?:lassen|belassen|halten|ändern|anfassen|anrühren|anzufassen)",
    rf"{_LINK}\bohne (?:den Rest|die anderen|etwas anderes|sonst etwas) (?:zu )?(?:ändern|verändern|anzufassen|anzutasten)",
)
_TAKES = (
    r"(?:take|taking|taken|pull|pulling|fund|funding|finance|financed|funded|paid|pay|get|cut|cutting|deduct|subtract|"
    r"draw|come|comes|coming)(?: for)?"
    r"(?:\s+(?:it|that|this|them|the (?:money|difference|amount|budget|extra)))?",
    r"(?:nimm|nehm\w*|hol\w*|zieh\w*|finanzier\w*|kürz\w*|spar\w*|entnimm|entnehm\w*)(?:\s+(?:es|das|dies|ihn|sie|"
    r"das Geld|den Betrag|die Differenz|"
    r"die Summe|dafür))*",
)
_MONEY_EN = (
    r"(?:the|its|their|all its) (?:rest|difference|(?:whole |entire )?(?:money|budget|spend|share|funds)|savings?|"
    r"freed(?:[- ]up)? (?:money|budget)|remainder|amount)|"
    r"(?:the )?money(?= (?:goes|to|should)\b)|(?:everything|all|whatever|what) (?:it|they) (?:had|has|have|got)"
)
_MONEY_DE = (
    r"(?:das (?:ge|er|einge)sparte(?! (?:Geld|Budget))|den Rest|(?:das|sein|dessen|ihr|deren) (?:(?:gesparte|freie|"
    r"freigewordene|eingesparte|ganze|gesamte) )?(?:Geld|Budget)|"
    r"(?:das )?(?:Geld|Budget)(?: (?:davon|daraus)|(?= (?:geht|wandert|soll|kommt|an|zu)\b))|"
    r"die Differenz|den Betrag|die Ersparnis|was (?:es|sie|er) hatten?)"
)
PASSES_ON = re.compile(rf"\b(?:{_MONEY_EN}|{_MONEY_DE})(?!\w)", re.IGNORECASE)
"""Words for the money of a line that was named before."""
_PARTS = re.compile(r"\b(?:split|divid\w*|shar(?:e|ing)|verteil\w*|teil\w*)\b", re.IGNORECASE)
_GETS = (
    rf"(?:spread|distribute|split|divide|share|give|put|move|shift|use|reallocate|allocate|redistribute)\s+"
    rf"(?:it|that|this|{_MONEY_EN})(?: all)?(?: out)?",
    rf"(?:verteil\w*|teil\w*|leg\w*|steck\w*|gib|schieb\w*|pack\w*)\s+(?:es|das|sie|ihn|{_MONEY_DE})(?: alles)?",
    rf"(?:{_MONEY_EN}|{_MONEY_DE}|all of (?:it|that)|alles davon|das alles)(?:\s+(?:goes|should go|can go|geht|gehen|soll\w*|kommt))?",
)
_FROM = r"(?:away )?(?:from|out of|by cutting|across|von|aus|bei|vom|durch|zu Lasten von|zulasten von)"
_ONTO = r"(?:over|across|among|amongst|between|to|on|into|onto|auf|an|in|zu)"


def read_rest(text: str, vocabulary: Vocabulary) -> tuple[str, Rest | None]:
    """Give the message without what it says of the others, and that; the message as it is and None where it says nothing of them."""
    for pattern in _STAYS:
        match = re.search(pattern, text, re.IGNORECASE)
        if match is not None:
            return text[: match.start()] + " " + text[match.end() :], Rest(stays=True)
    marked, _ = masked(text, _names(text, vocabulary))
    for verbs, side in ((_TAKES, _FROM), (_GETS, _ONTO)):
        match = _said_of_others(verbs, side).search(marked)
        if match is not None and not _is_whole_rest(said := text[match.start() : match.end()]):
            evenly = any(match[g] and re.fullmatch(_EVEN, match[g], re.IGNORECASE) for g in ("a", "b"))
            targets = _targets(text[match.start("who") : match.end("who")], vocabulary)
            in_proportion = any(match[g] and re.fullmatch(_PROP, match[g], re.IGNORECASE) for g in ("a", "b"))
            evenly = evenly or (len(targets) > 1 and not in_proportion and _PARTS.search(said) is not None)
            return text[: match.start()] + " " + text[match.end() :], Rest(targets=tuple(targets), evenly=evenly)
    return text, None


@cache
def _said_of_others(verbs: tuple[str, ...], side: str) -> re.Pattern[str]:
    one = rf"(?:the |der |die |dem )?{NAME}"
    who = rf"(?P<who>\b(?:{_ALL}|{one}(?:\s*(?:,|\band\b|\bund\b|&|\+)\s*(?:and |und )?{one})*)(?!\w))"
    how = rf"(?:\s+(?P<{{0}}>{_EVEN}|{_PROP}))?"
    ends = r"(?:\s+(?:ab|weg|heraus|raus|ein|wegnehmen|each))?"
    pattern = rf"{_LINK}\b(?:{'|'.join(verbs)}){how.format('a')}(?:\s+dafür)?\s+{side}\s+{who}{how.format('b')}{ends}"
    return re.compile(pattern, re.IGNORECASE)


def _is_whole_rest(said: str) -> bool:
    """Tell `split the rest evenly over the others`, the rest of a budget and not of a change, which the splits do."""
    return bool(re.search(r"\b(?:the rest|the remainder|den Rest)\b", said[: max(12, len(said) // 2)], re.IGNORECASE)) and bool(
        re.search(_ALL + r"|" + _EVEN, said[12:], re.IGNORECASE)
    )


def _targets(said: str, vocabulary: Vocabulary) -> Sequence[Target]:
    if re.fullmatch(_ALL, said, re.IGNORECASE):
        return []
    return [Target("channel", m.names, m.known) for m in _names(said, vocabulary)]


def _names(text: str, vocabulary: Vocabulary) -> list[Mention]:
    found = match_channels(text, vocabulary.channels, vocabulary.names)
    taken = [(mention.start, mention.end) for mention in found]
    return [*found, *match_parts(text, (*vocabulary.channels, *vocabulary.names), taken, is_ordinary)]
