// @ts-check
/**
 * Look-ups in a picture. Python says which cell reads which (tables of indices, channels); here nothing is
 * computed from sizes, strides or padding. There are always three spatial axes, plane, row and column: an axis
 * that a layer does not have is one cell long. Everything counts from 0; an index outside a grid is padding.
 */

/**
 * @typedef {{name: string, symbol: string, label: string, sizes: number[], channels: number, padding: number[][],
 *   grey: boolean, limit: number, first: number, sent: number, values: Float32Array,
 *   thinned: {steps: number[], values: Float32Array} | null}} Grid with some cells of all channels, where not all are sent
 * @typedef {{table: Int32Array, taps: number, scatter: boolean}} Axis
 * @typedef {{operation: string, axes: Axis[], fan: number, filters: number, channels: Int32Array,
 *   kernel: Float32Array | null, kernel_limit: number, kernel_label: string, kernel_cell: string, copies: number,
 *   bias: Float32Array | null, activation: string, before: Float32Array | null, offset_groups: number,
 *   points: Float32Array | null, mask: Float32Array | null}} Link a deformable one has points, between the cells
 * @typedef {number[]} Cell plane, row and column
 * @typedef {{at: Cell, tap: Cell}} Read
 */

/** @param {any} view @returns {ArrayBuffer} a copy, since a buffer in a message may start at any byte */
function bytes(view) {
  return new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength).slice().buffer;
}

/** @param {any} view */
export const floats = (view) => (view ? new Float32Array(bytes(view)) : null);

/** @param {any} view */
const ints = (view) => new Int32Array(bytes(view));

/** A snapshot with its buffers as typed arrays. @param {any} snapshot @param {Float32Array | null} first the first grid's values */
export function decode(snapshot, first) {
  const grids = snapshot.grids.map((/** @type {any} */ grid, /** @type {number} */ g) => ({
    ...grid,
    values: g === 0 ? first : floats(grid.values),
    thinned: grid.thinned && { ...grid.thinned, values: floats(grid.thinned.values) },
  }));
  const links = snapshot.links.map((/** @type {any} */ link) => ({
    ...link,
    axes: link.tables.map((/** @type {any} */ table, /** @type {number} */ i) => ({
      table: ints(table),
      taps: link.taps[i],
      scatter: link.scatter,
    })),
    channels: ints(link.channels),
    kernel: floats(link.kernel),
    bias: floats(link.bias),
    before: floats(link.before),
    points: floats(link.points),
    mask: floats(link.mask),
  }));
  return { ...snapshot, grids, links };
}

/** Every combination of one item of each list. @template T @param {T[][]} lists @returns {T[][]} */
export const product = (lists) =>
  lists.reduce(
    (sofar, list) => sofar.flatMap((items) => list.map((item) => [...items, item])),
    /** @type {any[][]} */ ([[]]),
  );

/** @param {Grid} grid @param {Cell} cell */
export function inside({ sizes: [planes, rows, columns] }, [plane, row, column]) {
  return plane >= 0 && plane < planes && row >= 0 && row < rows && column >= 0 && column < columns;
}

/** The value of a cell: 0 for padding, undefined for a channel that was not sent.
 * @param {Grid} grid @param {Cell} cell @param {number} channel */
export function valueAt(grid, cell, channel, values = grid.values) {
  const place = channel - grid.first;
  if (place < 0 || place >= grid.sent) return undefined;
  if (!inside(grid, cell)) return 0;
  const [, rows, columns] = grid.sizes;
  return values[((cell[0] * rows + cell[1]) * columns + cell[2]) * grid.sent + place];
}

/** One plane of one channel, to be read many times: its value at a row and a column inside, NaN for a channel that was not sent.
 * @param {Grid} grid @param {number} plane @param {number} channel @returns {(row: number, column: number) => number} */
export function planeOf({ sizes: [, rows, columns], first, sent, values }, plane, channel) {
  const start = plane * rows * columns * sent + channel - first;
  return channel < first || channel >= first + sent
    ? () => NaN
    : (row, column) => values[start + (row * columns + column) * sent];
}

/** The same for a thumbnail: of a channel that was not sent, the last cell before that was. @param {Grid} grid
 * @param {number} plane @param {number} channel @returns {(row: number, column: number) => number} */
export function thumbnailOf(grid, plane, channel) {
  const { sizes, first, sent, channels, thinned } = grid;
  if (!thinned || (channel >= first && channel < first + sent)) return planeOf(grid, plane, channel);
  const { steps, values } = thinned;
  const [, rows, columns] = sizes.map((size, axis) => Math.ceil(size / steps[axis]));
  const start = Math.floor(plane / steps[0]) * rows * columns;
  return (row, column) =>
    values[(start + Math.floor(row / steps[1]) * columns + Math.floor(column / steps[2])) * channels + channel];
}

/** The largest size of a value in one channel of a grid; 1 where all are 0 or not sent. @param {Grid} grid @param {number} channel */
export function limitOf(grid, channel) {
  let limit = 0;
  for (
    let at = channel - grid.first;
    at >= 0 && at < grid.values.length && channel < grid.first + grid.sent;
    at += grid.sent
  ) {
    const size = Math.abs(grid.values[at]);
    if (size > limit && size < Infinity) limit = size;
  }
  return limit || 1;
}

/** One weight; 1 where cells are only moved. @param {Link} link @param {Cell} tap
 * @param {number} slice position among the channels read @param {number} filter */
export function weightAt(link, tap, slice, filter) {
  if (!link.kernel) return 1;
  const [, { taps: rows }, { taps: columns }] = link.axes;
  return link.kernel[(((tap[0] * rows + tap[1]) * columns + tap[2]) * link.fan + slice) * link.filters + filter];
}

/** The earlier channels that a filter reads. @param {Link} link @param {number} filter */
export function channelsOf(link, filter) {
  return [...link.channels.subarray(filter * link.fan, (filter + 1) * link.fan)];
}

/** Where an earlier channel stands among those that a filter reads; 0 where it is not read.
 * @param {Link} link @param {number} channel @param {number} filter */
export const sliceOf = (link, channel, filter) => Math.max(0, channelsOf(link, filter).indexOf(channel));

/** Filters that read the same channels are one group: the group of each filter, and of each channel.
 * @param {Link} link @param {number} channels */
export function groupsOf(link, channels) {
  /** @type {Map<string, number>} */ const numbers = new Map();
  const filters = Array.from({ length: link.filters }, (_, filter) => {
    const read = channelsOf(link, filter).join();
    if (!numbers.has(read)) numbers.set(read, numbers.size);
    return Number(numbers.get(read));
  });
  const read = Array.from(
    { length: channels },
    (_, channel) => filters[Math.floor(link.channels.indexOf(channel) / link.fan)] ?? 0,
  );
  return { filters, channels: read, count: numbers.size };
}

/** Along one axis: where an index stands in the table's cells. @param {Axis} axis @param {number} index */
function found({ table, taps }, index) {
  const list = [];
  for (let at = table.indexOf(index); at !== -1; at = table.indexOf(index, at + 1))
    list.push({ at: Math.floor(at / taps), tap: at % taps });
  return list;
}

/** Along one axis: what stands in one row of the table. @param {Axis} axis @param {number} row */
const listed = ({ table, taps }, row) =>
  Array.from({ length: taps }, (_, tap) => ({ at: table[row * taps + tap], tap }));

/** Along one axis: what a later index reads. @param {Axis} axis @param {number} index */
export const readsAlong = (axis, index) => (axis.scatter ? found(axis, index) : listed(axis, index));

/** Along one axis: what an earlier index feeds. @param {Axis} axis @param {number} index */
export const fedAlong = (axis, index) => (axis.scatter ? listed(axis, index) : found(axis, index));

/** @param {{at: number, tap: number}[][]} along @returns {Read[]} */
const crossed = (along) =>
  product(along).map((ends) => ({ at: ends.map((end) => end.at), tap: ends.map((end) => end.tap) }));

/** The earlier cells that a later cell reads, each with the tap it passes through. @param {Link} link @param {Cell} cell */
export const windowOf = (link, cell) => crossed(link.axes.map((axis, i) => readsAlong(axis, cell[i])));

/** The later cells that an earlier cell feeds. @param {Link} link @param {Grid} earlier @param {Cell} cell */
export function feeds(link, earlier, cell) {
  if (link.axes[0].scatter && !inside(earlier, cell)) return [];
  return crossed(link.axes.map((axis, i) => fedAlong(axis, cell[i])));
}

/** What one tap touches, along each axis: the cells that it reads, or in a scatter writes. @param {Link} link @param {Cell} tap */
export const touched = (link, tap) =>
  link.axes.map(({ table, taps }, i) => [...table].filter((_, at) => at % taps === tap[i]));

/** Along each axis, what a block of later cells reads (or, `forward`, what a block of earlier cells feeds).
 * @param {Link} link @param {number[][]} block @param {boolean} forward */
export function spread(link, block, forward = false) {
  const along = forward ? fedAlong : readsAlong;
  return block.map((indices, i) => [
    ...new Set(indices.flatMap((index) => along(link.axes[i], index).map((end) => end.at))),
  ]);
}

/** What is left of a block inside the grid: padding and cropped cells are joined to nothing. @param {Grid} grid @param {number[][]} block */
export const kept = (grid, block) => block.map((along, axis) => along.filter((at) => at >= 0 && at < grid.sizes[axis]));

/** Where the taps of one later cell of a deformable link read an earlier channel: row and column, and the mask's factor.
 * @param {Link} link @param {Cell} cell @param {number} channel @param {number} channels of the earlier grid */
export function pointsOf(link, cell, channel, channels) {
  const {
    points,
    mask,
    axes: [, down, across],
    offset_groups,
  } = link;
  const group = Math.floor((channel * offset_groups) / channels);
  const taps = down.taps * across.taps;
  const first = ((cell[1] * across.table.length) / across.taps + cell[2]) * offset_groups * taps + group * taps;
  return Array.from({ length: taps }, (_, i) => {
    const tap = [0, Math.floor(i / across.taps), i % across.taps];
    const home = [down.table[cell[1] * down.taps + tap[1]], across.table[cell[2] * across.taps + tap[2]]];
    return {
      tap,
      index: i,
      group,
      home,
      point: [Number(points?.[2 * (first + i)]), Number(points?.[2 * (first + i) + 1])],
      factor: mask ? mask[first + i] : 1,
    };
  });
}

/** Where one tap reads for each later cell, one after the other. @param {Link} link @param {Grid} later @param {Cell} tap @param {number} channel @param {number} channels */
export const pointsOfTap = (link, later, tap, channel, channels) =>
  product(later.sizes.map((size) => [...Array(size).keys()])).map(
    (at) => pointsOf(link, at, channel, channels)[tap[1] * link.axes[2].taps + tap[2]].point,
  );

/** The four cells around a point, each with its part in the value between them. @param {number[]} point row and column */
export function neighbours([row, column]) {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  return [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ].map(([down, right]) => ({
    cell: [0, top + down, left + right],
    part: (down ? row - top : 1 - (row - top)) * (right ? column - left : 1 - (column - left)),
  }));
}

/** The value at a point between the cells. @param {Grid} grid @param {number[]} point @param {number} channel */
export const sampled = (grid, point, channel) =>
  neighbours(point).reduce((sum, { cell, part }) => sum + (part ? part * Number(valueAt(grid, cell, channel)) : 0), 0);

/** The later cells whose points have an earlier cell among their neighbours, each tap once, with its part of that cell. @param {Link} link @param {Grid} earlier
 * @param {Grid} later @param {Cell} cell @param {number} channel */
export function feedsPoints(link, earlier, later, cell, channel) {
  return product(later.sizes.map((size) => [...Array(size).keys()])).flatMap((at) =>
    pointsOf(link, at, channel, earlier.channels)
      .filter(({ point: [row, column] }) => Math.abs(row - cell[1]) < 1 && Math.abs(column - cell[2]) < 1)
      .map(({ tap, point: [row, column], factor }) => ({
        at,
        tap,
        part: (1 - Math.abs(row - cell[1])) * (1 - Math.abs(column - cell[2])) * factor,
      })),
  );
}

/** Along each axis, the earlier indices that no window reads. @param {Link} link @param {Grid} grid */
export function unread(link, grid) {
  return link.axes.map(({ table, scatter }, i) => {
    const read = new Set(table);
    return scatter || link.points
      ? []
      : Array.from({ length: grid.sizes[i] }, (_, index) => index).filter((index) => !read.has(index));
  });
}

/** The products of one channel behind one later cell, tap by tap; undefined where its values were not sent.
 * @param {Link} link @param {Grid} grid @param {Cell} cell @param {number} filter @param {number} slice
 * @param {Float32Array | null} fetched the window (taps, channels read), where Python was asked for it */
export function products(link, grid, cell, filter, slice, fetched = null, reads = windowOf(link, cell)) {
  const channel = link.channels[filter * link.fan + slice];
  if (!fetched && valueAt(grid, [0, 0, 0], channel) === undefined) return undefined;
  if (link.points) {
    return pointsOf(link, cell, channel, grid.channels).map(({ tap, point, factor }) => ({
      x: sampled(grid, point, channel) * factor,
      weight: weightAt(link, tap, slice, filter),
    }));
  }
  return reads.map(({ at, tap }, i) => ({
    x: fetched ? fetched[i * link.fan + slice] : Number(valueAt(grid, at, channel)),
    weight: weightAt(link, tap, slice, filter),
  }));
}

/** The sum behind one later cell: each channel's partial sum, the bias and the whole. undefined where values are missing.
 * @param {Link} link @param {Grid} grid @param {Cell} cell @param {number} filter @param {Float32Array | null} fetched */
export function sumOf(link, grid, cell, filter, fetched = null) {
  const reads = windowOf(link, cell);
  const partials = channelsOf(link, filter).map((channel, slice) => {
    const list = products(link, grid, cell, filter, slice, fetched, reads);
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

/** A number for a sentence, without trailing zeros. @param {number} value @param {number} digits significant ones */
export function number(value, digits = 6) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  return String(Number(value.toPrecision(digits)));
}

/** A factor in a sum, in brackets where it is negative. @param {number} value */
const factor = (value) => (value < 0 ? `(${number(value, 4)})` : number(value, 4));

/** Products as they are written by hand. @param {{x: number, weight: number}[]} list */
export const writtenProducts = (list) => list.map(({ x, weight }) => `${factor(x)}×${factor(weight)}`).join(" + ");

/** Terms as they are added by hand: 0.5 + 2 - 0.25. @param {number[]} terms */
export function writtenTerms(terms) {
  return terms
    .map((term, i) =>
      i === 0 ? number(term, 4) : term < 0 ? ` -\u2060\u00a0${number(-term, 4)}` : ` + ${number(term, 4)}`,
    )
    .join("");
}

/** About how wide a number is, in em: digits are wider than points and signs. @param {string} text */
export const widthOf = (text) =>
  [...text].reduce((width, letter) => width + (letter === "." || letter === "-" ? 0.35 : 0.62), 0);

/** How many digits stand behind the point. @param {string} text */
const decimalsOf = (text) => text.split(".")[1]?.length ?? 0;

/** A number for a cell with so much room, in em. "" where it would have to be rounded beyond recognition.
 * @param {number} value @param {number} room @param {number} most decimals */
export function short(value, room, most = 6) {
  const exact = number(value);
  const tries = decimalsOf(exact) <= most ? [exact] : [];
  if (Math.abs(value) < 1e6)
    for (let digits = Math.min(most, 3); digits >= (Math.abs(value) < 100 ? 1 : 0); digits--)
      tries.push(value.toFixed(digits).replace(/^-(?=0\.?0*$)/, "")); // no "-0.00"
  else if (Number.isFinite(value)) tries.push(value.toExponential(1), value.toExponential(0));
  return tries.find((text) => widthOf(text) <= room) ?? "";
}

/** Numbers for cells of one size: where some must be rounded, none has more decimals than these. null where one has no room.
 * @param {number[]} values @param {number} room */
export function shortAll(values, room) {
  let most = 6;
  for (const value of values) {
    const text = short(value, room, most);
    if (text === "") return null;
    if (text !== number(value) && Math.abs(value) < 100) most = decimalsOf(text);
  }
  return values.map((value) => short(value, room, most));
}
