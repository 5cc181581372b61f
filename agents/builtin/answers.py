"""Composes answers from tool results, in the person's language; every figure in them is one that a tool gave."""

from __future__ import annotations

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
        elif result["name"] not in superseded and result["name"] in _RENDERERS:
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
    lines = [head, "", split_table(facts, language), ""]
    if facts["wishes"]:
        lines.append(say(language, "wishes", wishes=_wishes(facts["wishes"], language)))
    return "\n".join([*lines, *_outlook(facts, language), *_binding(facts.get("why"), language)]).strip()


def _binding(why: Facts | None, language: str) -> list[str]:
    rules = [
        say(language, "binding_one", rule=rule["rule"], price=figure(rule["price"], language), step=figure((why or {})["step"], language))
        for rule in (why or {}).get("binding", [])
        if rule["rule"] != "budget"
    ]
    return [say(language, "binding", rules=", ".join(rules[:3]))] if rules else []


def _adjusted(facts: Facts, language: str) -> str:
    moved = []
    for move in facts["moved"]:
        sides = {
            "source": say(language, "moved_from", name=move["source"]) if move["source"] else "",
            "destination": say(language, "moved_to", name=move["destination"]) if move["destination"] else "",
        }
        moved.append(say(language, "moved", amount=figure(move["amount"], language), **sides))
    head = say(language, "adjusted", total=figure(facts["total"], language), periods=_over(facts["periods"], language))
    return "\n".join([*moved, "", head, "", split_table(facts, language)])


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
        return [say(language, "scenario_no_curves")]
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
    values = {"budget": figure(facts["budget"], language), "cells": _cells(facts["budget"])}
    head = (
        say(language, "budget", about=facts["about"], periods=over, share=figure(facts["share"], language), **values)
        if facts["about"]
        else say(language, "budget_all", periods=over, **values)
    )
    lines = ["- " + say(language, "budget_line", name=g["name"], budget=figure(g["budget"], language)) for g in facts["groups"]]
    return "\n".join([head, *lines])


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
