"""Money to what a cell holds and back: in the sheet's own scale, and as the text it was written as where it is text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from core.model.changes import Scalar
from core.model.money import minor_exponent, to_major, to_minor

_CORE = re.compile(r"\d(?:[\d.,'’\s\u00a0\u202f]*\d)?")
_NO_CENTS = re.compile(r"([.,])\s?[-–—]{1,2}(?!\d)")
"""What stands in the place of cents where there are none: `1.234,-`."""
_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?!\d)")
_IN_LAKHS = re.compile(r"(?<=\d)(?=(?:\d{2})*\d{3}(?:\.|$))")
_OTHER = {".": ",", ",": ".", "'": ".", "’": "."}
"""The decimal mark that goes with a thousands mark; spaces go with either."""


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


def text_like(sample: str, amount: Decimal, new_amount: Decimal, *, currency: str | None, mark: str | None = None) -> str | None:
    """Write an amount the way a text cell wrote another one.

    Args:
        sample: the cell's text, which stands for `amount`.
        new_amount: in the same scale as `amount`.
        mark: the sheet's decimal mark, for where the sample shows none.
    Returns:
        the text with the same decimal and thousands marks, affixes and at least as many decimals; None when the sample is not understood,
        or decimals are needed and nothing tells their mark.
    """
    found = _understood(sample, amount)
    if found is None or new_amount < 0:
        return None
    (start, end), decimal_mark, thousands_mark, decimals = found
    no_cents = _NO_CENTS.match(sample, end)
    mark = decimal_mark or (no_cents[1] if no_cents else None) or _OTHER.get(thousands_mark) or mark
    exponent = minor_exponent(currency)
    if new_amount != round(new_amount, decimals):
        decimals = max(decimals, exponent)  # cents are written in full: `$1,234.50` beside `$1,200`
    written = _written(new_amount, mark, thousands_mark, decimals, most=exponent + 3)
    if written is None:
        return None
    if _LAKHS.search(sample, start, end):
        written = _IN_LAKHS.sub(",", written.replace(",", ""))
    return sample[:start] + written + sample[no_cents.end() if no_cents and decimals else end :]


def mark_of(amounts: Iterable[tuple[str, Decimal]]) -> str | None:
    """Give the decimal mark of amounts written as text; None where none shows it, or they differ."""
    found = [known for text, amount in amounts if (known := _understood(text, amount)) is not None]
    shown = {decimal_mark for _, decimal_mark, _, _ in found if decimal_mark} or {
        mark for _, _, thousands, _ in found if (mark := _OTHER.get(thousands))
    }
    return shown.pop() if len(shown) == 1 else None


def amount_like(sample: str, amount: Decimal, text: str) -> Decimal | None:
    """Read a text as an amount written the way of the sample, which stands for `amount`; None when it is written otherwise."""
    found, cores = _understood(sample, amount), list(_CORE.finditer(text))
    if found is None or len(cores) != 1:
        return None
    (start, end), decimal_mark, thousands_mark, _ = found
    core, at = cores[0][0], cores[0].span()
    digits = core.replace(thousands_mark, "") if thousands_mark else core
    plain = digits.replace(decimal_mark, ".", 1) if decimal_mark else digits
    if (text[: at[0]], text[at[1] :]) != (sample[:start], sample[end:]) or not re.fullmatch(r"\d+(\.\d+)?", plain):
        return None
    value, decimals = Decimal(plain), len(plain.partition(".")[2])
    written = {_written(value, decimal_mark, marks, decimals, most=decimals) for marks in ("", thousands_mark)}
    return value if core in written else None


def _understood(sample: str, amount: Decimal) -> tuple[tuple[int, int], str, str, int] | None:
    """Give where a text has its number, its decimal mark (empty where none shows), thousands mark and decimals; None for another number."""
    cores = list(_CORE.finditer(sample))
    if len(cores) != 1 or amount < 0:
        return None
    for decimal_mark in (",", ".", ""):
        style = _style(cores[0][0], decimal_mark, amount)
        if style is not None:
            return cores[0].span(), decimal_mark, *style
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


def _written(amount: Decimal, decimal_mark: str | None, thousands_mark: str, decimals: int, *, most: int) -> str | None:
    while amount != round(amount, decimals):
        decimals += 1
        if decimals > most:
            return None
    whole, _, fraction = f"{amount:,.{decimals}f}".partition(".")
    if fraction and decimal_mark is None:
        return None
    return whole.replace(",", thousands_mark) + (f"{decimal_mark}{fraction}" if fraction else "")
