// @ts-check
/** The places of a page where recorded tools stand. */
import { element } from "../stage/dom.js";
import { themeBehind } from "../stage/host_page.js";
import { render } from "../stage/stage.js";

/** @typedef {{words: Record<string, any>, notes: string[], [own: string]: any}} Texts what a page has in its language beside a record */

/** @typedef {(place: HTMLElement, record: any, texts: Texts) => void} Start */

/** Start a tool in each of its places: what it needs stands in the element of the page that the place names.
 * @param {string} tool @param {Start} start */
export function bringToLife(tool, start) {
  for (const place of document.querySelectorAll(`[data-tool="${tool}"][data-record]`)) {
    const { record } = /** @type {HTMLElement} */ (place).dataset;
    const held = JSON.parse(document.getElementById(record ?? "")?.textContent ?? "");
    start(/** @type {HTMLElement} */ (place), held.record, held.texts);
  }
}

/** Put a tool, a stage and what stands beside it, where its figure and its words stood: the title stays. The place of the
 * stage has the page's colours before there is one: what stands around it takes them.
 * @param {HTMLElement} place @param {HTMLElement} beside @param {HTMLElement} stage @param {string[]} notes */
export function fillPlace(place, beside, stage, notes) {
  const titles = place.querySelectorAll(":scope > h1");
  const tool = element("div", { class: "cn-explorer cn-recorded" }, beside, stage);
  place.replaceChildren(...titles, tool, ...notes.map((text) => element("p", {}, text)));
  const retheme = () => {
    if (!stage.hasChildNodes()) stage.dataset.theme = tool.dataset.theme = themeBehind(stage); // a stage minds its own
  };
  stage.classList.add("cn-stage");
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", retheme);
  retheme();
}

/** A stage without what needs a kernel: editing and files. @param {any} source @param {HTMLElement} stage
 * @returns {() => void} what ends the view */
export function renderRecorded(source, stage) {
  const end = render(source, stage);
  for (const part of stage.querySelectorAll(".cn-edit, .cn-editor, .cn-tools")) part.remove();
  return end;
}
