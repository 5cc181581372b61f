"""Command line of the reader: `python -m core.sheets read FILE [--tab NAME] [--locale de_DE] [--answers ANSWERS.json]`."""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

from core.clock import SystemClock
from core.errors import AppError, InvalidInput, UnreadableFile
from core.model.reading import Correction, Reading
from core.model.workbook import Workbook
from core.sheets.loading import load_workbook
from core.sheets.loading.limits import collector_paused
from core.sheets.reading import read_workbook, reading_as_text

_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[_-][A-Za-z]{2,4})?(?:[.@].*)?")


def main(arguments: list[str] | None = None) -> int:
    """Read a file and print one JSON object; 0 when it was read, 2 with one line on standard error when it cannot be."""
    parser = argparse.ArgumentParser(prog="python -m core.sheets")
    commands = parser.add_subparsers(dest="command", required=True)
    read = commands.add_parser("read", help="read a media plan or an export")
    read.add_argument("file", type=Path)
    read.add_argument("--tab", help="read this tab only, also when it is hidden")
    read.add_argument("--locale", help="decides what texts leave open, such as de_DE")
    read.add_argument("--answers", type=Path, help="JSON: answers by question key, or a list of corrections")
    options = parser.parse_args(arguments)
    try:
        with collector_paused():
            print(reading_as_text(_read(options)))
    except (AppError, OSError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    return 0


def _read(options: argparse.Namespace) -> Reading:
    if options.locale and not _LOCALE.fullmatch(options.locale):
        raise InvalidInput(f"{options.locale!r} is no locale.", hint="Give language and country, such as de_DE or en_US.")
    corrections = read_corrections(options.answers) if options.answers else []
    workbook = load_workbook(options.file.name, _bytes_of(options.file))
    if options.tab:
        workbook = _only(workbook, options.tab)
    this_year = SystemClock().now().year
    reading = read_workbook(workbook, corrections=corrections, locale=options.locale, fallback_year=this_year)
    for warning in reading.warnings:
        if warning.code == "answer_unfit":
            print(f"note: {' '.join(warning.message.split())}", file=sys.stderr)
    asked = read_workbook(workbook, locale=options.locale, fallback_year=this_year).questions if corrections else ()
    _say_unknown(corrections, {question.key for question in (*asked, *reading.questions)})
    return reading


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"{path} cannot be opened: {error.strerror or error}.", hint="Check the path and that it is a file."
        ) from error


def _say_unknown(corrections: list[Correction], asked: set[str]) -> None:
    """Name on standard error the answers to what this file does not ask; they change nothing."""
    unknown = [c.target for c in corrections if c.kind == "answer" and c.target not in asked]
    if unknown:
        print(f"note: no question of this file has the key {', '.join(map(repr, unknown[:5]))}", file=sys.stderr)


def _only(workbook: Workbook, name: str) -> Workbook:
    tab = next((tab for tab in workbook.tabs if tab.name.strip() == name.strip()), None) or workbook.tab(name)
    return replace(workbook, tabs=(replace(tab, visibility="visible"),))


def read_corrections(path: Path) -> list[Correction]:
    """Read answers: an object of question key to value, or a list of {kind, target, value, tab}."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name} is not JSON.", hint="Give an object of question key to answer.") from error
    if isinstance(data, dict) and isinstance(data.get("answers"), dict | list):
        data = data["answers"]
    if isinstance(data, dict):
        return [Correction("answer", str(key), value) for key, value in data.items()]
    if not isinstance(data, list):
        raise InvalidInput(f"{path.name} holds neither an object nor a list.")
    return [
        Correction(str(e.get("kind", "answer")), str(e.get("target", e.get("key", ""))), e.get("value"), e.get("tab"))
        for e in data
        if isinstance(e, dict)
    ]


if __name__ == "__main__":
    sys.exit(main())
