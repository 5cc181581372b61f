"""Flights told in words (`mid June to end of July`, `первые две недели мая`), put into plain days and months."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from core.sheets.reading.lexicon import normalise
from core.sheets.reading.months import month_of_word

_SAID = {
    "begin": "beginn* start* begin anfang* debut* principio* inicio* comienzo* inizio comeco* начал* початк* початок"
    " poczat* borjan* bas* primo",
    "early": "early fruh* ранн*",
    "mid": "mid middle mitte mi milieu mediados meados medio midden halverwege середин* mitten orta*",
    "end": "end ende fin final* fine fim eind* конец конц* кінец* кінц* koniec konc* slut* son sonu sona ultimo",
    "late": "late spat*",
    "half": "half halves halfte* haelfte* quinzaine* quincena* quinzena* meta половин* połow* polow* helft halva* yari*",
    "decade": "декад* dekad*",
    "week": "week* wk wks woche* semaine* semana* settiman* недел* нед тижд* тижн* tydzien tygodn* vecka* vecko* weken hafta* uge* uke*",
    "first": "first 1st erst* premier* primer* primeir* prima prime perв* перв* перш* pierwsz* eerste* forsta ilk 1er 1ere 1я 1ша i",
    "second": "second 2nd zweite* deuxieme* segund* seconda втор* друг* drug* tweede andra ikinci 2e 2eme 2я 2га ii",
    "third": "third 3rd dritte* troisieme tercer* terza трет* trzeci* derde tredje ucuncu 3я iii",
    "last": "last letzt* dernier* ultima* последн* останн* ostatni* laatste sista",
    "2": "two zwei deux dos due duas две два дві dwa twee tva iki",
    "3": "three drei trois tres tre три trzy drie uc",
    "4": "four vier quatre cuatro quattro quatro четыре чотири cztery fyra dort",
    "whole": "whole all entire throughout during full ganz* gesamt* tout todo tutto цел* ціл* течени* весь протяг* продовж*"
    " cały caly hele hela tum",
    "from": "from since starting ab von vom с со з від от од od fran desde dal dalla da des vanaf du partir начиная",
    "until": "until till to by bis до по jusqu jusque hasta ate fino entro tot do zum",
    "": "of the in im der die den dem de del di d van i в у на за и la le les el los las il lo au a as os e en om av och month"
    " monat* mois mes mese месяц* місяц* maand ay ayin ayinin miesiac* manad г год* р рок*",
}
"""Words by what they say of a month, accents folded; a star stands for any ending. The words without a meaning only join others."""
_TOKEN = re.compile(r"\d+(?:-?[^\W\d_]{1,4})?|[^\W\d_]+")
_ENDS = re.compile(
    r"\s*[–—]\s*|\s+-\s+"
    r"|\s+(?:(?:up )?to|until|till|through|bis|au|à|al|a|tot|t/m|до|по|do|till|ate|até|hasta|fino)\s+(?:(?:à|al?|zum)\s+)?",
    re.IGNORECASE,
)
_LONG, _LONGEST = 12, 80
_COMPOUND = re.compile(r"\b([^\W\d_]{3,9})(wochen?|hälfte)\b", re.IGNORECASE)
_LASTING = re.compile(
    r"^(?P<count>\w+)\s+(?P<unit>[^\W\d_]+\.?)\s+"
    r"(?P<first>(?:from|starting|ab|à partir du|desde|dal|vanaf|с|з|od|från)\s.+)$",
    re.I,
)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_FIRST_DAYS = {"half": (1, 16, 31), "decade": (1, 11, 21), "week": (1, 8, 15)}


@dataclass(frozen=True, slots=True)
class Told:
    """A flight in words as plain text.

    Attributes:
        text: what it says in days and months (`15 June - July 2026`).
        open: the end that it leaves open: `start` for what runs until a day, `end` for what runs from one on.
        vague: the words give a day only about (`mid June` is read as the 15th).
    """

    text: str
    open: str = ""
    vague: bool = False


@dataclass(slots=True)
class _Words:
    """The words of one end of a flight by what they say."""

    said: set[str] = field(default_factory=set)
    month: int | None = None
    year: str = ""
    count: int | None = None


@lru_cache(maxsize=4096)
def in_plain_days(text: str) -> Told | None:
    """Give what a flight in words says in days and months; None for texts of other words and where no day follows from them.

    `end of May` alone names no days, nor does `until early July`: such texts stay unread.
    """
    if len(text) > _LONGEST or not any(map(month_of_word, re.findall(r"[^\W\d_]{3,}", _COMPOUND.sub(r"\1 \2", text)))):
        return None
    if (lasting := _LASTING.match(text)) and (count := _count(lasting["count"])) and _said(normalise(lasting["unit"])) == "week":
        return Told(f"{lasting['first']}, {count} weeks")
    ends = [end for end in _ENDS.split(text.strip()) if end.strip()]
    if len(ends) == 2:
        return _between(ends[0], ends[1])
    words = _words(text) if len(ends) == 1 else None
    return None if words is None or words.month is None else _part_of_month(words) or _open(words)


def _count(word: str) -> int | None:
    said = word if word.isdigit() else _said(normalise(word)) or ""
    return int(said) if said.isdigit() and 1 <= int(said) <= 26 else None


@lru_cache(maxsize=2048)
def _said(word: str) -> str | None:
    """Give what a word says; None for a word that says nothing of days."""
    for said, terms in _SAID.items():
        if any(word.startswith(t[:-1]) and len(word) <= _LONG if t.endswith("*") else word == t for t in terms.split()):
            return said
    return None


def _words(text: str) -> _Words | None:
    """Sort the words of one end; None where any of them says nothing of days."""
    found = _Words()
    for token in _TOKEN.findall(normalise(_COMPOUND.sub(r"\1 \2", text))):
        word = token.replace("-", "")
        if re.fullmatch(r"20\d\d", word) and not found.year:
            found.year = word
        elif (said := _said(word)) is not None and not (said and found.month is None and month_of_word(word)):
            found.said |= {said} - {""}
            found.count = int(said) if said.isdigit() else found.count
        elif found.month is None and (month := month_of_word(word)):
            found.month = month
        elif word.isdigit() and found.count is None and 1 <= int(word) <= 4:
            found.count = int(word)
        else:
            return None
    return found


def _part_of_month(words: _Words) -> Told | None:
    """Give the days of a half, a third (`декада`) or some weeks of a month, or all of it."""
    said, month = words.said - {"from", "in"}, _MONTHS[(words.month or 1) - 1]
    unit = next((u for u in _FIRST_DAYS if u in said), None)
    if unit is None:
        return Told(f"{month} {words.year}".strip()) if said == {"whole"} else None
    order = next((o for o in ("first", "second", "third", "last") if o in said), None)
    if said - {unit, order, "2", "3", "4"} or (order is None and (unit == "week" or words.count is None)):
        return None
    if order is None or (unit != "week" and words.count):
        order, words.count = ("first", "second", "third")[min(words.count or 1, 3) - 1], None
    count = words.count or 1
    if order == "last" and unit == "week":
        return Told(f"{_last_day(words.month) - 7 * count + 1} {month} - {month} {words.year}".strip(), vague=True)
    starts = _FIRST_DAYS[unit]
    at = starts.index(max(s for s in starts if s < 31)) if order == "last" else ("first", "second", "third").index(order)
    first = starts[at]
    if first == 31:
        return None
    last = first + 7 * count - 1 if unit == "week" else starts[at + 1] - 1 if at < 2 else 31
    end = f"{last} {month}" if last < (28 if unit == "week" else 30) else month
    return Told(f"{first} {month} - {end} {words.year}".strip(), vague=unit == "week" and (order, count) != ("first", 2))


def _last_day(month: int | None) -> int:
    return 28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def _between(first: str, last: str) -> Told | None:
    """Give the days from one end to another, of which one at least is told in words."""
    one, two = _words(first), _words(last)
    month = two.month if two else None
    start, vague = _start(first, one, month)
    end, vague_too = _end(last, two)
    if not start or not end or not (start != first.strip() or end != last.strip()):
        return None
    return Told(f"{start} - {end}", vague=vague or vague_too)


def _start(text: str, words: _Words | None, other: int | None) -> tuple[str, bool]:
    """Give the first day that an end names and whether it is one only about; an empty text where it names none."""
    said = (words.said if words else set()) - {"from"}
    month = (words.month if words else None) or (other if said else None)
    if words is None or not said:
        return text.strip(), False
    name = f"{_MONTHS[month - 1]} {words.year}".strip() if month else ""
    if said <= {"begin", "early", "first"} and name:
        return f"1 {name}", said == {"early"}
    if said <= {"mid", "half"} and words.count is None and name:
        return f"15 {name}", True
    return (f"16 {name}", False) if said == {"second", "half"} and name else ("", False)


def _end(text: str, words: _Words | None) -> tuple[str, bool]:
    """Give the last day that an end names and whether it is one only about; an empty text where it names none."""
    said = (words.said if words else set()) - {"until", "from"}
    if words is None or not said:
        return text.strip(), False
    name = f"{_MONTHS[words.month - 1]} {words.year}".strip() if words.month else ""
    if said <= {"end", "late", "last"} and name:
        return name, said == {"late"}
    if said <= {"mid", "half"} and words.count is None and name:
        return f"15 {name}", True
    return (f"15 {name}", False) if said == {"first", "half"} and name else ("", False)


def _open(words: _Words) -> Told | None:
    """Give the one day from which on, or to which, something runs."""
    for side, ends, read in (("end", "from", _start), ("start", "until", _end)):
        if ends in words.said and (day := read("", words, words.month) if read is _start else _end("", words))[0]:
            return Told(day[0], side, day[1])
    return None
