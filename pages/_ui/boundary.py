"""The error boundary of pages: an AppError becomes its sentence and hint, anything else a reference id that is in the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import streamlit as st
import structlog

from core.errors import AppError, RuleViolation, SignInRequired
from pages._ui.formats import told

log = structlog.get_logger()


@contextmanager
def boundary() -> Iterator[None]:
    """Show what goes wrong inside the block; the page goes on after it.

    with boundary():
        plan = open_plan(page.ctx, page.rt, file_id)
        ...everything that needs `plan`...
    """
    try:
        yield
    except AppError as error:
        show_error(error)
    except Exception as error:
        reference = uuid4().hex[:8]
        log.error("page_crashed", reference=reference, exc_info=error)
        st.error(
            f"Reload the page; if it happens again, send the reference **{reference}** to your administrator.",
            title="Something went wrong on our side.",
            icon=":material/report:",
        )


def show_error(error: AppError) -> None:
    """Show an error's sentence, what to do, and every rule that was broken."""
    if isinstance(error, SignInRequired):
        st.warning(f"{error.message} {error.hint}", icon=":material/lock:")
        return
    lines = [error.hint] if error.hint else []
    if isinstance(error, RuleViolation):
        lines = [*(f"- {violation}" for violation in error.violations), "", *lines]
    st.error(told("\n".join(lines)) or " ", title=told(error.message), icon=":material/error:")
