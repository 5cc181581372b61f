"""Writes out what is said of the whole money: all of it on one line, only some lines, the rest on one, an amount like another line's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from agents.builtin.amounts import find_quantities
from agents.builtin.coverage import is_ordinary
from agents.builtin.lexicon import Mention, match_channels, match_parts
from agents.builtin.said import Vocabulary
from agents.builtin.table import Table
from core.model.money import to_major

_NAME = "\ue000"
_LIST = rf"(?:the |den |die |dem |das )?{_NAME}+(?:\s*(?:,|and|und|&|\+|plus)\s*(?:and |und )?(?:the |den |die |dem )?{_NAME}+)*"
_SOFT = r"(?:please|bitte|pls|ok|okay|and|und|then|dann|so|just|now|jetzt|let['’]?s|let us|lass uns|i want|we want|i['’]?d like|mach)"
_MONEY = r"(?:money|budgets?|spend|spending|funds|amount|geld|etats?|mittel|summe)"
_PUT = (
    r"(?:put|puts|spend|use|throw|pour|bet|place|stick|dump|invest|allocate|give|shift|move|concentrate|leg\w*|steck\w*|pack\w*|gib|"
    r"setz\w*|schieb\w*|verschieb\w*|hau|konzentrier\w*|nimm)"
)
_ALL = (
    rf"(?:(?P<sum>all(?: of)?(?: the| our| these| of the| die| unsere)? \ue001+)|it all|all of (?:it|this|that|the {_MONEY})|"
    rf"everything(?: we have)?|all(?: the| our| my| that)? {_MONEY}|all|"
    rf"(?:the |our |my )?(?:whole|entire|full|complete) (?:{_MONEY}|thing|lot)|every (?:last )?(?:cent|penny|euro|dollar)|"
    rf"alles(?: {_MONEY})?|das alles|(?:das |den |unser\w* )?(?:ganze[sn]?|gesamte[sn]?|komplette[sn]?|volle[sn]?) {_MONEY}|"
    rf"(?:das )?gesamtbudget|jeden (?:cent|euro)|sämtliche {_MONEY}|"
    rf"es alles|100\s?(?:%|percent|prozent)(?: of (?:it|the {_MONEY})| (?:des|vom|davon|von dem) ?{_MONEY}?)?)"
)
_ONTO = r"(?:on|at|onto|in|into|to|for|behind|towards?|auf|an|zu|für|bei|nach)"
_END = r"(?=\s*(?:$|[.,;!?]|please|bitte|pls|half|50|evenly|equally|gleichmäßig|je\b|jeweils))"
_EVENLY = (
    r"(?P<even>\W+(?:half each|half and half|half half|50\s?[/:-]\s?50|fifty[- ]fifty|evenly|equally|je zur hälfte|"
    r"je die hälfte|zu gleichen teilen|gleichmäßig)\b)"
)
_ALL_ON = re.compile(
    rf"(?P<lead>^|[,;:.!?]\s*|\b(?:{_SOFT}|{_PUT}|if|wenn|what if)\s+)(?:{_PUT}\s+)?{_ALL}\s+(?:goes |went |should go |geht |"
    rf"ging(?:e)? |soll )?"
    rf"{_ONTO}\s+(?P<names>{_LIST})(?:\s+(?:ging(?:e|en)?|geht|gehen|flie(?:ß|ss)en|flöss\w*|legen|stecken|packen|setzen|geben|schieben|"
    rf"verschieben))?{_END}",
    re.IGNORECASE,
)
_ONLY = re.compile(
    rf"^\W*(?:{_SOFT}\W+)*(?:(?:we |wir |ich |i )?(?:{_PUT}|run|do|keep|plan|nehmen|nutzen|machen|buchen)\s+)?(?:only|just|"
    rf"nothing but|solely|exclusively|nur(?: noch| mehr)?|"
    rf"bloß|ausschließlich|allein)\s+(?:(?:use|run|plan|{_ONTO}|with|mit)\s+)?(?P<names>{_LIST})(?:\s+(?:please|bitte|pls|"
    rf"this time|diesmal|buchen|nehmen|nutzen|"
    rf"planen|machen))*\W*$",
    re.IGNORECASE,
)
_REST = (
    rf"(?:(?:the |den |der |dem |das )?(?:rest|remainder|restliche[sn]? {_MONEY}|remaining {_MONEY}|übrige[sn]? {_MONEY})|"
    rf"(?:everything|all) else|alles andere|alles übrige|what(?:ever)? (?:is|['’]s) left(?: over)?|whatever remains|"
    rf"was übrig bleibt|was bleibt)"
)
_REST_ON = re.compile(
    rf"[,;.]?\s*(?:\b(?:and|und|but|aber|then|dann|while)\s+)?(?:\b{_PUT}\s+)?\b{_REST}(?: of (?:it|that|the {_MONEY})|"
    rf" davon| vom {_MONEY})?"
    rf"(?:\s+(?:goes|go|should|can|shall|is|geht|soll|kommt|fließt|wandert|kann|bitte|please|all|alles|komplett|then|dann|be|"
    rf"put))*\s+{_ONTO}\s+"
    rf"(?P<names>{_LIST})(?:\s+(?:gehen|fließen|kommen|wandern|legen|stecken|packen|geben))?{_EVENLY}?(?=\s*(?:$|[.,;:!?]|please|bitte))",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:mov\w*|shift\w*|tak\w*|cut\w*|reduc\w*|increas\w*|rais\w*|drop\w*|remov\w*|stop|kill|swap|more|less|extra|"
    r"another|found|verschieb\w*|"
    r"schieb\w*|nimm|kürz\w*|senk\w*|erhöh\w*|streich\w*|mehr|weniger|zusätzlich\w*|tausch\w*|weg|raus|minus|plus)\b",
    re.IGNORECASE,
)
_HAS = r"(?:has|have|had|gets?|got|receives?|is getting|costs?|hat|haben|hatte|bekommt|kriegt|erhält|kostet)"
_TIMES = {
    "half": "0.5", "halb": "0.5", "twice": "2", "double": "2", "doppelt": "2", "doppelte": "2", "zweimal": "2", "three times": "3",
    "triple": "3", "dreimal": "3", "dreifach": "3", "four times": "4", "viermal": "4",
}  # fmt: skip
_WRITTEN = ("half", "halb so viel", "100%", "100 %", "100 percent", "100 prozent")
"""Shares that the patterns have in words."""
_FACTOR = "|".join(sorted(_TIMES, key=len, reverse=True))
_PART_OF = re.compile(
    rf"(?P<part>(?:(?:the )?{_FACTOR}|\ue002+))\s+(?:of\s+)?(?:what|the (?:amount|money|budget|sum)|dessen,? was|"
    rf"von dem,? was|davon,? was|das,? was|von)\s*"
    rf"(?:that |which )?(?P<name>{_NAME}+)\s+{_HAS}\b",
    re.IGNORECASE,
)
_AS_MUCH = re.compile(
    rf"(?:(?P<times>{_FACTOR})\s+)?(?P<as>(?:just |exactly |genau ?)?(?:as much|as high|as big|as large|so viel|soviel|"
    rf"so hoch|so groß|gleich viel|gleich hoch|ebenso ?viel|the same(?: amount| budget| money)?"
    rf"|dasselbe|das gleiche|gleichviel))(?P<mid>(?:\s+(?:money|budget|geld|{_HAS}|haben|bekommen|kriegen|erhalten|sein|"
    rf"liegen))*)\s+(?:as|wie)\s+(?:the |der |die |das |für |for |on |auf |in |bei )*"
    rf"(?P<name>{_NAME}+)(?:\s+{_HAS}\b)?",
    re.IGNORECASE,
)

_LIKE = re.compile(
    rf"(?P<who>{_NAME}+)\s+(?:(?:should|must|shall|to|has to|soll|sollte|muss)\s+)*(?:match(?:es)?|equals?|(?:be )?(?:equal|"
    rf"identical) to|be the same as|"
    rf"(?:be )?level with|gleichziehen mit)\s+(?:the |der |die |das )?(?P<name>{_NAME}+)",
    re.IGNORECASE,
)


def written_wholly(text: str, vocabulary: Vocabulary, *, answers: bool) -> str:
    """Give the message with `it all on Search`, `only Search` and `the rest on TV` as the lines that are left out.

    Args:
        answers: the message answers a question, where `only Search` is just a name.
    """
    mask = _mask(text, vocabulary)
    rest = _REST_ON.search(mask)
    if rest is not None and not _CHANGES.search(mask[: rest.start()] + mask[rest.end() :]) and _amounts_for_lines(text, mask, rest):
        named = list(dict.fromkeys(text[m.start : m.end] for m in _names(text, vocabulary)))
        even = " evenly" if rest["even"] else ""
        return f"{text[: rest.start()]} {text[rest.end() :].lstrip(' :;,.')}; {_without_others(named)}{even}"
    whole = _ALL_ON.search(mask)
    asks = text.rstrip().endswith("?") and re.search(rf"\b(?:{_PUT}|if|wenn)\b", text, re.IGNORECASE) is None
    if whole is not None and not asks and not _CHANGES.search(mask[: whole.start()]):
        named = _listed(text, whole, vocabulary)
        lead = text[: whole.start()] + re.sub(rf"\b{_PUT}\s*$", "", whole["lead"], flags=re.IGNORECASE)
        total = "" if whole["sum"] is None else f"total {text[slice(*whole.span('sum'))]}; "
        left = re.sub(f"^{_EVENLY}", " evenly", text[whole.end() :], flags=re.IGNORECASE)
        return f"{lead.rstrip()} {total}{_without_others(named)}{left}".strip()
    only = None if answers else _ONLY.search(mask)
    return text if only is None else _without_others(_listed(text, only, vocabulary))


def related(text: str, table: Table) -> str:
    """Give the message with `half of what TV has` and `as much as Meta` as the amounts that these are now."""
    for pattern in (_PART_OF, _AS_MUCH, _LIKE):
        mask = _mask(text, table.vocabulary)
        match = pattern.search(mask)
        minor = None if match is None else _amount_of(text[slice(*match.span("name"))], table)
        if match is None or minor is None or table.currency is None:
            continue
        said = match.groupdict().get("part") or match.groupdict().get("times") or ""
        factor = _factor(text[slice(*match.span("part"))] if said and "part" in match.groupdict() else said)
        amount = to_major(round(minor * factor), table.currency)
        middle = match.groupdict().get("mid") or ""
        who = f"{text[slice(*match.span('who'))]} at " if pattern is _LIKE else ""
        text = f"{text[: match.start()]}{who}{table.currency} {amount}{middle}{text[match.end() :]}"
    return text


def _factor(said: str) -> Decimal:
    found = find_quantities(said)
    if found:
        return found[0].value
    return Decimal(_TIMES.get(said.lower().removeprefix("the ").strip(), "1"))


def _amount_of(word: str, table: Table) -> int | None:
    names = [name for mention in match_channels(word, table.channels, table.names) if mention.known for name in mention.names]
    known = [table.words.get(name, table.amounts.get(name)) for name in names]
    amounts = [one for one in known if one is not None]
    return sum(amounts) if amounts and len(amounts) == len(names) else None


def _without_others(named: Sequence[str]) -> str:
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"remove everything except {listed}"


def _listed(text: str, match: re.Match[str], vocabulary: Vocabulary) -> list[str]:
    start, end = match.span("names")
    return list(dict.fromkeys(text[m.start : m.end] for m in _names(text, vocabulary) if start <= m.start and m.end <= end))


def _amounts_for_lines(text: str, mask: str, rest: re.Match[str]) -> bool:
    """Tell whether other lines are given amounts, so that the rest is what these leave of the total."""
    outside = mask[: rest.start()] + mask[rest.end() :]
    return _NAME in outside and bool(find_quantities(text[: rest.start()] + " " + text[rest.end() :]))


def _mask(text: str, vocabulary: Vocabulary) -> str:
    mask = text
    for mention in _names(text, vocabulary):
        mask = mask[: mention.start] + _NAME * (mention.end - mention.start) + mask[mention.end :]
    for quantity in find_quantities(text):
        if quantity.is_share:
            end = quantity.end - (3 if text[quantity.start : quantity.end].endswith(" of") else 0)
            shared = text[quantity.start : end].lower()
            mask = mask if shared in _WRITTEN else mask[: quantity.start] + "\ue002" * (end - quantity.start) + mask[end:]
        else:
            mask = mask[: quantity.start] + "\ue001" * (quantity.end - quantity.start) + mask[quantity.end :]
    return mask


def _names(text: str, vocabulary: Vocabulary) -> list[Mention]:
    found = match_channels(text, vocabulary.channels, vocabulary.names)
    taken = [(m.start, m.end) for m in found]
    return sorted([*found, *match_parts(text, (*vocabulary.channels, *vocabulary.names), taken, is_ordinary)], key=lambda m: m.start)
