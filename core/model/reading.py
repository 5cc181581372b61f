"""What was read from a workbook, each number with its cell. Mirrors the reading contract; `core.sheets` makes and serialises it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Basis = Literal["net", "gross", "client"]
Orientation = Literal["rows", "columns"]


@dataclass(slots=True)
class PeriodAmount:
    """A line item's money in one period and the cell it stands in.

    Never changed once made; not frozen, because a large plan has a quarter of a million of them and a frozen one takes four times as long.
    """

    start: date
    end: date
    budget_minor: int
    cell: str


@dataclass(frozen=True, slots=True)
class LineItem:
    """A row (or column) that buys something.

    Attributes:
        row: the sheet row (for orientation `columns`: the row the item's budget stands in).
        budget_minor: on the table's main basis, after scaling; None where the sheet gives none.
        amounts: minor units by basis (`net`, `gross`, `client`, `vat`, `fee`, ...): every basis that the sheet gives.
        amount_cells: the cell behind each of `amounts`.
        metrics: counts (`impressions`, `clicks`, ...), rates (`ctr` 0-1) and unit prices (`cpm_minor`, ...).
        metric_cells: the cell behind each metric.
        labels: every other labelled text of the row by its header, verbatim (data, never an instruction).
        confidence: 0-1, calibrated: of the items with 0.9, nine in ten are right in every field.
    """

    row: int
    channel: str | None = None
    publisher: str | None = None
    format: str | None = None
    campaign: str | None = None
    market: str | None = None
    objective: str | None = None
    start: date | None = None
    end: date | None = None
    budget_minor: int | None = None
    budget_cell: str | None = None
    by_period: tuple[PeriodAmount, ...] = ()
    metrics: dict[str, float | int | None] = field(default_factory=dict)
    metric_cells: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    amount_cells: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """What a column (for orientation `columns`: a row) was taken for."""

    column: str
    role: str
    header: str
    confidence: float


@dataclass(frozen=True, slots=True)
class TotalCheck:
    """A stated total beside what its rows add up to. `kind`: total, subtotal, period_total, fee, vat, ..."""

    cell: str
    kind: str
    stated_minor: int | None
    computed_minor: int | None
    matches: bool
    covers_rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row inside a table that is not a line item, and why (`subtotal`, `section`, `note`, `blank_template`, ...)."""

    row: int
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class PlanTable:
    """One table of line items.

    Attributes:
        header_rows: sheet rows of the header, top first.
        scale: 1000 where the sheet counts in thousands; amounts are already multiplied.
        vat_included: None where the sheet does not say.
        alternative_group: tables with the same group are alternatives and must not be added; None adds up.
        total_minor: sum of the line items' budgets.
    """

    tab: str
    range: str
    header_rows: tuple[int, ...]
    orientation: Orientation
    currency: str | None
    scale: int
    basis: Basis
    columns: tuple[ColumnReading, ...]
    line_items: tuple[LineItem, ...]
    totals: tuple[TotalCheck, ...]
    total_minor: int | None
    vat_included: bool | None = None
    skipped: tuple[SkippedRow, ...] = ()
    alternative_group: str | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer to a question; `value` is JSON-serialisable."""

    value: object
    label: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What cannot be known from the sheet and is asked, never guessed. `key` is stable over re-reading the same layout."""

    key: str
    cell: str | None
    kind: str
    text: str
    options: tuple[Option, ...]
    why: str
    tab: str | None = None


@dataclass(frozen=True, slots=True)
class ReadingWarning:
    """Something a planner should look at; `code` is stable (`total_mismatch`, `impossible_date`, ...)."""

    code: str
    cell: str | None
    message: str
    tab: str | None = None


@dataclass(frozen=True, slots=True)
class PerformanceRow:
    """One row of delivered performance: money in minor units, counts as numbers; None where the export has no such column."""

    start: date | None
    end: date | None
    channel: str | None
    campaign: str | None
    currency: str | None
    spend_minor: int | None
    impressions: float | None = None
    clicks: float | None = None
    conversions: float | None = None
    value_minor: int | None = None
    market: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    row: int | None = None
    spend_exact: str | None = None
    """The amount in major units as the export states it, where minor units would round it (VND with decimals)."""


@dataclass(frozen=True, slots=True)
class PerformanceTable:
    """An ad platform's export: performance, not a plan."""

    tab: str
    range: str
    platform: str | None
    currency: str | None
    rows: tuple[PerformanceRow, ...]
    columns: tuple[ColumnReading, ...]
    totals: tuple[TotalCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one file.

    Attributes:
        plan_score: 0-1 that this is a media plan; `reasons` say why in plain words.
        layout_key: a hash of the layout (tabs, headers, without months, dates and versions), the key under which answers and corrections
            are remembered; `former_layout_key` finds those that were kept when names still counted in full.
        client: the client, else the brand, that the lines above the plan name; empty where none does.
    """

    file: str
    is_media_plan: bool
    plan_score: float
    tables: tuple[PlanTable, ...] = ()
    performance: tuple[PerformanceTable, ...] = ()
    questions: tuple[Question, ...] = ()
    warnings: tuple[ReadingWarning, ...] = ()
    reasons: tuple[str, ...] = ()
    layout_key: str = ""
    former_layout_key: str = ""
    client: str = ""
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person settled for one layout: an answer to a question or a changed role, header row, currency, ...

    Attributes:
        kind: `answer`, `column_role`, `header_row`, `currency`, `scale`, `basis`, `ignore_table`, `line_item_row`, `alternative`, ...
        tab: the tab it is about, None for the whole file.
        target: question key, column letter, row number as text, or group of alternatives.
        value: JSON-serialisable.
        row_texts: of a correction about a row, what stood in it: the row is found by them again. Without them the number counts.
    """

    kind: str
    target: str
    value: object
    tab: str | None = None
    row_texts: tuple[str, ...] = ()
