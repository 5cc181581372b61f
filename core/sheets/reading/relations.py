"""How the tables of a file relate: one repeats another's money, they are alternatives, or they add up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

from core.model.reading import Correction, LineItem, Option, PlanTable, ReadingWarning
from core.sheets.reading.dates import read_flight
from core.sheets.reading.findings import Findings
from core.sheets.reading.lexicon import coverage, says, side_of, words_of
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.tables import Draft

_TELLING = ("brand", "product", "audience", "market", "channel", "format", "campaign")
_ALIKE = 0.6
_PIECES = re.compile(r"(?<!\w)(?:шт|ед|pcs|stk|szt|st|uds?|pz|adet|ks|kpl)\.?\)?$", re.IGNORECASE)
"""Ends a heading that says that its table counts pieces (`Прогноз установок, шт.`)."""


def set_aside(drafts: list[Draft]) -> tuple[list[Draft], list[Draft]]:
    """Part the plan's tables from those whose title says that they count something else than money, or what was spent."""
    aside = [draft for draft in drafts if _counts_something(draft) or _counts_beside(draft, drafts) or _is_actual_of(draft, drafts)]
    return ([draft for draft in drafts if draft not in aside], aside) if len(aside) < len(drafts) else (drafts, [])


def _heading(draft: Draft) -> str:
    """Give the line above a table that is the only one on its tab, or its tab's name."""
    return draft.around.titles[-1] if draft.around.titles else draft.table.tab


def _counts_something(draft: Draft) -> bool:
    """Tell whether a table stands under `Impressions` or another metric, and no header of it says money."""
    role = role_of_header(_heading(draft))
    if _PIECES.search(_heading(draft)) and not draft.by_metric_rows and draft.table.currency is None:
        return True
    if role.kind not in ("metric", "rate", "price") or role.certainty < 0.6 or draft.by_metric_rows:
        return False
    return not any(use.role.is_budget or draft.region.content(c).currencies for c, use in draft.layout.uses.items())


def _counts_beside(draft: Draft, drafts: list[Draft]) -> bool:
    """Tell whether the head over a table's names says a metric (`Phasing (clicks)`) where its like on the tab says none."""
    return _names_metric(draft) and any(
        other.table.tab == draft.table.tab and not _names_metric(other) and _same_names(draft, other) for other in drafts
    )


def _names_metric(draft: Draft) -> bool:
    heads = (draft.region.columns[column].own for column, use in draft.layout.uses.items() if use.name == "label")
    roles = [role_of_header(head) for head in heads if head]
    return any(role.kind == "metric" and role.certainty >= 0.3 for role in roles)


def _is_actual_of(draft: Draft, drafts: list[Draft]) -> bool:
    """Tell whether a table is called actual, and another with the same columns is not."""
    return _says_actual(draft) and any(not _says_actual(other) and _alike(draft, other) for other in drafts if other is not draft)


def _says_actual(draft: Draft) -> bool:
    return "actual" in (side_of(_heading(draft)), side_of(draft.table.tab))


def without_repeats(drafts: list[Draft]) -> tuple[list[Draft], list[ReadingWarning]]:
    """Leave out tables that repeat the money of others: details of a summary, or a summary of the details."""
    dropped = {at: others[0] for at, draft in enumerate(drafts) if (others := _adds_up_tabs(draft, drafts))}
    for draft in drafts:
        dropped.update({drafts.index(part): draft for part in _told_by_period(draft, drafts)})
    for at, draft in enumerate(drafts):
        for other_at, other in enumerate(drafts):
            if at != other_at and at not in dropped and other_at not in dropped and _repeats(other, draft, drafts):
                dropped[other_at] = draft
    warnings = [
        ReadingWarning(
            "repeats_money",
            None,
            f"{drafts[at].table.range} repeats the money of {kept.table.tab} {kept.table.range}; it was not counted.",
            drafts[at].table.tab,
        )
        for at, kept in dropped.items()
    ]
    return [draft for at, draft in enumerate(drafts) if at not in dropped], warnings


def _totals(table: PlanTable) -> set[int]:
    """Give the table's total on every basis, without small change."""
    totals = {table.total_minor} if table.total_minor else set()
    names = {name for item in table.line_items for name in item.amounts if name in ("net", "gross", "client", "other", "other_net")}
    totals |= {sum(item.amounts.get(name, 0) for item in table.line_items) for name in names}
    return {total for total in totals if total and abs(total) >= 1000}


def _near(one: int, two: int) -> bool:
    return abs(one - two) <= 2


def _repeats(candidate: Draft, main: Draft, drafts: list[Draft]) -> bool:
    """Tell whether `candidate` only repeats money of `main`."""
    if candidate.table.tab == main.table.tab and candidate.region.header is main.region.header:
        return not candidate.part_of and not candidate.version_of and _sums_groups(candidate, main)
    if _are_named_versions(candidate, main) or _apart_in_time(candidate, main):
        return False
    mine = _totals(candidate.table)
    if not mine or _grand_total_adds(candidate, main, drafts):
        return False
    if any(_near(one, two) for one in mine for two in _totals(main.table)):
        if _alike(candidate, main) and candidate.table.tab != main.table.tab:
            return drafts.index(candidate) > drafts.index(main) and _same_items(candidate, main) and not _of_other_periods(candidate, main)
        if len(candidate.table.line_items) == len(main.table.line_items) == 1 and candidate.by_metric_rows == main.by_metric_rows:
            return False
        return _richness(candidate) < _richness(main) or (
            _richness(candidate) == _richness(main) and drafts.index(candidate) > drafts.index(main) and _same_names(candidate, main)
        )
    amounts = {amount for item in main.table.line_items for amount in item.amounts.values()}
    detail = len(main.table.line_items) > 1 and any(_near(total, amount) for total in mine for amount in amounts)
    return detail and (candidate.by_metric_rows or _details_of(main, drafts) >= 2)


def _adds_up_tabs(draft: Draft, drafts: list[Draft]) -> list[Draft]:
    """Give the tables of other tabs (two or more) whose lines of one name a table states the sums of, every line of them; else none."""
    others = [d for d in drafts if d.table.tab != draft.table.tab and not d.version_of and not d.part_of and _alike(d, draft)]
    if len(others) < 2 or draft.version_of or draft.part_of or any(says(d.table.tab, "alternative") for d in (draft, *others)):
        return []
    stated = {_line_name(item): item.budget_minor or 0 for item in draft.table.line_items}
    sums: dict[tuple[str | None, ...], int] = defaultdict(int)
    for item in (item for other in others for item in other.table.line_items):
        sums[_line_name(item)] += item.budget_minor or 0
    adds = len(stated) > 1 and stated.keys() == sums.keys() and all(_near(sums[name], amount) for name, amount in stated.items())
    return others if adds and any(stated.values()) else []


def _told_by_period(draft: Draft, drafts: list[Draft]) -> list[Draft]:
    """Give the tables of other tabs (two or more) each of which splits the lines of one period of a table, to the cent; else none."""
    spans: dict[tuple[date, date], dict[tuple[str | None, ...], int]] = defaultdict(dict)
    for item in draft.table.line_items:
        for amount in item.by_period:
            spans[amount.start, amount.end][_line_name(item)] = amount.budget_minor
    lines = [{name: amount for name, amount in line.items() if amount} for line in spans.values()]
    parts = [d for d in drafts if d.table.tab != draft.table.tab and len(d.table.line_items) > 1 and _lines(d) in lines]
    return parts if len(parts) >= 2 and len(parts) == len({str(_lines(part)) for part in parts}) else []


def _lines(draft: Draft) -> dict[tuple[str | None, ...], int]:
    return {_line_name(item): item.budget_minor for item in draft.table.line_items if item.budget_minor}


def _sums_groups(candidate: Draft, main: Draft) -> bool:
    """Tell whether every line of a table is what the lines of the other add up to that share its name."""
    parts = main.table.line_items
    if not len(candidate.table.line_items) < len(parts):
        return False
    for line in candidate.table.line_items:
        name = next((text for text in (line.channel, line.publisher, *line.labels.values()) if text), "")
        own = [p.budget_minor or 0 for p in parts if name in (p.channel, p.publisher, p.format, p.campaign, p.market, *p.labels.values())]
        if not name or not own or not _near(sum(own), line.budget_minor or 0):
            return False
    return True


def _are_named_versions(one: Draft, two: Draft) -> bool:
    """Tell whether two tables of one tab stand under names such as `Option A` and `Option B`: equal totals are no repetition then."""
    if one.table.tab != two.table.tab or not (one.around.titles and two.around.titles) or not _alike(one, two):
        return False
    titles = (one.around.titles[-1], two.around.titles[-1])
    return titles[0] != titles[1] and all(says(title, "alternative") for title in titles)


def _apart_in_time(one: Draft, two: Draft) -> bool:
    """Tell whether all lines of one table end before any of the other begins: equal sums are no repetition then."""
    spans = [[(item.start, item.end) for item in draft.table.line_items] for draft in (one, two)]
    if not all(start and end for span in spans for start, end in span):
        return False
    (first, last), (begin, finish) = ((min(s for s, _ in span if s), max(e for _, e in span if e)) for span in spans)
    return last < begin or finish < first


def _grand_total_adds(one: Draft, two: Draft, drafts: list[Draft]) -> bool:
    """Tell whether a total of the tab states the sum of its tables of one kind: they are parts of one plan, also with equal amounts."""
    if one.table.tab != two.table.tab or not _alike(one, two):
        return False
    family = [draft for draft in drafts if draft.table.tab == one.table.tab and _alike(draft, one)]
    whole = sum(draft.table.total_minor or 0 for draft in family)
    return any(check.stated_minor is not None and _near(check.stated_minor, whole) for draft in family for check in draft.table.totals)


def _details_of(main: Draft, drafts: list[Draft]) -> int:
    """Count the tables whose totals are line items of `main`."""
    amounts = {amount for item in main.table.line_items for amount in item.amounts.values() if abs(amount) >= 1000}
    return sum(any(_near(t, a) for t in _totals(other.table) for a in amounts) for other in drafts if other is not main)


def _richness(draft: Draft) -> tuple[int, int, float]:
    items = draft.table.line_items
    return len(items), sum(len(item.by_period) for item in items), draft.score


def _names(draft: Draft) -> set[tuple[str | None, ...]]:
    return {
        (i.channel, i.publisher, i.format, i.campaign, i.market, *(v for k, v in i.labels.items() if role_of_header(k).kind != "date"))
        for i in draft.table.line_items
    }


def _same_items(one: Draft, two: Draft) -> bool:
    """Tell whether two tables are copies: the same line items with the same money and metrics."""
    left, right = (
        [
            replace(i, budget_cell=None, by_period=(), start=None, end=None, metric_cells={}, amount_cells={}, confidence=1.0)
            for i in d.table.line_items
        ]
        for d in (one, two)
    )
    return left == right


def _of_other_periods(one: Draft, two: Draft) -> bool:
    """Tell whether two tabs are named after different periods (`Q1`, `Q2`): equal amounts are no copies then."""
    flights = [read_flight(draft.table.tab) for draft in (one, two)]
    days = [flight.month_day and (flight.start, flight.month_day) for flight in flights if flight is not None]
    return len(days) == 2 and all(days) and days[0] != days[1]


def _same_names(one: Draft, two: Draft) -> bool:
    return _names(one) == _names(two)


def group_alternatives(drafts: list[Draft], findings: Findings) -> list[Draft]:
    """Mark tables that are alternatives of one plan, and ask wherever names do not settle it.

    Tables are compared when their columns are alike. Words such as `Option`, `вариант`, `tier` or a duration in their names make
    them alternatives; a different brand, audience, market or medium makes them parts of one plan.
    """
    groups: list[list[Draft]] = []
    drafts = _without_versions(drafts, findings)
    for draft in drafts:
        if draft.version_of or draft.part_of:
            continue
        group = next((g for g in groups if _alike(g[0], draft) or _named_alike(g[0], draft)), None)
        if group is None:
            groups.append([draft])
        else:
            group.append(draft)
    decided: dict[int, str | None] = {}
    for number, group in enumerate(groups, start=1):
        if len(group) > 1:
            name = _settle(group, f"alternatives-{number}", findings)
            decided.update({id(draft): name for draft in group})
    for draft in drafts:
        if decided.get(id(draft)):
            draft.table = replace(draft.table, alternative_group=decided[id(draft)])
    return drafts


def choose_alternatives(drafts: list[Draft], corrections: Sequence[Correction], findings: Findings) -> list[Draft]:
    """Put the alternative that a person chose before the others of its group: the first is the one that counts.

    A choice names the group and `tab!range`; a range that moved is found by its tab where that has one table of the group.
    """
    for choice in (c for c in corrections if c.kind == "alternative"):
        group = [draft for draft in drafts if draft.table.alternative_group == choice.target]
        same = [draft for draft in group if f"{draft.table.tab}!{draft.table.range}" == choice.value]
        found = same or [draft for draft in group if draft.table.tab == str(choice.value).rpartition("!")[0]]
        if len(found) == 1 and found[0] is not group[0]:
            drafts = [draft for draft in drafts if draft is not found[0]]
            drafts.insert(drafts.index(group[0]), found[0])
        elif group and len(found) != 1:
            told = f"{choice.value} was chosen among the alternatives and is not found any more; {group[0].table.tab} counts."
            findings.warn("alternative_gone", None, told)
    return drafts


def _without_versions(drafts: list[Draft], findings: Findings) -> list[Draft]:
    """Ask which of several money columns counts; once answered, only that one is kept."""
    kept: list[Draft] = []
    for draft in drafts:
        if draft.version_of is None:
            kept.append(draft)
            continue
        versions = [d for d in drafts if d.version_of == draft.version_of]
        options = [Option(d.layout.budget, d.region.columns[d.layout.budget].text) for d in versions if d.layout.budget is not None]
        text = ", ".join(option.label for option in options)
        answer = findings.ask(
            "alternatives", draft.version_of, text, options, why="the money columns read like versions of one plan", cell=None
        )
        if answer is None:
            draft.table = replace(draft.table, alternative_group=draft.version_of)
        if answer is None or str(answer) == str(draft.layout.budget):
            kept.append(draft)
    return kept


def _alike(one: Draft, two: Draft) -> bool:
    left, right = ({h.own.casefold() for h in d.region.columns.values() if h.own} for d in (one, two))
    if bool(left | right) and len(left & right) / len(left | right) >= _ALIKE:
        return True
    names = [sorted(use.name for use in d.layout.uses.values() if use.name not in ("label", "number")) for d in (one, two)]
    return len(names[0]) >= 3 and names[0] == names[1]


def _named_alike(one: Draft, two: Draft) -> bool:
    """Tell whether two tables on tabs such as `Option 1` and `Option 2` share at least a few headers."""
    if one.table.tab == two.table.tab or not all(says(draft.table.tab, "alternative") for draft in (one, two)):
        return False
    left, right = ({h.own.casefold() for h in d.region.columns.values() if h.own} for d in (one, two))
    return len(left & right) >= 0.3 * len(left | right)


def _settle(group: list[Draft], name: str, findings: Findings) -> str | None:
    if all(_grand_total_adds(group[0], draft, group) for draft in group[1:]):
        return None
    if all(_apart_in_time(one, two) for one, two in combinations(group, 2)):
        return None
    titles = [_title(draft, group) for draft in group]
    named = sum(says(title, "alternative") for title in titles)
    apart = _told_apart(group, titles)
    if not named and (apart == "rows" or (apart == "names" and not _could_be_versions(group, titles))):
        return None
    likely = named >= len(group) - 1 and apart != "brand" and not (apart == "rows" and not named)
    options = [Option("alternatives", "alternatives: never added up"), Option("additive", "parts of one plan: added up")]
    why = "their names read like versions of one plan" if named else "their columns are the same and no name says how they relate"
    ranges = ", ".join(f"{d.table.tab} {d.table.range}" for d in group)
    answer = findings.ask("alternatives", name, ranges, options if likely else options[::-1], why=why, cell=None)
    return name if answer == "alternatives" or (answer is None and likely) else None


def _could_be_versions(group: list[Draft], titles: list[str]) -> bool:
    """Tell whether tables name the same lines: at one ratio other than 1, nearly the same, or as `Budget` and `Forecast`."""
    plain = all(coverage(title, "money") + coverage(title, "mod") >= 0.9 for title in titles)
    first, *others = [{name: item.budget_minor or 0 for item in d.table.line_items for name in [_line_name(item)]} for d in group]
    for other in others:
        ratios = [amount / other[name] for name, amount in first.items() if other.get(name)]
        steady = bool(ratios) and 0 < min(ratios) <= max(ratios) <= 1.001 * min(ratios) and abs(max(ratios) - 1) > 0.001
        if first.keys() != other.keys() or not (steady or plain or _restates(group)):
            return False
    return len(first) > 1


def _restates(group: list[Draft]) -> bool:
    """Tell whether tables hold nearly the same money line by line and period by period (the plan and what was spent), but not all."""
    first, *others = [
        {(_line_name(item), p.start): p.budget_minor for item in d.table.line_items for p in item.by_period if p.budget_minor}
        for d in group
    ]
    for other in others:
        ratios = [amount / other[key] for key, amount in first.items() if key in other]
        near = sum(0.85 <= ratio <= 1.15 for ratio in ratios)
        if len(ratios) < 4 or near < 0.6 * len(ratios) or len(set(ratios)) < 3:
            return False
    return True


def _line_name(item: LineItem) -> tuple[str | None, ...]:
    return item.channel, item.publisher, item.format, item.campaign, *item.labels.values()


def _title(draft: Draft, group: list[Draft]) -> str:
    """Give what names a table among its like: its tab, or the lines above it where several share a tab."""
    if sum(other.table.tab == draft.table.tab for other in group) == 1:
        return draft.table.tab
    return " ".join(draft.around.titles[-2:])


def _told_apart(group: list[Draft], titles: list[str]) -> str:
    """Say what tells the tables apart: `brand` (lines above), `names` (tab names), `rows` (line items), or nothing."""
    for key in set.intersection(*(set(draft.around.pairs) for draft in group)):
        if role_of_header(key).key in _TELLING and len({draft.around.pairs[key] for draft in group}) == len(group):
            return "brand"
    words = [{w for w in words_of(title) if not w.isdigit() and not re.fullmatch(r"[vв]\d*", w)} for title in titles]
    common = set.intersection(*words)
    own = [w - common for w in words]
    if all(own) and not any(says(" ".join(sorted(w)), "alternative") for w in own):
        return "names"
    sets = [_names(draft) for draft in group]
    return "rows" if all(not (a & b) for i, a in enumerate(sets) for b in sets[i + 1 :]) else ""
