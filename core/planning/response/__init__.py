"""The response model: from daily or weekly performance to one response curve a channel with its uncertainty."""

from core.planning.response.curves import allocation_curves, respond
from core.planning.response.fitting import fit
from core.planning.response.layout import Belief
from core.planning.response.result import ChannelFit, FitResult, Notice
from core.planning.response.series import Series, build_series
from core.planning.response.spec import ChannelSpec, FitSpec, LiftTest, parse_spec
from core.planning.response.table import parse_csv

__all__ = [
    "Belief",
    "ChannelFit",
    "ChannelSpec",
    "FitResult",
    "FitSpec",
    "LiftTest",
    "Notice",
    "Series",
    "allocation_curves",
    "build_series",
    "fit",
    "parse_csv",
    "parse_spec",
    "respond",
]
