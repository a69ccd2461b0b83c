// @ts-check
/** Makes the sliders of ipywidgets usable for everyone: they come without names, and not all keys reach them. */
import { button } from "./dom.js";
import { explorerAround, isFramed } from "./host_page.js";

/** Sliders come without an accessible name, their numbers without a role too, one that cannot be moved does not say
 * so, and Notebook 7 takes the arrow keys away: mend all of it. Those of ipywidgets 7 (jQuery UI) do not even say that
 * they are sliders, nor where they stand.
 * @param {Element} box */
function mendSliders(box) {
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
function sliderEnd(event, box) {
  const handle = /** @type {Element} */ (event.target).closest?.(".noUi-handle");
  const target = /** @type {any} */ (handle?.closest(".noUi-target:not([disabled])"));
  if (event.key !== "End" || !target?.noUiSlider || !box.contains(target)) return;
  event.preventDefault();
  event.stopPropagation(); // or the slider's own answer would come after ours
  target.noUiSlider.set(Number(handle?.getAttribute("aria-valuemax")));
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
