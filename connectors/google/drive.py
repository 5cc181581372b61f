"""Google Drive through googleapiclient: what is there, what changed, content down and up."""

from __future__ import annotations

import io
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from connectors.google.errors import google_errors
from connectors.google.transport import http, rebased
from connectors.spec import SandboxAddress
from core.errors import Conflict
from core.ports import ChangePage, FileChange, FileRef

GOOGLE_SHEET = "application/vnd.google-apps.spreadsheet"
SPREADSHEET_TYPES = (
    GOOGLE_SHEET,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel.sheet.macroEnabled.12",
    "application/vnd.ms-excel",
    "application/vnd.oasis.opendocument.spreadsheet",
    "text/csv",
    "text/tab-separated-values",
)
_FOLDER = "application/vnd.google-apps.folder"
_FIELDS = "id,name,mimeType,modifiedTime,version,owners(emailAddress),webViewLink,parents,size,trashed,capabilities(canEdit)"
_EVERYWHERE = {"supportsAllDrives": True, "includeItemsFromAllDrives": True}
_PAGE = 1000


@dataclass(frozen=True)
class DriveStore:
    """Implements core.ports.FileStore for one account; serves one thread at a time."""

    credentials: Any
    sandbox: SandboxAddress | None

    def list_spreadsheets(self) -> Iterator[FileRef]:
        """Yield every spreadsheet the account can see, newest first."""
        kinds = " or ".join(f"mimeType='{kind}'" for kind in SPREADSHEET_TYPES)
        yield from self._listed(f"({kinds}) and trashed=false")

    def get(self, file_id: str) -> FileRef:
        """Describe one file; NotFound when it is gone or no longer shared."""
        with google_errors("looking up the file"):
            return self._ref(self._files.get(fileId=file_id, fields=_FIELDS, supportsAllDrives=True).execute())

    def download(self, file_id: str) -> bytes:
        """Give a binary file's content."""
        with google_errors("downloading the file"):
            content: bytes = self._files.get_media(fileId=file_id, supportsAllDrives=True).execute()
            return content

    def start_token(self) -> str:
        """Give the change token of now."""
        with google_errors("asking for changes"):
            return str(self._service.changes().getStartPageToken(supportsAllDrives=True).execute()["startPageToken"])

    def changes(self, token: str) -> ChangePage:
        """Give what changed since the token: spreadsheets, and ids of whatever was removed."""
        found: list[FileChange] = []
        fields = f"nextPageToken,newStartPageToken,changes(fileId,removed,file({_FIELDS}))"
        while True:
            with google_errors("asking for changes"):
                request = self._service.changes().list(pageToken=token, pageSize=_PAGE, fields=fields, includeRemoved=True, **_EVERYWHERE)
                body = request.execute()
            for change in body.get("changes", []):
                file = change.get("file")
                if change.get("removed") or file is None:
                    found.append(FileChange(change["fileId"], None))
                elif file["mimeType"] in SPREADSHEET_TYPES:
                    found.append(FileChange(change["fileId"], self._ref(file)))
            if "newStartPageToken" in body:
                return ChangePage(tuple(found), str(body["newStartPageToken"]))
            token = body["nextPageToken"]

    def replace_content(self, file_id: str, content: bytes, *, expected_version: str) -> FileRef:
        """Upload a new revision.

        Drive has no conditional upload: an edit in the milliseconds between the check and the upload would still be replaced, and
        remains in Drive's own revisions.

        Raises:
            Conflict: the version is not the expected one; nothing was uploaded.
        """
        from googleapiclient.http import MediaIoBaseUpload

        now = self.get(file_id)
        if now.version != expected_version:
            raise Conflict(
                f"{now.name} was changed in Drive since it was read.",
                hint="Refresh it and look at the change again.",
                context={"file": file_id},
            )
        media = MediaIoBaseUpload(io.BytesIO(content), mimetype=now.mime_type, resumable=False)
        with google_errors(f"uploading {now.name}"):
            request = self._files.update(fileId=file_id, media_body=media, fields=_FIELDS, supportsAllDrives=True)
            return self._ref(request.execute())

    @cached_property
    def _service(self) -> Any:
        import google_auth_httplib2
        from googleapiclient.discovery import build

        client = http(self.sandbox)
        weakref.finalize(self, client.close)
        authorized = google_auth_httplib2.AuthorizedHttp(self.credentials, http=client)
        return build("drive", "v3", http=authorized, static_discovery=True, cache_discovery=False)

    @property
    def _files(self) -> Any:
        return self._service.files()

    @cached_property
    def _folders(self) -> dict[str, str]:
        """Names of all folders by id, asked for once."""
        fields, names, token = "nextPageToken,files(id,name)", {}, None
        while True:
            with google_errors("listing folders"):
                query = f"mimeType='{_FOLDER}' and trashed=false"
                body = self._files.list(q=query, pageSize=_PAGE, pageToken=token, fields=fields, **_EVERYWHERE).execute()
            names.update({item["id"]: item["name"] for item in body.get("files", [])})
            token = body.get("nextPageToken")
            if token is None:
                return names

    def _listed(self, query: str) -> Iterator[FileRef]:
        token, fields = None, f"nextPageToken,files({_FIELDS})"
        while True:
            with google_errors("listing the files in Drive"):
                request = self._files.list(
                    q=query, pageSize=_PAGE, pageToken=token, fields=fields, orderBy="modifiedTime desc", **_EVERYWHERE
                )
                body = request.execute()
            yield from (self._ref(item) for item in body.get("files", []))
            token = body.get("nextPageToken")
            if token is None:
                return

    def _ref(self, item: dict[str, Any]) -> FileRef:
        owners, parents = item.get("owners") or [{}], item.get("parents") or [""]
        url = item.get("webViewLink")
        if self.sandbox is not None and url is not None:
            url = rebased(url, self.sandbox.browser_url)
        return FileRef(
            file_id=item["id"],
            name=item["name"],
            mime_type=item["mimeType"],
            modified_at=datetime.fromisoformat(item["modifiedTime"].replace("Z", "+00:00")),
            version=str(item["version"]),
            owner=owners[0].get("emailAddress"),
            web_url=url,
            folder=self._folders.get(parents[0]) if parents[0] else None,
            size_bytes=int(item["size"]) if "size" in item else None,
            trashed=bool(item.get("trashed")),
            can_edit=bool(item.get("capabilities", {}).get("canEdit", True)),
        )
