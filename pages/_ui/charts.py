"""The base of every chart: one plotly template that follows the theme, with the colours of .streamlit/config.toml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

COLORS = (
    "#2f6fed", "#12a594", "#f5a524", "#8e4ec6", "#e5484d", "#64748b", "#0ea5e9",
    "#84cc16", "#db2777", "#a16207", "#15803d", "#a5b4fc", "#fdba74", "#f9a8d4",
)  # fmt: skip
HEIGHT = 340


def is_dark() -> bool:
    """Tell whether the browser shows the dark theme."""
    return getattr(st.context.theme, "type", "light") == "dark"


def figure(traces: Sequence[Any] = (), *, height: int = HEIGHT, y_title: str | None = None, y_format: str | None = None) -> go.Figure:
    """Make a figure in the house style: no box, faint horizontal lines, legend on top, one hover for all lines.

    Args:
        y_format: d3 format of the vertical axis, e.g. ",.0f" or ".0%".
    """
    grid, text = ("#263140", "#94a3b8") if is_dark() else ("#e9edf3", "#64748b")
    chart = go.Figure(data=list(traces))
    chart.update_layout(
        colorway=COLORS,
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": text, "size": 12},
        hovermode="x unified",
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "title": None},  # more rows of it push the plot down
        xaxis={"showgrid": False, "zeroline": False, "automargin": True},
        yaxis={"gridcolor": grid, "zeroline": False, "automargin": True, "title": y_title, "tickformat": y_format},
    )
    return chart


def show(chart: go.Figure, *, key: str, title: str = "") -> None:
    """Draw a figure in a box with its title; the tool bar stays away."""
    with st.container(border=True):
        if title:
            st.markdown(f"**{title}**")
        st.plotly_chart(chart, key=key, config={"displayModeBar": False}, theme=None)
