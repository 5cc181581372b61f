"""How the tables of a file relate: one repeats another's money, they are alternatives, or they add up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from core.model.reading import Correction, Option, ReadingWarning
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import decimal_of
from core.sheets.reading.lexicon import coverage, says, senses, side_of, words_of
from core.sheets.reading.repeats import are_alike, are_apart_in_time, grand_total_adds, have_same_names, line_name, names_of
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.tables import Draft

_LEVEL, _HEADS = Decimal("0.1"), 0.4
_SUPERSEDED = "superseded"
_NOT = ("не", "not", "nicht", "non", "no", "pas", "nie", "niet", "inte", "ikke", "ej", "be", "to", "for", "zur", "на")
_TELLING = ("brand", "product", "audience", "market", "channel", "format", "campaign")
_PIECES = re.compile(r"(?<!\w)(?:шт|ед|pcs|stk|szt|st|uds?|pz|adet|ks|kpl)\.?\)?$", re.IGNORECASE)
"""Ends a heading that says that its table counts pieces (`Прогноз установок, шт.`)."""


def set_aside(drafts: list[Draft]) -> tuple[list[Draft], list[Draft]]:
    """Part the plan's tables from those whose title says that they count something else than money, or what was spent."""
    aside = [
        draft
        for draft in drafts
        if _counts_something(draft) or _is_earned(draft) or _counts_beside(draft, drafts) or _is_actual_of(draft, drafts)
    ]
    return ([draft for draft in drafts if draft not in aside], aside) if len(aside) < len(drafts) else (drafts, [])


def _heading(draft: Draft) -> str:
    """Give the line above a table that is the only one on its tab, or its tab's name."""
    return draft.around.titles[-1] if draft.around.titles else draft.table.tab


def _counts_something(draft: Draft) -> bool:
    """Tell whether a table stands under `Impressions` or another metric, and no header of it says money."""
    role = role_of_header(_heading(draft))
    if _PIECES.search(_heading(draft)) and not draft.by_metric_rows and draft.table.currency is None:
        return True
    if role.kind not in ("metric", "rate", "price") or role.certainty < 0.5 or draft.by_metric_rows:
        return False
    return not any(use.role.is_budget or draft.region.content(c).currencies for c, use in draft.layout.uses.items())


def _is_earned(draft: Draft) -> bool:
    """Tell whether the heading of a table is a word for income, or its total says that it adds income up (`Totale entrate`)."""
    totals = [row.label for row in draft.rows if row.kind in ("total", "subtotal") and row.label]
    heading = _heading(draft)
    role = role_of_header(heading)
    earned = (role.kind, role.key) == ("money", "revenue") and role.certainty >= _HEADS and not any("sale" in w for w in words_of(heading))
    return earned or bool(totals and all(says(label, "money", "revenue") for label in totals))


def _counts_beside(draft: Draft, drafts: list[Draft]) -> bool:
    """Tell whether the head over a table's names says a metric (`Phasing (clicks)`) where its like on the tab says none."""
    return _names_metric(draft) and any(
        other.table.tab == draft.table.tab and not _names_metric(other) and have_same_names(draft, other) for other in drafts
    )


def _names_metric(draft: Draft) -> bool:
    heads = (draft.region.columns[column].own for column, use in draft.layout.uses.items() if use.name == "label")
    roles = [role_of_header(head) for head in heads if head]
    return any(role.kind == "metric" and role.certainty >= 0.3 for role in roles)


def _is_actual_of(draft: Draft, drafts: list[Draft]) -> bool:
    """Tell whether a table is called actual, and another with the same columns is not."""
    return _says_actual(draft) and any(not _says_actual(other) and are_alike(draft, other) for other in drafts if other is not draft)


def _says_actual(draft: Draft) -> bool:
    return "actual" in (side_of(_heading(draft)), side_of(draft.table.tab))


def group_alternatives(drafts: list[Draft], findings: Findings) -> list[Draft]:
    """Mark tables that are alternatives of one plan, and ask wherever names do not settle it.

    Tables are compared when their columns are alike. Words such as `Option`, `вариант`, `tier` or a duration in their names make
    them alternatives; a different brand, audience, market or medium makes them parts of one plan.
    """
    groups: list[list[Draft]] = []
    drafts = _without_versions(drafts, findings)
    for draft in drafts:
        if draft.version_of or draft.part_of or draft.table.alternative_group:
            continue
        group = next((g for g in groups if are_alike(g[0], draft) or _named_alike(g[0], draft)), None)
        if group is None:
            groups.append([draft])
        else:
            group.append(draft)
    decided: dict[int, str | None] = {}
    for number, group in enumerate(groups, start=1):
        if len(group) > 1:
            name = _settle(group, f"alternatives-{number}", findings)
            decided.update({id(draft): name for draft in group})
            former = [draft for draft in group if draft is not _agreed(group)] if name == _SUPERSEDED else []
            drafts = _without_former(drafts, former, findings)
    for draft in drafts:
        if decided.get(id(draft)) not in (None, _SUPERSEDED):  # the agreed one stands alone
            draft.table = replace(draft.table, alternative_group=decided[id(draft)])
    return drafts


def choose_alternatives(drafts: list[Draft], corrections: Sequence[Correction], findings: Findings) -> list[Draft]:
    """Put the alternative that a person chose before the others of its group: the first is the one that counts.

    A choice names the group and `tab!range`; what begins elsewhere is found by its tab where that has one table of the group.
    """
    for choice in (c for c in corrections if c.kind == "alternative"):
        group = [draft for draft in drafts if draft.table.alternative_group == choice.target]
        begins = str(choice.value).rpartition(":")[0]
        same = [draft for draft in group if f"{draft.table.tab}!{draft.table.range.partition(':')[0]}" == begins]
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


def _named_alike(one: Draft, two: Draft) -> bool:
    """Tell whether two tables on tabs such as `Option 1` and `Option 2` share at least a few headers."""
    if one.table.tab == two.table.tab or not all(says(draft.table.tab, "alternative") for draft in (one, two)):
        return False
    left, right = ({h.own.casefold() for h in d.region.columns.values() if h.own} for d in (one, two))
    return len(left & right) >= 0.3 * len(left | right)


def _settle(group: list[Draft], name: str, findings: Findings) -> str | None:
    if all(grand_total_adds(group[0], draft, group) for draft in group[1:]):
        return None
    if all(are_apart_in_time(one, two) for one, two in combinations(group, 2)):
        return None
    if len({draft.table.currency for draft in group} - {None}) > 1:
        return None  # versions of one plan are paid in one currency
    titles = [_title(draft, group) for draft in group]
    named = sum(says(title, "alternative") or _is_level(draft, title) for draft, title in zip(group, titles, strict=True))
    apart = _told_apart(group, titles)
    if not named and (apart in ("rows", "brand") or (apart == "names" and not _could_be_versions(group, titles))):
        return None
    likely = named >= len(group) - 1 and apart != "brand" and not (apart == "rows" and not named)
    options = [Option("alternatives", "alternatives: never added up"), Option("additive", "parts of one plan: added up")]
    why = "their names read like versions of one plan" if named else "their columns are the same and no name says how they relate"
    ranges = ", ".join(f"{d.table.tab} {d.table.range}" for d in group)
    if likely and _agreed(group) is not None and findings.answer("alternatives", name) is None:
        return _SUPERSEDED
    answer = findings.ask("alternatives", name, ranges, options if likely else options[::-1], why=why, cell=None)
    return name if answer == "alternatives" or (answer is None and likely) else None


def _agreed(group: list[Draft]) -> Draft | None:
    """Give the one version of a plan whose tab or lines above say that it is the agreed or final one."""
    said = [draft for draft in group if any(_says_agreed(text) for text in (draft.table.tab, *draft.around.titles))]
    return said[0] if len(said) == 1 else None


def _says_agreed(text: str) -> bool:
    words = words_of(text)
    return any(not (sense.position and words[sense.position - 1] in _NOT) for sense in senses(text, ("agreed",)))


def _without_former(drafts: list[Draft], former: list[Draft], findings: Findings) -> list[Draft]:
    """Leave out the versions of a plan beside the one that was agreed, and say so."""
    for draft in former:
        told = f"{draft.table.tab} {draft.table.range} is another version of the plan that was agreed; it was not counted."
        findings.warnings.append(ReadingWarning("other_table", None, told, draft.table.tab))
    return [draft for draft in drafts if draft not in former]


def _is_level(draft: Draft, title: str) -> bool:
    """Tell whether a table is called by the size of its money (`500k`, `€1.2m`)."""
    value, total = decimal_of(title, "."), Decimal(draft.table.total_minor or 0)
    return value is not None and total > 0 and abs(100 * value - total) <= _LEVEL * total


def _could_be_versions(group: list[Draft], titles: list[str]) -> bool:
    """Tell whether tables name the same lines: at one ratio other than 1, nearly the same, or as `Budget` and `Forecast`."""
    plain = all(coverage(title, "money") + coverage(title, "mod") >= 0.9 for title in titles)
    first, *others = [{name: item.budget_minor or 0 for item in d.table.line_items for name in [line_name(item)]} for d in group]
    for other in others:
        ratios = [amount / other[name] for name, amount in first.items() if other.get(name)]
        steady = bool(ratios) and 0 < min(ratios) <= max(ratios) <= 1.001 * min(ratios) and abs(max(ratios) - 1) > 0.001
        if first.keys() != other.keys() or not (steady or plain or _restates(group)):
            return False
    return len(first) > 1


def _restates(group: list[Draft]) -> bool:
    """Tell whether tables hold nearly the same money line by line and period by period (the plan and what was spent), but not all."""
    first, *others = [
        {(line_name(item), p.start): p.budget_minor for item in d.table.line_items for p in item.by_period if p.budget_minor} for d in group
    ]
    for other in others:
        ratios = [amount / other[key] for key, amount in first.items() if key in other]
        near = sum(0.85 <= ratio <= 1.15 for ratio in ratios)
        if len(ratios) < 4 or near < 0.6 * len(ratios) or len(set(ratios)) < 3:
            return False
    return True


def _title(draft: Draft, group: list[Draft]) -> str:
    """Give what names a table among its like: its tab, or the lines above it where several share a tab."""
    if sum(other.table.tab == draft.table.tab for other in group) == 1:
        return draft.table.tab
    return " ".join(draft.around.titles[-2:])


def _told_apart(group: list[Draft], titles: list[str]) -> str:
    """Say what tells the tables apart: `brand` (lines above, or one market each), `names` (tab names), `rows` (line items), or nothing."""
    for key in set.intersection(*(set(draft.around.pairs) for draft in group)):
        if role_of_header(key).key in _TELLING and len({draft.around.pairs[key] for draft in group}) == len(group):
            return "brand"
    markets = [{item.market for item in draft.table.line_items} for draft in group]
    if all(len(own) == 1 and None not in own for own in markets) and len(set.union(*markets)) == len(group):
        return "brand"
    words = [{w for w in words_of(title) if not w.isdigit() and not re.fullmatch(r"[vв]\d*", w)} for title in titles]
    common = set.intersection(*words)
    own = [w - common for w in words]
    if all(own) and not any(says(" ".join(sorted(w)), "alternative") for w in own):
        return "names"
    sets = [names_of(draft) for draft in group]
    return "rows" if all(not (a & b) for i, a in enumerate(sets) for b in sets[i + 1 :]) else ""
