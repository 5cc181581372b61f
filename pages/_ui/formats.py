"""Numbers, money and times as people read them; the only arithmetic pages do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import pandas as pd
from babel.dates import format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent

from core.model.money import minor_exponent, to_major

K = TypeVar("K")
LOCALE = "en_GB"
NOTHING = "–"
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()<>#+.!|~$:@-]")
_FORMULA = re.compile(r"[=@|%\t\r\n]|[+-].*[(|!]", re.DOTALL)
_LIVE = re.compile(r"(?<!\\)((?:\\\\)*)([\[\]<$])")  # what a link, a picture, a tag or a formula begins with, unless it is escaped


def money(minor: int | None, currency: str | None, *, whole: bool = False) -> str:
    """Format minor units, e.g. €1,234.50; `whole` leaves the cents out; without a currency just the number."""
    if minor is None:
        return NOTHING
    decimals = 0 if whole else minor_exponent(currency)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    if currency is None:
        return str(format_decimal(to_major(minor, currency), format=pattern, locale=LOCALE))
    text = str(format_currency(to_major(minor, currency), currency, format=f"¤{pattern}", locale=LOCALE, currency_digits=False))
    return re.sub(r"(?<=[A-Z])(?=\d)", "\N{NO-BREAK SPACE}", text)  # PLN 12, but €12 and US$12


def inert(text: object) -> object:
    """Give a text that no spreadsheet takes for a formula: a table's own download button writes cells as they stand.

    Milder than the exports' rule, which would put an apostrophe before `+€12.00` too. (Source: OWASP, CSV injection)
    """
    return f"'{text}" if isinstance(text, str) and _FORMULA.match(text) else text


def inert_table(table: pd.DataFrame) -> pd.DataFrame:
    """Give the table with texts that no spreadsheet takes for a formula."""
    texts = table.select_dtypes(include=["object", "string"]).columns
    return table.assign(**{name: table[name].map(inert) for name in texts}) if len(table) else table


def money_change(minor: int, currency: str | None) -> str:
    """Format a difference with its sign, e.g. +€12.00; no difference is ±0."""
    if minor == 0:
        return "±0"
    return ("+" if minor > 0 else "−") + money(abs(minor), currency)


def percent(share: float | None, *, decimals: int = 1) -> str:
    """Format a share of 0-1, e.g. 12.5%."""
    if share is None:
        return NOTHING
    return str(format_percent(share, format="#,##0" + ("." + "0" * decimals if decimals else "") + "%", locale=LOCALE))


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Format a number with its noun, e.g. 1 file, 3 files."""
    noun = singular if number == 1 else plural or singular + "s"
    return f"{format_decimal(number, locale=LOCALE)} {noun}"


def apart(names: Mapping[K, str]) -> dict[K, str]:
    """Number names that several share, e.g. Plan, Plan (2): the browser tells the choices of a list by their words alone."""
    told: dict[K, str] = {}
    taken: set[str] = set()
    for key, name in names.items():
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name} ({number})"
        taken.add(free)
        told[key] = free
    return told


def ago(then: datetime | None, now: datetime) -> str:
    """Tell how long ago, e.g. 4 minutes ago."""
    if then is None:
        return "never"
    passed = max(now - then, timedelta(0))
    if passed < timedelta(seconds=45):
        return "just now"
    return f"{format_timedelta(passed, locale=LOCALE, threshold=0.95)} ago"


def moment(at: datetime | None) -> str:
    """Format a time, e.g. 2 Mar 2026, 09:00 UTC."""
    return NOTHING if at is None else f"{at.day} {at:%b %Y, %H:%M} UTC"


def browser(user_agent: str) -> str:
    """Name a browser and its system from its user agent, e.g. Firefox on macOS."""
    names = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS X": "macOS", "Linux": "Linux"}
    name = next((said for mark, said in names.items() if mark in user_agent), "A browser")
    system = next((said for mark, said in systems.items() if mark in user_agent), "")
    return f"{name} on {system}" if system else name


_ADDRESS = re.compile(r"(?<=http)(?=:)|(?<=https)(?=:)|(?<=www)(?=\.)", re.I)
_JOINER = "\N{WORD JOINER}"  # takes no room; the browser links bare addresses even where every sign of them is escaped; mail is left


def plain(text: str) -> str:
    """Give a text that people entered so that Markdown shows it as it is: no links, pictures, colours or formulas."""
    return _MARKDOWN.sub(r"\\\g<0>", _ADDRESS.sub(_JOINER, text.replace("\n", " ")))


def told(sentence: str) -> str:
    """Give a sentence of ours for Markdown; a name or a sheet's text that it quotes becomes no link, picture, tag or formula."""
    return _LIVE.sub(r"\1\\\2", _ADDRESS.sub(_JOINER, sentence))
