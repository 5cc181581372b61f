"""Composes answers from tool results, in the person's language; every figure in them is one that a tool gave."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agents.builtin.findings import RENDERERS as FINDINGS
from agents.builtin.findings import split_table
from agents.builtin.phrasing import figure, say

Facts = Mapping[str, Any]
_ROWS = 12


def render(results: Sequence[Mapping[str, Any]], language: str) -> str:
    """Give the text for tool results in the order they came; a failed call is told with what to do."""
    parts: list[str] = []
    superseded = {"set_constraints"} if any(r["name"] in _SPLITS and r["ok"] for r in results) else set()
    for result in results:
        if not result["ok"]:
            error = result["error"]
            parts.append(say(language, "failed", message=error["message"], hint=error["hint"]).strip())
            continue
        if result["facts"].get("replaced"):
            parts.append(say(language, "replaced", wishes=_wishes(result["facts"]["replaced"], language)))
        if result["name"] not in superseded and result["name"] in _RENDERERS:
            parts.append(_RENDERERS[result["name"]](result["facts"], language))
    return "\n\n".join(part for part in parts if part)


def _over(periods: str, language: str) -> str:
    return say(language, "over", periods=periods) if periods else ""


def _wishes(wishes: Sequence[Facts], language: str) -> str:
    return ", ".join(say(language, f"wish_{w['kind']}", label=w["label"], amount=figure(w["amount"], language)) for w in wishes)


def _outlook(facts: Facts, language: str) -> list[str]:
    outlook = facts.get("outlook")
    if not outlook:
        return []
    kpi = outlook["kpi"]
    told = {key: figure(outlook[name], language) for key, name in (("mean", "total"), ("low", "low"), ("high", "high"), ("level", "level"))}
    lines = [say(language, "outlook", kpi=kpi, **told)]
    channels = sorted(outlook["channels"], key=lambda c: -c["next_unit"]["value"])
    if len(channels) > 1:
        best, worst = channels[0], channels[-1]
        values = {"best_value": figure(best["next_unit"], language), "worst_value": figure(worst["next_unit"], language)}
        lines.append(say(language, "next_units", best=best["name"], worst=worst["name"], kpi=kpi, **values))
    if outlook.get("left_out"):
        lines.append(say(language, "left_out", amount=figure(outlook["left_out"], language)))
    return lines


def _split(facts: Facts, language: str) -> str:
    head = say(language, f"split_{facts['method']}", total=figure(facts["total"], language), periods=_over(facts["periods"], language))
    changed = _new_total(facts, language) if facts.get("kept_others") else []
    lines = [head, "", split_table(facts, language), "", *changed]
    if facts["wishes"]:
        lines.append(say(language, "wishes", wishes=_wishes(facts["wishes"], language)))
    return "\n".join([*lines, *_outlook(facts, language), *_binding(facts.get("why"), language)]).strip()


def _binding(why: Facts | None, language: str) -> list[str]:
    rules = [
        say(language, "binding_one", rule=rule["rule"], price=figure(rule["price"], language), step=figure((why or {})["step"], language))
        for rule in (why or {}).get("binding", [])
        if rule["rule"] != "budget"
    ]
    smallest = (why or {}).get("smallest")
    booked = [] if smallest is None else [say(language, "smallest", amount=figure(smallest, language))]
    return booked + ([say(language, "binding", rules=", ".join(rules[:3]))] if rules else [])


def _adjusted(facts: Facts, language: str) -> str:
    if facts.get("refused"):
        return _refused(facts, language)
    lines = [_moved(move, language) for move in facts["moved"]]
    if facts["lifted"]:
        lines.append(say(language, "lifted", wishes=_wishes(facts["lifted"], language)))
    head = say(language, "adjusted", total=figure(facts["total"], language), periods=_over(facts["periods"], language))
    return "\n".join([*lines, *_new_total(facts, language), "", head, "", split_table(facts, language)])


def _moved(move: Facts, language: str) -> str:
    others = ""
    if move["others"]:
        names = say(language, "all_others") if move["others"] == ["*"] else ", ".join(move["others"])
        others = say(language, "others_evenly" if move["evenly"] else "others_in_proportion", names=names)
    one = others if move["source"] is None else _named(move["source"], language, move["but"])
    other = others if move["destination"] is None else _named(move["destination"], language, move["but"])
    amount = figure(move["amount"], language)
    over = say(language, "moved_in", periods=move["periods"]) if move["periods"] else ""
    if move["round"] is not None:
        return _sentence(say(language, "rounded", name=other, unit=figure(move["round"], language), periods=over))
    if move["swap"]:
        return say(language, "swapped", one=one, other=other, amount=amount, periods=over)
    into = say(language, "moved_in", periods=move["into"]) if move["into"] else ""
    if one and other:
        sides = say(language, "moved_from", name=one) + over + say(language, "moved_to", name=other) + (into if into != over else "")
        return say(language, "moved", amount=amount, sides=sides)
    if move["each"] is not None:
        amount = say(language, "each", amount=figure(move["each"], language))
    key, side = ("more", move["destination"]) if move["destination"] is not None else ("less", move["source"])
    if side == "*" and not move["but"] and move["each"] is None:
        key += "_together"
    return _sentence(say(language, key, name=other or one, amount=amount, periods=over))


def _named(name: str, language: str, but: Sequence[str] = ()) -> str:
    if name != "*":
        return name
    return say(language, "every_line_but", names=", ".join(but)) if but else say(language, "every_line")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _refused(facts: Facts, language: str) -> str:
    """Tell why nothing was changed, and ask."""
    if "round" in facts:
        return say(language, "is_round", unit=figure(facts["round"], language))
    if "short" in facts:
        short = facts["short"]
        name = _named(short["source"], language) if short["source"] else say(language, "all_others")
        over = say(language, "moved_in", periods=short["periods"]) if short["periods"] else ""
        told = {"name": name, "periods": over, "has": figure(short["has"], language), "asked": figure(short["asked"], language)}
        question = {"slot": "short", "question": say(language, "short_ask", **told), "minor": short["has"]["minor"]}
        return say(language, "short", **told) + _ask(question)
    broken = ", ".join(
        say(language, "breaks_one", wish=_wishes([wish], language), would=figure(wish["would"], language)) for wish in facts["broken"]
    )
    return say(language, "breaks", wishes=broken) + _ask({"slot": "lift", "question": say(language, "breaks_ask")})


def _ask(question: Mapping[str, Any]) -> str:
    return f"\n<ask>{json.dumps(question, ensure_ascii=False)}</ask>"


def _new_total(facts: Facts, language: str) -> list[str]:
    before = facts.get("total_before")
    if before is None or before["minor"] == facts["total"]["minor"]:
        return []
    return [say(language, "new_total", before=figure(before, language), total=figure(facts["total"], language))]


def _constraints(facts: Facts, language: str) -> str:
    return say(language, "constraints_kept", wishes=_wishes(facts["wishes"], language)) if facts["wishes"] else say(language, "yes_kept")


def _scenarios(facts: Facts, language: str) -> str:
    scenarios, kpi = facts["scenarios"], facts.get("kpi")
    with_results = bool(kpi) and all("outlook" in s for s in scenarios)
    lines = [say(language, "scenarios"), ""]
    lines.append(say(language, "scenario_head", kpi=kpi) if with_results else say(language, "scenario_head_plain"))
    for scenario in scenarios:
        cells = [figure(scenario["total"], language), figure(scenario["difference"], language)]
        if with_results:
            cells += [figure(scenario["outlook"]["mean"], language), figure(scenario["gain"], language)]
        else:
            cells.append(_largest_change(scenario, language))
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", *_scenario_answers(scenarios[1:], kpi, language, with_results=with_results)]
    return "\n".join(lines).strip()


def _largest_change(scenario: Facts, language: str) -> str:
    changed = [c for c in scenario["channels"] if c["difference"]["minor"]]
    if not changed:
        return "–"
    first = max(changed, key=lambda c: abs(c["difference"]["minor"]))
    return f"{first['name']} {figure(first['difference'], language)}"


def _scenario_answers(scenarios: Sequence[Facts], kpi: str | None, language: str, *, with_results: bool) -> list[str]:
    if not with_results:
        tried = [say(language, "scenario_tried", wishes=_wishes(s["wishes"], language)) for s in scenarios if s.get("wishes")]
        return [*tried, say(language, "scenario_no_curves")]
    answers = []
    for scenario in scenarios:
        if scenario.get("wishes"):
            told = {"wishes": _wishes(scenario["wishes"], language), "gain": figure(scenario["gain"], language)}
            answers.append(say(language, "scenario_wishes", kpi=kpi, **told))
        minor = scenario["difference"]["minor"]
        if minor:
            key = "scenario_answer_more" if minor > 0 else "scenario_answer_less"
            values = {
                "difference": figure(scenario["difference"], language).replace("-", ""),
                "gain": figure(scenario["gain"], language).lstrip("-"),
            }
            answers.append(say(language, key, kpi=kpi, **values))
    return answers


def _prediction(facts: Facts, language: str) -> str:
    lines = [say(language, "predict_about", total=figure(facts["total"], language), periods=_over(facts["periods"], language))]
    lines += _outlook(facts, language)
    counts = [say(language, "predict_count", count=figure(c["count"], language), name=c["name"]) for c in facts["at_plan_prices"]]
    if counts:
        lines.append(say(language, "predict_plan_prices", counts=", ".join(counts)))
    if not counts and "outlook" not in facts:
        return say(language, "predict_none")
    return "\n".join(lines)


def _explanation(facts: Facts, language: str) -> str:
    wishes = say(language, "explain_wishes", wishes=_wishes(facts["wishes"], language)) if facts["wishes"] else ""
    lines = [say(language, f"explain_{facts.get('method') or 'last_plan'}", wishes=wishes), ""]
    about = [c for c in facts["channels"] if not facts.get("about") or c["name"] == facts["about"]]
    for channel in about[:6]:
        values = {key: figure(channel[key], language) for key in ("budget", "share", "in_plan")}
        lines.append("- " + say(language, "explain_channel", name=channel["name"], cells=_cells(channel["in_plan"]), **values))
    return "\n".join([*lines, "", *_outlook(facts, language), *_binding(facts.get("why"), language)]).strip()


ASK = re.compile(r"\s*<ask>(.*?)</ask>", re.DOTALL)
"""A question to the person inside a specialist's report; the supervisor takes it out and puts it last."""


def _cells(fact: Facts) -> str:
    return str(fact.get("source", "")).removeprefix("plan:").replace(",", ", ")


def _read(facts: Facts, language: str) -> str:
    tables = ", ".join(f"{t['tab']}!{t['range']}" for t in facts["tables"]) or "–"
    lines = [say(language, "read_tables", tables=tables)]
    if facts["questions"]:
        lines += [f"- {q['cell'] or ''} {q['text']}" for q in facts["questions"][:3]]
    return "\n".join(lines)


def _structure(facts: Facts, language: str) -> str:
    values = {"line_items": figure(facts["line_items"], language), "total": figure(facts["total"], language)}
    lines = [say(language, "read", file=facts["file"], periods=_over(facts["periods"], language), **values)]
    for kind in ("channels", "markets", "publishers", "campaigns"):
        groups = [
            say(language, "read_group", name=g["name"], budget=figure(g["budget"], language), share=figure(g["share"], language))
            for g in facts[kind][:_ROWS]
        ]
        if groups:
            lines.append("- " + say(language, "read_groups", title=say(language, f"title_{kind}"), groups="; ".join(groups)))
    return "\n".join(lines)


def _budget(facts: Facts, language: str) -> str:
    over = f" ({facts['periods']})" if facts["periods"] else ""
    if "rate" in facts:
        return _rate(facts, language, over)
    if "rank" in facts:
        return _rank(facts, language, over)
    values = {"budget": figure(facts["budget"], language), "cells": _cells(facts["budget"])}
    head = (
        say(language, "budget", about=facts["about"], periods=over, share=figure(facts["share"], language), **values)
        if facts["about"]
        else say(language, "budget_all", periods=over, **values)
    )
    lines = ["- " + say(language, "budget_line", name=g["name"], budget=figure(g["budget"], language)) for g in facts["groups"]]
    now = [say(language, "budget_now", budget=figure(facts["standing"], language))] if facts["standing"] else []
    return "\n".join([head, *now, *lines])


def _rank(facts: Facts, language: str, over: str) -> str:
    first = facts["rank"]["first"]
    about = say(language, "rank_about", about=facts["about"]) if facts["about"] else ""
    key = f"rank_{facts['rank']['which']}_{facts['by']}" if len(first) == 1 else "rank_alike"
    source = str(first[0]["budget"]["source"])
    cells = say(language, "in_cells", cells=_cells(first[0]["budget"])) if source.startswith("plan:") else ""
    told = {"budget": figure(first[0]["budget"], language), "share": figure(first[0]["share"], language), "cells": cells}
    lines = [say(language, key, names=", ".join(one["name"] for one in first), about=about, periods=over, **told)]
    lines += ["- " + say(language, "budget_line", name=g["name"], budget=figure(g["budget"], language)) for g in facts["groups"][:_ROWS]]
    return "\n".join(lines)


def _rate(facts: Facts, language: str, over: str) -> str:
    rate = facts["rate"]
    if rate["average"] is None:
        return say(language, "rate_none", name=rate["name"], about=facts["about"] or facts["file"])
    told = {"value": figure(rate["average"], language), "cells": _cells(rate["average"])}
    lines = [say(language, "rate", name=rate["name"], about=facts["about"] or facts["file"], periods=over, **told)]
    return "\n".join(
        [*lines, *("- " + say(language, "budget_line", name=r["name"], budget=figure(r["value"], language)) for r in rate["lines"])]
    )


def _patterns(facts: Facts, language: str) -> str:
    lines = []
    for miss in facts["mismatches"]:
        values = {"stated": figure(miss["stated"], language), "computed": figure(miss["computed"], language)}
        lines.append(say(language, "pattern_mismatch", cell=miss["cell"], **values))
    if not facts["mismatches"]:
        checked = facts["totals_checked"]["value"]
        lines.append(
            say(language, "pattern_ok", count=figure(facts["totals_checked"], language))
            if checked
            else say(language, "pattern_none_checked")
        )
    if facts["largest"]:
        lines.append(say(language, "pattern_largest", name=facts["largest"]["name"], share=figure(facts["largest"]["share"], language)))
    if facts["heaviest_month"]:
        month = facts["heaviest_month"]
        lines.append(say(language, "pattern_month", period=month["period"], share=figure(month["share"], language)))
    lines += [say(language, "pattern_warning", cell=w["cell"] or "", message=w["message"]) for w in facts["warnings"]]
    if facts["empty_lines"]:
        lines.append(say(language, "pattern_empty", lines=", ".join(facts["empty_lines"])))
    return "\n".join("- " + line.strip() for line in lines)


_SPLITS = ("calculate_distribution", "optimize_budget_allocation")
_RENDERERS: dict[str, Callable[[Facts, str], str]] = {
    "calculate_distribution": _split,
    "optimize_budget_allocation": _split,
    "adjust_distribution": _adjusted,
    "set_constraints": _constraints,
    "compare_scenarios": _scenarios,
    "predict_campaign_metrics": _prediction,
    "explain_allocation": _explanation,
    "read_google_sheet": _read,
    "analyze_campaign_structure": _structure,
    "extract_budget_info": _budget,
    "identify_campaign_patterns": _patterns,
} | FINDINGS
