// @ts-check
/** Thumbnails to choose from, and the wiring between channels and filters. All sizes in CSS pixels. */
import { clamp } from "./lookups.js";
import { inkOn, GROUPS, traceOf } from "./colours.js";
import { SMALLEST_FONT, centreText, drawLine, sized, pixels, pixelsAlong } from "./canvas.js";

/** A number on the colour of a group. @param {CanvasRenderingContext2D} context @param {number} group @param {number} number @param {number} x
 * @param {number} y @param {number} size */
function drawBadge(context, group, number, x, y, size) {
  const colour = GROUPS[group % GROUPS.length];
  context.fillStyle = `rgb(${colour.join()})`;
  context.fillRect(x - size / 2, y - size / 2, size, size);
  if (size - 3 < SMALLEST_FONT) return;
  context.fillStyle = inkOn(colour);
  centreText(context, `bold ${size - 3}px`);
  context.fillText(String(number), x, y + 0.5, size);
}

/**
 * Which channels each filter reads: channels above, filters below, a line for each pair.
 * @param {HTMLCanvasElement} canvas @param {number[][]} reads the channels of each filter
 * @param {{filters: number[], channels: number[], count: number}} groups @param {number} framed a filter
 * @param {number} width @param {import("./colours.js").Theme} theme @param {number} zoom
 */
export function drawWiring(canvas, reads, groups, framed, width, theme, zoom) {
  const height = 96 * zoom;
  const context = sized(canvas, width, height);
  const most = Math.max(groups.channels.length, reads.length);
  const step = Math.min((width - 20) / most, 44 * zoom);
  const place = (i, count) => 10 + step * (i + 0.5 + (most - count) / 2);
  const channelX = (channel) => place(channel, groups.channels.length);
  const filterX = (filter) => place(filter, reads.length);
  const size = clamp(step - 1, 4, 16 * zoom);
  const order = reads.map((_, filter) => filter).sort((a, b) => Number(a === framed) - Number(b === framed));
  for (const filter of order) {
    context.strokeStyle = filter === framed ? theme.highlight : `rgb(${traceOf(groups.filters[filter], theme).join()})`;
    context.lineWidth = (filter === framed ? 2 : 1) * zoom;
    context.beginPath();
    for (const channel of reads[filter])
      drawLine(context, channelX(channel), 14 * zoom, filterX(filter), height - 14 * zoom);
    context.stroke();
  }
  groups.channels.forEach((group, i) => drawBadge(context, group, i, channelX(i), 10 * zoom, size));
  groups.filters.forEach((group, i) => drawBadge(context, group, i, filterX(i), height - 10 * zoom, size));
}

/**
 * Thumbnails in rows, one of them framed. Returns where each stands, for the pointer.
 * @param {HTMLCanvasElement} canvas
 * @param {{tiles: ((row: number, column: number) => number)[], rows: number, columns: number,
 *   limit: number, grey: boolean, groups?: number[]}} view a value for each tile's cells; `groups` are the numbers that tiles bear
 * @param {number} framed @param {number} width @param {import("./colours.js").Theme} theme @param {number} zoom
 */
export function drawStrip(canvas, view, framed, width, theme, zoom) {
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
  const placed = tiles.map((at, index) => ({ ...along, at, ...corner(index) }));
  const context = sized(canvas, wide, high);
  context.imageSmoothingEnabled = false;
  context.drawImage(pixels(wide, high, placed, view, theme), 0, 0, wide, high, 0, 0, wide, high);
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
