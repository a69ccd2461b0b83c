// What a reader's hand does: numbers as they are typed, black and white cells, commands that wait.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isBinary, numberIn, queued } from "../../widgets/stage/editing.js";

test("a number is read with a point or a comma, and with a sign", () => {
  assert.equal(numberIn("2.5"), 2.5);
  assert.equal(numberIn(" -0,25 "), -0.25);
  assert.equal(numberIn("1e3"), 1000);
  assert.equal(numberIn("0"), 0);
});

test("what is no number is none", () => {
  for (const typed of ["", "  ", "-", "two", "1,2,3", "Infinity", "NaN"]) assert.equal(numberIn(typed), null);
});

const grid = (values, more = {}) => ({
  white: [1, 1],
  first: 0,
  sent: 2,
  values: Float32Array.from(values),
  ...more,
});

test("a channel of zeros and ones can be painted, whatever the other channel holds", () => {
  assert.equal(isBinary(grid([0, 0.5, 1, 0.25, 0, 1]), 0), true);
  assert.equal(isBinary(grid([0, 0.5, 1, 0.25, 0, 1]), 1), false);
});

test("a photograph, signed values and brightness up to 255 are not painted", () => {
  assert.equal(isBinary(grid([0, 0, 1, 1], { white: [0, 0] }), 0), false);
  assert.equal(isBinary(grid([0, 0, 1, 1], { white: [255, 255] }), 0), false);
});

const paint = (cell, value = 1, more = {}) => ({ edit: { channel: 0, cells: [cell], value, ...more } });

test("cells painted in one colour become one command", () => {
  const waiting = queued(queued([], paint([0, 0, 0])), paint([0, 0, 1]));
  assert.deepEqual(waiting, [
    {
      edit: {
        channel: 0,
        cells: [
          [0, 0, 0],
          [0, 0, 1],
        ],
        value: 1,
      },
    },
  ]);
});

test("another value, another channel and another tap's slice are commands of their own, in their order", () => {
  const commands = [
    paint([0, 0, 0]),
    paint([0, 0, 1], 0),
    paint([0, 0, 1], 0, { channel: 1 }),
    { edit: { undo: true } },
    paint([0, 0, 2]),
  ];
  assert.deepEqual(commands.reduce(queued, []), commands);
});

test("filling all cells is not joined with single cells", () => {
  assert.equal(
    [paint([0, 0, 0]), { edit: { channel: 0, cells: "all", value: 1 } }, paint([0, 0, 1])].reduce(queued, []).length,
    3,
  );
});

test("of moves of a point only the newest waits, behind the edits before it", () => {
  assert.deepEqual([paint([0, 0, 0]), { move: 1 }, { move: 2 }, { move: 3 }].reduce(queued, []), [
    paint([0, 0, 0]),
    { move: 3 },
  ]);
});
