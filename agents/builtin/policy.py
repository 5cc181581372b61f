"""Decides what to do about a message: which specialist runs which tools with which arguments, and what to ask back."""

from __future__ import annotations

import re
from typing import Any

from agents.builtin.adjusting import adjustments, settings, tried, whole_part, whole_shift
from agents.builtin.asking import Decision, ask_alternative, ask_what_is_missing, ask_which
from agents.builtin.coverage import is_foreign
from agents.builtin.doubts import remarks
from agents.builtin.frame import Frame, channels_of, share_or_amount
from agents.builtin.groups import each_of
from agents.builtin.hesitating import asked_before
from agents.builtin.lookups import PLANNING, Step, lookups
from agents.builtin.phrasing import say
from agents.builtin.said import Move, Rule
from agents.builtin.table import Table
from agents.builtin.unheard import changes, unheard

_MOSTLY = 0.6
"""What `mostly Germany` is taken for; the answer says so."""


_SPLITS = re.compile(r"\b(?:split|plan\w*|distribut\w*|allocat\w*|verteil\w*|(?:auf)?teil\w*|optimi\w*)\b", re.IGNORECASE)


def decide(frame: Frame, table: Table) -> Decision:
    """Decide about a message; never guesses what was not said without telling so."""
    decision = Decision(frame.language, frame.text, channels=tuple(channels_of(frame.slots.targets)))
    if is_foreign(frame.written, frame.slots.unknown) and not frame.asks_for("find_plan", "search_knowledge"):
        decision.says.append(say(frame.language, "foreign", words=", ".join(f"“{word}”" for word in frame.slots.unknown[:5])))
        return decision
    if _social(frame, table, decision):
        return decision
    if table.file is None and not frame.asks_for("find_plan", "search_knowledge"):
        _without_plan(frame, table, decision)
        return decision
    if ask_alternative(frame, table, decision) or ask_which(frame, table, decision) or ask_what_is_missing(frame, table, decision):
        return decision
    decision.steps += lookups(frame, table)
    decision.looked = frame.intents[0] if decision.steps else ""
    _budgeting(frame, table, decision)
    question = asked_before(frame, table, decision.steps)
    if question is not None:
        return question
    left = [*unheard(frame, table, decision.steps), *(remarks(frame) if changes(decision.steps) else [])]
    decision.says += [say(frame.language, "not_considered", what=", ".join(left))] if left else []
    _afterwards(frame, table, decision)
    if not decision.steps and not decision.says and not decision.asks:
        _did_not_understand(frame, table, decision)
    return decision


def _social(frame: Frame, table: Table, decision: Decision) -> bool:
    """Answer what needs no tool: greetings, help, approvals, things outside of what it can do, yes and no."""
    slots = frame.slots
    has_request = bool(slots.totals or slots.rules or slots.moves or slots.deltas or slots.swaps or slots.rounding)
    first = frame.intents[0] if frame.intents else ""
    if first in ("yes", "no") and not has_request:
        _yes_or_no(first, frame, decision)
        return True
    if has_request and first not in ("out_of_scope", "approve"):
        return False
    if first in ("greeting", "help", "approve", "out_of_scope") and len(frame.intents) == 1:
        examples = say(frame.language, "examples_plan" if table.file is not None else "examples_none", file=table.file or "")
        decision.says.append(say(frame.language, first, model=table.model, examples=examples))
        return True
    return False


def _yes_or_no(answer: str, frame: Frame, decision: Decision) -> None:
    offer = frame.memory.offer
    if answer == "yes" and offer == "save_draft":
        decision.steps.append(Step("planning", "save_draft"))
        decision.offer = "write_back"
    elif answer == "yes" and offer == "write_back":
        decision.steps.append(Step("planning", "propose_write_back"))
    elif answer == "no":
        decision.says.append(say(frame.language, "no"))
    else:
        decision.says.append(say(frame.language, "yes_kept" if frame.memory.pending else "yes_nothing"))


def _without_plan(frame: Frame, table: Table, decision: Decision) -> None:
    """Nothing can be planned without a plan: name those that there are."""
    if table.unreadable:
        decision.says.append(table.unreadable)
    if table.plans and not table.unreadable:
        decision.ask("which_plan", "file", frame.text, plans=", ".join(table.plans[:5]))
    else:
        decision.ask("no_plan", "file", frame.text)


def _budgeting(frame: Frame, table: Table, decision: Decision) -> None:
    """Add wishes, splits, moves and scenarios."""
    slots = frame.slots
    comparing = frame.asks_for("compare") and (len(slots.totals) > 1 or not slots.totals)
    trying = frame.asks_for("what_if") or slots.what_if
    planning = _wants_split(frame, table, comparing=comparing, trying=trying)
    relative = [r for r in slots.rules if r.kind in ("up", "down")]
    held = [r for r in slots.rules if r not in relative]
    wishes = [c for r in held for c in _constraints(r, table)]
    if any(r.kind == "emphasis" and r.target.known for r in slots.rules):
        decision.says.append(say(frame.language, "mostly"))
    if trying and (slots.swaps or slots.rounding is not None or any(r.target.is_everything for r in relative)):
        decision.says.append(say(frame.language, "not_tried"))
        return
    if trying and not planning:
        if comparing or slots.deltas or wishes or relative or slots.totals or slots.moves:
            decision.steps.append(_comparison(frame, table, wishes=wishes, relative=[*relative, *_as_shifts(slots.moves)]))
            if len(slots.totals) + len(slots.deltas) <= 1 and not comparing:
                decision.pending = {"slot": "tried", "text": frame.text}
        return
    _change(frame, table, decision, held=held, planning=planning)
    if comparing or (trying and (slots.deltas or wishes or relative)):
        decision.steps.append(_comparison(frame, table, wishes=[], relative=[]))


def _change(frame: Frame, table: Table, decision: Decision, *, held: list[Rule], planning: bool) -> None:
    """Add the steps that change the distribution: wishes, then the split, then moves."""
    slots = frame.slots
    in_months = [r for r in held if not planning and table.part(r.periods) is not None]
    wishes = [c for r in held if r not in in_months for c in _constraints(r, table)]
    if wishes:
        decision.steps.append(Step("planning", "set_constraints", {"constraints": wishes}))
        first = next((r for r in slots.rules if r.kind in ("lock", "min", "max") and r.target.names), None)
        if first is not None:
            decision.role = {"kind": first.kind, "channel": first.target.names[0]}
    steps = settings(in_months, slots.rest, table) + adjustments(frame, table)
    rest = slots.rest
    if planning and slots.deltas and not slots.totals and table.part(slots.periods) is not None:
        steps += [whole_shift(delta, slots.periods, table) for delta in slots.deltas]
    elif planning and _sets_a_part(frame, table):
        steps.append(whole_part(slots.totals[0], slots.periods, table))
    elif planning:
        _split(frame, table, decision)
    elif wishes and rest is not None and not rest.stays:
        steps = settings([r for r in held if r not in in_months], rest, table) + steps
    elif wishes:
        _split(frame, table, decision)
    if any("bound" in step for step in settings(in_months, rest, table)):
        decision.says.append(say(frame.language, "month_limit"))
    if steps:
        decision.steps += [Step("planning", "restore_distribution")] if frame.redo else []
        decision.role = decision.role or {"kind": "change", "text": frame.text, "before": dict(table.amounts)}
        decision.steps.append(Step("planning", "adjust_distribution", {"steps": steps} | ({"lift": True} if frame.lift else {})))
        decision.offer = "save_draft"


_SETS = re.compile(
    r"\b(?:set|bring|rais\w*|lower|increas\w*|reduc\w*|cut|chang\w*|take|setz\w*|erhöh\w*|senk\w*|kürz\w*|änder\w*|"
    r"bring\w*)\b.*\b(?:to|auf)\s",
    re.IGNORECASE,
)


def _sets_a_part(frame: Frame, table: Table) -> bool:
    """Tell `set January to 70k`, which changes what stands, from `70k for January`, a plan for that month."""
    slots = frame.slots
    alone = len(slots.totals) == 1 and not (slots.rules or slots.moves or slots.deltas or slots.targets or slots.per_month)
    return alone and table.part(slots.periods) is not None and _SETS.search(frame.written) is not None


def _as_shifts(moves: tuple[Move, ...]) -> list[Rule]:
    """`what if 5k went from TV to Search` is less of the one and more of the other."""
    sides = [(kind, target, m) for m in moves if not m.is_share for kind, target in (("down", m.source), ("up", m.destination)) if target]
    return [Rule(kind, target, move.value) for kind, target, move in sides]


def _wants_split(frame: Frame, table: Table, *, comparing: bool, trying: bool) -> bool:
    slots = frame.slots
    if comparing:
        return False
    if slots.rules and not slots.totals and table.part(slots.periods) is not None and not _SPLITS.search(frame.written):
        return False  # `in October TV should get 15k` plans no October
    if slots.totals and not (trying and not frame.asks_for(*PLANNING)):
        return not frame.asks_for("predict", "budget_info", "explain") or frame.asks_for(*PLANNING)
    if (slots.deltas or (slots.shares and frame.asks_for("adjust_total"))) and not trying:
        return True
    return frame.asks_for("plan_budget", "optimize") and not slots.moves and not (trying and slots.deltas and len(frame.intents) == 1)


def _split(frame: Frame, table: Table, decision: Decision) -> None:
    slots = frame.slots
    trying = frame.asks_for("what_if") or slots.what_if
    total = _total(frame, table, use_deltas=not trying)
    arguments: dict[str, Any] = {} if total is None else {"budget_minor": total}
    days = table.days(slots.periods)
    if days is not None and (table.part(slots.periods) is not None or not table.has_draft):
        arguments |= {"start": str(days.start), "end": str(days.end)}
    scope = [] if slots.rules else channels_of([one for target in slots.targets for one in each_of(target, table)])
    if len(scope) > 1:
        arguments["channels"] = scope
    _assumptions(frame, table, decision, total=total, has_days=days is not None)
    if total is not None and not decision.role:
        decision.role = {"kind": "total"}
    method = _method(frame, table)
    stays = {"keep_others": True} if slots.rest is not None and slots.rest.stays and total is None else {}
    if stays:
        decision.steps.append(Step("planning", "calculate_distribution", arguments | stays | {"method": "standing"}))
    elif method is not None:
        decision.steps.append(Step("planning", "calculate_distribution", arguments | {"method": method}))
        if slots.method is None and frame.asks_for("optimize"):
            decision.says.append(say(frame.language, "no_performance"))
    else:
        decision.steps.append(Step("planning", "optimize_budget_allocation", arguments))
    decision.offer = "save_draft"


def _method(frame: Frame, table: Table) -> str | None:
    """Give the rule to split by: the one that was said, else what stands; None to optimise where the past is known."""
    if table.has_draft and (frame.slots.in_proportion or frame.slots.rest is not None):
        return "standing"
    if frame.slots.method is not None:
        return frame.slots.method
    if frame.slots.in_proportion:
        return "last_plan"
    anew = frame.asks_for("optimize", "plan_budget")
    if not table.has_performance:
        if table.has_draft and (table.method == "standing" or not anew):
            return "standing"
        return table.method if table.method in ("even", "last_plan") else "last_plan"
    if not table.has_draft and frame.asks_for("set_constraint") and not (anew or frame.slots.totals or frame.slots.deltas):
        return "last_plan"  # `lock TV at 20k` alone asks for no other mix
    return "standing" if table.method in ("even", "last_plan", "standing") and not anew else None


def _total(frame: Frame, table: Table, *, use_deltas: bool) -> int | None:
    """Give the total that was said, absolute or relative to the one that stands; None when nothing was said."""
    slots = frame.slots
    if slots.totals:
        total = table.minor(slots.totals[0])
        months = max(1, _months(table, frame)) if slots.per_month else 1
        return total * months
    standing = table.total_minor if table.total_minor is not None else table.plan_total_minor
    if standing is None:
        return None
    if use_deltas and slots.deltas:
        return _shifted(standing, frame, table)[0]
    if slots.shares and frame.asks_for(*PLANNING):
        return round(standing * float(slots.shares[0]))
    return None


def _months(table: Table, frame: Frame) -> int:
    days = table.days(frame.slots.periods)
    return round(days.days / 30.4) if days is not None else len(table.periods)


def _shifted(standing: int, frame: Frame, table: Table) -> list[int]:
    """Give the totals that the deltas lead to."""
    months = max(1, _months(table, frame)) if frame.slots.per_month else 1
    return [
        round(standing * (1 + d.sign * float(d.value))) if d.is_share else standing + d.sign * table.minor(d.value) * months
        for d in frame.slots.deltas
    ]


def _assumptions(frame: Frame, table: Table, decision: Decision, *, total: int | None, has_days: bool) -> None:
    """Say what was taken for granted and put it back as a question; only before there is a distribution."""
    if table.total_minor is not None or decision.asks:
        return
    days = table.days(frame.slots.periods)
    first, last = (table.periods[0].start, table.periods[-1].end) if table.periods else (None, None)
    if days is not None and first is not None and last is not None and (days.start < first or days.end > last):
        known = {"first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}"}
        decision.ask("outside_plan", "period", frame.text, start=f"{days.start:%Y-%m}", end=f"{days.end:%Y-%m}", **known)
    elif total is None and not frame.slots.rules:
        decision.ask("assumed_total", "total", frame.text)
    elif total is not None and not has_days and len(table.periods) > 1:
        decision.ask("assumed_period", "period", frame.text, first=f"{table.periods[0].start:%Y-%m}", last=f"{table.periods[-1].end:%Y-%m}")


def _constraints(rule: Rule, table: Table) -> list[dict[str, Any]]:
    """Give a wish as tool arguments, one for each of the plan's names that it covers together."""
    if not rule.target.known:
        return []
    key = "market" if rule.target.kind == "market" else "channel"
    values = share_or_amount(rule.value, rule.is_share, table)
    if rule.kind == "emphasis":
        return [{"kind": "min", key: rule.target.names[0], "share": _MOSTLY}]
    kind = {"remove": "exclude"}.get(rule.kind, rule.kind)
    names = rule.target.names
    monthly = {"per_month": True} if rule.per_month else {}
    if len(names) > 1 and key == "channel" and kind in ("lock", "min", "max"):
        return [{"kind": kind, "channels": list(names), **values, **monthly}]
    return [{"kind": kind, key: name, **values, **monthly} for name in names]


def _comparison(frame: Frame, table: Table, *, wishes: list[dict[str, Any]], relative: list[Rule]) -> Step:
    standing = _total(frame, table, use_deltas=False) if not frame.asks_for("compare") else None
    if standing is None or (frame.asks_for("what_if") and not frame.asks_for(*PLANNING)):
        standing = table.total_minor if table.total_minor is not None else table.plan_total_minor
    budgets = [table.minor(t) for t in frame.slots.totals] if frame.asks_for("compare") or not frame.asks_for(*PLANNING) else []
    if standing is not None:
        budgets += _shifted(standing, frame, table)
    constraints = wishes + [tried(r, table) for r in relative]
    if not budgets and not constraints and standing is not None:
        budgets = [round(standing * 0.8), round(standing * 1.2)]
    arguments: dict[str, Any] = {"budgets_minor": budgets}
    return Step("planning", "compare_scenarios", arguments | ({"constraints": constraints} if constraints else {}))


def _afterwards(frame: Frame, table: Table, decision: Decision) -> None:
    """Add what comes after a split: predictions, reasons, saving, proposing, taking back."""
    channels = channels_of(frame.slots.targets)
    about = {"channel": channels[0]} if len(channels) == 1 else {}
    later = {
        "predict": Step("planning", "predict_campaign_metrics"),
        "explain": Step("planning", "explain_allocation", about),
        "tips": Step("insights", "generate_optimization_tips"),
        "save_draft": Step("planning", "save_draft"),
        "write_back": Step("planning", "propose_write_back"),
        "what_changed": Step("planning", "describe_changes"),
        "undo": Step("planning", "restore_distribution", {"to_plan": True} if _to_plan(frame.quiet) else {}),
    }
    done = changes(decision.steps)  # what is asked for together with a change takes nothing back
    decision.steps += [later[intent] for intent in frame.intents if intent in later and not (done and intent == "undo")]
    if frame.asks_for("save_draft"):
        decision.offer = "write_back"


def _to_plan(text: str) -> bool:
    return any(word in text.lower() for word in ("original", "the plan", "zum plan", "everything", "alles", "start over", "von vorne"))


def _did_not_understand(frame: Frame, table: Table, decision: Decision) -> None:
    key = "out_of_scope" if frame.asks_for("out_of_scope") else "not_understood"
    examples = say(frame.language, "examples_plan", file=table.file or "")
    decision.says.append(say(frame.language, key, examples=examples, model=table.model))
