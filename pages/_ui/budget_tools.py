"""The tools beside the budget table: distribute, fixed total, versions, export."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pandas as pd
import streamlit as st

from core.access import Permission
from core.model.distribution import Distribution
from core.model.money import minor_exponent, to_major, to_minor
from core.planning.splitting import period_label
from core.services import drafts, unsaved
from core.services.draft_views import DraftSummary, DraftView
from core.services.drafts import DistributeRequest, Rule, SaveDraft
from core.services.response_sources import find_response_sources
from pages._ui import formats, state
from pages._ui.boundary import boundary
from pages._ui.budget_state import Editing, from_distribution
from pages._ui.components import say_after_rerun
from pages._ui.guard import Page

_RULES: dict[Rule, tuple[str, str]] = {
    "response": ("By response", "Each next euro goes where it is expected to bring most, with diminishing returns per channel."),
    "last_plan": ("As last plan", "Keeps the proportions of the sheet as it was read."),
    "even": ("Evenly", "Every line item the same, its periods by days."),
    "weights": ("By weight", "In the proportions that you give."),
}


@st.cache_resource(ttl=30, max_entries=100, show_spinner=False)
def read_sheet(_page: Page, draft_id: UUID, base_snapshot_id: UUID) -> Distribution:
    """Read what a draft's amounts are compared with, once for all who open it together; get_draft has just checked their rights to it."""
    return drafts.read_distribution(_page.ctx, _page.rt, draft_id)


def draw_distribute(page: Page, draft: DraftView, editing: Editing) -> None:
    """Draw the menu that fills the table by rule; locks, minimums and maximums hold."""
    with st.popover("Distribute", icon=":material/account_tree:"):
        rule = st.radio(
            "Rule", list(_RULES), format_func=lambda one: _RULES[one][0], captions=[says for _, says in _RULES.values()], key="rule"
        )
        basis = _basis(page, editing, draft.draft_id, draft.version) if rule == "response" else ""
        if basis:
            st.info(basis, icon=":material/lightbulb:")
        currency = editing.template.currency
        unit = 10.0 ** -minor_exponent(currency)
        total = st.number_input("Total to distribute", min_value=0.0, value=_total(editing), step=unit, key=f"total-{editing.grid}")
        weights = _weights(editing) if rule == "weights" else {}
        holds, rounds = st.columns(2)
        fix = holds.checkbox("Hold as fixed total", value=editing.budget.fixed_total_minor is not None, key=f"fix-{editing.grid}")
        step = rounds.selectbox("Round to", [unit, 1.0, 10.0, 100.0], format_func=lambda one: f"{one:g}", key="round-to")
        if st.button("Distribute", type="primary", key="distribute", width="stretch"):
            with boundary():
                minor = to_minor(total, currency)
                request = DistributeRequest(
                    draft.draft_id, editing.distribution(), rule, minor, weights=weights, step_minor=max(to_minor(step, currency), 1)
                )
                filled = drafts.distribute(page.ctx, page.rt, request)
                editing.change(replace(from_distribution(filled), fixed_total_minor=minor if fix else None), redraw=True)
                state.FILLED.of(draft.draft_id).set((editing.grid, f"Distributed {_RULES[rule][0].lower()}. {basis}".strip()))
                st.rerun(scope="fragment")
        if st.button("Set or lift the fixed total only", key="fix-only", type="tertiary"):
            fixed = to_minor(total, currency) if fix else None
            editing.change(replace(editing.budget, fixed_total_minor=fixed), redraw=True)
            st.rerun(scope="fragment")


def draw_filled(draft: DraftView, editing: Editing) -> None:
    """Say under the table's figures what a fill rests on, until the table is filled, undone or saved anew."""
    grid, says = state.FILLED.of(draft.draft_id).get()
    if says and grid == editing.grid and editing.is_dirty:
        st.caption(f":material/account_tree: {says}")


@st.cache_resource(ttl=30, max_entries=100, show_spinner=False)
def _basis(_page: Page, _editing: Editing, draft_id: UUID, version: int) -> str:
    """Say in plain words which response curves the fill would use."""
    found = find_response_sources(_page.ctx, _page.rt, _editing.template)
    if found.assumed:
        return (
            "No response curves are fitted for these channels. Each line item is assumed to be half saturated at the amount it has in the "
            "sheet: twice that money would bring a third more. Import results under Performance to plan with measured curves."
        )
    if found.typical:
        return (
            f"Curves fitted to the results under Performance for {formats.count(found.fitted, 'line item')}; typical curves for "
            f"{found.typical} whose channel the results do not have."
        )
    return "Every line item has a curve fitted to the results under Performance."


def _total(editing: Editing) -> float:
    fixed = editing.budget.fixed_total_minor
    return float(to_major(editing.budget.total_minor if fixed is None else fixed, editing.template.currency))


def _weights(editing: Editing) -> dict[str, float]:
    rows = editing.budget.rows
    frame = pd.DataFrame({"label": [row.name for row in rows], "weight": [1.0] * len(rows)})
    typed = st.data_editor(
        frame,
        key="weights",
        hide_index=True,
        height=220,
        disabled=["label"],
        column_config={
            "label": st.column_config.TextColumn("Line item", width=220),
            "weight": st.column_config.NumberColumn("Weight", min_value=0.0, required=True),
        },
    )
    return {row.id: float(weight) for row, weight in zip(rows, typed["weight"], strict=True)}


def open_drawer(name: str) -> None:
    """Open what lies over the planner: versions, propose."""
    state.DRAWER.set(name)
    st.rerun()


def draw_saving(page: Page, draft: DraftView, editing: Editing) -> None:
    """Draw the buttons that save the table as a version and propose the saved one for writing."""
    if page.ctx.allows(Permission.EDIT_DRAFT):
        with st.popover("Save", icon=":material/save:", disabled=not editing.is_dirty):
            note = st.text_input("What did you change?", key="save-note", placeholder="optional")
            if st.button("Save version", type="primary", key="save", shortcut="Ctrl+S") and save(page, draft, editing, note):
                st.rerun()
    if page.ctx.allows(Permission.PROPOSE_CHANGE) and st.button(
        "Propose write-back", type="primary", icon=":material/send:", key="propose", disabled=editing.is_dirty
    ):
        open_drawer("propose")


def save(page: Page, draft: DraftView, editing: Editing, note: str) -> bool:
    """Save the table as the next version; True when it was saved."""
    done = False
    with boundary():
        saved = drafts.save_version(
            page.ctx, page.rt, SaveDraft(draft.draft_id, editing.version, editing.distribution(), note, editing.gone)
        )
        unsaved.drop_edits(page.ctx, page.rt, draft.draft_id)
        state.EDITING.of(draft.draft_id).pop()
        say_after_rerun(f"Saved as version {saved.version}.")
        done = True
    return done


def draw_versions(page: Page, draft: DraftView) -> None:
    """Draw all saves of a draft, what moved between any two, and a way back to each."""
    versions = drafts.list_versions(page.ctx, page.rt, draft.draft_id)
    table = pd.DataFrame(
        {
            "Version": [one.version for one in versions],
            "Saved": [formats.moment(one.saved_at) for one in versions],
            "By": [one.author for one in versions],
            "Note": [one.note for one in versions],
            "Total": [formats.money(one.total_minor, draft.distribution.currency) for one in versions],
        }
    )
    st.dataframe(formats.inert_table(table), hide_index=True, key="versions-table", height="content" if len(table) < 8 else 290)
    numbers = [one.version for one in versions]
    was, now, back = st.columns([1, 1, 1], vertical_alignment="bottom")
    first = was.selectbox("Compare", numbers, index=min(1, len(numbers) - 1), key="compare-was", format_func=lambda n: f"Version {n}")
    second = now.selectbox("with", numbers, index=0, key="compare-now", format_func=lambda n: f"Version {n}")
    if back.button(f"Restore version {first}", key="restore", icon=":material/history:", disabled=first == numbers[0], width="stretch"):
        with boundary():
            restored = drafts.restore_version(page.ctx, page.rt, draft.draft_id, version=first, base_version=draft.newest_version)
            unsaved.drop_edits(page.ctx, page.rt, draft.draft_id)
            state.EDITING.of(draft.draft_id).pop()
            say_after_rerun(f"Version {first} is back as version {restored.version}.")
            st.rerun()
    moved = drafts.compare_versions(page.ctx, page.rt, draft.draft_id, was=first, now=second)
    if not moved:
        st.caption("No amount differs between these two.")
        return
    labels = {period.key: period_label(period) for period in draft.distribution.periods}
    currency = draft.distribution.currency
    frame = pd.DataFrame(
        {
            "Line item": [one.label for one in moved],
            "Period": [labels.get(one.period, one.period) for one in moved],
            f"Version {first}": [formats.money(one.was_minor, currency) for one in moved],
            f"Version {second} ": [formats.money(one.now_minor, currency) for one in moved],
            "Difference": [formats.money_change((one.now_minor or 0) - (one.was_minor or 0), currency) for one in moved],
        }
    )
    st.dataframe(formats.inert_table(frame), hide_index=True, key="compare-table", height="content" if len(frame) < 10 else 360)


def choose_draft(page: Page) -> UUID | None:
    """Draw the choice of a draft (the address may name one) and give it; None when there is none yet."""
    known = {str(one.draft_id): one for one in drafts.list_drafts(page.ctx, page.rt)}
    asked = st.query_params.get("draft", "")
    if file_id := st.query_params.get("file"):
        asked = _draft_of_file(page, file_id, list(known.values()))
    if not known and not asked:
        return None
    if asked not in known:
        return UUID(asked) if asked and _is_uuid(asked) else UUID(next(iter(known)))
    if len(known) > 1:
        names = formats.apart({key: f"{one.name} · version {one.version}, {formats.moment(one.saved_at)}" for key, one in known.items()})
        chosen = st.selectbox("Draft", list(known), index=list(known).index(asked), format_func=names.__getitem__, key=f"draft-{asked}")
        if chosen != asked:
            st.query_params["draft"] = chosen
            st.rerun()
    return UUID(asked)


def _draft_of_file(page: Page, file_id: str, known: list[DraftSummary]) -> str:
    """Give the newest draft of a file, started now when there is none; the address then names the draft."""
    found = next((one.draft_id for one in known if str(one.file_id) == file_id), None)
    if found is None and _is_uuid(file_id):
        found = drafts.create_draft(page.ctx, page.rt, UUID(file_id)).draft_id
    st.query_params.clear()
    if found is None:
        return ""
    st.query_params["draft"] = str(found)
    return str(found)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
