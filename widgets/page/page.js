// @ts-check
/** A recorded explorer on a page without a kernel: the browser's own controls, a stage, and the address. */
import { element, button } from "../stage/dom.js";
import { fill } from "../stage/text.js";
import { render } from "../stage/stage.js";
import { fromFragment, toFragment, written } from "./fragment.js";
import { recordedSource } from "./recorded_source.js";

const PAUSE = 900; // ms without a move after which a state is worth going back to

/** The controls of a record. @param {any} record @param {(control: number, value: number) => void} moved */
export function buildControls(record, moved) {
  const { controls, words } = record;
  const inputs = controls.map((/** @type {any} */ control, /** @type {number} */ i) => input(control, (value) => moved(i, value)));
  const sets = new Map();
  controls.forEach((/** @type {any} */ { name }, /** @type {number} */ i) => {
    if (name === "view") return; // the stage has buttons for it
    if (!sets.has(name)) sets.set(name, element("fieldset", {}, element("legend", {}, name)));
    sets.get(name).append(inputs[i].root);
  });
  const form = element("form", { class: "cn-page-controls", "aria-label": words.controls }, ...sets.values());
  form.addEventListener("submit", (event) => event.preventDefault());
  return { form, show: (chosen) => inputs.forEach(({ show }, i) => show(chosen[i])) };
}

/** One control, and how it shows a value. @param {any} control @param {(value: number) => void} moved */
function input({ name, axis, label, values }, moved) {
  const marks = { name, ...(axis && { "data-axis": axis }) };
  const isNumber = values.every((value) => Number.isInteger(value));
  if (values.length === 2 && values.every((value) => typeof value === "boolean")) {
    const box = element("input", { ...marks, type: "checkbox" });
    box.addEventListener("change", () => moved(values.indexOf(box.checked)));
    return { root: element("label", {}, box, label), show: (value) => (box.checked = values[value]) };
  }
  if (!isNumber) {
    const options = values.map((value, i) => element("option", { value: i }, written(value)));
    const menu = element("select", marks, ...options);
    menu.addEventListener("change", () => moved(Number(menu.value)));
    return { root: element("label", {}, label, menu), show: (value) => (menu.value = String(value)) };
  }
  const slider = element("input", { ...marks, type: "range", min: "0", max: String(values.length - 1), step: "1" });
  const told = element("output");
  slider.addEventListener("input", () => moved(Number(slider.value)));
  const show = (value) => {
    slider.value = String(value);
    slider.setAttribute("aria-valuetext", written(values[value]));
    told.textContent = written(values[value]);
  };
  return { root: element("label", {}, label, slider, told), show };
}

/** Bring one recorded explorer to life. @param {HTMLElement} place @param {any} record @param {Window} page */
export async function start(place, record, page = window) {
  const source = await recordedSource(record);
  const note = element("p", { class: "cn-page-note", role: "status" });
  const copying = button("link", record.words.copy_link, record.words.copy_link);
  const stage = element("div");
  const { form, show } = buildControls(record, (control, value) => {
    note.textContent = "";
    source.choose(control, value);
    remember();
  });
  let waiting = 0;

  /** Write the state into the address at once, and into the history after a pause. */
  function remember() {
    show(source.chosen());
    const address = `#${toFragment(record.controls, source.chosen())}`;
    go("replaceState", address);
    clearTimeout(waiting);
    waiting = page.setTimeout(() => go("pushState", address), PAUSE);
  }

  function go(way, address) {
    try {
      page.history[way](null, "", address);
    } catch {
      // A frame may forbid it: the page works without an address.
    }
  }

  function open() {
    const text = page.location.hash.replace(/^#/, "");
    const chosen = text ? fromFragment(record.controls, text) : record.controls.map((control) => control.start);
    note.textContent = chosen ? "" : record.words.damaged_address;
    (chosen ?? record.controls.map((control) => control.start)).forEach((value, control) => source.chosen()[control] !== value && source.choose(control, value));
    show(source.chosen());
  }

  copying.addEventListener("click", async () => {
    try {
      await page.navigator.clipboard.writeText(page.location.href);
      note.textContent = record.words.copied;
    } catch {
      // Plain http has no clipboard: the text is there to be copied by hand.
      const field = element("input", { type: "text", readonly: "", value: page.location.href, class: "cn-page-address" });
      note.replaceChildren(record.words.copy_by_hand, field);
      field.select();
    }
  });
  place.classList.add("cn-explorer", "cn-recorded");
  place.replaceChildren(element("div", { class: "cn-side" }, form, copying, note), stage);
  render(source, stage);
  open();
  page.addEventListener("popstate", open);
  page.addEventListener("hashchange", open);
  place.dataset.ready = "yes";
}

for (const place of document.querySelectorAll("[data-record]")) {
  const record = document.getElementById(/** @type {HTMLElement} */ (place).dataset.record ?? "");
  start(/** @type {HTMLElement} */ (place), JSON.parse(record?.textContent ?? ""));
}
