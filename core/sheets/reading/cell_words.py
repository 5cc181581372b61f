"""What amounts say about themselves in their own cells: with or without VAT, per month."""

from __future__ import annotations

from collections.abc import Sequence

from core.model.reading import TotalCheck
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import number_text
from core.sheets.reading.layout import Layout
from core.sheets.reading.lexicon import senses
from core.sheets.reading.regions import Region
from core.sheets.reading.surroundings import Surroundings


def settle_cell_words(region: Region, layout: Layout, rows: list[int], findings: Findings) -> None:
    """Take the words beside the amounts (`12,500 EUR + VAT`, `1 500 €/mois`) where no header says it; what rows differ in is said."""
    if layout.budget is None or not region.content(layout.budget).number_texts:
        return
    told = {row: number.told for row in rows if (number := number_text(region.grid.cell(row, layout.budget).value)) is not None}
    monthly = [row for row, words in told.items() if "per_period" in words]
    if monthly:
        cell = region.grid.address(monthly[0], layout.budget)
        text = str(region.grid.cell(monthly[0], layout.budget).value)
        findings.warn(
            "budget_per_period",
            cell,
            f"{text!r} is an amount per day, week or month ({len(monthly)} of {len(rows)} lines); it was read and added up as stated.",
        )
    bases = {words & {"net", "gross"} for words in told.values() if words & {"net", "gross"}}
    if len(bases) > 1:
        findings.warn("mixed_vat", None, "Some amounts say that they are net, others that they are gross; they were read as stated.")
    vats = {words & {"vat_incl", "vat_excl"} for words in told.values() if words & {"vat_incl", "vat_excl"}}
    if len(vats) > 1:
        findings.warn("mixed_vat", None, "Some amounts say that they are with VAT, others without; they were read as stated.")
    elif vats and layout.vat_included is None:
        layout.vat_included = "vat_incl" in next(iter(vats))
        layout.basis = "gross" if layout.vat_included else layout.basis


def settle_vat_above(layout: Layout, around: Surroundings) -> None:
    """Take the lines above the table for what they say about VAT (`SEK exkl. moms`) where no header says it."""
    told = {sense.key for title in around.titles for sense in senses(title, ("mod",)) if sense.key in ("vat_incl", "vat_excl")}
    if layout.vat_included is None and len(told) == 1:
        layout.vat_included = "vat_incl" in told
        layout.basis = "gross" if layout.vat_included else layout.basis


def settle_vat_below(layout: Layout, checks: Sequence[TotalCheck]) -> None:
    """Take the lines as without VAT where a line under them states it and what it comes to is on top of them."""
    if layout.vat_included is None and any(check.kind == "vat" and check.matches for check in checks):
        layout.vat_included = False
