// The walk through a grid's cells: reading order, both ends, playing to the end, and a grid that changes meanwhile.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { inside, fill } from "../../widgets/stage/lookups.js";

// As text, without the module that needs a page; what it would write there is kept here instead.
const text = (await readFile(new URL("../../widgets/stage/playback.js", import.meta.url), "utf8")).replace(
  /^import .*$/gm,
  "",
);
Object.assign(globalThis, {
  inside,
  fill,
  icon: () => "",
  ICONS: {},
  relabel: (node, told) => {
    node.told = told;
  },
  write: (node, told) => {
    node.textContent = told;
  },
});
const { cellAt, stepTo, stepsOf, walk } = await import(
  `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`
);

const GRID = { sizes: [2, 3, 4] };

/** A walk with what it was heard to do: the cells that it came to, and its buttons. */
function started(sizes = GRID.sizes) {
  const node = () => ({
    attributes: {},
    setAttribute(name, value) {
      this.attributes[name] = value;
    },
  });
  const ui = Object.fromEntries(
    ["play", "first", "back", "forward", "last", "position", "where", "speed"].map((name) => [name, node()]),
  );
  ui.speed.value = "3";
  const acts = new Map();
  const seen = { cells: [], starts: 0, ui, grid: { sizes } };
  const words = { play: "Play", pause: "Pause", position_of: "{position} of {count}" };
  seen.walk = walk({
    ui,
    words,
    listen: (node, kind, act) => acts.set(node, act),
    grid: () => seen.grid,
    reach: (cell) => seen.cells.push(cell),
    start: () => {
      seen.starts += 1;
    },
  });
  seen.press = (name) => acts.get(ui[name])();
  return seen;
}

test("steps and cells are each other's inverse, in reading order", () => {
  const cells = Array.from({ length: stepsOf(GRID) }, (_, step) => cellAt(GRID, step));
  assert.deepEqual(cells.slice(0, 5), [
    [0, 0, 0],
    [0, 0, 1],
    [0, 0, 2],
    [0, 0, 3],
    [0, 1, 0],
  ]);
  assert.deepEqual(cells.at(-1), [1, 2, 3]);
  cells.forEach((cell, step) => assert.equal(stepTo(GRID, cell), step));
});

test("the buttons step from where the reader is, and stop at both ends", () => {
  const seen = started();
  seen.walk.follow([0, 1, 0]);
  for (const name of ["forward", "back", "last", "forward", "first", "back"]) seen.press(name);
  assert.deepEqual(seen.cells, [
    [0, 1, 1],
    [0, 1, 0],
    [1, 2, 3],
    [1, 2, 3],
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test("a cell of the padding is no step", () => {
  const seen = started();
  seen.walk.follow([0, 1, 0]);
  seen.walk.follow([0, -1, 2]);
  seen.press("forward");
  assert.deepEqual(seen.cells, [[0, 1, 1]]);
});

test("it plays to the end and stops there; played again, it starts at the first cell", async (t) => {
  globalThis.window = globalThis;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const seen = started([1, 1, 3]);
  seen.press("play");
  assert.ok(seen.walk.playing());
  assert.equal(seen.ui.play.told, "Pause");
  t.mock.timers.tick(1000);
  assert.deepEqual(
    seen.cells.map(([, , column]) => column),
    [1, 2],
  );
  assert.ok(!seen.walk.playing());
  assert.equal(seen.ui.play.told, "Play");
  seen.press("play");
  assert.deepEqual(seen.cells.at(-1), [0, 0, 0]);
  seen.press("play");
  t.mock.timers.tick(1000);
  assert.deepEqual(seen.cells.at(-1), [0, 0, 0], "paused");
  assert.equal(seen.starts, 2);
});

test("a grid that has become smaller has its last step", () => {
  const seen = started();
  seen.press("last");
  seen.grid = { sizes: [1, 2, 2] };
  seen.walk.show();
  assert.equal(seen.ui.where.textContent, "4 / 4");
  assert.equal(seen.ui.position.max, 3);
  assert.equal(seen.ui.position.attributes["aria-valuetext"], "4 of 4");
});
