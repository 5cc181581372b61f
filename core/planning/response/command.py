"""`python -m core.planning fit SERIES.csv --spec SPEC.json`: reads a series and a spec, prints the answer as one JSON object."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from core.errors import AppError, InvalidInput
from core.planning.response.fitting import fit
from core.planning.response.series import build_series
from core.planning.response.spec import parse_spec
from core.planning.response.table import parse_csv


class _OneLineParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, as for everything else that cannot be used."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message}; usage: {self.prog} SERIES.csv --spec SPEC.json [--seed N]\n")


def run(arguments: list[str]) -> int:
    """Fit one series.

    Returns:
        0 with the answer on standard output; 2 with one line on standard error when the input cannot be used.
    """
    parser = _OneLineParser(prog="python -m core.planning fit", description="Fit response curves to a performance series.")
    parser.add_argument("series", type=Path, metavar="SERIES.csv")
    parser.add_argument("--spec", type=Path, required=True, metavar="SPEC.json")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    try:
        answer = _fit(given.series, given.spec, given.seed)
    except AppError as error:
        sys.stderr.write(" ".join(str(error).split()) + "\n")
        return 2
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")
    return 0


def _fit(series_path: Path, spec_path: Path, seed: int) -> dict[str, object]:
    try:
        raw = json.loads(_read(spec_path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidInput(f"{spec_path.name} is not JSON: {error}.") from error
    with _named(spec_path):
        spec = parse_spec(raw)
    with _named(series_path):
        series = build_series(parse_csv(_read(series_path)), spec)
    with _named(spec_path):  # what only the fit can tell, such as an unknown country of holidays
        return fit(series, spec, seed=seed).to_json()


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say which file an error is about."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(error.message if str(path) in error.message else f"{path.name}: {error.message}", hint=error.hint) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8 text.") from error
