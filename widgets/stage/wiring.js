// @ts-check
/** The wiring between channels and filters. All sizes in CSS pixels. */
import { channelsOf, clamp, groupsOf, range } from "./lookups.js";
import { traceOf } from "./colours.js";
import { drawBadge, drawLine, sized } from "./canvas.js";
import { isFull } from "./full_screen.js";
import { explorerAround } from "./host_page.js";
import { say } from "./text.js";

const BESIDE = 44; // the edges of a full screen, and the gap between its columns
const MOST_WIRES = 1200; // lines between channels and filters up to which they can be told apart

/** The width beside a stage that fills the screen: the wiring of one layer finds room there, below its controls, and below its
 * sum hardly ever. 0 where there is none. @param {any} view @param {any} picture */
function roomBeside({ el, width }, { grids }) {
  const beside = window.innerWidth - width - BESIDE;
  return isFull(el) && grids.length === 2 && beside > 200 ? beside : 0;
}

/** Which channels each filter of the first layer reads. @param {any} view @param {any} picture @param {any} state
 * @param {any[]} looks what a drawing depends on besides */
export function drawWires(view, picture, state, looks) {
  const { ui, words, width, theme, zoom, drawn } = view;
  const i = picture.links.findIndex((link) => link.kernel);
  const link = picture.links[i];
  ui.wiring.hidden = !link || picture.grids[i].channels === 1 || link.channels.length > MOST_WIRES;
  const beside = roomBeside(view, picture);
  explorerAround(view.el).classList.toggle("cn-wired", beside > 0 && !ui.wiring.hidden);
  if (ui.wiring.hidden) return;
  const groups = groupsOf(link, picture.grids[i].channels);
  const reads = range(link.filters).map((filter) => channelsOf(link, filter));
  const filter = state.channels[i + 1];
  const room = beside || Math.min(width - 10, 1060 * zoom);
  const key = [link.kernel_name, room, filter, ...looks, ...reads].join(";");
  if (key === drawn.wires) return; // most moves leave it as it is
  drawn.wires = key;
  drawWiring(ui.wires, reads, groups, filter, room, theme, zoom);
  const fields = { kernel: link.kernel_name, count: groups.count, fan: link.fan };
  ui.wiringText.textContent = say(words, { key: groups.count === 1 ? "wiring_all" : "wiring_groups", fields });
  const ofFilter = say(words, { key: "wiring_filter", fields: { filter, channels: reads[filter].join(", ") } });
  ui.wires.setAttribute("aria-label", `${ui.wiringText.textContent} ${ofFilter}`);
}

/**
 * Which channels each filter reads: channels above, filters below, a line for each pair.
 * @param {HTMLCanvasElement} canvas @param {number[][]} reads the channels of each filter
 * @param {{filters: number[], channels: number[], count: number}} groups @param {number} framed a filter
 * @param {number} width @param {import("./colours.js").Theme} theme @param {number} zoom
 */
function drawWiring(canvas, reads, groups, framed, width, theme, zoom) {
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
