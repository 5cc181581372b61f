"""What tells an ad platform's export, or any table of what was spent, from a media plan, and which platform wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.sheets.reading.export_columns import delivery_of, export_headers, folded, minor_factor, names_days
from core.sheets.reading.export_totals import is_total
from core.sheets.reading.grid import day_of, decimal_of
from core.sheets.reading.headers import ColumnHeader
from core.sheets.reading.lexicon import normalise, senses, words_of
from core.sheets.reading.platform_heads import platform_head
from core.sheets.reading.regions import Region, marks_of
from core.sheets.reading.roles import Role

_REPORT = re.compile(
    r"#|(?:report (?:name|time|fields|start|end|type)|date/time generated|account id|time zone|date range|campaign performance"
    r"|[^\W\d]{4,}(?:rapport|report|bericht|jelentés)|berichts(?:name|zeit)"
    r"|[^\W\d]+ (?:del?|du|do|da|des|van|raportu|di) ?(?:informe|rapporto?|relatório|bericht)"
    r"|(?:[^\W\d]+ ){1,3}(?:report|rapport|bericht)|(?:informe|relatório|rapporto?|raport|laporan|báo cáo|отчет|звіт)(?: [^\W\d]+){1,4})\b",
    re.IGNORECASE,
)
"""Lines that only platforms write over a report's header."""
_DAY = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_TIME_OF_DAY = re.compile(r"\d[T ](?!00:00)\d{1,2}:\d{2}")
_PLANNED = frozenset({"plan", "list", "discounted", "vat_incl", "vat_excl"})
_PLANNING = frozenset({"format", "publisher", "unit", "units", "start", "end", "period"})
"""What a plan says of a line and a report of delivery does not."""
_OUTCOMES = frozenset({"cpa", "cpc", "cpm", "cpl", "cpi", "cpv", "roas", "ctr", "cr"})


def platform_region(region: Region) -> Region:
    """Give a table with the roles that its heads have on ad platforms, where one writes them so."""
    columns = {column: replace(header, role=_platform_role(header)) for column, header in region.columns.items()}
    changed = replace(region, columns=columns)
    changed.marks = marks_of(changed) if columns != region.columns else region.marks
    return changed


def _platform_role(header: ColumnHeader) -> Role:
    head = platform_head(header.own) if header.flight is None else None
    same = head is None or (head.kind, head.key) == (header.role.kind, header.role.key)
    return header.role if head is None or same else replace(header.role, kind=head.kind, key=head.key, certainty=0.95)


def score_export(region: Region, above: Sequence[str]) -> int:
    """Weigh what speaks for an export (platform headers, ids, days, delivery) against what speaks for a plan."""
    roles = [h.role for h in region.columns.values()]
    keys = {role.key for role in roles if role.kind in ("metric", "money")} | {delivery_of(h) for h in region.columns.values()}
    reported = any(_REPORT.match(line) for line in above)
    spend = bool(keys & {"spend", "cost"}) or (reported and "budget" in keys)
    delivered = spend and {"clicks", "impressions"} <= keys
    dims = {role.key for role in roles if role.kind == "dim"}
    score = _told_by_heads(region) + ({"clicks", "impressions"} <= keys) + bool(keys & {"conversions", "leads"}) + spend
    score += any(role.key == "currency" for role in roles) + (len(region.body) > 100)
    score += delivered * ((bool(keys & {"revenue", "value"}) and counts_unround(region)) + _is_written_by_machine(region))
    score += 2 * reported + counts_unround(region) + _has_days(region) + _has_total_rows(region) + 3 * _only_delivered(region, keys)
    score += _has_days(region) and delivered and not dims & {"format", "publisher", "placement", "unit"}
    score += 2 * _tells_results(region, keys) + 2 * _counts_by_day(region, keys) + 3 * _tells_outcomes(region) + 2 * _has_times(region)
    score += 4 * _is_spent_by_day(region)
    logged = _is_log(region)
    return score + 3 * logged - _spoken_for_plan(region, keys, is_log=logged, spend=spend)


def spends_by_medium(region: Region) -> bool:
    """Tell whether media stand across (`tv_spend`, `radio_spend`): no one column of them is what was spent."""
    heads = [h.own for h in region.columns.values() if delivery_of(h) == "spend"]
    return len({words_of(head)[sense.position] for head in heads for sense in senses(head, ("media",))[:1]}) >= 2


def _told_by_heads(region: Region) -> int:
    """Count the heads that only platforms write (three at most), ids, and amounts in micros or cents."""
    heads = [h.own for h in region.columns.values()]
    signs = export_headers()["signature"]
    told = sum(folded(h) in signs or "google ads" in folded(h) or bool((known := platform_head(h)) and known.only) for h in heads)
    return (
        min(3, told)
        + 3 * any(_compares(h) for h in heads)
        + any("id" in folded(h).split() for h in heads)
        + any(minor_factor(h) for h in heads if " " not in h)
    )


def _compares(head: str) -> bool:
    """Tell whether a head is a figure of the period before, as platforms name it (`Cost (Comparison)`)."""
    bracket = re.search(r"\(([^()]+)\)$", head)
    return bracket is not None and normalise(bracket[1]) in export_headers()["words compared"] and bool(head[: bracket.start()].strip())


def _spoken_for_plan(region: Region, keys: set[str], *, is_log: bool, spend: bool) -> int:
    """Weigh periods across, prices and bases that only plans have, formulas, and a header far down."""
    roles = [h.role for h in region.columns.values()]
    mods = frozenset().union(*(role.mods for role in roles)) if roles else frozenset()
    weight = 2 * ("budget" in keys and not spend) + 3 * any(h.flight for h in region.columns.values())
    weight += 2 * bool(mods & (_PLANNED - {"vat_incl", "vat_excl"} if _is_counted_by_day(region, keys) else _PLANNED) and not is_log)
    weight += 2 * any(cell.formula for row in region.body[:20] for cell in region.grid.rows[row].values()) + (region.header.top > 8)
    units = any(role.kind == "quantity" and role.key == "units" for role in roles) + any(role.key == "unit" for role in roles)
    return weight + units * (not is_log)


def _is_counted_by_day(region: Region, keys: set[str]) -> bool:
    """Tell whether a day stands in each row beside impressions and clicks."""
    return {"clicks", "impressions"} <= keys and _has_days(region)


def _spent_only(region: Region) -> bool:
    """Tell whether money is what was spent, and no budget or planned amount stands beside it."""
    money = [h.role for h in region.columns.values() if h.role.kind == "money" and h.role.key not in ("revenue", "vat", "fee")]
    spent = any(role.key == "spend" or "actual" in role.mods for role in money)
    return spent and not any("plan" in role.mods or (role.key == "budget" and "actual" not in role.mods) for role in money)


def _is_log(region: Region) -> bool:
    """Tell whether heads are fields of a database that hold what was spent: a record of days or accounts, not a flight to come."""
    heads = [header.own for header in region.columns.values() if header.own]
    fields = all(re.fullmatch(r"[a-z0-9_]+", head) for head in heads) and sum("_" in head for head in heads) >= 2
    roles = [h.role for h in region.columns.values()]
    spent = any(role.key == "spend" and role.kind == "money" and not role.mods & {"plan", "per"} for role in roles)
    flight = {"start", "end"} <= {role.key for role in roles if role.kind == "date"}
    return fields and spent and not flight and not any("plan" in role.mods for role in roles)


def _is_spent_by_day(region: Region) -> bool:
    """Tell whether days stand beside what is said to be spent (`Amount spent`), without a flight, a format or a price: a log."""
    roles = {h.role.key for h in region.columns.values()}
    spent = any("spent" in words_of(h.own) for h in region.columns.values() if h.role.kind == "money")
    return spent and _has_days(region) and _spent_only(region) and not roles & (_PLANNING | {"unit_price"})


def _has_times(region: Region) -> bool:
    """Tell whether spend stands beside times of the day, at which things happen and nothing is planned."""
    if not any(delivery_of(h) == "spend" for h in region.columns.values()):
        return False
    for column in region.columns:
        values = [region.grid.cell(row, column).value for row in region.body[:40]]
        told = [
            bool(_TIME_OF_DAY.search(v)) if isinstance(v, str) else isinstance(v, datetime) and (v.hour, v.minute) != (0, 0) for v in values
        ]
        if len(told) >= 3 and sum(told) > 0.6 * len(told):
            return True
    return False


def _tells_results(region: Region, keys: set[str]) -> bool:
    """Tell whether what was paid stands beside what came of it, in figures too odd to be planned, and nothing plans."""
    roles = [h.role for h in region.columns.values()]
    money = [role for role in roles if role.kind == "money" and role.key not in ("revenue", "value")]
    paid = bool(money) and all(role.key in ("spend", "cost") and not role.mods & {*_PLANNED, "net", "gross"} for role in money)
    counts = bool(keys & {"clicks", "impressions"}) and not any(role.kind == "quantity" for role in roles)
    return paid and counts and not {role.key for role in roles} & _PLANNING and counts_unround(region)


def _counts_by_day(region: Region, keys: set[str]) -> bool:
    """Tell whether each row has a day, what was spent on it and what that brought: a series kept by hand or by a tool."""
    roles = [h.role for h in region.columns.values()]
    planned = {role.key for role in roles} & (_PLANNING - {"period"}) or any(role.mods & _PLANNED for role in roles)
    return _spent_only(region) and bool(keys & {"conversions", "leads", "revenue", "value"}) and not planned and _has_days(region)


def _tells_outcomes(region: Region) -> bool:
    """Tell whether spend to the cent stands beside what a result cost and nothing else of money: results kept by hand."""
    roles = [h.role for h in region.columns.values()]
    if not _spent_only(region) or any(role.kind == "quantity" for role in roles) or {role.key for role in roles} & _PLANNING:
        return False
    outcomes = {role.key for role in roles if role.kind in ("price", "rate")} & _OUTCOMES
    spent = [c for c, h in region.columns.items() if delivery_of(h) == "spend"]
    values = [v for c in spent for row in region.body[:40] if (v := decimal_of(region.grid.cell(row, c).value, region.marks.get(c)))]
    return len(outcomes) >= 2 and len(values) >= 3 and sum(v % 1 != 0 for v in values) >= 0.8 * len(values)


def _only_delivered(region: Region, keys: set[str]) -> bool:
    """Tell whether the only money is what was spent, beside impressions and clicks, and nothing plans: a report kept by hand."""
    money = [h.role for h in region.columns.values() if h.role.kind == "money" and h.role.key not in ("revenue", "vat")]
    spent = bool(money) and all(role.key == "spend" or role.mods & {"actual", "cumulative"} for role in money)
    dims = {h.role.key for h in region.columns.values() if h.role.kind in ("dim", "date")}
    return spent and {"clicks", "impressions"} <= keys and not dims & _PLANNING


def _has_days(region: Region) -> bool:
    """Tell whether a column gives a day for each row."""
    rows = [row for row in region.body[:40] if not is_total(region.grid, row)]
    for column in region.columns:
        sample = [region.grid.cell(row, column).value for row in rows]
        hits = sum(day_of(v) is not None or (isinstance(v, str) and bool(_DAY.match(v) or names_days(v, ("day",)))) for v in sample)
        if hits > 0.6 * len(sample):
            return True
    return False


def _is_written_by_machine(region: Region) -> bool:
    """Tell whether heads are names of fields (`post_click_conversions`): all in small letters, two or more joined by underscores."""
    heads = [header.own for header in region.columns.values() if header.own]
    return all(head == head.lower() and " " not in head for head in heads) and sum("_" in head for head in heads) >= 2


def counts_unround(region: Region) -> bool:
    """Tell whether counts and money are hardly ever round, as what was delivered is and what is planned is not."""
    names = ("impressions", "spend")
    counted = [c for c, h in region.columns.items() if delivery_of(h) in names]
    if len(counted) < 2:
        counted = [c for c, h in region.columns.items() if delivery_of(h) in (*names, "clicks")]
    values = [[v for row in region.body[:40] if (v := decimal_of(region.grid.cell(row, c).value, region.marks.get(c)))] for c in counted]
    return len(counted) >= 2 and all(len(some) >= 2 and sum(v % 10 == 0 for v in some) <= 0.2 * len(some) for some in values)


def _has_total_rows(region: Region) -> bool:
    return any(is_total(region.grid, row) for row in region.body[-8:])


def platform_of(region: Region) -> str | None:
    """Give the platform whose words the heads and the tab's name hold most of; None where none is named."""
    heads = [h.own for h in region.columns.values()]
    texts = " | ".join([*(folded(head) for head in heads), normalise(region.grid.tab.name)])
    scores = {
        name: sum(bool(re.search(rf"\b{re.escape(word)}\b", texts)) for word in words)
        for name, words in export_headers().items()
        if name != "signature" and not name.startswith(("column ", "words "))
    }
    if not any(scores.values()):
        known = [head for own in heads if (head := platform_head(own)) is not None and head.only]
        scores |= {name: sum(name in head.platforms for head in known) for head in known for name in head.platforms}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else None
