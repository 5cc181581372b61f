"""A table that adds up by name what lines of other tabs cost: its money counts once, and is asked about where the sums differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.model.money import to_major, to_minor
from core.model.reading import LineItem, Option, ReadingWarning
from core.sheets.reading.dates import read_flight
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
_NEAR, _NEARLY = 0.03, 0.25
"""How near a sum comes to another one that it may be, by itself and in a table that is called a summary."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A line of a summary and what the lines of its name cost elsewhere; None where there are none."""

    line: LineItem
    elsewhere: int | None

    @property
    def agrees(self) -> bool:
        return self.elsewhere is not None and abs(self.elsewhere - (self.line.budget_minor or 0)) <= _CENTS


@dataclass(frozen=True, slots=True)
class _Details:
    """The tables that tell what a summary adds up, with each of its lines."""

    parts: Sequence[Draft]
    told: tuple[_Told, ...]

    @property
    def named(self) -> int:
        return sum(one.elsewhere is not None for one in self.told)

    @property
    def agreeing(self) -> int:
        return sum(one.agrees for one in self.told)


def without_summaries(drafts: list[Draft], findings: Findings) -> tuple[list[Draft], list[ReadingWarning]]:
    """Leave out summaries whose lines others tell in more detail; where their sums differ it is asked, and the details count meanwhile."""
    warnings: list[ReadingWarning] = []
    for draft in list(drafts):
        found = _details(draft, [other for other in drafts if _may_tell(draft, other)]) if draft in drafts else None
        if found is None:
            continue
        chosen = _chosen(draft, found, findings)
        gone, kept = (found.parts, [draft]) if chosen == "summary" else ([draft], found.parts)
        if chosen != "additive":
            drafts = [one for one in drafts if one not in gone]
            warnings += [_repeats(one, kept) for one in gone]
    return drafts, warnings


def _may_tell(draft: Draft, other: Draft) -> bool:
    """Tell whether another table may hold the lines that one adds up: it is no other version, market or month of it."""
    mine, theirs = draft.table, other.table
    if draft is other or (None not in (mine.currency, theirs.currency) and mine.currency != theirs.currency):
        return False
    if draft.version_of or other.version_of or draft.part_of or any(says(table.tab, "alternative") for table in (mine, theirs)):
        return False
    if mine.tab == theirs.tab:
        is_peer = are_stated_together(draft, other)
    else:
        is_peer = (is_place(mine.tab) and is_place(theirs.tab)) or _stem(mine.tab) == _stem(theirs.tab)
    return not (is_peer or are_alike(draft, other) or are_apart_in_time(draft, other))


def are_stated_together(one: Draft, two: Draft) -> bool:
    """Tell whether a total of either table, or an amount above them, is the sum of both."""
    whole = (one.table.total_minor or 0) + (two.table.total_minor or 0)
    stated = [check.stated_minor for draft in (one, two) for check in draft.table.totals]
    stated += [to_minor(amount, draft.table.currency) for draft in (one, two) for amount in draft.around.totals]
    return any(minor is not None and abs(minor - whole) <= _CENTS for minor in stated)


def _stem(tab: str) -> tuple[str, ...]:
    return tuple(word for word in words_of(tab) if not word.isdigit())


def _details(draft: Draft, others: Sequence[Draft]) -> _Details | None:
    """Give the tables that tell a summary's lines: all others together or one of them, whichever agrees best; None for no summary."""
    ways = [list(others), *([other] for other in others if len(others) > 1)] if others else []
    found = [_Details(way, _told(draft, way)) for way in ways if _is_richer(way, draft)]
    fitting = [one for one in found if _is_summary(draft, one)]
    return max(fitting, key=lambda one: (one.agreeing, one.named, -len(one.parts)), default=None)


def _lines(draft: Draft) -> list[LineItem]:
    return [line for line in draft.table.line_items if line.budget_minor]


def _is_richer(parts: Sequence[Draft], draft: Draft) -> bool:
    """Tell whether tables tell more than another one: more lines, or as many in more columns."""
    theirs, mine = sum(len(_lines(part)) for part in parts), len(_lines(draft))
    return mine >= 2 and (theirs > mine or (theirs == mine and _columns(parts) > _columns([draft])))


def _told(draft: Draft, parts: Sequence[Draft]) -> tuple[_Told, ...]:
    """Give each line and what the lines that bear all of its names cost; of a line that only says when it runs, what they cost then."""
    items = [item for part in parts for item in _lines(part)]
    known = [(_names(item), item.budget_minor or 0) for item in items]
    spent = [(amount.start, amount.end, amount.budget_minor) for item in items for amount in item.by_period]
    found = []
    for line in _lines(draft):
        names, (start, end) = _names(line), _days(line)
        own = [amount for texts, amount in known if names and names <= texts]
        if not own and start is not None and end is not None:
            own = [amount for first, last, amount in spent if start <= first and last <= end]
        found.append(_Told(line, sum(own) if own else None))
    return tuple(found)


def _days(line: LineItem) -> tuple[date | None, date | None]:
    """Give the days of a line that names nothing but them."""
    names = _names(line)
    named = read_flight(next(iter(names))) if len(names) == 1 else None
    return (named.start, named.end) if named is not None else (line.start, line.end) if not names else (None, None)


def _names(item: LineItem) -> frozenset[str]:
    labels = (text for head, text in item.labels.items() if head != "section")
    texts = (item.channel, item.publisher, item.campaign, item.format, item.market, *labels)
    return frozenset(" ".join(normalise(text).split()) for text in texts if text and any(map(str.isalpha, text)))


def _columns(drafts: Sequence[Draft]) -> int:
    return max((len(draft.layout.uses) for draft in drafts), default=0)


def _is_summary(draft: Draft, found: _Details) -> bool:
    """Tell whether lines add others up: they bear their names, and the table says so or half of them, two at least, are sums to the cent.

    Without any name of theirs the sum alone tells: the same, or nearly so, in a table of fewer columns.
    """
    said = [draft.table.tab, *draft.around.titles[-1:], *_texts_over(draft)]
    is_called = any(_SUMMARY.fullmatch(normalise(word)) for text in said for word in words_of(text))
    if found.named >= 2 and found.named >= _NAMED * len(found.told):
        return is_called or (found.agreeing >= 2 and 2 * found.agreeing >= len(found.told))
    mine, theirs = sum(one.line.budget_minor or 0 for one in found.told), sum(part.table.total_minor or 0 for part in found.parts)
    near = _NEARLY if is_called else _NEAR
    is_poorer = _columns([draft]) <= min(3, _columns(found.parts) - 1)
    return not found.named and is_poorer and abs(mine - theirs) <= near * abs(theirs)


def _texts_over(draft: Draft) -> list[str]:
    """Give the texts right over a table's own columns, where others may stand beside them."""
    over = draft.region.grid.rows.get(draft.region.header.top - 1, {})
    return [cell.value for column, cell in over.items() if column in draft.region.columns and isinstance(cell.value, str)]


def _chosen(draft: Draft, found: _Details, findings: Findings) -> object:
    """Give what counts: the details, unless some of them differs from its line and a person said otherwise."""
    off = [one for one in found.told if not one.agrees]
    if not off:
        return "details"
    names = list(dict.fromkeys(part.table.tab for part in found.parts))
    tables = [f"{part.table.tab} {part.table.range}" for part in found.parts]
    mine, theirs = (draft.table.tab, ", ".join(names))
    if draft.table.tab in names:
        mine, theirs = f"{draft.table.tab} {draft.table.range}", ", ".join(tables)
    options = [
        Option("details", f"the lines of {theirs}"),
        Option("summary", f"the lines of {mine}"),
        Option("additive", f"both: {mine} and {theirs} are parts of one plan"),
    ]
    pairs = "; ".join(f"{_shown(one.line.budget_minor, draft)} against {_shown(one.elsewhere, draft)}" for one in off[:4])
    why = f"the lines of {mine} read like sums of those of {theirs}, and differ: {pairs}"
    if not found.named:
        why = f"{mine} adds up to nearly the same as {theirs}, under other names"
    name = f"summary-{draft.table.tab}" + (
        "" if draft.table.tab not in names else f"-{draft.region.header.top}-{min(draft.region.columns)}"
    )
    return findings.ask("alternatives", name, f"{mine}, {theirs}", options, why=why, cell=off[0].line.budget_cell)


def _shown(minor: int | None, draft: Draft) -> str:
    return f"{to_major(minor, draft.table.currency):,.2f}" if minor is not None else "none"


def _repeats(gone: Draft, kept: Sequence[Draft]) -> ReadingWarning:
    tabs = ", ".join(dict.fromkeys(one.table.tab for one in kept))
    told = f"{gone.table.range} tells the money of {tabs} again by name; it was not counted."
    return ReadingWarning("repeats_money", None, told, gone.table.tab)
