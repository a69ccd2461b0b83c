// What a reader has chosen, and what each event makes of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  extentOf,
  factsToCompare,
  highlightsOf,
  panelsOf,
  pointsShown,
  reduce,
  START,
  walkedGrid,
} from "../../widgets/stage/state.js";

const grid = (
  sizes,
  channels = 1,
  padding = [
    [0, 0],
    [0, 0],
    [0, 0],
  ],
) => ({
  sizes,
  channels,
  padding,
  first: 0,
  sent: channels,
  values: new Float32Array(sizes.reduce((a, b) => a * b) * channels),
});

/** Each later index reads `taps` earlier ones from its own on. */
const axis = (length, taps, scatter = false) => ({
  table: Int32Array.from({ length: length * taps }, (_, i) => Math.floor(i / taps) + (i % taps)),
  taps,
  scatter,
});

/** A link between grids of these sizes: filter f reads the channels in reads[f]. */
function link(sizes, taps, reads = [[0]], more = {}) {
  const axes = sizes.map((size, i) => axis(size, taps[i], more.scatter));
  const kernel = new Float32Array(taps.reduce((a, b) => a * b) * reads[0].length * reads.length);
  return {
    axes,
    kernel,
    fan: reads[0].length,
    filters: reads.length,
    channels: Int32Array.from(reads.flat()),
    points: null,
    scatter: false,
    ...more,
  };
}

// 4x5 cells with a cell of padding below and at the right, a kernel of 2x2, 4x5 cells.
const PAD = [
  [0, 0],
  [0, 1],
  [0, 1],
];
const FLAT = { revision: 1, grids: [grid([1, 4, 5], 1, PAD), grid([1, 4, 5])], links: [link([1, 4, 5], [1, 2, 2])] };
// The same of 3x4 cells.
const SMALL = { revision: 2, grids: [grid([1, 3, 4]), grid([1, 2, 3])], links: [link([1, 2, 3], [1, 2, 2])] };
// Four channels into four filters, in two groups.
const GROUPED = {
  grids: [grid([1, 2, 2], 4), grid([1, 2, 2], 4)],
  links: [
    link(
      [1, 2, 2],
      [1, 1, 1],
      [
        [0, 1],
        [0, 1],
        [2, 3],
        [2, 3],
      ],
    ),
  ],
};
// Five planes, a kernel of two, four planes.
const DEEP = { grids: [grid([5, 2, 2]), grid([4, 2, 2])], links: [link([4, 2, 2], [2, 1, 1])] };
const EMPTY = { revision: 3, grids: [], links: [] };

/** A state after a picture and some events that happened on it. */
const after = (picture, ...events) =>
  onto(reduce(START, { type: "picture", picture, reveal: true, start: {} }), picture, ...events);
const onto = (state, picture, ...events) => events.reduce((now, event) => reduce(now, { picture, ...event }), state);
const next = (state, picture, reveal = true) => reduce(state, { type: "picture", picture, reveal, start: {} });
const point = (id, ...cell) => ({ type: "highlight", id, cell });

test("a picture has a panel for each grid and for each kernel between them", () => {
  const ids = (picture) => panelsOf(picture).map(({ id }) => id);
  assert.deepEqual(ids(FLAT), ["0", "kernel", "1"]);
  const stretch = { ...link([1, 4, 5], [1, 1, 1]), kernel: null };
  const gather = { grids: [FLAT.grids[0], ...FLAT.grids], links: [stretch, ...FLAT.links] };
  assert.deepEqual(ids(gather), ["0", "1", "kernel", "2"]);
  assert.deepEqual(ids({ grids: [...FLAT.grids, FLAT.grids[1]], links: [...FLAT.links, ...FLAT.links] }), [
    "0",
    "kernel",
    "1",
    "kernel1",
    "2",
  ]);
  assert.deepEqual(ids(EMPTY), []);
});

test("padding is shown with the answer only", () => {
  assert.deepEqual(extentOf(FLAT, { id: "0", grid: 0 }, true).padding, PAD);
  assert.deepEqual(extentOf(FLAT, { id: "0", grid: 0 }, false).padding.flat(), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(extentOf(FLAT, { id: "kernel", link: 0 }, true), {
    sizes: [1, 2, 2],
    padding: extentOf(FLAT, { id: "0", grid: 0 }, false).padding,
  });
});

test("no event changes the state that it meets", () => {
  const state = after(FLAT);
  const text = JSON.stringify(state);
  for (const event of [
    point("0", 0, 1, 1),
    { type: "click", id: "1", cell: [0, 1, 1] },
    { type: "play" },
    { type: "release" },
    { type: "channel", id: "0", index: 0 },
  ])
    reduce(state, { picture: FLAT, ...event });
  assert.equal(JSON.stringify(state), text);
});

test("the first picture highlights the first cell of the walk, or the one that is wanted", () => {
  assert.deepEqual(after(FLAT).highlighted, { id: "1", cell: [0, 0, 0] });
  const stamps = { ...FLAT, links: [{ ...FLAT.links[0], scatter: true }] };
  assert.equal(walkedGrid(stamps), 0);
  assert.deepEqual(after(stamps).highlighted, { id: "0", cell: [0, 0, 0] });
  const state = reduce(START, {
    type: "picture",
    picture: GROUPED,
    reveal: false,
    start: { cell: [0, 1, 1], channel: 3 },
  });
  assert.deepEqual(
    [state.highlighted, state.channels, state.step, state.reveal],
    [{ id: "1", cell: [0, 1, 1] }, [2, 3], 3, false],
  );
});

test("a smaller picture moves what is highlighted to its nearest cell, and playing with it", () => {
  const state = next(after(FLAT, point("1", 0, 3, 4)), SMALL);
  assert.deepEqual([state.highlighted, state.step], [{ id: "1", cell: [0, 1, 2] }, 5]);
  assert.deepEqual(next(after(FLAT, point("0", 0, 4, 5)), FLAT, false).highlighted.cell, [0, 3, 4]);
  assert.equal(next(after(FLAT, { type: "goTo", step: 19 }, { type: "release" }), SMALL).step, 5);
});

test("the output stays highlighted where another view has another grid before it, and a panel that is gone does not", () => {
  const longer = { grids: [FLAT.grids[0], ...FLAT.grids], links: [{ ...FLAT.links[0], kernel: null }, ...FLAT.links] };
  const there = next(after(FLAT, point("1", 0, 1, 2)), longer);
  assert.deepEqual(there.highlighted, { id: "2", cell: [0, 1, 2] });
  assert.deepEqual(next(there, FLAT).highlighted, { id: "1", cell: [0, 1, 2] });
  const bare = { ...FLAT, links: [{ ...FLAT.links[0], kernel: null }] };
  assert.equal(next(after(FLAT, point("kernel", 0, 1, 1)), bare).highlighted, null);
});

test("where there is no picture only editing can be switched, and the next picture is the first", () => {
  const state = onto(after(EMPTY), EMPTY, { type: "play" }, { type: "release" }, { type: "set", editing: true });
  assert.deepEqual(state, { ...START, editing: true });
  assert.deepEqual(next(state, FLAT).highlighted, { id: "1", cell: [0, 0, 0] });
});

test("a click keeps a cell, another click on it lets go, and Escape takes it away", () => {
  const click = { type: "click", id: "1", cell: [0, 1, 2] };
  const kept = after(FLAT, { type: "play" }, click);
  assert.deepEqual([kept.pinned, kept.playing, kept.highlighted.cell], [true, false, [0, 1, 2]]);
  assert.equal(onto(kept, FLAT, click).pinned, false);
  assert.equal(onto(kept, FLAT, { ...click, cell: [0, 0, 0] }).pinned, true);
  const free = onto(kept, FLAT, { type: "release" });
  assert.deepEqual([free.pinned, free.highlighted, free.step], [false, null, 7]);
});

test("steps go in reading order, stop at both ends, and go on from the highlighted cell", () => {
  const goTo = (step) => ({ type: "goTo", step });
  const cells = [0, 4, 5, 19, 20, Infinity, -1].map((step) => after(FLAT, goTo(step)).highlighted.cell.slice(1));
  assert.deepEqual(cells, [
    [0, 0],
    [0, 4],
    [1, 0],
    [3, 4],
    [3, 4],
    [3, 4],
    [0, 0],
  ]);
  assert.deepEqual(after(DEEP, goTo(7)).highlighted.cell, [1, 1, 1]);
  assert.equal(after(FLAT, point("1", 0, 2, 3)).step, 13);
  assert.equal(after(FLAT, goTo(3), point("0", 0, 2, 3)).step, 3, "no cell of the walk");
  const padded = { ...FLAT, links: [{ ...FLAT.links[0], scatter: true }] };
  assert.equal(after(padded, goTo(3), point("0", 0, 4, 5)).step, 3, "padding is no step");
});

test("it plays to the end and stops there; played again, it starts at the first cell", () => {
  let state = after(SMALL, { type: "goTo", step: 3 }, { type: "set", pinned: true }, { type: "play" });
  assert.deepEqual([state.step, state.playing, state.pinned], [4, true, false]);
  state = onto(state, SMALL, { type: "tick" });
  assert.deepEqual([state.step, state.playing], [5, false]);
  state = onto(state, SMALL, { type: "play" });
  assert.deepEqual([state.step, state.playing], [0, true]);
  assert.equal(onto(state, SMALL, { type: "goTo", step: 2 }).playing, false);
  assert.equal(onto(state, SMALL, point("0", 0, 0, 0)).playing, true, "pointing does not stop it");
});

test("played row by row it comes to the ends of rows, and to the end of the one that is begun", () => {
  const byRow = true;
  let state = after(SMALL, { type: "play", byRow });
  assert.deepEqual([state.step, state.playing], [2, true]);
  state = onto(state, SMALL, { type: "tick", byRow });
  assert.deepEqual([state.step, state.playing], [5, false]);
  assert.equal(onto(state, SMALL, { type: "goTo", step: 0 }, { type: "tick", byRow }).step, 2);
});

test("a channel takes those with it that have to do with it", () => {
  assert.deepEqual(after(GROUPED).channels, [0, 0]);
  assert.deepEqual(after(GROUPED, { type: "channel", id: "0", index: 3 }).channels, [3, 2]);
  assert.deepEqual(after(GROUPED, { type: "channel", id: "1", index: 9 }).channels, [2, 3]);
  assert.deepEqual(
    after(GROUPED, { type: "channel", id: "1", index: 2 }, { type: "channel", id: "kernel", index: 1 }).channels,
    [3, 2],
  );
});

test("the plane of what is highlighted comes into view in every grid", () => {
  const state = after(DEEP, point("1", 3, 0, 0));
  assert.deepEqual(state.planes, [3, 3]);
  assert.deepEqual(after(DEEP, point("0", 2, 0, 0)).planes, [2, 1]);
  assert.deepEqual(after(DEEP, point("kernel", 1, 0, 0)).tapPlanes, [1]);
});

test("another picture brings the planes of its own window into view, and forgets what was fetched for the one before", () => {
  const doubled = { table: Int32Array.of(0, 1, 2, 3), taps: 2, scatter: false };
  const strided = { grids: [grid([5, 2, 2]), grid([2, 2, 2])], links: [link([2, 2, 2], [2, 1, 1])] };
  strided.links[0].axes[0] = doubled;
  const fetched = { key: "1,1,1,0,0,0", values: new Float32Array(2) };
  const before = after(DEEP, point("1", 1, 0, 0), { type: "set", fetched });
  assert.deepEqual([before.planes, before.fetched], [[1, 1], fetched]);
  const state = next(before, strided);
  assert.deepEqual([state.planes, state.fetched], [[2, 1], null]);
});

test("a plane that the reader has chosen stays until another cell is highlighted", () => {
  const chosen = after(DEEP, point("1", 3, 0, 0), { type: "plane", id: "0", index: 0 });
  assert.deepEqual([chosen.planes, chosen.planeLocked], [[0, 3], true]);
  assert.deepEqual(next(chosen, DEEP).planes, [0, 3]);
  assert.deepEqual(onto(chosen, DEEP, point("1", 2, 0, 0)).planes, [2, 2]);
  const own = after(
    DEEP,
    point("1", 3, 0, 0),
    { type: "plane", id: "1", index: 9 },
    { type: "plane", id: "1", index: 0 },
  );
  assert.deepEqual([own.highlighted.cell, own.planes, own.step, own.planeLocked], [[0, 0, 0], [0, 0], 0, false]);
  assert.deepEqual(after(DEEP, { type: "plane", id: "kernel", index: 1 }).tapPlanes, [1]);
});

test("lists of channels and planes stay the same ones where nothing in them changes, so that nothing is drawn anew", () => {
  const before = after(DEEP);
  const moved = onto(before, DEEP, point("1", 0, 0, 0), { type: "play" }, { type: "tick" });
  for (const name of ["channels", "planes", "tapPlanes"]) assert.equal(moved[name], before[name]);
});

test("sampling points are shown for an output cell, and one far outside at the rim", () => {
  const one = { ...link([1, 1, 1], [1, 1, 1]), offset_groups: 1, points: Float32Array.of(-7, 0.5), mask: null };
  const picture = {
    grids: [
      grid([1, 3, 3], 1, [
        [0, 0],
        [1, 1],
        [0, 0],
      ]),
      grid([1, 1, 1]),
    ],
    links: [one],
  };
  assert.deepEqual(
    pointsShown(picture, after(picture, point("1", 0, 0, 0))).map(({ point: at, drawn }) => [at, drawn]),
    [
      [
        [-7, 0.5],
        [-1.2, 0.5],
      ],
    ],
  );
  assert.deepEqual(pointsShown(picture, after(picture, point("0", 0, 0, 0))), []);
  assert.deepEqual(pointsShown(FLAT, after(FLAT)), []);
});

test("what is highlighted together follows from the state", () => {
  assert.deepEqual(
    highlightsOf(SMALL, after(SMALL, point("1", 0, 1, 1))).grids[0].map(({ cell }) => cell),
    [
      [0, 1, 1],
      [0, 1, 2],
      [0, 2, 1],
      [0, 2, 2],
    ],
  );
  assert.equal(highlightsOf(SMALL, after(SMALL, { type: "release" })), null);
});

test("the facts of the answer before stay until the next move, and a refusal is compared with the last answer", () => {
  const answer = (params, code, more = {}) => ({ ...FLAT, facts: [{ fact: "params", params }], code, ...more });
  const compared = (state, picture) => factsToCompare(state, picture).map(({ params }) => params);
  let state = after(answer(10, "a"));
  assert.deepEqual(compared(state, answer(10, "a")), []);
  state = next(state, answer(40, "b"));
  assert.deepEqual(compared(state, answer(40, "b")), [10]);
  state = next(state, answer(40, "b", { sample: 1 }));
  assert.deepEqual(compared(state, answer(40, "b")), [10], "another sample is no move");
  const refused = { ...answer(0, "c"), problem: "no", facts: [] };
  state = next(state, refused);
  assert.deepEqual(compared(state, refused), [40]);
  state = next(state, answer(50, "d"));
  assert.deepEqual(compared(state, answer(50, "d")), [40]);
  assert.deepEqual(compared(next(state, answer(50, "e")), answer(50, "e")), [50], "a move that changes nothing");
});

test("playing fills an empty output, stepping shows as much as it has come to, and pointing shows it whole", () => {
  const start = after(SMALL, point("1", 0, 1, 1));
  assert.deepEqual([start.whole, start.step], [true, 4]);
  const playing = onto(start, SMALL, { type: "play" });
  assert.deepEqual([playing.whole, playing.step, playing.playing], [false, 0, true]);
  const paused = onto(playing, SMALL, { type: "tick" }, { type: "set", playing: false });
  assert.deepEqual([paused.whole, paused.step], [false, 1]);
  const resumed = onto(paused, SMALL, { type: "play" });
  assert.deepEqual([resumed.whole, resumed.step], [false, 2]);
  assert.equal(onto(resumed, SMALL, point("0", 0, 0, 0)).whole, false, "pointing while it plays");
  assert.equal(onto(paused, SMALL, point("0", 0, 0, 0)).whole, true);
  assert.equal(onto(paused, SMALL, { type: "goTo", step: 0 }).whole, false);
});

test("a move shows the output whole, unless it is playing", () => {
  const other = { ...FLAT, code: "strides=2" };
  const stepped = after(FLAT, { type: "goTo", step: 3 });
  assert.deepEqual([next(stepped, FLAT).whole, next(stepped, other).whole], [false, true]);
  assert.equal(next(onto(stepped, FLAT, { type: "play" }), other).whole, false);
});
