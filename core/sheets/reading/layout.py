"""Which column of a table is what: headers and contents together settle each role, and arithmetic settles the budget."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from core.model.reading import Basis
from core.sheets.reading.dates import Flight, read_flight
from core.sheets.reading.lexicon import says
from core.sheets.reading.proof import agrees, discounted, row_sums
from core.sheets.reading.regions import Content, Region
from core.sheets.reading.roles import Role

AVOID = {"list": 3.0, "actual": 2.5, "cumulative": 6.0, "per_period": 4.0, "gross": 1.0, "fee_incl": 0.5}
PREFER = {"net": 0.5, "discounted": 0.5, "plan": 0.3}


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
    basis: Basis = "net"
    vat_included: bool | None = None
    scale: int = 1

    def named(self, *names: str) -> list[int]:
        return [column for column, use in self.uses.items() if use.name in names]

    @property
    def naming(self) -> list[int]:
        """The columns that name a row: labels and dates, in order."""
        return [c for c, use in self.uses.items() if use.role.kind in ("dim", "date") and use.name not in ("rownum",)]


def read_layout(region: Region, *, forced: dict[int, str] | None = None) -> Layout:
    """Settle the roles of a table's columns. `forced` are roles a person gave to columns."""
    layout = Layout()
    for column, header in region.columns.items():
        layout.uses[column] = _use(column, header.role, header.flight, region.content(column))
    _settle_ends(layout)
    _settle_periods(region, layout)
    _settle_budget(region, layout, forced or {})
    _settle_amounts(region, layout)
    return layout


def _role_named(name: str, role: Role) -> Role:
    """Give the role that a person's choice stands for."""
    if name in (
        "channel",
        "publisher",
        "format",
        "campaign",
        "market",
        "objective",
        "placement",
        "audience",
        "product",
        "label",
        "comment",
    ):
        return Role("dim", name)
    if name in ("start", "end", "period", "day", "month"):
        return Role("date", name)
    if name in ("ignore", "version", "share"):
        return Role()
    return Role("metric", name) if name in ("impressions", "clicks", "views", "reach", "conversions") else role


def _use(column: int, role: Role, flight: Flight | None, content: Content) -> Use:
    """Let the content correct the header: a `Cost` of texts is a label, a `Period` of numbers counts days."""
    if flight is not None:
        return Use(column, "period", role, 0.9, flight)
    certainty = max(0.5, role.certainty)
    if role.is_numeric and content.numbers == 0 and content.texts + content.days > 0:
        if _holds_flights(content):
            return Use(column, "period", Role("date", "period"), 0.6)
        name = "billing_frequency" if role.key == "frequency" and any(says(t, "frequency") for t in content.distinct_texts) else "label"
        return Use(column, name, Role("dim", "frequency" if name != "label" else "label"), 0.7)
    if (
        role.kind == "date"
        and role.key not in ("year", "month", "week", "quarter")
        and content.is_numeric
        and content.days == 0
        and not content.number_texts
    ):
        return Use(column, "quantity", Role("quantity", "days"), 0.6)
    if role.kind:
        return Use(column, _name(role), role, certainty)
    if content.days > content.numbers + content.texts:
        return Use(column, "day", Role("date", "day"), 0.6)
    if content.is_numeric:
        return Use(column, "number", Role(mods=role.mods, currency=role.currency, scale=role.scale, vat=role.vat), 0.4)
    if _holds_flights(content):
        return Use(column, "period", Role("date", "period"), 0.6)
    return Use(column, "label", Role("dim", "label"), 0.5)


def _holds_flights(content: Content) -> bool:
    """Tell whether the texts of a column are dates or ranges, whatever stands above it."""
    texts = [text for text in content.distinct_texts if len(text) <= 60]
    dated = [
        text
        for text in texts
        if any(c.isdigit() for c in text) and (flight := read_flight(text)) is not None and (flight.start or flight.needs_year)
    ]
    return len(texts) > 0 and len(dated) >= 0.7 * len(content.distinct_texts)


def _name(role: Role) -> str:
    if role.kind == "money":
        return {"budget": "cost", "cost": "cost", "total": "cost"}.get(role.key, role.key)
    if role.kind == "price":
        return {"unit": "unit_price"}.get(role.key, role.key)
    return {"units": "quantity"}.get(role.key, role.key)


def _settle_ends(layout: Layout) -> None:
    """Take a second column of days beside a start (or the first beside an end) for the other end, whatever its header says."""
    days = [c for c, use in layout.uses.items() if use.name == "day" and use.confidence <= 0.6]
    starts, ends = layout.named("start"), layout.named("end")
    if len(days) == 1 and len(starts) + len(ends) == 1:
        missing = "end" if starts else "start"
        layout.uses[days[0]].name = missing
    elif len(days) == 2 and not starts and not ends:
        layout.uses[days[0]].name, layout.uses[days[1]].name = "start", "end"


def _settle_periods(region: Region, layout: Layout) -> None:
    """Sort period columns into money, marks, shares and metrics, group by group."""
    groups: dict[tuple[str, str, int, str], list[int]] = defaultdict(list)
    for column, use in layout.uses.items():
        if use.flight is not None and "cumulative" not in use.role.mods:
            groups[use.role.kind, use.role.key, _segment(region, column), "actual" if "actual" in use.role.mods else ""].append(column)
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
                - (5000 if "actual" in layout.uses[columns[0]].role.mods else 0)
            )
            if best is None or score > best[0]:
                best = (score, columns)
    if best:
        choose_grain(layout, best[1])
    elif not layout.flags:
        layout.flags = [(c, use.flight) for c, use in layout.uses.items() if use.flight is not None and use.name == "period_metric"]


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
    total = _sums_to(region, layout, columns)
    if total is not None:
        return "money" if layout.uses[total].role.kind in ("money", "") else "metric"
    has_money = any(use.role.is_budget and use.flight is None for use in layout.uses.values())
    return "metric" if has_money else "money"


def _sums_to(region: Region, layout: Layout, columns: list[int]) -> int | None:
    """Give the column that the period columns add up to in nearly every row."""
    sums = row_sums(region, columns)
    for column, use in layout.uses.items():
        fits = use.flight is None and use.role.kind in ("money", "metric", "quantity", "")
        if fits and sums and agrees(region, column, sums):
            return column
    return None


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
    if inner.needs_year and outer.needs_year and inner.month_day and outer.month_day:
        return outer.month_day[0] <= inner.month_day[0] and inner.month_day[1] <= outer.month_day[1] and inner.month_day != outer.month_day
    return False


def _settle_budget(region: Region, layout: Layout, forced: dict[int, str]) -> None:
    named = [column for column, name in forced.items() if name == "budget"]
    for column in (c for c, name in forced.items() if name != "budget" and c in layout.uses):
        layout.uses[column] = replace(
            layout.uses[column], name=forced[column], role=_role_named(forced[column], layout.uses[column].role), confidence=1.0
        )
    scored = sorted(
        ((score, -column) for column, use in layout.uses.items() if (score := _budget_score(region, use, column)) is not None), reverse=True
    )
    ranked = _discounted_first(layout, [(score, -column) for score, column in scored])
    first = named[0] if named else _proven_budget(region, layout, ranked[0][1]) if ranked else None
    if first is not None:
        ranked = [(99.0, first), *((s, c) for s, c in ranked if c != first)]
    if not ranked and not layout.periods:
        priced = {c: use.role for c, use in layout.uses.items() if (use.role.kind, use.role.key) == ("money", "fee")}
        fees = [c for c, role in priced.items() if "per" not in role.mods and region.content(c).numbers]
        ranked = [(1.0, fees[0])] if len(fees) == 1 else []
    if not ranked and not layout.periods:
        guess = _money_by_content(region, layout)
        if guess is not None:
            ranked, layout.inferred = [(1.0, guess)], True
    if not ranked or (ranked[0][0] < -1.0 and layout.periods):
        _basis_of(layout, [layout.uses[c].role for c, _ in layout.periods])
        return
    layout.budget = ranked[0][1]
    chosen = layout.uses[layout.budget]
    layout.rivals = [c for s, c in ranked[1:] if ranked[0][0] - s < 0.25 and layout.uses[c].role.vat == chosen.role.vat and not named]
    chosen.name = "budget"
    _basis_of(layout, [chosen.role, *(layout.uses[c].role for c, _ in layout.periods)])


def _discounted_first(layout: Layout, ranked: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Let the money after a discount stand before the same money without a word about it."""
    if not any("discounted" in layout.uses[column].role.mods for _, column in ranked):
        return ranked
    lowered = [(score - (0.0 if "discounted" in layout.uses[column].role.mods else 1.2), column) for score, column in ranked]
    return sorted(lowered, key=lambda entry: (-entry[0], entry[1]))


def _proven_budget(region: Region, layout: Layout, likely: int) -> int | None:
    """Give the money column that arithmetic proves against the likely one: its periods' sum, or the likely one less the discount."""
    others = [
        c
        for c, use in layout.uses.items()
        if c != likely
        and use.flight is None
        and (use.role.is_budget or (use.role.kind == "" and use.name == "number") or use.role.key == "total")
        and not use.role.mods & {"actual", "cumulative", "per_period", "list"}
    ]
    sums = row_sums(region, [c for c, _ in layout.periods])
    if len(sums) >= 2 and not agrees(region, likely, sums):
        proven = [c for c in others if agrees(region, c, sums)]
        if len(proven) == 1 and _shares_basis(layout, likely, proven[0]):
            return proven[0]
    for discount in layout.named("discount"):
        paid = discounted(region, likely, discount)
        proven = [c for c in others if paid and agrees(region, c, paid)]
        if proven:
            return proven[0]
    return None


def _shares_basis(layout: Layout, one: int, two: int) -> bool:
    """Tell whether no header says that one of two columns is with VAT and the other without."""
    left, right = layout.uses[one].role.vat, layout.uses[two].role.vat
    return left == right or None in (left, right)


def _budget_score(region: Region, use: Use, column: int) -> float | None:
    """Score a column as the line items' money: net before gross, planned before actual, discounted before list; None where it is none."""
    role, content = use.role, region.content(column)
    if use.flight is not None or not (role.is_budget or (role.kind, role.key) == ("money", "total")) or use.name == "label":
        return None
    score = {False: 3.0, None: 2.5, True: 1.0}[role.vat]
    score -= sum(AVOID.get(mod, 0.0) for mod in role.mods)
    score += sum(PREFER.get(mod, 0.0) for mod in role.mods)
    score -= 0.5 if role.key == "spend" else 0.6 if role.key == "total" else 0.0
    score += 0.5 if column in region.own_columns else 0.0
    rows = max((c.filled for c in region.contents.values()), default=1)
    return score + min(1.0, content.numbers / max(rows, 1)) + 0.3 * role.certainty if content.filled or not rows else score - 2


def _money_by_content(region: Region, layout: Layout) -> int | None:
    """Guess the money where no header says it: the column shown as currency, else the only column of bare numbers."""
    numeric = [c for c, use in layout.uses.items() if use.name == "number" and region.content(c).percents == 0]
    shown = [c for c in numeric if region.content(c).currencies > region.content(c).numbers * 0.5]
    if shown:
        return shown[-1]
    if len(layout.uses) > 5 or any(use.role.kind in ("price", "rate", "metric") for use in layout.uses.values()):
        return None
    return numeric[0] if len(numeric) == 1 and not region.content(numeric[0]).is_flags else None


def _basis_of(layout: Layout, roles: list[Role]) -> None:
    vats = {role.vat for role in roles if role.vat is not None}
    mods = frozenset().union(*(role.mods for role in roles)) if roles else frozenset()
    layout.vat_included = next(iter(vats)) if len(vats) == 1 else None
    if layout.vat_included or ("gross" in mods and "net" not in mods):
        layout.basis = "gross"
    elif "fee_incl" in mods:
        layout.basis = "client"
    layout.scale = max((role.scale for role in roles), default=1)


def _settle_amounts(region: Region, layout: Layout) -> None:
    """Name the other money columns by their basis, and the first column of each metric."""
    main_vat = layout.vat_included
    for column, use in layout.uses.items():
        if use.flight is not None or column == layout.budget:
            continue
        role = use.role
        if role.kind == "money":
            name = _amount_name(role, main_vat)
            if name == "gross" and role.vat is None and layout.vat_included is not True and layout.named("discount"):
                name = "list"
            if name and name not in layout.amounts and region.content(column).numbers:
                layout.amounts[name] = column
                use.name = f"budget_{name}" if role.is_budget or role.key == "total" else role.key
        elif role.kind in ("metric", "rate", "quantity", "price") and region.content(column).numbers and use.name not in layout.metrics:
            layout.metrics[use.name] = column


def _amount_name(role: Role, main_vat: bool | None) -> str | None:
    if role.key in ("fee", "vat", "revenue"):
        return role.key
    if role.key == "profit":
        return None
    for mod in ("list", "actual", "cumulative", "per_period"):
        if mod in role.mods:
            return mod
    if role.vat is True or ("gross" in role.mods and role.vat is None):
        return "gross"
    if role.vat is False or "net" in role.mods:
        return "net" if main_vat else "other_net"
    return "client" if "fee_incl" in role.mods else "other"
