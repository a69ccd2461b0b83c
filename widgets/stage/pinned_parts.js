// @ts-check
/** What one cell is made of, channel by channel: what it reads, the weights, their products and sums. No DOM here. */
import { around, inside, pointsOf, products, readsAlong, sumOf, valueAt, windowOf, withItem } from "./lookups.js";

const MOST_CHANNELS = 12; // drawn one by one; the others are one sum

/**
 * @typedef {{channel: number, patch: number[], slice: number[], products: number[], sum: number}} Part of one channel, rows behind rows
 * @typedef {{planes: number, rows: number, columns: number, parts: Part[], steps: (CellParts & {cell: number[], filter: number})[],
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
  return { planes, rows, columns, ...sums, steps, points: drawn };
}

/** The value at a tap's point: its four neighbours, and the part of each. @param {any} grid @param {any} point @param {number} channel */
function pointPart(grid, { tap, point, factor }, channel) {
  const four = around(point);
  const patch = four.map(({ cell }) => Number(valueAt(grid, cell, channel)));
  const slice = four.map(({ part }) => part * factor);
  const list = patch.map((x, i) => x * slice[i]);
  return { channel, tap, point, patch, slice, products: list, sum: list.reduce((sum, one) => sum + one, 0) };
}
