"""Which column of an ad platform's export holds what: delivery, money, days and the names of campaigns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from core.model.workbook import CellValue
from core.sheets.reading.dates import read_flight
from core.sheets.reading.flights import Flight
from core.sheets.reading.grid import day_of, decimal_of, is_blank
from core.sheets.reading.headers import ColumnHeader
from core.sheets.reading.lexicon import normalise, words_of
from core.sheets.reading.numbers import DecimalMark
from core.sheets.reading.platform_heads import platform_head
from core.sheets.reading.regions import Region
from core.sheets.reading.roles import role_of_header

_HEADERS = Path(__file__).resolve().parents[3] / "data" / "reference" / "export_headers.csv"
_COUNTS = ("spend", "impressions", "clicks", "conversions", "value")
_PLACES = ("start", "end", "currency", "market", "channel")
_NAMES = ("market", "channel")
"""Places that numbers do not name (`Platform fee`)."""
_GRAINS = ("day", "week", "month", "quarter", "period")
"""Date columns that say when a row was delivered, the finest first."""
FEWEST_CELLS = 3
"""A line with fewer cells is small print around the report."""
_CODE = re.compile(r"\s*\([A-Z]{3}\)\s*$")
_GOOGLE = re.compile(r"\b(?:(?:de|do|di|von|w|van) )?google ads\b")
_NUMBER_OF = re.compile(r"^(?:number |no )?of ")
"""What is left of `# of Impressions`."""
_PARTS = {
    **dict.fromkeys(("micro", "micros", "microns", "millionths"), Decimal("0.000001")),
    **dict.fromkeys(("cents", "cent", "centavos", "centimos", "centimes", "centesimi", "pence", "kopecks", "kopeks"), Decimal("0.01")),
    **dict.fromkeys(("копейки", "копейках", "коп", "grosze", "groszy", "oren", "kurus", "paise", "minor", "分"), Decimal("0.01")),
}
"""Parts of a currency's unit that heads say their amounts count in (`cost_micros`, `gasto_centavos`, `spend_minor`)."""


@dataclass(slots=True)
class Export:
    """The columns of an export by what they hold.

    Attributes:
        grain: what one row of the `day` column stands for: day, week, month, quarter or period.
        factors: what the numbers of a column are multiplied by (`cost_micros`).
        rivals: other columns of what was spent in the same period.
        months: the columns of what was spent in a month each, where months stand across.
    """

    region: Region
    columns: dict[str, int] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    mark: DecimalMark | None = None
    grain: str = "day"
    factors: dict[int, Decimal] = field(default_factory=dict)
    rivals: list[int] = field(default_factory=list)
    months: Mapping[int, Flight] = field(default_factory=dict)


@lru_cache(maxsize=1)
def export_headers() -> dict[str, frozenset[str]]:
    """Give the headers that only platforms write (`signature`), heads and words by what they say (`column clicks`), each platform's own."""
    with _HEADERS.open(encoding="utf-8", newline="") as file:
        return {row["kind"]: frozenset(row["terms"].split("|")) for row in csv.DictReader(file)}


def folded(header: str) -> str:
    """Give a header as the reference lists it: folded words with one space between them."""
    return normalise(" ".join(re.findall(r"[^\W_]+", header.replace("_", " "))))


def minor_factor(head: str) -> Decimal | None:
    """Give what the amounts under a head are multiplied by, None where they count whole units of money."""
    return next((_PARTS[word] for word in reversed(words_of(head)) if word in _PARTS), None)


def sum_of(export: Export, column: int, rows: Iterable[int]) -> Decimal:
    """Add up a column over rows, in units of money."""
    mark = export.region.marks.get(column) or export.mark
    values = [decimal_of(export.region.grid.cell(row, column).value, mark) for row in rows]
    return sum((v for v in values if v is not None), Decimal(0)) * (minor_factor(export.region.columns[column].own) or 1)


def delivery_of(header: ColumnHeader) -> str:
    """Give what an export's column counts (`spend`, `impressions`, ...) or when or where that was; empty for any other."""
    own = _NUMBER_OF.sub("", folded(_CODE.sub("", header.own)))
    known = next((name for name in (*_COUNTS, "currency") if own in export_headers().get(f"column {name}", ())), None)
    if known is not None:
        return known
    if rest := " ".join(_GOOGLE.sub(" ", own).split()) if _GOOGLE.search(own) else "":  # `Coste de Google Ads` of Analytics
        role = role_of_header(rest)
        return {"cost": "spend"}.get(role.key, role.key)
    if header.role.kind in ("money", "metric", "date"):
        return {"cost": "spend", "spend": "spend", "revenue": "value"}.get(header.role.key, header.role.key)
    return header.role.key if header.role.kind == "dim" else ""


def export_columns(region: Region, *, months: Mapping[int, Flight] | None = None) -> Export:
    """Settle what each column of an export holds; columns of words are kept as labels. `months` are those that stand across."""
    export = Export(region, months=months or {})
    for column, header in region.columns.items():
        name, content = delivery_of(header), region.content(column)
        cumulative = {"per"} if name == "spend" else {"per", "cumulative"}
        if set(words_of(header.own)) & export_headers()["words compared"]:
            export.labels[column] = header.own  # `Cost (Comparison)` is the period before
        elif (name in _COUNTS and content.numbers and not header.role.mods & cumulative) or (
            name in _PLACES and not (name in _NAMES and content.numbers > content.texts)
        ):
            if name in ("start", "end") and platform_head(header.own) is not None:  # the report's own days before those of its ads
                export.columns[name] = column
            export.columns.setdefault(name, column)
        elif header.role.kind in ("dim", "") or content.texts:
            export.labels[column] = header.own
    _choose_spend(export)
    _choose_value(export)
    _choose_conversions(export)
    money = [c for name in ("spend", "value") if (c := export.columns.get(name)) is not None]
    export.factors = {c: factor for c in money if (factor := minor_factor(region.columns[c].own)) is not None}
    if "conversions" not in export.columns:
        leads = [c for c, h in region.columns.items() if h.role.key == "leads" and region.content(c).numbers]
        export.columns.update({"conversions": leads[0]} if leads else {})
    _choose_campaign(export)
    if export.months:
        export.columns["spend"], export.rivals = next(iter(export.months)), []
        return export
    _find_days(export)
    marks = Counter(mark for mark in region.marks.values() if mark)
    export.mark = marks.most_common(1)[0][0] if marks else None
    return export


def _choose_spend(export: Export) -> None:
    """Take what the advertiser was billed in the account's own currency; else the one column of money (`Inversión`).

    Behind it come what converts it, list prices, the media's part of it, and what another period or one result cost.
    """
    region = export.region
    spent = [c for c, h in region.columns.items() if _is_cost(h) and "per" not in h.role.mods and region.content(c).numbers]
    if "spend" not in export.columns:
        paid = [c for c, h in region.columns.items() if h.role.is_budget and region.content(c).numbers]
        export.columns.update({"spend": paid[0]} if len(paid) == 1 else {})
    ranked = sorted((_spend_rank(region.columns[c]), c) for c in spent if not region.content(c).days)
    if ranked and "spend" in export.columns:
        export.columns["spend"] = ranked[0][1]
        export.rivals = [c for rank, c in ranked[1:] if rank[:2] == (False, False)]


def _is_cost(header: ColumnHeader) -> bool:
    """Tell whether a head says what was spent, or is another basis of it (`Net cost`)."""
    is_basis = header.role.is_budget and bool({"cost", "costs", "kosten"} & set(words_of(header.own))) and "net" in header.role.mods
    return delivery_of(header) == "spend" or is_basis


def _spend_rank(header: ColumnHeader) -> tuple[bool, bool, bool, int, bool]:
    words = set(words_of(header.own))
    media = 0 if "media" not in words or delivery_of(header) != "spend" else 2 - ("total" in words)
    is_other = bool(words & export_headers()["words compared"]) or "cumulative" in header.role.mods
    return is_other, "converted" in words, bool({"list", "gross"} & header.role.mods), media, header.role.key != "spend"


def _choose_conversions(export: Export) -> None:
    """Take the column whose whole head counts conversions before one that holds such a word (`video_play_actions`)."""
    region, known = export.region, export_headers()["column conversions"]
    if "conversions" not in export.columns:
        return
    counted = [c for c, h in region.columns.items() if delivery_of(h) == "conversions" and region.content(c).numbers]
    whole = [c for c in counted if folded(region.columns[c].own) in known or platform_head(region.columns[c].own) is not None]
    sure = [c for c in counted if region.columns[c].role.certainty >= 1 and region.content(c).is_numeric]
    if export.columns["conversions"] not in whole and (better := whole or sure):
        export.columns["conversions"] = better[0]


def _choose_value(export: Export) -> None:
    """Take what sales brought in for the value; beside it, a column that only says `sales` counts them."""
    worth = [c for c, h in export.region.columns.items() if h.role.key == "revenue" and export.region.content(c).numbers]
    told = [c for c in worth if not {"sales", "sale"} & set(words_of(export.region.columns[c].own))]
    if told and len(told) < len(worth):
        export.columns["value"] = told[0]
        export.columns.setdefault("conversions", next(c for c in worth if c not in told))


def _choose_campaign(export: Export) -> None:
    """Take the campaign's name, else its id, before its status or type."""
    found = []
    for column, header in export.region.columns.items():
        words = normalise(header.own.replace("_", " ")).split()
        role, head = role_of_header(header.own), platform_head(header.own)
        if head is not None and head.key in ("comment", "format", "placement"):
            continue
        if role.key == "campaign" and not set(words) & {"status", "type", "typ", "tipo", "state", "objective", "group", "budget"}:
            found.append((len(words) + ("id" in words) * 2 + (export.region.content(column).filled == 0) * 9, len(header.own), column))
    if found:
        export.columns["campaign"] = min(found)[-1]
    elif (account := next((c for c, h in export.region.columns.items() if h.role.key == "product"), None)) is not None:
        export.columns["campaign"] = account


def _find_days(export: Export) -> None:
    """Find the finest column that says when a row was delivered, also under a header that the lexicon does not know."""
    region = export.region
    named = {c: h.role.key for c, h in region.columns.items() if h.role.kind == "date" and h.role.key in _GRAINS}
    found = [(_GRAINS.index(grain), column) for column, grain in named.items() if _all_dates(_sample(region, column), least=0.6)]
    taken = export.columns.values()
    rows = [row for row in region.body[:60] if len(region.grid.rows[row]) >= FEWEST_CELLS]
    if not found and "start" not in export.columns:
        unnamed = [
            c for c, h in region.columns.items() if c not in taken and not export_headers()["words other event"] & set(words_of(h.own))
        ]
        found = [
            (0, c) for c in unnamed if _all_dates(_sample(region, c), grains=("day", "week")) and len(_sample(region, c)) >= 0.8 * len(rows)
        ]
    if "start" in export.columns and "end" not in export.columns and (end := _ends_of(export)) is not None:
        export.columns["end"] = end
        export.labels.pop(end, None)
    if found:
        at, column = min(found)
        export.columns["day"], export.grain = column, _GRAINS[at]
        export.labels.pop(column, None)


def _ends_of(export: Export) -> int | None:
    """Give the one other column of days in which none lies before the row's start."""
    region, start, found = export.region, export.columns["start"], []
    for column in (c for c in region.columns if c not in export.columns.values()):
        pairs = [[region.grid.cell(row, c).value for c in (start, column)] for row in region.body[:60]]
        whole = [(str(first), str(last)) for first, last in pairs if not is_blank(first) and not is_blank(last)]
        if _all_dates(_sample(region, column), grains=("day",)) and all(first[:4].isdigit() and first <= last for first, last in whole):
            found.append(column)
    return found[0] if len(found) == 1 else None


def _sample(region: Region, column: int) -> list[CellValue]:
    rows = [row for row in region.body[:60] if len(region.grid.rows[row]) >= FEWEST_CELLS]
    return [v for row in rows if not is_blank(v := region.grid.cell(row, column).value)]


def has_days(region: Region, column: int) -> bool:
    """Tell whether a column of a report holds days."""
    return _all_dates(_sample(region, column), grains=("day",), least=0.8)


def _all_dates(sample: list[CellValue], *, grains: tuple[str, ...] = (), least: float = 1.0) -> bool:
    """Tell whether values are days or periods, at least such a share of them."""
    dated = [bool(day_of(v)) or names_days(v, grains) for v in sample]
    return any(dated) and sum(dated) >= least * len(dated)


def names_days(value: CellValue, grains: tuple[str, ...]) -> bool:
    """Tell whether a text with a number is a period, of one of these grains where any is given."""
    flight = read_flight(value) if isinstance(value, str) and any(char.isdigit() for char in value) else None
    return flight is not None and flight.start is not None and (not grains or flight.grain in grains)
