"""Lets what was said of amounts decide what a message asks for, where the wording alone does not tell."""

from __future__ import annotations

import re
from dataclasses import replace

from agents.builtin.said import NOBODY, Move, Rule, Slots
from agents.builtin.wording import find_words

_BUDGETING = ("plan_budget", "optimize", "adjust_total", "set_constraint", "move_budget")
_LOOKING = (
    "explain",
    "predict",
    "performance",
    "trends",
    "anomalies",
    "benchmarks",
    "budget_info",
    "read_plan",
    "what_changed",
    "patterns",
)
_WHY = re.compile(
    r"\s*(?:and |und |but |aber )?(?:why|how come|how (?:do|did) you (?:get|arrive|come)|"
    r"wie komm\w* (?:du|sie|ihr|man) (?:auf|dazu|zu)|warum|weshalb|wieso|reasons? (?:for|why)|what is the reason|grund für)\b",
    re.IGNORECASE,
)
FILLERS = frozenset(re.findall(r"\w+", "only just nur bloß and und or oder please bitte for für in im the den make it mach es das"))
_CAMPAIGNS = re.compile(r"\b(?:campaigns?|kampagnen?|ads?|anzeigen?|creatives?|bids?|gebote?)\b", re.IGNORECASE)
_HOLDS = re.compile(
    r"\s*(?:please |bitte |and |und )*(?:lock|freeze|fix|hold|cap|limit|stop|pause|drop|kill|remove|cancel|exclude|sperr\w*|"
    r"fixier\w*|deckel\w*|begrenz\w*|streich\w*|stopp\w*|"
    r"entfern\w*|pausier\w*)\b",
    re.IGNORECASE,
)
_ASKS_FOR_PLAN = re.compile(r"\bhow (?:would|should|do) (?:you|i|we) (?:use|split|spend|plan|allocate|distribute|divide)\b", re.IGNORECASE)
_ASKS = re.compile(r"\?|^\W*(?:how|what|which|why|is|are|does|do|did|wie|was|welche\w*|warum|ist|sind|hat|haben|liegt)\b", re.IGNORECASE)
_BACK = re.compile(r"\b(?:undo|back|revert|restore|zurück\w*|rückgängig|wieder)\b", re.IGNORECASE)


def by_grammar(intents: tuple[str, ...], slots: Slots, text: str) -> tuple[tuple[str, ...], Slots]:
    """Let what was said of amounts decide among the kinds of budget request, which share words; a mere `lock it` lacks its channel."""
    first, rest = (intents[0], intents[1:]) if intents else ("", ())
    relative = bool(slots.rules) and all(rule.kind in ("up", "down") for rule in slots.rules)
    if first == "set_constraint" and not (
        slots.rules or slots.orphans or slots.totals or slots.moves or slots.deltas or slots.targets or slots.swaps
    ):
        mode = next((word.role for word in find_words(text) if word.role in ("lock", "unlock", "remove")), None)
        return intents, slots if mode is None else replace(slots, orphans=(Rule(mode, NOBODY),))
    if (
        intents
        and not _HOLDS.match(text)
        and not {*_BUDGETING, "what_if", "compare"} & {*intents}
        and all(rule.value is None for rule in slots.rules)
        and first in _LOOKING
        and not slots.what_if
    ):
        return intents, replace(slots, rules=())  # `why is TV locked` locks nothing
    if first in _LOOKING and not slots.what_if and _holds(slots, text):
        first = "set_constraint"
    if _WHY.match(text) and not slots.totals and not slots.what_if:
        return ("explain", *(one for one in intents if one not in ("explain", *_BUDGETING))), replace(slots, rules=(), moves=())
    if _is_only_a_period(text, slots):
        return ("plan_budget",), slots
    tried = slots.what_if and (slots.rules or slots.deltas or slots.moves) and not slots.totals
    if tried and not {"what_if", "compare", "predict", "explain"} & {*intents}:
        return ("what_if", *rest), slots
    first = _as_said(_meant(first, slots, text), slots, text)
    is_ours = first in ("", "compare", *_BUDGETING) or (first == "out_of_scope" and not _CAMPAIGNS.search(text))
    if is_ours and not (first == "compare" and len(slots.totals) > 1):
        if slots.swaps or (slots.rounding is not None and not slots.totals) or any(_is_whole(move) for move in slots.moves):
            first = "move_budget"
        elif slots.rules and slots.totals:
            first = first if first in ("plan_budget", "optimize", "adjust_total") else "plan_budget"
        elif relative:
            first = "move_budget"
        elif slots.rules and first != "optimize" and not (first == "plan_budget" and slots.periods):
            first = "set_constraint"
    return ((first, *(one for one in rest if one != first)) if first else ()), slots


def _holds(slots: Slots, text: str) -> bool:
    """Tell a wish that a line is held or bounded from a question about it."""
    bound = any(rule.kind in ("min", "max") and rule.value is not None for rule in slots.rules)
    return (bound and not _ASKS.search(text)) or bool(slots.rules and _HOLDS.match(text))


def _meant(first: str, slots: Slots, text: str) -> str:
    """Let a complete change be one, whatever else its wording sounds like."""
    moves = slots.swaps or slots.rounding or any(_is_whole(move) for move in slots.moves)
    if moves and first not in ("what_if", "compare", "explain", *_BUDGETING):
        return "move_budget"
    return "set_constraint" if first == "undo" and slots.rules and not _BACK.search(text) else first  # `forget Display`


def _as_said(first: str, slots: Slots, text: str) -> str:
    """Let a mere change of the whole be one, and an amount for a plan a plan."""
    if slots.rules or slots.moves or slots.swaps:
        return "plan_budget" if first == "what_if" and slots.totals and _ASKS_FOR_PLAN.search(text) else first
    if first == "plan_budget" and slots.deltas and not slots.totals:
        return "adjust_total"
    return "plan_budget" if first == "set_constraint" and slots.totals else first


def _is_whole(move: Move) -> bool:
    return bool((move.source and move.destination) or (move.into and move.is_share))


def _is_only_a_period(text: str, slots: Slots) -> bool:
    """Tell `only Jan and Feb please`: another time for the same plan."""
    if not slots.periods or slots.totals or slots.rules or slots.targets or slots.deltas or slots.kpis:
        return False
    said = "".join(" " if any(p.start <= n < p.end for p in slots.periods) else ch for n, ch in enumerate(text.lower()))
    return bool(re.search(r"\b(?:only|just|nur|bloß)\b", said)) and set(re.findall(r"[^\W\d_]+", said)) <= FILLERS
