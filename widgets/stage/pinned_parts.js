// @ts-check
/** What the pinned cell is made of, channel by channel: what it reads, the weights, their products, then the sums down to what
 * Keras returned; and the drawing of it. */
import { around, inside, pointsOf, products, readsAlong, sumOf, valueAt, windowOf, withItem } from "./lookups.js";
import { limitOf, scaleOf } from "./lookups.js";
import { centreText, sized } from "./canvas.js";
import { drawCells } from "./plain_cells.js";
import { element } from "./dom.js";
import { cellName } from "./cell_sentences.js";
import { panelOf } from "./state.js";
import { number, say } from "./text.js";

const MOST_CHANNELS = 12; // drawn one by one; the others are one sum
const CELL = 34; // the largest cells
const HIGHEST = 170; // a patch of many rows has smaller ones
const SIGN = 22; // the room for a sign between two of them
const NOTHING_AROUND = [0, 0].map(() => [0, 0]);

/**
 * @typedef {{channel: number, patch: number[], slice: number[], products: number[], sum: number}} Part of one channel, rows behind rows
 * @typedef {{rows: number, columns: number, parts: Part[], steps: (CellParts & {cell: number[], filter: number})[],
 *   points: (Part & {tap: number[], point: number[]})[], rest: {count: number, sum: number} | null, bias: number | null,
 *   before: number, activation: string, value: number}} CellParts `before` the activation; `value` is what Keras returned;
 *   `steps` are the cells that it is made of where each is a sum of the step before and read alone, as in a separable layer;
 *   `points` are those of a deformed window, of the channel shown
 */

/** The parts of a cell of grid g; null where it is no sum, or where values are still missing. @param {any} picture @param {number | undefined} g
 * @param {number[]} cell @param {number[]} channels that of each grid @param {Float32Array | null} fetched the cell's window, where
 * Python was asked for it @returns {CellParts | null} */
export function cellParts({ grids, links }, g, cell, channels, fetched) {
  const link = g ? links[g - 1] : null;
  if (!link?.kernel || !inside(grids[g], cell)) return null;
  const filter = channels[g];
  const { partials, total } = sumOf(link, grids[g - 1], cell, filter, fetched);
  if (total === undefined) return null;
  const parts = partials.slice(0, MOST_CHANNELS).map(({ channel, partial }, i) => {
    const list = products(link, grids[g - 1], cell, filter, i, fetched) ?? [];
    const [patch, slice] = [list.map(({ x }) => x), list.map(({ weight }) => weight)];
    return { channel, patch, slice, products: list.map(({ x, weight }) => x * weight), sum: Number(partial) };
  });
  const others = partials.slice(MOST_CHANNELS);
  const rest = { count: others.length, sum: others.reduce((sum, { partial }) => sum + Number(partial), 0) };
  const [planes, rows, columns] = link.axes.map((axis, i) => readsAlong(axis, cell[i]).length);
  const value = Number(valueAt(grids[g], cell, filter) ?? NaN);
  const before = link.before ? Number(valueAt(grids[g], cell, filter, link.before)) : value;
  const bias = link.bias ? link.bias[filter] : null;
  const sums = { parts, rest: others.length ? rest : null, bias, before, activation: link.activation, value };
  const reads = windowOf(link, cell);
  const summed = g > 1 && links[g - 2].kernel && !links[g - 2].activation && reads.length === 1;
  const step = ({ channel }) => {
    const made = cellParts({ grids, links }, g - 1, reads[0].at, withItem(channels, g - 1, channel), null);
    return made && { ...made, cell: reads[0].at, filter: channel };
  };
  const points = link.points ? pointsOf(link, cell, channels[g - 1], grids[g - 1].channels) : [];
  const steps = summed ? parts.map(step).filter(Boolean) : [];
  const drawn = points.map((point) => pointPart(grids[g - 1], point, channels[g - 1]));
  return { rows: planes * rows, columns, ...sums, steps, points: drawn };
}

/** The value at a tap's point: its four neighbours, and the part of each. @param {any} grid @param {any} point @param {number} channel */
function pointPart(grid, { tap, point, factor }, channel) {
  const four = around(point);
  const patch = four.map(({ cell }) => Number(valueAt(grid, cell, channel)));
  const slice = four.map(({ part }) => part * factor);
  const list = patch.map((x, i) => x * slice[i]);
  return { channel, tap, point, patch, slice, products: list, sum: list.reduce((sum, one) => sum + one, 0) };
}

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
    const drawings = made.columns ? [...steps(stage, made, g), ...points(stage, made, g), ...own(stage, made, g)] : [];
    ui.parts.replaceChildren(...drawings, addition(words, made));
  });
}

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

/** Patch × slice = products, and their sum. @param {any} stage @param {{rows: number, columns: number, parts: Part[]}} made
 * @param {Part} part @param {number} g @param {any} said the sum @param {number} [most] the largest weight */
function drawnPart({ picture, view, words }, { rows, columns, parts }, part, g, said, most) {
  const { theme, zoom, width } = view;
  const [earlier, link] = [picture.grids[g - 1], picture.links[g - 1]];
  const cell = Math.min(CELL * zoom, (HIGHEST * zoom) / rows, (width - 2 * SIGN - 12) / (3 * columns));
  const largest = Math.max(...parts.flatMap(({ products }) => products.map(Math.abs)).filter(Number.isFinite), 0) || 1;
  const scale = scaleOf(earlier, part.channel);
  const looks = [
    { values: part.patch, ...scale, limit: scale.grey ? scale.limit : limitOf(earlier, part.channel) },
    { values: part.slice, grey: false, limit: most ?? link.kernel_limit },
    { values: part.products, grey: false, limit: largest },
  ];
  const canvas = element("canvas", { class: "cn-products", role: "img", "aria-label": words.part_products });
  const step = columns * cell + SIGN;
  const context = sized(canvas, 3 * step - SIGN, rows * cell);
  looks.forEach(({ values, ...look }, i) => {
    const one = element("canvas");
    const at = (row, column) => values[row * columns + column];
    drawCells(one, { ...look, rows, columns, padding: NOTHING_AROUND, at }, cell, theme);
    context.drawImage(one, i * step, 0, columns * cell, rows * cell);
    centreText(context, "bold 16px");
    context.fillStyle = theme.highlight;
    if (i) context.fillText("×="[i - 1], i * step - SIGN / 2, (rows * cell) / 2);
  });
  return element("div", { class: "cn-part" }, canvas, element("div", {}, say(words, said)));
}

/** All sums, the bias and the activation. @param {any} words @param {CellParts} made */
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
