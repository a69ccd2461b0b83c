// @ts-check
/** An explorer on a page without a kernel: its controls, its stage, and its state in the address. */
import { button, copy, element, write } from "../stage/dom.js";
import { buildControls } from "./controls.js";
import { fragmentOf, fromFragment, memory, toFragment } from "./address.js";
import { bringToLife, fillPlace, renderRecorded } from "./places.js";
import { openRecord, recordedSource } from "./recorded_source.js";

/** @param {HTMLElement} place @param {any} record @param {import("./places.js").Texts} texts */
export default async function startTool(place, record, { words, heading, question, notes }) {
  const { controls } = record;
  const opened = await openRecord(record); // until then, and where it fails, the figure stands there
  const start = controls.map((control) => control.start);
  let chosen = start;
  const choose = (values) => {
    const before = toFragment(controls, chosen);
    chosen = values;
    write(note, "");
    show();
    remember(before);
  };
  const move = (control, value) => choose(chosen.map((before, i) => (i === control ? value : before)));
  const source = recordedSource({ ...record, words, question }, opened, choose);
  const form = buildControls(controls, words, move);
  const reset = button("reset", words["controls.reset"]);
  const link = button("link", words["page.copy_link"]);
  const address = element("input", { class: "cn-field cn-address", readonly: "", "aria-label": words["page.address"] });
  const note = element("p", { role: "status" });
  const stage = element("div");
  const { remember, addressNow } = memory(place.id, () => toFragment(controls, chosen));

  function show() {
    form.show(chosen);
    address.hidden = true;
    source.show(chosen);
  }

  /** What the address says of this tool; a damaged one is the start. @param {PopStateEvent} [event] */
  function go(event) {
    const text = event?.state?.[place.id] ?? fragmentOf(place.id);
    if (text === null && event) return; // it speaks of another tool, or of a heading
    const wanted = text ? fromFragment(controls, text) : start;
    chosen = wanted ?? start;
    write(note, wanted ? "" : words["page.damaged_address"]);
    show();
  }

  reset.addEventListener("click", () => choose(start));
  link.addEventListener("click", () => {
    address.value = addressNow();
    const select = () => {
      address.hidden = false;
      address.select();
    };
    copy(link, address.value, select, words);
  });
  go();
  const tools = element("div", { class: "cn-tools" }, reset, link, address);
  const parts = [element("p", {}, heading), note, form.root, tools]; // the note above what scrolls away on a telephone
  fillPlace(place, element("div", { class: "cn-side" }, ...parts), stage, notes);
  renderRecorded(source, stage);
  addEventListener("popstate", go);
}

bringToLife("recorded_explorer", startTool);
