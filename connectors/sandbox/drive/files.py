"""Files as the sandbox's Drive holds them, who may see them, and the feed of their changes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from connectors.sandbox.wire import FOLDER, SPREADSHEET, ApiError, Json


@dataclass(slots=True)
class DriveFile:
    """A file. `created` and `modified` are RFC 3339 in UTC; `version` grows with every change."""

    file_id: str
    name: str
    mime_type: str
    owner: str
    created: str
    modified: str
    version: int = 1
    parents: list[str] = field(default_factory=list)
    readers: list[str] = field(default_factory=list)
    writers: list[str] = field(default_factory=list)
    trashed: bool = False
    size: int = 0
    md5: str = ""
    head_revision: str = ""
    starred: bool = False
    description: str = ""
    modified_by: str = ""
    drive_id: str | None = None

    def visible_to(self, email: str) -> bool:
        return email == self.owner or email in self.readers or email in self.writers

    def editable_by(self, email: str) -> bool:
        return email == self.owner or email in self.writers

    @property
    def is_binary(self) -> bool:
        """True when it has content of its own (not a Google Sheet or folder)."""
        return not self.mime_type.startswith("application/vnd.google-apps.")

    def take_content(self, content: bytes) -> None:
        """Note size and hash of new content."""
        self.size = len(content)
        self.md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        self.head_revision = hashlib.sha256(content).hexdigest()[:32]

    def json(self, viewer: str, names: dict[str, str]) -> Json:
        """Give the whole File resource as the viewer sees it; `names` are display names by address."""
        body: Json = {
            "kind": "drive#file",
            "id": self.file_id,
            "name": self.name,
            "mimeType": self.mime_type,
            "starred": self.starred,
            "trashed": self.trashed,
            "explicitlyTrashed": self.trashed,
            "parents": self.parents,
            "spaces": ["drive"],
            "version": str(self.version),
            "webViewLink": _link(self),
            "iconLink": "https://drive-thirdparty.googleusercontent.com/16/type/" + self.mime_type,
            "createdTime": self.created,
            "modifiedTime": self.modified,
            "modifiedByMe": self.modified_by == viewer,
            "owners": [_user(self.owner, viewer, names)],
            "lastModifyingUser": _user(self.modified_by or self.owner, viewer, names),
            "shared": bool(self.readers or self.writers),
            "ownedByMe": self.owner == viewer,
            "viewedByMe": True,
            "capabilities": _capabilities(self, viewer),
            "writersCanShare": True,
        }
        if self.description:
            body["description"] = self.description
        if self.drive_id:
            body |= {"driveId": self.drive_id, "teamDriveId": self.drive_id}
        if self.is_binary:
            extension = self.name.rpartition(".")[2]
            body |= {"size": str(self.size), "md5Checksum": self.md5, "headRevisionId": self.head_revision}
            body |= {"originalFilename": self.name, "fullFileExtension": extension, "fileExtension": extension}
            body["webContentLink"] = f"https://drive.google.com/uc?id={self.file_id}&export=download"
        return body


def _link(file: DriveFile) -> str:
    if file.mime_type == SPREADSHEET:
        return f"https://docs.google.com/spreadsheets/d/{file.file_id}/edit?usp=drivesdk"
    if file.mime_type == FOLDER:
        return f"https://drive.google.com/drive/folders/{file.file_id}"
    return f"https://drive.google.com/file/d/{file.file_id}/view?usp=drivesdk"


def _user(email: str, viewer: str, names: dict[str, str]) -> Json:
    display = names.get(email, email.partition("@")[0])
    number = int(hashlib.sha256(email.encode()).hexdigest()[:15], 16)
    return {"kind": "drive#user", "displayName": display, "me": email == viewer, "permissionId": f"{number:020d}", "emailAddress": email}


def _capabilities(file: DriveFile, viewer: str) -> Json:
    can_edit = file.editable_by(viewer)
    yes_for_editors = ("canEdit", "canRename", "canModifyContent", "canAddChildren", "canShare", "canComment")
    return dict.fromkeys(yes_for_editors, can_edit) | {
        "canDownload": True,
        "canCopy": True,
        "canDelete": file.owner == viewer,
        "canTrash": file.owner == viewer,
    }


@dataclass(slots=True)
class Change:
    """One entry of the change feed; `audience` is who could see the file then."""

    number: int
    file_id: str
    time: str
    audience: list[str]


@dataclass(slots=True)
class Drive:
    """All files and the feed of their changes."""

    files: dict[str, DriveFile] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    next_change: int = 1

    def find(self, file_id: str, viewer: str) -> DriveFile:
        """Give a file the viewer may see; 404 for all others, as Drive does."""
        file = self.files.get(file_id)
        if file is None or not file.visible_to(viewer):
            raise ApiError(404, f"File not found: {file_id}.", reason="notFound")
        return file

    def note(self, file: DriveFile, when: str) -> None:
        """Append a change; an earlier one of the same file is superseded, as in Drive's feed."""
        self.changes = [change for change in self.changes if change.file_id != file.file_id]
        self.changes.append(Change(self.next_change, file.file_id, when, [file.owner, *file.readers, *file.writers]))
        self.next_change += 1

    def touch(self, file: DriveFile, when: str, by: str) -> None:
        """Note that somebody changed a file."""
        file.version += 1
        file.modified = when
        file.modified_by = by
        self.note(file, when)

    def remove(self, file: DriveFile, when: str) -> None:
        self.note(file, when)
        del self.files[file.file_id]


def new_file_id() -> str:
    """Make an id as long as Google's."""
    return "1" + secrets.token_urlsafe(33)[:43]
