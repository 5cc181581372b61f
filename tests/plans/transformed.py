"""Plans changed as planners change their sheets, in ways that leave what is meant as it was: what was read must stay, or be asked about."""

from __future__ import annotations

import random
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.model.reading import LineItem, PlanTable, Reading
from core.model.workbook import Address, Cell, Span, Tab, Workbook, column_number, parse_a1
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from tests.plans.make import KINDS
from tests.plans.paper import makers
from tests.plans.shapes import make_plan
from tests.plans.weighing import weigh

Cells = dict[Address, Cell]
_SPENDING = (
    "Amount",
    "Media cost",
    "Investment",
    "Betrag",
    "Coût",
    "Importe",
    "Costo",
    "Kwota",
    "Bedrag",
    "Kostnad",
    "Сумма",
    "Bütçe",
    "Verba",
)
_SAID = ("total_mismatch", "rows_left_out", "unread_table", "other_table", "repeats_money", "unread_column", "unread_date", "hidden_rows")


@dataclass(frozen=True)
class Site:
    """Where the largest table of a plan stands; values only, so that rows and columns can be moved."""

    book: Workbook
    reading: Reading
    at: int
    table: PlanTable
    span: Span

    @property
    def cells(self) -> Cells:
        return dict(self.book.tabs[self.at].cells)

    @property
    def header(self) -> int:
        return max(self.table.header_rows)

    @property
    def money(self) -> int | None:
        columns = {parse_a1(item.budget_cell)[1] for item in self.table.line_items if item.budget_cell}
        return columns.pop() if len(columns) == 1 else None

    @property
    def totals(self) -> set[int]:
        return {parse_a1(check.cell)[0] for check in self.table.totals} - {item.row for item in self.table.line_items}

    def amounts(self) -> dict[int, float]:
        return {i.row: i.budget_minor / 100 / self.table.scale for i in self.table.line_items if i.budget_minor}

    def with_cells(self, cells: Cells) -> Workbook:
        return self.with_tab(replace(self.book.tabs[self.at], cells=cells))

    def with_tab(self, tab: Tab) -> Workbook:
        sized = replace(tab, n_rows=max(r for r, _ in tab.cells), n_columns=max(c for _, c in tab.cells))
        return replace(self.book, tabs=tuple(sized if at == self.at else other for at, other in enumerate(self.book.tabs)))


@dataclass(frozen=True)
class Changed:
    """A changed plan and what must hold of it: the same reading, and a question or warning where `must_say`."""

    name: str
    book: Workbook
    before: Reading
    must_say: bool = False


def site_of(book: Workbook) -> Site | None:
    """Read a plan and find its largest table; None where none stands upright."""
    bare = replace(book, tabs=tuple(replace(t, cells={k: c._replace(formula=None) for k, c in t.cells.items()}) for t in book.tabs))
    reading = read_workbook(bare, fallback_year=2026)
    tables = [table for table in reading.tables if table.line_items and table.orientation == "rows"]
    if not tables:
        return None
    table = max(tables, key=lambda found: len(found.line_items))
    (top, left), (bottom, right) = map(parse_a1, (table.range.split(":") * 2)[:2])
    at = next(number for number, tab in enumerate(bare.tabs) if tab.name == table.tab)
    return Site(bare, reading, at, table, Span(top, left, bottom, right))


def inserted(tab: Tab, *, row: int = 10**9, column: int = 10**9, count: int = 1) -> Tab:
    """Give a tab with empty rows before a row, or empty columns before a column."""

    def moved(number: int, at: int) -> int:
        return number + count if number >= at else number

    cells = {(moved(r, row), moved(c, column)): cell for (r, c), cell in tab.cells.items()}
    merges = tuple(Span(moved(s.top, row), moved(s.left, column), moved(s.bottom, row), moved(s.right, column)) for s in tab.merges)
    rows, columns = (frozenset(moved(n, at) for n in hidden) for hidden, at in ((tab.hidden_rows, row), (tab.hidden_columns, column)))
    return replace(tab, cells=cells, merges=merges, hidden_rows=rows, hidden_columns=columns)


# --- what planners do ------------------------------------------------------------------------------------------------------------------


def another_word_for_money(site: Site, rng: random.Random) -> Workbook | None:
    head = (site.header, site.money or 0)
    words = {
        "Budget",
        "Cost",
        "Kosten",
        "Coût",
        "Coste",
        "Costo",
        "Koszt",
        "Kostnad",
        "Стоимость",
        "Бюджет",
        "Presupuesto",
        "Bütçe",
        "Custo",
    }
    if head not in site.cells or str(site.cells[head].value) not in words:
        return None
    return site.with_cells(site.cells | {head: Cell(rng.choice(_SPENDING))})


def heads_in_capitals(site: Site, rng: random.Random) -> Workbook | None:
    heads = {k: c for k, c in site.cells.items() if k[0] in site.table.header_rows and isinstance(c.value, str)}
    return site.with_cells(site.cells | {k: c._replace(value=str(c.value).upper()) for k, c in heads.items()})


def heads_with_marks(site: Site, rng: random.Random) -> Workbook | None:
    heads = {k: c for k, c in site.cells.items() if k[0] == site.header and isinstance(c.value, str) and c.value[-1:].isalnum()}
    mark = rng.choice(["*", " ¹", " [a]"])
    return site.with_cells(site.cells | {k: c._replace(value=f"{c.value}{mark}") for k, c in heads.items()})


def no_totals(site: Site, rng: random.Random) -> Workbook | None:
    return site.with_cells({k: c for k, c in site.cells.items() if k[0] not in site.totals}) if site.totals else None


def a_column_of_the_desk(site: Site, rng: random.Random) -> Workbook | None:
    amounts, right = site.amounts(), site.span.right + 1
    if any(column >= right for _, column in site.cells) or not sum(amounts.values()):
        return None
    head, value = rng.choice(_COLUMNS)
    added = {(row, right): Cell(value(amount, sum(amounts.values()), rng)) for row, amount in amounts.items()}
    return site.with_cells(site.cells | added | {(site.header, right): Cell(head)})


_COLUMNS: list[tuple[str, Callable[[float, float, random.Random], str | float]]] = [
    ("% of total", lambda amount, whole, rng: round(amount / whole, 4)),
    ("Spent to date", lambda amount, whole, rng: round(amount * rng.uniform(0.3, 0.9), 2)),
    ("Budget 2019", lambda amount, whole, rng: round(amount * rng.uniform(0.7, 1.1), 2)),
    ("Impressions", lambda amount, whole, rng: int(amount * 120)),
    ("PO number", lambda amount, whole, rng: 4500012340 + rng.randrange(9999)),
    ("Cost centre", lambda amount, whole, rng: rng.choice([4711, 4712, 6810])),
    ("Phone", lambda amount, whole, rng: f"+49 30 {rng.randrange(100000, 999999)}"),
]


def an_empty_column(site: Site, rng: random.Random) -> Workbook | None:
    tab, column = site.book.tabs[site.at], rng.randint(site.span.left, min(site.span.right, site.span.left + 2))
    return None if any(s.left < column <= s.right for s in tab.merges) else site.with_tab(inserted(tab, column=column))


def an_empty_row(site: Site, rng: random.Random) -> Workbook | None:
    tab, row = site.book.tabs[site.at], site.header + 1
    return None if any(s.top < row <= s.bottom for s in tab.merges) else site.with_tab(inserted(tab, row=row))


def lines_above(site: Site, rng: random.Random) -> Workbook | None:
    facts: list[tuple[str, str | float]] = [
        ("Agency", "North"),
        ("Version", 3),
        ("Exchange rate", 1.0825),
        ("Job number", 20418),
        ("Terms", "30 days"),
    ]
    return _above(site, rng.sample(facts, 3))


def _above(site: Site, lines: list[tuple[str, str | float]]) -> Workbook:
    tab = inserted(site.book.tabs[site.at], row=1, count=len(lines) + 1)
    added = {(row, column): Cell(value) for row, line in enumerate(lines, 1) for column, value in enumerate(line, 1)}
    return site.with_tab(replace(tab, cells=dict(tab.cells) | added))


def the_budget_above(site: Site, rng: random.Random) -> Workbook | None:
    return _above(site, [("Total budget", sum(site.amounts().values()))])


def another_budget_above(site: Site, rng: random.Random) -> Workbook | None:
    return _above(site, [("Total budget", round(sum(site.amounts().values()) * 1.37 + 911, 2))]) if site.amounts() else None


def a_block_beside(site: Site, rng: random.Random) -> Workbook | None:
    return _block(site, rng, site.header, max(c for _, c in site.cells) + 2)


def a_block_below(site: Site, rng: random.Random) -> Workbook | None:
    return _block(site, rng, max(r for r, _ in site.cells) + 3, site.span.left)


_BLOCKS: list[list[list[str | float]]] = [
    [["KPI", "Target"], ["CTR", 0.012], ["Reach", 2500000], ["Leads", 1200]],
    [["Pacing", "Target", "Actual"], ["Week 1", 0.1, 0.08], ["Week 2", 0.25, 0.22]],
    [["Contacts"], ["Anna Schmidt", "Planner", "+49 40 1234567"], ["Tom Green", "Client lead", "+44 20 5551234"]],
    [["Version", "Date", "Author"], ["1", "05.01.2026", "MN"], ["2", "19.01.2026", "JD"]],
    [["Notes"], ["1) All prices exclude tax."], ["2) Cancellation six weeks before start, fee 30%"]],
]


def _block(site: Site, rng: random.Random, top: int, left: int) -> Workbook:
    lines = rng.choice(_BLOCKS)
    return site.with_cells(site.cells | {(top + r, left + c): Cell(value) for r, line in enumerate(lines) for c, value in enumerate(line)})


def dates_as_texts(site: Site, rng: random.Random) -> Workbook | None:
    columns = [column_number(c.column) for c in site.table.columns if c.role in ("start", "end")]
    days = {k: c.value for k, c in site.cells.items() if k[1] in columns and k[0] > site.header and isinstance(c.value, date | datetime)}
    pattern = rng.choice(["%d.%m.%Y", "%Y-%m-%d", "%a %d %b %Y", "%d-%b-%y"])
    return site.with_cells(site.cells | {k: Cell(day.strftime(pattern)) for k, day in days.items()}) if days else None


def a_copied_tab(site: Site, rng: random.Random) -> Workbook | None:
    name = rng.choice(["backup", "Copy of plan", "Sheet9", "Kopie"])
    return replace(site.book, tabs=(*site.book.tabs, replace(site.book.tabs[site.at], name=name)))


def a_summary_tab(site: Site, rng: random.Random) -> Workbook | None:
    sums: OrderedDict[str, float] = OrderedDict()
    items = [item for table in site.reading.tables for item in table.line_items if item.budget_minor]
    if any(table.alternative_group for table in site.reading.tables):
        return None
    if len(site.book.tabs) > 1 or not all(item.channel for item in items) or len({i.channel for i in items}) in (0, 1, len(items)):
        return None
    for item in items:
        sums[item.channel or ""] = sums.get(item.channel or "", 0) + (item.budget_minor or 0) / 100
    lines: list[tuple[str | float, ...]] = [
        ("Summary by channel",),
        (),
        ("Channel", "Budget"),
        *((k, round(v, 2)) for k, v in sums.items()),
    ]
    cells = {(r, c): Cell(value) for r, line in enumerate(lines, 1) for c, value in enumerate(line, 1)}
    return replace(site.book, tabs=(Tab("Summary", cells, len(lines), 2), *site.book.tabs))


CHANGES: tuple[Callable[[Site, random.Random], Workbook | None], ...] = (
    another_word_for_money,
    heads_in_capitals,
    heads_with_marks,
    no_totals,
    a_column_of_the_desk,
    an_empty_column,
    an_empty_row,
    lines_above,
    the_budget_above,
    another_budget_above,
    a_block_beside,
    a_block_below,
    dates_as_texts,
    a_copied_tab,
    a_summary_tab,
)


def changed_plans(seeds: range) -> Iterator[Changed]:
    """Give a generated plan of each kind and seed under two changes, each alone."""
    for kind in KINDS:
        for seed in seeds:
            plan = make_plan(seed, kind)
            yield from _changes(site_of(load_workbook(plan.name, plan.content)), f"{kind} {seed}", random.Random(seed))


def changed_agency_plans(seed: int) -> Iterator[Changed]:
    """Give each plan that is written by hand and read right under two changes, each alone."""
    for name, make in makers().items():
        case = make()
        if case.plan and weigh(name, case).outcome == "right":
            yield from _changes(site_of(load_workbook(case.name, case.content)), name, random.Random(f"{seed} {name}"))


def _changes(site: Site | None, name: str, rng: random.Random) -> Iterator[Changed]:
    if site is None:
        return
    single = len([table for table in site.reading.tables if table.line_items]) == 1
    for change in rng.sample(CHANGES, 2):
        book = change(site, rng)
        if book is not None and (single or change not in (the_budget_above, another_budget_above)):
            yield Changed(f"{name}: {change.__name__}", book, site.reading, must_say=change is another_budget_above)


# --- the comparison --------------------------------------------------------------------------------------------------------------------


def outcome(changed: Changed) -> str:
    """Give `right`, `said` (a new question or warning that tells of it) or `silent`."""
    after = read_workbook(changed.book, fallback_year=2026)
    before = Counter([q.kind for q in changed.before.questions] + [w.code for w in changed.before.warnings])
    said = [q.kind for q in after.questions] + [w.code for w in after.warnings if w.code in _SAID]
    is_said = any(Counter(said)[kind] > before[kind] for kind in said)
    if _essence(after) == _essence(changed.before) and (is_said or not changed.must_say):
        return "right"
    return "said" if is_said else "silent"


def _essence(reading: Reading) -> Counter[tuple[object, ...]]:
    """Count what was read, without where it stands and in which order."""
    return Counter(_line(table, item) for table in reading.tables for item in table.line_items if item.budget_minor)


def _line(table: PlanTable, item: LineItem) -> tuple[object, ...]:
    periods = tuple((p.start, p.end, p.budget_minor) for p in item.by_period)
    names = (name and name.casefold() for name in (item.channel, item.publisher, item.format, item.campaign, item.market))
    return (table.currency, table.basis, table.alternative_group is None, *names, item.start, item.end, item.budget_minor, periods)
