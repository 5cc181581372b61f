"""Corrections of a row are about what stands in it: they follow it when rows come and go above, and are never applied to another one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from core.model.reading import Correction, ReadingWarning
from core.model.workbook import Cell, Tab, Workbook
from core.sheets.reading.grid import is_blank
from core.sheets.reading.lexicon import normalise
from core.sheets.reading.makes import stable_name
from core.sheets.reading.rows import Row

_PLACE = re.compile(r"([A-Za-z]*)(\d+)")  # of a column's role behind the column: `F@A12`
_CHOSEN = re.compile(r"(.+)!([A-Za-z]+)(\d+):.*", re.DOTALL)
_SAID = {
    "header_row": "the header ends there",
    "line_item_row": "whether it is a line item",
    "ignore_table": "the table that begins there is left out",
    "alternative": "the alternative that begins there counts",
    "column_role": "what a column of the table that begins there holds",
    "currency": "the currency of the table that begins there",
}

Texts = tuple[str, ...]
_Cells = Mapping[int, Cell]


def row_of(correction: Correction) -> int | None:
    """Give the row that a correction is about; None for one about anything else."""
    if correction.kind == "alternative":
        chosen = _CHOSEN.fullmatch(str(correction.value))
        return int(chosen[3]) if chosen is not None else None
    is_place = correction.kind in _SAID and correction.target != correction.tab
    place = _PLACE.fullmatch(correction.target.partition("@")[2] or correction.target) if is_place else None
    return int(place[2]) if place is not None else None


def with_texts(correction: Correction, workbook: Workbook) -> Correction:
    """Note what stands in the row that a correction is about: its words; what else stands there, and below, where others say the same."""
    row, tab = row_of(correction), _tab(workbook, correction)
    if row is None or tab is None:
        return correction
    known = _identities(tab)
    own = known.get(row, ())
    alone = (texts for level, texts in enumerate(own) if texts and sum(_same(texts, other[level]) for other in known.values()) == 1)
    return replace(correction, row_texts=next(alone, own[-1] if own else ()))


def followed(corrections: Sequence[Correction], workbook: Workbook) -> tuple[list[Correction], list[ReadingWarning]]:
    """Move corrections of rows to where these stand now; those whose row is not found for certain are left out and named."""
    kept: list[Correction] = []
    lost: list[ReadingWarning] = []
    for one in corrections:
        moved = one if row_of(one) is None or not one.row_texts else _followed(one, workbook)
        if moved is not None:
            kept.append(moved)
        else:
            lost.append(unfit(one))
    return kept, lost


def unfit(correction: Correction) -> ReadingWarning:
    """Say that a correction was not applied, because what it is about is not there any more."""
    text = " · ".join(correction.row_texts[:4])[:80] or correction.target
    told = f"A correction was not applied ({_SAID[correction.kind]}): its row “{text}” is not found for certain any more. Make it anew."
    return ReadingWarning("correction_unfit", None, told, correction.tab)


def _followed(correction: Correction, workbook: Workbook) -> Correction | None:
    tab = _tab(workbook, correction)
    if tab is None:
        return correction if correction.kind == "alternative" else None  # its own warning says which one counts instead
    rows = [row for row, own in _identities(tab).items() if any(_same(correction.row_texts, texts) for texts in own)]
    if len(rows) != 1:
        return None
    if correction.kind == "alternative":
        return replace(correction, value=_CHOSEN.sub(rf"\g<1>!\g<2>{rows[0]}:", str(correction.value)))
    target = _PLACE.sub(rf"\g<1>{rows[0]}", correction.target)
    return replace(correction, target=target, value=rows[0] if correction.kind == "header_row" else correction.value)


def _same(one: Texts, other: Texts) -> bool:
    return list(map(normalise, one)) == list(map(normalise, other))


def _tab(workbook: Workbook, correction: Correction) -> Tab | None:
    name = correction.tab
    if correction.kind == "alternative" and (chosen := _CHOSEN.fullmatch(str(correction.value))) is not None:
        name = chosen[1]
    return next((tab for tab in workbook.tabs if tab.name == name), None)


def _identities(tab: Tab) -> dict[int, tuple[Texts, Texts, Texts]]:
    """Give each row's words, all that is typed in it, and that with what is typed in the next filled row."""
    rows = {row: cells for row, cells in sorted(tab.by_row().items()) if not all(is_blank(cell.value) for cell in cells.values())}
    typed = {row: _typed(cells) for row, cells in rows.items()}
    below = {row: typed[after] for row, after in pairwise(rows)}
    return {row: (_words(cells), typed[row], typed[row] + below.get(row, ())) for row, cells in rows.items()}


def _words(cells: _Cells) -> Texts:
    """Give the words of a row, without those that only name a period where others are left."""
    words = [" ".join(cell.value.split()) for _, cell in sorted(cells.items()) if isinstance(cell.value, str) and not is_blank(cell.value)]
    return tuple([word for word in words if stable_name(word)] or words)


def _typed(cells: _Cells) -> Texts:
    held = [cell.value for _, cell in sorted(cells.items()) if cell.formula is None and not is_blank(cell.value)]
    return tuple(" ".join(str(value).split()) for value in held)


def settle_lines(rows: Sequence[Row], said: Mapping[int, bool]) -> None:
    """Let rows be line items, or none, as a person said: by row number; a row without an amount is none whatever was said."""
    for row in rows:
        counts = said.get(row.number)
        if counts is False and row.kind == "item":
            row.kind, row.reason = "excluded", "by_person"
        elif counts and row.amount is not None:
            row.kind, row.reason = "item", ""
