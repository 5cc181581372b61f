"""`python -m core.planning COMMAND`: the planning engine on the command line; one JSON object on standard output, exit 2 on bad input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from core.errors import AppError
from core.planning.response.command import run_fit

COMMANDS: dict[str, Callable[[Sequence[str]], str]] = {"fit": run_fit}


def main(arguments: Sequence[str]) -> int:
    """Run a command and print its answer; one line on standard error and 2 where the input cannot be used."""
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: python -m core.planning {{{','.join(COMMANDS)}}} ...", file=sys.stderr)
        return 2
    try:
        print(COMMANDS[arguments[0]](arguments[1:]))
    except AppError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
