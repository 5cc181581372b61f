"""Rates and unit prices beside what they are made of: a CTR that is no CTR is said, not passed on in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.model.reading import LineItem
from core.sheets.reading.findings import Findings

_TOLERANCE = 0.1


def check_rates(items: Sequence[LineItem], findings: Findings) -> None:
    """Warn once a column where most stated rates differ from clicks over impressions, or cost over clicks or thousand impressions."""
    _check(items, findings, "ctr", lambda item: _over(item.metrics.get("clicks"), item.metrics.get("impressions")))
    _check(items, findings, "cpc_minor", lambda item: _over(item.budget_minor, item.metrics.get("clicks")))


def _over(above: float | int | None, below: float | int | None) -> float | None:
    return above / below if above is not None and below else None


def _check(items: Sequence[LineItem], findings: Findings, name: str, compute: Callable[[LineItem], float | None]) -> None:
    wrong: list[LineItem] = []
    seen = 0
    for item in items:
        stated, computed = item.metrics.get(name), compute(item)
        if stated is None or computed is None or not stated or not computed:
            continue
        seen += 1
        off = min(abs(stated / (computed * factor) - 1) for factor in (1.0, 1.2, 100.0 if name == "ctr" else 1.0))
        rounding = 0.5 / max(abs(stated), 1e-9) if name == "cpc_minor" else 0.0
        if off > _TOLERANCE + rounding:
            wrong.append(item)
    if seen and len(wrong) > 0.5 * seen:
        first = wrong[0]
        findings.warn(
            "metric_mismatch",
            first.metric_cells.get(name),
            f"The column {name.removesuffix('_minor').upper()} is not what its row gives ({len(wrong)} of {seen} rows).",
        )
