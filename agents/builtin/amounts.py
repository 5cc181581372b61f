"""Finds amounts of money and shares in a sentence: `180k`, `1,2 Mio`, `EUR 40.000`, `30 %`, `half`, `zwanzigtausend`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in major units or a share of something (0-1), and where it stands in the text.

    Attributes:
        currency: as said (`€`, `EUR`, `Euro`), None when not said.
        is_share: `value` is a ratio; `half` and `a third` are shares too.
        is_bare: nothing but digits: may be a count, a year or an amount; the reader decides.
    """

    start: int
    end: int
    value: Decimal
    currency: str | None = None
    is_share: bool = False
    is_bare: bool = False


CURRENCY_WORDS = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "us$": "USD", "dollar": "USD", "dollars": "USD",
    "bucks": "USD", "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "pfund": "GBP", "chf": "CHF", "franken": "CHF",
    "francs": "CHF", "fr.": "CHF", "¥": "JPY", "jpy": "JPY", "yen": "JPY", "zł": "PLN", "pln": "PLN", "₽": "RUB", "rub": "RUB",
    "rubles": "RUB", "roubles": "RUB", "rubel": "RUB", "₴": "UAH", "uah": "UAH", "hryvnia": "UAH", "griwna": "UAH", "₹": "INR",
    "inr": "INR", "rupees": "INR", "aed": "AED", "dirham": "AED", "dirhams": "AED", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "cad": "CAD",
    "aud": "AUD", "czk": "CZK", "huf": "HUF", "try": "TRY", "brl": "BRL", "r$": "BRL", "mxn": "MXN", "zar": "ZAR", "sgd": "SGD",
}  # fmt: skip
_CURRENCY = "|".join(sorted((re.escape(word) for word in CURRENCY_WORDS), key=len, reverse=True))
_SCALES = {
    "k": 1_000, "tsd": 1_000, "tsd.": 1_000, "tausend": 1_000, "thousand": 1_000, "grand": 1_000, "t€": 1_000, "teur": 1_000, "k€": 1_000,
    "keur": 1_000, "mio": 1_000_000, "mio.": 1_000_000, "mil": 1_000_000, "mln": 1_000_000, "mn": 1_000_000, "m": 1_000_000,
    "million": 1_000_000, "millions": 1_000_000, "millionen": 1_000_000, "mrd": 1_000_000_000, "bn": 1_000_000_000,
}  # fmt: skip
_SCALE = "|".join(sorted((re.escape(word) for word in _SCALES), key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[.,'’  ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<before>{_CURRENCY})\s?)?(?P<digits>{_DIGITS})"
    rf"(?:\s?(?P<scale>{_SCALE})(?![\w]))?(?:\s?(?P<after>{_CURRENCY})(?![\w]))?(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
_SHARE = re.compile(r"(?<![\w.,])(?P<digits>\d{1,3}(?:[.,]\d{1,2})?)\s?(?:%|percent\b|per cent\b|prozent\b|pct\b|v\. ?h\.)", re.IGNORECASE)
_FRACTIONS = (
    (r"half(?: of)?|the half|die hälfte|hälfte|halb so viel|zur hälfte|halbieren|halbiere|halve", Decimal("0.5")),
    (
        r"a quarter of|one quarter of|(?:ein|einem) viertel|(?<=least )a quarter|(?<=most )a quarter|(?<=than )a quarter|"
        r"(?<=by )a quarter|"
        r"(?<=move )a quarter|a quarter(?= from\b)|a quarter(?= (?:less|more)\b)",
        Decimal("0.25"),
    ),
    (r"three[- ]quarters|dreiviertel", Decimal("0.75")),
    *(
        (rf"(?:{count})[- ](?:{part})", Decimal(n) / of)
        for n, count in ((1, "a|one|ein|eine|einem"), (2, "two|zwei"), (3, "three|drei"), (4, "four|vier"))
        for of, part in (
            (3, "thirds?|drittel"),
            (5, "fifths?|fünftel"),
            (6, "sixths?|sechstel"),
            (8, "eighths?|achtel"),
            (10, "tenths?|zehntel"),
            *(((4, "viertel"),) if n > 1 else ()),
        )
    ),
)
_FRACTION = [(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), value) for pattern, value in _FRACTIONS]
_UNITS_EN = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS_EN = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_WORDS_EN = "|".join([*_TENS_EN, *_UNITS_EN, "a", "hundred"])
_NUMBER_EN = re.compile(
    rf"\b(?P<head>(?:{_WORDS_EN})(?:[\s-]+(?:and[\s-]+)?(?:{_WORDS_EN}))*)[\s-]+(?P<scale>thousand|million|grand|k)\b", re.IGNORECASE
)
_UNITS_DE = {
    "ein": 1, "eine": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11,
    "zwölf": 12, "fünfzehn": 15, "sechzehn": 16, "siebzehn": 17, "achtzehn": 18,
}  # fmt: skip
_TENS_DE = {
    "zwanzig": 20, "dreißig": 30, "dreissig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80, "neunzig": 90,
}  # fmt: skip
_FEW = _UNITS_EN | _TENS_EN | _UNITS_DE | _TENS_DE
_WORD_SHARE = re.compile(rf"\b({'|'.join(sorted(_FEW, key=len, reverse=True))})\s?(?:%|percent|per cent|prozent)(?!\w)", re.IGNORECASE)
_PARTS_OF_A_MILLION = (
    (r"one and a half millions?|a million and a half|eineinhalb millionen|anderthalb millionen", 1_500_000),
    (r"half a million|a half million|eine halbe million|ne halbe million|halbe million|'ne halbe mio|halbe mio|eine halbe mio", 500_000),
    (r"(?:a )?quarter (?:of a )?million|quarter million|eine viertelmillion|viertelmillion|eine viertel million", 250_000),
    (r"three[- ]quarters of a million|eine dreiviertelmillion|dreiviertelmillion", 750_000),
    (r"one and a half thousand|eineinhalbtausend|anderthalbtausend", 1_500),
)
_OF_A_MILLION = [(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), Decimal(value)) for pattern, value in _PARTS_OF_A_MILLION]
_SMALL_DE = "|".join(sorted([*_UNITS_DE, *_TENS_DE], key=len, reverse=True))
_NUMBER_DE = re.compile(
    rf"\b(?:(?P<hundreds>{_SMALL_DE})?(?P<hundert>hundert))?(?:(?P<unit>{_SMALL_DE})und)?(?P<small>{_SMALL_DE})?\s?(?P<scale>tausend|millionen|million)\b",
    re.IGNORECASE,
)


def parse_number(digits: str) -> Decimal:
    """Read digits with either convention: a lone separator before exactly three digits groups thousands, else it is the decimal mark."""
    text = re.sub(r"['’  ]", "", digits)
    last_dot, last_comma = text.rfind("."), text.rfind(",")
    if last_dot >= 0 and last_comma >= 0:
        grouping, decimal = (",", ".") if last_dot > last_comma else (".", ",")
        return Decimal(text.replace(grouping, "").replace(decimal, "."))
    mark = "." if last_dot >= 0 else ","
    if re.fullmatch(rf"[1-9]\d{{0,2}}(?:{re.escape(mark)}\d{{3}})+", text):
        return Decimal(text.replace(mark, ""))
    return Decimal(text.replace(mark, "."))


def find_quantities(text: str) -> list[Quantity]:
    """Give every amount and share, in order, without overlaps."""
    found = [*_shares(text), *_amounts(text), *_word_numbers_en(text), *_word_numbers_de(text)]
    found += [Quantity(m.start(), m.end(), value) for pattern, value in _OF_A_MILLION for m in pattern.finditer(text)]
    found.sort(key=lambda q: (q.start, -(q.end - q.start)))
    kept: list[Quantity] = []
    for quantity in found:
        if not kept or quantity.start >= kept[-1].end:
            kept.append(quantity)
    return kept


def _shares(text: str) -> list[Quantity]:
    shares = [Quantity(m.start(), m.end(), Decimal(m["digits"].replace(",", ".")) / 100, is_share=True) for m in _SHARE.finditer(text)]
    shares += [Quantity(m.start(), m.end(), Decimal(_FEW[m[1].lower()]) / 100, is_share=True) for m in _WORD_SHARE.finditer(text)]
    for pattern, value in _FRACTION:
        shares += [Quantity(m.start(), m.end(), value, is_share=True) for m in pattern.finditer(text)]
    return shares


def _amounts(text: str) -> list[Quantity]:
    found = []
    for match in _AMOUNT.finditer(text):
        said = match["before"] or match["after"]
        scale = (match["scale"] or "").lower()
        currency = CURRENCY_WORDS.get(said.lower()) if said else ("EUR" if scale in ("t€", "teur", "k€", "keur") else None)
        try:
            value = parse_number(match["digits"])
            if scale and _grouped_by_one(match["digits"]):  # 1,200k is twelve hundred thousand, 1,200 Mio is one and a fifth million
                value = value if scale in ("k", "tsd", "tsd.", "thousand", "tausend") else value / 1000
        except InvalidOperation:
            continue
        bare = not said and not scale
        found.append(Quantity(match.start(), match.end(), value * _SCALES.get(scale, 1), currency, is_bare=bare))
    return found


def _grouped_by_one(digits: str) -> bool:
    return re.fullmatch(r"\d{1,3}[.,]\d{3}", digits) is not None


def _word_numbers_en(text: str) -> list[Quantity]:
    found = []
    for match in _NUMBER_EN.finditer(text):
        total = 0
        for word in re.split(r"[\s-]+", match["head"].lower()):
            if word == "hundred":
                total = max(total, 1) * 100
            elif word == "a":
                total = total or 1
            elif word != "and":
                total += _TENS_EN.get(word, 0) + _UNITS_EN.get(word, 0)
        factor = 1_000_000 if match["scale"].lower() == "million" else 1_000
        found.append(Quantity(match.start(), match.end(), Decimal(total * factor)))
    return found


def _word_numbers_de(text: str) -> list[Quantity]:
    small = _UNITS_DE | _TENS_DE
    found = []
    for match in _NUMBER_DE.finditer(text):
        if not (match["hundert"] or match["small"]):
            continue
        total = (small.get((match["hundreds"] or "ein").lower(), 1) * 100) if match["hundert"] else 0
        total += small.get((match["unit"] or "").lower(), 0) + small.get((match["small"] or "").lower(), 0)
        factor = 1_000 if match["scale"].lower() == "tausend" else 1_000_000
        found.append(Quantity(match.start(), match.end(), Decimal(total * factor)))
    return found
