"""Currencies as sheets show them: symbols, codes and words in texts, and patterns in number formats."""

from __future__ import annotations

import re
from functools import lru_cache

from core.model.money import CURRENCIES

_SIGNS: dict[str, str] = {
    "": "rs rs. kr kr.",
    "AED": "dh dhs",
    "AUD": "a$ au$",
    "AZN": "₼",
    "BGN": "лв лв.",
    "BRL": "r$ reais",
    "CAD": "c$ ca$",
    "CHF": "chf fr. sfr.",
    "CNY": "元 rmb",
    "CZK": "kč kc",
    "EUR": "€ euro euros eur. евро єв",
    "GBP": "£ pounds gbp£",
    "GEL": "₾",
    "HKD": "hk$",
    "HUF": "ft",
    "IDR": "rp",
    "ILS": "₪",
    "INR": "₹",
    "JPY": "¥ 円",
    "KRW": "₩ 원",
    "KZT": "₸ тг тенге",
    "MXN": "mx$",
    "MYR": "rm",
    "NGN": "₦",
    "NZD": "nz$",
    "PHP": "₱",
    "PLN": "zł zl złotych",
    "RON": "lei",
    "RUB": "₽ р р. руб руб. рублей рубли рублях руб., rub rur",
    "SGD": "s$ sg$",
    "THB": "฿",
    "TRY": "₺ tl тл",
    "TWD": "nt$",
    "UAH": "₴ грн грн. гривень гривна гривень.",
    "USD": "us$ $ usd$ dollars dollar долл долл. доллар доллары",
    "VND": "₫ đ",
}
"""Symbols and words by currency; those under the empty code are shared by several."""
_NAMES = {
    **{"pesos mexicanos": "MXN", "pesos argentinos": "ARS", "pesos chilenos": "CLP", "pesos colombianos": "COP", "us dollars": "USD"},
    **{"canadian dollars": "CAD", "australian dollars": "AUD", "pounds sterling": "GBP", "swiss francs": "CHF", "schweizer franken": "CHF"},
    **{"svenska kronor": "SEK", "norske kroner": "NOK", "danske kroner": "DKK", "indian rupees": "INR", "pakistani rupees": "PKR"},
    **{
        "saudi riyals": "SAR",
        "rands": "ZAR",
        "rand": "ZAR",
        "naira": "NGN",
        "baht": "THB",
        "ringgit": "MYR",
        "rupiah": "IDR",
        "đồng": "VND",
        "vnđ": "VND",
        "forint": "HUF",
    },
    **{"złotych": "PLN", "korun českých": "CZK", "人民币": "CNY", "日元": "JPY", "гривень": "UAH", "тенге": "KZT"},
}
"""Currencies by their names in words, of which one alone (`pesos`, `dollars`) may say too little."""
_NAMED = re.compile("|".join(rf"(?<!\w){name}(?!\w)" if name[0].isalpha() and name[0] < "一" else name for name in _NAMES), re.IGNORECASE)
_NATIONAL = re.compile(r"(?<!\w)M\.\s?N\.|\bmoneda nacional\b", re.IGNORECASE)
"""What Mexicans call their own currency."""
_TURKISH = re.compile(r"kdv|fiyat|tutar|bütçe|rakam|bedel", re.IGNORECASE)
_SYMBOLS = {sign: code for code, signs in _SIGNS.items() for sign in signs.split()}
_LOCALE_DOLLARS = {
    "409": "USD",
    "1009": "CAD",
    "c0c": "CAD",
    "c09": "AUD",
    "1409": "NZD",
    "80a": "MXN",
    "c04": "HKD",
    "1004": "SGD",
    "4809": "SGD",
    "404": "TWD",
    "2c0a": "ARS",
    "340a": "CLP",
    "240a": "COP",
}
_LOCALE_KRONER = {"41d": "SEK", "414": "NOK", "814": "NOK", "406": "DKK", "40f": "ISK"}
_LOCALE_SYMBOLS = {"804": "CNY", "411": "JPY", "419": "RUB", "422": "UAH", "423": "BYN", "43f": "KZT"}
_LANGUAGE_KRONER = {"sv": "SEK", "nb": "NOK", "no": "NOK", "nn": "NOK", "da": "DKK"}
_BRACKET = re.compile(r"\[\$([^\]]*)\]")
_QUOTED = re.compile(r'"([^"]*)"')
_CODE = re.compile(r"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])")
_SNAKE = re.compile(r"_(eur|usd|gbp|chf|pln|sek|nok|dkk|czk|inr|jpy|cad|aud|brl|rub|uah)(?:_|$)")
_PIECE = re.compile(r"[^\s\d()（）\[\]/,;:%|・、]+")
_EASTERN_UNIT = re.compile(r"(?<=[千万億亿천만억])\s?[円元원]")
_DOLLAR_OF = re.compile(r"\$\s?(CA|AU|NZ|MX|HK|SG)N?(?![A-Za-z])")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}\s*[рp]\.?(?!\w)", re.IGNORECASE)
_T_CODE = re.compile(r"^[tTkKmM](EUR|USD|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|GBP|€|\$|£|kr)$|^[eEmM](Ft)$|^(€|\$|£)[kKmM]{1,2}$")
_WORDS = frozenset(
    {
        "ALL",
        "TOP",
        "CUP",
        "MOP",
        "SSP",
        "SOS",
        "AMD",
        "LAK",
        "PAB",
        "BAM",
        "GEL",
        "GIP",
        "STN",
        "CHE",
        "CHW",
        "MXV",
        "USN",
        "UYI",
        "VES",
        "ANG",
    }
)
"""Codes that are words or acronyms of the trade in a free text (SSP, TOP, ALL); they still count alone in a currency column."""
_VERBS = frozenset({"TRY", "MAD", "PEN", "COP"})
"""Codes that are common words in capitals (`TRY IT NOW`, `COP26`): in a free text they count at its end or before a bracket."""
_STANDS_ALONE = re.compile(r"\s*(?:$|[()\[\],;/|:])")
_CODES = (
    "EUR USD GBP CHF PLN SEK NOK DKK CZK HUF INR JPY CNY CAD AUD NZD BRL MXN RUB UAH TRY ZAR SGD HKD AED ILS THB IDR MYR PHP VND KRW TWD "
    "CLP ARS COP PEN KES NGN EGP KZT SAR QAR BGN PKR"
)
_COMMON = frozenset(_CODES.split())
"""Codes that hardly anything else is called; others are trade names as well (TTD, NPR, RON: run of network) and need more to count."""
_AFTER_CODE = re.compile(
    r"\s*(?:$|[^\w\s]|\d|(?:net|gross|excl?|incl?|inc|ex|per|before|after|with|without|k|m|mn|thousands?|millions?"
    r"|net[to]*|brut[to]*|fără|fara|cu|exkl|inkl|ohne|mit|hors|ht|ttc|sin|con|без|с|з)\b)",
    re.IGNORECASE,
)
_BEFORE_CODE = re.compile(
    r"(?<!\w)(?:in|în|en|em|w|v|в|у|currency|currencies|moneda|moeda|valuta|devise|währung|waluta|валюта)\W*$", re.IGNORECASE
)
_EXACT = {"TL": "TRY", "Ft": "HUF", "HUF": "HUF", "Kč": "CZK", "RM": "MYR", "Rp": "IDR", "Dh": "AED", "Lei": "RON", "lei": "RON"}
"""Short signs that count in a free text only in this spelling."""
AMBIGUOUS = ""
"""Given for a sign that several currencies share (`kr`, `Rs`) where no locale decides."""


def _of_symbol(symbol: str, lcid: str) -> str | None:
    """Give the currency of a symbol under a Windows locale id (hex, without leading zeros)."""
    sign = symbol.replace("\\", "").strip().casefold()
    if sign == "$":
        return _LOCALE_DOLLARS.get(lcid, "USD")
    if sign in {"kr", "kr."}:
        return _LOCALE_KRONER.get(lcid, AMBIGUOUS)
    if sign in {"¥", "р.", "₽", "грн"} and lcid in _LOCALE_SYMBOLS:
        return _LOCALE_SYMBOLS[lcid]
    if sign.upper() in CURRENCIES:
        return sign.upper()
    return _SYMBOLS.get(sign)


@lru_cache(maxsize=4096)
def currency_of_format(pattern: str) -> str | None:
    """Give the currency that a number format shows (`[$€-407]`, `#,##0 "zł"`, `[$р.-419]`); '' when it is shared, None when none."""
    positive = pattern.split(";")[0]
    for inner in _BRACKET.findall(positive):
        symbol, _, locale = inner.rpartition("-") if "-" in inner else (inner, "", "")
        code = _of_symbol(symbol, locale.lstrip("0").casefold()[-4:]) if symbol.strip() else None
        if code is not None:
            return code
    for text in _QUOTED.findall(positive):
        code = _of_symbol(text, "")
        if code is None:
            code = currency_in_text(text)  # `"k €"`
        if code is not None:
            return code
    bare = _QUOTED.sub("", _BRACKET.sub("", positive)).replace("\\ ", " ").replace("\\", "")
    for sign in ("€", "£", "₽", "₴", "₹", "₺", "R$", "$", "¥", "zł", "Kč"):
        if sign in bare:
            return _SYMBOLS[sign.casefold()]
    match = _CODE.search(bare)
    return match[1] if match and match[1] in CURRENCIES else None


_RATE_OF_EXCHANGE = re.compile(r"(?<![A-Z])([A-Z]{3})\s?/\s?(?!\1)[A-Z]{3}(?![A-Z])")
"""A rate of exchange (`EUR/USD`) names no currency of the amounts."""


@lru_cache(maxsize=8192)
def currency_in_text(text: str, *, whole: bool = False) -> str | None:
    """Find a currency in a text: ISO code in capitals, a symbol or a word; '' when the sign is shared by several, None when none.

    Args:
        text: a header, a label or a cell.
        whole: the whole text must be the currency (an affix of a number).
    """
    if whole:
        sign = text.strip().casefold()
        if sign.upper() in CURRENCIES and len(sign) == 3 and sign.upper() not in _WORDS:
            return sign.upper()
        return _SYMBOLS.get(sign)
    if snake := _SNAKE.search(text):
        return snake[1].upper()
    if named := _NAMED.search(text):
        return _NAMES[named[0].casefold()]
    if _NATIONAL.search(text):
        return "MXN"
    text = _RATE_OF_EXCHANGE.sub(" ", text)
    text = _YEAR.sub(" ", text)  # `2026 р.` is a year in Ukrainian, not roubles
    for match in _CODE.finditer(text):
        if match[1] in CURRENCIES and match[1] not in _WORDS and _is_money(match, text):
            return match[1]
    if dollar := _DOLLAR_OF.search(text):  # `($ CA)`, as Canadians write it in French
        return _SYMBOLS[f"{dollar[1].casefold()}$"]
    if unit := _EASTERN_UNIT.search(text):
        return {"元": "CNY", "円": "JPY", "원": "KRW"}[unit[0].strip()]
    for piece in _PIECE.findall(text):
        if piece.partition("'")[0].partition("’")[0] == "TL" and _TURKISH.search(text):
            return "TRY"
        if piece in _EXACT and (piece not in ("RM", "Ft", "TL") or re.search(rf"\b{piece}\s*(?:$|[()\[\],;/|:\d])", text)):
            return _EXACT[piece]
        thousand = _T_CODE.match(piece)
        if thousand and thousand[2]:
            return "HUF"
        sign = (thousand[1] or thousand[3] if thousand else piece).strip(".").casefold()
        if thousand and sign.upper() in CURRENCIES:
            return sign.upper()
        for form in (sign, sign + "."):
            if form in _SYMBOLS and form not in {"tl", "ft", "fr.", "dh", "rm", "rp", "lei", "đ", "р"}:
                return _SYMBOLS[form]
        for symbol in ("€", "£", "₽", "₴", "₹", "₺", "r$", "us$", "a$", "c$", "$", "zł", "kč", "₸", "₱", "฿", "₦", "₩", "₫"):
            if symbol in sign and not any(char.isalpha() for char in sign.replace(symbol, "")):
                return _SYMBOLS[symbol]
    return None


def _is_money(match: re.Match[str], text: str) -> bool:
    """Tell whether a code in a text is a currency there, and no word or name that is spelt alike."""
    if match[1] in _VERBS:
        return _STANDS_ALONE.match(text, match.end()) is not None
    return match[1] in _COMMON or bool(_AFTER_CODE.match(text, match.end()) or _BEFORE_CODE.search(text[: match.start()]))


def may_be_name(code: str) -> bool:
    """Tell whether a currency's code is also what other things are called, so that a line's name that holds it says nothing."""
    return code not in _COMMON


def kroner_of_language(language: str | None) -> str | None:
    """Give the krone or krona of a language, None where it is not Scandinavian."""
    return _LANGUAGE_KRONER.get((language or "")[:2])
