"""Names of months and weekdays, quarters, halves and weeks, in the languages of the lexicon (Unicode CLDR)."""

from __future__ import annotations

import re
from functools import lru_cache

from core.sheets.reading.cldr import cldr_names
from core.sheets.reading.lexicon import normalise

_EXTRA = {
    1: "янв січ janv gen ene sty oca jän",
    2: "февр фев лют fevr fev lut sub",
    3: "мар бер mrt märz mrz mär",
    4: "апр кві avr abr kwi nis",
    5: "тра mai mag maj",
    6: "июн чер giu cze haz",
    7: "июл лип jly juil lug lip tem",
    8: "авг сер aout ago sie agu",
    9: "сент сен вер sept sep sett set wrz eyl",
    10: "окт жов okt ott out paz eki",
    11: "нояб ноя лис lis kas",
    12: "дек гру dez dic gru ara",
}
"""Abbreviations people use that CLDR does not list."""


@lru_cache(maxsize=1)
def month_names() -> dict[str, int]:
    """Give month number by folded name and abbreviation, in nominative and genitive."""
    names = {name: int(number) for name, number in cldr_names()["month"].items()}
    for number, words in _EXTRA.items():
        for word in words.split():
            names.setdefault(normalise(word), number)
    return names


def month_of_word(word: str) -> int | None:
    """Give the month that a word names, None for any other word."""
    return month_names().get(normalise(word).rstrip("."))


def is_weekday(word: str) -> bool:
    """Tell whether a word names a weekday, in full or short."""
    return normalise(word).rstrip(".") in cldr_names()["weekday"]


def without_weekday(text: str) -> str:
    """Drop the weekday that a date begins with (`za 7 maart 2026`, `Mon, 2 March`); a lone word stays."""
    first, _, rest = text.partition(" ")
    word = first.rstrip(".,")
    if not word.isalpha() or not any(char.isdigit() for char in rest):
        return text
    has_month = any(month_of_word(part.strip(".,")) for part in rest.split())
    has_day = re.match(r"\d{1,4}[./-]\d", rest) is not None and month_of_word(word) is None  # `Mar 2-8` is March, not a Tuesday
    return rest.strip() if (has_month or has_day) and normalise(word) in cldr_names()["weekday"] else text


_YEAR = r"[.'/ -]*(?P<year>(?:20)?\d{2})?"
_QUARTER_WORD = (
    r"(?:-?[йи]?\s*кв(?:\.|артал)?|q|quarter|\.?\s*quartal|(?:er|e|ème|\.?º|°|\.|do|ro|to)?\s*trim?(?:\.|estre)?|t"
    r"|\.?\s*çeyrek|\.?\s*kwartał|k(?:w|v)?\.?|\.?\s*kvart[aá]l\w{0,2}|\.?\s*negyedév)"
)
_WEEK_BEFORE = (
    r"(?:kws?|cw|wks?|weeks?|w|wochen?|semaines?|sem|s|v|veckor|vecka|нед(?:еля)?|неделя|тиждень|uge|semana|settimana|tydzień|tydz|hafta"
    r"|uke|týden|tyden|viikko|vko|hét|săptămâna)"
)
_WEEK_AFTER = r"(?:kw|sav\.?|näd\.?|ned\.?|нед(?:еля)?\.?|тиждень|hafta|week|tydzień|vecka|uke|týden|hét)"
QUARTER = re.compile(
    rf"^(?:(?P<a>[1-4])\s*{_QUARTER_WORD}|(?:q|кв\.?|квартал|quarter|quartal|trim\.?|trimestre|к|t|k|ç)\s*(?P<b>[1-4])|(?P<c>[1-4])\.\s*quartal)\s*{_YEAR}\s*(?:г\.?|год)?$",
    re.IGNORECASE,
)
HALF = re.compile(
    rf"^(?:h\s*(?P<a>[12])|(?P<b>[12])\s*(?:h|hj|-?[ео]?е?\s*полугодие|пг|пол\.|\.?\s*halbjahr|(?:er|e|ème|º|°|\.)?\s*semestre|\.?\s*halvår))\s*{_YEAR}$",
    re.IGNORECASE,
)
WEEK = re.compile(
    rf"^(?:{_WEEK_BEFORE}\.?\s*(?P<a>\d{{1,2}})|(?P<b>\d{{1,2}})\s*\.?\s*{_WEEK_AFTER})\s*(?:[./' -]\s*(?P<year>(?:20)?\d{{2}}))?$",
    re.IGNORECASE,
)
WEEKS = re.compile(
    rf"^{_WEEK_BEFORE}\.?\s*(?P<first>\d{{1,2}})\s*(?:[-–—/+&]|bis|to|till|tot|t/m|do|à|a|und|and|et|og|och|и|та|i)\s*(?:{_WEEK_BEFORE}\.?\s*)?(?P<last>\d{{1,2}})"
    rf"(?:\s*(?:[./' -]|\s)\s*(?P<year>20\d{{2}}|(?<=[/'])\d{{2}}))?$",
    re.IGNORECASE,
)
FISCAL = re.compile(
    r"^(?:(?P<p1>[QHT])\s?(?P<n1>[1-4])[\s,/-]*FY[\s'’-]?(?P<y1>(?:20)?\d{2}(?:[/-](?:20)?\d{2})?)"
    r"|FY[\s'’-]?(?P<y2>(?:20)?\d{2}(?:[/-](?:20)?\d{2})?)[\s,/-]*(?P<p2>[QHT])\s?(?P<n2>[1-4]))$",
    re.IGNORECASE,
)
WEEK_LIST = re.compile(rf"^{_WEEK_BEFORE}\.?\s*\d{{1,2}}(?:\s*[,;+&]\s*\d{{1,2}})+(?:\s*[./' ]\s*(?P<year>20\d{{2}}))?$", re.IGNORECASE)
ISO_WEEK = re.compile(r"^(?P<year>20\d{2})-?W(?P<week>\d{2})$", re.IGNORECASE)
WEEK_FROM = re.compile(
    r"^(?:w/c|w\.?c\.?|w c|(?:week|wk)\s+(?:comm(?:encing|\.)?|beginning|starting|of|from)|woche\s+(?:ab|vom|von)|semaine\s+du"
    r"|semana\s+del?|settimana\s+del|week\s+van|tydzień\s+od|týden\s+od|неделя\s+с|тиждень\s+з)(?:\s+|:\s*|$)",
    re.IGNORECASE,
)
"""What stands before the first day of a week, in a cell or as the head of a column of such days."""
WEEK_TO = re.compile(r"^(?:w/e|w\.?e\.?|w e|(?:week|wk)\s+end(?:ing|s)?|woche\s+bis|semaine\s+au|неделя\s+по)(?:\s+|:\s*|$)", re.IGNORECASE)
"""What stands before the last day of a week."""
HALF_MONTH = re.compile(
    r"^(?:(?:the\s+)?(?:(?P<one>first|1st|erste|première|1(?:ère|re|er|ª|a|\.|-я)?|primera|primeira|prima|первая|перша|pierwsza)"
    r"|(?P<two>second|2nd|zweite|deuxième|2(?:ème|de|nd|e|ª|a|\.|-я)?|segunda|seconda|вторая|друга|druga))\s*"
    r"(?:half|h|hälfte|quinzaine|quincena|quinzena|metà|половина|połowa))\s+(?:(?:of|de|di|des|von)\s+)?(?P<month>[^\W\d_]{3,}.*)$",
    re.IGNORECASE,
)
"""`1H March 2026`, `zweite Hälfte Mai`: the days to the 15th, or those from the 16th on."""
QUARTER_LETTERS = {"jfm": 1, "amj": 2, "jas": 3, "ond": 4}
"""Quarters by the first letters of their months, as plans of India name them."""
