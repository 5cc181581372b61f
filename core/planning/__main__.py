"""`python -m core.planning COMMAND ...`: the planning engine on the command line."""

from __future__ import annotations

import importlib
import sys

COMMANDS = {"optimise": "core.planning.allocation.command", "fit": "core.planning.response.command"}
"""Module by command; each has `run(arguments) -> exit code` and is imported only when asked for."""


def main(arguments: list[str]) -> int:
    """Run one command; 2 with one line on standard error when there is no such command."""
    if not arguments or arguments[0] not in COMMANDS:
        print("usage: python -m core.planning " + " | ".join(COMMANDS) + " ...", file=sys.stderr)
        return 2
    code: int = importlib.import_module(COMMANDS[arguments[0]]).run(arguments[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
