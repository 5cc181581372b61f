"""A budget distribution: line items by period, with locks and bounds, and where each amount stands in the sheet."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.model.flight import Period


@dataclass(frozen=True, slots=True)
class DistributionCell:
    """One amount. `period` is the Period.key; `source_cell` is the A1 address it was read from, None where the sheet has no such cell."""

    period: str
    budget_minor: int
    locked: bool = False
    min_minor: int | None = None
    max_minor: int | None = None
    source_cell: str | None = None


@dataclass(frozen=True, slots=True)
class DistributionRow:
    """One line item. `id` is stable over versions; `source_tab`/`source_row` say where it stands in the sheet, None for a new one.

    Attributes:
        like: of a new one, the id of the line item right below which it goes, whose formats and formulas it takes.
        is_copy: of a new one: it also takes over every text, date and number that is no amount.
        told_by: of line items that share a label, the text of the sheet that tells this one from the others; for people's eyes alone.
        zero_or_at_least_minor, step_minor: wishes for the optimiser: each amount is nothing or at least so much, a multiple of the step.
    """

    id: str
    label: str
    cells: tuple[DistributionCell, ...]
    channel: str | None = None
    publisher: str | None = None
    format: str | None = None
    campaign: str | None = None
    market: str | None = None
    source_tab: str | None = None
    source_row: int | None = None
    locked: bool = False
    min_minor: int | None = None
    max_minor: int | None = None
    like: str | None = None
    is_copy: bool = False
    zero_or_at_least_minor: int | None = None
    step_minor: int | None = None
    told_by: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        return f"{self.label} · {self.told_by}" if self.told_by else self.label

    @property
    def total_minor(self) -> int:
        return sum(cell.budget_minor for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Distribution:
    """The table that a planner edits.

    Attributes:
        currency: None while the file does not say and nobody answered.
        periods: in order; every row has one cell a period, in the same order.
        fixed_total_minor: the total the person holds, None when it may float.
        max_live_amounts: a wish for the optimiser: at most so many amounts above zero; with one period, so many line items.
    """

    currency: str | None
    periods: tuple[Period, ...]
    rows: tuple[DistributionRow, ...]
    fixed_total_minor: int | None = None
    notes: dict[str, str] = field(default_factory=dict)
    max_live_amounts: int | None = None

    @property
    def total_minor(self) -> int:
        return sum(row.total_minor for row in self.rows)
