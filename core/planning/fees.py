"""Working media against what the client pays: commission, percentage and fixed fees, VAT; exact to the minor unit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Fees:
    """What comes on top of working media (what the media owners are paid, net).

    Attributes:
        commission_ratio: the agency's part of the gross price: gross = net / (1 - ratio).
        fee_ratio: service fee on working media.
        fixed_minor: fee whatever is spent.
        vat_ratio: on everything.
    """

    commission_ratio: float = 0.0
    fee_ratio: float = 0.0
    fixed_minor: int = 0
    vat_ratio: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.commission_ratio < 1:
            raise InvalidInput(f"A commission of {self.commission_ratio:.0%} is not possible; it lies between 0% and below 100%.")
        if min(self.fee_ratio, self.vat_ratio, self.fixed_minor) < 0:
            raise InvalidInput("Fees and VAT must not be negative.")


@dataclass(frozen=True, slots=True)
class ClientTotal:
    """The parts of what the client pays, in minor units; they add up to `total_minor`."""

    media_minor: int
    commission_minor: int
    fee_minor: int
    fixed_minor: int
    vat_minor: int

    @property
    def total_minor(self) -> int:
        return self.media_minor + self.commission_minor + self.fee_minor + self.fixed_minor + self.vat_minor


def client_total(media_minor: int, fees: Fees) -> ClientTotal:
    """Give what the client pays for working media; each part is rounded half up, VAT on the rounded sum."""
    commission = _exact(fees.commission_ratio)
    gross_up = _rounded(media_minor * commission / (1 - commission))
    fee = _rounded(media_minor * _exact(fees.fee_ratio))
    net = media_minor + gross_up + fee + fees.fixed_minor
    return ClientTotal(media_minor, gross_up, fee, fees.fixed_minor, _rounded(net * _exact(fees.vat_ratio)))


def working_media(total_minor: int, fees: Fees) -> ClientTotal:
    """Give the largest working media whose client total does not exceed what the client pays.

    What rounding leaves of the total (a few minor units) stays unspent: `total_minor` less the result's own.

    Raises:
        InvalidInput: the fixed fee and its VAT alone exceed the total.
    """
    if client_total(0, fees).total_minor > total_minor:
        raise InvalidInput("The fixed fee alone exceeds the client total.", hint="Raise the total or lower the fee.")
    low, high = 0, total_minor + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if client_total(middle, fees).total_minor <= total_minor else (low, middle)
    return client_total(low, fees)


def _exact(ratio: float) -> Fraction:
    """Read a ratio as the decimal that was written: 0.1 is a tenth."""
    return Fraction(repr(ratio))


def _rounded(amount: Fraction) -> int:
    return int((amount + Fraction(1, 2)) // 1)
