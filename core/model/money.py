"""Money in integer minor units with an ISO-4217 currency; splits that always add up to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from core.errors import InvalidInput

# ISO 4217 (2026): every active code with a minor unit other than 2.
_EXPONENTS: dict[str, int] = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_TWO_DIGIT_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC "
    "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW "
    "KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN "
    "UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_ONE = Decimal(1)
_EXACT, _NO_HALF = 2**40, 0.49
CURRENCIES: frozenset[str] = frozenset(_EXPONENTS) | frozenset(_TWO_DIGIT_CODES.split())


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """One unit of `base` is `value` units of another currency, as someone entered it: on which day, from where."""

    base: str
    value: float
    on: date
    source: str

    def __post_init__(self) -> None:
        minor_exponent(self.base)
        if not 0 < self.value < 1e9 or not self.source.strip():
            raise InvalidInput("An exchange rate needs a value above zero and where it is from.")


def minor_exponent(currency: str | None) -> int:
    """Give the number of decimals of a currency (ISO 4217); 2 where the currency is not known yet."""
    if currency is None:
        return 2
    if currency not in CURRENCIES:
        raise InvalidInput(f"{currency!r} is not an ISO 4217 currency code.", hint="Use three letters such as EUR.")
    return _EXPONENTS.get(currency, 2)


def to_minor(amount: Decimal | int | str | float, currency: str | None) -> int:
    """Round an amount in major units to minor units, half away from zero. Floats mean what repr shows, so 0.1 means 0.1."""
    return times_rounded(Decimal(amount) if isinstance(amount, str) else amount, 10 ** minor_exponent(currency))


def times_rounded(amount: Decimal | int | float, factor: int) -> int:
    """Multiply an amount by a whole number and round half away from zero, exactly. Floats mean what repr shows."""
    if isinstance(amount, int):
        return amount * factor
    if isinstance(amount, float):
        near = amount * factor
        if -_EXACT < near < _EXACT and -_NO_HALF < near - (whole := round(near)) < _NO_HALF:
            return whole  # binary and decimal product differ by 2**-12 at most, so both round to the same
        amount = Decimal(repr(amount))
    return int((amount * factor).quantize(_ONE, rounding=ROUND_HALF_UP))


def to_major(minor: int, currency: str | None) -> Decimal:
    """Give the exact amount in major units."""
    return Decimal(minor).scaleb(-minor_exponent(currency))


def split_minor(total_minor: int, weights: Sequence[Decimal | int | float]) -> list[int]:
    """Split a whole by weights with largest remainders (ties to the earlier part).

    Args:
        total_minor: the whole in minor units, may be negative.
        weights: not negative, at least one above zero; same order as the result.
    Returns:
        parts in minor units; they sum to `total_minor` exactly.
    Raises:
        InvalidInput: no weights, a negative one, or all zero.
    """
    exact = [Decimal(repr(w)) if isinstance(w, float) else Decimal(w) for w in weights]
    whole = sum(exact, Decimal(0))
    if not exact or min(exact) < 0 or whole <= 0:
        raise InvalidInput("A split needs weights that are not negative and not all zero.")
    sign = -1 if total_minor < 0 else 1
    shares = [abs(total_minor) * weight / whole for weight in exact]
    parts = [int(share) for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))
    for i in by_remainder[: abs(total_minor) - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units of one currency. Adding two currencies raises."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def _same(self, other: Money) -> None:
        if other.currency != self.currency:
            raise InvalidInput(f"Cannot add {other.currency} to {self.currency}.", hint="Convert one of them first.")
