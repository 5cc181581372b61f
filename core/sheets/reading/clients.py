"""Whose plan it is: the client or brand that the lines above a table name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.sheets.reading.lexicon import normalise, words_of

_CLIENT = re.compile(
    "clients?|customer|advertiser|kunde|auftraggeber|werbetreibender|annonceur|anunciante|clientes?|inserzionista|klient|reklamodawca"
    "|klant|adverteerder|opdrachtgever|kund|annonsor|kunden|annoncor|mainostaja|asiakas|musteri|reklam veren|reklamveren|zadavatel|ugyfel"
    "|клиент|заказчик|рекламодатель|клієнт|замовник|рекламодавець|client name|advertiser name|nom du client|наименование клиента"
)
_BRAND = re.compile("brand|brands|marke|marque|marca|merk|marka|varumarke|znacka|бренд|brand name|product brand")
_MOST = 80
"""A longer text names nobody."""


def client_of(pairs: Mapping[str, str], titles: Sequence[str]) -> str:
    """Give the client that a label and its value name, else the brand; nothing where none does."""
    told = [*pairs.items(), *(part for title in titles if (part := _parted(title)) is not None)]
    for label in (_CLIENT, _BRAND):
        named = [value for name, value in told if label.fullmatch(_folded(name)) and any(map(str.isalpha, value)) and len(value) <= _MOST]
        if named:
            return named[0]
    return ""


def is_other_client(one: str, other: str) -> bool:
    """Tell whether two names are of different clients; a name that only says more (`Acme`, `Acme GmbH`) is the same one's."""
    left, right = set(words_of(one)), set(words_of(other))
    return bool(left and right) and not (left <= right or right <= left)


def _parted(title: str) -> tuple[str, str] | None:
    label, colon, value = title.partition(":")
    return (label, value.strip()) if colon and value.strip() else None


def _folded(label: str) -> str:
    return " ".join(normalise(label).strip(" :.*").split())
