// What is highlighted, in sentences by their keys: whole ones, each with what it is filled in with.
import assert from "node:assert/strict";
import { test } from "node:test";
import { explain } from "../../widgets/stage/cell_sentences.js";

const NONE = { table: Int32Array.of(0), taps: 1, scatter: false };
const grid = (values, symbol, channels = 1) => {
  const sizes = [1, 1, values.length / channels];
  return {
    name: symbol === "x" ? "Input" : "Output",
    symbol,
    sizes,
    channels,
    first: 0,
    sent: channels,
    values: Float32Array.from(values),
  };
};

/** Each of two output cells reads two of three input cells. */
function picture({
  channels = 1,
  bias = null,
  activation = "",
  values = [1, 2, 3, 4, 5, 6].slice(0, 3 * channels),
} = {}) {
  const axis = { table: Int32Array.of(0, 1, 1, 2), taps: 2, scatter: false };
  const link = {
    axes: [NONE, NONE, axis],
    fan: channels,
    filters: 1,
    copies: 1,
    bias: bias === null ? null : Float32Array.of(bias),
    activation,
    points: null,
    scatter: false,
  };
  Object.assign(link, {
    channels: Int32Array.from({ length: channels }, (_, i) => i),
    kernel: new Float32Array(2 * channels).fill(2),
  });
  Object.assign(link, {
    before: activation ? Float32Array.of(7, 8) : null,
    kernel_name: "kernel",
    kernel_cell: "{name}[{column}]",
    operation: "convolution",
  });
  return {
    rank: 1,
    cell: "{name}[{column}]",
    sample: 0,
    revision: 1,
    grids: [grid(values, "x", channels), grid([7, 8], "y")],
    links: [link],
  };
}

const sum = (options, cell = [0, 0, 1]) => explain(picture(options), { grid: 1 }, cell, [0, 0], null);
const keys = ({ lines }) => lines.map(({ kind, text, summary }) => [kind ?? "fold", text?.key ?? summary?.key ?? text]);

test("a sum of one channel without a bias is its products alone", () => {
  assert.deepEqual(keys(sum()), [
    ["name", "y[1] = 8"],
    ["products", "2×2 + 3×2 = 10"],
    ["returned", "sum_returned"],
  ]);
  assert.deepEqual(sum().spoken, { key: "said_output", fields: { name: "y[1]", value: "8", cells: "1 2" } });
});

test("a bias, several channels, or both make a total, in a sentence of its own each", () => {
  const total = (options) => sum(options).lines.find(({ kind }) => kind === "total").text;
  assert.deepEqual(total({ bias: 0.5 }), {
    key: "sum_bias",
    fields: { count: 1, terms: "10", bias: "0.5", total: "8" },
  });
  assert.equal(total({ channels: 2 }).key, "sum_all");
  assert.equal(total({ channels: 2, bias: 0.5 }).key, "sum_all_and_bias");
  assert.deepEqual(sum({ channels: 2 }).lines[1].text, {
    key: "sum_channel",
    fields: { channel: 0, sum: "3×2 + 5×2 = 16" },
  });
});

test("an activation is told with what it was given, softmax as one over all filters", () => {
  const line = (activation) => sum({ activation }).lines.find(({ kind }) => kind === "activation").text;
  assert.deepEqual(line("relu"), { key: "sum_activation", fields: { activation: "relu", before: "8", value: "8" } });
  assert.equal(line("softmax").key, "sum_softmax");
});

test("where a channel was not sent the sum waits, and is whole with the window that was fetched", () => {
  const half = picture({ channels: 2 });
  Object.assign(half.grids[0], { sent: 1, values: Float32Array.of(1, 3, 5) });
  const waiting = explain(half, { grid: 1 }, [0, 0, 1], [0, 0], null);
  assert.deepEqual([waiting.missing, keys(waiting).at(-2)], [true, ["waiting", "sum_waiting"]]);
  const whole = explain(half, { grid: 1 }, [0, 0, 1], [0, 0], Float32Array.of(3, 4, 5, 6));
  assert.deepEqual([whole.missing, whole.total], [false, 36]);
});

test("an input cell tells how many cells it feeds, and padding that it is padding", () => {
  const fed = (column) => explain(picture(), { grid: 0 }, [0, 0, column], [0, 0], null);
  assert.deepEqual(keys(fed(1)), [
    ["name", "x[1] = 2"],
    ["feeds", "feeds"],
    ["fed", "y[0]: 2×2\ny[1]: 2×2"],
  ]);
  assert.deepEqual([fed(1).spoken.key, fed(1).spoken.fields.count], ["said_input", 2]);
  assert.deepEqual(keys(fed(-1)), [
    ["name", "padding_cell"],
    ["feeds", "feeds_none"],
  ]);
  assert.deepEqual([fed(-1).spoken.key, fed(-1).spoken.fields.cell], ["said_padding", "-1"]);
});

test("a tap tells how many cells it reads, and its sentence is part of the one that is spoken", () => {
  const { lines, spoken } = explain(picture(), { link: 0 }, [0, 0, 1], [0, 0], null);
  const touches = { key: "tap_reads", fields: { count: 2, outside: 0 } };
  assert.deepEqual([lines[0].text, lines[1].text], ["kernel[1] = 2", touches]);
  assert.deepEqual(spoken, { key: "said_tap", fields: { tap: "kernel[1] = 2", touches } });
});

test("what a link says at most is told so, in the text and in speech, from both sides", () => {
  const shown = picture({});
  Object.assign(shown.links[0], { kernel: null, operation: "Own", certainty: "at most" });
  const output = explain(shown, { grid: 1 }, [0, 0, 1], [0, 0], null);
  const input = explain(shown, { grid: 0 }, [0, 0, 1], [0, 0], null);
  for (const { lines } of [output, input])
    assert.deepEqual(lines.at(-1), { kind: "at_most", text: { key: "at_most" } });
  const said = { key: "said_output", fields: { name: "y[1]", value: "8", cells: "1 2" } };
  assert.deepEqual(output.spoken, { key: "said_at_most", fields: { said } });
  assert.equal(input.spoken.key, "said_at_most");
});

test("of a cell that is made of none it is said that it reads none", () => {
  const shown = picture({});
  Object.assign(shown.links[0], { kernel: null, operation: "ZeroPadding1D", certainty: "exact" });
  shown.links[0].axes[2].table = Int32Array.of(-(2 ** 31), -(2 ** 31), 1, 2);
  const { spoken } = explain(shown, { grid: 1 }, [0, 0, 0], [0, 0], null);
  assert.deepEqual(spoken, { key: "said_output_alone", fields: { name: "y[0]", value: "7", cells: "" } });
});
