// @ts-check
/** Cells on a canvas: colours, padding, numbers, outlines. All sizes in CSS pixels. */
import { clamp, range } from "./lookups.js";
import { shortAll, widthOf } from "./text.js";
import { GROUPS, STEPS, colourOf, inkOn, pixelTable } from "./colours.js";

export const SMALLEST_FONT = 8;
const ROOM = 0.87; // the part of a cell's width that a number may take
const BOLD = 1.12; // how much wider bold figures are
const LEAST_NUMBERED = 6; // the radius of a tap that can bear its number

/** The size of numbers in a cell: in a small one a short number may take more of it. @param {number} cell @param {number} least */
const fontFor = (cell, least) => Math.max(Math.min(cell * 0.33, 13), cell * 0.3, Math.min(cell * 0.6, 9), least);

/** The room for a number in a cell, in em of its font; 0 where it would be too small to read, or the cell too small for the least one.
 * @param {number} cell @param {number} least */
export function roomIn(cell, least = 0) {
  const font = fontFor(cell, least);
  return font < SMALLEST_FONT || font > ROOM * cell ? 0 : (ROOM * cell) / font;
}

/** The numbers of cells that are highlighted together, and the font that all of them fit in, if need be a smaller one than that of
 * plain cells; null where one of them does not fit. @param {number} cell @param {number[]} numbers @param {number} least of the font */
export function labelsIn(cell, numbers, least = 0) {
  const font = fontFor(cell, least);
  if (!roomIn(cell, least)) return null;
  const room = (ROOM * cell) / BOLD;
  const texts = shortAll(numbers, room / font) ?? shortAll(numbers, room / Math.max(SMALLEST_FONT, least));
  return texts && { texts, font: Math.min(font, ...texts.map((text) => room / widthOf(text))) };
}

/** Give a canvas its size on screen. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
export function sized(canvas, width, height) {
  const scale = window.devicePixelRatio || 1;
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  if (canvas.style.width !== `${width}px`) canvas.style.width = `${width}px`;
  if (canvas.style.height !== `${height}px`) canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(w / Math.max(width, 1), 0, 0, h / Math.max(height, 1), 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** @param {CanvasRenderingContext2D} context @param {number} fromX @param {number} fromY @param {number} x @param {number} y */
export function drawLine(context, fromX, fromY, x, y) {
  context.moveTo(fromX, fromY);
  context.lineTo(x, y);
}

/** @param {CanvasRenderingContext2D} context @param {string} font */
export function centreText(context, font) {
  context.font = `${font} system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
}

/** @type {Map<string, HTMLCanvasElement>} */
const patterns = new Map();

/** A pattern of slanted lines, or of dots. @param {CanvasRenderingContext2D} context @param {"hatch" | "dots"} kind @param {string} colour */
function pattern(context, kind, colour) {
  const key = kind + colour;
  if (!patterns.has(key)) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6;
    const pen = tile.getContext("2d");
    pen.strokeStyle = pen.fillStyle = colour;
    pen.beginPath();
    if (kind === "dots") pen.fillRect(1, 1, 2.5, 2.5);
    else for (const x of [-6, 0, 6]) drawLine(pen, x, 6, x + 6, 0);
    pen.stroke();
    patterns.set(key, tile);
  }
  return context.createPattern(patterns.get(key), "repeat");
}

/** @type {HTMLCanvasElement | null} */
let scratch = null;

/** Values as pixels, on a canvas that the next call uses again.
 * @param {number} width @param {number} height
 * @param {{left: number, top: number, rows: number[], columns: number[], at: (row: number, column: number) => number | undefined,
 *   limit: number, grey: boolean}[]} tiles where each stands, and which of its cells each of its pixels shows: nothing where the value is
 *   undefined
 * @param {import("./colours.js").Theme} theme */
export function pixels(width, height, tiles, theme) {
  const image = new ImageData(width, height);
  const whole = new Uint32Array(image.data.buffer);
  for (const { left, top, rows, columns, at, limit, grey } of tiles) {
    const table = pixelTable(grey, theme);
    for (let y = 0; y < rows.length; y++) {
      const start = (top + y) * width + left;
      if (rows[y] === rows[y - 1]) {
        whole.copyWithin(start, start - width, start - width + columns.length);
        continue;
      }
      for (let x = 0; x < columns.length; x++) {
        const value = at(rows[y], columns[x]);
        if (value === undefined) continue;
        const t = value / limit;
        const place = grey ? t : (t + 1) / 2;
        whole[start + x] = table[place === place ? clamp(Math.round(place * STEPS), 0, STEPS) : STEPS + 1];
      }
    }
  }
  scratch ??= document.createElement("canvas");
  if (scratch.width < width) scratch.width = width;
  if (scratch.height < height) scratch.height = height;
  scratch.getContext("2d", { willReadFrequently: true }).putImageData(image, 0, 0);
  return scratch;
}

/** The cell that each pixel shows, where a cell is so many pixels long. @param {number} cells @param {number} unit */
export const pixelsAlong = (cells, unit) =>
  range(Math.ceil(cells * unit)).map((pixel) => Math.min(Math.floor(pixel / unit), cells - 1));

/**
 * @typedef {{rows: number, columns: number, padding: number[][], at: (row: number, column: number) => number | undefined, limit: number,
 *   least?: number, final?: (row: number, column: number) => number, grey: boolean, unread?: {rows: number[], columns: number[]}}} PanelView one channel of a grid, with its padding around it
 * @typedef {{row: number, column: number, number?: number, weight?: number, part?: number}} Outlined a cell, the number that it bears
 *   meanwhile, the weight that its own is multiplied by, and what of it is new
 * @typedef {{point: number[], drawn: number[], home: number[], held: boolean, index: number}} Dot a point between the cells, with the cell it left; one outside is drawn at the rim, dashed
 */

/** Draw a panel's cells, without what is highlighted. @param {any} panel @param {PanelView} view @param {import("./colours.js").Theme} theme */
export function drawPlain(panel, view, theme) {
  const draw = (canvas) => drawCells(canvas, view, panel.cell, theme);
  Object.assign(panel, { view, draw, widths: draw(panel.cells), fresh: true, plainDrawn: false, highlightKey: "" });
}

/** A panel's cells without what is highlighted, for when that moves on. Most moves of a slider never need it. @param {any} panel */
function plainOf(panel) {
  if (!panel.plainDrawn) panel.draw(panel.plain);
  panel.plainDrawn = true;
  return panel.plain;
}

/** @param {HTMLCanvasElement} canvas @param {PanelView} view @param {number} cell @param {import("./colours.js").Theme} theme
 * @returns {number[][]} how wide the number in each cell is, [row][column]; [] where cells have none */
export function drawCells(canvas, view, cell, theme) {
  const { rows, columns, unread, padding } = view;
  const [[top, bottom], [left, right]] = padding;
  const [width, height] = [(columns + left + right) * cell, (rows + top + bottom) * cell];
  const context = sized(canvas, width, height);
  for (const fill of padding.flat().some(Boolean) ? [theme.paper, pattern(context, "hatch", theme.hatch)] : []) {
    context.fillStyle = fill;
    context.fillRect(0, 0, width, height);
  }
  context.imageSmoothingEnabled = false;
  const { at, limit, grey } = view;
  const tile = { left: 0, top: 0, rows: range(rows), columns: range(columns), at, limit, grey };
  const image = pixels(columns, rows, [tile], theme);
  context.drawImage(image, 0, 0, columns, rows, left * cell, top * cell, columns * cell, rows * cell);
  if (unread) {
    context.fillStyle = pattern(context, "dots", theme.highlight);
    for (const row of unread.rows) context.fillRect(left * cell, (row + top) * cell, columns * cell, cell);
    for (const column of unread.columns) context.fillRect((column + left) * cell, top * cell, cell, rows * cell);
  }
  if (cell >= 5) {
    context.strokeStyle = theme.line;
    context.lineWidth = 1;
    context.beginPath();
    for (const x of range(columns + left + right + 1)) drawLine(context, x * cell, 0, x * cell, height);
    for (const y of range(rows + top + bottom + 1)) drawLine(context, 0, y * cell, width, y * cell);
    context.stroke();
  }
  return drawNumbers(context, view, cell, theme);
}

/** The numbers in the cells, if all of them have room: numbers in some cells only would read as a pattern.
 * @param {CanvasRenderingContext2D} context @param {PanelView} view @param {number} cell @param {import("./colours.js").Theme} theme */
function drawNumbers(context, view, cell, theme) {
  const { rows, columns, unread, limit, grey, least = 0 } = view;
  const [[top], [left]] = view.padding;
  const room = roomIn(cell, least);
  const read = (at) => range(room ? rows * columns : 0).map((i) => at(Math.floor(i / columns), i % columns));
  const values = read(view.at);
  // As many digits as all will have: they would change while an output fills.
  const missing = values.includes(undefined) ? read(view.final ?? view.at) : values;
  const texts = room
    ? shortAll(
        values.map((value, i) => value ?? missing[i]),
        room,
      )
    : null;
  if (!texts) return [];
  centreText(context, `${fontFor(cell, least)}px`);
  context.lineWidth = 4;
  context.lineJoin = "round";
  texts.forEach((text, i) => {
    if (values[i] === undefined) return;
    const [row, column] = [Math.floor(i / columns), i % columns];
    const rgb = colourOf(values[i], limit, grey, theme);
    const [x, y] = [(column + left + 0.5) * cell, (row + top + 0.5) * cell];
    context.strokeStyle = `rgb(${rgb})`; // keeps the dots off the number
    if (unread?.rows.includes(row) || unread?.columns.includes(column)) context.strokeText(text, x, y);
    context.fillStyle = inkOn(rgb);
    context.fillText(text, x, y);
  });
  const widths = texts.map((text) => context.measureText(text).width);
  return range(rows).map((row) => widths.slice(row * columns, (row + 1) * columns));
}

/** Outline cells in a panel. Those with a number of their own bear it in place of their plain one, or none where `labels` is null.
 * @param {any} panel @param {Outlined[]} cells @param {{texts: string[], font: number} | null} labels of the cells with a number, in
 * their order @param {Dot[]} dots @param {import("./colours.js").Theme} theme */
export function drawHighlights(panel, cells, labels, dots, theme) {
  const { cells: canvas, cell } = panel;
  const [[top], [left]] = panel.view.padding;
  const context = canvas.getContext("2d");
  if (!panel.fresh)
    context.drawImage(plainOf(panel), 0, 0, parseFloat(canvas.style.width), parseFloat(canvas.style.height));
  panel.fresh = false;
  const size = Math.max(cell, 3);
  // Small cells would vanish behind their own outlines, and points between the cells behind those of their neighbours.
  const edge = dots.length ? 1 : Math.min(Math.max(2.5, size / 18), Math.max(0.8, size / 9));
  const halo = dots.length || size < 9 ? 0.6 : 2;
  context.beginPath();
  for (const { row, column } of cells)
    context.rect((column + left) * cell + edge / 2, (row + top) * cell + edge / 2, size - edge, size - edge);
  for (const outer of [true, false]) {
    context.strokeStyle = outer ? theme.halo : theme.highlight;
    context.lineWidth = edge + (outer ? halo : 0);
    context.stroke();
  }
  const middle = ([row, column]) => [(column + left + 0.5) * cell, (row + top + 0.5) * cell];
  if (!drawProducts(context, panel, cells, middle, size - 2 * edge - halo, theme))
    keepNumbers(context, panel, cells, middle, size - 2 * edge - halo);
  for (const dot of dots) drawDot(context, dot, middle, cell, theme);
  drawOwnNumbers(context, panel, cells, labels, middle, cell - 2 * edge, theme);
}

/** Value and weight in each cell of a window, or the sum so far and what the newest stamp has added, one below the other, if all of
 * them have room; whether they have.
 * @param {CanvasRenderingContext2D} context @param {any} panel @param {Outlined[]} cells @param {(place: number[]) => number[]} middle
 * @param {number} room @param {import("./colours.js").Theme} theme */
function drawProducts(context, { view, cell, widths }, cells, middle, room, theme) {
  const below = ({ weight, part }) => weight ?? part;
  const read = cells.filter((one) => below(one) !== undefined);
  const font = Math.max(Math.min(cell * 0.24, 24), view.least ?? 0, SMALLEST_FONT);
  if (!read.length || !widths.length || 2 * font > room) return false;
  const values = read.map(({ row, column }) => (row in widths && column in widths[row] ? view.at(row, column) : 0));
  if (values.includes(undefined)) return false;
  const texts = shortAll(values, room / font);
  const others = shortAll(read.map(below), room / font - widthOf("×"));
  const lost = (text, i) => Number(text) === 0 && below(read[i]) !== 0; // it must not pass for 0
  if (!texts || !others || others.some(lost)) return false;
  centreText(context, `${font}px`);
  read.forEach(({ row, column, part }, i) => {
    const [x, y] = middle([row, column]);
    const colour = colourOf(values[i], view.limit, view.grey, theme);
    context.fillStyle = `rgb(${colour})`;
    context.fillRect(x - room / 2, y - room / 2, room, room);
    context.fillStyle = inkOn(colour);
    context.fillText(texts[i], x, y - font * 0.55);
    if (part !== undefined) {
      context.fillStyle = theme.halo;
      context.fillRect(x - room / 2, y, room, room / 2);
      context.fillStyle = theme.highlight;
    }
    const sign = part === undefined ? "×" : part < 0 ? "" : "+";
    context.fillText(sign + others[i], x, y + font * 0.55);
  });
  return true;
}

/** An outline that crosses a number would take its sign away. @param {CanvasRenderingContext2D} context @param {any} panel
 * @param {Outlined[]} cells @param {(place: number[]) => number[]} middle @param {number} room */
function keepNumbers(context, panel, cells, middle, room) {
  const { cells: canvas, cell, widths } = panel;
  const [font, scale] = [fontFor(cell, panel.view.least), canvas.width / parseFloat(canvas.style.width)];
  for (const { row, column, number } of cells) {
    if (number !== undefined || !(widths[row]?.[column] > room)) continue;
    const [x, y] = middle([row, column]);
    const [left, top, wide, high] = [x - cell / 2, y - font * 0.6, cell, font * 1.2];
    context.drawImage(plainOf(panel), left * scale, top * scale, wide * scale, high * scale, left, top, wide, high);
  }
}

/** A tap: a frame within its home, and where it reads a circle with its number. @param {CanvasRenderingContext2D} context @param {Dot} dot
 * @param {(place: number[]) => number[]} middle @param {number} cell @param {import("./colours.js").Theme} theme */
function drawDot(context, { point, drawn, home, held, index }, middle, cell, theme) {
  const [[x, y], [fromX, fromY]] = [middle(drawn), middle(home)];
  const radius = clamp(cell * 0.26, 3.5, 9);
  context.strokeStyle = theme.highlight;
  context.lineWidth = 1.5;
  context.strokeRect(fromX - cell * 0.36, fromY - cell * 0.36, cell * 0.72, cell * 0.72); // around a number, not across it
  context.setLineDash(drawn.join() === point.join() ? [] : [2, 2]);
  context.beginPath();
  drawLine(context, fromX, fromY, x, y);
  context.stroke();
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  const [face, ink] = held ? [theme.highlight, theme.halo] : [theme.halo, theme.highlight];
  context.fillStyle = face;
  context.fill();
  context.stroke();
  context.setLineDash([]);
  if (radius < LEAST_NUMBERED) return;
  centreText(context, `bold ${SMALLEST_FONT + 1}px`);
  context.fillStyle = ink;
  context.fillText(String(index), x, y + 0.5);
}

/** @param {CanvasRenderingContext2D} context @param {any} panel @param {Outlined[]} cells @param {{texts: string[], font: number} | null} labels
 * @param {(place: number[]) => number[]} middle @param {number} width @param {import("./colours.js").Theme} theme */
function drawOwnNumbers(context, { cell, view, widths }, cells, labels, middle, width, theme) {
  const numbered = cells.filter(({ number }) => number !== undefined);
  if (!numbered.length || (!labels && !widths.length)) return;
  const font = fontFor(cell, view.least);
  if (labels) centreText(context, `bold ${labels.font}px`);
  numbered.forEach(({ row, column }, i) => {
    const [x, y] = middle([row, column]);
    const plain = () => `rgb(${colourOf(view.at(row, column) ?? 0, view.limit, view.grey, theme)})`;
    context.fillStyle = labels ? theme.halo : plain(); // else the plain number would pass for the missing one
    context.fillRect(x - width / 2, y - font * 0.65, width, font * 1.3);
    context.fillStyle = theme.highlight;
    if (labels) context.fillText(labels.texts[i], x, y, width);
  });
}

/** A number on the colour of a group. @param {CanvasRenderingContext2D} context @param {number} group @param {number} number @param {number} x
 * @param {number} y @param {number} size */
export function drawBadge(context, group, number, x, y, size) {
  const colour = GROUPS[group % GROUPS.length];
  context.fillStyle = `rgb(${colour.join()})`;
  context.fillRect(x - size / 2, y - size / 2, size, size);
  if (size - 3 < SMALLEST_FONT) return;
  context.fillStyle = inkOn(colour);
  centreText(context, `bold ${size - 3}px`);
  context.fillText(String(number), x, y + 0.5, size);
}
