"""Files that people bring themselves: read like those of a connected account, kept with their bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from uuid import uuid4

from sqlalchemy import select

from core.access import AccessContext, Permission
from core.db.snapshots import unpack_reading
from core.db.tables.library import File
from core.errors import InvalidInput
from core.model.reading import Reading
from core.model.workbook import Workbook
from core.runtime import Runtime
from core.services import activity
from core.services.files import UPLOAD, FileInfo, get_file, newest_snapshot
from core.services.readings import Taken, keep_reading, read_corrected
from core.services.sync import MOST_BYTES
from core.sheets.differences import label_of
from core.sheets.discovery import score_name
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook

_MOST_ALIKE = 20
"""Plans of one name that are kept apart."""
UPLOAD_TYPES = ("xlsx", "xlsm", "xls", "ods", "csv", "tsv")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the browser sent it."""

    name: str
    content: bytes


def upload_file(ctx: AccessContext, rt: Runtime, upload: Upload) -> FileInfo:
    """Read an uploaded spreadsheet and keep it; under a name that was uploaded before it is that file's next revision.

    Another plan under that name, with other columns and mostly other line items, is a file of its own: `Plan (2).xlsx`.

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
    row = _existing(ctx, rt, name, workbook)
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


def _existing(ctx: AccessContext, rt: Runtime, name: str, workbook: Workbook) -> File:
    """Give the row of this name whose plan this is a revision of, or a new one that is not in the database yet."""
    fresh: Reading | None = None
    for number in range(1, _MOST_ALIKE + 1):
        called = name if number == 1 else f"{PurePath(name).stem} ({number}){PurePath(name).suffix}"
        with rt.db.session(ctx) as session:
            known = session.scalars(select(File).where(File.source == UPLOAD, File.external_id == called.casefold())).one_or_none()
            kept = newest_snapshot(session, known.id) if known is not None else None
        if known is None:
            return _new(ctx, called)
        if kept is None or number == _MOST_ALIKE:
            return known
        fresh = fresh or read_workbook(workbook)  # only where there is one to compare it with
        if _is_revision(fresh, unpack_reading(kept.reading)):
            return known
    raise AssertionError("the last name is always taken")


def _is_revision(fresh: Reading, kept: Reading) -> bool:
    """Tell whether two readings are of one plan: the same columns, or half of the line items; what is no plan is told by its name."""
    if fresh.layout_key == kept.layout_key or fresh.former_layout_key == kept.layout_key:
        return True
    new, old = ({label_of(item) for table in reading.tables for item in table.line_items} for reading in (fresh, kept))
    return not new or not old or 2 * len(new & old) >= min(len(new), len(old))


def _new(ctx: AccessContext, name: str) -> File:
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
