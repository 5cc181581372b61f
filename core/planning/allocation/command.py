"""`python -m core.planning optimise PROBLEM.json`: reads a problem, prints the answer as one JSON object."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import AppError
from core.planning.allocation import optimise, parse_problem, result_document


def run(arguments: list[str]) -> int:
    """Answer one problem from a file, or from standard input for `-`.

    Returns:
        0 with the answer on standard output (infeasible too); 2 with one line on standard error when the input cannot be used.
    """
    if len(arguments) != 1:
        return _refused("usage: python -m core.planning optimise PROBLEM.json  (or - for standard input)")
    try:
        text = sys.stdin.read() if arguments[0] == "-" else Path(arguments[0]).read_text(encoding="utf-8")
        problem = parse_problem(json.loads(text))
        with _quiet():
            result = optimise(problem)
    except OSError as error:
        return _refused(f"{arguments[0]} cannot be read: {error.strerror}.")
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        return _refused(f"{arguments[0]} is not JSON: {error}.")
    except AppError as error:
        return _refused(str(error))
    sys.stdout.write(json.dumps(result_document(result), ensure_ascii=False, allow_nan=False) + "\n")
    return 0


@contextmanager
def _quiet() -> Iterator[None]:
    """Send what HiGHS prints from C++ to standard error: standard output carries the answer and nothing else."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        ctypes.CDLL(None).fflush(None)  # into a pipe or file C keeps what it prints, and would let go of it after the answer
        os.dup2(kept, 1)
        os.close(kept)


def _refused(line: str) -> int:
    sys.stderr.write(" ".join(line.split()) + "\n")
    return 2
