"""The currency of a table: from headers, number formats, cells and the lines around it, and a question where none says."""

from __future__ import annotations

import re
from collections import Counter

from core.model.money import CURRENCIES
from core.model.reading import Option
from core.sheets.reading.currency import currency_in_text, currency_of_format, kroner_of_language, may_be_name
from core.sheets.reading.findings import Findings
from core.sheets.reading.grid import number_text
from core.sheets.reading.layout import Layout
from core.sheets.reading.lexicon import says_total, words_of
from core.sheets.reading.notes import names_amounts, notes_below, unexplained_words
from core.sheets.reading.regions import Region
from core.sheets.reading.roles import role_of_header
from core.sheets.reading.surroundings import Surroundings
from core.sheets.reading.tongue import shared_sign

_COMMON = ("EUR", "USD", "GBP", "CHF", "PLN", "SEK", "UAH", "RUB", "TRY", "BRL")
_KRONER = ("SEK", "NOK", "DKK", "CZK", "ISK")
_RUPEES = ("INR", "PKR", "LKR", "NPR", "MUR")
_OF_GST = ("INR", "AUD", "NZD", "SGD", "CAD", "MYR")
_LAKHS = re.compile(r"\b(?:lakhs?|lacs?|crores?|cr)\b", re.IGNORECASE)
_GST = re.compile(r"\b[CSI]?GST\b")
_PESOS = ("USD", "MXN", "ARS", "CLP", "COP", "UYU")
_DOLLARS = frozenset({*_PESOS[1:], "CAD", "AUD", "NZD", "SGD", "HKD", "TWD"})
_US = re.compile(r"\bUSD?\b|\bUS\$|U\$S|\$-409|d[oó]lar|dollars?\b", re.IGNORECASE)
_SPANISH = frozenset(
    [
        "medio",
        "medios",
        "soporte",
        "inicio",
        "fin",
        "inversion",
        "presupuesto",
        "proveedor",
        "importe",
        "neto",
        "periodo",
        "formato",
        "canal",
        "costo",
        "monto",
        "fecha",
        "mes",
    ]
)
_DEFAULT_DOLLAR = ('_("$"*', '"$"#')


def settle_currency(region: Region, layout: Layout, around: Surroundings, findings: Findings, *, locale: str | None) -> str | None:
    """Give the table's currency; None where the sheet does not say and nobody answered (a question is noted)."""
    shared: str | None = None
    for votes in _evidence(region, layout, around):
        real = Counter({code: n for code, n in votes.items() if code})
        if len(real) == 1 or (real and real.most_common(1)[0][1] > 0.9 * real.total()):
            code = real.most_common(1)[0][0]
            if shown := _shown_against(region, layout, code) or _said_against(region, around, code):
                why = "several currencies stand in the amounts and the words beside them"
                return ask_currency(findings, (code, *shown), why)
            return _whose_dollar(region, around, findings, code)
        if len(real) > 1:
            return ask_currency(findings, tuple(real), "several currencies stand in the table")
        if "" in votes and shared is None:
            shared = ""
    if shared is not None or any(currency_in_text(text) == "" for text in (*around.titles, *around.pairs.values())):
        return (
            _whose_sign(region, layout, around)
            or _of_lakhs(region, layout, around)
            or kroner_of_language(locale)
            or ask_currency(findings, (*_KRONER, *_RUPEES), "the sign is shared by several currencies")
        )
    return _by_custom(region, layout, around, findings)


def _by_custom(region: Region, layout: Layout, around: Surroundings, findings: Findings) -> str | None:
    """Ask for a currency that no sign names, among those of the countries that count in lakhs or levy a GST where the sheet does."""
    texts = _texts_about(region, layout, around)
    if rupees := _of_lakhs(region, layout, around):
        return rupees
    if any(_GST.search(text) for text in texts):
        return ask_currency(findings, _OF_GST, "a GST is levied in several countries, and nothing names a currency")
    return ask_currency(findings, _COMMON, "no header, cell, number format or title names a currency")


def _of_lakhs(region: Region, layout: Layout, around: Surroundings) -> str | None:
    """Give the rupees that amounts in lakhs and crores are in: India's, unless the sheet names another country that counts so."""
    if not any(_LAKHS.search(text) for text in _texts_about(region, layout, around)):
        return None
    return _whose_sign(region, layout, around) or "INR"


def _texts_about(region: Region, layout: Layout, around: Surroundings) -> list[str]:
    heads = (header.text for header in region.columns.values())
    return [*around.titles, *around.pairs, *around.pairs.values(), *heads, *_amount_texts(region, layout)]


def _amount_texts(region: Region, layout: Layout) -> list[str]:
    columns = [layout.budget] if layout.budget is not None else [column for column, _ in layout.periods]
    values = (region.grid.cell(row, column).value for column in columns for row in region.body[:300])
    return [value for value in values if isinstance(value, str)]


def _shown_against(region: Region, layout: Layout, code: str) -> tuple[str, ...]:
    """Give the other currencies that amounts name themselves, or that all of them show (`€` under `Budget USD`)."""
    columns = [layout.budget] if layout.budget is not None else [column for column, _ in layout.periods]
    typed = {found for found in _texts(region, columns) if found}
    formats = {found for found in _formats(region, columns, weak=False) if found}
    if "" in _texts(region, columns) and code not in (*_KRONER, *_RUPEES):
        return _KRONER  # `kr 12,500` under another currency's head
    shown = (typed | formats) - {code} if code not in typed | formats else typed - {code}  # a stray format is a slip, a typed sign is none
    same_sign = any(code in group and shown <= group for group in (_DOLLARS | {"USD"}, {"JPY", "CNY"}, {"GBP", "EGP"}))
    return () if same_sign else tuple(sorted(shown))


def _said_against(region: Region, around: Surroundings, code: str) -> tuple[str, ...]:
    """Give another currency in which a line above or under the table says that all amounts are (`All prices in USD` over `Cost EUR`)."""
    lines = (*around.titles, *(note.text for note in notes_below(region)))
    said = {(currency_in_text(text), text) for text in lines if names_amounts(text) and not any(map(str.isdigit, text))}
    return tuple(sorted({found for found, text in said if found and found != code and not unexplained_words(text)}))


def _whose_sign(region: Region, layout: Layout, around: Surroundings) -> str | None:
    """Give the currency of a shared sign (`kr`, `Rs`) by what the sheet says of countries and in which language it says it."""
    titles = [*around.titles, *around.pairs, *around.pairs.values()]
    names = [text for column in layout.naming for text in region.content(column).distinct_texts]
    return shared_sign(titles, [header.text for header in region.columns.values()], names)


def _whose_dollar(region: Region, around: Surroundings, findings: Findings, code: str) -> str | None:
    """Give the currency of a bare `$`: the one that a line above names; asked in a Spanish sheet, where it is mostly another than USD."""
    headers = [header.text for header in region.columns.values()]
    if code != "USD" or any(_US.search(text) for text in (*headers, *around.titles)) or _shows_us(region):
        return code
    if around.currency in _DOLLARS:
        return around.currency
    if len(below := _DOLLARS & _labels(region).keys()) == 1:
        return next(iter(below))
    words = {word for text in headers for word in words_of(text)}
    return ask_currency(findings, _PESOS, "`$` is the sign of several currencies") if len(words & _SPANISH) >= 2 else code


def _shows_us(region: Region) -> bool:
    cells = [cell for row in region.body[:50] for cell in region.grid.rows[row].values()]
    return any(_US.search(text) for cell in cells for text in (cell.number_format or "", cell.value if isinstance(cell.value, str) else ""))


def ask_currency(findings: Findings, codes: tuple[str, ...], why: str) -> str | None:
    """Ask which currency the amounts are in; any ISO currency may be the answer."""
    return findings.ask("currency", "currency", "currency", [Option(code) for code in codes], why=why, accepts=_named_by)


def _named_by(answer: object) -> str | None:
    """Give the ISO currency that an answer names, offered or not; None where it names none."""
    code = str(answer).upper()
    return code if code in CURRENCIES else None


def _evidence(region: Region, layout: Layout, around: Surroundings) -> list[Counter[str]]:
    """Give what speaks for which currency, the strongest kind first."""
    main = [layout.budget] if layout.budget is not None else []
    periods = [column for column, _ in layout.periods]
    money = [c for c, use in layout.uses.items() if use.role.kind in ("money", "price")]
    named = layout.named("currency")
    codes = _codes(region, named)
    found = [codes] if len(codes) == 1 else []
    if len(codes) > 1:  # amounts in each row's own currency, unless the main column says that it converts them
        found = [Counter(c for column in main if (c := layout.uses[column].role.currency)), codes]
    for columns in (main, periods, money):
        found.append(Counter(c for column in columns if (c := layout.uses[column].role.currency) is not None))
        found.append(_formats(region, columns, weak=False))
        found.append(_texts(region, columns))
    found.append(Counter([around.currency]) if around.currency else Counter())
    found.append(_labels(region))
    if layout.shares is not None:
        found.append(Counter([around.shown_currency]) if around.shown_currency else Counter())
    found.append(Counter(c for header in region.columns.values() if (c := currency_in_text(header.text)) is not None))
    if all(header.text.isascii() for header in region.columns.values()):
        found.append(_formats(region, main + periods, weak=True))
    return found


def _codes(region: Region, columns: list[int]) -> Counter[str]:
    votes: Counter[str] = Counter()
    for column in columns:
        for text in region.content(column).distinct_texts:
            code = currency_in_text(text, whole=True)
            if code:
                votes[code] += 1
    return votes


def _formats(region: Region, columns: list[int], *, weak: bool) -> Counter[str]:
    votes: Counter[str] = Counter()
    for column in columns:
        for row in region.body[:300]:
            cell = region.grid.rows[row].get(column)
            if (
                cell is None
                or not cell.number_format
                or isinstance(cell.value, str)
                or cell.number_format.startswith(_DEFAULT_DOLLAR) != weak
            ):
                continue
            code = currency_of_format(cell.number_format)
            if code is not None:
                votes[code] += 1
    return votes


def _texts(region: Region, columns: list[int]) -> Counter[str]:
    votes: Counter[str] = Counter()
    for column in columns:
        for row in region.body[:300]:
            reading = number_text(region.grid.cell(row, column).value)
            if reading and reading.currency is not None:
                votes[reading.currency] += 1
    return votes


def _labels(region: Region) -> Counter[str]:
    """Look at short texts inside and under the table (`Сумма без НДС, руб:`)."""
    votes: Counter[str] = Counter()
    for row in region.body[-40:]:
        for cell in region.grid.rows[row].values():
            if isinstance(cell.value, str) and len(cell.value) <= 60 and (code := currency_in_text(cell.value)):
                votes[code] += not may_be_name(code) or role_of_header(cell.value).kind == "money" or bool(says_total(cell.value))
    return +votes
