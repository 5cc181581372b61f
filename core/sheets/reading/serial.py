"""Readings and workbooks as JSON and back, without loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from core.model.money import to_major
from core.model.reading import (
    ColumnReading,
    LineItem,
    Option,
    PerformanceRow,
    PerformanceTable,
    PeriodAmount,
    PlanTable,
    Question,
    Reading,
    ReadingWarning,
    SkippedRow,
    TotalCheck,
)
from core.model.workbook import Cell, CellError, CellValue, Span, Tab, Workbook, a1, parse_a1

Json = dict[str, Any]


def _day(value: date | None) -> str | None:
    return value.isoformat()[:10] if value is not None else None


def _of_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def reading_to_json(reading: Reading) -> Json:
    """Give the reading as the contract's JSON (docs/reading.md); `reading_from_json` gives it back unchanged."""
    return {
        "file": reading.file,
        "is_media_plan": reading.is_media_plan,
        "plan_score": reading.plan_score,
        "tables": [_table(table) for table in reading.tables],
        "performance": [_performance(table) for table in reading.performance],
        "questions": [
            {
                "key": q.key,
                "tab": q.tab,
                "cell": q.cell,
                "kind": q.kind,
                "text": q.text,
                "options": [{"value": o.value, "label": o.label} for o in q.options],
                "why": q.why,
            }
            for q in reading.questions
        ],
        "warnings": [{"code": w.code, "tab": w.tab, "cell": w.cell, "message": w.message} for w in reading.warnings],
        "reasons": list(reading.reasons),
        "layout_key": reading.layout_key,
        "locale": reading.locale,
    }


def _table(table: PlanTable) -> Json:
    return {
        "tab": table.tab,
        "range": table.range,
        "header_rows": list(table.header_rows),
        "orientation": table.orientation,
        "currency": table.currency,
        "scale": table.scale,
        "basis": table.basis,
        "vat_included": table.vat_included,
        "alternative_group": table.alternative_group,
        "confidence": table.confidence,
        "columns": [_column(column) for column in table.columns],
        "line_items": [_item(item) for item in table.line_items],
        "totals": [_check(check) for check in table.totals],
        "total_minor": table.total_minor,
        "skipped": [{"row": s.row, "reason": s.reason, "text": s.text} for s in table.skipped],
    }


def _column(column: ColumnReading) -> Json:
    return {"column": column.column, "role": column.role, "header": column.header, "confidence": column.confidence}


def _check(check: TotalCheck) -> Json:
    return {
        "cell": check.cell,
        "kind": check.kind,
        "stated_minor": check.stated_minor,
        "computed_minor": check.computed_minor,
        "matches": check.matches,
        "covers_rows": list(check.covers_rows),
    }


def _item(item: LineItem) -> Json:
    return {
        "row": item.row,
        "channel": item.channel,
        "publisher": item.publisher,
        "format": item.format,
        "campaign": item.campaign,
        "market": item.market,
        "objective": item.objective,
        "start": _day(item.start),
        "end": _day(item.end),
        "budget_minor": item.budget_minor,
        "budget_cell": item.budget_cell,
        "by_period": [{"start": _day(p.start), "end": _day(p.end), "budget_minor": p.budget_minor, "cell": p.cell} for p in item.by_period],
        "metrics": dict(item.metrics),
        "metric_cells": dict(item.metric_cells),
        "amounts": dict(item.amounts),
        "amount_cells": dict(item.amount_cells),
        "labels": dict(item.labels),
        "confidence": item.confidence,
    }


def _performance(table: PerformanceTable) -> Json:
    return {
        "tab": table.tab,
        "range": table.range,
        "platform": table.platform,
        "currency": table.currency,
        "summary": performance_summary(table),
        "columns": [_column(c) for c in table.columns],
        "totals": [_check(c) for c in table.totals],
        "rows": [_performance_row(row) for row in table.rows],
    }


def performance_summary(table: PerformanceTable) -> Json:
    """Add up an export: rows, spend in minor units by currency (`` where a row names none), counts, first and last day."""
    spend: dict[str, int] = {}
    for row in table.rows:
        if row.spend_minor is not None:
            code = row.currency or table.currency or ""
            spend[code] = spend.get(code, 0) + row.spend_minor
    exact: dict[str, Decimal] = {}
    for row in table.rows:
        code = row.currency or table.currency or ""
        if row.spend_minor is not None:
            exact[code] = exact.get(code, Decimal(0)) + (
                Decimal(row.spend_exact) if row.spend_exact else to_major(row.spend_minor, code or None)
            )
    days = [day for row in table.rows for day in (row.start, row.end) if day]
    sums = {name: _sum([getattr(row, name) for row in table.rows]) for name in ("impressions", "clicks", "conversions")}
    return {
        "rows": len(table.rows),
        "spend_minor": spend,
        "spend": {code: float(amount) for code, amount in exact.items()},
        **sums,
        "start": _day(min(days, default=None)),
        "end": _day(max(days, default=None)),
    }


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known), 6) if known else None


def _performance_row(row: PerformanceRow) -> Json:
    return {
        "row": row.row,
        "start": _day(row.start),
        "end": _day(row.end),
        "channel": row.channel,
        "campaign": row.campaign,
        "market": row.market,
        "currency": row.currency,
        "spend_minor": row.spend_minor,
        "impressions": row.impressions,
        "clicks": row.clicks,
        "conversions": row.conversions,
        "value_minor": row.value_minor,
        "labels": dict(row.labels),
        "spend_exact": row.spend_exact,
    }


def reading_from_json(data: Mapping[str, Any]) -> Reading:
    """Give back what `reading_to_json` wrote."""
    return Reading(
        file=data["file"],
        is_media_plan=data["is_media_plan"],
        plan_score=data["plan_score"],
        tables=tuple(_to_table(t) for t in data["tables"]),
        performance=tuple(_to_performance(t) for t in data.get("performance", ())),
        questions=tuple(
            Question(
                q["key"], q["cell"], q["kind"], q["text"], tuple(Option(o["value"], o["label"]) for o in q["options"]), q["why"], q["tab"]
            )
            for q in data["questions"]
        ),
        warnings=tuple(ReadingWarning(w["code"], w["cell"], w["message"], w["tab"]) for w in data["warnings"]),
        reasons=tuple(data["reasons"]),
        layout_key=data["layout_key"],
        locale=data["locale"],
    )


def _to_check(data: Mapping[str, Any]) -> TotalCheck:
    return TotalCheck(data["cell"], data["kind"], data["stated_minor"], data["computed_minor"], data["matches"], tuple(data["covers_rows"]))


def _to_column(data: Mapping[str, Any]) -> ColumnReading:
    return ColumnReading(data["column"], data["role"], data["header"], data["confidence"])


def _to_table(data: Mapping[str, Any]) -> PlanTable:
    return PlanTable(
        tab=data["tab"],
        range=data["range"],
        header_rows=tuple(data["header_rows"]),
        orientation=data["orientation"],
        currency=data["currency"],
        scale=data["scale"],
        basis=data["basis"],
        columns=tuple(map(_to_column, data["columns"])),
        line_items=tuple(map(_to_item, data["line_items"])),
        totals=tuple(map(_to_check, data["totals"])),
        total_minor=data["total_minor"],
        vat_included=data["vat_included"],
        skipped=tuple(SkippedRow(s["row"], s["reason"], s["text"]) for s in data["skipped"]),
        alternative_group=data["alternative_group"],
        confidence=data["confidence"],
    )


def _to_item(data: Mapping[str, Any]) -> LineItem:
    periods = tuple(
        PeriodAmount(date.fromisoformat(p["start"]), date.fromisoformat(p["end"]), p["budget_minor"], p["cell"]) for p in data["by_period"]
    )
    return LineItem(**{**data, "start": _of_day(data["start"]), "end": _of_day(data["end"]), "by_period": periods})


def _to_performance(data: Mapping[str, Any]) -> PerformanceTable:
    rows = tuple(PerformanceRow(**{**row, "start": _of_day(row["start"]), "end": _of_day(row["end"])}) for row in data["rows"])
    return PerformanceTable(
        data["tab"],
        data["range"],
        data["platform"],
        data["currency"],
        rows,
        tuple(map(_to_column, data["columns"])),
        tuple(map(_to_check, data["totals"])),
    )


def workbook_to_json(workbook: Workbook) -> Json:
    """Give a workbook as JSON: cells by address, sparse; `workbook_from_json` gives it back unchanged."""
    return {
        "name": workbook.name,
        "kind": workbook.kind,
        "locale": workbook.locale,
        "revision": workbook.revision,
        "tabs": [_tab(tab) for tab in workbook.tabs],
    }


def _tab(tab: Tab) -> Json:
    return {
        "name": tab.name,
        "n_rows": tab.n_rows,
        "n_columns": tab.n_columns,
        "visibility": tab.visibility,
        "merges": [list(span) for span in tab.merges],
        "hidden_rows": sorted(tab.hidden_rows),
        "hidden_columns": sorted(tab.hidden_columns),
        "tab_id": tab.tab_id,
        "row_ids": {str(k): v for k, v in tab.row_ids.items()},
        "cells": {a1(row, column): _cell(cell) for (row, column), cell in tab.cells.items()},
    }


def _cell(cell: Cell) -> Json:
    """Give a cell without what is not set; days, moments, times and errors are tagged."""
    body: Json = {}
    if cell.value is not None:
        body["v"] = _value(cell.value)
    for key, value in (("f", cell.formula), ("n", cell.number_format), ("t", cell.text), ("c", cell.fill)):
        if value is not None:
            body[key] = value
    if cell.bold:
        body["b"] = True
    return body


def _value(value: CellValue) -> object:
    if isinstance(value, CellError):
        return {"error": value.text}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"time": value.isoformat()} if isinstance(value, time) else value


def _of_value(data: Any) -> CellValue:
    if not isinstance(data, Mapping):
        return data  # type: ignore[no-any-return]
    if "error" in data:
        return CellError(data["error"])
    if "moment" in data:
        return datetime.fromisoformat(data["moment"])
    return date.fromisoformat(data["day"]) if "day" in data else time.fromisoformat(data["time"])


def workbook_from_json(data: Mapping[str, Any]) -> Workbook:
    """Give back what `workbook_to_json` wrote."""
    return Workbook(data["name"], data["kind"], tuple(map(_to_tab, data["tabs"])), data["locale"], data["revision"])


def _to_tab(data: Mapping[str, Any]) -> Tab:
    cells = {
        parse_a1(at): Cell(_of_value(c.get("v")), c.get("f"), c.get("n"), c.get("t"), c.get("b", False), c.get("c"))
        for at, c in data["cells"].items()
    }
    return Tab(
        data["name"],
        cells,
        data["n_rows"],
        data["n_columns"],
        data["visibility"],
        tuple(Span(*span) for span in data["merges"]),
        frozenset(data["hidden_rows"]),
        frozenset(data["hidden_columns"]),
        data["tab_id"],
        {int(k): v for k, v in data["row_ids"].items()},
    )
