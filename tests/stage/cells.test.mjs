// Colours and numbers in cells. What needs a canvas is tested in the browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { short } from "../../widgets/stage/text.js";
import { THEMES, GROUPS, colourOf, inkOn, traceOf } from "../../widgets/stage/colours.js";
import { roomIn } from "../../widgets/stage/plain_cells.js";
import { labelsIn } from "../../widgets/stage/highlighted_cells.js";

const themes = Object.entries(THEMES);

/** Relative luminance, and the contrast of two colours, as the web's accessibility guidelines define them. */
const luminance = (rgb) =>
  rgb
    .map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) =>
  (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
const rgbOf = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

test("there is a light and a dark theme, with the same colours named in both", () => {
  assert.deepEqual(Object.keys(THEMES).sort(), ["dark", "light"]);
  assert.deepEqual(Object.keys(THEMES.light).sort(), Object.keys(THEMES.dark).sort());
});

test("0 is the middle of the scale and the limits are its ends", () => {
  for (const [, theme] of themes) {
    assert.deepEqual(colourOf(0, 5, false, theme), theme.zero);
    assert.deepEqual(colourOf(5, 5, false, theme), theme.positive);
    assert.deepEqual(colourOf(-5, 5, false, theme), theme.negative);
  }
});

test("halfway to a limit the colour is halfway too", () => {
  const { zero, positive } = THEMES.light;
  assert.deepEqual(
    colourOf(2, 4, false, THEMES.light),
    zero.map((from, i) => Math.round((from + positive[i]) / 2)),
  );
});

test("values beyond the limit, inf too, have the colour of the limit", () => {
  for (const [value, end] of [
    [7, "positive"],
    [Infinity, "positive"],
    [-7, "negative"],
    [-Infinity, "negative"],
  ]) {
    assert.deepEqual(colourOf(value, 5, false, THEMES.light), THEMES.light[end]);
  }
});

test("in a grey picture 0 is black and the limit white, in both themes", () => {
  for (const [, theme] of themes) {
    assert.deepEqual(colourOf(0, 255, true, theme), [0, 0, 0]);
    assert.deepEqual(colourOf(255, 255, true, theme), [255, 255, 255]);
    assert.deepEqual(colourOf(1, 1, true, theme), [255, 255, 255]);
    assert.deepEqual(colourOf(51, 255, true, theme), [51, 51, 51]);
  }
});

test("nan is grey, and no other value has its colour on a signed scale", () => {
  assert.deepEqual(colourOf(NaN, 5, false, THEMES.light), [128, 128, 128]);
  for (const [, theme] of themes) {
    for (let i = -100; i <= 100; i++) assert.notDeepEqual(colourOf(i, 100, false, theme), [128, 128, 128]);
  }
});

test("numbers on every colour are readable, in both themes", () => {
  for (const [name, theme] of themes) {
    for (const grey of [false, true]) {
      for (let i = grey ? 0 : -500; i <= 500; i++) {
        const rgb = colourOf(i, 500, grey, theme);
        assert.ok(contrast(rgbOf(inkOn(rgb)), rgb) >= 4.5, `${i} of 500 in ${name}${grey ? ", grey" : ""}`);
      }
    }
    assert.ok(contrast(rgbOf(inkOn([128, 128, 128])), [128, 128, 128]) >= 4.5);
  }
});

test("what is highlighted stands out from the paper, from its halo and from cells of 0", () => {
  for (const [, { highlight, paper, halo, zero }] of themes) {
    for (const behind of [rgbOf(paper), rgbOf(halo), zero]) assert.ok(contrast(rgbOf(highlight), behind) >= 4.5);
  }
});

test("a group's number is readable on its colour, and its lines are seen on the paper and on the page", () => {
  assert.equal(GROUPS.length, 7);
  for (const [name, theme] of themes) {
    for (const [group, colour] of GROUPS.entries()) {
      assert.ok(contrast(rgbOf(inkOn(colour)), colour) >= 4.5, `number ${group}`);
      for (const page of [theme.paper, name === "light" ? "#ffffff" : "#111111"]) {
        assert.ok(contrast(traceOf(group, theme), rgbOf(page)) >= 3, `line ${group} on ${page}`);
      }
    }
    assert.equal(new Set(GROUPS.map((_, group) => traceOf(group, theme).join())).size, 7); // still told apart
    assert.deepEqual(traceOf(8, theme), traceOf(1, theme));
  }
  assert.deepEqual(traceOf(1, THEMES.dark), [86, 180, 233]); // bright enough as it is
});

test("words, fields and the focus stand out from what is behind them, in every style sheet and theme", async () => {
  const [stage, predict, compare] = await Promise.all(
    ["stage/stage", "quiz/predict", "comparison/compare"].map((name) =>
      readFile(new URL(`../../widgets/${name}.css`, import.meta.url), "utf8"),
    ),
  );
  const named = [...stage.matchAll(/--cn-([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour]);
  const light = Object.fromEntries(named.slice(0, named.length / 2));
  const dark = Object.fromEntries(named.slice(named.length / 2));
  assert.deepEqual(Object.keys(light), Object.keys(dark));
  for (const colours of [light, dark]) {
    for (const [words, behind] of [
      ["ink", "paper"],
      ["ink", "soft"],
      ["dim", "paper"],
      ["bad", "bad-paper"],
      ["ink", "bad-paper"],
      ["highlight", "paper"],
    ]) {
      assert.ok(contrast(rgbOf(colours[words]), rgbOf(colours[behind])) >= 4.5, `${words} on ${behind}`);
    }
  }
  const focus = [predict, compare].flatMap((text) =>
    [...text.matchAll(/outline: 3px solid (#[0-9a-f]{6})/g)].map(([, colour]) => colour),
  );
  assert.equal(focus.length, 2);
  for (const colour of focus)
    for (const page of ["#ffffff", "#111111"]) assert.ok(contrast(rgbOf(colour), rgbOf(page)) >= 3, colour);
});

test("negative and positive differ for eyes that see no red or no green", () => {
  // Viénot, Brettel and Mollon 1999: what is left of red and green for a dichromat; blue stays.
  const seen = { protan: ([r, g]) => 0.11 * r + 0.89 * g, deutan: ([r, g]) => 0.29 * r + 0.71 * g };
  for (const [, { negative, positive }] of themes) {
    for (const yellow of Object.values(seen)) {
      const difference = Math.hypot(yellow(negative) - yellow(positive), negative[2] - positive[2]);
      assert.ok(difference > 100, String(difference));
    }
  }
});

test("a cell too small for readable figures has no room, and a larger one never less than a smaller one", () => {
  assert.equal(roomIn(3), 0);
  assert.equal(roomIn(10), 0);
  assert.ok(roomIn(44) >= 2.8);
  assert.ok(roomIn(17) > 1, "two digits, or 0.4");
  for (let cell = 5; cell < 90; cell++) assert.ok(roomIn(cell + 1) > roomIn(cell) - 1e-9);
});

test("numbers of cells that are highlighted together take smaller figures where one needs them, and are left out where one has no room", () => {
  const font = (cell, numbers) => labelsIn(cell, numbers)?.font;
  assert.deepEqual(labelsIn(40, [1, -2]), { texts: ["1", "-2"], font: 13 });
  assert.deepEqual(labelsIn(40, [1, -20000])?.texts, ["1", "-20000"]);
  assert.ok(font(40, [1, -20000]) > 8 && font(40, [1, -20000]) < 10);
  assert.deepEqual(labelsIn(26, [1000, 0])?.texts, ["1000", "0"]); // notebook 04 in a narrow window
  assert.deepEqual(labelsIn(44, [0.36512, -0.22951, 1])?.texts, ["0.37", "-0.23", "1"]);
  assert.deepEqual(labelsIn(44, [NaN, -Infinity])?.texts, ["nan", "-inf"]);
  assert.equal(labelsIn(20, [1, 1000]), null);
  assert.equal(labelsIn(10, [1]), null);
});

test("a number that fits in a plain cell fits in a highlighted one too, in readable figures", () => {
  for (let cell = 14; cell <= 90; cell++) {
    for (const value of [1, -1, 12, -12, 123, 0.5, -0.25, 1000, -1000, 123456, 1e7, -1e-7, NaN, -Infinity]) {
      const labels = labelsIn(cell, [value]);
      if (short(value, roomIn(cell))) assert.ok(labels, `${value} in ${cell}`);
      if (labels) assert.ok(labels.font >= 8);
    }
  }
});

test("where numbers have a least size, a cell bears one of that size or none", () => {
  assert.ok(roomIn(34, 14) < roomIn(34));
  assert.equal(labelsIn(36, [-0.3], 14)?.font, 14);
  assert.equal(labelsIn(34, [-0.25, 1000], 14), null);
  assert.equal(roomIn(15, 14), 0);
});
