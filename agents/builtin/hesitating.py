"""Finds what has to be asked about a request before it is carried out: words, conditions and amounts that no rule is sure of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.builtin.asking import Decision
from agents.builtin.doubts import doubts
from agents.builtin.frame import Frame
from agents.builtin.lookups import Step
from agents.builtin.phrasing import figure, say
from agents.builtin.rest import PASSES_ON
from agents.builtin.table import Table
from agents.builtin.unheard import changes, unheard
from agents.builtin.wording import find_words
from agents.facts import money

_SPLITTING = ("calculate_distribution", "optimize_budget_allocation")
_DENIES = re.compile(r"(?:not|nicht|never|nie(?:mals)?|neither|nor|weder|\w+n['’]t)", re.IGNORECASE)
"""Words without which a request is another one: nobody is asked to go on without them."""
_TO_SHARE = re.compile(
    r"\b(?:to|auf|at|bei|only|nur|just|use|nimm)\s+(?:about |etwa )?(?:\d|half|a |die |ein|two|three|zwei|drei)|"
    r"(?:half|hälfte|third|drittel|quarters?|viertel|%|percent|prozent)\s+(?:of |des |vom |von |davon|the |it\b|that\b)",
    re.IGNORECASE,
)
"""`down to 80%`: what remains, where a share alone does not say whether it comes or goes."""
_REST_GETS_NOTHING = re.compile(
    r"\b(?:the rest|the others|everything else|der rest|alles andere|die anderen|alle anderen) "
    r"(?:gets?|kriegt|bekommt|erhält|kriegen|bekommen) (?:nothing|nichts|no money|zero)\b",
    re.IGNORECASE,
)
_CAPS_ALL = re.compile(r"\b(?:cap|limit|deckel\w*|begrenz\w*) (?:it|them|that|everything|all|es|das|sie|alles|ihn)\b", re.IGNORECASE)
_PART = 0.15
"""A total below this share of what stands is asked about."""
_WHOLE = re.compile(
    r"\b(?:total|overall|budget|etat|gesamt\w*|insgesamt|split|plan\w*|spend|distribut\w*|allocat\w*|verteil\w*|aufteil\w*)\b", re.I
)
_CONDITION = re.compile(
    r"\b(?:(?:only if|unless|as long as|solange|sobald|as soon as|once|provided|es sei denn|nur wenn|außer wenn|ausser wenn)\b|"
    r"(?:if|wenn|falls|in case)\b(?! (?:possible|needed|necessary|you can|u can|möglich|nötig|du kannst|es geht|not)\b))[^,.;!?]*",
    re.IGNORECASE,
)


def asked_before(frame: Frame, table: Table, steps: Sequence[Step]) -> Decision | None:
    """Give the question to put instead of the steps; None where they do just what was said."""
    if not changes(steps):
        return None
    decision, text = Decision(frame.language, frame.text), frame.text
    unclear = frame.slots.unknown or _unread(frame, steps)
    left = () if unclear or frame.covered else tuple(unheard(frame, table, steps))
    condition = None if unclear or left or frame.covered else _condition(frame)
    unsure = () if unclear or left or condition or frame.covered else tuple(doubts(frame, table, steps))
    if unsure or any(_DENIES.fullmatch(word) for word in unclear):
        decision.asks.append(say(frame.language, "not_sure", words=_quoted(unsure or unclear)))
    elif condition is not None:
        decision.ask("no_condition", "coverage", text.replace(condition, " "), words=_quoted([condition.strip()]))
    elif unclear or left:
        decision.ask("not_covered", "coverage", text, words=_quoted(unclear or left))
    elif _too_small(frame, table, steps):
        amount = figure(money(table.minor(frame.slots.totals[0]), table.currency, "you"), frame.language)
        decision.ask("small_total", "coverage", text, amount=amount)
    return decision if decision.asks else None


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _too_small(frame: Frame, table: Table, steps: Sequence[Step]) -> bool:
    """Tell an amount that was taken for the whole budget though it is but a part of what stands, and nothing calls it the whole."""
    slots, standing = frame.slots, table.total_minor
    if frame.covered or not slots.totals or standing is None or slots.periods or slots.per_month or _WHOLE.search(frame.written):
        return False
    return any(step.tool in _SPLITTING for step in steps) and table.minor(slots.totals[0]) < _PART * standing


def _condition(frame: Frame) -> str | None:
    """Give what a change is to depend on: nothing here waits for something to come true."""
    tries = frame.asks_for("what_if", "compare") or frame.slots.what_if
    found = None if tries or _CONDITION.search(frame.quiet) is None else _CONDITION.search(frame.text)
    if found is None or (frame.slots.totals and re.search(r"\d", found[0])):  # `155k, wenn TV bei 60k bleibt` is a wish
        return None
    alone = re.fullmatch(r"\W*(?:and|und|but|aber|so|also|what|was)?\W*", frame.text[: found.start()], re.IGNORECASE)
    bare = not (frame.slots.rules or frame.slots.moves) or frame.text.rstrip().endswith("?")
    return None if bare and alone and not frame.text[found.end() :].strip(" ?!.") else found[0]  # `and if it is 20% more?`


def _unread(frame: Frame, steps: Sequence[Step]) -> tuple[str, ...]:
    """Give words that would be planned wrongly: money of a line that goes, for nobody who was understood; one amount for many lines."""
    slots = frame.slots
    passes = PASSES_ON.search(frame.written)
    if passes is not None and any(r.kind == "remove" for r in slots.rules) and slots.rest is None and not slots.moves:
        return (passes[0],)
    moving = [frame.written[w.start : w.end] for w in find_words(frame.written) if w.role == "move"]
    if moving and not (slots.moves or slots.rules or slots.totals or slots.deltas) and any(step.tool in _SPLITTING for step in steps):
        return (moving[0],)  # whatever is to be moved, a split of the whole is not it
    nothing = _REST_GETS_NOTHING.search(frame.written)
    if nothing is not None:
        return (nothing[0],)
    capped = _CAPS_ALL.search(frame.written)
    if capped is not None and slots.totals and not slots.rules:
        return (capped[0],)  # each line, or all together?
    if slots.shares and not (slots.totals or slots.rules or slots.moves or slots.deltas) and not _TO_SHARE.search(frame.written):
        return (say(frame.language, "a_share"),)
    many = any(rule.kind == "lock" and rule.value is not None and rule.target.of_many for rule in slots.rules)
    return (say(frame.language, "every_line"),) if many and not slots.each else ()
