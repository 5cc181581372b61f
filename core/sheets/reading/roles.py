"""What a header says its column is: words to one role, the basis of its money, its currency and scale."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from core.sheets.reading.currency import currency_in_text
from core.sheets.reading.lexicon import Sense, senses, words_of
from core.sheets.reading.platform_heads import platform_head
from core.sheets.reading.scale_words import scale_in_text
from core.sheets.reading.vat_words import without_rate

_KINDS = ("money", "price", "metric", "rate", "quantity", "dim", "date", "mod")
_BUDGETS = ("budget", "cost", "spend")
_SCALE_WORDS = {"thousand": 1000, "million": 1_000_000}
_PLUS_VAT = re.compile(r"\s*\+\s*(?=(?:vat|tva|iva|mwst|ust|btw|moms|mva|dph|gst|áfa|kdv|ндс|пдв|ддс)\b)", re.IGNORECASE)
_FISCAL = re.compile(r"fy\d{2,4}")
_NUMBERED_PERCENT = re.compile(r"\d\s*%")


@dataclass(frozen=True, slots=True)
class Role:
    """What a header says.

    Attributes:
        kind: money, price, metric, rate, quantity, dim, date or `` where nothing is recognised.
        key: budget, cpm, impressions, channel, ...
        vat: True with VAT, False without, None where it does not say.
        mods: everything else it says (`net`, `list`, `actual`, `cumulative`, `per_period`, ...).
        certainty: 0-1, the share of the header's letters that the lexicon explains, whole headers counting most.
    """

    kind: str = ""
    key: str = ""
    vat: bool | None = None
    mods: frozenset[str] = frozenset()
    currency: str | None = None
    scale: int = 1
    certainty: float = 0.0

    @property
    def is_budget(self) -> bool:
        return self.kind == "money" and self.key in _BUDGETS

    @property
    def is_numeric(self) -> bool:
        return self.kind in ("money", "price", "metric", "rate", "quantity")


UNKNOWN = Role()


@lru_cache(maxsize=16384)
def role_of_header(text: str) -> Role:
    """Give the role that one header text states; `UNKNOWN` where no word of it is in the lexicon."""
    text = _PLUS_VAT.sub(" plus ", without_rate(text))
    words = words_of(text)
    found = _weighty(senses(text, _KINDS), words)
    if not words:
        return Role(kind="rate", key="percent", certainty=0.3) if text.strip() == "%" else UNKNOWN
    currency = currency_in_text(text)
    kind, key = _decide(text, found)
    if not kind:
        kind, key = _decide(text, senses(text, _KINDS[:-1]))
    if kind == "date" and key in ("start", "end") and currency:
        kind, key = "", ""  # `DE (EUR)` is Germany's money, not a start in Portuguese
    mods = frozenset(sense.key for sense in found if sense.kind == "mod")
    if not kind and (head := platform_head(text)) is not None:
        return Role(head.kind, head.key, _vat(mods), mods, currency or None, certainty=0.9)
    if not kind and currency and (len(words) <= 3 or "total" in mods):
        kind, key = "money", "total" if "total" in mods else "budget"
    if not kind:
        return Role(mods=mods, currency=currency, scale=scale_in_text(text))
    plain = {at for at, word in enumerate(words) if word.isdigit() or _FISCAL.fullmatch(word) or currency_in_text(word, whole=True)}
    told = (*senses(text, ("alternative",)), *found)  # what the header says of money counts before `Base` as a scenario
    spans = {sense.position: sense.length for sense in told if sense.position not in plain}
    letters = sum(len(word) for at, word in enumerate(words) if at not in plain) or 1
    stated = any(sense.kind == "money" for sense in found) or (currency is not None and "net" in mods)
    if kind == "money" and not stated and sum(spans.values()) < 0.6 * letters:
        return Role(mods=mods, currency=currency, scale=scale_in_text(text))
    certainty = min(1.0, sum(spans.values()) / letters + (0.15 if len(words) <= 3 else 0.0))
    scale = scale_in_text(text) if kind in ("money", "price", "metric") else 1
    if kind in ("money", "metric") and scale == 1:
        scale = next((factor for word, factor in _SCALE_WORDS.items() if word in mods), 1)
    return Role(kind, key, _vat(mods), mods, currency or None, scale, round(certainty, 3))


def _weighty(found: tuple[Sense, ...], words: tuple[str, ...]) -> tuple[Sense, ...]:
    """Drop small words (`de`, `to`, `с`) that mean start or end only where they are the whole header."""
    letters = sum(map(len, words))
    return tuple(s for s in found if not (s.kind == "date" and s.key in ("start", "end") and s.length <= 5 and s.length < 0.4 * letters))


def _vat(mods: frozenset[str]) -> bool | None:
    if "vat_excl" in mods:
        return False
    return True if "vat_incl" in mods else None


def _pick(found: tuple[Sense, ...], kind: str, keys: tuple[str, ...] | None = None) -> str | None:
    """Give the longest key of a kind; ties go to the one that comes first."""
    candidates = [sense for sense in found if sense.kind == kind and (keys is None or sense.key in keys)]
    return max(candidates, key=lambda s: (s.length, -s.position)).key if candidates else None


def _decide(text: str, found: tuple[Sense, ...]) -> tuple[str, str]:
    """Choose one role among all that the words say: prices before rates before metrics before money before labels."""
    price, rate, metric = _pick(found, "price"), _pick(found, "rate"), _pick(found, "metric")
    money, mods = _pick(found, "money", (*_BUDGETS, "revenue", "profit")), {s.key for s in found if s.kind == "mod"}
    percent = "%" in text and not _NUMBERED_PERCENT.search(text)
    if price and not (money in _BUDGETS and _is_total_money(found)):
        return "price", price
    if rate == "markup" and money in _BUDGETS and not percent and _first(found, "money"):
        return "money", str(money)  # `Budget with season factor`
    if rate in ("roas", "share", "discount", "markup") and (rate != "share" or percent or not money or _first(found, "rate")):
        return "rate", rate
    if rate and not (money and not percent):
        return "rate", rate
    if money and metric and money != "revenue":
        return _money_and_metric(found, money, metric, mods)
    if percent:
        return "rate", metric or money or "percent"
    if money == "revenue" or (money is None and metric):
        return ("money", "revenue") if money else ("metric", str(metric))
    return _plain(found, money, mods)


def _is_total_money(found: tuple[Sense, ...]) -> bool:
    """Tell whether the money word is longer than the price word (`Gesamtpreis`, `Стоимость итого`)."""
    price = max((s.length for s in found if s.kind == "price"), default=0)
    return any(s.kind == "money" and s.length > price for s in found) or any(s.key == "total" for s in found)


def _first(found: tuple[Sense, ...], kind: str) -> bool:
    return bool(found) and min(found, key=lambda s: s.position).kind == kind


def _money_and_metric(found: tuple[Sense, ...], money: str, metric: str, mods: set[str]) -> tuple[str, str]:
    """`Cost per view` and `Стоимость клика` are prices; `Impressions budget` is money by its last word."""
    at_money = min(s.position for s in found if s.kind == "money")
    at_metric = min(s.position for s in found if s.kind == "metric")
    if at_money < at_metric and ("per" in mods or money in ("cost", "spend")) and money != "profit":
        return "price", {
            "impressions": "cpm",
            "clicks": "cpc",
            "views": "cpv",
            "conversions": "cpa",
            "leads": "cpl",
            "installs": "cpi",
        }.get(metric, "unit")
    return ("money", money) if at_money > at_metric or money == "budget" else ("metric", metric)


def _plain(found: tuple[Sense, ...], money: str | None, mods: set[str]) -> tuple[str, str]:
    """Roles of headers without price, rate or metric words."""
    dim, when, quantity = _pick(found, "dim"), _pick(found, "date"), _pick(found, "quantity")
    side = _pick(found, "money", ("fee", "vat"))
    if money:
        return "money", money
    if side and not (dim and _first(found, "dim")):
        return "money", side
    if quantity and not (dim and _longer(found, "dim", "quantity")):
        return "quantity", quantity
    if when and dim:
        return (
            ("date", when)
            if _longer(found, "date", "dim") or (_first(found, "date") and not _longer(found, "dim", "date"))
            else ("dim", dim)
        )
    if when:
        return "date", when
    if dim:
        return "dim", dim
    if mods & {"total", "net", "gross", "list", "fee_incl", "vat_incl", "vat_excl", "discounted", "actual", "plan"}:
        return "money", "total" if "total" in mods else "budget"
    return "", ""


def _longer(found: tuple[Sense, ...], kind: str, other: str) -> bool:
    return max((s.length for s in found if s.kind == kind), default=0) > max((s.length for s in found if s.kind == other), default=0)
