// Rows of facts as they are written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { factLine, headline } from "../../widgets/stage/facts.js";

const WORDS = {
  fact_params: "parameters",
  fact_output_shape: "output",
  fact_versions: "versions",
  "axes.height": "Höhe",
  "axes.in / groups": "in / groups",
  "axes.filters": "filters",
};
Object.assign(WORDS, {
  step_field: "{shape}, field {field}",
  step_field_at_most: "{shape}, field at most {field}",
  versions: "Keras {keras}, TensorFlow {tensorflow}",
});

/** What is on the page: label, what stands before the value, the value, and what stands after it. */
function written(row) {
  const { label, before, value, after } = factLine(WORDS, row);
  return [label, before, value, after];
}

test("of a formula the value is what comes out of it", () => {
  const formula = "3*3*12*10 + 10 = 1090";
  assert.deepEqual(written({ fact: "params", formula }), ["parameters", "3*3*12*10 + 10 = ", "1090", ""]);
  assert.deepEqual(written({ fact: "params", formula: "0" }), ["parameters", "", "0", ""]);
});

test("a weight bears its name, and its axes are named in the reader's language", () => {
  const axes = ["height", "in / groups"];
  const kernel = { fact: "weight", name: "depthwise_kernel", shape: "(3, 2)", axes };
  assert.deepEqual(written(kernel), ["depthwise_kernel", "", "(3, 2)", "  (Höhe, in / groups)"]);
  const bias = { fact: "weight", name: "bias", shape: "(2,)", axes: ["filters"] };
  assert.deepEqual(written(bias), ["bias", "", "(2,)", "  (filters)"]);
});

test("shapes, sizes, steps and versions have their words from the table", () => {
  assert.deepEqual(written({ fact: "output_shape", shape: "(1, 2)" }), ["output", "", "(1, 2)", ""]);
  assert.deepEqual(written({ fact: "size", axis: "height", formula: "8 / 2 = 4" }), ["Höhe", "8 / 2 = ", "4", ""]);
  const step = { fact: "step", number: 1, layer: "Conv2D", shape: "(1, 4, 4, 2)", field: ["3", "5"] };
  assert.deepEqual(written(step), ["1 Conv2D", "", "(1, 4, 4, 2), field 3 x 5", ""]);
  assert.deepEqual(written({ fact: "versions", keras: "3.1", tensorflow: "2.2" })[2], "Keras 3.1, TensorFlow 2.2");
});

const ANSWER = [
  { fact: "input_shape", shape: "(1, 8, 8, 1)" },
  { fact: "weight", name: "depthwise_kernel", shape: "(3, 3, 1, 2)", axes: [] },
  { fact: "weight", name: "pointwise_kernel", shape: "(1, 1, 2, 10)", axes: [] },
  { fact: "weight", name: "bias", shape: "(10,)", axes: [] },
  { fact: "output_shape", shape: "(1, 6, 6, 10)" },
  { fact: "params", formula: "18 + 20 + 10 = 48" },
  { fact: "macs", formula: "36 * 38 = 1368" },
  { fact: "size", axis: "height", formula: "8 - 2 = 6" },
];

test("the headline tells the output, each kernel, parameters and MACs, and which fact each is", () => {
  const told = headline(WORDS, ANSWER, []).map(({ value, old, marks }) => [...Object.values(marks), value, old]);
  assert.deepEqual(told, [
    ["output_shape", "(1, 6, 6, 10)", ""],
    ["kernel", "depthwise_kernel", "(3, 3, 1, 2)", ""],
    ["kernel", "pointwise_kernel", "(1, 1, 2, 10)", ""],
    ["params", "48", ""],
    ["macs", "1,368", ""],
  ]);
});

test("of a chain it tells the kernels of one layer, by the names that the picture has for them", () => {
  const rows = ["kernel_2", "bias_2"].map((name) => ({ fact: "weight", name, shape: "(3,)" }));
  assert.deepEqual(
    headline(WORDS, rows, []).map(({ label, marks }) => [label, marks["data-fact"]]),
    [["kernel_2", "kernel"]],
  );
});

test("the headline names the axes of a shape", () => {
  const rows = [{ fact: "output_shape", shape: "(1, 2)", axes: ["height", "filters"] }, ANSWER[5]];
  assert.deepEqual(
    headline(WORDS, rows, []).map(({ axes }) => axes),
    ["(Höhe, filters)", ""],
  );
});

test("what changed has its old value beside it, and what is new or the same has none", () => {
  const before = [
    { ...ANSWER[1], shape: "(2, 2, 1, 2)" },
    { fact: "params", formula: "4 * 12 = 48" },
    { fact: "output_shape", shape: "(1, 7, 7, 10)" },
  ];
  const old = headline(WORDS, ANSWER, before).map((fact) => fact.old);
  assert.deepEqual(old, ["(1, 7, 7, 10)", "(2, 2, 1, 2)", "", "", ""]);
});

test("a field that is no more than an upper limit is written so", () => {
  const row = { fact: "step", number: 0, layer: "Own", shape: "(1, 2, 2, 1)", field: ["2", "3"], certainty: "at most" };
  assert.equal(factLine(WORDS, row).value, "(1, 2, 2, 1), field at most 2 x 3");
});
