// @ts-check
/**
 * What a reader has chosen in one view of a picture, as plain data, and what each event makes of it. No DOM here, and no
 * clock. Every event bears the picture that it happened on.
 */
import { cellAt, channelsOf, clamp, filterOf, inside, pointsOf, withItem } from "./lookups.js";
import { highlightsOfCell, highlightsOfTap } from "./related_cells.js";

/**
 * @typedef {{id: string, grid?: number, link?: number}} Panel it shows one grid, or the kernel of one link
 * @typedef {typeof START} State
 */

export const START = {
  reveal: true, // whether the answer is shown
  question: "", // what is asked before; "" asks for shape and parameters
  output: -1, // the last grid of the newest picture; -1 before the first
  facts: [], // the rows of the newest answer that was no refusal
  code: "", // its line of code
  factsBefore: [], // the rows of the answer before it
  highlighted: null, // a cell: the id of its panel; plane, row and column
  pinned: false, // whether the highlighted cell stays when the pointer moves on
  channels: [], // the channel shown of each grid
  planes: [], // the plane shown of each grid
  tapPlanes: [], // the plane shown of each link's kernel
  planeLocked: false, // whether the reader has chosen a plane since the cell was highlighted: it is not taken away
  step: 0, // where playing stands
  whole: true, // whether all of the output is shown, or as much as the walk has come to
  playing: false,
  editing: false, // whether cells and weights are changed by hand
  heldPoint: 0, // the tap whose sampling point the keys move
  dragging: false, // whether the pointer moves that point
  painting: null, // the value that cells get while the pointer is down
  fetched: null, // a window that Python was asked for, and what cell it belongs to
};

const NO_PADDING = [0, 1, 2].map(() => [0, 0]);

/** One panel for each grid and each kernel between them, in order. @param {any} picture @returns {Panel[]} */
export function panelsOf({ grids, links }) {
  const kernels = links.map((link, i) => i).filter((i) => links[i].kernel);
  const kernel = (link) => ({ id: link === kernels[0] ? "kernel" : `kernel${kernels.indexOf(link)}`, link });
  const before = (grid) => (kernels.includes(grid - 1) ? [kernel(grid - 1)] : []);
  return grids.flatMap((_, grid) => [...before(grid), { id: String(grid), grid }]);
}

/** @param {any} picture @param {string | undefined} id @returns {any} */
export const panelOf = (picture, id) => panelsOf(picture).find((panel) => panel.id === id);

/** A panel's cells along each axis, and the padding that is drawn around them: it is part of the answer.
 * @param {any} picture @param {Panel} panel @param {boolean} reveal */
export function extentOf({ grids, links }, { grid, link }, reveal) {
  if (link !== undefined) return { sizes: links[link].axes.map(({ taps }) => taps), padding: NO_PADDING };
  return { sizes: grids[grid].sizes, padding: reveal ? grids[grid].padding : NO_PADDING };
}

/** The nearest cell that a panel has, padding included. @param {any} picture @param {Panel} panel @param {number[]} cell @param {boolean} reveal */
export function nearestCell(picture, panel, cell, reveal) {
  const { sizes, padding } = extentOf(picture, panel, reveal);
  return cell.map((index, axis) => clamp(index, -padding[axis][0], sizes[axis] + padding[axis][1] - 1));
}

/** The plane that a panel shows. @param {State} state @param {Panel} panel */
export const planeShown = ({ planes, tapPlanes }, { grid, link }) =>
  link === undefined ? planes[grid] : tapPlanes[link];

/** @param {State} state @param {string} id @param {number[]} cell */
export const isHighlighted = ({ highlighted }, id, cell) =>
  highlighted?.id === id && highlighted.cell.join() === cell.join();

/** All that is highlighted together with the cell that is. @param {any} picture @param {State} state */
export function highlightsOf(picture, { highlighted, channels }) {
  if (!highlighted) return null;
  const { grid, link } = panelOf(picture, highlighted.id);
  if (link !== undefined) return highlightsOfTap(picture, channels, link, highlighted.cell);
  return highlightsOfCell(picture, channels, grid, highlighted.cell);
}

/** The sampling points of the highlighted output cell, for the channel shown; none where the layer has none. One far
 * outside is `drawn` at the rim, where a hand can take it back. @param {any} picture @param {State} state */
export function pointsShown(picture, { highlighted, channels, reveal }) {
  const link = picture.links[0];
  if (!link?.points || highlighted?.id !== "1") return [];
  const { sizes, padding } = extentOf(picture, { id: "0", grid: 0 }, reveal);
  const atRim = (at, axis) => clamp(at, -padding[axis][0] - 0.2, sizes[axis] + padding[axis][1] - 0.8);
  const points = pointsOf(link, highlighted.cell, channels[0], picture.grids[0].channels);
  return points.map((point) => ({ ...point, drawn: point.point.map((at, axis) => atRim(at, axis + 1)) }));
}

/** The facts that a picture's own are compared with: those of the answer before. @param {State} state @param {any} picture */
export const factsToCompare = ({ facts, factsBefore }, { problem }) => (problem ? facts : factsBefore);

/** The grid that playing walks through: the output, or where each input cell stamps the kernel, the input. @param {any} picture */
export const walkedGrid = ({ grids, links }) => (links[0]?.scatter ? 0 : grids.length - 1);

/** How many steps there are. @param {any} picture */
export const stepsOf = (picture) => picture.grids[walkedGrid(picture)].sizes.reduce((all, size) => all * size, 1);

/** The channels after one was chosen: before and after grid g come those that have to do with it.
 * @param {any} picture @param {number[]} channels @param {number} g */
function settled({ links }, channels, g) {
  const list = [...channels];
  for (let i = g - 1; i >= 0; i--) {
    const read = channelsOf(links[i], list[i + 1]);
    if (!read.includes(list[i])) list[i] = read[0];
  }
  for (let i = g; i < links.length; i++)
    if (!channelsOf(links[i], list[i + 1]).includes(list[i])) list[i + 1] = filterOf(links[i], list[i]);
  return list;
}

/** Where all that is highlighted in a grid lies in other planes, the first of them comes into view. @param {State} state @param {any} picture */
function withPlanesInView(state, picture) {
  if (state.planeLocked || !state.highlighted || picture.grids.every(({ sizes }) => sizes[0] === 1)) return state;
  const { grid: own, link } = panelOf(picture, state.highlighted.id);
  if (link !== undefined) return state;
  const planes = highlightsOf(picture, state).grids.reduce((list, highlights, g) => {
    const known = highlights.filter(({ cell }) => inside(picture.grids[g], cell));
    const seen = g === own || !known.length || highlights.some(({ cell }) => cell[0] === list[g]);
    return seen ? list : withItem(list, g, known[0].cell[0]);
  }, state.planes);
  return { ...state, planes };
}

/** Playing goes on from the highlighted cell. @param {State} state @param {any} picture */
function withStep(state, picture) {
  const { id, cell } = state.highlighted ?? {};
  const walked = walkedGrid(picture);
  const [, rows, columns] = picture.grids[walked].sizes;
  const followed = id === String(walked) && inside(picture.grids[walked], cell);
  const step = followed ? (cell[0] * rows + cell[1]) * columns + cell[2] : state.step;
  return { ...state, step: Math.min(step, stepsOf(picture) - 1) };
}

/** A plane of a panel comes into view. @param {State} state @param {any} picture @param {Panel} panel @param {number} plane */
function withPlane(state, picture, panel, plane) {
  const shown = clamp(plane, 0, extentOf(picture, panel, state.reveal).sizes[0] - 1);
  if (panel.link !== undefined) return { ...state, tapPlanes: withItem(state.tapPlanes, panel.link, shown) };
  return { ...state, planes: withItem(state.planes, panel.grid, shown) };
}

/** What is highlighted first: the cell that is wanted, or the first of the walk. @param {State} state @param {any} picture
 * @param {{cell?: number[], channel?: number, pinned?: boolean}} start */
function begun(state, picture, { cell, channel, pinned = false }) {
  const output = picture.grids.length - 1;
  const highlighted = cell ? { id: String(output), cell } : { id: String(walkedGrid(picture)), cell: [0, 0, 0] };
  return { ...state, highlighted, pinned, channels: picture.grids.map((_, g) => (g === output ? (channel ?? 0) : 0)) };
}

/** The facts before a move stay until the next one, to be shown beside the new ones. Another sample or view is no move, and a
 * refusal has nothing to compare. @param {State} state @param {any} picture */
function withFacts(state, { facts = [], code = "", problem }) {
  const same = JSON.stringify([facts, code]) === JSON.stringify([state.facts, state.code]);
  return problem || same ? state : { ...state, facts, code, factsBefore: state.facts };
}

/** A picture has come, or the answer is revealed or hidden. @param {State} state @param {any} event */
function showPicture(known, { picture, reveal, question = "", start }) {
  const there = withFacts(known, picture);
  const state = { ...there, question, whole: known.whole || (there !== known && !known.playing) }; // what a move changed is seen
  const { grids, links } = picture;
  if (!grids.length) return { ...state, reveal };
  const output = grids.length - 1;
  const before = state.output < 0 ? begun(state, picture, start) : state;
  const within = (list, items, count) => items.map((item, i) => clamp(list[i] ?? 0, 0, count(item) - 1));
  const channels = within(before.channels, grids, (grid) => grid.channels);
  const planes = within(before.planes, grids, (grid) => grid.sizes[0]);
  const tapPlanes = within(before.tapPlanes, links, (link) => link.axes[0].taps);
  // Another view may have another grid before the output.
  const id = before.highlighted?.id === String(before.output) ? String(output) : before.highlighted?.id;
  const panel = panelOf(picture, id);
  const highlighted = panel ? { id, cell: nearestCell(picture, panel, before.highlighted.cell, reveal) } : null;
  const chosen = { channels: settled(picture, channels, output), planes, tapPlanes, highlighted };
  return withPlanesInView(withStep({ ...before, ...chosen, reveal, output, fetched: null }, picture), picture);
}

/** @param {State} state @param {any} event `playing` where it is to end, `whole` where it is a step of the walk */
function highlight(state, { picture, id, cell, playing = state.playing, whole = state.whole || !playing }) {
  const there = { ...state, highlighted: { id, cell }, planeLocked: false, playing, whole };
  return withPlanesInView(withStep(withPlane(there, picture, panelOf(picture, id), cell[0]), picture), picture);
}

/** A click keeps a cell, and lets go of one that was kept. @param {State} state @param {any} event */
function click(state, event) {
  const pinned = !(state.pinned && isHighlighted(state, event.id, event.cell));
  return highlight({ ...state, pinned }, { ...event, playing: false });
}

/** @param {State} state @param {any} event */
function choosePlane(state, { picture, id, index }) {
  const panel = panelOf(picture, id);
  const next = withPlane({ ...state, planeLocked: state.highlighted?.id !== id }, picture, panel, index);
  if (next.planeLocked) return next;
  const cell = withItem(next.highlighted.cell, 0, planeShown(next, panel));
  return withPlanesInView(withStep({ ...next, highlighted: { id, cell } }, picture), picture);
}

/** A channel of a grid, or a slice of a kernel. @param {State} state @param {any} event */
function chooseChannel(state, { picture, id, index }) {
  const { grid, link: i } = panelOf(picture, id);
  const link = picture.links[i];
  const count = link ? link.fan : picture.grids[grid].channels;
  const tile = clamp(index, 0, count - 1);
  const channel = link ? channelsOf(link, state.channels[i + 1])[tile] : tile;
  const channels = settled(picture, withItem(state.channels, grid ?? i, channel), grid ?? i);
  return withPlanesInView({ ...state, channels }, picture);
}

/** @param {State} state @param {any} event `step`: the number of a cell of the walk */
function goTo(state, { picture, step }) {
  const walked = walkedGrid(picture);
  const to = clamp(step, 0, stepsOf(picture) - 1);
  const cell = cellAt(picture.grids[walked], to);
  return highlight(state, { picture, id: String(walked), cell, playing: false, whole: false });
}

/** One step of playing; the last one ends it. @param {State} state @param {any} event `byRow`: a whole row at once */
function tick(state, { picture, byRow }) {
  const [, , columns] = picture.grids[walkedGrid(picture)].sizes;
  const [step, size] = [state.step + 1, byRow ? columns : 1];
  const next = goTo(state, { picture, step: step - (step % size) + size - 1 });
  return { ...next, playing: next.step < stepsOf(picture) - 1 };
}

/** It fills an empty output, or goes on with one that is partly written. From the end, it starts again. @param {State} state @param {any} event */
function play(state, event) {
  const step = state.whole || state.step === stepsOf(event.picture) - 1 ? -1 : state.step;
  return tick({ ...state, step, pinned: false }, event);
}

/** @param {State} state */
const release = (state) => ({ ...state, highlighted: null, pinned: false, playing: false });

/** Some parts that nothing else depends on. @param {State} state @param {any} event */
const set = (state, { type, picture, ...parts }) => ({ ...state, ...parts });

const REDUCERS = {
  picture: showPicture,
  highlight,
  click,
  plane: choosePlane,
  channel: chooseChannel,
  goTo,
  tick,
  play,
  release,
  set,
};

/** The state after an event. Nothing but a picture changes it where there is none. @param {State} state @param {any} event @returns {State} */
export const reduce = (state, event) =>
  ["picture", "set"].includes(event.type) || event.picture.grids.length ? REDUCERS[event.type](state, event) : state;
