// The state of a page in its address, both ways.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromFragment, toFragment } from "../../widgets/page/address.js";

const control = (name, values, start = 0, more = {}) => ({ name, values, start, axis: "", axes: 1, ...more });
const CONTROLS = [
  control("kernel_size", ["1", "2", "3"], 2, { axes: 2 }),
  control("strides", ["1", "2"], 0, { axis: "height" }),
  control("strides", ["1", "2", "3"], 1, { axis: "width" }),
  control("padding", ["valid", "same"]),
  control("activation", ["None", "a,b&c=%"]),
];

test("an address names every setting, and every axis of one", () => {
  const text = "kernel_size=2,2&strides=2,3&padding=same&activation=None";
  assert.equal(toFragment(CONTROLS, [1, 1, 2, 1, 0]), text);
  assert.deepEqual(fromFragment(CONTROLS, text), [1, 1, 2, 1, 0]);
});

test("every state comes back from its address", () => {
  const states = CONTROLS.reduce((all, { values }) => all.flatMap((one) => values.map((_, i) => [...one, i])), [[]]);
  assert.equal(states.length, 72);
  for (const chosen of states) assert.deepEqual(fromFragment(CONTROLS, toFragment(CONTROLS, chosen)), chosen);
});

test("what an address leaves out is as at the start, and one number stands for all axes", () => {
  assert.deepEqual(fromFragment(CONTROLS, "padding=same"), [2, 0, 1, 1, 0]);
  assert.deepEqual(fromFragment(CONTROLS, "kernel_size=1&strides=2"), [0, 1, 1, 0, 0]);
});

const DAMAGED = [
  "kernel_size=9",
  "kernel_size=1,2",
  "kernel_size=1,1,1",
  "strides=1,2,3",
  "strides=3",
  "size=1",
  "padding",
];
for (const text of [
  ...DAMAGED,
  "padding=",
  "padding=%E0%A4%A",
  "&",
  "padding=same&",
  "activation=a,b",
  "constructor=1",
])
  test(`"${text}" names what there is not`, () => assert.equal(fromFragment(CONTROLS, text), null));
