// @ts-check
/** What all that is drawn shares: a canvas of the right size, lines, text, patterns, values as pixels. All sizes in CSS pixels. */
import { clamp, range } from "./lookups.js";
import { GROUPS, STEPS, inkOn, pixelTable } from "./colours.js";

export const SMALLEST_FONT = 8;

/** How many pixels of the screen one CSS pixel is long. */
export const pixelRatio = () => window.devicePixelRatio || 1;

/** Give a canvas its size on screen. One beside the page only grows: another size costs more than what is drawn on it.
 * @param {HTMLCanvasElement} canvas @param {number} width @param {number} height @param {boolean} [beside] */
export function sized(canvas, width, height, beside = false) {
  const [w, h] = [width, height].map((length) => Math.max(1, Math.round(length * pixelRatio())));
  if (beside ? canvas.width < w : canvas.width !== w) canvas.width = w;
  if (beside ? canvas.height < h : canvas.height !== h) canvas.height = h;
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
export function pattern(context, kind, colour) {
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
