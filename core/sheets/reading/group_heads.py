"""Lines that sum up the group they open or close, proven by a stated total or by the groups below them."""

from __future__ import annotations

from decimal import Decimal
from itertools import takewhile
from typing import TYPE_CHECKING

from core.sheets.reading.outline import find_heads, is_close

if TYPE_CHECKING:
    from core.sheets.reading.rows import Row


def settle_heads(rows: list[Row]) -> None:
    """Find the lines that open (or close) a group with its sum: proven by the stated total, or called totals themselves."""
    block: list[Row] = []
    for row in rows:
        if row.kind == "item" and row.amount is not None:
            block.append(row)
        elif row.kind in ("total", "subtotal") and row.amount is not None:
            for lines in (block, block[::-1]):
                heads = find_heads([line.amount or Decimal(0) for line in lines if line.kind == "item"], row.amount)
                for at, leaves in heads.items():
                    lines[at].kind, lines[at].covers = "subtotal", tuple(lines[leaf].number for leaf in leaves)
            block = []
    for at, row in enumerate(rows):
        if row.kind in ("total", "subtotal") and not row.covers and row.amount is not None and not _block_before(rows, at):
            below = list(takewhile(lambda other: other.kind not in ("total", "subtotal"), rows[at + 1 :]))
            below = [other for other in below if other.kind == "item" and other.amount is not None]
            if len(below) >= 2 and is_close(sum((other.amount or Decimal(0) for other in below), Decimal(0)), row.amount):
                row.kind, row.covers = "subtotal", tuple(other.number for other in below)


def settle_tops(rows: list[Row]) -> None:
    """Find lines that sum up the groups below them, two at least, each under a line with its own sum: an outline of several levels."""
    opened = [at for at, row in enumerate(rows) if row.kind == "subtotal" and row.covers and min(row.covers) > row.number]
    for at in range(opened[-2] - 1 if len(opened) > 1 else -1, -1, -1):
        top = rows[at]
        if top.kind != "item" or not top.amount:
            continue
        whole, groups, leaves = Decimal(0), 0, dict[int, None]()
        for row in rows[at + 1 :]:
            if row.number in leaves or row.amount is None or row.kind not in ("item", "subtotal"):
                continue
            if whole > top.amount or (row.kind == "subtotal" and not (row.covers and min(row.covers) > row.number)):
                break
            whole, groups = whole + row.amount, groups + (row.kind == "subtotal")
            leaves |= dict.fromkeys(row.covers or (row.number,))
            if groups >= 2 and is_close(whole, top.amount):
                top.kind, top.covers = "subtotal", tuple(leaves)
                break


def _block_before(rows: list[Row], at: int) -> bool:
    """Tell whether items stand right above a total that no other total sums up, on either side."""
    taken = {number for row in rows if row.kind in ("total", "subtotal") for number in row.covers}
    before = takewhile(lambda other: other.kind not in ("total", "subtotal"), reversed(rows[:at]))
    return any(row.kind == "item" and row.amount is not None and row.number not in taken for row in before)
