"""Questions and warnings gathered while a table is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.model.reading import Option, Question, ReadingWarning

_WARNINGS_PER_CODE = 25


@dataclass(slots=True)
class Findings:
    """What to ask and what to say about one tab (`` for the whole file); `answers` are what a person already settled, by question key."""

    tab: str
    answers: dict[str, object] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    warnings: list[ReadingWarning] = field(default_factory=list)

    def ask(self, kind: str, target: str, text: str, options: Sequence[Option], *, why: str, cell: str | None = None) -> object | None:
        """Give the answer where one is known, else note the question and give None."""
        key = f"{kind}:{self.tab}:{target}"
        if key in self.answers:
            return self.answers[key]
        if all(question.key != key for question in self.questions):
            self.questions.append(Question(key, cell, kind, text, tuple(options), why, self.tab or None))
        return None

    def warn(self, code: str, cell: str | None, message: str) -> None:
        if sum(warning.code == code for warning in self.warnings) < _WARNINGS_PER_CODE:
            self.warnings.append(ReadingWarning(code, cell, message, self.tab or None))
