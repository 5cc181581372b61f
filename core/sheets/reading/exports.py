"""Ad platforms' exports: told apart from plans, cleaned of junk and total rows, and read as delivered performance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from core.model.flight import month_of
from core.model.money import to_major, to_minor
from core.model.reading import ColumnReading, PerformanceRow, PerformanceTable
from core.model.workbook import Span, column_letters
from core.sheets.reading.ambiguity import settle_ambiguous
from core.sheets.reading.currency import currency_in_text, currency_of_format
from core.sheets.reading.dates import Flight
from core.sheets.reading.export_columns import FEWEST_CELLS, Export, delivery_of, export_columns, export_headers, folded, names_days
from core.sheets.reading.export_days import ExportDays, report_range, settle_days
from core.sheets.reading.export_findings import ask_currency, counted, say_mismatch, say_unread
from core.sheets.reading.export_totals import check_totals, group_heads, is_total, sum_row, sums_of, without_heads
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import Grid, day_of, decimal_of, number_text
from core.sheets.reading.headers import HeaderBlock
from core.sheets.reading.lexicon import normalise, words_of
from core.sheets.reading.regions import Region
from core.sheets.reading.roles import role_of_header

EXPORT_FROM = 4
_REPORT = re.compile(
    r"#|(?:report (?:name|time|fields|start|end|type)|date/time generated|account id|time zone|date range|campaign performance"
    r"|[^\W\d]{4,}(?:rapport|report|bericht|jelentés)|berichts(?:name|zeit)"
    r"|[^\W\d]+ (?:del?|du|do|da|des|van|raportu|di) ?(?:informe|rapporto?|relatório|bericht)"
    r"|(?:[^\W\d]+ ){1,3}(?:report|rapport|bericht)|(?:informe|relatório|rapporto?|raport|laporan|báo cáo|отчет|звіт)(?: [^\W\d]+){1,4})\b",
    re.IGNORECASE,
)
"""Lines that only platforms write over a report's header."""
_DAY = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_TIME = frozenset({"time", "endzeit", "heure", "hora", "ora", "eindtijd"})
_MIDNIGHT = re.compile(r"[T ]00:00(?::00)?")
_SPANS: dict[str, Callable[[date], date]] = {
    "week": lambda first: first + timedelta(days=6),
    "month": lambda first: month_of(first).end,
    "quarter": lambda first: month_of(month_of(month_of(first).end + timedelta(days=1)).end + timedelta(days=1)).end,
}
"""The last day of what begins on a day, by the grain of the report."""
_NULLS = {"--", "—", "-", ""}


def read_export(
    grid: Grid, blocks: list[HeaderBlock], regions: list[Region], findings: Findings, *, locale: str | None = None
) -> PerformanceTable | None:
    """Read a tab as a platform's export; None when it is none."""
    if not blocks or grid.tab.merges:
        return None
    if len(blocks) > 2 or not regions or _score(regions[0]) < EXPORT_FROM:
        return None
    above = _lines_above(grid, blocks[0].top)
    found: list[tuple[Region, PerformanceTable, Findings]] = []
    for region in regions:
        export, said = export_columns(region), Findings(findings.tab, findings.answers)
        if {"spend", "impressions", "clicks"} & set(export.columns):
            found.append((region, _read(export, said, above, locale), said))
    if not found or found[0][0] is not regions[0]:
        return None
    same = [each for each in found if sums_of(each[1]) == sums_of(found[0][1])]  # a summary over its own detail
    kept, table, said = max(same, key=lambda each: len(each[1].rows))
    findings.questions.extend(said.questions)
    findings.warnings.extend(said.warnings)
    for other in (region for region in regions if region is not kept):
        top = other.grid.address(other.header.top, min(other.columns))
        findings.warn("other_table", top, f"Another table stands in this report; only {table.range} was counted.")
    return table


def _score(region: Region) -> int:
    """Weigh what speaks for an export (platform headers, ids, days, delivery) against what speaks for a plan."""
    headers = [folded(h.own) for h in region.columns.values()]
    roles = [h.role for h in region.columns.values()]
    keys = {role.key for role in roles if role.kind in ("metric", "money")} | {delivery_of(h) for h in region.columns.values()}
    signatures = sum(header in export_headers()["signature"] or "google ads" in header for header in headers)
    mods = frozenset().union(*(role.mods for role in roles)) if roles else frozenset()
    reported = any(_REPORT.match(line) for line in _lines_above(region.grid, region.header.top))
    spend = bool(keys & {"spend", "cost"}) or (reported and "budget" in keys)
    score = min(3, signatures) + ({"clicks", "impressions"} <= keys) + bool(keys & {"conversions", "leads"}) + spend
    score += any("id" in header.split() for header in headers) + any(role.key == "currency" for role in roles) + (len(region.body) > 100)
    delivered = spend and {"clicks", "impressions"} <= keys
    score += delivered * ((bool(keys & {"revenue", "value"}) and _counts_unround(region)) + _is_written_by_machine(region))
    score += 2 * reported + _counts_unround(region) + _has_days(region) + _has_total_rows(region) + 3 * _only_delivered(region, keys)
    dims = {role.key for role in roles if role.kind == "dim"}
    score += _has_days(region) and delivered and not dims & {"format", "publisher", "placement", "unit"}
    score -= (
        2 * ("budget" in keys and not spend)
        + 3 * any(h.flight for h in region.columns.values())
        + 2 * bool(mods & {"vat_incl", "vat_excl", "discounted", "list", "plan"})
    )
    score -= 2 * any(cell.formula for row in region.body[:20] for cell in region.grid.rows[row].values()) + (region.header.top > 8)
    return score - any(role.kind == "quantity" and role.key == "units" for role in roles) - any(role.key == "unit" for role in roles)


def _only_delivered(region: Region, keys: set[str]) -> bool:
    """Tell whether the only money is what was spent, beside impressions and clicks, and nothing plans: a report kept by hand."""
    money = [h.role for h in region.columns.values() if h.role.kind == "money" and h.role.key not in ("revenue", "vat")]
    spent = bool(money) and all(role.key == "spend" or role.mods & {"actual", "cumulative"} for role in money)
    dims = {h.role.key for h in region.columns.values() if h.role.kind in ("dim", "date")}
    return spent and {"clicks", "impressions"} <= keys and not dims & {"format", "publisher", "unit", "start", "end", "period"}


def _has_days(region: Region) -> bool:
    """Tell whether a column gives a day for each row."""
    for column in region.columns:
        sample = [region.grid.cell(row, column).value for row in region.body[:40] if not is_total(region.grid, row)]
        hits = sum(day_of(v) is not None or (isinstance(v, str) and bool(_DAY.match(v) or names_days(v, ("day",)))) for v in sample)
        if hits > 0.6 * len(sample):
            return True
    return False


def _is_written_by_machine(region: Region) -> bool:
    """Tell whether heads are names of fields (`post_click_conversions`): all in small letters, two or more joined by underscores."""
    heads = [header.own for header in region.columns.values() if header.own]
    return all(head == head.lower() and " " not in head for head in heads) and sum("_" in head for head in heads) >= 2


def _counts_unround(region: Region) -> bool:
    """Tell whether impressions and money are hardly ever round, as what was delivered is and what is planned is not."""
    counted = [c for c, h in region.columns.items() if delivery_of(h) in ("impressions", "spend")]
    values = [[v for row in region.body[:40] if (v := decimal_of(region.grid.cell(row, c).value, region.marks.get(c)))] for c in counted]
    return len(counted) >= 2 and all(len(some) >= 2 and sum(v % 10 == 0 for v in some) <= 0.2 * len(some) for some in values)


def _has_total_rows(region: Region) -> bool:
    return any(is_total(region.grid, row) for row in region.body[-8:])


def _lines_above(grid: Grid, top: int) -> list[str]:
    """Give the junk rows over the header, their cells joined."""
    rows = [sorted(grid.rows[row].items()) for row in grid.row_numbers if row < top]
    return [", ".join(str(cell.value) for _, cell in row).strip('"') for row in rows]


def _read(export: Export, findings: Findings, above: list[str], locale: str | None) -> PerformanceTable:
    region = export.region
    settle_ambiguous(region, counted(export), findings, locale=locale)
    days, around = _day_reader(export, findings, above), report_range(above)
    currency = _currency(export, findings) or _currency_above(above)
    if currency is None and "spend" in export.columns and not _codes(export):
        currency = ask_currency(findings)
    rows: list[PerformanceRow] = []
    totals: list[int] = []
    seen: Counter[tuple[object, ...]] = Counter()
    for number in region.body:
        if is_total(region.grid, number):
            totals.append(number)
            continue
        row = _row(export, number, currency, days, around)
        if row is not None:
            rows.append(row)
            seen[tuple(cell.value for _, cell in sorted(region.grid.rows[number].items()))] += 1
    summed = sum_row(rows)
    if summed is not None:
        totals.append(summed.row or 0)
        rows.remove(summed)
    heads = group_heads(rows)
    rows = without_heads(rows, heads)
    checks = check_totals(export, rows, totals, currency)
    say_mismatch(checks, findings)
    say_unread(export, rows, days, findings)
    if repeated := sum(count - 1 for count in seen.values()):
        findings.warn("duplicate_rows", None, f"{repeated} rows stand twice, cell by cell; they were counted as they stand.")
    span = Span(region.header.top, min(region.columns), region.body[-1] if region.body else region.header.bottom, max(region.columns))
    columns = tuple(
        ColumnReading(
            column_letters(c), next((n for n, at in export.columns.items() if at == c), "label"), h.own, round(h.role.certainty, 2)
        )
        for c, h in region.columns.items()
    )
    return PerformanceTable(region.grid.tab.name, span.a1, _platform(region), currency, tuple(rows), columns, tuple(checks))


def _day_reader(export: Export, findings: Findings, above: list[str]) -> ExportDays:
    places = [(row, column) for name in ("day", "start", "end") if (column := export.columns.get(name)) for row in export.region.body]
    values = {place: export.region.grid.cell(*place).value for place in places}
    texts = {place: value.strip() for place, value in values.items() if isinstance(value, str)}
    cell = export.region.grid.address(*next(iter(texts))) if texts else None
    days = settle_days(texts.values(), findings, cell=cell, above=above)
    days.settle_swapped({day for value in values.values() if (day := day_of(value))}, texts.values(), findings)
    return days


def _currency(export: Export, findings: Findings) -> str | None:
    """Give the file's one currency: from its currency column or its money headers; rows of several keep their own."""
    region = export.region
    if export.columns.get("currency") is not None:
        codes = _codes(export)
        if len(codes) == 1:
            return next(iter(codes))
        if codes:
            findings.warn("several_currencies", None, f"Rows are in {', '.join(sorted(codes))}; they were not added up across currencies.")
            return None
    spend = export.columns.get("spend")
    named = [region.columns[spend]] if spend in region.columns else []
    if named and (code := currency_in_text(named[0].own)):
        return code
    for header in region.columns.values():
        if header.role.kind in ("money", "price") and header.role.currency:
            return header.role.currency
    cells = [region.grid.cell(row, spend or 0) for row in region.body]
    formats = {code for cell in cells if cell.number_format and (code := currency_of_format(cell.number_format))}
    if len(formats) == 1:
        return formats.pop()
    shown = {n.currency for row in region.body if (n := number_text(region.grid.cell(row, spend or 0).value)) and n.currency}
    return shown.pop() if len(shown) == 1 else None


def _codes(export: Export) -> set[str]:
    """Give the currencies that the rows of a currency column name."""
    column, grid = export.columns.get("currency"), export.region.grid
    texts = {str(grid.cell(row, column).value) for row in export.region.body} if column is not None else set()
    return {code for text in texts if (code := currency_in_text(text, whole=True))}


def _currency_above(above: list[str]) -> str | None:
    """Give the currency that a line over the header names (`Currency, SEK`)."""
    pairs = [re.split(r"[,:;\t]+", line.strip()) for line in above]
    codes = {currency_in_text(p[1].strip(), whole=True) for p in pairs if len(p) == 2 and role_of_header(p[0]).key == "currency"}
    return codes.pop() if len(codes) == 1 else None


def _row(export: Export, number: int, currency: str | None, days: ExportDays, around: Flight | None) -> PerformanceRow | None:
    grid, columns = export.region.grid, export.columns

    def number_of(name: str) -> Decimal | None:
        column = columns.get(name)
        value = None if column is None else decimal_of(grid.cell(number, column).value, export.region.marks.get(column) or export.mark)
        return value if value is None or column is None else value * export.factors.get(column, 1)

    def text(name: str) -> str | None:
        column = columns.get(name)
        value = grid.cell(number, column).value if column is not None else None
        return None if value is None or str(value).strip() in _NULLS else " ".join(str(value).split())

    spend, impressions, clicks = number_of("spend"), number_of("impressions"), number_of("clicks")
    campaign = text("campaign")
    if spend is None and impressions is None and clicks is None and (campaign is None or len(grid.rows[number]) < FEWEST_CELLS):
        return None  # a blank row, or a line of the report's small print
    code = currency_in_text(text("currency") or "", whole=True) or currency
    start, end = _days(export, number, days, around)
    value = number_of("value")
    labels = {
        header: str(cell).strip()
        for column, header in export.labels.items()
        if (cell := grid.cell(number, column).value) is not None and str(cell).strip() not in _NULLS
    }
    return PerformanceRow(
        start,
        end,
        text("channel"),
        campaign,
        code,
        None if spend is None else to_minor(spend, code),
        _float(impressions),
        _float(clicks),
        _float(number_of("conversions")),
        None if value is None else to_minor(value, code),
        text("market"),
        labels,
        number,
        None if spend is None or spend == to_major(to_minor(spend, code), code) else f"{spend:f}",
    )


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _days(export: Export, number: int, days: ExportDays, around: Flight | None) -> tuple[date | None, date | None]:
    """Give the first and last day of a row; a week or month that the report's range cuts off ends with it."""
    found: dict[str, tuple[date | None, date | None]] = {}
    for name in ("day", "start", "end"):
        column = export.columns.get(name)
        value = export.region.grid.cell(number, column).value if column is not None else None
        found[name] = days.of(value)
    start, end = found["day"]
    if start and start == end and export.grain in _SPANS:
        end = _SPANS[export.grain](start)
    if start and end and around and around.start and around.end and start <= around.end and around.start <= end:
        return max(start, around.start), min(end, around.end)
    if start:
        return start, end
    if found["start"][0] or found["end"][1]:
        return found["start"][0], _last_day(export, number, found["start"][0], found["end"][1] or found["start"][1])
    return (around.start, around.end) if around and "day" not in export.columns else (None, None)


def _last_day(export: Export, number: int, start: date | None, end: date | None) -> date | None:
    """Give the last day of a row: the one before an end that is a time, midnight, as its start is (`End Time 2026-03-02 00:00:00`)."""
    columns = [export.columns.get(name) for name in ("start", "end")]
    cells = [export.region.grid.cell(number, column).value for column in columns if column]
    is_time = columns[1] is not None and bool(_TIME & set(words_of(export.region.columns[columns[1]].own)))
    at_midnight = len(cells) == 2 and all(isinstance(value, str) and _MIDNIGHT.search(value) for value in cells)
    return end - timedelta(days=1) if is_time and at_midnight and start and end and end > start else end


def _platform(region: Region) -> str | None:
    texts = " | ".join([*(folded(h.own) for h in region.columns.values()), normalise(region.grid.tab.name)])
    scores = {
        name: sum(bool(re.search(rf"\b{re.escape(word)}\b", texts)) for word in words)
        for name, words in export_headers().items()
        if name != "signature" and not name.startswith("column ")
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else None
