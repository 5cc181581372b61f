"""Amounts as people type or paste them, in any country's notation; what can be read in two ways is refused, never taken for one."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from core.model.money import minor_exponent, to_minor
from core.sheets.reading.numbers import NumberText, read_number

_IN_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d.,])")
"""As the table itself writes amounts."""


def typed_minor(value: object, currency: str | None) -> int | str | None:
    """Give what was typed in minor units, None for nothing, a sentence where it is no amount or could be two.

    `1,234` is read as the table writes it; `1.234` could be either, except where the currency has no decimals or three.
    """
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return None if value != value else to_minor(value, currency)  # nan is not itself
    if not isinstance(value, str) or not value.strip():
        return None
    number = read_number(value)
    if number is None or number.percent:
        return f"“{value[:30]}” is no amount"
    if number.currency is not None and currency is not None and number.currency not in ("", currency) and "$" not in value:
        return f"“{value[:30]}” is not in {currency}"
    amount = _chosen(number, value, currency)
    if amount is None:
        either = " or ".join(f"{one.normalize():,f}" for one in (number.point, number.comma) if one is not None)
        return f"“{value[:30]}” could be {either}: type it without the mark, or with cents"
    return to_minor(amount, currency)


def _chosen(number: NumberText, text: str, currency: str | None) -> Decimal | None:
    if not number.is_ambiguous:
        return number.only
    if _IN_THOUSANDS.search(text) and "." not in text:
        return number.point
    return {0: number.comma, 3: number.point}.get(minor_exponent(currency)) if "," not in text else None


def major(values: NDArray[np.generic], currency: str | None) -> NDArray[np.float64]:
    """Give minor units as floats of whole units, to be shown and never added up."""
    scaled: NDArray[np.float64] = np.asarray(values, dtype=np.float64) / float(10 ** minor_exponent(currency))
    return scaled


def shown_amounts(values: NDArray[np.generic], currency: str | None) -> NDArray[np.object_]:
    """Give minor units as texts with every decimal of the currency; nothing for nan."""
    decimals, scaled = minor_exponent(currency), major(values, currency)
    texts = [None if amount != amount else f"{amount:,.{decimals}f}" for amount in scaled.ravel().tolist()]
    return np.array(texts, dtype=object).reshape(scaled.shape)
