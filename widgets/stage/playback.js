// @ts-check
/** The walk through a grid's cells, in reading order: play, pause, step by step, or to any step at once. */
import { inside, fill } from "./lookups.js";
import { icon, relabel, write, ICONS } from "./dom.js";

const CELLS_A_SECOND = [1, 3, 8, 20];

/** How many steps there are through a grid. @param {{sizes: number[]}} grid */
export const stepsOf = ({ sizes }) => sizes.reduce((all, size) => all * size, 1);

/** The step that comes to a cell. @param {{sizes: number[]}} grid @param {number[]} cell */
export const stepTo = ({ sizes: [, rows, columns] }, [plane, row, column]) => (plane * rows + row) * columns + column;

/** The cell that a step comes to. @param {{sizes: number[]}} grid @param {number} step */
export const cellAt = ({ sizes: [, rows, columns] }, step) => [
  Math.floor(step / (rows * columns)),
  Math.floor(step / columns) % rows,
  step % columns,
];

/** The stage's walk. `grid()` gives the grid to walk through at the moment, `reach(cell)` lights a cell of it, and
 * `start()` is called before it plays.
 * @param {{ui: any, words: any, listen: any, grid: () => any, reach: (cell: number[]) => void, start: () => void}} stage */
export function walk({ ui, words, listen, grid, reach, start }) {
  let [step, timer] = [0, 0];
  const end = () => stepsOf(grid()) - 1;

  /** @param {number} to */
  function go(to) {
    step = Math.max(0, Math.min(to, end()));
    reach(cellAt(grid(), step));
  }

  /** The reader is at this cell: go on from here. @param {number[]} cell */
  function follow(cell) {
    if (inside(grid(), cell)) step = stepTo(grid(), cell);
  }

  /** The slider and the count beside it, for the grid there is now. */
  function show() {
    const count = end() + 1;
    step = Math.min(step, end());
    ui.position.max = end();
    ui.position.value = String(step);
    ui.position.setAttribute("aria-valuetext", fill(words.position_of, { position: step + 1, count }));
    write(ui.where, `${step + 1} / ${count}`);
  }

  function pause() {
    clearTimeout(timer);
    timer = 0;
    relabel(ui.play, words.play, icon(ICONS.play));
  }

  function play() {
    start();
    if (step === end()) step = -1; // from the end, start again
    relabel(ui.play, words.pause, icon(ICONS.pause));
    const next = () => {
      go(step + 1);
      if (step < end()) timer = window.setTimeout(next, 1000 / CELLS_A_SECOND[Number(ui.speed.value)]);
      else pause();
    };
    next();
  }

  listen(ui.play, "click", () => {
    if (timer) pause();
    else play();
  });
  for (const [button, to] of /** @type {[any, () => number][]} */ ([
    [ui.first, () => 0],
    [ui.back, () => step - 1],
    [ui.forward, () => step + 1],
    [ui.last, () => Infinity],
  ])) {
    listen(button, "click", () => {
      pause();
      go(to());
    });
  }
  listen(ui.position, "input", () => {
    pause();
    go(Number(ui.position.value));
  });

  return { follow, show, pause, playing: () => Boolean(timer) };
}
