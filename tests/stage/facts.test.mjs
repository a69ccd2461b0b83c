// Rows of facts as they are written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { factLine } from "../../widgets/stage/facts.js";

const WORDS = {
  fact_params: "parameters",
  fact_output_shape: "output",
  fact_versions: "versions",
  "axes.height": "Höhe",
  "axes.in / groups": "in / groups",
  "axes.filters": "filters",
};
Object.assign(WORDS, { step_sees: "{shape}, sees {field}", versions: "Keras {keras}, TensorFlow {tensorflow}" });

/** What is on the page: label, what stands before the value, the value, what stands after it, and which fact it is. */
function written(row) {
  const { label, before, value, after, marks } = factLine(WORDS, row);
  return [label, before, value, after, marks["data-fact"], marks["data-weight"]].filter((part) => part !== undefined);
}

test("of a formula the value is what comes out of it", () => {
  const formula = "3*3*12*10 + 10 = 1090";
  assert.deepEqual(written({ fact: "params", formula }), ["parameters", "3*3*12*10 + 10 = ", "1090", "", "params"]);
  assert.deepEqual(written({ fact: "params", formula: "0" }), ["parameters", "", "0", "", "params"]);
});

test("a kernel bears its name, and its axes are named in the reader's language", () => {
  const axes = ["height", "in / groups"];
  const kernel = { fact: "weight", name: "depthwise_kernel", shape: "(3, 2)", axes };
  assert.deepEqual(written(kernel), [
    "depthwise_kernel",
    "",
    "(3, 2)",
    "  (Höhe, in / groups)",
    "kernel",
    "depthwise_kernel",
  ]);
  const bias = { fact: "weight", name: "bias", shape: "(2,)", axes: ["filters"] };
  assert.deepEqual(written(bias), ["bias", "", "(2,)", "  (filters)", "weight", "bias"]);
});

test("shapes, sizes, steps and versions have their words from the table", () => {
  assert.deepEqual(written({ fact: "output_shape", shape: "(1, 2)" }), ["output", "", "(1, 2)", "", "output_shape"]);
  assert.deepEqual(written({ fact: "size", axis: "height", formula: "8 / 2 = 4" }), [
    "Höhe",
    "8 / 2 = ",
    "4",
    "",
    "size",
  ]);
  const step = { fact: "step", number: 1, layer: "Conv2D", shape: "(1, 4, 4, 2)", field: ["3", "5"] };
  assert.deepEqual(written(step), ["1 Conv2D", "", "(1, 4, 4, 2), sees 3 x 5", "", "step"]);
  assert.deepEqual(written({ fact: "versions", keras: "3.1", tensorflow: "2.2" })[2], "Keras 3.1, TensorFlow 2.2");
});
