// @ts-check
/** Pointer and keys: what a reader points at, keeps and chooses. */
import { clamp, valueAt } from "./lookups.js";
import { extentOf, isHighlighted, nearestCell, planeShown } from "./state.js";
import { ARROWS, cellUnder, panelAt } from "./view.js";

const STRIP_STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -1e9, End: 1e9 };

/** The line of thumbnails that an event happened in: its panel, what it chooses, and its parts. @param {any} stage @param {any} event */
function stripAt(stage, event) {
  const kind = event.target.closest(".cn-strip")?.dataset.kind;
  if (!kind) return null;
  const panel = panelAt(stage, event);
  return { panel, kind, chooser: panel ? panel[`${kind}s`] : stage.ui.samples };
}

/** Ask for a sample, and for the channels that are shown. @param {any} stage @param {number} sample */
const requestChannels = ({ source, state }, sample) =>
  source.send({ requested_channels: { sample, channels: state.channels } });

/** Choose one of a strip's thumbnails. @param {any} stage @param {any} strip @param {number} index */
function choose(stage, { panel, kind }, index) {
  const { picture, dispatch } = stage;
  if (kind === "sample") return requestChannels(stage, clamp(index, 0, picture.thumbnails.shape[0] - 1));
  dispatch({ type: kind, id: panel.id, index });
  const sent = (grid, g) => valueAt(grid, [0, 0, 0], stage.state.channels[g]) !== undefined;
  if (!picture.grids.every(sent)) requestChannels(stage, picture.sample);
}

export function pointing(stage) {
  const { ui, el, listen, dispatch } = stage;
  listen(ui.row, "pointermove", (event) => {
    const { pinned, playing, dragging, painting } = stage.state;
    const at = pinned || playing || dragging || painting !== null ? null : cellUnder(stage, event);
    if (at && !isHighlighted(stage.state, at.panel.id, at.cell)) pointAt(stage, at);
  });
  listen(ui.row, "click", (event) => {
    const at = cellUnder(stage, event);
    if (!at || stage.state.dragging) return;
    const edited = stage.state.editing && stage.hands.target(stage, at.panel, at.cell);
    // A cell stays highlighted while its number is typed.
    if (edited) dispatch({ type: "set", pinned: !stage.hands.edited(stage)?.binary });
    else dispatch({ type: "click", id: at.panel.id, cell: at.cell });
  });
  listen(el, "click", (event) => {
    const strip = stripAt(stage, event);
    if (!strip) return;
    const { step, perRow } = strip.chooser.tiles;
    const { left, top } = strip.chooser.strip.getBoundingClientRect();
    const [row, column] = [(event.clientY - top) / step, (event.clientX - left) / step].map(Math.floor);
    choose(stage, strip, row * perRow + column);
  });
  listen(el, "keydown", (event) => {
    const panel = event.target.closest(".cn-frame") ? panelAt(stage, event) : null;
    const keys = [releaseKey, stripKey, stage.hands.key, panelKey, playKey];
    if (!keys.some((act) => act(stage, event, panel))) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** @param {any} stage @param {{panel: any, cell: number[]}} at */
const pointAt = ({ dispatch }, { panel, cell }) => dispatch({ type: "highlight", id: panel.id, cell });

// Each of these acts on a key and says so, or leaves it to the next.
function releaseKey({ state, dispatch }, { key }) {
  if (key !== "Escape" || !state.highlighted) return false;
  dispatch({ type: "release" });
  return true;
}

function stripKey(stage, event) {
  const strip = stripAt(stage, event);
  if (!strip || !(event.key in STRIP_STEPS)) return false;
  choose(stage, strip, Number(strip.chooser.strip.getAttribute("aria-valuenow")) + STRIP_STEPS[event.key]);
  return true;
}

/** @param {any} stage @param {any} event @param {any} panel the one that has the focus */
function panelKey(stage, { key }, panel) {
  if (!panel || !(key in ARROWS || ["Home", "End", "Enter"].includes(key))) return false;
  const { picture, state, dispatch } = stage;
  const here = state.highlighted?.id === panel.id ? state.highlighted.cell : null;
  const first = [planeShown(state, panel), 0, 0];
  const last = extentOf(picture, panel, state.reveal).sizes.map((size) => size - 1);
  if (key === "Enter" && here) dispatch({ type: "set", pinned: !state.pinned });
  else if (key === "Home" || key === "End") pointAt(stage, { panel, cell: key === "Home" ? first : last });
  else {
    const next = here?.map((index, axis) => index + ARROWS[key][axis]);
    const cell = next ? nearestCell(picture, panel, next, state.reveal) : first;
    dispatch({ type: "highlight", id: panel.id, cell, playing: false });
  }
  return true;
}

function playKey({ ui }, { key, target: on }) {
  if (key !== " " || on.closest("button, select, summary")) return false;
  ui.play.click();
  return true;
}
