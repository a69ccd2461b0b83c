// Look-ups in a picture, against tables written out by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  channelsOf,
  decode,
  feeds,
  inside,
  cropBlock,
  planeOf,
  product,
  products,
} from "../../widgets/stage/lookups.js";
import {
  followBlock,
  sumOf,
  thumbnailOf,
  touched,
  unread,
  valueAt,
  weightAt,
  windowOf,
} from "../../widgets/stage/lookups.js";

const NONE = { table: Int32Array.of(0), taps: 1, scatter: false }; // an axis that the layer does not have

/** Along one axis: which earlier index each tap of each later index reads. */
const axis = (rows) => ({ table: Int32Array.from(rows.flat()), taps: rows[0].length, scatter: false });

/** One plane, its rows given as lists of cells, each cell a list of channels. */
function grid(rows, channels = rows[0][0].length) {
  return {
    sizes: [1, rows.length, rows[0].length],
    channels,
    first: 0,
    sent: channels,
    values: Float32Array.from(rows.flat(2)),
  };
}

const plain = (rows) => grid(rows.map((row) => row.map((value) => [value])));

/** A kernel of one channel and one filter. */
function link(rows, columns, kernel, more = {}) {
  return {
    axes: [NONE, axis(rows), axis(columns)],
    fan: 1,
    filters: 1,
    channels: Int32Array.of(0),
    kernel: Float32Array.from(kernel.flat()),
    bias: null,
    ...more,
  };
}

// n=6, k=3, strides=2, "same": the odd padding cell comes after. And n=5, k=2, strides=2, "valid": index 4 is left over.
const SAME = [
  [0, 1, 2],
  [2, 3, 4],
  [4, 5, 6],
];
const VALID = [
  [0, 1],
  [2, 3],
];
const INPUT = plain([
  [1, 2, 3, 4, 5],
  [6, 7, 8, 9, 10],
  [11, 12, 13, 14, 15],
  [16, 17, 18, 19, 20],
  [21, 22, 23, 24, 25],
  [26, 27, 28, 29, 30],
]);
const LINK = link(SAME, VALID, [
  [1, 2],
  [3, 4],
  [5, 6],
]);

test("a cell has its value, a padding cell 0, and a channel that was not sent none", () => {
  assert.equal(valueAt(INPUT, [0, 5, 4], 0), 30);
  assert.equal(valueAt(INPUT, [0, 1, 0], 0), 6);
  for (const cell of [
    [0, 6, 0],
    [0, -1, 0],
    [0, 0, 5],
    [0, 0, -1],
    [1, 0, 0],
  ])
    assert.equal(valueAt(INPUT, cell, 0), 0);
  assert.equal(valueAt(INPUT, [0, 0, 0], 1), undefined);
  assert.equal(valueAt(INPUT, [0, 6, 0], 1), undefined);
});

test("a block of channels is found by its first channel", () => {
  const block = {
    ...grid([
      [
        [3, 4],
        [5, 6],
      ],
    ]),
    channels: 6,
    first: 2,
    sent: 2,
  };
  assert.equal(valueAt(block, [0, 0, 1], 2), 5);
  assert.equal(valueAt(block, [0, 0, 1], 3), 6);
  assert.equal(valueAt(block, [0, 0, 1], 1), undefined);
  assert.equal(valueAt(block, [0, 0, 1], 4), undefined);
});

test("values before the activation are looked up in the same way", () => {
  assert.equal(valueAt(plain([[1, 2]]), [0, 0, 1], 0, Float32Array.of(-7, -8)), -8);
});

test("a volume is read plane by plane", () => {
  const volume = {
    sizes: [2, 2, 3],
    channels: 1,
    first: 0,
    sent: 1,
    values: Float32Array.from({ length: 12 }, (_, i) => i),
  };
  assert.equal(valueAt(volume, [1, 0, 2], 0), 8);
  assert.equal(valueAt(volume, [2, 0, 0], 0), 0);
});

test("one plane of one channel is read by row and column, and as NaN where the channel was not sent", () => {
  const volume = {
    sizes: [2, 2, 3],
    channels: 4,
    first: 1,
    sent: 2,
    values: Float32Array.from({ length: 24 }, (_, i) => i),
  };
  assert.equal(planeOf(volume, 1, 2)(0, 2), valueAt(volume, [1, 0, 2], 2));
  assert.equal(planeOf(volume, 0, 1)(1, 0), 6);
  for (const channel of [0, 3]) assert.ok(Number.isNaN(planeOf(volume, 0, channel)(0, 0)));
});

test("a thumbnail shows a channel that was sent as it is, and of another the cells that were", () => {
  // Planes 0 and 2, rows 0 and 2, columns 0 and 3 of [3, 3, 4] cells, of 2 channels; channel 1 was sent.
  const volume = {
    sizes: [3, 3, 4],
    channels: 2,
    first: 1,
    sent: 1,
    values: Float32Array.from({ length: 36 }, (_, i) => i),
    thinned: { steps: [2, 2, 3], values: Float32Array.from({ length: 16 }, (_, i) => 100 + i) },
  };
  assert.equal(thumbnailOf(volume, 1, 1)(2, 3), 23);
  assert.equal(thumbnailOf(volume, 0, 0)(0, 2), 100);
  assert.equal(thumbnailOf(volume, 1, 0)(2, 3), 106);
  assert.equal(thumbnailOf(volume, 2, 0)(1, 3), 110);
  assert.equal(thumbnailOf(volume, 2, 0)(2, 1), 112);
  assert.equal(thumbnailOf({ ...volume, channels: 1, first: 0, thinned: null }, 0, 0)(0, 2), 2);
});

test("padding lies outside", () => {
  assert.ok(inside(INPUT, [0, 0, 0]) && inside(INPUT, [0, 5, 4]));
  for (const cell of [
    [0, 6, 0],
    [0, 0, 5],
    [0, -1, 0],
    [-1, 0, 0],
  ])
    assert.ok(!inside(INPUT, cell));
});

test("a window is the product of what its axes read, each cell with its tap", () => {
  assert.deepEqual(windowOf(LINK, [0, 2, 1]), [
    { at: [0, 4, 2], tap: [0, 0, 0] },
    { at: [0, 4, 3], tap: [0, 0, 1] },
    { at: [0, 5, 2], tap: [0, 1, 0] },
    { at: [0, 5, 3], tap: [0, 1, 1] },
    { at: [0, 6, 2], tap: [0, 2, 0] },
    { at: [0, 6, 3], tap: [0, 2, 1] },
  ]);
});

test("an input cell feeds every output cell whose window holds it", () => {
  assert.deepEqual(feeds(LINK, INPUT, [0, 2, 3]), [
    { at: [0, 0, 1], tap: [0, 2, 1] },
    { at: [0, 1, 1], tap: [0, 0, 1] },
  ]);
  assert.deepEqual(feeds(LINK, INPUT, [0, 1, 0]), [{ at: [0, 0, 0], tap: [0, 1, 0] }]);
});

test("a padding cell feeds too, and an unread cell nothing", () => {
  assert.deepEqual(feeds(LINK, INPUT, [0, 6, 0]), [{ at: [0, 2, 0], tap: [0, 2, 0] }]);
  assert.deepEqual(feeds(LINK, INPUT, [0, 0, 4]), []);
  assert.deepEqual(feeds(LINK, INPUT, [0, 7, 0]), []);
});

test("feeding and reading are the same thing seen from both ends", () => {
  const fed = [];
  for (let row = -1; row <= 6; row++)
    for (let column = -1; column <= 5; column++) {
      for (const { at, tap } of feeds(LINK, INPUT, [0, row, column]))
        fed.push(`${at} <- ${[0, row, column]} by ${tap}`);
    }
  const read = product([[0], [0, 1, 2], [0, 1]]).flatMap((cell) =>
    windowOf(LINK, cell).map(({ at, tap }) => `${cell} <- ${at} by ${tap}`),
  );
  assert.deepEqual(fed.sort(), read.sort());
  assert.equal(read.length, 36);
});

test("a tap reads one cell for each output cell", () => {
  assert.deepEqual(touched(LINK, [0, 2, 1]), [[0], [2, 4, 6], [1, 3]]);
  assert.equal(product(touched(LINK, [0, 2, 1])).length, 6);
});

test("the rows and columns that no window reads are told", () => {
  assert.deepEqual(unread(LINK, INPUT), [[], [], [4]]);
  const gaps = link(
    [[0, 3]],
    [[0, 1, 2, 3, 4]],
    [
      [1, 1, 1, 1, 1],
      [1, 1, 1, 1, 1],
    ],
  );
  assert.deepEqual(unread(gaps, INPUT), [[], [1, 2, 4, 5], []]);
});

test("a block of cells reads what its cells read, once each", () => {
  assert.deepEqual(followBlock(LINK, [[0], [0, 1], [1]]), [[0], [0, 1, 2, 3, 4], [2, 3]]);
  assert.deepEqual(followBlock(LINK, [[0], [2], [0]], true), [[0], [0, 1], [0]]);
});

test("of a block, padding and cropped cells lead nowhere, least of all to the cells that are cropped on the other side", () => {
  const scatter = { table: Int32Array.of(-1, 0, 1, 1, 2, 3, 3, 4, 5, 5, 6, 7), taps: 3, scatter: true }; // 7 is cropped, and -1
  const grown = { axes: [NONE, scatter, scatter] };
  const later = { sizes: [1, 7, 7] };
  assert.deepEqual(cropBlock(later, [[0], [-1, 0, 1], [5, 6, 7]]), [[0], [0, 1], [5, 6]]);
  assert.deepEqual(followBlock(grown, cropBlock(later, [[0], [-2, -1], [6, 7]])), [[0], [], [3]]);
});

test("each filter reads its own group of channels with its own weights", () => {
  const grouped = { ...link([[0]], [[0]], [[1, 2, 3, 4]]), fan: 2, filters: 2, channels: Int32Array.of(0, 1, 2, 3) };
  assert.deepEqual(channelsOf(grouped, 0), [0, 1]);
  assert.deepEqual(channelsOf(grouped, 1), [2, 3]);
  // The kernel's order is (rows, columns, channels read, filters).
  assert.deepEqual(
    [0, 1].map((slice) => [0, 1].map((filter) => weightAt(grouped, [0, 0, 0], slice, filter))),
    [
      [1, 2],
      [3, 4],
    ],
  );
});

test("the weight of a tap stands in the order rows, columns", () => {
  assert.equal(weightAt(LINK, [0, 1, 0], 0, 0), 3);
  assert.equal(weightAt(LINK, [0, 2, 1], 0, 0), 6);
});

test("products come tap by tap, padding as 0", () => {
  assert.deepEqual(products(LINK, INPUT, [0, 2, 0], 0, 0), [
    { x: 21, weight: 1 },
    { x: 22, weight: 2 },
    { x: 26, weight: 3 },
    { x: 27, weight: 4 },
    { x: 0, weight: 5 },
    { x: 0, weight: 6 },
  ]);
});

test("the sum is made of the channels' partial sums and the bias", () => {
  const x = grid([
    [
      [1, 10],
      [2, 20],
    ],
  ]);
  const two = {
    ...link([[0]], [[0, 1]], [[1, 2, 3, 4]]),
    fan: 2,
    channels: Int32Array.of(0, 1),
    bias: Float32Array.of(0.5),
  };
  // 1*1 + 2*3 and 10*2 + 20*4
  assert.deepEqual(sumOf(two, x, [0, 0, 0], 0), {
    partials: [
      { channel: 0, partial: 7 },
      { channel: 1, partial: 100 },
    ],
    bias: 0.5,
    total: 107.5,
  });
  assert.equal(sumOf({ ...two, bias: null }, x, [0, 0, 0], 0).total, 107);
});

test("where channels were not sent the sum is unknown until the window was fetched", () => {
  const x = { ...grid([[[10], [20]]]), channels: 2, first: 1, sent: 1 };
  const two = {
    ...link([[0]], [[0, 1]], [[1, 2, 3, 4]]),
    fan: 2,
    channels: Int32Array.of(0, 1),
    bias: Float32Array.of(0.5),
  };
  assert.equal(products(two, x, [0, 0, 0], 0, 0), undefined);
  assert.equal(products(two, x, [0, 0, 0], 0, 1).length, 2);
  assert.deepEqual(sumOf(two, x, [0, 0, 0], 0), {
    partials: [
      { channel: 0, partial: undefined },
      { channel: 1, partial: 100 },
    ],
    bias: 0.5,
    total: undefined,
  });
  const fetched = Float32Array.of(1, 10, 2, 20); // (taps, channels read)
  assert.equal(sumOf(two, x, [0, 0, 0], 0, fetched).total, 107.5);
});

test("a snapshot is decoded, at whatever byte its buffers start", () => {
  const odd = (values) => {
    const whole = new Uint8Array(values.byteLength + 3);
    whole.set(new Uint8Array(values.buffer), 3);
    return new DataView(whole.buffer, 3, values.byteLength);
  };
  const table = odd(Int32Array.of(0, 1, 2));
  const made = decode(
    {
      revision: 7,
      grids: [
        { name: "Input", sizes: [1, 1, 3], values: null },
        { name: "Output", sizes: [1, 1, 1], values: odd(Float32Array.of(9)) },
      ],
      links: [
        {
          tables: [odd(Int32Array.of(0)), odd(Int32Array.of(0)), table],
          follows: [0, 1, 2],
          taps: [1, 1, 3],
          scatter: false,
          channels: odd(Int32Array.of(0)),
          kernel: odd(Float32Array.of(4, 5, 6)),
          bias: null,
          before: odd(Float32Array.of(-9)),
        },
      ],
    },
    Float32Array.of(1.5, -2, 3),
  ); // the first grid's values come by themselves
  assert.equal(made.revision, 7);
  assert.deepEqual(
    made.grids.map((one) => [one.name, one.values]),
    [
      ["Input", Float32Array.of(1.5, -2, 3)],
      ["Output", Float32Array.of(9)],
    ],
  );
  assert.deepEqual(made.links[0].axes[2], { table: Int32Array.of(0, 1, 2), taps: 3, scatter: false, follows: 2 });
  assert.deepEqual(
    [made.links[0].kernel, made.links[0].bias, made.links[0].before],
    [Float32Array.of(4, 5, 6), null, Float32Array.of(-9)],
  );
});

test("a snapshot's buffers may be plain typed arrays or array buffers too", () => {
  for (const values of [Float32Array.of(1, 2), Float32Array.of(1, 2).buffer]) {
    assert.deepEqual(decode({ grids: [{}, { values }], links: [] }, null).grids[1].values, Float32Array.of(1, 2));
  }
});

test("what was decoded does not change when the message's memory is used again", () => {
  const values = Float32Array.of(1, 2);
  const made = decode({ grids: [{}, { values }], links: [] }, null);
  values.fill(0);
  assert.deepEqual(made.grids[1].values, Float32Array.of(1, 2));
});

const NOTHING = -(2 ** 31); // as Python has it
const follows = (rows, earlier) => ({ ...axis(rows), follows: earlier });
// The later rows follow the earlier columns, of which there are three; the later columns follow the rows, of which there are two.
const CROSSED = {
  axes: [
    { ...NONE, follows: 0 },
    follows(
      [
        [0, NOTHING],
        [0, 1],
        [NOTHING, NOTHING],
        [2, NOTHING],
      ],
      2,
    ),
    follows([[0], [1]], 1),
  ],
};
const CROSSED_FROM = plain([
  [1, 2, 3],
  [4, 5, 6],
]);

test("a tap that reads no cell is in no window, and feeds nothing", () => {
  const ragged = {
    axes: [
      NONE,
      axis([
        [0, NOTHING],
        [0, 1],
        [NOTHING, NOTHING],
      ]),
      axis([[0]]),
    ],
  };
  const cells = (cell) => windowOf(ragged, cell).map(({ at }) => at[1]);
  assert.deepEqual(
    [0, 1, 2].map((row) => cells([0, row, 0])),
    [[0], [0, 1], []],
  );
  assert.deepEqual(feeds(ragged, plain([[1], [2]]), [0, 1, 0]), [{ at: [0, 1, 0], tap: [0, 1, 0] }]);
  assert.deepEqual(followBlock(ragged, [[0], [0, 1, 2], [0]]), [[0], [0, 1], [0]]);
});

test("where axes cross, a later cell's row is the column that it reads", () => {
  const window = windowOf(CROSSED, [0, 1, 1]);
  assert.deepEqual(window, [
    { at: [0, 1, 0], tap: [0, 0, 0] },
    { at: [0, 1, 1], tap: [0, 1, 0] },
  ]);
  assert.deepEqual(
    feeds(CROSSED, CROSSED_FROM, [0, 1, 0]).map(({ at }) => at),
    [
      [0, 0, 1],
      [0, 1, 1],
    ],
  );
});

test("a block is followed through axes that cross, both ways", () => {
  assert.deepEqual(followBlock(CROSSED, [[0], [0, 1], [1]]), [[0], [1], [0, 1]]);
  assert.deepEqual(followBlock(CROSSED, [[0], [1], [0, 1]], true), [[0], [0, 1], [1]]);
});

test("where axes cross, a column that no later row reads is unread", () => {
  const axes = [CROSSED.axes[0], follows([[0], [2]], 2), CROSSED.axes[2]];
  assert.deepEqual(unread({ axes }, CROSSED_FROM), [[], [], [1]]);
});
