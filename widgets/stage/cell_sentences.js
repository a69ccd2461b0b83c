// @ts-check
/** What is highlighted, as sentences by their keys: the sum behind a cell, what a cell feeds, what a tap touches. No DOM here. */
import { valueAt, weightAt, channelsOf, sliceOf, windowOf, pointsOf, pointsOfTap, neighbours } from "./lookups.js";
import { touched, inside, product, products, sumOf } from "./lookups.js";
import { fedBy } from "./related_cells.js";
import { fill, number, writtenProducts, writtenTerms } from "./text.js";

/**
 * @typedef {import("./text.js").Text} Text
 * @typedef {{kind: string, text: Text} | {summary: Text, more: () => Text[]}} Line a text, or a list that is made when it is asked for
 * @typedef {{lines: Line[], spoken: Text, value?: number, before?: number, total?: number, missing?: boolean}} Explanation
 */

const MOST_PRODUCTS = 25; // products written out before the rest folds
const MOST_TERMS = 6; // channels' sums written out before the rest folds
const MOST_FED = 9; // fed cells written out before the rest folds

/** A cell's or a tap's name, as code: x[0, 1, 2, 0]. @param {string} template @param {(number | string)[]} cell @param {Record<string, any>} values */
const named = (template, [plane, row, column], values) => fill(template, { plane, row, column, ...values });

/** @param {any} picture @param {number} g @param {(number | string)[]} cell @param {number} channel */
export const cellName = ({ cell: template, grids, sample }, g, cell, channel) =>
  named(template, cell, { name: grids[g].symbol, sample, channel });

/** @param {any} link @param {(number | string)[]} tap @param {number} slice @param {number} filter */
export function tapName(link, tap, slice, filter) {
  const channel = link.channels[filter * link.fan + slice];
  return named(link.kernel_cell, tap, { name: link.kernel_name, slice, filter, channel, copy: filter % link.copies });
}

/** The axes that this picture has, of a plane, a row and a column. @param {any} picture @param {any[]} list */
const present = (picture, list) => list.slice(3 - picture.rank);

/** What is said of a cell or a tap of a panel. @param {any} picture @param {{grid?: number, link?: number}} panel @param {number[]} cell
 * @param {number[]} channels that of each grid @param {Float32Array | null} fetched the cell's window, where Python was asked for it
 * @returns {Explanation} */
export function explain(picture, { grid, link }, cell, channels, fetched) {
  if (link !== undefined) return explainTap(picture, link, cell, channels);
  if (grid > 0 && inside(picture.grids[grid], cell)) return explainSum(picture, grid, cell, channels, fetched);
  return explainFed(picture, Math.min(grid, picture.links.length - 1), cell, channels);
}

/** The sum behind a cell of grid g > 0. @param {any} picture @param {number} g @param {number[]} cell @param {number[]} channels
 * @param {Float32Array | null} fetched @returns {Explanation} */
export function explainSum(picture, g, cell, channels, fetched) {
  const [link, earlier, later] = [picture.links[g - 1], picture.grids[g - 1], picture.grids[g]];
  const filter = channels[g];
  const value = Number(valueAt(later, cell, filter) ?? NaN);
  const before = link.before ? Number(valueAt(later, cell, filter, link.before)) : value;
  const name = cellName(picture, g, cell, filter);
  const reads = windowOf(link, cell);
  const along = present(picture, [0, 1, 2]).map((axis) => [...new Set(reads.map(({ at }) => at[axis]))].join(" "));
  const said = { name, value: number(value), cells: along.join(" × ") };
  const spoken = inWords(link, { key: reads.length ? "said_output" : "said_output_alone", fields: said });
  /** @type {Line[]} */ const lines = [{ kind: "name", text: `${name} = ${number(value)}` }];
  if (!link.kernel) {
    const { operation } = link;
    const text =
      operation === "stretch" ? { key: "moved_by_stretch" } : { key: "moved_by_other", fields: { operation } };
    return { lines: [...lines, { kind: "moved", text }, ...certaintyLines(link)], spoken, value, before };
  }
  const { partials, bias, total } = sumOf(link, earlier, cell, filter, fetched);
  const slice = sliceOf(link, channels[g - 1], filter);
  const list = products(link, earlier, cell, filter, slice, fetched, reads);
  if (list) lines.push(...productLines(list, partials[slice], link.fan > 1));
  if (total === undefined) lines.push({ kind: "waiting", text: { key: "sum_waiting" } });
  else lines.push(...totalLines(link, partials, bias, before), ...activationLines(link, before, value));
  if (link.points) lines.push(...pointLines(link, earlier, cell, partials[slice].channel));
  lines.push({ kind: "returned", text: { key: "sum_returned", fields: { value: number(value) } } });
  return { lines, spoken, value, before, total, missing: total === undefined };
}

/** That a cell may read less than its link has it. @param {any} link @returns {Line[]} */
const certaintyLines = ({ certainty }) =>
  certainty === "at most" ? [{ kind: "at_most", text: { key: "at_most" } }] : [];

/** The same, spoken. @param {any} link @param {Text} said @returns {Text} */
const inWords = ({ certainty }, said) => (certainty === "at most" ? { key: "said_at_most", fields: { said } } : said);

/** The products of one channel. @param {any[]} list @param {any} partial their sum @param {boolean} several whether there are other channels
 * @returns {Line[]} */
function productLines(list, { channel, partial }, several) {
  if (!list.length) return [{ kind: "products", text: { key: "sum_nothing" } }];
  const more = list.slice(MOST_PRODUCTS);
  const end = ` = ${number(partial)}`;
  const sum = writtenProducts(list.slice(0, MOST_PRODUCTS)) + (more.length ? " + …" : end);
  const text = several ? { key: "sum_channel", fields: { channel, sum } } : sum;
  const summary = { key: "sum_more", fields: { count: more.length } };
  const rest = more.length ? [{ summary, more: () => [writtenProducts(more) + end] }] : [];
  return [{ kind: "products", text }, ...rest];
}

/** The sum of all channels and the bias. @param {any} link @param {any[]} partials @param {number} bias @param {number} before
 * @returns {Line[]} */
function totalLines(link, partials, bias, before) {
  const sums = partials.map(({ partial }) => partial);
  const terms = writtenTerms(sums.slice(0, MOST_TERMS)) + (sums.length > MOST_TERMS ? " + …" : "");
  const fields = { count: sums.length, terms, bias: number(bias), total: number(before) };
  const key = link.fan > 1 ? (link.bias ? "sum_all_and_bias" : "sum_all") : link.bias ? "sum_bias" : "";
  const sum = ({ channel, partial }) => ({ key: "sum_channel", fields: { channel, sum: number(partial) } });
  const all = { summary: { key: "sum_channels", fields }, more: () => partials.map(sum) };
  const total = key ? [{ kind: "total", text: { key, fields } }] : [];
  return sums.length > MOST_TERMS ? [...total, all] : total;
}

/** What the activation makes of a sum. @param {any} link @param {number} before @param {number} value @returns {Line[]} */
function activationLines({ activation }, before, value) {
  if (!activation) return [];
  const fields = { activation, before: number(before), value: number(value) };
  return [{ kind: "activation", text: { key: activation === "softmax" ? "sum_softmax" : "sum_activation", fields } }];
}

/** Where each tap of a deformable link reads. @param {any} link @param {any} earlier @param {number[]} cell @param {number} channel
 * @returns {Line[]} */
function pointLines(link, earlier, cell, channel) {
  const read = ({ cell: at, part }) => `${number(part)}·${number(Number(valueAt(earlier, at, channel) ?? NaN))}`;
  const around = (point) => neighbours(point).map(read).join(" + ");
  const line = ({ tap, index, point, factor }) =>
    `${index}: [${tap[1]}, ${tap[2]}] (${number(point[0])}, ${number(point[1])}): ${around(point)}${link.mask ? `, × ${number(factor)}` : ""}`;
  const points = { summary: { key: "points" }, more: () => pointsOf(link, cell, channel, earlier.channels).map(line) };
  return [points, { kind: "hint", text: { key: "points_hint" } }];
}

/** What a cell feeds in the next grid. @param {any} picture @param {number} g @param {number[]} cell @param {number[]} channels @returns {Explanation} */
export function explainFed(picture, g, cell, channels) {
  const [grid, later, link] = [picture.grids[g], picture.grids[g + 1], picture.links[g]];
  const [channel, filter] = [channels[g], channels[g + 1]];
  const value = Number(valueAt(grid, cell, channel) ?? NaN);
  const slice = channelsOf(link, filter).indexOf(channel);
  const fed = slice < 0 ? [] : fedBy(picture, g, cell, channel);
  const count = fed.length;
  const times = (tap) => writtenProducts([{ x: value, weight: weightAt(link, tap, slice, filter) }]);
  const passes = (tap) => (link.kernel ? times(tap) : number(value));
  const part = (read) => (link.points ? `${number(read.part)}·` : ""); // of the cell, where a point lies beside it
  const list = fed.map((read) => `${cellName(picture, g + 1, read.at, filter)}: ${part(read)}${passes(read.tap)}`);
  const outside = !inside(grid, cell);
  const name = cellName(picture, g, cell, channel);
  const fields = { name, cell: present(picture, cell).join(", "), value: number(value), count };
  const text = outside ? { key: "padding_cell", fields } : `${name} = ${number(value)}`;
  const feeds = count ? { key: "feeds", fields: { count, grid: later.name, filter } } : { key: "feeds_none" };
  const rest = { key: "more", fields: { count: count - MOST_FED } };
  /** @type {Line[]} */ const lines = [{ kind: "name", text }];
  lines.push({ kind: "feeds", text: feeds });
  if (count) lines.push({ kind: "fed", text: list.slice(0, MOST_FED).join("\n") });
  if (count > MOST_FED) lines.push({ summary: rest, more: () => list.slice(MOST_FED) });
  lines.push(...certaintyLines(link));
  return { lines, spoken: inWords(link, { key: outside ? "said_padding" : "said_input", fields }), value };
}

/** What one tap of a kernel reads, or in a scatter writes. @param {any} picture @param {number} i the link @param {number[]} tap
 * @param {number[]} channels @returns {Explanation} */
export function explainTap(picture, i, tap, channels) {
  const link = picture.links[i];
  const filter = channels[i + 1];
  const slice = sliceOf(link, channels[i], filter);
  const value = weightAt(link, tap, slice, filter);
  const text = `${tapName(link, tap, slice, filter)} = ${number(value)}`;
  const grid = picture.grids[link.scatter ? i + 1 : i];
  const points = link.points ? pointsOfTap(link, picture.grids[i + 1], tap, channels[i], grid.channels) : [];
  const around = points.map((point) => neighbours(point).map(({ cell }) => cell));
  const places = link.points ? around : product(touched(link, tap)).map((cell) => [cell]);
  const outside = places.filter((cells) => !cells.some((cell) => inside(grid, cell))).length;
  const key = link.points ? "tap_points" : link.scatter ? "tap_writes" : "tap_reads";
  const touches = { key, fields: { count: places.length, outside } };
  const name = { kind: "name", text };
  const reads = { kind: "reads", text: touches };
  return { lines: [name, reads], spoken: { key: "said_tap", fields: { tap: text, touches } }, value };
}
