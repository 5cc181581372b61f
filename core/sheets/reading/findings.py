"""Questions and warnings gathered while a table is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, overload

from core.model.reading import Option, Question, ReadingWarning

_WARNINGS_PER_CODE = 25
_OF_A_TABLE = ("which_budget", "currency", "scale", "ambiguous_number", "shares_only", "mixed_frequency", "alternatives", "struck_out")
"""What is asked about the money of one table; tables beside each other have answers of their own."""

Meant = TypeVar("Meant")
Accepts = Callable[[object], Meant | None]
"""Gives what an answer means for a question, None where it answers another one."""


def _offered(options: Sequence[Option], answer: object) -> object | None:
    return next((option.value for option in options if str(option.value) == str(answer)), None)


@dataclass(slots=True)
class Findings:
    """What to ask and what to say about one tab (`` for the whole file); `answers` are what a person already settled, by question key.

    Attributes:
        place: what tells the questions about a table's money from those about the one on its left; empty for the first.
        corner: the cell in which such a table begins, for questions about no other cell.
    """

    tab: str
    answers: dict[str, object] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    warnings: list[ReadingWarning] = field(default_factory=list)
    place: str = ""
    corner: str | None = None

    def fresh(self, place: str | None = None) -> Findings:
        """Give empty findings about the same tab, for the same table or one beside it (`@H`)."""
        return Findings(self.tab, self.answers, place=self.place if place is None else place, corner=self.corner)

    def answer(self, kind: str, target: str) -> object | None:
        """Give what a person answered to a question, whether it fits or not; None where nobody did."""
        return self.answers.get(self._key(kind, target))

    def _key(self, kind: str, target: str) -> str:
        return f"{kind}:{self.tab}:{target}{self.place if kind in _OF_A_TABLE else ''}"

    @overload
    def ask(self, kind: str, target: str, text: str, options: Sequence[Option], *, why: str, cell: str | None = None) -> object | None: ...

    @overload
    def ask(
        self, kind: str, target: str, text: str, options: Sequence[Option], *, why: str, cell: str | None = None, accepts: Accepts[Meant]
    ) -> Meant | None: ...

    def ask(
        self,
        kind: str,
        target: str,
        text: str,
        options: Sequence[Option],
        *,
        why: str,
        cell: str | None = None,
        accepts: Accepts[object] | None = None,
    ) -> object | None:
        """Give the answer where one is known that fits, else note the question, say so of an answer that does not fit, and give None.

        Args:
            accepts: what an answer means; by default one of the options' own values.
        """
        key = self._key(kind, target)
        answer = self.answers.get(key)
        meant = (accepts or partial(_offered, options))(answer) if answer is not None else None
        if meant is not None:
            return meant
        if all(question.key != key for question in self.questions):
            self.questions.append(Question(key, cell or self.corner, kind, text, tuple(options), why, self.tab or None))
            if key in self.answers:
                told = f"The answer {str(answer)[:60]!r} does not fit what is asked here ({text[:60]!r}); it is asked anew."
                self.warn("answer_unfit", cell, told)
        return None

    def warn(self, code: str, cell: str | None, message: str) -> None:
        if sum(warning.code == code for warning in self.warnings) < _WARNINGS_PER_CODE:
            self.warnings.append(ReadingWarning(code, cell, message, self.tab or None))
