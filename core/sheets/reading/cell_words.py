"""What amounts say about themselves in their own cells: with or without VAT, per month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from core.model.reading import LineItem, TotalCheck
from core.model.workbook import a1
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import number_text, text_of
from core.sheets.reading.layout import Layout
from core.sheets.reading.lexicon import says
from core.sheets.reading.notes import notes_below, unexplained_words
from core.sheets.reading.proof import agrees, column_values, row_sums
from core.sheets.reading.regions import Region
from core.sheets.reading.surroundings import Surroundings
from core.sheets.reading.vat_words import is_vat_word, vat_told, without_rate

_DIGIT = re.compile(r"\d")


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
    _say_mixed_vat(region, layout.budget, told, len(rows), findings)
    vats = {key for words in told.values() for key in words & {"vat_incl", "vat_excl"}}
    if len(vats) == 1 and layout.vat_included is None:
        layout.vat_included = "vat_incl" in vats
        layout.basis = "gross" if layout.vat_included else layout.basis


def _say_mixed_vat(region: Region, budget: int, told: dict[int, frozenset[str]], lines: int, findings: Findings) -> None:
    """Name once that the amounts say different things about VAT or gross, or that only some of them say that they are with it."""
    louder = [row for row, words in told.items() if words & {"gross", "vat_incl"}]
    opposed = [row for row, words in told.items() if words & {"net", "vat_excl"}]
    if louder and len(louder) < lines:
        others = f"{len(opposed)} that they are net or without it" if opposed else "the others say nothing"
        said = f"{len(louder)} of {lines} amounts say that they are gross or with VAT, {others}; they were read as stated."
        findings.warn("mixed_vat", region.grid.address(louder[0], budget), said)


def _grown_by_vat(region: Region, layout: Layout, budget: int) -> bool:
    """Tell whether a column that says it is with VAT holds the amounts grown by one rate."""
    net = column_values(region, budget)
    for column in (c for c in layout.amounts.values() if c != budget and layout.uses[c].role.vat):
        rates = [gross / net[row] - 1 for row, gross in column_values(region, column).items() if net.get(row)]
        if len(rates) >= 2 and max(rates) - min(rates) < Decimal("0.001") and Decimal("0.02") < min(rates) < Decimal("0.3"):
            return True
    return False


def _say_remarks(region: Region, columns: list[int], rows: list[int], findings: Findings) -> None:
    """Name the first remark beside an amount (`8,000 (tbc)`), and how many there are; the amounts count as they stand."""
    texts = {(row, column): region.grid.cell(row, column).value for column in columns for row in rows}
    said = [at for at, text in texts.items() if (number := number_text(text)) is not None and number.remark]
    if said:
        told = f"Remarks such as {texts[said[0]]!r} stand beside {len(said)} amounts; they were read without them."
        findings.warn("amount_remark", region.grid.address(*said[0]), told)


def settle_vat_around(region: Region, layout: Layout, around: Surroundings, findings: Findings) -> None:
    """Take the lines above the table and the notes under it for what they say about VAT (`SEK exkl. moms`) where no header says it."""
    pairs = [f"{label} {value}" for label, value in around.pairs.items() if not _DIGIT.search(without_rate(value))]
    told = {key for text in (*around.titles, *pairs) for key in vat_told(text)}
    below = [note for note in notes_below(region) if vat_told(note.text)] if layout.vat_included is None and not told else []
    for cell, text, of_all in below:
        if told:
            break
        if not of_all or not _speaks_of_all(text):
            findings.warn("vat_unclear", cell, f"{text[:60]!r} speaks of VAT, perhaps not of all amounts; nothing was taken from it.")
        elif "vat" not in layout.amounts:
            told |= vat_told(text)
    if layout.vat_included is None and len(told) == 1:
        layout.vat_included = "vat_incl" in told
        layout.basis = "gross" if layout.vat_included else layout.basis


def _speaks_of_all(note: str) -> bool:
    """Tell whether a note that names a VAT has no other words than such sentences about all amounts have."""
    plain = without_rate(note)
    return not _DIGIT.search(plain) and not says(plain, "money", "fee") and all(is_vat_word(word) for word in unexplained_words(plain))


def settle_vat_below(region: Region, layout: Layout, checks: Sequence[TotalCheck]) -> None:
    """Take the lines as without VAT where a line under them or a column beside them states it, and another both together."""
    if layout.vat_included is not None or layout.budget is None:
        return
    vat = layout.amounts.get("vat")
    with_vat = row_sums(region, [layout.budget, vat]) if vat is not None else {}
    beside = bool(with_vat) and any(agrees(region, column, with_vat) for column in layout.amounts.values())
    if beside or _grown_by_vat(region, layout, layout.budget) or any(check.kind == "vat" and check.matches for check in checks):
        layout.vat_included = False


def say_struck_amounts(region: Region, items: Sequence[LineItem], findings: Findings) -> None:
    """Name the amounts that were counted although they are crossed out, in lines that are not."""
    lines = region.grid.tab.by_row().items()
    struck = {a1(row, column) for row, cells in lines for column, cell in cells.items() if cell.struck and cell.value}
    read = [cell for item in items for cell in (item.budget_cell, *(period.cell for period in item.by_period))] if struck else []
    for cell in read:
        if cell in struck:
            findings.warn("rows_left_out", cell, "The amount is crossed out; it was counted.")


def say_words_among_amounts(region: Region, layout: Layout, rows: list[int], findings: Findings) -> None:
    """Name the first words among the amounts by period (`auf Anfrage`) or in brackets behind an amount, and how many there are."""
    money = [c for c in (layout.budget, *(column for column, _ in layout.periods)) if c is not None and region.content(c).number_texts]
    _say_remarks(region, money, rows, findings)
    columns = [column for column, _ in layout.periods if region.content(column).texts]
    found = [(row, column, text) for row in rows for column in columns if (text := text_of(region.grid.cell(row, column).value))]
    if found:
        row, column, text = found[0]
        told = f"Words such as {text[:40]!r} stand among the amounts of the periods in {len(found)} cells; they were not counted."
        findings.warn("amount_is_text", region.grid.address(row, column), told)
