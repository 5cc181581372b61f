"""Lists what the reader could not decide in the sheet, and keeps the person's answer."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field

from agents.facts import Fact, number
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import open_plan
from core.access import Permission
from core.errors import NotFound
from core.model.reading import Correction, Question
from core.planning.channels import plain
from core.services.readings import correct_reading


class Args(BaseModel):
    """Without an answer the open questions are listed."""

    question: int | None = Field(None, ge=1, description="number of the question in the list")
    answer: str | None = Field(None, description="the person's answer, in their words")


def run(call: ToolCall, args: Args) -> Outcome:
    """List the questions, or settle one; the sheet is then read again."""
    questions = open_plan(call).view.reading.questions
    if args.answer is None or not questions:
        return Outcome({"questions": [_fact(n, q) for n, q in enumerate(questions, 1)], "count": number(len(questions), "plan")})
    question = _asked(questions, args.question)
    option = next((o for o in question.options if plain(args.answer) in {plain(str(o.value)), plain(o.label)}), None)
    if option is None:
        raise NotFound(
            f"{args.answer!r} is not one of the answers.", hint="Choose: " + ", ".join(o.label or str(o.value) for o in question.options)
        )
    file_id = UUID(str(call.desk.campaign_data["file_id"]))
    correct_reading(call.ctx, call.rt, file_id, Correction("answer", question.key, option.value, question.tab))
    call.opened.pop("plan", None)
    left = open_plan(call).view.reading.questions
    settled = {"text": question.text, "cell": question.cell, "answer": option.label or str(option.value)}
    return Outcome({"settled": settled, "questions": [_fact(n, q) for n, q in enumerate(left, 1)], "count": number(len(left), "plan")})


def _asked(questions: tuple[Question, ...], position: int | None) -> Question:
    if position is None and len(questions) == 1:
        return questions[0]
    if position is None or position > len(questions):
        raise NotFound(f"There are {len(questions)} open questions.", hint="Say which one you mean by its number.")
    return questions[position - 1]


def _fact(position: int, question: Question) -> Fact:
    options = [option.label or str(option.value) for option in question.options]
    return {"number": position, "cell": question.cell, "text": question.text, "why": question.why, "options": options}


TOOL = ToolSpec("answer_reading_question", "List what could not be decided when reading the sheet, or keep the person's answer to it.",
                Args, Permission.CORRECT_READING, "propose", run)  # fmt: skip
