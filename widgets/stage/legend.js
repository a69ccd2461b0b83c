// @ts-check
/** Says what the colours and patterns of a picture mean. */
import { element, refill } from "./dom.js";
import { extentOf } from "./state.js";
import { number, say } from "./text.js";

/** @param {any} view @param {any} picture @param {import("./state.js").State} state */
export function drawLegend(view, picture, state) {
  const padding = view.panels.some((one) => extentOf(picture, one, state.reveal).padding.flat().some(Boolean));
  const limits = picture.grids
    .slice(0, state.reveal ? undefined : 1)
    .flatMap(({ white }) => white.filter(Boolean))
    .map((limit) => number(limit));
  const points = state.reveal && Boolean(picture.links[0]?.points);
  const kinds = { window: true, points, signed: true, padding, unread: view.panels.some((one) => one.unread) };
  const meant = Object.keys(kinds).filter((kind) => kinds[kind]);
  const meaning = (kind) => [kind, view.words[`legend_${kind}`]];
  const grey = (limit) => ["grey", say(view.words, { key: "legend_grey", fields: { limit } })];
  showLegend(view.ui.legend, [...meant.map(meaning), ...[...new Set(limits)].map(grey)]);
}

/** @param {HTMLElement} place @param {string[][]} meanings kind and text of each */
function showLegend(place, meanings) {
  const swatch = (kind) => element("i", { class: `cn-swatch cn-swatch-${kind}`, "aria-hidden": "true" });
  const key = ([kind, text]) => element("span", { class: "cn-key" }, swatch(kind), text);
  refill(place, meanings.map(key));
}
