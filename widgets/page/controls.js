// @ts-check
/** The controls of a recorded tool: the browser's own, under Keras' names. */
import { element, write } from "../stage/dom.js";
import { fill } from "../stage/text.js";

/** @typedef {import("./address.js").Control & {label: string}} Control
 * @typedef {{root: HTMLElement, show: (value: number) => void}} Shown */

/** @param {Control[]} controls @param {Record<string, any>} words
 * @param {(control: number, value: number) => void} moved @returns {{root: HTMLElement, show: (chosen: number[]) => void}} */
export function buildControls(controls, words, moved) {
  const makers = { range: buildRange, select: buildMenu, checkbox: buildBox };
  const made = controls.map((control, i) => {
    const { name, axis } = control;
    const label = axis ? fill(words["controls.along"], { name, axis: words[`axes.${axis}`] }) : name;
    return makers[control.element]({ ...control, label }, (value) => moved(i, value));
  });
  const root = element("form", { class: "cn-recorded-controls", "aria-label": words["page.controls"] });
  const names = new Set(controls.map((control) => control.name));
  names.delete("view"); // the stage has buttons for it
  for (const name of names) {
    const own = made.filter((_, i) => controls[i].name === name).map((one) => one.root);
    root.append(element("fieldset", {}, element("legend", {}, name), ...own));
  }
  root.addEventListener("submit", (event) => event.preventDefault());
  return { root, show: (chosen) => made.forEach(({ show }, i) => show(chosen[i])) };
}

/** What names a control to readers and to scripts. @param {Control} control */
const marks = ({ name, axis, label }) => ({ name, "aria-label": label, ...(axis && { "data-axis": axis }) });

/** @param {Control} control @param {(value: number) => void} moved @returns {Shown} */
function buildRange(control, moved) {
  const { values, axis } = control;
  const limits = { min: values[0], max: values[values.length - 1], step: "1", autocomplete: "off" };
  const slider = element("input", { type: "range", ...marks(control), ...limits });
  const beside = element("output");
  slider.addEventListener("input", () => moved(values.indexOf(slider.value)));
  const show = (value) => {
    slider.value = values[value];
    write(beside, values[value]);
  };
  return { root: element("label", {}, ...(axis ? [element("span", {}, control.label)] : []), slider, beside), show };
}

/** @param {Control} control @param {(value: number) => void} moved @returns {Shown} */
function buildMenu(control, moved) {
  const options = control.values.map((value) => element("option", { value }, value));
  const menu = element("select", { ...marks(control), autocomplete: "off" }, ...options);
  menu.addEventListener("change", () => moved(menu.selectedIndex));
  return { root: element("label", {}, menu), show: (value) => (menu.selectedIndex = value) };
}

/** @param {Control} control @param {(value: number) => void} moved @returns {Shown} */
function buildBox(control, moved) {
  const box = element("input", { type: "checkbox", ...marks(control), autocomplete: "off" });
  const beside = element("output");
  box.addEventListener("change", () => moved(control.values.indexOf(box.checked ? "True" : "False")));
  const show = (value) => {
    box.checked = control.values[value] === "True";
    write(beside, control.values[value]);
  };
  return { root: element("label", {}, box, beside), show };
}
