// @ts-check
/** What a reader's hand does to a picture: cells and weights typed and painted, sampling points moved. */
import { inside, sliceOf, valueAt, weightAt } from "./lookups.js";
import { say } from "./text.js";
import { relabel } from "./dom.js";
import { cellName, tapName } from "./cell_sentences.js";
import { isHighlighted, pointsShown } from "./state.js";
import { ARROWS, cellUnder, drawnPanel, panelAt, placeUnder } from "./view.js";

/** The number that a text means; null where it means none. A comma counts as a point. @param {string} text */
export function numberIn(text) {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? null : value;
}

/** Whether a channel is black and white, so that its cells can be painted. @param {any} grid @param {number} channel */
export function isBinary(grid, channel) {
  if (grid.white[channel] !== 1) return false;
  for (let at = channel - grid.first; at < grid.values.length; at += grid.sent)
    if (grid.values[at] !== 0 && grid.values[at] !== 1) return false;
  return true;
}

/** Add a command to those that wait: cells painted in one colour become one, of moved points only the newest counts.
 * @param {any[]} waiting @param {any} command */
export function queued(waiting, command) {
  const last = waiting[waiting.length - 1];
  if (last?.move && command.move) return [...waiting.slice(0, -1), command];
  const [before, now] = [last?.edit, command.edit];
  const same = ["link", "slice", "filter", "channel", "value"].every((name) => before?.[name] === now?.[name]);
  if (!same || !Array.isArray(before?.cells) || !Array.isArray(now?.cells)) return [...waiting, command];
  return [...waiting.slice(0, -1), { edit: { ...now, cells: [...before.cells, ...now.cells] } }];
}

function enqueue(stage, command) {
  stage.waiting = queued(stage.waiting, command);
  sendNext(stage);
}

/** Send the next command, unless an answer is still on its way: it brings a new revision. @param {any} stage */
function sendNext(stage) {
  if (!stage.waiting.length || stage.commandedAt === stage.picture.revision) return;
  stage.commandedAt = stage.picture.revision;
  stage.source.send(stage.waiting.shift());
}

/** What an edit of a panel is about; null where it cannot be edited. @param {any} stage @param {any} panel @param {number[]} cell */
function editTarget({ picture, state: { channels }, source }, { grid, link }, cell) {
  const may = (what) => source.newest().editable.includes(what);
  if (grid === 0) return may("picture") && inside(picture.grids[0], cell) ? { channel: channels[0] } : null;
  if (link === undefined || !may("kernel")) return null;
  const filter = channels[link + 1];
  return { link, slice: sliceOf(picture.links[link], channels[link], filter), filter };
}

/** The highlighted cell, if it can be edited: its panel, what an edit is about, its value, its name. @param {any} stage */
function editedCell(stage) {
  const { picture, state, view } = stage;
  const panel = state.editing && state.highlighted ? drawnPanel(view, state.highlighted.id) : null;
  const about = panel && editTarget(stage, panel, state.highlighted.cell);
  if (!about) return null;
  const { cell } = state.highlighted;
  if (about.link === undefined) {
    const [grid, channel] = [picture.grids[0], about.channel];
    const value = Number(valueAt(grid, cell, channel));
    return { panel, about, cell, value, name: cellName(picture, 0, cell, channel), binary: isBinary(grid, channel) };
  }
  const { [about.link]: link } = picture.links;
  const [value, name] = [weightAt, tapName].map((of) => of(link, cell, about.slice, about.filter));
  return { panel, about, cell, value: Number(value), name, binary: false };
}

/** @param {any} stage @param {number} value @param {number[][] | "all"} [cells] */
function put(stage, value, cells) {
  const at = editedCell(stage);
  if (at) enqueue(stage, { edit: { ...at.about, cells: cells ?? [at.cell], value } });
}

/** The hands of a stage whose source has a kernel. @param {any} stage */
export function editing(stage) {
  stage.hands = { moves: true, target: editTarget, edited: editedCell, key: editingKey };
  stage.waiting = []; // commands that wait for the answer to the one before
  stage.commandedAt = -1; // the revision at which that one was sent
  editByField(stage);
  editByPointer(stage);
  for (const show of [showEdited, sendNext]) stage.afterDraw.push(() => show(stage));
}

/** The field shows what is highlighted. @param {any} stage */
function showEdited(stage) {
  const { ui, words, el } = stage;
  const on = stage.state.editing;
  const at = editedCell(stage);
  el.classList.toggle("cn-editing", on);
  ui.edit.setAttribute("aria-pressed", String(on));
  relabel(ui.edit, on ? words.edit_done : words.edit);
  ui.edit.hidden = stage.source.newest().editable.length === 0;
  ui.editor.hidden = !on;
  ui.field.disabled = ui.fill.disabled = ui.clear.disabled = !at;
  if (!on) return;
  ui.editedName.textContent = say(words, at ? { key: "edit_cell", fields: at } : { key: "edit_hint" });
  ui.editedName.classList.toggle("cn-hint", !at);
  ui.field.setAttribute("aria-label", say(words, at ? { key: "edit_value", fields: at } : { key: "edit" }));
  if (document.activeElement !== ui.field) ui.field.value = at ? String(Number(at.value.toPrecision(7))) : ""; // what leaves it is float32 again
  ui.field.removeAttribute("aria-invalid");
}

function focusField({ field }) {
  if (field.disabled) return;
  field.focus();
  field.select();
}

function editByField(stage) {
  const { ui, view, listen, dispatch } = stage;
  /** Take over what was typed. @param {number[][] | "all"} [cells] */
  function take(cells) {
    const value = numberIn(ui.field.value);
    if (value === null) ui.field.setAttribute("aria-invalid", "true");
    else put(stage, value, cells);
    return value !== null;
  }
  let finished = false; // Enter or Escape came; leaving the field then changes nothing more
  listen(ui.edit, "click", () => dispatch({ type: "set", editing: !stage.state.editing }));
  listen(ui.field, "focus", () => (finished = false));
  listen(ui.field, "keydown", (event) => {
    event.stopPropagation();
    finished = event.key === "Escape" || (event.key === "Enter" && take());
    if (finished) drawnPanel(view, stage.state.highlighted?.id ?? "0")?.frame.focus();
    if (event.key === "Escape") showEdited(stage);
  });
  listen(ui.field, "change", () => finished || take());
  listen(ui.fill, "click", () => take("all"));
  listen(ui.clear, "click", () => put(stage, 0, "all"));
  listen(ui.undo, "click", () => enqueue(stage, { edit: { undo: true } }));
}

/** Where the pointer is between the middles of the input's cells. @param {any} stage @param {PointerEvent} event */
const betweenCells = (stage, event) => placeUnder(stage, drawnPanel(stage.view, "0"), event).map((at) => at - 0.5);

/** Ask the layer what it gives with a point elsewhere. @param {any} stage @param {any} held @param {number[]} point */
function movePoint(stage, held, point) {
  const offset = point.map((at, axis) => Math.round(100 * (at - held.home[axis])) / 100);
  const [, row, column] = stage.state.highlighted.cell;
  enqueue(stage, { move: [[row, column, held.group, held.index], offset] });
}

/** The sampling point under the pointer. @param {any} stage @param {PointerEvent} event */
function pointUnder(stage, event) {
  const points = panelAt(stage, event)?.id === "0" ? pointsShown(stage.picture, stage.state) : [];
  if (!points.length) return undefined;
  const [row, column] = betweenCells(stage, event);
  const far = ({ drawn }) => Math.hypot(drawn[0] - row, drawn[1] - column);
  const [nearest] = points.sort((a, b) => far(a) - far(b));
  return far(nearest) <= Math.max(0.5, 12 / drawnPanel(stage.view, "0").cell) ? nearest : undefined;
}

function editByPointer(stage) {
  const { ui, listen, dispatch } = stage;
  listen(ui.row, "pointerdown", (event) => {
    const at = stage.state.editing ? cellUnder(stage, event) : null;
    const edited = at && editTarget(stage, at.panel, at.cell);
    const point = edited ? undefined : pointUnder(stage, event);
    if (edited) {
      dispatch({ type: "highlight", id: at.panel.id, cell: at.cell });
      const { binary, value } = editedCell(stage);
      if (binary) dispatch({ type: "set", painting: 1 - value });
      if (binary) put(stage, 1 - value);
      else setTimeout(() => focusField(ui));
    } else if (point) dispatch({ type: "set", heldPoint: point.index, dragging: true });
    if (edited || point) event.preventDefault();
  });
  // Else the page scrolls, and takes the point away.
  listen(ui.row, "touchstart", (event) => stage.state.dragging && event.preventDefault());
  listen(document, "pointermove", (event) => {
    const { dragging, painting, heldPoint } = stage.state;
    if (dragging) movePoint(stage, pointsShown(stage.picture, stage.state)[heldPoint], betweenCells(stage, event));
    const at = painting === null ? null : cellUnder(stage, event);
    if (at?.panel.id !== "0" || isHighlighted(stage.state, "0", at.cell) || !editTarget(stage, at.panel, at.cell))
      return;
    dispatch({ type: "highlight", id: "0", cell: at.cell });
    put(stage, painting);
  });
  for (const end of ["pointerup", "pointercancel"])
    listen(document, end, () => {
      if (stage.state.painting !== null) dispatch({ type: "set", painting: null });
      const drop = () => dispatch({ type: "set", dragging: false });
      if (stage.state.dragging) setTimeout(drop); // after the click that ends the drag
    });
}

/** Act on a key that changes something, and say so. @param {any} stage @param {any} event @param {any} panel the one that has the focus */
function editingKey(stage, event, panel) {
  const { state, dispatch } = stage;
  const { key, shiftKey, ctrlKey, metaKey } = event;
  const undo = state.editing && key.toLowerCase() === "z" && (ctrlKey || metaKey);
  const points = panel ? pointsShown(stage.picture, state) : [];
  if (undo) enqueue(stage, { edit: { undo: true } });
  else if (points.length && key.toLowerCase() === "n")
    dispatch({ type: "set", heldPoint: (state.heldPoint + 1) % points.length });
  else if (points.length && shiftKey && key.startsWith("Arrow")) {
    const held = points[state.heldPoint % points.length];
    const point = held.point.map((at, axis) => at + ARROWS[key][axis + 1] / 4);
    movePoint(stage, held, point);
  } else return cellKey(stage, event, panel);
  return true;
}

/** Act on a key that changes the highlighted cell. @param {any} stage @param {any} event @param {any} panel */
function cellKey(stage, { key, ctrlKey, metaKey, altKey }, panel) {
  const { ui } = stage;
  const at = panel ? editedCell(stage) : null;
  if (!at || at.panel !== panel || ctrlKey || metaKey || altKey) return false;
  if (key === "Delete" || key === "Backspace") put(stage, 0);
  else if (key === "Enter" && at.binary) put(stage, 1 - at.value);
  else if (key === "Enter") focusField(ui);
  else if (/^[-+.,\d]$/.test(key)) {
    focusField(ui);
    ui.field.value = key;
  } else return false;
  return true;
}
