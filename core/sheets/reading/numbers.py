"""Numbers written as text, in every notation: what they can mean, and which of two meanings a column settles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from core.sheets.reading.currency import currency_in_text
from core.sheets.reading.lexicon import coverage, senses

DecimalMark = Literal[".", ","]

_SCALES: dict[str, int] = {
    **dict.fromkeys(
        ("k", "tsd", "tsd.", "тыс", "тыс.", "тис", "тис.", "tys", "tys.", "mil", "bin", "th", "thousand", "tsek", "tkr", "к"), 1000
    ),
    **dict.fromkeys(
        (
            "m",
            "mio",
            "mio.",
            "mln",
            "mln.",
            "млн",
            "млн.",
            "mn",
            "mn.",
            "million",
            "millionen",
            "millions",
            "mm",
            "mill",
            "mill.",
            "milj",
            "milyon",
        ),
        1_000_000,
    ),
    **dict.fromkeys(("tis", "tis.", "mila", "ezer", "т.", "nghìn", "千", "천"), 1000),
    **dict.fromkeys(("mi", "mil.", "milhões", "milhoes", "milioni", "millones", "miljoen", "miljoner", "triệu", "百万"), 1_000_000),
    **dict.fromkeys(("万", "萬", "만"), 10_000),
    **dict.fromkeys(("亿", "億", "억"), 100_000_000),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs"), 100_000),
    **dict.fromkeys(("cr", "cr.", "crore", "crores"), 10_000_000),
    **dict.fromkeys(("mrd", "mrd.", "млрд", "млрд.", "bn", "billion"), 1_000_000_000),
}
_SCALED_SIGN = re.compile(r"([kKmMкКtT])(€|\$|£|₽|EUR|USD|GBP|CHF|SEK|RUB)")
_SCALED_WORDS = {"eft": ("HUF", 1000), "mft": ("HUF", 1_000_000), "mkr": ("", 1_000_000), "mnkr": ("", 1_000_000)}
_MIL_IS_MILLION = frozenset({"CZK", "RON", "RSD", "MKD"})
"""Currencies of languages in which `mil` is a million; in Spanish, Portuguese and Turkish it is a thousand."""
_EASTERN_SCALE = re.compile(r"百万|[千万萬亿億천만억]")
_DOLLAR_OF = re.compile(r"\$\s?(CA|US|AU|NZ|HK|SG)\b")
_VAT_RATE = re.compile(r"(?<=\D)\s\d{1,2}(?:[.,]\d)?\s?%(?=\s*[^\W\d])")
_SIGN_SCALES = {"k": 1000, "к": 1000, "t": 1000, "т": 1000, "m": 1_000_000, "м": 1_000_000}
_PLAIN = re.compile(r"^\d+$")
_NUMERAL = re.compile(r"\d[\d.,'’ ]*\d|\d")
_CREDIT = re.compile(r"^([^\W\d]{1,3}|[^\w\s(]{1,3})\s*\(([\d.,'’ ]*\d)\)$")
"""A negative amount as accounts write it, its currency before the bracket: `$ (1,250.00)`."""
_SIGN_AND_DASH = re.compile(r"(?:(?P<before>\S{1,4})\s*)?[-–—]\s*(?P<after>\S{1,4})?")
_FOOTNOTE = re.compile(r"(?<=[\d\s%€$£])(?:[¹²³⁴-⁹†‡§]+|(?<=\d)\s+\d\))$")
_REMARK = re.compile(r"(?P<number>.*\d\S*?(?:\s\S{1,4})?)\s*[(\[](?P<words>[^()\[\]\d]{2,}|\d)[)\]]")
_ROUGHLY = re.compile(r"^[~≈±]\s*(?P<number>.+)$")
"""Signs before an amount that is meant roughly (`~$5,000`)."""
_WITH_SHARE = re.compile(
    r"(?P<share>\d{1,3}(?:[.,]\d+)?\s?%)\s*(?:[(\[](?P<inside>.+)[)\]]|[/|–—-]\s*(?P<behind>.+))"
    r"|(?P<before>.+?)\s*(?:[(\[]\s*(?P<within>\d{1,3}(?:[.,]\d+)?\s?%)\s*[)\]]|[/|]\s*(?P<after>\d{1,3}(?:[.,]\d+)?\s?%))"
)
"""An amount with its share of the whole: `40% ($4,000)`, `$4,000 (40%)`."""
_SHORT_SPANS = re.compile(r"(?:/|per|a)\s?(?:mo|mth|mnth|month|wk|week|qtr|quarter|day)s?\.?|p\.?\s?c?\.?m\.?", re.IGNORECASE)
_AMOUNT = re.compile(r"\d{5}|(?<!\d)(?!(?:19|20)\d\d)\d{3,4}(?!\d)|\d[.,'’ ]\d|\d\s?[kKmM]\b")
"""What looks like an amount rather than a year, a length or a count of few."""
_NO_PAISE = re.compile(r"(?<=\d)\s?/[-=]$")
"""What Indian amounts end with where they have no paise: `1,25,000/-`."""
_KOPECKS = re.compile(r"^(\d{1,3}(?: \d{3})+)-(\d\d)(?![\d-])")
"""Roubles and kopecks as Russian bookkeepers part them: `125 340-50`."""
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\u2008\u200a\u3000"), " ")
PLACEHOLDERS = frozenset(
    {
        "",
        "-",
        "–",
        "—",
        "/-/",
        "--",
        "---",
        "n/a",
        "na",
        "n.a.",
        "#",
        "x",
        "х",
        "tbd",
        "tba",
        "tbc",
        "н/д",
        "нет",
        "нд",
        "−",
        ".",
        "…",
        "...",
    }
)

PENDING = frozenset({"tbd", "tba", "tbc"})
"""Placeholders that say an amount is still to come."""
_SPANS = frozenset({"day", "week", "month", "quarter", "daily", "weekly", "monthly", "quarterly"})
_TOLD = frozenset({"vat_excl", "vat_incl", "net", "gross", "per_period"})


@dataclass(frozen=True, slots=True)
class NumberText:
    """What a text can mean as a number.

    Attributes:
        point, comma: the value when `.` or `,` is the decimal mark; None where the text is no number under that reading.
        currency: ISO code that the text itself names. scale: 1000 for `k` or `тыс.`, already multiplied in.
        told: what words beside an amount of money say about it (`+ VAT`, `net`, `/month`): keys of the lexicon's class `mod`.
        remark: other words in brackets behind it (`tbc`), which say nothing of how much it is.
    """

    point: Decimal | None
    comma: Decimal | None
    currency: str | None = None
    percent: bool = False
    scale: int = 1
    told: frozenset[str] = frozenset()
    remark: str = ""

    @property
    def is_ambiguous(self) -> bool:
        return self.point is not None and self.comma is not None and self.point != self.comma

    @property
    def only(self) -> Decimal | None:
        """Give the value where there is just one reading."""
        if self.is_ambiguous:
            return None
        return self.point if self.point is not None else self.comma

    def under(self, mark: DecimalMark | None) -> Decimal | None:
        """Give the value under a decimal mark, or the only one."""
        if not self.is_ambiguous:
            return self.only
        return {".": self.point, ",": self.comma, None: None}[mark]


def _split(body: str, decimal: str, thousands: str) -> Decimal | None:
    """Read digits under one convention; None where the grouping is wrong for it."""
    if body.count(decimal) > 1:
        return None
    whole, _, fraction = body.partition(decimal)
    if fraction and not _PLAIN.match(fraction):
        return None
    for mark in (thousands, "'", "’", " "):
        if mark not in whole:
            continue
        head, *groups = whole.split(mark)
        last_ok = (
            len(groups[-1]) == 3
            and all(len(g) in (2, 3) for g in groups)
            and (len({len(g) for g in groups}) == 1 or all(len(g) == 2 for g in groups[:-1]))
        )
        is_loose = mark == thousands and len(groups) == 1 and not fraction  # `12500,505`: three decimals, or a mark that was forgotten
        if not head or (len(head) > 3 and not is_loose) or (head.startswith("0")) or not last_ok:
            return None
        whole = head + "".join(groups)
    if whole and not _PLAIN.match(whole):
        return None
    return Decimal(f"{whole or '0'}.{fraction or '0'}") if whole or fraction else None


def _strip_sign(text: str) -> tuple[str, int]:
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), -1
    if text.endswith("-") and text[:1].isdigit() and not text.endswith((",-", ".-", "--")):
        return text[:-1].strip(), -1
    for minus in ("-", "−", "–"):
        if text.startswith(minus) and len(text) > 1:
            return text[1:].strip(), -1
    return text.removeprefix("+").strip(), 1


@lru_cache(maxsize=32768)
def read_number(text: str) -> NumberText | None:
    """Read a text as a number with its currency, percent sign and scale; None when it is none.

    `1.000` keeps both readings; `1.000.000` or `12,5` have one. A text with other words in it is no number.
    """
    clean = unicodedata.normalize("NFKC", _FOOTNOTE.sub("", text.translate(_SPACES))).replace("\u2212", "-").strip()
    if not clean or len(clean) > 40 or not any(char.isdigit() for char in clean):
        return None
    clean = clean[2:-2].strip() if clean.startswith("**") and clean.endswith("**") else clean  # bold in a table of Markdown
    clean = "".join(str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char for char in clean)
    return _read(clean) or _with_remark(clean) or _roughly(clean) or _with_share(clean)


def _roughly(clean: str) -> NumberText | None:
    """Read an amount that is meant roughly (`~$5,000`, `$3,500+`)."""
    before = _ROUGHLY.match(clean)
    body = before["number"] if before else clean.removesuffix("+").strip()
    number = _read(body) if body != clean else None
    return replace(number, remark=clean.replace(body, "").strip()) if number is not None and _says_amount(number, body) else None


def _with_share(clean: str) -> NumberText | None:
    """Read an amount that stands beside its share of the whole."""
    found = _WITH_SHARE.fullmatch(clean)
    body = next((found[name] for name in ("inside", "behind", "before") if found[name]), "") if found else ""
    number = _read(body.strip()) if body else None
    if found is None or number is None or number.percent or not _says_amount(number, body):
        return None
    return replace(number, remark=found["share"] or found["within"] or found["after"])


def _says_amount(number: NumberText, text: str) -> bool:
    return number.currency is not None or _AMOUNT.search(text) is not None


def _with_remark(clean: str) -> NumberText | None:
    """Read a number with a remark in brackets behind it; a small whole number alone (`30 (TVC)`) counts something else."""
    behind = _REMARK.fullmatch(clean)
    number = _read(behind["number"]) if behind else None
    if behind is None or number is None or not _says_amount(number, behind["number"]):
        return None
    return replace(number, remark=behind["words"])


def _read(clean: str) -> NumberText | None:
    clean = _CREDIT.sub(r"-\1\2", _DOLLAR_OF.sub(r"\1$", clean))
    clean, sign = _strip_sign(_KOPECKS.sub(r"\1,\2", _NO_PAISE.sub("", clean.removeprefix("'"))))
    found = list(_NUMERAL.finditer(clean))
    if len(found) == 2:
        clean = _VAT_RATE.sub("", clean)  # `zzgl. 19% MwSt.`
    found = list(_NUMERAL.finditer(clean))
    if len(found) != 1:
        return None
    before, body, after = clean[: found[0].start()].strip(), found[0].group().strip(), clean[found[0].end() :].strip()
    if before.endswith((",", ".")) and not before[:-1].strip():
        body, before = before[-1] + body, ""
    for mark in ",.":
        if after.startswith((f"{mark}-", f"{mark}–", f"{mark}—")):
            body, after = f"{body}{mark}00", after[1:].lstrip("-–—")
    affixes = _affixes(before, after, is_amount=bool(_AMOUNT.search(body)))
    if affixes is None:
        return None
    currency, percent, scale, negative, told = affixes
    factor = (-1 if negative else sign) * scale
    point, comma = _split(body, ".", ","), _split(body, ",", ".")
    if point is None and comma is None:
        return None
    return NumberText(_scaled(point, factor, percent), _scaled(comma, factor, percent), currency, percent, scale, told)


def _scaled(value: Decimal | None, factor: int, percent: bool) -> Decimal | None:
    return None if value is None else value * factor / (100 if percent else 1)


def _affixes(before: str, after: str, *, is_amount: bool) -> tuple[str | None, bool, int, bool, frozenset[str]] | None:
    """Explain what stands before and after the digits: currency, percent, scale, minus, basis; None when something is left over."""
    left: list[str] = []
    currency: str | None = None
    percent = negative = False
    scale = 1
    for part in (before, after):
        rest = part.strip()
        if rest.endswith("-") or rest.startswith("-"):
            negative = part is before
            rest = rest.strip("-").rstrip(",.").strip()
        rest = _EASTERN_SCALE.sub(r" \g<0> ", re.sub(r"(?<=[^\W\d]\.)(?=[^\W\d])", " ", rest.replace("/", " /")))
        for piece in rest.split():
            if piece == "%":
                percent = True
            elif piece.casefold() in _SCALES and part is not before:
                scale *= _SCALES[piece.casefold()]
            elif (code := currency_in_text(piece, whole=True)) is not None or (piece == "R" and part is before):
                currency = "ZAR" if code is None else code  # `R 2 850`: rands
            elif piece.casefold() in _SCALED_WORDS and part is not before:
                currency, scale = _SCALED_WORDS[piece.casefold()]
            elif (match := _SCALED_SIGN.fullmatch(piece)) and (code := currency_in_text(match[2], whole=True)) is not None:
                currency, scale = code, scale * _SIGN_SCALES[match[1].casefold()]
            elif piece in {",-", ".-", ",–", ".–", "*", "**", "***", "~", "≈"}:
                continue
            else:
                left.append(piece)
    if currency in _MIL_IS_MILLION and "mil" in after.casefold().split():
        scale *= 1000
    told = _told(" ".join(left)) if left and (currency is not None or is_amount) else frozenset[str]()
    return None if left and not told else (currency, percent, scale, negative, told)


def _told(words: str) -> frozenset[str]:
    """Give what words beside an amount of money say about it; empty where they say anything else."""
    if words.startswith("/") and any(sense.key in _SPANS for sense in senses(words, ("date", "frequency"))):
        return frozenset({"per_period"})
    if _SHORT_SPANS.fullmatch(words):
        return frozenset({"per_period"})
    words = words.replace("+", " plus ")
    keys = frozenset(sense.key for sense in senses(words, ("mod",)))
    return keys if keys <= _TOLD and coverage(words, "mod") > 0.99 else frozenset()


def as_count(number: NumberText) -> NumberText:
    """Give an ambiguous count as the whole number it groups in threes: `1.500` impressions are never one and a half."""
    if number.point is None or number.comma is None or not number.is_ambiguous or number.percent or number.scale != 1:
        return number
    return replace(number, comma=None) if number.point > number.comma else replace(number, point=None)


def has_third_decimal(number: NumberText, mark: DecimalMark | None) -> bool:
    """Tell whether an ambiguous number is the smaller one under a mark: `1.250` read as one and a quarter, with more than cents."""
    if number.point is None or number.comma is None or not number.is_ambiguous or number.scale != 1 or number.percent:
        return False
    smaller = "." if abs(number.point) < abs(number.comma) else ","
    return mark == smaller


def settle_mark(numbers: Iterable[NumberText]) -> DecimalMark | None:
    """Give the decimal mark that the unambiguous texts of a column decide; None when none does or they contradict each other."""
    point = comma = 0
    for number in numbers:
        if number.point is not None and number.comma is None:
            point += 1
        elif number.comma is not None and number.point is None:
            comma += 1
    if point and not comma:
        return "."
    if comma and not point:
        return ","
    return None


def pending_text(value: object) -> str:
    """Give a placeholder that says an amount is still to come (`tbc`), else an empty string."""
    return value.strip() if isinstance(value, str) and normal_blank(value) in PENDING else ""


@lru_cache(maxsize=8192)
def is_placeholder(text: str) -> bool:
    """Tell whether a text stands for `nothing here`, also as a format for money shows it (`$ -`)."""
    blank = normal_blank(text)
    if blank in PLACEHOLDERS:
        return True
    found = _SIGN_AND_DASH.fullmatch(blank) if len(blank) <= 8 else None
    sign = (found["before"] or found["after"]) if found and not (found["before"] and found["after"]) else None
    return sign is not None and currency_in_text(sign, whole=True) is not None


def normal_blank(text: str) -> str:
    return text.translate(_SPACES).strip().casefold()
