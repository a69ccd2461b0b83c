// Colours and numbers in cells. What needs a canvas is tested in the browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

// As text, since node takes a .js file for another kind of module; the widget is loaded from text as well.
const url = (text) => `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
const [lookups, drawing] = await Promise.all(["lookups", "drawing"].map((name) => readFile(new URL(`../widgets/${name}.js`, import.meta.url), "utf8")));
const { THEMES, colourOf, inkOn, roomIn } = await import(url(drawing.replace("./lookups.js", url(lookups))));

const themes = Object.entries(THEMES);

/** Relative luminance, and the contrast of two colours, as the web's accessibility guidelines define them. */
const luminance = (rgb) => rgb.map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
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
  assert.deepEqual(colourOf(2, 4, false, THEMES.light), zero.map((from, i) => Math.round((from + positive[i]) / 2)));
});

test("values beyond the limit, inf too, have the colour of the limit", () => {
  for (const [value, end] of [[7, "positive"], [Infinity, "positive"], [-7, "negative"], [-Infinity, "negative"]]) {
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

test("what is lit stands out from the paper, from its halo and from cells of 0", () => {
  for (const [, { lit, paper, halo, zero }] of themes) {
    for (const behind of [rgbOf(paper), rgbOf(halo), zero]) assert.ok(contrast(rgbOf(lit), behind) >= 4.5);
  }
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
  assert.ok(roomIn(44) >= 3);
  for (let cell = 36; cell < 43; cell++) assert.ok(roomIn(cell + 1) >= roomIn(cell));
});
