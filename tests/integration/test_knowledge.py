"""Notes are found by what they say, cited, kept apart by workspace and deleted for good, on a real Chroma."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from connectors.chroma.index import ChromaIndex
from connectors.chroma.offline_embedder import OfflineEmbedder
from core.access import AccessContext, Role
from core.errors import Forbidden, InvalidInput, Misconfigured, NotFound, UnreadableFile
from core.runtime import Runtime
from core.services import knowledge
from core.services.knowledge import NewNote
from tests.conftest import make_member

SECOND_PROCESS = """
import sys
from pathlib import Path
from uuid import uuid4
from connectors.chroma.index import ChromaIndex
from connectors.chroma.offline_embedder import OfflineEmbedder
ChromaIndex(OfflineEmbedder(), folder=Path(sys.argv[1])).is_current(uuid4())
"""


class RenamedEmbedder(OfflineEmbedder):
    """The same vectors under another version, as after an update."""

    @property
    def version(self) -> str:
        return "2"


@pytest.fixture
def rt(runtime: Runtime, tmp_path: Path) -> Iterator[Runtime]:
    index = ChromaIndex(OfflineEmbedder(), folder=tmp_path / "chroma")
    yield replace(runtime, knowledge=index)
    index.close()


def titles(hits: Sequence[knowledge.Citation]) -> list[str]:
    return [hit.title for hit in hits]


def test_a_note_is_found_by_other_words_forms_and_with_a_typing_error(ctx: AccessContext, rt: Runtime) -> None:
    knowledge.add_note(ctx, rt, NewNote("Frequency", "TikTok was cut because the frequency cap was exceeded twice a week."))
    knowledge.add_note(ctx, rt, NewNote("Fees", "Die Agenturprovision steigt ab Januar auf 10 Prozent."))
    assert titles(knowledge.search_knowledge(ctx, rt, "tiktok freqency capping"))[0] == "Frequency"
    [first, *_] = knowledge.search_knowledge(ctx, rt, "Provision der Agentur")
    assert (first.title, first.author_name) == ("Fees", "Ann Owner")
    assert "10 Prozent" in first.passage


def test_nothing_of_another_workspace_is_found_read_or_deleted(ctx: AccessContext, other_ctx: AccessContext, rt: Runtime) -> None:
    mine = knowledge.add_note(ctx, rt, NewNote("Secret", "The client wants search locked."))
    assert knowledge.search_knowledge(other_ctx, rt, "client wants search locked") == []
    assert knowledge.list_notes(other_ctx, rt) == []
    for attempt in (knowledge.read_note, knowledge.delete_note):
        with pytest.raises(NotFound):
            attempt(other_ctx, rt, mine.note_id)
    assert titles(knowledge.search_knowledge(ctx, rt, "client wants search locked")) == ["Secret"]


def test_a_deleted_note_is_gone_from_the_database_and_from_the_index(ctx: AccessContext, rt: Runtime) -> None:
    note = knowledge.add_note(ctx, rt, NewNote("Old", "radio spots in Bavaria"))
    knowledge.delete_note(ctx, rt, note.note_id)
    assert rt.knowledge is not None
    assert rt.knowledge.search(ctx.workspace_id, "radio spots in Bavaria", limit=5) == []
    assert knowledge.list_notes(ctx, rt) == []


def test_a_note_with_a_subject_replaces_its_former_self(ctx: AccessContext, rt: Runtime) -> None:
    for body in ("The plan holds 100,000 for search.", "The plan holds 120,000 for search."):
        knowledge.add_note(ctx, rt, NewNote("Spring plan", body, kind="plan", subject="plan:1"))
    [hit] = knowledge.search_knowledge(ctx, rt, "search plan")
    assert "120,000" in hit.passage


def test_another_embedder_makes_the_index_anew_before_it_is_searched(ctx: AccessContext, rt: Runtime, tmp_path: Path) -> None:
    knowledge.add_note(ctx, rt, NewNote("Discount", "The publisher granted a volume discount."))
    assert isinstance(rt.knowledge, ChromaIndex)
    rt.knowledge.close()
    updated = replace(rt, knowledge=ChromaIndex(RenamedEmbedder(), folder=tmp_path / "chroma"))
    assert isinstance(updated.knowledge, ChromaIndex)
    assert not updated.knowledge.is_current(ctx.workspace_id)
    assert titles(knowledge.search_knowledge(ctx, updated, "volume discount")) == ["Discount"]
    assert updated.knowledge.is_current(ctx.workspace_id)
    updated.knowledge.close()


def test_a_second_process_is_refused_the_folder(ctx: AccessContext, rt: Runtime, tmp_path: Path) -> None:
    knowledge.add_note(ctx, rt, NewNote("One", "owner"))
    with pytest.raises(Misconfigured, match="Another process owns"):
        ChromaIndex(OfflineEmbedder(), folder=tmp_path / "chroma").is_current(uuid4())
    other = subprocess.run([sys.executable, "-c", SECOND_PROCESS, str(tmp_path / "chroma")], capture_output=True, text=True, check=False)
    assert other.returncode != 0
    assert "Another process owns" in other.stderr


def test_a_viewer_may_search_but_not_write(ctx: AccessContext, rt: Runtime) -> None:
    viewer = make_member(rt, Role.VIEWER, of=ctx, name="Vic Viewer")
    knowledge.add_note(ctx, rt, NewNote("Open", "podcast sponsoring"))
    assert titles(knowledge.search_knowledge(viewer, rt, "podcast")) == ["Open"]
    with pytest.raises(Forbidden):
        knowledge.add_note(viewer, rt, NewNote("No", "no"))


def test_a_word_brief_is_found_by_a_passage_deep_inside(ctx: AccessContext, rt: Runtime) -> None:
    from docx import Document

    document = Document()
    for number in range(60):
        document.add_paragraph(f"Paragraph {number} about the general background of the brand and its history in the market.")
    document.add_paragraph("Mandatory: no outdoor posters within 100 metres of schools.")
    file = BytesIO()
    document.save(file)
    knowledge.add_brief(ctx, rt, name="brief.docx", content=file.getvalue())
    [hit, *_] = knowledge.search_knowledge(ctx, rt, "outdoor posters near schools", limit=1)
    assert hit.title == "brief.docx"
    assert "100 metres of schools" in hit.passage


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("plan.exe", b"MZ", InvalidInput),
        ("empty.txt", b"  \n", InvalidInput),
        ("broken.pdf", b"%PDF-1.7 nothing", UnreadableFile),
        ("broken.docx", b"PK\x03\x04 nothing", UnreadableFile),
    ],
)
def test_a_brief_that_cannot_be_read_is_named(ctx: AccessContext, rt: Runtime, name: str, content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        knowledge.add_brief(ctx, rt, name=name, content=content)
    assert knowledge.list_notes(ctx, rt) == []


def test_parts_of_a_text_overlap_and_lose_nothing() -> None:
    text = " ".join(f"word{i}." for i in range(2000))
    parts = knowledge.split_text(text)
    assert max(map(len, parts)) <= knowledge.PASSAGE_CHARACTERS
    assert {word for part in parts for word in part.split()} >= set(text.split())
