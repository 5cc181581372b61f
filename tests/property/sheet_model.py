"""A sheet that people edit while we write: every row and column has a hidden name, so that a wrong hit shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from core.model.changes import CellEdit, CellState
from core.model.reading import LineItem, PeriodAmount, PlanTable
from core.model.workbook import Cell, Tab, Workbook, a1
from core.sheets.writing.drift import PlacedEdit, apply_edits

CHANNELS = ["Meta", "TikTok", "Google", "TV", "Radio"]
FORMATS = ["Reels", "Video", "Search", "Display"]


@dataclass
class SheetModel:
    """A workbook of one plan and a second tab, with hidden names of rows and columns of the plan."""

    rows: list[list[Cell | None]]
    row_names: list[str]
    column_names: list[str]
    row_tags: list[str | None]
    tab_name: str = "Plan"
    tab_id: int | None = None
    deleted: bool = False
    fresh: int = 0
    log: list[str] = field(default_factory=list)

    def workbook(self) -> Workbook:
        cells = {(r, c): cell for r, row in enumerate(self.rows, 1) for c, cell in enumerate(row, 1) if cell not in (None, Cell())}
        ids = {r: tag for r, tag in enumerate(self.row_tags, 1) if tag is not None}
        plan = Tab(self.tab_name, cells, len(self.rows), len(self.column_names), tab_id=self.tab_id, row_ids=ids)
        other = Tab("Notes", {(1, 1): Cell("notes")}, 1, 1, tab_id=None if self.tab_id is None else 99)
        return Workbook("plan.xlsx", "xlsx" if self.tab_id is None else "google_sheet", (other,) if self.deleted else (plan, other))

    def take(self, workbook: Workbook) -> None:
        """Lay the values of a written workbook back into the model."""
        tab = workbook.tab(self.tab_name)
        self.rows = [[tab.cells.get((r, c)) for c in range(1, len(self.column_names) + 1)] for r in range(1, len(self.rows) + 1)]

    def apply(self, placed: list[PlacedEdit]) -> None:
        if placed:
            self.take(apply_edits(self.workbook(), placed))

    def name_of(self, row: int, column: int) -> tuple[str, str]:
        return self.row_names[row - 1], self.column_names[column - 1]

    def unique(self) -> int:
        self.fresh += 1
        return 1_000_000 + self.fresh

    def label_of(self, name: str) -> list[object]:
        """Give what names a row: its texts and price; nothing when the row is gone."""
        if name not in self.row_names:
            return []
        row = self.rows[self.row_names.index(name)]
        places = [self.column_names.index(column) for column in ("channel", "format", "cpm") if column in self.column_names]
        return [cell.value if (cell := row[place]) else None for place in places]

    def cells_of(self, name: str) -> list[Cell | None]:
        return self.rows[self.row_names.index(name)]

    # what people do

    def insert_row(self, random: Random) -> None:
        at = random.randint(0, len(self.rows))
        copied = random.random() < 0.3 and self.rows
        source = random.randrange(len(self.rows))
        row = list(self.rows[source]) if copied else [None] * len(self.column_names)
        if not copied and random.random() < 0.6:
            row[0], row[-1] = Cell(random.choice(CHANNELS)), Cell(self.unique())
        self.rows.insert(at, row)
        self.row_names.insert(at, f"new{self.unique()}" + (f" like {original(self.row_names[source])}" if copied else ""))
        self.row_tags.insert(at, None)

    def delete_row(self, random: Random) -> None:
        at = random.randrange(len(self.rows))
        del self.rows[at], self.row_names[at], self.row_tags[at]

    def move_row(self, random: Random) -> None:
        source, target = random.randrange(len(self.rows)), random.randrange(len(self.rows))
        for one in (self.rows, self.row_names, self.row_tags):
            one.insert(target, one.pop(source))

    def sort(self, random: Random) -> None:
        """Sort the line items by a column: values move, developer metadata stays with the physical rows."""
        body = [i for i, name in enumerate(self.row_names) if name.startswith(("item", "new"))]
        column = random.randrange(len(self.column_names))
        order = sorted(body, key=lambda i: str(cell.value if (cell := self.rows[i][column]) else ""), reverse=random.random() < 0.5)
        rows, names = [self.rows[i] for i in order], [self.row_names[i] for i in order]
        for place, row, name in zip(body, rows, names, strict=True):
            self.rows[place], self.row_names[place] = row, name

    def insert_column(self, random: Random) -> None:
        at = random.randint(0, len(self.column_names))
        header = random.choice([None, "Comment", "Budget"])
        for row, name in zip(self.rows, self.row_names, strict=True):
            row.insert(at, Cell(header) if name == "header" and header else (Cell("ok") if random.random() < 0.2 else None))
        self.column_names.insert(at, f"new{self.unique()}")

    def delete_column(self, random: Random) -> None:
        at = random.randrange(len(self.column_names))
        for row in self.rows:
            del row[at]
        del self.column_names[at]

    def change_value(self, random: Random) -> None:
        row, column = random.randrange(len(self.rows)), random.randrange(len(self.column_names))
        cell = self.rows[row][column] or Cell()
        self.rows[row][column] = cell._replace(value=random.choice([self.unique(), "edited", None]), formula=None)

    def put_formula(self, random: Random) -> None:
        row, column = random.randrange(len(self.rows)), random.randrange(len(self.column_names))
        self.rows[row][column] = Cell(1.0, f"=1+{self.unique()}")

    def rename_tab(self, random: Random) -> None:
        self.tab_name = random.choice(["Plan", "Plan 2", "Media"])

    def delete_tab(self, random: Random) -> None:
        self.deleted = self.deleted or random.random() < 0.3

    def disturb(self, random: Random, times: int) -> None:
        deeds = [self.insert_row] * 4 + [self.delete_row] * 2 + [self.move_row] * 2 + [self.sort] * 2 + [self.change_value] * 3
        deeds += [self.insert_column, self.delete_column, self.put_formula, self.rename_tab, self.delete_tab]
        for _ in range(times):
            deed = random.choice(deeds)
            if len(self.rows) > 2 and len(self.column_names) > 2:
                deed(random)
                self.log.append(deed.__name__)


def original(name: str) -> str:
    """Give the name of the row that a copied row is a copy of."""
    return name.rpartition(" like ")[2]


def make_model(random: Random) -> tuple[SheetModel, PlanTable]:
    """Make a plan with a title, a header, line items (some alike), a formula for each row's total and a total row."""
    google = random.random() < 0.5
    months = random.randint(1, 3)
    columns = ["channel", "format", "cpm", *[f"m{i}" for i in range(months)], "sum"]
    model = SheetModel([], [], columns, [], tab_id=7 if google else None)

    def add(name: str, cells: list[Cell | None]) -> int:
        model.rows.append(cells + [None] * (len(columns) - len(cells)))
        model.row_names.append(name)
        tagged = google and random.random() < 0.5
        model.row_tags.append(f"id{len(model.rows)}" if tagged and name.startswith("item") else None)
        return len(model.rows)

    for title in range(random.randint(0, 2)):
        add(f"title{title}", [Cell(f"Client {title}")])
    header = ["Channel", "Format", "CPM", *[f"Month {i + 1}" for i in range(months)], "Sum"]
    if random.random() < 0.2:
        header[3:-1] = ["Budget"] * months
    header_row = add("header", [Cell(text) for text in header])
    items = []
    for i in range(random.randint(2, 9)):
        amounts: list[Cell | None] = [Cell(model.unique()) if random.random() < 0.8 else None for _ in range(months)]
        texts: list[Cell | None] = [Cell(random.choice(CHANNELS)), Cell(random.choice(FORMATS)), Cell(random.randint(1, 3))]
        row = add(f"item{i}", [*texts, *amounts, Cell(None, f"=SUM(D{i}:F{i})")])
        items.append((row, amounts))
        if random.random() < 0.1:
            add(f"blank{i}", [])
    add("total", [Cell("Total"), None, None, *[Cell(None, "=SUM(D:D)") for _ in range(months)], Cell(None, "=SUM(G:G)")])
    return model, _table(model, header_row, items)


def _table(model: SheetModel, header_row: int, items: list[tuple[int, list[Cell | None]]]) -> PlanTable:
    from datetime import date

    line_items = []
    for row, amounts in items:
        parts = tuple(
            PeriodAmount(date(2026, i + 1, 1), date(2026, i + 1, 28), 100 * (cell.value if cell else 0), a1(row, 4 + i))  # type: ignore[operator]
            for i, cell in enumerate(amounts)
        )
        line_items.append(LineItem(row=row, channel="x", by_period=parts))
    area = f"A{header_row}:{a1(len(model.rows), len(model.column_names))}"
    return PlanTable("Plan", area, (header_row,), "rows", "EUR", 1, "net", (), tuple(line_items), (), None)


def bump(edit: CellEdit) -> CellEdit:
    return replace(edit, after=CellState(edit.after.value))
