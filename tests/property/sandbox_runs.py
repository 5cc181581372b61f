"""Write-backs through the real client against the sandbox while others edit; every amount carries a hidden name as its note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from random import Random

from connectors.google.connector import build as build_google
from connectors.sandbox.sandbox import NewFile
from connectors.sandbox.server import SandboxServer, serve
from connectors.sandbox.sheets.batch.contents import copy_paste, sort_range
from connectors.sandbox.sheets.document import DeveloperMetadata, Document, Sheet
from connectors.sandbox.sheets.editing import Editor
from connectors.sandbox.sheets.entry import Entry, enter
from connectors.sandbox.wire import SPREADSHEET
from connectors.spec import SandboxAddress
from core.config import Settings
from core.model.changes import RowPlan
from core.model.distribution import Distribution
from core.model.reading import ColumnReading, LineItem, PeriodAmount, PlanTable, TotalCheck
from core.model.workbook import a1, parse_a1
from core.services.targets import Contents, GoogleSheetTarget, RowWrite
from core.sheets.writing.distribution import new_line, to_distribution
from core.sheets.writing.drift import check_drift
from core.sheets.writing.edits import WritePlan, plan_writes
from core.sheets.writing.row_drift import place_rows, restructured

_OWNER = "runs@northwind.example"
CHANNELS, FORMATS = ["Meta", "TikTok", "Google", "TV"], ["Reels", "Video", "Search"]
FIRST_AMOUNT = 4
NEW, FORMULA = "new-line", "a formula"
LOCALES = ["en_US", "de_DE", "fr_FR", "ja_JP"]


@dataclass(slots=True)
class Outcome:
    """What came of one run; `wrong` and `lost` say what went wrong, in words."""

    seed: int
    cells: int = 0
    rows: int = 0
    conflicts: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Runs:
    """A sandbox with one spreadsheet that is laid out anew for each run."""

    server: SandboxServer
    file_id: str
    target: GoogleSheetTarget

    @property
    def document(self) -> Document:
        return self.server.sandbox.document(self.file_id)

    def run(self, seed: int) -> Outcome:
        """Lay out a plan, plan a change, let others edit, write, and look at every cell."""
        random, outcome = Random(seed), Outcome(seed)
        table = self._lay_out(random)
        base = self.target.read()
        plan = _planned(random, table, to_distribution([table], base), partial(plan_writes, [table], base))
        names = {edit.cell: _name(self.document.sheets[0], edit.cell) for edit in plan.edits}
        rows = {edit.row_id: _item(self.document.sheets[0], edit.row) for edit in plan.rows.edits}
        for _ in range(random.randint(0, 6)):
            self._disturb(random)
        theirs = self.target.read()
        drift, placed = check_drift(plan.edits, plan.outlines, theirs), place_rows(plan.rows, plan.outlines, theirs)
        outcome.conflicts = len(drift.conflicts) + len(placed.conflicts)
        if outcome.conflicts or not (drift.clean or placed.edits):
            return outcome
        write = None
        if placed.edits:
            result, failures = restructured(theirs, drift.clean, placed)
            if failures:
                outcome.conflicts += 1
                return outcome
            write = RowWrite(theirs, placed.edits, result, {}, str(seed))
        before, broken = _contents(self.document), _broken(self.document)
        self.target.write(drift.clean, Contents(), write)
        outcome.cells, outcome.rows = len(drift.clean), len(placed.edits)
        wanted: Counter[tuple[str, object]] = Counter((names[one.edit.cell], float(str(one.edit.after.value))) for one in drift.clean)
        self._look(outcome, plan.rows, rows, before, wanted, broken)
        return outcome

    def _look(
        self,
        outcome: Outcome,
        plan: RowPlan,
        rows: dict[str, str],
        before: dict[str, Counter[object]],
        wanted: Counter[tuple[str, object]],
        broken: Counter[str],
    ) -> None:
        """Compare all cells before and after, by their names; the new row is looked at by itself."""
        after, left = _contents(self.document), Counter(wanted)
        removed = {rows[edit.row_id] for edit in plan.edits if edit.kind == "delete"}
        for name in before.keys() | after.keys():
            gone, come = before.get(name, Counter()) - after.get(name, Counter()), after.get(name, Counter()) - before.get(name, Counter())
            if name.partition("|")[0] in removed:
                outcome.wrong += [f"{name} came" for _ in come.elements()]
                continue
            for value in come.elements():
                if left[name, value] > 0:
                    left[name, value] -= 1
                else:
                    outcome.wrong.append(f"{name} became {value!r}")
            lost = list(gone.elements())
            outcome.lost += [f"{name} lost a formula" for value in lost if value == FORMULA]
            if len(lost) > come.total() and not (removed and name.endswith("other")):
                outcome.wrong.append(f"{name} lost {lost}")
        outcome.wrong += [f"{name} is not {value}" for (name, value), count in left.items() if count > 0 and count == wanted[name, value]]
        outcome.lost += [f"{name} refers to nothing" for name in _broken(self.document) - broken]
        self._look_at_rows(outcome, plan, rows)

    def _look_at_rows(self, outcome: Outcome, plan: RowPlan, rows: dict[str, str]) -> None:
        """A new row stands right below the line it was put under."""
        marked = {item.value: item for item in self.document.metadata if item.key == "flightplan_row"}
        for edit in plan.edits:
            place = marked.get(edit.row_id)
            if edit.kind == "insert" and (place is None or place.index is None):
                outcome.wrong.append(f"{edit.row_id} is not in the sheet")
            elif edit.kind == "insert" and place is not None and place.index is not None:
                sheet = next(one for one in self.document.sheets if one.sheet_id == place.sheet_id)
                if _item(sheet, place.index - 1) != rows[edit.row_id]:
                    outcome.wrong.append(f"{edit.row_id} stands below {_item(sheet, place.index - 1)}, not {rows[edit.row_id]}")

    def _lay_out(self, random: Random) -> PlanTable:
        with self.server.sandbox.lock:
            document = self.document
            document.locale = random.choice(LOCALES)
            document.metadata.clear()
            plan, notes = Sheet(random.choice([0, 7]), "Plan", 60, 20), Sheet(99, "Notes", 20, 10)
            document.sheets[:] = [plan, notes]
            editor = Editor(document)
            table = _fill(random, editor, plan)
            editor.put(notes, (1, 1), Entry(None, f"=Plan!{table.totals[0].cell}*2" if table.totals else "=1+1"))
            editor.finish()
        return table

    def _disturb(self, random: Random) -> None:
        with self.server.sandbox.lock:
            document = self.document
            sheet = next((one for one in document.sheets if one.sheet_id != 99), None)
            if sheet is not None:
                editor = Editor(document)
                random.choice(_DEEDS)(random, editor, sheet)
                editor.finish()


@contextmanager
def runs() -> Iterator[Runs]:
    """Serve a sandbox for as many runs as wanted."""
    with serve() as server:
        server.sandbox.add_account(_OWNER, "Runs")
        file_id = server.sandbox.add_file(
            NewFile("Plan", SPREADSHEET, _OWNER, document=Document("", "Plan", "en_US", sheets=[Sheet(0, "Plan")]))
        ).file_id
        google = build_google(Settings.model_construct(), SandboxAddress(server.base_url, server.base_url))
        yield Runs(server, file_id, GoogleSheetTarget(google.open(server.sandbox.authorize(_OWNER)), file_id))


# --- the plan ------------------------------------------------------------------------------------------------------------------------


def _fill(random: Random, editor: Editor, sheet: Sheet) -> PlanTable:
    months, header = random.randint(1, 3), random.randint(1, 3)
    last = FIRST_AMOUNT + months
    titles = ["Channel", "Format", "CPM", *(f"Month {number}" for number in range(1, months + 1)), "Sum"]
    for column, title in enumerate(titles, 1):
        editor.put(sheet, (header, column), Entry(title))
    items = []
    for number in range(random.randint(2, 8)):
        row = header + 1 + number
        channel, form = random.choice(CHANNELS), random.choice(FORMATS)
        for column, value in enumerate([channel, form, random.randint(1, 3)], 1):
            editor.put(sheet, (row, column), Entry(value))
        parts = []
        for month in range(months):
            value = random.randint(1, 9_999)
            editor.put(sheet, (row, FIRST_AMOUNT + month), Entry(value))
            start = date(2026, month + 1, 1)
            parts.append(PeriodAmount(start, start.replace(day=28), value * 100, a1(row, FIRST_AMOUNT + month)))
        editor.put(sheet, (row, last), Entry(None, f"=SUM({a1(row, FIRST_AMOUNT)}:{a1(row, last - 1)})"))
        for column in range(FIRST_AMOUNT, last + 1):
            sheet.cell((row, column)).note = f"item{number}|{column}"
        if random.random() < 0.4:
            editor.document.metadata.append(
                DeveloperMetadata(1000 + number, "flightplan_row", f"id{number}", "DOCUMENT", sheet.sheet_id, "ROWS", row)
            )
        items.append(LineItem(row=row, channel=channel, format=form, by_period=tuple(parts)))
    return _with_total(editor, sheet, header, items, last)


def _with_total(editor: Editor, sheet: Sheet, header: int, items: list[LineItem], last: int) -> PlanTable:
    first, row = items[0].row, items[-1].row + 1
    editor.put(sheet, (row, 1), Entry("Total"))
    totals = []
    for column in range(FIRST_AMOUNT, last + 1):
        editor.put(sheet, (row, column), Entry(None, f"=SUM({a1(first, column)}:{a1(row - 1, column)})"))
        sheet.cell((row, column)).note = f"sum|{column}"
        amounts = [
            part.budget_minor for item in items for month, part in enumerate(item.by_period) if column in (last, FIRST_AMOUNT + month)
        ]
        stated = sum(amounts)
        kind = "total" if column == last else "period_total"
        totals.append(TotalCheck(a1(row, column), kind, stated, stated, True, tuple(item.row for item in items)))
    columns = tuple(ColumnReading(letter, role, role, 1.0) for letter, role in (("A", "channel"), ("B", "format")))
    return PlanTable("Plan", f"A{header}:{a1(row, last)}", (header,), "rows", "EUR", 1, "net", columns, tuple(items), tuple(totals), None)


def _planned(random: Random, table: PlanTable, plan: Distribution, write: Callable[[Distribution], WritePlan]) -> WritePlan:
    rows = [
        replace(row, cells=tuple(replace(cell, budget_minor=cell.budget_minor + random.choice([0, 0, 12_345])) for cell in row.cells))
        for row in plan.rows
    ]
    if random.random() < 0.3:
        like = random.randrange(len(rows))
        line = new_line(rows[like], {"format": "Brandnew"}, row_id=NEW, is_copy=random.random() < 0.5)
        rows.insert(like + 1, replace(line, cells=tuple(replace(cell, budget_minor=77_700) for cell in line.cells)))
    if random.random() < 0.2 and len(rows) > 2:
        gone = rows[random.randrange(len(rows))]
        rows = [row for row in rows if row is not gone and row.like != gone.id] if gone.source_tab is not None else rows
    made = write(replace(plan, rows=tuple(rows)))
    assert made.violations == () and made.choices == (), made
    return made


# --- what others do ------------------------------------------------------------------------------------------------------------------


def _insert_row(random: Random, editor: Editor, sheet: Sheet) -> None:
    at = random.randint(1, sheet.last_row() + 1)
    editor.insert_lines(sheet, "ROWS", at, 1)
    deed = random.random()
    if deed < 0.3:
        source = random.randint(1, sheet.last_row())
        copy_paste(editor, {"source": _row(sheet, source), "destination": _row(sheet, at)})
    elif deed < 0.7:
        editor.put(sheet, (at, 1), Entry(random.choice(CHANNELS)))
        editor.put(sheet, (at, FIRST_AMOUNT), Entry(random.randint(1, 9_999)))


def _row(sheet: Sheet, row: int) -> dict[str, int]:
    return {"sheetId": sheet.sheet_id, "startRowIndex": row - 1, "endRowIndex": row, "startColumnIndex": 0, "endColumnIndex": 12}


def _delete_row(random: Random, editor: Editor, sheet: Sheet) -> None:
    editor.delete_lines(sheet, "ROWS", random.randint(1, max(sheet.last_row(), 1)), 1)


def _sort(random: Random, editor: Editor, sheet: Sheet) -> None:
    """Sort the line items between the header and the total by any column."""
    rows = [row for (row, _), cell in sheet.cells.items() if (cell.note or "").startswith("item")]
    if rows:
        span = {
            "sheetId": sheet.sheet_id,
            "startRowIndex": min(rows) - 1,
            "endRowIndex": max(rows),
            "startColumnIndex": 0,
            "endColumnIndex": 12,
        }
        order = random.choice(["ASCENDING", "DESCENDING"])
        sort_range(editor, {"range": span, "sortSpecs": [{"dimensionIndex": random.randint(0, 5), "sortOrder": order}]})


def _edit(random: Random, editor: Editor, sheet: Sheet) -> None:
    place = (random.randint(1, sheet.last_row() + 1), random.randint(1, 8))
    typed = random.choice([str(random.randint(1, 9_999)), "edited", "", "=1+1", "1,5", "2.5"])
    editor.put(sheet, place, enter(typed, is_raw=False, locale=editor.document.locale))


def _insert_column(random: Random, editor: Editor, sheet: Sheet) -> None:
    editor.insert_lines(sheet, "COLUMNS", random.randint(1, 8), 1)


def _delete_column(random: Random, editor: Editor, sheet: Sheet) -> None:
    editor.delete_lines(sheet, "COLUMNS", random.randint(1, 8), 1)


def _rename(random: Random, editor: Editor, sheet: Sheet) -> None:
    editor.rename_tab(sheet, random.choice(["Plan", "Plan 2026", "Media's"]))


def _delete_tab(random: Random, editor: Editor, sheet: Sheet) -> None:
    if random.random() < 0.3:
        editor.drop_tab(sheet)


def _change_locale(random: Random, editor: Editor, sheet: Sheet) -> None:
    editor.document.locale = random.choice(LOCALES)


_DEEDS = (
    [_insert_row] * 4
    + [_delete_row] * 2
    + [_sort] * 3
    + [_edit] * 3
    + [_insert_column, _delete_column, _rename, _delete_tab, _change_locale]
)


# --- hidden names --------------------------------------------------------------------------------------------------------------------


def _name(sheet: Sheet, cell: str) -> str:
    return sheet.cells[parse_a1(cell)].note or ""


def _item(sheet: Sheet, row: int) -> str:
    notes = [cell.note for (at, _), cell in sorted(sheet.cells.items(), key=lambda entry: entry[0]) if at == row and cell.note]
    return notes[0].partition("|")[0] if notes else ""


def _broken(document: Document) -> Counter[str]:
    """Give the formulas that refer to nothing, by name."""
    cells = [cell for sheet in document.sheets for cell in sheet.cells.values() if cell.formula is not None and "#REF!" in cell.formula]
    return Counter(cell.note or "" for cell in cells)


def _contents(document: Document) -> dict[str, Counter[object]]:
    """Give what stands in every cell by its hidden name, the rows that the product inserted left out."""
    new = {(item.sheet_id, item.index) for item in document.metadata if item.value == NEW}
    found: dict[str, Counter[object]] = {}
    for sheet in document.sheets:
        for (row, _), cell in sheet.cells.items():
            if not cell.is_blank and (sheet.sheet_id, row) not in new:
                name = cell.note or f"{sheet.sheet_id} other"
                value = float(cell.value) if isinstance(cell.value, int) and not isinstance(cell.value, bool) else cell.value
                found.setdefault(name, Counter())[FORMULA if cell.formula is not None else value] += 1
    return found
