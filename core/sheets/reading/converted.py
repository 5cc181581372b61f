"""A table that tells the lines of others again in another currency: left out where one rate a currency makes each of its amounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from core.model.reading import LineItem, ReadingWarning
from core.sheets.reading.tables import Draft

_FEW, _STEADY = 3, 1.005


def without_conversions(drafts: list[Draft]) -> tuple[list[Draft], list[ReadingWarning]]:
    """Leave out the tables whose lines are all those of tabs in other currencies, each currency at a rate of its own."""
    warnings: list[ReadingWarning] = []
    for draft in list(drafts):
        others = [d for d in drafts if d.table.tab != draft.table.tab and d.table.currency not in (None, draft.table.currency)]
        if draft.table.currency is not None and others and _converts(draft, others):
            tabs = ", ".join(dict.fromkeys(other.table.tab for other in others))
            told = f"{draft.table.range} tells the money of {tabs} again in {draft.table.currency}; it was not counted."
            warnings.append(ReadingWarning("repeats_money", None, told, draft.table.tab))
            drafts = [one for one in drafts if one is not draft]
    return drafts, warnings


def _converts(draft: Draft, others: Sequence[Draft]) -> bool:
    """Tell whether the lines of a table are those of others one by one, in the same order, at one rate a currency."""
    lines = [(item, item.budget_minor) for item in draft.table.line_items if item.budget_minor]
    items = [(other.table.currency, item, item.budget_minor) for other in others for item in other.table.line_items if item.budget_minor]
    rates: dict[str | None, list[float]] = defaultdict(list)
    for line, amount in lines:
        found = next((at for at, (_, item, _) in enumerate(items) if _is_same(line, item)), None)
        if found is None:
            return False
        currency, _, own = items.pop(found)
        rates[currency].append(amount / own)
    steady = all(max(told) <= _STEADY * min(told) for told in rates.values() if min(told) > 0)
    return len(lines) >= _FEW and not items and steady and len(lines) > len(rates)


def _is_same(line: LineItem, item: LineItem) -> bool:
    """Tell whether two lines are called alike, in the same market where both name one."""
    names = {text.casefold() for text in (line.channel, line.publisher, line.campaign) if text}
    own = {text.casefold() for text in (item.channel, item.publisher, item.campaign) if text}
    return bool(names & own) and (line.market is None or item.market is None or line.market.casefold() == item.market.casefold())
