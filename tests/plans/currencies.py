"""Currencies of made plans: those of each language, their signs, and number formats that show them."""

from __future__ import annotations

CURRENCIES = {
    "en": ["USD", "GBP", "EUR", "AED"],
    "de": ["EUR", "CHF"],
    "fr": ["EUR"],
    "es": ["EUR", "MXN"],
    "it": ["EUR"],
    "pt": ["BRL", "EUR"],
    "nl": ["EUR"],
    "pl": ["PLN"],
    "ru": ["RUB"],
    "uk": ["UAH"],
    "tr": ["TRY"],
    "sv": ["SEK"],
}
SYMBOLS = {
    "USD": "$",
    "GBP": "£",
    "EUR": "€",
    "CHF": "CHF",
    "BRL": "R$",
    "PLN": "zł",
    "RUB": "руб.",
    "UAH": "грн",
    "TRY": "₺",
    "SEK": "SEK",
    "MXN": "MXN",
    "AED": "AED",
}
FORMATS_OF_CURRENCY = {
    "USD": "[$$-409]#,##0.00",
    "GBP": "[$£-809]#,##0.00",
    "EUR": "#,##0.00 [$€-407]",
    "CHF": "[$CHF] #,##0.00",
    "BRL": "[$R$-416] #,##0.00",
    "PLN": "#,##0.00 [$zł-415]",
    "RUB": '#,##0.00"р."',
    "UAH": "#,##0.00 [$₴-422]",
    "TRY": "[$₺-41F]#,##0.00",
    "SEK": "#,##0.00 [$kr-41D]",
    "MXN": "[$MXN] #,##0.00",
    "AED": "[$AED] #,##0.00",
}
