// @ts-check
/**
 * Look-ups in a picture. Python says which cell reads which (tables of indices, channels); here nothing is
 * computed from sizes, strides or padding. There are always three spatial axes, plane, row and column: an axis
 * that a layer does not have is one cell long. Everything counts from 0; an index outside a grid is padding.
 */

/**
 * @typedef {{name: string, symbol: string, label: string, sizes: number[], channels: number, padding: number[][],
 *   white: number[], limit: number, first: number, sent: number, values: Float32Array,
 *   thinned: {steps: number[], values: Float32Array} | null}} Grid with some cells of all channels, where not all are sent
 * @typedef {{table: Int32Array, taps: number, scatter: boolean, follows?: number}} Axis a later one, and the earlier that it follows
 * @typedef {{operation: string, certainty: string, axes: Axis[], fan: number, filters: number, channels: Int32Array,
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

export const floats = (view) => (view ? new Float32Array(bytes(view)) : null);
const ints = (view) => new Int32Array(bytes(view));

/** A snapshot with its buffers as typed arrays. @param {any} snapshot @param {Float32Array | null} first the first grid's values */
export function decode(snapshot, first) {
  const thinned = (cells) => cells && { ...cells, values: floats(cells.values) };
  const values = (grid, g) => (g === 0 ? first : floats(grid.values));
  const grids = snapshot.grids.map((grid, g) => ({ ...grid, values: values(grid, g), thinned: thinned(grid.thinned) }));
  const axis = ({ taps, scatter, follows }, table, i) => ({ table, taps: taps[i], scatter, follows: follows?.[i] });
  const links = snapshot.links.map((link) => ({
    ...link,
    ...Object.fromEntries(["kernel", "bias", "before", "points", "mask"].map((name) => [name, floats(link[name])])),
    axes: link.tables.map((table, i) => axis(link, ints(table), i)),
    channels: ints(link.channels),
  }));
  return { ...snapshot, grids, links };
}

const NO_CELL = -(2 ** 31); // in a table: this tap reads nothing here

/** The earlier axis that a later one follows. @param {Link} link @param {number} axis */
const followed = (link, axis) => link.axes[axis].follows ?? axis;

/** Items along the later axes, put along the earlier ones that they follow. @template T @param {Link} link @param {T[]} items */
const alongEarlier = (link, items) =>
  items.map((_, earlier) => items[link.axes.findIndex((_, axis) => followed(link, axis) === earlier)]);

/** Every combination of one item of each list. @template T @param {T[][]} lists @returns {T[][]} */
export const product = (lists) =>
  lists.reduce((sofar, list) => sofar.flatMap((items) => list.map((item) => [...items, item])), [[]]);

/** @param {number} count */
export const range = (count) => [...Array(count).keys()];

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.max(low, Math.min(value, high));

/** @param {any[]} list @param {number} i @param {any} item @returns {any[]} the same list where it holds the item */
export const withItem = (list, i, item) => (list[i] === item ? list : list.map((other, j) => (j === i ? item : other)));

/** Every cell of a grid. @param {Grid} grid @returns {Cell[]} */
export const cellsOf = ({ sizes }) => product(sizes.map(range));

/** The cell at a place in reading order. @param {Grid} grid @param {number} place @returns {Cell} */
export function cellAt({ sizes: [, rows, columns] }, place) {
  return [Math.floor(place / (rows * columns)), Math.floor(place / columns) % rows, place % columns];
}

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

/** How a channel's values are coloured: as brightness up to white, else from -limit to limit. @param {Grid} grid @param {number} channel */
export function scaleOf({ white, limit }, channel) {
  return { grey: white[channel] > 0, limit: white[channel] || limit };
}

/** The largest size of a value in one channel of a grid; 1 where all are 0 or not sent. @param {Grid} grid @param {number} channel */
export function limitOf(grid, channel) {
  let limit = 0;
  if (channel < grid.first || channel >= grid.first + grid.sent) return 1;
  for (let at = channel - grid.first; at < grid.values.length; at += grid.sent) {
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

/** The first filter that reads an earlier channel; -1 where none does. @param {Link} link @param {number} channel */
export const filterOf = (link, channel) => Math.floor(link.channels.indexOf(channel) / link.fan);

/** Filters that read the same channels are one group: the group of each filter, and of each channel.
 * @param {Link} link @param {number} channels */
export function groupsOf(link, channels) {
  /** @type {Map<string, number>} */ const numbers = new Map();
  const filters = range(link.filters).map((filter) => {
    const read = channelsOf(link, filter).join();
    if (!numbers.has(read)) numbers.set(read, numbers.size);
    return Number(numbers.get(read));
  });
  const read = range(channels).map((channel) => filters[filterOf(link, channel)] ?? 0);
  return { filters, channels: read, count: numbers.size };
}

/** Along one axis: where an index stands in the table's cells. @param {Axis} axis @param {number} index */
function entriesOf({ table, taps }, index) {
  const list = [];
  for (let at = table.indexOf(index); at !== -1; at = table.indexOf(index, at + 1))
    list.push({ at: Math.floor(at / taps), tap: at % taps });
  return list;
}

/** Along one axis: what stands in one row of the table. @param {Axis} axis @param {number} row */
const rowOf = ({ table, taps }, row) =>
  range(taps)
    .map((tap) => ({ at: table[row * taps + tap], tap }))
    .filter(({ at }) => at !== NO_CELL);

/** Along one axis: what a later index reads. @param {Axis} axis @param {number} index */
export const readsAlong = (axis, index) => (axis.scatter ? entriesOf(axis, index) : rowOf(axis, index));

/** Along one axis: what an earlier index feeds. @param {Axis} axis @param {number} index */
export const fedAlong = (axis, index) => (axis.scatter ? rowOf(axis, index) : entriesOf(axis, index));

/** @param {{at: number, tap: number}[][]} along @returns {Read[]} */
const crossAxes = (along) =>
  product(along).map((ends) => ({ at: ends.map((end) => end.at), tap: ends.map((end) => end.tap) }));

/** The earlier cells that a later cell reads, each with the tap it passes through. @param {Link} link @param {Cell} cell */
export function windowOf(link, cell) {
  const reads = crossAxes(link.axes.map((axis, i) => readsAlong(axis, cell[i])));
  return reads.map(({ at, tap }) => ({ at: alongEarlier(link, at), tap }));
}

/** The later cells that an earlier cell feeds. @param {Link} link @param {Grid} earlier @param {Cell} cell */
export function feeds(link, earlier, cell) {
  if (link.axes[0].scatter && !inside(earlier, cell)) return [];
  return crossAxes(link.axes.map((axis, i) => fedAlong(axis, cell[followed(link, i)])));
}

/** What one tap touches, along each axis: the cells that it reads, or in a scatter writes. @param {Link} link @param {Cell} tap */
export const touched = (link, tap) =>
  link.axes.map(({ table, taps }, i) => [...table].filter((_, at) => at % taps === tap[i]));

/** Along each axis, what a block of later cells reads (or, `forward`, what a block of earlier cells feeds).
 * @param {Link} link @param {number[][]} block @param {boolean} forward */
export function followBlock(link, block, forward = false) {
  const along = forward ? fedAlong : readsAlong;
  const ends = link.axes.map((axis, i) =>
    block[forward ? followed(link, i) : i].flatMap((index) => along(axis, index)),
  );
  const cells = ends.map((list) => [...new Set(list.map(({ at }) => at))]);
  return forward ? cells : alongEarlier(link, cells);
}

/** What is left of a block inside the grid: padding and cropped cells are joined to nothing. @param {Grid} grid @param {number[][]} block */
export const cropBlock = (grid, block) =>
  block.map((along, axis) => along.filter((at) => at >= 0 && at < grid.sizes[axis]));

/** Where the taps of one later cell of a deformable link read an earlier channel: row and column, and the mask's factor.
 * @param {Link} link @param {Cell} cell @param {number} channel @param {number} channels of the earlier grid */
export function pointsOf(link, cell, channel, channels) {
  const { points, mask, offset_groups } = link;
  const [, down, across] = link.axes;
  const group = Math.floor((channel * offset_groups) / channels);
  const taps = down.taps * across.taps;
  const first = ((cell[1] * across.table.length) / across.taps + cell[2]) * offset_groups * taps + group * taps;
  return range(taps).map((i) => {
    const tap = [0, Math.floor(i / across.taps), i % across.taps];
    const home = [down.table[cell[1] * down.taps + tap[1]], across.table[cell[2] * across.taps + tap[2]]];
    const point = [points[2 * (first + i)], points[2 * (first + i) + 1]];
    return { tap, index: i, group, home, point, factor: mask ? mask[first + i] : 1 };
  });
}

/** Where one tap reads for each later cell, one after the other. @param {Link} link @param {Grid} later @param {Cell} tap @param {number} channel @param {number} channels */
export const pointsOfTap = (link, later, tap, channel, channels) =>
  cellsOf(later).map((at) => pointsOf(link, at, channel, channels)[tap[1] * link.axes[2].taps + tap[2]].point);

/** The four cells around a point, row by row, each with its part of the value there. @param {number[]} point row and column */
export function around([row, column]) {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const cells = product([[0], [top, top + 1], [left, left + 1]]);
  return cells.map((cell) => ({ cell, part: (1 - Math.abs(row - cell[1])) * (1 - Math.abs(column - cell[2])) }));
}

/** Those of them that have a part in it. @param {number[]} point row and column */
export const neighbours = (point) => around(point).filter(({ part }) => part);

/** The value at a point between the cells. @param {Grid} grid @param {number[]} point @param {number} channel */
export const sampled = (grid, point, channel) =>
  neighbours(point).reduce((sum, { cell, part }) => sum + part * Number(valueAt(grid, cell, channel)), 0);

/** The later cells whose points have an earlier cell among their neighbours, each tap once, with its part of that cell. @param {Link} link @param {Grid} earlier
 * @param {Grid} later @param {Cell} cell @param {number} channel */
export function feedsPoints(link, earlier, later, cell, channel) {
  const closeness = (point) =>
    Math.max(0, 1 - Math.abs(point[0] - cell[1])) * Math.max(0, 1 - Math.abs(point[1] - cell[2]));
  const near = (at) => pointsOf(link, at, channel, earlier.channels).filter(({ point }) => closeness(point));
  const part = ({ point, factor }) => closeness(point) * factor;
  return cellsOf(later).flatMap((at) => near(at).map((read) => ({ at, tap: read.tap, part: part(read) })));
}

/** Along each axis, the earlier indices that no window reads. @param {Link} link @param {Grid} grid */
export function unread(link, grid) {
  return alongEarlier(link, link.axes).map(({ table, scatter }, i) => {
    const read = new Set(table);
    return scatter || link.points ? [] : range(grid.sizes[i]).filter((index) => !read.has(index));
  });
}

/** The products of one channel behind one later cell, tap by tap; undefined where its values were not sent.
 * @param {Link} link @param {Grid} grid @param {Cell} cell @param {number} filter @param {number} slice
 * @param {Float32Array | null} fetched the window (taps, channels read), where Python was asked for it */
export function products(link, grid, cell, filter, slice, fetched = null, reads = windowOf(link, cell)) {
  const channel = link.channels[filter * link.fan + slice];
  if (!fetched && valueAt(grid, [0, 0, 0], channel) === undefined) return undefined;
  if (link.points) {
    const taps = pointsOf(link, cell, channel, grid.channels);
    const x = ({ point, factor }) => sampled(grid, point, channel) * factor;
    return taps.map((read) => ({ x: x(read), weight: weightAt(link, read.tap, slice, filter) }));
  }
  const x = (at, i) => (fetched ? fetched[i * link.fan + slice] : Number(valueAt(grid, at, channel)));
  return reads.map(({ at, tap }, i) => ({ x: x(at, i), weight: weightAt(link, tap, slice, filter) }));
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
