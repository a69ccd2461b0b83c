// @ts-check
/** compare() on a page without a kernel: its table can be sorted, and the picture of one layer stands below it. */
import { drawThumbnails } from "../stage/thumbnails.js";
import { THEMES } from "../stage/colours.js";
import { element } from "../stage/dom.js";
import { floats } from "../stage/lookups.js";
import { themeBehind } from "../stage/host_page.js";
import { bringToLife, fillPlace, renderRecorded } from "../page/places.js";
import { openRecord, recordedSource } from "../page/recorded_source.js";

const ZOOM = 56 / 26; // thumbnails of 56 px, as in a notebook
const SEEN = 0.8; // of the window's height: a picture that begins further down is brought up

/** The first channel and plane of a layer's output. @param {HTMLCanvasElement} canvas @param {any} snapshot */
function drawThumbnail(canvas, { grids }) {
  const { values, channels, sizes } = grids[grids.length - 1];
  const [, rows, columns] = sizes;
  const all = floats(values);
  const at = (row, column) => all[(row * columns + column) * channels];
  const plane = Array.from({ length: rows * columns }, (_, cell) => Math.abs(all[cell * channels]));
  const tile = { at, limit: Math.max(...plane.filter(Number.isFinite)) || 1, grey: false };
  drawThumbnails(canvas, { tiles: [tile], rows, columns }, -1, 1, THEMES[themeBehind(canvas)], ZOOM);
}

/** The table's columns to sort by. @param {HTMLElement[]} rows @param {Record<string, number[][]>} orders @param {any} words */
function buildSorting(rows, orders, words) {
  const options = Object.keys(orders).map((value) => element("option", { value }, words[`column.${value}`]));
  const menu = element("select", { autocomplete: "off" }, ...options);
  const largest = element("input", { type: "checkbox", autocomplete: "off" });
  const sort = () => rows[0].parentElement?.append(...orders[menu.value][Number(largest.checked)].map((i) => rows[i]));
  for (const one of [menu, largest]) one.addEventListener("change", sort);
  const labelled = (key, one) => element("label", {}, words[`compare.${key}`], one);
  return element("div", { class: "cn-sorting" }, labelled("sort_by", menu), labelled("largest_first", largest));
}

/** @param {HTMLElement} place @param {any} record @param {import("../page/places.js").Texts} texts */
export default async function startComparison(place, record, { words, notes }) {
  const opened = await openRecord(record);
  const table = /** @type {HTMLElement} */ (place.querySelector(".cn-compare"));
  const styled = /** @type {NodeListOf<HTMLElement>} */ (table.querySelectorAll("[data-style]"));
  for (const one of styled) one.style.cssText = one.dataset.style ?? "";
  const rows = /** @type {HTMLElement[]} */ ([...table.querySelectorAll("tbody tr")]);
  const stage = element("div");
  let view = 0;
  const show = ([layer, ofLayer]) => {
    view = ofLayer;
    for (const one of choices) if (one) one.choice.checked = one.layer === layer;
    source.show([layer, view]);
  };
  const source = recordedSource({ ...record, words, start: {}, reveal: true }, opened, show);
  const group = `layer-${place.id}`; // of all comparisons on a page, one layer each can be chosen

  /** What chooses a layer, with the first channel of its output. @param {number} layer of those drawn @param {HTMLElement} row */
  function buildChoice(layer, row) {
    const name = row.querySelector("th")?.textContent ?? "";
    const choice = element("input", { type: "radio", name: group, "aria-label": name, autocomplete: "off" });
    const canvas = element("canvas", { role: "img", "aria-label": words["compare.thumbnail"] });
    choice.addEventListener("change", () => show([layer, view]));
    row.addEventListener("click", ({ detail }) => {
      if (!choice.checked) choice.click();
      // Arrow keys click too, and must not lose sight of what they choose among.
      if (detail && stage.getBoundingClientRect().top > innerHeight * SEEN) stage.scrollIntoView();
    });
    return { choice, canvas, layer, parts: [element("label", { class: "cn-choice" }, choice, canvas)] };
  }

  const choices = rows.map((row, i) => (record.drawn.includes(i) ? buildChoice(record.drawn.indexOf(i), row) : null));
  rows.forEach((row, i) => row.prepend(element("td", {}, ...(choices[i]?.parts ?? []))));
  table.querySelector("thead tr")?.prepend(element("td"));
  const compared = element("div", { class: "cn-compared" }, buildSorting(rows, record.orders, words), table);
  fillPlace(place, compared, stage, notes);
  const draw = () => choices.forEach((one) => one && drawThumbnail(one.canvas, opened.at([one.layer, 0]).snapshot));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
  if (!record.drawn.length) return;
  show([0, 0]);
  renderRecorded(source, stage);
}

bringToLife("recorded_comparison", startComparison);
