// Looking up in a record.
import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { test } from "node:test";
import { openRecord, recordedSource, stateIndex, withBuffers } from "../../widgets/page/recorded_source.js";

test("states stand as the digits of a number count, the last control's fastest", () => {
  const controls = [3, 2, 4].map((count) => ({ values: Array(count) }));
  assert.equal(stateIndex(controls, [0, 0, 0]), 0);
  assert.equal(stateIndex(controls, [0, 0, 3]), 3);
  assert.equal(stateIndex(controls, [0, 1, 0]), 4);
  assert.equal(stateIndex(controls, [2, 1, 3]), 23);
  assert.equal(stateIndex([], []), 0);
});

test("a buffer comes from its place in the block, wherever a state names it", () => {
  const data = Uint8Array.from([10, 11, 12, 13]);
  const value = withBuffers({ a: { at: 1, size: 2 }, b: [null, { at: 3, size: 1 }, { c: 5 }], d: "at" }, data);
  assert.deepEqual([...value.a], [11, 12]);
  assert.deepEqual([...value.b[1]], [13]);
  assert.deepEqual([value.b[0], value.b[2], value.d], [null, { c: 5 }, "at"]);
});

const CONTROLS = [
  { name: "strides", values: ["1", "2"], start: 0 },
  { name: "view", values: ["scatter", "gather"], start: 0 },
];
const state = (code, first) => ({
  snapshot: { code, problem: first ? "" : "no", grids: first ? [{ name: code }] : [], links: first ? [1] : [] },
  first_values: first,
});
const STATES = [
  state("a", { at: 0, size: 4 }),
  state("b", { at: 4, size: 4 }),
  state("c", null),
  state("d", { at: 0, size: 4 }),
];

async function source(moved = () => {}) {
  const texts = [STATES.map((one) => JSON.stringify(one)).join("\n"), "abcdefgh"];
  const packed = texts.map((text) => deflateSync(Buffer.from(text)).toString("base64"));
  const record = { controls: CONTROLS, packed, words: { hide: "Hide" }, start: {}, reveal: true };
  return recordedSource(record, await openRecord(record), moved);
}

test("a state is the stage's newest picture, under a number of its own", async () => {
  const made = await source();
  let calls = 0;
  made.show([0, 0]);
  const end = made.follow(() => (calls += 1));
  assert.deepEqual([made.newest().snapshot.code, made.newest().snapshot.revision], ["a", 1]);
  assert.equal(Buffer.from(made.newest().first_values.values).toString(), "abcd");
  made.show([0, 1]);
  assert.deepEqual([made.newest().snapshot.code, made.newest().snapshot.revision, calls], ["b", 2, 1]);
  end();
  made.show([0, 0]);
  assert.equal(calls, 1);
});

test("the first grid's values keep their key while they stay the same", async () => {
  const made = await source();
  const keys = [
    [0, 0],
    [0, 1],
    [1, 1],
  ].map((chosen) => (made.show(chosen), made.newest()));
  assert.deepEqual(
    keys.map(({ snapshot }) => snapshot.first_key),
    [0, 4, 0],
  );
  for (const { snapshot, first_values } of keys) assert.equal(snapshot.first_key, first_values.key);
});

test("where Keras refuses, the picture before stays, with what Keras says", async () => {
  const made = await source();
  made.show([1, 0]);
  assert.deepEqual([made.newest().snapshot.grids, made.newest().first_values.values], [[], null]);
  made.show([0, 1]);
  made.show([1, 0]);
  const { snapshot, first_values } = made.newest();
  assert.deepEqual([snapshot.problem, snapshot.grids, snapshot.links], ["no", [{ name: "b" }], [1]]);
  assert.equal(Buffer.from(first_values.values).toString(), "efgh");
});

test("the stage may ask for another view and for the answer; all else needs a kernel", async () => {
  const moves = [];
  const made = await source((chosen) => moves.push(chosen));
  made.show([0, 0]);
  made.send({ view: "gather" });
  made.send({ reveal: false });
  made.send({ window: [0, 0, 0, 0] });
  assert.deepEqual(moves, [[0, 1]]);
  assert.equal(made.newest().reveal, false);
});

test("the headline's old values go back to what was chosen before the last move, in the view of now", async () => {
  const moves = [];
  const made = await source((chosen) => moves.push(chosen));
  made.show([0, 0]);
  assert.equal(made.newest().snapshot.back, false);
  made.show([1, 0]); // refused
  assert.equal(made.newest().snapshot.back, false);
  made.show([1, 1]);
  assert.equal(made.newest().snapshot.back, true);
  made.send({ back: true });
  assert.deepEqual(moves, [[0, 1]]);
});
