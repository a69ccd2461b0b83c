// @ts-check
/** The parts of the stage before anything is drawn on them, and how texts are written into them. */
import { say } from "./text.js";

export const ICONS = {
  first: "M3 3v10M13 3L5 8l8 5z",
  back: "M12 3L4 8l8 5z",
  play: "M4 2l10 6-10 6z",
  pause: "M4 3v10h3V3zM9 3v10h3V3z",
  forward: "M4 3l8 5-8 5z",
  last: "M13 3v10M3 3l8 5-8 5z",
};
export const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" }; // keys that Jupyter's shortcuts would take away
export const CELLS_A_SECOND = [1, 3, 8, 20];

/** @param {string} tag @param {Record<string, any>} attributes @param {(Node | string | false | undefined)[]} children what is
 * none is left out @returns {any} */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter(Boolean));
  return made;
}

/** @param {string} path */
export function icon(path) {
  const [svg, shape] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  const size = { viewBox: "0 0 16 16", width: "16", height: "16", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(size)) svg.setAttribute(name, value);
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** @param {string} name @param {string} label @param {Node | string} face @param {Record<string, string>} more attributes */
export function button(name, label, face = label, more = {}) {
  const attributes = { type: "button", class: `cn-button cn-${name}`, "aria-label": label, title: label };
  return element("button", { ...attributes, ...OWN_KEYS, ...more }, face);
}

/** Write a text; one that stands there already costs the page nothing. @param {HTMLElement} place @param {string} text */
export function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** Write a text that may go on in the next line behind what the group finds. @param {HTMLElement} place @param {string} text
 * @param {RegExp} after one group */
export function breakable(place, text, after) {
  const parts = () => text.split(after).flatMap((part, i) => (i % 2 ? [part, element("wbr")] : [part]));
  if (place.textContent !== text) place.replaceChildren(...parts());
}

/** Give a button another face and name. @param {HTMLElement} made @param {string} label @param {Node} [face] */
export function relabel(made, label, face) {
  if (made.title === label) return;
  made.replaceChildren(face ?? label);
  made.setAttribute("aria-label", label);
  made.title = label;
}

/** A line of thumbnails to choose from, with what is chosen above it. @param {string} kind what it chooses: "channel", "plane"
 * or "sample" */
export function chooser(kind) {
  const strip = element("canvas", { class: "cn-strip", role: "slider", tabindex: "0", ...OWN_KEYS, "data-kind": kind });
  const text = element("span");
  const root = element("div", { class: `cn-chooser cn-${kind}s` }, text, strip);
  return { root, text, strip, tiles: { step: 30, perRow: 1 } };
}

/** One grid, or one slice of a kernel: its heading, its canvas (and that without what is highlighted, never shown: each
 * canvas on a page costs the browser a layer in every frame), its choosers. @param {import("./state.js").Panel} what */
export function panel(what) {
  const div = (name) => element("div", { class: `cn-${name}` });
  const [title, shape, label, bias] = ["title", "shape", "label", "bias"].map(div);
  // Drawn on canvases beside the page and shown whole: a font set on one in the page has all its styles worked out.
  const [plain, marked] = [element("canvas"), element("canvas")];
  const cells = element("canvas", { class: "cn-cells" });
  const frame = element("div", { class: "cn-frame", role: "application", tabindex: "0", ...OWN_KEYS }, cells);
  const [planes, channels] = [chooser("plane"), chooser("channel")];
  const kernel = what.link !== undefined;
  const heading = element("div", { class: "cn-heading" }, title, !kernel && shape);
  const parts = [heading, frame, kernel && bias, kernel && shape, label, planes.root, channels.root];
  const kind = kernel ? "kernel" : "grid";
  const root = element("section", { class: `cn-panel cn-panel-${kind}`, "data-grid": what.id }, ...parts);
  return { ...what, root, title, shape, label, bias, frame, cells, plain, marked, planes, channels, cell: 10 };
}

/** The buttons and the slider that go through the cells. @param {any} words */
function buildTransport(words) {
  const names = /** @type {(keyof ICONS)[]} */ (["first", "back", "play", "forward", "last"]);
  const buttons = Object.fromEntries(names.map((name) => [name, button(name, words[name], icon(ICONS[name]))]));
  const range = { type: "range", class: "cn-position", min: "0", value: "0", "aria-label": words.position };
  const speeds = CELLS_A_SECOND.map((count, value) =>
    element("option", { value }, say(words, { key: "cells_a_second", fields: { count } })),
  );
  const position = element("input", { ...range, ...OWN_KEYS });
  const where = element("span", { class: "cn-where" });
  const speed = element("select", { class: "cn-speed", "aria-label": words.speed, ...OWN_KEYS }, ...speeds);
  speed.value = "1"; // the place of the usual one
  const whole = button("whole", words.whole);
  const parts = [...Object.values(buttons), position, where, speed, whole];
  return { ...buttons, position, where, speed, whole, transport: element("div", { class: "cn-transport" }, ...parts) };
}

/** What changes cells by hand, and what brings files in and out. @param {any} words */
function buildTools(words) {
  const names = ["edit", "fill", "clear", "undo", "own", "png", "gif", "state"];
  const buttons = Object.fromEntries(names.map((name) => [name, button(name, words[name])]));
  const { edit, fill, clear, undo, own, png, gif, state } = buttons;
  const typed = { type: "text", inputmode: "decimal", size: "8", class: "cn-field" };
  const images = { type: "file", accept: ".png,.jpg,.jpeg,.webp", class: "cn-file", hidden: "" };
  const stateText = { class: "cn-text", rows: "2", readonly: "", "aria-label": words.state_label, hidden: "" };
  const editedName = element("span", { class: "cn-edited-cell" });
  const field = element("input", { ...typed, ...OWN_KEYS });
  const file = element("input", { ...images, "aria-label": words.own });
  const progress = element("progress", { class: "cn-progress", max: "1", "aria-label": words.progress, hidden: "" });
  const text = element("textarea", { ...stateText, ...OWN_KEYS });
  const editor = element("div", { class: "cn-editor", hidden: "" }, editedName, field, fill, clear, undo);
  const parts = [own, file, png, gif, state, progress, text];
  const tools = element("div", { class: "cn-tools", role: "group", "aria-label": words.tools }, ...parts);
  return { ...buttons, editedName, field, file, progress, text, editor, tools };
}

/** Everything on the stage but the panels, once. @param {any} words */
export function build(words) {
  const div = (name, more = {}, ...children) => element("div", { class: `cn-${name}`, ...more }, ...children);
  const ui = {
    ...buildTransport(words),
    ...buildTools(words),
    code: element("code", { class: "cn-code" }),
    copy: button("copy", words.copy),
    revealing: button("reveal", words.hide),
    full: button("full", words.full),
    beside: button("beside", words.beside_facts),
    views: div("views", { role: "group", "aria-label": words.views }),
    problem: div("problem", { role: "alert" }),
    warning: div("warning", { role: "alert" }),
    predict: div("predict"),
    samples: chooser("sample"),
    row: div("panels"),
    legend: div("legend"),
    wires: element("canvas", { class: "cn-wires", role: "img" }),
    wiringText: div("wiring-text"),
    headline: div("headline", { role: "list", "aria-label": words.headline }),
    facts: div("facts", { role: "list" }),
    parts: div("parts", { role: "group", hidden: "" }),
    sum: div("sum"),
    spoken: div("spoken", { role: "status", "aria-live": "polite" }),
  };
  const wiring = div("wiring", {}, ui.wiringText, ui.wires);
  const bar = div("bar", {}, ui.code, ui.copy, ui.edit, ui.revealing, ui.beside, ui.full);
  const above = [ui.headline, bar, ui.editor, ui.problem, ui.warning, ui.predict, ui.views, ui.samples.root, ui.row];
  const below = [ui.transport, ui.sum, div("rest", {}, ui.parts, ui.legend, wiring), ui.facts, ui.tools, ui.spoken];
  return { ...ui, wiring, all: [...above, ...below] };
}

/** Fill a place with elements; those that are there already stay: another one has the page look at its styles.
 * @param {Element} place @param {Element[]} children */
export function refill(place, children) {
  children.forEach((made, i) => {
    const there = place.children[i];
    if (!there) place.append(made);
    else if (!there.isEqualNode(made)) there.replaceWith(made);
  });
  while (place.children.length > children.length) place.lastElementChild?.remove();
}

/** A list that is made only when it is asked for. @param {string} summary @param {() => string[]} lines @param {boolean} open from the start */
export function fold(summary, lines, open = false) {
  const details = element("details", { class: "cn-fold" }, element("summary", OWN_KEYS, summary));
  const list = () => element("pre", {}, ...lines().map((line) => element("div", {}, line)));
  const unfold = () => details.open && details.childNodes.length === 1 && details.append(list());
  details.addEventListener("toggle", unfold);
  details.open = open;
  unfold();
  return details;
}

/** Say something beside a button; "" takes it away. @param {HTMLElement} made @param {string} text */
export function noteBeside(made, text) {
  const next = made.nextElementSibling;
  if (next?.classList.contains("cn-note")) next.remove();
  if (text) made.after(element("span", { class: "cn-note", role: "alert" }, text));
}

/** Copy a text, and say beside the button whether that was allowed. @param {HTMLElement} made @param {string} text
 * @param {() => void} select marks the text, so that the reader can copy it @param {any} words */
export async function copy(made, text, select, words) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // a frame that may not, or a page on plain http
    select();
    done = document.execCommand("copy");
  }
  noteBeside(made, done ? "" : words.copy_refused);
  if (!done) return;
  made.textContent = words.copied;
  setTimeout(() => (made.textContent = made.title), 1500);
}
