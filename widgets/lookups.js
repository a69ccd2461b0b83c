// @ts-check
/**
 * Look-ups in a picture. Python says which cell reads which (`reads`, `channels`); here nothing is computed
 * from sizes, strides or padding. Rows, columns and channels count from 0; an index outside a grid is padding.
 */

/**
 * @typedef {{name: string, shape: number[], rows: number, columns: number, channels: number, padding: number[][],
 *   grey: boolean, limit: number, first: number, sent: number, values: Float32Array}} Grid
 * @typedef {{rows: Int32Array, columns: Int32Array, taps: number[], fan: number, filters: number,
 *   channels: Int32Array, kernel: Float32Array, kernel_limit: number, kernel_shape: number[],
 *   bias: Float32Array | null, activation: string, before: Float32Array | null}} Link
 * @typedef {{row: number, column: number}} Cell
 */

/** @param {any} view @returns {ArrayBuffer} a copy, since a buffer in a message may start at any byte */
function bytes(view) {
  return new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength).slice().buffer;
}

/** @param {any} view */
export const floats = (view) => (view ? new Float32Array(bytes(view)) : null);

/** @param {any} view */
const ints = (view) => new Int32Array(bytes(view));

/** A snapshot with its buffers as typed arrays. @param {any} snapshot */
export function decode(snapshot) {
  const grids = snapshot.grids.map((/** @type {any} */ grid) => {
    const [, rows, columns, channels] = grid.shape;
    return { ...grid, rows, columns, channels, values: floats(grid.values) };
  });
  const links = snapshot.links.map((/** @type {any} */ link) => {
    const [height, width, fan, filters] = link.kernel_shape;
    return {
      ...link, taps: [height, width], fan, filters,
      rows: ints(link.reads[0]), columns: ints(link.reads[1]), channels: ints(link.channels),
      kernel: floats(link.kernel), bias: floats(link.bias), before: floats(link.before),
    };
  });
  return { ...snapshot, grids, links };
}

/** @param {Grid} grid @param {number} row @param {number} column */
export function inside(grid, row, column) {
  return row >= 0 && column >= 0 && row < grid.rows && column < grid.columns;
}

/** The value of a cell: 0 for padding, undefined for a channel that was not sent.
 * @param {Grid} grid @param {number} row @param {number} column @param {number} channel */
export function valueAt(grid, row, column, channel, values = grid.values) {
  const place = channel - grid.first;
  if (place < 0 || place >= grid.sent) return undefined;
  return inside(grid, row, column) ? values[(row * grid.columns + column) * grid.sent + place] : 0;
}

/** One weight. @param {Link} link @param {number} a tap's row @param {number} b tap's column
 * @param {number} slice position among the channels read @param {number} filter */
export function weightAt(link, a, b, slice, filter) {
  return link.kernel[((a * link.taps[1] + b) * link.fan + slice) * link.filters + filter];
}

/** The earlier channels that a filter reads. @param {Link} link @param {number} filter */
export function channelsOf(link, filter) {
  return [...link.channels.subarray(filter * link.fan, (filter + 1) * link.fan)];
}

/** The earlier rows and columns that one later cell reads, one for each tap.
 * @param {Link} link @param {number} row @param {number} column */
export function windowOf(link, row, column) {
  const [height, width] = link.taps;
  return {
    rows: [...link.rows.subarray(row * height, (row + 1) * height)],
    columns: [...link.columns.subarray(column * width, (column + 1) * width)],
  };
}

/** Where an index stands in one axis' table. @param {Int32Array} table @param {number} taps @param {number} index */
function places(table, taps, index) {
  const found = [];
  for (let at = table.indexOf(index); at !== -1; at = table.indexOf(index, at + 1)) {
    found.push({ later: Math.floor(at / taps), tap: at % taps });
  }
  return found;
}

/** Every later cell that an earlier cell feeds, with the tap that it passes through.
 * @param {Link} link @param {number} row @param {number} column */
export function feeds(link, row, column) {
  const columns = places(link.columns, link.taps[1], column);
  return places(link.rows, link.taps[0], row).flatMap((r) =>
    columns.map((c) => ({ row: r.later, column: c.later, tap: [r.tap, c.tap] })));
}

/** Every earlier row and column that one tap reads. @param {Link} link @param {number} a @param {number} b */
export function tapReads(link, a, b) {
  const [height, width] = link.taps;
  return { rows: [...link.rows].filter((_, i) => i % height === a), columns: [...link.columns].filter((_, i) => i % width === b) };
}

/** The rows and columns of the earlier grid that no window reads. @param {Link} link @param {Grid} grid */
export function unread(link, grid) {
  const missing = (/** @type {Int32Array} */ table, /** @type {number} */ size) => {
    const read = new Set(table);
    return Array.from({ length: size }, (_, i) => i).filter((i) => !read.has(i));
  };
  return { rows: missing(link.rows, grid.rows), columns: missing(link.columns, grid.columns) };
}

/** The products of one channel in one window, tap by tap; undefined where its values were not sent.
 * @param {Link} link @param {Grid} grid @param {Cell} cell @param {number} filter @param {number} slice
 * @param {Float32Array | null} fetched the window (taps, channels read), where Python was asked for it */
export function products(link, grid, cell, filter, slice, fetched = null) {
  const { rows, columns } = windowOf(link, cell.row, cell.column);
  const channel = link.channels[filter * link.fan + slice];
  const list = [];
  for (let a = 0; a < rows.length; a++) {
    for (let b = 0; b < columns.length; b++) {
      const x = fetched ? fetched[(a * columns.length + b) * link.fan + slice] : valueAt(grid, rows[a], columns[b], channel);
      if (x === undefined) return undefined;
      list.push({ x, weight: weightAt(link, a, b, slice, filter) });
    }
  }
  return list;
}

/** The sum behind one later cell: each channel's partial sum, the bias and the whole. undefined where values are missing.
 * @param {Link} link @param {Grid} grid @param {Cell} cell @param {number} filter @param {Float32Array | null} fetched */
export function sumOf(link, grid, cell, filter, fetched = null) {
  const partials = channelsOf(link, filter).map((channel, slice) => {
    const list = products(link, grid, cell, filter, slice, fetched);
    return { channel, partial: list?.reduce((sum, { x, weight }) => sum + x * weight, 0) };
  });
  const bias = link.bias ? link.bias[filter] : 0;
  const known = partials.every(({ partial }) => partial !== undefined);
  const total = known ? partials.reduce((sum, { partial }) => sum + Number(partial), bias) : undefined;
  return { partials, bias, total };
}

/** A text with its {names} filled in. @param {string} template @param {Record<string, any>} values */
export function fill(template, values = {}) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A number for a sentence: at most six significant digits, no trailing zeros. @param {number} value */
export function number(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  return String(Number(value.toPrecision(6)));
}

/** A factor in a sum, in brackets where it is negative. @param {number} value */
const factor = (value) => (value < 0 ? `(${number(value)})` : number(value));

/** Products as they are written by hand. @param {{x: number, weight: number}[]} list */
export const writtenProducts = (list) => list.map(({ x, weight }) => `${factor(x)}×${factor(weight)}`).join(" + ");

/** Terms as they are added by hand: 0.5 + 2 - 0.25. @param {number[]} terms */
export function writtenTerms(terms) {
  return terms.map((term, i) => (i === 0 ? number(term) : term < 0 ? ` - ${number(-term)}` : ` + ${number(term)}`)).join("");
}

/** A number for a cell with room for so many characters. "" where it would have to be rounded beyond recognition.
 * @param {number} value @param {number} room */
export function short(value, room) {
  const exact = number(value);
  const tries = [exact];
  if (Math.abs(value) < 1e6) for (let digits = 3; digits >= (Math.abs(value) < 100 ? 1 : 0); digits--) tries.push(value.toFixed(digits));
  else if (Number.isFinite(value)) tries.push(value.toExponential(1), value.toExponential(0));
  return tries.find((text) => text.length <= room) ?? "";
}
