// @ts-check
/** Draws how the pinned cell is made: each channel's patch, slice and products, then the sums down to what Keras returned. */
import { limitOf, range, scaleOf } from "./lookups.js";
import { colourOf, inkOn } from "./colours.js";
import { equation } from "./number_tables.js";
import { fontFor, roomIn } from "./plain_cells.js";
import { cellParts } from "./pinned_parts.js";
import { element } from "./dom.js";
import { isFull } from "./full_screen.js";
import { explorerAround } from "./host_page.js";
import { cellName } from "./cell_sentences.js";
import { panelOf } from "./state.js";
import { number, say, shortAll } from "./text.js";

const CELL = 34; // the largest cells
const HIGHEST = 170; // a patch of many rows has smaller ones
const EDGE = 16; // around a full screen
const SIGN = 22; // the room for a sign between two of them

/** Keeps the picture of the pinned cell up to date. @param {any} stage */
export function showParts(stage) {
  const { view, ui, words } = stage;
  let drawn = "";
  stage.afterDraw.push(() => {
    const { picture, state } = stage;
    const { highlighted, channels, fetched, pinned } = state;
    const g = pinned && highlighted ? panelOf(picture, highlighted.id)?.grid : undefined;
    const place = [picture.revision, g, ...(highlighted?.cell ?? []), channels[g]].join();
    const key = g === undefined ? "" : [place, fetched?.key, view.width, view.zoom, view.theme.paper].join(";");
    if (key === drawn) return;
    drawn = key;
    const made = cellParts(picture, g, highlighted?.cell, channels, fetched?.key === place ? fetched.values : null);
    ui.parts.hidden = !made;
    if (!made) return ui.parts.replaceChildren();
    ui.parts.setAttribute("aria-label", cellName(picture, g, highlighted.cell, channels[g]));
    const fill = (/** @type {{width: number, top: number, height: number} | null} */ beside) => {
      placeBeside(view.el, beside);
      stage.partsRoom = beside?.width ?? view.width;
      const drawings = made.columns
        ? [...steps(stage, made, g), ...points(stage, made, g), ...own(stage, made, g)]
        : [];
      ui.parts.replaceChildren(element("div", { class: "cn-equations" }, ...drawings), addition(words, made));
    };
    fill(null);
    const room = isFull(view.el) && !isInSight(ui.parts) && roomBelowControls(view.el);
    if (!room) return;
    fill(room);
    if (ui.parts.scrollHeight > room.height) fill(null);
  });
}

/** On a full screen, whether the rest below the sum has room for a part. @param {HTMLElement} part */
function isInSight(part) {
  const [{ right }, rest] = [part, part.parentElement].map((one) => one.getBoundingClientRect());
  return right <= rest.right + 1;
}

/** What the controls leave beside a stage that fills the screen, in CSS pixels. @param {HTMLElement} el */
function roomBelowControls(el) {
  const around = explorerAround(el);
  const controls = around.querySelector(":scope > :is(.cn-side, .cn-controls)");
  if (!controls) return null;
  const top = Math.max(...[...controls.children].map((one) => one.getBoundingClientRect().bottom)) + EDGE;
  const wired = around.classList.contains("cn-wired") && around.querySelector(".cn-wiring").getBoundingClientRect().top;
  return { width: controls.clientWidth, top, height: (wired || window.innerHeight) - EDGE - top };
}

/** The parts stand in this room, or below the sum. @param {HTMLElement} el @param {any} room */
function placeBeside(el, room) {
  const around = explorerAround(el);
  around.classList.toggle("cn-parts-beside", room !== null);
  around.style.setProperty("--cn-parts-top", `${room?.top}px`);
}

/** @typedef {import("./pinned_parts.js").CellParts} CellParts */

/** Each channel of a cell of grid g. @param {any} stage @param {CellParts} made @param {number} g */
function own(stage, made, g) {
  const text = ({ channel, sum }) => ({ key: "part_sum", fields: { channel, sum: number(sum) } });
  return made.parts.map((part) => drawnPart(stage, made, part, g, text(part)));
}

/** The cells that it is made of, each a sum itself. @param {any} stage @param {CellParts} made @param {number} g */
function steps(stage, made, g) {
  const name = ({ cell, filter }) => cellName(stage.picture, g - 1, cell, filter);
  const text = (step, { sum }) => `${name(step)} = ${number(sum)}`;
  return made.steps.flatMap((step) => step.parts.map((one) => drawnPart(stage, step, one, g - 1, text(step, one))));
}

/** Where each tap of a deformed window reads: four neighbours × their weights. @param {any} stage @param {CellParts} made @param {number} g */
function points(stage, made, g) {
  const text = ({ tap, point: [row, column], sum }) =>
    `[${tap[1]}, ${tap[2]}] (${number(row)}, ${number(column)}) = ${number(sum)}`;
  const two = { rows: 2, columns: 2, parts: made.points };
  return made.points.map((point) => drawnPart(stage, two, point, g, text(point), 1));
}

/** Patch × slice = products, and their sum. @param {any} stage @param {{planes?: number, rows: number, columns: number,
 * parts: import("./pinned_parts.js").Part[]}} made @param {import("./pinned_parts.js").Part} part @param {number} g @param {any} said the sum
 * @param {number} [most] the largest weight */
function drawnPart({ picture, view, words, partsRoom }, { planes = 1, rows, columns, parts }, part, g, said, most) {
  const { theme, zoom } = view;
  const [earlier, link] = [picture.grids[g - 1], picture.links[g - 1]];
  const lines = planes * rows;
  const size = Math.min(CELL * zoom, (HIGHEST * zoom) / lines, (partsRoom - 2 * SIGN - 12) / (3 * columns));
  const largest = Math.max(...parts.flatMap(({ products }) => products.map(Math.abs)).filter(Number.isFinite), 0) || 1;
  const scale = scaleOf(earlier, part.channel);
  const looks = [
    { values: part.patch, ...scale, limit: scale.grey ? scale.limit : limitOf(earlier, part.channel) },
    { values: part.slice, grey: false, limit: most ?? link.kernel_limit },
    { values: part.products, grey: false, limit: largest },
  ];
  const tables = looks.map(({ values, limit, grey }) => {
    const texts = shortAll(values, roomIn(size)) ?? values.map(() => "");
    const paint = ({ style }, i) => {
      const colour = colourOf(values[i], limit, grey, theme);
      Object.assign(style, { background: `rgb(${colour})`, color: inkOn(colour) });
    };
    return { planes: chunks(chunks(texts, columns), rows), paint };
  });
  const shown = equation(tables, words.part_products);
  for (const table of shown.querySelectorAll("table")) table.style.width = `${columns * size}px`;
  shown.style.setProperty("--cn-cell", `${size}px`);
  shown.style.fontSize = `${fontFor(size, 0)}px`;
  return element("div", { class: "cn-part" }, shown, element("div", {}, say(words, said)));
}

/** A list in pieces of one length. @param {any[]} list @param {number} length @returns {any[][]} */
const chunks = (list, length) => range(list.length / length).map((i) => list.slice(i * length, (i + 1) * length));

/** All sums, the bias and the activation. @param {any} words @param {import("./pinned_parts.js").CellParts} made */
function addition(words, { parts, rest, bias, before, activation, value }) {
  /** @type {[string, number, any][]} sign, value and name of each */ const terms = [
    ...parts.map(({ channel, sum }) => ["+", sum, { key: "part_channel", fields: { channel } }]),
    ...(rest ? [["+", rest.sum, { key: "part_rest", fields: rest }]] : []),
    ...(bias === null ? [] : [["+", bias, { key: "part_bias" }]]),
    ...(activation ? [["=", before, { key: "part_before" }]] : []),
    [activation ? `→ ${activation} →` : "=", value, { key: "part_returned" }],
  ];
  const written = ([sign, amount, name], i) => {
    const both = [element("b", {}, number(amount)), element("small", {}, say(words, name))];
    return element("span", { class: "cn-signed-term" }, i ? sign : "", element("span", { class: "cn-term" }, ...both));
  };
  return element("div", { class: "cn-addition" }, ...terms.map(written));
}
