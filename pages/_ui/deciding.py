"""One change set with all that can be done about it: approve, reject, settle conflicts, undo, download."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.access import Permission
from core.model.changes import ChangeSetStatus
from core.services import changes, settling
from core.services.changes import ChangeSetView
from core.services.marking import mark_changes
from pages._ui import formats, nav, state
from pages._ui.boundary import boundary
from pages._ui.change_view import STATUS, draw_conflicts, draw_diff, draw_follows, draw_journal, draw_rows, summary_of
from pages._ui.components import ask, confirm, download, say_after_rerun
from pages._ui.formats import plain
from pages._ui.guard import Page
from pages._ui.jobs import job_progress

_UNDER_WAY = (ChangeSetStatus.APPROVED, ChangeSetStatus.APPLYING, ChangeSetStatus.UNDOING)

GROUPS = {
    "Waiting": (ChangeSetStatus.PROPOSED, ChangeSetStatus.APPROVED, ChangeSetStatus.APPLYING, ChangeSetStatus.UNDOING),
    "To settle": (ChangeSetStatus.CONFLICTED, ChangeSetStatus.FAILED),
    "Done": (ChangeSetStatus.APPLIED, ChangeSetStatus.UNDONE, ChangeSetStatus.REJECTED, ChangeSetStatus.EXPIRED),
}


def choose_group(known: Sequence[ChangeSetView], named: ChangeSetView | None) -> list[ChangeSetView]:
    """Draw the choice of what is shown and give that; the group of the change set that the address names goes first."""
    group = _group_of(named.status) if named is not None else state.APPROVALS_GROUP.get() or _group_of(known[0].status)
    key = f"approvals-{group}"  # a group that the page itself changes to needs a fresh widget: the browser keeps the old choice
    counts = {one: sum(view.status in statuses for view in known) for one, statuses in GROUPS.items()}
    st.segmented_control(
        "Show",
        list(GROUPS),
        default=group,
        required=True,
        key=key,
        format_func=lambda one: f"{one} ({counts[one]})",
        label_visibility="collapsed",
        on_change=_choose,
        args=(key,),
    )
    return [view for view in known if view.status in GROUPS[group]]


def _group_of(status: ChangeSetStatus) -> str:
    return next(group for group, statuses in GROUPS.items() if status in statuses)


def _choose(key: str) -> None:
    state.APPROVALS_GROUP.set(st.session_state[key])
    st.query_params.clear()


def draw_change_set(page: Page, view: ChangeSetView) -> None:
    """Draw a change set and the decisions that its state and the person's role allow."""
    title, icon, color = STATUS[view.status]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(view.file_name), anchor=False)
        st.badge(title, icon=icon, color=color)
    st.caption(_history(view))
    if view.note:
        st.markdown(f"> {plain(view.note)}")
    if view.status in _UNDER_WAY and view.job_id is not None:
        _draw_progress(page, view)
    if view.error is not None:
        st.error(plain(view.error), icon=":material/error:")
    _draw_conflicts(page, view)
    for sentence in view.notes:
        st.warning(plain(sentence), icon=":material/info:")
    _draw_decision(page, view)
    st.markdown(f"**{summary_of(view)}**")
    now = {(one.edit.tab, one.edit.cell): one.theirs for one in view.written}
    draw_rows(view.rows, currency=view.currency, key=str(view.id))
    if view.edits:
        draw_diff(view.edits, currency=view.currency, now=now or None, key=str(view.id))
    draw_follows(view.follows, currency=view.currency)
    if view.written:
        with st.expander("Journal: what was written, and what stood there before", icon=":material/receipt_long:"):
            draw_journal(view)
    st.caption(f"Hash {view.hash[:16]}… · version {view.draft_version} of the draft")


def _history(view: ChangeSetView) -> str:
    parts = [f"Proposed by {plain(view.proposed_by)}, {formats.moment(view.proposed_at)}"]
    if view.status == ChangeSetStatus.PROPOSED:
        parts.append(f"expires {formats.moment(view.expires_at)}")
    if view.decided_by is not None:
        verb = "rejected" if view.status == ChangeSetStatus.REJECTED else "approved"
        parts.append(f"{verb} by {plain(view.decided_by)}, {formats.moment(view.decided_at)}")
    if view.applied_at is not None:
        parts.append(f"written {formats.moment(view.applied_at)}")
    if view.undone_at is not None:
        parts.append(f"undone {formats.moment(view.undone_at)}")
    return " · ".join(parts)


def _draw_progress(page: Page, view: ChangeSetView) -> None:
    assert view.job_id is not None
    title = "Undoing" if view.status == ChangeSetStatus.UNDOING else "Writing into the sheet"
    with boundary():
        job_progress(page, view.job_id, title=title, can_cancel=False, on_end=lambda _: _stay_with(view))
        if changes.get_change_set(page.ctx, page.rt, view.id).status != view.status:
            st.rerun()  # it ended while the page was drawn


def _draw_decision(page: Page, view: ChangeSetView) -> None:
    may = page.ctx.allows(Permission.APPROVE_CHANGE)
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.status == ChangeSetStatus.PROPOSED:
            if may:
                key = f"approve-{view.id}"
                st.button("Approve and write", type="primary", icon=":material/check:", key=key, on_click=_approve, args=(page, view))
            st.button("Reject", icon=":material/block:", key=f"reject-{view.id}", on_click=_reject, args=(page, view))
            if not may:
                st.caption("An owner or admin approves. You can withdraw your own proposal.")
        if may and view.status == ChangeSetStatus.FAILED:
            key = f"again-{view.id}"
            st.button("Try again", type="primary", icon=":material/refresh:", key=key, on_click=_try_again, args=(page, view))
        if may and (view.written or view.rows.edits) and view.status in (ChangeSetStatus.APPLIED, ChangeSetStatus.FAILED):
            st.button("Undo", icon=":material/undo:", key=f"undo-of-{view.id}", on_click=ask, args=(f"undo-{view.id}",))
        if view.has_download:
            _draw_downloads(page, view)
        nav.link("planner", label="Open the draft", icon=":material/tune:", query={"draft": str(view.draft_id)})
    confirm(
        f"undo-{view.id}",
        title="Undo this write-back?",
        says=f"{formats.count(len(view.written) + len(view.rows.edits), 'place')} of {plain(view.file_name)} get back what stood there. "
        "Where someone changed one since, nothing is touched and you choose.",
        label="Undo",
        do=partial(_undo, page, view),
    )


def _draw_downloads(page: Page, view: ChangeSetView) -> None:
    """Offer the file as it was written and, made when it is asked for, a copy with the changes marked."""
    data = partial(changes.download, page.ctx, page.rt, view.id)
    download("Changed file", data=data, file_name=view.file_name, mime="application/octet-stream", key=f"changed-file-{view.id}")
    asked = state.MARKED_COPY.of(view.id)
    if view.status != ChangeSetStatus.APPLIED:
        return
    if asked.get():
        with boundary():
            copy = mark_changes(page.ctx, page.rt, view.id)
            download("Save the marked copy", data=copy.content, file_name=copy.name, mime=copy.mime, key=f"marked-file-{view.id}")
        return
    says = "To look at: changed cells coloured, with what stood there before; a list of the changes for a text file. Go on with the other."
    label, icon = "Copy with changes marked", ":material/format_color_fill:"
    st.button(label, icon=icon, key=f"mark-{view.id}", help=says, on_click=asked.set, args=(True,))


def _draw_conflicts(page: Page, view: ChangeSetView) -> None:
    if not view.conflicts or view.status not in (ChangeSetStatus.CONFLICTED, ChangeSetStatus.APPLIED):
        return
    undoing = view.status == ChangeSetStatus.APPLIED
    since = "written" if undoing else "read"
    st.markdown(f"##### {formats.count(len(view.conflicts), 'place')} changed since the plan was {since}: choose for each")
    may = page.ctx.allows(Permission.APPROVE_CHANGE if undoing else Permission.PROPOSE_CHANGE)
    chosen = draw_conflicts(view.conflicts, key=str(view.id), can_choose=may)
    if may and undoing and st.button("Undo with these choices", type="primary", key=f"undo-choices-{view.id}"):
        with boundary():
            changes.undo(page.ctx, page.rt, view.id, chosen)
            _stay_with(view)
            st.rerun()
    if may and not undoing and st.button("Propose with these choices", type="primary", key=f"settle-{view.id}", icon=":material/send:"):
        with boundary():
            settled = settling.settle(page.ctx, page.rt, view.id, chosen)
            st.query_params["change"] = str(settled.id)
            is_new = settled.id != view.id
            waits, stays = (
                "A new proposal with your choices waits for approval.",
                "Nothing of it is left to write: the sheet stays as it is.",
            )
            say_after_rerun(waits if is_new else stays)
            st.rerun()


def _stay_with(view: ChangeSetView) -> None:
    """Show this change set again at the next run, in whatever state it is then."""
    st.query_params["change"] = str(view.id)


def _approve(page: Page, view: ChangeSetView) -> None:
    with boundary():
        changes.approve(page.ctx, page.rt, view.id, expected_hash=view.hash)
        _stay_with(view)


def _try_again(page: Page, view: ChangeSetView) -> None:
    with boundary():
        changes.try_again(page.ctx, page.rt, view.id, expected_hash=view.hash)
        _stay_with(view)


def _reject(page: Page, view: ChangeSetView) -> None:
    with boundary():
        changes.reject(page.ctx, page.rt, view.id)
        _stay_with(view)


def _undo(page: Page, view: ChangeSetView) -> None:
    changes.undo(page.ctx, page.rt, view.id)
    _stay_with(view)
