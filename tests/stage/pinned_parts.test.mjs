// What one cell is made of, against numbers worked out by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cellParts } from "../../widgets/stage/pinned_parts.js";

const NONE = { table: Int32Array.of(0), taps: 1, scatter: false };

const grid = (values, channels, sent = channels) => ({
  sizes: [1, 1, values.length / sent],
  channels,
  first: 0,
  sent,
  values: Float32Array.from(values),
});

/** One row of cells, all channels read by one filter. */
function picture(x, channels, y, rows, kernel, more = {}) {
  const axis = { table: Int32Array.from(rows.flat()), taps: rows[0].length, scatter: more.scatter ?? false };
  const axes = [NONE, NONE, axis].map((one) => ({ ...one, scatter: axis.scatter }));
  const read = { fan: channels, filters: 1, channels: Int32Array.from([...Array(channels).keys()]) };
  const own = { kernel: Float32Array.from(kernel), bias: null, before: null, activation: "", points: null };
  return { grids: [grid(x, channels, more.sent), grid(y, 1)], links: [{ ...read, ...own, axes, ...more }] };
}

const parts = (of, column, fetched = null) => cellParts(of, 1, [0, 0, column], [0, 0], fetched);

test("each channel's patch, slice, products and sum, then bias and activation, down to the value", () => {
  const more = { bias: Float32Array.of(-40), activation: "relu", before: Float32Array.of(21, -5) };
  // Columns (1, 10), (2, 20), (3, 30); weights [1, 2] of the first tap and [-1, 1] of the second.
  const made = parts(picture([1, 10, 2, 20, 3, 30], 2, [21, 0], [[0, 1], [1, 2]], [1, 2, -1, 1], more), 1); // prettier-ignore
  assert.deepEqual(made, {
    planes: 1,
    rows: 1,
    columns: 2,
    parts: [
      { channel: 0, patch: [2, 3], slice: [1, -1], products: [2, -3], sum: -1 },
      { channel: 1, patch: [20, 30], slice: [2, 1], products: [40, 30], sum: 70 },
    ],
    steps: [],
    points: [],
    rest: null,
    bias: -40,
    before: -5,
    activation: "relu",
    value: 0,
  });
});

test("of more than 12 channels the others are one sum", () => {
  const x = [...Array(14).keys()];
  const made = parts(picture(x, 14, [91], [[0]], Array(14).fill(1)), 0);
  assert.deepEqual([made.parts.length, made.parts[11].sum, made.rest], [12, 11, { count: 2, sum: 25 }]);
});

test("of a scatter they are the stamps that meet in the cell", () => {
  const of = picture([5, 7], 1, [0, 0, 0], [[0, 1], [1, 2]], [2, 3], { scatter: true }); // prettier-ignore
  const { columns, parts: [part] } = parts(of, 1); // prettier-ignore
  assert.deepEqual([columns, part.patch, part.slice, part.sum], [2, [5, 7], [3, 2], 29]);
  assert.equal(parts(of, 0).columns, 1, "one stamp reaches the corner");
});

test("there are none where values are missing until they come, for the input, padding, and what is only moved", () => {
  const of = picture([1, 2], 2, [0], [[0, 1]], [1, 2, 3, 4], { sent: 1 });
  assert.equal(parts(of, 0), null);
  assert.deepEqual(parts(of, 0, Float32Array.of(1, 5, 2, 6)).parts.map(({ sum }) => sum), [7, 34]); // prettier-ignore
  const whole = picture([1, 2], 1, [5], [[0, 1]], [1, 2]);
  assert.equal(cellParts(whole, 0, [0, 0, 0], [0, 0], null), null);
  assert.equal(cellParts(whole, undefined, [0, 0, 0], [0, 0], null), null);
  assert.equal(parts(whole, -1), null);
  assert.equal(parts(picture([1, 2], 1, [5], [[0, 1]], [1, 2], { kernel: null }), 0), null);
});

test("where each cell that is read is a sum of the step before, as in a separable layer, both steps are given", () => {
  const first = picture([1, 2, 3], 1, [5, 8], [[0, 1], [1, 2]], [1, 2]); // prettier-ignore
  const second = picture([5, 8], 1, [50, 80], [[0], [1]], [10]); // prettier-ignore
  const both = { grids: [first.grids[0], ...second.grids], links: [first.links[0], second.links[0]] };
  const [step, ...others] = cellParts(both, 2, [0, 0, 1], [0, 0, 0], null).steps;
  assert.deepEqual([step.cell, step.parts[0].patch, step.parts[0].slice, step.value], [[0, 0, 1], [2, 3], [1, 2], 8]);
  assert.deepEqual(others, []);
  both.links[0].activation = "relu"; // its sums are not what is read
  assert.deepEqual(cellParts(both, 2, [0, 0, 1], [0, 0, 0], null).steps, []);
});

test("of a deformed window's points the four neighbours and their parts of the value are given", () => {
  const more = { points: Float32Array.of(0, 1.25), mask: Float32Array.of(0.5), offset_groups: 1 };
  const [point, ...others] = parts(picture([3, 4, 8], 1, [0], [[1]], [2], more), 0).points;
  assert.deepEqual(
    [point.point, point.patch, point.slice],
    [
      [0, 1.25],
      [4, 8, 0, 0],
      [0.375, 0.125, 0, 0],
    ],
  );
  assert.deepEqual([point.sum, others], [2.5, []]);
});
