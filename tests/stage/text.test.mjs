// Words and numbers as they are written, against texts written out by hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { factor, fill, number, say, short, shortAll, thousands } from "../../widgets/stage/text.js";
import { writtenProducts, writtenTerms } from "../../widgets/stage/text.js";

test("names in braces are filled in and others stay", () => {
  assert.equal(fill("{what} {index} (0 to {last})", { what: "channel", index: 0, last: 11 }), "channel 0 (0 to 11)");
  assert.equal(fill("kernel[:, :, {slice}]", {}), "kernel[:, :, {slice}]");
  assert.equal(fill("{a}{a}", { a: "{b}", b: 1 }), "{b}{b}");
});

const TABLE = JSON.parse(readFileSync(new URL("../language/numbers.json", import.meta.url), "utf8"));
const HOW = {
  number,
  thousands: (value) => thousands(number(value)),
  factor,
  short,
  short_all: shortAll,
};
const asNumbers = (value) => (Array.isArray(value) ? value.map(Number) : Number(value)); // JSON has no NaN and no Infinity

test("numbers are written as the table says that Python is held to as well", () => {
  for (const [name, cases] of Object.entries(TABLE))
    for (const [value, ...more] of cases) {
      const [text, ...room] = more.reverse();
      assert.deepEqual(HOW[name](asNumbers(value), ...room), text, `${name} ${value} ${room}`);
    }
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
