"""A summary beside tabs that tell its lines in detail: the details count where they agree to the cent, and are asked about elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.model.money import to_major
from core.model.reading import LineItem, Option, ReadingWarning, SkippedRow
from core.sheets.reading.converted import without_conversions
from core.sheets.reading.findings import Findings
from core.sheets.reading.lexicon import says, words_of
from core.sheets.reading.repeats import bought
from core.sheets.reading.tables import Draft


@dataclass(frozen=True, slots=True)
class _Detail:
    """A line of a summary and the tables of the tab that tells it again."""

    line: LineItem
    drafts: tuple[Draft, ...]
    named: bool

    @property
    def agrees(self) -> bool:
        whole = _total(self.drafts)
        return any(abs(whole - amount) <= 2 for amount in self.line.amounts.values())


def without_told_lines(drafts: list[Draft], findings: Findings) -> tuple[list[Draft], list[ReadingWarning]]:
    """Leave out the lines of a summary whose money other tabs tell in more lines, or in their own currencies; what differs is asked."""
    drafts, warnings = without_conversions(drafts)
    for draft in list(drafts):
        details = _details_of(draft, [d for d in drafts if d.table.tab != draft.table.tab])
        if not details or draft not in drafts:
            continue
        tabs = ", ".join(dict.fromkeys(d.drafts[0].table.tab for d in details))
        if _chosen(draft, details, findings) == "summary":
            drafts = [d for d in drafts if all(d not in detail.drafts for detail in details)]
            told = f"{draft.table.range} tells the money of {tabs} again; as chosen, those tabs were not counted."
        else:
            _name_lines(details)
            drafts = [_without(d, details) if d is draft else d for d in drafts]
            told = f"{draft.table.range} repeats the money of {tabs}, line by line; the lines that they tell in detail were counted there."
        warnings.append(ReadingWarning("repeats_money", None, told, draft.table.tab))
    return [draft for draft in drafts if draft.table.line_items], warnings


def _details_of(draft: Draft, others: Sequence[Draft]) -> list[_Detail]:
    """Give the lines of a table that other tabs tell: all of them to the cent, or those that name the tabs."""
    lines = [item for item in draft.table.line_items if item.budget_minor]
    if len(lines) < 2 or draft.version_of or draft.part_of or any(says(d.table.tab, "alternative") for d in (draft, *others)):
        return []
    tabs: dict[str, list[Draft]] = defaultdict(list)
    for other in others:
        tabs[other.table.tab].append(other)
    found: list[_Detail] = []
    for line in lines:
        free = [_Detail(line, tuple(d), _is_named(line, tab)) for tab, d in tabs.items() if all(tuple(d) != f.drafts for f in found)]
        free = [detail for detail in free if detail.named or (detail.agrees and _may_tell(detail, lines))]
        found += sorted(free, key=lambda d: (not d.named, not d.agrees))[:1]
    complete = len(found) == len(lines) and all(detail.agrees for detail in found)
    found = found if complete else [detail for detail in found if detail.named]
    told = [d for detail in found for d in detail.drafts]
    richer = sum(len(d.table.line_items) for d in told) > len(found) and not any(d.by_metric_rows for d in told)
    richer = richer and not (
        any(line.by_period for line in lines) and not any(i.start or i.by_period for d in told for i in d.table.line_items)
    )
    return found if richer and (complete or len(found) >= 2) else []


def _may_tell(detail: _Detail, lines: Sequence[LineItem]) -> bool:
    """Tell whether tables of the same money may be a line's detail: they run within it and have no line called as another one beside it."""
    items = [item for draft in detail.drafts for item in draft.table.line_items]
    others = {bought(line) for line in lines if line is not detail.line}
    start, end = detail.line.start, detail.line.end
    inside = all((start is None or i.start is None or start <= i.start) and (end is None or i.end is None or i.end <= end) for i in items)
    return inside and not any(bought(item) in others for item in items)


def _is_named(line: LineItem, tab: str) -> bool:
    """Tell whether a tab is called as a line is, but for words such as `Plan` beside it."""
    names = (line.channel, line.publisher, line.campaign, line.market, line.format, *line.labels.values())
    words = set(words_of(tab))
    return any(own and (own <= words or words <= own) for own in (set(words_of(name)) for name in names if name))


def _total(drafts: Sequence[Draft]) -> int:
    return sum(draft.table.total_minor or 0 for draft in drafts)


def _chosen(draft: Draft, details: list[_Detail], findings: Findings) -> object:
    """Give what counts: the details, unless any of them differs from its line and a person said that the summary does."""
    off = [detail for detail in details if not detail.agrees]
    if not off:
        return "details"
    tabs = ", ".join(detail.drafts[0].table.tab for detail in off)
    options = [Option("details", f"the lines of {tabs}"), Option("summary", f"the lines of {draft.table.tab}")]
    pairs = [(d.line.budget_minor or 0, _total(d.drafts)) for d in off[:4]]
    sums = "; ".join(" against ".join(f"{to_major(minor, draft.table.currency):,.2f}" for minor in pair) for pair in pairs)
    why = f"a summary and the tabs that tell it in detail differ: {sums}"
    return findings.ask("alternatives", f"details-{draft.table.tab}", tabs, options, why=why, cell=off[0].line.budget_cell)


def _name_lines(details: list[_Detail]) -> None:
    """Call the lines of each detail by the channel of the summary's line, where they name none."""
    for detail in details:
        for draft in detail.drafts:
            items = tuple(i if i.channel else replace(i, channel=detail.line.channel) for i in draft.table.line_items)
            draft.table = replace(draft.table, line_items=items)


def _without(draft: Draft, details: list[_Detail]) -> Draft:
    """Give a summary without the lines that its details tell."""
    told = [detail.line for detail in details]
    kept = tuple(item for item in draft.table.line_items if item not in told)
    names = {detail.line.row: detail.drafts[0].table.tab for detail in details}
    skipped = [SkippedRow(row, "detail", f"told in detail on {tab}") for row, tab in names.items()]
    total = sum(item.budget_minor or 0 for item in kept)
    draft.table = replace(draft.table, line_items=kept, skipped=(*draft.table.skipped, *skipped), total_minor=total)
    return draft
