"""The file of an applied change set with what changed marked in it, beside the clean one that goes on."""

from __future__ import annotations

from pathlib import PurePath
from uuid import UUID

from core.access import AccessContext, Permission
from core.runtime import Runtime
from core.services.changes import download, get_change_set
from core.services.exports import ExportedFile, stem_of
from core.sheets.writing.marked import listed_changes, marked_workbook

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def mark_changes(ctx: AccessContext, rt: Runtime, change_set_id: UUID) -> ExportedFile:
    """Give an Excel file with each changed cell coloured and commented; of other kinds, the list of changes as CSV.

    Raises:
        NotFound: the change set was not written into an uploaded file.
    """
    ctx.require(Permission.READ)
    view, content = get_change_set(ctx, rt, change_set_id), download(ctx, rt, change_set_id)
    suffix, stem = PurePath(view.file_name).suffix.lower(), stem_of(view.file_name)
    if suffix in (".xlsx", ".xlsm"):
        try:
            marked = marked_workbook(content, view.written, view.rows, has_macros=suffix == ".xlsm")
            return ExportedFile(f"{stem} (changes marked){suffix}", _XLSX, marked)
        except (ValueError, KeyError, TypeError, AttributeError):
            pass  # what the library does not read is listed instead
    return ExportedFile(f"{stem} (changes).csv", "text/csv", listed_changes(view.written, view.rows))
