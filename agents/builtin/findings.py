"""Composes the answers about findings, notes, files, drafts and changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agents.builtin.phrasing import figure, keys, say

Facts = Mapping[str, Any]


def split_table(facts: Facts, language: str) -> str:
    """Give the channels of a distribution as a Markdown table."""
    lines = [say(language, "head_split")]
    for channel in facts["channels"][:25]:
        lock = say(language, "locked").rstrip("\n") if channel["locked"] else ""
        cells = (channel["name"] + lock, *(figure(channel[key], language) for key in ("budget", "share", "in_plan")))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _found(facts: Facts, language: str) -> str:
    if facts["opened"]:
        return say(language, "found_one", name=facts["opened"])
    found = int(facts["found"]["value"])
    head = "found_list" if not facts["asked_for"] else "found_none" if not found else "found_many"
    lines = [say(language, head, count=found)]
    for plan in facts["plans"]:
        total = f" ({figure(plan['total'], language)})" if plan["total"] else ""
        lines.append(say(language, "plan_line", name=plan["name"], total=total))
    return "\n".join(lines)


def _questions(facts: Facts, language: str) -> str:
    lines = []
    if "settled" in facts:
        lines.append(say(language, "settled", text=facts["settled"]["text"], answer=facts["settled"]["answer"]))
    if not facts["questions"]:
        return "\n".join([*lines, say(language, "questions_none")])
    lines.append(say(language, "questions_open", count=figure(facts["count"], language)))
    for q in facts["questions"][:8]:
        lines.append(say(language, "question", number=q["number"], cell=q["cell"] or "", text=f"«{q['text']}»", why=q["why"]))
    return "\n".join(lines)


def _taken_in(series: Facts | None, language: str) -> list[str]:
    """Tell what became of a series that was attached."""
    if series is None:
        return []
    lines = [say(language, "series", name=series["name"], rows=figure(series["rows"], language), currency=series["currency"] or "")]
    if series["plan_currency"]:
        lines.append(say(language, "series_other", currency=series["currency"], plan=series["plan_currency"]))
    return [*lines, *(f"- {reason}" for reason in series["skipped"]), ""]


def _performance(facts: Facts, language: str) -> str:
    level = figure(facts["level"], language)
    told = {"start": facts["from"], "end": facts["to"], "rows": figure(facts["rows"], language), "level": level}
    lines = [*_taken_in(facts.get("series"), language), say(language, "performance", kpi=facts["kpi"], **told), ""]
    lines.append(say(language, "performance_head", level=level))
    for channel in facts["channels"]:
        values = {key: figure(channel[key], language) for key in ("mean", "low", "high", "next_unit")}
        lines.append(say(language, "performance_line", name=channel["name"], evidence=channel["evidence"], **values))
    ranked = sorted(facts["channels"], key=lambda c: -c["mean"]["value"])
    if len(ranked) > 1:
        lines += ["", say(language, "performance_best", best=ranked[0]["name"], worst=ranked[-1]["name"])]
    return "\n".join([*lines, "", *(f"- {w}" for w in facts["warnings"][:2])]).strip()


def _trends(facts: Facts, language: str) -> str:
    lines = []
    for trend in facts["trends"]:
        lines.append(say(language, f"trend_{trend['direction']}", name=trend["name"], change=figure(trend["change"], language)))
        for change in trend["changes"]:
            values = {"before": figure(change["before"], language), "after": figure(change["after"], language)}
            lines.append(say(language, "trend_break", name=trend["name"], on=change["on"], **values))
    return "\n".join("- " + line for line in lines)


def _anomalies(facts: Facts, language: str) -> str:
    checked = {"checked": figure(facts["checked"], language), "rate": figure(facts["false_alarm_rate"], language)}
    if not facts["anomalies"]:
        return say(language, "anomalies_none", **checked)
    lines = [say(language, "anomalies_some", **checked)]
    for one in facts["anomalies"]:
        values = {"value": figure(one["value"], language), "expected": figure(one["expected"], language)}
        lines.append("- " + say(language, "anomaly", on=one["on"], name=one["name"], **values))
    return "\n".join(lines)


def _benchmarks(facts: Facts, language: str) -> str:
    lines = []
    for one in facts["benchmarks"]:
        values = {key: figure(one[key], language) for key in ("typical", "low", "high")}
        own = say(language, "benchmark_own", own=figure(one["own"], language)) if one["own"] else ""
        line = say(language, "benchmark", name=one["name"], metric=one["metric"], sources="; ".join(one["sources"]), own=own, **values)
        lines.append("- " + line + ("" if one["same_currency"] else say(language, "benchmark_currency")))
    if facts["unpublished"]:
        lines.append(say(language, "benchmark_none", names=", ".join(facts["unpublished"])))
    return "\n".join(lines)


def _tips(facts: Facts, language: str) -> str:
    lines = []
    for tip in facts["tips"]:
        gain = tip["gain"]
        told = "–"
        if gain:
            values = {key: figure(gain[key], language) for key in ("mean", "low", "high")}
            told = say(language, "gain_range", unit=tip["gain_unit"], **values)
        names = [*tip["channels"], ""]
        line = say(language, f"tip_{tip['code']}", a=names[0], b=names[1], amount=figure(tip["amount"], language), gain=told)
        evidence = "; ".join(f"{e['what']} {figure(e['figure'], language)}" for e in tip["evidence"])
        lines.append("- " + line + say(language, "tip_evidence", evidence=evidence))
    if not lines:
        lines.append(say(language, "tips_none"))
    if not facts["with_performance"]:
        lines.append(say(language, "tips_no_performance"))
    return "\n".join(lines)


def _knowledge(facts: Facts, language: str) -> str:
    if not facts["passages"]:
        return say(language, "knowledge_none")
    lines = [say(language, "knowledge")]
    for p in facts["passages"]:
        quoted = " ".join(str(p["text_quoted"]).split())
        lines.append(say(language, "knowledge_line", text=quoted, title=p["title"], author=p["author"], written=p["written"]))
    return "\n".join(lines)


def _saved(facts: Facts, language: str) -> str:
    return say(language, "saved", version=figure(facts["version"], language), name=facts["name"])


def _proposed(facts: Facts, language: str) -> str:
    lines = [say(language, "proposed", edits=figure(facts["edits"], language), file=facts["file"])]
    if facts["conflicts"]["value"]:
        lines.append(say(language, "proposed_conflicts", count=figure(facts["conflicts"], language)))
    return "\n".join(lines)


def _changes(facts: Facts, language: str) -> str:
    lines = []
    if facts["changes"]:
        lines += [say(language, "changed", count=figure(facts["count"], language)), "", say(language, "changed_head")]
        for one in facts["changes"][:15]:
            cells = (one["line"], one["period"], figure(one["before"], language), figure(one["after"], language))
            lines.append("| " + " | ".join(cells) + " |")
        lines.append("")
    elif not facts["change_sets"]:
        lines.append(say(language, "changed_none"))
    for n, one in enumerate(facts["change_sets"]):
        key = f"change_set_{one['status']}"
        told = {"edits": figure(one["edits"], language), "at": one["at"], "by": one["approved_by"] or "–", "file": facts["file"]}
        lines += [say(language, key if key in keys(language) else "change_set", status=one["status"], **told), ""]
        if n == 0:  # the newest in full; a list of every earlier one would bury it
            lines += [_cells_table(one, language), ""]
    return "\n".join(lines).strip()


def _cells_table(change_set: Facts, language: str) -> str:
    lines = [say(language, "written_head")]
    for one in change_set["cells"]:
        cells = (one["cell"], one["line"], figure(one["before"], language), figure(one["after"], language))
        lines.append("| " + " | ".join(cells) + " |")
    if change_set["not_listed"]["value"]:
        lines += ["", say(language, "more_rows", count=figure(change_set["not_listed"], language))]
    return "\n".join(lines)


def _restored(facts: Facts, language: str) -> str:
    if not facts["restored"]:
        return say(language, "nothing_to_restore")
    if facts["at_plan"]:
        return say(language, "restored_plan")
    over = say(language, "over", periods=facts["periods"]) if facts["periods"] else ""
    return say(language, "restored", total=figure(facts["total"], language), periods=over) + "\n\n" + split_table(facts, language)


RENDERERS: dict[str, Callable[[Facts, str], str]] = {
    "find_plan": _found,
    "answer_reading_question": _questions,
    "analyze_historical_performance": _performance,
    "identify_trends": _trends,
    "surface_anomalies": _anomalies,
    "compare_industry_benchmarks": _benchmarks,
    "generate_optimization_tips": _tips,
    "search_knowledge": _knowledge,
    "save_draft": _saved,
    "propose_write_back": _proposed,
    "describe_changes": _changes,
    "restore_distribution": _restored,
}
