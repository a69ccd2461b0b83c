// Playing through a grid: the buttons, the slider and the clock, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { playback } from "../../widgets/stage/playback.js";

/** A stage that has nothing but the parts of playing, and the events that it was sent. */
function started(state) {
  const node = () => ({
    title: "",
    attributes: {},
    setAttribute(name, value) {
      this.attributes[name] = value;
    },
    replaceChildren() {},
  });
  const names = ["play", "first", "back", "forward", "last", "position", "where", "speed", "whole"];
  const ui = Object.fromEntries(names.map((name) => [name, node()]));
  ui.speed.value = "3";
  const words = { language: "en", play: "Play", pause: "Pause", position_of: "{position} of {count}" };
  const acts = new Map();
  const events = [];
  const listen = (target, kind, act) => acts.set(target, act);
  const ending = new AbortController();
  const stage = {
    ui,
    words,
    view: { ui, words },
    ending: ending.signal,
    afterDraw: [],
    listen,
    dispatch: (event) => events.push(event),
  };
  Object.assign(stage, { picture: { grids: [{ sizes: [1, 3, 4] }], links: [] }, state });
  playback(stage);
  const [draw] = stage.afterDraw;
  return { ui, events, stage, draw, end: () => ending.abort(), press: (name) => acts.get(ui[name])() };
}

globalThis.window = globalThis;
let calm = false;
globalThis.matchMedia = () => ({ matches: calm });
globalThis.document = { createElementNS: () => ({ setAttribute() {}, append() {} }) };

test("each button asks for a step from where the reader is", () => {
  const { events, press, ui } = started({ step: 5, playing: false });
  for (const name of ["first", "back", "forward", "last"]) press(name);
  ui.position.value = "7";
  press("position");
  assert.deepEqual(
    events.map(({ type, step }) => [type, step]),
    [
      ["goTo", 0],
      ["goTo", 4],
      ["goTo", 6],
      ["goTo", Infinity],
      ["goTo", 7],
    ],
  );
});

test("the slider and the count beside it stand where the state does", () => {
  const { ui, draw } = started({ step: 5, playing: false, reveal: true });
  draw();
  assert.deepEqual([ui.position.max, ui.position.value, ui.where.textContent], [11, "5", "6 / 12"]);
  assert.equal(ui.position.attributes["aria-valuetext"], "6 of 12");
});

test("while it plays there is a tick at each cell's time, and none once it is paused or the view has ended", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { stage, events, draw, end, ui, press } = started({ step: 0, playing: true });
  draw();
  draw(); // what is drawn between two ticks does not hurry them
  t.mock.timers.tick(49);
  assert.deepEqual(events, []);
  t.mock.timers.tick(1);
  assert.deepEqual(events, [{ type: "tick", byRow: false }]);
  assert.equal(ui.play.title, "Pause");
  press("play");
  assert.deepEqual(events.pop(), { type: "set", playing: false });
  draw();
  stage.state = { step: 1, playing: false };
  draw();
  assert.equal(ui.play.title, "Play");
  t.mock.timers.tick(1000);
  assert.deepEqual(events, [{ type: "tick", byRow: false }]);
  press("play");
  assert.deepEqual(events.pop(), { type: "play", byRow: false });
  stage.state = { step: 1, playing: true };
  draw();
  end();
  t.mock.timers.tick(1000);
  assert.deepEqual(events, [{ type: "tick", byRow: false }]);
});

test("for who wants less motion a second passes between ticks, at any speed, and each is a row", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  calm = true;
  const { events, draw } = started({ step: 0, playing: true });
  draw();
  t.mock.timers.tick(999);
  assert.deepEqual(events, []);
  t.mock.timers.tick(1);
  assert.deepEqual(events, [{ type: "tick", byRow: true }]);
  calm = false;
});
