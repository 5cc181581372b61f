"""`python -m core.planning fit`: read a series and a spec, print the contract's JSON object."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from core.errors import InvalidInput
from core.planning.response.fitting import fit
from core.planning.response.series import build_series, parse_csv
from core.planning.response.spec import parse_spec


def run_fit(arguments: Sequence[str]) -> str:
    """Fit as the arguments say and give the JSON text; InvalidInput in one line for bad input."""
    parser = argparse.ArgumentParser(prog="python -m core.planning fit", description="Fit response curves to a performance series.")
    parser.add_argument("series", type=Path, metavar="SERIES.csv")
    parser.add_argument("--spec", type=Path, required=True, metavar="SPEC.json")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    try:
        raw = json.loads(_read(given.spec))
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{given.spec.name}, line {error.lineno}: not JSON ({error.msg}).") from error
    spec = parse_spec(raw)
    series = build_series(parse_csv(_read(given.series)), spec)
    return json.dumps(fit(series, spec, seed=given.seed).to_json(), allow_nan=False)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read ({type(error).__name__}).") from error
