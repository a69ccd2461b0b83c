// How much of the output is written while a reader goes through its cells.
import assert from "node:assert/strict";
import { test } from "node:test";
import { highlightsShown, partlyWritten, stampsSoFar, writtenSteps } from "../../widgets/stage/output_so_far.js";
import { START } from "../../widgets/stage/state.js";

const NONE = { table: Int32Array.of(0), taps: 1 };

const grid = (values, channels = 1) => ({
  sizes: [1, 1, values.length / channels],
  channels,
  first: 0,
  sent: channels,
  values: Float32Array.from(values),
});

/** One row of cells; each link's table is given, its kernel, and how many channels it reads. */
function picture(x, y, rows, kernel, scatter, fan = 1) {
  const axis = { table: Int32Array.from(rows.flat()), taps: rows[0].length };
  const axes = [NONE, NONE, axis].map((one) => ({ ...one, scatter }));
  const channels = Int32Array.from([0, 1].slice(0, fan));
  const link = { axes, fan, filters: 1, channels, kernel: Float32Array.from(kernel), points: null, scatter };
  return { revision: 1, grids: [grid(x, fan), grid(y)], links: [link] };
}

const GATHER = picture([1, 2, 3, 4], [1, 3, 5], [[0, 1], [1, 2], [2, 3]], [-1, 1], false); // prettier-ignore
// Three cells of two channels stamp a kernel of two, overlapping; the last tap is cropped.
const SCATTER = picture([1, 10, 2, 20, 3, 30], [0, 0, 0], [[0, 1], [1, 2], [2, 3]], [1, 2, 3, 4], true, 2); // prettier-ignore

const at = (step) => ({ ...START, whole: false, step, channels: [0, 0] });
const shown = (of, state) => {
  const written = partlyWritten(of, state, 1, (count) => stampsSoFar(of, 0, count, null));
  return written && [0, 1, 2].map((column) => written.plane(0)(0, column));
};

test("a convolution's output is written up to the cell of the walk, and whole where it is not walked through", () => {
  assert.deepEqual(shown(GATHER, at(0)), [1, undefined, undefined]);
  assert.deepEqual(shown(GATHER, at(1)), [1, 3, undefined]);
  assert.equal(shown(GATHER, at(2)), null);
  assert.equal(shown(GATHER, { ...at(1), whole: true }), null);
  assert.equal(
    partlyWritten(GATHER, at(0), 0, () => assert.fail()),
    null,
    "the input is there from the start",
  );
});

test("its thumbnails fill with it", () => {
  const { thumbnail } = partlyWritten(GATHER, at(1), 1, () => assert.fail());
  assert.deepEqual([0, 1, 2].map((column) => thumbnail(0, 0)(0, column)), [1, 3, undefined]); // prettier-ignore
});

test("stamps pile up: a cell holds the sum of all channels so far, and none where nothing was stamped", () => {
  // Of the first cell: 1*1 + 10*2 = 21 and 1*3 + 10*4 = 43; of the second twice as much, one cell further.
  assert.deepEqual(shown(SCATTER, at(0)), [21, 43, undefined]);
  assert.deepEqual(shown(SCATTER, at(1)), [21, 85, 86]);
  assert.equal(shown(SCATTER, at(2)), null);
});

test("the sums go on from those that are known, and start again for an earlier step, another filter or another picture", () => {
  const first = stampsSoFar(SCATTER, 0, 1, null);
  const second = stampsSoFar(SCATTER, 0, 2, first);
  assert.equal(second.sums, first.sums);
  assert.deepEqual([...second.sums], [21, 85, 86]);
  assert.deepEqual([...stampsSoFar(SCATTER, 0, 1, second).sums], [21, 43, NaN]);
  const doubled = { ...SCATTER, revision: 2, grids: [grid([2, 20, 2, 20, 3, 30], 2), SCATTER.grids[1]] };
  assert.deepEqual([...stampsSoFar(doubled, 0, 2, stampsSoFar(SCATTER, 0, 1, null)).sums], [42, 128, 86]);
});

test("a stamp's cells show the sums so far and what it has added while the output fills, and its own products when it is whole", () => {
  const cells = (state) => highlightsShown(SCATTER, state).grids[1].map(({ cell, ...more }) => [cell[2], more]);
  const second = { ...at(1), highlighted: { id: "0", cell: [0, 0, 1] } };
  // Of both channels: 2*1 + 20*2 = 42 and 2*3 + 20*4 = 86; of the first alone 2 and 6.
  assert.deepEqual(cells(second), [[1, { part: 42 }], [2, { part: 86 }]]); // prettier-ignore
  const last = { ...at(2), highlighted: { id: "0", cell: [0, 0, 2] } };
  assert.deepEqual(cells(last), [[2, { part: 3 * 1 + 30 * 2 }]]); // prettier-ignore
  assert.deepEqual(cells({ ...second, whole: true }), [[1, { number: 2 }], [2, { number: 6 }]]); // prettier-ignore
  assert.equal(highlightsShown(SCATTER, at(0)), null);
});

test("while the answer is hidden, the window of one layer is shown, and what a cell sees through a chain is not", () => {
  const hidden = { ...at(0), reveal: false, highlighted: { id: "1", cell: [0, 0, 1] } };
  assert.equal(highlightsShown(GATHER, hidden).grids[0].length, 2);
  const chain = { ...GATHER, facts: [{ fact: "step" }] };
  assert.equal(highlightsShown(chain, hidden), null);
  assert.equal(highlightsShown(chain, { ...hidden, reveal: true }).grids[0].length, 2);
});

test("without a picture nothing is partly written", () => {
  assert.equal(writtenSteps({ grids: [], links: [] }, at(0)), null);
});
