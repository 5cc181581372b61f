"""Looks something up in the workspace's notes, briefs and earlier plans, and cites what it found."""

from __future__ import annotations

from pydantic import BaseModel, Field

from agents.facts import number
from agents.spec import Outcome, ToolCall, ToolSpec
from core.access import Permission
from core.services.knowledge import Citation, search_knowledge

_LEAST_SIMILARITY = 0.12
_EXCERPT = 320


class Args(BaseModel):
    """What to look for."""

    query: str = Field(min_length=2, max_length=400, description="what the person wants to know, in their words")


def run(call: ToolCall, args: Args) -> Outcome:
    """Give the passages that answer best, each with the note it stands in."""
    found = [c for c in search_knowledge(call.ctx, call.rt, args.query, limit=4) if c.similarity >= _LEAST_SIMILARITY]
    passages = [
        {
            "title": citation.title,
            "kind": citation.kind,
            "text_quoted": f"«{_excerpt(citation)}»",
            "author": citation.author_name,
            "written": citation.written_at.strftime("%Y-%m-%d"),
            "note": str(citation.note_id),
        }
        for citation in found
    ]
    return Outcome({"query": args.query, "passages": passages, "count": number(len(passages), "notes")})


def _excerpt(citation: Citation) -> str:
    """Give the passage in one line, as it is quoted: its figures may stand in the answer because they stand here word for word."""
    text = citation.passage.removeprefix(f"{citation.title}\n")
    return " ".join(text.split())[:_EXCERPT]


TOOL = ToolSpec("search_knowledge", "Look something up in the workspace's notes, uploaded briefs and earlier plans; cite the titles.",
                Args, Permission.USE_ASSISTANT, "read", run)  # fmt: skip
