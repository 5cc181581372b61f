"""Figures of the sheet reader: speed and memory, and how generated plans of every kind are read."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from statistics import median
from tempfile import NamedTemporaryFile

import openpyxl
import xlsxwriter

from tests.bench.figure import Figure
from tests.plans.calibration import bands
from tests.plans.compare import Verdict, judge
from tests.plans.make import KINDS
from tests.plans.shapes import make_plan
from tests.plans.transformed import changed_agency_plans, changed_plans, outcome

PLANS_A_KIND = 60
_TIMED = """
import sys, time
from core.sheets.loading import load_workbook
from core.sheets.loading.limits import collector_paused
from core.sheets.reading import read_workbook, reading_as_text
content = open(sys.argv[1], "rb").read()
with collector_paused():
    begun = time.process_time()
    reading = read_workbook(load_workbook("plan.xlsx", content))
    read = time.process_time()
    reading_as_text(reading)
    print(read - begun, time.process_time() - read, sum(len(item.by_period) for table in reading.tables for item in table.line_items))
"""
_PEAK = """
import resource, sys
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
content = open(sys.argv[1], "rb").read()
items = sum(len(table.line_items) for table in read_workbook(load_workbook("big.xlsx", content)).tables)
print(items, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def large_plan(rows: int, columns: int, *, rng: random.Random | None = None) -> bytes:
    """Make one tab of line items with many numbers beside each; with `rng` no two of them are equal."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Plan")
    euro, day = book.add_format({"num_format": "#,##0.00 [$€-407]"}), book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write_row(0, 0, ["Channel", "Publisher", "Format", "Campaign", "Start", "End", "Budget", "Impressions", "Clicks"])
    sheet.write_row(0, 9, [f"Metric {column}" for column in range(9, columns)])
    for row in range(1, rows + 1):
        sheet.write_row(row, 0, ["Meta", f"Publisher {row % 50}", "Banner", f"Campaign {row}"])
        sheet.write_datetime(row, 4, date(2026, 1, 1), day)
        sheet.write_datetime(row, 5, date(2026, 3, 1), day)
        sheet.write_number(row, 6, row * 1.5, euro)
        sheet.write_row(row, 7, [rng.random() * 1e5 if rng else row * number % 9973 for number in range(2, columns - 5)])
    book.close()
    return out.getvalue()


def filled_plan(rows: int, *, cents: bool = True) -> bytes:
    """Make one tab of line items with an amount, whole or to the cent, in every week of a year, what it brings and the sum: 60 columns."""
    out, rng = io.BytesIO(), random.Random(3)
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Plan")
    sheet.write_row(0, 0, ["Channel", "Publisher", "Format", *(f"KW {week} 2026" for week in range(1, 54))])
    sheet.write_row(0, 56, ["Impressions", "Clicks", "CTR", "Total EUR"])
    for row in range(1, rows + 1):
        weeks = [rng.randrange(1, 90_000) if cents else 100 * rng.randrange(1, 500) for _ in range(53)]
        sheet.write_row(row, 0, ["Social", "Meta", f"Format {row}", *(amount / 100 for amount in weeks)])
        sheet.write_row(row, 56, [1000 + row, 50, 0.05, sum(weeks) / 100])
    book.close()
    return out.getvalue()


def figures() -> list[Figure]:
    """Measure everything about the reader."""
    return [*_speed(), *_memory(), *_score()]


def _speed() -> list[Figure]:
    plans = {
        "mostly metrics": large_plan(5000, 60),
        "every week filled": filled_plan(5000, cents=False),
        "every week filled to the cent": filled_plan(5000),
    }
    return [figure for name, content in plans.items() for figure in _timed(name, content)]


def _timed(name: str, content: bytes) -> list[Figure]:
    """Measure processor time, the median of seven processes that each read the plan as their first; the peer is measured alike."""
    took, written, amounts = (median(column) for column in zip(*(_numbers(_TIMED, content) for _ in range(7)), strict=True))
    theirs = []
    for _ in range(3):
        started = time.process_time()
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        cells = sum(len(row) for row in book["Plan"].iter_rows(values_only=True))
        theirs.append(time.process_time() - started)
    peer = f"openpyxl, values only, nothing read out of them: {median(theirs):.2f} s for {cells:,} cells"
    busy = f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    note = f"processor time of a fresh process, {amounts:,.0f} amounts by period; {busy}"
    head = f"reader: 5,000 rows by 60 columns, {name}"
    return [
        Figure(f"{head}, file to line items", took, "s", "at most 1 s", peer, median(theirs) / took, note),
        Figure(f"{head}, line items to JSON", written, "s"),
    ]


def _numbers(program: str, content: bytes) -> list[float]:
    """Run a program over a file in a process of its own and give the numbers that it prints."""
    with NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        done = subprocess.run([sys.executable, "-c", program, file.name], capture_output=True, text=True, check=True)
    return list(map(float, done.stdout.split()))


def _memory() -> Iterator[Figure]:
    plans = {
        "1.7 million different numbers": large_plan(28_000, 60, rng=random.Random(7)),
        "1.4 million amounts by week": filled_plan(26_000),
    }
    for name, content in plans.items():
        items, peak = _numbers(_PEAK, content)
        note = f"{len(content) / 2**20:.1f} MB, {items:,.0f} line items"
        yield Figure(f"reader: peak memory of a large workbook, {name}", peak, "MB", "at most 500 MB", note=note)


def _score() -> list[Figure]:
    verdicts = [judge(make_plan(60_000 + seed, kind)) for kind in KINDS for seed in range(PLANS_A_KIND)]
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    return [
        Figure(
            "reader: generated plans read right in every field",
            100 * outcomes["right"] / len(verdicts),
            "%",
            "at least 96 %",
            "Pytheas, CSV: 95.6 % of files",
        ),
        Figure("reader: generated plans misread in silence", outcomes["silent"], "plans", "0", note=f"of {len(verdicts)}"),
        *(_of_kind(kind, [v for v in verdicts if v.kind == kind]) for kind in KINDS),
        *_changed(),
        *_calibration(),
    ]


def _changed() -> list[Figure]:
    """Count how plans are read after changes that leave what is meant as it was."""
    changed = [*changed_plans(range(80_000, 80_010)), *changed_agency_plans(2), *changed_agency_plans(3)]
    found = Counter(map(outcome, changed))
    note = f"of {len(changed)} (generated and hand-written plans, each under one change); {found['said']} asked or warned about"
    share = 100 * found["right"] / len(changed)
    return [
        Figure("reader: changed plans read as before", share, "%", "at least 95 %"),
        Figure("reader: changed plans misread in silence", found["silent"], "plans", "0", note=note),
    ]


def _of_kind(kind: str, verdicts: list[Verdict]) -> Figure:
    right = sum(verdict.outcome == "right" for verdict in verdicts)
    return Figure(f"reader: {kind}", 100 * right / len(verdicts), "%", note=f"{sum(v.outcome == 'asked' for v in verdicts)} asked")


def _calibration() -> list[Figure]:
    """Compare what tables, columns and line items claim with what came true, by claimed confidence."""
    return [
        Figure(
            f"reader: {band.subject} right where they claim {band.low:.2f}-{band.high:.2f}",
            100 * band.true,
            "%",
            f"{100 * band.claimed:.0f} % is claimed",
            note=f"{band.count} {band.subject}, half of the plans roughened",
        )
        for band in bands(range(70_000, 70_012))
    ]
