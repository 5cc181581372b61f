"""Writes out what people abbreviate or mistype in a chat: `w/o`, `pls`, `gibts`, `mind.`, `tv -> search`, `serach`."""

from __future__ import annotations

import re
from collections.abc import Collection

from core.planning.channels import CHANNELS


def _arrow(match: re.Match[str]) -> str:
    """`8k TV -> Search` names an amount, `TV -> Search` only the wish to move."""
    return f"{'' if re.search(r'[0-9]', match.string) else 'move '}from {match[1]} to {match[2]}"


_UNIT = r"k|tsd|teur|mio|tausend|thousand|%|€|eur|euros?|prozent|percent"
_MONTH = r"(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez)\w{0,6}"
_ALONE = r"(?<![\w.,/-])(?<!from )(?<!von )(?<!between )(?<!zwischen )"
_SHORT = (
    (rf"\b(between|zwischen)\s+(\d[\d.,]*)\s+(and|und)\s+(\d[\d.,]*)\s?({_UNIT})(?!\w)", r"\1 \2\5 \3 \4\5"),
    (rf"{_ALONE}(\d[\d.,]*)\s?(?:-|–|bis(?: zu)?)\s?(\d[\d.,]*)\s?({_UNIT})(?!\w)",
     r"between \1\3 and \2\3"),
    (rf"{_ALONE}(\d[\d.,]*)\s?({_UNIT})\s?(?:-|–|bis(?: zu)?|to)\s?(\d[\d.,]*)\s?({_UNIT})(?!\w)",
     r"between \1\2 and \3\4"),
    (rf"\b({_MONTH})/({_MONTH})\b", r"\1-\2"),
    (r"\b(?:excl|exkl)\b\.?", "without"),
    (r"^\s*\+\s?(?=\d)", "plus "),
    (r"^\s*[-−]\s?(?=\d)", "minus "),
    (r"\b(?:die )?sperre (?:bei|von|für|auf) (\w+)(?: wieder| bitte)* (?:raus|weg|aufheben|lösen|entfernen|rausnehmen)\b", r"entsperre \1"),
    (r"\b(?:remove|lift|drop|take off|release) the lock (?:on|from|for|of) (\w+)", r"unlock \1"),
    (r"(\w[\w&+-]*)\s*(?:-+>|=+>|→|➜)\s*(\w[\w&+-]*)", _arrow),
    (r"\b(do|does|did|should|wo|ca|is|are|was|would|could|must)nt\b", r"\1n't"),
    (r"(?:<=|=<|≤|(?<![-=<])<(?![-<]))\s?(?=[\d€$£])", " at most "),
    (r"(?:>=|=>|≥|(?<![-=>])>(?!>))\s?(?=[\d€$£])", " at least "),
    (rf"(?<![\w.,])(\d[\d.,]*\s?(?:{_UNIT})?)\+(?=\s*(?:$|[.,;!?]|\s(?:for|on|in|für|auf|bei)\b))", r"at least \1"),
    (r"\b(?:to|at) (?:0|nothing)(?![\d.,%]|\s?(?:%|percent))", "to zero"),
    (r"\b(?:auf|bei) (?:0|nichts)(?![\d.,%]|\s?(?:%|prozent))", "auf null"),
    (r"\bgilt\s*:", "gilt"),
    (r"\b(?:in favou?r of|for the benefit of|to the benefit of)\b", "and put it on"),
    (r"\bzu ?gunsten (?:von|der|des)?\b", "und steck es in"),
    (r"\b(?:take|use|nimm)\s+((?:the |die |den )?(?:last|previous|old|letzte\w*|vorjährige\w*|alte\w*)\b[^,.;]*?"
     r"(?:split|mix|distribution|verteilung|aufteilung))",
     r"like \1"),
    (r"\bcan['’]?t\b|\bcannot\b", "can not"),
    (r"\bwon['’]t\b", "will not"),
    (r"\bwie (?:im )?(?:letzte[sn]?|vorige[sn]?) (?:jahr|mal|plan)\b|\bwie im vorjahr\b", "wie bisher"),
    (r"\b(?:like|as) (?:we did )?(?:last year|last time|(?:in )?the last plan)\b(?![’'])", "like before"),
    (r"\bhalf (?=(?:the|our|my) )", "half of "),
    (r"\bw/o\b", "without"),
    (r"\bw/(?=\s)", "with"),
    (r"\b(?:pls|plz|plse)\b", "please"),
    (rf"\bbtw\b(?= (?:{_MONTH}|\d))", "between"),
    (r"\bbtw\b|\bfyi\b", ""),
    (r"\bthx\b", "thanks"),
    (r"\b(?:u|ya)\b(?=\s)", "you"),
    (r"\by\b(?=\s+(?:is|are|so|did|does|was|not)\b)", "why"),
    (r"\bppl\b", "people"),
    (r"(\d\s?(?:tsd|mio|mrd|t))\.(?=\s)", r"\1"),
    (r"(?<=[^\W\d])\s+\+\s?(?=\d)", " plus "),
    (r"(?<=[^\W\d])\s+[-−]\s?(?=\d)", " minus "),
    (r"\bhalve\b", "reduce by 50%"),
    (r"\bhalbier(?:e|en|t)?\b", "reduziere um 50%"),
    (r"\bdoubl(?:es?|ed|ing)\b", "increase by 100%"),
    (r"\btripl(?:es?|ed|ing)\b", "increase by 200%"),
    (r"\bverdreifach(?:e|en|t)?\b", "erhöhe um 200%"),
    (r"\b(?:['’]?ne?n|einen|a) tausender\b", "1k"),
    (r"\bverdopp(?:le|el|eln|elt)\b", "erhöhe um 100%"),
    (r"\bof\s+(\w+)['’]s\s+(?:money|budget|share|spend)\b", r"from \1"),
    (r"\bmind(?:est)?(?:\.|(?=\s+\d))", "mindestens"),
    (r"\b(?:max|höchst)\.", "maximal"),
    (r"\bmin\.", "minimum"),
    (r"\bca\.|\bapprox\.|~(?=\s?[\d€$£])", ""),
    (r"\binkl\.|\bincl\.", "including"),
    (r"\bz\.\s?b\.", "zum Beispiel"),
    (r"\bbzgl\.", "bezüglich"),
    (r"\bggü\.", "gegenüber"),
    (r"\bca\b(?=\s?\d)", ""),
    (r"\bvs\.", "versus"),
    (r"\b(?:wie\s?viel|wieviel|wievel|how\s?much)\b", lambda m: "wie viel" if m[0][0] in "wW" else "how much"),
    (r"\bwieviele\b", "wie viele"),
    (r"\b(gibt|geht|passt|läuft|war|wär|soll)['’]?s\b", r"\1 es"),
    (r"\b(what|how|where|that|it|there|who)['’]?s\b(?=\s)(?<!\bits)", r"\1 is"),
    (r"\bits\b(?=\s(?!(?:\w+ )?(?:money|budget|spend|share|funds)\b))", "it is"),
    (r"\bwhats\b", "what is"),
    (r"\bne?n?\b(?=\s+(?:vorschlag|split|plan|aufteilung|verteilung|überblick|übersicht|prognose|entwurf|tipp))", "einen"),
    (r"\b(?:wanna|gonna)\b", "want to"),
    (r"\bgimme\b", "give me"),
    (r"\blemme\b", "let me"),
    (r"\bnich\b|\bnet\b(?=\s+(?:mehr|weniger|unter|über|anfassen|ändern))", "nicht"),
)  # fmt: skip
_PATTERNS = [(re.compile(pattern, re.IGNORECASE), to) for pattern, to in _SHORT]
_LONG_WORDS = frozenset(re.findall(r"\w+", """
    january february march april august september october november december januar februar oktober dezember quarter quartal
    budget distribute distribution allocate allocation optimise optimize optimiere verteile verteilung aufteilen aufteilung
    between zwischen minimum maximum mindestens höchstens maximal increase decrease reduce remove without compare vergleiche
    verschiebe erhöhe speichere evenly gleichmäßig conversions forecast benchmark benchmarks anomalies performance revenue
"""))  # fmt: skip


def spelled_out(text: str, names: Collection[str] = ()) -> str:
    """Give the message with abbreviations and near misses of the field's words and the plan's names written out; all else stays."""
    own = {name.lower() for name in names} | {synonym for synonyms in CHANNELS.values() for synonym in synonyms}
    text = re.sub(r"(?<=[\w.%€]) (?P<and>u\.?|n) (?=(?P<next>\d|[\w-]+))", lambda m: _written_and(m, own), text, flags=re.I)
    for pattern, to in _PATTERNS:
        text = pattern.sub(to, text)
    text = re.sub(
        r"\b(\w{2,})(?:budget|etat|gelder?|anteil)(?:e?s)?\b", lambda m: f"{m[1]} budget" if m[1].lower() in own else m[0], text, flags=re.I
    )
    known = {word: word for word in _LONG_WORDS} | {name.lower(): name for name in names if len(name) > 4 and name.isalpha()}
    return re.sub(r"[^\W\d_]{5,}", lambda m: _meant(m[0], known), text)


def _written_and(match: re.Match[str], names: Collection[str]) -> str:
    """`tv u radio`, `60k n 20k`: an and where a name or a number follows."""
    word = "und" if match["and"][0] in "uU" else "and"
    return f" {word} " if match["next"].isdigit() or match["next"].lower() in names else match[0]


def _meant(word: str, known: dict[str, str]) -> str:
    lower = word.lower()
    if lower in known:
        return word
    return next((name for key, name in known.items() if _is_near(lower, key)), word)


def _is_near(word: str, known: str) -> bool:
    """Tell whether two neighbouring letters were swapped, or one of at least six is wrong, missing or too many; the first letter counts."""
    if word[0] != known[0] or abs(len(word) - len(known)) > 1:
        return False
    if len(word) == len(known):
        wrong = [n for n in range(len(word)) if word[n] != known[n]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and word[wrong[0]] == known[wrong[1]] and word[wrong[1]] == known[wrong[0]]
        return swapped or (len(wrong) == 1 and len(known) > 5)
    longer, shorter = (word, known) if len(word) > len(known) else (known, word)
    grows = longer[:-1] == shorter and longer[-1] in "snerdt"  # an inflection, not a slip
    return len(known) > 5 and not grows and any(longer[:n] + longer[n + 1 :] == shorter for n in range(1, len(longer)))
