"""Notes under a table: the texts below its rows that speak of all its amounts, and how much of a note is understood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from core.model.workbook import parse_a1
from core.sheets.reading.currency import currency_in_text
from core.sheets.reading.grid import Grid, is_blank, text_of
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


_EVERY = re.compile(r"(?:all|alle[nrs]?|tous|toutes|tod[oa]s|tutt[ie]|wszystkie|все|всі|усі|tum|butun|alla|samtliga|vsechny|minden)$")


class Note(NamedTuple):
    """A line of text under a table.

    Attributes:
        of_all: it stands under the table itself or, under the last one of a tab, speaks of the amounts of all of them.
    """

    cell: str
    text: str
    of_all: bool = True


def notes_below(region: Region) -> list[Note]:
    """Give the lines under the last amounts of a table that hold one or two texts and nothing else, and those under the last of its tab."""
    if region.grid.transposed:
        return []
    own = list(_last_lines(region.grid, region.body))
    cells = {note.cell for note in own}
    return own + [note for note in _notes_of_tab(region) if note.cell not in cells]


def _notes_of_tab(region: Region) -> list[Note]:
    """Give the notes at the end of a tab, below its last table."""
    numbers = region.grid.row_numbers
    notes = list(_last_lines(region.grid, numbers))
    if not notes:
        return []
    first = min(parse_a1(note.cell)[0] for note in notes)
    apart = first - 1 not in region.grid.rows
    return [note._replace(of_all=_speaks_of_every(note.text) or (apart and names_amounts(note.text))) for note in notes]


def _speaks_of_every(text: str) -> bool:
    return any(_EVERY.match(word) for word in words_of(text)) and names_amounts(text)


def _last_lines(grid: Grid, numbers: Sequence[int]) -> Iterator[Note]:
    for number in reversed(numbers):
        cells = {c: cell for c, cell in sorted(grid.rows[number].items()) if not is_blank(cell.value)}
        if not cells:
            continue
        texts = [text_of(cell.value) for cell in cells.values()]
        if len(cells) > _CELLS or not all(texts):
            return
        if len(line := " ".join(texts)) <= _LONGEST:
            yield Note(grid.address(number, next(iter(cells))), line)


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
