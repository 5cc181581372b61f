"""What rows and columns of a table are known by, so that they are found again after others inserted, sorted, moved or deleted some.

An outline holds hashes only: it can be kept with a change set without keeping the sheet's texts.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.model.workbook import CellError, CellValue, Span, Tab

Key = str | None
"""A hash, None for nothing to go by."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The geometry of a table.

    Attributes:
        header_rows: rows whose texts name the columns, top first; empty when there are none.
        identity_columns: columns whose texts name the rows.
        target_columns: columns that are written to; never part of what a row is known by.
    """

    header_rows: tuple[int, ...]
    identity_columns: tuple[int, ...]
    target_columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RowKeys:
    """What a row is known by, weakest first: texts; also other constants; also what stands above; also its amounts."""

    texts: Key
    constants: Key
    context: Key
    amounts: Key


_BLANK = RowKeys(None, None, None, None)
_STRAY_AFTER = 20_000


@dataclass(frozen=True, slots=True)
class Outline:
    """A tab as seen through a frame; rows and columns from 1.

    Attributes:
        rows: keys of rows 1..n, index 0 is row 1. `columns` likewise.
        headers: the multiset of texts of each header row, hashed one by one.
        row_ids: developer metadata by row, where the source has it.
        contents: what stands in each column to be written, hashed: a new column may have an old one's header.
    """

    tab: str
    tab_id: int | None
    frame: Frame
    rows: tuple[RowKeys, ...]
    columns: tuple[Key, ...]
    headers: tuple[tuple[str, ...], ...]
    row_ids: dict[int, str] = field(default_factory=dict)
    contents: dict[int, tuple[str, ...]] = field(default_factory=dict)


def frame_of(tab: Tab, targets: Iterable[tuple[int, int]], *, header_rows: Sequence[int] = ()) -> Frame:
    """Give the frame for the cells to be written.

    Args:
        targets: (row, column) of each cell that may be written.
        header_rows: as read; found as the nearest row of two or more texts above the first target when empty.
    """
    places = sorted(set(targets))
    rows = sorted({row for row, _ in places})
    columns = tuple(sorted({column for _, column in places}))
    headers = tuple(header_rows) or _header_above(tab, rows[0] if rows else 1, columns)
    filled = _filled(tab)
    counts: dict[int, int] = {}
    for row in rows:
        for column in filled.get(row, {}):
            if column not in columns and _text(tab, row, column) is not None:
                counts[column] = counts.get(column, 0) + 1
    identity = tuple(sorted(column for column, count in counts.items() if 2 * count >= len(rows)))
    return Frame(headers, identity, columns)


def outline_of(tab: Tab, frame: Frame) -> Outline:
    """Give the outline of a tab through a frame."""
    merged = _merge_anchors(tab)
    filled, texts = _filled(tab), texts_by_row(tab, frame.header_rows)
    last_row = _last_row(filled, max(frame.header_rows, default=0))
    last_column = max((column for _, column in tab.cells), default=0)
    columns = tuple(_column_key(tab, frame, merged, column) for column in range(1, last_column + 1))
    return Outline(
        tab=tab.name,
        tab_id=tab.tab_id,
        frame=frame,
        rows=tuple(_row_keys(tab, frame, merged, filled, last_row)),
        columns=columns,
        headers=tuple(texts.get(row, ()) for row in frame.header_rows),
        row_ids=dict(tab.row_ids),
        contents=column_contents(tab, frame.header_rows, frame.target_columns),
    )


def _last_row(filled: Iterable[int], header: int) -> int:
    """Give the last row that belongs to what the table stands in: a stray cell at the end of the sheet does not."""
    last = 0
    for row in sorted(filled):
        if row - last > _STRAY_AFTER and last > header:
            break
        last = row
    return last


def column_contents(tab: Tab, header_rows: Sequence[int], columns: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Give the hashes of the constants below the header for each of the columns, sorted."""
    found: dict[int, list[str]] = {column: [] for column in columns}
    for (row, column), cell in tab.cells.items():
        if column in found and row not in header_rows and cell.formula is None and (part := _part(cell.value)) is not None:
            found[column].append(hashlib.blake2b(part.encode(), digest_size=4).hexdigest())
    return {column: tuple(sorted(values)) for column, values in found.items()}


def texts_by_row(tab: Tab, rows: Collection[int] | None = None) -> dict[int, tuple[str, ...]]:
    """Give the hashes of constants from left to right by row, top first: what header rows are recognised by; of all rows or some."""
    found: dict[int, list[str]] = {}
    for (row, _), cell in sorted(tab.cells.items(), key=lambda entry: entry[0]):
        if cell.formula is None and (rows is None or row in rows) and (part := _part(cell.value)) is not None:
            found.setdefault(row, []).append(_hash([part]))
    return {row: tuple(texts) for row, texts in found.items()}


def _row_keys(
    tab: Tab, frame: Frame, merged: dict[tuple[int, int], tuple[int, int]], filled: dict[int, list[int]], last: int
) -> Iterable[RowKeys]:
    above: dict[int, str] = {}
    targets = set(frame.target_columns)
    for row in range(1, last + 1):
        if row not in filled and not any((row, column) in merged for column in frame.identity_columns):
            yield _BLANK
            continue
        texts = [_text(tab, *merged.get((row, column), (row, column))) for column in frame.identity_columns]
        for column, text in zip(frame.identity_columns, texts, strict=True):
            if text is not None:
                above[column] = text
        others = [
            f"{column_index}:{part}"
            for column_index in filled.get(row, [])
            if column_index not in targets and (part := _constant(tab, row, column_index)) is not None
        ]
        context = [above.get(column) for column in frame.identity_columns]
        amounts = [f"{column}:{_constant(tab, row, column)}" for column in frame.target_columns]
        named = any(text is not None for text in texts)
        known = named or bool(others)
        yield RowKeys(
            _hash(texts) if named else None,
            _hash([*texts, *others]) if known else None,
            _hash([*texts, *others, "|", *context]) if known else None,
            _hash([*texts, *others, "|", *context, "|", *amounts]) if known else None,
        )


def _column_key(tab: Tab, frame: Frame, merged: dict[tuple[int, int], tuple[int, int]], column: int) -> Key:
    parts = [_constant(tab, *merged.get((row, column), (row, column))) for row in frame.header_rows]
    return _hash(parts) if any(part is not None for part in parts) else None


def _header_above(tab: Tab, first_row: int, columns: tuple[int, ...]) -> tuple[int, ...]:
    for row in range(first_row - 1, 0, -1):
        texts = [column for (at, column) in tab.cells if at == row and _text(tab, row, column) is not None]
        if len(texts) >= 2 and any(column in columns for column in texts):
            return (row,)
    return ()


def _filled(tab: Tab) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = {}
    for (row, column), cell in sorted(tab.cells.items()):
        if cell.value is not None or cell.formula is not None:
            rows.setdefault(row, []).append(column)
    return rows


def _merge_anchors(tab: Tab) -> dict[tuple[int, int], tuple[int, int]]:
    return {place: (span.top, span.left) for span in tab.merges for place in _places(span)}


def _places(span: Span) -> Iterable[tuple[int, int]]:
    if (span.bottom - span.top + 1) * (span.right - span.left + 1) > 10_000:
        return []
    return [(row, column) for row in range(span.top, span.bottom + 1) for column in range(span.left, span.right + 1)]


def _text(tab: Tab, row: int, column: int) -> str | None:
    cell = tab.cells.get((row, column))
    if cell is None or cell.formula is not None or not isinstance(cell.value, str):
        return None
    return _normal(cell.value) or None


def _constant(tab: Tab, row: int, column: int) -> str | None:
    cell = tab.cells.get((row, column))
    return None if cell is None or cell.formula is not None else _part(cell.value)


def _part(value: CellValue) -> str | None:
    if value is None or isinstance(value, CellError):
        return None
    if isinstance(value, str):
        return _normal(value) or None
    if isinstance(value, bool):
        return f"b{value}"
    if isinstance(value, int | float):
        return f"n{float(value)!r}"
    return f"d{value.isoformat()}" if isinstance(value, date) else f"t{value}"


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _hash(parts: Iterable[str | None]) -> str:
    body = "\x1f".join("\x00" if part is None else part for part in parts)
    return hashlib.blake2b(body.encode(), digest_size=9).hexdigest()
