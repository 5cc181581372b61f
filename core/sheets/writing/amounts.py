"""Money to what a cell holds and back: in the sheet's own scale, and as the text it was written as where it is text."""

from __future__ import annotations

import re
from decimal import Decimal

from core.model.changes import Scalar
from core.model.money import minor_exponent, to_major, to_minor

_CORE = re.compile(r"\d(?:[\d.,'’\s\u00a0\u202f]*\d)?")
_SPACES = "\u0020\u00a0\u202f\u2009"


def raw_amount(minor: int, currency: str | None, scale: int) -> int | float:
    """Give the number that a cell holds for an amount, exactly; an int where it is whole."""
    exact = to_major(minor, currency) / scale
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def minor_of(value: Scalar, currency: str | None, scale: int) -> int | None:
    """Give the amount that a numeric cell stands for; None for anything but a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return to_minor(exact * scale, currency)


def text_like(sample: str, amount: Decimal, new_amount: Decimal, *, currency: str | None) -> str | None:
    """Write an amount the way a text cell wrote another one.

    Args:
        sample: the cell's text, which stands for `amount`.
        new_amount: in the same scale as `amount`.
    Returns:
        the text with the same decimal and thousands marks, affixes and at least as many decimals; None when the sample is not understood.
    """
    cores = list(_CORE.finditer(sample))
    if len(cores) != 1 or amount < 0 or new_amount < 0:
        return None
    core = cores[0][0]
    for decimal_mark in (",", ".", ""):
        style = _style(core, decimal_mark, amount)
        if style is not None:
            written = _written(new_amount, decimal_mark or _other(style[0]), *style, most=minor_exponent(currency) + 3)
            return None if written is None else sample[: cores[0].start()] + written + sample[cores[0].end() :]
    return None


def _style(core: str, decimal_mark: str, amount: Decimal) -> tuple[str, int] | None:
    """Give (thousands mark, decimals) when the text read with this decimal mark is the amount."""
    whole, _, fraction = core.rpartition(decimal_mark) if decimal_mark and decimal_mark in core else (core, "", "")
    marks = {character for character in whole if not character.isdigit()}
    if len(marks) > 1 or not (fraction.isdigit() or fraction == "") or (decimal_mark and decimal_mark not in core):
        return None
    digits = "".join(character for character in whole if character.isdigit())
    if not digits or Decimal(f"{digits}.{fraction or 0}") != amount:
        return None
    return (marks.pop() if marks else ""), len(fraction)


def _other(thousands_mark: str) -> str:
    return "," if thousands_mark in (".", *_SPACES) and thousands_mark else "."


def _written(amount: Decimal, decimal_mark: str, thousands_mark: str, decimals: int, *, most: int) -> str | None:
    while amount != round(amount, decimals):
        decimals += 1
        if decimals > most:
            return None
    whole, _, fraction = f"{amount:,.{decimals}f}".partition(".")
    return whole.replace(",", thousands_mark) + (decimal_mark + fraction if fraction else "")
