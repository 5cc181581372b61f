"""How a spreadsheet's locale writes numbers and dates; the locales of Google Sheets that media plans come in."""

from __future__ import annotations

from typing import NamedTuple


class Convention(NamedTuple):
    """Separators, date order and the default patterns of a locale."""

    decimal: str
    group: str
    day_first: bool
    year_first: bool
    date_pattern: str
    currency: str
    """Pattern of the locale's own currency."""


_ENGLISH = Convention(".", ",", False, False, "M/d/yyyy", '"$"#,##0.00')
_BY_LANGUAGE: dict[str, Convention] = {
    "en": _ENGLISH,
    "de": Convention(",", ".", True, False, "dd.MM.yyyy", '#,##0.00 "€"'),
    "fr": Convention(",", " ", True, False, "dd/MM/yyyy", '#,##0.00 "€"'),
    "es": Convention(",", ".", True, False, "d/M/yyyy", '#,##0.00 "€"'),
    "it": Convention(",", ".", True, False, "dd/MM/yyyy", '#,##0.00 "€"'),
    "nl": Convention(",", ".", True, False, "d-M-yyyy", '"€" #,##0.00'),
    "pt": Convention(",", ".", True, False, "dd/MM/yyyy", '"R$" #,##0.00'),
    "pl": Convention(",", " ", True, False, "dd.MM.yyyy", '#,##0.00 "zł"'),
    "ru": Convention(",", " ", True, False, "dd.MM.yyyy", '#,##0.00 "₽"'),
    "uk": Convention(",", " ", True, False, "dd.MM.yyyy", '#,##0.00 "₴"'),
    "sv": Convention(",", " ", True, True, "yyyy-MM-dd", '#,##0.00 "kr"'),
    "ja": Convention(".", ",", False, True, "yyyy/MM/dd", '"¥"#,##0'),
}
_BY_LOCALE: dict[str, Convention] = {
    "en_GB": _ENGLISH._replace(day_first=True, date_pattern="dd/MM/yyyy", currency='"£"#,##0.00'),
    "de_CH": Convention(".", "’", True, False, "dd.MM.yyyy", '"CHF" #,##0.00'),
    "fr_CH": Convention(".", "’", True, False, "dd.MM.yyyy", '"CHF" #,##0.00'),
}


def convention(locale: str) -> Convention:
    """Give the convention of a locale such as `de_DE`; English (United States) where it is not known."""
    return _BY_LOCALE.get(locale) or _BY_LANGUAGE.get(locale[:2], _ENGLISH)
