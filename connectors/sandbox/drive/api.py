"""The routes of Drive v3."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import replace
from datetime import timedelta
from email.parser import BytesParser
from typing import Any

from connectors.sandbox.callers import caller
from connectors.sandbox.drive.conversion import content_text, exported, imported
from connectors.sandbox.drive.files import DriveFile
from connectors.sandbox.drive.query import parse_query
from connectors.sandbox.exchange import Answer, Call
from connectors.sandbox.masks import apply_mask, parse_mask
from connectors.sandbox.oauth.scopes import DRIVE_CONTENT, DRIVE_METADATA, DRIVE_WRITE
from connectors.sandbox.routing import Route, route
from connectors.sandbox.sandbox import NewFile, Sandbox
from connectors.sandbox.sheets.editing import Editor
from connectors.sandbox.storage import document_from_json, document_to_json
from connectors.sandbox.wire import SPREADSHEET, ApiError, Json

_FILE_FIELDS = "kind,id,name,mimeType"


def _file(sandbox: Sandbox, file: DriveFile, viewer: str) -> Json:
    return file.json(viewer, {account.email: account.name for account in sandbox.grants.accounts.values()})


def _masked(body: Json, call: Call, default: str) -> Answer:
    return Answer(apply_mask(body, parse_mask(call.query.get("fields") or default)))


def list_files(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """List files page by page; `pageToken` is good for the same query only."""
    viewer = caller(sandbox, call, DRIVE_METADATA)
    test = parse_query(call.query.get("q", ""), viewer, lambda file: content_text(sandbox, file))
    found = [file for file in sandbox.drive.files.values() if file.visible_to(viewer) and test(file)]
    _order(found, call.query.get("orderBy", ""))
    size = _page_size(call, 100)
    start = _offset(call)
    body: Json = {"kind": "drive#fileList", "incompleteSearch": False}
    if start + size < len(found):
        body["nextPageToken"] = _token(call, start + size)
    body["files"] = [_file(sandbox, file, viewer) for file in found[start : start + size]]
    return _masked(body, call, f"kind,incompleteSearch,nextPageToken,files({_FILE_FIELDS})")


def _page_size(call: Call, default: int) -> int:
    text = call.query.get("pageSize", str(default))
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise ApiError(400, f"Invalid value '{text}'. Values must be within the range: [1, 1000]", reason="invalidParameter")
    return int(text)


def _order(files: list[DriveFile], order: str) -> None:
    keys: dict[str, Any] = {
        "name": lambda file: file.name.casefold(),
        "name_natural": lambda file: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", file.name.casefold())],
        "modifiedTime": lambda file: file.modified,
        "createdTime": lambda file: file.created,
        "folder": lambda file: file.is_binary or file.mime_type == SPREADSHEET,
        "quotaBytesUsed": lambda file: file.size,
        "starred": lambda file: not file.starred,
    }
    files.sort(key=lambda file: file.modified, reverse=True)
    for term in reversed([part.strip() for part in order.split(",") if part.strip()]):
        name, _, direction = term.partition(" ")
        if name.removesuffix("ByMe") not in keys:
            raise ApiError(400, f"Sorting by {name} is not supported.", reason="invalid")
        files.sort(key=keys[name.removesuffix("ByMe")], reverse=direction == "desc")


def _token(call: Call, offset: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([offset, call.query.get("q", "")]).encode()).decode()


def _offset(call: Call) -> int:
    token = call.query.get("pageToken")
    if not token:
        return 0
    try:
        offset, query = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError):
        offset, query = 0, None
    if query != call.query.get("q", ""):
        raise ApiError(400, "Invalid Value", reason="invalid")
    return int(offset)


def get_file(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    """Give a file's description, or with alt=media its content."""
    if call.query.get("alt") == "media":
        viewer = caller(sandbox, call, DRIVE_CONTENT)
        file = sandbox.drive.find(match["id"], viewer)
        if not file.is_binary:
            message = "Only files with binary content can be downloaded. Use Export with Docs Editors files."
            raise ApiError(403, message, reason="fileNotDownloadable")
        return Answer(sandbox.storage.blob(file.file_id), media_type=file.mime_type)
    viewer = caller(sandbox, call, DRIVE_METADATA)
    return _masked(_file(sandbox, sandbox.drive.find(match["id"], viewer), viewer), call, _FILE_FIELDS)


def export(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    viewer = caller(sandbox, call, DRIVE_CONTENT)
    file = sandbox.drive.find(match["id"], viewer)
    if file.mime_type != SPREADSHEET:
        raise ApiError(403, "Export only supports Docs Editors files.", reason="fileNotExportable")
    wanted = call.query.get("mimeType", "")
    return Answer(exported(sandbox.document(file.file_id), wanted), media_type=wanted)


def create_file(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Create a file, with content when it is an upload; a sheet uploaded as a Google Sheet is converted."""
    viewer = caller(sandbox, call, DRIVE_WRITE)
    metadata, content, media_type = _upload(call)
    mime_type = metadata.get("mimeType") or media_type or "application/octet-stream"
    name = metadata.get("name") or "Untitled"
    new = NewFile(name, mime_type, viewer, parents=tuple(metadata.get("parents") or ("root",)), description=metadata.get("description", ""))
    file = sandbox.add_file(_with_content(new, content, media_type))
    return _masked(_file(sandbox, file, viewer), call, _FILE_FIELDS)


def _with_content(new: NewFile, content: bytes | None, media_type: str) -> NewFile:
    if content is None:
        return new if new.mime_type.startswith("application/vnd.google-apps.") else replace(new, content=b"")
    if new.mime_type == SPREADSHEET:
        return replace(new, document=imported(new.name, content, media_type))
    return replace(new, content=content)


def _upload(call: Call) -> tuple[Json, bytes | None, str]:
    """Read description and content of a plain, media or multipart request."""
    if not call.path.startswith("/upload/"):
        return call.json(), None, ""
    media_type = call.headers.get("content-type", "application/octet-stream")
    if call.query.get("uploadType") == "media":
        return {}, call.body, media_type.partition(";")[0]
    message = BytesParser().parsebytes(b"Content-Type: " + media_type.encode() + b"\r\n\r\n" + call.body)
    parts = [part for part in message.walk() if not part.is_multipart()]
    if len(parts) != 2:
        raise ApiError(400, "Malformed multipart body.", reason="badContent")
    texts = [part.get_payload(decode=True) for part in parts]
    metadata, content = (text if isinstance(text, bytes) else b"" for text in texts)
    return json.loads(metadata or b"{}"), content, parts[1].get_content_type()


def update_file(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    """Change a file's description, its place, or with an upload its content."""
    viewer = caller(sandbox, call, DRIVE_WRITE)
    file = sandbox.drive.find(match["id"], viewer)
    if not file.editable_by(viewer):
        raise ApiError(403, "The user does not have sufficient permissions for this file.", reason="insufficientFilePermissions")
    metadata, content, media_type = _upload(call)
    file.name = metadata.get("name") or file.name
    file.trashed = metadata.get("trashed", file.trashed)
    file.starred = metadata.get("starred", file.starred)
    file.description = metadata.get("description", file.description)
    added, removed = call.query.get("addParents", ""), call.query.get("removeParents", "")
    file.parents = [p for p in [*file.parents, *filter(None, added.split(","))] if p not in removed.split(",")]
    if file.mime_type == SPREADSHEET:
        if content is not None:
            fresh = imported(file.name, content, media_type)
            fresh.document_id = file.file_id
            sandbox.restore(file.file_id, document_to_json(fresh))
        sandbox.document(file.file_id).title = file.name
        sandbox.changed(file.file_id, viewer)
    elif content is not None:
        file.mime_type = metadata.get("mimeType") or file.mime_type
        sandbox.replace_content(file, content, viewer)
    else:
        sandbox.drive.touch(file, sandbox.timestamp(), viewer)
    return _masked(_file(sandbox, file, viewer), call, _FILE_FIELDS)


def replace_by_v2(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    """Drive v2's upload of a CSV into a spreadsheet, which gspread's import_csv still calls."""
    viewer = caller(sandbox, call, DRIVE_WRITE)
    file = sandbox.drive.find(match["id"], viewer)
    fresh = imported(file.name, call.body, "text/csv")
    fresh.document_id, fresh.time_zone = file.file_id, "America/Los_Angeles"
    sandbox.restore(file.file_id, document_to_json(fresh))
    sandbox.changed(file.file_id, viewer)
    return Answer({"kind": "drive#file", "id": file.file_id, "title": file.name, "mimeType": file.mime_type})


def delete_file(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    viewer = caller(sandbox, call, DRIVE_WRITE)
    file = sandbox.drive.find(match["id"], viewer)
    if file.owner != viewer:
        raise ApiError(403, "The user does not have sufficient permissions for this file.", reason="insufficientFilePermissions")
    sandbox.remove_file(file)
    return Answer(None, 204)


def copy_file(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    viewer = caller(sandbox, call, DRIVE_WRITE)
    source = sandbox.drive.find(match["id"], viewer)
    name = call.json().get("name") or f"Copy of {source.name}"
    parents = tuple(source.parents)
    if source.mime_type == SPREADSHEET:
        document = document_from_json(document_to_json(sandbox.document(source.file_id)))
        document.document_id, document.title = "", name
        Editor(document).finish()
        file = sandbox.add_file(NewFile(name, source.mime_type, viewer, document=document, parents=parents))
    else:
        content = sandbox.storage.blob(source.file_id)
        file = sandbox.add_file(NewFile(name, source.mime_type, viewer, content=content, parents=parents))
    return _masked(_file(sandbox, file, viewer), call, _FILE_FIELDS)


def comments(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    sandbox.drive.find(match["id"], caller(sandbox, call, DRIVE_CONTENT))
    return _masked({"kind": "drive#commentList", "comments": []}, call, "*")


# --- changes and the rest ----------------------------------------------------------------------------------------------------------


def start_page_token(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    caller(sandbox, call, DRIVE_METADATA)
    return _masked({"kind": "drive#startPageToken", "startPageToken": str(sandbox.drive.next_change)}, call, "*")


def list_changes(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    viewer = caller(sandbox, call, DRIVE_METADATA)
    token = call.query.get("pageToken", "")
    if not token.isdigit():
        raise ApiError(400, f"Invalid Value: {token}", reason="invalid")
    wants_removed = call.query.get("includeRemoved", "true") == "true"
    found: list[tuple[int, Json]] = []
    for change in sandbox.drive.changes:
        file = sandbox.drive.files.get(change.file_id)
        is_gone = file is None or not file.visible_to(viewer)
        if change.number < int(token) or viewer not in change.audience or (is_gone and not wants_removed):
            continue
        body: Json = {"kind": "drive#change", "type": "file", "changeType": "file", "fileId": change.file_id, "time": change.time}
        body |= {"removed": is_gone}
        if file is not None and not is_gone:
            body["file"] = _file(sandbox, file, viewer)
        found.append((change.number, body))
    size = _page_size(call, 100)
    answer: Json = {"kind": "drive#changeList", "changes": [body for _, body in found[:size]]}
    answer |= {"nextPageToken": str(found[size][0])} if len(found) > size else {"newStartPageToken": str(sandbox.drive.next_change)}
    default = f"kind,nextPageToken,newStartPageToken,changes(kind,type,changeType,time,removed,fileId,file({_FILE_FIELDS}))"
    return _masked(answer, call, default)


def about(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    viewer = caller(sandbox, call, DRIVE_METADATA)
    if not call.query.get("fields"):
        raise ApiError(400, "The 'fields' parameter is required for this method.", reason="required")
    account = sandbox.grants.accounts[viewer]
    user = {"kind": "drive#user", "displayName": account.name, "me": True, "permissionId": account.account_id, "emailAddress": viewer}
    quota = {"limit": "16106127360", "usage": str(sum(f.size for f in sandbox.drive.files.values() if f.owner == viewer))}
    return _masked({"kind": "drive#about", "user": user, "storageQuota": quota}, call, "*")


def watch(sandbox: Sandbox, call: Call, match: re.Match[str]) -> Answer:
    """Open a notification channel. Drive takes https addresses only; the sandbox opens the channel and stays silent."""
    viewer = caller(sandbox, call, DRIVE_METADATA)
    body = call.json()
    resource = match.groupdict().get("id")
    if resource is not None:
        sandbox.drive.find(resource, viewer)
    if body.get("type") not in ("web_hook", "webhook") or not str(body.get("address", "")).startswith("https://"):
        raise ApiError(400, "WebHook callback must be HTTPS: " + str(body.get("address", "")), reason="push.webhookUrlNotHttps")
    ends = body.get("expiration") or str(int((sandbox.now() + timedelta(hours=1)).timestamp() * 1000))
    uri = "https://www.googleapis.com" + call.path.removesuffix("/watch")
    answer: Json = {
        "kind": "api#channel",
        "id": body["id"],
        "resourceId": resource or "changes",
        "resourceUri": uri,
        "expiration": str(ends),
    }
    return Answer(answer | {"token": body["token"]} if body.get("token") else answer)


def list_drives(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    caller(sandbox, call, DRIVE_METADATA)
    return _masked({"kind": "drive#driveList", "drives": []}, call, "*")


_ID = r"/drive/v3/files/(?P<id>[\w-]+)"
ROUTES: list[Route] = [
    *route("GET", r"/drive/v3/files", list_files),
    *route("POST", r"(?:/upload)?/drive/v3/files", create_file),
    *route("GET", _ID, get_file),
    *route("PATCH", r"(?:/upload)?" + _ID, update_file),
    *route("PUT", r"/upload/drive/v2/files/(?P<id>[\w-]+)", replace_by_v2),
    *route("DELETE", _ID, delete_file),
    *route("GET", _ID + "/export", export),
    *route("POST", _ID + "/copy", copy_file),
    *route("GET", _ID + "/comments", comments),
    *route("POST", _ID + "/watch", watch),
    *route("GET", r"/drive/v3/changes/startPageToken", start_page_token),
    *route("GET", r"/drive/v3/changes", list_changes),
    *route("POST", r"/drive/v3/changes/watch", watch),
    *route("POST", r"/drive/v3/channels/stop", lambda sandbox, call, match: Answer(None, 204)),
    *route("GET", r"/drive/v3/about", about),
    *route("GET", r"/drive/v3/drives", list_drives),
]
