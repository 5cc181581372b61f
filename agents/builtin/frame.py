"""What a message asks for, with what was said before: intents, slots, and what is still missing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from agents.builtin.expanding import written_out
from agents.builtin.groups import listed
from agents.builtin.intents import IntentModel
from agents.builtin.joining import handed_on
from agents.builtin.lexicon import find_plan_names, without_overlaps
from agents.builtin.meaning import FILLERS, by_grammar
from agents.builtin.periods import PeriodMention
from agents.builtin.ranking import Ranking, named, rank_question, resolved
from agents.builtin.rest import read_rest
from agents.builtin.restating import restated
from agents.builtin.said import Delta, Move, Rule, Slots, Target
from agents.builtin.shorthand import spelled_out
from agents.builtin.slots import read_slots
from agents.builtin.table import Table
from agents.builtin.wholly import related, written_wholly
from agents.builtin.wording import language_of
from core.model.money import to_major
from core.planning.channels import plain

_SEGMENTS = re.compile(
    r"(?<=[?!;:])\s+|(?<=\w)\.\s+|,\s*(?:and|und|but|aber|then|dann)?\s*(?=(?:what|how|why|which|was|wie|warum|welche|"
    r"show|zeig|save|speicher|write|schreib)\b)"
    r"|\s+(?:and|und|then|dann)\s+(?=(?:then|what|how|why|tell|show|save|write|compare|was|wie|warum|dann|zeig|speicher|"
    r"schreib|vergleich|explain|erklär)\w*\b)",
    re.IGNORECASE,
)
_SURE = 0.22
_ALSO = frozenset(re.findall(r"\w+", "what how about on of was ist mit wie auf bei von zu then dann also auch now jetzt"))
_IN_PROPORTION = re.compile(
    r",?\s*(?:while |and |und |but )?\b(?:keep(?:ing)? (?:all |everything )?(?:in )?(?:the )?(?:same |current |existing )?"
    r"(?:proportions?|ratios?|shares|mix|relations?)(?: (?:the same|constant|as (?:they are|is|it is)|unchanged|fixed))?|"
    r"(?:in|with|by) the (?:same|current|existing) (?:proportions?|ratios?|shares|mix)|proportionally|proportionately|pro rata|"
    r"(?:im|in) (?:gleichen|selben|demselben|jetzigen) verhältnis(?:sen)?|bei gleiche[nrm] (?:verhältnis(?:sen)?|anteilen|"
    r"verteilung|mix)|"
    r"mit (?:den )?gleichen anteilen|anteilig|verhältnisse? (?:soll\w* )?(?:bleiben|beibehalten|gleich))\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:average|mean|schnitt|durchschnitt\w*|im plan|in the plan|unser\w*|our|wir zahlen|we pay|the plan['’]?s?|des plans)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"benchmark|industry|branch|market|markt|typical|typisch|üblich|usual|normal|published|compare|vergleich|versus|than|als", re.IGNORECASE
)
_LOOKS_UP = re.compile(
    r"^\W*(?:(?:and|und|what is|was ist|how (?:high|big|large) is|wie (?:hoch|groß) ist) )*(?:the |der |den )?(?:share|"
    r"percentage|anteil|prozentsatz)\b|"
    r"\bwhat (?:share|percentage|part|proportion)\b|\bwelche[nr]? anteil\b",
    re.IGNORECASE,
)
_LIFTS = re.compile(
    r"\b(?:anyway|regardless|nevertheless|(?:lift|ignore|drop|override) (?:the|that|this|all|any) (?:limits?|locks?|"
    r"caps?|rules?|wish(?:es)?)|trotzdem|dennoch|"
    r"(?:hebe?|ignorier\w*) (?:das|die|den|alle) (?:limits?|sperren?|grenzen?|deckel)\b|egal)\b",
    re.IGNORECASE,
)
_WITHOUT = re.compile(
    r"\W*(?:ja |yes |mach (?:es )?|do it )?(?:without(?: it| that)?|ohne(?: das)?|go ahead|mach (?:einfach|weiter))\W*", re.IGNORECASE
)
_OF_THE_WHOLE = re.compile(r"\b(?:total|overall|altogether|in all|budget|etat|gesamt\w*|insgesamt)\b", re.IGNORECASE)
_NAMES_ANSWER = ("channel", "source", "destination", "ambiguous", "alike")
"""Questions that a name alone answers."""
_MEANT = re.compile(
    r"\W*(?:(?:no|nein|nee|nö|sorry|wait|halt|moment|actually|oh|ah|ach|ok|okay|hm+|oops|ups|i meant?|ich meinte?|make (?:it|"
    r"that)|mach\w*|doch|lieber|rather|"
    r"better|besser|just|nur|eher|instead|stattdessen|then|dann|das|draus|daraus|it|that|please|bitte|let['’]?s (?:say|do)|"
    r"sagen wir|nehmen wir|only)\W+)+",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\W*(?:(?:and|und|then|dann|ok|please|bitte)\W+)*(?:another|once more|again|noch ?mal(?:s)?|noch einmal|"
    r"weitere)\s+\S+(?:\s\S+)?\W*(?:more|again|please|bitte|mehr)?\W*$",
    re.I,
)
_ASIDES = ("greeting", "yes", "no", "help")


@dataclass(frozen=True, slots=True)
class Memory:
    """What the model keeps from its last answer, inside that message.

    Attributes:
        pending: the slot that was asked for (`total`, `channel`, `source`, `destination`, `amount`, `file`) and the message it was for.
        offer: what a plain yes would do.
        role: what the last amount stood for: {"kind": "total"}, {"kind": "lock", "channel": ...} or {"kind": "change", "text": ...,
            "before": the amounts by channel that stood before it}.
        channels: named last, for `it` and `that`.
        looked: what was looked up last, for `and Meta?`.
    """

    language: str = "en"
    pending: Mapping[str, Any] = field(default_factory=dict)
    offer: str = ""
    role: Mapping[str, Any] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    looked: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A message understood.

    Attributes:
        intents: in the order of the message, likeliest reading of each part.
        confidence: of the whole message's reading, 0-1.
        written: the message with abbreviations and superlatives written out; positions in the slots refer to it.
        ranking: the question for the largest or smallest of a kind.
        alike: names that `the biggest channel` fits alike.
        lift: the person said that limits and locks in the way may go.
        quiet: the message with any line for those of the plan whose names are several words: what a name says asks for nothing.
        covered: the person agreed to go on without what was not understood, or gave an amount anew.
        redo: the change before was meant with another amount; it is taken back first.
    """

    text: str
    language: str
    intents: tuple[str, ...]
    slots: Slots
    confidence: float
    memory: Memory
    written: str = ""
    ranking: Ranking | None = None
    alike: tuple[str, ...] = ()
    lift: bool = False
    covered: bool = False
    redo: bool = False
    quiet: str = ""

    def asks_for(self, *intents: str) -> bool:
        return any(intent in intents for intent in self.intents)


def understand(text: str, table: Table, memory: Memory | None, model: IntentModel) -> Frame:
    """Read a message; a reply to a question is completed with what the question was about."""
    before = memory if memory is not None else Memory(language=table.locale)
    language = language_of(text, before.language)
    spelled = written_wholly(spelled_out(text, table.channels), table.vocabulary, answers=before.pending.get("slot") in _NAMES_ANSWER)
    spelled = restated(written_out(related(spelled, table), table.vocabulary), table.vocabulary)
    ranking = rank_question(spelled)
    written, alike = (spelled, ()) if ranking is not None else resolved(spelled, table)
    written, slots = _read(written, table)
    slots = listed(slots, table)
    names = (*table.channels, *table.names)
    quiet = _without_names(written, names)
    whole, confidence = model.best(quiet, names)
    intents, slots = by_grammar(_intents(quiet, names, model, whole, confidence), slots, quiet)
    if before.looked and _is_only_a_name(written, slots):
        intents = (before.looked,)
    if ranking is not None or (not _changes(slots) and (_LOOKS_UP.search(written) or _asks_own_rate(written, slots))):
        intents = ("budget_info",)
    lift = _LIFTS.search(quiet) is not None
    frame = Frame(text, language, intents, slots, confidence, before, written, ranking, alike, lift, quiet=quiet)
    if before.pending:
        frame = _completed(frame, table, model)
    if before.role.get("kind") == "change" and frame.text == text and (_is_only_an_amount(frame) or _AGAIN.match(text)):
        return _redone(frame, table, model)
    return _corrected(frame)


def _without_names(text: str, names: Sequence[str]) -> str:
    for mention in reversed(without_overlaps(find_plan_names(text, [name for name in names if len(name.split()) > 1]))):
        text = f"{text[: mention.start]}Search{text[mention.end :]}"
    return text


def _read(written: str, table: Table) -> tuple[str, Slots]:
    """Read the slots; what is said of all the other lines is taken out of the text first, where there is a change that it can be about."""
    proportional = _IN_PROPORTION.search(written)
    text = written if proportional is None else _IN_PROPORTION.sub(" ", written)
    shorter, rest = read_rest(text, table.vocabulary)
    if rest is not None:
        slots = read_slots(shorter, table.vocabulary)
        whole = all(move.source is not None and move.destination is not None for move in slots.moves)
        if whole and (slots.rules or slots.moves or slots.deltas):
            return shorter, handed_on(replace(slots, rest=rest))
    slots = read_slots(written if proportional is None else text, table.vocabulary)
    return written, replace(slots, in_proportion=proportional is not None)


def _asks_own_rate(text: str, slots: Slots) -> bool:
    """Tell a question for the plan's own average price or rate from one for what is usual elsewhere."""
    rates = {"ctr", "cvr", "cpc", "cpm", "cpa"} & {*slots.kpis}
    return bool(rates) and _OWN.search(text) is not None and _ELSEWHERE.search(text) is None


def _changes(slots: Slots) -> bool:
    return bool(slots.totals or slots.rules or slots.moves or slots.deltas or slots.orphans or slots.swaps or slots.rounding)


def _intents(text: str, names: Sequence[str], model: IntentModel, whole: str, confidence: float) -> tuple[str, ...]:
    parts = [p for p in _SEGMENTS.split(text) if p and len(p.split()) > 1]
    found = [model.best(part, names) for part in parts] if len(parts) > 1 else []
    named = [intent for intent, odds in found if odds >= _SURE and intent not in _ASIDES]
    if whole in named and confidence >= 0.5:
        named.sort(key=lambda intent: intent != whole)
    if confidence >= _SURE and whole not in named and (not named or whole not in ("out_of_scope", *_ASIDES)):
        named.insert(0, whole)
    return tuple(dict.fromkeys(named)) or ((whole,) if confidence >= _SURE / 2 else ())


def _is_only_a_name(text: str, slots: Slots) -> bool:
    """Tell `and Meta?` or `und im Februar?`: the same question about something else."""
    if not (slots.targets or slots.periods) or slots.totals or slots.rules or slots.deltas or slots.moves or slots.shares:
        return False
    names = {word for target in slots.targets for name in target.names for word in re.findall(r"[^\W\d_]+", name.lower())}
    said = "".join(" " if any(p.start <= n < p.end for p in slots.periods) else ch for n, ch in enumerate(text.lower()))
    return set(re.findall(r"[^\W\d_]+", said)) <= FILLERS | _ALSO | names


def _completed(frame: Frame, table: Table, model: IntentModel) -> Frame:
    """Put the answer to our question into the request it was asked for."""
    pending, slots = frame.memory.pending, frame.slots
    slot = pending["slot"]
    agreed = not _changes(slots) and (frame.intents[:1] == ("yes",) or (slot == "coverage" and _WITHOUT.fullmatch(frame.text) is not None))
    if slot in ("lift", "coverage", "short", "whole_period") and (agreed or (frame.lift and slot == "lift")):
        return _agreed(_earlier(frame, table, model), slot, pending, table)
    if slot == "tried":
        return _in_earnest(_earlier(frame, table, model)) if agreed else frame
    if slot == "short" and slots.totals and not slots.rules and not slots.moves:
        return _with_moved(_earlier(frame, table, model), slots.totals[0])
    if slot in ("ambiguous", "alike"):
        return _chosen(frame, table, model)
    if slot == "total" and (slots.totals or slots.bare) and not slots.rules:
        earlier = _earlier(frame, table, model)
        return replace(
            earlier,
            covered=True,
            slots=replace(
                earlier.slots, totals=slots.totals or slots.bare, periods=slots.periods or earlier.slots.periods, currency=slots.currency
            ),
        )
    if slot == "period" and slots.periods and not slots.totals and not slots.rules:
        earlier = _earlier(frame, table, model)
        return replace(earlier, slots=replace(earlier.slots, periods=slots.periods))
    if slot == "lift" and slots.periods and not _changes(slots):  # `and in March only?` is still about the change
        return _in_periods(_earlier(frame, table, model), slots.periods)
    alone = not (slots.totals or slots.rules or slots.moves or slots.deltas)
    if slot in ("channel", "source", "destination") and slots.targets and alone:
        return _with_target(_earlier(frame, table, model), slot, slots.targets[0])
    if slot == "alternative" and any(plain(name) in plain(frame.text) for name in table.alternatives):
        earlier = _earlier(frame, table, model)
        return replace(earlier, text=f"{frame.text} {earlier.text}")
    if slot == "amount" and (slots.totals or slots.shares) and not slots.rules and not _OF_THE_WHOLE.search(frame.written):
        return _with_amount(_earlier(frame, table, model), slots)
    return frame


def _is_only_an_amount(frame: Frame) -> bool:
    """Tell `actually make that 8k` after a change."""
    slots = frame.slots
    other = slots.rules or slots.moves or slots.deltas or slots.targets or slots.periods or slots.swaps or slots.kpis
    return len(slots.totals) + len(slots.shares) == 1 and not other and _MEANT.match(frame.text) is not None


def _redone(frame: Frame, table: Table, model: IntentModel) -> Frame:
    """Read the change before again with the amount that was meant, or once more with another one."""
    role, said = frame.memory.role, frame.slots
    again = [delta for delta in said.deltas if not delta.is_share]
    earlier = understand(str(role["text"]), table, replace(frame.memory, pending={}, role={}), model)
    slots = earlier.slots
    changed = [move.value for move in slots.moves] + [rule.value for rule in slots.rules if rule.kind in ("up", "down")]
    if len(changed) != 1 or changed[0] is None or not (said.totals or said.shares or again):
        return frame
    value, is_share = (again[0].value, False) if again else (said.totals[0], False) if said.totals else (said.shares[0], True)
    moves = tuple(replace(move, value=value, is_share=is_share) for move in slots.moves)
    rules = tuple(replace(r, value=value, is_share=is_share) if r.kind in ("up", "down") else r for r in slots.rules)
    happened = not again and dict(table.amounts) != dict(role.get("before", {}))
    return replace(earlier, language=frame.language, slots=replace(slots, moves=moves, rules=rules), redo=happened, covered=True)


def _in_earnest(earlier: Frame) -> Frame:
    """Do what was only tried."""
    slots = earlier.slots
    relative = slots.moves or any(rule.kind in ("up", "down") for rule in slots.rules)
    intent = "move_budget" if relative else "plan_budget" if slots.totals else "adjust_total" if slots.deltas else "set_constraint"
    return replace(earlier, intents=(intent,), covered=True, slots=replace(slots, what_if=False))


def _in_periods(earlier: Frame, periods: tuple[PeriodMention, ...]) -> Frame:
    slots = earlier.slots
    moves = tuple(replace(move, periods=periods) for move in slots.moves)
    rules = tuple(replace(rule, periods=periods) for rule in slots.rules)
    return replace(earlier, slots=replace(slots, moves=moves, rules=rules, periods=periods))


def _earlier(frame: Frame, table: Table, model: IntentModel) -> Frame:
    text = str(frame.memory.pending.get("text", ""))
    earlier = understand(text, table, replace(frame.memory, pending={}), model)
    return replace(earlier, language=frame.language)


def _agreed(earlier: Frame, slot: str, pending: Mapping[str, Any], table: Table) -> Frame:
    """Do what was asked back for, now that the person agrees."""
    if slot == "short":
        return _with_moved(earlier, to_major(int(pending["minor"]), table.currency))
    if slot == "whole_period":
        rules = tuple(replace(rule, periods=()) for rule in earlier.slots.rules)
        return replace(earlier, slots=replace(earlier.slots, rules=rules, periods=()))
    if slot == "lift":
        return replace(earlier, lift=True)
    return replace(earlier, covered=True, slots=replace(earlier.slots, unknown=()))


def _with_moved(earlier: Frame, value: Decimal) -> Frame:
    moves = tuple(replace(move, value=value, is_share=False) for move in earlier.slots.moves)
    rules = tuple(replace(r, value=value, is_share=False) if r.kind in ("up", "down") else r for r in earlier.slots.rules)
    return replace(earlier, covered=True, slots=replace(earlier.slots, moves=moves, rules=rules))


def _chosen(frame: Frame, table: Table, model: IntentModel) -> Frame:
    """Read the earlier request again with the name that was chosen among several."""
    pending = frame.memory.pending
    options = [str(option) for option in pending.get("options", ())]
    reply = plain(frame.text)
    fits = [o for o in options if plain(o) in reply] or [o for o in options if plain(o.rpartition(" (")[2].rstrip(")")) in reply]
    if len(fits) != 1:
        return frame
    text = str(pending.get("text", ""))
    text = (
        named(text, fits[0]) if pending["slot"] == "alike" else re.sub(re.escape(str(pending["word"])), fits[0], text, flags=re.IGNORECASE)
    )
    return _earlier(replace(frame, memory=replace(frame.memory, pending=dict(pending) | {"text": text})), table, model)


def _with_target(frame: Frame, slot: str, target: Target) -> Frame:
    slots = frame.slots
    if slot == "channel":
        rules = tuple(replace(rule, target=target) for rule in slots.orphans)
        known = tuple(r if r.target.known else replace(r, target=target) for r in slots.rules)
        return replace(frame, slots=replace(slots, rules=known + rules, orphans=()))
    side = {"source": target} if slot == "source" else {"destination": target}
    return replace(frame, slots=replace(slots, moves=tuple(_filled(move, side) for move in slots.moves)))


def _filled(move: Move, side: Mapping[str, Target]) -> Move:
    return replace(move, source=move.source or side.get("source"), destination=move.destination or side.get("destination"))


def _with_amount(frame: Frame, said: Slots) -> Frame:
    value, is_share = (said.totals[0], False) if said.totals else (said.shares[0], True)
    moves = tuple(replace(m, value=value, is_share=is_share) if m.value is None else m for m in frame.slots.moves)
    rules = tuple(
        replace(r, value=value, is_share=is_share) if r.value is None and r.kind in ("up", "down") else r for r in frame.slots.rules
    )
    deltas = frame.slots.deltas or (() if frame.slots.moves or rules else (Delta(value, is_share, 1),))
    return replace(frame, slots=replace(frame.slots, moves=moves, rules=rules, deltas=deltas))


def _corrected(frame: Frame) -> Frame:
    """`no, 200k` corrects the amount that was given last; `lock it at 20k` means the channel named last."""
    role, slots = frame.memory.role, frame.slots
    starts_with_no = re.match(r"\s*(?:no|nein|nee|sorry|actually|ich meinte|i meant|doch|lieber)\b", frame.text, re.IGNORECASE)
    if starts_with_no and role.get("kind") in ("lock", "min", "max") and slots.totals and not slots.rules:
        rule = Rule(str(role["kind"]), Target("channel", (str(role["channel"]),)), slots.totals[0])
        return replace(frame, intents=("set_constraint",), slots=replace(slots, rules=(rule,), totals=()))
    if (
        slots.orphans
        and len(frame.memory.channels) == 1
        and re.search(r"\b(?:it|that|this|ihn|sie|es|das|den)\b", frame.text, re.IGNORECASE)
    ):
        target = Target("channel", frame.memory.channels)
        return replace(frame, slots=replace(slots, rules=slots.rules + tuple(replace(r, target=target) for r in slots.orphans), orphans=()))
    return frame


def channels_of(targets: Sequence[Target]) -> list[str]:
    """Give the plan's own names among targets, each once."""
    return list(
        dict.fromkeys(
            name for target in targets if target.kind == "channel" and target.known and not target.is_everything for name in target.names
        )
    )


def share_or_amount(value: Decimal | None, is_share: bool, table: Table) -> dict[str, Any]:
    """Give tool arguments for a value: `share` or `amount_minor`."""
    if value is None:
        return {}
    return {"share": float(value)} if is_share else {"amount_minor": table.minor(value)}
