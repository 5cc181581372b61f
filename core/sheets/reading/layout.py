"""Which column of a table is what: headers and contents together settle each role."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from core.model.reading import Basis
from core.sheets.reading.flights import Flight
from core.sheets.reading.grid import day_of
from core.sheets.reading.headers import ColumnHeader
from core.sheets.reading.held_days import holds_bare_days, holds_dates, holds_flights, holds_single_days, holds_times
from core.sheets.reading.lexicon import coverage, says, says_total, words_of
from core.sheets.reading.months import WEEK_TO
from core.sheets.reading.proof import adds_up_to_its_total, agrees, column_values, is_of_size, row_sums
from core.sheets.reading.regions import Content, Region
from core.sheets.reading.roles import Role, role_of_header

_UNSURE = 0.6
"""How sure a column is whose header does not say what it is, or says it only in part."""
_FEW = 3


@dataclass(slots=True)
class Use:
    """What a column is used as. `name` is the role as the reading gives it."""

    column: int
    name: str
    role: Role
    confidence: float
    flight: Flight | None = None


@dataclass(slots=True)
class Layout:
    """The roles of a table's columns.

    Attributes:
        budget: the column of the line items' money, None where only period columns (or nothing) give it.
        periods: the period columns of the money, in order, without those that only sum others up.
        period_totals: period columns that sum up finer ones.
        flags: period columns that only mark when something runs (Gantt).
        amounts: columns of money on another basis, by name (`gross`, `list`, `fee`, `vat`, `actual`, ...).
        rivals: columns that could be the budget as well.
        shares: the column of shares of one total, where the table has no money of its own; `budget` is the same column then.
        overruled: the column that the words put first, where the periods add up to another one.
        mixed_scale: the periods count in another scale than the budget and only say when a line runs.
        doubled: the same periods stand there twice or more and nothing says whether they add up.
        unclear_discount: a discount column, where nothing says whether the budget is before or after it.
    """

    uses: dict[int, Use] = field(default_factory=dict)
    budget: int | None = None
    inferred: bool = False
    periods: list[tuple[int, Flight]] = field(default_factory=list)
    period_totals: list[int] = field(default_factory=list)
    flags: list[tuple[int, Flight]] = field(default_factory=list)
    amounts: dict[str, int] = field(default_factory=dict)
    metrics: dict[str, int] = field(default_factory=dict)
    rivals: list[int] = field(default_factory=list)
    shares: int | None = None
    overruled: int | None = None
    unclear_discount: int | None = None
    mixed_scale: bool = False
    doubled: bool = False
    phased: bool = False
    basis: Basis = "net"
    vat_included: bool | None = None
    scale: int = 1

    def named(self, *names: str) -> list[int]:
        return [column for column, use in self.uses.items() if use.name in names]

    @property
    def naming(self) -> list[int]:
        """The columns that name a row: labels and dates, in order."""
        return [c for c, use in self.uses.items() if use.role.kind in ("dim", "date") and use.name not in ("rownum",)]


def read_layout(region: Region) -> Layout:
    """Settle what each column of a table is but for its money (`settle_budget` does that)."""
    layout = Layout()
    for column, header in region.columns.items():
        if header.role.kind == "date" and header.flight is None and holds_bare_days(region, column):
            layout.uses[column] = Use(column, _name(header.role), header.role, max(0.5, header.role.certainty))
            continue
        use = _use(column, _own_role(header, region.content(column)), header.flight, region.content(column))
        if use.role.kind == "date" and header.role.kind != "date" and header.flight is None and column not in region.own_columns:
            use = Use(column, "label", Role("dim", "label"), _UNSURE)  # days beyond a gap under no such head are those of something else
        layout.uses[column] = use
    _settle_amounts_under_names(region, layout)
    _settle_counts(region, layout)
    _settle_ends(region, layout)
    _settle_periods(region, layout)
    return layout


def _own_role(header: ColumnHeader, content: Content) -> Role:
    """Give the header's role, but none where only the band above names rows (`Brand A`) and the column holds nothing but numbers."""
    if header.role.kind == "rate" and header.role.mods & {"net", "gross"} and content.numbers and not content.percents:
        return replace(header.role, kind="money", key="budget")  # `NN (nach AE)` over amounts
    if (header.role.kind, header.role.key) == ("rate", "discount") and content.amounts_only:
        return replace(header.role, kind="money", key="fee" if "ae" in words_of(header.own) else "rebate")  # `AE 15%` over amounts
    counted = header.role.kind == "date" and header.flight is None and header.own[-1:].isdigit() and content.days == 0
    if counted and content.is_numeric and (2 * content.currencies > content.numbers or content.amounts_only):
        return replace(header.role, kind="", key="")  # `Month 1` over amounts: nothing says which one that is
    if header.role.kind == "date" and header.flight is None and content.is_numeric and 2 * content.currencies > content.numbers:
        return replace(header.role, kind="money", key="total" if says_total(header.own) else "budget")  # `3-Month Total` over dollars
    banded = header.role.kind == "dim" and header.band and content.numbers and not content.texts
    return own if banded and (own := role_of_header(header.own)).kind != "dim" else header.role


def _use(column: int, role: Role, flight: Flight | None, content: Content) -> Use:
    """Let the content correct the header: a `Cost` of texts is a label, a `Period` of numbers counts days."""
    names_rows = role.kind in ("dim", "date") and content.texts + content.days > content.numbers
    if (
        flight is not None
        and not names_rows
        and not (content.texts > content.numbers and len(content.distinct_texts) > 1 and _are_words(content))
    ):
        return Use(column, "period", role, 0.9, flight)
    if role.is_numeric and content.numbers == 0 and content.texts + content.days > 0:
        if holds_flights(content):
            return Use(column, "period", Role("date", "period"), 0.6)
        name = "billing_frequency" if role.key == "frequency" and any(says(t, "frequency") for t in content.distinct_texts) else "label"
        return Use(column, name, Role("dim", "frequency" if name != "label" else "label"), 0.7)
    if role.key == "period" and role.currency and "per" not in role.mods and content.is_numeric:  # `Rent for the period, EUR`
        role = replace(role, kind="money", key="budget")
    if (
        role.kind == "date"
        and role.key not in ("year", "month", "week", "quarter")
        and content.is_numeric
        and content.days == 0
        and not content.number_texts
    ):
        return Use(column, "quantity", Role("quantity", "days"), 0.6)
    if role.kind == "date" and role.key not in ("start", "end") and content.texts > content.days and holds_times(content):
        return Use(column, "placement", Role("dim", "placement"), 0.6)
    if role.key == "rownum" and content.texts > content.numbers:
        return Use(column, "label", Role("dim", "label"), 0.6)
    shown = 2 * content.currencies > content.numbers
    if role.kind == "dim" and content.is_numeric and (role.mods & {"net", "gross"} or (shown and "total" in role.mods)):  # `Net media`
        role = replace(role, kind="money", key="total" if "total" in role.mods else "budget")
    if role.kind in ("", "dim") and _says_frequencies(content):
        return Use(column, "billing_frequency", Role("dim", "frequency"), 0.7)
    if role.kind and not (role.kind == "dim" and holds_dates(content)):
        return Use(column, _name(role), role, max(0.5, role.certainty))
    if content.days > content.numbers + content.texts:
        return Use(column, "day", Role("date", "day"), 0.6)
    if content.is_numeric and content.numbers > content.texts:
        return Use(column, "number", Role(mods=role.mods, currency=role.currency, scale=role.scale, vat=role.vat), 0.4)
    if holds_flights(content) or holds_dates(content):
        return Use(column, "period", Role("date", "period"), 0.6)
    return Use(column, "label", Role("dim", "label"), 0.6)


def _says_frequencies(content: Content) -> bool:
    """Tell whether the texts of a column say how often something is paid (`Monthly`, `Annual`), and nothing else."""
    return len(content.distinct_texts) >= 2 and not content.numbers and all(coverage(t, "frequency") >= 0.9 for t in content.distinct_texts)


def _are_words(content: Content) -> bool:
    """Tell whether the texts of a column are names, not marks such as `x` or codes of bursts."""
    return sum(len(text) > 4 for text in content.distinct_texts) >= 0.7 * len(content.distinct_texts)


def _name(role: Role) -> str:
    if role.kind == "money":
        return {"budget": "cost", "cost": "cost", "total": "cost"}.get(role.key, role.key)
    if role.kind == "price":
        return {"unit": "unit_price"}.get(role.key, role.key)
    if role.kind == "dim":
        return {"frequency": "billing_frequency"}.get(role.key, role.key)
    return {"units": "quantity"}.get(role.key, role.key)


def _settle_amounts_under_names(region: Region, layout: Layout) -> None:
    """Take numbers under a head that names things (`Размещение`, `Production`) for amounts where they add up to a labelled total."""
    for column, use in layout.uses.items():
        content = region.content(column)
        is_name = use.role.kind != "dim" or use.name == "rownum" or not content.amounts_only or content.texts
        if not is_name and adds_up_to_its_total(region, column):
            layout.uses[column] = Use(column, "number", Role(currency=use.role.currency, scale=use.role.scale), 0.4)


def _settle_counts(region: Region, layout: Layout) -> None:
    """Take a column that seems to number the rows (`No. ins`) for a quantity where the same number comes twice."""
    for column in layout.named("rownum"):
        values = list(column_values(region, column).values())
        if layout.uses[column].role.certainty < 0.9 and len(set(values)) < len(values):
            layout.uses[column] = Use(column, "quantity", Role("quantity", "units"), 0.6)


def _settle_ends(region: Region, layout: Layout) -> None:
    """Take a second column of days beside a start (or the first beside an end) for the other end, whatever its header says.

    Where its days come in the wrong order in most rows, they are those by which something is due.
    """
    single = [c for c, use in layout.uses.items() if use.name in ("period", "day") and holds_single_days(region.content(c))]
    unsure = [c for c in single if layout.uses[c].name == "period" or layout.uses[c].confidence <= _UNSURE]
    if layout.named("start") and not layout.named("end"):
        for column in (c for c in layout.named("week") if WEEK_TO.fullmatch(" ".join(words_of(region.columns[c].own)))):
            layout.uses[column].name = "end"  # `Week end` beside `Week start`
    starts, ends = layout.named("start"), layout.named("end")
    if len(unsure) == 1 and len(starts) + len(ends) == 1:
        pair = (starts[0], unsure[0]) if starts else (unsure[0], ends[0])
        layout.uses[unsure[0]].name = "deadline" if _run_backwards(region, *pair) else "end" if starts else "start"
    for two in (single, unsure):
        if len(two) == 2 and not layout.named("start", "end"):
            if _run_backwards(region, two[0], two[1]):
                layout.uses[two[1]].name = "deadline"
            else:
                layout.uses[two[0]].name, layout.uses[two[1]].name = "start", "end"


def _run_backwards(region: Region, start: int, end: int) -> bool:
    """Tell whether the days of what would be the end lie before those of the start in most rows."""
    days = [[day_of(region.grid.cell(row, column).value) for row in region.body[:200]] for column in (start, end)]
    pairs = [(one, two) for one, two in zip(*days, strict=True) if one and two]
    return len(pairs) >= 2 and sum(two < one for one, two in pairs) > len(pairs) / 2


def _settle_periods(region: Region, layout: Layout) -> None:
    """Sort period columns into money, marks, shares and metrics, group by group."""
    groups: dict[tuple[str, str, int, str], list[int]] = defaultdict(list)
    for column, use in layout.uses.items():
        if use.flight is not None and "cumulative" not in use.role.mods:
            groups[use.role.kind, use.role.key, _segment(region, column), _side(use.role)].append(column)
    _join_sums(layout, groups)
    _join_segments(layout, groups)
    best: tuple[float, list[int]] | None = None
    for (kind, key, _, _), columns in groups.items():
        verdict = _group_kind(region, layout, kind, key, columns)
        for column in columns:
            layout.uses[column].name = {"money": "period_budget", "flags": "period_flag", "share": "period_share"}.get(
                verdict, "period_metric"
            )
        if verdict == "flags":
            layout.flags.extend((c, f) for c in columns if (f := layout.uses[c].flight) is not None)
        if verdict == "money":
            score = (
                sum(region.content(c).numbers for c in columns)
                + (1000 if kind == "money" else 0)
                + (2000 if "plan" in layout.uses[columns[0]].role.mods else 0)
                - (5000 if "actual" in layout.uses[columns[0]].role.mods else 0)
                - (500 if layout.uses[columns[0]].role.mods & {"gross", "list"} or layout.uses[columns[0]].role.vat else 0)
            )
            if best is None or score > best[0]:
                best = (score, columns)
    if best:
        columns = _without_sums(region, layout, _without_blank(region, layout, best[1]))
        choose_grain(layout, _one_run(region, layout, columns))
    elif not layout.flags:
        layout.flags = [(c, use.flight) for c, use in layout.uses.items() if use.flight is not None and use.name == "period_metric"]


def _side(role: Role) -> str:
    """Give what tells months of one role apart: plan or actual, and their basis, which must never be added up."""
    sides = [mod for mod in ("actual", "plan", "net", "gross", "list") if mod in role.mods]
    return " ".join([*sides[:2], "" if role.vat is None else f"vat {role.vat}"]).strip()


def _join_sums(layout: Layout, groups: dict[tuple[str, str, int, str], list[int]]) -> None:
    """Put columns that say total (`Q1 Total`) into the group of the finer periods between which they stand."""
    for key in [key for key in groups if key[:2] == ("money", "total")]:
        fine = groups.get(("", "", *key[2:]))
        flights = [f for c in fine or () if (f := layout.uses[c].flight) is not None]
        coarse = [f for c in groups[key] if (f := layout.uses[c].flight) is not None]
        if fine and all(any(_within(inner, outer) for inner in flights) for outer in coarse):
            fine.extend(groups.pop(key))
            fine.sort()


def _join_segments(layout: Layout, groups: dict[tuple[str, str, int, str], list[int]]) -> None:
    """Put columns of other periods in further segments (May beside April) into the first group of their role."""
    for key in sorted(groups, key=lambda key: key[2])[::-1]:
        first = min((other for other in groups if (*other[:2], other[3]) == (*key[:2], key[3])), key=lambda other: other[2])
        spans = [{f.month_day for c in groups[k] if (f := layout.uses[c].flight) is not None} for k in (first, key)]
        if first != key and all(spans) and None not in spans[0] | spans[1] and not spans[0] & spans[1]:
            groups[first] = sorted(groups[first] + groups.pop(key))


def _segment(region: Region, column: int) -> int:
    """Number the run of neighbouring columns that a column belongs to."""
    segment = 0
    before: int | None = None
    for other in region.columns:
        if before is not None and other - before > 1:
            segment += 1
        if other == column:
            break
        before = other
    return segment


def _group_kind(region: Region, layout: Layout, kind: str, key: str, columns: list[int]) -> str:
    contents = [region.content(column) for column in columns]
    numbers = sum(c.numbers for c in contents)
    percents = sum(c.percents for c in contents)
    if kind == "rate" or (numbers and percents > numbers * 0.5):
        return "share"
    if kind in ("metric", "quantity", "price"):
        return "metric"
    if kind == "money":
        return "money" if key in ("budget", "cost", "spend", "total") else "metric"
    if numbers == 0 or all(c.is_flags or not c.numbers for c in contents):
        return "flags"
    if sum(c.currencies for c in contents) > numbers * 0.3:
        return "money"
    fine = _finest(layout, columns)
    total = next((c for part in (columns, fine) if (c := _sums_to(region, layout, part)) is not None), None)
    if total is not None:
        return "money" if layout.uses[total].role.kind in ("money", "") else "metric"
    budgets = [
        c for c, use in layout.uses.items() if use.role.is_budget and use.flight is None and not use.role.mods & {"former", "actual"}
    ]
    sums = row_sums(region, fine)
    return "money" if not budgets or any(is_of_size(region, c, sums) for c in budgets) else "metric"


def _finest(layout: Layout, columns: list[int]) -> list[int]:
    """Give the period columns that hold no others: months beside their quarters."""
    flights = {c: f for c in columns if (f := layout.uses[c].flight) is not None}
    return [c for c in columns if c in flights and not any(o != c and _within(f, flights[c]) for o, f in flights.items())] or columns


def _sums_to(region: Region, layout: Layout, columns: list[int]) -> int | None:
    """Give the column that the period columns add up to in nearly every row."""
    sums = row_sums(region, columns)
    for column, use in layout.uses.items():
        fits = use.flight is None and use.role.kind in ("money", "metric", "quantity", "")
        if fits and sums and agrees(region, column, sums):
            return column
    return None


def _without_blank(region: Region, layout: Layout, columns: list[int]) -> list[int]:
    """Leave out the columns that nobody filled (months) where one that holds them is filled (their quarter)."""
    flights = {c: f for c in columns if (f := layout.uses[c].flight) is not None}
    filled = [c for c in columns if any(column_values(region, c).values())]
    held = {c for c in flights if any(_within(flights[c], flights[outer]) for outer in filled)}
    return [c for c in columns if c in filled or c not in held] if not held.intersection(filled) else columns


def _without_sums(region: Region, layout: Layout, columns: list[int]) -> list[int]:
    """Leave out the period that is what all others add up to and says total, or is one beside three or more (`FY 2026` beside quarters)."""
    whole = row_sums(region, columns) if len(columns) >= _FEW else {}
    for column in columns if len(whole) >= 2 else ():
        if len(columns) <= _FEW and role_of_header(region.columns[column].own).key != "total":
            continue
        values = column_values(region, column)
        others = {row: rest for row, amount in whole.items() if (rest := amount - values.get(row, 0))}
        if len(others) >= 2 and agrees(region, column, others):
            layout.period_totals.append(column)
            layout.uses[column].name = "period_total"
            return [c for c in columns if c != column]
    return columns


def _one_run(region: Region, layout: Layout, columns: list[int]) -> list[int]:
    """Keep one of the runs of the same periods where a column states its sum and none that of all; note where nothing decides."""
    runs: list[list[int]] = []
    for column in columns:
        flight = layout.uses[column].flight
        run = next((r for r in runs if all(layout.uses[c].flight != flight for c in r)), None)
        if run is None:
            runs.append(run := [])
        run.append(column)
    if len(runs) < 2 or _sums_to(region, layout, columns) is not None:
        return columns
    proven = next((run for run in runs if _sums_to(region, layout, run) is not None), None)
    layout.doubled = proven is None and len(runs[1]) >= 2
    return proven or columns


def choose_grain(layout: Layout, columns: list[int]) -> None:
    """Keep the finest periods; one that holds others only sums them up. A single fine period beside a coarse one is a snapshot of it."""
    flights = [(column, flight) for column in columns if (flight := layout.uses[column].flight) is not None]
    inner = {column: [c for c, other in flights if c != column and _within(other, flight)] for column, flight in flights}
    lone = {cs[0] for column, cs in inner.items() if len(cs) == 1}
    for column, flight in flights:
        if len(inner[column]) >= 2 or (column in lone and not inner[column]):
            layout.period_totals.append(column)
            layout.uses[column].name = "period_total"
        else:
            layout.periods.append((column, flight))


def _within(inner: Flight, outer: Flight) -> bool:
    """Tell whether one period lies strictly inside another."""
    if inner.start and inner.end and outer.start and outer.end:
        return outer.start <= inner.start and inner.end <= outer.end and (inner.start, inner.end) != (outer.start, outer.end)
    known = inner.start is None or (inner.end is not None and inner.start.year == inner.end.year)
    if outer.needs_year and known and inner.month_day and outer.month_day:
        return outer.month_day[0] <= inner.month_day[0] and inner.month_day[1] <= outer.month_day[1] and inner.month_day != outer.month_day
    return False
