"""The built-in chat model: speaks the tool-calling protocol like any other, without an endpoint.

As supervisor it understands the person's message and hands steps to the specialists; as specialist it makes those tool calls and composes
the answer from their results. It keeps what it must remember (an open question, the last amount's role) inside its own messages.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import PrivateAttr

from agents.builtin.answers import ASK, render
from agents.builtin.asking import Decision
from agents.builtin.frame import Memory, understand
from agents.builtin.intents import IntentModel, kept_intents, load_intents
from agents.builtin.lookups import Step
from agents.builtin.phrasing import say
from agents.builtin.policy import decide
from agents.builtin.table import read_table

MEMORY = "flightplan_memory"
ASKS = "flightplan_asks"
_STEPS = re.compile(r"<steps>(.*?)</steps>", re.DOTALL)
_LEADS = "planning"
"""A tool that only the supervisor has: what a person writes is never taken for a task."""


class BuiltInModel(BaseChatModel):
    """Understands planning requests in English and German.

    Attributes:
        cache_dir: where the trained intent classifier is kept.
    """

    cache_dir: Path
    _intents: IntentModel | None = PrivateAttr(default=None)
    _training: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "flightplan-built-in"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        """Take tools in any form that LangChain knows."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools])

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self.reply(messages, kwargs.get("tools", ())))])

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        reply = self.reply(messages, kwargs.get("tools", ()))
        pieces = re.findall(r"\S*\s*", str(reply.content))[:-1] or [""]
        for n, piece in enumerate(pieces):
            is_last = n == len(pieces) - 1
            chunk = AIMessageChunk(
                content=piece,
                id=reply.id,
                additional_kwargs=reply.additional_kwargs if is_last else {},
                tool_call_chunks=[
                    {"name": c["name"], "args": json.dumps(c["args"]), "id": c["id"], "index": i, "type": "tool_call_chunk"}
                    for i, c in enumerate(reply.tool_calls)
                ]
                if is_last
                else [],
            )
            generation = ChatGenerationChunk(message=chunk)
            if run_manager is not None:
                run_manager.on_llm_new_token(piece, chunk=generation)
            yield generation

    @property
    def is_ready(self) -> bool:
        """Tell whether it can answer at once; otherwise it has to be trained first, or is being trained."""
        return self._intents is not None or kept_intents(self.cache_dir) is not None

    def prepare(self, *, aside: bool = False) -> IntentModel:
        """Load the intent classifier, training it first where none fits the code; whoever comes meanwhile waits for that one.

        Args:
            aside: train in a process of its own with little claim on the processor, so that the pages of this one stay quick.
        """
        with self._training:
            if self._intents is None:
                if aside and kept_intents(self.cache_dir) is None:
                    _train_aside(self.cache_dir)
                self._intents = load_intents(self.cache_dir)
            return self._intents

    def reply(self, messages: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]]) -> AIMessage:
        """Give the next message of whichever agent this is asked as."""
        last_human = max(i for i, m in enumerate(messages) if isinstance(m, HumanMessage))
        request = str(messages[last_human].content)
        done = [m for m in messages[last_human + 1 :] if isinstance(m, ToolMessage)]
        steps = _STEPS.search(request)
        if steps is not None and all(tool["function"]["name"] != _LEADS for tool in tools):
            return _as_specialist(json.loads(steps[1]), done)
        system = next((str(m.content) for m in messages if isinstance(m, SystemMessage)), "")
        return self._as_supervisor(request, system, _memory(messages[:last_human]), done)

    def _as_supervisor(self, request: str, system: str, memory: Memory | None, done: Sequence[ToolMessage]) -> AIMessage:
        table = read_table(system)
        decision = decide(understand(request, table, memory, self.prepare()), table)
        tasks = _tasks(decision.steps)
        if len(done) < len(tasks):
            agent, steps = tasks[len(done)]
            task = json.dumps({"language": decision.language, "steps": [asdict(step) for step in steps]}, ensure_ascii=False)
            call = {
                "name": agent,
                "args": {"task": f"{request.replace('<', '‹')}\n<steps>{task}</steps>"},
                "id": f"call_{len(done)}_{agent}",
                "type": "tool_call",
            }
            return AIMessage(content="", tool_calls=[call])
        if any(message.status == "error" for message in done):
            decision.offer = ""
        return _final(decision, [str(message.content) for message in done])


def _train_aside(cache_dir: Path) -> None:
    """Train in another process; what fails there is done here by whoever loads it."""
    command = [sys.executable, "-m", "agents.builtin", str(cache_dir.absolute())]
    subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, check=False)


def _tasks(steps: Sequence[Step]) -> list[tuple[str, list[Step]]]:
    """Hand consecutive steps of one specialist over together."""
    tasks: list[tuple[str, list[Step]]] = []
    for step in steps:
        if tasks and tasks[-1][0] == step.agent:
            tasks[-1][1].append(step)
        else:
            tasks.append((step.agent, [step]))
    return tasks


def _final(decision: Decision, reports: Sequence[str]) -> AIMessage:
    reports, asked = _asked_by_tools(reports)
    if asked:
        decision.asks.append(str(asked["question"]))
        decision.pending = {"slot": asked["slot"], "text": decision.text, "minor": asked.get("minor", 0)}
        decision.offer = ""
    texts = [text for text in (*reports, *decision.says) if text.strip()]
    offer = say(decision.language, f"offer_{decision.offer}") if decision.offer and not decision.asks and reports else ""
    asks = [*decision.asks, *([offer] if offer else [])]
    memory = Memory(decision.language, decision.pending, decision.offer, decision.role, decision.channels, decision.looked)
    return AIMessage(content="\n\n".join([*texts, *asks]), additional_kwargs={MEMORY: asdict(memory), ASKS: decision.asks})


def _asked_by_tools(reports: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """Take the question out that a specialist's report puts to the person, with what the answer is for."""
    found = [json.loads(match) for report in reports for match in ASK.findall(report)]
    return [ASK.sub("", report).strip() for report in reports], found[0] if found else {}


def _memory(messages: Sequence[BaseMessage]) -> Memory | None:
    for message in reversed(messages):
        kept = message.additional_kwargs.get(MEMORY) if isinstance(message, AIMessage) else None
        if isinstance(kept, Mapping):
            return Memory(**{**kept, "channels": tuple(kept.get("channels", ()))})
    return None


def _as_specialist(task: Mapping[str, Any], done: Sequence[ToolMessage]) -> AIMessage:
    """Make the next tool call of the task, or tell what the tools found."""
    results = [_parsed(message) for message in done]
    steps: list[Mapping[str, Any]] = task["steps"]
    failed = bool(results) and not results[-1]["ok"] and steps[len(results) - 1]["must"]
    if len(results) < len(steps) and not failed:
        step = steps[len(results)]
        call = {"name": step["tool"], "args": step["arguments"], "id": f"call_{len(results)}_{step['tool']}", "type": "tool_call"}
        return AIMessage(content="", tool_calls=[call])
    return AIMessage(content=render(results, task["language"]))


def _parsed(message: ToolMessage) -> dict[str, Any]:
    told = str(message.content).replace("<ask>", "‹ask›").replace("</ask>", "‹/ask›")  # a cell or a note puts no question to the person
    try:
        parsed = json.loads(told)
    except json.JSONDecodeError:
        parsed = {"ok": False, "error": {"code": "agent_error", "message": str(message.content), "hint": "", "retryable": False}}
    return {"name": message.name, **parsed}
