"""Questions and warnings gathered while a table is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, overload

from core.model.reading import Option, Question, ReadingWarning

_WARNINGS_PER_CODE = 25

Meant = TypeVar("Meant")
Accepts = Callable[[object], Meant | None]
"""Gives what an answer means for a question, None where it answers another one."""


def _offered(options: Sequence[Option], answer: object) -> object | None:
    return next((option.value for option in options if str(option.value) == str(answer)), None)


@dataclass(slots=True)
class Findings:
    """What to ask and what to say about one tab (`` for the whole file); `answers` are what a person already settled, by question key."""

    tab: str
    answers: dict[str, object] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    warnings: list[ReadingWarning] = field(default_factory=list)

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
        key = f"{kind}:{self.tab}:{target}"
        answer = self.answers.get(key)
        meant = (accepts or partial(_offered, options))(answer) if answer is not None else None
        if meant is not None:
            return meant
        if all(question.key != key for question in self.questions):
            self.questions.append(Question(key, cell, kind, text, tuple(options), why, self.tab or None))
            if key in self.answers:
                told = f"The answer {str(answer)[:60]!r} does not fit what is asked here ({text[:60]!r}); it is asked anew."
                self.warn("answer_unfit", cell, told)
        return None

    def warn(self, code: str, cell: str | None, message: str) -> None:
        if sum(warning.code == code for warning in self.warnings) < _WARNINGS_PER_CODE:
            self.warnings.append(ReadingWarning(code, cell, message, self.tab or None))
