"""The demo Drive: made-up people of a made-up agency and their files, so that a newcomer finds something to plan with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from connectors.sandbox.drive.conversion import imported
from connectors.sandbox.drive.files import DriveFile
from connectors.sandbox.drive.xlsx import xlsx_of_document
from connectors.sandbox.samples.catalogue import SAMPLES
from connectors.sandbox.samples.clutter import CLUTTER
from connectors.sandbox.samples.paper import Sample
from connectors.sandbox.samples.people import COLLEAGUE, NEWCOMER, PEOPLE, PLANNER
from connectors.sandbox.sandbox import NewFile, Sandbox
from connectors.sandbox.wire import CSV, FOLDER, SPREADSHEET, XLSX

_FOLDERS = ("Media plans", "Media plans / International", "Clients", "Finance", "Reports", "Team")
_AS_XLSX = frozenset({"ch_long_form", "pl_units"})
_OF_COLLEAGUE = frozenset({"ja_transposed"})
_READ_ONLY = frozenset({"uk_segments"})
_ABROAD = frozenset({"fr_autumn", "ch_long_form", "pl_units", "ja_transposed"})


def open_demo(folder: Path | None) -> Sandbox:
    """Open the sandbox of a folder; an empty one is filled with accounts and the demo Drive."""
    sandbox = Sandbox(folder)
    if not sandbox.grants.accounts:
        fill(sandbox)
        sandbox.save()
    return sandbox


def fill(sandbox: Sandbox) -> None:
    """Lay accounts, folders, the eight plans and the files that are no plans into an empty sandbox."""
    for email, name in PEOPLE.items():
        sandbox.add_account(email, name)
    when = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
    folders = {
        name: sandbox.add_file(NewFile(name.rpartition("/ ")[2], FOLDER, PLANNER, readers=(COLLEAGUE,), modified=when)).file_id
        for name in _FOLDERS
    }
    for day, make in enumerate(SAMPLES, start=2):
        sample = make()
        where = folders["Media plans / International" if sample.key in _ABROAD else "Media plans"]
        new = replace(_file(sample), parents=(where,), modified=datetime(2026, 11, day, 8 + day, 17, tzinfo=UTC))
        sandbox.add_file(new)
    for position, make_file in enumerate(CLUTTER):
        place, new = make_file(datetime(2026, 10, 1 + position, 10, 5, tzinfo=UTC))
        sandbox.add_file(replace(new, parents=(folders[place],)))


def _file(sample: Sample) -> NewFile:
    """Give a plan as a Google Sheet or an Excel file, owned by the planner or shared with her."""
    if sample.key in _AS_XLSX:
        new = NewFile(f"{sample.title}.xlsx", XLSX, PLANNER, content=xlsx_of_document(sample.document))
    else:
        new = NewFile(sample.title, SPREADSHEET, PLANNER, document=sample.document)
    if sample.key in _READ_ONLY:
        return replace(new, owner=COLLEAGUE, readers=(PLANNER,))
    if sample.key in _OF_COLLEAGUE:
        return replace(new, owner=COLLEAGUE, writers=(PLANNER,))
    return replace(new, writers=(COLLEAGUE,))


@dataclass(frozen=True, slots=True)
class Laying:
    """How a file is laid into the Drive: as a Google Sheet (converted, under a locale) or as the file it is."""

    name: str
    owner: str = PLANNER
    locale: str = "en_US"
    as_sheet: bool = True


def lay_file(sandbox: Sandbox, content: bytes, how: Laying) -> DriveFile:
    """Lay a workbook from outside into a running sandbox, as if its owner had just put it there.

    Raises:
        ApiError: 400 where it is to become a Google Sheet and is neither xlsx nor text.
    """
    with sandbox.lock:
        if how.as_sheet:
            made = imported(how.name.rpartition(".")[0] or how.name, content, CSV, locale=how.locale)
            new = NewFile(made.title, SPREADSHEET, how.owner, document=made)
        else:
            kind = CSV if how.name.lower().endswith(".csv") else XLSX
            new = NewFile(how.name, kind, how.owner, content=content)
        file = sandbox.add_file(new)
        sandbox.save()
        return file


__all__ = ["COLLEAGUE", "NEWCOMER", "PLANNER", "Laying", "fill", "lay_file", "open_demo"]
