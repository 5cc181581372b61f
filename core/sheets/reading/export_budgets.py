"""Budgets beside what was spent: said with their sum, and where each line has its flight, a person may take the table for a plan."""

from __future__ import annotations

import re

from core.model.reading import Option
from core.sheets.reading.export_columns import Export, sum_of
from core.sheets.reading.export_totals import is_total
from core.sheets.reading.findings import Findings
from core.sheets.reading.headers import ColumnHeader
from core.sheets.reading.lexicon import words_of
from core.sheets.reading.platform_heads import platform_head

_PER_DAY = frozenset({"daily", "day", "tagesbudget", "quotidien", "diario", "giornaliero", "dzienny", "дневной", "денний"})


_BUDGET = re.compile(
    r"budg|budż|buget|orçament|orcament|verba|presupuest|бюджет|bütçe|butce|预算|預算|予算|예산|rozpoč|rozpoc|költségvet|stanziament|budsjett|budjet",
    re.IGNORECASE,
)
"""A head that says budget, where others of that role are costs (`Media cost`)."""


def is_meant_as_plan(export: Export, findings: Findings) -> bool:
    """Say which budgets stand beside what was spent; True where a person settled that they are what the table is about."""
    region = export.region
    budgets = [c for c, h in region.columns.items() if _is_budget(h) and c not in export.columns.values() and region.content(c).is_numeric]
    if not budgets or "spend" not in export.columns or _is_reported(export):
        return False
    head, cell = region.columns[budgets[0]].own.strip(), region.grid.address(region.header.bottom, budgets[0])
    summed = sum_of(export, budgets[0], (row for row in region.body if not is_total(region.grid, row)))
    spent = region.columns[export.columns["spend"]].own.strip()
    told = f"{head!r} holds budgets of {summed:,.2f} in all beside what was spent ({spent!r})"
    if {"start", "end"} <= set(export.columns) and "day" not in export.columns and not _PER_DAY & set(words_of(head)):
        offered = [Option("performance", "What was spent"), Option("plan", "The budgets: a plan")]
        why = f"{told}; the file is read as what was spent until somebody says that it is a plan"
        return findings.ask("plan_or_performance", "table", head, offered, why=why, cell=cell) == "plan"
    findings.warn("budget_beside_spend", cell, f"{told}; the file was read as what was spent, not as a plan.")
    return False


def _is_budget(header: ColumnHeader) -> bool:
    role = header.role
    said = role.kind == "money" and role.key == "budget" and bool(_BUDGET.search(header.own))
    return said and not role.mods & {"actual", "per"} and platform_head(header.own) is None


def _is_reported(export: Export) -> bool:
    """Tell whether a platform wrote the report: budgets are settings of its campaigns there."""
    known = [head for h in export.region.columns.values() if (head := platform_head(h.own)) is not None]
    return sum(head.only for head in known) >= 1 or any("micros" in words_of(h.own) for h in export.region.columns.values())
