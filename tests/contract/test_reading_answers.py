"""The reader against hand-checked answers for real plans and exports, item by item; skipped where those files are absent."""

from __future__ import annotations

import io
import json
import warnings
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.model.reading import LineItem, PlanTable, Reading
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from core.sheets.reading.serial import performance_summary

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
ANSWERS = DATA / "answers.json"
pytestmark = pytest.mark.skipif(not ANSWERS.exists(), reason="the real plans are not part of the project; expected them in ../shared/data")


@lru_cache(maxsize=1)
def answers() -> dict[str, dict[str, Any]]:
    if not ANSWERS.exists():
        return {}
    data = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return {entry["id"]: entry for entry in [*data["media_plans"], *data["exports"]]}


@lru_cache(maxsize=64)
def read(entry_id: str) -> Reading:
    folder = "media_plans" if entry_id.startswith("C") else "exports"
    path = DATA / folder / entry_id / Path(answers()[entry_id].get("file", f"{entry_id}/campaign_budget.csv")).name
    if not path.exists():
        path = DATA / folder / entry_id / "campaign_budget.csv"
    return read_workbook(load_workbook(path.name, path.read_bytes()), fallback_year=2026)


def ids(prefix: str, *, field: str = "id") -> list[str]:
    return [key for key, entry in answers().items() if key.startswith(prefix) and field in entry]


def table_of(reading: Reading, tab: str | None) -> PlanTable:
    return next(table for table in reading.tables if tab is None or table.tab == tab)


def sheets_of(entry: dict[str, Any]) -> list[tuple[str | None, dict[str, Any]]]:
    return list(entry["sheets"].items()) if "sheets" in entry else [(None, entry)]


def amount_of(true: dict[str, Any]) -> Any:
    return next((true[key] for key in ("budget", "spend", "cost") if key in true), None)


def same(minor: int | None, major: Any) -> bool:
    return (
        minor is not None
        and abs(Decimal(minor) / 100 - Decimal(repr(float(major)))) <= Decimal("0.011") + abs(Decimal(repr(float(major)))) / 1_000_000
    )


@pytest.mark.parametrize("entry_id", ids("C"))
def test_a_file_is_told_a_plan_or_not(entry_id: str) -> None:
    assert read(entry_id).is_media_plan is answers()[entry_id].get("is_media_plan", True)


@pytest.mark.parametrize("entry_id", ids("C", field="line_items"))
def test_every_line_item_has_its_row_and_its_money(entry_id: str) -> None:
    entry, reading = answers()[entry_id], read(entry_id)
    assert sum(len(table.line_items) for table in reading.tables) == entry["line_items"]
    for tab, sheet in sheets_of(entry):
        if "items" not in sheet:
            continue
        found = list(table_of(reading, tab).line_items)
        true_items = [true for true in sheet["items"] if amount_of(true) is not None]
        assert len(found) == len(true_items)
        for item, true in zip(found, true_items, strict=True):
            assert item.row == true.get("row", item.row)
            amount = amount_of(true)
            assert item.budget_minor is None if isinstance(amount, str) else same(item.budget_minor, amount), (item, true)


@pytest.mark.parametrize("entry_id", ids("C", field="line_items"))
def test_metrics_and_gross_amounts_are_kept_on_the_item(entry_id: str) -> None:
    entry, reading = answers()[entry_id], read(entry_id)
    for tab, sheet in sheets_of(entry):
        for item, true in zip(table_of(reading, tab).line_items if reading.tables else (), sheet.get("items", ()), strict=False):
            for key in ("impressions", "clicks"):
                if key in true and true[key] not in (None, "-"):
                    assert float(item.metrics[key] or 0) == pytest.approx(float(true[key]), rel=1e-6), (key, item.row)
            if "gross" in true:
                assert same(item.amounts["gross"], true["gross"])


@pytest.mark.parametrize("entry_id", ids("C", field="total_net"))
def test_totals_are_as_stated(entry_id: str) -> None:
    entry, reading = answers()[entry_id], read(entry_id)
    if entry["total_net"] is None or not reading.tables:
        return
    total = sum(table.total_minor or 0 for table in reading.tables)
    checks = {check.kind: check for table in reading.tables for check in table.totals}
    if reading.tables[0].vat_included:
        assert same(total, entry["total_gross"])
        assert same(checks["net"].stated_minor, entry["total_net"])
    else:
        assert same(total, entry["total_net"])
    assert all(check.matches for table in reading.tables for check in table.totals if check.kind in ("total", "subtotal", "period_total"))


@pytest.mark.parametrize("entry_id", ids("C", field="currency"))
def test_the_currency_is_what_the_file_says_or_asked(entry_id: str) -> None:
    entry, reading = answers()[entry_id], read(entry_id)
    for table in reading.tables:
        assert table.currency == entry["currency"]
        assert table.currency is not None or any(question.kind == "currency" for question in reading.questions)


@pytest.mark.parametrize("entry_id", ids("C", field="date_start"))
def test_the_plan_runs_when_it_says(entry_id: str) -> None:
    entry, reading = answers()[entry_id], read(entry_id)
    items = [item for table in reading.tables for item in table.line_items]
    start, end = (_day(entry[key]) for key in ("date_start", "date_end"))
    assert min((item.start for item in items if item.start), default=None) == start
    assert max((item.end for item in items if item.end), default=None) == end


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text and text[0].isdigit() else None


def test_months_of_a_wide_plan_are_exact() -> None:
    monthly = answers()["C02_ru_psb_tricolor_wide_months"]["monthly_gross"]
    table = read("C02_ru_psb_tricolor_wide_months").tables[0]
    for month, amount in monthly.items():
        assert same(sum(p.budget_minor for item in table.line_items for p in item.by_period if str(p.start).startswith(month)), amount)


def test_side_by_side_blocks_give_one_table_with_months_and_their_mismatch() -> None:
    entry, reading = answers()["C20_en_abudhabi_india_sidebyside"], read("C20_en_abudhabi_india_sidebyside")
    items: list[LineItem] = list(reading.tables[0].line_items)
    for item, true in zip(items, entry["items"], strict=True):
        months = {p.start.month: p.budget_minor for p in item.by_period}
        for number, amount in enumerate(true["monthly"].values(), start=1):
            assert same(months.get(number, 0), amount)
    assert [w.code for w in reading.warnings].count("period_mismatch") == len(entry["mismatches"])
    assert any(question.kind == "missing_year" for question in reading.questions)


def test_a_daily_tracker_counts_the_month_once() -> None:
    entry, reading = answers()["C21_en_daily_budget_tracker"], read("C21_en_daily_budget_tracker")
    found = {item.channel: item for item in reading.tables[0].line_items}
    for platform, true in entry["sheets"]["Data Entry"]["by_platform"].items():
        assert same(found[platform].budget_minor, true["budget"])
        assert same(found[platform].amounts["actual"], true["actual_spend"])
        assert len(found[platform].by_period) == 31


def test_swapped_dates_are_turned_and_said() -> None:
    entry, reading = answers()["C26_en_campaign_tracker_swapped_dates"], read("C26_en_campaign_tracker_swapped_dates")
    for item, true in zip(reading.tables[0].line_items, entry["items"], strict=True):
        assert (str(item.start), str(item.end)) == (true["start"], true["end"])
    assert "dates_swapped" in {warning.code for warning in reading.warnings}


def test_impossible_dates_are_reported_with_their_cells() -> None:
    cells = {(w.tab, w.cell) for w in read("C01_ru_psb_atraffic").warnings if w.code == "impossible_date"}
    assert cells == {("v1", "A14"), ("v1", "A15"), ("v2", "A14"), ("v2", "A15")}


def test_mixed_frequencies_are_asked_and_not_added_up() -> None:
    reading = read("C23_en_mixed_frequency_budget")
    assert "mixed_frequency" in {question.kind for question in reading.questions}
    assert reading.tables[0].total_minor is None


@pytest.mark.parametrize("entry_id", [key for key in ids("B") if not key.startswith("B31")])
def test_an_export_is_performance_with_exact_sums(entry_id: str) -> None:
    entry, reading = answers()[entry_id], read(entry_id)
    assert not reading.is_media_plan
    (table,) = reading.performance
    summary = performance_summary(table)
    assert summary["rows"] == entry.get("real_rows", entry["data_rows"])
    for key in ("impressions", "clicks", "conversions"):
        if entry.get(key) is not None:
            assert summary[key] == pytest.approx(entry[key])
    spend = entry.get("spend_by_currency") or {table.currency or "": entry.get("cost", entry.get("cost_parseable"))}
    for code, amount in spend.items():
        assert summary["spend"][code] == pytest.approx(amount, abs=0.06)
    if "date_range" in entry:
        assert f"{summary['start']}..{summary['end']}" == entry["date_range"]


def test_days_of_exports_are_read_in_the_order_the_file_means() -> None:
    mixed = [row.start for table in read("B19_kaggle_google_ads_uncleaned").performance for row in table.rows if row.start]
    assert (min(mixed), max(mixed)) == (date(2024, 11, 1), date(2024, 11, 30))
    daily = [row.start for table in read("B22_meta_daily_decimal_comma").performance for row in table.rows if row.start]
    assert (min(daily), max(daily)) == (date(2025, 10, 1), date(2025, 10, 8))


def test_a_plan_keyed_by_ad_ids_is_a_plan() -> None:
    entry, reading = answers()["B31_planned_vs_flight_table"], read("B31_planned_vs_flight_table")
    assert reading.is_media_plan
    (table,) = reading.tables
    assert len(table.line_items) == entry["data_rows"]
    assert same(table.total_minor, entry["planned_budget"])
    assert table.currency is None


@pytest.mark.parametrize("entry_id", [key for key in ids("C", field="file") if answers()[key]["file"].endswith(".xlsx")])
def test_a_plan_saved_without_its_computed_values_reads_the_same(entry_id: str) -> None:
    path = DATA / "media_plans" / answers()[entry_id]["file"]
    saved = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl says which extensions it drops
        openpyxl.load_workbook(path).save(saved)
    bare = read_workbook(load_workbook(path.name, saved.getvalue()), fallback_year=2026)
    assert [_money(table) for table in bare.tables] == [_money(table) for table in read(entry_id).tables]


def _money(table: PlanTable) -> tuple[object, ...]:
    items = sorted((item.budget_minor, str(item.start), str(item.end)) for item in table.line_items if item.budget_minor is not None)
    return table.tab, table.currency, table.total_minor, items


def test_a_profit_and_loss_account_stays_one_whatever_its_file_is_called() -> None:
    path = DATA / "media_plans" / answers()["C29_ru_decoy_pnl_not_a_media_plan"]["file"]
    assert not read_workbook(load_workbook("Media plan 2026.xlsx", path.read_bytes()), fallback_year=2026).is_media_plan
