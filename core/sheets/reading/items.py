"""Line items: rows with their names, dates, money on every basis, periods and metrics, each number with its cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.model.money import minor_exponent, times_rounded, to_minor
from core.model.reading import LineItem, PeriodAmount
from core.model.workbook import Cell
from core.sheets.loading.number_formats import shows_percent
from core.sheets.reading.confidence import PLAIN
from core.sheets.reading.dates import flight_of_heading, read_flight
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import Number, decimal_of, exact, is_number, number_of, number_text
from core.sheets.reading.layout import Layout, Use
from core.sheets.reading.lexicon import says
from core.sheets.reading.regions import Region
from core.sheets.reading.rows import Row
from core.sheets.reading.timing import Run, Timing, period_around, run_of

_SHARES = ("ctr", "vtr", "cr", "share", "discount", "viewability", "percent", "sov")
_FIELDS = ("channel", "publisher", "format", "campaign", "market", "objective")


@dataclass(slots=True)
class ItemContext:
    """What the rows of one table share while they become line items.

    Attributes:
        factor: minor units in what an amount of 1 stands for.
        dated: the period columns with their days and what names them in an address.
    """

    region: Region
    layout: Layout
    timing: Timing
    findings: Findings
    currency: str | None
    scale: int
    carried: dict[int, str] = field(default_factory=dict)
    last_row: int = 0
    named_in: dict[int, int] = field(default_factory=dict)
    factor: int = field(init=False)
    dated: dict[int, tuple[date, date, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.factor = self.scale * 10 ** minor_exponent(self.currency)
        name_of = self.region.grid.name_of
        self.dated = {c: (f.start, f.end, name_of(c)) for c, f in self.layout.periods if f.start and f.end}


def build_item(context: ItemContext, row: Row) -> LineItem:
    """Make one line item of a row."""
    names = _carried(context, row)
    fields, labels = _fields(context, names)
    if row.section:
        labels.setdefault("section", row.section)
    budget, cell = _budget(context, row)
    periods = _periods(context, row)
    run = _run(context, row, periods)
    amounts, amount_cells = _amounts(context, row, budget, cell)
    metrics, metric_cells = _metrics(context, row)
    return LineItem(
        row=_sheet_row(context, row),
        channel=fields.get("channel"),
        publisher=fields.get("publisher"),
        format=fields.get("format"),
        campaign=fields.get("campaign"),
        market=fields.get("market"),
        objective=fields.get("objective"),
        start=run.start,
        end=run.end,
        budget_minor=budget,
        budget_cell=cell,
        by_period=periods,
        metrics=metrics,
        metric_cells=metric_cells,
        amounts=amounts,
        amount_cells=amount_cells,
        labels=labels,
        confidence=PLAIN,
    )


def _sheet_row(context: ItemContext, row: Row) -> int:
    if not context.region.grid.transposed:
        return row.number
    return context.layout.budget or next((c for c, _ in context.layout.periods), 1)


def _carried(context: ItemContext, row: Row) -> dict[int, str]:
    """Fill the outer names that a row leaves empty from the row before it (a channel that is written once a group)."""
    first = min(row.names, default=0)
    if row.number - context.last_row > 1 and not all(
        number in context.region.grid.rows for number in range(context.last_row + 1, row.number)
    ):
        context.carried = {}
    names = {column: text for column, text in context.carried.items() if column < first and column not in row.names} | row.names
    context.carried = dict(names)
    context.named_in |= dict.fromkeys(row.names, row.number)
    context.last_row = row.number
    return dict(sorted(names.items()))


def _fields(context: ItemContext, names: dict[int, str]) -> tuple[dict[str, str | None], dict[str, str]]:
    """Split the names of a row into the fields of a line item and its other labels by header."""
    fields: dict[str, str | None] = {}
    labels: dict[str, str] = {}
    for column, text in names.items():
        use = context.layout.uses[column]
        if use.name in _FIELDS and not fields.get(use.name):
            fields[use.name] = text
        header = context.region.columns[column].own or f"column {column}"
        if (use.role.kind == "dim" and (use.name not in _FIELDS or fields.get(use.name) != text)) or use.role.kind == "date":
            labels.setdefault(header, text)
    if not any(fields.values()):
        texts = [text for text in labels.values() if says(text, "media")] or [
            text for text in labels.values() if context.region.grid.transposed and read_flight(text) is None
        ]
        fields["channel"] = next(iter(texts), None)
    return fields, labels


def _minor(context: ItemContext, value: Decimal) -> int:
    return times_rounded(value, context.factor)


def _budget(context: ItemContext, row: Row) -> tuple[int | None, str | None]:
    layout, grid = context.layout, context.region.grid
    if layout.budget is None:
        return (_minor(context, row.amount) if row.amount is not None else None), None
    address = grid.address(row.number, layout.budget)
    value = grid.cell(row.number, layout.budget).value
    if layout.shares is not None:
        return (_minor(context, row.amount) if row.amount is not None else None), None
    if row.amount is not None:
        from_periods = decimal_of(value, context.region.marks.get(layout.budget)) is None
        return _minor(context, row.amount), None if from_periods else address
    reading = number_text(value)
    if reading is not None and reading.is_ambiguous:
        return None, address
    if grid.cell(row.number, layout.budget).formula is not None and not isinstance(value, str):
        context.findings.warn(
            "formula_without_value",
            address,
            "The formula has no stored value or an error, and could not be computed; it was not read as 0.",
        )
    elif row.amount_text:
        context.findings.warn("amount_is_text", address, f"The amount is the text {row.amount_text!r}; it was not counted.")
    return None, address if value is not None else None


def _periods(context: ItemContext, row: Row) -> tuple[PeriodAmount, ...]:
    dated, factor = context.dated, context.factor
    before, behind = context.region.grid.around_name(row.number)
    found = []
    for column, amount in zip(row.period_columns, row.period_amounts, strict=True):
        if column in dated:
            start, end, name = dated[column]
            found.append(PeriodAmount(start, end, times_rounded(amount, factor), before + name + behind))
    return tuple(found)


def _run(context: ItemContext, row: Row, periods: tuple[PeriodAmount, ...]) -> Run:
    run = run_of(context.region, context.layout, context.timing, row.number, context.findings)
    if run.start or run.end:
        return run
    spent = [p for p in periods if p.budget_minor]
    if spent and not context.layout.uses[context.layout.periods[0][0]].role.key.startswith("assumed"):
        return Run(min([p.start for p in spent]), max([p.end for p in spent]))
    flags = _flagged(context, row)
    if flags:
        return flags
    if row.section and (over := flight_of_heading(row.section, context.timing.year)) is not None:
        return Run(over.start, over.end)
    dated = [c for c in context.carried if context.layout.uses[c].role.kind == "date"]
    if any(c in row.names for c in dated):
        return run
    if dated:
        return run_of(
            context.region,
            context.layout,
            context.timing,
            context.named_in[dated[0]],
            context.findings.fresh(),
        )
    around = period_around(context.timing, context.findings)
    return Run(around.start, around.end) if around else run


def _flagged(context: ItemContext, row: Row) -> Run | None:
    """Read a Gantt row: the periods that hold a mark or, where none does, the ones that are filled with colour."""
    grid = context.region.grid
    marked = [f for c, f in context.layout.flags if grid.spread(row.number, c).value not in (None, 0, "", "0")]
    if not marked and context.layout.flags:
        behind = {grid.fill(row.number, c) for c in context.layout.naming}
        marked = [f for c, f in context.layout.flags if (fill := grid.fill(row.number, c)) is not None and fill not in behind]
    starts, ends = [f.start for f in marked if f.start], [f.end for f in marked if f.end]
    return Run(min(starts), max(ends)) if starts and ends else None


def _amounts(context: ItemContext, row: Row, budget: int | None, cell: str | None) -> tuple[dict[str, int], dict[str, str]]:
    amounts: dict[str, int] = {}
    cells: dict[str, str] = {}
    if budget is not None:
        amounts[context.layout.basis] = budget
        if cell:
            cells[context.layout.basis] = cell
    for name, column in context.layout.amounts.items():
        value = decimal_of(context.region.grid.cell(row.number, column).value, context.region.marks.get(column))
        if value is not None and name not in amounts:
            scale = context.layout.uses[column].role.scale if context.layout.uses[column].role.scale > 1 else context.scale
            amounts[name] = to_minor(value * scale, context.currency)
            cells[name] = context.region.grid.address(row.number, column)
    return amounts, cells


def _metrics(context: ItemContext, row: Row) -> tuple[dict[str, float | int | None], dict[str, str]]:
    metrics: dict[str, float | int | None] = {}
    cells: dict[str, str] = {}
    for name, column in context.layout.metrics.items():
        cell = context.region.grid.cell(row.number, column)
        value = number_of(cell.value, context.region.marks.get(column))
        if value is None:
            if is_number(cell.value):
                metrics[name] = None
            continue
        use = context.layout.uses[column]
        name = f"{name}_minor" if use.role.kind == "price" else name
        metrics[name] = to_minor(value, context.currency) if use.role.kind == "price" else _metric(use, cell, value)
        cells[name] = context.region.grid.address(row.number, column)
    return metrics, cells


def _metric(use: Use, cell: Cell, value: Number) -> float | int:
    """Give a count in full and a rate as a share of 1."""
    if use.role.kind == "metric" and use.role.scale > 1:
        value = exact(value) * use.role.scale
    if use.role.kind == "rate" and use.name in _SHARES and not -1 <= value <= 1 and not shows_percent(cell.number_format):
        reading = number_text(cell.value)
        value = value if reading and reading.percent else exact(value) / 100
    return int(exact(value)) if value == int(value) else float(value)
