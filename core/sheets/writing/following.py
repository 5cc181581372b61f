"""Finds rows and columns of an outline again in the sheet as it is now; one that is not found for certain is reported, never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from core.model.workbook import Tab, Workbook
from core.sheets.writing.outline import Frame, Key, Outline, RowKeys, column_contents, outline_of, texts_by_row


class Lost(StrEnum):
    """Why a row or column was not found."""

    MISSING = "missing"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Found:
    """Where a row or column is now (from 1), or why that is not known; `candidate` is then the likeliest place."""

    at: int | None
    lost: Lost | None = None
    candidate: int | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """A tab found again: its outline now, and where the rows and columns of the old one went."""

    tab: Tab
    now: Outline
    rows: dict[int, Found]
    columns: dict[int, Found]


def find_tab(outline: Outline, workbook: Workbook) -> Tab | None:
    """Give the outline's tab: by its id where the source has one, else by name, else the one tab that is the same but for its name."""
    if outline.tab_id is not None:
        return next((tab for tab in workbook.tabs if tab.tab_id == outline.tab_id), None)
    named = next((tab for tab in workbook.tabs if tab.name == outline.tab), None)
    if named is not None:
        return named
    same = [tab for tab in workbook.tabs if (now := outline_of(tab, outline.frame)).rows == outline.rows and now.columns == outline.columns]
    return same[0] if len(same) == 1 else None


def follow(outline: Outline, tab: Tab, rows: Iterable[int]) -> Followed:
    """Find the given rows and every column of an outline in a tab."""
    wanted = sorted(set(rows))
    headers = _header_rows(outline, tab)
    if headers is None:
        nowhere = Found(None, Lost.MISSING)
        columns = dict.fromkeys(range(1, len(outline.columns) + 1), nowhere)
        return Followed(tab, outline_of(tab, Frame((), (), ())), dict.fromkeys(wanted, nowhere), columns)
    columns = _match_columns(outline.columns, outline_of(tab, Frame(headers, (), ())).columns)
    columns |= {column: Found(None, Lost.AMBIGUOUS, columns[column].at) for column in _unsure_columns(outline, tab, headers, columns)}
    frame = Frame(headers, _moved(outline.frame.identity_columns, columns), _moved(outline.frame.target_columns, columns))
    now = outline_of(tab, frame)
    if len(frame.identity_columns) < len(outline.frame.identity_columns):
        return Followed(tab, now, {row: Found(None, Lost.AMBIGUOUS) for row in wanted}, columns)
    finder = _RowFinder(outline, _in_old_columns(now, tab, columns))
    return Followed(tab, now, {row: finder.find(row) for row in wanted}, columns)


def _moved(columns: Sequence[int], found: dict[int, Found]) -> tuple[int, ...]:
    return tuple(place for column in columns if (place := found[column].at) is not None)


def _in_old_columns(now: Outline, tab: Tab, columns: dict[int, Found]) -> Outline:
    """Give the outline with constants named by their old columns; columns that are new are not looked at."""
    back = {found.at: old for old, found in columns.items() if found.at is not None}
    if all(new == old for new, old in back.items()) and len(back) == len(now.columns):
        return now
    cells = {(row, back[column]): cell for (row, column), cell in tab.cells.items() if column in back}
    merges = tuple(span for span in tab.merges if span.left in back and span.right in back)
    shifted = replace(tab, cells=cells, merges=tuple(span._replace(left=back[span.left], right=back[span.right]) for span in merges))
    frame = Frame(
        now.frame.header_rows,
        tuple(back[column] for column in now.frame.identity_columns),
        tuple(back[column] for column in now.frame.target_columns),
    )
    return outline_of(shifted, frame)


def _header_rows(outline: Outline, tab: Tab) -> tuple[int, ...] | None:
    """Give the header rows of now: rows that hold every header text of then, in the same order; None when they are not certain."""
    found: list[int] = []
    texts = texts_by_row(tab)
    for old_row, wanted in zip(outline.frame.header_rows, outline.headers, strict=True):
        exact = [row for row, now in texts.items() if _holds_in_order(now, wanted)]
        loose = [] if exact else [row for row, now in texts.items() if 3 * len(set(wanted) & set(now)) >= 2 * len(set(wanted))]
        places = exact or loose
        if not wanted:
            places = [found[-1] + 1] if found else [old_row]
        if len(places) > 1:
            places = _same_gap(places, found, outline.frame.header_rows, old_row)
        if len(places) != 1:
            return None
        found.append(places[0])
    return tuple(found)


def _same_gap(places: list[int], found: list[int], old_rows: tuple[int, ...], old_row: int) -> list[int]:
    if found:
        gap = old_row - old_rows[len(found) - 1]
        return [place for place in places if place - found[-1] == gap]
    return [place for place in places if place == old_row]


def _holds_in_order(texts: Sequence[str], wanted: Sequence[str]) -> bool:
    remaining = iter(texts)
    return bool(wanted) and all(any(text == one for text in remaining) for one in wanted)


def _match_columns(old: Sequence[Key], now: Sequence[Key]) -> dict[int, Found]:
    return {index: _by_key(index, old, now) for index in range(1, len(old) + 1)}


def _unsure_columns(outline: Outline, tab: Tab, headers: tuple[int, ...], found: dict[int, Found]) -> list[int]:
    """Give the columns that were found but hold something else now: the old one was deleted, and another put there or named like it."""
    places = {column: place for column in outline.contents if column in found and (place := found[column].at) is not None}
    now = column_contents(tab, headers, places.values())
    strangers = set()
    for column, place in places.items():
        key = outline.columns[column - 1]
        alike = key is None or outline.columns.count(key) > 1
        if not _is_same(outline.contents[column], now[place], alike=alike):
            strangers.add(column)
    keys = {outline.columns[column - 1] for column in strangers}
    empty = {column for column, content in outline.contents.items() if not content and outline.columns[column - 1] in keys}
    return sorted(strangers | empty)


def _is_same(old: tuple[str, ...], now: tuple[str, ...], *, alike: bool) -> bool:
    """Compare what stands in a column: half of it must still be there where others have its header, some of it where none has."""
    if not old:
        return not (alike and now)
    kept = sum((Counter(old) & Counter(now)).values())
    return 2 * kept >= len(old) if alike else kept > 0


def _by_key(index: int, old: Sequence[Key], now: Sequence[Key]) -> Found:
    key = old[index - 1]
    if key is not None and old.count(key) == 1 and now.count(key) == 1:
        return Found(now.index(key) + 1)
    if key is not None and key not in now:
        return Found(None, Lost.MISSING)
    return _by_order(index, old, now)


def _by_order(index: int, old: Sequence[Key], now: Sequence[Key]) -> Found:
    """Match the n-th of several alike to the n-th, when nothing that can be told apart changed its order among them."""
    key = old[index - 1]
    old_counts, now_counts = Counter(old), Counter(now)
    kept = {one for one, count in old_counts.items() if one is not None and count == 1 and now_counts[one] == 1} | {key}
    if [one for one in old if one in kept] != [one for one in now if one in kept]:
        return Found(None, Lost.AMBIGUOUS)
    nth = old[: index - 1].count(key)
    return Found([place for place, one in enumerate(now, 1) if one == key][nth])


class _RowFinder:
    """Looks rows up by id, then by what they are known by, then by order."""

    def __init__(self, old: Outline, now: Outline) -> None:
        self._old, self._now = old, now
        self._old_levels = [_level(old.rows, name) for name in _LEVELS]
        self._now_levels = [_level(now.rows, name) for name in _LEVELS]
        self._old_counts = [Counter(level) for level in self._old_levels]
        self._places = [_places(level) for level in self._now_levels]
        ids = Counter(now.row_ids.values())
        self._by_id = {row_id: row for row, row_id in now.row_ids.items() if ids[row_id] == 1}

    def find(self, row: int) -> Found:
        if row > len(self._old.rows):
            return Found(None, Lost.MISSING)
        tagged = self._by_id.get(self._old.row_ids.get(row, ""))
        keys = [level[row - 1] for level in self._old_levels]
        if tagged is not None and self._confirms(tagged, keys):
            copied = keys[0] is not None and len(self._places[0].get(keys[0], [])) > self._old_counts[0][keys[0]]
            return Found(None, Lost.AMBIGUOUS, tagged) if copied and self._any_sorted else Found(tagged)
        for depth, key in enumerate(keys):
            places = self._places[depth].get(key, [])
            if key is not None and len(places) > self._old_counts[depth][key]:
                return Found(None, Lost.AMBIGUOUS, tagged or places[0])  # a copy was added: nothing tells which is the old one
            if key is not None and self._old_counts[depth][key] == 1 and len(places) == 1:
                return Found(places[0]) if tagged is None or self._was_sorted(tagged) else Found(None, Lost.AMBIGUOUS, tagged)
        return self._among_alike(row, keys, tagged)

    def _confirms(self, tagged: int, keys: list[Key]) -> bool:
        """A sort moves values but not metadata: an id holds only where its row still says what no other row said."""
        if tagged > len(self._now.rows):
            return False
        now = [level[tagged - 1] for level in self._now_levels]
        return any(key is not None and now[depth] == key and self._old_counts[depth][key] == 1 for depth, key in enumerate(keys))

    @cached_property
    def _any_sorted(self) -> bool:
        """Tell whether rows were sorted: ids stay where they were, and one of them may stand at a copy of its row then."""
        texts = self._old_levels[0]
        known = ((row, self._by_id.get(row_id)) for row, row_id in self._old.row_ids.items() if row <= len(texts))
        return any(
            tagged is not None
            and tagged <= len(self._now.rows)
            and self._now_levels[0][tagged - 1] != texts[row - 1]
            and self._was_sorted(tagged)
            for row, tagged in known
        )

    def _was_sorted(self, tagged: int) -> bool:
        """Tell whether a tagged row now holds what another row held before; new texts there mean that it was renamed instead."""
        if tagged > len(self._now.rows):
            return True
        keys = [level[tagged - 1] for level in self._now_levels]
        return any(key is not None and self._old_counts[depth][key] > 0 for depth, key in enumerate(keys[:2]))

    def _among_alike(self, row: int, keys: list[Key], tagged: int | None) -> Found:
        for depth in (2, 1, 0):
            if keys[depth] is None and any(key is not None for key in keys):
                continue
            if keys[depth] is not None and keys[depth] not in self._places[depth]:
                continue
            found = _by_order(row, self._old_levels[depth], self._now_levels[depth])
            if found.at is not None and self._old_levels[3][row - 1] == self._now_levels[3][found.at - 1]:
                return found
        alike = self._places[0].get(keys[0], []) if keys[0] is not None else []
        if alike:
            return Found(None, Lost.AMBIGUOUS, tagged or alike[0])
        return Found(None, Lost.AMBIGUOUS if tagged else Lost.MISSING, tagged)


_LEVELS = ("texts", "constants", "context", "amounts")


def _level(rows: Sequence[RowKeys], name: str) -> list[Key]:
    return [getattr(row, name) for row in rows]


def _places(level: Sequence[Key]) -> dict[Key, list[int]]:
    places: dict[Key, list[int]] = {}
    for row, key in enumerate(level, 1):
        places.setdefault(key, []).append(row)
    return places
