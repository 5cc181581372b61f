"""Drive's search language: `mimeType='...' and name contains 'plan' and trashed=false`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from connectors.sandbox.drive.files import DriveFile
from connectors.sandbox.wire import ApiError

Test = Callable[[DriveFile], bool]
_TOKEN = re.compile(r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<operator>!=|<=|>=|=|<|>|\(|\))|(?P<word>[A-Za-z.]+))""")


def parse_query(text: str, viewer: str, contents: Callable[[DriveFile], str]) -> Test:
    """Give a test of files for a `q` parameter; empty matches all.

    Args:
        contents: gives the text that `fullText contains` searches.
    Raises:
        ApiError: 400 Invalid Value.
    """
    if not text.strip():
        return lambda _: True
    pieces = _tokens(text)
    parser = _Parser(pieces, viewer, contents)
    test = parser.any_of()
    if parser.pieces:
        raise _invalid()
    return test


def _invalid() -> ApiError:
    return ApiError(400, "Invalid Value", reason="invalid")


def _tokens(text: str) -> list[str]:
    found, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _invalid()
        found.append(match[0].strip())
        position = match.end()
    return found


def _unquoted(piece: str) -> str:
    if piece[:1] not in "'\"":
        raise _invalid()
    return re.sub(r"\\(.)", r"\1", piece[1:-1])


class _Parser:
    def __init__(self, pieces: list[str], viewer: str, contents: Callable[[DriveFile], str]) -> None:
        self.pieces = pieces
        self.viewer = viewer
        self.contents = contents

    def take(self) -> str:
        if not self.pieces:
            raise _invalid()
        return self.pieces.pop(0)

    def any_of(self) -> Test:
        tests = [self.all_of()]
        while self.pieces[:1] == ["or"]:
            self.take()
            tests.append(self.all_of())
        return lambda file: any(test(file) for test in tests)

    def all_of(self) -> Test:
        tests = [self.one()]
        while self.pieces[:1] == ["and"]:
            self.take()
            tests.append(self.one())
        return lambda file: all(test(file) for test in tests)

    def one(self) -> Test:
        piece = self.take()
        if piece == "not":
            inner = self.one()
            return lambda file: not inner(file)
        if piece == "(":
            inner = self.any_of()
            if self.take() != ")":
                raise _invalid()
            return inner
        if piece[0] in "'\"":
            return self.membership(_unquoted(piece))
        return self.term(piece)

    def membership(self, value: str) -> Test:
        if self.take() != "in":
            raise _invalid()
        field = self.take()
        me = self.viewer if value == "me" else value
        tests: dict[str, Test] = {
            "parents": lambda file: value in file.parents,
            "owners": lambda file: file.owner == me,
            "writers": lambda file: file.editable_by(me),
            "readers": lambda file: file.visible_to(me),
        }
        if field not in tests:
            raise _invalid()
        return tests[field]

    def term(self, field: str) -> Test:
        if field == "sharedWithMe" and self.pieces[:1] not in (["="], ["!="]):
            return lambda file: file.owner != self.viewer
        operator, raw = self.take(), self.take()
        if field in ("trashed", "starred", "sharedWithMe"):
            wanted = (raw == "true") == (operator == "=")
            flags: dict[str, Test] = {
                "trashed": lambda file: file.trashed,
                "starred": lambda file: file.starred,
                "sharedWithMe": lambda file: file.owner != self.viewer,
            }
            return lambda file: flags[field](file) == wanted
        return self.comparison(field, operator, _unquoted(raw))

    def comparison(self, field: str, operator: str, value: str) -> Test:
        if field in ("modifiedTime", "createdTime"):
            return _time_test(field, operator, value)
        if field == "fullText" and operator == "contains":
            wanted = value.casefold().strip('"')
            return lambda file: wanted in self.contents(file).casefold()
        if field == "name" and operator == "contains":
            words = value.casefold().split()
            return lambda file: all(any(part.startswith(word) for part in _words(file.name)) for word in words)
        if field == "mimeType" and operator == "contains":
            return lambda file: value in file.mime_type
        if field not in ("name", "mimeType") or operator not in ("=", "!="):
            raise _invalid()
        return lambda file: ((file.name if field == "name" else file.mime_type) == value) == (operator == "=")


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.casefold().replace("_", " ")) + name.casefold().split()


def _time_test(field: str, operator: str, value: str) -> Test:
    def moment(text: str) -> datetime:
        try:
            parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            raise _invalid() from None
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)

    limit = moment(value)
    compare: dict[str, Callable[[datetime], bool]] = {
        "<": lambda t: t < limit,
        "<=": lambda t: t <= limit,
        "=": lambda t: t == limit,
        "!=": lambda t: t != limit,
        ">": lambda t: t > limit,
        ">=": lambda t: t >= limit,
    }
    if operator not in compare:
        raise _invalid()
    return lambda file: compare[operator](moment(file.modified if field == "modifiedTime" else file.created))
