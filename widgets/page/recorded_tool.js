// @ts-check
/** A recorded tool on a page without a kernel: its controls, its stage, and its state in the address. */
import { button, copy, element, write } from "../stage/dom.js";
import { render } from "../stage/stage.js";
import { buildControls } from "./controls.js";
import { fromFragment, toFragment } from "./fragment.js";
import { openRecord, recordedSource } from "./recorded_source.js";

const PAUSE = 900; // ms without a move after which a state is worth going back to

/** @param {HTMLElement} place @param {any} record */
async function startTool(place, record) {
  const { controls, words, notes } = record;
  const opened = await openRecord(record); // until then, and where it fails, the figure stands there
  let chosen = controls.map(({ start }) => start);
  const choose = (values) => {
    chosen = values;
    write(note, "");
    show();
    remember();
  };
  const move = (control, value) => choose(chosen.map((before, i) => (i === control ? value : before)));
  const source = recordedSource(record, opened, choose);
  const form = buildControls(controls, words["page.controls"], move);
  const link = button("link", words["page.copy_link"]);
  const address = element("input", { class: "cn-field cn-address", readonly: "", "aria-label": words["page.address"] });
  const note = element("p", { role: "status" });
  const stage = element("div");
  const { remember, addressNow } = memory(() => toFragment(controls, chosen));

  function show() {
    form.show(chosen);
    address.hidden = true;
    source.show(chosen);
  }

  /** What the address says; a damaged one is the start. */
  function go() {
    const text = location.hash.slice(1);
    const start = controls.map((control) => control.start);
    const wanted = text ? fromFragment(controls, text) : start;
    chosen = wanted ?? start;
    write(note, wanted ? "" : words["page.damaged_address"]);
    show();
  }

  link.addEventListener("click", () => {
    address.value = addressNow();
    const select = () => {
      address.hidden = false;
      address.select();
    };
    copy(link, address.value, select, words);
  });
  go();
  const heading = element("p", {}, record.title);
  const side = element(
    "div",
    { class: "cn-side" },
    heading,
    form.root,
    element("div", { class: "cn-tools" }, link, address),
    note,
  );
  const tool = element("div", { class: "cn-explorer cn-recorded" }, side, stage);
  const below = notes.map((text) => element("p", {}, text));
  const [title] = place.children;
  place.replaceChildren(title, tool, ...below);
  render(source, stage);
  stage.querySelector(".cn-tools")?.remove(); // editing and files need a kernel
  addEventListener("popstate", go);
}

/** The state in the address, written when the frame after a move is drawn: browsers take long for it. The first move
 * after a pause makes an entry in the history. @param {() => string} fragment */
function memory(fragment) {
  let [moving, waiting, way] = [0, false, "pushState"];
  const addressNow = () => `${location.href.split("#")[0]}#${fragment()}`;

  function writeAddress() {
    try {
      history[way](null, "", addressNow());
    } catch {
      // A frame may forbid it: the link can still be copied.
    }
    [waiting, way] = [false, "replaceState"];
  }

  function remember() {
    clearTimeout(moving);
    moving = window.setTimeout(() => (way = "pushState"), PAUSE);
    if (!waiting) requestAnimationFrame(() => setTimeout(writeAddress));
    waiting = true;
  }
  return { remember, addressNow };
}

for (const place of document.querySelectorAll("[data-record]")) {
  const { record } = /** @type {HTMLElement} */ (place).dataset;
  startTool(/** @type {HTMLElement} */ (place), JSON.parse(document.getElementById(record ?? "")?.textContent ?? ""));
}
