"""The page of notes: written, listed, found, deleted for good; what plans and readings leave behind stands there too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.chroma.index import ChromaIndex
from connectors.chroma.offline_embedder import OfflineEmbedder
from core.access import AccessContext, Role
from core.runtime import Runtime, install
from core.services import knowledge
from core.services.planned_drafts import KeepPlanned, keep_planned
from core.services.planning import plan_of
from tests.agents.plans import keep_plan
from tests.conftest import make_member
from tests.ui.conftest import OpenAs, texts


@pytest.fixture
def rt(runtime: Runtime, tmp_path: Path) -> Iterator[Runtime]:
    index = ChromaIndex(OfflineEmbedder(), folder=tmp_path / "chroma")
    ready = replace(runtime, knowledge=index)
    install(ready)
    yield ready
    index.close()


def test_a_note_is_written_found_and_deleted_for_good(open_as: OpenAs, rt: Runtime, ctx: AccessContext) -> None:
    test = open_as(ctx, "notes")
    assert not test.exception and "Nothing is known yet" in texts(test)
    test.text_input(key="note-title").input("Kickoff")
    test.text_area(key="note-body").input("The target group is commuters between 25 and 40.")
    next(button for button in test.button if button.label == "Save note").click().run()
    assert not test.exception and "Kickoff" in texts(test)
    test.text_input(key="notes-search").input("who is the targt group").run()
    assert "commuters between 25 and 40" in texts(test)
    test.text_input(key="notes-search").input("").run()
    (note,) = knowledge.list_notes(ctx, rt)
    test.button(key=f"note-{note.note_id}-delete").click().run()
    test.button(key=f"note-{note.note_id}-confirm").click().run()
    assert not test.exception and knowledge.list_notes(ctx, rt) == []
    assert knowledge.search_knowledge(ctx, rt, "target group") == []


def test_a_viewer_reads_notes_and_changes_none(open_as: OpenAs, rt: Runtime, ctx: AccessContext) -> None:
    knowledge.add_note(ctx, rt, knowledge.NewNote("Kickoff", "Commuters."))
    test = open_as(make_member(rt, Role.VIEWER, of=ctx, name="Vera Viewer"), "notes")
    assert not test.exception and "Kickoff" in texts(test)
    assert not {"Delete", "Save note", "Upload"} & {button.label for button in test.button}


def test_a_saved_plan_is_remembered_once_with_where_it_is_from(rt: Runtime, ctx: AccessContext) -> None:
    file_id = keep_plan(ctx, rt)
    base = plan_of(ctx, rt, file_id)[1]
    changed = replace(
        base, rows=tuple(replace(r, cells=tuple(replace(c, budget_minor=c.budget_minor // 2) for c in r.cells)) for r in base.rows)
    )
    draft = keep_planned(ctx, rt, KeepPlanned(file_id, None, changed, "Half of it"))
    keep_planned(ctx, rt, KeepPlanned(file_id, draft.draft_id, base, "Whole again"))
    (note,) = knowledge.list_notes(ctx, rt)
    body = knowledge.read_note(ctx, rt, note.note_id)
    assert (note.kind, note.title) == ("plan", "Plan plan.xlsx, version 3")
    assert "Whole again" in body and "Total EUR 150,000.00" in body and str(draft.draft_id) in body and "TV: EUR 45,000.00" in body
