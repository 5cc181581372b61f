"""Outlines by arithmetic: which amounts of a list open a group with the sum of what stands below them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

_LONGEST = 200
_TRIES = 500


def is_close(one: Decimal, two: Decimal) -> bool:
    """Tell whether two sums are the same money, but for cents lost on the way."""
    return abs(one - two) <= max(Decimal("0.02"), abs(two) / 2_000_000)


def find_heads(amounts: list[Decimal], whole: Decimal) -> dict[int, list[int]]:
    """Give the places that sum up others, on any number of levels, with the places of the single amounts under each.

    Only where that is proven: all amounts do not add up to the stated whole, and without the heads they do.
    """
    if len(amounts) > _LONGEST or not whole or is_close(sum(amounts, Decimal(0)), whole):
        return {}
    for least in (2, 1):
        for heads, top in islice(_collapsed(amounts, len(amounts) - 1, ({}, []), least), _TRIES):
            left = sum((amounts[at] for at in top), Decimal(0))
            if heads and is_close(left, whole):
                return heads
    return {}


_Found = tuple[dict[int, list[int]], list[int]]


def _collapsed(amounts: list[Decimal], at: int, found: _Found, least: int) -> Iterator[_Found]:
    """Yield every way to put amounts, from the last to the first, under one that they add up to (at least so many of them)."""
    heads, top = found
    if at < 0:
        yield found
        return
    whole = Decimal(0)
    for size, under in enumerate(top, start=1):
        whole += amounts[under]
        if size >= least and whole and is_close(whole, amounts[at]):
            leaves = [leaf for place in top[:size] for leaf in heads.get(place, [place])]
            yield from _collapsed(amounts, at - 1, ({**heads, at: leaves}, [at, *top[size:]]), least)
    yield from _collapsed(amounts, at - 1, (heads, [at, *top]), least)
