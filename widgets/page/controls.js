// @ts-check
/** The controls of a recorded tool: the browser's own, under Keras' names. */
import { element, write } from "../stage/dom.js";
import { fill } from "../stage/text.js";

/** @typedef {import("./address.js").Control & {label: string}} Control
 * @typedef {{root: HTMLElement, show: (value: number) => void}} Shown */

/** @param {Control[]} controls @param {Record<string, any>} words
 * @param {(control: number, value: number) => void} moved @returns {{root: HTMLElement, show: (chosen: number[]) => void}} */
export function buildControls(controls, words, moved) {
  const made = controls.map((control, i) => {
    const { name, axis } = control;
    const label = axis ? fill(words["controls.along"], { name, axis: words[`axes.${axis}`] }) : name;
    return buildControl({ ...control, label }, (value) => moved(i, value));
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

/** The browser's own element for a control; beside it stands its value, which a menu shows itself.
 * @param {Control} control @param {(value: number) => void} moved @returns {Shown} */
function buildControl({ element: kind, name, axis, label, values }, moved) {
  const marks = { name, "aria-label": label, ...(axis && { "data-axis": axis }), autocomplete: "off" };
  const limits = kind === "range" ? { min: values[0], max: values[values.length - 1], step: "1" } : {};
  const options = values.map((value) => element("option", { value }, value));
  const menu = kind === "select";
  const made = menu ? element("select", marks, ...options) : element("input", { type: kind, ...marks, ...limits });
  const beside = element("output");
  const chosen = () => (kind === "checkbox" ? (made.checked ? "True" : "False") : made.value);
  made.addEventListener("input", () => moved(values.indexOf(chosen())));
  const show = (value) => {
    if (kind === "checkbox") made.checked = values[value] === "True";
    else made.value = values[value];
    write(beside, values[value]);
  };
  const heading = kind === "range" && axis && element("span", {}, label);
  return { root: element("label", {}, heading, made, !menu && beside), show };
}
