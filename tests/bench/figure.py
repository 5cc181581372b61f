"""One measured figure of the bench."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it should be and what a named peer reaches.

    Attributes:
        aim: what we promise, in words (`at most 5 s`); peer: the peer's name and figure; ratio: peer over ours, above 1 is better.
    """

    name: str
    value: float
    unit: str
    aim: str = ""
    peer: str = ""
    ratio: float | None = None
    note: str = ""
