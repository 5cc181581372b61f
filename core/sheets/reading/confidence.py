"""How sure a reading is, as a share that came true on generated plans (docs/reading.md says how it was measured)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.model.reading import LineItem, PlanTable
from core.sheets.reading.findings import Findings
from core.sheets.reading.layout import Layout

PLAIN = 0.96
"""How sure a line item is that nothing proves or contradicts."""
_PROVEN, _INFERRED = 0.99, 0.65
MOST_SURE = 0.99
_TABLE_PROVEN, _TABLE_PLAIN, _TABLE_INFERRED, _TABLE_CONTRADICTED = 0.98, 0.85, 0.7, 0.25
_ROW_DOUBTS = {
    "formula_without_value": 0.5,
    "amount_is_text": 0.8,
    "impossible_date": 0.85,
    "end_before_start": 0.6,
    "period_mismatch": 0.65,
    "amount_mismatch": 0.5,
    "dates_swapped": 0.95,
}


def grade_table(table: PlanTable, layout: Layout, findings: Findings) -> PlanTable:
    """Grade a table: proven by its totals, plain, or inferred; each open question about its money lowers it."""
    checks = [check for check in table.totals if check.kind in ("total", "subtotal", "gross", "net") and check.computed_minor is not None]
    grade = _TABLE_PROVEN if checks and all(check.matches for check in checks) else _TABLE_PLAIN
    if layout.inferred:
        grade = min(grade, _TABLE_INFERRED)
    if checks and not all(check.matches for check in checks):
        grade = _TABLE_CONTRADICTED
    kinds = {question.kind for question in findings.questions}
    grade *= 0.8 if "which_budget" in kinds else 1.0
    grade *= 0.97 if "currency" in kinds else 1.0
    return replace(table, confidence=round(grade if table.line_items else min(grade, 0.5), 3))


def grade_items(table: PlanTable, layout: Layout, findings: Findings) -> Iterator[LineItem]:
    """Grade each line item: the certainty of the columns it uses, less what was found wrong in its row."""
    doubts: dict[int, float] = {}
    for warning in findings.warnings:
        digits = "".join(char for char in warning.cell or "" if char.isdigit())
        if digits and warning.code in _ROW_DOUBTS:
            doubts[int(digits)] = min(doubts.get(int(digits), 1.0), _ROW_DOUBTS[warning.code])
    proven = {row for check in table.totals if check.matches for row in check.covers_rows}
    asked = {question.cell for question in findings.questions}
    for item in table.line_items:
        grade = _PROVEN if item.row in proven else _INFERRED if layout.inferred else PLAIN
        grade *= doubts.get(item.row, 1.0)
        grade *= 0.5 if item.budget_cell in asked and item.budget_cell else 1.0
        graded = round(grade, 3)
        yield item if item.confidence == graded else replace(item, confidence=graded)
