"""The scale of a table's amounts where its header does not say it: from the lines above, a note under it or the label of its total."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from core.model.reading import Option
from core.sheets.reading.currency import currency_in_text
from core.sheets.reading.findings import Findings
from core.sheets.reading.layout import Layout
from core.sheets.reading.lexicon import coverage, senses, words_of
from core.sheets.reading.notes import names_amounts, notes_below, unexplained_words
from core.sheets.reading.regions import Region
from core.sheets.reading.rows import Row
from core.sheets.reading.scale_words import scale_in_text, scale_named, without_scale

_STATED = re.compile(r"^\W*(?:[^\W\d]+\W+){0,4}(?:in|en|em|w|i|в|у|ve)\W+", re.IGNORECASE)
_NAMED = re.compile(
    r"000s?|\b(?:tsd|тыс|тис|tys|thousands?|tausend|milliers|miles|migliaia|milhares|mio|mln|млн|millions?|millionen|[tkm])\b\.?"
    r"|[tTkKm]?(?:€|\$|£|₽|zł|Kč|kr|EUR|USD|GBP|CHF|PLN|SEK|NOK|DKK|CZK|RUB|UAH|TRY|INR|HUF)|\bруб\w*\.?|\bгрн\b\.?|\beuros?\b|\b(?:of|de|di|d)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"(?:[(\[,/]\s*|\s)(?P<letter>k|m|mm|bn)\s*[)\]]?$", re.IGNORECASE)
_LETTERS = {"k": 1000, "m": 1_000_000, "mm": 1_000_000, "bn": 1_000_000_000}
_SMALL = 10_000
_UNIT = 10
_THOUSAND_IN_DIGITS = re.compile(r"(?<!\d)1[., ]?000(?!\d)")
_OTHER_DIGITS = re.compile(r"[1-9]")


def scale_below(region: Region, rows: Sequence[Row]) -> int:
    """Give the scale that a note among the rows states (`Alle Angaben in Tsd. EUR`), or a total's label where the rows add up to it."""
    items = sum((row.amount or Decimal(0) for row in rows if row.kind == "item"), Decimal(0))
    for row in rows:
        text, scale = row.label, scale_in_text(row.label)
        if (
            scale == 1
            or _OTHER_DIGITS.search(text)
            or any(sense.kind in ("metric", "price") for sense in senses(text, ("metric", "price")))
        ):
            continue
        is_note = row.kind != "item" and len(region.grid.rows[row.number]) == 1 and _is_statement(text)
        if is_note or (row.kind == "total" and row.amount and row.amount == items):
            return scale
    return 1


def scale_of_notes(region: Region, findings: Findings) -> int:
    """Give the scale that a note under the table says of all amounts, in any words; one that is understood only in part is asked."""
    for cell, text, of_all in notes_below(region):
        scale = scale_named(text)
        of_metric = any(sense.kind == "metric" or sense.key != "unit" for sense in senses(text, ("metric", "price")))
        if scale == 1 or of_metric or _OTHER_DIGITS.search(_THOUSAND_IN_DIGITS.sub(" ", text)):
            continue
        left = unexplained_words(without_scale(text))
        if not left and of_all and (names_amounts(text) or scale_in_text(text) > 1):
            return scale
        if names_amounts(text) or not of_all:
            options = [Option(scale, f"times {scale:,}"), Option(1, "as written")]
            said = f" ({', '.join(map(repr, left[:3]))})" if left else " under the last table"
            why = f"it is not clear whether the note{said} speaks of all amounts"
            answer = findings.ask("scale", "note", text, options, why=why, cell=cell)
            return scale if str(answer) == str(scale) else 1
    return 1


def scale_of_units(region: Region, findings: Findings) -> int:
    """Give the scale that a column of units beside the amounts states on every line (`k€`); what lines differ in is said."""
    for column in region.columns:
        texts = region.content(column).distinct_texts
        if not texts or any(len(text) > _UNIT or (scale_in_text(text) == 1 and currency_in_text(text) is None) for text in texts):
            continue
        scales = {scale_in_text(text) for text in texts}
        if len(scales) == 1:
            return scales.pop()
        cell = region.grid.address(region.header.bottom, column)
        findings.warn("mixed_scale", cell, f"Lines count in different scales ({', '.join(sorted(texts))[:60]}); they were read as stated.")
    return 1


def scale_of_letter(region: Region, layout: Layout, rows: Sequence[Row], findings: Findings) -> int:
    """Give the scale of a lone letter in the head of the money (`Budget (m)`) where the amounts are of that size, else ask."""
    columns = [layout.budget] if layout.budget is not None else [column for column, _ in layout.periods[:1]]
    for column in columns:
        head = region.columns[column].text
        factor = _LETTERS.get(found["letter"].casefold(), 1) if (found := _LETTER.search(head)) else 1
        amounts = [abs(row.amount) for row in rows if row.kind == "item" and row.amount]
        if factor == 1 or not amounts:
            continue
        if max(amounts) < _SMALL:
            return factor
        options = [Option(factor, f"times {factor:,}"), Option(1, "as written")]
        cell = region.grid.address(region.header.bottom, column)
        answer = findings.ask(
            "scale", f"column:{column}", head, options, why="the amounts are larger than such a letter lets expect", cell=cell
        )
        return factor if str(answer) == str(factor) else 1
    return 1


def _is_statement(text: str) -> bool:
    """Tell whether a note says of all amounts how they are counted, not that something else costs thousands."""
    found = _STATED.match(text)
    left = _NAMED.sub(" ", text[found.end() :]) if found else text
    return found is not None and (not words_of(left) or coverage(left, "mod") > 0.9)
