"""A table that breaks one line of another one down, under a heading with that line's name: its money counts once."""

from __future__ import annotations

from core.model.money import to_major
from core.model.reading import LineItem, Option, ReadingWarning
from core.sheets.reading.findings import Findings
from core.sheets.reading.lexicon import says_total, words_of
from core.sheets.reading.repeats import heading_over
from core.sheets.reading.summaries import are_stated_together
from core.sheets.reading.tables import Draft

_CENTS, _LIKELY = 2, 0.5


def without_breakdowns(drafts: list[Draft], findings: Findings) -> tuple[list[Draft], list[ReadingWarning]]:
    """Leave out tables under a heading such as `Paid breakdown` that tell a line `Paid` of their tab again; asked where they differ."""
    warnings: list[ReadingWarning] = []
    for draft in list(drafts):
        found = next(((main, line) for main in drafts if main is not draft for line in _broken_down(main, draft)), None)
        if found is None or not _counts_once(draft, *found, findings):
            continue
        drafts = [one for one in drafts if one is not draft]
        told = f"{draft.table.range} breaks a line of {found[0].table.range} down; it was not counted beside it."
        warnings.append(ReadingWarning("repeats_money", found[1].budget_cell, told, draft.table.tab))
    return drafts, warnings


def _broken_down(main: Draft, draft: Draft) -> list[LineItem]:
    """Give the lines of a table whose name stands in the heading of another one and whose amount is near to its sum."""
    heading, whole = set(words_of(heading_over(draft))), draft.table.total_minor or 0
    apart = main.table.tab != draft.table.tab or main.version_of is not None or main.table.currency != draft.table.currency
    if not heading or apart or len(main.table.line_items) < 2 or are_stated_together(main, draft):
        return []
    named = [line for line in main.table.line_items if (own := set(_name(line))) and own <= heading and not says_total(" ".join(own))]
    return [line for line in named if line.budget_minor and abs(line.budget_minor - whole) <= _LIKELY * line.budget_minor]


def _name(line: LineItem) -> tuple[str, ...]:
    text = next((text for text in (line.channel, line.publisher, line.campaign, line.format, *line.labels.values()) if text), "")
    return words_of(text)


def _counts_once(draft: Draft, main: Draft, line: LineItem, findings: Findings) -> bool:
    """Tell whether the breakdown is left out: it is the line's money to the cent, or nobody said that it comes on top."""
    whole, stated = draft.table.total_minor or 0, line.budget_minor or 0
    if abs(whole - stated) <= _CENTS:
        return True
    heading = heading_over(draft)
    options = [Option("summary", f"the line of {main.table.range} alone"), Option("additive", f"both: {draft.table.range} comes on top")]
    amounts = " against ".join(f"{to_major(minor, draft.table.currency):,.2f}" for minor in (stated, whole))
    why = f"the table under {heading!r} reads like the detail of one line, and differs from it: {amounts}"
    name = f"breakdown-{draft.table.tab}-{heading[:40]}"
    return findings.ask("alternatives", name, heading, options, why=why, cell=line.budget_cell) != "additive"
