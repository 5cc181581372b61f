"""Says in one way what people say in many: who gives money to whom, and which of two amounts is the one that counts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from agents.builtin.amounts import Quantity, find_quantities
from agents.builtin.coverage import is_ordinary
from agents.builtin.lexicon import Mention, match_channels, match_parts
from agents.builtin.said import Vocabulary

_NAME, _SUM, _SHARE = "\ue000", "\ue001", "\ue002"
"""Stand for a line, an amount and a share, as often as the words are long, so that places stay."""
_UNIT = re.compile(r"\s?(?:k|grand|tsd|tausend|thousand|%|percent|per cent|prozent|mio)(?![\w])", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w.,/:-])\d{1,3}(?:[.,]\d)?(?=\s*(?:$|[.,;!?](?:\s|$)|(?:and|und|but|aber|for|für|to|please|bitte|pls|max|min)\b))"
)


def restated(text: str, vocabulary: Vocabulary) -> str:
    """Give the message with transfers as `move 5k from TV to Search` and without the amounts that are said to be replaced."""
    text = _with_units(text, vocabulary)
    mask = _mask(text, vocabulary)
    for pattern, to in _rules():
        for _ in range(3):
            match = pattern.search(mask)
            if match is None or not _same_amount(match, text):
                break
            said = {name: text[slice(*match.span(name))] for name, span in match.groupdict().items() if span is not None}
            text = text[: match.start()] + _filled(to, said) + text[match.end() :]
            mask = _mask(text, vocabulary)
    return text


def _filled(template: str, said: Mapping[str, str]) -> str:
    return re.sub(r"\\g<(\w+)>", lambda match: said.get(match[1], ""), template)


def _same_amount(match: re.Match[str], text: str) -> bool:
    """`instead of 5k in TV 8k in Meta` is no transfer; `from 20k to 30k` without a verb may be a range."""
    values = {}
    for name, span in match.groupdict().items():
        if name in ("q", "same", "was") and span is not None:
            found = find_quantities(text[slice(*match.span(name))])
            values[name] = found[0].value if found else None
    if "was" in values:
        was, now = values["was"], values.get("q")
        return was is not None and now is not None and was > now
    return "same" not in values or values["same"] == values.get("q")


def _mask(text: str, vocabulary: Vocabulary) -> str:
    mask = text
    found: list[Mention | Quantity] = [*_names(text, vocabulary), *find_quantities(text)]
    for one in found:
        sign = _NAME if isinstance(one, Mention) else _SHARE if one.is_share else _SUM
        end = one.end - (3 if text[one.start : one.end].endswith(" of") else 0)  # `half of`
        mask = mask[: one.start] + sign * (end - one.start) + mask[end:]
    return mask


def _names(text: str, vocabulary: Vocabulary) -> Sequence[Mention]:
    found = match_channels(text, vocabulary.channels, vocabulary.names)
    taken = [(m.start, m.end) for m in found]
    return [*found, *match_parts(text, (*vocabulary.channels, *vocabulary.names), taken, is_ordinary)]


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Read the rules once."""
    text = (Path(__file__).parent / "phrases" / "restating.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    parts = dict(line.split(" := ", 1) for line in lines if " := " in line)
    rules = [line.split(" => ", 1) for line in lines if " => " in line]
    return tuple((_compiled(pattern, parts), to) for pattern, to in rules)


def _compiled(pattern: str, parts: dict[str, str]) -> re.Pattern[str]:
    for _ in range(2):  # a part may hold another
        pattern = re.sub(r"OWN<(\w)>", lambda match: parts["OWN"].replace("{0}", match[1]), pattern)
        for word, part in parts.items():
            pattern = pattern if word == "OWN" else pattern.replace(word, part)
    pattern = pattern.replace("(?<!NAME", f"(?<!{_NAME}")
    for word, signs in (("NAME", _NAME), ("ANY", f"[{_SUM}{_SHARE}]"), ("SUM", _SUM), ("SHARE", _SHARE)):
        pattern = pattern.replace(word, f"{signs}+")
    return re.compile(pattern, re.IGNORECASE)


def _with_units(text: str, vocabulary: Vocabulary) -> str:
    """`95k, Search gets 40` means 40k: a small bare number after a line's name takes the unit before it, else the only one."""
    pieces, at = [], 0
    taken = [(q.start, q.end) for q in find_quantities(text) if not q.is_bare]
    units = [(end, unit[0].strip()) for start, end in taken if (unit := _UNIT.search(text, start, end))]
    names = _names(text, vocabulary)
    for match in _BARE.finditer(text):
        before = [unit for end, unit in units if end <= match.start()] or ([units[0][1]] if len({u for _, u in units}) == 1 else [])
        led = any(m.end <= match.start() and len(text[m.end : match.start()].split()) <= 3 for m in names)
        if before and led and not any(start < match.end() and match.start() < end for start, end in taken):
            pieces += [text[at : match.end()], f" {before[-1]}"]
            at = match.end()
    return "".join([*pieces, text[at:]])
