"""A table that adds up by name what lines of other tabs cost: its money counts once, and is asked about where the sums differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.model.money import to_major
from core.model.reading import LineItem, Option, ReadingWarning
from core.sheets.reading.findings import Findings
from core.sheets.reading.lexicon import normalise, says, words_of
from core.sheets.reading.places import is_place
from core.sheets.reading.repeats import are_alike, are_apart_in_time
from core.sheets.reading.tables import Draft

_SUMMARY = re.compile(
    "summar(?:y|ies)|overview|recap|rollup|synthese|recapitulatif|ubersicht|zusammenfassung|gesamtubersicht|gesamt|resumen|resumo"
    "|riepilogo|sintesi|overzicht|samenvatting|podsumowanie|sammanfattning|oversikt|ozet|souhrn|prehled|yhteenveto|oversigt"
    "|свод|сводн\\w*|итог\\w*|обзор|зведен\\w*|підсум\\w*"
)
_CENTS, _NAMED = 2, 0.65


@dataclass(frozen=True, slots=True)
class _Told:
    """A line of a summary and what the lines of its name cost elsewhere; None where there are none."""

    line: LineItem
    elsewhere: int | None

    @property
    def agrees(self) -> bool:
        return self.elsewhere is not None and abs(self.elsewhere - (self.line.budget_minor or 0)) <= _CENTS


def without_summaries(drafts: list[Draft], findings: Findings) -> tuple[list[Draft], list[ReadingWarning]]:
    """Leave out summaries whose lines others tell in more detail; where their sums differ it is asked, and the details count meanwhile."""
    warnings: list[ReadingWarning] = []
    for draft in list(drafts):
        if draft not in drafts:
            continue
        parts = [other for other in drafts if _may_tell(draft, other)]
        for told_by in (parts, *([part] for part in parts if len(parts) > 1)):
            told = _told(draft, told_by)
            if not told or not _is_summary(draft, told):
                continue
            chosen = _chosen(draft, told_by, told, findings)
            gone, kept = (told_by, [draft]) if chosen == "summary" else ([draft], told_by)
            if chosen != "additive":
                drafts = [one for one in drafts if one not in gone]
                warnings += [_repeats(one, kept) for one in gone]
            break
    return drafts, warnings


def _may_tell(draft: Draft, other: Draft) -> bool:
    """Tell whether a table of another tab may hold the lines that one adds up: it is no other version, market or month of it."""
    mine, theirs = draft.table, other.table
    if mine.tab == theirs.tab or (None not in (mine.currency, theirs.currency) and mine.currency != theirs.currency):
        return False
    if draft.version_of or other.version_of or draft.part_of or any(says(table.tab, "alternative") for table in (mine, theirs)):
        return False
    is_peer = (is_place(mine.tab) and is_place(theirs.tab)) or _stem(mine.tab) == _stem(theirs.tab)
    return not (is_peer or are_alike(draft, other) or are_apart_in_time(draft, other))


def _stem(tab: str) -> tuple[str, ...]:
    return tuple(word for word in words_of(tab) if not word.isdigit())


def _told(draft: Draft, parts: Sequence[Draft]) -> list[_Told]:
    """Give each line with money and what the lines that bear all of its names cost; nothing where these are not the richer ones."""
    lines = [line for line in draft.table.line_items if line.budget_minor]
    known = [(_names(item), item.budget_minor or 0) for part in parts for item in part.table.line_items if item.budget_minor]
    found = []
    for line in lines:
        names = _names(line)
        own = [amount for texts, amount in known if names and names <= texts]
        found.append(_Told(line, sum(own) if own else None))
    named = sum(told.elsewhere is not None for told in found)
    is_richer = len(known) > len(lines) or (len(known) == len(lines) and _columns(parts) > _columns([draft]))
    return found if is_richer and named >= 2 and named >= _NAMED * len(lines) else []


def _names(item: LineItem) -> frozenset[str]:
    texts = (item.channel, item.publisher, item.campaign, item.format, item.market, *item.labels.values())
    return frozenset(" ".join(normalise(text).split()) for text in texts if text and any(map(str.isalpha, text)))


def _columns(drafts: Sequence[Draft]) -> int:
    return max((len(draft.layout.uses) for draft in drafts), default=0)


def _is_summary(draft: Draft, told: Sequence[_Told]) -> bool:
    """Tell whether lines add others up: it is called a summary, or half of its lines, two at least, are sums of others to the cent."""
    said = [draft.table.tab, *draft.around.titles[-1:]]
    if any(_SUMMARY.fullmatch(word) for text in said for word in words_of(text)):
        return True
    agreeing = sum(one.agrees for one in told)
    return agreeing >= 2 and 2 * agreeing >= len(told)


def _chosen(draft: Draft, parts: Sequence[Draft], told: Sequence[_Told], findings: Findings) -> object:
    """Give what counts: the details, unless some of them differs from its line and a person said otherwise."""
    off = [one for one in told if not one.agrees]
    if not off:
        return "details"
    tabs = ", ".join(dict.fromkeys(part.table.tab for part in parts))
    options = [
        Option("details", f"the lines of {tabs}"),
        Option("summary", f"the lines of {draft.table.tab}"),
        Option("additive", f"both: {draft.table.tab} and {tabs} are parts of one plan"),
    ]
    pairs = "; ".join(f"{_shown(one.line.budget_minor, draft)} against {_shown(one.elsewhere, draft)}" for one in off[:4])
    why = f"the lines of {draft.table.tab} have the names of those of {tabs}, and other amounts: {pairs}"
    cell = off[0].line.budget_cell
    return findings.ask("alternatives", f"summary-{draft.table.tab}", f"{draft.table.tab}, {tabs}", options, why=why, cell=cell)


def _shown(minor: int | None, draft: Draft) -> str:
    return f"{to_major(minor, draft.table.currency):,.2f}" if minor is not None else "none"


def _repeats(gone: Draft, kept: Sequence[Draft]) -> ReadingWarning:
    tabs = ", ".join(dict.fromkeys(one.table.tab for one in kept))
    told = f"{gone.table.range} tells the money of {tabs} again by name; it was not counted."
    return ReadingWarning("repeats_money", None, told, gone.table.tab)
