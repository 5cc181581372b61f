// Draws one window of a sheet. Texts come from people's files: they are set as text, never as HTML.
const make = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
};

const drawHead = (columns) => {
  const head = make("thead");
  const row = make("tr");
  row.append(make("th", "corner"));
  for (const column of columns) {
    const cell = make("th", column.hidden ? "column hidden" : "column");
    cell.append(make("span", "letters", column.letters));
    if (column.role) cell.append(make("span", "role", column.role));
    if (column.hidden) cell.title = "Hidden in the sheet";
    row.append(cell);
  }
  head.append(row);
  return head;
};

const drawCell = (data, follows) => {
  const cell = make("td", ["cell", data.mark || "", data.number ? "number" : "", data.bold ? "bold" : "", follows ? "clip" : ""].join(" "));
  cell.append(make("span", "text", data.text));
  if (data.note) cell.append(make("span", "note", data.note));
  if (data.fill) cell.style.setProperty("--fill", data.fill), cell.classList.add("filled");
  if (data.span) [cell.rowSpan, cell.colSpan] = data.span;
  const told = [data.told, data.formula].filter(Boolean).join("\n");
  if (told) cell.title = told;
  return cell;
};

const edges = (regions, row, column) => {
  const found = [];
  for (const [top, left, bottom, right] of regions) {
    if (row < top || row > bottom || column < left || column > right) continue;
    if (row === top) found.push("top");
    if (row === bottom) found.push("bottom");
    if (column === left) found.push("left");
    if (column === right) found.push("right");
  }
  return found;
};

const drawRow = (data, columns, regions, covered) => {
  const row = make("tr", [data.kind, data.hidden ? "hidden" : ""].join(" ").trim());
  const gutter = make("th", "gutter", String(data.row));
  const kinds = { item: "Line item", header: "Header", total: "Total", skipped: "Not a line item" };
  gutter.title = [kinds[data.kind], data.role, data.hidden ? "Hidden in the sheet" : ""].filter(Boolean).join(" · ");
  row.append(gutter);
  const byColumn = new Map(data.cells.map((cell) => [cell.column, cell]));
  for (let column = 1; column <= columns.length; column += 1) {
    if (covered.has(`${data.row}:${column}`)) continue;
    const known = byColumn.get(column);
    const next = byColumn.get(column + 1);
    const cell = known ? drawCell(known, next && next.text) : make("td", "cell");
    cell.dataset.at = `${columns[column - 1].letters}${data.row}`;
    for (const edge of edges(regions, data.row, column)) cell.classList.add(edge);
    if (columns[column - 1].hidden) cell.classList.add("hidden");
    if (known && known.span) {
      for (let down = 0; down < known.span[0]; down += 1)
        for (let right = 0; right < known.span[1]; right += 1)
          if (down || right) covered.add(`${data.row + down}:${column + right}`);
    }
    row.append(cell);
  }
  return row;
};

const draw = (root, data) => {
  const table = make("table");
  const group = make("colgroup");
  group.append(make("col", "gutter"));
  let width = 46;
  for (const column of data.columns) {
    const col = make("col");
    const needed = Math.max(column.width, column.role ? 20 + 6.2 * column.role.length : 0);
    col.style.width = `${needed}px`;
    width += needed;
    group.append(col);
  }
  table.style.width = `${width}px`;
  const body = make("tbody");
  const covered = new Set();
  for (const row of data.rows) body.append(drawRow(row, data.columns, data.regions, covered));
  table.append(group, drawHead(data.columns), body);
  root.replaceChildren(table);
};

const cellAt = (root, at) => at && root.querySelector(`[data-at="${CSS.escape(at)}"]`);

const select = (root, at, scroll) => {
  root.querySelectorAll(".selected").forEach((cell) => cell.classList.remove("selected"));
  const cell = cellAt(root, at);
  if (!cell) return;
  cell.classList.add("selected");
  if (!scroll) return;
  const left = cell.offsetLeft - (root.clientWidth - cell.offsetWidth) / 2;
  const top = cell.offsetTop - (root.clientHeight - cell.offsetHeight) / 2;
  root.scrollTo({ left, top, behavior: "smooth" });
};

// The cell that an arrow key leads to: the next one that is drawn, over what a merged cell covers; none at the edge.
const beside = (root, data, key) => {
  const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  const letters = data.columns.map((column) => column.letters);
  const [, from, number] = /^([A-Z]+)(\d+)$/.exec(root.dataset.focus || "") || [];
  if (!from || !cellAt(root, root.dataset.focus)) return root.querySelector("td[data-at]");
  let column = letters.indexOf(from);
  let row = Number(number);
  while (column >= 0 && column < letters.length && row >= data.rows[0].row && row <= data.rows.at(-1).row) {
    column += right;
    row += down;
    const found = cellAt(root, `${letters[column]}${row}`);
    if (found) return found;
  }
  return null;
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".sheet");
  if (root.dataset.key !== data.key) {
    draw(root, data);
    root.dataset.key = data.key;
    root.dataset.focus = "";
  }
  const focus = data.focus || "";
  if (root.dataset.focus !== focus) {
    select(root, focus, true);
    root.dataset.focus = focus;
  }
  root.onkeydown = (event) => {
    if (!event.key.startsWith("Arrow") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const cell = beside(root, data, event.key);
    if (!cell) return;
    select(root, cell.dataset.at, true);
    root.dataset.focus = cell.dataset.at;
    clearTimeout(root.telling);
    root.telling = setTimeout(() => setTriggerValue("cell", root.dataset.focus), 250); // a key held down asks once, where it ends
  };
  root.onclick = (event) => {
    const cell = event.target.closest("td[data-at]");
    if (!cell) return;
    select(root, cell.dataset.at, false);
    root.dataset.focus = cell.dataset.at;
    setTriggerValue("cell", cell.dataset.at);
  };
}
