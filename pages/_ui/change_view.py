"""A change set drawn: its diff (cell, was, now, will be), what follows by formulas, conflicts with a choice each, the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from core.model.changes import CellConflict, CellEdit, CellState, ChangeSetStatus, RowEdit, RowPlan
from core.model.workbook import column_letters
from core.services.changes import ChangeSetView
from core.sheets.writing.consequences import Follow
from core.sheets.writing.drift import Choice, can_overwrite
from core.sheets.writing.inputs import FormulaTarget
from core.sheets.writing.ratios import RatioOffer
from pages._ui import formats
from pages._ui.components import Color
from pages._ui.formats import plain

STATUS: dict[ChangeSetStatus, tuple[str, str, Color]] = {
    ChangeSetStatus.PROPOSED: ("Waiting for approval", ":material/hourglass_top:", "orange"),
    ChangeSetStatus.APPROVED: ("Approved", ":material/thumb_up:", "blue"),
    ChangeSetStatus.APPLYING: ("Writing", ":material/sync:", "blue"),
    ChangeSetStatus.APPLIED: ("Written", ":material/check_circle:", "green"),
    ChangeSetStatus.CONFLICTED: ("Conflict", ":material/call_split:", "red"),
    ChangeSetStatus.FAILED: ("Failed", ":material/error:", "red"),
    ChangeSetStatus.REJECTED: ("Rejected", ":material/block:", "gray"),
    ChangeSetStatus.UNDOING: ("Undoing", ":material/undo:", "blue"),
    ChangeSetStatus.UNDONE: ("Undone", ":material/undo:", "violet"),
    ChangeSetStatus.EXPIRED: ("Expired", ":material/timer_off:", "gray"),
}
_WHY = {
    "value_changed": "Someone changed this cell.",
    "formula_now": "A formula stands here now; it is never written over.",
    "row_missing": "This line item is no longer in the sheet.",
    "row_ambiguous": "This line item cannot be told apart from another row for certain.",
    "row_exists": "This new line item is in the sheet already.",
    "column_missing": "This column is no longer in the sheet.",
    "column_ambiguous": "This column cannot be told apart from another for certain.",
    "tab_missing": "The tab is no longer in the sheet.",
    "file_missing": "The file is gone.",
    "locked": "The cell is protected.",
}
_CHOICES: dict[Choice, str] = {"theirs": "Theirs", "ours": "Ours", "leave_out": "Leave out"}


def shown(state: CellState | None) -> str:
    """Give a cell's content for people."""
    if state is None:
        return "not found"
    if state.formula is not None:
        return state.formula
    if state.value is None or state.value == "":
        return "empty"
    return f"{state.value:,}" if isinstance(state.value, int | float) and not isinstance(state.value, bool) else str(state.value)


def draw_diff(edits: Sequence[CellEdit], *, currency: str | None, now: dict[tuple[str, str], CellState] | None = None, key: str) -> None:
    """Draw the cells to be written; `now` adds what stood there when it was written."""
    frame = pd.DataFrame(
        {
            "Cell": [f"{edit.tab}!{edit.cell}" for edit in edits],
            "Line item": [formats.inert(edit.line_item) for edit in edits],
            "Period": [_period(edit.period) for edit in edits],
            "When read": [shown(edit.before) for edit in edits],
            **({"In the sheet": [shown(now.get((edit.tab, edit.cell))) for edit in edits]} if now else {}),
            "Will be": [shown(edit.after) for edit in edits],
            "Money": [_money(edit, currency) for edit in edits],
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        key=f"diff-{key}",
        height="content" if len(frame) < 14 else 480,
        column_config={
            "Line item": st.column_config.TextColumn(width="medium"),
            **{
                name: st.column_config.TextColumn(alignment="right")
                for name in ("When read", "In the sheet", "Will be", "Money")
                if name in frame
            },
        },
    )


def draw_rows(rows: RowPlan, *, currency: str | None, key: str) -> None:
    """Draw the rows that come and go with what is in them, and the formulas written anew so that they follow."""
    if not rows.edits:
        return
    frame = pd.DataFrame(
        {
            "What": ["inserted" if edit.kind == "insert" else "deleted" for edit in rows.edits],
            "Row": [
                f"New row below {edit.tab}!{edit.row}" if edit.kind == "insert" else f"Row {edit.tab}!{edit.row}" for edit in rows.edits
            ],
            "Line item": [formats.inert(edit.line_item) for edit in rows.edits],
            "Money": [formats.money_change(edit.minor if edit.kind == "insert" else -edit.minor, currency) for edit in rows.edits],
        }
    )
    config = {"Line item": st.column_config.TextColumn(width="medium"), "Money": st.column_config.TextColumn(alignment="right")}
    st.dataframe(frame, hide_index=True, key=f"rows-{key}", height="content" if len(frame) < 14 else 480, column_config=config)
    told = [
        f"**{plain(edit.line_item)}** {'gets' if edit.kind == 'insert' else 'loses'} {plain(_row_cells(edit))}" for edit in rows.edits[:8]
    ]
    told += [f"and {len(rows.edits) - 8} more rows"] if len(rows.edits) > 8 else []
    st.caption("  \n".join(told))
    if rows.rewritten:
        parts = [f"**{plain(at)}** {plain(was)} → {plain(now)}" for at, was, now in rows.rewritten[:6]]
        more = f" and {len(rows.rewritten) - 6} more" if len(rows.rewritten) > 6 else ""
        st.info("Formulas that grow with the new rows: " + "; ".join(parts) + more, icon=":material/functions:")


def _row_cells(edit: RowEdit) -> str:
    """Tell what is typed into a new row, or what stood in a deleted one, by column."""
    cells = ", ".join(f"{column_letters(column)} {shown(state)}" for column, state in edit.cells)
    taken = [f"formulas {_columns(edit.copies)}"] if edit.copies else []
    taken += [f"as above {_columns(edit.keeps)}"] if edit.keeps else []
    return "; ".join([cells, *taken]) if cells else "; ".join(taken)


def _columns(numbers: Sequence[int]) -> str:
    return ", ".join(column_letters(number) for number in numbers)


def _period(key: str) -> str:
    """Give a period key for people: `2026-01` is Jan 2026, a sum is a sum."""
    if key == "total":
        return "Sum"
    if key.startswith("0001-"):
        return "Whole plan"
    start, _, end = key.partition("..")
    if end:
        return f"{start} to {end}"
    return date.fromisoformat(f"{start}-01").strftime("%b %Y")


def _money(edit: CellEdit, currency: str | None) -> str:
    if edit.minor_after is None or edit.minor_before is None:
        return formats.money(edit.minor_after, currency)
    return formats.money_change(edit.minor_after - edit.minor_before, currency)


def draw_follows(follows: Sequence[Follow], *, currency: str | None) -> None:
    """Draw the totals that change by their own formulas."""
    if follows:
        parts = [
            f"**{plain(one.tab)}!{one.cell}** {plain(one.label.replace('_', ' '))} "
            f"{formats.money(one.minor_before, currency)} → {_follows(one, currency)}"
            for one in follows[:8]
        ]
        more = f" and {len(follows) - 8} more" if len(follows) > 8 else ""
        st.info(formats.told("By the sheet's own formulas: " + "; ".join(parts) + more), icon=":material/functions:")


def _follows(one: Follow, currency: str | None) -> str:
    return "the sheet will compute it anew" if one.minor_after is None else formats.money(one.minor_after, currency)


def draw_choices(targets: Sequence[FormulaTarget], chosen: dict[str, str], *, currency: str | None) -> dict[str, str]:
    """Draw, for each budget that is a formula, the inputs that make it up; give the chosen input by formula cell."""
    st.markdown("**These budgets are formulas.** Choose what to change; the formula stays.")
    known = [{option.label for option in target.options if option.needed is not None} for target in targets]
    common = None
    if len(targets) > 1 and (shared := sorted(set.intersection(*known))):
        common = st.pills("Change everywhere", shared, key="input-common", format_func=plain)
    picked = dict(chosen)
    for target in targets:
        options = {f"{one.tab}!{one.cell}": one for one in target.options if one.needed is not None}
        at = f"{target.tab}!{target.cell}"
        default = next((cell for cell, one in options.items() if one.label == common), picked.get(at))
        words = {
            cell: f"{one.label.replace(chr(10), ' ')} ({cell}): {one.value:,} → {one.needed:,}"
            + ("" if one.minor == target.wanted_minor else f", gives {formats.money(one.minor, currency)}")
            for cell, one in options.items()
        }
        answer = st.selectbox(
            f"{plain(at)} → {formats.money(target.wanted_minor, currency)}",
            list(options),
            index=list(options).index(default) if default in options else None,
            format_func=words.__getitem__,
            placeholder="Choose the input to change",
            key=f"input-{at}-{common}",
        )
        if answer is not None:
            picked[at] = answer
    return picked


def draw_ratios(offers: Sequence[RatioOffer], chosen: dict[str, str]) -> dict[str, str]:
    """Draw, for each typed amount at a fixed ratio to the budget, whether to write it too; give what was ticked."""
    picked = {}
    for offer in offers:
        label = f"Write {plain(offer.header)} too: {formats.count(len(offer.cells), 'cell')}, {offer.ratio} times the budget"
        why = f"All {offer.lines} lines of {offer.tab} have {offer.header} at {offer.ratio} times their budget; it is assumed to stay so."
        if st.checkbox(label, value=offer.key in chosen, help=plain(why), key=offer.key):
            picked[offer.key] = offer.ratio
    return picked


def draw_conflicts(conflicts: Sequence[CellConflict], *, key: str, can_choose: bool) -> dict[tuple[str, str], Choice]:
    """Draw each conflict with base, theirs and ours, and give what was chosen."""
    chosen: dict[tuple[str, str], Choice] = {}
    for number, conflict in enumerate(conflicts):
        with st.container(border=True):
            head, base, theirs, ours, choice = st.columns([2.8, 1.5, 1.5, 1.5, 3.6], vertical_alignment="center")
            moved = f" (now {plain(conflict.now_at)})" if conflict.now_at and conflict.now_at != f"{conflict.tab}!{conflict.cell}" else ""
            place = f"**{plain(conflict.tab)}!{conflict.cell}**{moved}"
            head.markdown(f"{place}  \n{plain(conflict.line_item)}  \n:small[{_WHY[conflict.kind]}]")
            base.markdown(f":small[:gray[When read]]  \n{plain(shown(conflict.base))}")
            theirs.markdown(f":small[:gray[Theirs, now]]  \n:orange[{plain(shown(conflict.theirs))}]")
            ours.markdown(f":small[:gray[Ours]]  \n:blue[{plain(shown(conflict.ours))}]")
            options: list[Choice] = ["theirs", "ours", "leave_out"] if can_overwrite(conflict) else ["leave_out"]
            if can_choose:
                answer = choice.segmented_control(
                    "Choose",
                    options,
                    default=options[0],
                    required=True,
                    format_func=_CHOICES.__getitem__,
                    key=f"choose-{key}-{number}",
                    label_visibility="collapsed",
                )
                chosen[conflict.tab, conflict.cell] = answer
    return chosen


def draw_journal(view: ChangeSetView) -> None:
    """Draw what was written where, and what stood there before."""
    frame = pd.DataFrame(
        {
            "Written to": [f"{one.tab}!{one.cell}" for one in view.written],
            "Line item": [formats.inert(one.edit.line_item) for one in view.written],
            "Stood there before": [shown(one.theirs) for one in view.written],
            "Written": [shown(one.edit.after) for one in view.written],
        }
    )
    st.dataframe(frame, hide_index=True, key=f"journal-{view.id}", height="content" if len(frame) < 14 else 480)


def summary_of(view: ChangeSetView) -> str:
    """Tell a change set in one line."""
    moved = sum((edit.minor_after or 0) - (edit.minor_before or 0) for edit in view.edits if edit.period != "total")
    inserted = sum(edit.kind == "insert" for edit in view.rows.edits)
    moved += sum(edit.minor if edit.kind == "insert" else -edit.minor for edit in view.rows.edits)
    counts = ((len(view.edits), "cell"), (inserted, "new row"), (len(view.rows.edits) - inserted, "deleted row"))
    parts = [formats.count(count, word) for count, word in counts if count]
    return f"{', '.join(parts)}, {formats.money_change(moved, view.currency)} in all"
