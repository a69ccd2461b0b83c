// Words and numbers as they are written, against texts written out by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, number, say, short, shortAll, writtenProducts, writtenTerms } from "../../widgets/stage/text.js";

test("names in braces are filled in and others stay", () => {
  assert.equal(fill("{what} {index} (0 to {last})", { what: "channel", index: 0, last: 11 }), "channel 0 (0 to 11)");
  assert.equal(fill("kernel[:, :, {slice}]", {}), "kernel[:, :, {slice}]");
  assert.equal(fill("{a}{a}", { a: "{b}", b: 1 }), "{b}{b}");
});

test("a number has four digits and no zeros at its end, and a large one is whole", () => {
  const cases = [
    [0, "0"],
    [-0.1, "-0.1"],
    [0.1 + 0.2, "0.3"],
    [Math.fround(0.1), "0.1"],
    [1090, "1090"],
    [1 / 3, "0.3333"],
    [-2.5, "-2.5"],
    [1234567, "1234567"],
    [12345.6, "12346"],
    [999.96, "1000"],
    [-0.199007, "-0.199"],
    [0.000123456, "0.0001235"],
    [NaN, "nan"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
  ];
  for (const [value, text] of cases) assert.equal(number(value), text);
});

test("products and terms are written as by hand", () => {
  assert.equal(
    writtenProducts([
      { x: 1, weight: 2 },
      { x: -0.5, weight: -3 },
    ]),
    "1×2 + (-0.5)×(-3)",
  );
  const terms = (list) => writtenTerms(list).replaceAll("\u2060\u00a0", " "); // a minus may be held to its number
  assert.equal(terms([0.5, 2, -0.25]), "0.5 + 2 - 0.25");
  assert.equal(terms([-1, 0]), "-1 + 0");
  assert.equal(writtenTerms([]), "");
});

test("a number in a cell is shortened to the room there is, and left out rather than falsified", () => {
  // Room is in em: 0.62 for a digit, 0.35 for a point or a sign.
  const cases = [
    [0.123456, 2.9, "0.123"],
    [0.123456, 2.3, "0.12"],
    [0.123456, 1.6, "0.1"],
    [0.123456, 1.5, ""],
    [-1.5, 2, "-1.5"],
    [-1.5, 1.9, ""],
    [7, 0.7, "7"],
    [12, 0.7, ""],
    [123.456, 1.9, "123"],
    [99.96, 2.9, "99.96"],
    [99.96, 2.2, ""],
    [255, 1.9, "255"],
    [1e7, 3, "1e+7"],
    [NaN, 1.9, "nan"],
    [NaN, 1.8, ""],
    [1, 0, ""],
  ];
  for (const [value, room, text] of cases) assert.equal(short(value, room), text, `${value} in ${room}`);
});

test("in a grid, numbers that must be rounded have as many decimals as each other", () => {
  assert.deepEqual(shortAll([0.36512, -0.22951, 0], 3), ["0.37", "-0.23", "0"]);
  assert.deepEqual(shortAll([0.36512, 0.22951, 1], 3), ["0.365", "0.230", "1"]);
  assert.deepEqual(shortAll([0.36512, -12.22951], 2.6), ["0.4", "-12.2"]);
  assert.deepEqual(shortAll([0.125, -0.22951], 3), ["0.13", "-0.23"]);
  assert.equal(shortAll([1, -0.22951], 1), null);
});

test("no shortened number is wider than its room or far from its value", () => {
  for (let i = 0; i < 2000; i++) {
    const value = Math.sin(i * 7.7) * 10 ** ((i % 9) - 2);
    for (let room = 0; room < 9; room++) {
      const text = short(value, room);
      assert.ok(0.35 * text.length <= room);
      if (text)
        assert.ok(Math.abs(Number(text) - value) <= Math.max(0.0501, Math.abs(value) * 0.5), `${value} as ${text}`);
    }
  }
});

const WORDS = {
  language: "ru",
  plain: "{name} is {value}.",
  outer: "{inner} And more.",
  fed: { one: "{count} клетка", few: "{count} клетки", many: "{count} клеток", other: "{count} клетки (дробь)" },
};

test("code, and what Keras says, is shown as it is, braces and all", () => {
  assert.equal(say(WORDS, "plain"), "plain");
  assert.equal(say(WORDS, "x[{row}]"), "x[{row}]");
  assert.equal(say(WORDS, ""), "");
});

test("a sentence is looked up by its key, and the sentences in its fields are filled in first", () => {
  assert.equal(say(WORDS, { key: "plain", fields: { name: "y[0]", value: 2 } }), "y[0] is 2.");
  const inner = { key: "plain", fields: { name: "{value}", value: 0 } };
  assert.equal(say(WORDS, { key: "outer", fields: { inner } }), "{value} is 0. And more.");
  assert.equal(say(WORDS, { key: "outer" }), "{inner} And more.");
});

test("a sentence that counts has the form of its language for that number", () => {
  const forms = {
    0: "клеток",
    1: "клетка",
    2: "клетки",
    5: "клеток",
    11: "клеток",
    14: "клеток",
    21: "клетка",
    22: "клетки",
  };
  for (const [count, noun] of Object.entries({ ...forms, 101: "клетка", 111: "клеток", 1.5: "клетки (дробь)" }))
    assert.equal(say(WORDS, { key: "fed", fields: { count: Number(count) } }), `${count} ${noun}`);
  const english = { language: "en", fed: { one: "{count} cell", other: "{count} cells" } };
  assert.deepEqual(
    [0, 1, 2].map((count) => say(english, { key: "fed", fields: { count } })),
    ["0 cells", "1 cell", "2 cells"],
  );
});

test("a form that a table lacks is the general one, and a sentence that it lacks is its key", () => {
  assert.equal(say({ language: "ru", fed: { other: "{count}!" } }, { key: "fed", fields: { count: 1 } }), "1!");
  assert.equal(say(WORDS, { key: "missing" }), "missing");
});
