"""What the lines of a plan are called in their own sheet, and which of them a name means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import InvalidInput, NotFound
from core.model.distribution import Distribution, DistributionRow
from core.model.reading import LineItem
from core.planning.channels import canonical_channel, covers, plain

_LONGEST, _MOST_WORDS = 40, 6
_NO_NAME = re.compile(
    r"note|comment|bemerk|kommentar|anmerk|flight|date|datum|period|zeitraum|contact|kontakt|status|owner|unit|einheit|curr|währ|buying|"
    r"einkauf|url|link|\bid\b|\bnr\b|#",
    re.IGNORECASE,
)
_FIELDS = ("channel", "publisher", "campaign", "format")


@dataclass(frozen=True, slots=True)
class LineNames:
    """Every word that the sheet has for its lines.

    Attributes:
        rows: row ids by folded word and by what the word is (`channel`, `tactic`, `publisher`, a column's header).
        spelled: the words as the sheet spells them, channels first.
        lines: one name for each row id, each only once.
    """

    rows: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    spelled: tuple[str, ...] = ()
    lines: Mapping[str, str] = field(default_factory=dict)

    def readings(self, word: str) -> dict[str, frozenset[str]]:
        """Give the different sets of lines that a word can mean, by what it is there; `Video (channel)` names one of them."""
        named = re.fullmatch(r"(.+) \((.+)\)", word)
        if named is not None and plain(named[1]) in self.rows:
            kinds = self.rows[plain(named[1])]
            return {kind: ids for kind, ids in kinds.items() if plain(kind) == plain(named[2])}
        distinct: dict[frozenset[str], str] = {}
        for kind, ids in self.rows.get(plain(word), {}).items():
            distinct.setdefault(ids, kind)
        return {kind: ids for ids, kind in distinct.items()}

    def ambiguous(self) -> dict[str, list[str]]:
        """Give the words that stand for different lines in different columns, with what tells them apart."""
        found = {}
        for word in self.spelled:
            readings = self.readings(word)
            if len(readings) > 1:
                found[word] = [f"{word} ({kind})" for kind in readings]
        return found


def name_lines(rows: Sequence[DistributionRow], items: Mapping[str, LineItem]) -> LineNames:
    """Collect the words of each line: its channel, tactic, publisher, campaign, format, and every other short text of its row."""
    found: dict[str, dict[str, set[str]]] = {}
    spelled: dict[str, tuple[int, str]] = {}
    for row in rows:
        for rank, (kind, word) in enumerate(_words(row, items.get(row.id))):
            found.setdefault(plain(word), {}).setdefault(kind, set()).add(row.id)
            spelled[plain(word)] = min(spelled.get(plain(word), (rank, word)), (rank, word), key=lambda one: one[0])
    lines = _line_names(rows, items)
    for row_id, name in lines.items():
        found.setdefault(plain(name), {"line": {row_id}})
        spelled.setdefault(plain(name), (99, name))
    everything = {row.id for row in rows}
    kept = {
        word: {kind: frozenset(ids) for kind, ids in kinds.items()}
        for word, kinds in found.items()
        if len(rows) == 1 or any(ids != everything for ids in kinds.values()) or kinds.keys() & set(_FIELDS)
    }
    ordered = sorted((rank, word) for folded, (rank, word) in spelled.items() if folded in kept)
    return LineNames(kept, tuple(word for _, word in ordered), lines)


def _words(row: DistributionRow, item: LineItem | None) -> Iterable[tuple[str, str]]:
    own = {kind: getattr(row, kind) for kind in _FIELDS}
    objective = item.objective if item is not None else None
    named = [("channel", own["channel"]), ("tactic", objective), *((kind, own[kind]) for kind in _FIELDS[1:])]
    if plain(row.label) not in {plain(word) for _, word in named if word}:
        named.append(("line", row.label))
    if item is not None:
        named += [(header.lower(), text) for header, text in item.labels.items() if not _NO_NAME.search(header)]
    return [(kind, " ".join(word.split())) for kind, word in named if word is not None and _is_name(word)]


def _is_name(text: str) -> bool:
    """Tell a short text with letters; dates, numbers and sentences are no names."""
    letters = sum(ch.isalpha() for ch in text)
    return 2 <= len(text.strip()) <= _LONGEST and len(text.split()) <= _MOST_WORDS and letters * 2 >= len(text.replace(" ", ""))


def _line_names(rows: Sequence[DistributionRow], items: Mapping[str, LineItem]) -> dict[str, str]:
    """Give each row a name of its own: its label, then what tells it from the others, at last its place in the sheet."""
    names = {row.id: row.label for row in rows}
    for step in range(3):
        taken: dict[str, int] = {}
        for name in names.values():
            taken[name] = taken.get(name, 0) + 1
        for row in rows:
            if taken[names[row.id]] > 1:
                names[row.id] = " · ".join([names[row.id], *_distinction(row, items.get(row.id), names[row.id], step)])
    return names


def _distinction(row: DistributionRow, item: LineItem | None, name: str, step: int) -> list[str]:
    if step == 0:
        return [item.objective] if item is not None and item.objective else []
    if step == 1:
        return [text for _, text in _words(row, item) if plain(text) not in plain(name)][:1]
    return [f"row {row.source_row}"]


def rows_named(
    names: LineNames, base: Distribution, *, channel: str | None = None, market: str | None = None
) -> tuple[DistributionRow, ...]:
    """Give the rows meant by a name and a market: the sheet's own words exactly, only where it has none such the same kind, then a market.

    Raises:
        NotFound: nothing in the plan is called that; the hint lists what is.
        InvalidInput: the word means different lines in different columns.
    """
    rows = base.rows
    if market is not None:
        rows = tuple(row for row in rows if row.market is not None and plain(row.market) == plain(market))
        if not rows:
            markets = sorted({row.market for row in base.rows if row.market})
            raise NotFound(f"The plan has no market {market!r}.", hint="It has: " + (", ".join(markets) or "no markets at all") + ".")
    if channel is None:
        return rows
    readings = names.readings(channel)
    if len(readings) > 1:
        raise InvalidInput(f"{channel!r} means different lines.", hint=" or ".join(f"{channel} ({kind})" for kind in readings) + "?")
    ids = next(iter(readings.values()), frozenset[str]())
    found = tuple(row for row in rows if row.id in ids) or _same_kind(rows, channel)
    found = found or tuple(row for row in rows if row.market is not None and plain(row.market) == plain(channel))
    if not found:
        known = list(dict.fromkeys(row.channel or row.label for row in base.rows))
        raise NotFound(f"The plan has no {channel!r}.", hint="It has: " + ", ".join(known[:20]) + ".")
    return found


def _same_kind(rows: Sequence[DistributionRow], channel: str) -> tuple[DistributionRow, ...]:
    """Give the rows of the same kind of channel, else of such a publisher; a new line answers to its own words too."""
    own = tuple(r for r in rows if plain(channel) in {plain(n) for n in (r.channel, r.publisher, r.campaign, r.format, r.label) if n})
    canonical = canonical_channel(channel)
    if own or canonical is None:
        return own
    found = tuple(row for row in rows if row.channel and covers(canonical, row.channel))
    return found or tuple(row for row in rows if row.publisher and covers(canonical, row.publisher))


def grouped(
    names: LineNames, rows: Sequence[DistributionRow], cuts: Iterable[frozenset[str]] = ()
) -> dict[str, tuple[DistributionRow, ...]]:
    """Group rows by channel (by label where there is none), in the plan's order; a channel that a cut divides is told line by line."""
    groups: dict[str, list[DistributionRow]] = {}
    for row in rows:
        groups.setdefault(row.channel or row.label, []).append(row)
    sets = [frozenset(cut) for cut in cuts]
    told: dict[str, tuple[DistributionRow, ...]] = {}
    for name, members in groups.items():
        ids = {row.id for row in members}
        if any(cut & ids and not ids <= cut for cut in sets):
            told |= {names.lines.get(row.id, row.label): (row,) for row in members}
        else:
            told[name] = tuple(members)
    return told
