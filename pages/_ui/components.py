"""The pieces that pages are made of: header with badges, the three states that must look different, metrics, dialogs, downloads."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.errors import AppError
from pages._ui import state
from pages._ui.boundary import boundary, show_error
from pages._ui.formats import told

Color = Literal["red", "orange", "green", "blue", "violet", "gray"]


@dataclass(frozen=True, slots=True)
class Badge:
    """A status beside the title, e.g. Badge("Synced 4 min ago", ":material/sync:", "green")."""

    label: str
    icon: str
    color: Color = "gray"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure; `value` and `delta` are texts, formatted already."""

    label: str
    value: str
    delta: str | None = None
    delta_says: str | None = None
    good: Literal["normal", "inverse", "off"] = "normal"
    help: str | None = None


def page_header(title: str, *, icon: str, says: str = "", badges: Sequence[Badge] = ()) -> None:
    """Draw the page's title, one line on what it is for, and status badges; shows what an earlier step left to say."""
    st.title(f"{icon} {title}", anchor=False)
    if says:
        st.caption(says)
    if badges:
        with st.container(horizontal=True, gap="small"):
            for badge in badges:
                st.badge(badge.label, icon=badge.icon, color=badge.color)
    flash = state.FLASH.pop()
    if flash is not None:
        st.toast(told(flash[1]), icon=flash[0])


def say_after_rerun(sentence: str, *, icon: str = ":material/check_circle:") -> None:
    """Show a sentence when the page is drawn again."""
    state.FLASH.set((icon, sentence))


def empty(title: str, *, says: str, icon: str = ":material/inbox:", action: Callable[[], object] | None = None) -> None:
    """Draw the state "there is nothing yet, and that is fine", with what to do; `action` draws a button or link."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f"#### {icon}  {title}", text_alignment="center")
        st.caption(told(says), text_alignment="center")
        if action is not None:
            action()
        st.space("small")


def stale(sentence: str) -> None:
    """Draw the state "this is what we last knew, it may be old"."""
    st.warning(told(sentence), icon=":material/schedule:")


def failed(error: AppError | str, *, retry: Callable[[], None] | None = None, key: str = "retry") -> None:
    """Draw the state "we could not find out", which is never the same as "there is nothing"."""
    if isinstance(error, AppError):
        show_error(error)
    else:
        st.error(told(error), icon=":material/error:")
    if retry is not None:
        st.button("Try again", icon=":material/refresh:", key=key, on_click=retry)


def metric_row(metrics: Sequence[Metric]) -> None:
    """Draw figures side by side in boxes of the same height."""
    for column, metric in zip(st.columns(len(metrics)), metrics, strict=True):
        column.metric(
            metric.label,
            metric.value,
            metric.delta,
            delta_color=metric.good,
            delta_arrow="off" if metric.good == "off" else "auto",
            delta_description=metric.delta_says,
            help=metric.help,
            border=True,
            height="stretch",
        )


def confirm(name: str, *, title: str, says: str, label: str, do: Callable[[], None]) -> None:
    """Draw the dialog `name` while it is open (`ask(name)` opens it): says what will happen, then does it.

    Args:
        label: the verb on the button that does it, e.g. "Remove Ann".
        do: what is done; an error is shown in the dialog, which stays open.
    """
    if state.CONFIRMING.get() != name:
        return

    @st.dialog(title, on_dismiss=lambda: state.CONFIRMING.set(""))
    def draw() -> None:
        st.write(told(says))
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Cancel", key=f"{name}-cancel"):
                state.CONFIRMING.set("")
                st.rerun()
            if st.button(label, type="primary", key=f"{name}-confirm"):
                with boundary():
                    do()
                    state.CONFIRMING.set("")
                    st.rerun()

    draw()


def ask(name: str) -> None:
    """Open the confirmation dialog `name`; for on_click."""
    state.CONFIRMING.set(name)


def download(label: str, *, data: bytes | Callable[[], bytes], file_name: str, mime: str, key: str) -> None:
    """Draw a download button that does not rerun the page; `data` may be a function that is called when it is pressed."""
    st.download_button(label, data, file_name, mime, key=key, on_click="ignore", icon=":material/download:")


def go_to(address: str) -> None:
    """Send the browser to an address of ours in the same tab, as a new page load."""
    _run_script(f"window.parent.location.assign({json.dumps(address)});")


def post_to(path: str) -> None:
    """Let the browser POST to a route of ours and follow where it leads."""
    _run_script(f"fetch({json.dumps(path)}, {{method: 'POST'}}).then(() => window.parent.location.assign('/'));")


def scroll_to_end(*, from_anywhere: bool) -> None:
    """Bring the window to its foot, from where Streamlit follows a growing talk by itself.

    Args:
        from_anywhere: a question was asked, so that what was scrolled up to is left; else a window that a person scrolled up stays.
    """
    _run_script(follow_script(from_anywhere=from_anywhere))


def follow_script(*, from_anywhere: bool) -> str:
    """Write what brings the window to its foot in the browser.

    Tables and charts take shape after the page is drawn, so it is done again for a second and a half, unless the person goes up: by the
    wheel, a finger or a key. Back at the foot, the window follows again. `data-followed` counts what has come to its end.
    """
    return (
        "{ const all = document.querySelector('[data-testid=stAppScrollToBottomContainer]');"
        "const low = () => all.scrollHeight - all.scrollTop - all.clientHeight < 60;"
        "const left = () => { all.dataset.away = '1'; };"
        "const back = () => setTimeout(() => { if (low()) delete all.dataset.away; }, 300);"
        "if (all && !all.dataset.watched) { all.dataset.watched = '1';"
        "all.addEventListener('wheel', (e) => e.deltaY < 0 ? left() : back(), {passive: true});"
        "all.addEventListener('touchmove', () => low() ? back() : left(), {passive: true});"
        "document.addEventListener('keydown', (e) => { if (['PageUp', 'Home'].includes(e.key)) left();"
        "if (['PageDown', 'End'].includes(e.key)) back(); }); }"
        f"if (all && {'true' if from_anywhere else 'false'}) delete all.dataset.away;"
        "let more = 8; const follow = () => { if (!all.dataset.away) all.scrollTop = all.scrollHeight;"
        "if (--more > 0 && !all.dataset.away) setTimeout(follow, 200);"
        "else all.dataset.followed = 1 + Number(all.dataset.followed || 0); };"
        "if (all) setTimeout(follow, 100); }"
    )


def _run_script(script: str) -> None:
    st.html(f"<script>{script.replace('</', '<' + chr(92) + '/')}</script>", unsafe_allow_javascript=True)
