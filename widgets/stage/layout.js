// @ts-check
/** How the panels of a picture share the page: the room of each, and the size of its cells. All in CSS pixels. */
import { clamp } from "./lookups.js";
import { extentOf } from "./state.js";
import { isFull } from "./full_screen.js";
import { heightInSight } from "./host_page.js";

const UNITS = { grid: 17, kernel: 10 }; // how panels share the width
const CHAIN_KERNEL = 9; // the same for a kernel among many grids
const LEAST_GRID = 108; // where grids would be smaller, panels go on in the next line
const WIDEST_PAIR = 1060; // an input and an output further apart are not taken in at one look
const LEAST_KERNEL = 108; // among several grids: the longest name, such as "pointwise_kernel", in two lines
const TYPE = 13; // the size of words
const CHAIN_TYPE = 0.8; // how much smaller they are above a chain on a full screen
const GAP = 12;
const WRITTEN = 12; // cells from here on can hold a number
const READ_WELL = 26; // and from here on most numbers
const LEAST_LINE = 40; // of three lines on a full screen, one below the other, each
const FULL_EDGE = 18; // around what fills a screen

/** Whether a stage so wide has kernels below its grids, not between them. @param {number} width */
export const isNarrow = (width) => width < 520;

/** The cell size of each panel, from the room there is. @param {any} view @param {any} picture @param {any} state */
export function sizePanels(view, picture, state) {
  const full = isFull(view.el);
  const height = full ? roomForCells(view) : heightInSight() * 0.85 - 400; // beside what is to be in sight with them
  view.least = full ? window.innerHeight / 55 : 0;
  view.zoom = full ? clamp(window.innerWidth / 1200, 1, 2) : 1;
  const width = Math.max(view.width - 2, 200);
  view.el.classList.toggle("cn-narrow", isNarrow(width));
  view.el.classList.toggle("cn-chain", picture.grids.length > 2);
  view.el.classList.toggle("cn-lines", picture.rank === 1);
  const sizes = view.panels.map((one) => {
    const { sizes, padding } = extentOf(picture, one, state.reveal);
    const [, rows, columns] = sizes.map((size, axis) => size + padding[axis][0] + padding[axis][1]);
    return { kernel: one.link !== undefined, rows, columns };
  });
  const type = full ? clamp(window.innerWidth * 0.0115, 15, 24) * CHAIN_TYPE : TYPE; // as stage.css has it
  layOut(sizes, { width, height, full, line: picture.rank === 1, words: type / TYPE }).forEach((size, i) => {
    Object.assign(view.panels[i], size);
    view.panels[i].root.style.width = `${size.room}px`;
  });
}

/** What is left for cells on a full screen. @param {any} view */
function roomForCells({ ui, panels }) {
  const drawn = Math.max(...panels.map(({ cells }) => cells.getBoundingClientRect().height));
  const lines = new Set(panels.map(({ root }) => root.offsetTop)).size;
  return drawn + (window.innerHeight - FULL_EDGE - ui.sum.getBoundingClientRect().bottom) / lines;
}

/** The width of each panel and of its cells. Grids have cells of one size where these can hold numbers.
 * @param {{kernel: boolean, rows: number, columns: number}[]} panels with the padding that is drawn
 * @param {{width: number, height: number, full: boolean, line: boolean, words: number}} page
 *   the stage's width, the height that there is for cells, whether the stage fills the window, whether grids are lines (1-D), and
 *   how much larger a chain's words are than elsewhere
 * @returns {{room: number, cell: number}[]} */
export function layOut(panels, { width, height, full, line, words }) {
  const narrow = isNarrow(width);
  const grids = panels.filter(({ kernel }) => !kernel);
  const chain = grids.length > 2;
  const unitsOf = ({ kernel }) => (!kernel ? UNITS.grid : grids.length > 3 ? CHAIN_KERNEL : UNITS.kernel);
  const beside = narrow && !chain ? grids : panels;
  const wide = full || chain ? width : Math.min(width, WIDEST_PAIR);
  const least = Math.min(LEAST_GRID * (chain ? words : 1), wide);
  const inLine = wide - GAP * beside.length;
  const unit = inLine / beside.reduce((sum, panel) => sum + unitsOf(panel), 0);
  const leastKernel = chain ? LEAST_KERNEL * words : 0;
  const kernelWide = (panel) => Math.max(unit * unitsOf(panel), leastKernel) * (narrow && !chain ? 2 : 1);
  const free = beside.reduce((rest, panel) => rest - (panel.kernel ? kernelWide(panel) : 0), inLine);
  const gridWide = Math.max(free / grids.length, least);
  const high = full ? Math.max(height, line ? LEAST_LINE : 60) : narrow ? 240 : Math.min(Math.max(height, 200), 330);
  const most = full ? 90 : line ? 28 : 44;
  const sizes = panels.map((panel) => {
    const room = line ? wide : Math.min(panel.kernel ? kernelWide(panel) : gridWide, wide);
    return { room: Math.floor(room), cell: Math.min(room / panel.columns, high / panel.rows, most) };
  });
  const [first, ...others] = sizes.filter((_, i) => !panels[i].kernel);
  const same = Math.min(first.cell, ...others.map(({ cell }) => cell));
  const largest = Math.min(READ_WELL, ...grids.map(({ rows }) => high / rows));
  const pairs = narrow && panels.length === 4 ? [panels.slice(0, 2), panels.slice(2)] : null; // a phone: two by two
  const pairWide = (two) => wide - 2 * GAP - (two.some(({ kernel }) => kernel) ? leastKernel : 0);
  const inPair = (two) =>
    byColumns(
      two.filter(({ kernel }) => !kernel),
      pairWide(two),
      least,
      largest,
    );
  const shared = () => (pairs ? Math.min(...pairs.map(inPair)) : byColumns(grids, free, least, largest));
  const by = line || same >= READ_WELL ? 0 : shared();
  const even = by > Math.max(same, WRITTEN);
  return sizes.map((size, i) => {
    const { kernel, columns } = panels[i];
    if (kernel) return size;
    if (even) return { room: Math.floor(Math.max(by * columns, least)), cell: by };
    return { ...size, cell: same >= WRITTEN ? same : Math.min(size.cell, Math.max(WRITTEN, first.cell)) };
  });
}

/** The cells of grids that share a room by their columns, where none has less room than the least. 0 where there is too little.
 * @param {{columns: number}[]} grids @param {number} free @param {number} least @param {number} most */
function byColumns(grids, free, least, most) {
  let [cell, wider] = [most, grids];
  for (let before = -1; wider.length && wider.length !== before;) {
    before = wider.length;
    const columns = wider.reduce((sum, grid) => sum + grid.columns, 0);
    cell = Math.min(most, (free - least * (grids.length - before)) / columns);
    wider = wider.filter((grid) => grid.columns * cell >= least);
  }
  return Math.max(0, cell);
}
