"""`python -m core.planning optimise PROBLEM.json`: reads a problem, prints the answer as one JSON object."""

from __future__ import annotations

import json
import sys
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
        result = optimise(parse_problem(json.loads(text)))
    except OSError as error:
        return _refused(f"{arguments[0]} cannot be read: {error.strerror}.")
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        return _refused(f"{arguments[0]} is not JSON: {error}.")
    except AppError as error:
        return _refused(str(error))
    sys.stdout.write(json.dumps(result_document(result), ensure_ascii=False, allow_nan=False) + "\n")
    return 0


def _refused(line: str) -> int:
    sys.stderr.write(" ".join(line.split()) + "\n")
    return 2
