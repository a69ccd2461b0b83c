// @ts-check
/** What a reader's hand does to a picture: cells and weights edited, sampling points moved, files kept. */
import { inside, valueAt, weightAt, number, fill } from "./lookups.js";
import { element, relabel, copy, noteBeside, isFramed } from "./dom.js";
import { cellName, tapName } from "./explanation.js";

const LARGEST_FILE = 8e6; // bytes; a larger message ends the line to some kernels

/** The number that a text means; null where it means none. A comma counts as a point. @param {string} text */
export function numberIn(text) {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? null : value;
}

/** Whether a channel is black and white, so that its cells can be painted. @param {any} grid @param {number} channel */
export function isBinary(grid, channel) {
  if (!grid.grey || grid.limit !== 1) return false;
  for (let at = channel - grid.first; at < grid.values.length; at += grid.sent)
    if (grid.values[at] !== 0 && grid.values[at] !== 1) return false;
  return true;
}

/** Add a wish to those that wait: cells painted in one colour become one wish, of points only the newest counts.
 * @param {any[]} waiting @param {any} wish */
export function queued(waiting, wish) {
  const last = waiting[waiting.length - 1];
  if (last?.move && wish.move) return [...waiting.slice(0, -1), wish];
  const [before, now] = [last?.edit, wish.edit];
  if (
    Array.isArray(before?.cells) &&
    Array.isArray(now?.cells) &&
    ["link", "slice", "filter", "channel", "value"].every((name) => before[name] === now[name])
  ) {
    return [...waiting.slice(0, -1), { edit: { ...now, cells: [...before.cells, ...now.cells] } }];
  }
  return [...waiting, wish];
}

/** The stage's hands. `now()` gives what the stage shows at the moment; the rest are the stage's own functions.
 * @param {any} stage */
export function hands({
  model,
  send,
  el,
  ui,
  words,
  listen,
  now,
  find,
  shown,
  slice,
  dots,
  light,
  under,
  partOf,
  redraw,
}) {
  let [editing, dragging] = [false, false];
  let held = 0; // the tap whose sampling point the keys move
  /** @type {number | null} */ let painting = null; // the value that cells get while the pointer is down
  let asked = -1; // the revision at which the last wish was sent; until the next one comes, wishes wait
  /** @type {any[]} */ let waiting = [];

  /** @param {any} wish */
  function wishFor(wish) {
    waiting = queued(waiting, wish);
    next();
  }

  /** Send the next wish, unless an answer is still on its way. */
  function next() {
    if (!waiting.length || asked === now().picture.revision) return;
    asked = now().picture.revision;
    send(waiting.shift());
  }

  /** What an edit of a panel is about; null where it cannot be edited. @param {any} part @param {number[]} cell */
  function target(part, cell) {
    const { picture, chosen } = now();
    const may = model.get("editable");
    if (part.grid === 0)
      return may.includes("picture") && inside(picture.grids[0], cell) ? { channel: chosen[0] } : null;
    return part.link !== undefined && may.includes("kernel")
      ? { link: part.link, slice: slice(part.link), filter: chosen[part.link + 1] }
      : null;
  }

  /** The lit cell, if it can be edited: its panel, its target, its value, its name. */
  function current() {
    const { picture, chosen, lit } = now();
    const part = editing && lit ? find(lit.id) : null;
    const about = part && target(part, lit.cell);
    if (!about) return null;
    const [value, name] =
      about.link === undefined
        ? [valueAt(picture.grids[0], lit.cell, chosen[0]), cellName(picture, 0, lit.cell, chosen[0])]
        : [
            weightAt(picture.links[about.link], lit.cell, about.slice, about.filter),
            tapName(picture.links[about.link], lit.cell, about.slice, about.filter),
          ];
    return {
      part,
      about,
      cell: lit.cell,
      value: Number(value),
      name,
      binary: about.link === undefined && isBinary(picture.grids[0], chosen[0]),
    };
  }

  /** @param {number} value @param {number[][] | "all"} [cells] */
  function put(value, cells) {
    const at = current();
    if (at) wishFor({ edit: { ...at.about, cells: cells ?? [at.cell], value } });
  }

  /** The field shows what is lit. */
  function update() {
    const at = current();
    ui.editor.hidden = !editing;
    ui.field.disabled = ui.fill.disabled = ui.clear.disabled = !at;
    if (!editing) return;
    ui.of.textContent = at ? words.edit_cell.replace("{name}", at.name) : words.edit_hint;
    ui.field.setAttribute("aria-label", at ? words.edit_value.replace("{name}", at.name) : words.edit);
    if (document.activeElement !== ui.field) ui.field.value = at ? number(at.value) : "";
    ui.field.removeAttribute("aria-invalid");
  }

  function focusField() {
    if (ui.field.disabled) return;
    ui.field.focus();
    ui.field.select();
  }

  /** Take over what was typed. @param {(value: number) => void} act */
  function typed(act) {
    const value = numberIn(ui.field.value);
    if (value === null) ui.field.setAttribute("aria-invalid", "true");
    else act(value);
    return value !== null;
  }

  const frame = () => find(now().lit?.id ?? "0")?.frame;

  listen(ui.edit, "click", () => {
    editing = !editing;
    el.classList.toggle("cn-editing", editing);
    ui.edit.setAttribute("aria-pressed", String(editing));
    relabel(ui.edit, editing ? words.edit_done : words.edit);
    update();
  });
  let finished = false; // Enter or Escape came; leaving the field then changes nothing more
  listen(ui.field, "focus", () => {
    finished = false;
  });
  listen(ui.field, "keydown", (event) => {
    event.stopPropagation();
    finished = event.key === "Escape" || (event.key === "Enter" && typed((value) => put(value)));
    if (finished) frame()?.focus();
    if (event.key === "Escape") update();
  });
  listen(ui.field, "change", () => {
    if (!finished) typed((value) => put(value));
  });
  listen(ui.fill, "click", () => typed((value) => put(value, "all")));
  listen(ui.clear, "click", () => put(0, "all"));
  listen(ui.undo, "click", () => wishFor({ edit: { undo: true } }));

  /** Where the pointer is between the cells of the input: row and column. @param {PointerEvent} event */
  function between(event) {
    const part = find("0");
    const { left, top } = part.cells.getBoundingClientRect();
    const {
      padding: [[above], [before]],
    } = shown(part);
    return [(event.clientY - top) / part.cell - above - 0.5, (event.clientX - left) / part.cell - before - 0.5];
  }

  /** Ask the layer what it gives with a point elsewhere. @param {any} dot @param {number[]} point */
  function movePoint(dot, point) {
    const offset = point.map((at, axis) => Math.round(100 * (at - dot.home[axis])) / 100);
    const { cell } = now().lit;
    wishFor({ move: [[cell[1], cell[2], dot.group, dot.index], offset] });
  }

  listen(ui.row, "pointerdown", (event) => {
    const at = editing ? under(event) : null;
    if (at && target(at.part, at.cell)) {
      event.preventDefault();
      light(at.part.id, at.cell);
      const found = current();
      if (found?.binary) put((painting = 1 - found.value));
      else setTimeout(focusField);
      return;
    }
    if (partOf(event)?.id !== "0" || !dots().length) return;
    const [row, column] = between(event);
    const reach = Math.max(0.5, 12 / find("0").cell);
    const far = (/** @type {any} */ dot) => Math.hypot(dot.drawn[0] - row, dot.drawn[1] - column);
    const [nearest] = dots().sort((/** @type {any} */ a, /** @type {any} */ b) => far(a) - far(b));
    if (far(nearest) > reach) return;
    held = nearest.index;
    dragging = true;
    event.preventDefault();
  });
  listen(ui.row, "touchstart", (event) => {
    if (dragging) event.preventDefault();
  }); // else the page scrolls, and takes the point away
  listen(document, "pointermove", (event) => {
    if (dragging) movePoint(dots()[held], between(event));
    const at = painting === null ? null : under(event);
    if (!at || at.part.id !== "0" || now().lit?.cell.join() === at.cell.join() || !target(at.part, at.cell)) return;
    light("0", at.cell);
    put(/** @type {number} */ (painting));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    listen(document, end, () => {
      painting = null;
      setTimeout(() => {
        dragging = false;
      });
    }); // after the click that ends the drag
  }

  /** Whether a key was the hands' own. @param {KeyboardEvent} event @param {any} part the panel that has the focus */
  function key(event, part) {
    if (editing && event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey))
      wishFor({ edit: { undo: true } });
    else if (part && dots().length && event.key.toLowerCase() === "n") {
      held = (held + 1) % dots().length;
      redraw();
    } else if (part && dots().length && event.shiftKey && event.key.startsWith("Arrow")) {
      const dot = dots()[held % dots().length];
      const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
        event.key
      ] ?? [0, 0];
      movePoint(dot, [dot.point[0] + down / 4, dot.point[1] + right / 4]);
    } else {
      const at = part ? current() : null;
      if (at?.part !== part || !at || event.ctrlKey || event.metaKey || event.altKey) return false;
      if (event.key === "Delete" || event.key === "Backspace") put(0);
      else if (event.key === "Enter" && at.binary) put(1 - at.value);
      else if (event.key === "Enter") focusField();
      else if (/^[-+.,\d]$/.test(event.key)) {
        focusField();
        ui.field.value = event.key;
      } else return false;
    }
    return true;
  }

  ui.own.hidden = !model.get("takes_image");
  listen(ui.own, "click", () => ui.file.click());
  listen(ui.file, "change", async () => {
    const [file] = ui.file.files;
    noteBeside(ui.own, "");
    if (file?.size > LARGEST_FILE)
      noteBeside(ui.own, fill(words.own_large, { limit: LARGEST_FILE / 1e6, size: (file.size / 1e6).toFixed(1) }));
    else if (file) send({ image: file.name }, [await file.arrayBuffer()]);
    ui.file.value = ""; // so that the same file can be chosen again
  });

  const kept = [ui.png, ui.gif, ui.state];
  let keeping = ui.png; // the button of what was asked for last
  for (const [kind, made] of /** @type {[string, any][]} */ ([
    ["png", ui.png],
    ["gif", ui.gif],
    ["state", ui.state],
  ])) {
    listen(made, "click", () => {
      const { lit, chosen, picture } = now();
      const cell = lit?.id === String(picture.grids.length - 1) ? lit.cell : [];
      for (const other of kept) {
        other.disabled = true;
        noteBeside(other, "");
      }
      ui.text.hidden = true;
      made.parentElement.querySelector(".cn-made")?.remove();
      keeping = made;
      send({ export: kind, channels: chosen, cell });
    });
  }

  /** What was asked for has come. @param {any} answer @param {any[]} buffers */
  function answered(answer, buffers) {
    ui.progress.hidden = answer.progress === undefined;
    if (answer.progress !== undefined) {
      ui.progress.value = answer.progress;
      return;
    }
    for (const made of kept) made.disabled = false;
    if (answer.image_refused) return noteBeside(ui.own, answer.image_refused);
    if (answer.file) return handOver(answer, buffers[0]);
    ui.text.value = answer.text ?? answer.refused ?? "";
    ui.text.hidden = ui.text.value === ""; // it was interrupted
    ui.text.select();
    if (answer.text) copy(keeping, answer.text, () => ui.text.select(), words);
  }

  /** Give a file to the browser. A frame that may not download does not say so: there the picture is shown too.
   * @param {{file: string, type: string}} answer @param {any} bytes */
  function handOver({ file, type }, bytes) {
    const address = URL.createObjectURL(new Blob([bytes], { type }));
    Object.assign(document.createElement("a"), { href: address, download: file }).click();
    if (!isFramed()) {
      setTimeout(() => URL.revokeObjectURL(address), 10000);
      return;
    }
    noteBeside(keeping, fill(words.file_framed, { file }));
    ui.text.after(element("img", { class: "cn-made", alt: words.made, src: address }));
  }

  return {
    update,
    next,
    key,
    answered,
    held: () => held,
    dragging: () => dragging,
    edits: (/** @type {any} */ at) => editing && target(at.part, at.cell) !== null,
    paints: () => current()?.binary === true,
    painting: () => painting !== null,
  };
}
