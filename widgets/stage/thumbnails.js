// @ts-check
/** Thumbnails to choose a channel, a sample or a plane from. All sizes in CSS pixels. */
import { clamp } from "./lookups.js";
import { drawBadge, sized, pixels, pixelsAlong } from "./canvas.js";

/**
 * Thumbnails in rows, one of them framed. Returns where each stands, for the pointer.
 * @param {HTMLCanvasElement} canvas
 * @param {{tiles: {at: (row: number, column: number) => number, limit: number, grey: boolean}[], rows: number, columns: number,
 *   groups?: number[]}} view a value for each tile's cells, and their colours; `groups` are the numbers that tiles bear
 * @param {number} framed @param {number} width @param {import("./colours.js").Theme} theme @param {number} zoom
 */
export function drawThumbnails(canvas, view, framed, width, theme, zoom) {
  const { tiles, rows, columns, groups } = view;
  const fitting = clamp(width / tiles.length - 4, 20, 26 * zoom); // in one row, if they are not too small for a finger then
  const size = Math.floor(fitting); // whole, as the thumbnails are made pixel by pixel
  const step = size + 4;
  const perRow = Math.max(1, Math.min(tiles.length, Math.floor(width / step)));
  const lines = Math.ceil(tiles.length / perRow);
  const [wide, high] = [perRow * step, lines * step];
  const scale = size / Math.max(rows, columns);
  const tall = Math.max(scale, 10 / rows); // a line of cells would be too thin to see
  const along = { rows: pixelsAlong(rows, tall), columns: pixelsAlong(columns, scale) };
  const corner = (index) => ({ left: (index % perRow) * step + 2, top: Math.floor(index / perRow) * step + 2 });
  const placed = tiles.map((tile, index) => ({ ...along, ...tile, ...corner(index) }));
  const context = sized(canvas, wide, high);
  context.imageSmoothingEnabled = false;
  context.drawImage(pixels(wide, high, placed, theme), 0, 0, wide, high, 0, 0, wide, high);
  const frame = (some, colour, thick) => {
    context.beginPath();
    for (const { left, top } of some) context.rect(left, top, columns * scale, rows * tall);
    [context.strokeStyle, context.lineWidth] = [colour, thick];
    context.stroke();
  };
  frame(placed, theme.line, 1);
  frame(placed.slice(framed, framed + 1), theme.highlight, 3);
  groups?.forEach((group, index) => {
    const { left, top } = placed[index];
    const bottom = top + Math.max(rows * tall, 12 * zoom);
    drawBadge(context, group, group, left + size - 5 * zoom, bottom - 5 * zoom, 12 * zoom);
  });
  return { step, perRow };
}
