// @ts-check
/** How much of the output is written while a reader goes through its cells. No DOM here. */
import { cellAt, channelsOf, feeds, inside, planeOf, thumbnailOf, valueAt, weightAt } from "./lookups.js";
import { highlightsOf, stepsOf, walkedGrid } from "./state.js";

/** @typedef {{key: string, count: number, sums: Float64Array}} Stamps the sums in a grid after so many stamps, NaN where none has been */

/** How many cells of the walk are done; null where the output is whole. @param {any} picture @param {import("./state.js").State} state */
export const writtenSteps = (picture, { whole, step }) =>
  whole || !picture.grids.length || step === stepsOf(picture) - 1 ? null : step + 1;

/** What the stamp of one input cell adds to each cell, of all channels that the filter reads. @param {any} picture @param {number} filter
 * @param {number[]} cell */
function stampOf({ grids: [earlier, later], links: [link] }, filter, cell) {
  const values = channelsOf(link, filter).map((channel) => Number(valueAt(earlier, cell, channel)));
  const part = (tap) => values.reduce((sum, value, slice) => sum + value * weightAt(link, tap, slice, filter), 0);
  return feeds(link, earlier, cell).flatMap(({ at, tap }) => (inside(later, at) ? { cell: at, part: part(tap) } : []));
}

/** What is highlighted with a cell. While the output fills, up to its last cell, its cells keep their own numbers: they hold the sums
 * so far. Those of the newest stamp bear its part as well. What a cell sees through several layers is part of the answer.
 * @param {any} picture @param {import("./state.js").State} state */
export function highlightsShown(picture, state) {
  if (!state.reveal && picture.facts?.some(({ fact }) => fact === "step")) return null;
  const highlights = highlightsOf(picture, state);
  if (!highlights || state.whole) return highlights;
  const stamped = walkedGrid(picture) === 0 && picture.links[0].kernel && state.highlighted.id === "0";
  const grids = highlights.grids.map((list, g) => {
    if (g === 1 && stamped && list.length) return stampOf(picture, state.channels[1], state.highlighted.cell);
    return g === 0 ? list : list.map(({ cell }) => ({ cell }));
  });
  return { ...highlights, grids };
}

/** What a kernel's stamps come to after `count` input cells, of all channels that the filter reads. Goes on from what is known, and
 * writes into it, where that is less. @param {any} picture @param {number} filter @param {number} count @param {Stamps | null} known
 * @returns {Stamps} */
export function stampsSoFar(picture, filter, count, known) {
  const { revision, grids } = picture;
  const [earlier, later] = grids;
  const key = [revision, filter].join();
  const start = known?.key === key && known.count <= count ? known : null;
  const [planes, rows, columns] = later.sizes;
  const sums = start ? start.sums : new Float64Array(planes * rows * columns).fill(NaN);
  for (let step = start ? start.count : 0; step < count; step++) {
    for (const { cell: at, part } of stampOf(picture, filter, cellAt(earlier, step))) {
      const place = (at[0] * rows + at[1]) * columns + at[2];
      sums[place] = Number.isNaN(sums[place]) ? part : sums[place] + part;
    }
  }
  return { key, count, sums };
}

/** One plane of a grid as far as it is written, its thumbnails with it: a value at a row and a column, undefined where nothing is yet.
 * null for a grid that is whole. @param {any} picture @param {import("./state.js").State} state @param {number} g
 * @param {(count: number) => Stamps} stamps */
export function partlyWritten(picture, state, g, stamps) {
  const { grids, links } = picture;
  const [count, grid] = [writtenSteps(picture, state), grids[g]];
  const scatter = walkedGrid(picture) === 0;
  if (count === null || g === 0 || (!scatter && g < grids.length - 1)) return null;
  const [, rows, columns] = grid.sizes;
  const place = (plane, row, column) => (plane * rows + row) * columns + column;
  const nothing = () => () => undefined;
  if (scatter && (g > 1 || !links[0].kernel)) return { plane: nothing, thumbnail: nothing };
  if (scatter) {
    const { sums } = stamps(count);
    const sum = (plane) => (row, column) => {
      const so = sums[place(plane, row, column)];
      return Number.isNaN(so) ? undefined : so;
    };
    const thumbnail = (plane, channel) => (channel === state.channels[g] ? sum(plane) : nothing());
    return { plane: sum, thumbnail };
  }
  const written = (of, plane) => (row, column) => (place(plane, row, column) < count ? of(row, column) : undefined);
  return {
    plane: (plane) => written(planeOf(grid, plane, state.channels[g]), plane),
    thumbnail: (plane, channel) => written(thumbnailOf(grid, plane, channel), plane),
  };
}
