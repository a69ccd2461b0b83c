// @ts-check
/** The wiring between channels and filters. All sizes in CSS pixels. */
import { clamp } from "./lookups.js";
import { traceOf } from "./colours.js";
import { drawBadge, drawLine, sized } from "./canvas.js";

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
