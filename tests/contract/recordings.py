"""Google's recorded answers, replayed against the sandbox: the same requests in the same order, status and JSON compared."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from connectors.sandbox import app
from connectors.sandbox.exchange import Answer, Call
from connectors.sandbox.oauth.scopes import DRIVE_WRITE
from connectors.sandbox.sandbox import NewFile, Sandbox
from connectors.sandbox.sheets.document import Document, Sheet
from connectors.sandbox.wire import SPREADSHEET
from core.config import PROJECT_ROOT

CASSETTES = PROJECT_ROOT.parent / "shared" / "data" / "api_recordings" / "gspread" / "tests" / "cassettes"
OWNER = "recorder@example.com"

_VOLATILE = frozenset({"createdTime", "modifiedTime", "namedRangeId", "protectedRangeId", "etag"})
"""Times of the recording and ids that Google draws at random: compared for presence, not for value."""
_DRAWN = {"namedRangeId", "protectedRangeId", "sheetId"}


@dataclass(frozen=True)
class Difference:
    """One recorded answer that the sandbox does not give: where, and how it differs."""

    cassette: str
    number: int
    request: str
    differences: tuple[str, ...]


@dataclass
class Outcome:
    """How many recorded answers were met exactly."""

    matched: int = 0
    total: int = 0
    missed: list[Difference] = field(default_factory=list)


def replay_all(folder: Path = CASSETTES) -> Outcome:
    """Replay every cassette against a fresh sandbox each."""
    outcome = Outcome()
    for path in sorted(folder.glob("*.json")):
        for number, request, differences in Replay(path).run():
            outcome.total += 1
            outcome.matched += not differences
            if differences:
                outcome.missed.append(Difference(path.name, number, request, tuple(differences)))
    return outcome


class Replay:
    """One cassette against one sandbox; ids that each side draws for itself are translated."""

    def __init__(self, path: Path) -> None:
        text = re.sub(r"[\w.-]+@[\w.-]+\.gserviceaccount\.com", OWNER, path.read_text("utf-8"))
        self.interactions = json.loads(text)["interactions"]
        self.listed: set[str] = set()
        self.sandbox = Sandbox()
        self.sandbox.add_account(OWNER, "Recorder")
        self.token = self.sandbox.grants.issue_access(OWNER, sorted(DRIVE_WRITE), self.sandbox.now())
        self.texts: dict[str, str] = {}
        self.numbers: dict[int, int] = {}

    def run(self) -> Iterator[tuple[int, str, list[str]]]:
        for number, interaction in enumerate(self.interactions):
            request, response = interaction["request"], interaction["response"]
            self._prime(request, response)
            got = app.answer(self.sandbox, self._call(request))
            yield number, f"{request['method']} {unquote(urlsplit(request['uri']).path)}", self._compare(response, got)

    def _prime(self, request: dict[str, Any], response: dict[str, Any]) -> None:
        """Lay in what was made outside the recording (or refused to its reader), as the first answer about it shows it."""
        body = _parsed(response)
        if request["method"] == "GET" and urlsplit(request["uri"]).path == "/drive/v3/files":
            self._prime_files(body["files"])
        match = re.search(r"/v4/spreadsheets/([\w-]{25,})(?=$|[?:/])", request["uri"])
        if match is None or match[1] in self.texts or (match[1] in self.sandbox.drive.files and match[1] not in self.listed):
            return
        self.listed.discard(match[1])
        if response["status"]["code"] == 403:
            self.sandbox.add_file(NewFile("private", SPREADSHEET, "somebody.else@example.com", file_id=match[1]))
        elif isinstance(body, dict) and "sheets" in body and "properties" in body:
            title = body["properties"]["title"]
            document = Document(match[1], title, sheets=[_sheet(sheet["properties"]) for sheet in body["sheets"]])
            self.sandbox.add_file(NewFile(title, SPREADSHEET, OWNER, document=document))

    def _prime_files(self, files: list[dict[str, str]]) -> None:
        for item in files:
            if item["id"] not in self.texts and item["id"] not in self.sandbox.drive.files:
                times = {name: datetime.fromisoformat(item[f"{name}Time"].replace("Z", "+00:00")) for name in ("created", "modified")}
                self.sandbox.add_file(NewFile(item["name"], SPREADSHEET, OWNER, file_id=item["id"], **times))
                self.listed.add(item["id"])

    def _call(self, request: dict[str, Any]) -> Call:
        parts = urlsplit(request["uri"])
        body = request["body"] or ""
        if isinstance(body, dict):
            body = body["string"]
        text = self._translated(body, self.texts)
        for theirs, ours in self.numbers.items():
            text = re.sub(rf"(?<![\w.]){theirs}(?![\w.])", str(ours), text)
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        return Call(request["method"], self._translated(unquote(parts.path), self.texts), parts.query, headers, text.encode())

    @staticmethod
    def _translated(text: str, table: dict[str, str]) -> str:
        for theirs, ours in table.items():
            text = text.replace(theirs, ours)
        return text

    def _compare(self, response: dict[str, Any], got: Answer) -> list[str]:
        wanted = _parsed(response)
        have = got.body.decode() if isinstance(got.body, bytes) else got.body
        found = [] if response["status"]["code"] == got.status else [f"status {response['status']['code']} != {got.status} {have!r:.200}"]
        self._learn(wanted, have)
        if isinstance(wanted, dict):
            wanted = json.loads(self._translated(json.dumps(wanted, ensure_ascii=False), self.texts))
        elif isinstance(wanted, str) and not wanted:
            wanted = None
        return found + self._differences(wanted, have, "$")

    def _learn(self, wanted: object, have: object) -> None:
        """Note which of our drawn ids stands for which of theirs."""
        if isinstance(wanted, dict) and isinstance(have, dict):
            if wanted.get("kind") == have.get("kind") == "drive#file" and "id" in wanted and "id" in have:
                self.texts[wanted["id"]] = have["id"]
            for name in _DRAWN & wanted.keys() & have.keys():
                if isinstance(wanted[name], int) and wanted[name] != have[name]:
                    self.numbers[wanted[name]] = have[name]
                elif isinstance(wanted[name], str):
                    self.texts[wanted[name]] = have[name]
            for name in wanted.keys() & have.keys():
                self._learn(wanted[name], have[name])
        elif isinstance(wanted, list) and isinstance(have, list):
            for theirs, ours in zip(wanted, have, strict=False):
                self._learn(theirs, ours)

    def _differences(self, wanted: Any, have: Any, path: str) -> list[str]:
        if isinstance(wanted, dict) and isinstance(have, dict):
            return [line for name in sorted(wanted.keys() | have.keys()) for line in self._member(wanted, have, name, path)]
        if isinstance(wanted, list) and isinstance(have, list) and len(wanted) == len(have):
            return [d for i, (w, h) in enumerate(zip(wanted, have, strict=True)) for d in self._differences(w, h, f"{path}[{i}]")]
        comparable = type(wanted) is type(have) or {type(wanted), type(have)} == {int, float}
        same = comparable and wanted == have
        return [] if same else [f"{path}: {wanted!r:.150} != {have!r:.150}"]

    def _member(self, wanted: dict[str, Any], have: dict[str, Any], name: str, path: str) -> list[str]:
        if name not in have:
            return [f"{path}.{name}: missing {wanted[name]!r:.100}"]
        if name not in wanted:
            return [f"{path}.{name}: extra {have[name]!r:.100}"]
        if name in _VOLATILE:
            return [] if type(wanted[name]) is type(have[name]) else [f"{path}.{name}: of another type"]
        if name == "sheetId":
            return [] if self.numbers.get(wanted[name], wanted[name]) == have[name] else [f"{path}.sheetId: {wanted[name]} != {have[name]}"]
        return self._differences(wanted[name], have[name], f"{path}.{name}")


def _sheet(properties: dict[str, Any]) -> Sheet:
    grid = properties["gridProperties"]
    return Sheet(properties["sheetId"], properties["title"], grid["rowCount"], grid["columnCount"])


def _parsed(response: dict[str, Any]) -> Any:
    text = response["body"]["string"] or ""
    try:
        return json.loads(text)
    except ValueError:
        return text
