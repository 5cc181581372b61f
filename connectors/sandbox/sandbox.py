"""The sandbox as a whole: accounts, Drive, spreadsheets, grants and planned faults behind one lock; also the handle that tests use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.sandbox.drive.files import Change, Drive, DriveFile, new_file_id
from connectors.sandbox.faults import Fault
from connectors.sandbox.oauth.grants import Account, Code, Grants
from connectors.sandbox.oauth.scopes import CONSENTED_SCOPES
from connectors.sandbox.openai.script import ScriptedModel
from connectors.sandbox.sheets.batch import apply_requests
from connectors.sandbox.sheets.document import Document, Sheet
from connectors.sandbox.sheets.editing import Editor
from connectors.sandbox.sheets.entry import enter
from connectors.sandbox.sheets.ranges import parse_range
from connectors.sandbox.storage import Storage, document_from_json, document_to_json
from connectors.sandbox.wire import SPREADSHEET, ApiError, Json, invalid
from core.ports import Credential


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to lay into the Drive. `content` for binary files, `document` for Google Sheets."""

    name: str
    mime_type: str
    owner: str
    content: bytes | None = None
    document: Document | None = None
    parents: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    created: datetime | None = None
    modified: datetime | None = None
    description: str = ""
    file_id: str | None = None


@dataclass
class Sandbox:
    """Everything the sandbox knows. Calls hold `lock`; `save` writes what changed to the folder.

    Args:
        folder: where the state lives; None keeps it in memory.
        now: the sandbox's clock.
        client_id, client_secret: the one OAuth client that it knows.
    """

    folder: Path | None = None
    now: Callable[[], datetime] = _utc_now
    client_id: str = "flightplan-sandbox.apps.googleusercontent.com"
    client_secret: str = "sandbox-client-secret"  # noqa: S105 - public, opens nothing but this sandbox
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    grants: Grants = field(default_factory=Grants)
    drive: Drive = field(default_factory=Drive)
    model: ScriptedModel = field(default_factory=ScriptedModel)
    """The language model that tests script."""
    faults: list[Fault] = field(default_factory=list)
    requests: int = 0
    """Calls answered since the start; for tests that count them."""

    def __post_init__(self) -> None:
        self.storage = Storage(self.folder)
        self._documents: dict[str, Document] = {}
        self._unsaved: set[str] = set()
        state = self.storage.load()
        if state is not None:
            self.grants = Grants.from_json(state["grants"])
            self.drive = Drive(
                {file["file_id"]: DriveFile(**file) for file in state["files"]},
                [Change(**change) for change in state["changes"]],
                state["next_change"],
            )

    def close(self) -> None:
        self.storage.close()

    # --- time and persistence ------------------------------------------------------------------------------------------------------

    def timestamp(self, moment: datetime | None = None) -> str:
        """Give a time (now by default) as RFC 3339 with milliseconds."""
        return (moment or self.now()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def save(self) -> None:
        """Write everything that changed since the last time."""
        for document_id in self._unsaved:
            if document_id in self._documents:
                self.storage.save_document(self._documents[document_id])
        self._unsaved.clear()
        self.storage.save(
            {
                "grants": self.grants.to_json(),
                "files": [asdict(file) for file in self.drive.files.values()],
                "changes": [asdict(change) for change in self.drive.changes],
                "next_change": self.drive.next_change,
            }
        )

    # --- files ---------------------------------------------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        return not self.drive.files

    def add_account(self, email: str, name: str) -> Account:
        """Make an account that can be chosen on the consent page."""
        return self.grants.add_account(email, name)

    def authorize(self, email: str, scopes: Sequence[str] = CONSENTED_SCOPES) -> Credential:
        """Consent without the browser: give the tokens that an account's consent would have led to."""
        with self.lock:
            if email not in self.grants.accounts:
                self.add_account(email, email.partition("@")[0].replace(".", " ").title())
            code = Code(email, list(scopes), "", None, True, "")
            access, refresh = self.grants.issue_tokens(code, self.now())
            self.save()
            expires_at = self.now() + timedelta(seconds=self.grants.token_lifetime)
            return Credential(access, refresh, expires_at, tuple(scopes))

    def add_file(self, new: NewFile) -> DriveFile:
        """Lay a file into the Drive; gives it as stored."""
        created = self.timestamp(new.created or new.modified)
        file = DriveFile(
            new.file_id or (new.document.document_id if new.document else None) or new_file_id(),
            new.name,
            new.mime_type,
            new.owner,
            created,
            self.timestamp(new.modified) if new.modified else created,
            parents=list(new.parents),
            readers=list(new.readers),
            writers=list(new.writers),
            description=new.description,
        )
        self.drive.files[file.file_id] = file
        if new.document is not None:
            new.document.document_id = file.file_id
            self._documents[file.file_id] = new.document
            self._unsaved.add(file.file_id)
        elif file.mime_type == SPREADSHEET:
            self._documents[file.file_id] = Document(file.file_id, new.name, sheets=[Sheet(0, "Sheet1")])
            self._unsaved.add(file.file_id)
        elif new.content is not None:
            file.take_content(new.content)
            self.storage.save_blob(file.file_id, new.content)
        self.drive.note(file, file.modified)
        return file

    def remove_file(self, file: DriveFile) -> None:
        self.drive.remove(file, self.timestamp())
        self._documents.pop(file.file_id, None)
        self._unsaved.discard(file.file_id)
        self.storage.forget(file.file_id)

    def replace_content(self, file: DriveFile, content: bytes, by: str) -> None:
        """Store a new revision of a binary file."""
        file.take_content(content)
        self.storage.save_blob(file.file_id, content)
        self.drive.touch(file, self.timestamp(), by)

    def document(self, document_id: str) -> Document:
        """Give a spreadsheet, loaded from the folder when first asked for."""
        document = self._documents.get(document_id)
        if document is None:
            file = self.drive.files.get(document_id)
            if file is None or file.mime_type != SPREADSHEET:
                raise ApiError(404, "Requested entity was not found.")
            document = self._documents[document_id] = self.storage.load_document(document_id)
        return document

    def owns(self, email: str, document: Document) -> bool:
        """Tell whether a spreadsheet is somebody's own."""
        return self.drive.files[document.document_id].owner == email

    def changed(self, document_id: str, by: str) -> None:
        """Note that a spreadsheet changed."""
        self._unsaved.add(document_id)
        document = self._documents[document_id]
        file = self.drive.files[document_id]
        file.name = document.title
        self.drive.touch(file, self.timestamp(), by)

    def snapshot(self, document_id: str) -> Json:
        """Give a spreadsheet's whole state, to compare or to restore."""
        with self.lock:
            return document_to_json(self.document(document_id))

    def restore(self, document_id: str, state: Json) -> None:
        self._documents[document_id] = document_from_json(state)

    # --- what other people do ------------------------------------------------------------------------------------------------------

    def plan_fault(self, fault: Fault) -> None:
        """Let a fault strike the calls it matches."""
        with self.lock:
            self.faults.append(fault)

    def clear_faults(self) -> None:
        with self.lock:
            self.faults.clear()

    def edit(self, edit: Json, *, by: str = "colleague@northwind.example") -> None:
        """Change a spreadsheet as somebody else would in the browser.

        Args:
            edit: `kind` (`set_cell`, `insert_row`, `delete_row`, `insert_column`, `delete_column`, `delete_tab`, `rename_tab`, `trash`,
                `delete_file`, `request`), `file_id`, and as needed `tab`, `cell` and `value` (as typed), `row`, `column`, `count`,
                `title`, and for anything else a `request` of spreadsheets.batchUpdate.
        """
        with self.lock:
            file = self.drive.files.get(str(edit["file_id"]))
            if file is None:
                raise invalid(f"There is no file {edit['file_id']}.")
            if edit["kind"] in ("trash", "delete_file"):
                self._discard(file, by, for_good=edit["kind"] == "delete_file")
            else:
                document = self.document(file.file_id)
                editor = Editor(document, by, is_owner=True)
                _edit_document(editor, edit)
                editor.finish()
                self.changed(file.file_id, by)
            self.save()

    def _discard(self, file: DriveFile, by: str, *, for_good: bool) -> None:
        if for_good:
            self.remove_file(file)
        else:
            file.trashed = True
            self.drive.touch(file, self.timestamp(), by)


def _edit_document(editor: Editor, edit: Json) -> None:
    document = editor.document
    if edit["kind"] == "request":
        apply_requests(editor, [edit["request"]])
        return
    sheet = document.titled(edit["tab"])
    if sheet is None:
        raise invalid(f"There is no tab {edit['tab']!r}.")
    kind, count = edit["kind"], int(edit.get("count", 1))
    if kind == "set_cell":
        area = parse_range(document, f"'{sheet.title}'!{edit['cell']}")
        entry = enter(edit["value"], is_raw=False, locale=document.locale)
        editor.put(sheet, (area.span.top, area.span.left), entry)
    elif kind == "insert_row":
        editor.insert_lines(sheet, "ROWS", int(edit["row"]), count)
    elif kind == "delete_row":
        editor.delete_lines(sheet, "ROWS", int(edit["row"]), count)
    elif kind == "insert_column":
        editor.insert_lines(sheet, "COLUMNS", int(edit["column"]), count)
    elif kind == "delete_column":
        editor.delete_lines(sheet, "COLUMNS", int(edit["column"]), count)
    elif kind == "delete_tab":
        editor.drop_tab(sheet)
    elif kind == "rename_tab":
        editor.rename_tab(sheet, edit["title"])
    else:
        raise invalid(f"Unknown edit: {kind}")
