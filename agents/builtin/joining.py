"""Joins what the clauses of a message say together: trades, ratios, cuts of everything, and the months they are for."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from agents.builtin.periods import PeriodMention
from agents.builtin.said import Delta, Move, Rest, Rule, Slots, Target


def joined(slots: Slots, text: str) -> Slots:
    """Give the slots with the clauses that belong together made one."""
    return _in_their_periods(_of_everything(_with_ratio(_traded(slots, text), text)))


def handed_on(slots: Slots) -> Slots:
    """`3k less for Display, put that on Radio` is a move from the one to the other."""
    rule = slots.rules[0] if len(slots.rules) == 1 and not slots.moves else None
    one_gets = slots.rest is not None and len(slots.rest.targets) == 1
    if slots.rest is not None and one_gets and len(slots.deltas) == 1 and not (slots.rules or slots.moves or slots.totals):
        return _answered_for(slots, slots.deltas[0], slots.rest.targets[0])
    if rule is None or slots.rest is None or not one_gets or rule.kind != "down" or rule.value is None or rule.target.is_everything:
        return slots
    move = Move(rule.value, rule.is_share, rule.target, slots.rest.targets[0], rule.currency, periods=rule.periods)
    return replace(slots, rules=(), rest=None, targets=(*slots.targets, *slots.rest.targets), moves=(move,))


def _answered_for(slots: Slots, delta: Delta, target: Target) -> Slots:
    """`we found another 10k, give it to Radio` is 10k more for Radio and in all."""
    rule = Rule("up" if delta.sign > 0 else "down", target, delta.value, delta.is_share, periods=slots.periods)
    return replace(slots, rules=(rule,), deltas=(), targets=(*slots.targets, target), rest=Rest(stays=True))


def _of_everything(slots: Slots) -> Slots:
    """`take 10% from everything but TV` names nobody who gets it: the total falls, as it does when every line is cut."""
    cuts = [m for m in slots.moves if m.source is not None and m.source.is_everything and m.destination is None and not m.into]
    rules = tuple(Rule("down", m.source, m.value, m.is_share, currency=m.currency, periods=m.periods) for m in cuts if m.source)
    moves = tuple(m for m in slots.moves if m not in cuts)
    shifts = any(r.target.is_everything and r.kind in ("up", "down") for r in (*slots.rules, *rules))
    rest = Rest(stays=True) if slots.rest is None and shifts else slots.rest
    return replace(slots, rules=slots.rules + rules, moves=moves, rest=rest)


def _in_their_periods(slots: Slots) -> Slots:
    """Give every change its period: the only one of the message, else its own, else that of the change before."""
    if len(slots.periods) == 1 and not any(move.into for move in slots.moves):
        only = slots.periods
        return replace(
            slots, moves=tuple(replace(m, periods=only) for m in slots.moves), rules=tuple(replace(r, periods=only) for r in slots.rules)
        )
    last: tuple[PeriodMention, ...] = ()
    rules = []
    for rule in slots.rules:
        last = rule.periods or last
        rules.append(replace(rule, periods=last))
    last, moves = (), []
    for move in slots.moves:
        last = move.periods or last
        moves.append(replace(move, periods=last))
    return replace(slots, rules=tuple(rules), moves=tuple(moves))


_PUTS_IT = re.compile(r"\b(?:put|give|add|gib|steck\w*|leg\w*|pack\w*) (?:it|them|that|those|es|das|sie|die)\b", re.IGNORECASE)


def _traded(slots: Slots, text: str) -> Slots:
    """`5k more on Search and less Radio for it`, `6k less TV, put it in Meta` move money from the one to the other."""
    if len(slots.rules) == 1 and slots.rules[0].kind == "down" and slots.rules[0].value is not None and _PUTS_IT.search(text):
        rule = slots.rules[0]
        others = [t for t in slots.targets if t != rule.target and t.kind == "channel"]
        if len(others) == 1:
            move = Move(rule.value, rule.is_share, rule.target, others[0], rule.currency, each=slots.each)
            return replace(slots, rules=(), moves=(*slots.moves, move))
    if len(slots.rules) != 2 or {rule.kind for rule in slots.rules} != {"up", "down"}:
        return slots
    up, down = sorted(slots.rules, key=lambda rule: rule.kind, reverse=True)
    said = [rule for rule in (up, down) if rule.value is not None]
    alike = len(said) == 2 and up.value == down.value and up.periods == down.periods
    if (len(said) == 2 and not alike) or any(rule.is_share for rule in said):  # a share of which of the two, or two amounts: two changes
        return slots
    value = said[0].value if said else None
    currency = said[0].currency if said else None
    return replace(slots, rules=(), moves=(*slots.moves, Move(value, False, down.target, up.target, currency, each=slots.each)))


_RATIO = re.compile(r"(?<!\d)(\d{1,2})\s?[/:]\s?(\d{1,2})(?!\d|[/.-])")


def _with_ratio(slots: Slots, text: str) -> Slots:
    """`60/40 between Search and TV` gives two shares."""
    match = _RATIO.search(text)
    channels = [t for t in dict.fromkeys(slots.targets) if t.kind == "channel"]
    if match is None or len(channels) != 2 or int(match[1]) + int(match[2]) != 100:
        return slots
    rules = tuple(Rule("lock", t, Decimal(p) / 100, True) for t, p in zip(channels, match.groups(), strict=True))
    return replace(slots, rules=slots.rules + rules)
