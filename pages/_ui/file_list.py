"""The files of a workspace as a table: how likely each is a plan and why, what it costs, how fresh it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pandas as pd
import streamlit as st

from core.services.files import DRIVE, FileInfo, FileList
from core.services.readings import TEMPLATE
from core.sheets.display import harmless
from pages._ui.components import Badge, Color, stale
from pages._ui.formats import ago, count, inert_table, moment, money, plain

_LATE_SECONDS = 45 * 60
STATES = {
    "fresh": "Up to date",
    "unread": "Not read yet",
    "behind": "Changed, sync pending",
    "stale": "Stale",
    "failed": "Failed",
    "disconnected": "Disconnected",
    "gone": "Gone from Drive",
}
SOURCES = {DRIVE: "Google Drive", "upload": "Upload"}
_WEIGHT = re.compile(r" \([+−-][0-9.]+\)$")
_KINDS = {"application/vnd.google-apps.spreadsheet": "Google Sheet"}


def kind_of(info: FileInfo) -> str:
    """Give `Google Sheet`, or the file type such as `XLSX`."""
    return _KINDS.get(info.mime_type, info.name.rpartition(".")[2].upper() if "." in info.name else "Spreadsheet")


def files_frame(files: Sequence[FileInfo], now: datetime) -> pd.DataFrame:
    """Lay the files out as shown and as downloaded, one row a file, in the same order."""
    rows = [
        {
            "Name": info.name,
            "Plan score": round(100 * info.plan_score),
            "Why": ("you decided · " if info.decided_by_person else "") + _why(info),
            "Total": money(info.total_minor, info.currency) if info.total_minor is not None else "",
            "Line items": str(info.line_items) if info.line_items else "",
            "To check": _to_check(info),
            "State": STATES[info.state],
            "Synced": ago(info.synced_at, now),
            "Source": SOURCES.get(info.source, info.source) + " · " + kind_of(info),
            "Owner": info.owner or "",
        }
        for info in files
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def files_csv(files: Sequence[FileInfo], now: datetime) -> bytes:
    """Give the list as CSV for Excel; a name that a spreadsheet would take for a formula gets an apostrophe in front."""
    frame = files_frame(files, now)
    return frame.map(lambda value: harmless(value) if isinstance(value, str) else value).to_csv(index=False).encode("utf-8-sig")


_COLUMNS = ["Name", "Plan score", "Why", "Total", "Line items", "To check", "State", "Synced", "Source", "Owner"]
ROW_HEIGHT = 34


def table_height(rows: int, *, most: int) -> int:
    """Give the height in pixels at which a table shows its rows, up to so many, without an empty one beneath."""
    return 2 + ROW_HEIGHT * (1 + min(rows, most))


def files_table(files: Sequence[FileInfo], now: datetime, *, key: str) -> UUID | None:
    """Draw the table; gives the file whose cell was clicked in this run."""
    event = st.dataframe(
        inert_table(files_frame(files, now)),
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode="single-cell",
        row_height=ROW_HEIGHT,
        height=table_height(len(files), most=19),
        column_config={
            "Name": st.column_config.TextColumn(width=215, pinned=True),
            "Plan score": st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d", width=95),
            "Why": st.column_config.TextColumn(width=190),
            "Total": st.column_config.TextColumn(width=130, alignment="right"),
            "Line items": st.column_config.TextColumn(width=75, alignment="right"),
            "To check": st.column_config.TextColumn(width=125),
            "State": st.column_config.TextColumn(width=95),
            "Synced": st.column_config.TextColumn(width=105),
        },
    )
    cells = event["selection"]["cells"] if isinstance(event, dict) else ()
    return files[cells[0][0]].file_id if cells and cells[0][0] < len(files) else None


def _why(info: FileInfo) -> str:
    """Give the reasons without their weights; what has none and was read has nothing of a plan."""
    reasons = "; ".join(_WEIGHT.sub("", reason) for reason in info.reasons)
    return reasons or ("nothing that media plans have" if info.synced_at is not None else "")


def _to_check(info: FileInfo) -> str:
    parts = []
    if info.questions:
        parts.append(count(info.questions, "question"))
    if info.mismatches:
        parts.append(f"{count(info.mismatches, 'total')} off")
    return ", ".join(parts)


def lateness(listed: FileList, now: datetime) -> None:
    """Say at the top which account could not be synced, else that the last good sync was long ago; nothing when all is fresh."""
    for account, sentence in listed.failures:
        stale(f"The last sync of {account} failed: {sentence} What you see is from {ago(listed.synced_at, now)}.")
    if not listed.failures and listed.lag is not None and listed.lag.total_seconds() > _LATE_SECONDS:
        stale(f"The last good sync was {ago(listed.synced_at, now)}: what you see may be old. Look at Connections.")


def failures(files: Sequence[FileInfo]) -> None:
    """Say at the top what failed, file by file; nothing when nothing did."""
    failed = [info for info in files if info.failure is not None]
    if not failed:
        return
    with st.expander(
        f"{count(len(failed), 'file')} could not be read at the last sync", expanded=len(failed) <= 3, icon=":material/error:"
    ):
        for info in failed:
            kept = f" The reading of {moment(info.synced_at)} is kept." if info.synced_at is not None else ""
            st.markdown(f"**{plain(info.name)}** — {plain(info.failure or '')}{kept}")


_STATE_BADGES: dict[str, tuple[str, Color]] = {
    "fresh": (":material/check_circle:", "green"),
    "unread": (":material/hourglass_empty:", "gray"),
    "behind": (":material/update:", "blue"),
    "stale": (":material/schedule:", "orange"),
    "failed": (":material/error:", "red"),
    "disconnected": (":material/link_off:", "orange"),
    "gone": (":material/delete:", "red"),
}


def badges_of(info: FileInfo, now: datetime) -> list[Badge]:
    """Give the badges of a file's page: state, freshness, kind, likeness to a plan."""
    icon, color = _STATE_BADGES[info.state]
    badges = [Badge(STATES[info.state], icon, color), Badge(kind_of(info), ":material/table_view:")]
    if info.synced_at is not None:
        badges.append(Badge(f"Read {ago(info.synced_at, now)}", ":material/sync:"))
    if info.reasons[:1] == (TEMPLATE,) and not info.is_plan:
        return [*badges, Badge("Template, no amounts", ":material/block:", "gray")]
    likeness = "You said it is a plan" if info.decided_by_person and info.is_plan else f"{info.plan_score:.0%} media plan"
    badges.append(Badge(likeness, ":material/verified:" if info.is_plan else ":material/block:", "violet" if info.is_plan else "gray"))
    return badges
