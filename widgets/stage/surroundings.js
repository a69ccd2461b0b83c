// @ts-check
/** The page around a stage: its colours, its frame, its sliders, and the whole screen. */
import { button, noteBeside, relabel } from "./dom.js";

const MOST_BESIDE = 4; // grids that find room beside the controls

/** Whether the page is a frame in another one, whose height may follow from what is in it, and which may forbid much. */
export const isFramed = () => window !== window.top;

/** The height that a reader sees at once, in CSS pixels. A frame's own follows from the picture: cells sized by it would
 * change under the pointer. */
export const heightInSight = () => (isFramed() ? window.screen.availHeight : window.innerHeight);

/** "dark" or "light": from the colour that the page really has behind the stage; where it has none, from the theme that
 * Colab's page names, before that of the system. @param {Element} el */
export function themeBehind(el) {
  for (let node = /** @type {Element | null} */ (el); node; node = node.parentElement) {
    const [r, g, b, a = 1] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    if (a > 0.5) return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
  }
  const named = document.documentElement.getAttribute("theme");
  const dark = named === "dark" || (named !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  return dark ? "dark" : "light";
}

/** Sliders come without an accessible name, their numbers without a role too, one that cannot be moved does not say
 * so, and Notebook 7 takes the arrow keys away: mend all of it. Those of ipywidgets 7 (jQuery UI) do not even say that
 * they are sliders, nor where they stand.
 * @param {Element} box */
export function mendSliders(box) {
  for (const slider of box.querySelectorAll(".widget-slider, .widget-hslider")) {
    const name = slider.querySelector(".widget-label")?.textContent ?? "";
    const value = slider.querySelector(".widget-readout")?.textContent ?? "";
    const disabled = String(slider.querySelector("[disabled], .ui-slider-disabled") !== null);
    for (const handle of slider.querySelectorAll(".noUi-handle, .ui-slider-handle, .widget-readout")) {
      setOthers(handle, { "aria-label": name, "data-lm-suppress-shortcuts": "true", "aria-disabled": disabled });
      if (handle.hasAttribute("contenteditable")) setOthers(handle, { role: "textbox" });
    }
    for (const handle of slider.querySelectorAll(".ui-slider-handle"))
      setOthers(handle, { role: "slider", "aria-valuenow": value, "aria-valuetext": value });
  }
}

/** Set attributes that are other ones: each that is set has the page look at its styles. @param {Element} made @param {Record<string, string>} attributes */
function setOthers(made, attributes) {
  for (const [name, text] of Object.entries(attributes))
    if (made.getAttribute(name) !== text) made.setAttribute(name, text);
}

/** "End" goes to the last value that a slider has now: noUiSlider itself goes to the one that it was made with.
 * @param {KeyboardEvent} event @param {Element} box */
export function sliderEnd(event, box) {
  const handle = /** @type {Element} */ (event.target).closest?.(".noUi-handle");
  const target = /** @type {any} */ (handle?.closest(".noUi-target:not([disabled])"));
  if (event.key !== "End" || !target?.noUiSlider || !box.contains(target)) return;
  event.preventDefault();
  event.stopPropagation(); // or the slider's own answer would come after ours
  target.noUiSlider.set(Number(handle?.getAttribute("aria-valuemax")));
}

/** The whole explorer that a stage is part of. @param {Element} el */
export const explorerAround = (el) => el.closest(".cn-explorer") ?? el;

/** What stands around a stage looks as the stage does, told by classes: a rule with :has() would have the browser work out all
 * styles around it at each word that changes. @param {HTMLElement} el @param {any} picture @param {any} state */
export function tellAround(el, { grids }, { reveal }) {
  const around = explorerAround(el);
  for (const { classList } of [el, around]) {
    classList.toggle("cn-hidden", !reveal);
    classList.toggle("cn-long", grids.length > MOST_BESIDE);
  }
  if (el.parentElement !== around) el.parentElement?.classList.add("cn-stage-frame"); // some pages have one between
}

/** Whether that fills the window. @param {Element} el */
export const isFull = (el) =>
  document.fullscreenElement === explorerAround(el) || explorerAround(el).classList.contains("cn-full");

/** Draw again: on a full screen the room for cells is what the rest leaves, and that is known once it is drawn. @param {Element} el */
export function shareRoom(el) {
  for (const event of ["cn-resized", "cn-resized"]) el.dispatchEvent(new Event(event));
}

export function fullScreen({ el, ui, words, listen }) {
  const fill = (full) => {
    const around = explorerAround(el);
    around.classList.toggle("cn-full", full);
    around.classList.toggle("cn-alone", !around.querySelector(":scope > :is(.cn-side, .cn-controls)"));
    ui.beside.hidden = !full;
    showBeside(false);
  };
  const showBeside = (facts) => {
    explorerAround(el).classList.toggle("cn-facts-beside", facts);
    const alone = explorerAround(el).classList.contains("cn-alone");
    relabel(ui.beside, !facts ? words.beside_facts : alone ? words.beside_nothing : words.beside_controls);
    shareRoom(el);
  };
  const turn = () => showBeside(!explorerAround(el).classList.contains("cn-facts-beside"));
  ui.beside.hidden = true;
  listen(ui.beside, "click", turn);
  const turnByKey = (event) => {
    const typing = event.target.closest?.("input:not([type=range]), textarea, select, [contenteditable]");
    if (event.key.toLowerCase() !== "f" || !isFull(el) || typing || event.ctrlKey || event.metaKey) return;
    event.stopPropagation(); // it may be a shortcut of the page
    turn();
  };
  listen(document, "keydown", turnByKey, { capture: true });
  listen(ui.full, "click", async () => {
    const leaving = document.fullscreenElement || isFull(el);
    noteBeside(ui.full, "");
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else if (!leaving) await explorerAround(el).requestFullscreen();
    } catch {
      // a window is filled instead; what a frame would be filled with, it takes its height from
      if (isFramed()) return noteBeside(ui.full, words.full_refused);
    }
    fill(!leaving);
  });
  listen(document, "fullscreenchange", () => fill(isFull(el) && document.fullscreenElement !== null));
}

/** Tell of another size of the stage, and of other colours behind it. @param {HTMLElement} el @param {AbortSignal} signal
 * @param {() => void} changed */
export function watchPage(el, signal, changed) {
  const sizeOf = () => `${el.clientWidth} ${isFull(el) && el.clientHeight}`; // elsewhere the height is the picture's
  let size = sizeOf();
  const resized = () => {
    size = sizeOf();
    changed();
    requestAnimationFrame(check); // a page that changes its colours may have had another width for a moment only
  };
  const check = () => sizeOf() !== size && (isFull(el) ? shareRoom(el) : resized());
  const retheme = () => themeBehind(el) !== el.dataset.theme && resized();
  const sizes = new ResizeObserver(check);
  const themes = new MutationObserver(retheme);
  sizes.observe(el);
  for (const node of [document.documentElement, document.body]) themes.observe(node, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", retheme, { signal });
  el.addEventListener("cn-resized", resized, { signal });
  signal.addEventListener("abort", () => [sizes, themes].forEach((observer) => observer.disconnect()));
}

/** Keep the explorer's sliders mended: other values, or other sliders for another picture or layer. @param {any} stage */
export function mendControls({ el, words, ending: signal, listen }) {
  const skip = button("skip", words.skip); // there are many controls to go through by key
  listen(skip, "click", () => /** @type {HTMLElement} */ (el.querySelector(".cn-frame"))?.focus());
  signal.addEventListener("abort", () => skip.remove());
  const remade = new MutationObserver(() => mendSliders(explorerAround(el)));

  function mend() {
    if (!el.isConnected) return;
    const around = explorerAround(el);
    around.classList.toggle("cn-framed", isFramed());
    mendSliders(around);
    if (around !== el && skip.parentElement !== around) around.prepend(skip);
    for (const part of around.querySelectorAll(".cn-controls, .cn-side"))
      remade.observe(part, { childList: true, subtree: true });
  }
  listen(document, "focusin", mend);
  listen(document, "keydown", (event) => sliderEnd(event, explorerAround(el)), { capture: true });
  requestAnimationFrame(mend);
  signal.addEventListener("abort", () => remade.disconnect());
}
