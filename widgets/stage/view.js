// @ts-check
/** Draws a picture as its view's state has it: panels, thumbnails, wiring, and what is highlighted. */
import { floats, limitOf, planeOf, scaleOf, thumbnailOf, weightAt, range } from "./lookups.js";
import { sliceOf, groupsOf, unread } from "./lookups.js";
import { number, say } from "./text.js";
import { extentOf, nearestCell, panelsOf, planeShown, pointsShown } from "./state.js";
import { THEMES, colourOf, inkOn } from "./colours.js";
import { drawPlain } from "./plain_cells.js";
import { drawHighlights, labelsIn } from "./highlighted_cells.js";
import { drawThumbnails } from "./thumbnails.js";
import { drawWires } from "./wiring.js";
import { highlightsShown, partlyWritten, stampsSoFar, writtenSteps } from "./output_so_far.js";
import { drawLegend } from "./legend.js";
import { breakable, build, panel, relabel, write } from "./dom.js";
import { cellName, tapName } from "./cell_sentences.js";
import { isFull } from "./full_screen.js";
import { explorerAround, themeBehind } from "./host_page.js";
import { sizePanels } from "./layout.js";

/** @typedef {import("./state.js").State} State
 * @typedef {ReturnType<typeof createView>} View */

/** How far a key moves: planes, rows, columns. */
export const ARROWS = {
  ArrowUp: [0, -1, 0],
  ArrowDown: [0, 1, 0],
  ArrowLeft: [0, 0, -1],
  ArrowRight: [0, 0, 1],
  PageUp: [-1, 0, 0],
  PageDown: [1, 0, 0],
};

/** @param {HTMLElement} el @param {any} words */
export function createView(el, words) {
  /** @type {any[]} */ const panels = [];
  // `width` is that of the stage: asking the page at each draw would make it lay itself out again. `zoom` is that of
  // thumbnails and wiring: on a full screen they are looked at from afar.
  const drawn = { samples: "", wires: "" }; // what they were drawn for
  const stamps = null; // what a scatter has come to
  const sizes = { width: 0, zoom: 1, least: 0 }; // `least` is that of numbers in cells
  return { el, words, ui: build(words), panels, drawn, stamps, ...sizes, theme: THEMES.light };
}

/** The stage has another width, or other colours behind it: only an element on the page knows. @param {View} view */
export function measure(view) {
  view.width = view.el.clientWidth;
  const theme = themeBehind(view.el);
  for (const one of [view.el, explorerAround(view.el)]) one.dataset.theme = theme;
  view.theme = THEMES[theme];
}

/** What a drawing depends on besides the picture and the state. @param {View} view */
const looks = ({ zoom, el }) => [zoom, el.dataset.theme, window.devicePixelRatio];

/** The panel with this id. @param {View} view @param {string | null | undefined} id */
export const drawnPanel = (view, id) => view.panels.find((one) => one.id === id);

/** The panel that an event happened in. @param {any} stage @param {any} event */
export const panelAt = ({ view }, { target: at }) => drawnPanel(view, at.closest?.(".cn-panel")?.dataset.grid);

/** Where the pointer is on a panel: row and column, whole at a cell's corner. @param {any} stage @param {any} panel @param {PointerEvent} event */
export function placeUnder({ picture, state }, panel, event) {
  const { left, top } = panel.cells.getBoundingClientRect();
  const [, [above], [before]] = extentOf(picture, panel, state.reveal).padding;
  return [(event.clientY - top) / panel.cell - above, (event.clientX - left) / panel.cell - before];
}

/** The panel and the cell under the pointer; null beside the cells. @param {any} stage @param {any} event */
export function cellUnder(stage, event) {
  const panel = event.target.closest?.(".cn-frame") && panelAt(stage, event);
  if (!panel) return null;
  const { picture, state } = stage;
  const cell = [planeShown(state, panel), ...placeUnder(stage, panel, event).map(Math.floor)];
  return nearestCell(picture, panel, cell, state.reveal).join() === cell.join() ? { panel, cell } : null;
}

/** What one panel shows: one plane of a grid's channel, as far as it is `written`, or of the kernel slice that reads the channel shown.
 * @param {any} picture @param {State} state @param {any} what a panel @param {any} written */
function panelView(picture, state, what, written) {
  const { sizes, padding } = extentOf(picture, what, state.reveal);
  const [plane, { channels }] = [planeShown(state, what), state];
  const content = { sizes, plane, rows: sizes[1], columns: sizes[2], padding: padding.slice(1) };
  const { grid: g, link: i } = what;
  if (i === undefined) {
    const final = planeOf(picture.grids[g], plane, channels[g]);
    return { ...content, at: written?.plane(plane) ?? final, final, ...scaleOf(picture.grids[g], channels[g]) };
  }
  const link = picture.links[i];
  return { ...content, ...sliceView(link, plane, sliceOf(link, channels[i], channels[i + 1]), channels[i + 1]) };
}

/** One plane of a kernel's slice. @param {any} link @param {number} plane @param {number} slice @param {number} filter */
const sliceView = (link, plane, slice, filter) => ({
  at: (row, column) => weightAt(link, [plane, row, column], slice, filter),
  grey: false,
  limit: link.kernel_limit,
});

/** All that is drawn on canvases. Pictures come before words: a font set on a canvas has the browser work out every style
 * that words have touched. @param {View} view @param {any} picture @param {State} state */
export function drawPicture(view, picture, state) {
  arrangePanels(view, picture);
  sizePanels(view, picture, state);
  relabel(view.ui.full, isFull(view.el) ? view.words.full_leave : view.words.full);
  for (const one of view.panels) drawPanel(view, picture, state, one);
  drawSamples(view, picture);
  drawWires(view, picture, state, looks(view));
  drawHighlighted(view, picture, state);
}

/** The names of the panels, and what colours and patterns mean. @param {View} view @param {any} picture @param {State} state */
export function namePicture(view, picture, state) {
  for (const one of view.panels) namePanel(view, picture, state, one);
  drawLegend(view, picture, state);
}

/** Panels are kept while their number and kind stay. @param {View} view @param {any} picture */
function arrangePanels(view, picture) {
  const wanted = panelsOf(picture);
  const names = (list) => list.map(({ id, link }) => `${id} ${link}`).join();
  if (names(wanted) === names(view.panels)) return;
  view.panels = wanted.map(panel);
  view.ui.row.replaceChildren(...view.panels.map(({ root }) => root));
}

/** A panel's cells and thumbnails, without what is highlighted. Most moves leave the input as it is, and then it is not
 * drawn anew. @param {View} view @param {any} picture @param {State} state @param {any} one a panel */
function drawPanel(view, picture, state, one) {
  const { grid: g, link: i } = one;
  const stamps = (count) => (view.stamps = stampsSoFar(picture, state.channels[1], count, view.stamps));
  const written = i === undefined ? partlyWritten(picture, state, g, stamps) : null;
  const content = panelView(picture, state, one, written);
  const next = g !== undefined && state.reveal ? picture.links[g] : undefined;
  const [planes, rows, columns] = next ? unread(next, picture.grids[g]) : [[], [], []];
  one.unread = [planes, rows, columns].some((list) => list.length > 0);
  const missing = planes.includes(content.plane) ? { rows: range(content.rows), columns: [] } : { rows, columns };
  const ofGrid = () => [state.channels[g], picture.grids[g].channels, groupsShown(picture, g)];
  const source = g === 0 ? `first ${picture.first_key}` : picture.revision;
  const place = [one.cell, one.room, ...looks(view)];
  const values = [source, picture.sample, content.sizes, content.plane, i === undefined ? ofGrid() : state.channels];
  const key = JSON.stringify([values, content.padding, missing, place, written && writtenSteps(picture, state)]);
  if (key === one.drawn) return;
  one.drawn = key;
  const limit = i !== undefined || content.grey ? content.limit : limitOf(picture.grids[g], state.channels[g]);
  drawPlain(one, { ...content, limit, unread: missing, least: view.least }, view.theme);
  drawChoosers(view, picture, state, one, { ...content, written });
}

/** @param {View} view @param {any} picture @param {State} state @param {any} one a panel */
function namePanel(view, picture, state, one) {
  const { grid: g, link: i } = one;
  const [, rows, columns] = extentOf(picture, one, state.reveal).sizes;
  const [link, plane, { channels }] = [picture.links[i], planeShown(state, one), state];
  const cells = [plane, ":", ":"];
  const code = link
    ? tapName(link, cells, sliceOf(link, channels[i], channels[i + 1]), channels[i + 1])
    : cellName(picture, g, cells, channels[g]);
  const name = link ? link.kernel_name : say(view.words, picture.grids[g].name);
  breakable(one.title, name, /(_)/);
  write(one.shape, link ? link.kernel_label : picture.grids[g].label);
  breakable(one.label, code, /([^_[]+_?)/);
  one.bias.hidden = !link?.bias;
  if (link?.bias) {
    const bias = link.bias[channels[i + 1]];
    write(one.bias, `+ bias[${channels[i + 1]}] = ${number(bias)}`);
    const colour = colourOf(bias, link.kernel_limit, false, view.theme);
    Object.assign(one.bias.style, { background: `rgb(${colour})`, color: inkOn(colour) });
  }
  one.frame.setAttribute("aria-label", say(view.words, { key: "grid_label", fields: { name, rows, columns } }));
}

/** The group of each channel of grid g, where its layer has several. @param {any} picture @param {number} g */
function groupsShown({ links, grids }, g) {
  const i = links.findIndex((link) => link.kernel);
  if (i < 0 || (g !== i && g !== i + 1)) return undefined;
  const groups = groupsOf(links[i], grids[i].channels);
  return groups.count === 1 ? undefined : g === i ? groups.channels : groups.filters;
}

/** The thumbnails below a panel: its channels, and its planes where it has several.
 * @param {View} view @param {any} picture @param {State} state @param {any} one a panel @param {any} content */
function drawChoosers(view, picture, { channels }, one, content) {
  const { grid: g, link: i } = one;
  const [grid, link] = [picture.grids[g], picture.links[i]];
  const kind = link ? "slices" : g === 0 ? "channels" : g === picture.grids.length - 1 ? "filters" : "between";
  const [count, index] = link ? [link.fan, sliceOf(link, channels[i], channels[i + 1])] : [grid.channels, channels[g]];
  const tile = (plane, n) => {
    if (link) return sliceView(link, plane, n, channels[i + 1]);
    return { at: content.written?.thumbnail(plane, n) ?? thumbnailOf(grid, plane, n), ...scaleOf(grid, n) };
  };
  const { rows, columns, sizes, plane } = content;
  const groups = link ? undefined : groupsShown(picture, g);
  const ofChannels = { rows, columns, tiles: range(count).map((n) => tile(plane, n)), groups };
  const ofPlanes = { rows, columns, tiles: range(sizes[0]).map((at) => tile(at, index)) };
  drawChooser(view, one.channels, ofChannels, index, kind, one.room);
  drawChooser(view, one.planes, ofPlanes, plane, "planes", one.room);
}

/** @param {View} view @param {any} chooser @param {any} thumbnails @param {number} index @param {string} kind @param {number} width */
function drawChooser({ words, theme, zoom }, chooser, thumbnails, index, kind, width) {
  const last = thumbnails.tiles.length - 1;
  chooser.root.hidden = last === 0;
  if (last === 0) return;
  const text = say(words, { key: `chosen_${kind}`, fields: { index, last } });
  write(chooser.text, text);
  chooser.tiles = drawThumbnails(chooser.strip, thumbnails, index, width, theme, zoom);
  const values = { label: words[kind], valuemin: 0, valuemax: last, valuenow: index, valuetext: text };
  for (const [name, value] of Object.entries(values)) chooser.strip.setAttribute(`aria-${name}`, String(value));
}

/** @param {View} view @param {any} picture */
function drawSamples(view, { thumbnails, samples, sample, grids: [first], first_key }) {
  const { samples: chooser } = view.ui;
  chooser.root.hidden = samples === 1;
  const key = [first_key, samples, sample, view.width, ...looks(view)].join();
  if (samples === 1 || key === view.drawn.samples) return;
  view.drawn.samples = key;
  const [count, rows, columns] = thumbnails.shape;
  const values = floats(thumbnails.values);
  const at = (n) => (row, column) => values[(n * rows + row) * columns + column];
  const tiles = range(count).map((n) => ({ at: at(n), ...scaleOf(first, 0) }));
  drawChooser(view, chooser, { tiles, rows, columns }, sample, "samples", view.width - 20);
  const more = say(view.words, { key: "thumbnails_more", fields: { shown: count, count: samples } });
  if (samples > count) chooser.text.textContent += ` ${more}`;
}

/** What is highlighted, in each panel. @param {View} view @param {any} picture @param {State} state */
export function drawHighlighted(view, picture, state) {
  const highlights = highlightsShown(picture, state);
  for (const one of view.panels) {
    const { grid, link, id } = one;
    const together = (link === undefined ? highlights?.grids[grid] : highlights?.kernels[link]) ?? [];
    const own = state.highlighted?.id === id ? [{ cell: state.highlighted.cell }] : [];
    const seen = [...together, ...own].filter(({ cell }) => cell[0] === planeShown(state, one));
    const cells = seen.map(({ cell: [, row, column], ...more }) => ({ row, column, ...more }));
    const numbers = cells.flatMap(({ number }) => number ?? []);
    const labels = labelsIn(one.cell, numbers, view.least);
    const points = grid === 0 && state.reveal ? pointsShown(picture, state) : [];
    const dots = points.map((point) => ({ ...point, held: point.index === state.heldPoint }));
    const key = JSON.stringify([cells, labels, dots]);
    if (key !== one.highlightKey) drawHighlights(one, cells, labels, dots, view.theme); // most moves of a slider leave it
    one.highlightKey = key;
  }
}
