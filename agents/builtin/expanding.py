"""Writes out what is said of all of a line's money: `move everything from Radio to Search` takes 100% of it."""

from __future__ import annotations

import re
from functools import cache

from agents.builtin.lexicon import match_channels, match_parts
from agents.builtin.masking import NAME, masked, unmasked
from agents.builtin.said import Vocabulary

_PARTS = {
    "MONEY": r"(?:money|budget|spend|spending|funds|share|geld(?:er)?|etat|mittel|anteil)",
    "DROP": r"(?:drop|kill|cut|remove|cancel|scrap|axe|stop|ditch|close|streich\w*|stopp\w*|lösch\w*|wirf)",
    "MOVE": r"(?:move|shift|transfer|reallocate|put|give|pour|redirect|spend|use|take|verschieb\w*|schieb\w*|leg\w*|steck\w*|pack\w*|gib|"
            r"verlager\w*|schicht\w*|nimm|setz\w*)",
    "SPREAD": r"(?:spread|distribute|divide|split|share|verteil\w*|teil\w*)",
    "EVEN": r"(?:evenly|equally|in equal parts|gleichmäßig|gleichmässig|zu gleichen teilen|gleich)",
    "ONTO": r"(?:over|across|among|amongst|between|to|on|into|onto|auf|an|in|zu)",
    "WHOLLY": r"(?:completely|entirely|fully|altogether|komplett|ganz|vollständig)",
    "SOFTLY": r"(?:bitte |mal |please )*",
    "AND": r"\s*(?:,|and|und|&|;)+\s*",
    "NO_LINE": r"(?:no|not any|none of the) (?:single )?(?:channels?|lines?|tactics?)",
    "KEINE": r"kein(?:e|en)? (?:einzelne[rn]? )?(?:kanal|kanäle|zeilen?)",
    "MAY": r"(?:\s+(?:should|may|must|can|is|are|to|be|get|gets|have|has|goes?|soll|darf|sollte|kann|bekommt|kriegt|hat))*",
    "ALL_OF": r"(?:everything|all(?: (?:of )?(?:the |its |their )?)?(?:money |budget |funds )?|"
              r"the (?:entire|whole|full|complete) (?:amount|budget|sum))(?: that is| we have| there is)?",
    "ALLES": r"(?:alles(?: geld)?|das (?:ganze|gesamte|komplette) (?:geld|budget))",
    "SUM": r"(?:\d[\d.,]*\s?(?:k|tsd|teur|mio|%|€|eur|euros?|percent|prozent)?|half|a third|a quarter|die hälfte|ein drittel|ein viertel)",
    "OWN": r"(?:the )?(?P<name>NAME)(?:['’]s)?",
    "BACK": r"(?:\s+MONEY|-MONEY)?",
}  # fmt: skip
_RULES = (
    (r"\bNO_LINEMAY\s+(?:above|over|beyond|(?:with )?more than)\b", "every channel at most"),
    (r"\bNO_LINEMAY\s+(?:below|under|(?:with )?less than)\b", "every channel at least"),
    (r"\bKEINEMAY\s+(?:über|mehr als)\b", "jeder Kanal höchstens"),
    (r"\bKEINEMAY\s+(?:unter|weniger als)\b", "jeder Kanal mindestens"),
    (
        r"^(?P<lead>(?:and |now |please |then )*)(?P<by>\d[\d.,]*\s?(?:%|k|percent|eur|€)?) off (?:of )?(?!NAME,?\s+(?:on|in)?to\b)",
        r"\g<lead>reduce by \g<by> ",
    ),
    (r"\b(?P<verb>give|gib) (?P<who>NAME)\s+(?P<what>(?:its|the|das|dessen)\s+MONEY)\b", r"\g<verb> \g<what> to \g<who>"),
    (r"\bgib (?P<what>(?:das|dessen|sein)\s+MONEY)\s+(?:dem |der )?(?P<who>NAME)", r"gib \g<what> an \g<who>"),
    (r"^(?P<lead>SOFTLY)everything from OWNBACK(?=.*\bONTO\s+NAME)", r"\g<lead>move 100% from \g<name>"),
    (r"^(?P<lead>SOFTLY)alles(?: geld)? (?:von|aus) OWNBACK(?=.*\bONTO\s+NAME)", r"\g<lead>verschiebe 100% von \g<name>"),
    (r"\b(?P<verb>MOVE\s+SOFTLY)ALL_OF\s*(?:of|from|out of|in|on)\s+OWNBACK(?!\s*(?:and|,)\s+NAME)", r"\g<verb>100% from \g<name>"),
    (r"\b(?P<verb>MOVE\s+SOFTLY)ALLES\s+(?:von|aus|vom)\s+OWNBACK", r"\g<verb>100% von \g<name>"),
    (r"\b(?P<verb>MOVE\s+SOFTLY)(?:everything|all(?: the money)?|alles)\s+(?P<side>from|out of|von|aus)\b", r"\g<verb>100% \g<side>"),
    (r"\b(?:the |its )?(?:entire|whole|full|complete)\s+OWN(?:\s+MONEY|-MONEY)", r"100% from \g<name>"),
    (r"\b(?:das|den|die|dem)?\s*(?:ganze|gesamte|komplette|volle)n?\s+OWN[\s-]+MONEY", r" 100% von \g<name>"),
    (
        r"\bDROP\s+OWNAND(?P<a>\d+\s?%)\s+(?:of|from|von)\s+(?:its|the|das|dem|vom)?\s*MONEY\s+ONTO\s+(?P<x>NAME)"
        r"AND(?P<b>\d+\s?%)\s+(?:of it\s+)?ONTO\s+(?P<y>NAME)",
        r"move \g<a> from \g<name> to \g<x>; move \g<b> from \g<name> to \g<y>",
    ),
    (r"\bSPREAD\s+OWNBACK\s+(?P<even>EVEN\s+)?ONTO\s+(?P<to>NAME(?:ANDNAME)*)", r"move 100% from \g<name> to \g<to> \g<even>"),
    (r"^(?P<q>SUM)\s+(?:from |von )?OWNBACK\s+(?:to|zu|nach|into)\s+(?P<to>NAME)", r"move \g<q> from \g<name> to \g<to>"),
    (
        r"\b(?P<q>SUM)\s+of\s+OWNBACK\s+(?:should |must |can |could )?(?:go(?:es)?|be moved|be shifted|moves?)\s+(?=(?:over )?ONTO\s+NAME)",
        r"move \g<q> from \g<name> ",
    ),
    (r"\b(?P<q>SUM)\s+of\s+(?:the |my |our )?(?P<name>NAME)(?:['’]s)?\s+MONEY\b", r"\g<q> from \g<name>"),
    (r"\b(?P<q>SUM)\s+(?:des|vom|von der|von)\s+(?P<name>NAME)[\s-]*MONEYe?s?\b", r"\g<q> von \g<name>"),
    (r"\brather have (?P<q>SUM) from (?P<name>NAME)\s+(?=ONTO\s+NAME)", r"move \g<q> from \g<name> to "),
    (
        r"\b(?P<q>SUM)\s+(?:more|mehr)\s+(?:for|on|in|für|auf|bei)\s+(?P<to>NAME)\s+(?:instead of|rather than|statt|anstatt|anstelle von)"
        r"\s+(?:for |on |in |für |auf )?(?P<name>NAME)",
        r"move \g<q> from \g<name> to \g<to>",
    ),
    (
        r"(?P<cut>[,;]?\s*(?:and |und )?)(?P<name>NAME) (?:gets|receives|takes|bekommt|kriegt) (?:it|that|them|those|es|das|sie)\b",
        r" and put it on \g<name>",
    ),
    (r"\b(?:give|put|let)\s+(?P<q>SUM)\s+of\s+OWNBACK\s+(?:over )?to\s+(?P<to>NAME)", r"move \g<q> from \g<name> to \g<to>"),
    (r"\blet (?P<to>NAME) have (?P<q>SUM) (?:of|from) OWNBACK", r"move \g<q> from \g<name> to \g<to>"),
    (r"^(?:from |von )?(?P<name>NAME) (?:to|zu|nach) (?P<to>NAME)[:,]? (?P<q>SUM)\s*$", r"move \g<q> from \g<name> to \g<to>"),
    (r"\b(?P<side>from|von) (?P<name>NAME) (?:for|für) (?P<to>NAME)", r"\g<side> \g<name> to \g<to>"),
    (
        r"\b(?:nimm|take|pull) (?P<name>NAME) (?:aus (?:dem|unserem) plan|aus der planung|out of (?:the|our) (?:plan|mix))\b",
        r"remove \g<name>",
    ),
    (r"\b(?:nimm|zieh)\s+(?:bei|von|aus)\s+(?P<name>NAME)\s+(?P<q>SUM)\s+(?:weg|ab|raus)\b(?!.*\bONTO\s+NAME)", r"kürze \g<name> um \g<q>"),
    (r"\b(?P<verb>MOVE)\s+OWNBACK\s+WHOLLY\s+(?=ONTO\b)", r"\g<verb> 100% from \g<name> "),
    (
        r"\b(?:half|halb|die hälfte)\s+(?P<to>ONTO)\s+(?P<x>NAME)AND"
        r"(?:the other\s+|die andere\s+)?(?:half|halb|hälfte)\s+(?:ONTO\s+)?(?P<y>NAME)",
        r"equally \g<to> \g<x> and \g<y>",
    ),
    (r"\b100% (?P<side>from|von) (?P<name>NAME)(?:['’]s)?\s+(?P<when>\w+)\s+MONEY\b", r"100% \g<side> \g<name> \g<side> \g<when>"),
)


def written_out(text: str, vocabulary: Vocabulary) -> str:
    """Give the message with `all`, `the entire`, `halves` of a named line's money as shares of it; all else stays."""
    found = match_channels(text, vocabulary.channels, vocabulary.names)
    found += match_parts(text, (*vocabulary.channels, *vocabulary.names), [(m.start, m.end) for m in found], lambda word: False)
    text, names = masked(text, found)
    for pattern, to in _RULES:
        text = _compiled(pattern).sub(to, text)
    return unmasked(text, names)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    for _ in range(2):  # a part may hold another
        for word, part in _PARTS.items():
            pattern = pattern.replace(word, part)
    return re.compile(pattern.replace("NAME", NAME), re.IGNORECASE)
