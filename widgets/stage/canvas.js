// @ts-check
/** Cells on a canvas: colours, padding, numbers, outlines. All sizes in CSS pixels. */
import { shortAll, widthOf } from "./lookups.js";

/** Blue and orange differ for every common kind of colour blindness; the lit colour is neither. */
export const THEMES = {
  light: {
    zero: [247, 247, 247],
    negative: [33, 102, 172],
    positive: [217, 95, 2],
    line: "#c4c4c4",
    hatch: "#8a8a8a",
    paper: "#ffffff",
    lit: "#c2006b",
    halo: "#ffffff",
  },
  dark: {
    zero: [48, 48, 48],
    negative: [92, 170, 240],
    positive: [245, 150, 60],
    line: "#5a5a5a",
    hatch: "#9a9a9a",
    paper: "#1e1e1e",
    lit: "#ff6db6",
    halo: "#000000",
  },
};

const SMALLEST_FONT = 8;
const ROOM = 0.87; // the part of a cell's width that a number may take
const BOLD = 1.12; // how much wider bold figures are

/** The size of numbers in a cell: in a small one a short number may take more of it. @param {number} cell */
const fontFor = (cell) => Math.max(Math.min(cell * 0.33, 13), cell * 0.3, Math.min(cell * 0.6, 9));

/** The room for a number in a cell, in em of its font; 0 where it would be too small to read. @param {number} cell */
export const roomIn = (cell) => (fontFor(cell) < SMALLEST_FONT ? 0 : (ROOM * cell) / fontFor(cell));

/** The numbers of cells that are lit together, and the font that all of them fit in, if need be a smaller one than that of
 * plain cells; null where one of them does not fit. @param {number} cell @param {number[]} numbers */
export function labelsIn(cell, numbers) {
  const font = fontFor(cell);
  if (font < SMALLEST_FONT) return null;
  const room = (ROOM * cell) / BOLD;
  const texts = shortAll(numbers, room / font) ?? shortAll(numbers, room / SMALLEST_FONT);
  return texts && { texts, font: Math.min(font, ...texts.map((text) => room / widthOf(text))) };
}

/** Red, green and blue of a value: brightness where `grey`, else from -limit through 0 to limit.
 * @param {number} value @param {number} limit @param {boolean} grey @param {typeof THEMES.light} theme */
export function colourOf(value, limit, grey, theme) {
  if (Number.isNaN(value)) return [128, 128, 128];
  const t = Math.max(-1, Math.min(1, value / limit));
  if (grey) return [255 * t, 255 * t, 255 * t].map(Math.round);
  const end = t < 0 ? theme.negative : theme.positive;
  return theme.zero.map((zero, i) => Math.round(zero + Math.abs(t) * (end[i] - zero)));
}

/** How bright a colour is, from 0 to 1, as WCAG 2.2 defines "relative luminance". @param {number[]} rgb */
function luminance(rgb) {
  const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Black or white, whichever reads better on a colour. @param {number[]} rgb */
export const inkOn = (rgb) => (luminance(rgb) > 0.179 ? "#000000" : "#ffffff");

/** Give a canvas its size on screen. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
function sized(canvas, width, height) {
  const scale = window.devicePixelRatio || 1;
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  for (const [side, value] of /** @type {["width" | "height", string][]} */ ([
    ["width", `${width}px`],
    ["height", `${height}px`],
  ])) {
    if (canvas.style[side] !== value) canvas.style[side] = value;
  }
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(w / Math.max(width, 1), 0, 0, h / Math.max(height, 1), 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** @type {Map<string, HTMLCanvasElement>} */
const patterns = new Map();

/** A pattern of slanted lines, or of dots. @param {CanvasRenderingContext2D} context @param {"hatch" | "dots"} kind @param {string} colour */
function pattern(context, kind, colour) {
  const key = kind + colour;
  if (!patterns.has(key)) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6;
    const pen = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
    pen.strokeStyle = pen.fillStyle = colour;
    pen.beginPath();
    if (kind === "hatch")
      for (const x of [-6, 0, 6]) {
        pen.moveTo(x, 6);
        pen.lineTo(x + 6, 0);
      }
    else pen.fillRect(1, 1, 2.5, 2.5);
    pen.stroke();
    patterns.set(key, tile);
  }
  return /** @type {CanvasPattern} */ (
    context.createPattern(/** @type {HTMLCanvasElement} */ (patterns.get(key)), "repeat")
  );
}

const STEPS = 254; // from the lowest colour to the highest; one more entry stands for nan
/** @type {Map<string, Uint32Array>} */
const tables = new Map();

/** The colours from -1 (or 0, where grey) to 1 as whole pixels, nan last. @param {boolean} grey @param {typeof THEMES.light} theme */
function pixelTable(grey, theme) {
  const key = `${grey} ${theme.paper}`;
  if (!tables.has(key)) {
    const bytes = new Uint8Array(4 * (STEPS + 2)).fill(255);
    for (let i = 0; i <= STEPS + 1; i++) {
      const value = i > STEPS ? NaN : grey ? i / STEPS : (2 * i) / STEPS - 1;
      bytes.set(colourOf(value, 1, grey, theme), 4 * i);
    }
    tables.set(key, new Uint32Array(bytes.buffer));
  }
  return /** @type {Uint32Array} */ (tables.get(key));
}

/** @type {HTMLCanvasElement | null} */
let scratch = null;

/** Values as pixels, on a canvas that the next call uses again.
 * @param {number} width @param {number} height
 * @param {{left: number, top: number, rows: number[], columns: number[], at: (row: number, column: number) => number}[]} tiles
 *   where each stands, and which of its cells each of its pixels shows
 * @param {{limit: number, grey: boolean}} view @param {typeof THEMES.light} theme */
function pixels(width, height, tiles, { limit, grey }, theme) {
  const table = pixelTable(grey, theme);
  const image = new ImageData(width, height);
  const whole = new Uint32Array(image.data.buffer);
  for (const { left, top, rows, columns, at } of tiles) {
    for (let y = 0; y < rows.length; y++) {
      const start = (top + y) * width + left;
      if (rows[y] === rows[y - 1]) {
        whole.copyWithin(start, start - width, start - width + columns.length);
        continue;
      }
      for (let x = 0; x < columns.length; x++) {
        const t = at(rows[y], columns[x]) / limit;
        const place = grey ? t : (t + 1) / 2;
        whole[start + x] = table[place === place ? Math.max(0, Math.min(STEPS, Math.round(place * STEPS))) : STEPS + 1];
      }
    }
  }
  scratch ??= document.createElement("canvas");
  if (scratch.width < width) scratch.width = width;
  if (scratch.height < height) scratch.height = height;
  /** @type {CanvasRenderingContext2D} */ (scratch.getContext("2d", { willReadFrequently: true })).putImageData(
    image,
    0,
    0,
  );
  return scratch;
}

/** The cell that each pixel shows, where a cell is so many pixels long. @param {number} cells @param {number} unit */
const pixelsAlong = (cells, unit) =>
  Array.from({ length: Math.ceil(cells * unit) }, (_, pixel) => Math.floor(pixel / unit)).filter(
    (cell) => cell < cells,
  );

/** Draw a panel's cells, without what is lit. @param {any} part @param {any} view @param {typeof THEMES.light} theme */
export function drawPlain(part, view, theme) {
  const draw = (/** @type {HTMLCanvasElement} */ canvas) => drawCells(canvas, view, part.cell, theme);
  const fill = (/** @type {number} */ row, /** @type {number} */ column) =>
    `rgb(${colourOf(view.at(row, column), view.limit, view.grey, theme)})`;
  Object.assign(part, { draw, fill, widths: draw(part.cells), fresh: true, plainDrawn: false, lightDrawn: "" });
}

/** A panel's cells without what is lit, for when that moves on. Most moves of a slider never need it. @param {any} part */
function plainOf(part) {
  if (!part.plainDrawn) part.draw(part.plain);
  part.plainDrawn = true;
  return part.plain;
}

/**
 * Draw one channel of a grid with its padding around it.
 * @param {HTMLCanvasElement} canvas
 * @param {{rows: number, columns: number, padding: number[][], at: (row: number, column: number) => number,
 *   limit: number, grey: boolean, unread?: {rows: number[], columns: number[]}}} view
 * @param {number} cell @param {typeof THEMES.light} theme
 * @returns {number[][]} how wide the number in each cell is, [row][column]; [] where cells have none
 */
function drawCells(canvas, view, cell, theme) {
  const [[top, bottom], [left, right]] = view.padding;
  const { rows, columns } = view;
  const [width, height] = [(columns + left + right) * cell, (rows + top + bottom) * cell];
  const context = sized(canvas, width, height);
  const colour = (/** @type {number} */ value) => colourOf(value, view.limit, view.grey, theme);
  for (const fill of view.padding.flat().some(Boolean) ? [theme.paper, pattern(context, "hatch", theme.hatch)] : []) {
    context.fillStyle = fill;
    context.fillRect(0, 0, width, height);
  }
  context.imageSmoothingEnabled = false;
  context.drawImage(
    pixels(
      columns,
      rows,
      [{ left: 0, top: 0, rows: pixelsAlong(rows, 1), columns: pixelsAlong(columns, 1), at: view.at }],
      view,
      theme,
    ),
    0,
    0,
    columns,
    rows,
    left * cell,
    top * cell,
    columns * cell,
    rows * cell,
  );
  if (view.unread) {
    context.fillStyle = pattern(context, "dots", theme.lit);
    for (const row of view.unread.rows) context.fillRect(left * cell, (row + top) * cell, columns * cell, cell);
    for (const column of view.unread.columns) context.fillRect((column + left) * cell, top * cell, cell, rows * cell);
  }
  if (cell >= 5) {
    context.strokeStyle = theme.line;
    context.lineWidth = 1;
    context.beginPath();
    for (let x = 0; x <= columns + left + right; x++) {
      context.moveTo(x * cell, 0);
      context.lineTo(x * cell, height);
    }
    for (let y = 0; y <= rows + top + bottom; y++) {
      context.moveTo(0, y * cell);
      context.lineTo(width, y * cell);
    }
    context.stroke();
  }
  const room = roomIn(cell);
  if (!room) return [];
  const values = Array.from({ length: rows * columns }, (_, i) => view.at(Math.floor(i / columns), i % columns));
  const texts = shortAll(values, room);
  if (!texts) return []; // numbers in some cells only would read as a pattern
  context.font = `${fontFor(cell)}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 4;
  context.lineJoin = "round";
  texts.forEach((text, i) => {
    const [row, column, rgb] = [Math.floor(i / columns), i % columns, colour(values[i])];
    const at = /** @type {[number, number]} */ ([(column + left + 0.5) * cell, (row + top + 0.5) * cell]);
    if (view.unread && (view.unread.rows.includes(row) || view.unread.columns.includes(column))) {
      // keep the dots off the number
      context.strokeStyle = `rgb(${rgb})`;
      context.strokeText(text, ...at);
    }
    context.fillStyle = inkOn(rgb);
    context.fillText(text, ...at);
  });
  return Array.from({ length: rows }, (_, row) =>
    texts.slice(row * columns, (row + 1) * columns).map((text) => context.measureText(text).width),
  );
}

/**
 * Outline cells in a panel. Those with a number of their own bear it in place of their plain one, or none where `labels` is null.
 * @param {any} part
 * @param {{row: number, column: number, number?: number}[]} cells
 * @param {{texts: string[], font: number} | null} labels of the cells with a number, in their order
 * @param {number[][]} padding @param {typeof THEMES.light} theme
 * @param {{point: number[], drawn: number[], home: number[], held: boolean}[]} dots points between the cells, with the cell they left; one outside is drawn at the rim, dashed
 */
export function drawLight(part, cells, labels, padding, theme, dots) {
  const { cells: canvas, cell, widths } = part;
  const [width, height] = [canvas.style.width, canvas.style.height].map(parseFloat);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  if (!part.fresh) context.drawImage(plainOf(part), 0, 0, width, height);
  part.fresh = false;
  const [[top], [left]] = padding;
  const size = Math.max(cell, 3);
  const edge = Math.min(Math.max(2.5, size / 18), Math.max(0.8, size / 9));
  const halo = size < 9 ? 0.6 : 2; // small cells would vanish behind their own outlines
  for (const [colour, extra] of /** @type {[string, number][]} */ ([
    [theme.halo, halo],
    [theme.lit, 0],
  ])) {
    context.strokeStyle = colour;
    context.beginPath();
    context.lineWidth = edge + extra;
    for (const { row, column } of cells) {
      context.rect((column + left) * cell + edge / 2, (row + top) * cell + edge / 2, size - edge, size - edge);
    }
    context.stroke();
  }
  const font = fontFor(cell);
  const scale = canvas.width / width;
  for (const { row, column, number } of cells) {
    if (number !== undefined || !(widths[row]?.[column] > size - 2 * edge - halo)) continue;
    const place = [(column + left) * cell, (row + top + 0.5) * cell - font * 0.6, cell, font * 1.2];
    const [x, y, wide, high] = place.map((length) => length * scale);
    context.drawImage(plainOf(part), x, y, wide, high, place[0], place[1], place[2], place[3]); // an outline that crosses a number would take its sign away
  }
  for (const { point, drawn, home, held } of dots) {
    const [[x, y], [fromX, fromY]] = [drawn, home].map(([row, column]) => [
      (column + left + 0.5) * cell,
      (row + top + 0.5) * cell,
    ]);
    context.strokeStyle = context.fillStyle = theme.lit;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(fromX, fromY);
    context.lineTo(x, y);
    context.setLineDash(drawn.join() === point.join() ? [] : [2, 2]);
    context.stroke();
    context.beginPath();
    context.arc(x, y, Math.max(3.5, Math.min(cell * 0.22, 9)), 0, 2 * Math.PI);
    context.fillStyle = held ? theme.lit : theme.halo;
    context.fill();
    context.stroke();
    context.setLineDash([]);
  }
  const numbered = cells.filter(({ number }) => number !== undefined);
  if (!numbered.length || (!labels && !widths.length)) return;
  if (labels) context.font = `bold ${labels.font}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  numbered.forEach(({ row, column }, i) => {
    const [x, y] = [(column + left + 0.5) * cell, (row + top + 0.5) * cell];
    context.fillStyle = labels ? theme.halo : part.fill(row, column); // else the plain number would pass for the missing one
    context.fillRect(x - cell / 2 + edge, y - font * 0.65, cell - 2 * edge, font * 1.3);
    if (!labels) return;
    context.fillStyle = theme.lit;
    context.fillText(labels.texts[i], x, y, cell - 2 * edge);
  });
}

/** One colour for each group, told apart by every common kind of colour vision; each bears its number as well.
 * Source: Okabe and Ito, "Color Universal Design", 2008. */
export const GROUPS = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
];

/** A group's colour for a line on the page, as far towards black or white as it takes to be seen there.
 * @param {number} group @param {typeof THEMES.light} theme */
export function traceOf(group, theme) {
  const paper = [1, 3, 5].map((at) => parseInt(theme.paper.slice(at, at + 2), 16));
  const ink = inkOn(paper) === "#ffffff" ? 255 : 0;
  const mixed = (/** @type {number} */ part) =>
    GROUPS[group % GROUPS.length].map((c) => Math.round(c + part * (ink - c)));
  const stands = (/** @type {number[]} */ rgb) => {
    const [low, high] = [luminance(rgb), luminance(paper)].sort((a, b) => a - b);
    return high + 0.05 >= 3 * (low + 0.05); // the least that WCAG 2.2 asks of graphics
  };
  let part = 0;
  while (!stands(mixed(part))) part += 0.05;
  return mixed(part);
}

/** A group's number on its colour. @param {CanvasRenderingContext2D} context @param {number} group @param {number} x @param {number} y */
function drawBadge(context, group, x, y, text = String(group), size = 12) {
  const colour = GROUPS[group % GROUPS.length];
  context.fillStyle = `rgb(${colour.join()})`;
  context.fillRect(x - size / 2, y - size / 2, size, size);
  if (size - 3 < SMALLEST_FONT) return;
  context.fillStyle = inkOn(colour);
  context.font = `bold ${size - 3}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x, y + 0.5, size);
}

/**
 * Which channels each filter reads: channels above, filters below, a line for each pair.
 * @param {HTMLCanvasElement} canvas @param {number[][]} reads the channels of each filter
 * @param {{filters: number[], channels: number[], count: number}} groups @param {number} chosen a filter
 * @param {number} width @param {typeof THEMES.light} theme @param {number} zoom
 */
export function drawWiring(canvas, reads, groups, chosen, width, theme, zoom) {
  const height = 96 * zoom;
  const context = sized(canvas, width, height);
  const step = Math.min((width - 20) / Math.max(groups.channels.length, reads.length), 44 * zoom);
  const place = (/** @type {number} */ i, /** @type {number} */ count) =>
    10 + step * (i + 0.5 + (Math.max(groups.channels.length, reads.length) - count) / 2);
  const size = Math.max(4, Math.min(16 * zoom, step - 1));
  const order = reads.map((_, filter) => filter).sort((a, b) => Number(a === chosen) - Number(b === chosen));
  for (const filter of order) {
    context.strokeStyle = filter === chosen ? theme.lit : `rgb(${traceOf(groups.filters[filter], theme).join()})`;
    context.lineWidth = (filter === chosen ? 2 : 1) * zoom;
    context.beginPath();
    for (const channel of reads[filter]) {
      context.moveTo(place(channel, groups.channels.length), 14 * zoom);
      context.lineTo(place(filter, reads.length), height - 14 * zoom);
    }
    context.stroke();
  }
  groups.channels.forEach((group, i) =>
    drawBadge(context, group, place(i, groups.channels.length), 10 * zoom, String(i), size),
  );
  groups.filters.forEach((group, i) =>
    drawBadge(context, group, place(i, reads.length), height - 10 * zoom, String(i), size),
  );
}

/**
 * Thumbnails in rows, the chosen one framed. Returns where each stands, for the pointer.
 * @param {HTMLCanvasElement} canvas
 * @param {{tiles: ((row: number, column: number) => number)[], rows: number, columns: number,
 *   limit: number, grey: boolean, groups?: number[]}} view a value for each tile's cells; `groups` are the numbers that tiles bear
 * @param {number} chosen @param {number} width @param {typeof THEMES.light} theme @param {number} zoom
 */
export function drawStrip(canvas, view, chosen, width, theme, zoom) {
  const { tiles, rows, columns, groups } = view;
  const size = Math.round(26 * zoom); // whole, as the thumbnails are made pixel by pixel
  const step = size + 4;
  const perRow = Math.max(1, Math.min(tiles.length, Math.floor(width / step)));
  const lines = Math.ceil(tiles.length / perRow);
  const [wide, high] = [perRow * step, lines * step];
  const scale = size / Math.max(rows, columns);
  const tall = Math.max(scale, 10 / rows); // a line of cells would be too thin to see
  const along = { rows: pixelsAlong(rows, tall), columns: pixelsAlong(columns, scale) };
  const placed = tiles.map((at, index) => ({
    ...along,
    at,
    left: (index % perRow) * step + 2,
    top: Math.floor(index / perRow) * step + 2,
  }));
  const context = sized(canvas, wide, high);
  context.imageSmoothingEnabled = false;
  context.drawImage(pixels(wide, high, placed, view, theme), 0, 0, wide, high, 0, 0, wide, high);
  const frame = (/** @type {{left: number, top: number}} */ { left, top }) =>
    context.rect(left, top, columns * scale, rows * tall);
  for (const [some, colour, thick] of /** @type {[typeof placed, string, number][]} */ ([
    [placed, theme.line, 1],
    [placed.slice(chosen, chosen + 1), theme.lit, 3],
  ])) {
    context.beginPath();
    some.forEach(frame);
    [context.strokeStyle, context.lineWidth] = [colour, thick];
    context.stroke();
  }
  if (groups)
    placed.forEach(({ left, top }, index) =>
      drawBadge(
        context,
        groups[index],
        left + size - 5 * zoom,
        top + Math.max(rows * tall, 12 * zoom) - 5 * zoom,
        undefined,
        12 * zoom,
      ),
    );
  return { step, perRow };
}
