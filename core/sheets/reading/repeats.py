"""Tables that tell the money of others again: copies, details of a summary, summaries of details."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import zip_longest

from core.model.reading import LineItem, Option, PlanTable, ReadingWarning
from core.sheets.reading.dates import read_flight
from core.sheets.reading.findings import Findings
from core.sheets.reading.flights import Flight
from core.sheets.reading.grid import is_blank
from core.sheets.reading.lexicon import says, words_of
from core.sheets.reading.places import is_group, is_place
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.tables import Draft

_ALIKE = 0.6
_SOME_YEAR = 2026


def without_repeats(drafts: list[Draft], findings: Findings) -> tuple[list[Draft], list[ReadingWarning]]:
    """Leave out tables that repeat the money of others: details of a summary, or a summary of the details."""
    dropped = {drafts.index(part): draft for draft in drafts for part in _told_by_period(draft, drafts)}
    kept = [draft for at, draft in enumerate(drafts) if at not in dropped]
    dropped |= {drafts.index(draft): others[0] for draft in kept if (others := _adds_up_tabs(draft, kept, findings))}
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
        is_poorer = (_richness(candidate), -drafts.index(candidate)) < (_richness(main), -drafts.index(main))
        return is_poorer and not candidate.part_of and not candidate.version_of and _sums_groups(candidate, main.table.line_items)
    if _are_named_versions(candidate, main) or are_apart_in_time(candidate, main) or _are_headed_apart(candidate, main):
        return False
    mine = _totals(candidate.table)
    if not mine or grand_total_adds(candidate, main, drafts):
        return False
    if any(_near(one, two) for one in mine for two in _totals(main.table)):
        if are_alike(candidate, main) and candidate.table.tab != main.table.tab:
            ranks = [(_richness(draft)[:2], -drafts.index(draft)) for draft in (candidate, main)]
            return ranks[0] < ranks[1] and _same_items(candidate, main) and not _of_other_periods(candidate, main)
        if len(candidate.table.line_items) == len(main.table.line_items) == 1 and candidate.by_metric_rows == main.by_metric_rows:
            return False
        poorer, richer = ((_richness(draft), -drafts.index(draft)) for draft in (candidate, main))
        is_told = have_same_names(candidate, main) or _sums_groups(candidate, main.table.line_items)
        return poorer < richer and (poorer[0] < richer[0] or is_told)
    amounts = {amount for item in main.table.line_items for amount in item.amounts.values()}
    detail = len(main.table.line_items) > 1 and any(_near(total, amount) for total in mine for amount in amounts)
    detail = detail and _holds_days(main, [candidate]) and not _are_peers([main, candidate])
    return detail and (candidate.by_metric_rows or _details_of(main, drafts) >= 2)


def _adds_up_tabs(draft: Draft, drafts: list[Draft], findings: Findings) -> list[Draft]:
    """Give the tables of other tabs (two or more) whose lines a table only adds up: all of one name where they are alike, or by groups."""
    others = [d for d in drafts if d.table.tab != draft.table.tab and not d.version_of]
    if draft.version_of or draft.part_of or any(says(d.table.tab, "alternative") for d in (draft, *others)):
        return []
    alike = [d for d in others if not d.part_of and are_alike(d, draft)]
    stated, sums = _by_name(draft.table.line_items), _by_name([item for other in alike for item in other.table.line_items])
    adds = len(stated) > 1 and stated.keys() == sums.keys() and all(_near(sums[name], amount) for name, amount in stated.items())
    if len(alike) >= 2 and adds and any(stated.values()):
        return alike if _may_add_up(draft, alike, findings) else []
    parts = [item for other in others for item in other.table.line_items]
    whole = sum(item.budget_minor or 0 for item in parts)
    regroups = len(others) >= 2 and _near(whole, draft.table.total_minor or 0) and _sums_groups(draft, parts)
    return others if regroups and _may_add_up(draft, others, findings) else []


def _by_name(items: Sequence[LineItem]) -> dict[tuple[str | None, ...], int]:
    """Add up what lines of one name cost."""
    sums: dict[tuple[str | None, ...], int] = defaultdict(int)
    for item in items:
        sums[bought(item)] += item.budget_minor or 0
    return sums


def _may_add_up(draft: Draft, parts: Sequence[Draft], findings: Findings) -> bool:
    """Tell whether a tab whose amounts are the sums of others' may be their summary by its days and its name."""
    return _holds_days(draft, parts) and (not _are_peers([draft, *parts]) or _is_sum(draft, parts, findings))


def _holds_days(draft: Draft, parts: Sequence[Draft]) -> bool:
    """Tell whether a table may add others up by when they run: none of their lines, or of the periods that name their tabs, is outside."""
    first, last = _days(draft)
    spans = [_days(part) for part in parts]
    return all((not first or not start or first <= start) and (not last or not end or end <= last) for start, end in spans)


def _days(draft: Draft) -> tuple[date | None, date | None]:
    """Give the first and last day of a table's lines or, where they have none, of the month or quarter that its tab is called."""
    days = [(item.start, item.end) for item in draft.table.line_items]
    named = (read_flight(draft.table.tab) or Flight(None, None)).in_year(_SOME_YEAR)
    starts, ends = [start for start, _ in days if start], [end for _, end in days if end]
    return min(starts, default=named.start), max(ends, default=named.end)


def _are_peers(drafts: Sequence[Draft]) -> bool:
    """Tell whether tabs are called alike (`Flight 1`, `Flight 2`; countries): none of them says that it adds the others up."""
    names = list(dict.fromkeys(draft.table.tab for draft in drafts))
    words = {tuple(word for word in words_of(name) if not word.isdigit()) for name in names}
    grouped = is_group(names[0]) and not any(map(is_group, names[1:]))  # `DACH` beside its countries
    return len(names) > 1 and ((all(map(is_place, names)) and not grouped) or (len(words) == 1 and words != {()}))


def _is_sum(draft: Draft, parts: Sequence[Draft], findings: Findings) -> bool:
    """Ask whether a tab that is called like others is their sum; until somebody says so it is a part beside them."""
    tabs = ", ".join(dict.fromkeys(part.table.tab for part in parts))
    options = [Option("additive", f"a part of the plan beside {tabs}"), Option("summary", f"the sum of {tabs}, counted once")]
    why = f"every line of {draft.table.tab} is what those of {tabs} add up to"
    return findings.ask("alternatives", f"sum-{draft.table.tab}", draft.table.tab, options, why=why) == "summary"


def _told_by_period(draft: Draft, drafts: list[Draft]) -> list[Draft]:
    """Give the tables of other tabs (two or more) each of which splits the lines of one period of a table, to the cent; else none."""
    if len({other.table.tab for other in drafts}) < 3:
        return []
    spans: dict[tuple[date, date], dict[tuple[str | None, ...], int]] = defaultdict(dict)
    for item in draft.table.line_items:
        for amount in item.by_period:
            spans[amount.start, amount.end][line_name(item)] = amount.budget_minor
    lines = [{name: amount for name, amount in line.items() if amount} for line in spans.values()]
    parts = [d for d in drafts if d.table.tab != draft.table.tab and len(d.table.line_items) > 1 and _lines(d) in lines]
    return parts if len(parts) >= 2 and len(parts) == len({str(_lines(part)) for part in parts}) else []


def _lines(draft: Draft) -> dict[tuple[str | None, ...], int]:
    return {line_name(item): item.budget_minor for item in draft.table.line_items if item.budget_minor}


def _sums_groups(candidate: Draft, parts: Sequence[LineItem]) -> bool:
    """Tell whether every line of a table is what those of others add up to that share its name."""
    for line in candidate.table.line_items:
        name = next((text for text in (line.channel, line.publisher, *line.labels.values()) if text), "")
        own = [p.budget_minor or 0 for p in parts if name in (p.channel, p.publisher, p.format, p.campaign, p.market, *p.labels.values())]
        if not name or not own or not _near(sum(own), line.budget_minor or 0):
            return False
    return True


def _are_named_versions(one: Draft, two: Draft) -> bool:
    """Tell whether two tables of one tab stand under names such as `Option A` and `Option B`: equal totals are no repetition then."""
    if one.table.tab != two.table.tab or not (one.around.titles and two.around.titles) or not are_alike(one, two):
        return False
    titles = (one.around.titles[-1], two.around.titles[-1])
    return titles[0] != titles[1] and all(says(title, "alternative") for title in titles)


def _are_headed_apart(one: Draft, two: Draft) -> bool:
    """Tell whether two like tables of a tab stand under headings of their own (`Germany`, `Austria`): parts, also of equal amounts."""
    if one.table.tab != two.table.tab or not are_alike(one, two):
        return False
    left, right = (heading_over(draft) for draft in (one, two))
    return bool(left and right) and left.casefold() != right.casefold()


def heading_over(draft: Draft) -> str:
    """Give the one text that stands right over a table, within the last line before it."""
    grid, top = draft.region.grid, draft.region.header.top
    above = [row for row in (top - 1, top - 2) if row in grid.rows]
    texts = [cell.value for cell in grid.rows[above[0]].values() if not is_blank(cell.value)] if above else []
    return str(texts[0]).strip() if len(texts) == 1 and isinstance(texts[0], str) else ""


def are_apart_in_time(one: Draft, two: Draft) -> bool:
    """Tell whether all lines of one table end before any of the other begins: equal sums are no repetition then."""
    spans = [[(item.start, item.end) for item in draft.table.line_items] for draft in (one, two)]
    if not all(start and end for span in spans for start, end in span):
        return False
    (first, last), (begin, finish) = ((min(s for s, _ in span if s), max(e for _, e in span if e)) for span in spans)
    return last < begin or finish < first


def grand_total_adds(one: Draft, two: Draft, drafts: list[Draft]) -> bool:
    """Tell whether a total of the tab states the sum of its tables of one kind: they are parts of one plan, also with equal amounts."""
    if one.table.tab != two.table.tab or not are_alike(one, two):
        return False
    family = [draft for draft in drafts if draft.table.tab == one.table.tab and are_alike(draft, one)]
    whole = sum(draft.table.total_minor or 0 for draft in family)
    return any(check.stated_minor is not None and _near(check.stated_minor, whole) for draft in family for check in draft.table.totals)


def _details_of(main: Draft, drafts: list[Draft]) -> int:
    """Count the tables whose totals are line items of `main`."""
    amounts = {amount for item in main.table.line_items for amount in item.amounts.values() if abs(amount) >= 1000}
    return sum(any(_near(t, a) for t in _totals(other.table) for a in amounts) for other in drafts if other is not main)


def _richness(draft: Draft) -> tuple[int, int, int, float]:
    items = draft.table.line_items
    told = sum(len(item.by_period) + (item.start is not None) for item in items)
    return len(items), told, len(draft.layout.uses), draft.score


def names_of(draft: Draft) -> set[tuple[str | None, ...]]:
    return {
        (i.channel, i.publisher, i.format, i.campaign, i.market, *(v for k, v in i.labels.items() if role_of_header(k).kind != "date"))
        for i in draft.table.line_items
    }


def _same_items(one: Draft, two: Draft) -> bool:
    """Tell whether two tables are copies: lines of the same names and money, and the same of whatever else both of them tell."""
    left, right = (d.table.line_items for d in (one, two))
    return len(left) == len(right) and all(_is_same_line(*pair) for pair in zip(left, right, strict=True))


def _is_same_line(one: LineItem, two: LineItem) -> bool:
    told = ((one.metrics, two.metrics), (one.amounts, two.amounts))
    same = all(left[key] == right[key] for left, right in told for key in left.keys() & right.keys())
    names = list(zip_longest((*line_name(one), one.market), (*line_name(two), two.market), fillvalue=""))
    return same and one.budget_minor == two.budget_minor and all(left == right or None in (left, right) for left, right in names)


def _of_other_periods(one: Draft, two: Draft) -> bool:
    """Tell whether two tabs are named after different periods (`Q1`, `Q2`): equal amounts are no copies then."""
    flights = [read_flight(draft.table.tab) for draft in (one, two)]
    days = [flight.month_day and (flight.start, flight.month_day) for flight in flights if flight is not None]
    return len(days) == 2 and all(days) and days[0] != days[1]


def have_same_names(one: Draft, two: Draft) -> bool:
    return names_of(one) == names_of(two)


def are_alike(one: Draft, two: Draft) -> bool:
    left, right = ({h.own.casefold() for h in d.region.columns.values() if h.own} for d in (one, two))
    if bool(left | right) and len(left & right) / len(left | right) >= _ALIKE:
        return True
    names = [sorted(use.name for use in d.layout.uses.values() if use.name not in ("label", "number")) for d in (one, two)]
    return len(names[0]) >= 3 and names[0] == names[1]


def line_name(item: LineItem) -> tuple[str | None, ...]:
    return item.channel, item.publisher, item.format, item.campaign, *item.labels.values()


def bought(item: LineItem) -> tuple[str | None, ...]:
    """Give what a line is called but for its dates."""
    labels = (text for head, text in item.labels.items() if role_of_header(head).kind != "date")
    return item.channel, item.publisher, item.format, item.campaign, *labels
