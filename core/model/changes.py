"""Change sets: what will be written where, hashed, shown as a diff, approved by a person, applied once, undoable."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Literal

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class CellState:
    """A cell as Sheets or Excel holds it. `formula` is None for a plain value."""

    value: Scalar
    formula: str | None = None
    number_format: str | None = None


@dataclass(frozen=True, slots=True)
class CellEdit:
    """One cell to write.

    Attributes:
        tab, cell: where it was read. `tab_id` follows it when tabs are renamed; `table_key` names the outline that follows its row.
        before: what stood there when the plan was read (the base of the three-way comparison).
        after: the raw number to write, in the sheet's own scale.
        minor_before, minor_after: the same as money, for the diff.
        line_item, period: for people.
    """

    tab: str
    cell: str
    before: CellState
    after: CellState
    line_item: str
    period: str
    minor_before: int | None = None
    minor_after: int | None = None
    tab_id: int | None = None
    table_key: str | None = None


@dataclass(frozen=True, slots=True)
class RowEdit:
    """One whole row to insert or delete.

    Attributes:
        row: as read. insert: the line item right below which it goes, whose formats it takes. delete: the row itself.
        cells: insert: what is typed into the new row, by column. delete: what stood typed in the row when it was read.
        copies: columns that hold formulas: insert: taken over from `row`. delete: as read.
        keeps: insert: columns whose texts, dates and numbers are taken over too; whatever is named nowhere stays empty.
        row_id: the line item's id in the draft; marks the new row where the source can.
        minor: the line item's whole budget.
    """

    kind: Literal["insert", "delete"]
    tab: str
    row: int
    cells: tuple[tuple[int, CellState], ...]
    copies: tuple[int, ...]
    row_id: str
    line_item: str
    minor: int
    keeps: tuple[int, ...] = ()
    tab_id: int | None = None
    table_key: str | None = None


@dataclass(frozen=True, slots=True)
class TotalMove:
    """A total that is a formula, and by how much it has to move once everything is written."""

    tab: str
    cell: str
    moved_minor: int
    scale: int
    currency: str | None


@dataclass(frozen=True, slots=True)
class RowPlan:
    """Rows that come and go, with what has to hold afterwards.

    Attributes:
        items: rows of line items as read, by tab. `totals`: the formulas that add them up.
        rewritten: formulas that have to be written anew, for people: (cell, as it is, as it will be).
    """

    edits: tuple[RowEdit, ...] = ()
    items: tuple[tuple[str, int], ...] = ()
    totals: tuple[TotalMove, ...] = ()
    rewritten: tuple[tuple[str, str, str], ...] = ()


class ChangeSetStatus(StrEnum):
    """proposed -> approved -> applying -> applied -> undoing -> undone; or rejected, conflicted, failed, expired."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    APPLYING = "applying"
    APPLIED = "applied"
    CONFLICTED = "conflicted"
    FAILED = "failed"
    REJECTED = "rejected"
    UNDOING = "undoing"
    UNDONE = "undone"
    EXPIRED = "expired"


ConflictKind = Literal[
    "value_changed",
    "formula_now",
    "row_missing",
    "row_ambiguous",
    "row_exists",
    "column_missing",
    "column_ambiguous",
    "tab_missing",
    "file_missing",
    "locked",
]


@dataclass(frozen=True, slots=True)
class CellConflict:
    """A cell that is not as it was read: base (when read), theirs (now in the sheet), ours (to be written).

    Attributes:
        row: set where the row as a whole was to be inserted or deleted.
    """

    tab: str
    cell: str
    kind: ConflictKind
    base: CellState
    theirs: CellState | None
    ours: CellState
    line_item: str
    now_at: str | None = None
    row: Literal["insert", "delete"] | None = None


def change_set_hash(file_id: str, edits: tuple[CellEdit, ...], rows: RowPlan | None = None) -> str:
    """Give the sha256 of the file and all edits in order; what is approved is what is applied."""
    parts = [file_id, [asdict(edit) for edit in edits], *([asdict(rows)] if rows is not None and rows.edits else [])]
    body = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()
