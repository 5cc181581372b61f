"""What the workspace knows: write notes and briefs, find them by meaning with a citation, delete them for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.access import AccessContext, Permission
from core.db.tables.knowledge import Note
from core.errors import InvalidInput, Misconfigured, NotFound
from core.ports import KnowledgeIndex, Passage
from core.runtime import Runtime
from core.services.activity import record
from core.services.documents import extract_text

NoteKind = Literal["note", "brief", "plan", "outcome", "reading", "insight"]
PASSAGE_CHARACTERS = 900
_OVERLAP = 150
MAX_BODY = 500_000


@dataclass(frozen=True, slots=True)
class NoteInfo:
    """A note as listed; `excerpt` is its beginning."""

    note_id: UUID
    kind: str
    title: str
    excerpt: str
    author_name: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage that answers a query and the note it stands in; `similarity` is the cosine, -1 to 1."""

    note_id: UUID
    kind: str
    title: str
    passage: str
    similarity: float
    author_name: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class NewNote:
    """A text to remember. With a `subject` (`plan:<id>`) a later one replaces it; without, each is a note of its own."""

    title: str
    body: str
    kind: NoteKind = "note"
    subject: str | None = None


def add_note(ctx: AccessContext, rt: Runtime, note: NewNote) -> NoteInfo:
    """Write a note and index it; it is kept even when the index is down, and found as soon as that is back."""
    ctx.require(Permission.USE_ASSISTANT)
    if not note.title.strip() or not note.body.strip():
        raise InvalidInput("A note needs a title and a text.")
    if len(note.body) > MAX_BODY or note.kind not in get_args(NoteKind):
        raise InvalidInput(f"A note may hold {MAX_BODY:,} characters and be one of {', '.join(get_args(NoteKind))}.")
    values = {
        "workspace_id": ctx.workspace_id,
        "kind": note.kind,
        "title": note.title.strip(),
        "body": note.body,
        "subject": note.subject,
        "author_id": ctx.actor_id,
        "author_name": ctx.actor_name,
        "written_at": rt.clock.now(),
    }
    statement = insert(Note).values(id=uuid4(), **values)
    with rt.db.session(ctx) as session:
        upsert = statement.on_conflict_do_update(index_elements=["workspace_id", "subject"], set_=values)
        row = session.scalars(upsert.returning(Note)).one()
        if note.subject is None:
            record(session, ctx, "noted", row.title, note_id=str(row.id))
    _index(rt).remove(ctx.workspace_id, row.id)
    _index(rt).put(ctx.workspace_id, _passages(row))
    return _info(row)


def add_brief(ctx: AccessContext, rt: Runtime, *, name: str, content: bytes) -> NoteInfo:
    """Read an uploaded brief (pdf, docx, md, txt) and remember it under its file name."""
    ctx.require(Permission.USE_ASSISTANT)
    return add_note(ctx, rt, NewNote(title=name, body=extract_text(name, content), kind="brief"))


def list_notes(ctx: AccessContext, rt: Runtime) -> list[NoteInfo]:
    """List all notes, newest first."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        return [_info(row) for row in session.scalars(select(Note).order_by(Note.written_at.desc(), Note.id))]


def read_note(ctx: AccessContext, rt: Runtime, note_id: UUID) -> str:
    """Give a note's whole text."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        return _own(session.get(Note, note_id)).body


def delete_note(ctx: AccessContext, rt: Runtime, note_id: UUID) -> None:
    """Delete a note from the database and from the index; nothing of it can be found afterwards."""
    ctx.require(Permission.USE_ASSISTANT)
    with rt.db.session(ctx) as session:
        row = _own(session.get(Note, note_id))
        # the index first: when it fails, the note is still there to be deleted again
        _index(rt).remove(ctx.workspace_id, note_id)
        session.delete(row)
        record(session, ctx, "deleted the note", row.title, note_id=str(note_id))


def search_knowledge(ctx: AccessContext, rt: Runtime, query: str, *, limit: int = 6, kinds: Sequence[NoteKind] = ()) -> list[Citation]:
    """Find the passages nearest in wording to a query, best first, each with the note it is cited from.

    An index that another embedder made, or that is missing, is rebuilt from the database first.

    Args:
        limit: 1-50.
        kinds: only notes of these kinds; empty means all.
    """
    ctx.require(Permission.READ)
    if not 1 <= limit <= 50:
        raise InvalidInput("Ask for 1 to 50 passages.")
    index = _index(rt)
    if not index.is_current(ctx.workspace_id):
        reindex(ctx, rt)
    hits = index.search(ctx.workspace_id, query, limit=limit, kinds=kinds)
    with rt.db.session(ctx) as session:
        notes = {row.id: row for row in session.scalars(select(Note).where(Note.id.in_({hit.note_id for hit in hits})))}
    texts = {passage.passage_id: passage.text for row in notes.values() for passage in _passages(row)}
    return [
        Citation(row.id, row.kind, row.title, texts[hit.passage_id], hit.similarity, row.author_name, row.written_at)
        for hit in hits
        if (row := notes.get(hit.note_id)) is not None and hit.passage_id in texts
    ]


def reindex(ctx: AccessContext, rt: Runtime) -> int:
    """Embed every note anew; gives the number of passages."""
    ctx.require(Permission.READ)
    with rt.db.session(ctx) as session:
        passages = [passage for row in session.scalars(select(Note)) for passage in _passages(row)]
    _index(rt).rebuild(ctx.workspace_id, passages)
    return len(passages)


def split_text(text: str, *, size: int = PASSAGE_CHARACTERS, overlap: int = _OVERLAP) -> list[str]:
    """Cut a text into parts of at most `size` characters that overlap, at the end of a paragraph, sentence or word where there is one."""
    parts, start = [], 0
    while start < len(text):
        end = min(start + size, len(text))
        if end < len(text):
            cuts = [text.rfind(mark, start + size // 2, end) + len(mark) for mark in ("\n\n", ". ", " ")]
            end = next((cut for cut, mark in zip(cuts, ("\n\n", ". ", " "), strict=True) if cut >= start + size // 2 + len(mark)), end)
        parts.append(text[start:end].strip())
        start = end if end == len(text) else max(end - overlap, start + 1)
    return [part for part in parts if part]


def _passages(row: Note) -> list[Passage]:
    return [Passage(f"{row.id}:{number}", row.id, row.kind, f"{row.title}\n{part}") for number, part in enumerate(split_text(row.body))]


def _info(row: Note) -> NoteInfo:
    return NoteInfo(row.id, row.kind, row.title, row.body[:200], row.author_name, row.written_at)


def _own(row: Note | None) -> Note:
    if row is None:
        raise NotFound("This note does not exist.")
    return row


def _index(rt: Runtime) -> KnowledgeIndex:
    if rt.knowledge is None:
        raise Misconfigured("The knowledge index is not wired in.")
    return rt.knowledge
