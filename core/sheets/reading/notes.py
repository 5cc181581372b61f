"""Notes under a table: the texts below its rows that speak of all its amounts, and how much of a note is understood."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.sheets.reading.currency import currency_in_text
from core.sheets.reading.grid import is_blank, text_of
from core.sheets.reading.lexicon import senses, words_of
from core.sheets.reading.regions import Region

_LONGEST = 160
_CELLS = 2
_AMOUNTS = re.compile(
    r"(?:amount|figure|value|price|cost|budget|number|sums?$|rates?$|betrag|angabe|werte?$|preis|kosten|zahlen|montant|prix$|valeur|chiffre|cout|importe|precio|valor|cifra"
    r"|cantidad|prezz|importi|importo|coste|costi|preco|quantia|bedrag|prijz|prijs|cijfer|kwot|cen[ay]$|koszt|wartosc|liczby"
    r"|сумм|цен[аы]$|стоимост|значени|показател|бюджет|сум[иа]$|цін[аи]$|вартіст|tutar|fiyat|rakam|butce|belopp|pris|kostnad|beløb|castk|osszeg|arak$|sume|suma|hint[ao])"
)
"""How words for amounts begin, folded as `words_of` folds them."""
_SMALL_WORDS = """
note notes nb please all the are is in stated shown given expressed quoted listed unless otherwise and of this plan table sheet above
below media
currency rounded to
hinweis alle die der das sind werden ist und verstehen sich als ausgewiesen angegeben angaben jeweils sofern nicht anders diese dieser
tabelle gerundet auf
tous toutes les des le la sont est en de du d s entendent exprimes exprimees indiques indiquees sauf mention contraire remarque arrondis
todos todas los las el son estan expresados expresadas indicados nota moneda redondeados a
tutti tutte i gli sono di espressi espresse indicati indicate valuta arrotondati
os as sao estao em expressos expressas het zijn staan weergegeven vermeld tenzij anders afgerond op
wszystkie sa w podane podano podajemy uwaga zaokraglone do zl
все всі усі указаны указано приведены вказані вказано в у и і данные дані примечание примітка за ед изм единица измерения округлены до
рублях гривень гривнях
tum olarak verilmistir belirtilmistir cinsinden not butun birim tl
alla ar anges samtliga priser er oppgitt angivet avrundade til till kronor kroner vsechny jsou v minden
"""
_FILLERS = frozenset(_SMALL_WORDS.split())
"""Small words of sentences that say how all amounts are counted, folded as `words_of` folds them."""


def notes_below(region: Region) -> Iterator[tuple[str, str]]:
    """Yield cell and text of the lines under the last amounts of a table that hold one or two texts and nothing else."""
    if region.grid.transposed:
        return
    for number in reversed(region.body):
        cells = {c: cell for c, cell in sorted(region.grid.rows[number].items()) if not is_blank(cell.value)}
        if not cells:
            continue
        texts = [text_of(cell.value) for cell in cells.values()]
        if len(cells) > _CELLS or not all(texts):
            return
        if len(line := " ".join(texts)) <= _LONGEST:
            yield region.grid.address(number, next(iter(cells))), line


def names_amounts(text: str) -> bool:
    """Tell whether a text speaks of amounts (`Beträge`, `prices`, `суммы`)."""
    return any(_AMOUNTS.match(word) for word in words_of(text))


def unexplained_words(text: str) -> list[str]:
    """Give the words of a note that neither words of money, net and VAT nor the small words of such sentences explain."""
    words, told = words_of(text), set[int]()
    for sense in senses(text, ("mod", "money")):
        letters, at = 0, sense.position
        while letters < sense.length:
            told.add(at)
            letters, at = letters + len(words[at]), at + 1
    left = [word for at, word in enumerate(words) if at not in told and word not in _FILLERS and not word.isdigit()]
    return [word for word in left if word != "%" and not _AMOUNTS.match(word) and currency_in_text(word, whole=True) is None]
