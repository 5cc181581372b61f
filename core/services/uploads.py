"""Files that people bring themselves: read like those of a connected account, kept with their bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from uuid import uuid4

from sqlalchemy import select

from core.access import AccessContext, Permission
from core.db.tables.library import File
from core.errors import InvalidInput
from core.runtime import Runtime
from core.services import activity
from core.services.files import UPLOAD, FileInfo, get_file
from core.services.readings import Taken, keep_reading, read_corrected
from core.services.sync import MOST_BYTES
from core.sheets.discovery import score_name
from core.sheets.loading import load_workbook

UPLOAD_TYPES = ("xlsx", "xlsm", "xls", "ods", "csv", "tsv")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the browser sent it."""

    name: str
    content: bytes


def upload_file(ctx: AccessContext, rt: Runtime, upload: Upload) -> FileInfo:
    """Read an uploaded spreadsheet and keep it; under a name that was uploaded before it is that file's next revision.

    Raises:
        InvalidInput: too large, empty or of another type; UnreadableFile when it cannot be opened. Nothing is kept then.
    """
    ctx.require(Permission.CONNECT)
    name = PurePath(upload.name.replace("\\", "/")).name
    _check(name, upload.content)
    revision = hashlib.sha256(upload.content).hexdigest()
    workbook = load_workbook(name, upload.content)
    if not any(cell.value is not None or cell.formula for tab in workbook.tabs for cell in tab.cells.values()):
        raise InvalidInput(f"{name} is empty: nothing stands in any of its cells.", hint="Choose the file with the plan.")
    row = _existing(ctx, rt, name)
    reading = read_corrected(ctx, rt, row.id, workbook)
    with rt.db.session(ctx) as session:
        kept = session.get(File, row.id)
        if kept is None:
            kept = row
            session.add(kept)
        kept.version, kept.modified_at, kept.size_bytes, kept.gone_at = revision, rt.clock.now(), len(upload.content), None
        session.flush()
        keep_reading(session, ctx, rt, kept, Taken(workbook, reading, revision, upload.content))
        activity.record(session, ctx, "uploaded", name, file_id=str(kept.id), line_items=kept.n_line_items)
        file_id = kept.id
    return get_file(ctx, rt, file_id)


def _check(name: str, content: bytes) -> None:
    if PurePath(name).suffix.lower().lstrip(".") not in UPLOAD_TYPES:
        raise InvalidInput(f"{name} is not a spreadsheet that can be read.", hint="Upload " + ", ".join(UPLOAD_TYPES) + ".")
    if not content:
        raise InvalidInput(f"{name} is empty.", hint="Choose the file again.")
    if len(content) > MOST_BYTES:
        raise InvalidInput(f"{name} is larger than {MOST_BYTES // 1_000_000} MB.", hint="Split it, or remove pictures and old tabs.")


def _existing(ctx: AccessContext, rt: Runtime, name: str) -> File:
    """Give the row of this name, or a new one that is not in the database yet."""
    with rt.db.session(ctx) as session:
        known = session.scalars(select(File).where(File.source == UPLOAD, File.external_id == name.casefold())).one_or_none()
    if known is not None:
        return known
    return File(
        id=uuid4(),
        workspace_id=ctx.workspace_id,
        source=UPLOAD,
        external_id=name.casefold(),
        name=name,
        mime_type=f"upload/{PurePath(name).suffix.lower().lstrip('.')}",
        owner=ctx.actor_name,
        can_edit=True,
        name_score=score_name(name).score,
        plan_score=0.0,
        reasons=[],
        is_plan=False,
    )
