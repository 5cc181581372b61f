"""A comparison of options beside the tabs that tell each of them: the tabs are alternatives, the comparison only sums them up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from core.model.reading import Option, ReadingWarning
from core.sheets.reading.findings import Findings
from core.sheets.reading.lexicon import says, words_of
from core.sheets.reading.tables import Draft

_CENTS, _TITLE = 2, 120


def without_comparisons(drafts: list[Draft], findings: Findings) -> tuple[list[Draft], list[ReadingWarning]]:
    """Leave out the tables that compare other tabs, and mark these as alternatives unless a person says that they add up."""
    warnings: list[ReadingWarning] = []
    for tab in list(dict.fromkeys(draft.table.tab for draft in drafts)):
        mine = [draft for draft in drafts if draft.table.tab == tab]
        told = _told_by(mine, [draft for draft in drafts if draft.table.tab != tab])
        if len(told) < 2 or not _says_options(mine, list(told)) or any(_states_whole(draft) for draft in mine):
            continue
        drafts = [draft for draft in drafts if draft not in mine]
        names = ", ".join(told)
        warnings += [
            ReadingWarning("repeats_money", None, f"{draft.table.range} compares {names}; it was not counted.", tab) for draft in mine
        ]
        _settle(tab, told, findings)
    return drafts, warnings


def _settle(tab: str, told: dict[str, list[Draft]], findings: Findings) -> None:
    """Ask whether the tabs are alternatives; their tables are such by their place on their tabs until somebody says otherwise."""
    options = [Option("alternatives", "alternatives: never added up"), Option("additive", "parts of one plan: added up")]
    name = f"compared-{tab}"
    answer = findings.ask("alternatives", name, ", ".join(told), options, why=f"{tab} compares them and nothing says which was chosen")
    for drafts in told.values() if answer != "additive" else ():
        for at, draft in enumerate(drafts, start=1):
            draft.table = replace(draft.table, alternative_group=name if len(drafts) == 1 else f"{name}-{at}")


def _told_by(mine: Sequence[Draft], others: Sequence[Draft]) -> dict[str, list[Draft]]:
    """Give the other tabs by name where every line (or version) of a tab is another one of them, by name or to the cent; else none."""
    tabs: dict[str, list[Draft]] = defaultdict(list)
    for other in others:
        tabs[other.table.tab].append(other)
    if len(tabs) < 2:
        return {}
    found: list[str] = []
    for names, amount in _entries(mine):
        named = [tab for tab in tabs if tab not in found and any(_is_called(name, tab, tabs) for name in names)]
        equal = [tab for tab in tabs if tab not in found and amount and abs(_total(tabs[tab]) - amount) <= _CENTS]
        if not (named or equal):
            return {}
        found.append((named or equal)[0])
    return {tab: tabs[tab] for tab in tabs if tab in found}


def _entries(mine: Sequence[Draft]) -> list[tuple[list[str], int]]:
    """Give what a comparison compares, with its money: the versions across its columns, or the lines of its one table."""
    if all(draft.version_of for draft in mine):
        heads = [draft.region.columns[draft.layout.budget].text for draft in mine if draft.layout.budget is not None]
        return [([head], draft.table.total_minor or 0) for head, draft in zip(heads, mine, strict=False)]
    items = [item for draft in mine for item in draft.table.line_items if item.budget_minor]
    told = [(i.channel, i.publisher, i.format, i.campaign, i.market, *i.labels.values()) for i in items]
    return [([name for name in names if name], item.budget_minor or 0) for names, item in zip(told, items, strict=True)]


def _is_called(name: str, tab: str, tabs: dict[str, list[Draft]]) -> bool:
    """Tell whether a name is a tab's, but for words that all tabs share or that only say option."""
    shared = set.intersection(*(set(words_of(other)) for other in tabs)) if len(tabs) > 1 else set()
    one, two = set(words_of(name)) - shared, set(words_of(tab)) - shared
    return bool(one and two) and (one <= two or two <= one)


def _says_options(mine: Sequence[Draft], tabs: list[str]) -> bool:
    """Tell whether the tabs' names, or the name, titles or versions of what compares them, say that they are alternatives."""
    tab, titles = mine[0].table.tab, [title for draft in mine for title in draft.around.titles]
    said = any(says(title, "comparison") for title in titles if len(title) <= _TITLE) or says(tab, "alternative", "alternative")
    return said or all(draft.version_of for draft in mine) or all(says(name, "alternative", "alternative") for name in tabs)


def _states_whole(draft: Draft) -> bool:
    """Tell whether a total adds up what a table compares: parts of one plan then."""
    return not draft.version_of and any(check.kind == "total" and check.matches for check in draft.table.totals)


def _total(drafts: Sequence[Draft]) -> int:
    return sum(draft.table.total_minor or 0 for draft in drafts)
