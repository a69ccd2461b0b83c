// What is highlighted with a cell or a tap, against lists written out by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { highlightsOfCell, highlightsOfTap } from "../../widgets/stage/related_cells.js";

const NONE = { table: Int32Array.of(0), taps: 1, scatter: false }; // an axis that the layer does not have

/** One row of cells with their values, of one channel. */
const line = (...values) => ({
  sizes: [1, 1, values.length],
  channels: 1,
  first: 0,
  sent: 1,
  values: Float32Array.from(values),
});

/** A link along one axis: what stands in the table's rows, and a weight for each of its columns. */
function link(rows, kernel, scatter = false) {
  const axis = { table: Int32Array.from(rows.flat()), taps: rows[0].length, scatter };
  return {
    axes: [NONE, NONE, axis].map((one) => ({ ...one, scatter })),
    fan: 1,
    filters: 1,
    channels: Int32Array.of(0),
    kernel: Float32Array.from(kernel),
    points: null,
    scatter,
  };
}

/** Columns, with the number where there is one. */
const columns = (list) =>
  list.map(({ cell: [, , column], number }) => (number === undefined ? column : [column, number]));

const cells = (list) => list.map(({ cell }) => cell);

// 4 cells, a kernel of 2, then of 3 with one cell of padding on each side.
const CHAIN = {
  grids: [line(1, 2, 3, 4), line(0, 0, 0), line(0, 0, 0)],
  links: [
    link(
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
      [5, 6],
    ),
    link(
      [
        [-1, 0, 1],
        [0, 1, 2],
        [1, 2, 3],
      ],
      [7, 8, 9],
    ),
  ],
};
// 3 cells stamp a kernel of 2 with strides of 2; the last index is cropped.
const STAMPS = {
  grids: [line(1, 2, 3), line(0, 0, 0, 0, 0)],
  links: [
    link(
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
      [5, 6],
      true,
    ),
  ],
};

test("a cell is made from all that is behind it, and padding between is made of nothing", () => {
  const { grids, kernels } = highlightsOfCell(CHAIN, [0, 0, 0], 2, [0, 0, 0]);
  assert.deepEqual(grids.map(columns), [[0, 1, 2], [0, 1], []]);
  assert.deepEqual(kernels.map(columns), [[], [0, 1, 2]], "the kernel that makes it, tap by tap");
  assert.deepEqual(columns(highlightsOfCell(CHAIN, [0, 0, 0], 2, [0, 0, 1]).grids[0]), [0, 1, 2, 3]);
});

test("each cell of a window bears the weight that its value is multiplied by, those of steps before it none", () => {
  const { grids } = highlightsOfCell(CHAIN, [0, 0, 0], 2, [0, 0, 1]);
  assert.deepEqual(grids[1].map(({ cell, weight }) => [cell[2], weight]), [[0, 7], [1, 8], [2, 9]]); // prettier-ignore
  assert.deepEqual(new Set(grids[0].map(({ weight }) => weight)), new Set([undefined]));
  const stamps = highlightsOfCell(STAMPS, [0, 0], 1, [0, 0, 3]).grids[0];
  assert.deepEqual(stamps.map(({ cell, weight }) => [cell[2], weight]), [[1, 6]]); // prettier-ignore
});

test("padding of the input is highlighted with its window", () => {
  const padded = { grids: [CHAIN.grids[1], CHAIN.grids[2]], links: [CHAIN.links[1]] };
  assert.deepEqual(columns(highlightsOfCell(padded, [0, 0], 1, [0, 0, 2]).grids[0]), [1, 2, 3]);
});

test("padding of a later grid is made from nothing", () => {
  assert.deepEqual(highlightsOfCell(CHAIN, [0, 0, 0], 1, [0, 0, -1]).grids, [[], [], []]);
});

test("an input cell feeds later cells, each with the weight that it passes through", () => {
  const { grids, kernels } = highlightsOfCell(CHAIN, [0, 0, 0], 0, [0, 0, 1]);
  assert.deepEqual(grids.map(columns), [
    [],
    [
      [0, 6],
      [1, 5],
    ],
    [0, 1, 2],
  ]);
  assert.deepEqual(kernels.map(columns), [[1, 0], []]);
});

test("the weight is that of the channel and the filter that are chosen", () => {
  const two = {
    ...CHAIN.links[0],
    fan: 2,
    filters: 2,
    channels: Int32Array.of(0, 1, 0, 1),
    kernel: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  };
  const wide = {
    grids: [
      { ...CHAIN.grids[0], channels: 2, sent: 2, values: new Float32Array(8) },
      { ...CHAIN.grids[1], channels: 2 },
    ],
    links: [two],
  };
  assert.deepEqual(columns(highlightsOfCell(wide, [1, 0], 0, [0, 0, 1]).grids[1]), [
    [0, 7],
    [1, 3],
  ]);
  assert.deepEqual(columns(highlightsOfCell(wide, [0, 1], 0, [0, 0, 1]).grids[1]), [
    [0, 6],
    [1, 2],
  ]);
});

test("what a later stamp crops is not highlighted", () => {
  const stamped = {
    grids: [CHAIN.grids[0], line(0, 0, 0), line(0, 0, 0, 0, 0)],
    links: [CHAIN.links[0], STAMPS.links[0]],
  };
  assert.deepEqual(columns(highlightsOfCell(stamped, [0, 0, 0], 0, [0, 0, 3]).grids[2]), [4]);
});

test("a channel that the filter does not read feeds nothing", () => {
  const grouped = { ...CHAIN, links: [{ ...CHAIN.links[0], channels: Int32Array.of(1) }, CHAIN.links[1]] };
  assert.deepEqual(highlightsOfCell(grouped, [0, 0, 0], 0, [0, 0, 1]).grids, [[], [], []]);
});

test("a stamp gives its weights times the cell's value, and what is cropped is not highlighted", () => {
  assert.deepEqual(columns(highlightsOfCell(STAMPS, [0, 0], 0, [0, 0, 1]).grids[1]), [
    [2, 10],
    [3, 12],
  ]);
  assert.deepEqual(columns(highlightsOfCell(STAMPS, [0, 0], 0, [0, 0, 2]).grids[1]), [[4, 15]]);
});

test("a cell that an input is only moved to has no other number", () => {
  const moved = { ...CHAIN, links: [{ ...CHAIN.links[0], kernel: null }, CHAIN.links[1]] };
  assert.deepEqual(columns(highlightsOfCell(moved, [0, 0, 0], 0, [0, 0, 1]).grids[1]), [0, 1]);
});

test("a cell that is stamped on shows the taps that reach it", () => {
  const { grids, kernels } = highlightsOfCell(STAMPS, [0, 0], 1, [0, 0, 3]);
  assert.deepEqual(columns(grids[0]), [1]);
  assert.deepEqual(columns(kernels[0]), [1]);
});

test("a tap reads a cell for each window, and in a stamp it writes them", () => {
  assert.deepEqual(highlightsOfTap(CHAIN, [0, 0, 0], 1, [0, 0, 0]).grids.map(columns), [[], [-1, 0, 1], []]);
  assert.deepEqual(highlightsOfTap(STAMPS, [0, 0], 0, [0, 0, 1]).grids.map(columns), [[], [1, 3, 5]]);
});

test("a deformed window is the cells around its points", () => {
  const square = { sizes: [1, 3, 3], channels: 1, first: 0, sent: 1, values: new Float32Array(9) };
  const axis = { table: Int32Array.of(1), taps: 1, scatter: false };
  const one = {
    axes: [NONE, axis, axis],
    fan: 1,
    filters: 1,
    channels: Int32Array.of(0),
    kernel: Float32Array.of(2),
    offset_groups: 1,
    points: Float32Array.of(0.5, 2),
    mask: null,
  };
  const deformed = { grids: [square, { ...square, sizes: [1, 1, 1] }], links: [one] };
  const behind = [
    [0, 0, 2],
    [0, 1, 2],
  ];
  const made = highlightsOfCell(deformed, [0, 0], 1, [0, 0, 0]);
  assert.deepEqual(cells(made.grids[0]), behind);
  assert.deepEqual(cells(made.kernels[0]), [[0, 0, 0]]);
  assert.deepEqual(cells(highlightsOfTap(deformed, [0, 0], 0, [0, 0, 0]).grids[0]), behind);
  assert.deepEqual(cells(highlightsOfCell(deformed, [0, 0], 0, [0, 1, 2]).grids[1]), [[0, 0, 0]]);
  assert.deepEqual(highlightsOfCell(deformed, [0, 0], 0, [0, 2, 2]).grids[1], []);
});

test("where two taps read the same cell it is highlighted once, with their numbers added", () => {
  const doubled = { grids: [line(1, 2, 3), line(0, 0)], links: [link([[0, 0], [1, 2]], [5, 6])] }; // prettier-ignore
  const { grids, kernels } = highlightsOfCell(doubled, [0, 0], 0, [0, 0, 0]);
  assert.deepEqual(columns(grids[1]), [[0, 11]]);
  assert.deepEqual(columns(kernels[0]), [0, 1]);
  const stamped = { ...doubled, grids: [line(2, 3), line(0, 0, 0)], links: [link([[0, 0], [1, 2]], [5, 6], true)] }; // prettier-ignore
  assert.deepEqual(columns(highlightsOfCell(stamped, [0, 0], 0, [0, 0, 0]).grids[1]), [[0, 22]]);
});
