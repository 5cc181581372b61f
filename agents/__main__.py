"""`python -m agents ask`: the assistant at a prompt, in a throwaway workspace of which nothing remains."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import AppError, InvalidInput


def main(arguments: Sequence[str]) -> int:
    """Answer the messages as turns of one talk; 2 with one line on standard error for input that cannot be read."""
    given = _parser().parse_args(arguments)
    try:
        if (given.performance is None) != (given.spec is None):
            raise InvalidInput("--performance and --spec go together.")
        plan, series, spec = _bytes(given.plan), _text(given.performance), _spec(given.spec)
        from agents.ask import AskRequest, answer_all  # after the input: reading a bad file should not wait for the models

        request = AskRequest(given.plan.name, plan, tuple(given.messages), given.model, given.locale[:2].lower(), series, spec)
        for line in answer_all(request):
            print(json.dumps(line, ensure_ascii=False, default=str), flush=True)
    except (AppError, OSError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agents", description="Ask the assistant about a media plan.")
    ask = parser.add_subparsers(dest="command", required=True).add_parser("ask", help="print one JSON object for each message")
    ask.add_argument("--plan", type=Path, required=True, metavar="FILE.xlsx")
    ask.add_argument("--performance", type=Path, metavar="SERIES.csv")
    ask.add_argument("--spec", type=Path, metavar="SPEC.json")
    ask.add_argument("--model", choices=("built-in", "configured"), default="configured")
    ask.add_argument("--locale", default="en")
    ask.add_argument("messages", nargs="+", metavar="MESSAGE")
    return parser


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read ({type(error).__name__}).") from error


def _text(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8 text.") from error


def _spec(path: Path | None) -> dict[str, Any] | None:
    text = _text(path)
    if text is None:
        return None
    try:
        spec = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{path}, line {error.lineno}: not JSON ({error.msg}).") from error
    if not isinstance(spec, dict):
        raise InvalidInput(f"{path}: an object is needed.")
    return spec


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
