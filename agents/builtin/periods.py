"""Finds periods in a sentence: `Q1`, `Jan–Mar`, `nächsten Monat`, `second half of 2026`, and gives whole days."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.model.flight import Period, months_between


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """A period as said: from the first month to the last within `year` (None where it was not said), or a week or some days of them.

    Attributes:
        week: ISO week of the year.
        days: first day in the first month and last day in the last.
        reach: `until` or `since` where only the other end was said.
    """

    start: int
    end: int
    first_month: int
    last_month: int
    year: int | None
    week: int | None = None
    days: tuple[int, int] | None = None
    reach: str = ""


MONTH_NAMES = {
    name: number
    for number, names in enumerate(
        (
            "january januar jänner jan", "february februar feber feb", "march märz maerz mär mrz mar", "april apr", "may mai",
            "june juni jun", "july juli jul", "august aug", "september sept sep",
            "october oktober okt oct", "november nov", "december dezember dez dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NAME = "|".join(sorted(MONTH_NAMES, key=len, reverse=True))
_YEAR = r"(?:\s*,?\s*(?:of\s+|von\s+)?(?P<{0}>20\d\d)|\s*['’](?P<{0}s>\d\d)\b)?"
_RANGE = re.compile(
    rf"\b(?P<first>{_NAME})\b\.?{_YEAR.format('fy')}\s*(?:-|–|—|\bto\b|\bbis\b|\bthrough\b|\buntil\b|\btill\b)\s*"
    rf"(?:ende?\s+|(?:the\s+)?end\s+of\s+)?(?P<last>{_NAME})\b\.?{_YEAR.format('ly')}",
    re.IGNORECASE,
)
_LIST = re.compile(
    rf"\b(?P<first>{_NAME})\b\.?\s*(?:,?\s*(?:{_NAME})\b\.?\s*)*(?:,|and|und|&|\+)*\s*"
    rf"(?:and\s+|und\s+)?(?P<last>{_NAME})\b\.?{_YEAR.format('ly')}",
    re.IGNORECASE,
)
_MONTH = re.compile(rf"\b(?P<first>{_NAME})\b\.?{_YEAR.format('ly')}", re.IGNORECASE)
_QUARTER = re.compile(
    r"\b(?:q\s?(?P<q>[1-4])|(?P<q2>[1-4])\.\s?quartal|"
    r"(?P<w>first|second|third|fourth|last|erstes?n?|zweites?n?|drittes?n?|viertes?n?)\s+(?:quarter|quartal))\b"
    r"(?:\s*(?:-|–|to|bis|and|und|&|\+)\s*q\s?(?P<to>[1-4])\b)?" + _YEAR.format("ly"),
    re.IGNORECASE,
)
_HALF = re.compile(
    r"\b(?:h(?P<h>[12])|(?P<h2>[12])\.\s?(?:halbjahr|hj)|"
    r"(?P<w>first|second|erstes?n?|zweites?n?)\s+(?:half(?:\s+of\s+the\s+year)?(?!\s+of\s+the\s+(?:budget|money))|halbjahr))\b"
    + _YEAR.format("ly"),
    re.IGNORECASE,
)
_DAYS = re.compile(
    rf"\b(?P<m1>{_NAME})\.?\s+(?P<d1>[0-3]?\d)(?:st|nd|rd|th)?\s*(?:-|–|—|to|until|till|"
    rf"through)\s*(?:(?P<m2>{_NAME})\.?\s+)?(?P<d2>[0-3]?\d)"
    rf"(?:st|nd|rd|th)?\b(?!\s?(?:%|k\b)){_YEAR.format('ly')}",
    re.IGNORECASE,
)
_DATES = re.compile(
    r"\b(?P<d1>[0-3]?\d)\.(?P<m1>[01]?\d)\.?(?:20\d\d)?\s*(?:-|–|bis)\s*(?P<d2>[0-3]?\d)\.(?P<m2>[01]?\d)\.(?P<ly>20\d\d)?", re.IGNORECASE
)
_WEEK = re.compile(
    r"\b(?:kw|cw|week|woche|kalenderwoche|calendar week)\s?(?:no\.?\s?)?(?P<w>[0-5]?\d)\b(?:\s*(?:/|of|,)?\s*(?P<ly>20\d\d)\b)?",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(?P<y>20\d\d)-(?P<m>0[1-9]|1[0-2])\b(?:\s*(?:-|–|to|bis)\s*(?P<y2>20\d\d)-(?P<m2>0[1-9]|1[0-2])\b)?")
_RELATIVE = re.compile(
    r"\b(?P<which>next|this|current|last|previous|coming|"
    r"nächste[nrs]?|naechste[nrs]?|diese[nrsm]?|kommende[nrs]?|letzte[nrs]?|laufende[nrs]?|vorige[nrs]?)\s+"
    r"(?P<unit>month|quarter|year|monats?|quartals?|jahr(?:es)?)\b",
    re.IGNORECASE,
)
_FULL_YEAR = re.compile(
    r"\b(?:(?:the\s+)?(?:whole|full|entire)\s+year|ganzes?\s+jahr|ganze\s+jahr|gesamtes?\s+jahr|gesamtjahr|(?:for|over|across|throughout)\s+the\s+year|"
    r"(?:übers|fürs|über\s+das|für\s+das|im\s+ganzen)\s+jahr|year)\s*(?P<y>20\d\d)?\b|"
    r"\b(?:in|for|für|of|jahr|im jahr|plan\w*|budget|etat)\s+(?P<y2>20\d\d)\b",
    re.IGNORECASE,
)
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6}
_MONTHS_LONG = re.compile(
    rf"\b(?:(?P<next>(?:the |die |den )?(?:next|coming|nächsten?|kommenden?)\s+))?(?P<n>\d|1[0-2]|{'|'.join(_COUNTS)})\s+"
    r"(?:months|monaten?|monate)\b"
    rf"(?:\s+(?:starting|from|beginning|ab|von|beginnend)(?:\s+(?:in|from|with|mit|ab|im))?\s+(?P<first>{_NAME})\b\.?{_YEAR.format('ly')})?",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:(?:until|till|up to|through to|bis(?: zum| einschließlich| inklusive)?)\s+(?:the |mit )?(?:end(?:e)?(?: of| von)? )?|"
    r"(?:by|before) (?:the )?end of |vor ende |bis mitte )$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:ab(?: anfang| beginn)?|starting(?: in| from| with)?|beginning(?: in)?|as of|since|seit)\s+$", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|nach)\s+(?:the end of |ende )?$", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:before|vor)\s+(?:the start of |anfang )?$", re.IGNORECASE)
_ONWARDS = re.compile(r"\s+(?:onwards?|and later|und später|on(?=\s*(?:$|[,.;])))", re.IGNORECASE)
_ONWARDS_LED = re.compile(r"\s+(?:onwards?|on)\b", re.IGNORECASE)
_ORDINALS = {"f": 1, "e": 1, "s": 2, "z": 2, "t": 3, "d": 3, "v": 4, "l": 4}


def find_periods(text: str, today: date) -> list[PeriodMention]:
    """Give every period said, in order; the longer reading wins where two overlap."""
    found = [*_quarters(text), *_halves(text), *_iso(text), *_month_names(text), *_relative(text, today), *_years(text), *_dated(text)]
    found += _months_long(text, today)
    found.sort(key=lambda p: (-(p.end - p.start), p.start))
    kept: list[PeriodMention] = []
    for mention in found:
        if all(mention.end <= other.start or mention.start >= other.end for other in kept):
            kept.append(mention)
    return [_reaching(mention, text) for mention in sorted(kept, key=lambda p: p.start)]


def _reaching(mention: PeriodMention, text: str) -> PeriodMention:
    """`until the end of June`, `ab März`, `from May onwards` say one end only."""
    until, since = _UNTIL.search(text[: mention.start]), _SINCE.search(text[: mention.start])
    led = re.search(r"\bfrom\s+$", text[: mention.start], re.IGNORECASE)
    onwards = (_ONWARDS_LED if led else _ONWARDS).match(text, mention.end)
    if until is not None:
        return replace(mention, start=until.start(), reach="until")
    after, before = _AFTER.search(text[: mention.start]), _BEFORE.search(text[: mention.start])
    if (after or before) and mention.week is None and mention.days is None:
        return _beyond(mention, after.start() if after else -1, before.start() if before else -1)
    if since is not None or onwards is not None:
        return replace(
            mention, start=since.start() if since else mention.start, end=onwards.end() if onwards else mention.end, reach="since"
        )
    return mention


def _beyond(mention: PeriodMention, after: int, before: int) -> PeriodMention:
    """`after January` is from February on, `before March` until February."""
    month = mention.last_month % 12 + 1 if after >= 0 else (mention.first_month - 2) % 12 + 1
    turns = (after >= 0 and month == 1) - (after < 0 and month == 12)
    year = None if mention.year is None else mention.year + turns
    reach = "since" if after >= 0 else "until"
    return replace(mention, start=max(after, before), first_month=month, last_month=month, year=year, reach=reach)


def _months_long(text: str, today: date) -> list[PeriodMention]:
    """`3 months from January`, `the next two months`."""
    found = []
    for m in _MONTHS_LONG.finditer(text):
        count = int(m["n"]) if m["n"].isdigit() else _COUNTS[m["n"].lower()]
        if (m["first"] or m["next"]) and count in range(1, 13):
            first = MONTH_NAMES[m["first"].lower()] if m["first"] else today.month % 12 + 1
            year = _year(m) or (None if m["first"] else today.year + (first <= today.month))
            found.append(PeriodMention(m.start(), m.end(), first, (first + count - 2) % 12 + 1, year))
    return found


def resolve_period(mention: PeriodMention, *, known: Sequence[Period], today: date) -> Period:
    """Give the days. Without a year: the plan's year that holds the months, else the next time they come.

    Where one end was not said it is the plan's, or without a plan this month's first day and the year's last.
    """
    if mention.reach:
        said = resolve_period(replace(mention, reach=""), known=known, today=today)
        if mention.reach == "until":
            begins = min((p.start for p in known if p.start.year > 1), default=today.replace(day=1))
            return Period(min(begins, said.start), said.end)
        return Period(said.start, max([p.end for p in known if p.end >= said.start] or [date(said.start.year, 12, 31)]))
    dated = [p for p in known if p.start.year > 1]
    if (mention.first_month, mention.last_month, mention.year, mention.week) == (1, 12, None, None) and dated:
        whole = Period(min(p.start for p in dated), max(p.end for p in dated))
        if whole.days in range(360, 372):  # `for the year` of a plan from July to June
            return whole
    if mention.week is not None:
        return _week(mention.week, mention.year, known, today)
    year = mention.year
    if year is None:
        wanted = range(mention.first_month, mention.last_month + 1) if mention.first_month <= mention.last_month else (mention.first_month,)
        years = sorted({month.start.year for p in known for month in months_between(p.start, p.end) if month.start.month in wanted})
        year = years[0] if years else today.year + (mention.last_month < today.month)
    end_year = year if mention.last_month >= mention.first_month else year + 1
    last_day = calendar.monthrange(end_year, mention.last_month)[1]
    if mention.days is not None:
        first, last = mention.days
        return Period(date(year, mention.first_month, first), date(end_year, mention.last_month, min(last, last_day)))
    return Period(date(year, mention.first_month, 1), date(end_year, mention.last_month, last_day))


def _week(week: int, year: int | None, known: Sequence[Period], today: date) -> Period:
    years = [year] if year is not None else sorted({p.start.year for p in known} | {p.end.year for p in known}) or [today.year]
    found = [Period(monday, monday + timedelta(days=6)) for y in years for monday in [date.fromisocalendar(y, min(max(week, 1), 52), 1)]]
    return next((p for p in found if any(k.start <= p.end and p.start <= k.end for k in known)), found[0])


def _dated(text: str) -> list[PeriodMention]:
    found = [
        PeriodMention(m.start(), m.end(), 1, 12, _plain_year(m), week=int(m["w"]))
        for m in _WEEK.finditer(text)
        if int(m["w"]) in range(1, 54)
    ]
    for m in _DAYS.finditer(text):
        first = MONTH_NAMES[m["m1"].lower()]
        last = MONTH_NAMES[m["m2"].lower()] if m["m2"] else first
        if 1 <= int(m["d1"]) <= 28 + 3 * (first != 2) and 1 <= int(m["d2"]) <= 31:
            found.append(PeriodMention(m.start(), m.end(), first, last, _year(m), days=(int(m["d1"]), int(m["d2"]))))
    for m in _DATES.finditer(text):
        if (
            all(1 <= int(m[name]) <= 12 for name in ("m1", "m2"))
            and all(1 <= int(m[name]) <= 28 for name in ("d1",))
            and 1 <= int(m["d2"]) <= 31
        ):
            found.append(PeriodMention(m.start(), m.end(), int(m["m1"]), int(m["m2"]), _plain_year(m), days=(int(m["d1"]), int(m["d2"]))))
    return found


def _plain_year(match: re.Match[str]) -> int | None:
    return int(match["ly"]) if match["ly"] else None


def _year(match: re.Match[str], name: str = "ly") -> int | None:
    if match[name]:
        return int(match[name])
    return 2000 + int(match[name + "s"]) if match[name + "s"] else None


def _quarters(text: str) -> list[PeriodMention]:
    found = []
    for m in _QUARTER.finditer(text):
        first = int(m["q"] or m["q2"] or _ORDINALS[m["w"][0].lower()])
        last = int(m["to"] or first)
        found.append(PeriodMention(m.start(), m.end(), first * 3 - 2, last * 3, _year(m)))
    return found


def _halves(text: str) -> list[PeriodMention]:
    found = []
    for m in _HALF.finditer(text):
        half = int(m["h"] or m["h2"] or _ORDINALS[m["w"][0].lower()])
        found.append(PeriodMention(m.start(), m.end(), half * 6 - 5, half * 6, _year(m)))
    return found


def _iso(text: str) -> list[PeriodMention]:
    return [PeriodMention(m.start(), m.end(), int(m["m"]), int(m["m2"] or m["m"]), int(m["y"])) for m in _ISO.finditer(text)]


def _month_names(text: str) -> list[PeriodMention]:
    found = []
    for pattern in (_RANGE, _LIST, _MONTH):
        for m in pattern.finditer(text):
            groups = m.groupdict()
            if pattern is _MONTH and _is_ordinary_word(m, text):
                continue
            first = MONTH_NAMES[m["first"].lower()]
            last = MONTH_NAMES[(groups.get("last") or m["first"]).lower()]
            year = (_year(m, "fy") if pattern is _RANGE else None) or _year(m)
            if year is not None and last < first and pattern is _RANGE and not m["fy"] and not m["fys"]:
                year -= 1  # "Nov to Jan 2027" starts in 2026
            found.append(PeriodMention(m.start(), m.end(), first, last, year))
    return found


def _is_ordinary_word(match: re.Match[str], text: str) -> bool:
    """`may` and `mar` without a capital are rarely months unless `in` or `for` stands before."""
    word = match["first"]
    before = text[: match.start()].lower().rstrip().rsplit(" ", 1)[-1]
    led = before in (
        "in",
        "for",
        "im",
        "für",
        "until",
        "bis",
        "from",
        "ab",
        "to",
        "of",
        "ende",
        "till",
        "by",
        "since",
        "during",
        "through",
        "next",
        "mid",
        "early",
        "late",
    )
    return word in ("may", "mar", "dec", "sep") and not led and not (match["ly"] or match["lys"])


def _relative(text: str, today: date) -> list[PeriodMention]:
    found = []
    for m in _RELATIVE.finditer(text):
        word, unit = m["which"].lower(), m["unit"].lower()[0]
        step = 1 if word[0] in "nck" and word != "current" else -1 if word[:4] in ("last", "prev", "letz", "vori") else 0
        if unit == "m":
            index = today.year * 12 + today.month - 1 + step
            found.append(PeriodMention(m.start(), m.end(), index % 12 + 1, index % 12 + 1, index // 12))
        elif unit == "q":
            index = today.year * 4 + (today.month - 1) // 3 + step
            found.append(PeriodMention(m.start(), m.end(), index % 4 * 3 + 1, index % 4 * 3 + 3, index // 4))
        else:
            found.append(PeriodMention(m.start(), m.end(), 1, 12, today.year + step))
    return found


def _years(text: str) -> list[PeriodMention]:
    found = []
    for m in _FULL_YEAR.finditer(text):
        year = m["y"] or m["y2"]
        if year or "year" not in m[0].lower() or m[0].lower() != "year":
            found.append(PeriodMention(m.start(), m.end(), 1, 12, int(year) if year else None))
    return found
