// @ts-check
/** Cells as they are: colours, padding, grid lines, numbers. All sizes in CSS pixels. */
import { range } from "./lookups.js";
import { shortAll } from "./text.js";
import { colourOf, inkOn } from "./colours.js";
import { SMALLEST_FONT, centreText, drawLine, pattern, pixels, sized } from "./canvas.js";

export const ROOM = 0.87; // the part of a cell's width that a number may take

/** The size of numbers in a cell: in a small one a short number may take more of it. @param {number} cell @param {number} least */
export const fontFor = (cell, least) => Math.max(Math.min(cell * 0.33, 13), cell * 0.3, Math.min(cell * 0.6, 9), least);

/** The room for a number in a cell, in em of its font; 0 where it would be too small to read, or the cell too small for the least one.
 * @param {number} cell @param {number} least */
export function roomIn(cell, least = 0) {
  const font = fontFor(cell, least);
  return font < SMALLEST_FONT || font > ROOM * cell ? 0 : (ROOM * cell) / font;
}

/**
 * @typedef {{rows: number, columns: number, padding: number[][], at: (row: number, column: number) => number | undefined, limit: number,
 *   least?: number, final?: (row: number, column: number) => number, grey: boolean, unread?: {rows: number[], columns: number[]}}} PanelView one channel of a grid, with its padding around it
 */

/** Draw a panel's cells, without what is highlighted. @param {any} panel @param {PanelView} view @param {import("./colours.js").Theme} theme */
export function drawPlain(panel, view, theme) {
  const { plain, cell } = panel;
  const { rows, columns, unread, padding } = view;
  const [[top, bottom], [left, right]] = padding;
  const [width, height] = [(columns + left + right) * cell, (rows + top + bottom) * cell];
  const context = sized(plain, width, height, true);
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
    context.lineWidth = Math.min(cell / 16, 1); // in small cells, not a tenth of the picture
    context.beginPath();
    for (const x of range(columns + left + right + 1)) drawLine(context, x * cell, 0, x * cell, height);
    for (const y of range(rows + top + bottom + 1)) drawLine(context, 0, y * cell, width, y * cell);
    context.stroke();
  }
  const numbers = drawNumbers(context, view, cell, theme);
  Object.assign(panel, { view, numbers, highlightKey: null, touched: null });
}

/** The numbers in the cells, if all of them have room: numbers in some cells only would read as a pattern.
 * @param {CanvasRenderingContext2D} context @param {PanelView} view @param {number} cell @param {import("./colours.js").Theme} theme
 * @returns {string[][]} them, [row][column]; [] where cells have none */
function drawNumbers(context, view, cell, theme) {
  const { rows, columns, unread, limit, grey, least = 0 } = view;
  const [[top], [left]] = view.padding;
  const room = roomIn(cell, least);
  const read = (at) => range(room ? rows * columns : 0).map((i) => at(Math.floor(i / columns), i % columns));
  const values = read(view.at);
  // As many digits as all will have: they would change while an output fills.
  const missing = values.includes(undefined) ? read(view.final ?? view.at) : values;
  const known = values.map((value, i) => value ?? missing[i]);
  const texts = room ? shortAll(known, room) : null;
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
  return range(rows).map((row) => texts.slice(row * columns, (row + 1) * columns));
}
