"""Words and signs that say that money is counted in thousands, millions, lakhs or the units of East Asia."""

from __future__ import annotations

import re
from functools import lru_cache

_MONEY = (
    r"(?:r\$|us\$|\$|€|£|₺|₽|₴|zł(?:ot\w*)?|kč|korun\w*|koron\w*|forint\w*|гривен\w*|гривн\w*|kr\.?(?!\w)|kronor|kroner|tl|eur(?:o['’]?s?|oa)?|usd|gbp|chf|sek|nok|dkk|isk|pln|czk|huf|ron|lei|try|aed|sar|qar|kwd|egp|inr"
    r"|brl|reais|mxn|zar|rub|руб\w*|тенге|тг|kzt|₸|сум(?!м)|сом|uah|грн|р\.|лв|ft|đồng|vnđ|vnd|rupiah|rp|idr)"
)
_THOUSAND = (
    r"(?:tsd|thsd|tausend|thousands?|тыс\w*|тис\w*|tys\w*|tis(?:íc\w*)?|bin|mii|miles|milliers|migliaia|milhares|duizend(?:en)?|tusen(?:tal)?|tusinde[rn]?"
    r"|tuhat\w*|tuhan\w*|ezer|хил|χιλ|nghìn|ngàn|ribu)"
)
_MILLION = (
    r"(?:mio|mln|mn|millions?|millionen|milyon|milhões|milhoes|millones|milioni|milion\w*|miljon\w*|miljoen(?:en)?|milj|mill"
    r"|млн|мільйон\w*|миллион\w*|triệu|juta)"
)
_IN = r"(?:en|in|em|w|v|в|у|i|în)"
_OF = r"\.?\s*(?:de\s+|di\s+|d['’]|of\s+)?"
_IN_THOUSANDS = re.compile(
    rf"(?<!\w){_THOUSAND}{_OF}{_MONEY}(?!\w)|(?<!\w){_MONEY}[\s(]*{_THOUSAND}(?!\w)|(?<!\w){_MONEY}\s?000(?!\d)"
    r"|(?<!\w)k\s?(?:eur|usd|gbp|chf|pln|czk|uah|rub|ron|huf|sek|nok|dkk|try|aed|sar|zar|inr|cad|aud)\b"
    r"|\b(?:in|i|en)\s+(?:duizenden|tusental|tusen|tusinde[rn]?|tuhansina)\b"
    rf"|(?:\(|\bin?\s)\s*(?:1[. ]?000\s?{_MONEY}|{_MONEY}\s?1[. ]?000)(?!\d)|"
    r"(?:\bin|\bв|(?<!\d),|\()\s*(?:тыс|thousands?|000|'000|tsd)|(?:\bin|\()\s*k\b|"
    r"(?<!\d)['’`]000s?\b(?!\s*\d)|(?<![\d.,\u00a0\u202f\u2009 '’`])000s?\b(?!\s*\d)"
    r"|\be\s?ft\b|\bR\$\s?mil\b|\bmil\s+(?:reais|euros)\b|\b(?:em|en)\s+mil\b(?!\w)"
    rf"|(?<!\w){_IN}\s+{_THOUSAND}(?!\w)|(?<!\w)\(000\)"
    r"|\bt\.?\s?(?:eur|€|usd|chf|sek|nok|dkk|kr|pln|czk|huf|ron)(?!\w)|\b[kt]\s?kr\b|(?<![\w])k(?:€|eur|usd|\$|£)|(?:€|eur|usd|\$|£|gbp)\s?k\b|\btsd\b",
    re.IGNORECASE,
)
_TIMES_THOUSAND = re.compile(r"[x×х*]\s?(?:€|\$|£|₽|EUR|USD|CHF)?\s?1[ .,'\u00a0]?000\b", re.IGNORECASE)
_IN_MILLIONS = re.compile(
    rf"(?<!\w){_MILLION}{_OF}{_MONEY}(?!\w)|(?<!\w){_MONEY}[\s(]*{_MILLION}(?!\w)|(?<!\w)mil\.?\s?(?:kč|czk|lei|ron|din)\b"
    r"|(?<!\w)m(?:€|eur|sek|nok|dkk|kr|nkr|ft|czk|pln)(?!\w)|\$\s?mm\b|"
    rf"(?<!\w){_IN}\s+(?-i:{_MILLION})(?!\w)|"
    r"(?:\bin|\bв|(?<!\d),|\()\s*(?:млн|millions?|mio|mln|(?-i:mn)\b)|(?:€|eur|usd|\$|£)\s?m\b",
    re.IGNORECASE,
)
_OTHER_UNITS = {
    **{"lakh": 100_000, "lac": 100_000, "crore": 10_000_000, "(cr": 10_000_000, "cr": 10_000_000},
    **{"千円": 1000, "千元": 1000, "万円": 10_000, "万元": 10_000, "百万円": 1_000_000, "億円": 100_000_000, "亿元": 100_000_000},
    **{"천원": 1000, "천 원": 1000, "만원": 10_000, "만 원": 10_000, "백만원": 1_000_000, "억원": 100_000_000},
}
_IN_OTHER_UNITS = re.compile(
    r"\b(?:lakhs?|crores?)\b|(?<=[₹(])\s?(?:cr|lacs?)\b\.?|(?:(?<=\bINR )|(?<=\brs )|(?<=\brs\. ))(?:cr|lacs?)\b|(?<=\bin )(?:lacs?|crs?)\b"
    r"|百万円|千円|万円|億円|千元|万元|亿元|백만원|[천만] ?원|억원",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def scale_in_text(text: str) -> int:
    """Give 1000, 1,000,000 or what Indian and East Asian units stand for where a text says that money is counted so, else 1."""
    if match := _IN_OTHER_UNITS.search(text):
        return _OTHER_UNITS[match[0].strip("() .").casefold().removesuffix("s")]
    if _IN_THOUSANDS.search(text) or _TIMES_THOUSAND.search(text):
        return 1000
    return 1_000_000 if _IN_MILLIONS.search(text) else 1


_NAMED_THOUSAND = re.compile(rf"(?<!\w)(?:{_THOUSAND}|teur|t€|k€|keur|k|['’]?000s?|1[. ]?000)(?!\w)", re.IGNORECASE)
_NAMED_MILLION = re.compile(rf"(?<!\w){_MILLION}(?!\w)", re.IGNORECASE)


def scale_named(text: str) -> int:
    """Give what a word for thousands or millions in a text stands for, whatever it is said of, else 1."""
    scale = scale_in_text(text)
    return scale if scale > 1 else 1000 if _NAMED_THOUSAND.search(text) else 1_000_000 if _NAMED_MILLION.search(text) else 1


def without_scale(text: str) -> str:
    """Give a text without its words for thousands and millions."""
    return _NAMED_MILLION.sub(" ", _NAMED_THOUSAND.sub(" ", text))
