// Sampling points of a deformable link, against numbers written out by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  feedsPoints,
  neighbours,
  pointsOf,
  pointsOfTap,
  products,
  sampled,
  sumOf,
  unread,
} from "../../widgets/stage/lookups.js";

const axis = (rows) => ({ table: Int32Array.from(rows.flat()), taps: rows[0].length, scatter: false });

// Two channels of 2 rows and 3 columns: 1 to 6, and ten times as much.
const INPUT = {
  sizes: [1, 2, 3],
  channels: 2,
  first: 0,
  sent: 2,
  values: Float32Array.from([1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60]),
};
const OUTPUT = { sizes: [1, 2, 2], channels: 1, first: 0, sent: 1, values: new Float32Array(4) };

// One row and two columns of taps; each channel has an offset group. At the first output cell the second tap of the first
// group is at (0.5, 1.25), and the first tap of the second group at (-0.25, 0); all others are at home.
const LINK = {
  axes: [
    axis([[0]]),
    axis([[0], [1]]),
    axis([
      [0, 1],
      [1, 2],
    ]),
  ],
  offset_groups: 2,
  fan: 2,
  filters: 1,
  channels: Int32Array.of(0, 1),
  kernel: Float32Array.of(1, 3, 2, 4),
  bias: null,
  mask: null,
  points: Float32Array.from(
    [
      [0, 0, 0.5, 1.25],
      [-0.25, 0, 0, 1], // (0, 0), a line for both groups
      [0, 1, 0, 2],
      [0, 1, 0, 2], // (0, 1)
      [1, 0, 1, 1],
      [1, 0, 1, 1],
      [1, 1, 1, 2],
      [1, 1, 1, 2],
    ].flat(),
  ),
};

test("the points of an output cell are those of the channel's offset group, tap by tap, with the cell they left", () => {
  const bare = (/** @type {any[]} */ list) => list.map(({ tap, home, point, group }) => [tap, home, point, group]);
  assert.deepEqual(bare(pointsOf(LINK, [0, 0, 0], 0, 2)), [
    [[0, 0, 0], [0, 0], [0, 0], 0],
    [[0, 0, 1], [0, 1], [0.5, 1.25], 0],
  ]);
  assert.deepEqual(bare(pointsOf(LINK, [0, 0, 0], 1, 2)), [
    [[0, 0, 0], [0, 0], [-0.25, 0], 1],
    [[0, 0, 1], [0, 1], [0, 1], 1],
  ]);
  assert.deepEqual(bare(pointsOf(LINK, [0, 1, 1], 1, 2)), [
    [[0, 0, 0], [1, 1], [1, 1], 1],
    [[0, 0, 1], [1, 2], [1, 2], 1],
  ]);
});

test("one tap's points are listed output cell by output cell", () => {
  assert.deepEqual(pointsOfTap(LINK, OUTPUT, [0, 0, 1], 0, 2), [
    [0.5, 1.25],
    [0, 2],
    [1, 1],
    [1, 2],
  ]);
  assert.deepEqual(pointsOfTap(LINK, OUTPUT, [0, 0, 0], 1, 2), [
    [-0.25, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
});

test("up to four neighbours share a point, and their parts make 1", () => {
  assert.deepEqual(
    neighbours([0.5, 1.25]).map(({ cell, part }) => [cell, part]),
    [
      [[0, 0, 1], 0.375],
      [[0, 0, 2], 0.125],
      [[0, 1, 1], 0.375],
      [[0, 1, 2], 0.125],
    ],
  );
  assert.deepEqual(
    neighbours([-0.25, 0]).map(({ cell, part }) => [cell, part]),
    [
      [[0, -1, 0], 0.25],
      [[0, 0, 0], 0.75],
    ],
  );
});

test("a point reads its neighbours' parts, and zero outside", () => {
  assert.equal(sampled(INPUT, [0.5, 1.25], 0), 0.375 * 2 + 0.125 * 3 + 0.375 * 5 + 0.125 * 6);
  assert.equal(sampled(INPUT, [-0.25, 0], 1), 7.5);
  assert.equal(sampled(INPUT, [1.5, 2], 0), 3);
  assert.equal(sampled(INPUT, [9, -9], 0), 0);
});

test("the sum is made of the samples, each times its mask's factor", () => {
  assert.deepEqual(products(LINK, INPUT, [0, 0, 0], 0, 0), [
    { x: 1, weight: 1 },
    { x: 3.75, weight: 2 },
  ]);
  assert.deepEqual(
    sumOf(LINK, INPUT, [0, 0, 0], 0).partials.map(({ partial }) => partial),
    [1 + 7.5, 7.5 * 3 + 20 * 4],
  );
  const masked = { ...LINK, mask: Float32Array.from({ length: 16 }, (_, i) => [0.5, 0.25, 1, 0][i % 4]) };
  assert.deepEqual(products(masked, INPUT, [0, 0, 0], 0, 0), [
    { x: 0.5, weight: 1 },
    { x: 0.9375, weight: 2 },
  ]);
  assert.equal(sumOf(masked, INPUT, [0, 0, 0], 0).total, 0.5 + 1.875 + 22.5);
});

test("an input cell feeds the taps whose points are less than a cell away, each with its part", () => {
  const fed = (/** @type {number[]} */ cell, /** @type {number} */ channel) =>
    feedsPoints(LINK, INPUT, OUTPUT, cell, channel).map(({ at, tap, part }) => [at, tap[2], part]);
  assert.deepEqual(fed([0, 0, 1], 0), [
    [[0, 0, 0], 1, 0.375],
    [[0, 0, 1], 0, 1],
  ]);
  assert.deepEqual(fed([0, 0, 0], 1), [[[0, 0, 0], 0, 0.75]]);
  assert.deepEqual(fed([0, -1, 0], 1), [[[0, 0, 0], 0, 0.25]]);
});

test("no cell is unread for good, as points may go anywhere", () => {
  const skips = { ...LINK, axes: [axis([[0]]), axis([[0]]), axis([[0], [2]])] };
  assert.deepEqual(unread(skips, INPUT), [[], [], []]);
  assert.deepEqual(unread({ ...skips, points: null }, INPUT), [[], [1], [1]]);
});
